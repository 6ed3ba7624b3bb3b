"""X of recorded posts: its recent search, counts, timelines and look-ups.

Formats: docs.x.com, API version 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from workbench.clock import Clock, from_micros, to_micros
from workbench.collectors.tweets import Context, read_tweet
from workbench.demo.shift import shift_stamp
from workbench.demo.tape import Place, Tape, Thing, grown
from workbench.demo.timeline import Reel
from workbench.demo.web import Answer, Asked, Route, json_answer
from workbench.errors import QueryError
from workbench.query import Query, parse

__all__ = ["XServer", "XTape", "lost", "shift_post_id"]

_API: Final = "api.x.com"
_BEGAN: Final = 1_288_834_974_657
_MILLISECOND: Final = 1_000
_WEEK: Final = timedelta(days=7)
_MOST: Final = 100
# How X says what our language says too.
_WORDS: Final = (
    (re.compile(r"\bis:retweet\b"), "is:repost"),
    (re.compile(r'\burl:"([^"]+)"'), r"domain:\1"),
)


def shift_post_id(own: str, micros: int) -> str:
    """Return an id moved by a time: milliseconds, then 22 bits that stay.

    Examples
    --------
    >>> shift_post_id("4194305", 2_000)
    '12582913'
    """
    return str(int(own) + (micros // _MILLISECOND << 22))


class XTape(Tape[str]):
    """Recorded posts, moved to the replay's time and played again and again.

    Parameters
    ----------
    lines : list of dict
        What came and when: ``time``, and ``post`` with ``later``, ``edit`` or ``gone``.
    users : list of dict
        The accounts, as X gives them.
    reel : Reel
    """

    def __init__(
        self, lines: list[dict[str, Any]], users: list[dict[str, Any]], reel: Reel
    ) -> None:
        times, things = [], {}
        self.users: dict[str, dict[str, Any]] = {str(user["id"]): user for user in users}
        self._first: dict[str, str] = {}  # of an edit, the post that was edited
        for number, line in enumerate(lines):
            times.append(to_micros(datetime.fromisoformat(line["time"])))
            if "post" in line:
                things[line["post"]["id"]] = Thing(number, line["post"], line.get("later", {}))
            elif "edit" in line:
                things[line["of"]].changed.append((number, line["edit"]))
                self._first[line["edit"]["id"]] = line["of"]
            else:
                things[line["gone"]].gone = number
        super().__init__(times, things, reel)

    def post(self, place: Place, now: datetime) -> dict[str, Any]:
        """Return a post as it is at a moment: its newest version."""
        body, hours = self.body(*place, now)
        lap, later = place.lap, place.thing.later
        first = str(place.thing.body["id"])
        made = dict(body) | {
            "id": self._id(body["id"], lap, first),
            "edit_history_tweet_ids": [
                self._id(own, lap, first) for own in body["edit_history_tweet_ids"]
            ],
            "created_at": shift_stamp(
                body["created_at"], timedelta(microseconds=self._delta(first, lap))
            ),
            "public_metrics": {
                name: grown(later[name], hours) if name in later else count
                for name, count in body["public_metrics"].items()
            },
        }
        if references := body.get("referenced_tweets"):
            made["referenced_tweets"] = [
                dict(each) | {"id": self._id(each["id"], lap, each["id"])} for each in references
            ]
        return made

    def find(self, own: str, now: datetime) -> Place | None:
        """Return where the post with this id is; None if it has not come, or has gone."""
        reel = self.reel
        base = ((int(own) >> 22) + _BEGAN) * _MILLISECOND - reel.offset
        lap = max(0, (base - reel.live_from) // reel.lap) if reel.lap else 0
        for each in dict.fromkeys((lap, max(0, lap - 1))):  # an edit may fall into the next lap
            key = shift_post_id(own, -(reel.offset + each * reel.lap))
            thing = self.things.get(self._first.get(key, key))
            if thing and self.is_there(each, thing, now):
                return Place(each, thing)
        return None

    def version(self, own: str, place: Place, now: datetime) -> dict[str, Any]:
        """Return the version with this id, which need not be the newest."""
        newest = self.post(place, now)
        if own == newest["id"]:
            return newest
        first = dict(place.thing.body)
        kept = {name: first[name] for name in ("text", "entities", "note_tweet") if name in first}
        base = {n: v for n, v in newest.items() if n not in {"text", "entities", "note_tweet"}}
        return base | kept | {"id": own}

    def answer(self, posts: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
        """Return posts with what they refer to, and who wrote them."""
        if not posts:
            return {}
        wanted = [each["id"] for post in posts for each in post.get("referenced_tweets", ())]
        places = ((own, self.find(own, now)) for own in dict.fromkeys(wanted))
        found = {own: self.version(own, place, now) for own, place in places if place}
        people = [str(post["author_id"]) for post in (*posts, *found.values())]
        people += [str(p["in_reply_to_user_id"]) for p in posts if "in_reply_to_user_id" in p]
        includes: dict[str, Any] = {
            "users": [self.users[own] for own in dict.fromkeys(people) if own in self.users]
        }
        if found:
            includes["tweets"] = [*found.values()]
        gone = [own for own in dict.fromkeys(wanted) if own not in found]
        errors = [lost(own, "referenced_tweets.id") for own in gone]
        return {"data": [*posts], "includes": includes} | ({"errors": errors} if errors else {})

    def _id(self, own: str, lap: int, first: str) -> str:
        return shift_post_id(own, self._delta(first, lap))

    def _delta(self, first: str, lap: int) -> int:
        """Return by how much a post moves; what was written before the live part has but one."""
        written = ((int(first) >> 22) + _BEGAN) * _MILLISECOND
        reel = self.reel
        return reel.offset + (lap * reel.lap if written >= reel.live_from else 0)


class XServer:
    """The routes of X's API, as of the replay's clock. Any token will do.

    Parameters
    ----------
    tape : XTape
    clock : Clock
    """

    def __init__(self, tape: XTape, clock: Clock) -> None:
        self._tape = tape
        self._clock = clock

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the routes, by host and path."""
        routes: dict[str, Callable[[Asked, dict[str, str]], Answer]] = {
            "/2/tweets/search/recent": self._search,
            "/2/tweets/counts/recent": self._count,
            "/2/tweets": self._look_up,
            "/2/users/by": self._people,
            "/2/users/": self._timeline,
        }
        return {(_API, path): _signed(route) for path, route in routes.items()}

    def _search(self, _: Asked, given: dict[str, str]) -> Answer:
        wanted = _wanted(given.get("query", ""))
        if wanted is None:
            return _refused("query")
        return self._page(given, lambda post, read: wanted.matches(read(post)), least=10)

    def _timeline(self, asked: Asked, given: dict[str, str]) -> Answer:
        found = re.fullmatch(r"/2/users/(\d{1,19})/tweets", asked.path)
        if not found or found[1] not in self._tape.users:
            return json_answer({"title": "Not Found Error"}, HTTPStatus.NOT_FOUND)
        return self._page(given, lambda post, _: post["author_id"] == found[1], least=5)

    def _page(
        self, given: dict[str, str], matches: Callable[[Any, Any], bool], *, least: int
    ) -> Answer:
        size = _number(given, "max_results", 10)
        if not least <= size <= _MOST:
            return _refused("max_results")
        now = self._clock()
        after, before = _number(given, "since_id", 0), _number(given, "until_id", 2**63)
        first = _number(given, "next_token", 0) or _number(given, "pagination_token", 0)
        oldest = ((to_micros(now - _WEEK) // _MILLISECOND) - _BEGAN) << 22
        found: list[dict[str, Any]] = []
        for post in self._newest(now, max(after, oldest)):
            if int(post["id"]) < before and matches(post, self._reader(now)):
                found.append(post)
                if len(found) > first + size:
                    break
        shown = found[first : first + size]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if len(found) > first + size:
            meta["next_token"] = str(first + size)
        return json_answer(self._tape.answer(shown, now) | {"meta": meta})

    def _newest(self, now: datetime, after: int) -> Iterable[dict[str, Any]]:
        """Yield the posts after an id, newest first."""
        for place in self._tape.newest(now):
            post = self._tape.post(place, now)
            if int(post["id"]) > after:
                yield post
            elif int(post["edit_history_tweet_ids"][0]) <= after:
                return

    def _reader(self, now: datetime) -> Callable[[dict[str, Any]], Any]:
        def read(post: dict[str, Any]) -> Any:
            included = self._tape.answer([post], now)["includes"]
            return read_tweet(post, Context.of(included, collected=now))

        return read

    def _count(self, _: Asked, given: dict[str, str]) -> Answer:
        wanted = _wanted(given.get("query", ""))
        now = self._clock()
        try:
            begin = datetime.fromisoformat(given["start_time"]).astimezone(UTC)
            end = datetime.fromisoformat(given["end_time"]).astimezone(UTC)
        except (KeyError, ValueError):
            begin, end = now - _WEEK, now
        if wanted is None or begin >= end or begin < now - _WEEK - timedelta(minutes=1):
            return _refused("query" if wanted is None else "start_time")
        read = self._reader(now)
        after = ((to_micros(begin) // _MILLISECOND) - _BEGAN) << 22
        times = [
            from_micros(((int(post["id"]) >> 22) + _BEGAN) * _MILLISECOND)
            for post in self._newest(now, after)
            if wanted.matches(read(post))
        ]
        hours: list[dict[str, Any]] = []
        while begin < end:
            until = min(begin.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), end)
            n = sum(begin <= when < until for when in times)
            hours.append({"start": _stamp(begin), "end": _stamp(until), "tweet_count": n})
            begin = until
        total = sum(hour["tweet_count"] for hour in hours)
        return json_answer({"data": hours, "meta": {"total_tweet_count": total}})

    def _look_up(self, _: Asked, given: dict[str, str]) -> Answer:
        owns = [own for own in given.get("ids", "").split(",") if own]
        if not 1 <= len(owns) <= _MOST or not all(re.fullmatch(r"\d{1,19}", own) for own in owns):
            return _refused("ids")
        now = self._clock()
        places = {own: self._tape.find(own, now) for own in owns}
        posts = [self._tape.version(own, place, now) for own, place in places.items() if place]
        answer = self._tape.answer(posts, now)
        gone = [lost(own, "ids") for own, place in places.items() if not place]
        if gone:
            answer["errors"] = [*answer.get("errors", ()), *gone]
        return json_answer(answer)

    def _people(self, _: Asked, given: dict[str, str]) -> Answer:
        names = [name.lower() for name in given.get("usernames", "").split(",")]
        users = self._tape.users.values()
        found = [user for user in users if str(user["username"]).lower() in names]
        return json_answer({"data": found} if found else {"errors": [{"title": "Not Found"}]})


def _signed(route: Callable[[Asked, dict[str, str]], Answer]) -> Route:
    """Return a route that answers nobody without a token."""

    def signed(asked: Asked) -> Answer:
        if not asked.headers.get("authorization", "").startswith("Bearer "):
            told = {"title": "Unauthorized", "detail": "Unauthorized", "status": 401}
            return json_answer(told, HTTPStatus.UNAUTHORIZED)
        return route(asked, {name: values[0] for name, values in asked.parameters.items()})

    return signed


def _wanted(query: str) -> Query | None:
    """Return a query in X's language as one in ours, which says nearly the same; None if not."""
    text = unquote(query)
    for pattern, ours in _WORDS:
        text = pattern.sub(ours, text)
    try:
        return parse(text)
    except QueryError:
        return None


def lost(own: str, parameter: str) -> dict[str, str]:
    """Return what X says of a post that is not there."""
    return {
        "value": own,
        "resource_id": own,
        "resource_type": "tweet",
        "parameter": parameter,
        "title": "Not Found Error",
        "detail": f"Could not find tweet with {parameter}: [{own}].",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def _refused(name: str) -> Answer:
    told = {"title": "Invalid Request", "errors": [{"message": f"{name} is not as it should be"}]}
    return json_answer(told, HTTPStatus.BAD_REQUEST)


def _number(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, "")
    return int(text) if re.fullmatch(r"\d{1,19}", text) else usual


def _stamp(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
