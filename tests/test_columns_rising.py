"""What stands out, and what is behind it: by a real store."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.columns import trends
from workbench.columns.rising import standing
from workbench.items import Item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
ADVERT = (
    "Free flights for everyone, click here today #win",
    "FREE flights for everyone! Click here today #win",
)


class Place:
    """A store, and what is put into it."""

    def __init__(self, path):
        self.store = store.open(path, now=lambda: NOW)
        self.made = []

    def post(self, text, *, ago, author="ana", **fields):
        made = {
            "source": "x",
            "id": str(len(self.made)),
            "text": text,
            "author": author,
            "lang": "en",
            "published": NOW - ago,
            "collected": NOW - ago,
        }
        self.made.append(Item(**(made | fields)))

    def week(self, *, source="x", hours=range(1, 170)):
        for n in hours:
            for k in range(4):
                word = ("gate", "crew", "fare", "route")[k]
                self.post(
                    f"about {word} {n} times",
                    ago=n * HOUR + MINUTE,
                    author=f"p{n % 40}",
                    source=source,
                )

    def cover(self, source="x", since=200 * HOUR, until=timedelta()):
        self.store.cover(source, "", NOW - since, NOW - until, "ok")

    def standing(self, *, window=HOUR, **options):
        self.store.add(self.made)
        return standing(
            self.store, None, window=window, baseline=WEEK, now=NOW, lists={}, **options
        )


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path / "w.db")
    yield made
    made.store.close()


def test_a_term_tells_who_is_behind_it_since_when_and_how_it_sounds(place):
    place.week()
    place.cover()
    for n in range(9):
        place.post(
            f"Fuel {n} is short #kvr {['ab', 'cd', 'ef', 'gh'][n % 4]}",
            ago=n * MINUTE,
            author=f"p{n % 4}",
            likes=n,
        )
    place.post("grand #kvr repost", ago=MINUTE, author="p9", kind="repost", likes=99)
    found = place.standing()
    row = next(row for row in found.rising if row.term == "#kvr")
    assert (row.n, row.expected, row.z) == (10, 0, 10)
    assert (row.authors, row.voices[0], row.sources) == (5, "p0", ("x",))
    assert row.first == NOW - 8 * MINUTE
    assert row.text == "Fuel 8 is short #kvr ab"  # the most liked that is no repost
    assert row.sample == f"x:{place.made[-2].id}"
    assert not row.is_coordinated


def test_cashtags_are_terms_that_take_the_place_of_their_word(place):
    place.week()
    place.cover()
    for n in range(6):
        place.post(f"{n} $ACME slips {n}", ago=n * MINUTE, author=f"p{n}", cashtags=("ACME",))
    terms = {row.term for row in place.standing().rising}
    assert "$acme" in terms
    assert "acme" not in terms
    assert trends.asking_for("$acme", None).matches(place.made[-1])


def test_other_forms_of_a_word_stand_under_the_first(place):
    place.week()
    place.cover()
    for n in range(20):
        place.post(
            f"{n} {('delayed', 'delays')[n % 3 == 0]} at {n}", ago=n * MINUTE, author=f"p{n}"
        )
    rows = {row.term: row for row in place.standing().rising}
    assert rows["delayed"].forms == ("delays",)
    assert rows["delayed"].n == 13  # what it is by itself: folding is for display
    assert "delays" not in rows


def test_what_one_account_says_again_and_again_is_no_topic(place):
    place.week()
    place.cover()
    for n in range(12):
        place.post(
            f"{n} parking {['so', 'it', 'goes', 'on', 'and', 'on', 'here'][n % 7]} {n}",
            ago=n * MINUTE,
            author=f"p{n % 2}",
        )
        place.post(f"gate {n}", ago=n * MINUTE, author=f"p{n}")
    assert "parking" not in {row.term for row in place.standing().rising}


def flood(place):
    place.week()
    place.cover()
    for n in range(12):
        place.post(ADVERT[n % 2], ago=n * MINUTE, author=f"new{n % 7}", hashtags=("win",))
    for n in range(8):
        place.post(f"{n} strike {n} tomorrow {'abcdefgh'[n]}", ago=n * MINUTE, author=f"p{n}")


def test_a_campaign_is_one_term_and_marked(place):
    flood(place)
    found = place.standing()
    marked = [row for row in found.rising if row.is_coordinated]
    assert [(row.term, row.n, row.coordinated, row.accounts) for row in marked] == [
        ("#win", 12, 12, 7)
    ]
    assert {"free", "everyone"} <= set(marked[0].forms)
    assert "strike" in {row.term for row in found.rising}
    shown = trends.rows(place.store, None, window=HOUR, baseline=WEEK, now=NOW, lists={})
    first = shown["rows"][0]
    assert (first["term"], first["coordinated"], first["authors"]) == ("#win", True, "7 accounts")
    assert "12 of 12 are near-identical posts of 7 accounts." in first["about"]
    (button,) = (node for node in trends.draw(shown["rows"])[0][2][2:] if node[0] == "button")
    assert button[-1][2] == "coordinated"


def test_a_campaign_can_be_left_out(place):
    flood(place)
    found = place.standing(coordinated="left-out")
    terms = {row.term for row in found.rising}
    assert "strike" in terms
    assert not terms & {"#win", "free", "flights", "everyone", "click here", "today"}
    assert found.left_out == 12


def test_reposts_of_one_post_are_no_campaign(place):
    place.week()
    place.cover()
    for n in range(30):
        place.post(
            "Fuel is short at Amery again",
            ago=n * MINUTE,
            author=f"z{n}",
            kind="repost" if n else "post",
        )
    rows = place.standing().rising
    assert rows
    assert not any(row.coordinated for row in rows)


def test_hours_that_were_not_covered_are_no_part_of_what_is_usual(place):
    place.week()
    place.cover(since=200 * HOUR, until=100 * HOUR)
    place.cover(since=60 * HOUR)
    for n in range(61, 100):  # heard by chance in hours that nobody vouches for
        for k in range(5):
            place.post(f"strike {n} {k}", ago=n * HOUR + 5 * MINUTE, author=f"p{n}")
    for n in range(20, 24):
        place.post(f"strike {n}", ago=n * HOUR, author=f"p{n}")
    for n in range(10):
        place.post(f"{n} strike {n}", ago=n * MINUTE, author=f"p{n}")
    found = place.standing()
    row = next(row for row in found.rising if row.term == "strike")
    hours = found.measured / HOUR
    assert 125 <= hours <= 130
    assert row.usual == pytest.approx(4 / hours)  # of 199 in all the four of measured hours


def test_a_source_that_came_later_is_held_against_its_own_hours(place):
    place.week()
    place.cover()
    place.week(source="y", hours=range(1, 30))
    place.store.cover("y", "", NOW - 30 * HOUR, NOW, "ok")
    for n in range(1, 25):
        place.post("routine lounge", ago=n * HOUR + 2 * MINUTE, source="y", author=f"p{n}")
    for n in range(6):
        place.post(f"{n} lounge {n}", ago=n * MINUTE, source="y", author=f"p{n}")
    row = next(row for row in place.standing().rising if row.term == "lounge")
    assert row.usual == pytest.approx(24 / 29, rel=0.05)  # not 24 of a week's hours


def test_a_source_that_has_just_come_is_left_out_and_named(place):
    place.week()
    place.cover()
    place.store.cover("y", "", NOW - timedelta(minutes=90), NOW, "ok")
    for n in range(20):
        place.post(f"{n} brandnew {n}", ago=n * MINUTE, source="y", author=f"p{n}")
        place.post(f"{n} strike {n}", ago=n * MINUTE, author=f"p{n}")
    found = place.standing()
    assert found.unknown == ("y",)
    assert {row.term for row in found.rising} == {"strike"}
    shown = trends.rows(place.store, None, window=HOUR, baseline=WEEK, now=NOW, lists={})
    assert "without y, heard for too short a time" in shown["note"]


def test_a_window_of_a_quarter_of_an_hour_says_so(place):
    place.week()
    place.cover()
    for n in range(6):
        place.post(f"{n} strike {n}", ago=n * MINUTE, author=f"p{n}")
    place.store.add(place.made)
    shown = trends.rows(place.store, None, window=15 * MINUTE, baseline=WEEK, now=NOW, lists={})
    assert shown["rows"][0]["why"] == "6 in 15 minutes, not seen before"
