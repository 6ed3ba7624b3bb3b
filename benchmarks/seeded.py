"""Invented posts for the benchmarks: the same from the same seed, as many as wanted."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from workbench.items import Item, Media

END = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPAN = timedelta(days=91)
COMMON = "carrier"
"""In one post of ten."""

PHRASES = (
    "profit warning",
    "general meeting",
    "interim results",
    "fare increase",
    "price war",
    "supply chain",
    "safety review",
    "fleet renewal",
    "labour talks",
    "record traffic",
)
"""Two words that stand together in one post of twenty-five each."""

_FUNCTION = "the of and to a in is for on that with as it at by from this be are was we have not or"
_FEELING = (
    "great terrible love hate awful happy sad bad good worst best angry thanks delayed broken "
    "excellent fail wonderful ugly nice trouble safe danger calm fear hope win lost crisis"
)
_FIRST = "b br c d dr f g gl h k l m n p pr r s st t tr v"
_VOWELS = "a e i o u ai ea ou"
_LAST = "n r l s t m nd rt ck x th"
_LANGS = ("en",) * 60 + ("de",) * 10 + ("ja",) * 8 + ("pt",) * 8 + ("es",) * 8 + (None,) * 6


@cache
def words(count: int) -> tuple[str, ...]:
    """Return invented words, the same each time."""
    dice = random.Random(1)
    first, vowels, last = _FIRST.split(), _VOWELS.split(), _LAST.split()
    found: dict[str, None] = {}
    while len(found) < count:
        size = dice.choice((1, 2, 2, 2, 3))
        parts = [dice.choice(first) + dice.choice(vowels) for _ in range(size)]
        found["".join(parts) + dice.choice(last)] = None
    return tuple(found)


def posts(count: int, *, seed: int = 7, start: datetime | None = None) -> Iterator[Item]:
    """Yield posts, oldest first, evenly over three months or, from `start`, one per second."""
    dice = random.Random(seed)
    vocabulary = (*_FUNCTION.split(), *words(40_000))
    weights = list(itertools.accumulate(1 / (rank + 6) for rank in range(len(vocabulary))))
    handles = [f"{word}.social.example" for word in words(4_000)]
    hosts = [f"{word}.example" for word in words(600)[::2]]
    feelings = _FEELING.split()
    tags = words(3_000)[1_000:]
    step = SPAN / count if start is None else timedelta(seconds=1)
    begin = start or END - SPAN
    for n in range(count):
        text = dice.choices(vocabulary, cum_weights=weights, k=dice.randrange(6, 32))
        if dice.random() < 0.1:
            text[dice.randrange(len(text))] = COMMON
        if dice.random() < 0.5:
            text.insert(dice.randrange(len(text)), dice.choice(feelings))
        if dice.random() < 0.4:
            text.insert(dice.randrange(len(text)), dice.choice(PHRASES))
        when = begin + n * step
        author = int(dice.paretovariate(0.7)) % len(handles)
        hashtags = tuple({dice.choice(tags) for _ in range(dice.choice((0, 0, 0, 1, 2)))})
        links: tuple[str, ...] = ()
        if dice.random() < 0.3:
            host = hosts[int(dice.paretovariate(0.8)) % len(hosts)]
            slug = "-".join(dice.choices(vocabulary, k=5))
            links = (f"https://{host}/{when:%Y/%m/%d}/{slug}?id={n}",)
            text.append(f"{host}/{when:%Y/%m}...")  # shortened, as networks show it
        yield Item(
            source="bluesky",
            id=f"at://did:plc:{author:024d}/app.bsky.feed.post/{seed}{n:012d}",
            kind=dice.choice(("post", "post", "post", "reply")),
            published=when,
            published_precision=0.001,
            collected=when + timedelta(seconds=2),
            author=handles[author],
            author_name=handles[author].partition(".")[0].title(),
            author_url=f"https://bsky.example/profile/{handles[author]}",
            text=" ".join((*text, *(f"#{tag}" for tag in hashtags))),
            url=f"https://bsky.example/profile/{handles[author]}/post/{n:012d}",
            lang=dice.choice(_LANGS),
            hashtags=hashtags,
            links=links,
            media=(Media("image", None, "a chart"),) if dice.random() < 0.2 else (),
            likes=int(dice.paretovariate(0.9)) - 1,
            reposts=int(dice.paretovariate(1.1)) - 1,
            replies=int(dice.paretovariate(1.2)) - 1,
        )
