"""EDGAR's three lists, read: current filings, what one company has filed, and its search.

Formats: the Atom feed of ``browse-edgar?action=getcurrent``, ``submissions/CIK….json``, and
the answers of the full-text search (sec.gov/search-filings).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from workbench.collectors.documents import When, read_date, read_xml, what_came
from workbench.collectors.filings import Filing, Party, index_page, lines_of, merge
from workbench.collectors.markup import squeeze
from workbench.errors import SourceError
from workbench.items import Problem

__all__ = ["Listing", "read", "read_tickers"]

_BASE: Final = "https://www.sec.gov/"
_TITLE: Final = re.compile(r"(.{1,40}?) - (.*) \((\d{1,10})\)(?: \(([^()]{1,40})\))?", re.DOTALL)
_NUMBER: Final = re.compile(r"\d{10}-\d{2}-\d{6}")
_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./&-]{0,30}")
_SHOWN: Final = re.compile(r"(.*?)\s*(?:\(([A-Z0-9][A-Z0-9., -]{0,200})\))?\s*\(CIK (\d{1,10})\)")
_TICKER: Final = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,9}")
_MOST: Final = 20_000
_MOST_TICKERS: Final = 50
_HEADED: Final = "accessionNumber"
_EASTERN: Final = ZoneInfo("America/New_York")
_OPENS: Final = 6 * 60  # minutes of the day between which filings are accepted, in New York
_SHUTS: Final = 22 * 60 + 30
_UNSURE: Final = 5 * 3600.0  # seconds between the two clocks


class Listing(NamedTuple):
    """What a list holds.

    Attributes
    ----------
    filings : list of Filing
        Each once, in the list's order.
    problems : list of Problem
    entries : int
        How many lines there are, of which several may be of one filing.
    total : int
        How many a search has found.
    """

    filings: list[Filing]
    problems: list[Problem]
    entries: int
    total: int = 0


def read(data: bytes) -> Listing:
    """Read a list of any of the three kinds.

    Raises
    ------
    SourceError
        If it is none; the message says what came instead.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return _gathered(_read_atom(data))
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    match given:
        case {"filings": {"recent": {"accessionNumber": [*_]} as recent}}:
            return _gathered(_read_company(given, recent))
        case {"hits": {"hits": [*hits]}}:
            found = given["hits"].get("total")
            total = found.get("value") if isinstance(found, dict) else None
            listing = _gathered(_read_hits(hits))
            return listing._replace(total=total if total.__class__ is int else listing.entries)
        case {"message": str(said)} | {"error": str(said)} | {"error": {"reason": str(said)}}:
            raise SourceError(
                f"edgar: answered with an error instead of filings: {squeeze(said)[:200]}"
            )
    raise SourceError(f"edgar: answered with no list of filings but {what_came(data)}")


def _gathered(parts: Iterator[Filing | Problem]) -> Listing:
    """Return what was read, at most so much of it that nobody's time is wasted."""
    filings: list[Filing] = []
    problems: list[Problem] = []
    for number, part in enumerate(parts, start=1):
        if number > _MOST:
            problems.append(Problem(f"entry {number}", f"is beyond the first {_MOST:,}"))
            break
        if isinstance(part, Filing):
            filings.append(part)
        else:
            problems.append(part)
    return Listing(merge(filings), problems, len(filings) + len(problems))


def _read_atom(data: bytes) -> Iterator[Filing | Problem]:
    document = read_xml(data, url=_BASE)
    yield from document.problems
    for place, entry in enumerate(document.entries, start=1):
        where = f"entry {place}"
        title = _TITLE.fullmatch(entry.title)
        number = _NUMBER.search(f"{entry.guid} {entry.body.text} {entry.link}")
        if not title or not number or not _FORM.fullmatch(title[1]):
            yield Problem(where, "names no form, company and accession number")
            continue
        form, name, cik, role = title.groups()
        party = Party(_bare(cik), name, role or "", url=entry.link)
        lines = [line for line in entry.body.text.split("\n") if line.startswith("Item ")]
        yield Filing(
            number=number[0], form=form, time=entry.published, parties=[party], lines=lines
        )


