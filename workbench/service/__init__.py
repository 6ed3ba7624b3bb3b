"""The service: joins decks, collectors and store; what runs under `workbench up`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Self

from workbench import clock
from workbench.clock import Clock
from workbench.decks import Deck, Source
from workbench.http import Client
from workbench.service.keep import Wants, widest
from workbench.service.runner import Pace, Runner
from workbench.states import SourceState
from workbench.store import AddResult, Store

__all__ = ["Service", "collect"]


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
    runner = Runner(
        source.build(),
        keep=source.keep,
        wants=Wants(decks),
        store=store,
        client=client,
        now=now,
        stop=threading.Event(),
        pace=Pace(1.0, 1.0),
    )
    return runner.once(seconds)


class Service:
    """All sources of some decks, each followed in a thread of its own.

    Parameters
    ----------
    decks : Deck or iterable of Deck
        A source that several decks name is followed once, and the most is kept of it that
        one of them asks for.
    store : Store
        Where items, coverage, cursors and states go.
    client : Client
        What opens connections.
    now : Clock
    first_retry, last_retry : float
        Seconds to wait after a first failure, and at most; doubled in between.

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
    ) -> None:
        decks = (decks,) if isinstance(decks, Deck) else tuple(decks)
        wants = Wants(decks)
        named: dict[str, list[Source]] = {}
        for deck in decks:
            for source in deck.sources:
                named.setdefault(source.key, []).append(source)
        self._stop = threading.Event()
        self._runners = [
            Runner(
                sources[0].build(),
                keep=widest(source.keep for source in sources),
                wants=wants,
                store=store,
                client=client,
                now=now,
                stop=self._stop,
                pace=Pace(first_retry, last_retry),
            )
            for sources in named.values()
        ]

    def start(self) -> None:
        """Begin to follow all sources."""
        for runner in self._runners:
            runner.start()

    def stop(self, *, patience: float = 5.0) -> None:
        """End all threads; one that hangs in a connection is left behind after `patience` s."""
        self._stop.set()
        deadline = time.monotonic() + patience
        for runner in self._runners:
            if runner.is_alive():
                runner.join(max(0.0, deadline - time.monotonic()))

    def states(self) -> list[SourceState]:
        """Return what each source is doing, in the decks' order."""
        return [runner.state for runner in self._runners]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
