"""The service: joins decks, collectors and store; what runs under `workbench up`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple, Self

from workbench import clock
from workbench.clock import Clock
from workbench.collectors import Collector
from workbench.decks import Deck, Followed, Source, note_confidential, polls_of
from workbench.errors import StoreError
from workbench.http import Client
from workbench.service.freed import give_back
from workbench.service.keep import Asked, Wants, widest
from workbench.service.pace import Pace
from workbench.service.patience import remember
from workbench.service.pool import Pool
from workbench.service.renew import Renewal
from workbench.service.runner import Runner
from workbench.service.scoring import score_by
from workbench.service.sweep import Sweep
from workbench.service.telling import STORIES, WINDOW, Telling
from workbench.service.tenure import Tenure
from workbench.service.told import Told
from workbench.service.watch import Watcher
from workbench.states import SourceState
from workbench.store import AddResult, Store

__all__ = ["Service", "collect"]

_log = logging.getLogger(__name__)

WATCH: Final = 0.5
"""Seconds between two looks at the decks' files."""
GRACE: Final = 0.7
"""Seconds that requests under way have to be answered when all ends, before they are given up."""
LAST: Final = 0.5
"""Seconds that what is to be written at the end has at least."""
PATIENCE: Final = 3.0
"""Seconds that a source has to end before it begins anew in another way."""


class _Work(NamedTuple):
    """A source at work: what was asked for, and what does it."""

    source: Source
    keep: str
    asked: Asked | None
    runner: Runner


def collect(
    source: Source,
    store: Store,
    client: Client,
    *,
    decks: Iterable[Deck] = (),
    now: Clock = clock.now,
    seconds: float = 10.0,
) -> AddResult:
    """Poll one source once, or follow a stream for some seconds, into a store.

    Parameters
    ----------
    source : Source
    store : Store
    client : Client
    decks : iterable of Deck
        Whose columns say what matches, where the source keeps no more than that.
    now : Clock
    seconds : float
        How long a stream is followed.

    Returns
    -------
    AddResult
        Items new, updated and unchanged.

    Raises
    ------
    WorkbenchError
        If the source or the store fails.
    """
    decks = tuple(decks)
    wants = Wants(decks)
    score_by(store, decks)
    note_confidential(store, (), source)
    remember(client, store, now=now)
    runner = Runner(
        source.build(),
        keep=source.keep,
        wants=wants,
        store=store,
        client=client,
        now=now,
        stop=threading.Event(),
        pace=Pace(1.0, 1.0),
        asked=_asked(source, wants),
    )
    return runner.once(seconds)


def _asked(source: Source, wants: Wants) -> Asked | None:
    """Return what a source is asked for; None if it sends what it has, whatever is wanted."""
    built = source.build()
    ask = getattr(built, "ask", None)
    if ask is None:
        return None
    asked = wants.asked(built)
    try:
        is_same = ask(asked.queries, asked.lists) is built
    except Exception:  # noqa: BLE001 - its runner asks again, and tells of it
        is_same = False
    return None if is_same else asked


def _join(runners: Iterable[Runner], deadline: float) -> bool:
    """Wait until all have ended, or the time is over; return whether they have."""
    for runner in runners:
        runner.join(max(0.0, deadline - time.monotonic()))
    return not any(runner.is_alive() for runner in runners)


SWEEP: Final = timedelta(hours=1)


