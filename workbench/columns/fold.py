"""Which items of a column are one entry: reposts of one original, and what says the same.

An entry is led by the item that came to the column first; what is folded into it stands behind it
and is counted. Only this is folded: reposts of the same post; the same words, whatever links,
capitals and blanks stand between them; and with other numbers in them if the author is the same.
So nobody's own words disappear behind another's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from workbench.columns.post import item_key
from workbench.columns.words import plain
from workbench.items import Item
from workbench.tokens import fold

__all__ = ["Folds", "Group", "Member", "marks_of", "original_of"]

_FEW: Final = 5
"""Words, and six times as many characters, below which a text is a short one."""
_LONGEST: Final = 4_000  # characters that are looked at closely; what follows counts to the letter
_KEPT: Final = 5_000
_LINK: Final = re.compile(r"\bhttps?://\S+|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*")
_NUMBER: Final = re.compile(r"\d[\d.,:]*")
_WORD: Final = re.compile(r"[^\W\d_]+")

Role = Literal["lead", "original", "repost", "alike"]


class Member(NamedTuple):
    """What is remembered of an item in an entry of several."""

    role: Role
    time: datetime
    name: str


class Group:
    """An entry of several items.

    Attributes
    ----------
    original : str
        Key of what the lead reposts, or its own.
    members : dict of str to Member
        By key, the lead among them.
    forgotten : dict of Role to int
        How many more there are, by what they are.
    """

    __slots__ = ("forgotten", "members", "original")

    def __init__(self, original: str, members: dict[str, Member]) -> None:
        self.original = original
        self.members = members
        self.forgotten: dict[Role, int] = {"repost": 0, "alike": 0}

    @property
    def time(self) -> datetime:
        """When the newest of them was published: it decides where the entry stands."""
        return max(member.time for member in self.members.values())

    @property
    def names(self) -> list[str]:
        """Whose reposts were folded in, the latest first."""
        found = [member for member in self.members.values() if member.role == "repost"]
        return [member.name for member in sorted(found, key=lambda member: member.time)][::-1]

    def count(self, role: Role) -> int:
        """Return how many members are a repost, or say the same."""
        found = sum(member.role == role for member in self.members.values())
        return found + self.forgotten.get(role, 0)

    def keys(self, role: Role) -> list[str]:
        """Return the keys of the members that are a repost, or say the same, the latest first."""
        found = [key for key, member in self.members.items() if member.role == role]
        return sorted(found, key=lambda key: self.members[key].time, reverse=True)


def original_of(item: Item) -> str | None:
    """Return the key of what an item reposts, or None if it is no repost."""
    if item.kind != "repost" or not item.repost_of:
        return None
    return item_key(item.source, item.repost_of)


def marks_of(item: Item) -> tuple[int, ...]:
    """Return numbers of which items that say the same share one.

    The first stands for the words as they are but for links, capitals and blanks. The second, of
    posts with numbers in them, for the author, the words between these and the pictures. A short
    text, of less than five words, says the same only with the same links and media and in answer
    to the same; one without any sign says nothing. Statements, articles and posts are told apart:
    whoever repeats a statement has not issued it.

    Examples
    --------
    >>> from workbench import clock
    >>> known = {"source": "x", "published": clock.EPOCH, "author": "ana"}
    >>> first = Item(id="1", text="Gate 7 closes in 5 minutes, hurry https://a.example/1", **known)
    >>> again = Item(id="2", text="gate 7  closes in 5 minutes, hurry https://b.example/", **known)
    >>> marks_of(first) == marks_of(again)
    True
    """
    text = f"{item.title}\n{item.text}" if item.title else item.text
    said = fold(text[:_LONGEST])
    bare = " ".join(_LINK.sub(" ", said).split())
    rest = text[_LONGEST:]
    is_short = len(bare) < 6 * _FEW
    if is_short and sum(1 for _ in zip(_WORD.finditer(bare), range(_FEW), strict=False)) < _FEW:
        said = " ".join(said.split())
        media = tuple(media.url for media in item.media)
        if not said:
            return ()
        return (hash((item.tier, said, item.links, media, item.reply_to)),)
    first = hash((item.tier, bare, rest))
    masked = _NUMBER.sub("0", bare)
    if masked == bare or not item.author or item.tier != "social" or item.kind == "repost":
        return (first,)
    media = tuple(media.url for media in item.media)
    return first, hash((item.source, item.author, masked, rest, media))


class _Known(NamedTuple):
    """What an item is recognised by."""

    stamp: int
    marks: tuple[int, ...]
    original: str | None


class Folds:
    """The entries of one column.

    Parameters
    ----------
    find : callable
        Returns an item by its key, or None if it is gone.
    is_alike : bool
        Whether what says the same is folded; reposts of one original always are.

    Notes
    -----
    An entry keeps its lead until that is gone or says something else, so that what a reader has
    before them stays what it is. Single items cost a few words of memory each.
    """

    def __init__(self, find: Callable[[str], Item | None], *, is_alike: bool) -> None:
        self._find = find
        self._is_alike = is_alike
        self._known: dict[str, _Known] = {}
        self._leads: dict[str, str] = {}  # of members
        self._absent: dict[str, str] = {}  # leads, by the originals of reposts
        self._by_mark: dict[int, str] = {}
        self._groups: dict[str, Group] = {}
        self._touched: dict[str, bool] = {}
        self._fallen: dict[str, None] = {}

    def lead(self, key: str) -> str | None:
        """Return the lead of the entry in which an item stands, or of which it is the original."""
        if key in self._known:
            return self._leads.get(key, key)
        return self._absent.get(key)

    def group(self, lead: str) -> Group | None:
        """Return what an entry is made of, or None if it is of one item alone."""
        return self._groups.get(lead)

    def settle(self) -> tuple[dict[str, bool], list[str]]:
        """Return what has become of entries since the last call.

        Returns
        -------
        touched : dict of str to bool
            The leads of those that changed, and whether something came to them: what did not
            change its place need not be shown to those who do not have it.
        fallen : list of str
            Keys of items that do not lead an entry any more.
        """
        touched = {key: came for key, came in self._touched.items() if self.lead(key) == key}
        fallen = [key for key in self._fallen if self.lead(key) != key]
        self._touched.clear()
        self._fallen.clear()
        return touched, fallen

    def put(self, item: Item, *, is_quiet: bool = False) -> str:
        """Put an item where it belongs, the first time and whenever it has changed.

        Parameters
        ----------
        item : Item
        is_quiet : bool
            Whether whoever puts it tells by themselves that it came, if it is new.

        Returns
        -------
        str
            The key of its entry's lead.
        """
        key = item_key(item.source, item.id)
        stamp = hash(_words(item))
        known = self._known.get(key)
        if known is not None and known.stamp == stamp:
            return self._leads.get(key, key)
        orphans = self._take_out(key) if known else []
        lead = self._place(key, item, stamp)
        if known or not is_quiet:
            self._touched[lead] = True
        self._place_again(orphans)
        self._forget()
        return lead

    def drop(self, key: str) -> None:
        """Take out an item that is gone; what it led is led by another."""
        if key in self._known:
            self._place_again(self._take_out(key))

    def _place(self, key: str, item: Item, stamp: int) -> str:
        original = original_of(item)
        marks = marks_of(item) if self._is_alike else ()
        lead = self.lead(original) if original else self._absent.get(key)
        if lead is None:
            lead = next((found for mark in marks if (found := self._by_mark.get(mark))), None)
        self._known[key] = _Known(stamp, marks, original)
        if lead is None:
            if original:
                self._absent[original] = key
            for mark in marks:
                self._by_mark.setdefault(mark, key)
            return key
        self._join(lead, key, item, original)
        return lead

    def _join(self, lead: str, key: str, item: Item, original: str | None) -> None:
        group = self._groups.get(lead)
        if group is None:
            first = self._find(lead)
            whose = self._known[lead].original or lead
            member = _member("lead", first or item)
            group = self._groups[lead] = Group(whose, {lead: member})
        role: Role = "alike"
        if key == group.original:
            role = "original"
        elif original == group.original:
            role = "repost"
        group.members[key] = _member(role, item)
        self._leads[key] = lead

    def _take_out(self, key: str) -> list[str]:
        """Forget an item; return those that stood by it, which are forgotten with it."""
        known = self._known.pop(key)
        lead = self._leads.pop(key, None)
        if known.original and self._absent.get(known.original) == key:
            del self._absent[known.original]
        if lead is not None:
            return self._leave(lead, key)
        self._fallen[key] = None
        for mark in known.marks:
            if self._by_mark.get(mark) == key:
                del self._by_mark[mark]
        led = self._groups.pop(key, None)
        return self._part(led, [each for each in led.members if each != key]) if led else []

    def _leave(self, lead: str, key: str) -> list[str]:
        """Take a member out of an entry, with its own reposts."""
        group = self._groups[lead]
        with_it = [each for each in group.members if self._known_as(each) == key and each != lead]
        if key == group.original:  # these are the lead's own as well
            with_it = []
        parted = self._part(group, with_it)
        for each in (key, *parted):
            del group.members[each]
        if len(group.members) == 1 and not any(group.forgotten.values()):
            del self._groups[lead]
        self._touched.setdefault(lead, False)
        return parted

    def _known_as(self, key: str) -> str | None:
        known = self._known.get(key)
        return known.original if known else None

    def _part(self, group: Group, keys: list[str]) -> list[str]:
        """Forget members of an entry; return them, the earliest first."""
        for key in keys:
            del self._known[key], self._leads[key]
        return sorted(keys, key=lambda key: (group.members[key].time, key))

    def _place_again(self, orphans: list[str]) -> None:
        for key in orphans:
            item = self._find(key)
            if item is not None:
                self.put(item)

    def _forget(self) -> None:
        """Keep memory bounded: what came long ago is counted, no longer remembered."""
        for _ in range(3):
            if len(self._known) <= _KEPT:
                return
            oldest = next(iter(self._known))
            lead = self._leads.pop(oldest, None)
            if lead is not None:
                del self._known[oldest]
                group = self._groups[lead]
                role = group.members.pop(oldest).role
                if role in group.forgotten:
                    group.forgotten[role] += 1
            elif oldest in self._groups:
                # As long as others are folded into it, it is still before the readers.
                self._known[oldest] = self._known.pop(oldest)
            else:
                self._take_out(oldest)
                del self._fallen[oldest]


_words = attrgetter(
    *("title", "text", "author", "kind", "tier", "links", "media", "reply_to", "repost_of")
)


def _member(role: Role, item: Item) -> Member:
    name = plain(item.author_name) or plain(item.author) or "Somebody"
    return Member(role, item.time, name)
