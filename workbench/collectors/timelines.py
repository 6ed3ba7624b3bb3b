"""Mastodon's payloads to items: timelines as JSON, and what a stream's events say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from workbench import clock
from workbench.collectors.ledger import Seen
from workbench.collectors.markup import squeeze
from workbench.collectors.statuses import NOTHING_KNOWN, Context, id_of, take, time_of, uri_of
from workbench.errors import SourceError
from workbench.items import Deletion, Item, ParseResult, Problem

__all__ = ["Context", "Reading", "parse", "read_event", "read_timeline"]


class Reading(NamedTuple):
    """What a payload said, and the statuses that it spoke of, in its order."""

    result: ParseResult
    seen: list[Seen]


def parse(
    data: bytes,
    *,
    instance: str = "",
    event: str = "",
    collected: datetime | None = None,
    tier: str | None = None,
    known: Mapping[str, str] | None = None,
) -> ParseResult:
    """Return the statuses of a timeline, or what one event of a stream says.

    An item's id is the status' uri. A boost is a repost with its original's full text. A
    content warning is the text's first line; a poll's choices are its last ones. Statuses
    that are not for everybody are left out, and so are those of accounts that ask not to be
    indexed: what is held of these is hidden.

    Parameters
    ----------
    data : bytes
        A list of statuses, one status, or what an event holds: a status or a bare id.
    instance : str
        Host of the server; without it local handles take the host of their account's page.
    event : str
        ``update``, ``status.update`` or ``delete`` of a stream; others say nothing of
        statuses. Empty for what is no event.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.
    known : Mapping of str to str, optional
        Uris by ids of that server, for deletions and replies, which name ids alone.

    Returns
    -------
    ParseResult
        With a problem for each status that was left out.

    Raises
    ------
    SourceError
        If it is no such payload; the message says what came instead.
    """
    context = Context(instance, collected, tier or "social", known or NOTHING_KNOWN)
    return (read_event(event, data, context) if event else read_timeline(data, context)).result


def read_timeline(data: bytes, context: Context) -> Reading:
    """Return what a list of statuses, or a single one, says, as :func:`parse` does."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    if isinstance(given, dict) and "account" in given:
        given = [given]
    if not isinstance(given, list):
        raise SourceError(f"{context.instance or 'mastodon'}: {_instead(data, given)}")
    return _read(given, context)


def read_event(event: str, data: bytes, context: Context) -> Reading:
    """Return what one event of a stream says."""
    if event in {"update", "status.update"}:
        return read_timeline(data, context)
    reading = Reading(ParseResult(), [])
    if event == "delete":
        own = data.decode("utf-8", "replace").strip().strip('"')
        uri = context.known.get(own)
        if uri:
            at = context.collected or clock.now()
            reading.result.deletions.append(Deletion("mastodon", uri, at))
    return reading


def _instead(data: bytes, given: object) -> str:
    """Return what came instead of statuses."""
    if isinstance(given, dict) and isinstance(given.get("error"), str):
        return f"answered with an error instead of posts: {squeeze(given['error'])[:200]}"
    head = squeeze(data[:200].decode("utf-8", "replace"))[:60]
    if head.lower().startswith(("<!doctype html", "<html")):
        return "answered with a web page instead of posts; is it a Mastodon server?"
    return f"answered with what is no list of posts, it begins {head!r}"


def _read(given: Iterable[Any], context: Context) -> Reading:
    reading = Reading(ParseResult(), [])
    result = reading.result
    found: dict[str, int] = {}
    for number, raw in enumerate(given, start=1):
        where = f"status {number}"
        try:
            own, uri = id_of(raw), uri_of(raw)
            if uri in found:
                result.problems.append(Problem(where, f"is status {found[uri]} again"))
                continue
            found[uri] = number
            item = take(raw, uri, context, result)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(where, reason))
            continue
        at = time_of(raw.get("created_at")) or context.collected or clock.now()
        reading.seen.append(Seen(own, uri, at))
        if isinstance(item, Item):
            result.append(item)
        else:
            result.problems.append(Problem(where, item))
    result.accounts = list(dict.fromkeys(result.accounts))
    return reading
