"""What an analyst types: frames in, frames out, over a real store."""

import inspect
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from loopback import serving

import workbench as wb
from workbench import store
from workbench.analyst import NOTES, to_frame
from workbench.collectors.feeds import Feeds
from workbench.columns import trends
from workbench.errors import SettingError, SourceError
from workbench.items import FIELDS, Item
from workbench.query import parse

pytestmark = pytest.mark.usefixtures("the_present")

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def address(tmp_path):
    path = str(tmp_path / "w.db")
    with store.open(path) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=str(n),
                text=f"acme {n}",
                published=NOW - timedelta(hours=n),
                likes=n or None,
            )
            for n in range(5)
        )
        opened.cover("bluesky", "", NOW - timedelta(days=2), NOW, "ok")
    return path


def test_a_search_gives_a_frame_newest_first(address):
    frame = wb.search("acme -3", since="150m", address=address)
    assert frame["text"].tolist() == ["acme 0", "acme 1", "acme 2"]
    assert list(frame.columns) == [field.name for field in FIELDS]
    assert str(frame["published"].dtype).startswith("datetime64")
    assert frame["likes"].dtype == "Int64"
    assert frame["likes"].isna().tolist() == [True, False, False]


def test_nothing_found_is_a_frame_with_the_same_fields(address):
    frame = wb.search("globex", address=address)
    assert frame.empty
    assert frame["likes"].dtype == "Int64"
    assert to_frame([]).columns.tolist() == frame.columns.tolist()


def test_counts_say_what_was_measured(address):
    frame = wb.counts("acme", every="1h", since="4h", address=address)
    assert list(frame.columns) == ["time", "n", "measured"]
    assert frame["n"].sum() in {4, 5}
    assert frame["measured"].all()


def test_a_search_says_what_it_covers_and_what_of_it_was_not_measured(address):
    notes = wb.search("acme", since="3d", until="30m", address=address).attrs["workbench"]
    assert notes["query"] == "acme"
    assert notes["store"] == address
    assert not notes["is_cut"]
    ((start, end),) = notes["gaps"]
    assert datetime.fromisoformat(start) == datetime.fromisoformat(notes["since"])
    assert abs(datetime.fromisoformat(end) - (NOW - timedelta(days=2))) < timedelta(minutes=10)
    cut = wb.search("acme", since="3d", limit=2, address=address)
    assert cut.attrs["workbench"]["is_cut"]
    # Of what lies before the oldest row it says nothing.
    assert datetime.fromisoformat(cut.attrs["workbench"]["since"]) == NOW - timedelta(hours=1)


def test_until_ends_what_is_found_and_counted(address):
    frame = wb.search("acme", until="150m", address=address)
    assert frame["text"].tolist() == ["acme 3", "acme 4"]
    assert wb.counts("acme", since="6h", until="150m", address=address)["n"].sum() == 2
    with pytest.raises(SettingError, match="since='1h' does not lie before until='2h'"):
        wb.search("acme", since="1h", until="2h", address=address)


def test_shares_are_of_all_that_was_said(address):
    with store.open(address) as opened:
        opened.add([Item(source="x", id="g", text="globex", published=NOW - timedelta(hours=1))])
    queries = {"None": "initech", "Globex": "globex", "Acme": "acme"}
    frame = wb.share_of_voice(queries, since="4d", address=address)
    assert frame["name"].tolist() == ["Acme", "Globex", "None"]
    assert frame["n"].tolist() == [5, 1, 0]
    assert frame["share"].tolist() == pytest.approx([5 / 6, 1 / 6, 0])
    assert frame["measured"].tolist() == pytest.approx([0.5] * 3, abs=0.01)
    nothing = wb.share_of_voice({"None": "initech"}, since="1h", address=address)
    assert nothing["share"].isna().all()
    assert wb.share_of_voice({}, address=address).dtypes.astype(str).tolist() == [
        "str",
        "int64",
        "float64",
        "float64",
    ]
    with pytest.raises(SettingError, match="must be names with their queries"):
        wb.share_of_voice("acme", address=address)


