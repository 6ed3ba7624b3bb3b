"""Bluesky's Jetstream, versions 1 and 2: events to items, deletions, counts and accounts.

Format: one JSON object per line, as docs and code of bluesky-social/jetstream have it; the
records are those of the lexicons ``app.bsky.feed.post``, ``.like`` and ``.repost``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from workbench.clock import EPOCH, from_micros, to_micros
from workbench.collectors.markup import squeeze
from workbench.collectors.posts import Context, Handles, read_post
from workbench.errors import SourceError
from workbench.items import Account, Count, Deletion, Item, ParseResult, Problem

__all__ = ["LIKES", "POSTS", "REPOSTS", "Reading", "parse", "read_events"]

POSTS: Final = "app.bsky.feed.post"
LIKES: Final = "app.bsky.feed.like"
REPOSTS: Final = "app.bsky.feed.repost"

_COUNTED: Final = {LIKES: "likes", REPOSTS: "reposts"}
_DID: Final = re.compile(r"did:[a-z]+:[\w.:%-]{1,250}", re.ASCII)
_KEY: Final = re.compile(r"[\w.~:-]{1,512}", re.ASCII)
_ZERO: Final = re.compile(rb"(\\\\)|\\u0000")  # a backslash that is itself escaped begins none
_LONGEST_HANDLE: Final = 253
_LONGEST_URI: Final = 8_192
_LATEST: Final = 2**53  # microseconds: the year 2255
_NOBODY: Final[Handles] = {}


class Reading(NamedTuple):
    """What some events said.

    Attributes
    ----------
    result : ParseResult
    events : int
        How many lines were events, of whatever kind.
    first, last : int
        Their earliest and latest ``time_us``; without meaning where there were none.
    number : int
        The highest number of an event, which version 2 counts them by; else 0.
    """

    result: ParseResult
    events: int
    first: int
    last: int
    number: int = 0


def parse(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    handles: Handles = _NOBODY,
) -> ParseResult:
    """Return what Jetstream events say.

    Posts become items; likes, reposts and replies raise the counts of what they answer, and
    their deletion lowers them again; deleted posts are deletions; accounts are renamed,
    hidden and shown. Events of other kinds and collections are passed over.

    Parameters
    ----------
    data : bytes
        One event per line, of either version.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.
    handles : Mapping
        Handle and name by DID. Whoever is not in it is called by the DID.

    Returns
    -------
    ParseResult
        Its cursor is the latest ``time_us``. Each line that cannot be read is a problem.

    Raises
    ------
    SourceError
        If no line is an event.
    """
    lines = data.splitlines() if b"\r" in data else data.split(b"\n")
    reading = read_events(lines, collected=collected, tier=tier, handles=handles)
    if reading.result.problems and not reading.events:
        head = squeeze(data[:60].decode("utf-8", "replace"))
        raise SourceError(f"bluesky: what came is no Jetstream event, it begins {head!r}")
    return reading.result


def read_events(
    lines: Iterable[bytes],
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    handles: Handles = _NOBODY,
) -> Reading:
    """Return what events say, as :func:`parse` does, but let a body be no payload at all."""
    result = ParseResult()
    # What cannot be is refused here, once for all posts.
    like = Item(
        source="bluesky",
        id="",
        tier=tier or "social",
        published=EPOCH,
        collected=collected,
        text="",
    )
    context = Context(like.collected, like.tier, handles)
    latest = number = counted = 0
    earliest = _LATEST
    for place, line in enumerate(lines, start=1):
        if not line or line.isspace():
            continue
        try:
            event, did, micros = _load(line)
        except _OtherFrameError as told:
            if told.args:
                result.problems.append(Problem(f"line {place}", str(told)))
            continue
        except (ValueError, KeyError, TypeError, RecursionError):
            result.problems.append(Problem(f"line {place}", "is no event"))
            continue
        number += 1
        counted = max(counted, event.get("seq", 0))
        latest = max(latest, micros)
        earliest = min(earliest, micros)
        try:
            kind = event.get("kind")
            if kind == "commit":
                problems = _take_commit(event, context, result)
                result.problems += [Problem(f"line {place}", why) for why in problems]
            elif kind == "identity":
                _take_identity(did, event["identity"], result)
            elif kind == "account":
                active = event["account"]["active"]
                result.accounts.append(Account("bluesky", f"at://{did}/", hidden=not active))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"is malformed ({type(error).__name__}: {str(error)[:80]})"
            result.problems.append(Problem(f"line {place}", reason))
    result.cursor = str(latest) if latest else None
    return Reading(result, number, earliest, latest, counted)


def _load(line: bytes) -> tuple[Any, str, int]:
    """Return an event, whose it is and when it came."""
    event = _read(line)
    if "$type" in event and "kind" not in event:
        event = _first_version(event)
    did, micros = event["did"], event["time_us"]
    if not (micros.__class__ is int and 0 < micros < _LATEST and _DID.fullmatch(did)):
        raise ValueError("no event")
    return event, did, micros


class _OtherFrameError(Exception):
    """A frame of version 2 that is no event: it may say what is wrong."""


def _first_version(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of version 2 as version 1 would have it."""
    if frame["$type"] != "message":
        told = squeeze(f"{frame.get('error') or ''} {frame.get('message') or ''}")[:200]
        raise _OtherFrameError(*([f"says: {told}"] if told else []))
    payload = frame["payload"]
    kind = payload["$type"].rpartition("#")[2]
    if kind == "info":
        raise _OtherFrameError
    number = payload["seq"]
    if number.__class__ is not int or not 0 < number < _LATEST:
        raise ValueError("its number is none")
    event = {
        "did": payload["did"],
        "time_us": to_micros(datetime.fromisoformat(payload["time"])),
        "kind": kind,
        "seq": number,
    }
    if kind == "commit":
        event["commit"] = payload
    else:
        event |= {name: payload[name] for name in ("identity", "account") if name in payload}
    return event


