"""Files that the user brings, as items: tables, archives of posts, reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from workbench.clock import Clock, moment, now
from workbench.errors import SettingError
from workbench.imports import plan as plans
from workbench.imports.content import opened
from workbench.imports.making import Maker
from workbench.imports.mapping import MAPPED, guess, is_export, read_pairs
from workbench.imports.opened import Readable, Row, flat
from workbench.imports.plan import Plan
from workbench.imports.reports import Report
from workbench.imports.times import order_of
from workbench.items import Item, Problem
from workbench.query import parse
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
    """

    file: Readable
    plan: Plan
    names: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()

    def by(self, plan: Plan) -> Import:
        """Return it with another plan.

        Raises
        ------
        SettingError
            If the plan names a field that the file does not have.
        """
        for name, held in plan.fields.items():
            if held not in self.names:
                raise SettingError(
                    f"{self.file.path}: has no field {held!r} for {name}; it has "
                    f"{', '.join(self.names[:40])}"
                )
        return replace(self, plan=plan)

    @property
    def doubt(self) -> str:
        """What must be said before it can be imported; empty if nothing must."""
        fields = self.plan.fields
        if "text" not in fields and "title" not in fields:
            return "no field holds text; say which with text=NAME"
        if isinstance(self.file, Report) and self.plan.date is None:
            made = f"; the file was made on {self.file.made:%Y-%m-%d}" if self.file.made else ""
            return f"nothing says when it was published; say it with --date{made}"
        if "time" not in fields and self.plan.date is None:
            return "no field holds times; say which with time=NAME, or when with --date"
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
        return self._made(_flat(self.file), at)

    def shown(self, at: datetime, n: int = 3) -> list[Item | Problem]:
        """Return its first items, as they would be."""
        return list(islice(self._made(self.sample, at), n))

    def _made(self, rows: Iterable[Row | Problem], at: datetime) -> Iterator[Item | Problem]:
        make = Maker(self.plan, collected=at).item
        for row in rows:
            if isinstance(row, Problem):
                yield row
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
            added = store.add(items)
            done.new += added.new
            done.updated += added.updated
            done.unchanged += added.unchanged
            watch(self.file.done)
        done.notes += self.file.notes
        return done


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
    sample, problems = [], []
    for row in islice(_flat(file), _SAMPLE):
        if isinstance(row, Row):
            sample.append(row)
        else:
            problems.append(row)
    if not sample:
        why = f": {problems[0].where} {problems[0].reason}" if problems else ""
        raise SettingError(f"{path}: has no rows that can be read{why}")
    met = (name for row in sample for name in row.values)
    names = tuple(dict.fromkeys((*(file.names if file.kind != "parquet" else ()), *met)))
    settings = {name: value for name, value in settings.items() if value is not None}
    kept = plans.load(Path(saved)) if saved is not None else {}
    known = kept.pop("fields", None) or guess(names, [row.values for row in sample])
    known = {name: held for name, held in {**known, **(fields or {})}.items() if held}
    if file.kind == "pdf":
        known = {"id": "id", "title": "title", "text": "text", "author_name": "author"}
        kept = {"tier": "report", "source": "reports"}
    found = {"tier": _tier(known), **_of_export(file, names, known), **kept, **settings}
    if "dates" not in found and "time" in known:
        found["dates"] = order_of(row.values.get(known["time"]) for row in sample)[0]
    return Import(file, Plan(), names, tuple(sample)).by(Plan(fields=known, **found))


def _flat(file: Readable) -> Iterator[Row | Problem]:
    """Yield the rows of a file, those of JSON without records in records."""
    for row in file.rows():
        if isinstance(row, Row) and file.kind in {"json", "jsonl", "parquet"}:
            yield Row(row.where, flat(row.values))
        else:
            yield row


def _tier(fields: Mapping[str, str]) -> str:
    """Return what items seem to be: where there are likes and handles, posts."""
    return "social" if {*fields} & {"likes", "reposts", "followers", "author"} else "news"


def _of_export(file: Readable, names: Iterable[str], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return what holds of a file that the workbench has exported."""
    if not is_export(names):
        return {}
    # Excel has no zones; ours stands in the head.
    zone = re.search(r"\((.+)\)$", fields.get("time", ""))
    undo = file.kind if file.kind in {"csv", "xlsx"} else None
    return {"undo": undo, **({"zone": zone[1]} if zone else {})}


@dataclass(frozen=True, slots=True)
class Coverage:
    """A span in which a file holds all that matches a query.

    Attributes
    ----------
    start, end : datetime
    query : str
        In canonical form; "" for everything that the source brings.
    """

    start: datetime
    end: datetime
    query: str

    def note(self, store: Store, source: str) -> None:
        """Note it in a store's coverage table."""
        store.cover(f"{source}:import", self.query, self.start, self.end, "ok")


def coverage(covers: str | None, query: str | None, *, zone: str = "UTC") -> Coverage | None:
    """Read what a file covers: ``2026-10-01/2026-11-01``, of what query.

    Parameters
    ----------
    covers : str or None
        Two times or dates with a stroke between them; None if nothing is said.
    query : str or None
        What the file holds all of.
    zone : str
        Of times that name none.

    Raises
    ------
    SettingError, QueryError
        If the span cannot be one, or it is not said what it is true of.
    """
    if covers is None:
        if query is not None:
            raise SettingError("query= says what covers= is true of; give both")
        return None
    if query is None:
        raise SettingError(
            f"covers={covers!r} is true of what? Say it with query: 'acme OR #acme' if that is "
            "what the file was searched for, '' if it holds all that the source has"
        )
    at = now()
    begin, stroke, end = covers.partition("/")
    if not stroke:
        raise SettingError(f"covers={covers!r} is no span; write 2026-10-01/2026-11-01")
    start, until = (moment(each, at=at, zone=zone) for each in (begin, end))
    if not start < until <= at:
        raise SettingError(f"covers={covers!r} does not end after its beginning, or not yet")
    return Coverage(start, until, str(parse(query)) if query.strip() else "")
