"""How well the text analysis does: labels found, what scores are worth, terms over time."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

import workbench as wb
from workbench import share, store
from workbench.analyst.progress import progress
from workbench.charts.published import drawings
from workbench.errors import SettingError
from workbench.items import Item

START = datetime(2026, 6, 1, tzinfo=UTC)
TEXTS = pd.DataFrame(
    [
        ("positive", "What a great day!"),
        ("positive", "The train stands."),
        ("negative", "A terrible day."),
        ("neutral", "The train stands still."),
    ],
    columns=["label", "text"],
)


def test_the_sentences_that_come_along_are_labelled_in_thirds_and_each_stands_once():
    texts = wb.labelled()
    assert texts.label.value_counts().unique().tolist() == [107]
    assert texts.text.is_unique


def test_no_sentence_is_in_two_of_the_labelled_files():
    folder = share.path("labelled")
    files = [wb.labelled(path) for path in sorted(folder.glob("*.tsv"))]
    assert [len(texts) for texts in files] == [150, 1487, 321]
    assert pd.concat(files).text.is_unique


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own.tsv", 'label\ttext\nneutral\tHe said "no\n'),
        ("own.csv", 'label,text\nneutral,"a, b"\n'),
    ],
)
def test_a_file_of_ones_own_is_read_by_its_ending(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    found = wb.labelled(tmp_path / name)
    assert found.label.to_list() == ["neutral"]
    assert found.text.to_list() == ['He said "no' if name.endswith("tsv") else "a, b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("label\ttext\npositive\tgood\nmixed\tso so\n", "line 3"),
        ("mood\ttext\npositive\tgood\n", "label"),
    ],
)
def test_a_file_that_is_not_labelled_texts_is_refused_with_its_line(tmp_path, text, reason):
    (tmp_path / "own.tsv").write_text(text)
    with pytest.raises(SettingError, match=rf"own\.tsv.*{reason}"):
        wb.labelled(tmp_path / "own.tsv")
    with pytest.raises(SettingError, match=r"none\.tsv.*cannot be read"):
        wb.labelled(tmp_path / "none.tsv")


def test_a_label_that_is_none_is_refused_in_a_frame_too():
    texts = pd.DataFrame({"label": ["positive", "good"], "text": ["a", "b"]})
    with pytest.raises(SettingError, match="'good' is no label; they are negative, neutral"):
        wb.evaluate_sentiment(texts)


def test_recall_is_the_mean_over_the_classes():
    found = wb.evaluate_sentiment(TEXTS, engine="lexicon")
    assert found.truth.to_list() == TEXTS.label.to_list()
    assert found.label.to_list() == ["positive", "neutral", "negative", "neutral"]
    notes = found.attrs["workbench"]
    assert notes["engine"].startswith("lexicon ")
    assert notes["recall"] == pytest.approx((0.5 + 1 + 1) / 3)
    row = wb.compare_engines(TEXTS, using=["lexicon"]).loc[0]
    assert (row.positive, row.negative, row.neutral) == (0.5, 1.0, 1.0)


def test_a_class_without_texts_counts_for_nothing():
    found = wb.evaluate_sentiment(TEXTS[TEXTS.label == "positive"], engine="lexicon")
    assert found.attrs["workbench"]["recall"] == 0.5
    assert wb.compare_engines(TEXTS[:2], using=["lexicon"]).negative.isna().all()


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(SettingError, match="no rows"):
        wb.evaluate_sentiment(TEXTS[:0])
    with pytest.raises(SettingError, match="no field label"):
        wb.evaluate_sentiment(TEXTS[["text"]])
    with pytest.raises(SettingError, match="no sentiment engine 'tea leaves'"):
        wb.compare_engines(TEXTS, using=["tea leaves"])


def test_all_engines_that_can_be_used_are_compared_the_best_first():
    table = wb.compare_engines(TEXTS)
    assert {"lexicon", "business"} <= {name.split()[0] for name in table.engine}
    assert table.recall.is_monotonic_decreasing


def test_business_reads_financial_sentences_and_the_lexicon_does_not():
    table = wb.compare_engines(wb.labelled(), using=["business", "lexicon"])
    recall = dict(zip(table.engine.str.split().str[0], table.recall, strict=True))
    assert recall["business"] >= 0.75
    assert recall["business"] - recall["lexicon"] >= 0.15


def test_confusions_are_counted_by_label_given_and_found():
    drawn = wb.chart_confusion(wb.evaluate_sentiment(TEXTS, engine="lexicon"))
    assert [list(row) for row in drawn.data[0].z] == [[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5]]
    assert "75% of the labels are found" in drawn.layout.meta["alt"]


def test_a_calibrated_engine_lies_on_the_diagonal():
    rows = [("negative", -1.0)] * 4 + [("neutral", 0.0)] * 4 + [("positive", 1.0)] * 4
    drawn = wb.chart_calibration(pd.DataFrame(rows, columns=["truth", "compound"]), bins=3)
    assert list(drawn.data[1].x) == list(drawn.data[1].y) == [-1.0, 0.0, 1.0]
    assert "off by 0.00" in drawn.layout.meta["alt"]
    with pytest.raises(SettingError, match="bins=1"):
        wb.chart_calibration(pd.DataFrame(rows, columns=["truth", "compound"]), bins=1)


def test_where_notebooks_are_published_both_are_drawn_without_a_script(monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUN", "1")
    found = wb.evaluate_sentiment(TEXTS, engine="lexicon")
    drawn = wb.chart_confusion(found, title="<b>x</b>")
    table = drawings(json.loads(drawn.to_json()))
    assert table.count("<svg") == 2  # for a wide screen and for a phone
    assert "positive, taken for neutral: 50%, 1" in table
    assert "&lt;b&gt;x" in table
    rows = [("negative", -1.0)] * 4 + [("neutral", 0.0)] * 4 + [("positive", 1.0)] * 4
    drawn = wb.chart_calibration(pd.DataFrame(rows, columns=["truth", "compound"]), bins=3)
    line = drawings(json.loads(drawn.to_json()))
    assert 'd="M40 ' in line
    assert "scored 1.00, labelled 1.00, 4 texts" in line
    empty = wb.chart_calibration(pd.DataFrame(rows[:0], columns=["truth", "compound"]))
    assert "Nothing is scored" in drawings(json.loads(empty.to_json()))


@pytest.mark.parametrize(("place", "is_shown"), [("", True), ("WORKBENCH_RUN", False)])
def test_a_bar_of_progress_is_seen_where_somebody_works_alone(monkeypatch, place, is_shown):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for name in ("WORKBENCH_RUN", "WORKBENCH_PAGE"):
        monkeypatch.delenv(name, raising=False)
    if place:
        monkeypatch.setenv(place, "1")
    with progress(desc="stories") as bar:
        assert bar.disable is not is_shown


def test_a_title_is_text_on_the_chart():
    found = wb.evaluate_sentiment(TEXTS, engine="lexicon")
    drawn = wb.chart_confusion(found, title="<b>x</b>", theme="dark")
    assert "&lt;b&gt;x" in drawn.layout.annotations[0].text


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Ten quiet days, then an hour in which all speak of hail."""
    path = str(tmp_path_factory.mktemp("trace") / "w.db")
    end = START + timedelta(days=10)

    def said(n, at, text):
        return Item(source="bluesky", id=f"at://{n}", published=at, text=text, lang="en")

    items = [
        said(n, START + timedelta(hours=n), f"word{n % 30} of the morning") for n in range(240)
    ]
    items += [
        said(1000 + n, end + timedelta(minutes=70 + n), f"hail on the glass{n}") for n in range(20)
    ]
    with store.open(path, now=lambda: end + timedelta(hours=4)) as opened:
        opened.add(items)
        opened.cover("bluesky", "", START, end + timedelta(hours=4), "ok")
    return path


