"""What a store has seen: accounts, hashtags and the like, for whoever types a query."""

# ruff: noqa: S608 - what is put into SQL here are names of ours, never a value

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import apsw
import orjson

from workbench.query.marks import mark
from workbench.store.connect import Deadline, fetch
from workbench.store.schema import index_name
from workbench.tokens import fold

__all__ = ["KINDS", "NEWEST", "Seen", "beginning", "lately"]

NEWEST: Final = 5_000
"""How many of the newest items are looked at: a few milliseconds, however many there are."""

KINDS: Final[Mapping[str, str]] = {
    "#": "#",
    "@": "@",
    "$": "$",
    "from": "f:",
    "lang": "l:",
    "form": "o:",
    "ticker": "t:",
    "domain": "d:",
}
"""What can be asked for, by operator or sign of the query language, and its mark in the index."""

_MONTHS: Final = 2
_TERMS: Final = 2_000  # of one beginning, in the order of the alphabet
_NAMES: Final = "author, author_name, lang, form, hashtags, mentions, cashtags, tickers"
_LISTS: Final = ("#", "@", "$", "ticker")
_ESCAPED: Final = "%"


class Seen(NamedTuple):
    """A value as it was written last, the name that it goes by, and in how many items."""

    value: str
    name: str
    n: int


def lately(connection: apsw.Connection, newest: int = NEWEST) -> dict[str, list[Seen]]:
    """Return what the newest items hold, by operator or sign, the most frequent first.

    Ways of writing one value are one; a handle's name is the author's. Domains are not among
    them: :func:`beginning` has them.
    """
    rows = fetch(
        connection,
        f"SELECT {_NAMES} FROM items WHERE deleted IS NULL AND NOT hidden"
        " ORDER BY row DESC LIMIT ?",
        (newest,),
    )
    names: dict[str, str] = {}
    for author, name, *_ in rows:
        if author and name:
            names.setdefault(fold(author), name)
    if not rows:
        return {}
    columns = dict(zip(("from", "", "lang", "form", *_LISTS), zip(*rows, strict=True), strict=True))
    return {
        kind: [
            Seen(value, names.get(key, "") if kind in {"from", "@"} else "", n)
            for key, (value, n) in found
        ]
        for kind, values in columns.items()
        if kind and (found := _counted(values, is_listed=kind in _LISTS))
    }


def _counted(values: Iterable[str | None], *, is_listed: bool) -> list[tuple[str, tuple[str, int]]]:
    """Return values in folded form, each as it was first met and how often, the most first."""
    written: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for text, n in Counter(values).items():
        for value in (orjson.loads(text) if is_listed else (text,)) if text else ():
            key = fold(value)
            counts[key] += n
            written.setdefault(key, value)
    return [(key, (written[key], n)) for key, n in counts.most_common()]


def beginning(
    connection: apsw.Connection, deadline: Deadline, kind: str, prefix: str
) -> dict[str, int]:
    """Return the values of one kind that begin so, in folded form, and in how many items.

    The indexes of the newest months answer, the first 2,000 of a month in the order of the
    alphabet.

    Parameters
    ----------
    connection : apsw.Connection
    deadline : Deadline
    kind : str
        One of :data:`KINDS`.
    prefix : str
        At least a character; how it is written does not matter.
    """
    months = fetch(connection, "SELECT month FROM months ORDER BY month DESC LIMIT ?", (_MONTHS,))
    sign = mark(KINDS[kind], "")
    start = mark(KINDS[kind], fold(prefix))
    found: Counter[str] = Counter()
    for (month,) in months:
        for term, n in _terms(connection, index_name(month), start):
            found[term.removeprefix(sign)] += n
        deadline.check()
    return dict(_whole(kind, found).most_common())


def _terms(connection: apsw.Connection, index: str, start: str) -> list[tuple[str, int]]:
    """Return the terms of an index that begin so, with the number of items that hold each."""
    # A table that shows what is in an index, and goes with the transaction that reads.
    connection.execute(
        f"CREATE VIRTUAL TABLE temp.{index}_terms USING fts5vocab('main', '{index}', 'row')"
    )
    found = fetch(
        connection,
        f"SELECT term, doc FROM temp.{index}_terms WHERE term >= ? AND term < ? LIMIT ?",
        (start, f"{start}\U0010ffff", _TERMS),
    )
    connection.execute(f"DROP TABLE temp.{index}_terms")
    return found


def _whole(kind: str, found: Counter[str]) -> Counter[str]:
    """Return values that can be asked for, without those that are but a part of another."""
    hosted = {value.partition("@")[0] for value in found if "@" in value}
    return Counter(
        {
            value: n
            for value, n in found.items()
            if value
            and _ESCAPED not in value
            and not (kind == "from" and value in hosted)
            and not (kind == "domain" and "." not in value)
        }
    )
