"""Threads in the store: up to where it began, down to who answered, within bounds."""

from datetime import UTC, datetime, timedelta

import apsw
import pytest

from workbench import store
from workbench.items import Account, Deletion, Item, ParseResult
from workbench.store import schema

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Posts:
    def __init__(self, opened):
        self.store = opened
        self.made = 0

    def add(self, ident, answers=None, **fields):
        self.made += 1
        published = NOW + timedelta(minutes=self.made)
        known = {"source": "x", "id": ident, "text": ident, "published": published}
        kind = "reply" if answers else "post"
        self.store.add([Item(**known | {"kind": kind, "reply_to": answers} | fields)])

    def told(self, ident, **bounds):
        found = self.store.thread("x", ident, **bounds)
        return [item.id for item in found.above], [item.id for item in found.below]


@pytest.fixture
def posts(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW + timedelta(days=1)) as opened:
        yield Posts(opened)


def test_a_thread_has_what_was_answered_and_who_answered_in_order(posts):
    posts.add("root")
    posts.add("a", "root")
    posts.add("b", "a")
    posts.add("c", "b")
    posts.add("other", "root")
    posts.add("late", "a")
    posts.add("d", "b")
    assert posts.told("a") == (["root"], ["b", "c", "d", "late"])
    assert posts.told("root") == ([], ["a", "b", "c", "d", "late", "other"])
    assert posts.told("c") == (["root", "a", "b"], [])
    found = posts.store.thread("x", "c")
    assert (found.item.id, found.start, found.is_cut) == ("c", "", False)


def test_a_post_alone_is_a_thread_of_one(posts):
    posts.add("root")
    found = posts.store.thread("x", "root")
    assert (found.above, found.below, found.start, found.is_cut) == ((), (), "", False)


def test_what_is_not_stored_is_said(posts):
    posts.add("a", "never seen")
    posts.add("b", "a")
    posts.add("nameless", kind="reply")
    assert posts.told("b") == (["a"], [])
    assert posts.store.thread("x", "b").start == "unknown"
    assert posts.store.thread("x", "nameless").start == "unknown"


def test_what_was_withdrawn_is_no_part_of_it(posts):
    posts.add("root")
    posts.add("a", "root")
    posts.add("b", "a")
    gone = ParseResult()
    gone.deletions.append(Deletion("x", "a", NOW))
    posts.store.apply(gone)
    assert posts.told("b") == ([], [])
    assert posts.store.thread("x", "b").start == "withdrawn"
    assert posts.told("root") == ([], [])
    assert posts.store.thread("x", "a") is None


def test_hidden_accounts_are_no_part_of_it(posts):
    posts.add("at://ana/1")
    posts.add("at://bob/1", "at://ana/1")
    posts.add("at://ana/2", "at://bob/1")
    hidden = ParseResult()
    hidden.accounts.append(Account("x", "at://bob/", hidden=True))
    posts.store.apply(hidden)
    assert posts.told("at://ana/1") == ([], [])
    assert posts.store.thread("x", "at://ana/2").start == "unknown"
    assert posts.store.thread("x", "at://bob/1") is None


def test_another_sources_posts_are_not_mixed_in(posts):
    posts.add("root")
    posts.add("a", "root", source="y")
    assert posts.told("root") == ([], [])
    assert posts.store.thread("y", "a").start == "unknown"


def test_long_threads_are_cut_and_say_so(posts):
    posts.add("0")
    for n in range(1, 30):
        posts.add(str(n), str(n - 1))
    found = posts.store.thread("x", "29")
    assert [item.id for item in found.above] == [str(n) for n in range(9, 29)]
    assert found.start == "further"
    assert posts.store.thread("x", "20").start == ""
    for n in range(60):
        posts.add(f"answer {n}", "29")
    found = posts.store.thread("x", "29")
    assert [item.id for item in found.below] == [f"answer {n}" for n in range(50)]
    assert found.is_cut
    assert not posts.store.thread("x", "28", down=61).is_cut


def test_direct_answers_come_before_answers_to_these_where_there_are_too_many(posts):
    posts.add("root")
    posts.add("a", "root")
    for n in range(5):
        posts.add(f"a{n}", "a")
    posts.add("b", "root")
    assert posts.told("root", down=4) == ([], ["a", "a0", "a1", "b"])


def test_a_forged_circle_ends(posts):
    posts.add("a", "b")
    posts.add("b", "a")
    posts.add("self", "self")
    assert posts.told("a") == (["b"], [])
    assert posts.told("self") == ([], [])
    assert not posts.store.thread("x", "a").is_cut


def test_a_circle_is_not_taken_for_more_answers(posts):
    posts.add("a", "b")
    posts.add("b", "a")
    assert not posts.store.thread("x", "a", down=0).is_cut


def test_an_answer_that_came_before_what_it_answers_is_there(posts):
    posts.add("b", "a")
    posts.add("a")
    assert posts.told("a") == ([], ["b"])


def test_a_store_of_before_gets_its_index(tmp_path):
    path = tmp_path / "w.db"
    raw = apsw.Connection(str(path))
    schema.prepare(raw, str(path), schema.STEPS[:4])
    raw.close()
    with store.open(path, now=lambda: NOW + timedelta(days=1)) as opened:
        posts = Posts(opened)
        posts.add("root")
        posts.add("a", "root")
        assert posts.told("root") == ([], ["a"])


def test_answers_are_found_by_the_index(posts):
    plan = apsw.Connection(str(posts.store.path)).execute(
        "EXPLAIN QUERY PLAN SELECT * FROM items i INDEXED BY items_reply_to"
        " WHERE i.reply_to = ? ORDER BY i.row LIMIT 5",
        ("x",),
    )
    (step,) = [row[3] for row in plan]
    assert "items_reply_to" in step
