"""How EDGAR is asked: its current filings page by page, companies one by one, its search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from workbench.collectors import Batch, Covered
from workbench.collectors.asking import Ask, Reached
from workbench.collectors.edgar_desk import Desk, State
from workbench.collectors.filings import Filing, merge, to_items
from workbench.errors import RateLimited, SettingError, SourceError
from workbench.items import ParseResult, Problem

__all__ = ["Companies", "Current", "Search"]

PAGE: Final = 100
"""The most entries of one page."""

_CURRENT: Final = "https://www.sec.gov/cgi-bin/browse-edgar"
_COMPANY: Final = "https://data.sec.gov/submissions/CIK{}.json"
_SEARCH: Final = "https://efts.sec.gov/LATEST/search-index"
_FIRST_PAGES: Final = 5
_PAGES: Final = 20
_OVERLAP: Final = timedelta(minutes=10)  # within which a filing may still be listed late
_LISTED: Final = timedelta(hours=12)  # for how long the feed surely shows what came in
_COMPANY_LISTS: Final = 1_000  # the newest, or a whole year where that is more
_FIRST_DAYS: Final = timedelta(days=30)
_REMEMBERED: Final = 3_000
_LATE: Final = timedelta(days=2)  # after which the search knows what was filed


class Current:
    """The feed of what has come in, one lane per form.

    Parameters
    ----------
    desk : Desk
    state : State
    forms : sequence of str
        All if it is empty.
    """

    def __init__(self, desk: Desk, state: State, forms: Sequence[str]) -> None:
        self._desk = desk
        self._state = state
        self._forms = forms

    def run(self) -> Iterator[Batch]:
        """Yield a batch per lane, and last what was covered."""
        desk, state = self._desk, self._state
        at = desk.now()
        problems: list[Problem] = []
        tickers: Mapping[str, Sequence[str]] = {}
        try:
            tickers = desk.tickers()
        except RateLimited:
            raise
        except SourceError as error:
            # Without them all else still works.
            problems.append(Problem("tickers", str(error)))
        reached: list[datetime] = []
        listed: dict[str, None] = {}
        for form in self._forms or ("",):
            filings, found, oldest = self._lane(form, at)
            if desk.stop.is_set():
                return  # without a cursor: the next time begins where this one did
            listed |= dict.fromkeys(filing.number for filing in filings)
            result = to_items(state.take(filings), collected=desk.now(), tickers=tickers)
            result.problems += [*problems, *found]
            problems = []
            reached.append(oldest)
            yield Batch(result)
        # What is not listed any more does not come again.
        state.seen = {number: state.seen[number] for number in listed}
        spans = _spans(state.polled, max(reached), at, "more was filed than the feed shows")
        yield Batch(ParseResult(), state.save(at), spans)

    def _lane(self, form: str, at: datetime) -> tuple[list[Filing], list[Problem], datetime]:
        """Return the filings of one form, what was skipped, and back to when they are all here."""
        polled = self._state.polled
        wanted = None if polled is None else polled - _OVERLAP
        filings: list[Filing] = []
        problems: list[Problem] = []
        oldest = at
        for number in range(_FIRST_PAGES if wanted is None else _PAGES):
            asked = {
                "action": "getcurrent", "type": form, "owner": "include",
                "count": PAGE, "start": number * PAGE, "output": "atom",
            }  # fmt: skip
            try:
                listing = self._desk.list(_CURRENT, asked)
            except RateLimited:
                raise
            except SourceError as error:
                # Past its end the feed is an error page, and so it is when EDGAR is down: only
                # what came is surely all of it.
                if number and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                raise
            filings += listing.filings
            problems += listing.problems
            times = [each.time.time for each in listing.filings if each.time]
            oldest = min([oldest, *times])
            if wanted is not None and oldest <= wanted:
                return _of(form, filings), problems, wanted
            if listing.entries < PAGE:
                return _of(form, filings), problems, min(oldest, at - _LISTED)
            if self._desk.stop.is_set():
                break
        return _of(form, filings), problems, oldest


class Companies:
    """What some companies have filed, by each one's own list.

    Parameters
    ----------
    desk : Desk
    state : State
    companies : sequence of str
        CIK numbers or tickers.
    forms : sequence of str
        All if it is empty.
    """

    def __init__(
        self, desk: Desk, state: State, companies: Sequence[str], forms: Sequence[str]
    ) -> None:
        self._desk = desk
        self._state = state
        self._companies = companies
        self._forms = forms

    def run(self) -> Iterator[Batch]:
        """Yield a batch per company, and last what was covered."""
        desk, state = self._desk, self._state
        at = desk.now()
        since = at - _FIRST_DAYS if state.polled is None else state.polled - _LATE
        reached = since
        for cik in numbers(desk, self._companies):
            if desk.stop.is_set():
                return
            try:
                listing = desk.list(_COMPANY.format(cik.zfill(10)))
            except SourceError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise
                result = ParseResult()
                result.problems.append(Problem(f"company {cik}", "EDGAR knows no such number"))
                yield Batch(result)
                continue
            if listing.entries >= _COMPANY_LISTS:
                times = [filing.time.time for filing in listing.filings if filing.time]
                reached = max(reached, min(times, default=at))
            new = [
                filing
                for filing in listing.filings
                if _is_one_of(filing.form, self._forms)
                and (filing.time is None or filing.time.time >= since)
            ]
            result = to_items(state.take(new), collected=desk.now())
            result.problems += listing.problems
            yield Batch(result)
        spans = _spans(state.polled, reached, at, "more was filed than a company's list shows")
        yield Batch(ParseResult(), state.save(at), spans)


class Search:
    """What EDGAR's full-text search finds in the documents that were filed.

    Parameters
    ----------
    desk : Desk
    cursor : str or None
    asks : sequence of Ask
        What is searched for.
    forms, companies : sequence of str
        Which the filings must be of; all if it is empty.
    """

    def __init__(
        self,
        desk: Desk,
        cursor: str | None,
        asks: Sequence[Ask],
        forms: Sequence[str],
        companies: Sequence[str],
    ) -> None:
        self._desk = desk
        self._asks = asks
        self._reached = Reached(cursor)
        self._found = _recall(cursor)
        self._narrowed = {"forms": ",".join(forms)} if forms else {}
        self._companies = companies

    def run(self) -> Iterator[Batch]:
        """Search for each text; yield what any of them finds, what was found before as well.

        So what another list has made of a filing since is said of it again.
        """
        desk, reached = self._desk, self._reached
        at = desk.now()
        first = at - _FIRST_DAYS
        if self._companies:
            found = numbers(desk, self._companies)
            self._narrowed["ciks"] = ",".join(cik.zfill(10) for cik in found)
        since = reached.begin(ask.text for ask in self._asks)
        # Its index learns late, and knows of filings but the day: of what is younger nobody can
        # say that all of it is there, and it is asked for again until it is older.
        until = (at - _LATE).replace(hour=0, minute=0, second=0, microsecond=0)
        filings: list[Filing] = []
        problems: list[Problem] = []
        gaps: dict[str, Covered] = {}
        for ask in self._asks:
            start = since[ask.text] or first
            entries, is_whole = self._ask(ask.text, start, at, filings, problems)
            if desk.stop.is_set():
                return  # without a cursor: the next time begins where this one did
            if not is_whole and start < until:
                # The hits come by relevance: of those that were not reached nobody knows the dates.
                reason = f"the search finds more than {entries:,} documents"
                gaps[ask.text] = Covered(start, until, "gap", reason, ask.queries)
            reached.move([ask.text], until)
        spans = (*gaps.values(), *reached.covered(self._asks, first, refused=gaps))
        result = to_items(merge(filings), collected=desk.now(), found=self._found)
        result.problems += problems
        yield Batch(result, self._save(), spans)

    def _ask(
        self,
        text: str,
        start: datetime,
        at: datetime,
        filings: list[Filing],
        problems: list[Problem],
    ) -> tuple[int, bool]:
        """Add what one text finds.

        Returns how many documents were read, and whether these are all.
        """
        asked = self._narrowed | {
            "q": text,
            "dateRange": "custom",
            "startdt": start.date().isoformat(),
            "enddt": (at + timedelta(days=1)).date().isoformat(),
        }
        entries = 0
        for _ in range(_PAGES):
            listing = self._desk.list(_SEARCH, asked | {"from": str(entries)} if entries else asked)
            entries += listing.entries
            problems += listing.problems
            for filing in listing.filings:
                known = self._found.setdefault(filing.number, [])
                if text not in known:
                    known.append(text)
                filings.append(filing)
            if not listing.entries or entries >= listing.total:
                return entries, True
            if self._desk.stop.is_set():
                break
        return entries, False

    def _save(self) -> str:
        """Return the cursor: what was reached, and which filings were found by what."""
        newest = [*self._found.items()][-_REMEMBERED:]
        return json.dumps(json.loads(self._reached.save()) | {"found": dict(newest)})


def _recall(cursor: str | None) -> dict[str, list[str]]:
    """Return which filings were found by what; nothing if it cannot be read."""
    try:
        given = json.loads(cursor or "")["found"]
        return {number: [*map(str, texts)] for number, texts in given.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def numbers(desk: Desk, companies: Iterable[str]) -> list[str]:
    """Return the CIK numbers of companies that are named by number or ticker.

    Raises
    ------
    SettingError
        If EDGAR knows no company with such a ticker.
    """
    found = []
    for name in companies:
        if name.isdigit():
            found.append(name.lstrip("0") or "0")
            continue
        # EDGAR writes classes of shares with a hyphen.
        wanted = name.replace(".", "-")
        known = (cik for cik, own in desk.tickers().items() if wanted in own)
        cik = next(known, None)
        if cik is None:
            raise SettingError(
                f"companies names {name!r}, which EDGAR lists as nobody's ticker; write the "
                "company's CIK number"
            )
        found.append(cik)
    return list(dict.fromkeys(found))


def _of(form: str, filings: Iterable[Filing]) -> list[Filing]:
    """Return each filing once; the feed also gives forms whose names merely begin so."""
    return [each for each in merge(filings) if _is_one_of(each.form, (form,) if form else ())]


def _is_one_of(form: str, wanted: Sequence[str]) -> bool:
    return not wanted or form.upper().partition("/A")[0] in wanted or form.upper() in wanted


def _spans(
    polled: datetime | None, reached: datetime, at: datetime, reason: str
) -> tuple[Covered, ...]:
    """Return what a poll covers: all since the last one; what was not reached is a gap."""
    start = reached if polled is None else polled
    if start >= at:
        return ()
    if reached <= start:
        return (Covered(start, at),)
    covered = (Covered(reached, at),) if reached < at else ()
    return (Covered(start, min(reached, at), "gap", reason), *covered)
