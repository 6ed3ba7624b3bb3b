"""Listens to an industry, and shows it as live columns.

What an analyst types::

    import workbench as wb

    wb.search("(acme OR #acme) -crypto lang:en", since="24h")  # newest first
    wb.counts("acme OR globex", every="1h", since="30d")  # time, n, measured
    posts = wb.search("acme", since="7d")
    wb.score_sentiment(posts)  # + neg, neu, pos, compound, label
    wb.chart_sentiment(posts)  # a plotly figure
    wb.rank_terms("acme", window="6h", baseline="7d")  # term, n, expected, lift, z
    wb.stories(since="24h")  # story, headline, first_social, first_wire, lead, n
    wb.share_of_voice({"Acme": "acme", "Globex": "globex"}, since="7d")
    wb.collect(wb.feeds("https://example.com/rss"))  # one source, now, into the store
    wb.import_file("mentions.csv", zone="Europe/Berlin")  # what you have as a file
    wb.deck("demo")  # the deck's columns, live
    wb.deck("demo")["Northwind"].frame(since="7d")  # and to_csv, to_excel, to_parquet, chart
    wb.pin(posts.iloc[0], note="Ask the plant.")  # shown first on the deck's page
    wb.explore()  # query box, choices, and what the store says: column, chart, frame
    wb.where()  # which store that is, and how fresh

Names resolve on first use, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.analyst import (
        chart_calibration,
        chart_confusion,
        chart_counts,
        chart_leads,
        chart_sentiment,
        chart_share_of_voice,
        chart_terms,
        chart_trace,
        collect,
        compare_engines,
        counts,
        early_voices,
        evaluate_sentiment,
        feeds,
        import_file,
        labelled,
        lead_ledger,
        news_volume,
        pin,
        pins,
        rank_terms,
        score_sentiment,
        search,
        share_of_voice,
        stories,
        story,
        to_frame,
        trace_terms,
        unpin,
        where,
    )
    from workbench.briefings import briefing
    from workbench.widgets.deck import deck
    from workbench.widgets.explorer import explore

__all__ = [
    "briefing",
    "chart_calibration",
    "chart_confusion",
    "chart_counts",
    "chart_leads",
    "chart_sentiment",
    "chart_share_of_voice",
    "chart_terms",
    "chart_trace",
    "collect",
    "compare_engines",
    "counts",
    "deck",
    "early_voices",
    "evaluate_sentiment",
    "explore",
    "feeds",
    "import_file",
    "labelled",
    "lead_ledger",
    "news_volume",
    "pin",
    "pins",
    "rank_terms",
    "score_sentiment",
    "search",
    "share_of_voice",
    "stories",
    "story",
    "to_frame",
    "trace_terms",
    "unpin",
    "where",
]
__version__ = "0.2.0"

_HOMES = {
    "briefing": "workbench.briefings",
    "chart_calibration": "workbench.analyst",
    "chart_confusion": "workbench.analyst",
    "chart_counts": "workbench.analyst",
    "chart_leads": "workbench.analyst",
    "chart_sentiment": "workbench.analyst",
    "chart_share_of_voice": "workbench.analyst",
    "chart_terms": "workbench.analyst",
    "chart_trace": "workbench.analyst",
    "collect": "workbench.analyst",
    "compare_engines": "workbench.analyst",
    "counts": "workbench.analyst",
    "deck": "workbench.widgets.deck",
    "early_voices": "workbench.analyst",
    "evaluate_sentiment": "workbench.analyst",
    "explore": "workbench.widgets.explorer",
    "feeds": "workbench.analyst",
    "import_file": "workbench.analyst",
    "labelled": "workbench.analyst",
    "lead_ledger": "workbench.analyst",
    "news_volume": "workbench.analyst",
    "pin": "workbench.analyst",
    "pins": "workbench.analyst",
    "rank_terms": "workbench.analyst",
    "score_sentiment": "workbench.analyst",
    "search": "workbench.analyst",
    "share_of_voice": "workbench.analyst",
    "stories": "workbench.analyst",
    "story": "workbench.analyst",
    "to_frame": "workbench.analyst",
    "trace_terms": "workbench.analyst",
    "unpin": "workbench.analyst",
    "where": "workbench.analyst",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
