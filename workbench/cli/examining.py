"""What the doctor finds of sources: what each needs, whether it answers, and on which terms."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from workbench.errors import SettingError, WorkbenchError

if TYPE_CHECKING:
    from workbench.collectors import Collector
    from workbench.decks import Deck
    from workbench.http import Client
    from workbench.service.keep import Wants

__all__ = ["About", "Finding", "sources"]

_PATIENCE: Final = 8.0  # seconds that a source has to answer


class About(NamedTuple):
    """What a source asks of whoever listens to it.

    Attributes
    ----------
    needs : tuple of str
        Variables of the environment that it cannot do without.
    limits, price, terms, retention : str
        One line each.
    """

    needs: tuple[str, ...]
    limits: str
    price: str
    terms: str
    retention: str


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Literal["ok", "note", "broken"]
    what: str
    text: str
    remedy: str = ""
    about: About | None = None


def sources(decks: Sequence[Deck], *, offline: bool, everything: bool) -> Iterator[Finding]:
    """Yield what is found of each source: the decks' first, then what else is installed.

    Parameters
    ----------
    decks : sequence of Deck
    offline : bool
        Ask none.
    everything : bool
        Ask those too that are in no deck, and those that cannot be asked without paying.
    """
    from workbench.collectors import available
    from workbench.http import Client
    from workbench.service.keep import Wants

    wants = Wants(decks)
    with closing(Client()) as client:
        looks: list[_Look] = []
        seen: set[str] = set()
        for source in (each for deck in decks for each in deck.sources):
            if source.key not in seen:
                seen.add(source.key)
                what = f"{source.collector} ({source.label})"
                looks.append(_Look(source.build(), what, wants, is_wanted=True))
        named = {look.collector.name for look in looks}
        for name, kind in available().items():
            if name not in named:
                looks.append(_Look(kind, f"{name} ({kind.label})", wants, is_wanted=False))
        if not offline:
            for look in looks:
                look.start(client, everything=everything)
        deadline = time.monotonic() + _PATIENCE
        for look in looks:
            yield look.end(deadline)
    for name, reason in available().failed.items():
        yield Finding("note", name, reason, "repair that package, or take it out")


class _Look:
    """One source that is looked at, in a thread of its own.

    Parameters
    ----------
    collector : Collector or type
        The class of one that is in no deck.
    what : str
    wants : Wants
    is_wanted : bool
        Whether some deck names it.
    """

    def __init__(
        self, collector: Collector | type[Collector], what: str, wants: Wants, *, is_wanted: bool
    ) -> None:
        self.collector = collector
        self._what = what
        self._wants = wants
        self._is_wanted = is_wanted
        self._about = _about(collector)
        self._missing = [name for name in collector.needs if not os.environ.get(name)]
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._found: list[Finding] = []

    def start(self, client: Client, *, everything: bool) -> None:
        """Ask it, if it can be asked and may be."""
        price = self._about.price
        is_free = not price or price.startswith("free") or hasattr(self.collector, "probe")
        if self._missing or not (everything or (self._is_wanted and is_free)):
            return
        self._thread = threading.Thread(target=self._ask, args=(client,), daemon=True)
        self._thread.start()

    def end(self, deadline: float) -> Finding:
        """Return what was found by then."""
        if self._missing:
            return self._finding(
                "broken" if self._is_wanted else "note",
                f"needs {', '.join(self._missing)}, not set",
                f"set it in the environment: export {self._missing[0]}=…",
            )
        if self._thread is None:
            return self._finding("note", "not asked")
        self._thread.join(max(0.0, deadline - time.monotonic()))
        self._stop.set()
        if self._found:
            return self._found[0]
        return self._finding(
            "broken" if self._is_wanted else "note",
            f"no answer within {_PATIENCE:g} seconds",
            "look at its address and your network; behind a proxy set HTTPS_PROXY",
        )

    def _ask(self, client: Client) -> None:
        """Ask for its first answer, through its own collector."""
        from workbench import clock

        level: Any = "broken" if self._is_wanted else "note"
        try:
            built = self._built()
            if built is None:
                told = "not asked: it has to be told what to listen to"
                self._found.append(self._finding("note", told))
                return
            probe = getattr(built, "probe", None)
            if probe is not None:  # what an ordinary request brings would be charged
                self._found.append(self._finding("ok", probe(client)))
                return
            batches = built.collect(client, None, now=clock.now, stop=self._stop)
            first = next(iter(batches), None)
        except WorkbenchError as error:
            # Where a server answered, or a setting is wrong, the error says what to do.
            is_told = isinstance(error, SettingError) or getattr(error, "status", None)
            remedy = "" if is_told else "look at its address and your network"
            self._found.append(self._finding(level, str(error), remedy))
        except Exception as error:  # noqa: BLE001 - somebody's collector, and not to be trusted
            # Its text may hold anything, an address with a key in it too.
            told = f"the collector broke ({type(error).__name__})"
            self._found.append(self._finding(level, told, "tell whoever wrote it"))
        else:
            got = len(first.result) if first else 0
            self._found.append(self._finding("ok", f"answers; {got} items"))

    def _built(self) -> Collector | None:
        """Return what is asked; None if it cannot do without settings."""
        built: Any = self.collector
        if isinstance(built, type):
            try:
                built = built()
            except TypeError:
                return None
        ask = getattr(built, "ask", None)
        if ask is not None:
            asked = self._wants.asked(built)
            built = ask(asked.queries, asked.lists)
        found: Collector = built
        return found

    def _finding(
        self, level: Literal["ok", "note", "broken"], text: str, remedy: str = ""
    ) -> Finding:
        what = self._what if self._is_wanted else f"{self._what}, in no deck"
        return Finding(level, what, text, remedy, self._about)


def _about(collector: Collector | type[Collector]) -> About:
    """Return what one asks as it is configured, or a kind of them as it asks at least."""
    from workbench.collectors import retention_of

    kind = collector if isinstance(collector, type) else type(collector)
    retention = retention_of(kind)
    told = f"{', '.join(retention.follows)} carried through" if retention.follows else ""
    if retention.hold:
        held = f"text held for {retention.hold.total_seconds() / 3600:g} h at most"
        told = f"{told}; {held}" if told else held
    return About(
        needs=tuple(collector.needs),
        limits=collector.limits,
        price=str(getattr(collector, "price", "")),
        terms=collector.terms,
        retention=told,
    )
