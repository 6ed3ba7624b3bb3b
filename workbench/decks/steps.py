"""The steps of somebody who edits a deck: what each is called, and the text before it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Steps", "changing", "quoted"]

_MOST_KEPT: Final = 32 * 1024 * 1024
"""Bytes of past steps, compressed, beyond which the oldest can no longer be undone."""
_LONGEST_NAME: Final = 60


class Steps:
    """Names of steps with the text before each, compressed; the oldest go when they are many."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, bytes]] = []
        self._size = 0

    @property
    def name(self) -> str | None:
        """The last step; None if there is none."""
        return self._kept[-1][0] if self._kept else None

    @property
    def names(self) -> list[str]:
        """All steps, oldest first."""
        return [name for name, _ in self._kept]

    def push(self, name: str, text: str) -> None:
        """Add a step."""
        self._kept.append((name, zlib.compress(text.encode())))
        self._size += len(self._kept[-1][1])
        while self._size > _MOST_KEPT and len(self._kept) > 1:
            self._size -= len(self._kept.pop(0)[1])

    def pop(self) -> tuple[str, str]:
        """Take the last step away; return its name and its text."""
        name, data = self._kept.pop()
        self._size -= len(data)
        return name, zlib.decompress(data).decode()

    def clear(self) -> None:
        """Forget all steps."""
        self._kept.clear()
        self._size = 0


def changing(title: str, settings: Mapping[str, Any]) -> str:
    """Return how a change of a column's settings is called."""
    if [*settings] == ["title"]:
        return f"Rename {quoted(title)} to {quoted(settings['title'])}"
    if [*settings] == ["collapsed"]:
        return f"{'Collapse' if settings['collapsed'] else 'Expand'} {quoted(title)}"
    return f"Change {quoted(title)}: {', '.join(settings)}"


def quoted(title: object) -> str:
    """Return a title in quotes, on one line and not too long."""
    text = " ".join(str(title).split())
    return f"“{text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + '…'}”"
