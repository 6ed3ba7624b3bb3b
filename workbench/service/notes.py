"""What a source covered and where it stands, written down a few times a second at most."""

from __future__ import annotations

import time
from typing import Final

from workbench.collectors import Covered
from workbench.store import Note, Span, Store

__all__ = ["Notes"]

_EVERY: Final = 1.0  # seconds; each note costs a transaction


class Notes:
    """Coverage and cursor of one source, gathered and then stored.

    Only what is stored already may be noted. If the process dies before a note is written,
    the source is asked for the same once more, and nothing is lost.

    Parameters
    ----------
    store : Store
    key : str
        The source's.
    """

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key
        self._spans: dict[tuple[str, str, str], Covered] = {}
        self._cursor: str | None = None
        self._written = 0.0

    def cover(self, query: str, span: Covered) -> None:
        """Note that a query was listened to, or was not; spans that adjoin become one."""
        said = query, span.status, span.reason
        before = self._spans.get(said)
        if before and before.start <= span.start <= before.end:
            span = span._replace(start=before.start, end=max(before.end, span.end))
        elif before:
            self._write_span(said)
        self._spans[said] = span

    def resume_at(self, cursor: str) -> None:
        """Note where the source is to be resumed."""
        self._cursor = cursor

    def write_if_due(self) -> None:
        """Store the notes if the last ones are old enough."""
        if time.monotonic() - self._written >= _EVERY:
            self.write()

    def write(self) -> None:
        """Store the notes.

        Raises
        ------
        StoreError
            If it does not work; the notes are kept for the next time.
        """
        waiting = self.waiting()
        if waiting.spans or waiting.cursor is not None:
            self._store.note(*waiting)
        self.settle()

    def waiting(self) -> Note:
        """Return what is not stored yet."""
        return Note(self._key, tuple(map(self._span, self._spans)), self._cursor)

    def settle(self) -> None:
        """Let go of the notes: they are stored."""
        self._spans.clear()
        self._cursor = None
        self._written = time.monotonic()

    def _write_span(self, said: tuple[str, str, str]) -> None:
        self._store.note(self._key, [self._span(said)], None)
        del self._spans[said]

    def _span(self, said: tuple[str, str, str]) -> Span:
        span = self._spans[said]
        return Span(self._key, said[0], span.start, span.end, span.status, span.reason)
