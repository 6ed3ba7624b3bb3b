"""What a write does inside its transaction: arrivals, edits, deletions."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

import apsw

from workbench.clock import to_micros
from workbench.items import Deletion, Item
from workbench.query.marks import marks
from workbench.store import stories
from workbench.store.connect import by_source, fetch, fetch_among
from workbench.store.index import Index, free_rows
from workbench.store.rows import (
    COLUMNS,
    SELECT,
    WIDTH,
    addresses_of,
    arrivals_of,
    edit,
    place_of,
    to_item,
    to_row,
)
from workbench.text.tiers import Scorer

__all__ = ["AddResult", "Stored", "Writer"]

_NAMES: Final = ", ".join(COLUMNS)
_MARKS: Final = ", ".join("?" * WIDTH)
_INSERT: Final = f"INSERT INTO items(row, seq, time, hidden, {_NAMES}) VALUES(?, ?, ?, ?, {_MARKS})"
_FIND: Final = f"SELECT i.row, i.hidden, {SELECT} FROM {{}}"
_TIMES: Final = ("published", "published_precision", "collected", "edited", "deleted")
_CHANGED: Final = [
    name for name in COLUMNS if name not in ("source", "id", *_TIMES[:3])
]  # the key's index is left alone
_MUTABLE: Final = itemgetter(*map(COLUMNS.index, _CHANGED))
_UPDATE: Final = (
    f"UPDATE items SET seq = ?, {', '.join(f'{name} = ?' for name in _CHANGED)} WHERE row = ?"
)
_PURGED: Final = [
    name for name in COLUMNS if name not in ("source", "id", "kind", "tier", "text", *_TIMES)
]
_PURGE: Final = (
    f"UPDATE items SET seq = ?, deleted = ?, text = '', "
    f"{', '.join(f'{name} = NULL' for name in _PURGED)} WHERE row = ?"
)
# The lengths that occur, each found by one step into the key's index.
_LENGTHS: Final = """
WITH RECURSIVE lengths(n) AS (
    SELECT min(length) FROM hidden WHERE source = ?1
    UNION ALL
    SELECT (SELECT min(length) FROM hidden WHERE source = ?1 AND length > n)
    FROM lengths WHERE n IS NOT NULL
)
SELECT n FROM lengths WHERE n IS NOT NULL
"""

Key = tuple[str, str]


class AddResult(NamedTuple):
    """How many items were new, how many changed what is stored, how many did neither."""

    new: int
    updated: int
    unchanged: int


class Stored(NamedTuple):
    """An item as it is in the store."""

    row: int
    is_hidden: bool
    item: Item


class Writer:
    """One write transaction.

    Parameters
    ----------
    connection : apsw.Connection
        Inside a transaction.
    now : datetime
        When what arrives is first seen.
    scorer : Scorer
        What scores it.

    Attributes
    ----------
    arrivals : dict of int to Item
        By row, what is new and not yet written: nobody else's, so that it may be changed.
    places : dict of tuple to int
        The rows of these, by key.
    """

    def __init__(self, connection: apsw.Connection, now: datetime, scorer: Scorer) -> None:
        self.connection = connection
        self.now = now
        self.scorer = scorer
        self.index = Index(connection)
        self.arrivals: dict[int, Item] = {}
        self.places: dict[Key, int] = {}
        self._unseen: set[int] = set()  # rows of arrivals whose accounts are hidden
        self._seq: int = connection.execute("SELECT seq FROM counter").get

    def finish(self) -> None:
        """Write arrivals, index, and how far `seq` was raised; the last before the commit."""
        self.settle()
        self.index.flush()
        self.connection.execute("UPDATE counter SET seq = ?", (self._seq,))

    def next_seq(self) -> int:
        """Raise `seq` and return it."""
        self._seq += 1
        return self._seq

    def add(self, items: Iterable[Item]) -> AddResult:
        """Store what has changed of known items, and note new ones for :meth:`settle`."""
        new = updated = total = 0
        waiting = list(items)
        while waiting:
            batch: dict[Key, Item] = {}
            again = []
            for item in waiting:
                key = (item.source, item.id)
                if key in batch:
                    again.append(item)
                else:
                    batch[key] = item
            total += len(batch)
            stored = self.find(batch)
            new += self._note({key: batch[key] for key in batch if key not in stored})
            updated += self.update(self._edited(stored, batch))
            waiting = again
            if again:
                self.settle()
        return AddResult(new, updated, total - new - updated)

    def find(self, keys: Iterable[Key]) -> dict[Key, Stored]:
        """Return those of the items that are stored, by key."""
        found: dict[Key, Stored] = {}
        sql = _FIND.format("json_each(?) k CROSS JOIN items i ON i.source = ? AND i.id = k.value")
        for source, ids in by_source(keys):
            found |= _stored(fetch_among(self.connection, sql, ids, (source,)))
        return found

    def find_rows(self, rows: Iterable[int]) -> Iterable[Stored]:
        """Return the items of some rows."""
        sql = _FIND.format("json_each(?) k CROSS JOIN items i ON i.row = k.value")
        return _stored(fetch_among(self.connection, sql, rows)).values()

    def find_by_prefix(self, source: str, prefix: str) -> dict[Key, Stored]:
        """Return the stored items of a source whose ids begin so, by key."""
        found = fetch(
            self.connection,
            _FIND.format("items i WHERE i.source = ? AND i.id >= ? AND i.id < ?"),
            (source, prefix, f"{prefix}\U0010ffff"),
        )
        return _stored(found)

    def _note(self, items: Mapping[Key, Item]) -> int:
        """Note items that are new, but for those that were deleted before they came."""
        reposts = _reposted(items)
        originals = set(reposts.values())
        gone = self._buried(items.keys() | originals)
        gone |= {key for key, old in self.find(originals).items() if old.item.deleted}
        if gone:  # a repost holds its original's words
            items = {
                key: item
                for key, item in items.items()
                if key not in gone and reposts.get(key) not in gone
            }
        arrived = arrivals_of(items.values(), self.now, self.scorer)
        rows = free_rows(self.connection, list(map(place_of, arrived)))
        self.arrivals.update(zip(rows, arrived, strict=True))
        self.places.update(zip(items, rows, strict=True))
        self._unseen.update(self.places[key] for key in self._hidden(items))
        return len(arrived)

    def settle(self) -> None:
        """Write the items that were noted as new.

        Not at once, because much of what counts for an item comes in the same payload.
        """
        if not self.arrivals:
            return
        arrived = [(row, self.next_seq(), item) for row, item in self.arrivals.items()]
        arrived.sort()  # by row, each of which is there but once
        for row, _, item in arrived:
            if row not in self._unseen:
                self.index.add(row, item)
        # Made one by one as they are written: thousands of wide rows at once would be looked
        # over again and again by the garbage collector.
        self.connection.executemany(
            _INSERT,
            (
                (row, seq, to_micros(item.time), row in self._unseen, *to_row(item))
                for row, seq, item in arrived
            ),
        )
        self._put_addresses((row, item) for row, _, item in arrived)
        self.arrivals.clear()
        self.places.clear()
        self._unseen.clear()

    def _put_addresses(self, pairs: Iterable[tuple[int, Item]]) -> None:
        """Write the addresses of some items, in the order of their rows."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO addresses VALUES(?, ?)",
            ((row, addresses_of(item)) for row, item in pairs if item.links or item.url),
        )

    def _buried(self, keys: Iterable[Key]) -> set[Key]:
        sql = (
            "SELECT t.source, t.id FROM json_each(?) k"
            " CROSS JOIN tombstones t ON t.source = ? AND t.id = k.value"
        )
        return {
            (source, ident)
            for source, ids in by_source(keys)
            for source, ident in fetch_among(self.connection, sql, ids, (source,))
        }

    def _hidden(self, items: Mapping[Key, Item]) -> set[Key]:
        """Return the keys of items whose accounts are hidden, or those of what they repost."""
        reposts = _reposted(items)
        found = self._begun(items.keys() | {*reposts.values()})
        if not found:
            return found
        return {key for key in items if key in found or reposts.get(key) in found}

    def _begun(self, keys: Iterable[Key]) -> set[Key]:
        """Return those of the keys that begin as those of a hidden account do."""
        found: set[Key] = set()
        sql = (
            "SELECT h.prefix FROM json_each(?) k"
            " CROSS JOIN hidden h ON h.source = ? AND h.length = ? AND h.prefix = k.value"
        )
        for source, ids in by_source(keys):
            for (length,) in fetch(self.connection, _LENGTHS, (source,)):
                starts = {ident[:length] for ident in ids}
                hidden = fetch_among(self.connection, sql, starts, (source, length))
                prefixes = {prefix for (prefix,) in hidden}
                found.update((source, ident) for ident in ids if ident[:length] in prefixes)
        return found

    def _edited(
        self, stored: Mapping[Key, Stored], batch: Mapping[Key, Item]
    ) -> list[tuple[Stored, Item]]:
        changed = []
        for key, old in stored.items():
            if old.item.deleted:
                continue
            new = batch[key]
            item = edit(old.item, new, self.now, self.scorer, is_stale=self._is_stale(old, new))
            if item != old.item:
                changed.append((old, item))
        return changed

    def _is_stale(self, old: Stored, new: Item) -> bool:
        """Return whether the text seen now is from before an edit that we know.

        Streams send again what they sent before, so a post may come back as it first was.
        """
        known = old.item
        if known.edited is None or (new.title, new.text) == (known.title, known.text):
            return False
        if new.edited is not None:
            return new.edited < known.edited
        return new.tier == "social" and bool(
            self.connection.execute(
                "SELECT EXISTS(SELECT 1 FROM versions WHERE row = ? AND text = ? AND title IS ?)",
                (old.row, new.text, new.title),
            ).get
        )

    def update(self, changes: Sequence[tuple[Stored, Item]]) -> int:
        """Store what became of items that are stored, and return how many."""
        if not changes:
            return 0
        addressed, edited = [], []
        for old, new in changes:
            row, known = old.row, old.item
            is_edit = (new.title, new.text) != (known.title, known.text)
            if is_edit:
                self.connection.execute(
                    "INSERT INTO versions VALUES(?, ?, ?, ?)",
                    (row, _seen(known), known.title, known.text),
                )
                edited.append(new.story)
            if (new.links, new.url) != (known.links, known.url):
                addressed.append((row, new))
            if not old.is_hidden and (is_edit or marks(new) != marks(known)):
                self.index.replace(row, new)
        self.connection.executemany(
            _UPDATE,
            [(self.next_seq(), *_MUTABLE(to_row(new)), old.row) for old, new in changes],
        )
        stories.touch(self.connection, edited, has_gone=False)
        self.connection.executemany(
            "DELETE FROM addresses WHERE row = ?", [(row,) for row, _ in addressed]
        )
        self._put_addresses(sorted(addressed, key=itemgetter(0)))
        return len(changes)

    def delete(self, deletions: Iterable[Deletion]) -> None:
        """Purge items of which only keys and times stay; bar those that we do not hold.

        Reposts of them go too, since they hold the same words.
        """
        whens = {(source, ident): to_micros(time) for source, ident, time in deletions}
        for key, original in self._reposts(whens):
            whens.setdefault(key, whens[original])
        stored = self.find(whens)
        gone = [(whens[key], old.row) for key, old in stored.items() if old.item.deleted is None]
        rows = [(row,) for _, row in gone]
        self.connection.executemany(_PURGE, [(self.next_seq(), when, row) for when, row in gone])
        self.connection.executemany("DELETE FROM versions WHERE row = ?", rows)
        self.connection.executemany("DELETE FROM addresses WHERE row = ?", rows)
        for _, row in gone:
            self.index.drop(row)
        stories.touch(self.connection, [old.item.story for old in stored.values()], has_gone=True)
        unknown = [key for key in whens if key not in stored]
        held = self._buried(unknown)
        self.connection.executemany(
            "INSERT INTO tombstones VALUES(?, ?, ?, ?)",
            [(*key, whens[key], self.next_seq()) for key in unknown if key not in held],
        )

    def _reposts(self, keys: Iterable[Key]) -> list[tuple[Key, Key]]:
        """Return the reposts of some items, each with the key of its original."""
        sql = (
            "SELECT i.id, i.repost_of FROM json_each(?) k"
            " CROSS JOIN items i ON i.repost_of = k.value"
            " WHERE i.source = ? AND i.kind = 'repost' AND i.deleted IS NULL"
        )
        return [
            ((source, ident), (source, original))
            for source, ids in by_source(keys)
            for ident, original in fetch_among(self.connection, sql, ids, (source,))
        ]

    def hide(self, items: Iterable[Stored], *, hidden: bool) -> None:
        """Hide items and their reposts from every read, or show them again."""
        items = list(items)
        reposts = self._reposts((old.item.source, old.item.id) for old in items)
        found = self.find(key for key, _ in reposts)
        # One whose own account is hidden stays so.
        still = set() if hidden else self._hidden({key: old.item for key, old in found.items()})
        items += [old for key, old in found.items() if key not in still]
        changed = [old for old in items if old.is_hidden != hidden and old.item.deleted is None]
        self.connection.executemany(
            "UPDATE items SET hidden = ?, seq = ? WHERE row = ?",
            [(hidden, self.next_seq(), old.row) for old in changed],
        )
        theirs = [old.item.story for old in changed]
        if hidden:
            stories.touch(self.connection, theirs, has_gone=True)
        else:
            stories.enlist(self.connection, theirs)
        for old in changed:
            if hidden:
                self.index.drop(old.row)
            else:
                self.index.add(old.row, old.item)


def _reposted(items: Mapping[Key, Item]) -> dict[Key, Key]:
    """Return the keys of reposts, and of what they repost."""
    return {
        key: (item.source, item.repost_of)
        for key, item in items.items()
        if item.kind == "repost" and item.repost_of
    }


def _stored(rows: Iterable[tuple[Any, ...]]) -> dict[Key, Stored]:
    return {
        (source, ident): Stored(row, bool(hidden), to_item((source, ident, *rest)))
        for row, hidden, source, ident, *rest in rows
    }


def _seen(item: Item) -> int:
    """Return when we first saw an item with the text that it has."""
    return to_micros(item.edited or item.collected or item.published)
