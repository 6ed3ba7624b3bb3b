"""What may stand at a place of a query that is being typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Final, NamedTuple

from workbench.query.offers import HELP, JOINING, SAME, VALUES, Offer, days
from workbench.query.parse import TYPED, WIDE
from workbench.tokens import fold

__all__ = ["MOST", "Completion", "Known", "asks", "complete"]

MOST: Final = 12
"""Most completions at a time: more than that nobody reads."""

_SIGNS: Final = "#@$"
_EACH: Final = 5  # of one kind, where several kinds fit a word
_LEAST: Final = 2  # letters after which a word may be the beginning of a name

_NAMED: Final = ("list", "#", "from", "source", "tier", "kind", "is", "has", "sentiment")
"""What a word may name without its operator being typed."""

Known = Mapping[str, Sequence[Offer]]
"""Values that are known beside the language's own, by operator or sign, the most frequent first."""

# The parser's own tokens, but that a quote need not be closed: it is still being typed.
_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+ | [()])
    | (?P<minus>[-!](?=[^\s)]))
    | (?P<named>[#$@\uff03\uff04\uff20] | [^\W\d][\w-]*:) (?P<value>"[^"]*"? | [^\s()"]*)
    | (?P<phrase>"[^"]*"?(?:~[^\s()"]*)?)
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_PLAIN: Final = re.compile(r'[^\s()"*?,;!~|<>\[\]{}]+')
_COMPARED: Final = re.compile(r"(<=|>=|<|>|=)\S+")


class Completion(NamedTuple):
    """A text that may be put in for what stands between two places.

    Attributes
    ----------
    text : str
        An operator ends in its colon: a value has to follow.
    start, end : int
        Characters from 0, the end excluded.
    help : str
        What it stands for, in a line.
    """

    text: str
    start: int
    end: int
    help: str


class _Typed(NamedTuple):
    """What is being typed: the operator or sign, its value up to the cursor, and what goes."""

    name: str
    value: str
    start: int
    end: int


def complete(text: str, at: int, *, known: Known, today: date) -> list[Completion]:
    """Return what may stand at a place of a query, the likeliest first.

    Parameters
    ----------
    text : str
        As typed so far; it need not be one that can be read.
    at : int
        Where the cursor stands, in characters from 0.
    known : mapping of str to sequence of Offer
        Lists, sources, people and hashtags by ``list``, ``source``, ``from``, ``#`` and the
        like.
    today : date
        In the deck's zone.

    Returns
    -------
    list of Completion
        At most 12; none inside of quotes, and of operators whose values are anybody's guess.

    Examples
    --------
    >>> found = complete("acme lang:dan", 13, known={}, today=date(2026, 11, 22))
    >>> [(each.text, each.start, each.end, each.help) for each in found]
    [('lang:da', 5, 13, 'Danish')]
    """
    typed = _typed(text, at)
    if typed is None:
        return []
    if typed.name:
        told = _values(typed.name, known, today)
        found: Iterable[Completion] = (
            Completion(_written(typed.name, each.value), typed.start, typed.end, each.help)
            for each in told
            if _begins(each, typed.value)
        )
    else:
        found = _of_word(typed, known)
    unlike = (each for each in found if each.text and each.text != text[each.start : each.end])
    return list(islice({each.text: each for each in unlike}.values(), MOST))


def asks(text: str, at: int) -> tuple[str, str]:
    """Return the operator or sign whose value is being typed, and the value up to the cursor.

    A word has no operator: "". Where nothing is typed both are "".

    Examples
    --------
    >>> asks("acme -from:il", 13), asks("nor", 3), asks("acme ", 5)
    (('from', 'il'), ('', 'nor'), ('', ''))
    """
    typed = _typed(text, at)
    return ("", "") if typed is None else (SAME.get(typed.name, typed.name), typed.value)


def _typed(text: str, at: int) -> _Typed | None:
    """Return what is being typed at a place; None where it is nobody's to complete."""
    read = text.translate(TYPED)
    at = max(0, min(at, len(read)))
    for token in _TOKEN.finditer(read):
        start, end = token.span()
        if start >= at:
            break
        if at > end or token.lastgroup is None:
            continue
        if token["phrase"]:
            return None if at < end or not _is_closed(token["phrase"]) else _Typed("", "", at, at)
        if token["named"]:
            return _of_named(token, read, at)
        if token["word"]:
            return _Typed("", read[start:at], start, end)
    return _Typed("", "", at, at)


def _is_closed(phrase: str) -> bool:
    return phrase.count('"') == 2


def _of_named(token: re.Match[str], read: str, at: int) -> _Typed:
    begin = token.start("value")
    if at < begin:  # inside of the operator's own name
        return _Typed("", read[token.start() : at], token.start(), begin)
    name = token["named"].removesuffix(":").lower().translate(WIDE)
    return _Typed(name, read[begin:at].strip('"'), token.start(), token.end())


def _begins(offer: Offer, prefix: str) -> bool:
    """Return whether a value, or a word of its name, begins so."""
    wanted = fold(prefix).lstrip("@#$ ")
    if not wanted or fold(offer.value).startswith(wanted):
        return True
    return any(word.startswith(wanted) for word in fold(offer.name).split())


def _values(name: str, known: Known, today: date) -> Iterator[Offer]:
    """Yield the values of an operator: those that were seen, then the language's own."""
    asked = SAME.get(name, name)
    seen = known.get(asked, ())
    yield from seen
    if asked in {"since", "until"}:
        yield from days(today)
    elif asked == "expires":
        yield from days(today, is_ahead=True)
    told = {fold(offer.value) for offer in seen}
    yield from (offer for offer in VALUES.get(asked, ()) if fold(offer.value) not in told)


def _written(name: str, value: str) -> str:
    """Return an operator with its value, in quotes where it needs them; "" if nothing helps."""
    sign = name if name in _SIGNS else f"{name}:"
    if _PLAIN.fullmatch(value) or (name == "sentiment" and _COMPARED.fullmatch(value)):
        return f"{sign}{value}"
    return "" if set(value.translate(TYPED)) & {'"'} else f'{sign}"{value}"'


def _of_word(typed: _Typed, known: Known) -> Iterator[Completion]:
    """Yield what a word may be the beginning of."""
    prefix = fold(typed.value)

    def put(text: str, said: str) -> Completion:
        return Completion(text, typed.start, typed.end, said)

    operators = (
        put(name if name in _SIGNS else f"{name}:", said)
        for name, said in HELP.items()
        if name.startswith(prefix)
    )
    joining = (
        put(text, said)
        for text, said in JOINING.items()
        if typed.value and text.startswith(typed.value)
    )
    if len(prefix) < _LEAST:
        return chain(joining, operators)
    named = (
        [put(_written(name, offer.value), offer.help or HELP[name]) for offer in offers]
        for name in _NAMED
        if (offers := _beginning((*known.get(name, ()), *VALUES.get(name, ())), prefix))
    )
    return chain(joining, islice(operators, _EACH), *named)


def _beginning(offers: Sequence[Offer], prefix: str) -> list[Offer]:
    return list(islice((offer for offer in offers if _begins(offer, prefix)), _EACH))
