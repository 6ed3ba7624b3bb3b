"""What the tests ask about other processes."""

import psutil

__all__ = ["is_of"]


def is_of(process, word):
    """Return whether a process was called with a word; one that has just ended was not."""
    try:
        return word in " ".join(process.cmdline())
    except psutil.Error:
        return False
