from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone

import pytest

from workbench.errors import ItemError
from workbench.items import FIELDS, Draft, Item, Media, ParseResult

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def item(**fields):
    return Item(**{"source": "feeds", "id": "1", "text": "t", "published": NOON} | fields)


def test_only_source_id_text_and_published_are_needed():
    made = item()
    assert made.kind == "post"
    assert made.tier == "social"
    empty = {f.name for f in FIELDS} - {"source", "id", "text", "published", "kind", "tier"}
    assert all(getattr(made, name) in (None, ()) for name in empty)
    with pytest.raises(TypeError):
        Item(source="feeds", id="1", text="t")


def test_unknown_counts_are_null_and_not_zero():
    assert item().likes is None


def test_times_are_read_and_brought_to_utc():
    assert item(published="2026-11-22T14:00:00+02:00").published == NOON
    assert item(published="2026-11-22T12:00:00").published == NOON
    assert item(published=NOON.astimezone(timezone(timedelta(hours=5)))).published.tzinfo is UTC


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "tweet"}, "kind='tweet' is not one of post, repost"),
        ({"tier": "blog"}, "tier='blog' is not one of social, wire"),
        ({"published": "yesterday"}, "published='yesterday' is no ISO 8601 time"),
        ({"collected": 5}, "collected=5 is no time"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(fields, words):
    with pytest.raises(ItemError, match=words):
        item(**fields)


def test_media_given_as_text_are_types_and_lists_become_tuples():
    made = item(media=["image", ("video", "https://example.com/v")], hashtags=["a"])
    assert made.media == (Media("image"), Media("video", "https://example.com/v"))
    assert made.hashtags == ("a",)


@pytest.mark.parametrize("year", [1900, 3000])
def test_a_forged_date_counts_as_the_first_sighting(year):
    made = item(published=NOON.replace(year=year), collected=NOON)
    assert made.time == NOON
    assert made.published.year == year


def test_a_plausible_date_counts_as_it_is():
    assert item(collected=NOON + timedelta(hours=3)).time == NOON
    assert item().time == NOON


def test_a_closed_draft_is_an_item_like_any_other():
    draft = Draft(source="feeds", id="1", text="t", published=NOON)
    draft.likes = 3
    made = draft.closed()
    assert made == item(likes=3)
    assert hash(made) == hash(item(likes=3))
    assert made.key == ("feeds", "1")
    with pytest.raises(FrozenInstanceError):
        made.likes = 4


def test_every_field_is_described():
    assert all(field.dtype for field in FIELDS)
    assert FIELDS[0].name == "source"
    assert len({field.name for field in FIELDS}) == len(FIELDS) == 36


def test_a_parse_result_is_a_list_with_more_to_say():
    result = ParseResult([item()])
    assert len(result) == 1
    assert result.deletions == result.counts == result.accounts == result.problems == []
