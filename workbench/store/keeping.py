"""What the store lets go of, and what it remembers for the next start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from workbench.store import hosts, retain
from workbench.store.rows import clean_text
from workbench.store.wording import TermReads
from workbench.store.write import Writer
from workbench.text.tiers import Scorer

__all__ = ["Keeps"]


class Keeps(TermReads):
    """The part of :class:`workbench.store.Store` that keeps it tidy; see there."""

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        with self._connections.write() as connection:
            writer = Writer(connection, self._now(), self._scorer)
            yield writer
            writer.finish()

    def score_by(self, engines: Mapping[str, Sequence[str]]) -> None:
        """Have what comes from now on scored by other engines.

        Parameters
        ----------
        engines : mapping of str to sequence of str
            For each tier the names of engines, as a deck's ``sentiment:`` has them; the first
            that reads an item's language scores it.

        Raises
        ------
        SettingError
            If there is no such tier or engine.
        """
        scorer = Scorer(engines)
        if scorer.names != self._scorer.names:
            self._scorer = scorer

    def expire(self, source: str, before: datetime, *, prefix: str = "") -> int:
        """Purge what was collected before a time, as a source's terms ask: key and times stay.

        Parameters
        ----------
        source : str
            A collector's name.
        before : datetime
        prefix : str
            Only items whose ids begin so.

        Returns
        -------
        int
            How many were purged.
        """
        purged = 0
        while True:
            with self._writing() as writer:
                part = retain.expire(writer, clean_text(source), clean_text(prefix), before)
            purged += part
            if part < retain.BATCH:
                return purged

    def young(self, source: str, since: datetime, *, limit: int) -> list[str]:
        """Return the ids of a source's items published since a time, the newest first.

        Parameters
        ----------
        source : str
            A collector's name.
        since : datetime
        limit : int
            At most so many.
        """
        with self._connections.read() as (connection, _):
            return retain.young(connection, clean_text(source), since, limit)

    def gone(self, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of some items that may be shown no more: deleted, hidden, or barred.

        Parameters
        ----------
        keys : iterable of (str, str)
            Source and id of each.
        """
        with self._connections.read() as (connection, _):
            return retain.gone(connection, keys)

    def forget(self, before: datetime) -> int:
        """Drop the tombstones of items that were never held and were deleted before a time.

        They bar an item that comes after its deletion, which a source tells again only for as
        long as it looks back.

        Parameters
        ----------
        before : datetime

        Returns
        -------
        int
            How many were dropped.
        """
        dropped = 0
        while True:
            with self._connections.write(is_small=True) as connection:
                part = retain.forget(connection, before)
            dropped += part
            if part < retain.BATCH:
                return dropped

    def shut(self, host: str, until: datetime) -> None:
        """Remember that a host asked to be left alone until a time."""
        with self._connections.write(is_small=True) as connection:
            hosts.shut(connection, clean_text(host), until, self._now())

    def shut_hosts(self) -> dict[str, datetime]:
        """Return the hosts that asked to be left alone, and until when, UTC."""
        with self._connections.read() as (connection, _):
            return hosts.shut_hosts(connection, self._now())

    def spend(self, name: str, month: str, amount: float) -> None:
        """Remember that so much more was spent on a collector in a month.

        Parameters
        ----------
        name : str
        month : str
            Such as ``2026-11``.
        amount : float
            Dollars.
        """
        with self._connections.write(is_small=True) as connection:
            hosts.spend(connection, clean_text(name), clean_text(month), amount)

    def spent(self) -> dict[tuple[str, str], float]:
        """Return what was spent in dollars, by collector and month."""
        with self._connections.read() as (connection, _):
            return hosts.spent(connection)
