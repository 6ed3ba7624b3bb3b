"""Filters and mutes: settings of a column, each of which becomes a part of its query."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from workbench import clock
from workbench.collectors import available
from workbench.decks.columns import HANDLE, Context, any_of, parse_at, unknown_list
from workbench.decks.reading import Place
from workbench.errors import QueryError, SettingError
from workbench.items import KINDS, TIERS
from workbench.query import Query, parse, tree
from workbench.query.regex import quoted
from workbench.tokens import fold

__all__ = ["FILTERS", "MUTES", "SENSITIVE", "Filters", "read_filters", "read_mutes", "with_clauses"]

SENSITIVE: Final = "-is:sensitive"
"""What leaves out items that are marked as sensitive."""

_MEDIA: Final = {"any": "media", "image": "image", "video": "video", "poll": "poll", "link": "link"}
_BOUNDS: Final = ("at_least", "at_most")
_SENSITIVE: Final = ("folded", "shown", "excluded")
_MOODS: Final = ("negative", "neutral", "positive")
_KINDS: Final = {"reposts": "is_repost", "replies": "is_reply"}
_MOST: Final = 10**17  # what a count may be compared with

Clauses = list[str]
Reader = Callable[[Place, Context], Clauses]


class Filters(NamedTuple):
    """What the filters of a column amount to.

    Attributes
    ----------
    clauses : tuple of str
        Parts of a query, of which each must match.
    sensitive : {"folded", "shown", "excluded"}
        What is done with what is marked as sensitive.
    """

    clauses: tuple[str, ...] = ()
    sensitive: str = "folded"


def _either(places: Sequence[Place], write: Callable[[Place], str]) -> Clauses:
    """Return one clause: what any of several values finds."""
    return [any_of(list(dict.fromkeys(map(write, places))))] if places else []


def _grouped(query: Query) -> str:
    """Return a query as it stands among others."""
    node = query.tree
    is_joined = isinstance(node, tree.And | tree.Or | tree.Near)
    return f"({query})" if is_joined else str(query)


def _match(place: Place, context: Context) -> Clauses:
    entries = place.words()
    if len(entries) == 1:
        query = parse_at(entries[0], entries[0].text(), context)
        return [f"({query})" if isinstance(query.tree, tree.Or) else str(query)]
    return _either(entries, lambda each: _grouped(parse_at(each, each.text(), context)))


def _exclude(place: Place, context: Context) -> Clauses:
    def write(entry: Place) -> str:
        query = parse_at(entry, entry.text(), context)
        if isinstance(query.tree, tree.Not):
            raise entry.error("what stands here is left out by itself; leave the - away")
        return f"-{_grouped(query)}"

    return list(dict.fromkeys(map(write, place.words())))


def _pattern(place: Place, context: Context) -> str:
    try:
        typed = quoted(place.text())
    except QueryError as error:
        raise place.error(str(error)) from None
    return str(parse_at(place, f'regex:"{typed}"', context))


def _regex(place: Place, context: Context) -> Clauses:
    return _either(place.words(), lambda each: _pattern(each, context))


def _media(place: Place, _: Context) -> Clauses:
    return _either(place.words(), lambda each: f"has:{_MEDIA[each.choice(list(_MEDIA))]}")


def _lang(place: Place, context: Context) -> Clauses:
    return _either(
        place.words(), lambda each: str(parse_at(each, f'lang:"{_bare(each)}"', context))
    )


def _bare(place: Place) -> str:
    """Return a text that can stand in quotes."""
    text = place.text()
    if set(text) & set('"“”„‟＂'):
        raise place.error("holds a quote, which stands in no name")
    return text


def _moment(place: Place) -> str:
    """Return a date or time as a query has it; YAML makes dates of some of them."""
    return place.value.isoformat() if isinstance(place.value, date) else _bare(place)


def _since(place: Place, context: Context) -> Clauses:
    text = _moment(place)
    try:
        clock.span(text)
    except SettingError:
        return [str(parse_at(place, f'since:"{text}"', context))]
    return [str(parse_at(place, f"within_time:{text}", context))]


def _until(place: Place, context: Context) -> Clauses:
    return [str(parse_at(place, f'until:"{_moment(place)}"', context))]


def _handle(place: Place) -> str:
    handle = place.text()
    if not HANDLE.fullmatch(handle):
        raise place.error(f"{handle!r} is no account; write its handle, such as ana.example")
    return handle.removeprefix("@")


def _author(place: Place, context: Context) -> Clauses:
    if place.value == "all":
        return []
    lists = {fold(name): name for name in context.lists}

    def write(entry: Place) -> str:
        text = entry.text()
        if text == "verified":
            return "is:verified"
        if text.startswith("list:"):
            name = text.removeprefix("list:").strip()
            if fold(name) not in lists:
                raise entry.error(unknown_list(name, context))
            return f"list:{fold(name)}"
        if fold(text) in lists:
            raise entry.error(f"{text!r} is a people list of the deck; write list:{text}")
        return f"from:{fold(_handle(entry))}"

    return _either(place.words(), write)


def _mentioning(place: Place, _: Context) -> Clauses:
    return _either(place.words(), lambda each: f"mentions:{fold(_handle(each))}")


def _numbers(place: Place, *, lowest: float, highest: float) -> tuple[float | None, float | None]:
    """Return the bounds that a mapping gives, of which one may be missing."""
    given = place.mapping(_BOUNDS)
    if not given:
        raise place.error("gives no bound; write at_least: or at_most:, or both")
    is_whole = isinstance(lowest, int)
    found: dict[str, float] = {}
    for name, entry in given.items():
        number: float = entry.value
        if isinstance(number, bool) or not isinstance(number, int if is_whole else int | float):
            raise entry.error(f"is {number!r}; it needs a {'whole ' * is_whole}number")
        if not lowest <= number <= highest:
            raise entry.error(f"{number} is out of bounds; it may be {lowest} to {highest}")
        found[name] = number
    least, most = found.get("at_least"), found.get("at_most")
    if least is not None and most is not None and least > most:
        raise given["at_most"].error(f"at_most: {most} is less than at_least: {least}")
    return least, most


def _count(field: str) -> Reader:
    def read(place: Place, _: Context) -> Clauses:
        if place.value in ("include", "exclude", "only") and field in _KINDS:
            kind = _KINDS[field]
            raise place.error(f"is their number; write {kind}: {place.value} for what shows")
        least, most = _numbers(place, lowest=0, highest=_MOST)
        # What is not known is neither at least nor at most anything.
        clauses = [f"min_{field}:{least or 0}"]
        return clauses if most is None else [*clauses, f"-min_{field}:{int(most) + 1}"]

    return read


def _only(kind: str) -> Reader:
    def read(place: Place, _: Context) -> Clauses:
        clauses = {"include": [], "exclude": [f"-is:{kind}"], "only": [f"is:{kind}"]}
        return clauses[place.choice(list(clauses))]

    return read


def _choice(operator: str, options: Callable[[], Collection[str]]) -> Reader:
    return lambda place, _: _either(
        place.words(), lambda each: f"{operator}:{each.choice(list(options()))}"
    )


def _sentiment(place: Place, context: Context) -> Clauses:
    if isinstance(place.value, Mapping):
        bounds = zip((">=", "<="), _numbers(place, lowest=-1.0, highest=1.0), strict=True)
        texts = [f"sentiment:{sign}{float(bound):f}" for sign, bound in bounds if bound is not None]
        return [str(parse_at(place, text, context)) for text in texts]

    def write(entry: Place) -> str:
        text = _bare(entry)
        if text in _MOODS:
            return f"sentiment:{text}"
        return str(parse_at(entry, f'sentiment:"{text}"', context))

    return _either(place.words(), write)


def _sensitive(place: Place, _: Context) -> Clauses:
    return [SENSITIVE] if place.choice(_SENSITIVE) == "excluded" else []


FILTERS: Final[Mapping[str, Reader]] = {
    "match": _match,
    "exclude": _exclude,
    "regex": _regex,
    "media": _media,
    "lang": _lang,
    "since": _since,
    "until": _until,
    "author": _author,
    "followers": _count("followers"),
    "mentioning": _mentioning,
    "likes": _count("likes"),
    "reposts": _count("reposts"),
    "replies": _count("replies"),
    "is_repost": _only("repost"),
    "is_reply": _only("reply"),
    "is_quote": _only("quote"),
    "source": _choice("source", available),
    "tier": _choice("tier", lambda: TIERS),
    "kind": _choice("kind", lambda: KINDS),
    "sentiment": _sentiment,
    "sensitive": _sensitive,
}
"""What each filter reads: the clauses that it becomes."""


def read_filters(place: Place, context: Context) -> Filters:
    """Return what the filters of a column amount to.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    given = place.mapping(tuple(FILTERS))
    clauses = [clause for name, entry in given.items() for clause in FILTERS[name](entry, context)]
    only = [name for name in ("is_repost", "is_reply", "is_quote") if _is_only(given, name)]
    if len(only) > 1:
        raise given[only[1]].error(f"nothing is both; {only[0]} is only as well")
    if "since" in given and "until" in given:
        _check_order(given["until"], context, clauses)
    sensitive = given["sensitive"].value if "sensitive" in given else "folded"
    return Filters(tuple(dict.fromkeys(clauses)), sensitive)


