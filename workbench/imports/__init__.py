"""Files that the user brings, as items: tables, archives of posts, reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from workbench.clock import Clock, now
from workbench.collectors import available
from workbench.errors import SettingError
from workbench.imports import plan as plans
from workbench.imports.archives import Archive, recognized
from workbench.imports.content import opened
from workbench.imports.coverage import Coverage, coverage
from workbench.imports.fourcat import captured, datasource
from workbench.imports.making import Maker
from workbench.imports.mapping import MAPPED, guess, is_export, read_pairs
from workbench.imports.opened import Readable, Row, flat
from workbench.imports.plan import Plan
from workbench.imports.reports import Report
from workbench.imports.times import order_of
from workbench.items import Item, Problem
from workbench.store import Store

__all__ = [
    "MAPPED",
    "SETTINGS",
    "Coverage",
    "Import",
    "Loaded",
    "Plan",
    "coverage",
    "look",
    "read_pairs",
]

SETTINGS: Final = (
    *("source", "tier", "zone", "dates", "lang", "date"),
    *("encoding", "separator", "sheet", "title"),
)
"""What :func:`look` may be told beside the mapping."""

_SAMPLE: Final = 200
_BATCH: Final = 2_000
_TOLD: Final = 1_000


@dataclass(slots=True)
class Loaded:
    """What came of an import.

    Attributes
    ----------
    new, updated, unchanged : int
        Items.
    skipped : int
        Rows that could be no items.
    undated : int
        Items without a date, which count as published when they were first imported.
    problems : list of Problem
        The first 1,000 of what was skipped, and why.
    notes : list of str
        What else is to be known of it.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    undated: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Items, whether new or not."""
        return self.new + self.updated + self.unchanged

    def skip(self, problem: Problem) -> None:
        """Count a row that could be no item."""
        self.skipped += 1
        if len(self.problems) < _TOLD:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Import:
    """A file that is about to be imported.

    Attributes
    ----------
    file : Readable
    plan : Plan
        How; another one may be set by :meth:`by`.
    names : tuple of str
        The file's fields.
    sample : tuple of Row
        Its first rows.
    archive : Archive or None
        What reads it, where it is in a network's own format; then nothing is mapped.
    """

    file: Readable
    plan: Plan
    names: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    archive: Archive | None = None

    def by(self, plan: Plan) -> Import:
        """Return it with another plan.

        Raises
        ------
        SettingError
            If the plan names a field that the file does not have.
        """
        if self.archive is not None and plan.fields:
            raise SettingError(f"{self.file.path}: {self.archive.label} need no mapping")
        for name, held in plan.fields.items():
            if held not in self.names:
                raise SettingError(
                    f"{self.file.path}: has no field {held!r} for {name}; it has "
                    f"{', '.join(self.names[:40])}"
                )
        return replace(self, plan=plan)

    def is_like(self, other: Import) -> bool:
        """Return whether what is right for it is right for another file: not so for reports."""
        labels = [each.archive.label if each.archive else "" for each in (self, other)]
        is_report = isinstance(other.file, Report)
        return self.names == other.names and labels[0] == labels[1] and not is_report

    @property
    def doubt(self) -> str:
        """What must be said before it can be imported; empty if nothing must."""
        fields = self.plan.fields
        if self.archive is not None:
            return ""
        if "text" not in fields and "title" not in fields:
            return "no field holds text; say which with text=NAME"
        if isinstance(self.file, Report) and self.plan.date is None:
            made = f"; the file was made on {self.file.made:%Y-%m-%d}" if self.file.made else ""
            return f"nothing says when it was published; say date=2026-11-22 (--date){made}"
        if "time" not in fields and self.plan.date is None:
            return "no field holds times; say which with time=NAME, or date=2026-11-22 (--date)"
        if "time" in fields and self.plan.dates is None:
            held = [row.values.get(fields["time"]) for row in self.sample]
            if order_of(held)[1]:
                shown = next(each for each in held if order_of([each]) != (None, False))
                return f"{shown} may be day first or month first; say which with dates=dmy or mdy"
        return ""

    def items(self, at: datetime) -> Iterator[Item | Problem]:
        """Yield the items of the file, and a problem for each row that is none.

        Parameters
        ----------
        at : datetime
            When they come in.
        """
        rows = self.file.rows()
        return self._made(rows if self.archive else _flat(self.file, rows), at)

    def shown(self, at: datetime, n: int = 3) -> list[Item | Problem]:
        """Return its first items, as they would be."""
        return list(islice(self._made(self.sample, at), n))

    def _made(self, rows: Iterable[Row | Problem], at: datetime) -> Iterator[Item | Problem]:
        make = Maker(self.plan, collected=at).item
        for row in rows:
            if isinstance(row, Problem):
                yield row
                continue
            if self.archive is not None:
                yield from self.archive.items(row, at, self.plan)
                continue
            try:
                yield make(row.values)
            except ValueError as error:
                yield Problem(row.where, str(error))

    def load(
        self,
        store: Store,
        *,
        now: Clock = now,
        watch: Callable[[int], None] = lambda _: None,
    ) -> Loaded:
        """Import it into a store; what is there already changes nothing.

        Parameters
        ----------
        store : Store
        now : Clock
        watch : callable
            Told now and then how much of the file has been read.

        Raises
        ------
        SettingError
            If something must be said first.
        StoreError
            If the store cannot take it; what was stored until then stays.
        """
        if self.doubt:
            raise SettingError(f"{self.file.path}: {self.doubt}")
        done = Loaded()
        made = self.items(now())
        while batch := list(islice(made, _BATCH)):
            items = [each for each in batch if isinstance(each, Item)]
            for each in batch:
                if isinstance(each, Problem):
                    done.skip(each)
            done.undated += sum(item.published_precision is None for item in items)
            fresh = [item for item in items if not _is_held(item, store)]
            added = store.add(fresh)
            done.new += added.new
            done.updated += added.updated
            done.unchanged += added.unchanged + len(items) - len(fresh)
            watch(self.file.done)
        done.notes += self.file.notes
        return done


def _is_held(item: Item, store: Store) -> bool:
    """Return whether a collector's item is stored, which an older file is not to change."""
    return item.source in available() and store.get(*item.key) is not None


