"""What a chart of leads shows: who had stories first, and by how much."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, Final

import pandas as pd

from workbench.analyst.describing import require
from workbench.charts import Bar, Bars
from workbench.columns.sighted import long
from workbench.columns.words import counted

__all__ = ["leads"]

# From where a lead counts as so large, in minutes; less than the first is none.
_STEPS: Final = (
    (2.0, "up to 10 min"),
    (10.0, "10 to 60 min"),
    (60.0, "1 to 6 h"),
    (360.0, "more than 6 h"),
)
_TIED: Final = "at the same time"


def leads(stories: pd.DataFrame, *, title: str | None = None) -> Bars:
    """Describe how far social networks and the wires were ahead of each other.

    Parameters
    ----------
    stories : pandas.DataFrame
        With lead and uncertainty: timedeltas, as :func:`workbench.stories` returns it, or minutes.
    title : str, optional
        In place of what the numbers say.
    """
    require(stories, "stories", ("lead", "uncertainty"), "wb.stories(…)")
    known = stories[stories["lead"].notna()]
    pairs = [
        (_minutes(lead), _minutes(doubt))
        for lead, doubt in zip(known["lead"], known["uncertainty"], strict=True)
    ]
    names = [_name(lead, doubt) for lead, doubt in pairs]
    counts = Counter(names)
    ordered = [
        *(f"social {words} ahead" for _, words in reversed(_STEPS)),
        _TIED,
        *(f"wires {words} ahead" for _, words in _STEPS),
    ]
    bars = tuple(
        Bar(name, counts[name], counted(counts[name], "story", "stories")) for name in ordered
    )
    social = sum(n for name, n in counts.items() if name.startswith("social"))
    n = len(pairs)
    said = title or _seen(social, n, [lead for lead, _ in pairs])
    return Bars(
        title=said,
        subtitle=f"{counted(n, 'story', 'stories')} that both social networks and the wires had",
        alt=f"{said}.",
        bars=bars if n else (),
    )


def _minutes(value: Any) -> float:
    return value / pd.Timedelta(minutes=1) if isinstance(value, timedelta) else float(value)


def _name(lead: float, doubt: float) -> str:
    size = abs(lead)
    if size <= max(_STEPS[0][0], doubt):
        return _TIED
    words = next(words for least, words in reversed(_STEPS) if size >= least)
    return f"{'social' if lead > 0 else 'wires'} {words} ahead"


def _seen(social: int, n: int, found: list[float]) -> str:
    if not n:
        return "No story that both social networks and the wires had"
    middle = sorted(found)[n // 2] if n % 2 else sum(sorted(found)[n // 2 - 1 : n // 2 + 1]) / 2
    who = "social networks" if middle > 0 else "the wires"
    span = long(timedelta(minutes=abs(middle)))
    return f"Social networks had {social} of {n} first; in the middle {who} were {span} ahead"