def _is_only(given: Mapping[str, Place], name: str) -> bool:
    return name in given and given[name].value == "only"


def _check_order(place: Place, context: Context, clauses: Collection[str]) -> None:
    nodes = [parse_at(place, clause, context).tree for clause in clauses]
    spans = [node for node in nodes if isinstance(node, tree.Between)]
    starts = [span.start for span in spans if span.start]
    ends = [span.end for span in spans if span.end]
    if starts and ends and min(ends) <= max(starts):
        raise place.error("until must be later than since; until itself is left out")


def _word(place: Place, context: Context) -> str:
    text = _bare(place)
    query = parse_at(place, f'"{text}"' if len(text.split()) > 1 else text, context)
    if not isinstance(query.tree, tree.Phrase | tree.Wildcard | tree.Entity):
        raise place.error(
            f"{text!r} is no word, phrase or hashtag; accounts, domains, sources and regular "
            f"expressions have keys of their own: {', '.join(MUTES)}"
        )
    return str(query)


MUTES: Final[Mapping[str, Callable[[Place, Context], str]]] = {
    "word": _word,
    "regex": _pattern,
    "account": lambda place, _: f"from:{fold(_handle(place))}",
    "domain": lambda place, context: str(parse_at(place, f'domain:"{_bare(place)}"', context)),
    "source": lambda place, _: f"source:{place.choice(list(available()))}",
}
"""What can be muted: what finds it."""


