"""The decks beside the one that is edited: those there are, and new ones from a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workbench import decks
from workbench.decks import Draft, kept
from workbench.decks.places import place_for
from workbench.decks.writing import entry
from workbench.errors import DeckError, SettingError
from workbench.widgets.desk import Desk, desk_of, desk_with, unsaved
from workbench.widgets.message import text, wrong
from workbench.workspace import ROLES, SAID, Wish, deck_text, split_names, split_tags

__all__ = ["TEMPLATES", "new", "opened", "tabs"]

_READ: Final = 16 * 1024  # bytes of a deck in which its title is looked for
_TITLE: Final = re.compile(r"^title:[ \t]*(.+?)[ \t]*(?:[ \t]#.*)?$", re.MULTILINE)

TEMPLATES: Final[list[dict[str, Any]]] = [
    {
        "name": "blank",
        "title": "An empty deck",
        "help": "The sources of this deck, and one column to begin with.",
        "asks": [],
    },
    {
        "name": "copy",
        "title": "A copy of this deck",
        "help": "All of its columns, sources and lists, to change.",
        "asks": [],
    },
    *(
        {
            "name": role,
            "title": f"For the {SAID[role]}",
            "help": f"{shows[0].upper()}{shows[1:]}.",
            "asks": ["company", "rivals", "hashtags"],
        }
        for role, shows in ROLES.items()
    ),
]
"""What a new deck can begin as, and what has to be said for it besides its name."""


def tabs(draft: Draft, seen: Mapping[str, Path]) -> list[dict[str, str]]:
    """Return name and title of each deck there is, by name.

    Parameters
    ----------
    draft : Draft
        The one that is edited, which may have no file yet.
    seen : mapping of str to Path
        Files of decks that were shown before, wherever they lie.
    """
    found = {name: _title(path) for name, path in seen.items()}
    found |= {name: name for name in kept.begun()}
    found |= {name: _title(decks.find(name)) for name in decks.names()}
    found |= {each.name: each.deck.title for each in (*unsaved(), draft)}
    return [{"name": name, "title": title} for name, title in sorted(found.items())]


def _title(path: Path) -> str:
    """Return a deck's title without reading all of it; its name if it cannot be had so."""
    try:
        with path.open("rb") as stream:
            found = _TITLE.search(stream.read(_READ).decode(errors="ignore"))
    except OSError:
        return path.stem
    return found[1].strip("\"'") if found else path.stem


def opened(name: str, seen: Mapping[str, Path]) -> Desk:
    """Return where a deck is edited, found by its name.

    Raises
    ------
    DeckError
        If there is none of that name, or it cannot be read.
    """
    fresh = {each.name: each.path for each in unsaved()}
    if not re.fullmatch(r"[\w-]{1,64}", name) and name not in seen:
        raise wrong("name", f"{name[:80]!r} is the name of no deck")
    path = seen.get(name) or fresh.get(name)
    if path is None and (begun := kept.begun().get(name)):
        return _taken_up(begun)
    path = path or decks.find(name)
    return desk_of(path, path.stem)


def _taken_up(path: Path) -> Desk:
    """Return where a deck is edited that was begun in a kernel that is no more."""
    found = kept.left(path)
    if found is None:  # somebody was quicker
        return desk_of(path, path.stem)
    desk = desk_with(Draft(path, text=found.text))
    desk.changed()
    kept.forget(found)
    return desk


def new(draft: Draft, asked: Mapping[str, Any]) -> Draft:
    """Return the draft of a new deck, of which nothing is written yet.

    Raises
    ------
    DeckError
        If there is a deck of that name, or the template is none, or lacks something.
    """
    path = place_for(text(asked, "name"))
    if any(each.path == path for each in unsaved()):
        raise DeckError("there is a deck of that name already; choose another", file=path.stem)
    return Draft(path, text=_begun(draft, asked, path))


def _begun(draft: Draft, asked: Mapping[str, Any], path: Path) -> str:
    template = text(asked, "template")
    title = asked.get("title") or path.stem
    if template == "copy":
        copy = Draft(draft.path, text=draft.text)
        copy.configure({"title": title})
        return copy.text
    if template == "blank":
        sources = draft.data.get("sources")
        told = {
            "title": title,
            "zone": draft.deck.zone,
            **({"sources": sources} if sources else {}),
            "columns": [{"type": "trending", "title": "Trending"}],
        }
        return "\n".join(line for name, value in told.items() for line in entry(name, value)) + "\n"
    if template not in ROLES:
        names = ", ".join(each["name"] for each in TEMPLATES)
        raise wrong("template", f"{template!r} is none of {names}")
    made = Draft(path, text=deck_text(_wish(template, asked, draft.deck.zone)))
    if asked.get("title"):
        made.configure({"title": title})
    return made.text


def _wish(role: str, asked: Mapping[str, Any], zone: str) -> Wish:
    rivals, tags = (
        asked[name] if isinstance(asked.get(name), str) else "" for name in ("rivals", "hashtags")
    )
    try:
        return Wish(
            company=text(asked, "company"),
            role=role,
            rivals=split_names(rivals),
            hashtags=split_tags(tags),
            zone=zone,
        )
    except SettingError as error:
        raise wrong("template", str(error)) from None
