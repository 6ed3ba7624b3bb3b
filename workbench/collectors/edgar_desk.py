"""Where EDGAR is asked from: not too often, under a name, and what is remembered of it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from workbench.clock import Clock
from workbench.collectors.edgar_lists import Listing, read, read_tickers
from workbench.collectors.filings import Filing
from workbench.errors import RateLimited, SourceError

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["Desk", "State"]

_TICKERS: Final = "https://www.sec.gov/files/company_tickers.json"
_SITE: Final = "sec.gov"
_APART: Final = 0.12  # seconds between the starts of two requests of this process
_SHUT_OUT: Final = 600.0  # seconds that EDGAR refuses whoever asked too often
_TICKERS_LAST: Final = timedelta(days=1)
_REMEMBERED: Final = 3_000
_NUMBER: Final = re.compile(r"\d{10}-\d{2}-\d{6}")


@dataclass
class State:
    """What a cursor holds.

    Attributes
    ----------
    polled : datetime or None
        Up to when was read.
    seen : dict of str to int
        Accession numbers that were handed on, the latest last, and with how many parties.
    """

    polled: datetime | None = None
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str | None) -> State:
        """Return what a cursor holds; an empty state if it cannot be read."""
        try:
            given = json.loads(cursor or "")
            polled = datetime.fromisoformat(given["polled"]).astimezone(UTC)
            seen = {n: int(size) for n, size in given["seen"].items() if _NUMBER.fullmatch(n)}
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()
        return cls(polled, seen)

    def save(self, polled: datetime) -> str:
        """Return the cursor of a poll that began then."""
        newest = [*self.seen.items()][-_REMEMBERED:]
        return json.dumps({"polled": polled.isoformat(), "seen": dict(newest)})

    def take(self, filings: Iterable[Filing]) -> list[Filing]:
        """Return what was not handed on yet, or not with all of its parties, and note it.

        Nothing is handed on twice: what another list has added to it meanwhile would go.
        """
        new = [each for each in filings if self.seen.get(each.number, 0) < len(each.parties)]
        self.seen |= {each.number: len(each.parties) for each in new}
        return new


class Desk:
    """Where EDGAR is asked from: not too often, and under a name.

    It holds what is worth keeping between polls: the tickers of companies.
    """

    def __init__(self) -> None:
        self._tickers: dict[str, tuple[str, ...]] = {}
        self._fetched: datetime | None = None

    def open(self, client: Client, contact: str, *, now: Clock, stop: threading.Event) -> None:
        """Take up what a poll asks with."""
        self._client = client
        self._headers = {"User-Agent": contact}
        self.now = now
        self.stop = stop

    def get(self, url: str, parameters: Mapping[str, Any] | None = None) -> bytes:
        """Return what EDGAR answers."""
        # Counted over all of EDGAR's hosts, and over all sources.
        self._client.limits.apart(_SITE, _APART, self.stop)
        try:
            return self._client.get(url, params=parameters, headers=self._headers).content
        except SourceError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                raise RateLimited(
                    "EDGAR refuses us: it does so for ten minutes when it is asked too often, and "
                    "always when WORKBENCH_EDGAR_CONTACT names no real address",
                    retry_after=_SHUT_OUT,
                    status=error.status,
                ) from error
            raise

    def list(self, url: str, parameters: Mapping[str, Any] | None = None) -> Listing:
        """Return a list of filings that EDGAR answers with."""
        return read(self.get(url, parameters))

    def tickers(self) -> dict[str, tuple[str, ...]]:
        """Return the tickers of companies by CIK, at most a day old.

        Raises
        ------
        SourceError
            If there are none yet and EDGAR does not give them.
        """
        at = self.now()
        if self._fetched is None or not self._fetched <= at < self._fetched + _TICKERS_LAST:
            try:
                self._tickers, self._fetched = read_tickers(self.get(_TICKERS)), at
            except SourceError:
                if not self._tickers:
                    raise
        return self._tickers
