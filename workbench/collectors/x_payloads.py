"""X's answers and the lines of its stream: posts, what is gone, and where to read on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from workbench import clock
from workbench.collectors.ledger import Seen
from workbench.collectors.markup import squeeze
from workbench.collectors.tweets import Context, chain_of, id_of, read_tweet
from workbench.errors import SourceError
from workbench.items import Deletion, ParseResult, Problem

__all__ = ["Hour", "Reading", "parse", "read", "read_accounts", "read_hours"]

_GONE: Final = ("resource-not-found", "not-authorized-for-resource")
_MOST: Final = 10_000


@dataclass
class Reading:
    """What an answer holds.

    Attributes
    ----------
    result : ParseResult
    seen : list of Seen
        Its posts by the ids of their newest versions.
    bought : list of str
        The ids of all posts that it brings, malformed ones too: each is charged.
    outdated : list of str
        Ids of the newest versions of posts of which it shows older ones.
    missing : list of str
        Ids that were asked for, and are there no longer.
    token : str or None
        Asks for the next page.
    tags : set of str
        Those of the rules that a line of the stream matched.
    """

    result: ParseResult = field(default_factory=ParseResult)
    seen: list[Seen] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    token: str | None = None
    tags: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Hour:
    """How many posts match a query in one hour, whether or not they were bought."""

    start: datetime
    end: datetime
    n: int


def parse(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> ParseResult:
    """Return the posts of an answer, or of lines of the filtered stream.

    An edited post is one item under the id of its first version, with the text of its
    newest; a repost holds its original's full text, a long post all of its own. What was
    asked for by id and is gone, or not for us any longer, is a deletion.

    Parameters
    ----------
    data : bytes
        An answer of search, timelines, lists or look-ups, or lines as the stream sends them.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.

    Returns
    -------
    ParseResult
        In the answer's order, with a problem for each post that was skipped.

    Raises
    ------
    SourceError
        If it is no such answer; the message says what came instead.
    """
    return read(data, collected=collected, tier=tier).result


def read(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    known: Mapping[str, str] | None = None,
) -> Reading:
    """Return what :func:`parse` does, and what a collector has to know besides.

    Parameters
    ----------
    data : bytes
    collected : datetime, optional
    tier : str, optional
    known : Mapping of str to str, optional
        Ids of items by ids of their versions: a deletion names the version asked for.
    """
    reading = Reading()
    answers = _answers(data, reading.result)
    if not answers:
        raise SourceError(f"x: answered with what are no posts, it begins {_head(data)!r}")
    for given in answers:
        _take(given, reading, collected, tier or "social", known or {})
    return reading


def _answers(data: bytes, result: ParseResult) -> list[dict[str, Any]]:
    """Return the answers of a payload: one, or one for each line."""
    whole = _answer(data)
    if whole is not None:
        return [whole]
    found: list[dict[str, Any]] = []
    lines = [line for line in data.split(b"\n")[:_MOST] if line.strip()]
    broken: list[int] = []
    for number, line in enumerate(lines, start=1):
        given = _answer(line)
        if given is None:
            broken.append(number)
        else:
            found.append(given)
    if found:  # else it is no stream at all
        result.problems += [Problem(f"line {number}", "is cut or malformed") for number in broken]
    return found


def _answer(data: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return None
    known = {"data", "errors", "meta", "title", "includes"}
    return given if isinstance(given, dict) and known & given.keys() else None


def _take(
    given: dict[str, Any],
    reading: Reading,
    collected: datetime | None,
    tier: str,
    known: Mapping[str, str],
) -> None:
    data = given.get("data")
    posts = data if isinstance(data, list) else [data] if isinstance(data, dict) else []
    errors = given.get("errors")
    faults = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    withdrawn = [each for each in faults if _is_gone(each)]
    if not posts and not withdrawn and not isinstance(given.get("meta"), dict):
        raise SourceError(f"x: {_told(given, faults)}")
    context = Context.of(given.get("includes"), collected=collected, tier=tier)
    result = reading.result
    for number, raw in enumerate(posts[:_MOST], start=1):
        try:
            own = id_of(raw["id"])
            reading.bought.append(own)
            chain = chain_of(raw)
            if own != chain[-1]:
                reading.outdated.append(chain[-1])
                continue
            item = read_tweet(raw, context)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(f"post {number}", reason))
            continue
        result.append(item)
        reading.seen.append(Seen(own, item.id, item.time))
    at = collected or clock.now()
    for each in withdrawn:
        own = str(each.get("resource_id") or each.get("value"))
        reading.missing.append(own)
        result.deletions.append(Deletion("x", known.get(own, own), at))
    meta = given.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    reading.token = token if isinstance(token, str) and 0 < len(token) <= 1_000 else None
    rules = given.get("matching_rules")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("tag"), str):
            reading.tags.add(rule["tag"])


def _is_gone(error: Mapping[str, Any]) -> bool:
    """Return whether an error says that a post that was asked for by id is there no longer.

    Errors about posts that others refer to are left alone: nobody asked for these.
    """
    kind = str(error.get("type")).rpartition("/")[2]
    own = str(error.get("resource_id") or error.get("value"))
    return (
        kind in _GONE
        and error.get("resource_type") == "tweet"
        and error.get("parameter") in ("id", "ids")  # which may be anything, a list too
        and own.isascii()
        and own.isdigit()
        and len(own) <= 19
    )


def _told(given: Mapping[str, Any], faults: list[dict[str, Any]]) -> str:
    """Return what an answer without posts says."""
    for each in (given, *faults):
        for name in ("detail", "title", "message"):
            if isinstance(each.get(name), str) and each[name]:
                return f"answered with an error instead of posts: {squeeze(each[name])[:200]}"
    return "answered with an error that says nothing"


def _head(data: bytes) -> str:
    return squeeze(data[:200].decode("utf-8", "replace"))[:60]


def read_hours(data: bytes) -> list[Hour]:
    """Return the hours of an answer of the counts endpoint, oldest first.

    Raises
    ------
    SourceError
        If it is no such answer.
    """
    try:
        found = [
            Hour(_time(each["start"]), _time(each["end"]), _number(each["tweet_count"]))
            for each in json.loads(data)["data"]
        ]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise SourceError(
            f"x: answered with what are no counts, it begins {_head(data)!r}"
        ) from None
    return sorted(found, key=lambda hour: hour.start)


def _time(value: str) -> datetime:
    when = datetime.fromisoformat(value)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("its count is none")
    return value


def read_accounts(data: bytes) -> dict[str, str]:
    """Return the ids of accounts by handle, in small letters; those that are not there lack.

    Raises
    ------
    SourceError
        If it is no answer of the look-up of users.
    """
    try:
        given = json.loads(data)
        known = {"data", "errors"} & given.keys()
        users = given.get("data") or []
        found = {str(user["username"]).lower(): id_of(user["id"]) for user in users}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        known, found = set(), {}
    if not known:
        raise SourceError(f"x: answered with what are no accounts, it begins {_head(data)!r}")
    return found
