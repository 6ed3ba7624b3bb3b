"""What the store keeps beside items: coverage, cursors, and the states of sources."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.errors import StoreError
from workbench.states import SourceState
from workbench.store.connect import fetch

__all__ = [
    "Note",
    "Span",
    "Status",
    "cover",
    "coverage",
    "load_cursor",
    "note",
    "report",
    "save_cursor",
    "sources",
]

Status = Literal["ok", "gap"]


class Span(NamedTuple):
    """A stretch of time that a source covered, or is known not to have.

    An empty `query` means that everything of the source was listened to.
    """

    source: str
    query: str
    start: datetime
    end: datetime
    status: Status
    reason: str


class Note(NamedTuple):
    """Spans of a source, and where it is to be resumed; None leaves that as it is."""

    source: str
    spans: tuple[Span, ...]
    cursor: str | None


def note(connection: apsw.Connection, noted: Note) -> None:
    """Note what a source covered, and where it is to be resumed."""
    for span in noted.spans:
        cover(connection, span)
    if noted.cursor is not None:
        save_cursor(connection, noted.source, noted.cursor)


def cover(connection: apsw.Connection, span: Span) -> None:
    """Note a span. It takes the place of what was noted of the same stretch before.

    Spans of one source and query never overlap, and those that adjoin and say the same are
    one.
    """
    source, query, start, end = span.source, span.query, to_micros(span.start), to_micros(span.end)
    if span.status not in ("ok", "gap"):
        raise StoreError(f"coverage is ok or gap; {span.status!r} is neither")
    if start > end:
        raise StoreError(
            f"{source}: a span of coverage ends at {span.end:%Y-%m-%d %H:%M:%S}, before it "
            f"begins at {span.start:%Y-%m-%d %H:%M:%S}; give the earlier time first"
        )
    if start == end:
        return
    touched = fetch(
        connection,
        "SELECT start, end, status, reason FROM coverage"
        " WHERE source = ? AND query = ? AND start <= ? AND end >= ?",
        (source, query, end, start),
    )
    said = (span.status, span.reason)
    if not touched:
        about = source, query, start, end, *said
        connection.execute("INSERT INTO coverage VALUES(?, ?, ?, ?, ?, ?)", about)
        return
    if len(touched) == 1 and touched[0][2:] == said and touched[0][0] <= start:
        # As nearly always: what was listened to goes on being.
        connection.execute(
            "UPDATE coverage SET end = max(end, ?) WHERE source = ? AND query = ? AND start = ?",
            (end, source, query, touched[0][0]),
        )
        return
    kept = []
    for begin, until, *says in touched:
        if tuple(says) == said:
            start, end = min(start, begin), max(end, until)
        else:
            kept += [(begin, min(until, start), *says), (max(begin, end), until, *says)]
    connection.executemany(
        "DELETE FROM coverage WHERE source = ? AND query = ? AND start = ?",
        [(source, query, begin) for begin, *_ in touched],
    )
    spans = [(start, end, *said), *(each for each in kept if each[0] < each[1])]
    connection.executemany(
        "INSERT INTO coverage VALUES(?, ?, ?, ?, ?, ?)",
        [(source, query, *each) for each in spans],
    )


def coverage(
    connection: apsw.Connection,
    *,
    since: datetime | None,
    until: datetime | None,
    source: str | None,
) -> list[Span]:
    """Return the spans that touch a stretch of time, by source and query, oldest first."""
    found = fetch(
        connection,
        "SELECT source, query, start, end, status, reason FROM coverage"
        " WHERE end > coalesce(?, end - 1) AND start < coalesce(?, start + 1)"
        " AND source = coalesce(?, source) ORDER BY source, query, start",
        (since and to_micros(since), until and to_micros(until), source),
    )
    return [
        Span(key, query, from_micros(start), from_micros(end), status, reason)
        for key, query, start, end, status, reason in found
    ]


def save_cursor(connection: apsw.Connection, key: str, cursor: str) -> None:
    """Remember where a source is to be resumed."""
    connection.execute("INSERT OR REPLACE INTO cursors VALUES(?, ?)", (key, cursor))


def load_cursor(connection: apsw.Connection, key: str) -> str | None:
    """Return where a source is to be resumed, or None."""
    found: str | None = connection.execute("SELECT cursor FROM cursors WHERE key = ?", (key,)).get
    return found


def report(connection: apsw.Connection, state: SourceState) -> None:
    """Remember what a source is doing."""
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            state.key,
            state.collector,
            state.state,
            state.reason,
            to_micros(state.since),
            state.next_try and to_micros(state.next_try),
            state.last_item and to_micros(state.last_item),
            state.seen,
            state.matched,
            state.stored,
        ),
    )


def sources(connection: apsw.Connection) -> list[SourceState]:
    """Return what each source was doing when it last reported, by key."""
    return [
        SourceState(
            key=key,
            collector=collector,
            state=state,
            reason=reason,
            since=from_micros(since),
            next_try=None if next_try is None else from_micros(next_try),
            last_item=None if last_item is None else from_micros(last_item),
            seen=seen,
            matched=matched,
            stored=stored,
        )
        for key, collector, state, reason, since, next_try, last_item, seen, matched, stored in (
            fetch(connection, "SELECT * FROM sources ORDER BY key")
        )
    ]
