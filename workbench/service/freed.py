"""Memory that was freed goes back to the system, instead of being kept for what may come."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_back"]


def give_back() -> bool:
    """Give back what glibc keeps of memory that was freed; return whether that can be done here.

    It keeps a heap for each of many threads, in which what is in use lies here and there: a
    process that works for weeks grows by that alone.
    """
    if sys.platform != "linux":
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:  # another library than glibc
        return False
    trim(0)
    return True
