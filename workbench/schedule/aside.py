"""A briefing written aside: by a process of its own that gives way to others.

The demo has one written so, that its page has a briefing to link. It enters no table, and
ends with whoever started it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Final

from workbench import clock, decks
from workbench.schedule import parameters
from workbench.schedule.execute import Job, execute
from workbench.signals import deferred

__all__ = ["written_aside"]

_LIMIT: Final = timedelta(minutes=5)
_AFTER: Final = 3.0  # seconds in which whoever opens the page has the machine for himself
_PATIENCE: Final = 10.0


@contextmanager
def written_aside(deck: str, *, address: str, folder: Path) -> Iterator[None]:
    """Have a deck's briefing written while the block goes on; given up when it ends.

    Parameters
    ----------
    deck : str
        Name or path.
    address : str
        The store.
    folder : Path
        Where the document goes.
    """
    ended = threading.Event()

    def work() -> None:
        if ended.wait(_AFTER):
            return
        command = [sys.executable, "-m", __name__, deck, address, str(folder)]
        process = Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)  # noqa: S603
        while process.poll() is None and not ended.wait(0.2):
            pass
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except TimeoutExpired:
                process.kill()
                process.wait()

    thread = threading.Thread(target=work, name="briefing")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def main() -> None:
    """Write the briefing of a deck from a store into a folder, as the command line names them."""
    deck, address, folder = sys.argv[1:]
    if hasattr(os, "nice"):
        os.nice(10)
    stop = threading.Event()
    with deferred(stop.set) as come:
        signal.signal(signal.SIGTERM, lambda *_: come())
        threading.Thread(target=_watch, args=(os.getppid(), stop), daemon=True).start()
        job = Job(
            notebook=parameters.find("briefing"),
            folder=Path(folder),
            parameters={"deck": deck, "store": address},
            zone=decks.load(deck).zone,
            timeout=_LIMIT,
        )
        execute(job, started=clock.now(), stop=stop)


def _watch(parent: int, stop: threading.Event) -> None:
    """Stop when the process that started this one is gone."""
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    stop.set()


if __name__ == "__main__":
    main()
