"""The documents that runs of notebooks leave: where they lie, and what stands in their head.

The schedule writes them and the page shows them; neither needs to know the other. What a
source withdraws goes from them too: where an item stands in one, its element bears its key.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path
from typing import Final

__all__ = ["Document", "Shelf", "folder", "item", "keys", "mark", "read", "without"]

_HEAD: Final = 4096  # bytes within which the mark stands
_MARK: Final = re.compile(r'<meta name="wb-document" content="([^"]*)">')

# As item() writes it, in an element that holds none of its kind; what others said is escaped.
_ITEM: Final = re.compile(r'<li data-item="([^"]*)"([^>]*)>.*?</li>', re.DOTALL)
_GONE: Final = "This post was withdrawn at its source."

Key = tuple[str, str]


def item(key: Key) -> str:
    """Return the attribute that tells which item an ``li`` shows.

    Examples
    --------
    >>> item(("x", '1"2'))
    'data-item="x:1&quot;2"'
    """
    return f'data-item="{escape(":".join(key))}"'


def _key(told: str) -> Key:
    source, _, ident = unescape(told).partition(":")
    return source, ident


def keys(html: str) -> set[Key]:
    """Return the keys of the items that a document shows."""
    return {_key(found[1]) for found in _ITEM.finditer(html)}


def without(html: str, gone: Collection[Key]) -> str:
    """Return a document without what these items said; that they were there is still told.

    Examples
    --------
    >>> without(f'<li {item(("x", "1"))} class="a">Acme <b>buys</b></li>', {("x", "1")})
    '<li data-gone class="a"><i>This post was withdrawn at its source.</i></li>'
    """

    def replace(found: re.Match[str]) -> str:
        if _key(found[1]) not in gone:
            return found[0]
        return f"<li data-gone{found[2]}><i>{_GONE}</i></li>"

    return _ITEM.sub(replace, html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One HTML file that a run left.

    Attributes
    ----------
    path : Path
    notebook : str
        Name of the notebook's file, without its ending.
    deck : str
        The deck that it is about; empty if it is about none.
    made : datetime
        When the run began, UTC.
    is_failed : bool
        Whether a cell failed, so that the document ends there.
    """

    path: Path
    notebook: str
    deck: str
    made: datetime
    is_failed: bool

    @property
    def title(self) -> str:
        """The notebook's name as words."""
        words = self.notebook.replace("_", " ").replace("-", " ").strip()
        return words[:1].upper() + words[1:] or "Document"


def folder() -> Path:
    """Return where documents lie unless a folder is named: ``briefings`` among the user's data."""
    from platformdirs import user_data_path

    return user_data_path("workbench", appauthor=False) / "briefings"


def mark(*, notebook: str, deck: str, made: datetime, is_failed: bool) -> str:
    """Return what tells in an HTML file's head that a run made it, and which.

    Examples
    --------
    >>> mark(notebook="a", deck="", made=datetime(2026, 11, 26, tzinfo=UTC), is_failed=False)[:35]
    '<meta name="wb-document" content="{'
    """
    told = {
        "notebook": notebook,
        "deck": deck,
        "made": made.astimezone(UTC).isoformat(),
        "failed": is_failed,
    }
    return f'<meta name="wb-document" content="{escape(json.dumps(told))}">'


def read(path: Path) -> Document | None:
    """Return what a file says in its head; None if no run of ours made it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
        found = _MARK.search(head)
        told = json.loads(unescape(found[1])) if found else {}
        made = datetime.fromisoformat(told["made"]).astimezone(UTC)
        if not 1 < made.year < 9999:  # some zone's calendar would not hold it
            return None
        return Document(
            path=path,
            notebook=str(told["notebook"]),
            deck=str(told["deck"]),
            made=made,
            is_failed=bool(told["failed"]),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None
    except RecursionError:  # a mark nested without end
        return None


class Shelf:
    """The documents of one folder, each file read only once.

    Parameters
    ----------
    folder : Path
        It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[tuple[str, int, int], Document | None] = {}

    def documents(self) -> list[Document]:
        """Return the folder's documents, newest first; files of any other kind are left out."""
        known = self._read  # another thread may look at the same time
        seen: dict[tuple[str, int, int], Document | None] = {}
        for path, modified, size in self._files():
            key = path.name, modified, size
            seen[key] = known[key] if key in known else read(path)
        self._read = seen
        found = [document for document in seen.values() if document]
        return sorted(found, key=lambda document: (document.made, document.path.name), reverse=True)

    def _files(self) -> Iterable[tuple[Path, int, int]]:
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    # A link may lead out of the folder.
                    if entry.name.endswith(".html") and entry.is_file(follow_symlinks=False):
                        stat = entry.stat(follow_symlinks=False)
                        yield Path(entry.path), stat.st_mtime_ns, stat.st_size
        except OSError:
            return

    def find(self, name: str) -> Document | None:
        """Return the document whose file has this very name."""
        return next((each for each in self.documents() if each.path.name == name), None)

    def about(self, deck: str) -> list[Document]:
        """Return the documents that are about this deck or about none, newest first."""
        return [each for each in self.documents() if each.deck in {"", deck}]

    def newest(self, deck: str) -> Document | None:
        """Return the newest document that did not fail and is about this deck or about none."""
        return next((each for each in self.about(deck) if not each.is_failed), None)
