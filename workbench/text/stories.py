"""Which items tell the same story: one pass over a stream, in a window of the newest items."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

from workbench.errors import SettingError
from workbench.items import Item
from workbench.text.beginnings import strays
from workbench.text.features import Traits, traits_of
from workbench.text.likeness import TRIED, Said, Stream
from workbench.text.tales import Key, Tale
from workbench.tokens import written

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Merged", "Split", "Teller", "cluster"]

_ANSWERS: Final = 8.0  # how much more likely an answer tells what its parent does
_IDLE: Final = 24 * 3_600.0  # seconds after which only answers and copies go on with a story
_ONE: Final = 0.3  # what two stories must have in common beyond what an item must,
_AFTER: Final = 0.7  # what more if the smaller one was over before the larger one began,
_EARLIER: Final = 1.0  # and for each hour by which the smaller one was over before
_AGAIN: Final = frozenset(int(6 * 1.6**step) for step in range(24))
_GROWN: Final = 15  # items from which on a story is sure of what it says
_SURE: Final = frozenset(int(_GROWN * 1.6**step) for step in range(23))
_TITLE: Final = 1.5  # what a title alone must say beyond what an item must
_NAMED: Final = 20  # of a story's items, one that names a firm
_MANY: Final = 10_000  # items from which on it pays to load what is compiled
_READ: Final = (
    *("source", "id", "kind", "tier", "published", "collected", "author", "title", "text", "url"),
    *("lang", "hashtags", "mentions", "cashtags", "tickers", "links"),
    *("reply_to", "reply_to_author", "repost_of", "quote_of"),
)
_HEADED: Final = ("wire", "news")
_ANY: Final = ("", "")
_NONE: Final = (None, None, None)
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


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


class Teller:
    """Gives each item of a stream the id of its story, in one pass.

    A repost belongs to the story of what it repeats. An answer or a quote belongs to its
    parent's, unless its own words say clearly that it tells another. Everything else is held
    against the stories that share its rarest words, as :class:`~workbench.text.likeness.Stream`
    does it, and joins the likeliest one, or founds its own; a title alone may tell the story of
    the hour. A firm's release tells no story of another firm's releases in which hardly anything
    names it. Where an item could tell either of two stories, these are held against each other,
    and made one if they tell the same; and a story that has grown looks back once more at what
    stood alone. A story's id is made of the key of the item that founded it, and stays as the
    story grows; of two that become one the larger one's stays. The work per item does not grow
    with the stream.

    Parameters
    ----------
    window : int
        How many of the newest items stories are looked for in.
    is_compiled : bool
        Whether compiled functions count and reckon, where the extra ``fast`` is installed. They
        tell the same in half of the time, once they have been loaded, in about a second, or
        compiled, once on a machine: it pays from some thousands of items on.

    Raises
    ------
    SettingError
        If the window is no positive number.

    Examples
    --------
    >>> teller = Teller()
    >>> post = Item(source="a", id="1", text="Acme stops its mill at Ham", published=_NEVER)
    >>> story = teller.add(post)
    >>> answer = Item(source="a", id="2", text="Why?", published=_NEVER, reply_to="1")
    >>> teller.add(answer) == story
    True
    """

    def __init__(self, *, window: int = 20_000, is_compiled: bool = False) -> None:
        if window < 1:
            raise SettingError(f"window={window!r} must be at least 1 item")
        self._stream = _stream(window, is_compiled=is_compiled)
        self._changes: list[Merged | Split] = []

    def add(self, item: Item) -> str | None:
        """Return the id of the story that an item tells; None if it says nothing.

        Items are given in the order in which they come, each once.
        """
        traits = traits_of(item)
        targets = _targets(item)
        stream, bucket = self._stream, _bucket(item)
        parent = stream.find(targets)
        if not traits.features and parent is None:
            return None
        now = item.time.timestamp()
        features = stream.features(traits)
        tale, rival, firm = parent, None, _firm(item, traits)
        if parent is None or item.repost_of is None:
            said = stream.read(features, traits, bucket)
            tale, rival = self._choose(item, said, parent, firm=firm, now=now)
            if tale is None and item.title and item.text and item.tier in _HEADED:
                tale = self._by_title(item, now)
        tale = tale or Tale(_name(item.key))
        stream.enter(item.key, tale, features, bucket=bucket, targets=targets, time=now)
        _sign(tale, item, firm)
        first = tale.first
        if rival is not None:
            tale = self._try(tale, rival, item.time)
        if tale.n in _AGAIN:
            tale = self._look_back(tale, item.time)
        if tale.n in _SURE or (tale.first < first and tale.n >= _GROWN):
            self._let_go(tale, item.time)
        return (stream.find((item.key,)) or tale).id

    def seed(self, items: Iterable[Item]) -> None:
        """Go on where an earlier teller left off.

        Parameters
        ----------
        items : iterable of Item
            Those that were told last, with their stories, oldest first; as many as the window
            is long. Those without a story are passed over.
        """
        tales: dict[str, Tale] = {}
        for item in items:
            if item.story is None:
                continue
            tale = tales.get(item.story)
            if tale is None:
                tale = next(iter(self._stream.known(item.story)), None) or Tale(item.story)
                tales[item.story] = tale
            traits = traits_of(item)
            self._stream.enter(
                item.key,
                tale,
                self._stream.features(traits),
                bucket=_bucket(item),
                targets=_targets(item),
                time=item.time.timestamp(),
            )
            _sign(tale, item, _firm(item, traits))

    def changes(self) -> list[Merged | Split]:
        """Return the stories that became one or two since this was last asked, in order."""
        told, self._changes = self._changes, []
        return told

    def _choose(
        self, item: Item, said: Said, parent: Tale | None, *, firm: int | None, now: float
    ) -> tuple[Tale | None, Tale | None]:
        """Return the story that an item tells, if any, and the next that it may tell."""
        stream = self._stream
        tried = [
            tale
            for tale in stream.nearest(said, TRIED)
            if tale is not parent and now - tale.last <= _IDLE
        ]
        if firm is not None:
            tried = _of_firm(firm, tried, stream)
        if parent is not None:
            tried.append(parent)
        scored = [
            (score + _ANSWERS if tale is parent else score, tale.id, tale)
            for score, tale in zip(stream.scores(said, tried), tried, strict=True)
        ]
        scored.sort(key=lambda each: (-each[0], each[1]))
        bar = stream.bar()
        if not scored or (scored[0][0] <= bar and scored[0][2] is not parent):
            return parent, None
        rival = scored[1][2] if len(scored) > 1 and scored[1][0] > bar else None
        return scored[0][2], rival if item.reply_to is None else None

    def _by_title(self, item: Item, now: float) -> Tale | None:
        """Return the story of the hour that an item's title tells, if any.

        What follows a title says much beside: who a firm is, how it came to this.
        """
        stream = self._stream
        head = Item(source="", id="", title=item.title, text="", published=item.published)
        traits = traits_of(head)
        said = stream.read(stream.features(traits), traits, _ANY)
        tried = [
            tale
            for tale in stream.nearest(said, TRIED)
            if now - tale.last <= _IDLE and tale.n >= _GROWN and tale.newest * 2 >= tale.n
        ]
        if (firm := _firm(item, traits)) is not None:
            tried = _of_firm(firm, tried, stream)
        scored = [
            (score, tale.id, tale)
            for score, tale in zip(stream.scores(said, tried), tried, strict=True)
        ]
        best = max(scored, default=None)
        return best[2] if best and best[0] > stream.bar() + _TITLE else None

    def _try(self, one: Tale, other: Tale, time: datetime) -> Tale:
        """Make one story of two if they tell the same; return the first one's."""
        if one is other:
            return one
        big, small = sorted((one, other), key=lambda tale: (-tale.n, tale.first, tale.id))
        before = big.first - small.last
        if not small.n:  # all of it has just left the window
            return one
        if small.is_let_go or max(before, small.first - big.last) > _IDLE:
            return one
        need = self._stream.bar() + _ONE
        if before > 0:
            need += _AFTER + _EARLIER * before / 3_600
        if self._stream.alike(big, small) <= need or not _may_be_one(big, small, self._stream):
            return one
        self._stream.merge(big, small)
        self._changes.append(Merged(small.id, big.id, time))
        return big

    def _look_back(self, tale: Tale, time: datetime) -> Tale:
        """Let a story that has grown take in what stood alone when it was small."""
        near = self._stream.around(tale, features=16, tales=40)
        for small in sorted(near, key=lambda each: (-near[each], each.id))[:20]:
            if small.into is None:
                tale = self._try(tale, small, time)
        return tale

    def _let_go(self, tale: Tale, time: datetime) -> None:
        """Let what stands at a story's beginning by mistake be stories of their own."""
        for apart in strays(self._stream, tale):
            name = _name((*apart[0].key, tale.id))
            self._stream.part(apart, name)
            keys = tuple(kept.key for kept in apart)
            self._changes.append(Split(tale.id, name, keys, time))


