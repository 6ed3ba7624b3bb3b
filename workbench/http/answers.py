"""Answers: the body within bounds, and the errors that refusals amount to."""

from __future__ import annotations

import email.utils
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import httpx

from workbench.clock import Clock
from workbench.errors import RateLimited, SourceError

__all__ = [
    "LIMIT",
    "MOVED",
    "PassingError",
    "Response",
    "UnsentError",
    "read_body",
    "refusal",
    "spent",
]

LIMIT: Final = 10_000_000
"""Most bytes of a body or message, decompressed."""

MOVED: Final = frozenset({301, 302, 303, 307, 308})
"""Statuses of an answer that only says where else to ask."""

_WAIT: Final = 60.0  # where a host asks us to wait, but not how long
_LONGEST_WAIT: Final = 86_400.0
_LATEST: Final = 2.0**33  # seconds: the year 2242
_REMEDIES: Final = {
    401: "it asks for a sign-in; check the key",
    403: "it refuses us; check the key, or whether it may be read at all",
    404: "check the address",
    410: "it is gone for good; take it out",
}


class PassingError(SourceError):
    """A failure that may pass, so it is tried again."""


class UnsentError(PassingError):
    """No connection could be made, so that nothing was sent."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered.

    Attributes
    ----------
    status : int
        304 if what the caller has is still right, else 200 to 299.
    headers : Mapping
        By name in any case.
    content : bytes
        The body, decompressed.
    url : str
        The address that answered, after redirects.
    etag, modified : str or None
        To be given with the next request for the same address.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    url: str = field(repr=False)
    etag: str | None = None
    modified: str | None = None


def refusal(status: int, headers: httpx.Headers, where: str, now: Clock) -> SourceError:
    """Return the error that an answer with a status of 300 or more amounts to."""
    wait = _wait(headers, now)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None
    ):
        seconds = _WAIT if wait is None else wait
        return RateLimited(
            f"{where}: answered {_phrase(status)} and asks us to wait {seconds:.0f} s",
            retry_after=seconds,
            status=status,
        )
    told = f"{where}: answered {_phrase(status)}"
    if status >= 500:
        return PassingError(told, status=status)
    remedy = _REMEDIES.get(status)
    return SourceError(told + (f"; {remedy}" if remedy else ""), status=status)


def spent(headers: httpx.Headers, now: Clock) -> float | None:
    """Return the seconds until a host takes requests again; None while it takes some.

    Hosts that count requests say with each answer how many are left, and when they begin to
    count anew.
    """
    left = _named(headers, "remaining").partition(".")[0]
    return _reset(headers, now) if left == "0" else None


def _named(headers: httpx.Headers, name: str) -> str:
    """Return ``X-RateLimit-…``, or ``X-Rate-Limit-…`` as X writes it."""
    found = headers.get(f"x-ratelimit-{name}") or headers.get(f"x-rate-limit-{name}") or ""
    return found.strip()


def _reset(headers: httpx.Headers, now: Clock) -> float | None:
    """Return the seconds until ``X-RateLimit-Reset``: a time, one in seconds, or a span."""
    text = _named(headers, "reset")
    try:
        when = datetime.fromisoformat(text).timestamp() if ":" in text else float(text)
    except (ValueError, OverflowError):
        return None
    if not 0 <= when < _LATEST:
        return None
    if when > _LONGEST_WAIT:
        at = _date(headers.get("date", "")) or now().timestamp()
        when = max(when - at, 0.0)
    return min(when, _LONGEST_WAIT)


def _wait(headers: httpx.Headers, now: Clock) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, as a number or a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return _reset(headers, now)
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT)
    when = _date(text)
    if when is None:
        return None
    # Their clock may differ from ours, so their own word for now goes first.
    at = _date(headers.get("date", "")) or now().timestamp()
    return min(max(when - at, 0.0), _LONGEST_WAIT)


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _date(text: str) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return (when.replace(tzinfo=UTC) if when.tzinfo is None else when).timestamp()


def read_body(
    chunks: Iterable[bytes], headers: httpx.Headers, where: str, *, limit: int = LIMIT
) -> bytes:
    """Return a body, decompressed; counted while it comes, so that no bomb goes off."""
    most = f"{limit / 1_000_000:g} MB"
    too_much = f"{where}: sends more than {most}; nothing of it was taken"
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise SourceError(too_much)
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "", "gzip", "x-gzip"}:
        raise SourceError(f"{where}: sends its body as {coding[:40]!r}, which was not asked for")
    unzip = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    body = bytearray()
    taken = 0
    try:
        for chunk in chunks:
            taken += len(chunk)
            body += unzip.decompress(chunk, limit + 1 - len(body)) if unzip else chunk
            if max(len(body), taken) > limit:
                raise SourceError(too_much)
            if unzip and unzip.eof:
                break  # what follows the end is not even read
    except zlib.error:
        raise SourceError(f"{where}: sends a body that is not the gzip it says it is") from None
    if unzip and taken and not unzip.eof:
        raise PassingError(f"{where}: sent a body that was cut short")
    return bytes(body)
