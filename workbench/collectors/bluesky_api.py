"""Bluesky's API: feeds of accounts and lists, open to all, and the search for those signed in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from workbench.clock import Clock
from workbench.collectors.lanes import Lane, Reading
from workbench.collectors.secret import is_secret, read_secret
from workbench.collectors.views import read_views
from workbench.errors import RateLimited, SourceError
from workbench.items import Deletion, ParseResult
from workbench.query import Query
from workbench.query.dialect import dialect

if TYPE_CHECKING:
    from workbench.http import Client, Response

__all__ = ["HANDLE", "PASSWORD", "Feeds", "Session", "author", "feed", "renew", "searches"]

HANDLE: Final = "WORKBENCH_BLUESKY_HANDLE"
PASSWORD: Final = "WORKBENCH_BLUESKY_APP_PASSWORD"  # noqa: S105 - the name of a variable

_PUBLIC: Final = "https://public.api.bsky.app"
_SETTLED: Final = timedelta(minutes=5)
_REFUSED: Final = frozenset((400, 401))
_REMEDY: Final = (
    f"put your handle into {HANDLE} and an app password, made under Settings, Privacy and "
    f"security, into {PASSWORD}; never your own password"
)


@dataclass
class Session:
    """What a server gave us to ask with; empty before the first sign-in."""

    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)


class Feeds:
    """Bluesky's lists: what is open is asked of its public API, the search when signed in.

    Parameters
    ----------
    client : Client
    session : Session
        Kept from one poll to the next.
    service : str
        Where the account is at home.
    now : Clock
    """

    name: ClassVar[str] = "bluesky"
    page: ClassVar[int] = 100
    at_once: ClassVar[int] = 25
    closed: ClassVar[Mapping[int, str]] = {
        400: "is not there, or is closed",
        404: "is not there",
    }

    def __init__(self, client: Client, session: Session, *, service: str, now: Clock) -> None:
        self._client = client
        self._session = session
        self._service = service
        self._now = now
        self.left: float | None = None

    def read(self, lane: Lane, after: str | None) -> Reading:
        """Return a page of a list."""
        parameters = {**lane.parameters, "limit": str(self.page)}
        if after:
            parameters["cursor"] = after
        if lane.queries is None and "q" not in parameters:
            answer = self._open(lane.path, parameters)
        else:
            answer = self._signed_in(lane.path, parameters)
        return read_views(answer.content, collected=self._now())

    def again(self, ids: Sequence[str]) -> Reading:
        """Return what has become of some posts."""
        answer = self._open("/xrpc/app.bsky.feed.getPosts", {"uris": list(ids)})
        return read_views(answer.content, collected=self._now())

    def _open(self, path: str, parameters: Mapping[str, Any]) -> Response:
        return self._note(self._client.get(f"{_PUBLIC}{path}", params=parameters))

    def _note(self, answer: Response) -> Response:
        left = answer.headers.get("ratelimit-remaining", "")
        self.left = float(left) if left.isascii() and left.isdigit() else None
        return answer

    def _signed_in(self, path: str, parameters: Mapping[str, Any]) -> Response:
        """Return what it answers to us; a token that has ended is renewed once."""
        is_new = not self._session.access
        if is_new:
            self._sign_in()
        try:
            return self._ask(path, parameters)
        except RateLimited:
            raise
        except SourceError as error:
            # One that has ended is told as a bad request.
            if error.status not in _REFUSED or is_new:
                raise self._plain(error) from None
        self._renew()
        try:
            return self._ask(path, parameters)
        except RateLimited:
            raise
        except SourceError as error:
            raise self._plain(error) from None

    @staticmethod
    def _plain(error: SourceError) -> SourceError:
        """Return an error of a search, which is no list that might be closed."""
        return error if error.status not in _REFUSED else SourceError(str(error))

    def _ask(self, path: str, parameters: Mapping[str, Any]) -> Response:
        headers = {"Authorization": f"Bearer {self._session.access}"}
        url = f"{self._service}{path}"
        return self._note(self._client.get(url, params=parameters, headers=headers))

    def _renew(self) -> None:
        try:
            answer = self._client.post(
                f"{self._service}/xrpc/com.atproto.server.refreshSession",
                headers={"Authorization": f"Bearer {self._session.refresh}"},
            )
        except RateLimited:
            raise
        except SourceError as error:
            if error.status not in _REFUSED:
                raise
            self._sign_in()
            return
        self._take(answer)

    def _sign_in(self) -> None:
        """Begin a session.

        Raises
        ------
        SettingError
            If the environment lacks what it takes, or holds what it cannot be.
        SourceError
            If the server lets us in not.
        """
        handle, password = _credentials()
        try:
            answer = self._client.post(
                f"{self._service}/xrpc/com.atproto.server.createSession",
                json={"identifier": handle, "password": password},
            )
        except RateLimited:
            raise
        except SourceError as error:
            if error.status in _REFUSED:
                told = f"bluesky: does not let us sign in ({error.status}); {_REMEDY}"
                raise SourceError(told) from None
            raise
        self._take(answer)

    def _take(self, answer: Response) -> None:
        try:
            given = json.loads(answer.content)
            access, refresh = given["accessJwt"], given["refreshJwt"]
            is_good = is_secret(access) and is_secret(refresh)
        except (ValueError, KeyError, TypeError, RecursionError):
            is_good = None
        if not is_good:
            raise SourceError(f"bluesky: gives no session; {_REMEDY}")
        self._session.access, self._session.refresh = access, refresh


def _credentials() -> tuple[str, str]:
    remedy = f"the search is for those signed in: {_REMEDY}"
    handle, password = (read_secret(name, remedy) for name in (HANDLE, PASSWORD))
    return handle.removeprefix("@"), password


def renew(feeds: Feeds, ids: Sequence[str], *, now: Clock) -> ParseResult:
    """Return posts as they are now, and those that are gone as deletions.

    Nothing counts as gone by an answer that knows none of them, or that holds what cannot be
    read.
    """
    result = ParseResult()
    for start in range(0, len(ids), Feeds.at_once):
        asked = ids[start : start + Feeds.at_once]
        reading = feeds.again(asked)
        result += reading.result
        result.problems += reading.result.problems
        gone = set(asked) - set(reading.named)
        is_read = not any(p.reason.startswith("is malformed") for p in reading.result.problems)
        if is_read and len(gone) < len(asked):
            at = now()
            result.deletions += [Deletion("bluesky", uri, at) for uri in sorted(gone)]
    return result


def author(actor: str) -> Lane:
    """Return what an account writes, answers and reposts."""
    return Lane(
        key=f"@{actor}",
        path="/xrpc/app.bsky.feed.getAuthorFeed",
        parameters={"actor": actor, "filter": "posts_with_replies"},
        what=f"@{actor}",
        most=1_000,
        settled=_SETTLED,
    )


def feed(uri: str) -> Lane:
    """Return what the members of a list write."""
    return Lane(
        key=uri,
        path="/xrpc/app.bsky.feed.getListFeed",
        parameters={"list": uri},
        what=f"the list {uri}",
        most=1_000,
        settled=_SETTLED,
    )


def _search(text: str, queries: tuple[str, ...] | None) -> Lane:
    return Lane(
        key=f"? {text}",
        path="/xrpc/app.bsky.feed.searchPosts",
        parameters={"q": text, "sort": "latest"},
        what="its search",
        most=1_000,
        settled=timedelta(minutes=15),
        queries=queries,
    )


def searches(queries: Sequence[Query], own: str = "") -> list[Lane]:
    """Return the searches that bring what queries look for, or the one of a source's own.

    Searches that several queries share are one. A query of which the search can be asked
    nothing is served by none.
    """
    if own:
        return [_search(own, None)]
    wanted: dict[str, set[str]] = {}
    for query in queries:
        for text in dialect("bluesky_search", query).upstream or ():
            wanted.setdefault(text, set()).add(str(query))
    return [_search(text, tuple(sorted(wanted[text]))) for text in sorted(wanted)]
