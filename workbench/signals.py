"""What a signal's handler may do: next to nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

__all__ = ["deferred"]


@contextmanager
def deferred(call: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """Give what a handler may call, to have something called by a thread of its own.

    A handler runs in the middle of whatever the main thread is at. If that has just taken the
    lock of an event, as it does for a moment when it begins to wait for it, a handler that sets
    the event waits for its own thread, for ever. What is given here takes no lock.
    """
    calls: SimpleQueue[bool] = SimpleQueue()

    def run() -> None:
        while calls.get():
            call()

    thread = threading.Thread(target=run, name="signals", daemon=True)
    thread.start()
    try:
        yield lambda: calls.put(True)
    finally:
        calls.put(False)
        thread.join()