def test_scores_are_the_stores_own(tmp_path):
    path = str(tmp_path / "s.db")
    texts = [
        ("What a great day!", "en", None),
        ("Ein schöner Tag!", "de", None),
        ("it is", "en-GB", "Terrible, awful news"),
        ("great", None, None),
        (" ", "en", None),
    ]
    with store.open(path) as opened:
        opened.add(
            Item(source="x", id=str(n), text=text, lang=lang, title=title, published=NOW)
            for n, (text, lang, title) in enumerate(texts)
        )
    posts = wb.search("since:1990-01-01", address=path)
    scored = wb.score_sentiment(posts)
    assert scored["compound"].isna().tolist() == posts["compound"].isna().tolist()
    known = posts["compound"].notna()
    assert scored["compound"][known].tolist() == posts["compound"][known].tolist()
    by_id = dict(zip(scored["id"], scored["label"].fillna("unknown"), strict=True))
    assert by_id == {
        "0": "positive",
        "1": "unknown",
        "2": "negative",
        "3": "unknown",
        "4": "unknown",
    }
    assert scored.index.equals(posts.index)
    assert "neg" not in posts  # a new frame
    assert wb.score_sentiment(posts.head(0))["compound"].dtype == "float64"
    with pytest.raises(SettingError, match="posts has no field lang; it has: text"):
        wb.score_sentiment(posts[["text"]])
    with pytest.raises(SettingError, match="no sentiment engine 'magic'"):
        wb.score_sentiment(posts, engine="magic")


@pytest.fixture
def busy(tmp_path):
    """A week of a post an hour, and a last hour in which a strike broke out."""
    path = str(tmp_path / "b.db")
    with store.open(path) as opened:
        usual = [
            Item(
                source="x",
                id=f"u{n}-{k}",
                text=f"acme {word}" + (" bleed sensor" if n % 24 == 0 else ""),
                published=NOW - timedelta(hours=n, minutes=90),
            )
            for n in range(167)
            for k, word in enumerate(["gate", "crew", "fare", "route"])
        ]
        now = [
            Item(
                source="x",
                id=f"n{n}",
                text=f"acme {n} #strike {n} bleed sensor {n} gate",
                published=NOW - timedelta(minutes=n),
            )
            for n in range(20)
        ]
        opened.add(usual + now)
        opened.cover("x", "", NOW - timedelta(days=9), NOW + timedelta(hours=1), "ok")
    return path


def test_terms_are_ranked_with_phrases_by_the_formula(busy):
    frame = wb.rank_terms("acme", window="1h", baseline="7d", address=busy)
    assert list(frame.columns)[:7] == ["term", "n", "expected", "lift", "z", "new", "first"]
    by_term = frame.set_index("term")
    assert {"#strike", "bleed sensor"} <= set(by_term.index)
    assert not {"strike", "bleed", "sensor", "acme", "gate"} & set(by_term.index)
    assert by_term.loc["#strike", "n"] == 20
    assert by_term.loc["#strike", "z"] == pytest.approx(20)  # (20 - 0) / sqrt(0 + 1)
    row = by_term.loc["bleed sensor"]
    # 4 posts each 24 hours, 28 in all; the window is 20 posts, against 664 or so before.
    expected = 28 * 20 / 668
    assert row["expected"] == pytest.approx(expected, rel=0.03)
    e = row["expected"]
    assert row["z"] == pytest.approx((20 - e) / (e + 1 + e * e / 4) ** 0.5)
    assert row["lift"] == pytest.approx(20 / e)
    assert frame.attrs["workbench"]["measured_hours"] > 160


def test_the_trending_column_ranks_the_same(busy):
    now = datetime.now(UTC)
    with store.open(busy, now=lambda: now) as opened:
        shown = trends.rows(
            opened,
            parse("acme"),
            window=timedelta(hours=1),
            baseline=timedelta(days=7),
            now=now,
            lists={},
        )
    ranked = wb.rank_terms("acme", window="1h", baseline="7d", address=busy)
    assert [row["term"] for row in shown["rows"]] == ranked["term"].tolist()[: len(shown["rows"])]


