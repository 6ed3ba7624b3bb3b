"""Hashtags, mentions, cashtags and links, drawn from plain text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Entities", "extract"]

_LINK: Final = re.compile(r"\bhttps?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
_TAG: Final = re.compile(
    r"(?<![\w&#＃/])[#＃]([^\W_](?:\w|[\u0300-\u036f\u0900-\u0dff\u0e31-\u0e4e])*)"
)
_MENTION: Final = re.compile(
    r"(?<![\w@./-])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
    r"(?:@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+)?)"
)
_CASH: Final = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?![\w$])")
_TAIL: Final = ".,;:!?…'\")]}»”’*_~"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


class Entities(NamedTuple):
    """What a text names, without signs, in order, each once."""

    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    cashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def _trim(link: str) -> str:
    """Drop punctuation that belongs to the sentence, but keep a bracket that was opened."""
    # Counted once: a link of brackets alone must not take quadratic time.
    surplus = {sign: link.count(sign) - link.count(opening) for sign, opening in _PAIRS.items()}
    end = len(link)
    while end and (sign := link[end - 1]) in _TAIL:
        if sign in surplus:
            if surplus[sign] <= 0:
                break
            surplus[sign] -= 1
        end -= 1
    return link[:end]


def extract(text: str) -> Entities:
    """Return the hashtags, mentions, cashtags and links of a plain text.

    A hashtag holds at least one letter, begins at no word's inside and ends at
    punctuation; a mention may carry a host (``@ana@example.social``); a cashtag is one to
    six letters, with a class after a point at most (``$BRK.B``); a link is http or https.
    Nothing inside a link counts as anything else.

    Examples
    --------
    >>> extract("#Mars with @nasa, $RKLB and https://example.com/a_(b).")
    Entities(hashtags=('Mars',), mentions=('nasa',), cashtags=('RKLB',), \
links=('https://example.com/a_(b)',))
    >>> extract("")
    Entities(hashtags=(), mentions=(), cashtags=(), links=())
    """
    links: tuple[str, ...] = ()
    if "://" in text:
        found = [_trim(link) for link in _LINK.findall(text)]
        links = tuple(dict.fromkeys(link for link in found if link.partition("://")[2]))
        text = _LINK.sub(" ", text)
    hashtags: tuple[str, ...] = ()
    if "#" in text or "＃" in text:
        tags = (tag for tag in _TAG.findall(text) if not tag.replace("_", "").isdigit())
        hashtags = tuple(dict.fromkeys(tags))
    mentions = tuple(dict.fromkeys(_MENTION.findall(text))) if "@" in text else ()
    cashtags = tuple(dict.fromkeys(_CASH.findall(text))) if "$" in text else ()
    return Entities(hashtags, mentions, cashtags, links)