def read_mutes(place: Place, context: Context) -> tuple[str, ...]:
    """Return the clauses that leave out what is muted.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    lasting: list[str] = []
    passing: list[str] = []
    for entry in place.sequence():
        given = entry.mapping((*MUTES, "until"))
        kinds = [name for name in given if name != "until"]
        if len(kinds) != 1:
            told = " and ".join(kinds) or "nothing"
            raise entry.error(f"mutes {told}; each entry has one of {', '.join(MUTES)}")
        found = MUTES[kinds[0]](given[kinds[0]], context)
        if "until" in given:
            until = parse_at(given["until"], f'expires:"{_moment(given["until"])}"', context)
            passing.append(f"-({found} {until})")
        else:
            lasting.append(found)
    one = [f"-{any_of(list(dict.fromkeys(lasting)))}"] if lasting else []
    clauses = (*one, *dict.fromkeys(passing))
    if clauses:
        parse_at(place, " ".join(clauses), context)  # all together may be too long
    return clauses


def with_clauses(
    place: Place, query: Query | None, text: str, clauses: Sequence[str], context: Context
) -> tuple[Query | None, str]:
    """Return a query, and its text, narrowed by clauses; one that it has already is not added."""
    if not clauses:
        return query, text
    node = query.tree if query else None
    known = node.parts if isinstance(node, tree.And) else (node,)
    added = [each for each in clauses if parse_at(place, each, context).tree not in known]
    if not added:
        return query, text
    if query:
        added.insert(0, f"({text})" if isinstance(node, tree.Or) and not _is_group(text) else text)
    whole = " ".join(added)
    return parse_at(place, whole, context), whole


def _is_group(text: str) -> bool:
    """Return whether a query stands in parentheses as a whole."""
    text = text.strip()
    try:
        return text[0] + text[-1] == "()" and bool(parse(text[1:-1]))
    except QueryError:  # as in (a) OR (b)
        return False