def traced(address, **settings):
    end = START + timedelta(days=10)
    given = {"since": end, "until": end + timedelta(hours=4), "every": "1h", "address": address}
    return wb.trace_terms(**{**given, **settings})


def test_a_term_is_followed_from_its_break_to_its_end(address):
    found = traced(address)
    hail = found[found.term == "hail"]
    assert hail.time.diff().dropna().unique().tolist() == [pd.Timedelta("1h")]
    assert hail.n.isna().to_list() == [True, True, False, True, True]
    assert hail.place.dropna().to_list() == [1]
    assert hail.n.dropna().to_list() == [20]


def test_terms_that_are_named_are_followed_even_where_they_never_stood_out(address):
    found = traced(address, terms=["hail", "snow"])
    assert set(found.term) == {"hail", "snow"}
    assert found[found.term == "snow"].z.isna().all()


def test_a_trace_is_drawn_with_what_happened(address):
    hail = START + timedelta(days=10, hours=1)
    events = {"Hail": f"{hail:%Y-%m-%dT%H:%M}", "Long ago": START}
    drawn = wb.chart_trace(traced(address), events=events)
    assert "hail stood out most" in drawn.layout.meta["alt"]
    words = " ".join(note.text for note in drawn.layout.annotations)
    assert "Hail" in words
    assert "Long ago" not in words


def test_where_nothing_stood_out_the_chart_says_so(address):
    drawn = wb.chart_trace(traced(address, terms=["snow"]))
    assert drawn.layout.meta["alt"] == "Nothing stood out."


@pytest.mark.parametrize(
    "settings",
    [{"every": "1s"}, {"every": "5h"}, {"window": "7d"}, {"window": "8d"}],
)
def test_spans_that_make_no_sense_are_refused(address, settings):
    with pytest.raises(SettingError, match=r"window=|every="):
        traced(address, **settings)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"window": "14m"}, "window='14m' must be from 15m to 30d"),
        ({"window": "31d", "baseline": "60d"}, "window='31d' must be from 15m to 30d"),
        ({"window": "2d", "baseline": "1d"}, "window='2d' must be longer than nothing"),
    ],
)
def test_a_trace_refuses_the_windows_that_a_ranking_refuses(address, settings, reason):
    with pytest.raises(SettingError, match=reason) as ranking:
        wb.rank_terms(address=address, **settings)
    with pytest.raises(SettingError) as trace:
        traced(address, **settings)
    assert str(trace.value) == str(ranking.value)
