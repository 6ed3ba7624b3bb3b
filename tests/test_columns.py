"""A deck over a real store, as the page gets it."""

import re
from datetime import timedelta

import pytest
from boards import HOUR, NOW, column, drawn, inside, nodes, setting, terms
from publishing import said

from workbench import store
from workbench.columns import Board
from workbench.items import Count, Deletion, ParseResult, Volume

__all__ = ["setting"]  # the fixture, found here by pytest


def test_the_state_holds_deck_sources_and_columns(setting):
    setting.live()
    setting.post("Northwind on time", likes=3, links=("https://a.example/x",))
    setting.post("elsewhere")
    state = setting.board().state()
    assert state["deck"] == {
        "name": "deck",
        "title": "Northwind Air",
        "zone": "Europe/Berlin",
        "theme": "auto",
        "times": "relative",
        "media": "off",
    }
    assert state["mode"] == "replay"
    assert [c["title"] for c in state["columns"]] == ["Northwind", "Newswire", "Trending", "Mood"]
    wire = state["sources"]["feeds:https://wire.example/rss"]
    assert (wire["label"], wire["tier"], wire["state"]) == ("Harbour Wire", "wire", "live")
    (shown,) = column(state, "Northwind")["items"]
    assert shown["key"] == "bluesky:at://did:plc:a/app.bsky.feed.post/1"
    assert shown["published"] == int(NOW.timestamp() * 1000)
    assert "Northwind on time" in said(shown)
    assert "Bluesky" in str(shown["node"])
    assert "3 likes" in str(shown["node"])


def test_a_newcomer_is_told_once_and_in_its_column_alone(setting):
    board = setting.board()
    board.state()
    board.advance()
    setting.post("Northwind again")
    update = board.advance()
    (added,) = update["columns"]["northwind"]["add"]
    assert "Northwind again" in said(added)
    assert "add" not in update["columns"].get("newswire", {})
    again = board.advance()
    assert again is None or "add" not in again.get("columns", {}).get("northwind", {})


def test_counts_and_deletions_of_what_is_shown_travel(setting):
    item = setting.post("Northwind late")
    board = setting.board()
    board.state()
    board.advance()
    likes = ParseResult()
    likes.counts.append(Count("like-1", item.id, "likes", 1, "bluesky"))
    setting.store.apply(likes)
    (changed,) = board.advance()["changed"]
    assert "1 like" in str(changed["node"][-1])
    gone = ParseResult()
    gone.deletions.append(Deletion("bluesky", item.id, NOW))
    setting.store.apply(gone)
    assert board.advance()["gone"] == [f"bluesky:{item.id}"]


def test_older_items_follow_without_skip_or_repeat(setting):
    for n in range(120):
        setting.post(f"Northwind {n}", ago=timedelta(minutes=n))
    board = setting.board()
    part = column(board.state(), "Northwind")
    texts = [said(item) for item in part["items"]]
    while part["more"]:
        part = board.older("northwind", part["more"])
        texts += [said(item) for item in part["items"]]
    assert texts == [f"Northwind {n}" for n in range(120)]


def test_older_items_of_a_computed_column_are_refused(setting):
    with pytest.raises(KeyError):
        setting.board().older("trending", "x")


def test_a_failing_source_is_named_with_reason_and_next_try(setting):
    setting.live("failing", reason="answered 500", next_try=NOW + timedelta(minutes=5))
    state = column(setting.board().state(), "Northwind")["state"]
    assert state["level"] == "failing"
    assert "answered 500" in state["text"]
    assert "since 13:30" in state["text"]  # Berlin
    assert "next try at 13:35" in state["text"]


def test_an_empty_column_says_why(setting):
    setting.live()
    state = column(setting.board().state(), "Northwind")["state"]
    assert state["level"] == "empty"
    assert "Nothing that matches" in state["text"]


