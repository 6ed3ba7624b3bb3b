"""Stories in the store: which items make them, what is told of them, and what goes with whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.items import Account, Deletion, Item, ParseResult
from workbench.store import Due, Move
from workbench.text.telling import tell

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)


def post(ident, minute=0, tier="social", **fields):
    return Item(
        source=fields.pop("source", "bluesky"),
        id=ident,
        tier=tier,
        text=fields.pop("text", f"text of {ident}"),
        published=NOW - timedelta(hours=1) + timedelta(minutes=minute),
        **fields,
    )


def keys(*ids):
    return [("bluesky", each) for each in ids]


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        made.add([post("a"), post("b", 1), post("c", 2), post("d", 3)])
        yield made


def put(opened, told, moves=()):
    seen = opened.told_until()
    return opened.put_in(
        {key: story for story, ids in told.items() for key in keys(*ids)},
        moves,
        seen=seen,
        now=opened.seq(),
    )


def retell(opened):
    """Tell every story that waits, all its texts as its headline; return which were told."""
    told = []
    for due in opened.due_stories():
        items, n = opened.members(due.story)
        words = " ".join(item.text for item in items)
        made = replace(tell(items, now=NOW), headline=words, n=n) if items else None
        told.append((due, made))
    opened.tell(told)
    return [due.story for due, _ in told]


def hide(opened, *, hidden):
    result = ParseResult()
    result.accounts = [Account("bluesky", "b", hidden=hidden)]
    opened.apply(result)


def texts(opened):
    return {story.id: story.headline for story in opened.stories()}


def test_items_put_into_a_story_are_told_once_and_no_change_of_theirs(opened):
    seq = opened.seq()
    assert opened.told_until() is None
    assert put(opened, {"s1": "ab", "s2": "c"})
    assert opened.seq() == opened.told_until() == seq
    assert opened.get("bluesky", "a").story == "s1"
    # A post by itself is none that waits to be told.
    assert opened.due_stories() == [Due("s1", 1, 2, is_bare=True)]
    assert retell(opened) == ["s1"]
    assert texts(opened) == {"s1": "text of a text of b"}
    assert opened.due_stories() == []
    assert opened.check() == []


def test_a_release_by_itself_is_told(opened):
    opened.add([post("r", tier="wire", source="feeds")])
    opened.put_in({("feeds", "r"): "s9"}, seen=None, now=opened.seq())
    assert [each.story for each in opened.due_stories()] == ["s9"]


def test_whoever_comes_second_changes_nothing(opened):
    assert opened.put_in({("bluesky", "a"): "s1"}, seen=None, now=4)
    assert not opened.put_in({("bluesky", "a"): "s2"}, seen=None, now=4)
    assert opened.get("bluesky", "a").story == "s1"
    assert opened.put_in({("bluesky", "b"): "s1"}, seen=4, now=5)


def test_what_grows_or_is_edited_is_shown_as_it_was_until_it_is_told_anew(opened):
    put(opened, {"s1": "ab"})
    retell(opened)
    put(opened, {"s1": "c"})
    assert texts(opened) == {"s1": "text of a text of b"}
    retell(opened)
    opened.add([post("b", 1, text="corrected", edited=NOW)])
    assert [each.story for each in opened.due_stories()] == ["s1"]
    retell(opened)
    assert texts(opened) == {"s1": "text of a corrected text of c"}
    opened.add([post("a", likes=7)])
    assert opened.due_stories() == []


def test_words_that_were_withdrawn_are_gone_from_their_story_at_once(opened):
    put(opened, {"s1": "abc"})
    retell(opened)
    opened.purge("bluesky", "b")
    assert opened.stories() == []
    assert b"text of b" not in opened.path.read_bytes()
    assert retell(opened) == ["s1"]
    assert texts(opened) == {"s1": "text of a text of c"}
    assert opened.check() == []


def test_a_story_all_of_whose_items_went_is_none(opened):
    put(opened, {"s1": "ab"})
    retell(opened)
    opened.expire("bluesky", NOW + timedelta(days=1))
    assert retell(opened) == ["s1"]
    assert opened.stories() == opened.due_stories() == []


def test_the_words_of_a_hidden_account_go_with_it_and_come_back(opened):
    put(opened, {"s1": "ab"})
    retell(opened)
    hide(opened, hidden=True)
    assert opened.stories() == []
    retell(opened)
    assert texts(opened) == {"s1": "text of a"}
    hide(opened, hidden=False)
    retell(opened)
    assert texts(opened) == {"s1": "text of a text of b"}
    assert opened.check() == []


def test_what_was_withdrawn_while_a_story_was_being_told_is_not_put_back(opened):
    put(opened, {"s1": "ab"})
    (due,) = opened.due_stories()
    items, _ = opened.members("s1")
    opened.purge("bluesky", "b")
    assert opened.tell([(due, tell(items, now=NOW))]) == 0
    assert opened.stories() == []
    (again,) = opened.due_stories()
    assert again == Due("s1", due.due + 1, due.n, is_bare=True)


def test_a_withdrawn_item_is_put_into_no_story(opened):
    opened.purge("bluesky", "a")
    put(opened, {"s1": "ab"})
    assert [item.id for item in opened.members("s1")[0]] == ["b"]


def test_stories_that_become_one_are_remembered_and_pins_follow(opened):
    put(opened, {"s1": "ab", "s2": "cd"})
    retell(opened)
    opened.pin("ceo", "s2", kind="story", note="Ask.")
    merge = Move(NOW, "merge", "s1", "s2", 0)
    put(opened, {}, [(merge, [])])
    assert opened.story_moves() == [merge._replace(n=2)]
    assert retell(opened) == ["s1"]
    assert [(story.id, story.n) for story in opened.stories()] == [("s1", 4)]
    assert [pin.key for pin in opened.pins()] == ["s1"]
    assert opened.story_called("s2") == opened.story_called("s1") == "s1"
    assert opened.story_called("nobody") == "nobody"
    assert opened.check() == []


def test_a_story_that_becomes_two_gives_its_items_away(opened):
    put(opened, {"s1": "abcd"})
    retell(opened)
    split = Move(NOW, "split", "s1", "s2", 0)
    put(opened, {}, [(split, keys("c", "d"))])
    assert sorted(retell(opened)) == ["s1", "s2"]
    assert texts(opened) == {"s1": "text of a text of b", "s2": "text of c text of d"}
    assert opened.story_moves(since="1h") == [split._replace(n=2)]


def test_stories_are_found_by_time_and_by_what_their_items_match(opened):
    opened.add([post("old", -3000), post("older", -3001)])
    put(opened, {"s1": "ab", "s2": "cd", "s0": ["old", "older"]})
    retell(opened)
    assert [story.id for story in opened.stories()] == ["s2", "s1", "s0"]
    assert [story.id for story in opened.stories(since="2h")] == ["s2", "s1"]
    assert [story.id for story in opened.stories(until=NOW - timedelta(hours=2))] == ["s0"]
    assert [story.id for story in opened.stories(among=["s1", "s0"], limit=1)] == ["s1"]
    assert opened.stories_of('"text of a" OR "text of c"', since="2h") == {"s1": 1, "s2": 1}
    assert opened.stories_of("is:quote OR -is:quote", since="2h") == {"s1": 2, "s2": 2}
    assert opened.stories_of(None, since=NOW - timedelta(minutes=58)) == {"s2": 2}


def test_what_has_a_story_is_handed_out_again_after_a_restart(opened):
    put(opened, {"s1": "ab", "s2": "c"})
    found, after = opened.in_stories(2, limit=1)
    assert [(item.id, item.story) for item in found] == [("b", "s1")]
    found, after = opened.in_stories(2, after=after)
    assert [(item.id, item.story) for item in found] == [("c", "s2")]
    assert opened.in_stories(2, after=after) == ([], after)
    assert [item.id for item in opened.in_stories(9)[0]] == ["a", "b", "c"]


def test_where_none_ever_was_stories_begin_with_the_last_changes(opened):
    assert opened.seq_before(NOW - timedelta(minutes=58), most=99) == opened.seq() - 2
    assert opened.seq_before(NOW - timedelta(minutes=58), most=1) == opened.seq() - 1
    assert opened.seq_before(NOW - timedelta(days=9), most=99) == 0


def test_of_a_story_beyond_all_bounds_the_earliest_and_the_newest_are_read(opened, monkeypatch):
    monkeypatch.setattr("workbench.store.stories.MOST", 20)
    opened.add([post(f"n{n:02}", n) for n in range(30)])
    put(opened, {"s1": [f"n{n:02}" for n in range(30)]})
    found, n = opened.members("s1")
    assert n == 30
    assert [item.id for item in found] == ["n00", "n01", *(f"n{k}" for k in range(12, 30))]


def test_what_does_not_hold_of_stories_is_told(opened):
    put(opened, {"s1": "ab"})
    (due,) = opened.due_stories()
    opened.tell([(due, replace(tell(opened.members("s1")[0], now=NOW), n=5))])
    (problem,) = opened.check()
    assert problem == "1 stories are told of other items than they have"


def test_a_deletion_in_a_payload_reaches_the_story(opened):
    put(opened, {"s1": "ab"})
    retell(opened)
    gone = ParseResult()
    gone.deletions = [Deletion("bluesky", "a", NOW)]
    opened.apply(gone)
    assert opened.stories() == []


def test_all_that_is_told_of_a_story_is_there_again(opened):
    opened.add(
        [post("r", 9, tier="wire", source="feeds", title="A title", published_precision=60.0)]
    )
    seen = opened.told_until()
    opened.put_in({("feeds", "r"): "s1", ("bluesky", "a"): "s1"}, seen=seen, now=opened.seq())
    (due,) = opened.due_stories()
    made = tell(opened.members("s1")[0], polls={"feeds": 300.0}, now=NOW)
    assert opened.tell([(due, made)]) == 1
    assert opened.stories() == [made]
