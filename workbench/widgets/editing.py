"""The kernel's side of editing a deck: what of its draft is told, and the steps asked for.

Only in a kernel that is not published; see :mod:`workbench.widgets.published`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from workbench import decks
from workbench.decks import Deck, Draft
from workbench.errors import DeckError, DeckRace, WorkbenchError
from workbench.widgets import tabs
from workbench.widgets.desk import Desk, desk_of, desk_with
from workbench.widgets.message import mapping, number, text, wrong
from workbench.widgets.offer import offer

__all__ = ["Editing"]

_log = logging.getLogger(__name__)

_LONGEST_KEY: Final = 4096

Message = Mapping[str, Any]


class Editing:
    """One widget's part in editing a deck.

    Parameters
    ----------
    deck : Deck
        As the widget has read it; there is nothing to edit if it came from no file.
    show : callable
        Takes the deck as it is after a step, of this widget or another.
    fail : callable
        Takes an error that is a fault of ours.
    """

    def __init__(
        self, deck: Deck, *, show: Callable[[Deck], None], fail: Callable[[Exception], None]
    ) -> None:
        self._show = show
        self._fail = fail
        self._shown = deck
        self._desk: Desk | None = None
        self._seen: dict[str, Path] = {}
        if deck.path is not None:
            try:
                self._sit(desk_of(deck.path, deck.name))
            except DeckError as error:
                _log.warning("%s; the deck cannot be edited", error)

    @property
    def deck(self) -> Deck:
        """The deck as it is in the draft."""
        return self._desk.draft.deck if self._desk else self._shown

    def _sit(self, desk: Desk) -> None:
        if self._desk is not None:
            self._desk.leave(self._changed)
        self._desk = desk
        self._seen[desk.draft.name] = desk.draft.path
        desk.join(self._changed)

    def _changed(self) -> None:
        self._shown = self.deck
        self._show(self._shown)

    def close(self) -> None:
        """End it; what is not saved stays for whoever opens the deck next."""
        if self._desk is not None:
            self._desk.leave(self._changed)

    def arrive(self) -> None:
        """Take up what was left unsaved, now that somebody looks who can go on with it."""
        if self._desk is not None:
            self._desk.arrive()

    def look(self) -> None:
        """Follow the deck's file; may be called from any thread."""
        if self._desk is not None:
            self._desk.look()

    def told(self) -> str:
        """Return the draft as JSON, for the front end; "" if there is none."""
        desk = self._desk
        if desk is None:
            return ""
        with desk.lock:
            draft, data, deck = desk.draft, desk.draft.data, desk.draft.deck
            whole = {
                "name": draft.name,
                "title": deck.title,
                "file": str(draft.path),
                "zone": deck.zone,
                "theme": deck.theme,
                "times": deck.times,
                "media": deck.media,
                "dirty": draft.is_dirty,
                "changes": draft.changes,
                "saved": _saved(draft),
                "undo": draft.undoes,
                "redo": draft.redoes,
                "columns": [
                    {**entry, "key": column.key, "title": column.title}
                    for entry, column in zip(data["columns"], deck.columns, strict=True)
                ],
                "sources": data.get("sources", []),
                "lists": data.get("lists", {}),
                "mutes": data.get("mutes", []),
                "hidden": {
                    "posts": [{"key": each.key, "text": each.text} for each in deck.hidden.posts],
                    "authors": list(deck.hidden.authors),
                },
                "tabs": tabs.tabs(draft, self._seen),
                "templates": tabs.TEMPLATES,
                "types": offer(deck),
                "colours": list(decks.COLOURS),
                "problem": desk.problem,
                "said": desk.said,
            }
        return orjson.dumps(whole).decode()

    def answer(self, asked: Message) -> dict[str, Any]:
        """Take a step that was asked for, and return what to answer."""
        try:
            return self._do(asked)
        except DeckRace as race:
            told = {"race": True, "message": race.message, "who": race.who}
            when = race.when.isoformat(timespec="seconds")
            return {"error": {**told, "when": when, "mine": race.mine, "theirs": race.theirs}}
        except WorkbenchError as error:
            return {"error": _said(error)}
        except Exception as error:  # noqa: BLE001 - whoever waits for an answer must get one
            self._fail(error)
            return {"error": {"message": "failed; the reason stands under the deck", "key": ""}}

    def _do(self, asked: Message) -> dict[str, Any]:
        desk = self._desk
        if desk is None:
            raise DeckError("this deck has no file to edit", file=self._shown.name)
        step = text(asked, "do")
        if step in _QUESTIONS:
            with desk.lock:
                return _QUESTIONS[step](desk.draft, asked)
        if step in ("open", "new"):
            return self._turn(desk, step, asked)
        if step == "save":
            return self._save(desk, over=asked.get("over") is True)
        work = _STEPS.get(step)
        if work is None:
            known = ", ".join((*_STEPS, "save", "open", "new", *_QUESTIONS))
            raise wrong("do", f"{step!r} is none of {known}")
        with desk.lock:
            before = desk.draft.text, desk.draft.base
            told = work(desk.draft, asked)
            if desk.draft.base != before[1]:
                desk.settled()
            if (desk.draft.text, desk.draft.base) != before:
                desk.changed()
        return told or {}

    def _save(self, desk: Desk, *, over: bool) -> dict[str, Any]:
        with desk.lock:
            before = desk.draft.path
            desk.draft.save(over=over)
            desk.settled()
            said = ""
            if desk.draft.path != before:
                desk.moved()
                self._seen = {desk.draft.name: desk.draft.path}
                said = (
                    "The deck that came with the workbench stays as it is: yours is saved as "
                    f"{desk.draft.path}, and found by the name {desk.draft.name}."
                )
            desk.changed(said)
            return {"file": str(desk.draft.path), "said": said}

    def _turn(self, desk: Desk, step: str, asked: Message) -> dict[str, Any]:
        """Show another deck in this deck's place; what is not saved of this one stays."""
        if step == "new":
            desk = desk_with(tabs.new(desk.draft, asked))
            desk.changed()
        else:
            desk = tabs.opened(text(asked, "name"), self._seen)
        self._sit(desk)
        desk.arrive()
        self._changed()
        return {"name": desk.draft.name}


