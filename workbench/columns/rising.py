"""Which terms stand out, by the store: counted, ranked, and told who is behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from workbench import clock
from workbench.clock import from_micros
from workbench.columns.usual import Usual
from workbench.errors import SettingError
from workbench.query import Query
from workbench.store import Store
from workbench.store.terms import Holder, Holding
from workbench.text.campaigns import Campaign, Said, campaigns
from workbench.text.phrases import Score, fold
from workbench.text.stems import same_word
from workbench.text.trending import Ranked, ranked

__all__ = ["MINIMUM", "Z_LEAST", "Coordinated", "Rising", "Standing", "spans", "standing"]

MINIMUM: Final = 5
"""Items that a term must stand in to be ranked."""
Z_LEAST: Final = 3.0
"""From where a column shows a term."""

Coordinated = Literal["marked", "left-out"]

_CANDIDATES: Final = 500
_Z_FLOOR: Final = 1.0
_VOICES: Final = 3
_NAMED: Final = 5
_SUSPECTS: Final = 60  # terms whose posts are looked at
_LOOKED_AT: Final = 3_000  # posts of these
_MOSTLY: Final = 0.5
_SHORTEST: Final = timedelta(minutes=15)
_LONGEST: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


class Rising(NamedTuple):
    """A term that stands out, and what is behind it.

    Attributes
    ----------
    term : str
    n : int
        Items of the window that hold it.
    expected : float
        Items that the baseline lets expect of as busy a window.
    lift, z : float
    usual : float
        Items that it lets expect by the clock alone.
    first : datetime
        When the first of these items was published.
    authors : int
        How many different accounts.
    voices : tuple of str
        The most active of them, at most five.
    sources : tuple of str
        Collectors, most items first.
    sample : str
        Key of an item of these, ``source:id``: of the originals the one most liked and reposted.
    text : str
        Its title and text.
    forms : tuple of str
        Other forms of the word that stand out as well, and terms of the same campaign.
    coordinated : int
        How many of these items belong to a campaign.
    accounts : int
        How many accounts the largest of these campaigns has; 0 without any.
    """

    term: str
    n: int
    expected: float
    lift: float
    z: float
    usual: float
    first: datetime
    authors: int
    voices: tuple[str, ...]
    sources: tuple[str, ...]
    sample: str
    text: str
    forms: tuple[str, ...]
    coordinated: int
    accounts: int

    @property
    def is_coordinated(self) -> bool:
        """Whether most of it is a campaign's."""
        return self.coordinated >= _MOSTLY * self.n


class Standing(NamedTuple):
    """How the terms of a window stand against those of the baseline.

    Attributes
    ----------
    rising : list of Rising
        Highest z first, from 1; none where less of the baseline was measured than the window
        is long.
    is_known : bool
        Whether that much was measured.
    measured : timedelta
        How much of the baseline was measured.
    left_out : int
        Posts of campaigns that were left out.
    unknown : tuple of str
        Collectors that were left out, since they have listened for less than the window.
    """

    rising: list[Rising]
    is_known: bool
    measured: timedelta
    left_out: int
    unknown: tuple[str, ...]


def spans(window: timedelta | str, baseline: timedelta | str) -> tuple[timedelta, timedelta]:
    """Return how long a window and its baseline are that were given by hand.

    Raises
    ------
    SettingError
        If one is no span, the window is not shorter than the baseline, or it is not from 15
        minutes to 30 days.

    Examples
    --------
    >>> spans("6h", "7d")
    (datetime.timedelta(seconds=21600), datetime.timedelta(days=7))
    """
    looked, before = clock.span(window), clock.span(baseline)
    if not timedelta() < looked < before:
        raise SettingError(
            f"window={window!r} must be longer than nothing and shorter than baseline={baseline!r}"
        )
    if not _SHORTEST <= looked <= _LONGEST:
        raise SettingError(f"window={window!r} must be from 15m to 30d")
    return looked, before


