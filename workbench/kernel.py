"""What a notebook's kernel minds while a page is made of it: how much it says.

Loaded into the kernel as an IPython extension, before the notebook's first cell. A notebook
that prints without end would else fill its own memory and that of whoever reads along.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Final

__all__ = ["MOST_PRINTED", "MOST_SHOWN", "TooMuchOutput", "load_ipython_extension"]

MOST_PRINTED: Final = 1_000_000
"""Characters that a notebook may print, all cells together."""
MOST_SHOWN: Final = 16_000_000
"""Characters of tables, pictures and the like that it may show."""


class TooMuchOutput(RuntimeError):  # noqa: N818 - reads as what happened
    """A notebook that says more than a page could hold."""


class _Measured:
    """Lets so much pass, then fails."""

    def __init__(self, most: int, verb: str) -> None:
        self.most = most
        self.told = 0
        self.reason = f"the notebook {verb} more than {most // 1_000_000} million characters"

    def take(self, size: int) -> None:
        self.told += size
        if self.told > self.most:
            raise TooMuchOutput(self.reason)


def _measured_write(write: Callable[[str], Any], measured: _Measured) -> Callable[[str], Any]:
    def measured_write(text: str) -> Any:
        try:
            measured.take(len(text))
        except TooMuchOutput:
            if threading.current_thread() is threading.main_thread():
                raise
            # A thread, such as the one that listens to what child processes print, could not
            # fail the cell: it would only die, and leave the child waiting.
            return len(text)
        return write(text)

    return measured_write


def _size(data: Any) -> int:
    values = data.values() if isinstance(data, dict) else ()
    return sum(len(value) if isinstance(value, str | bytes) else 1_000 for value in values)


def load_ipython_extension(shell: Any) -> None:
    """Set bounds on what the shell's kernel prints and shows.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    printed = _Measured(MOST_PRINTED, "printed")
    shown = _Measured(MOST_SHOWN, "showed")
    for stream in (sys.stdout, sys.stderr):
        stream.write = _measured_write(stream.write, printed)  # type: ignore[method-assign]
    publish, write_format_data = shell.display_pub.publish, shell.displayhook.write_format_data

    def measured_publish(data: Any, *args: Any, **more: Any) -> Any:
        shown.take(_size(data))
        return publish(data, *args, **more)

    def measured_result(data: Any, *args: Any, **more: Any) -> Any:
        shown.take(_size(data))
        return write_format_data(data, *args, **more)

    shell.display_pub.publish = measured_publish
    shell.displayhook.write_format_data = measured_result
