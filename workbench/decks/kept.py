"""Drafts that are not saved, kept on disk: what a kernel leaves behind is there for the next."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from workbench import clock
from workbench.decks.files import user
from workbench.decks.history import shelf
from workbench.decks.places import own_folders
from workbench.errors import DeckError
from workbench.locks import Held, is_held

__all__ = ["Keeper", "Left", "begun", "forget", "left"]


class Left(NamedTuple):
    """A draft that somebody has left unsaved.

    Attributes
    ----------
    base : str or None
        The file from which it began.
    text : str
        The file as it would be saved.
    when : datetime
        When it was changed last, UTC.
    path : Path
        Where it is kept.
    """

    base: str | None
    text: str
    when: datetime
    path: Path


class Keeper:
    """Keeps one draft of a deck on disk while it is not saved.

    A lock that goes with this process tells others that somebody still works on it.

    Parameters
    ----------
    path : Path
        The deck's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Path | None = None
        self._lock: Held | None = None

    def keep(self, base: str | None, text: str) -> None:
        """Write the draft down.

        Raises
        ------
        DeckError
            If it cannot be written.
        """
        try:
            if self._file is None:
                file = shelf(self._path) / f"draft-{secrets.token_hex(4)}.json"
                self._lock = Held(file.with_suffix(".lock"))
                self._file = file
            told = {"user": user(), "when": clock.now().isoformat(), "base": base, "text": text}
            beside = self._file.with_suffix(".new")
            beside.write_text(json.dumps(told), "utf-8")
            beside.replace(self._file)
        except OSError as error:
            raise DeckError(
                f"the draft cannot be kept on disk, so save it soon: {error}",
                file=self._path.name,
            ) from None

    def drop(self) -> None:
        """Forget the draft: it is saved, or there is none any more."""
        file, lock = self._file, self._lock
        self._file = self._lock = None
        if file is not None:
            with suppress(OSError):
                file.unlink(missing_ok=True)
        if lock is not None:
            lock.let_go()
        if file is not None:
            with suppress(OSError):
                file.with_suffix(".lock").unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the draft behind."""
        if self._lock is not None:
            self._lock.let_go()
        self._file = self._lock = None


def left(path: Path) -> Left | None:
    """Return the draft of a deck that this user has left last, and that nobody works on.

    Parameters
    ----------
    path : Path
        The deck's file.
    """
    found: list[Left] = []
    for file in shelf(path).glob("draft-*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            told: dict[str, Any] = json.loads(file.read_text("utf-8"))
            if told["user"] != user() or not _is_ours(file) or is_held(file.with_suffix(".lock")):
                continue
            base = None if told["base"] is None else str(told["base"])
            when = datetime.fromisoformat(told["when"])
            found.append(Left(base, str(told["text"]), when, file))
    return max(found, key=lambda each: each.when, default=None)


def begun() -> dict[str, Path]:
    """Return the decks that this user has begun, left unsaved, and not saved since: their files."""
    found: dict[str, Path] = {}
    for folder in own_folders():
        for file in (folder / ".versions").glob("*/draft-*.json"):
            path = folder / f"{file.parent.name}.yaml"
            if not path.exists() and left(path):
                found[path.stem] = path
    return found


def forget(draft: Left) -> None:
    """Delete a draft that was left: somebody has taken it up, or does not want it."""
    for file in (draft.path, draft.path.with_suffix(".lock")):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _is_ours(file: Path) -> bool:
    return not hasattr(os, "getuid") or file.stat().st_uid == os.getuid()
