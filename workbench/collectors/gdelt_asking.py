"""How what GDELT is asked for fits into few requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from workbench.clock import EPOCH
from workbench.collectors.asking import Ask

__all__ = ["fewest", "pack"]

_SINGLE: Final = re.compile(r'"[^"]*"|[^\s"()]+')


def fewest(asks: Sequence[Ask]) -> tuple[Ask, ...]:
    """Return what is to be asked for once what others bring anyway is left out.

    Who finds ``acme`` finds ``acme profit``: the queries of the one then need the other.

    Examples
    --------
    >>> fewest([Ask("acme profit", ("a b",)), Ask("acme", ("a",)), Ask("globex", ("c",))])
    (Ask(text='acme', queries=('a', 'a b')), Ask(text='globex', queries=('c',)))
    """
    terms = {ask.text: frozenset(_SINGLE.findall(ask.text)) for ask in asks}
    needing: dict[str, dict[str, None]] = {
        ask.text: dict.fromkeys(ask.queries or ())
        for ask in asks
        if not any(other < terms[ask.text] for other in terms.values())
    }
    for ask in asks:
        if ask.text not in needing:
            wider = next(text for text in needing if terms[text] < terms[ask.text])
            needing[wider] |= dict.fromkeys(ask.queries or ())
    return tuple(Ask(text, tuple(queries)) for text, queries in needing.items())


def pack(
    since: Mapping[str, datetime | None], longest: int
) -> Iterator[tuple[list[str], datetime | None]]:
    """Yield texts that can be asked for at once, new ones and the longest waiting first.

    Single words and phrases go together, as alternatives: more than that the search does not
    understand in parentheses.

    Parameters
    ----------
    since : Mapping
        Until when each text's articles are here already; None if it is new.
    longest : int
        Most characters of a request's query.

    Examples
    --------
    >>> list(pack({"acme": None, '"north wind"': None, "acme globex": None}, 40))
    [(['acme', '"north wind"'], None), (['acme globex'], None)]
    """
    groups: dict[datetime | None, list[str]] = {}
    for text, when in since.items():
        groups.setdefault(when, []).append(text)
    for when in sorted(groups, key=lambda when: when or EPOCH):
        held: list[str] = []
        others: list[str] = []
        for text in groups[when]:
            if not _SINGLE.fullmatch(text):
                others.append(text)
            elif held and len(" OR ".join([*held, text])) + 2 > longest:
                yield held, when
                held = [text]
            else:
                held.append(text)
        if held:
            yield held, when
        yield from (([text], when) for text in others)
