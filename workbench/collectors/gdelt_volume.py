"""How much the world's news sites write of something, as GDELT counts it."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from workbench.clock import EPOCH
from workbench.collectors.asking import asks_of
from workbench.collectors.gdelt_articles import Volume, read_volume
from workbench.collectors.gdelt_passes import APART, HOST, LONGEST, SEARCH, stamp
from workbench.errors import SettingError
from workbench.items import Volume as Counted
from workbench.query import Query, tree

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["ask_volume", "count", "is_countable", "step_of", "text_of"]

_SINGLE: Final = re.compile(r'"[^"]*"|[^\s"()]+')
_FINE: Final = timedelta(hours=72)
_COUNTED: Final = timedelta(hours=71)
_STEP: Final = timedelta(minutes=15)
_MIDDLE: Final = timedelta(days=7)


def step_of(span: timedelta) -> timedelta:
    """Return the step in which a span is counted: a quarter of an hour, an hour, a day.

    Examples
    --------
    >>> step_of(timedelta(days=2)), step_of(timedelta(days=30))
    (datetime.timedelta(seconds=900), datetime.timedelta(days=1))
    """
    if span <= _FINE:
        return timedelta(minutes=15)
    return timedelta(hours=1) if span <= _MIDDLE else timedelta(days=1)


def text_of(query: Query) -> str:
    """Return what GDELT is asked, so that each article is counted once.

    Raises
    ------
    SettingError
        If it cannot be asked for this query in one request.
    """
    texts = [ask.text for ask in asks_of("gdelt", [query])]
    if not texts:
        raise SettingError(
            f"GDELT cannot be asked for {str(query)!r}: it needs a word of three letters or more"
        )
    if len(texts) > 1 and not all(map(_SINGLE.fullmatch, texts)):
        raise SettingError(
            f"GDELT cannot count {str(query)!r} at once: of alternatives each may be one word or "
            "phrase; count them one by one"
        )
    text = texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})"
    if len(text) > LONGEST:
        raise SettingError(f"GDELT takes {LONGEST} characters; {str(query)!r} needs {len(text)}")
    return text


def ask_volume(
    client: Client, text: str, start: datetime, end: datetime, *, stop: threading.Event
) -> list[Volume]:
    """Return how many articles matched in each step, oldest first; nothing found is zero.

    Raises
    ------
    RateLimited
        If it asks us to wait, as a status or in plain text.
    SourceError
        If it fails, or refuses the query.
    """
    client.limits.apart(HOST, APART, stop)
    answer = client.get(
        SEARCH,
        params={
            "query": text,
            "mode": "timelinevolraw",
            "format": "json",
            "startdatetime": stamp(start),
            "enddatetime": stamp(end),
        },
    )
    volumes = sorted(read_volume(answer.content))
    if volumes:
        return volumes
    # It names no steps where there is nothing.
    step = step_of(end - start)
    first = EPOCH - (EPOCH - start) // step * step
    return [Volume(first + n * step, 0, None) for n in range((end - first) // step + 1)]


def is_countable(query: Query) -> bool:
    """Return whether GDELT can count for a query: it is of words and phrases, and nothing else.

    What stands beside them GDELT would not apply, and its count would be of something wider.
    """
    plain = all(isinstance(leaf, tree.Phrase) for leaf in tree.leaves(query.tree))
    if not plain or "NOT" in _signs(query.tree):
        return False
    try:
        text_of(query)
    except SettingError:
        return False
    return True


def _signs(node: tree.Node) -> set[str]:
    if isinstance(node, tree.Not):
        return {"NOT"}
    if isinstance(node, tree.And | tree.Or):
        return set().union(*map(_signs, node.parts))
    return set()


def count(client: Client, query: Query, until: datetime, *, stop: threading.Event) -> list[Counted]:
    """Return what GDELT counted for a query in each quarter of an hour of the last three days.

    Parameters
    ----------
    client : Client
    query : Query
        One that is countable.
    until : datetime
        To when all is counted.
    stop : threading.Event

    Raises
    ------
    SourceError
        As :func:`ask_volume` does.
    """
    text, start = text_of(query), until - _COUNTED
    return [
        Counted("gdelt", str(query), each.time, each.time + _STEP, each.n)
        for each in ask_volume(client, text, start, until, stop=stop)
        if start <= each.time <= until - _STEP
    ]
