"""EDGAR of recorded filings: its feed of current ones, its search, its list of tickers.

Formats: as :mod:`workbench.collectors.edgar_lists` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from html import escape
from http import HTTPStatus
from typing import Any, Final

from workbench.clock import Clock
from workbench.collectors import edgar
from workbench.collectors.edgar_desk import State
from workbench.collectors.edgar_lists import read
from workbench.collectors.filings import Filing
from workbench.demo.past import Payload
from workbench.demo.shift import shift_stamp
from workbench.demo.tape import Place, Tape, Thing
from workbench.demo.timeline import Reel
from workbench.demo.web import Answer, Asked, Route, json_answer
from workbench.items import ParseResult
from workbench.tokens import tokenize

__all__ = ["EdgarServer", "FilingPast", "FilingTape"]

_HOST: Final = "www.sec.gov"
_COMPANIES: Final = "data.sec.gov"
_SEARCH: Final = "efts.sec.gov"
_MOST: Final = 100
_USUAL: Final = 40
_SECOND: Final = 1_000_000
_LAPS: Final = 10_000  # what the last part of an accession number rises by from lap to lap
_UPDATED: Final = re.compile(r"(?<=<updated>)[^<]{10,40}(?=</updated>)")
_FILED: Final = re.compile(r"(?<=Filed:&lt;/b&gt; )\d{4}-\d\d-\d\d")
_NUMBER: Final = re.compile(r"(\d{10}-?\d\d-?)(\d{6})(?!\d)")
_GONE: Final = (
    b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>SEC.gov | File Unavailable</title>\n'
    b"</head>\n<body><p>This page is temporarily unavailable.</p></body>\n</html>\n"
)
_REFUSED: Final = (
    b"<!DOCTYPE html>\n<html>\n<head><title>SEC.gov | Request Rate Threshold Exceeded</title>"
    b"</head>\n<body><h1>Your Request Originates from an Undeclared Automated Tool</h1></body>\n"
    b"</html>\n"
)


class FilingTape(Tape[str]):
    """Recorded filings, moved to the replay's time and played again and again.

    Parameters
    ----------
    lines : list of dict
        What came in and when: ``time`` in seconds, ``number``, ``form``, and ``entries``,
        under which the feed lists it.
    tickers : list of dict
        As ``company_tickers.json`` has them.
    reel : Reel
    """

    def __init__(
        self, lines: list[dict[str, Any]], tickers: list[dict[str, Any]], reel: Reel
    ) -> None:
        things = {line["number"]: Thing(n, line, {}) for n, line in enumerate(lines)}
        super().__init__((line["time"] * _SECOND for line in lines), things, reel)
        self.tickers = {str(n): each for n, each in enumerate(tickers)}

    def entries(self, place: Place) -> list[str]:
        """Return the entries of a filing, at its time on a lap."""
        lap, thing = place
        delta = timedelta(microseconds=self.timeline.time(lap, thing.came) - self.times[thing.came])

        def numbered(found: re.Match[str]) -> str:
            return f"{found[1]}{(int(found[2]) + lap * _LAPS) % 1_000_000:06}"

        shifted = []
        for entry in thing.body["entries"]:
            moved = _UPDATED.sub(lambda found: shift_stamp(found[0], delta), entry)
            updated = _UPDATED.search(moved)
            day = updated[0][:10] if updated else ""
            moved = _FILED.sub(day, moved)
            shifted.append(_NUMBER.sub(numbered, moved) if lap else moved)
        return shifted


class EdgarServer:
    """The routes of EDGAR, as of the replay's clock.

    As there: who does not say who he is is refused, pages hold 100 entries at most, and past
    the end is an error page.

    Parameters
    ----------
    tape : FilingTape
    clock : Clock
    """

    def __init__(self, tape: FilingTape, clock: Clock) -> None:
        self._tape = tape
        self._clock = clock

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the routes, by host and path."""
        return {
            (_HOST, "/cgi-bin/browse-edgar"): self._current,
            (_HOST, "/files/company_tickers.json"): self._tickers,
            # Companies' own lists are not replayed: whose clock they are by is told from the
            # hours at which filings are taken, which no longer hold once times are moved.
            (_COMPANIES, "/submissions/"): _nothing,
            (_SEARCH, "/LATEST/search-index"): self._search,
        }

    def _current(self, asked: Asked) -> Answer:
        if refused := _refused(asked):
            return refused
        given = {name: values[0] for name, values in asked.parameters.items()}
        start, count = _whole(given.get("start"), 0), _whole(given.get("count"), _USUAL)
        form = given.get("type", "").upper()
        now = self._clock()
        entries = [
            entry
            for place in self._tape.newest(now)
            if place.thing.body["form"].upper().startswith(form)
            for entry in self._tape.entries(place)
        ]
        if start and start >= len(entries):
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, _GONE, {"Content-Type": "text/html"})
        body = as_feed(entries[start : start + min(count, _MOST)], now)
        return Answer(HTTPStatus.OK, body, {"Content-Type": "application/atom+xml"})

    def _tickers(self, asked: Asked) -> Answer:
        return _refused(asked) or json_answer(self._tape.tickers)

    def _search(self, asked: Asked) -> Answer:
        """Answer with filings whose lists hold all words; the documents are not recorded."""
        given = {name: values[0] for name, values in asked.parameters.items()}
        words = tokenize(given.get("q", ""))
        forms = {form for form in given.get("forms", "").split(",") if form}
        ciks = {cik.lstrip("0") for cik in given.get("ciks", "").split(",") if cik}
        first, last = given.get("startdt", ""), given.get("enddt", "9999")
        hits = [
            hit
            for filing in self._filings()
            if (hit := self._hit(filing))
            and first <= hit["_source"]["file_date"] <= last
            and (not forms or filing.form.partition("/")[0] in forms)
            and (not ciks or ciks & set(_numbers(filing)))
            and set(words) <= set(tokenize(f"{_names(filing)} {' '.join(filing.lines)}"))
        ]
        start = _whole(given.get("from"), 0)
        total = {"value": len(hits), "relation": "eq"}
        body = {"hits": {"total": total, "hits": hits[start : start + _MOST]}}
        return _refused(asked) or json_answer(body)

    def _filings(self) -> list[Filing]:
        places = self._tape.newest(self._clock())
        entries = (entry for place in places for entry in self._tape.entries(place))
        return read(as_feed(entries, self._clock())).filings

    def _hit(self, filing: Filing) -> dict[str, Any] | None:
        if filing.time is None:
            return None
        shown = []
        for party in filing.parties:
            listed = ", ".join(self._listed(party.cik))
            own = f"  ({listed})" if listed else ""
            shown.append(f"{party.name}{own}  (CIK {party.cik:0>10})")
        source = {
            "adsh": filing.number, "form": filing.form, "display_names": shown,
            "root_forms": [filing.form.partition("/")[0]],
            "file_date": filing.time.time.date().isoformat(), "items": _items(filing),
        }  # fmt: skip
        return {"_id": f"{filing.number}:main.htm", "_source": source}

    def _listed(self, cik: str) -> list[str]:
        rows = self._tape.tickers.values()
        return [row["ticker"] for row in rows if str(row["cik_str"]) == cik]


