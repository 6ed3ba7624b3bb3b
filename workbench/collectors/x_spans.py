"""What was covered of each query, where several requests serve one and one serves several."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.collectors import Covered

__all__ = ["settled"]


def settled(spans: Sequence[Covered]) -> tuple[Covered, ...]:
    """Return spans of which none speaks against another: a gap of one lane is one of all it serves.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> def at(hour):
    ...     return datetime(2026, 11, 19, hour, tzinfo=UTC)
    >>> spans = [Covered(at(1), at(5)), Covered(at(1), at(2), "gap", "x"), Covered(at(2), at(5))]
    >>> [(span.start.hour, span.end.hour, span.status) for span in settled(spans)]
    [(1, 2, 'gap'), (2, 5, 'ok')]
    """
    told: dict[str | None, list[Covered]] = {}
    for span in spans:
        for name in (None,) if span.queries is None else span.queries:
            told.setdefault(name, []).append(span._replace(queries=None))
    shared: dict[tuple[Covered, ...], list[str | None]] = {}
    for name, own in told.items():
        shared.setdefault(tuple(_apart(own)), []).append(name)
    return tuple(
        span._replace(queries=None if names == [None] else tuple(n for n in names if n is not None))
        for own, names in shared.items()
        for span in own
    )


def _apart(spans: Sequence[Covered]) -> list[Covered]:
    """Return the spans of one query, oldest first, gaps cut out of what was covered."""
    gaps = [span for span in spans if span.status == "gap"]
    found = list(dict.fromkeys(gaps))
    pieces = [span for span in spans if span.status == "ok"]
    for gap in gaps:
        cut: list[Covered] = []
        for piece in pieces:
            before = piece._replace(end=min(piece.end, gap.start))
            after = piece._replace(start=max(piece.start, gap.end))
            cut += [each for each in (before, after) if each.start < each.end]
        pieces = cut
    return sorted([*found, *dict.fromkeys(pieces)])