def test_volume_leaves_what_was_not_measured_blank(setting):
    setting.cover(5)
    setting.post("Northwind", ago=2 * HOUR)
    line = drawn(column(setting.board().state(), "Northwind"), "wb-volume")
    (gap,) = inside(line, "wb-gap")
    assert gap[1]["x"] == "0"
    # Five hours of 24 were measured, and the one that they began in.
    assert 240 * 17 / 24 < float(gap[1]["width"]) < 240 * 20 / 24
    assert gap[2][2] == "not measured, 13:00–09:00"  # Berlin
    assert "at most 1 at " in line[1]["aria-label"]
    assert line[1]["aria-label"].endswith("What is shaded was not measured.")
    (path,) = (part for part in line[2][2:] if part[0] == "path")
    assert path[1]["d"].count("M") == 1


def test_volume_draws_what_a_source_counted_without_selling(setting):
    board = setting.board()
    query = str(setting.deck.columns[0].query)
    result = ParseResult()
    hours = [NOW.replace(minute=0) - n * HOUR for n in range(1, 24)]
    result.volumes = [Volume("x", query, hour, hour + HOUR, 40) for hour in hours]
    setting.store.apply(result)
    line = drawn(column(board.state(), "Northwind"), "wb-volume")
    assert "at most 40 at " in line[1]["aria-label"]
    # But for the hours that are cut off at both ends all of it was measured.
    assert sum(float(gap[1]["width"]) for gap in inside(line, "wb-gap")) <= 240 * 2 / 24


def test_what_stands_out_is_told_against_what_is_usual(setting):
    setting.cover(24 * 8)
    for n in range(24 * 7):
        for word in ("lounge", "route", "crew", "fare", "gate"):
            said = "delay" if word == "gate" and n % 4 == 0 else word
            setting.post(
                f"today {said}",
                ago=n * HOUR + 61 * timedelta(minutes=1),
                author=f"p{n % 40}.example",
            )
    for n in range(30):
        setting.post(
            f"today #grounded here, {n} delay",
            ago=timedelta(minutes=n + 1),
            author=f"p{n % 40}.example",
        )
    rows = terms(column(setting.board().state(), "Trending"))
    first = rows[next(iter(rows))]
    assert first == rows["#grounded"]
    assert (first["rank"], first["word"], first["times"]) == ("1", "#groundednew", "")
    assert first["is_new"]
    assert first["why"] == "30 this hour, not seen before · 30 accounts"
    assert "grounded" not in rows
    delay = rows["delay"]
    assert delay["times"] == "30 ×"  # against one, not against a quarter
    assert delay["why"] == "30 this hour, usually less than 1 · 30 accounts"
    assert delay["spark"].count("L") >= 23
    # It comes up five times as often as usual only because five times as much is said.
    assert "today" not in rows


def test_a_word_that_is_everywhere_is_no_topic(setting):
    setting.cover(24 * 8)
    for n in range(24 * 7):
        for word in ("delay", "lounge", "route", "crew", "fare", "gate with"):
            setting.post(
                f"about {word}",
                ago=n * HOUR + 61 * timedelta(minutes=1),
                author=f"p{n % 40}.example",
            )
    for n in range(30):
        setting.post(
            f"steam with strike {n}", ago=timedelta(minutes=n + 1), author=f"p{n % 40}.example"
        )
    assert terms(column(setting.board().state(), "Trending")).keys() == {"steam", "strike"}


def test_without_a_measured_past_nothing_is_called_unusual(setting):
    for n in range(12):
        setting.post("all grounded", ago=timedelta(minutes=n))
    trending = column(setting.board().state(), "Trending")
    assert nodes(trending) == []
    assert trending["state"]["text"] == "Nothing stands out just now."
    assert "Not enough was measured" in trending["note"]