def standing(
    store: Store,
    query: Query | None,
    *,
    window: timedelta,
    baseline: timedelta,
    now: datetime,
    lists: Mapping[str, Collection[str]],
    minimum: int = MINIMUM,
    score: Score | None = None,
    coordinated: Coordinated = "marked",
) -> Standing:
    """Rank words, hashtags, cashtags and phrases of the window before `now` against the past.

    Terms in at least `minimum` items of the window, of three accounts if there are as many, are
    ranked against the measured part of the baseline (:class:`workbench.columns.usual.Usual`),
    each item counting once, before and now. A phrase stands in the place of the words that it
    explains (:func:`workbench.text.phrases.fold`), a hashtag or cashtag in that of its word, a
    word in that of its other forms (:func:`workbench.text.stems.same_word`). Left out are words
    of one or two letters, numbers, words in more than a twentieth of all items of the baseline,
    and what has a z-score below 1.

    Parameters
    ----------
    store : Store
    query : Query or None
        Items must match it, before and now.
    window, baseline : timedelta
    now : datetime
    lists : mapping of str to collection of str
        Handles by the name of their people list.
    minimum : int
    score : Score, optional
        What tells phrases from chance.
    coordinated : {"marked", "left-out"}
        Whether campaigns (:func:`workbench.text.campaigns.campaigns`) count. One that does is
        told as one term, with its other terms as forms.
    """
    start = now - window
    usual = Usual(
        store, query, window=window, start=start - baseline, until=start, now=now, lists=lists
    )
    if not usual.is_known:
        return Standing([], is_known=False, measured=usual.measured, left_out=0, unknown=())
    said = store.window(query=usual.query, since=start, until=now, lists=lists)
    counts = {t: n for t, n in said.counts.items() if n >= minimum and _is_term(t)}
    counts = _without_twins(counts)
    leading = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES])
    expected = usual.expected(leading)
    held = said.holding(expected)
    topics = fold(
        {term: leading[term] for term in expected},
        {pair: len(places) for pair, places in held.pairs.items()},
        score=score,
        minimum=minimum,
    )
    held.terms.update({" ".join(pair): places for pair, places in held.pairs.items()})
    expected |= usual.expected({term: n for term, n in topics.items() if term not in expected})
    places = {term: held.terms[term] for term in topics if term in expected}

    def rank(places: Mapping[str, list[int]]) -> list[Ranked]:
        # Where all of them talk more than usual, a term must outgrow the talk, not only the clock.
        counted = {term: len(those) for term, those in places.items()}
        table = ranked(counted, expected, exposure=usual.busy, minimum=minimum)
        return [row for row in table if row.z >= _Z_FLOOR]

    table = rank(_of_several(places, held.items))
    campaign = _campaigns(store, table, places, held, since=start - baseline, until=start)
    left_out = len(campaign) if coordinated == "left-out" else 0
    if left_out:
        places = {t: [p for p in those if p not in campaign] for t, those in places.items()}
        table = rank(_of_several(places, held.items))
        campaign = {}
    rows = _folded(table, places, held.items, campaign)
    best = [_best(held.items[place] for place in places[row.term]) for row, *_ in rows]
    texts = store.texts(holder.row for holder in best)
    return Standing(
        [
            _rising(row, forms, usual=expected[row.term], best=chosen, texts=texts,
                    holders=[held.items[place] for place in places[row.term]],
                    campaigns=[campaign[p] for p in places[row.term] if p in campaign])
            for (row, forms), chosen in zip(rows, best, strict=True)
        ],
        is_known=True,
        measured=usual.measured,
        left_out=left_out,
        unknown=usual.unknown,
    )  # fmt: skip


def _is_term(term: str) -> bool:
    """Whether a token can stand for a topic: no number, no single letter, nothing with quotes."""
    word = term.lstrip("#$")
    is_word = len(word) > 2 and not word.isdigit() and '"' not in word
    return is_word and not word.startswith(("http", "www"))