class Service:
    """All sources of some decks, their alerts, and the stories of what is stored.

    What sends by itself is followed in a thread of its own; what is polled, however much it is,
    by a few.

    Parameters
    ----------
    decks : Deck or iterable of Deck
        A source that several decks name is followed once, and the most is kept of it that
        one of them asks for. When a deck's file is edited, sources, what they are asked for
        and what is kept follow.
    store : Store
        Where items, coverage, cursors and states go.
    client : Client
        What opens connections.
    now : Clock
    first_retry, last_retry : float
        Seconds to wait after a first failure, and at most; doubled in between.
    briefings : callable, optional
        Returns the folders of documents that show items: what is withdrawn goes from these too.
    window : int
        Among how many of the newest items a story's like are looked for: most of what a service
        holds in memory.

    Notes
    -----
    A context manager. A source that fails is tried again and stops no other.
    """

    def __init__(
        self,
        decks: Deck | Iterable[Deck],
        store: Store,
        client: Client,
        *,
        now: Clock = clock.now,
        first_retry: float = 5.0,
        last_retry: float = 300.0,
        briefings: Callable[[], Iterable[Path]] | None = None,
        window: int = WINDOW,
    ) -> None:
        decks = (decks,) if isinstance(decks, Deck) else tuple(decks)
        self._followed = [Followed(deck) for deck in decks]
        self._wants = Wants(decks)
        self._store = store
        self._client = client
        self._now = now
        self._retries = first_retry, last_retry
        self._stop = threading.Event()
        self._ceased = 0.0
        self._replan = threading.Event()
        self._tenure = Tenure(store)
        self._pool = Pool()
        self._told = Told(store)
        self._teller = threading.Thread(target=self._told.run, name="told", daemon=True)
        self._at_work: dict[str, _Work] = {}
        self._watch = threading.Thread(target=self._follow, name="decks", daemon=True)
        self._sweep = Sweep(store, now=now, folders=briefings)
        self._sweeper = threading.Thread(target=self._clear, name="sweep", daemon=True)
        self._renewal = Renewal(store, client, self._collecting, now=now)
        self._renewer = threading.Thread(
            target=self._renewal.run, args=(self._stop,), name="renewal", daemon=True
        )
        self._watcher = Watcher(decks, store, now=now)
        self._alerts = threading.Thread(
            target=self._watcher.run, args=(self._stop,), name="alerts", daemon=True
        )
        self._telling = Telling(
            store,
            now=now,
            polls=lambda: polls_of(each.deck for each in self._followed),
            window=window,
        )
        self._stories = threading.Thread(
            target=self._telling.run,
            args=(self._stop, lambda: STORIES not in self._tenure.others),
            name=STORIES,
            daemon=True,
        )
        self._arrange(start=False)

    def start(self) -> None:
        """Begin to follow all sources, and the decks' files."""
        remember(self._client, self._store, now=self._now)
        self._watcher.look()  # from here on what comes is live
        self._share()
        self._teller.start()
        self._watch.start()
        self._alerts.start()
        self._sweeper.start()
        self._renewer.start()
        self._stories.start()

    def cease(self) -> None:
        """Have all sources end, and wait for none: what else is to end can do so meanwhile."""
        self._ceased = self._ceased or time.monotonic()
        self._stop.set()
        for work in list(self._at_work.values()):
            work.runner.stop()

    def stop(self, *, patience: float = 2.5) -> None:
        """End all threads; requests that are not answered soon are given up.

        What hangs all the same, as in the look-up of a name, is left behind after `patience` s.
        They count from :meth:`cease`, if that came before.
        """
        self.cease()
        deadline = self._ceased + patience
        if self._watch.is_alive():
            self._watch.join(max(0.0, deadline - time.monotonic()))
        self.cease()  # an edit may have been taken up meanwhile
        runners = [work.runner for work in list(self._at_work.values())]
        if not _join(runners, self._ceased + min(GRACE, patience)):
            self._client.interrupt()
            _join(runners, deadline)
        self._pool.close()
        self._told.end()
        # However long sources took to end, that they have is still written down.
        for thread, least in (
            (self._teller, LAST),
            *((each, 0.0) for each in (self._sweeper, self._alerts, self._renewer, self._stories)),
        ):
            if thread.is_alive():
                thread.join(max(least, deadline - time.monotonic()))
        self._tenure.release()

    def replan(self) -> None:
        """Read the decks' files anew, whether or not they changed, and try what fails at once."""
        self._replan.set()

    def add(self, deck: Deck) -> None:
        """Follow one more deck from now on."""
        self._followed.append(Followed(deck))
        self._replan.set()

    def states(self) -> list[SourceState]:
        """Return what each source is doing, in the decks' order."""
        return [work.runner.state for work in self._at_work.values()]

    def runners(self) -> list[tuple[Runner, bool]]:
        """Return what is at work for each source, and whether it is this process that collects."""
        others = self._tenure.others
        return [(work.runner, key not in others) for key, work in self._at_work.items()]

    def _collecting(self) -> list[Collector]:
        """Return the collectors that are at work in this process."""
        return [runner.collector for runner, is_ours in self.runners() if is_ours]

    def _clear(self) -> None:
        """Let nothing stay that has to go, from the start on and every hour; nor memory."""
        while True:
            self._sweep.run()
            give_back()
            if self._stop.wait(SWEEP.total_seconds()):
                return

    def _follow(self) -> None:
        """Take up what is edited in the decks, until stopped."""
        while not self._stop.wait(WATCH):
            self._pool.tend()
            is_asked = self._replan.is_set()
            self._replan.clear()
            edited = [followed.look(is_asked=is_asked) for followed in self._followed]
            if is_asked:
                _log.info("planned anew as asked: %d decks are read", len(edited))
            if is_asked or any(edited):
                self._arrange(start=True, is_asked=is_asked)
            elif self._tenure.is_due():
                self._share()

    def _share(self) -> None:
        """Have at work here what no other process collects into the same store."""
        self._tenure.renew([*self._at_work, STORIES])
        for key, work in list(self._at_work.items()):
            is_ours = key not in self._tenure.others
            if is_ours and not work.runner.is_begun:
                work.runner.start()
            elif not is_ours and work.runner.is_begun:
                self._end(work)
                self._at_work[key] = self._engage(work.source, work.keep, work.asked)
            if not is_ours:
                self._at_work[key].runner.hold(self._tenure.reason(key))

    def _end(self, work: _Work) -> None:
        work.runner.stop()
        if work.runner.is_alive():  # never two at work on the same cursor
            work.runner.join(PATIENCE)

    def _arrange(self, *, start: bool, is_asked: bool = False) -> None:
        """Have one runner at work for each source that the decks name now."""
        decks = [followed.deck for followed in self._followed]
        try:
            note_confidential(self._store, decks)
        except StoreError as error:  # their own decks keep it in the house all the same
            _log.warning("what is confidential could not be noted: %s", error)
        score_by(self._store, decks)
        self._wants.replace(decks)
        self._watcher.replace(decks)
        named: dict[str, list[Source]] = {}
        for deck in decks:
            for source in deck.sources:
                named.setdefault(source.key, []).append(source)
        wanted = {
            key: (
                sources[0],
                widest(source.keep for source in sources),
                _asked(sources[0], self._wants),
            )
            for key, sources in named.items()
        }
        before, kept = self._at_work, {}
        for key, work in before.items():
            is_stuck = is_asked and work.runner.state.state == "failing"
            if wanted.get(key) == (work.source, work.keep, work.asked) and not is_stuck:
                kept[key] = work
                continue
            work.runner.stop()
            if key in wanted:
                self._end(work)
        self._at_work = {
            key: kept.get(key) or self._engage(source, keep, asked)
            for key, (source, keep, asked) in wanted.items()
        }
        if start:
            self._share()

    def _engage(self, source: Source, keep: str, asked: Asked | None) -> _Work:
        runner = Runner(
            source.build(),
            keep=keep,
            wants=self._wants,
            store=self._store,
            client=self._client,
            now=self._now,
            stop=threading.Event(),
            pace=Pace(*self._retries),
            asked=asked,
            told=self._told,
            pool=self._pool,
        )
        return _Work(source, keep, asked, runner)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