def test_without_a_past_nothing_is_ranked(address):
    frame = wb.rank_terms("acme", window="1h", baseline="2h", address=str(address) + "2")
    assert frame.empty
    kinds = ["str", "int64", "float64", "float64", "float64", "bool", "datetime64[us, UTC]"]
    assert frame.dtypes.astype(str).tolist()[:7] == kinds
    assert frame.attrs["workbench"]["measured_hours"] == 0
    with pytest.raises(SettingError, match="window='7d' must be longer than nothing and shorter"):
        wb.rank_terms("acme", window="7d", baseline="7d", address=address)
    with pytest.raises(SettingError, match="window='5m' must be from 15m to 30d"):
        wb.rank_terms("acme", window="5m", address=address)
    with pytest.raises(SettingError, match="coordinated='out' must be"):
        wb.rank_terms("acme", coordinated="out", address=address)
    with pytest.raises(SettingError, match="minimum=0 must be 1 or more"):
        wb.rank_terms("acme", minimum=0, address=address)


FEED = b"""<rss version="2.0"><channel><title>A</title>
<item><title>Acme buys Globex</title><guid>1</guid></item>
<item><title>Acme is fine</title><guid>2</guid></item></channel></rss>"""


@pytest.fixture
def feed():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/rss" else 500)
            self.send_header("Content-Length", str(len(FEED)))
            self.end_headers()
            self.wfile.write(FEED)

        def log_message(self, *_):
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def test_one_source_is_collected_now_into_the_store(feed, tmp_path):
    path = str(tmp_path / "c.db")
    source = wb.feeds(f"{feed}/rss", tier="wire", label="A wire")
    frame = wb.collect(source, address=path)
    (row,) = frame.drop(columns="error").to_dict("records")
    assert row == {
        "source": f"feeds:{feed}/rss",
        "label": "A wire",
        "new": 2,
        "updated": 0,
        "unchanged": 0,
    }
    assert frame["error"].isna().all()
    assert wb.search("tier:wire acme", address=path)["kind"].tolist() == ["release"] * 2
    assert wb.collect(Feeds(url=f"{feed}/rss", tier="wire"), address=path)["new"].tolist() == [0]


def test_of_several_sources_one_that_fails_is_told_and_stops_no_other(feed, tmp_path):
    path = str(tmp_path / "c.db")
    sources = [wb.feeds(f"{feed}/broken"), wb.feeds(f"{feed}/rss")]
    frame = wb.collect(sources, address=path)
    assert frame["new"].tolist() == [0, 2]
    assert "500" in frame["error"][0]
    assert frame["error"].isna().tolist() == [False, True]
    with pytest.raises(SourceError, match="500"):
        wb.collect(sources[0], address=path)


def test_a_decks_sources_are_collected_by_its_name(feed, tmp_path):
    deck = tmp_path / "ceo.yaml"
    deck.write_text(
        f"title: T\nsources:\n  - {{collector: feeds, url: '{feed}/rss'}}\n"
        "columns:\n  - {type: search, title: A, query: globex}\n"
    )
    path = str(tmp_path / "c.db")
    wb.collect(str(deck), address=path)
    assert len(wb.search("acme", address=path)) == 1  # by default only what a column wants


@pytest.mark.parametrize("given", [7, [], ["x"], None])
def test_what_is_no_source_is_refused(given, tmp_path):
    with pytest.raises(SettingError, match="nothing to collect from"):
        wb.collect(given, address=str(tmp_path / "c.db"))


def test_counts_are_drawn_with_their_gaps(address):
    counted = wb.counts("acme", since="3d", every="3h", address=address)
    made = wb.chart_counts(counted, zone="Europe/Berlin")
    hatched, bars = made.data
    assert hatched.fillpattern.shape == "/"
    assert sum(n or 0 for n in bars.y) == 5
    assert bars.y[0] is None
    assert "5 found, most on" in made.layout.meta["alt"]
    assert "One span was not measured" in made.layout.meta["alt"]
    with pytest.raises(SettingError, match="counts has no field measured; it needs what wb"):
        wb.chart_counts(counted[["time", "n"]])


