"""What a file covers, where its user says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workbench.clock import moment, now
from workbench.errors import SettingError
from workbench.query import parse
from workbench.store import Store

__all__ = ["Coverage", "coverage"]


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
