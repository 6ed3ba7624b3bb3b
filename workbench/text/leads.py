"""Who had it first: social networks against newswires, and which voices are early."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from workbench.errors import SettingError
from workbench.items import Item
from workbench.text.telling import OWN_WORDS, Story

__all__ = ["Ledger", "Share", "Voice", "early_voices", "ledger", "wilson"]

_TOLD: Final = ("wire", "filing", "news")  # what bears a rumour out
_Z: Final = 1.959963984540054  # 95 %


class Share(NamedTuple):
    """A share of cases with its Wilson interval; all null where there is no case."""

    n: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def wilson(n: int, of: int) -> Share:
    r"""Return a share with the interval that holds the true one in 95 of 100 cases.

    With the share :math:`p = n / m` of :math:`m` cases and :math:`z = 1.96`,

    .. math:: \frac{p + z^2 / 2m \pm z \sqrt{p(1 - p) / m + z^2 / 4m^2}}{1 + z^2 / m}

    Raises
    ------
    SettingError
        If `n` is not between 0 and `of`.

    References
    ----------
    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
    the American Statistical Association 22, 1927.

    Examples
    --------
    >>> share = wilson(8, 27)
    >>> round(share.low, 2), round(share.high, 2)
    (0.16, 0.48)
    """
    if not 0 <= n <= of:
        raise SettingError(f"n={n!r} must lie between 0 and of={of!r}")
    if not of:
        return Share(0, 0, None, None, None)
    p = n / of
    scale = 1 + _Z**2 / of
    middle = (p + _Z**2 / (2 * of)) / scale
    reach = _Z * math.sqrt(p * (1 - p) / of + _Z**2 / (4 * of**2)) / scale
    return Share(n, of, p, max(0.0, middle - reach), min(1.0, middle + reach))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """How often social networks were first.

    Attributes
    ----------
    n : int
        Stories that were sighted both on a social network and on a newswire.
    social, wire, tied : Share
        Those that each had first, and those whose lead is no larger than its doubt.
    median_lead : float or None
        Median of the signed leads in seconds, positive where social was first; tied ones too.
    reports : int
        Stories that a paid report told after another tier had.
    report_lag : float or None
        Median of the seconds by which it was later.
    """

    n: int
    social: Share
    wire: Share
    tied: Share
    median_lead: float | None
    reports: int
    report_lag: float | None


def ledger(stories: Iterable[Story], *, tied: float = 120.0) -> Ledger:
    """Count who had the stories first.

    Parameters
    ----------
    stories : iterable of Story
        Those that were not sighted on both tiers count for the reports alone.
    tied : float
        Leads up to this many seconds count as none, and up to the doubt of both sightings
        where that is more.
    """
    leads: list[float] = []
    first = {"social": 0, "wire": 0, "tied": 0}
    lags: list[float] = []
    for story in stories:
        sightings = story.sightings
        if story.lead is not None:
            doubt = sightings["social"].uncertainty + sightings["wire"].uncertainty
            leads.append(story.lead)
            if abs(story.lead) <= max(tied, doubt):
                first["tied"] += 1
            else:
                first["social" if story.lead > 0 else "wire"] += 1
        others = [sighting.time for tier, sighting in sightings.items() if tier != "report"]
        if others and "report" in sightings:
            lags.append((sightings["report"].time - min(others)).total_seconds())
    n = len(leads)
    return Ledger(
        n=n,
        social=wilson(first["social"], n),
        wire=wilson(first["wire"], n),
        tied=wilson(first["tied"], n),
        median_lead=statistics.median(leads) if leads else None,
        reports=len(lags),
        report_lag=statistics.median(lags) if lags else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An account or a source, and how its early word turned out.

    Attributes
    ----------
    source : str
    author : str or None
        Handle; None for a source that names no author.
    name : str or None
        As shown.
    stories : int
        Stories on which it was early.
    hits : Share
        Those of the settled ones that a newswire, a filing or a news site then told too.
    false_alarms : Share
        Those of the settled ones that were denied, or that nobody else told.
    head_start : float or None
        Median of the seconds between its word and the first on those tiers, over its hits.
    """

    source: str
    author: str | None
    name: str | None
    stories: int
    hits: Share
    false_alarms: Share
    head_start: float | None


def early_voices(
    stories: Iterable[Story],
    members: Callable[[str], Sequence[Item]],
    *,
    early: int = 3,
    minimum: int = 2,
) -> list[Voice]:
    """Return who is early on stories, and how often that came to something.

    A voice is early on a story if it is among the first `early` that tell it on a social
    network in words of their own, undated items aside, and no newswire, filing or news site
    had it before. The story is a hit once one of these has it; a false alarm if it was
    denied, or if one voice alone, or several in the same words, told it. A story that several
    tell in their own, but none of those, is open, and counts for neither.

    Parameters
    ----------
    stories : iterable of Story
    members : callable
        Returns the items of a story by its id. Asked for one story after another, so that never
        all of them are held.
    early : int
        How many voices of a story count as early.
    minimum : int
        Voices that were early on fewer stories are left out.

    Returns
    -------
    list of Voice
        Most hits first, then fewest false alarms, then by name.
    """
    found: dict[tuple[str, str | None], _Record] = defaultdict(_Record)
    for story in stories:
        told = [story.sightings[tier].time for tier in _TOLD if tier in story.sightings]
        confirmed = min(told, default=None)
        for item in _first(members(story.id), early):
            if confirmed is not None and item.time >= confirmed:
                continue
            record = found[item.source, item.author]
            record.name = item.author_name or record.name
            record.stories += 1
            if story.state == "denied" or (confirmed is None and story.state == "rumour"):
                record.false_alarms += 1
            elif confirmed is not None:
                record.starts.append((confirmed - item.time).total_seconds())
    voices = [record.voice(*who) for who, record in found.items() if record.stories >= minimum]
    return sorted(voices, key=lambda v: (-v.hits.n, v.false_alarms.n, v.source, v.author or ""))


class _Record:
    def __init__(self) -> None:
        self.name: str | None = None
        self.stories = 0
        self.false_alarms = 0
        self.starts: list[float] = []

    def voice(self, source: str, author: str | None) -> Voice:
        hits = len(self.starts)
        settled = hits + self.false_alarms
        return Voice(
            source=source,
            author=author,
            name=self.name,
            stories=self.stories,
            hits=wilson(hits, settled),
            false_alarms=wilson(self.false_alarms, settled),
            head_start=statistics.median(self.starts) if hits else None,
        )


def _first(items: Sequence[Item], early: int) -> list[Item]:
    """Return the first word of each of the first voices on a social network."""
    firsts: dict[tuple[str, str | None], Item] = {}
    for item in sorted(items, key=lambda each: (each.time, each.key)):
        if (
            item.tier == "social"
            and item.kind in OWN_WORDS
            and item.published_precision is not None
        ):
            firsts.setdefault((item.source, item.author), item)
            if len(firsts) == early:
                break
    return list(firsts.values())
