"""Reddit's lists: new posts and comments of subreddits, and searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from workbench.clock import Clock
from workbench.collectors.lanes import Lane, Reading
from workbench.collectors.reddit_api import Api
from workbench.collectors.things import read
from workbench.query import Query
from workbench.query.dialect import dialect

__all__ = ["Subreddits", "listing", "search", "searches"]

_LONGEST: Final = 512


class Subreddits:
    """Reddit's lists, as an application asks for them.

    Pages are counted by ``after`` alone: what lies ``before`` a post is shown no more once
    that post is deleted.

    Parameters
    ----------
    api : Api
    lang : str or None
        What they are written in.
    now : Clock
    """

    name: ClassVar[str] = "reddit"
    page: ClassVar[int] = 100
    at_once: ClassVar[int] = 100
    closed: ClassVar[Mapping[int, str]] = {
        403: "is private or closed to applications",
        404: "is not there, or was banned",
    }

    def __init__(self, api: Api, *, lang: str | None, now: Clock) -> None:
        self._api = api
        self._lang = lang
        self._now = now

    @property
    def left(self) -> float | None:
        """Requests that are left, as the last answer had it."""
        return self._api.left

    def read(self, lane: Lane, after: str | None) -> Reading:
        """Return a page of a list."""
        parameters = {**lane.parameters, "limit": str(self.page)}
        if after:
            parameters["after"] = after
        return self._read(lane.path, parameters)

    def again(self, ids: Sequence[str]) -> Reading:
        """Return what has become of some posts and comments."""
        return self._read("/api/info", {"id": ",".join(ids)})

    def _read(self, path: str, parameters: Mapping[str, str]) -> Reading:
        answer = self._api.get(path, parameters)
        return read(answer.content, collected=self._now(), lang=self._lang)


def listing(subreddit: str, kind: str) -> Lane:
    """Return the list of a subreddit's posts (``new``) or comments."""
    return Lane(
        key=f"{subreddit.lower()} {kind}",
        path=f"/r/{subreddit}/{kind}",
        parameters={},
        what=f"r/{subreddit}",
        most=1_000,
        settled=timedelta(minutes=5),
    )


def search(text: str, *, within: str = "", queries: tuple[str, ...] | None = None) -> Lane:
    """Return a search for posts, the newest first, in subreddits or in all of them."""
    parameters = {"q": text, "sort": "new", "type": "link", "include_over_18": "on"}
    if within:
        parameters["restrict_sr"] = "1"
    return Lane(
        key=f"? {text}",
        path=f"/r/{within}/search" if within else "/search",
        parameters=parameters,
        what="its search",
        most=250,
        settled=timedelta(minutes=30),
        queries=queries,
    )


def searches(queries: Sequence[Query]) -> list[Lane]:
    """Return the searches that bring what queries look for: few, each for several of them.

    A query of which Reddit's search can be asked nothing is served by none.
    """
    wanted: dict[str, set[str]] = {}
    for query in queries:
        for text in dialect("reddit", query).upstream or ():
            wanted.setdefault(text, set()).add(str(query))
    packed: list[tuple[str, set[str]]] = []
    for text in sorted(wanted):
        part = f"({text})" if " " in text else text
        longer = f"{packed[-1][0]} OR {part}" if packed else ""
        if packed and len(longer) <= _LONGEST:
            packed[-1] = longer, packed[-1][1] | wanted[text]
        else:
            packed.append((part if len(part) <= _LONGEST else text, set(wanted[text])))
    return [search(text, queries=tuple(sorted(named))) for text, named in packed]
