"""The kernel's side of editing a deck: a draft, what of it is told, and the steps asked for.

Only in a kernel that is not published; see :mod:`workbench.widgets.published`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from workbench import decks
from workbench.decks import Deck, Draft
from workbench.errors import DeckError, DeckRace, WorkbenchError
from workbench.widgets.offer import offer

__all__ = ["Editing"]

_log = logging.getLogger(__name__)

COLOURS: Final = decks.COLOURS

Message = Mapping[str, Any]


class Editing:
    """A widget's draft of its deck.

    Parameters
    ----------
    name : str
        The deck's name or the path of its file, as the widget was asked for it.
    deck : Deck
        As it was read.
    show : callable
        Takes the deck as it is after a step.
    fail : callable
        Takes an error that is a fault of ours.
    """

    def __init__(
        self, deck: Deck, *, show: Callable[[Deck], None], fail: Callable[[Exception], None]
    ) -> None:
        self._deck = deck
        self._show = show
        self._fail = fail
        self._made: Draft | None = None

    @property
    def draft(self) -> Draft:
        """The draft; made when it is first asked for.

        Raises
        ------
        DeckError
            If the deck has no file, or that can no longer be read.
        """
        if self._made is None:
            if self._deck.path is None:
                raise DeckError("the deck has no file", file=self._deck.name)
            self._made = Draft(self._deck.path, name=self._deck.name)
        return self._made

    def told(self) -> str:
        """Return the draft as JSON, for the front end; "" if it cannot be edited."""
        try:
            draft = self.draft
        except DeckError as error:
            _log.warning("%s; the deck cannot be edited", error)
            return ""
        data, deck = draft.data, draft.deck
        whole = {
            "name": draft.name,
            "title": deck.title,
            "file": str(draft.path),
            "zone": deck.zone,
            "theme": deck.theme,
            "times": deck.times,
            "media": deck.media,
            "dirty": draft.is_dirty,
            "undo": draft.undoes,
            "redo": draft.redoes,
            "columns": [
                {**entry, "key": column.key, "title": column.title}
                for entry, column in zip(data["columns"], deck.columns, strict=True)
            ],
            "lists": {name: list(accounts) for name, accounts in deck.lists.items()},
            "mutes": data.get("mutes", []),
            "hidden": {"posts": [], "authors": []},
            "tabs": [{"name": draft.name, "title": deck.title}],
            "types": offer(deck),
            "colours": list(decks.COLOURS),
            "problem": "",
        }
        return orjson.dumps(whole).decode()

    def answer(self, asked: Message) -> dict[str, Any]:
        """Take a step that was asked for, and return what to answer."""
        try:
            return self._do(asked)
        except DeckRace as race:
            return {
                "error": {
                    "race": True,
                    "message": race.message,
                    "mine": race.mine,
                    "theirs": race.theirs,
                    "who": race.who,
                    "when": _moment(race.when),
                }
            }
        except WorkbenchError as error:
            return {"error": _said(error)}
        except Exception as error:  # noqa: BLE001 - whoever waits for an answer must get one
            self._fail(error)
            return {"error": {"message": "failed; the reason stands under the deck", "key": ""}}

    def _do(self, asked: Message) -> dict[str, Any]:
        step = _text(asked, "do")
        work = _STEPS.get(step)
        if work is None:
            raise _wrong("do", f"{step!r} is none of {', '.join(_STEPS)}")
        before = self.draft.deck
        told = work(self.draft, asked)
        if self.draft.deck is not before:
            self._show(self.draft.deck)
        return told


def _said(error: WorkbenchError) -> dict[str, Any]:
    """Return an error in parts: what is wrong, where, and what would do."""
    if not isinstance(error, DeckError):
        return {"message": str(error), "key": "", "position": None, "remedy": ""}
    # With its place told, the query and the caret under it need not stand in the message.
    whole = error.message if error.position is None else error.message.partition("\n")[0]
    message, _, remedy = whole.partition("; ")
    return {"message": message, "key": error.key, "position": error.position, "remedy": remedy}


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


# What an operation takes from its message; anything else is no message of our editor's.


def _wrong(name: str, why: str) -> DeckError:
    return DeckError(f"{name}: {why}", file="the message", key=name)


def _text(asked: Message, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise _wrong(name, "it needs text")
    return value


def _number(asked: Message, name: str) -> int:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "it needs a whole number")
    return value


def _mapping(asked: Message, name: str) -> dict[str, Any]:
    value = asked.get(name)
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _wrong(name, "it needs names and values")
    return value


def _add(draft: Draft, asked: Message) -> dict[str, Any]:
    at = None if asked.get("at") is None else _number(asked, "at")
    return {"key": draft.add(_mapping(asked, "column"), at)}


def _set(draft: Draft, asked: Message) -> dict[str, Any]:
    return {"key": draft.set(_text(asked, "column"), _mapping(asked, "settings"))}


def _configure(draft: Draft, asked: Message) -> dict[str, Any]:
    draft.configure(_mapping(asked, "settings"))
    return {}


def _undo(draft: Draft, _: Message) -> dict[str, Any]:
    draft.undo()
    return {}


def _redo(draft: Draft, _: Message) -> dict[str, Any]:
    draft.redo()
    return {}


def _save(draft: Draft, asked: Message) -> dict[str, Any]:
    draft.save(over=asked.get("over") is True)
    return {"file": str(draft.path)}


def _reload(draft: Draft, _: Message) -> dict[str, Any]:
    draft.reload()
    return {}


_STEPS: Final[Mapping[str, Callable[[Draft, Message], dict[str, Any]]]] = {
    "add": _add,
    "remove": lambda draft, asked: {"key": draft.remove(_text(asked, "column"))},
    "duplicate": lambda draft, asked: {"key": draft.duplicate(_text(asked, "column"))},
    "move": lambda draft, asked: {"key": draft.move(_text(asked, "column"), _number(asked, "to"))},
    "set": _set,
    "deck": _configure,
    "undo": _undo,
    "redo": _redo,
    "save": _save,
    "reload": _reload,
}
"""What may be asked for."""