def _read_company(
    given: Mapping[str, Any], recent: Mapping[str, Any]
) -> Iterator[Filing | Problem]:
    cik = _cik(given.get("cik"))
    if cik is None:
        raise SourceError("edgar: a company's filings came without its number (CIK)")
    name = squeeze(given["name"]) if isinstance(given.get("name"), str) else ""
    tickers = _tickers(given.get("tickers"))
    zone = _zone_of(_list(recent.get("acceptanceDateTime")))
    for place, raw in enumerate(recent[_HEADED]):
        where = f"filing {place + 1}"
        number = _text(raw)
        form = _text(_cell(recent, "form", place))
        if not _NUMBER.fullmatch(number) or not _FORM.fullmatch(form):
            yield Problem(where, "has no accession number or no form")
            continue
        accepted = _accepted(_text(_cell(recent, "acceptanceDateTime", place)), zone)
        yield Filing(
            number=number,
            form=form,
            time=accepted or read_date(_text(_cell(recent, "filingDate", place))),
            parties=[Party(cik, name, "", tickers, index_page(cik, number))],
            lines=lines_of(
                part.strip() for part in _text(_cell(recent, "items", place)).split(",")
            ),
        )


def _read_hits(hits: list[Any]) -> Iterator[Filing | Problem]:
    for place, hit in enumerate(hits, start=1):
        where = f"hit {place}"
        source = hit.get("_source") if isinstance(hit, dict) else None
        if not isinstance(source, dict):
            yield Problem(where, "is malformed")
            continue
        number = _text(source.get("adsh")) or _text(hit.get("_id")).partition(":")[0]
        roots = [*_list(source.get("root_forms")), ""]
        form = _text(source.get("form")) or _text(roots[0])
        parties = [party for each in _list(source.get("display_names")) if (party := _party(each))]
        if not _NUMBER.fullmatch(number) or not _FORM.fullmatch(form) or not parties:
            yield Problem(where, "names no form, company and accession number")
            continue
        # Whoever has a listing is what it is about, rather than who signed.
        parties.sort(key=lambda party: not party.tickers)
        yield Filing(
            number=number,
            form=form,
            time=read_date(_text(source.get("file_date"))),
            parties=parties,
            lines=lines_of(map(_text, _list(source.get("items")))),
        )


def _party(shown: object) -> Party | None:
    """Return the party that a search shows as ``Acme Inc.  (ACME)  (CIK 0000001234)``."""
    found = _SHOWN.fullmatch(_text(shown)[:1_000])
    if not found:
        return None
    name, listed, cik = found.groups()
    return Party(_bare(cik), name, "", _tickers((listed or "").split(",")))


def _zone_of(stamps: list[Any]) -> tzinfo | None:
    """Return the zone whose clock a company's times of acceptance are by; None if unclear.

    All of them end in Z. Yet for a part of the companies they are New York's time, for the
    others truly UTC: the hours at which EDGAR accepts filings tell which.
    """
    times = [
        when.time
        for stamp in stamps
        if "T" in (text := _text(stamp)) and (when := read_date(text)) is not None
    ]
    odd_as_eastern = sum(not _is_open(when) for when in times)
    odd_as_utc = sum(not _is_open(when.astimezone(_EASTERN)) for when in times)
    if odd_as_eastern == odd_as_utc:
        return None
    return _EASTERN if odd_as_eastern < odd_as_utc else UTC


def _is_open(when: datetime) -> bool:
    return _OPENS <= when.hour * 60 + when.minute <= _SHUTS


def _accepted(stamp: str, zone: tzinfo | None) -> When | None:
    when = read_date(stamp) if "T" in stamp else None
    if when is None:
        return None
    if zone is None:
        return When(when.time, _UNSURE)
    try:
        return When(when.time.replace(tzinfo=zone).astimezone(UTC), when.precision)
    except OverflowError:
        return None


def read_tickers(data: bytes) -> dict[str, tuple[str, ...]]:
    """Return the tickers of companies by CIK, as ``files/company_tickers.json`` lists them.

    Raises
    ------
    SourceError
        If it is no such list.
    """
    try:
        given = json.loads(data)
        rows = [(_cik(row["cik_str"]), row["ticker"]) for row in given.values()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceError(f"edgar: the list of tickers is none but {what_came(data)}") from None
    found: dict[str, tuple[str, ...]] = {}
    for cik, ticker in rows:
        if cik and isinstance(ticker, str) and _TICKER.fullmatch(ticker):
            found[cik] = (*found.get(cik, ()), ticker)
    return found


def _cell(recent: Mapping[str, Any], name: str, place: int) -> object:
    values = _list(recent.get(name))
    return values[place] if place < len(values) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _bare(cik: str) -> str:
    return cik.lstrip("0") or "0"


def _cik(value: object) -> str | None:
    text = str(value) if value.__class__ in (int, str) else ""
    return _bare(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _tickers(values: object) -> tuple[str, ...]:
    names = (_text(each).strip().upper() for each in _list(values)[:_MOST_TICKERS])
    return tuple(dict.fromkeys(name for name in names if _TICKER.fullmatch(name)))
