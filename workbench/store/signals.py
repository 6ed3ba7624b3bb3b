"""What arrives about items rather than items: counts, and what became of accounts."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from workbench.items import Account, Count
from workbench.query.marks import size_of
from workbench.store.connect import by_source, fetch_among
from workbench.store.rows import changed, put
from workbench.store.write import Stored, Writer

__all__ = ["apply_accounts", "apply_counts"]

_COUNTED: Final = ("likes", "reposts", "replies")

Key = tuple[str, str]


class _Event(NamedTuple):
    """An event that was counted: what for, and what it has added by now."""

    row: int
    field: str
    delta: int


def apply_counts(writer: Writer, counts: Sequence[Count]) -> None:
    """Add what came and take away what went, each event once, for items that we hold.

    A −1 that names no target takes back what its event had added. A count that was unknown
    becomes 1 with the first that came; none falls below 0.
    """
    targets = _targets(writer, counts)
    # Of a firehose hardly anything concerns what we hold: only that is looked up further. What is
    # taken back names perhaps no target.
    counts = [c for c in counts if c.delta < 0 or (c.source, c.target_id) in targets]
    if not counts:
        return
    known = _events(writer, counts)
    told: dict[Key, _Event] = {}
    added: dict[tuple[int, str], int] = {}
    for count in counts:
        key = (count.source, count.event_id)
        event = known.get(key)
        if event is None:
            row = targets.get((count.source, count.target_id))
            if row is None or count.field not in _COUNTED:
                continue
            event, delta = _Event(row, count.field, count.delta), count.delta
        elif event.delta == 1 and count.delta == -1:
            event, delta = event._replace(delta=0), -1
        else:
            continue
        known[key] = told[key] = event
        place = (event.row, event.field)
        added[place] = added.get(place, 0) + delta
    writer.connection.executemany(
        "INSERT OR REPLACE INTO events VALUES(?, ?, ?, ?, ?)",
        [(*key, *event) for key, event in told.items()],
    )
    _raise(writer, added)


def _events(writer: Writer, counts: Iterable[Count]) -> dict[Key, _Event]:
    """Return those of the events that were counted before."""
    sql = (
        "SELECT e.event, e.row, e.field, e.delta FROM json_each(?) k"
        " CROSS JOIN events e ON e.source = ? AND e.event = k.value"
    )
    keys = {(count.source, count.event_id) for count in counts}
    return {
        (source, event): _Event(*rest)
        for source, events in by_source(keys)
        for event, *rest in fetch_among(writer.connection, sql, events, (source,))
    }


def _targets(writer: Writer, counts: Iterable[Count]) -> dict[Key, int]:
    """Return the rows of those targets that we hold."""
    sql = (
        "SELECT i.id, i.row FROM json_each(?) k"
        " CROSS JOIN items i ON i.source = ? AND i.id = k.value WHERE i.deleted IS NULL"
    )
    wanted: dict[str, set[str]] = {}
    for count in counts:
        if count.target_id:
            wanted.setdefault(count.source, set()).add(count.target_id)
    # What is not written yet is not found there; what is both here and there is the same row.
    return writer.places | {
        (source, ident): row
        for source, ids in wanted.items()
        for ident, row in fetch_among(writer.connection, sql, ids, (source,))
    }


def _sum(before: int | None, delta: int) -> int | None:
    return before if before is None and delta <= 0 else max(0, (before or 0) + delta)


def _raise(writer: Writer, added: dict[tuple[int, str], int]) -> None:
    """Write the counts that changed; the index only where one has left its mark's range."""
    for (row, field), delta in added.items():
        item = writer.arrivals.get(row)
        if item is not None:
            put(item, field, _sum(getattr(item, field), delta))
    found = fetch_among(
        writer.connection,
        f"SELECT row, hidden, {', '.join(_COUNTED)} FROM json_each(?) k"
        " CROSS JOIN items ON row = k.value WHERE deleted IS NULL",
        {row for row, _ in added} - writer.arrivals.keys(),
    )
    raised = []
    moved = []
    for row, hidden, *before in found:
        deltas = [added.get((row, field), 0) for field in _COUNTED]
        after = list(map(_sum, before, deltas))
        if after != before:
            raised.append((writer.next_seq(), *after, row))
        if not hidden and any(map(_moved, before, after)):
            moved.append(row)
    writer.connection.executemany(
        "UPDATE items SET seq = ?, likes = ?, reposts = ?, replies = ? WHERE row = ?", raised
    )
    for old in writer.find_rows(moved):
        writer.index.replace(old.row, old.item)


def _moved(before: int | None, after: int | None) -> bool:
    return size_of(before) != size_of(after)


def apply_accounts(writer: Writer, accounts: Iterable[Account]) -> None:
    """Rename, hide or show again the authors of all items whose ids begin so."""
    for account in accounts:
        if not account.prefix:  # it would be everybody
            continue
        names = {"author": account.handle, "author_name": account.name}
        changes: dict[str, Any] = {k: name for k, name in names.items() if name is not None}
        if account.hidden is not None:
            _note(writer, account, hidden=account.hidden)
        if not changes and account.hidden is None:
            continue
        held = writer.find_by_prefix(account.source, account.prefix)
        live = [old for old in held.values() if old.item.deleted is None]
        renamed = [(old, changed(old.item, changes)) for old in live]
        writer.update([(old, item) for old, item in renamed if item != old.item])
        if account.hidden is not None:
            now = [Stored(old.row, old.is_hidden, item) for old, item in renamed]
            writer.hide(now, hidden=account.hidden)


def _note(writer: Writer, account: Account, *, hidden: bool) -> None:
    """Remember it for items that are yet to come."""
    sql = (
        "INSERT OR IGNORE INTO hidden VALUES(?, ?, ?)"
        if hidden
        else "DELETE FROM hidden WHERE source = ? AND length = ? AND prefix = ?"
    )
    writer.connection.execute(sql, (account.source, len(account.prefix), account.prefix))
