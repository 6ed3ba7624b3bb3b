"""Files in a network's own format, which need no mapping: X's posts, LinkedIn's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from workbench.collectors.linkedin import parse
from workbench.collectors.linkedin_files import read_objects
from workbench.collectors.linkedin_rows import Context, read_rows
from workbench.errors import SourceError
from workbench.imports import tweets
from workbench.imports.fourcat import captured
from workbench.imports.opened import Row
from workbench.imports.plan import Plan
from workbench.items import Item, ParseResult, Problem

__all__ = ["Archive", "recognized"]

_LINKEDIN: Final = (
    ("4CAT, LinkedIn", {"timestamp_ago", "inclusion_context"}),
    ("LinkedIn's own export", {"ShareLink", "ShareCommentary"}),
)


class Archive(NamedTuple):
    """What reads the lines of a file in a network's own format.

    Attributes
    ----------
    label : str
        What it is, for readers.
    source : str
        The collector whose items these are.
    read : callable
        Takes a line's values, when they came in and the plan; ValueError if they say nothing.
    """

    label: str
    source: str
    read: Callable[[Mapping[str, Any], datetime, Plan], ParseResult]

    def items(self, row: Row, at: datetime, plan: Plan) -> Iterator[Item | Problem]:
        """Yield the items of a line, and what of it was left out."""
        try:
            found = self.read(row.values, at, plan)
        except ValueError as error:
            yield Problem(row.where, str(error))
            return
        for item in found:
            yield item if plan.source == self.source else replace(item, source=plan.source)
        for problem in found.problems:
            yield Problem(f"{row.where}, {problem.where}", problem.reason)


def _posts(values: Mapping[str, Any], at: datetime, plan: Plan) -> ParseResult:
    return tweets.read(values, collected=at, tier=plan.tier)


def _linkedin(values: Mapping[str, Any], at: datetime, plan: Plan) -> ParseResult:
    result = ParseResult()
    read_rows([values], _context(at, plan), result)
    return result


def _captured(values: Mapping[str, Any], at: datetime, plan: Plan) -> ParseResult:
    result = ParseResult()
    read_objects([dict(values)], _context(at, plan), result)
    return result


def _packed(values: Mapping[str, Any], at: datetime, plan: Plan) -> ParseResult:
    try:
        return parse(values["data"], collected=at, tier=plan.tier, lang=plan.lang)
    except SourceError as error:
        raise ValueError(str(error).removeprefix("linkedin: ")) from None


def _context(at: datetime, plan: Plan) -> Context:
    return Context(collected=at, seen=at, tier=plan.tier, lang=plan.lang)


def recognized(names: Sequence[str], rows: Sequence[Row]) -> Archive | None:
    """Return what reads a file, by the names of its fields and some rows; None if they say none."""
    values = [row.values for row in rows]
    if len(rows) == 1 and isinstance(values[0].get("data"), bytes):
        return Archive("LinkedIn's own export", "linkedin", _packed)
    kind = tweets.sample(values)
    if kind:
        return Archive(tweets.LABELS[kind], "x", _posts)
    for label, signs in _LINKEDIN:
        if {*names} >= signs:
            return Archive(label, "linkedin", _linkedin)
    sites = [captured(each) for each in values]
    if sites and all(site == "linkedin.com" for site in sites):
        return Archive("LinkedIn, captured by Zeeschuimer", "linkedin", _captured)
    return None
