"""What several commands do alike: choose decks, open stores, stop when asked to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

from workbench.errors import SettingError
from workbench.signals import deferred

if TYPE_CHECKING:
    from workbench.decks import Deck

__all__ = ["choose", "hearing", "starting", "stopping"]

_PATIENCE: Final = 5.0  # seconds in which signals count as one


def choose(names: Sequence[str]) -> list[Deck]:
    """Return the decks of these names; without a name all that are the user's own.

    Raises
    ------
    SettingError
        If none is named and there is none.
    """
    from workbench import decks

    if not names:
        own = [name for name in decks.names() if name != "demo"]
        if not own:
            raise SettingError(
                "name a deck with --deck. There is none of your own yet: make one with "
                "`workbench init`, or copy the demo's (decks/demo.yaml) and name your sources in it"
            )
        names = own
    return [decks.load(name) for name in names]


@contextmanager
def hearing(replan: Callable[[], None]) -> Iterator[None]:
    """Call something on SIGHUP, by which services are told to read their settings anew."""
    number = getattr(signal, "SIGHUP", None)
    if number is None:  # Windows has none
        yield
        return
    with deferred(replan) as come:
        before = signal.signal(number, lambda *_: come())
        try:
            yield
        finally:
            signal.signal(number, before)


@contextmanager
def starting() -> Iterator[None]:
    """End at once on SIGTERM and SIGINT, as long as nothing is begun that should end in order.

    What a page is made of takes seconds to import, on a machine that is busy many.
    """

    def leave(*_: object) -> None:
        raise SystemExit

    with _handled(leave):
        yield


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, so that a command ends in good order.

    Whoever sends one may well send it twice (`timeout` does); only one that comes some
    seconds later ends the process at once.
    """
    asked = threading.Event()
    first: float | None = None

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal first
        if first is None:
            first = time.monotonic()
            come()
        elif time.monotonic() - first > _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    with deferred(asked.set) as come, _handled(stop):
        yield asked


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have a handler called on SIGTERM and SIGINT."""
    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, each in before.items():
            signal.signal(number, each)
