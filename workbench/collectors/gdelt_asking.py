"""How what GDELT is asked for fits into few requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from workbench.clock import EPOCH

__all__ = ["pack"]

_SINGLE: Final = re.compile(r'"[^"]*"|[^\s"()]+')


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
