"""Hacker News' stories and comments to items, each case a file and what must come of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.collectors.hackernews import parse
from workbench.errors import SourceError
from workbench.items import Deletion

DATA = Path(__file__).parent / "data" / "hackernews"
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
PAGE = "https://news.ycombinator.com"


def read(name, **context):
    return parse((DATA / name).read_bytes(), **{"collected": NOON} | context)


def test_a_story():
    story = read("search.json")[2]
    assert story.key == ("hackernews", "46000001")
    assert (story.kind, story.tier, story.lang) == ("post", "social", "en")
    assert story.published == datetime.fromtimestamp(1795082401, UTC)
    assert (story.published_precision, story.collected) == (1.0, NOON)
    assert (story.title, story.text) == ("Ampere opens a second plant", "")
    assert (story.author, story.author_name) == ("pilar", "pilar")
    assert story.author_url == f"{PAGE}/user?id=pilar"
    assert (story.followers, story.verified) == (None, None)
    assert story.url == f"{PAGE}/item?id=46000001"
    assert story.links == ("https://ampere.example/plant",)
    assert (story.likes, story.replies, story.reposts) == (17, 4, None)


def test_a_comment_is_a_reply():
    comment = read("search.json")[0]
    assert (comment.kind, comment.title) == ("reply", None)
    assert comment.text == (
        'They said "next year":\nSee https://quay.example/note and above\na < b'
    )
    assert comment.links == ("https://quay.example/note", f"{PAGE}/item?id=46000000")
    assert (comment.reply_to, comment.reply_to_author) == ("46000000", None)
    assert (comment.likes, comment.replies) == (None, None)
    assert comment.url == f"{PAGE}/item?id=46000003"


def test_a_story_without_an_address_leads_to_its_own_page():
    ask = read("search.json")[1]
    assert (ask.url, ask.links) == (f"{PAGE}/item?id=46000002", ())
    assert (ask.text, ask.replies) == ("Curious what you use.", 0)


def test_a_job_is_a_post():
    job = read("search.json")[3]
    assert (job.kind, job.likes, job.replies) == ("post", None, None)


def test_nothing_found_is_no_error():
    result = read("empty.json")
    assert (list(result), result.problems) == ([], [])


def test_what_is_malformed_is_skipped_and_said():
    result = read("malformed.json")
    assert [item.id for item in result] == ["46000009", "46000003"]
    left = {problem.where: problem.reason for problem in result.problems}
    assert left["hit 2"] == "is hit 1 again"
    assert left.keys() == {f"hit {n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 11)}
    undated = result[1]
    assert (undated.published, undated.published_precision) == (NOON, None)
    assert (undated.author, undated.likes, undated.replies, undated.links) == (None, None, None, ())


def test_hostile_markup_leaves_plain_text_and_no_address_that_runs():
    story, comment = read("hostile.json")
    assert story.title == "<script>alert(1)</script> now"
    assert (story.author, story.author_url, story.links) == (None, None, ())
    assert (comment.text, comment.links) == ("Hi there", ())


def test_other_scripts_are_not_taken_for_english():
    japanese, umlauts = read("scripts.json")
    assert (japanese.title, japanese.lang) == ("電池工場が本日開業した", None)
    assert (umlauts.text, umlauts.lang) == ("Größer als gedacht — 3 GWh", "en")


def test_a_single_item_brings_its_counts():
    (story,) = read("story.json")
    assert (story.id, story.likes, story.replies) == ("46000001", 44, 9)
    assert story.title == "Ampere opens a second plant"


@pytest.mark.parametrize(("name", "own"), [("deleted.json", "46000003"), ("dead.json", "46000004")])
def test_what_is_deleted_or_dead_is_withdrawn(name, own):
    result = read(name)
    assert list(result) == []
    assert result.deletions == [Deletion("hackernews", own, NOON)]


def test_an_item_that_is_not_there_says_nothing():
    result = parse(b"null")
    assert (list(result), result.deletions, result.problems) == ([], [], [])


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b'{"message": "Unknown parameter", "status": 400}', "an error instead of hits: Unknown"),
        (b'{"error": "Permission denied"}', "an error instead of hits: Permission"),
        (b"<html>busy", "it begins '<html>busy'"),
        (b"", "it begins ''"),
        (b"[]", "it begins '[]'"),
        (b'{"hits": 7}', "it begins"),
        (b"[" * 100_000, "it begins '[[["),
        (b"\xff\xfe", "it begins"),
    ],
)
def test_what_is_no_answer_raises_and_says_what_came(body, what):
    with pytest.raises(SourceError) as caught:
        parse(body)
    assert str(caught.value).startswith("hackernews: answered with ")
    assert what in str(caught.value)
