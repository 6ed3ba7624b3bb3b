"""How well the text analysis does: on labelled texts, and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from workbench import clock, share, store
from workbench.analyst.asking import NOTES
from workbench.analyst.describing import require
from workbench.columns import rising
from workbench.columns.data import Moment, between
from workbench.errors import SettingError
from workbench.query import parse
from workbench.text import engines, sentiment
from workbench.text.labelled import read_labels
from workbench.text.social import CLASSES

if TYPE_CHECKING:
    from workbench.columns.rising import Rising

__all__ = ["compare_engines", "evaluate_sentiment", "labelled", "trace_terms"]

_STEPS: Final = 500
_LEADING: Final = 3
_SHOWN: Final = 6


def labelled(path: str | Path | None = None) -> pd.DataFrame:
    """Return texts with the label that people gave them.

    Parameters
    ----------
    path : str or Path, optional
        A file of one's own, as ``workbench train-sentiment`` takes it: CSV, or TSV by its ending,
        with the fields label (negative, neutral, positive; or -1, 0, 1) and text; rows without
        text are left out. Unless given: 321 sentences as newswires, reports and filings
        have them, of invented companies, written apart from the rules of the engine ``business``.

    Returns
    -------
    pandas.DataFrame
        label (str), text (str), in the file's order.

    Raises
    ------
    SettingError
        If the file cannot be read, lacks a field, or holds another label; it names the line.

    Examples
    --------
    >>> labelled().label.value_counts().to_dict()
    {'positive': 107, 'negative': 107, 'neutral': 107}
    """
    file = share.path("labelled") / "financial.tsv" if path is None else Path(path)
    found = read_labels(file)
    texts = pd.DataFrame(
        {"label": [CLASSES[number] for number in found.labels], "text": found.texts}, dtype="str"
    )
    texts.attrs[NOTES] = {"file": file.name}
    return texts


def evaluate_sentiment(
    texts: pd.DataFrame, *, engine: str = "business", fixes: bool = False
) -> pd.DataFrame:
    """Score labelled texts, and say how many of each class were found.

    Parameters
    ----------
    texts : pandas.DataFrame
        label and text, as :func:`labelled` returns them.
    engine : str
        Which one scores, as :func:`score_sentiment` takes it.
    fixes : bool
        With the engine's own corrections.

    Returns
    -------
    pandas.DataFrame
        The same rows: text (str), truth (str: the label given), label (str: the one found),
        compound, neg, neu, pos (float). ``attrs["workbench"]`` holds the engine with its version,
        and the macro-averaged recall: the mean, over the classes that there are, of the share of
        their texts that were found.

    Raises
    ------
    SettingError
        If a field is missing, there is no text, a label is none, or there is no such engine.

    Examples
    --------
    >>> texts = pd.DataFrame({"label": ["positive"], "text": ["Profit rose 12 percent."]})
    >>> evaluate_sentiment(texts, engine="business").label.to_list()
    ['positive']
    """
    require(texts, "texts", ("label", "text"), "wb.labelled(…)")
    if texts.empty:
        raise SettingError("texts has no rows; there is nothing to measure")
    if strange := sorted(set(map(str, texts["label"])) - set(CLASSES)):
        raise SettingError(f"{strange[0][:40]!r} is no label; they are {', '.join(CLASSES)}")
    found = sentiment.score(texts["text"].to_list(), engine=engine, fixes=fixes)
    found.insert(0, "text", texts["text"].to_list())
    found.insert(1, "truth", texts["label"].to_list())
    recalls = _recalls(found)
    found.attrs[NOTES] = {
        **texts.attrs.get(NOTES, {}),
        "engine": found.attrs.get("engine", engine),
        "recall": sum(recalls.values()) / len(recalls),
    }
    return found


def _recalls(evaluated: pd.DataFrame) -> dict[str, float]:
    right = evaluated["truth"] == evaluated["label"]
    shares = right.groupby(evaluated["truth"]).mean()
    return {name: float(shares[name]) for name in CLASSES if name in shares}


def compare_engines(texts: pd.DataFrame, *, using: Sequence[str] | None = None) -> pd.DataFrame:
    """Return how well several engines find the labels of the same texts.

    Parameters
    ----------
    texts : pandas.DataFrame
        label and text, as :func:`labelled` returns them.
    using : sequence of str, optional
        The engines; all that are installed and can be used unless given.

    Returns
    -------
    pandas.DataFrame
        One row per engine, the best first: engine (str, with its version), recall (float, macro-
        averaged), negative, neutral, positive (float: the share of each class that was found;
        null for a class without texts).

    Raises
    ------
    SettingError
        If a field is missing, there is no text, or an engine that was named cannot be used.
    """
    rows = []
    for name in engines.available() if using is None else using:
        try:
            found = evaluate_sentiment(texts, engine=name)
        except SettingError:
            if using is not None or texts.empty:
                raise
            continue  # one that is installed may still lack what it reads
        notes = found.attrs[NOTES]
        rows.append({"engine": notes["engine"], "recall": notes["recall"], **_recalls(found)})
    table = pd.DataFrame(rows, columns=["engine", "recall", *CLASSES])
    return table.sort_values("recall", ascending=False, ignore_index=True)


def trace_terms(
    query: str | None = None,
    *,
    terms: Iterable[str] | None = None,
    every: timedelta | str = "30m",
    since: Moment = "24h",
    until: Moment | None = None,
    window: timedelta | str = "1h",
    baseline: timedelta | str = "7d",
    address: str | None = None,
) -> pd.DataFrame:
    """Rank terms as they stood at each of many moments: when each broke out, and for how long.

    Parameters
    ----------
    query : str, optional
        Which items count; all unless given.
    terms : iterable of str, optional
        The terms that are followed; those that were among the first three at some moment, at most
        six, unless given.
    every : timedelta or str
        From one moment to the next.
    since, until : datetime, timedelta or str
        Between when; until now unless given.
    window, baseline : timedelta or str
        As :func:`rank_terms` takes them.
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.

    Returns
    -------
    pandas.DataFrame
        One row per moment and term, oldest first: time (the window's end, UTC), term (str), n
        (int), expected (float), z (float), place (int: 1 is first). A term that was not ranked
        at a moment has n, expected, z and place null there, and so has every term of a moment
        before which less was measured than the window is long.

    Raises
    ------
    QueryError
        If the query cannot be read.
    SettingError
        If a span makes no sense, or there would be more than 500 moments.
    StoreError
        If the store cannot be opened.
    """
    looked, before = rising.spans(window, baseline)
    step = clock.span(every)
    now = clock.now()
    span = between(since, until, now)
    start, end = span.since, span.until
    if start is None or not timedelta() < step <= end - start or (end - start) / step > _STEPS:
        raise SettingError(
            f"every={every!r} gives no moments between since and until, or more than {_STEPS}"
        )
    asked = None if query is None else parse(query)
    moments = [end - step * n for n in range(int((end - start) / step), -1, -1)]
    tables: list[list[Rising]] = []
    with store.open(address, now=lambda: now) as opened:
        for at in moments:
            found = rising.standing(opened, asked, window=looked, baseline=before, now=at, lists={})
            tables.append(found.rising)
    followed = list(dict.fromkeys(terms)) if terms is not None else _leading(tables)
    rows = []
    for at, table in zip(moments, tables, strict=True):
        places: Mapping[str, tuple[int, Rising]] = {
            row.term: (place, row) for place, row in enumerate(table, 1)
        }
        for term in followed:
            place, row = places.get(term, (None, None))
            told = (row.n, row.expected, row.z) if row else (None, None, None)
            rows.append((at, term, *told, place))
    frame = pd.DataFrame(rows, columns=["time", "term", "n", "expected", "z", "place"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True).dt.as_unit("us")
    frame = frame.astype(
        {"term": "str", "n": "Int64", "expected": "Float64", "z": "Float64", "place": "Int64"}
    )
    frame.attrs[NOTES] = {"query": query, "window": str(window), "baseline": str(baseline)}
    return frame


def _leading(tables: Iterable[Sequence[Rising]]) -> list[str]:
    """Return the terms that stood highest at some moment, the highest first."""
    best: dict[str, float] = {}
    for table in tables:
        for row in table[:_LEADING]:
            best[row.term] = max(row.z, best.get(row.term, row.z))
    return sorted(best, key=lambda term: (-best[term], term))[:_SHOWN]
