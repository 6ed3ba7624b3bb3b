"""Taking in files from a script or notebook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final

import pandas as pd

from workbench import imports, store
from workbench.errors import SettingError

__all__ = ["import_file"]

_COUNTS: Final = ("new", "updated", "unchanged", "skipped", "undated")


def import_file(
    path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    fields: Mapping[str, str] | None = None,
    saved: str | os.PathLike[str] | None = None,
    covers: str | None = None,
    query: str | None = None,
    address: str | None = None,
    **settings: str | None,
) -> pd.DataFrame:
    """Take a file into the store: CSV, JSON, JSON Lines, Excel, Parquet; a report as PDF.

    Imported again, it changes nothing. Rows that cannot be read are left out and told.

    Parameters
    ----------
    path : str, path or iterable of these
    fields : mapping of str to str, optional
        What holds what: fields of the file by fields of an item, ``time`` being `published`.
        The rest is guessed; one that is mapped to "" is left out.
    saved : str or path, optional
        The file of a saved mapping.
    covers, query : str, optional
        The span in which the file holds all that matches the query.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    **settings : str
        `source`, `tier`, `zone`, `dates`, `lang`, `date`, `encoding`, `separator`, `sheet`,
        `title`, as of the command ``workbench import``.

    Returns
    -------
    pandas.DataFrame
        One row per file: file, source (str), new, updated, unchanged (int: items), skipped,
        undated (int). ``attrs["workbench"]["problems"]`` lists file, place and reason of what
        was skipped, ``["notes"]`` what else is to be known of a file.

    Raises
    ------
    SettingError
        If a file cannot be read, or something must be said first; the message says what.
    StoreError
        If the store cannot take it.
    """
    unknown = {*settings} - {*imports.SETTINGS}
    if unknown:
        raise SettingError(
            f"{', '.join(sorted(unknown))}: no such setting; there are "
            f"{', '.join(imports.SETTINGS)}"
        )
    unmapped = {*(fields or {})} - {*imports.MAPPED}
    if unmapped:
        raise SettingError(
            f"fields={', '.join(sorted(unmapped))!r} is no field of an item; there are "
            f"{', '.join(imports.MAPPED)}"
        )
    paths = [path] if isinstance(path, str | os.PathLike) else list(path)
    covered = imports.coverage(covers, query, zone=settings.get("zone") or "UTC")
    rows, problems, notes = [], [], []
    with store.open(address, is_lean=True) as opened:
        for each in paths:
            name = os.fspath(each)
            found = imports.look(
                name, fields=fields, saved=None if saved is None else os.fspath(saved), **settings
            )
            done = found.load(opened)
            if covered is not None and done.total:
                covered.note(opened, found.plan.source)
            rows.append((name, found.plan.source, *(getattr(done, count) for count in _COUNTS)))
            problems += [(name, *problem) for problem in done.problems]
            notes += [(name, note) for note in done.notes]
    frame = pd.DataFrame(rows, columns=["file", "source", *_COUNTS])
    frame.attrs["workbench"] = {"problems": problems, "notes": notes}
    return frame.astype({"file": "str", "source": "str"} | dict.fromkeys(_COUNTS, "int64"))