def _firm(item: Item, traits: Traits) -> int | None:
    """Return what names the firm whose release an item is: the word with which it begins."""
    if item.kind != "release" or not item.title:
        return None
    return next(
        (key for key in map(crc32, written(item.title)[:1]) if key in traits.features), None
    )


def _sign(tale: Tale, item: Item, firm: int | None) -> None:
    """Note whose release an item is that a story has just taken in."""
    if firm is not None:
        next(kept for kept in reversed(tale.held) if kept.key == item.key).by = firm


def _firms(tale: Tale) -> set[int]:
    return {kept.by for kept in tale.members() if kept.by is not None}


def _names(tale: Tale, firms: set[int], stream: Stream) -> bool:
    return any(stream.held(tale, firm) * _NAMED >= tale.n for firm in firms)


def _may_be_one(one: Tale, other: Tale, stream: Stream) -> bool:
    """Return whether two stories hold one firm's releases, or one names a firm of the other's."""
    firms, others = _firms(one), _firms(other)
    if not firms or not others:
        return True
    return _names(one, others, stream) or _names(other, firms, stream)


def _of_firm(firm: int, tales: Iterable[Tale], stream: Stream) -> list[Tale]:
    """Return the stories that a firm's release may tell.

    Not those that hold another firm's release, and in which hardly anything names this one.
    """
    return [tale for tale in tales if _names(tale, {firm}, stream) or not _firms(tale)]


def _stream(window: int, *, is_compiled: bool) -> Stream:
    if is_compiled:
        try:
            from workbench.text.compiled import CompiledStream
        except ImportError:  # without the extra, or with one that does not fit this NumPy
            return Stream(window)
        return CompiledStream(window)
    return Stream(window)


def _targets(item: Item) -> tuple[Key, ...]:
    """Return what an item repeats, answers or quotes."""
    others = (item.repost_of, item.reply_to, item.quote_of)
    if others == _NONE:
        return ()
    return tuple((item.source, other) for other in others if other is not None)


def _bucket(item: Item) -> tuple[str, str]:
    return (item.lang or "").partition("-")[0].lower(), item.tier


def _name(key: tuple[str, ...]) -> str:
    written = "\x00".join(key).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=9).hexdigest()


def cluster(frame: pd.DataFrame, *, window: int = 20_000) -> pd.Series:
    """Give each item of a frame the id of its story.

    Items are gone through in the order of their time, whatever the frame's; those of one
    moment in the order of their keys. Of 10,000 and more the extra ``fast`` finds the same
    stories in half of the time.

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
    teller = Teller(window=window, is_compiled=len(items) >= _MANY)
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
