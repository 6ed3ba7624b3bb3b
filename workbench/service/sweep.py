"""What is looked through every hour: what sources' terms ask us to let go of, everywhere."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from workbench import documents
from workbench.clock import Clock
from workbench.collectors import Collector, available, retention_of
from workbench.documents import Key, Shelf
from workbench.errors import StoreError
from workbench.store import Store

__all__ = ["LOOKED_BACK", "Sweep"]

_log = logging.getLogger("workbench.service")

LOOKED_BACK: Final = timedelta(days=3)
"""For so long a deletion bars what we never held; no source that is followed looks back longer."""

_SHORT: Final = "Something of this was withdrawn at its source; the rest stands beside it."


class Sweep:
    """Carries retention through: in the store, and in the documents that were made from it.

    Pins and alerts hold keys alone, and the page reads the store, so that nothing is left to
    be done there.

    Parameters
    ----------
    store : Store
    now : Clock
    folders : callable, optional
        Returns where the documents of past runs lie.
    kinds : mapping of str to type, optional
        Collectors by name; else all that are installed.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Clock,
        folders: Callable[[], Iterable[Path]] | None = None,
        kinds: Mapping[str, type[Collector]] | None = None,
    ) -> None:
        self._store = store
        self._now = now
        self._folders = folders or tuple
        self._shelves: dict[Path, Shelf] = {}
        self._kinds = available() if kinds is None else kinds
        self._keys: dict[tuple[str, int], set[Key]] = {}

    def run(self) -> None:
        """Let go of what has to go by now; what cannot be done is said and done the next time."""
        try:
            self._store.forget(self._now() - LOOKED_BACK)
            for name, kind in self._kinds.items():
                retention = retention_of(kind)
                if retention.hold is not None:
                    before = self._now() - retention.hold
                    n = self._store.expire(name, before, prefix=retention.prefix)
                    if n:
                        _log.info("%s: %d items were held as long as its terms allow", name, n)
            self._documents()
        except StoreError as error:
            _log.warning("what has to go cannot be dropped, which is tried again: %s", error)

    def _documents(self) -> None:
        shelves = {folder: Shelf(folder) for folder in self._folders()}
        self._shelves = shelves | {f: self._shelves[f] for f in shelves if f in self._shelves}
        held: dict[Path, set[Key]] = {}
        read: dict[tuple[str, int], set[Key]] = {}
        for document in (each for shelf in self._shelves.values() for each in shelf.documents()):
            with suppress(OSError, ValueError):
                known = str(document.path), document.path.stat().st_mtime_ns
                found = self._keys.get(known)
                if found is None:
                    found = documents.keys(document.path.read_text("utf-8"))
                held[document.path] = read[known] = found
        self._keys = read
        gone = self._store.gone(set().union(*held.values()))
        for path, keys in held.items():
            if keys & gone:
                self._rewrite(path, keys & gone)

    def _rewrite(self, path: Path, gone: Collection[Key]) -> None:
        notebook = path.with_suffix(".ipynb")
        try:
            if notebook.exists():  # first: the document is what is looked at the next time
                _replace(notebook, _notebook_without(notebook.read_text("utf-8"), gone))
        except (ValueError, TypeError, LookupError, AttributeError):
            _log.warning("%s is no notebook any more; take out by hand what it says", notebook.name)
        except OSError as error:
            _log.warning("%s: %s; what was withdrawn stays for now", notebook.name, error.strerror)
            return
        try:
            _replace(path, documents.without(path.read_text("utf-8"), gone))
        except OSError as error:
            _log.warning("%s: %s; what was withdrawn stays for now", path.name, error.strerror)
            return
        _log.info("%s: %d items went, withdrawn at their sources", path.name, len(gone))


def _replace(path: Path, text: str) -> None:
    """Write a file anew, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, "utf-8", "replace")
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def _notebook_without(text: str, gone: Collection[Key]) -> str:
    """Return a notebook whose outputs have nothing left of these items."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            before = _joined(data.get("text/html", ""))
            after = documents.without(before, gone)
            if after != before:
                # Its short forms tell of items without saying of which.
                for kind in data.keys() & {"text/plain", "text/markdown"}:
                    data[kind] = _SHORT
                data["text/html"] = after
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _joined(lines: Any) -> str:
    return "".join(lines) if isinstance(lines, Iterable) else ""
