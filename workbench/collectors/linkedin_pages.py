"""LinkedIn's Community Management API: the posts of a page that one administers."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from workbench.clock import Clock
from workbench.collectors import Batch, Covered
from workbench.collectors.ledger import Ledger, Seen
from workbench.collectors.linkedin_parse import parse
from workbench.collectors.linkedin_posts import Name
from workbench.collectors.markup import squeeze
from workbench.collectors.secret import read_secret
from workbench.errors import RateLimited, SourceError
from workbench.items import Deletion, ParseResult, Problem

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["TOKEN", "Api", "Poll", "State"]

TOKEN: Final = "WORKBENCH_LINKEDIN_TOKEN"  # noqa: S105 - the name of a variable, not a secret

_ROOT: Final = "https://api.linkedin.com/rest"
_HANDLE: Final = re.compile(r"[\w.%-]{1,200}")
_PAGE: Final = 50
_PAGES: Final = 10
_SETTLED: Final = timedelta(minutes=5)
_FIRST: Final = timedelta(days=30)
_PATIENCE: Final = 3_600.0  # seconds; requests are counted by the day, and no header says so
_AT_ONCE: Final = 50
_LOOKED: Final = (timedelta(hours=1), timedelta(days=30))
_REMEDIES: Final = {
    401: f"the token has ended, as all do after 60 days, or is none; make a new one and put it "
    f"into {TOKEN}",
    403: f"the token in {TOKEN} needs r_organization_social, and its member the role of an "
    "administrator of the page",
    404: "there is no such page; give the number that stands in its address for administrators",
    426: "LinkedIn has retired this version of its API; set version to one of the last year, "
    "such as 202601",
}


class Api:
    """LinkedIn, as an administrator's application may ask it.

    Parameters
    ----------
    client : Client
    version : str
        Year and month.

    Raises
    ------
    SettingError
        If the environment has no token, or what cannot be one.
    """

    def __init__(self, client: Client, version: str) -> None:
        token = read_secret(
            TOKEN,
            "it holds a token of an application with access to the Community Management API, "
            "made by an administrator of the page",
        )
        self._client = client
        self._headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            "LinkedIn-Version": version,
            "X-Restli-Protocol-Version": "2.0.0",
        }

    def get(self, path: str, query: str = "", *, method: str = "") -> bytes:
        """Return what it answers.

        Parameters
        ----------
        path, query : str
            As they are to be sent: lists stand between parentheses there, unescaped.
        method : str
            What is asked for, where the address does not say.

        Raises
        ------
        SourceError
            If it fails; the message says what to do.
        """
        headers = {**self._headers, **({"X-RestLi-Method": method} if method else {})}
        try:
            return self._client.get(f"{_ROOT}{path}{query}", headers=headers).content
        except RateLimited as error:
            wait = max(error.retry_after, _PATIENCE)
            raise RateLimited(
                "linkedin: the day's requests are used up", retry_after=wait, status=error.status
            ) from None
        except SourceError as error:
            remedy = _REMEDIES.get(error.status or 0)
            if remedy is None:
                raise
            raise SourceError(
                f"linkedin: answered {error.status}; {remedy}", status=error.status
            ) from None

    def name(self, organization: str) -> Name:
        """Return what a page is called."""
        given = _read(self.get(f"/organizations/{organization}"))
        handle = given.get("vanityName")
        name = squeeze(str(given.get("localizedName") or ""))[:300] or None
        is_one = isinstance(handle, str) and _HANDLE.fullmatch(handle)
        return Name(str(handle) if is_one else organization, name)

    def listed(self, organization: str, start: int) -> bytes:
        """Return a page of its posts, what was changed last coming first."""
        urn = quote(f"urn:li:organization:{organization}", safe="")
        asked = f"?author={urn}&q=author&count={_PAGE}&start={start}&sortBy=LAST_MODIFIED"
        return self.get("/posts", asked, method="FINDER")

    def many(self, path: str, urns: Sequence[str]) -> dict[str, Any]:
        """Return the answer for several urns."""
        ids = ",".join(quote(urn, safe="") for urn in urns)
        return _read(self.get(path, f"?ids=List({ids})", method="BATCH_GET"))

    def counts(self, urns: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return likes and replies by urn, as far as they are told."""
        found: dict[str, dict[str, int]] = {}
        results = self.many("/socialMetadata", urns).get("results") if urns else None
        for urn, raw in results.items() if isinstance(results, dict) else ():
            if not isinstance(raw, dict):
                continue
            reactions, comments = raw.get("reactionSummaries"), raw.get("commentSummary")
            number = found.setdefault(urn, {})
            if isinstance(reactions, dict):
                number["likes"] = sum(_count(each) or 0 for each in reactions.values())
            replies = _count(comments)
            if replies is not None:
                number["replies"] = replies
        return found


def _count(given: Any) -> int | None:
    count = given.get("count") if isinstance(given, dict) else None
    return count if count.__class__ is int and count >= 0 else None


