"""What an analyst types: frames in, frames out, and charts of them."""

from workbench.analyst.asking import NOTES, counts, rank_terms, search, share_of_voice, to_frame
from workbench.analyst.bringing import import_file
from workbench.analyst.drawing import (
    chart_counts,
    chart_leads,
    chart_sentiment,
    chart_share_of_voice,
    chart_terms,
)
from workbench.analyst.judging import chart_calibration, chart_confusion, chart_trace
from workbench.analyst.pinning import pin, pins, unpin
from workbench.analyst.quality import compare_engines, evaluate_sentiment, labelled, trace_terms
from workbench.analyst.sources import collect, feeds
from workbench.analyst.standing import Standing, where
from workbench.analyst.telling import early_voices, lead_ledger, stories, story
from workbench.analyst.tone import score_sentiment
from workbench.analyst.volumes import news_volume

__all__ = [
    "NOTES",
    "Standing",
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
    "early_voices",
    "evaluate_sentiment",
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