def _without_twins(counts: Mapping[str, int]) -> dict[str, int]:
    """Drop the word of a hashtag or cashtag where that accounts for most of it."""
    return {
        term: n
        for term, n in counts.items()
        if n > 1.3 * max(counts.get(f"#{term}", 0), counts.get(f"${term}", 0))
    }


def _of_several(places: Mapping[str, list[int]], items: list[Holder]) -> dict[str, list[int]]:
    """Leave out what only one or two accounts say, where more of them say anything."""
    who = list(map(_who, items))
    least = min(_VOICES, len(set(who)))
    return {
        term: those
        for term, those in places.items()
        if len(set(map(who.__getitem__, those))) >= least
    }


def _who(item: Holder) -> str:
    """Return the account; without any an item is taken to stand for itself."""
    return item.author or f"\n{item.source}:{item.id}"


def _campaigns(
    store: Store,
    table: list[Ranked],
    places: Mapping[str, list[int]],
    held: Holding,
    *,
    since: datetime,
    until: datetime,
) -> dict[int, Campaign]:
    """Return the campaign of each place that belongs to one, among what stands out.

    An account is known if it was heard in the baseline, but for the last day of that: a campaign
    may have begun before the window did.
    """
    early = until - min(_DAY, (until - since) / 2)
    suspects = [row.term for row in table[:_SUSPECTS] if row.z >= Z_LEAST]
    looked_at = sorted({place for term in suspects for place in places[term]})[:_LOOKED_AT]
    of_people = [
        place
        for place in looked_at
        if (item := held.items[place]).tier == "social" and item.author and item.kind != "repost"
    ]
    texts = store.texts(held.items[place].row for place in of_people)
    said = [
        Said(place, _who(item), texts.get(item.row, ""))
        for place in of_people
        for item in (held.items[place],)
    ]
    found = campaigns(
        said, known=lambda authors: store.known_authors(authors, since=since, until=early)
    )
    return {place: campaign for campaign in reversed(found) for place in campaign.keys}


def _folded(
    table: list[Ranked],
    places: Mapping[str, list[int]],
    items: list[Holder],
    campaign: Mapping[int, Campaign],
) -> list[tuple[Ranked, tuple[str, ...]]]:
    """Return the rows that stand for themselves, each with the terms that stand under it."""
    forms = same_word((row.term, _lang(places[row.term], items)) for row in table)
    under = {term: list(others) for term, others in forms.items()}
    leading: dict[int, str] = {}
    for row in table:
        if row.term not in under:
            continue
        whose = Counter(id(campaign[p]) for p in places[row.term] if p in campaign)
        if not whose or whose.total() < _MOSTLY * row.n:
            continue
        first = leading.setdefault(whose.most_common(1)[0][0], row.term)
        if first != row.term:
            under[first] += [row.term, *under.pop(row.term)]
    return [(row, tuple(under[row.term])) for row in table if row.term in under]


def _lang(places: Iterable[int], items: list[Holder]) -> str | None:
    """Return the language in which most of the items are."""
    return Counter(items[place].lang for place in places).most_common(1)[0][0]


def _best(holders: Iterable[Holder]) -> Holder:
    """Return what tells best what a term is about: an original, the most passed on, the first."""
    return max(holders, key=lambda item: (item.kind != "repost", item.reach, -item.time))


def _rising(
    row: Ranked,
    forms: tuple[str, ...],
    *,
    usual: float,
    best: Holder,
    texts: Mapping[int, str],
    holders: list[Holder],
    campaigns: list[Campaign],
) -> Rising:
    voices = Counter(item.author for item in holders if item.author)
    return Rising(
        **row._asdict(),
        usual=usual,
        first=from_micros(min(item.time for item in holders)),
        authors=len({_who(item) for item in holders}),
        voices=tuple(author for author, _ in voices.most_common(_NAMED)),
        sources=tuple(source for source, _ in Counter(i.source for i in holders).most_common()),
        sample=f"{best.source}:{best.id}",
        text=texts.get(best.row, ""),
        forms=forms,
        coordinated=len(campaigns),
        accounts=max((len(campaign.authors) for campaign in campaigns), default=0),
    )