def _read(data: bytes) -> dict[str, Any]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        head = squeeze(data[:60].decode("utf-8", "replace"))
        raise SourceError(f"linkedin: answered with what is no object, it begins {head!r}")
    return given


@dataclass
class State:
    """What a cursor holds: what is kept, and up to when the page was read."""

    known: Ledger
    polled: datetime | None = None

    @classmethod
    def load(cls, cursor: str | None, known: Ledger) -> State:
        """Return what a cursor holds; an empty state if it cannot be read."""
        try:
            given = json.loads(cursor or "")
            polled = datetime.fromisoformat(given["polled"]).astimezone(UTC)
            known.load(given["known"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls(known)
        return cls(known, polled)

    def save(self, polled: datetime) -> str:
        """Return the cursor."""
        return json.dumps({"polled": polled.isoformat(), "known": self.known.save()})


@dataclass
class Poll:
    """One reading of a page's posts, from what was changed last back to the last poll."""

    api: Api
    organization: str
    names: dict[str, Name]
    state: State
    lang: str | None
    now: Clock
    stop: threading.Event
    _oldest: datetime | None = field(default=None, init=False)

    def run(self) -> Iterator[Batch]:
        """Yield posts, then what became of older ones, then the cursor."""
        at = self.now()
        urn = f"urn:li:organization:{self.organization}"
        if urn not in self.names:
            self.names[urn] = self.api.name(self.organization)
        polled = self.state.polled
        since = at - _FIRST if polled is None else polled - _SETTLED
        is_whole = False
        for page in range(_PAGES):
            data = self.api.listed(self.organization, page * _PAGE)
            elements = _read(data).get("elements")
            listed = [each for each in elements if isinstance(each, dict)] if elements else []
            yield self._take(data, [str(each.get("id")) for each in listed])
            changed = [_changed(each) for each in listed]
            dated = [when for when in changed if when]
            self._oldest = min([*dated, *([self._oldest] if self._oldest else [])], default=None)
            is_whole = len(listed) < _PAGE or bool(dated and min(dated) < since)
            if is_whole or self.stop.is_set():
                break
        if self.stop.is_set():
            return  # without a cursor: the next time begins where this one did
        yield from self._look_again()
        yield Batch(ParseResult(), self.state.save(at), self._spans(since, at, is_whole=is_whole))

    def _take(self, data: bytes, urns: list[str]) -> Batch:
        """Return what an answer holds, its counts among it, having taken note of it."""
        problems = []
        counts: Mapping[str, Mapping[str, int]] = {}
        try:
            counts = self.api.counts([urn for urn in urns if urn.startswith("urn:li:")])
        except RateLimited:
            raise
        except SourceError as error:  # posts are worth having without them
            problems.append(Problem("counts", str(error)))
        result = parse(
            data,
            collected=self.now(),
            lang=self.lang,
            organizations=self.names,
            counts=counts,
        )
        result.problems += problems
        known = self.state.known
        known.settle()
        known.meet((Seen(item.id, item.id, item.time) for item in result), self.now())
        return Batch(result)

    def _look_again(self) -> Iterator[Batch]:
        """Look at some of what is kept once more: counts, edits and deletions."""
        known = self.state.known
        least, oldest = _LOOKED
        due = known.due(self.now(), least=least, oldest=oldest, most=_AT_ONCE)
        if not due or self.stop.is_set():
            return
        asked = [seen.id for seen in due]
        try:
            given = self.api.many("/posts", asked)
            results = given.get("results")
            there = results if isinstance(results, dict) else {}
            body = json.dumps({"elements": list(there.values())}).encode()
            batch = self._take(body, list(there))
        except SourceError as error:
            result = ParseResult()
            result.problems.append(Problem("second looks", str(error)))
            yield Batch(result)
            return
        known.look(asked, self.now())
        errors = given.get("errors")
        refused = errors if isinstance(errors, dict) else {}
        gone = [urn for urn in asked if _is_gone(refused.get(urn))]
        if there:
            gone += [urn for urn in asked if urn not in there and urn not in refused]
        at = self.now()
        batch.result.deletions = [Deletion("linkedin", urn, at) for urn in gone]
        for urn in gone:
            known.drop(urn)
        yield batch

    def _spans(self, since: datetime, at: datetime, *, is_whole: bool) -> tuple[Covered, ...]:
        polled = self.state.polled
        start = polled or since
        reached = start if is_whole else min(self._oldest or at, at)
        if reached <= start:
            return (Covered(start, at),) if start < at else ()
        covered = (Covered(reached, at),) if reached < at else ()
        if polled is None:
            return covered
        reason = f"more was changed than {_PAGES * _PAGE} posts"
        return (Covered(start, reached, "gap", reason), *covered)


def _is_gone(error: object) -> bool:
    return isinstance(error, dict) and error.get("status") in {404, 410}


def _changed(raw: Mapping[str, Any]) -> datetime | None:
    given = raw.get("lastModifiedAt") or raw.get("publishedAt") or raw.get("createdAt")
    if given.__class__ is not int or not 0 < given < 2**43:
        return None
    return datetime.fromtimestamp(given / 1_000, UTC)