class FilingPast:
    """What was filed before the live part, and where the collector goes on.

    Parameters
    ----------
    tape : FilingTape
    """

    def __init__(self, tape: FilingTape) -> None:
        self._tape = tape
        self._known: dict[str, list[str]] = {}
        for each in tape.tickers.values():
            self._known.setdefault(str(each["cik_str"]), []).append(each["ticker"])
        self.key = edgar.Edgar().key

    def payloads(self) -> Iterator[Payload]:
        """Yield what was filed, each thing at its own time."""
        reel = self._tape.reel
        for thing in self._tape.things.values():
            when = self._tape.times[thing.came]
            if when < reel.live_from:
                yield Payload(when, 1, partial(self._read, Place(0, thing), reel.shown(when)))

    def cursor(self) -> str | None:
        """Return the cursor that a collector would have left, once all is read."""
        return State().save(self._tape.reel.shown(self._tape.reel.live_from))

    def _read(self, place: Place, now: datetime) -> ParseResult:
        page = as_feed(self._tape.entries(place), now)
        return edgar.parse(page, collected=now, tickers=self._known)


def as_feed(entries: Iterable[str], now: datetime) -> bytes:
    """Return entries as a page of the feed."""
    parts = [
        '<?xml version="1.0" encoding="ISO-8859-1" ?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>Latest Filings - {escape(now.strftime('%a, %d %b %Y %H:%M:%S'))} UTC</title>",
        '<link rel="alternate" href="/cgi-bin/browse-edgar?action=getcurrent"/>',
        f"<updated>{now.isoformat(timespec='seconds')}</updated>",
        *entries,
        "</feed>\n",
    ]
    return "\n".join(parts).encode("iso-8859-1", "xmlcharrefreplace")


def _numbers(filing: Filing) -> list[str]:
    return [party.cik for party in filing.parties]


def _names(filing: Filing) -> str:
    return " ".join(party.name for party in filing.parties)


def _items(filing: Filing) -> list[str]:
    return [line.split(":")[0].removeprefix("Item ") for line in filing.lines]


def _nothing(_: Asked) -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, b"NoSuchKey")


def _refused(asked: Asked) -> Answer | None:
    if "@" in asked.headers.get("user-agent", ""):
        return None
    return Answer(HTTPStatus.FORBIDDEN, _REFUSED, {"Content-Type": "text/html"})


def _whole(text: str | None, usual: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else usual
