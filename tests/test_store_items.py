"""Storing items: arrivals, what is seen again, edits, deletions."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.errors import SettingError
from workbench.items import Deletion, Item, Media, ParseResult
from workbench.text.engines import label_of
from workbench.text.tiers import shown

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Setting:
    def __init__(self, folder):
        self.time = NOW
        self.store = store.open(folder / "w.db", now=lambda: self.time)

    def add(self, *items):
        return self.store.add(items)

    def delete(self, source, ident, time=NOW):
        gone = ParseResult()
        gone.deletions.append(Deletion(source, ident, time))
        self.store.apply(gone)

    def found(self, query):
        return [item.id for item in self.store.search(query)]


@pytest.fixture
def setting(tmp_path):
    made = Setting(tmp_path)
    yield made
    assert made.store.check() == []
    made.store.close()


def post(ident="1", text="Acme buys Globex", **fields):
    published = fields.pop("published", NOW - timedelta(minutes=5))
    return Item(**{"source": "x", "id": ident, "text": text, "published": published} | fields)


def test_every_field_comes_back_as_it_went_in(setting):
    whole = Item(
        source="mastodon",
        id="https://social.example/users/ana/statuses/1",
        kind="quote",
        tier="social",
        published=NOW - timedelta(hours=1, microseconds=7),
        published_precision=0.001,
        collected=NOW - timedelta(minutes=59),
        edited=NOW - timedelta(minutes=30),
        author="ana@social.example",
        author_name="Ana 🚀",
        author_url="https://social.example/@ana",
        verified=False,
        followers=0,
        title="Schlagzeile",
        text="Straße\nnach 東京",
        url="https://social.example/@ana/1",
        lang="de-AT",
        hashtags=("Mars", "東京"),
        mentions=("bob@b.example",),
        cashtags=("RKLB",),
        tickers=("ACME",),
        form="8-K",
        links=("https://a.example/x?y=1#z", "http://b.example"),
        media=(Media("image", "https://a.example/i.png", "a chart"), Media("video")),
        reply_to="r",
        reply_to_author="bob",
        repost_of="o",
        quote_of="q",
        likes=0,
        reposts=1,
        replies=2,
        sensitive=True,
        compound=-0.25,
        engine="other 2",
        story="s1",
    )
    assert setting.add(whole) == (1, 0, 0)
    assert setting.store.get(*whole.key) == whole
    assert setting.store.search("strasse") == [whole]
    plain = Item(source="feeds", id="g", text="", published=NOW, collected=NOW)
    setting.add(plain)
    assert setting.store.get("feeds", "g") == plain


def test_arrivals_are_dated_scored_and_given_their_entities(setting):
    setting.add(
        post(text="I love #Mars, says @ana about $ACME: https://a.example/x", lang="en-US"),
        post("2", "J'aime #Mars", lang="fr"),
        post("3", "I love it"),
        post("4", "", lang="en"),
        post("5", "I love it", lang="en", compound=-0.5),
        post("6", "ok #given", hashtags=("Other",), title="$GLBX up"),
    )
    first, second, *rest = (setting.store.get("x", str(n)) for n in range(1, 7))
    assert first.collected == NOW
    assert (first.hashtags, first.mentions, first.cashtags) == (("Mars",), ("ana",), ("ACME",))
    assert first.links == ("https://a.example/x",)
    assert first.engine == label_of(shown("social"))
    assert first.compound > 0.05
    assert (second.hashtags, second.compound) == (("Mars",), None)
    assert [item.compound for item in rest] == [None, None, -0.5, None]
    assert {item.engine for item in (second, *rest)} == {None}
    assert (rest[3].hashtags, rest[3].cashtags) == (("Other",), ("GLBX",))


def test_a_language_that_is_known_later_gives_a_score_and_its_engine(setting):
    setting.add(post(text="I love it"))
    setting.add(post(text="I love it", lang="en"))
    item = setting.store.get("x", "1")
    assert item.compound > 0.05
    assert item.engine == label_of(shown("social"))
    setting.add(post(text="I love it", lang="en", compound=0.1))
    item = setting.store.get("x", "1")
    assert (item.compound, item.engine) == (0.1, None)


def test_what_is_withdrawn_keeps_no_score(setting):
    setting.add(post(text="I love it", lang="en"))
    setting.store.purge("x", "1")
    item = setting.store.get("x", "1")
    assert (item.compound, item.engine) == (None, None)


def test_a_store_scores_by_the_engines_that_it_is_given(setting):
    setting.store.score_by({"social": (), "news": ("lexicon",)})
    setting.add(post("1", "I love it", lang="en"), post("2", "I love it", lang="en", tier="news"))
    setting.store.score_by({"social": ("lexicon",)})
    setting.add(post("3", "I love it", lang="en"))
    assert [setting.store.get("x", n).compound for n in "123"] == [None, 0.6369, 0.6369]
    with pytest.raises(SettingError, match="no sentiment engine 'nosuch'"):
        setting.store.score_by({"social": ("nosuch",)})


def test_seen_again_it_changes_what_was_unknown_or_counted(setting):
    assert setting.add(post(likes=1, lang="en", author="ana")) == (1, 0, 0)
    assert setting.add(post(likes=1)) == (0, 0, 1)
    assert setting.add(post(likes=9, replies=0)) == (0, 1, 0)
    item = setting.store.get("x", "1")
    assert (item.likes, item.replies, item.lang, item.author) == (9, 0, "en", "ana")
    assert setting.found("min_likes:8") == ["1"]
    assert setting.found("min_likes:10") == []
    assert setting.store.versions("x", "1") == []


def test_the_first_time_and_place_stay(setting):
    setting.add(post(collected=NOW))
    setting.add(post(published=NOW - timedelta(days=40), collected=NOW + timedelta(hours=1)))
    item = setting.store.get("x", "1")
    assert item.published == NOW - timedelta(minutes=5)
    assert item.collected == NOW


def test_an_edit_keeps_the_text_before(setting):
    setting.add(post(text="Acme buys #Globex", title="Deal", lang="en", likes=3))
    setting.time = NOW + timedelta(hours=1)
    assert setting.add(post(text="Acme is terrible #Initech", title="Deal")) == (0, 1, 0)
    item = setting.store.get("x", "1")
    assert item.edited == NOW + timedelta(hours=1)
    assert (item.hashtags, item.likes, item.lang) == (("Initech",), 3, "en")
    assert item.compound < -0.05
    assert item.engine == label_of(shown("social"))
    (version,) = setting.store.versions("x", "1")
    assert version == ("Acme buys #Globex", "Deal", NOW)
    assert setting.found("globex") == []
    assert setting.found("#initech") == ["1"]


def test_what_a_stream_sends_again_undoes_no_edit(setting):
    first = post(text="one")
    second = post(text="two", edited=NOW + timedelta(minutes=1))
    third = post(text="three", edited=NOW + timedelta(minutes=2))
    setting.add(first, second, third)
    assert setting.add(first, second, third) == (0, 0, 3)
    assert setting.store.get("x", "1").text == "three"
    assert [v.text for v in setting.store.versions("x", "1")] == ["one", "two"]


def test_an_article_may_return_to_its_first_text(setting):
    for text in ("one", "two", "one"):
        setting.add(post(text=text, kind="article", tier="news"))
    assert setting.store.get("x", "1").text == "one"
    assert [v.text for v in setting.store.versions("x", "1")] == ["one", "two"]


def test_one_batch_may_hold_an_item_several_times(setting):
    assert setting.add(post(likes=1), post(likes=2), post("2"), post(likes=2)) == (2, 1, 1)
    assert setting.store.get("x", "1").likes == 2


def test_the_same_id_of_two_sources_is_two_items(setting):
    assert setting.add(post(), post(source="y")) == (2, 0, 0)


def test_thousands_may_bear_the_same_time(setting):
    setting.add(*(post(str(n), f"n{n}", published=NOW) for n in range(3000)))
    setting.add(*(post(str(n), f"n{n}", published=NOW) for n in range(3000, 3500)))
    assert len(setting.store.search(None, limit=10_000)) == 3500


def test_a_deletion_leaves_key_and_times_alone(setting):
    setting.add(
        post(
            author="ana",
            author_name="Ana",
            author_url="https://a.example",
            links=("https://a.example/x",),
            url="https://a.example/1",
            media=("image",),
            likes=4,
        )
    )
    setting.add(post(text="Acme edits"))
    setting.delete("x", "1")
    left = setting.store.get("x", "1")
    assert left == Item(
        source="x",
        id="1",
        text="",
        published=NOW - timedelta(minutes=5),
        collected=NOW,
        edited=NOW,
        deleted=NOW,
    )
    assert setting.store.versions("x", "1") == []
    assert setting.found("acme OR globex OR from:ana OR url:a.example") == []
    assert setting.store.search(None) == []
    assert setting.add(post()) == (0, 0, 1)
    assert setting.found("acme") == []


def test_a_deletion_of_the_unknown_bars_it(setting):
    setting.delete("x", "1")
    setting.delete("x", "1", NOW + timedelta(hours=1))
    assert setting.add(post(), post("2")) == (1, 0, 1)
    assert setting.found("acme") == ["2"]
    assert setting.store.get("x", "1").deleted == NOW
    assert setting.store.get("x", "3") is None


def test_an_item_that_comes_and_goes_in_one_payload_is_gone(setting):
    result = ParseResult([post(), post("2")])
    result.deletions.append(Deletion("x", "1", NOW))
    assert setting.store.apply(result) == (2, 0, 0)
    assert setting.found("acme") == ["2"]


def test_an_item_marked_as_deleted_is_a_deletion(setting):
    setting.add(post())
    setting.add(post(text="", deleted=NOW))
    assert setting.store.get("x", "1").deleted == NOW


def test_purging_is_deleting_now(setting):
    setting.add(post())
    setting.time = NOW + timedelta(hours=2)
    setting.store.purge("x", "1")
    assert setting.store.get("x", "1").deleted == setting.time
    assert setting.found("acme") == []


def test_hostile_values_are_stored_as_well_as_they_can_be(setting):
    odd = post("\ud800", "lone \udfff surrogate \x00 nul", likes=2**70, compound=float("nan"))
    long = post("2", "x" * 100_000 + " acme", links=("https://[bad", "http://" + "a." * 999 + "b"))
    assert setting.add(odd, long, post("3", likes=-5)) == (3, 0, 0)
    item = setting.store.get("x", "\ud800")
    assert item.text == "lone \ufffd surrogate \x00 nul"
    assert (item.likes, item.compound) == (None, None)
    assert setting.found("surrogate") == ["\ufffd"]
    assert setting.found("acme -min_likes:0") == ["3", "2"]
    gone = ParseResult()
    gone.deletions.append(Deletion("x", "\ud800", NOW))
    setting.store.apply(gone)
    assert setting.found("surrogate") == []


def test_forged_dates_pin_nothing_to_the_top(setting):
    setting.add(
        post("future", published=NOW + timedelta(days=9)),
        post("past", published=datetime(1969, 1, 1, tzinfo=UTC)),
        post("now", published=NOW - timedelta(seconds=1)),
    )
    setting.time = NOW + timedelta(minutes=1)
    setting.add(post("later", published=setting.time))
    assert setting.found("acme")[0] == "later"
    assert setting.found("acme")[-1] == "now"
    assert setting.found("since:2026-11-22T12:00:00Z") == ["later", "past", "future"]
