"""Stories in the store: which items make them, what is told of them, what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from workbench import clock
from workbench.items import Item
from workbench.query import Query
from workbench.store import journal, stories
from workbench.store.keeping import Keeps
from workbench.store.reading import read_query
from workbench.store.rows import SELECT, clean_text, to_item
from workbench.store.select import batches
from workbench.store.stories import Due, Move
from workbench.text.telling import Story

__all__ = ["Tells"]

Moment = datetime | timedelta | str
Key = tuple[str, str]


class Tells(Keeps):
    """The part of :class:`workbench.store.Store` that stories need; see there."""

    def put_in(
        self,
        told: Mapping[Key, str],
        moves: Iterable[tuple[Move, Sequence[Key]]] = (),
        *,
        seen: int | None,
        now: int,
    ) -> bool:
        """Put items into their stories, and note how far that has come, in one transaction.

        Parameters
        ----------
        told : mapping of (str, str) to str
            By source and id of an item, its story.
        moves : iterable of (Move, sequence of (str, str))
            Stories that became one or two, in their order, after that; of a split the items
            that go.
        seen : int or None
            How far it had come, as :meth:`told_until` gave it.
        now : int
            Up to which change of the store it has come with these.

        Returns
        -------
        bool
            False if another process has been quicker: nothing is changed then.
        """
        with self._connections.write() as connection:
            if _until(journal.load_cursor(connection, stories.CURSOR)) != seen:
                return False
            stories.assign(connection, told)
            for what, keys in moves:
                stories.move(connection, what, keys)
            journal.save_cursor(connection, stories.CURSOR, str(now))
        return True

    def told_until(self) -> int | None:
        """Return up to which change items have their stories; None if none ever got one."""
        return _until(self.load_cursor(stories.CURSOR))

    def seq_before(self, since: datetime, *, most: int) -> int:
        """Return the number of the change from which on items are put into stories at first.

        Parameters
        ----------
        since : datetime
            As many of the last changes follow as items have been published since,
        most : int
            but no more than these.
        """
        with self._connections.read() as (connection, _):
            return stories.begin(connection, since, most)

    def in_stories(
        self, window: int, *, after: int | None = None, limit: int = 500
    ) -> tuple[list[Item], int]:
        """Return the newest items that have a story, by time, some at a time.

        Parameters
        ----------
        window : int
            How many in all.
        after : int, optional
            What the last call returned; else they begin.
        limit : int
            How many at a time.

        Returns
        -------
        items : list of Item
        after : int
            Where to go on, as long as there are any.
        """
        with self._connections.read() as (connection, _):
            begin = stories.start(connection, window) if after is None else after
            return stories.seeds(connection, begin, limit)

    def due_stories(self, limit: int = 100) -> list[Due]:
        """Return stories that wait to be told, those that something came to last first."""
        with self._connections.read() as (connection, _):
            return stories.due(connection, limit)

    def waiting_stories(self) -> int:
        """Return how many stories wait to be told."""
        with self._connections.read() as (connection, _):
            return stories.waiting(connection)

    def tell(self, told: Iterable[tuple[Due, Story | None]]) -> int:
        """Store what is told of stories, in one transaction.

        Parameters
        ----------
        told : iterable of (Due, Story or None)
            None of one that is no story.

        Returns
        -------
        int
            Of how many it was stored; of the others something has become meanwhile.
        """
        with self._connections.write() as connection:
            return sum(stories.write(connection, due, story) for due, story in told)

    def members(self, story: str) -> tuple[list[Item], int]:
        """Return a story's items, the oldest first, and how many it has.

        Of more than 4,000 some of the middle are left out.
        """
        with self._connections.read() as (connection, _):
            return stories.members(connection, clean_text(story))

    def stories(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int = 1000,
        among: Collection[str] | None = None,
    ) -> list[Story]:
        """Return stories, those that something came to last first.

        Parameters
        ----------
        since : datetime, timedelta or str, optional
            Only those that something came to then or later.
        until : datetime, timedelta or str, optional
            Only those that began before then.
        limit : int
            At most so many.
        among : collection of str, optional
            Only some of these.
        """
        now = self._now()
        start, end = (None if m is None else clock.moment(m, at=now) for m in (since, until))
        with self._connections.read() as (connection, _):
            return stories.newest(connection, since=start, until=end, limit=limit, among=among)

    def stories_of(
        self,
        query: str | Query | None,
        *,
        since: Moment,
        until: Moment | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> dict[str, int]:
        """Return the stories of the items that match, and how many items of each do.

        Takes what :meth:`tally` takes.
        """
        now = self._now()
        start = clock.moment(since, at=now)
        end = now if until is None else clock.moment(until, at=now)
        selection, matches = self._select(read_query(query), start, end, now, lists)
        columns = "i.story" if matches is None else f"i.story, {SELECT}"
        found: dict[str, int] = {}
        with self._connections.read() as (connection, deadline):
            for rows in batches(connection, deadline, selection, columns, first=512):
                for _, story, *values in rows:
                    if story and (matches is None or matches(to_item(values))):
                        found[story] = found.get(story, 0) + 1
        return found

    def story_called(self, story: str) -> str:
        """Return by which id a story goes now, after all that it was merged into."""
        with self._connections.read() as (connection, _):
            return stories.called(connection, clean_text(story))

    def story_moves(self, *, since: Moment | None = None, limit: int = 1000) -> list[Move]:
        """Return which stories became one or two, the newest first."""
        start = None if since is None else clock.moment(since, at=self._now())
        with self._connections.read() as (connection, _):
            return stories.moves(connection, start, limit)


def _until(cursor: str | None) -> int | None:
    return None if cursor is None else int(cursor)
