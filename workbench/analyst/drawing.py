"""Charts of an analyst's frames, as plotly figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.analyst import describing, describing_leads
from workbench.charts import figure

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = ["chart_counts", "chart_leads", "chart_sentiment", "chart_share_of_voice", "chart_terms"]


def chart_counts(
    counts: pd.DataFrame, *, zone: str = "UTC", title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw how much was said over time; what was not measured is hatched, not zero.

    Parameters
    ----------
    counts : pandas.DataFrame
        As :func:`workbench.counts` returns it.
    zone : str
        Time zone of its axis, by its IANA name.
    title : str, optional
        What is seen; told from the numbers unless given.
    theme : {"light", "dark"}

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    return figure(describing.volume(counts, zone=zone, title=title), theme=theme)


def chart_sentiment(
    posts: pd.DataFrame,
    *,
    every: timedelta | str | None = None,
    zone: str = "UTC",
    title: str | None = None,
    theme: str = "light",
) -> go.Figure:
    """Draw which share of the posts reads negative and positive, over time.

    A share that rests on fewer than five scored posts is left blank; what was not measured,
    as far as the frame tells, is hatched.

    Parameters
    ----------
    posts : pandas.DataFrame
        As :func:`workbench.search` returns it. Scored here if it has no field compound.
    every : timedelta or str, optional
        Length of a point's span; what suits the whole unless given.
    zone, title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    return figure(describing.tone(posts, every=every, zone=zone, title=title), theme=theme)


def chart_terms(
    terms: pd.DataFrame, *, limit: int = 12, title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw which terms stand out, each with what is usual.

    Parameters
    ----------
    terms : pandas.DataFrame
        As :func:`workbench.rank_terms` returns it.
    limit : int
        At most so many, from the first.
    title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    return figure(describing.terms(terms, limit=limit, title=title), theme=theme)


def chart_share_of_voice(
    shares: pd.DataFrame, *, title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw who is talked about how much.

    Parameters
    ----------
    shares : pandas.DataFrame
        As :func:`workbench.share_of_voice` returns it.
    title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    return figure(describing.voices(shares, title=title), theme=theme)


def chart_leads(
    stories: pd.DataFrame, *, title: str | None = None, theme: str = "light"
) -> go.Figure:
    """Draw how far social networks and the newswires were ahead of each other.

    Stories that not both of them had are left out.

    Parameters
    ----------
    stories : pandas.DataFrame
        As :func:`workbench.stories` returns it.
    title, theme : str
        As :func:`chart_counts` takes them.

    Raises
    ------
    SettingError
        If a field is missing, or there is no such theme.
    """
    return figure(describing_leads.leads(stories, title=title), theme=theme)
