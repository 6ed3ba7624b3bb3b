"""What a workspace is to be about: checked, and read from what somebody typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workbench.errors import SettingError
from workbench.tokens import tokenize

__all__ = ["MOST", "ROLES", "SAID", "Wish", "key_of", "said", "split_names", "split_tags", "tag_of"]

ROLES: Final[Mapping[str, str]] = {
    "ceo": "the company, its rivals, the industry, what is unusual, the mood",
    "cfo": "results and money, rivals' numbers, releases, what is unusual, the mood",
    "cmo": "complaints, praise, what travels far, hashtags, rivals, the mood",
    "cto": "outages and security, launches and releases, what developers say, rivals, trends",
    "coo": "disruption in the industry, complaints about service, rivals, releases, the mood",
    "chro": "what it is like to work there, hiring and layoffs, who comes and goes, the mood",
    "counsel": "lawsuits and regulators, data and privacy, recalls, rivals' cases, releases",
    "strategy": "each rival by itself, deals and launches, the industry over a whole day",
}
"""The roles that a deck can be written for, and what it then shows."""
SAID: Final[Mapping[str, str]] = {
    "ceo": "CEO",
    "cfo": "CFO",
    "cmo": "CMO",
    "cto": "CTO",
    "coo": "COO",
    "chro": "CHRO",
    "counsel": "General Counsel",
    "strategy": "strategist",
}
"""What each role is called."""
MOST: Final = 20
"""Rivals, hashtags, feeds that one deck may follow."""

_LONGEST: Final = 80
# What stands behind a company's name in a register, and seldom in a post.
_FORMS: Final = """
ab ag asa bv co corp corporation gmbh group holding holdings inc incorporated kg limited
llc ltd nv oy oyj plc pte pty sa sarl sas se spa srl
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a workspace is to be about.

    Parameters
    ----------
    company : str
    role : str
        One of :data:`ROLES`.
    rivals : tuple of str
        Other companies.
    hashtags : tuple of str
        With or without #.
    feeds, wires : tuple of str
        Addresses of feeds: of news sites, and of newswires.
    instance : str
        The Mastodon server whose timelines are read.
    zone : str
        Time zone of the page.

    Raises
    ------
    SettingError
        If one of them cannot be; it names which and what would do.
    """

    company: str
    role: str = "ceo"
    rivals: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    wires: tuple[str, ...] = ()
    instance: str = "mastodon.social"
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise SettingError(f"role {self.role!r} is not one of {', '.join(ROLES)}")
        put = object.__setattr__
        put(self, "company", _name("company", self.company))
        rivals = (_name("rivals", each) for each in self.rivals)
        known = {key_of(self.company)}
        put(self, "rivals", tuple(each for each in rivals if _is_new(key_of(each), known)))
        tags = (_tag(each) for each in self.hashtags)
        seen: set[str] = set()
        put(self, "hashtags", tuple(each for each in tags if _is_new(each.casefold(), seen)))
        for name in ("rivals", "hashtags", "feeds", "wires"):
            if len(getattr(self, name)) > MOST:
                raise SettingError(f"{name}: more than {MOST}, too many for one deck to read")


def split_names(text: str) -> tuple[str, ...]:
    """Return companies from a list with commas; a legal form stays with its name.

    Examples
    --------
    >>> split_names("Globex, Initech, Inc., Hooli")
    ('Globex', 'Initech, Inc.', 'Hooli')
    """
    found: list[str] = []
    for part in (each.strip() for each in re.split(r"[,;\n]", text)):
        if found and _is_form(part):
            found[-1] += f", {part}"
        elif part:
            found.append(part)
    return tuple(found)


def split_tags(text: str) -> tuple[str, ...]:
    """Return hashtags from a list with commas or blanks.

    Examples
    --------
    >>> split_tags("#batteries, lithium #EV")
    ('#batteries', 'lithium', '#EV')
    """
    return tuple(re.split(r"[\s,;]+", text.strip(" \t\n,;"))) if text.strip(" \t\n,;") else ()


def _words(text: str) -> list[str]:
    """Return the words of a text as the tokeniser sees them, in their own spelling."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        char if unicodedata.category(char)[0] in "LNM" else " " for char in plain
    ).split()


def _lower(text: str) -> list[str]:
    return [word.casefold() for word in _words(text)]


def _name(what: str, text: str) -> str:
    """Return a name on one line, without what steers a terminal or breaks a file."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    name = " ".join(printable.split())
    if not tokenize(name):
        raise SettingError(f"{what}: {text!r} has no letters or digits to look for")
    if len(name) > _LONGEST:
        raise SettingError(f"{what}: {name[:20]!r}… is longer than {_LONGEST} characters")
    return name


def _tag(text: str) -> str:
    tag = unicodedata.normalize("NFKC", text).strip().lstrip("#")
    if not re.fullmatch(r"\w{1,80}", tag) or tag.isdigit():
        raise SettingError(
            f"hashtags: {text!r} is no hashtag; write letters and digits in one word, such as "
            "#batteries"
        )
    return tag


def key_of(name: str) -> str:
    """Return what two names have in common that are one."""
    return " ".join(_lower(name))


def _is_new(key: str, known: set[str]) -> bool:
    if key in known:
        return False
    known.add(key)
    return True


def _is_form(text: str) -> bool:
    """Return whether this is a legal form alone: Inc., S.A., Co. KG."""
    forms, words = set(_FORMS.split()), _lower(text)
    return bool(words) and (set(words) <= forms or "".join(words) in forms)


def said(name: str) -> str:
    """Return the words of a name that people write: without its legal form, if more is left."""
    words = _words(name)
    for end in range(1, len(words)):
        if _is_form(" ".join(words[end:])):
            return " ".join(words[:end])
    return " ".join(words)


def tag_of(name: str) -> str:
    """Return a name as a hashtag that every network takes; nothing if there is none."""
    tag = said(name).replace(" ", "")
    return tag if re.fullmatch(r"\w{1,80}", tag) and not tag.isdigit() else ""
