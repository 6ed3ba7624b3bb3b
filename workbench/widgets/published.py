"""Whether whoever looks at a kernel's widgets is its owner, or a viewer of what was published."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from traitlets import TraitError

__all__ = ["is_page", "is_published", "keep_log"]

_log = logging.getLogger(__name__)

_VOILA = ("VOILA_PREHEAT", "VOILA_KERNEL_ID", "VOILA_REQUEST_URL", "VOILA_BASE_URL")
# Those that speak of messages from the front end: ours, and where ipykernel opens comms.
_LOGGERS: Final = ("workbench", "ipykernel.comm")


def is_page(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the kernel renders the executives' page, which brings its own columns."""
    return bool(environment.get("WORKBENCH_PAGE"))


def is_published(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether viewers who are not its owner can send this kernel messages.

    Voila gives each kernel that it starts, preheated ones too, variables of the names
    ``VOILA_…``, and those that it starts for a request ``SERVER_SOFTWARE`` as a web server
    would. No message of a viewer's can change a kernel's environment.

    Examples
    --------
    >>> is_published({"SERVER_SOFTWARE": "voila/0.5.13"}), is_published({"VOILA_PREHEAT": "True"})
    (True, True)
    >>> is_published({"JPY_SESSION_NAME": "notebooks/explore.ipynb"})
    False
    """
    software = environment.get("SERVER_SOFTWARE", "")
    return (
        is_page(environment)
        or software.lower().startswith("voila")
        or any(name in environment for name in _VOILA)
    )


@cache
def keep_log() -> None:
    """Keep what is logged from viewers: a kernel sends all that it writes to those who watch it.

    The server's own log gets it; paths and tracebacks are nobody else's business.
    """
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError, io.UnsupportedOperation):
        # Of a kernel's stderr this is the one that it was started with, behind the viewers' back.
        handler = logging.StreamHandler(os.fdopen(os.dup(sys.stderr.fileno()), "w"))
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
    _keep_tracebacks()


def _keep_tracebacks() -> None:
    """Keep from viewers what their messages to any widget do wrong; what cells do is shown.

    ipywidgets has the kernel show it, with paths and code, to whoever sent the message.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return
    show = shell._showtraceback  # noqa: SLF001 - the one place through which all of it goes

    def show_of_cells(kind: type, error: BaseException, lines: list[str]) -> None:
        said = kernel.get_parent().get("header", {}).get("msg_type", "")
        if said.startswith("comm_"):
            # Of a value that cannot be one line will do; all else is a callback of its owner's.
            whole = None if isinstance(error, TraitError) else error
            _log.error("a message from the front end failed: %.200s", error, exc_info=whole)
        else:
            show(kind, error, lines)

    setattr(shell, "_showtraceback", show_of_cells)  # noqa: B010 - what was ours to call is ours to set
