"""Filings as EDGAR lists them, of every kind of list in one shape, and the items they become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from workbench import clock
from workbench.collectors.documents import When
from workbench.collectors.forms import ITEMS, headline
from workbench.collectors.markup import cut, squeeze
from workbench.items import Item, ParseResult

__all__ = ["Filing", "Party", "index_page", "lines_of", "merge", "to_items"]

_PAGE: Final = "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK={}"
_ARCHIVE: Final = "https://www.sec.gov/Archives/edgar/data"
_LONGEST_NAME: Final = 300
_MOST_PARTIES: Final = 30
_MOST_LINES: Final = 60
# Whom a filing is about goes before who filed it; of the rest the first that is listed.
_RANKS: Final = {"issuer": 0, "subject": 0, "": 1, "filer": 1, "filed by": 3, "reporting": 3}
_OTHER: Final = 2
_SAID: Final = {
    "reporting": "Reported by",
    "filed by": "Filed by",
    "subject": "About",
    "issuer": "About",
}
_STATE: Final = re.compile(r"\s*/[A-Z]{2,3}/?$")  # the State that tells namesakes apart
_ITEM: Final = re.compile(r"Item (\d\.\d\d)\b")


class Party(NamedTuple):
    """A company or person that a filing names.

    Attributes
    ----------
    cik : str
        Its number with the regulator, without zeros in front.
    name : str
    role : str
        As EDGAR calls it: Filer, Issuer, Reporting, Subject, Filed by; empty if not said.
    tickers : tuple of str
    url : str or None
        The filing's index page, as listed for this one.
    """

    cik: str
    name: str
    role: str = ""
    tickers: tuple[str, ...] = ()
    url: str | None = None

    @property
    def rank(self) -> int:
        """How near it is to what the filing is about; 0 is nearest."""
        return _RANKS.get(self.role.lower(), _OTHER)


@dataclass(slots=True, kw_only=True)
class Filing:
    """One filing; its accession number tells it from every other.

    Attributes
    ----------
    number : str
        Accession number, ``0000320193-26-000007``.
    form : str
    time : When or None
        When it was accepted.
    parties : list of Party
        In the order of the list.
    lines : list of str
        What it is about, in EDGAR's own words, as in ``Item 2.02: Results of …``.
    """

    number: str
    form: str
    time: When | None
    parties: list[Party]
    lines: list[str] = field(default_factory=list)


def index_page(cik: str, number: str) -> str:
    """Return the address of a filing's index.

    Examples
    --------
    >>> index_page("320193", "0000320193-26-000007")[40:]
    '320193/000032019326000007/0000320193-26-000007-index.htm'
    """
    return f"{_ARCHIVE}/{cik}/{number.replace('-', '')}/{number}-index.htm"


def lines_of(numbers: Iterable[str]) -> list[str]:
    """Return the items with these numbers in EDGAR's own words; those not known are left out."""
    return [f"Item {number}: {ITEMS[number][0]}" for number in numbers if number in ITEMS]


def merge(filings: Iterable[Filing]) -> list[Filing]:
    """Return each filing once, with all of its parties, in the order in which they came."""
    found: dict[str, Filing] = {}
    for filing in filings:
        known = found.setdefault(filing.number, filing)
        if known is filing:
            continue
        heard = {(party.cik, party.role) for party in known.parties}
        known.parties += [p for p in filing.parties if (p.cik, p.role) not in heard]
        known.lines += [line for line in filing.lines if line not in known.lines]
        known.time = known.time or filing.time
    return list(found.values())


def to_items(
    filings: Iterable[Filing],
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    tickers: Mapping[str, Sequence[str]] | None = None,
    found: Mapping[str, Sequence[str]] | None = None,
) -> ParseResult:
    """Return an item for each filing.

    Parameters
    ----------
    filings : iterable of Filing
    collected : datetime, optional
        When they came in.
    tier : str, optional
        ``filing`` if not given.
    tickers : mapping, optional
        Tickers of companies by CIK, for lists that name none.
    found : mapping, optional
        By accession number, what searches of the documents have found a filing by, which is
        then said in the text.
    """
    return ParseResult(
        _item(each, collected, tier, tickers or {}, (found or {}).get(each.number, ()))
        for each in filings
    )


def _item(
    filing: Filing,
    collected: datetime | None,
    tier: str | None,
    tickers: Mapping[str, Sequence[str]],
    found: Sequence[str],
) -> Item:
    parties = sorted(filing.parties[:_MOST_PARTIES], key=lambda party: party.rank)
    main = parties[0]
    name = _name(main)
    items = [item[1] for line in filing.lines if (item := _ITEM.match(line))]
    lines = [*dict.fromkeys(filing.lines)][:_MOST_LINES]
    others = list({party.cik: party for party in parties if party.cik != main.cik}.values())
    lines += [f"{_SAID.get(party.role.lower(), 'With')} {_name(party)}" for party in others]
    lines += [f"Found by a search of its documents for: {text}" for text in found]
    url = main.url or index_page(main.cik, filing.number)
    when = filing.time
    listed = (ticker for p in parties for ticker in (*p.tickers, *tickers.get(p.cik, ())))
    return Item(
        source="edgar",
        id=filing.number,
        kind="filing",
        tier=tier or "filing",
        published=when.time if when else collected or clock.now(),
        published_precision=when.precision if when else None,
        collected=collected,
        author=main.cik,
        author_name=name,
        author_url=_PAGE.format(main.cik.zfill(10)),
        title=f"{name}: {headline(filing.form, items)}",
        text="\n".join(lines),
        url=url,
        lang="en",
        mentions=tuple(party.cik for party in others),
        tickers=tuple(dict.fromkeys(listed)),
        form=filing.form,
        links=(url,),
    )


def _name(party: Party) -> str:
    """Return a party's name without the State that EDGAR puts behind it.

    Examples
    --------
    >>> _name(Party("83246", "HSBC USA INC /MD/"))
    'HSBC USA INC'
    """
    return cut(_STATE.sub("", squeeze(party.name)), _LONGEST_NAME) or f"CIK {party.cik}"