def test_the_mood_says_what_it_rests_on(setting):
    setting.cover(48)
    for n in range(30):
        setting.post("This is terrible, awful and sad", ago=timedelta(minutes=10 * n + 1))
        setting.post("A wonderful, great flight", ago=30 * HOUR + timedelta(minutes=10 * n))
    setting.post("これは悪い", lang="ja", ago=HOUR)
    mood = column(setting.board().state(), "Mood")
    (figure,) = nodes(mood)
    assert figure[2][2] == (
        "The mood fell: 100\N{NO-BREAK SPACE}% negative in the last 24 hours, "
        "0\N{NO-BREAK SPACE}% before"
    )
    assert mood["note"] == "60 posts scored, 1 not scored, in a language that no engine reads."
    (negative,) = (n for n in inside(figure, "wb-line") if "wb-neg" in n[1]["class"])
    downs = {
        place.split(" ")[1].removesuffix("h0") for place in re.split("[ML]", negative[1]["d"])[1:]
    }
    assert downs == {"16", "172"}  # all of it, and nothing
    (gap,) = inside(figure, "wb-hatch")
    assert gap[2][2].startswith("not measured, 15 Nov 13:00 to 20 Nov 1")


def test_a_search_that_takes_too_long_is_said_and_leaves_the_rest(setting, tmp_path):
    for n in range(40):
        setting.post(f"northwind {n}")
    with store.open(str(tmp_path / "w.db"), read_limit=1e-9) as hurried:
        state = Board(setting.deck, hurried, now=lambda: NOW).state()
    assert len(state["columns"]) == 4
    column = state["columns"][0]
    assert (column["items"], column["more"]) == ([], None)
    assert column["state"]["level"] == "failing"
    assert "took too long" in column["state"]["text"]
    assert "w.db" not in str(state)


def test_a_post_full_of_links_stays_small_on_its_way_to_a_browser(setting):
    links = tuple(f"https://a.example/{n}" for n in range(100))
    setting.post("Northwind", links=("https://a.example/" + "x" * 5000, *links))
    (shown,) = column(setting.board().state(), "Northwind")["items"]
    assert len(str(shown)) < 2500
    assert links[0] in str(shown)


def test_a_phrase_takes_the_place_of_the_words_that_it_explains(setting):
    setting.cover(24 * 8)
    for n in range(24 * 7):
        setting.post(
            "a gate, a crew", ago=n * HOUR + 61 * timedelta(minutes=1), author=f"p{n % 40}.example"
        )
    setting.post("the bleed sensor", ago=30 * HOUR)
    for n in range(20):
        setting.post(
            f"{n} the bleed sensor {n} strike",
            ago=timedelta(minutes=n + 1),
            author=f"p{n % 40}.example",
        )
    for n in range(20):
        setting.post(
            f"{n} a strike at the {n} gate",
            ago=timedelta(minutes=n + 1),
            author=f"p{n % 40}.example",
        )
    by_term = terms(column(setting.board().state(), "Trending"))
    assert {"bleed sensor", "strike"} <= by_term.keys()
    assert not {"bleed", "sensor"} & by_term.keys()
    assert by_term["bleed sensor"]["why"] == "20 this hour, usually less than 1 · 20 accounts"
    assert by_term["bleed sensor"]["spark"].endswith(" 2")  # as much as there was, and now


def test_the_moods_last_day_is_the_last_24_hours_to_the_minute(setting):
    setting.cover(24 * 7)
    for n in range(10):
        # 23 hours ago: in a stretch of three hours that began before the day did.
        setting.post(f"northwind is terrible {n}", ago=23 * HOUR + timedelta(minutes=40 + n))
        setting.post(f"northwind is great {n}", ago=timedelta(minutes=n + 1))
        setting.post(f"northwind was great {n}", ago=40 * HOUR + timedelta(minutes=n))
    title = nodes(column(setting.board().state(), "Mood"))[0][2][2]
    assert "50\N{NO-BREAK SPACE}% negative in the last 24 hours" in title
    assert "0\N{NO-BREAK SPACE}% before" in title