def _saved(draft: Draft) -> int | None:
    """Return when the deck's file was written, in milliseconds; None if it is nobody's own."""
    if draft.base is None or decks.is_packaged(draft.path):
        return None
    try:
        return round(draft.path.stat().st_mtime * 1000)
    except OSError:
        return None


def _said(error: WorkbenchError) -> dict[str, Any]:
    """Return an error in parts: what is wrong, where, and what would do."""
    if not isinstance(error, DeckError):
        return {"message": str(error), "key": "", "position": None, "remedy": ""}
    # With its place told, the query and the caret under it need not stand in the message.
    whole = error.message if error.position is None else error.message.partition("\n")[0]
    message, _, remedy = whole.partition("; ")
    return {"message": message, "key": error.key, "position": error.position, "remedy": remedy}


def _add(draft: Draft, asked: Message) -> dict[str, Any]:
    at = None if asked.get("at") is None else number(asked, "at")
    return {"key": draft.add(mapping(asked, "column"), at)}


def _move(draft: Draft, asked: Message) -> dict[str, Any]:
    return {"key": draft.move(text(asked, "column"), number(asked, "to"))}


def _set(draft: Draft, asked: Message) -> dict[str, Any]:
    return {"key": draft.set(text(asked, "column"), mapping(asked, "settings"))}


def _import(draft: Draft, asked: Message) -> dict[str, Any]:
    draft.take_in(text(asked, "text"))
    return {}


def _named(asked: Message) -> dict[str, str]:
    """Return the post or the author that a message names."""
    name = "post" if "post" in asked else "author"
    value = text(asked, name)
    if not value.strip() or len(value) > _LONGEST_KEY:
        raise wrong(name, "it needs the key of a post, or the handle of an author")
    return {name: value}


_STEPS: Mapping[str, Callable[[Draft, Message], dict[str, Any] | None]] = {
    "add": _add,
    "remove": lambda draft, asked: {"key": draft.remove(text(asked, "column"))},
    "duplicate": lambda draft, asked: {"key": draft.duplicate(text(asked, "column"))},
    "move": _move,
    "set": _set,
    "deck": lambda draft, asked: draft.configure(mapping(asked, "settings")),
    "hide": lambda draft, asked: draft.hide(**_named(asked)),
    "unhide": lambda draft, asked: draft.unhide(**_named(asked)),
    "undo": lambda draft, _: draft.undo(),
    "redo": lambda draft, _: draft.redo(),
    "reload": lambda draft, _: draft.reload(),
    "restore": lambda draft, asked: draft.restore(text(asked, "id")),
    "import": _import,
}
"""What changes the draft, and nothing else."""


def _versions(draft: Draft, _: Message) -> dict[str, Any]:
    told = [
        {
            "id": each.id,
            "saved": each.saved.isoformat(timespec="seconds"),
            "columns": each.columns,
            "note": each.note,
            "who": each.who,
        }
        for each in draft.versions()
    ]
    return {"versions": told}


def _version(draft: Draft, asked: Message) -> dict[str, Any]:
    found = draft.version(text(asked, "id"))
    return {"text": found.text, "diff": draft.compared(found)}


def _export(draft: Draft, _: Message) -> dict[str, Any]:
    return {"name": f"{draft.name}.yaml", "text": draft.packed()}


_QUESTIONS: Mapping[str, Callable[[Draft, Message], dict[str, Any]]] = {
    "versions": _versions,
    "version": _version,
    "export": _export,
}
"""What changes nothing."""