def look(
    path: str | Path,
    *,
    fields: Mapping[str, str] | None = None,
    saved: str | Path | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    title: str | None = None,
    **settings: str | None,
) -> Import:
    """Look at a file: what it is, and how it is best imported.

    Parameters
    ----------
    path : str or path
    fields : mapping of str to str, optional
        What is known of the mapping; the rest is guessed.
    saved : str or path, optional
        A mapping that was saved; what is given beside it holds before it.
    encoding, separator, sheet : str, optional
        How the file is read, where that is not to be guessed.
    title : str, optional
        Of a report.
    **settings : str
        Other parameters of :class:`Plan`.

    Raises
    ------
    SettingError
        If it cannot be read, or a setting cannot be.
    """
    file = opened(
        Path(path).expanduser(), encoding=encoding, separator=separator, sheet=sheet, title=title
    )
    rows = list(islice(file.rows(), _SAMPLE))
    sample = [row for row in rows if isinstance(row, Row)]
    if not sample:
        first = next((row for row in rows if isinstance(row, Problem)), None)
        why = f": {first.where} {first.reason}" if first else ""
        raise SettingError(f"{path}: has no rows that can be read{why}")
    given: dict[str, Any] = {name: said for name, said in settings.items() if said is not None}
    archive = recognized(_names(file, sample), sample)
    if archive is not None:
        if fields or saved is not None:
            raise SettingError(f"{path}: holds {archive.label}, which need no mapping")
        plan = Plan(**{"source": archive.source, **given})
        return Import(file, plan, sample=tuple(sample), archive=archive)
    sample = [row for row in _flat(file, sample) if isinstance(row, Row)]
    names = _names(file, sample)
    kept = plans.load(Path(saved)) if saved is not None else {}
    known, found = _guessed(file, names, sample)
    known = {**kept.pop("fields", known), **(fields or {})}
    # Of our own exports each row says its source, unless the user does.
    known = {n: held for n, held in known.items() if held and (n != "source" or n not in given)}
    found = {**found, **kept, **given}
    found.setdefault("tier", _tier(known))
    if "dates" not in found and "time" in known:
        found["dates"] = order_of(row.values.get(known["time"]) for row in sample)[0]
    return Import(file, Plan(), names, tuple(sample)).by(Plan(fields=known, **found))


def _names(file: Readable, sample: Iterable[Row]) -> tuple[str, ...]:
    met = (name for row in sample for name in row.values)
    return tuple(dict.fromkeys((*(file.names if file.kind != "parquet" else ()), *met)))


def _flat(file: Readable, rows: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """Yield the rows of a file, those of JSON without records in records."""
    is_nested = file.kind in {"json", "jsonl", "parquet"}
    for row in rows:
        yield Row(row.where, flat(row.values)) if is_nested and isinstance(row, Row) else row


def _guessed(
    file: Readable, names: Sequence[str], sample: Sequence[Row]
) -> tuple[Mapping[str, str], dict[str, Any]]:
    """Return what holds what, and what else is so of such a file."""
    if isinstance(file, Report):
        fields = {"id": "id", "title": "title", "text": "text", "author_name": "author"}
        return fields, {"tier": "report", "source": "reports"}
    if made := datasource(names):
        return made.fields, {"source": made.source, "tier": "social", "zone": "UTC"}
    known = guess(names, [row.values for row in sample])
    if is_export(names):
        # Excel has no zones; ours stands in the head.
        zone = re.search(r"\((.+)\)$", known.get("time", ""))
        undo = file.kind if file.kind in {"csv", "xlsx"} else None
        return known, {"undo": undo, **({"zone": zone[1]} if zone else {})}
    site = re.match(r"[a-z][a-z0-9-]*", captured(sample[0].values) or "")
    return known, {"source": site[0]} if site else {}


def _tier(fields: Mapping[str, str]) -> str:
    """Return what items seem to be: where there are likes and handles, posts."""
    return "social" if {*fields} & {"likes", "reposts", "followers", "author"} else "news"
