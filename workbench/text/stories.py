"""Which items tell the same story: one pass over a stream, in a window of the newest items."""

from __future__ import annotations

import hashlib
import math
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from workbench.errors import SettingError
from workbench.items import Item
from workbench.text.features import Traits, traits_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Merged", "Split", "Teller", "cluster"]

Key = tuple[str, str]

_READ: Final = (
    *("source", "id", "kind", "tier", "published", "collected", "author", "title", "text", "url"),
    *("hashtags", "mentions", "cashtags", "tickers", "links"),
    *("reply_to", "reply_to_author", "repost_of", "quote_of"),
)
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LOOKED: Final = 40  # stories looked at behind one feature
_TRIED: Final = 6  # stories of which an item's likeness is reckoned out


class Merged(NamedTuple):
    """A story that turned out to be another one's: all of its items are now `into`'s."""

    story: str
    into: str
    time: datetime


class Split(NamedTuple):
    """Items of a story that turned out to tell another one, which is new."""

    story: str
    into: str
    keys: tuple[Key, ...]
    time: datetime


class _Cluster:
    """The items of one story that are still in the window."""

    __slots__ = ("counts", "id", "last", "n", "order", "recent")

    def __init__(self, story: str, order: int) -> None:
        self.id = story
        self.order = order
        self.n = 0
        self.recent = 0
        self.counts: dict[int, int] = {}
        self.last = 0.0


class _Kept(NamedTuple):
    key: Key
    cluster: _Cluster
    features: tuple[int, ...]


class Teller:
    """Gives each item of a stream the id of its story, in one pass.

    A story's id is made of the key of the item that founded it, and stays as the story grows.

    Parameters
    ----------
    window : int
        How many of the newest items stories are looked for in.
    """

    BONUS = 8.0
    THETA = 2.0
    LAM = 0.8
    RECENT = 1_000
    PRIOR = 1.0
    HALF = 60.0
    NMU = 1.0
    IDLE = 48.0
    BASE = 500

    def __init__(self, *, window: int = 20_000) -> None:
        if window < 1:
            raise SettingError(f"window={window!r} must be at least 1 item")
        self._window = window
        self._kept: deque[_Kept] = deque()
        self._recent: deque[_Cluster] = deque()
        self._by_key: dict[Key, _Cluster] = {}
        self._same: dict[int, _Cluster] = {}
        self._df: dict[int, int] = {}
        self._posts: dict[int, dict[_Cluster, None]] = {}
        self._changes: list[Merged | Split] = []
        self._number = 0

    def add(self, item: Item) -> str | None:
        """Return the id of the story that an item tells; None if it says nothing.

        Items are given in the order in which they come; each once.
        """
        traits = traits_of(item)
        parent = self._parent(item)
        if not traits.features and parent is None:
            return None
        now = item.time.timestamp()
        found = self._choose(item, traits, parent, now)
        if found is None:
            found = _Cluster(_name(item.key), self._number)
        self._enter(item.key, found, traits.features, now)
        return found.id

    def seed(self, items: Iterable[Item]) -> None:
        """Go on where an earlier teller left off.

        Parameters
        ----------
        items : iterable of Item
            Those that were told last, with their stories, oldest first; as many as the window
            is long. Without a story they are passed over.
        """
        clusters: dict[str, _Cluster] = {c.id: c for c in self._by_key.values()}
        for item in items:
            if item.story is not None:
                found = clusters.get(item.story)
                if found is None:
                    found = clusters[item.story] = _Cluster(item.story, self._number)
                self._enter(item.key, found, traits_of(item).features, item.time.timestamp())

    def changes(self) -> list[Merged | Split]:
        """Return the stories that became one or two since this was last asked, in order."""
        told, self._changes = self._changes, []
        return told

    def _parent(self, item: Item) -> _Cluster | None:
        for other in (item.repost_of, item.reply_to, item.quote_of):
            if other is not None and (found := self._by_key.get((item.source, other))):
                return found
        return None

    def _choose(  # noqa: C901 - one pass
        self, item: Item, traits: Traits, parent: _Cluster | None, now: float
    ) -> _Cluster | None:
        if parent is not None and item.repost_of is not None:
            return parent
        df, posts = self._df, self._posts
        n = len(self._kept) or 1
        votes: dict[_Cluster, float] = {}
        weights = []
        for f, w in zip(traits.features, traits.weights, strict=True):
            seen = df.get(f, 0)
            weights.append((f, seen, w))
            if not seen or seen * 10 > n > 100:
                pass
            if not seen:
                continue
            value = w * math.log(1 + n / seen)
            for cluster in islice(reversed(posts[f]), _LOOKED):
                votes[cluster] = votes.get(cluster, 0.0) + value * math.sqrt(
                    cluster.counts[f] / cluster.n
                )
        tried = sorted(votes, key=lambda c: (-votes[c] - 3 * math.log(c.recent + 1), c.order))[
            :_TRIED
        ]
        if parent is not None and parent not in tried:
            tried.append(parent)
        best, top = None, -math.inf
        recent = len(self._recent) or 1
        size = sum(traits.weights)
        temper = self.HALF / (self.HALF + size)
        for c in tried:
            if c is not parent and now - c.last > self.IDLE * 3600:
                continue
            lam = self.LAM * c.n / (c.n + self.NMU)
            total = 0.0
            scale = lam * (n + self.BASE) / c.n
            get = c.counts.get
            for f, seen, w in weights:
                k = get(f)
                if k:
                    total += w * math.log(1 - lam + scale * k / (seen + 1))
                else:
                    total += w * math.log(1 - lam)
            share = 0.5 * c.recent / max(recent, self.BASE) + 0.5 * c.n / max(n, self.BASE)
            score = total * temper + self.PRIOR * math.log(share)
            if c is parent:
                score += self.BONUS
            if score > top:
                best, top = c, score
        if best is None:
            return None
        if best is parent:
            return best
        return best if top > self.THETA else None

    def _enter(self, key: Key, c: _Cluster, features: tuple[int, ...], now: float) -> None:
        self._number += 1
        c.n += 1
        c.recent += 1
        c.last = max(c.last, now)
        counts = c.counts
        df, posts = self._df, self._posts
        for f in features:
            counts[f] = counts.get(f, 0) + 1
            df[f] = df.get(f, 0) + 1
            p = posts.get(f)
            if p is None:
                posts[f] = {c: None}
            else:
                p.pop(c, None)
                p[c] = None
        self._by_key[key] = c
        self._kept.append(_Kept(key, c, features))
        self._recent.append(c)
        if len(self._recent) > self.RECENT:
            self._recent.popleft().recent -= 1
        if len(self._kept) > self._window:
            self._leave(self._kept.popleft())

    def _leave(self, kept: _Kept) -> None:
        c = kept.cluster
        c.n -= 1
        df, posts, counts = self._df, self._posts, c.counts
        for f in kept.features:
            left = df[f] - 1
            if left:
                df[f] = left
            else:
                del df[f]
            left = counts[f] - 1
            if left:
                counts[f] = left
            else:
                del counts[f]
                p = posts[f]
                del p[c]
                if not p:
                    del posts[f]
        if self._by_key.get(kept.key) is c:
            del self._by_key[kept.key]


