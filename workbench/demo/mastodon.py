"""A Mastodon server of recorded statuses: the parts of its API that are read without an account.

Formats: docs.joinmastodon.org. The recorded server runs a fork whose administrators may show
replies and boosts in the public timeline; the original leaves them out there.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from workbench.clock import from_micros
from workbench.demo.clock import ReplayClock
from workbench.demo.statuses import StatusTape
from workbench.demo.web import Answer, Asked, Route, json_answer

__all__ = ["MastodonServer"]

PAGE: Final = 40
"""The most statuses that one answer of a timeline holds."""

_USUAL: Final = 20
_MOST_IDS: Final = 20
_REQUESTS: Final = 300
_WINDOW: Final = timedelta(minutes=5)
_HEARTBEAT: Final = 15.0  # seconds of real time, as there
_NAP: Final = 0.1
_ID: Final = re.compile(r"\d{1,20}")


class MastodonServer:
    """The routes of a server, as of the replay's clock.

    As there: 300 requests in five minutes, pages of 40 at most with a ``Link`` to the next and
    the one before, 20 statuses by their ids at once. Streams are for whoever has a token; any
    will do here, since the replay has no accounts.

    Parameters
    ----------
    tape : StatusTape
    clock : ReplayClock
    """

    def __init__(self, tape: StatusTape, clock: ReplayClock) -> None:
        self._tape = tape
        self._clock = clock
        self._lock = threading.Lock()
        self._window, self._used = 0, 0
        self.streaming = f"streaming.{tape.instance}"

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the routes, by host and path."""
        api: dict[str, Route] = {
            "/api/v2/instance": self._instance,
            "/api/v1/timelines/public": self._public,
            "/api/v1/timelines/tag/": self._tagged,
            "/api/v1/statuses": self._statuses,
            "/api/v1/statuses/": self._single,
        }
        streams: dict[str, Route] = {
            "/api/v1/streaming/health": _healthy,
            "/api/v1/streaming/public": self._stream,
            "/api/v1/streaming/public/": self._stream,
            "/api/v1/streaming/hashtag": self._stream,
            "/api/v1/streaming/hashtag/": self._stream,
        }
        own, other = self._tape.instance, self.streaming
        made = {(own, path): self._counted(route) for path, route in api.items()}
        return made | {(other, path): route for path, route in streams.items()}

    def _counted(self, route: Route) -> Route:
        """Return the route with the limit of requests that the API has."""

        def counted(asked: Asked) -> Answer:
            now = self._clock()
            window = int(now.timestamp() // _WINDOW.total_seconds())
            with self._lock:
                self._used = self._used + 1 if window == self._window else 1
                self._window = window
                left = _REQUESTS - self._used
            ends = from_micros((window + 1) * (_WINDOW // timedelta(microseconds=1)))
            told = {
                "X-RateLimit-Limit": str(_REQUESTS),
                "X-RateLimit-Remaining": str(max(0, left)),
                "X-RateLimit-Reset": ends.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            }
            if left < 0:
                return _error("Too many requests", HTTPStatus.TOO_MANY_REQUESTS, told)
            answer = route(asked)
            return Answer(answer.status, answer.body, {**answer.headers, **told})

        return counted

    def _instance(self, _: Asked) -> Answer:
        own = self._tape.instance
        return json_answer({
            "domain": own,
            "title": own.partition(".")[0].title(),
            "version": "4.4.3+glitch",
            "source_url": "https://code.example/fork",
            "description": "A server of an invented industry, replayed.",
            "usage": {"users": {"active_month": 240}},
            "languages": ["en"],
            "configuration": {
                "urls": {"streaming": f"wss://{self.streaming}"},
                "statuses": {"max_characters": 500, "max_media_attachments": 4},
                "timelines_access": {
                    "live_feeds": {"local": "public", "remote": "public"},
                    "hashtag_feeds": {"local": "public", "remote": "public"},
                },
            },
            "registrations": {"enabled": False, "approval_required": True},
            "rules": [],
        })  # fmt: skip

    def _public(self, asked: Asked) -> Answer:
        return self._page(asked, ())

    def _tagged(self, asked: Asked) -> Answer:
        tag = asked.path.rpartition("/")[2].lower()
        return self._page(asked, (tag, *(t.lower() for t in asked.parameters.get("any[]", ()))))

    def _page(self, asked: Asked, tags: tuple[str, ...]) -> Answer:
        """Return a page of a timeline: newest first, whatever it was asked from."""
        given, now = asked.parameters, self._clock()
        limit = _limit(given.get("limit", [""])[0])
        bounds = {name: _own(given, name) for name in ("max_id", "since_id", "min_id")}
        lowest = max(bounds["since_id"] or 0, bounds["min_id"] or 0)
        found = []
        for place in self._tape.newest(now):
            status = self._tape.status(place, now)
            own = int(status["id"])
            if own <= lowest:
                break
            if bounds["max_id"] and own >= bounds["max_id"]:
                continue
            if _fits(status, given, tags, self._tape.instance):
                found.append(status)
                if len(found) == limit and not bounds["min_id"]:
                    break
        page = found[-limit:] if bounds["min_id"] else found
        return json_answer(page, headers=self._links(asked, page, limit))

    def _links(self, asked: Asked, page: list[dict[str, Any]], limit: int) -> dict[str, str]:
        if not page:
            return {}
        kept = {
            name: values
            for name, values in asked.parameters.items()
            if name not in {"max_id", "since_id", "min_id"}
        }

        def link(name: str, own: str, rel: str) -> str:
            query = urlencode(kept | {name: [own]}, doseq=True)
            return f'<https://{self._tape.instance}{asked.path}?{query}>; rel="{rel}"'

        links = [link("max_id", page[-1]["id"], "next")] if len(page) == limit else []
        return {"Link": ", ".join([*links, link("min_id", page[0]["id"], "prev")])}

    def _statuses(self, asked: Asked) -> Answer:
        owns = list(dict.fromkeys(asked.parameters.get("id[]", [])))
        if len(owns) > _MOST_IDS:
            return _error("Validation failed", HTTPStatus.UNPROCESSABLE_ENTITY)
        now = self._clock()
        places = (self._tape.find(own, now) for own in owns)
        return json_answer([self._tape.status(place, now) for place in places if place])

    def _single(self, asked: Asked) -> Answer:
        now = self._clock()
        place = self._tape.find(asked.path.rpartition("/")[2], now)
        if place is None:
            return _error("Record not found", HTTPStatus.NOT_FOUND)
        return json_answer(self._tape.status(place, now))

    def _stream(self, asked: Asked) -> Answer:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _error("Missing access token", HTTPStatus.UNAUTHORIZED)
        tags = tuple(tag.lower() for tag in asked.parameters.get("tag", ()))
        if "/hashtag" in asked.path and not tags:
            return _error("Missing tag name parameter", HTTPStatus.BAD_REQUEST)
        part = asked.path.rpartition("/")[2]
        wanted = dict(asked.parameters)
        if part in {"local", "remote"}:
            wanted[part] = ["true"]
        kind = {"Content-Type": "text/event-stream", "Cache-Control": "private, no-store"}
        return Answer(HTTPStatus.OK, self._events(wanted, tags), kind)

    def _events(self, wanted: Mapping[str, list[str]], tags: tuple[str, ...]) -> Iterator[bytes]:
        """Yield what happens from now on, with a heartbeat; nothing while nothing happens."""
        tape, timeline = self._tape, self._tape.timeline
        number, beat = tape.lines_before(self._clock()), time.monotonic()
        yield b":)\n"
        while True:
            if time.monotonic() - beat >= _HEARTBEAT:
                beat = time.monotonic()
                yield b":thump\n"
            place = timeline.place(number)
            left = self._clock.until(from_micros(timeline.time(*place))) if place else float("inf")
            if left > 0:
                time.sleep(min(left, _NAP))
                yield b""
                continue
            number += 1
            name, data, thing = tape.event(*place)  # type: ignore[misc]  # else left is endless
            if _fits(thing.body, wanted, tags, tape.instance):
                yield f"event: {name}\ndata: {data}\n\n".encode()


def _fits(
    status: Mapping[str, Any],
    given: Mapping[str, list[str]],
    tags: tuple[str, ...],
    instance: str,
) -> bool:
    """Return whether a timeline that was asked for like this holds a status."""
    names = {tag["name"] for tag in status["tags"]}
    if tags and (names.isdisjoint(tags) or status["reblog"]):
        return False
    if not {tag.lower() for tag in given.get("all[]", ())} <= names:
        return False
    if names & {tag.lower() for tag in given.get("none[]", ())}:
        return False
    here = f"https://{instance}/"
    is_local = str(status["account"]["uri"]).startswith(here)
    if (_is_set(given, "local") and not is_local) or (_is_set(given, "remote") and is_local):
        return False
    return bool(status["media_attachments"]) or not _is_set(given, "only_media")


def _is_set(given: Mapping[str, list[str]], name: str) -> bool:
    return given.get(name, ["false"])[0].lower() in {"1", "t", "true", "on"}


def _own(given: Mapping[str, list[str]], name: str) -> int | None:
    text = given.get(name, [""])[0]
    return int(text) if _ID.fullmatch(text) else None


def _limit(text: str) -> int:
    return max(1, min(PAGE, int(text))) if re.fullmatch(r"\d{1,6}", text) else _USUAL


def _healthy(_: Asked) -> Answer:
    return Answer(HTTPStatus.OK, b"OK", {"Content-Type": "text/plain"})


def _error(message: str, status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Answer:
    return json_answer({"error": message}, status, headers)
