from datetime import UTC, datetime, timedelta

import pytest

from workbench.items import Item
from workbench.text.telling import Sighting, is_story, tell

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)


def item(number, text="Acme stops its mill at Ham.", *, after=0, **more):
    more.setdefault("published_precision", 1.0)
    more.setdefault("author", f"a{number}")
    return Item(
        source=more.pop("source", "net"),
        id=str(number),
        text=text,
        published=NINE + timedelta(minutes=after),
        story="s",
        **more,
    )


def story(*items, **more):
    return tell(items, now=NINE + timedelta(days=1), **more)


def test_a_story_counts_its_items_by_hour_source_author_and_tier():
    told = story(
        item(3, after=125, source="wire", tier="wire", kind="release", compound=0.5),
        item(1, compound=-0.2),
        item(2, after=30),
    )
    assert told.id == "s"
    assert told.n == 3
    assert told.sources == ("net", "wire")
    assert told.authors == ("a1", "a2", "a3")
    assert told.tiers == {"social": 2, "wire": 1}
    assert told.spark == (2, 0, 1)
    assert told.compound == pytest.approx(0.15)
    assert (told.first, told.last) == (NINE, NINE + timedelta(minutes=125))


def test_a_story_without_any_score_has_none():
    assert story(item(1)).compound is None


def test_a_post_that_only_passes_on_a_headline_is_no_first_sighting():
    told = {
        "tier": "wire",
        "source": "wire",
        "kind": "release",
        "title": "Acme Opens a Mill at Ham",
    }
    release = item(1, "Acme today opened a mill.", **told)
    passed = (
        item(2, "Acme Opens a Mill at Ham\nwww.wire.example/2026/...", after=1),
        item(3, "Acme opens a mill at… https://wire.example/1 (2026)", after=2),
    )
    assert story(release, *passed).lead is None
    assert list(story(release, *passed).sightings) == ["wire"]
    own = item(4, "Acme opens a mill at Ham? I drove by, it stands still", after=9)
    assert story(release, *passed, own).lead == -540
    before = item(5, "Acme opens a mill at Ham", after=-30)
    assert story(before, release, *passed).lead == 1_800


def test_a_headline_alone_that_names_the_same_firm_is_told_by_itself():
    told = {"tier": "news", "source": "paper", "kind": "article", "title": "Acme mill at Ham burns"}
    both = story(item(1, "A fire.", **told), item(2, "Acme burns!", after=3))
    assert both.sightings["social"].key == ("net", "2")


def test_each_tier_has_its_first_sighting_and_the_lead_is_signed():
    told = story(
        item(1, after=40, tier="wire", source="wire"),
        item(2, after=0),
        item(3, after=5),
        item(4, after=50, tier="news", source="paper", published_precision=60),
    )
    assert list(told.sightings) == ["social", "wire", "news"]
    assert told.sightings["social"] == Sighting(("net", "2"), NINE, 1.0)
    assert told.lead == 40 * 60
    assert story(item(1, tier="wire"), item(2, after=5)).lead == -300
    assert story(item(1)).lead is None


def test_an_undated_item_is_no_first_sighting():
    told = story(item(1, published_precision=None), item(2, after=7))
    assert told.sightings["social"].key == ("net", "2")


def test_a_sighting_is_no_surer_than_its_source_is_asked():
    told = story(item(1), item(2, source="paper", tier="news"), polls={"paper": 300.0})
    assert told.sightings["social"].uncertainty == 1
    assert told.sightings["news"].uncertainty == 300


def test_one_person_and_those_who_answer_make_no_story():
    assert not is_story([item(1), item(2, kind="reply"), item(1, kind="repost")])
    assert not is_story([item(1), item(2, author="a1")])
    assert is_story([item(1), item(2)])
    assert is_story([item(1, tier="wire")])


def test_a_story_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one item"):
        story()
