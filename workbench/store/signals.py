"""What arrives about items rather than items: counts, and what became of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from workbench.items import Account, Count, Item
from workbench.store.write import Stored, Writer

__all__ = ["apply_accounts", "apply_counts"]

_COUNTED: Final = ("likes", "reposts", "replies")


def apply_counts(writer: Writer, counts: Sequence[Count]) -> None:
    """Add what came and take away what went, each event once, for items that we hold.

    A −1 that names no target takes back what its event had added. A count that was unknown
    becomes 1 with the first that came; none falls below 0.
    """
    if not counts:
        return
    known = _events(writer, counts)
    targets = {(c.source, c.target_id) for c in counts if c.target_id}
    stored = writer.find(targets)
    by_row = {old.row: old for old in stored.values()}
    added: dict[tuple[int, str], int] = {}
    for count in counts:
        event = (count.source, count.event_id)
        row, field, delta = known.get(event, (None, count.field, 0))
        if row is None:
            target = stored.get((count.source, count.target_id))
            if target is None or target.item.deleted or field not in _COUNTED:
                continue
            row, total = target.row, count.delta
        elif delta == 1 and count.delta == -1:
            total = 0
        else:
            continue
        known[event] = row, field, total
        added[row, field] = added.get((row, field), 0) + total - delta
        writer.connection.execute(
            "INSERT OR REPLACE INTO events VALUES(?, ?, ?, ?, ?)", (*event, row, field, total)
        )
    by_row |= _by_row(writer, {row for row, _ in added} - by_row.keys())
    _raise(writer, by_row, added)


def _events(writer: Writer, counts: Iterable[Count]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return row, field and what was added of the events that were counted before."""
    found = writer.connection.executemany(
        "SELECT source, event, row, field, delta FROM events WHERE source = ? AND event = ?",
        list({(count.source, count.event_id) for count in counts}),
    )
    return {(source, event): tuple(rest) for source, event, *rest in found}


def _by_row(writer: Writer, rows: Iterable[int]) -> dict[int, Stored]:
    found = writer.connection.executemany(
        "SELECT source, id FROM items WHERE row = ? AND deleted IS NULL", [(r,) for r in rows]
    )
    keys = [(str(source), str(ident)) for source, ident in found]
    return {old.row: old for old in writer.find(keys).values()}


def _raise(writer: Writer, by_row: dict[int, Stored], added: dict[tuple[int, str], int]) -> None:
    became: dict[int, Item] = {}
    for (row, field), delta in added.items():
        if row not in by_row:
            continue
        item = became.get(row, by_row[row].item)
        before: int | None = getattr(item, field)
        if before is None and delta <= 0:
            continue
        changes: dict[str, Any] = {field: max(0, (before or 0) + delta)}
        became[row] = replace(item, **changes)
    writer.update([(by_row[row], item) for row, item in became.items() if item != by_row[row].item])


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
        renamed = [(old, replace(old.item, **changes)) for old in live]
        writer.update([(old, item) for old, item in renamed if item != old.item])
        if account.hidden is not None:
            now = [Stored(old.row, old.is_hidden, item) for old, item in renamed]
            writer.hide(now, hidden=account.hidden)


def _note(writer: Writer, account: Account, *, hidden: bool) -> None:
    """Remember it for items that are yet to come."""
    sql = (
        "INSERT OR IGNORE INTO hidden VALUES(?, ?)"
        if hidden
        else "DELETE FROM hidden WHERE source = ? AND prefix = ?"
    )
    writer.connection.execute(sql, (account.source, account.prefix))