def test_what_was_found_in_a_time_not_measured_is_said_but_not_drawn(address):
    counted = wb.counts("acme", since="3d", every="3h", address=address).assign(measured=False)
    made = wb.chart_counts(counted)
    assert set(made.data[-1].y) == {None}
    assert "5 found, in a time that was not measured" in made.layout.meta["alt"]


def test_sentiment_is_drawn_from_found_posts(tmp_path):
    now = datetime.now(UTC)  # not the module's, which a long run leaves behind
    path = str(tmp_path / "s.db")
    with store.open(path) as opened:
        opened.add(
            Item(
                source="x",
                id=f"{n}",
                lang="en",
                text="What a great day" if n % 4 else "Terrible, awful",
                published=now - timedelta(minutes=10 * n + 1),
            )
            for n in range(144)
        )
        opened.cover("x", "", now - timedelta(hours=20), now + timedelta(hours=1), "ok")
    posts = wb.search("day OR terrible", since="24h", address=path)
    made = wb.chart_sentiment(posts, every="4h")
    hatched, negative, positive = made.data
    assert hatched.name == "not measured"
    known = [(a, b) for a, b in zip(negative.y, positive.y, strict=True) if a is not None]
    assert known
    assert all(a + b == pytest.approx(100, abs=0.2) for a, b in known)
    # Of the stretches that lie in the last day; where the first begins, the time of day decides.
    until = datetime.fromisoformat(posts.attrs[NOTES]["until"])
    first = min(
        time for time in pd.to_datetime(negative.x, utc=True) if time >= until - timedelta(days=1)
    )
    day = posts[posts["published"] >= first]
    share = f"{100 * (day['text'] == 'Terrible, awful').mean():.0f}\N{NO-BREAK SPACE}%"
    assert f"{share} negative in the last 24 hours" in made.layout.meta["alt"]
    cut = wb.chart_sentiment(wb.search("day OR terrible", limit=50, address=path))
    assert "the newest 50 only" in cut.layout.annotations[0].text
    unscored = posts.drop(columns="compound")
    assert wb.chart_sentiment(unscored, every="4h").data[1].y == negative.y
    old = posts[posts["published"] < now - timedelta(hours=5)]
    old.attrs.clear()  # as of a file
    assert "in the 24 hours to" in wb.chart_sentiment(old).layout.meta["alt"]


def test_terms_and_shares_are_drawn(busy):
    ranked = wb.rank_terms("acme", window="1h", address=busy)
    made = wb.chart_terms(ranked, limit=1)
    assert list(made.data[0].x) == [20]
    assert "#strike stands out most" in made.layout.meta["alt"]
    with pytest.raises(SettingError, match="limit=0 must be 1 or more"):
        wb.chart_terms(ranked, limit=0)
    shares = wb.share_of_voice({"Acme": "acme", "<b>": "nobody"}, since="1h", address=busy)
    made = wb.chart_share_of_voice(shares)
    assert list(made.data[0].x) == [100, 0]
    assert made.layout.yaxis.ticktext == ("Acme", "&lt;b&gt;")
    assert "Acme has 100\N{NO-BREAK SPACE}% of what is said" in made.layout.meta["alt"]


def test_empty_frames_are_drawn_as_such(tmp_path):
    path = str(tmp_path / "e.db")
    charts = [
        wb.chart_counts(wb.counts("acme", address=path)),
        wb.chart_counts(wb.counts("acme", address=path).head(0)),
        wb.chart_sentiment(wb.search("acme", address=path)),
        wb.chart_sentiment(wb.search("acme", since="7d", address=path)),
        wb.chart_terms(wb.rank_terms(address=path)),
        wb.chart_share_of_voice(wb.share_of_voice({"Acme": "acme"}, address=path)),
    ]
    for made in charts:
        assert made.layout.meta["alt"]


def test_every_option_is_keyword_only_and_documented():
    page = (Path(__file__).parent.parent / "docs" / "reference" / "python.md").read_text()
    for name in wb.__all__:
        made = getattr(wb, name)
        assert f"### `{name}`" in page
        assert made.__doc__
        if inspect.isclass(made):
            continue
        _, *rest = inspect.signature(made).parameters.values()
        assert all(each.kind in (each.KEYWORD_ONLY, each.VAR_KEYWORD) for each in rest), name
