"""GDELT: what the world's news sites publish, by its search for articles."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from workbench.clock import Clock, span
from workbench.collectors import Batch
from workbench.collectors.asking import Ask, asks_of
from workbench.collectors.gdelt_articles import parse
from workbench.collectors.gdelt_asking import fewest
from workbench.collectors.gdelt_passes import LONGEST, Pass, settled
from workbench.collectors.gdelt_volume import count, is_countable
from workbench.collectors.tongues import COUNTRIES, LANGUAGES
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult
from workbench.query import Query

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["Gdelt", "parse"]

_MOST_COUNTED: Final = 20  # queries; each costs a request, and time


@dataclass(frozen=True)
class Gdelt:
    """A search that is followed: the columns' own, or one that the deck gives.

    Parameters
    ----------
    query : str
        In GDELT's own language, asked instead of what the columns want.
    languages : sequence of str
        Tags of which an article's must be one, such as ``es``; any if there are none.
    countries : sequence of str
        Codes of which that of the outlet's country must be one, such as ``MX``.
    volume : bool
        Whether to ask, too, how many articles there were for each column's words, found
        anywhere in their texts: counts of columns then are GDELT's.
    every : timedelta or str
        Between two polls; 15 minutes by default, for that often GDELT looks around.
    """

    name: ClassVar[str] = "gdelt"
    label: ClassVar[str] = "GDELT"
    tier: ClassVar[str] = "news"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "250 articles an answer, one request each 5 s, three months back; times are those of "
        "its crawler, in steps of 15 minutes; headlines without texts"
    )
    terms: ClassVar[str] = "free for any use that names the GDELT Project and links to it"
    price: ClassVar[str] = ""
    hashtag_url: ClassVar[str] = ""
    live: ClassVar[bool] = False

    query: str = ""
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    volume: bool = False
    every: timedelta = timedelta(minutes=15)
    _asks: tuple[Ask, ...] = field(default=(), init=False, repr=False, compare=False)
    _counted: tuple[Query, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "query", " ".join(self.query.split()))
        put(self, "languages", _known("languages", self.languages, LANGUAGES, str.lower))
        put(self, "countries", _known("countries", self.countries, COUNTRIES, str.upper))
        put(self, "every", span(self.every))
        longest = LONGEST - len(self._narrow())
        if len(self.query) > longest:
            raise SettingError(f"query has {len(self.query)} characters; {longest} are the most")
        if self.query:
            put(self, "_asks", (Ask(self.query, None),))

    @property
    def key(self) -> str:
        """What names it in the store: its words, and what narrows them."""
        words = [f'"{self.query}"'] if self.query else []
        return " ".join((self.name, *words, *self.languages, *self.countries))

    def ask(self, queries: Sequence[Query], lists: Mapping[str, Collection[str]]) -> Self:  # noqa: ARG002 - articles have no accounts
        """Return the same source, asking for what these queries want.

        A query that names no words of three letters at least cannot be asked for, nor one
        that wants nothing but posts. With a `query` of its own it stays as it is.
        """
        if self.query:
            return self
        asking = copy.copy(self)
        object.__setattr__(asking, "_asks", fewest(asks_of(self.name, queries)))
        if self.volume:
            counted = tuple(query for query in queries if is_countable(query))
            object.__setattr__(asking, "_counted", counted[:_MOST_COUNTED])
        return asking

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Ask for what was met since the last poll, newest first."""
        if not self._asks:
            raise SourceError(
                "gdelt: there is nothing to ask for; give it a query:, or a column whose query "
                "has a word of three letters or more"
            )
        narrow = self._narrow()
        yield from Pass(client, cursor, narrow, now=now, stop=stop).run(self._asks)
        for query in self._counted:
            if stop.is_set():
                return
            result = ParseResult()
            result.volumes = count(client, query, settled(now()), stop=stop)
            yield Batch(result)

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are."""
        return ParseResult(items)

    def _narrow(self) -> str:
        """Return what is added to each query, so that it asks for languages and countries."""
        asked = []
        for sign, codes, names in (
            ("sourcelang", self.languages, LANGUAGES),
            ("sourcecountry", self.countries, COUNTRIES),
        ):
            said = [f"{sign}:{names[code].replace(' ', '').lower()}" for code in codes]
            if said:
                asked.append(said[0] if len(said) == 1 else f"({' OR '.join(said)})")
        return "".join(f" {each}" for each in asked)


def _known(
    name: str, given: Iterable[str], names: Mapping[str, str], case: Callable[[str], str]
) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(case(code.strip()) for code in given))
    for code in codes:
        if code not in names:
            raise SettingError(f"{name} names {code!r}, which is none of {', '.join(names)}")
    return codes
