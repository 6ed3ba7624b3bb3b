"""EDGAR: what companies file with the United States' Securities and Exchange Commission."""

from __future__ import annotations

import copy
import os
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from workbench.clock import Clock, span
from workbench.collectors import Batch
from workbench.collectors.asking import Ask, asks_of
from workbench.collectors.edgar_desk import Desk, State
from workbench.collectors.edgar_lists import read
from workbench.collectors.edgar_polls import Companies, Current, Search
from workbench.collectors.filings import to_items
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult
from workbench.query import Query
from workbench.query.tree import AtLeast, Entity, Is, Node, Value

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["CONTACT", "Edgar", "parse"]

CONTACT: Final = "WORKBENCH_EDGAR_CONTACT"
"""The environment variable that says who asks; EDGAR answers nobody who does not."""

_FORM: Final = re.compile(r"[A-Z0-9][A-Z0-9 /-]{0,19}")
_COMPANY: Final = re.compile(r"\d{1,10}|[A-Z][A-Z0-9.-]{0,9}")
_ADDRESS: Final = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")
_MOST_FORMS: Final = 20
_MOST_COMPANIES: Final = 100
_LONGEST: Final = 500


@dataclass(frozen=True)
class Edgar:
    """Filings: all of them as they come in, those of some companies, or what a search finds.

    Parameters
    ----------
    forms : tuple of str
        As EDGAR names them, such as ``8-K``; their amendments (``8-K/A``) come too. All
        forms unless given.
    companies : tuple of str
        CIK numbers or tickers. Their own lists are read, which reach further back.
    query : str
        What the filed documents must hold, as EDGAR's full-text search understands it.
    full_text : bool
        Whether that search is asked for the words of the columns, instead of a `query`.
    every : timedelta or str
        Between two polls.
    """

    name: ClassVar[str] = "edgar"
    label: ClassVar[str] = "SEC EDGAR"
    tier: ClassVar[str] = "filing"
    needs: ClassVar[tuple[str, ...]] = (CONTACT,)
    limits: ClassVar[str] = (
        "10 requests a second over all of one's machines, of which we take 8; whoever asks more "
        "often, or does not say who he is, is shut out for ten minutes"
    )
    terms: ClassVar[str] = (
        "filings are public record; a filing that the regulator removes is not announced, so it "
        "stays here"
    )
    price: ClassVar[str] = ""
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    forms: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    query: str = ""
    full_text: bool = False
    every: timedelta = timedelta(minutes=2)
    _asks: tuple[Ask, ...] = field(default=(), init=False, repr=False, compare=False)
    _desk: Desk = field(default_factory=Desk, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name, pattern, most, example in (
            ("forms", _FORM, _MOST_FORMS, "8-K"),
            ("companies", _COMPANY, _MOST_COMPANIES, "320193 or ACME"),
        ):
            given = [str(each).strip().removeprefix("$").upper() for each in getattr(self, name)]
            for each in given:
                if not pattern.fullmatch(each):
                    raise SettingError(f"{name} names {each!r}, which is none; write {example}")
            if len(given) > most:
                raise SettingError(f"{name} names {len(given)}; {most} are the most")
            put(self, name, tuple(dict.fromkeys(given)))
        put(self, "query", " ".join(self.query.split()))
        if len(self.query) > _LONGEST:
            raise SettingError(f"query has {len(self.query)} characters; {_LONGEST} are the most")
        if self.query:
            if self.full_text:
                raise SettingError(
                    "query is searched for instead of what columns want; leave out one of query "
                    "and full_text"
                )
            put(self, "_asks", (Ask(self.query, None),))
        put(self, "every", span(self.every))

    @property
    def key(self) -> str:
        """What names it in the store: the forms, companies and words that are followed."""
        words = [",".join(sorted(self.forms))] if self.forms else []
        words += ["of " + ",".join(sorted(self.companies))] if self.companies else []
        words += [f'"{self.query}"'] if self.query else []
        words += ["full_text"] if self.full_text else []
        return " ".join((self.name, *words))

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:  # noqa: ARG002 - filings have no such accounts
        """Return the same source, searching for what these queries want, if it is to search.

        The lists of filings hold all that there is, whatever is wanted of it.
        """
        if not self.full_text:
            return self
        asking = copy.copy(self)
        object.__setattr__(asking, "_asks", asks_of(self.name, queries, decided=_decided))
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Read what has come in since the last poll, from the newest back."""
        self._desk.open(client, contact(), now=now, stop=stop)
        poll: Current | Companies | Search
        if self._asks:
            poll = Search(self._desk, cursor, self._asks, self.forms, self.companies)
        elif self.full_text:
            raise SourceError(
                "edgar: there is nothing to search for; a column's query must have a word"
            )
        elif self.companies:
            poll = Companies(self._desk, State.load(cursor), self.companies, self.forms)
        else:
            poll = Current(self._desk, State.load(cursor), self.forms)
        yield from poll.run()

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are."""
        return ParseResult(items)


def _decided(leaf: Node) -> bool | None:
    """Return what is true or false of every filing, as `asks_of` wants it."""
    match leaf:
        case Value("source", value):
            return value == Edgar.name
        case Value("tier" | "kind", value):
            return value == "filing"
        case Entity("hashtag" | "cashtag") | AtLeast() | Is():
            return False
        case _:
            return None


def contact() -> str:
    """Return who asks, from the environment.

    Raises
    ------
    SettingError
        If it is missing, or names no address for mail.
    """
    given = " ".join(os.environ.get(CONTACT, "").split())
    if not _ADDRESS.search(given) or not given.isascii() or not given.isprintable():
        raise SettingError(
            f"{CONTACT} must say who asks, in plain letters: a name and an address for mail, such "
            "as 'Acme Research desk@acme.example'; EDGAR refuses whoever does not"
        )
    return given


def parse(
    data: bytes,
    *,
    collected: datetime | None = None,
    tier: str | None = None,
    tickers: Mapping[str, Sequence[str]] | None = None,
    query: str = "",
) -> ParseResult:
    """Return the filings of a list, each once though it is listed for each of its companies.

    An item's id is the accession number. Its author is the company that the filing is about
    (its issuer or subject, else who filed it), the others stand in `text` and, by their CIK,
    in `mentions`.

    Parameters
    ----------
    data : bytes
        A page of the feed of current filings, a company's submissions, or an answer of the
        full-text search.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``filing`` if not given.
    tickers : mapping, optional
        Tickers of companies by CIK, for the feed, which names none.
    query : str
        What was searched for, which is then said in `text`.

    Returns
    -------
    ParseResult
        In the list's order, with a problem for each entry that was skipped.

    Raises
    ------
    SourceError
        If it is no such list; the message says what came instead.
    """
    listing = read(data)
    found = {filing.number: (query,) for filing in listing.filings} if query else None
    result = to_items(listing.filings, collected=collected, tier=tier, tickers=tickers, found=found)
    result.problems += listing.problems
    return result