def _read(line: bytes) -> Any:
    # Most lines hold no escape at all, which is soon seen.
    if b"\\" not in line or b"\\u0000" not in line:
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            if b"\\u" not in line:
                raise
    # Zeros and halves of surrogate pairs can be escaped in JSON, but not stored.
    event = json.loads(_ZERO.sub(rb"\1", line))
    return json.loads(json.dumps(event, ensure_ascii=False).encode("utf-8", "replace"))


def _take_commit(event: Mapping[str, Any], context: Context, result: ParseResult) -> Iterable[str]:
    """Add what a commit says; return what of it was malformed and left out."""
    commit = event["commit"]
    collection = commit["collection"]
    field = _COUNTED.get(collection)
    if field is None and collection != POSTS:
        return ()
    did, key = event["did"], commit["rkey"]
    if not _KEY.fullmatch(key):
        raise ValueError("its key is none")
    uri = f"at://{did}/{collection}/{key}"
    operation = commit["operation"]
    if operation == "delete":
        # If it was a reply, it no longer counts as one.
        result.counts.append(Count(uri, "", field or "replies", -1, "bluesky"))
        if field is None:
            result.deletions.append(Deletion("bluesky", uri, from_micros(event["time_us"])))
    elif field:
        target = commit["record"]["subject"]["uri"]
        is_one = target.startswith("at://") and len(target) <= _LONGEST_URI
        if operation == "create" and is_one:
            result.counts.append(Count(uri, target, field, 1, "bluesky"))
    elif operation in {"create", "update"}:
        item, problems = read_post(
            commit["record"],
            did=did,
            key=key,
            seen=from_micros(event["time_us"]),
            is_update=operation == "update",
            context=context,
        )
        result.append(item)
        if item.reply_to and operation == "create":
            result.counts.append(Count(uri, item.reply_to, "replies", 1, "bluesky"))
        return problems
    return ()


def _take_identity(did: str, identity: Mapping[str, Any], result: ParseResult) -> None:
    handle = identity.get("handle")  # absent where only keys changed
    if not isinstance(handle, str) or len(handle) > _LONGEST_HANDLE:
        return
    if handle and handle != "handle.invalid":
        result.accounts.append(Account("bluesky", f"at://{did}/", handle=squeeze(handle)))