def _name(key: Key) -> str:
    return hashlib.blake2b(
        "\x00".join(key).encode("utf-8", "surrogatepass"), digest_size=9
    ).hexdigest()


def cluster(frame: pd.DataFrame, *, window: int = 20_000) -> pd.Series:
    """Give each item of a frame the id of its story.

    Items are gone through in the order of their time, whatever the frame's; those of one
    moment in the order of their keys.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per item, with the fields of an item that are known; `text` is needed. Without
        `source` and `id` the rows are named by their number, without `published` they are
        taken in their order.
    window : int
        How many of the newest items stories are looked for in.

    Returns
    -------
    pandas.Series
        Story ids (str) under the frame's index, in its order; null where an item says
        nothing. Empty for an empty frame.

    Raises
    ------
    SettingError
        If the frame has no texts, or the window is no positive number.
    """
    import pandas as pd

    items = _items(frame)
    teller = Teller(window=window)
    ids: dict[Key, str | None] = {}
    order = sorted(range(len(items)), key=lambda n: (items[n].time, items[n].key))
    for place in order:
        ids[items[place].key] = teller.add(items[place])
    for change in teller.changes():
        if isinstance(change, Split):
            ids.update(dict.fromkeys(change.keys, change.into))
        else:
            for key, story in ids.items():
                if story == change.story:
                    ids[key] = change.into
    return pd.Series(
        [ids[item.key] for item in items], index=frame.index, dtype="str", name="story"
    )


def _items(frame: pd.DataFrame) -> list[Item]:
    """Return the rows of a frame as items."""
    import numpy as np
    import pandas as pd

    if "text" not in frame:
        raise SettingError("stories are found in texts; the frame has no field text")
    known = [name for name in _READ if name in frame]
    columns = [frame[name] for name in known]
    rows: list[Item] = []
    for number, values in enumerate(zip(*columns, strict=True)):
        fields: dict[str, Any] = {
            "source": "",
            "id": f"{number:012}",
            "text": "",
            "published": _NEVER,
        }
        for name, value in zip(known, values, strict=True):
            if isinstance(value, (list, tuple, np.ndarray)):
                fields[name] = tuple(value)
            elif not pd.isna(value):
                fields[name] = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        rows.append(Item(**fields))
    return rows
