"""The store: one SQLite file, used by several threads and processes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Final

from workbench import clock
from workbench.errors import SettingError
from workbench.items import Deletion, Item, ParseResult
from workbench.states import SourceState
from workbench.store import alerts, journal, leases, pins, seen, threads, volumes
from workbench.store.alerts import Alert, Watch
from workbench.store.journal import Note, Span, Status
from workbench.store.leases import Lease
from workbench.store.pins import Pin, PinKind
from workbench.store.rows import clean, clean_text
from workbench.store.seen import Seen
from workbench.store.signals import apply_accounts, apply_counts
from workbench.store.tells import Tells
from workbench.store.threads import DOWN, UP, Thread
from workbench.store.together import Together
from workbench.store.write import AddResult

__all__ = ["Store"]

_BATCH: Final = 5_000


class Store(Tells):
    """Items and what is known about them, in one file.

    Opened by :func:`workbench.store.open`; a context manager. Any number of threads may use
    one store, and any number of processes one file.

    Wherever a query is taken it may be a text, a Query, or None for everything. A read that
    takes longer than `read_limit` raises QueryTimeout; a write that finds too little room
    on the disk raises DiskFull, and nothing of it is kept.
    """

    def add(self, items: Iterable[Item]) -> AddResult:
        """Store items: scored, with their entities, and indexed.

        An item seen again updates what has changed: counts, and whatever was unknown.
        Changed text or title is an edit, of which the earlier text is kept as a version.
        One that was deleted stays so. Up to 5,000 items are one transaction.

        Parameters
        ----------
        items : iterable of Item

        Returns
        -------
        AddResult
            How many were new, updated and unchanged.

        Raises
        ------
        DiskFull
            If too little room is left.
        """
        result = AddResult(0, 0, 0)
        source = iter(items)
        while batch := list(islice(source, _BATCH)):
            part = self._apply(batch, None)
            result = AddResult(*map(sum, zip(result, part, strict=True)))
        return result

    def apply(self, result: ParseResult) -> AddResult:
        """Store all that a payload said, in one transaction.

        Items, then counts, then what became of accounts, then deletions.
        """
        return self._apply(result, result)

    def _apply(self, items: Iterable[Item], told: ParseResult | None) -> AddResult:
        try:
            return self._apply_once(items, told)
        except (UnicodeEncodeError, OverflowError):
            # Lone surrogates, or numbers beyond 64 bits: rare, so looked for only now.
            fit = ParseResult(map(clean, items))
            if told is not None:
                fit.counts = [c._replace(**_cleaned(c)) for c in told.counts]
                fit.accounts = [a._replace(**_cleaned(a)) for a in told.accounts]
                fit.deletions = [d._replace(**_cleaned(d)) for d in told.deletions]
                fit.volumes = told.volumes
            return self._apply_once(fit, fit)

    def _apply_once(self, items: Iterable[Item], told: ParseResult | None) -> AddResult:
        with self._writing() as writer:
            found = list(items)
            added = writer.add([item for item in found if item.deleted is None])
            gone = [Deletion(i.source, i.id, i.deleted) for i in found if i.deleted is not None]
            if told is not None:
                apply_counts(writer, told.counts)
                writer.settle()
                apply_accounts(writer, told.accounts)
                gone += told.deletions
                volumes.put(writer.connection, told.volumes)
            writer.settle()
            writer.delete(gone)
        return added

    def purge(self, source: str, id: str) -> None:  # noqa: A002 - the field's name
        """Delete an item as if its source had withdrawn it now."""
        with self._writing() as writer:
            writer.delete([Deletion(source, id, self._now())])

    def cover(  # noqa: PLR0917 - one line of the coverage table, in its order
        self,
        source: str,
        query: str,
        start: datetime,
        end: datetime,
        status: Status,
        reason: str = "",
    ) -> None:
        """Note that a source covered a span, or did not.

        Parameters
        ----------
        source : str
            The source's key, such as ``bluesky`` or ``feeds:https://…``.
        query : str
            The canonical query that was listened to; "" for everything.
        start, end : datetime
        status : {"ok", "gap"}
        reason : str
            Why there is a gap.

        Notes
        -----
        The latest note holds: a gap that is covered later is one no more. Spans that adjoin
        and say the same are joined.
        """
        span = Span(source, query, start, end, status, reason)
        self._notes.write(lambda connection: journal.cover(connection, span))

    def note(self, source: str, spans: Iterable[Span], cursor: str | None) -> None:
        """Note spans of a source, and where it is to be resumed, in one transaction.

        Parameters
        ----------
        source : str
            The source's key.
        spans : iterable of Span
            As of :meth:`cover`.
        cursor : str or None
            None leaves it as it is.
        """
        noted = Note(source, tuple(spans), cursor)
        self._notes.write(lambda connection: journal.note(connection, noted))

    def note_all(self, notes: Iterable[Note], states: Iterable[SourceState] = ()) -> None:
        """Note what many sources covered and are doing, in one transaction: all of it or nothing.

        Parameters
        ----------
        notes : iterable of Note
            As of :meth:`note`.
        states : iterable of SourceState, optional
            As of :meth:`report`.
        """
        with self._connections.write() as connection:
            for each in notes:
                journal.note(connection, each)
            for state in states:
                journal.report(connection, state)

    def save_cursor(self, key: str, cursor: str) -> None:
        """Remember where a source is to be resumed."""
        with self._connections.write() as connection:
            journal.save_cursor(connection, key, cursor)

    def thread(
        self,
        source: str,
        id: str,  # noqa: A002 - the field's name
        *,
        up: int = UP,
        down: int = DOWN,
    ) -> Thread | None:
        """Return an item with what it answers and what answers it.

        Parameters
        ----------
        source, id : str
        up, down : int
            At most so many of each.

        Returns
        -------
        Thread or None
            None if the item is unknown, hidden or was withdrawn.
        """
        with self._connections.read() as (connection, _):
            return threads.thread(connection, clean_text(source), clean_text(id), up=up, down=down)

    def seen(self) -> dict[str, list[Seen]]:
        """Return the accounts, hashtags, languages and the like of the newest items.

        Returns
        -------
        dict of str to list of Seen
            By operator or sign of the query language: ``from``, ``#``, ``@``, ``$``, ``lang``,
            ``form``, ``ticker``; the most frequent first.
        """
        with self._connections.read() as (connection, _):
            return seen.lately(connection)

    def seen_beginning(self, kind: str, prefix: str) -> dict[str, int]:
        """Return the accounts, hashtags or the like of the last two months that begin so.

        Parameters
        ----------
        kind : str
            An operator or sign, as of :meth:`seen`, or ``domain``.
        prefix : str
            At least a character.

        Returns
        -------
        dict of str to int
            In folded form, with the number of items; the most frequent first.
        """
        with self._connections.read() as (connection, deadline):
            return seen.beginning(connection, deadline, kind, prefix)

    def alerts(
        self,
        *,
        since: datetime | timedelta | str | None = None,
        deck: str | None = None,
        column: str | None = None,
        limit: int = 1000,
    ) -> list[Alert]:
        """Return the alerts that were told, the newest first.

        Parameters
        ----------
        since : datetime, timedelta or str, optional
            Only those that were told, or still counted, then or later.
        deck, column : str, optional
            A deck's name, a column's key: only of these.
        limit : int
            At most so many.
        """
        moment = None if since is None else clock.moment(since, at=self._now())
        with self._connections.read() as (connection, _):
            return alerts.alerts(connection, deck=deck, column=column, since=moment, limit=limit)

    def watched(self, deck: str) -> Watch | None:
        """Return how far a deck's alerts have come; None if nobody has watched it yet."""
        with self._connections.read() as (connection, _):
            return alerts.watched(connection, deck)

    def fire(self, deck: str, told: Iterable[Alert], *, seen: Watch | None, now: Watch) -> bool:
        """Store a deck's alerts and how far they have come, in one transaction.

        Parameters
        ----------
        deck : str
        told : iterable of Alert
            New ones, and with their `id` those that have changed.
        seen : Watch or None
            What :meth:`watched` gave to whoever made them.
        now : Watch
            How far they have come with these.

        Returns
        -------
        bool
            False if another process has been quicker: nothing is changed then.
        """
        with self._connections.write() as connection:
            return alerts.fire(connection, deck, told, seen=seen, now=now)

    def pin(self, deck: str, key: str, *, note: str = "", kind: PinKind = "item") -> None:
        """Pin an item or a story to a deck, with the analyst's note; again, with another note.

        Of an item its key alone is kept, so that a pin holds nothing that its source withdraws.

        Parameters
        ----------
        deck : str
            The deck's name.
        key : str
            ``source:id`` of an item, the id of a story.
        note : str
            At most 2,000 characters.
        kind : {"item", "story"}

        Raises
        ------
        SettingError
            If there is no such item, it was deleted at its source, the note is too long, or the
            deck has 50 pins already.
        """
        deck, key, note = map(clean_text, (deck, key, note))
        held = any(each[:3] == (deck, kind, key) for each in self.pins(deck))
        if kind == "item" and not held:
            source, colon, ident = key.partition(":")
            item = self.get(source, ident)
            if item is None or item.deleted:
                why = "was deleted at its source" if colon and item else "is not in the store"
                raise SettingError(
                    f"{key[:200]!r} {why}; a pin needs the key of an item that is there, source:id"
                )
        with self._connections.write() as connection:
            pins.pin(connection, Pin(deck, kind, key, note, self._now()))

    def unpin(self, deck: str, key: str, *, kind: PinKind = "item") -> bool:
        """Take a pin away, its note with it; return whether there was one."""
        deck, key = clean_text(deck), clean_text(key)
        with self._connections.write(is_small=True) as connection:
            return pins.unpin(connection, deck, kind, key)

    def pins(self, deck: str | None = None) -> list[Pin]:
        """Return the pins of a deck, or of all decks, the newest first."""
        with self._connections.read() as (connection, _):
            return pins.pins(connection, deck)

    def claim(self, sources: Collection[str], holder: str, *, span: timedelta) -> dict[str, Lease]:
        """Ask to be the one process that collects sources, or renew that for a span.

        Parameters
        ----------
        sources : collection of str
            Their keys; any others that the holder has are given up.
        holder : str
            A name that no other process uses.
        span : timedelta
            For how long, by this machine's clock, whatever the store's own says.

        Returns
        -------
        dict of str to Lease
            Who holds those that cannot be had now: the holder waits for them.
        """
        with self._connections.write(is_small=True) as connection:
            return leases.claim(connection, sources, holder, now=clock.now(), span=span)

    def release(self, holder: str) -> None:
        """Give up all sources that a holder has asked for."""
        with self._connections.write(is_small=True) as connection:
            leases.release(connection, holder)

    def leases(self) -> list[Lease]:
        """Return which processes collect a source or wait to; by source, who collects first."""
        with self._connections.read() as (connection, _):
            return leases.current(connection, clock.now())

    def report(self, *states: SourceState) -> None:
        """Remember what sources are doing, for whoever asks in whichever process."""
        with self._connections.write(is_small=True) as connection:
            for state in states:
                journal.report(connection, state)

    @cached_property
    def _notes(self) -> Together:
        return Together(self._connections.write)


def _cleaned(said: tuple[object, ...]) -> dict[str, Any]:
    """Return the text fields of a named tuple, cleaned."""
    names = getattr(said, "_fields", ())
    return {
        name: clean_text(value)
        for name, value in zip(names, said, strict=True)
        if isinstance(value, str)
    }
