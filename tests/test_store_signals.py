"""Likes, reposts and replies that come one by one; accounts that are renamed or hidden."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.items import Account, Count, Deletion, Item, ParseResult

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA, BOB = "at://did:plc:ana/", "at://did:plc:bob/"


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made
        assert made.check() == []


def post(ident, text="Acme buys", **fields):
    return Item(
        source="bluesky", id=ident, text=text, published=NOW - timedelta(minutes=5), **fields
    )


def count(opened, *counts):
    result = ParseResult()
    result.counts += counts
    opened.apply(result)


def account(opened, *accounts):
    result = ParseResult()
    result.accounts += accounts
    opened.apply(result)


def like(event, target=f"{ANA}1", delta=1, field="likes"):
    return Count(event, target, field, delta, "bluesky")


def test_each_event_counts_once(opened):
    opened.add([post(f"{ANA}1"), post(f"{ANA}2", likes=10)])
    count(opened, like("e1"), like("e1"), like("e2"), like("e3", f"{ANA}2"))
    count(opened, like("e2"), like("r1", field="reposts"))
    first, second = opened.get("bluesky", f"{ANA}1"), opened.get("bluesky", f"{ANA}2")
    assert (first.likes, first.reposts, first.replies) == (2, 1, None)
    assert second.likes == 11


def test_what_went_is_taken_back_by_its_event_alone(opened):
    opened.add([post(f"{ANA}1", likes=5)])
    count(opened, like("e1"), like("e2"))
    gone = Count("e1", "", "likes", -1, "bluesky")
    count(opened, gone, gone)
    count(opened, gone, like("e1"), Count("unknown", "", "likes", -1, "bluesky"))
    assert opened.get("bluesky", f"{ANA}1").likes == 6


def test_a_loss_that_names_its_target_counts_but_not_below_nothing(opened):
    opened.add([post(f"{ANA}1", likes=1), post(f"{ANA}2")])
    count(opened, like("e1", delta=-1), like("e1", delta=-1), like("e2", delta=-1))
    count(opened, like("e3", f"{ANA}2", delta=-1))
    assert opened.get("bluesky", f"{ANA}1").likes == 0
    assert opened.get("bluesky", f"{ANA}2").likes is None


def test_what_counts_for_an_item_that_is_not_held_is_dropped(opened):
    count(opened, like("e1"))
    opened.add([post(f"{ANA}1")])
    assert opened.get("bluesky", f"{ANA}1").likes is None
    count(opened, like("e1"))
    assert opened.get("bluesky", f"{ANA}1").likes == 1


def test_counts_of_the_same_payload_reach_its_items(opened):
    result = ParseResult([post(f"{ANA}1")])
    result.counts += [like("e1"), Count("e9", f"{ANA}1", "hugs", 1, "bluesky")]
    opened.apply(result)
    assert opened.get("bluesky", f"{ANA}1").likes == 1


def test_a_deleted_item_is_counted_no_more(opened):
    result = ParseResult([post(f"{ANA}1")])
    result.counts.append(like("e1"))
    result.deletions.append(Deletion("bluesky", f"{ANA}1", NOW))
    opened.apply(result)
    count(opened, like("e2"), Count("e1", "", "likes", -1, "bluesky"))
    assert opened.get("bluesky", f"{ANA}1").likes is None


def test_counts_are_found_by_queries(opened):
    opened.add([post(f"{ANA}1")])
    for n in range(1, 10):
        count(opened, like(f"e{n}"))
        assert len(opened.search(f"acme min_likes:{n}")) == 1
        assert opened.search(f"acme min_likes:{n + 1}") == []


def test_a_rename_reaches_all_items_of_the_account(opened):
    opened.add([post(f"{ANA}1", author="did:plc:ana"), post(f"{ANA}2", author="did:plc:ana")])
    opened.add([post(f"{BOB}1", author="bob.example")])
    account(opened, Account("bluesky", ANA, handle="ana.example", name="Ana"))
    assert len(opened.search("from:ana.example")) == 2
    assert opened.search("from:did:plc:ana") == []
    item = opened.get("bluesky", f"{ANA}2")
    assert (item.author, item.author_name) == ("ana.example", "Ana")
    account(opened, Account("bluesky", ANA, name="Ana B."))
    assert opened.get("bluesky", f"{ANA}1").author == "ana.example"
    assert len(opened.search("from:bob.example")) == 1
    assert [item.id for item in opened.changes(0).items][-2:] == [f"{ANA}1", f"{ANA}2"]


def test_a_hidden_account_is_in_no_read_until_it_is_shown_again(opened):
    opened.add([post(f"{ANA}1", "Acme one", author="ana"), post(f"{BOB}1")])
    opened.add([post(f"{ANA}1", "Acme two")])
    before = opened.seq()
    account(opened, Account("bluesky", ANA, hidden=True, handle="ana.example"))
    opened.add([post(f"{ANA}2"), post(f"{ANA}1", "Acme two", likes=3)])
    assert [item.id for item in opened.search("acme")] == [f"{BOB}1"]
    assert [item.id for item in opened.search(None)] == [f"{BOB}1"]
    assert opened.get("bluesky", f"{ANA}1") is None
    assert opened.versions("bluesky", f"{ANA}1") == []
    assert opened.term_counts(since="1h", until=NOW) == {"acme": 1, "buys": 1}
    assert sum(bucket.n for bucket in opened.tally("acme", every="1h", since="1h")) == 1
    told = opened.changes(before)
    assert told.items == []
    assert {gone.id for gone in told.deletions} == {f"{ANA}1", f"{ANA}2"}
    assert opened.check() == []
    account(opened, Account("bluesky", ANA, hidden=False))
    assert len(opened.search("acme")) == 3
    assert len(opened.search("from:ana.example two min_likes:3")) == 1
    assert [v.text for v in opened.versions("bluesky", f"{ANA}1")] == ["Acme one"]
    assert {item.id for item in opened.changes(told.seq).items} == {f"{ANA}1", f"{ANA}2"}


def test_reposts_of_a_hidden_account_s_posts_go_and_come_with_it(opened):
    def repost(n, by):
        return post(f"{by}{n}", kind="repost", repost_of=f"{ANA}1")

    opened.add([post(f"{ANA}1"), repost(2, BOB)])
    account(opened, Account("bluesky", ANA, hidden=True))
    opened.add([repost(3, BOB), post(f"{BOB}4")])
    assert [item.id for item in opened.search(None)] == [f"{BOB}4"]
    account(opened, Account("bluesky", BOB, hidden=True))
    account(opened, Account("bluesky", ANA, hidden=False))
    assert [item.id for item in opened.search(None)] == [f"{ANA}1"]
    account(opened, Account("bluesky", BOB, hidden=False))
    assert len(opened.search(None)) == 4
    assert opened.check() == []


def test_what_is_deleted_while_hidden_stays_deleted(opened):
    opened.add([post(f"{ANA}1")])
    account(opened, Account("bluesky", ANA, hidden=True))
    opened.purge("bluesky", f"{ANA}1")
    account(opened, Account("bluesky", ANA, hidden=False))
    assert opened.search("acme") == []


def test_prefixes_within_prefixes_hide_what_they_begin(opened):
    account(
        opened,
        Account("bluesky", "at://a", hidden=True),
        Account("bluesky", "at://abc", hidden=True),
        Account("bluesky", "at://b", hidden=True),
        Account("other", "", hidden=True),
    )
    opened.add([post("at://abd"), post("at://abcd"), post("at://c"), post("at://")])
    assert {item.id for item in opened.search("acme")} == {"at://c", "at://"}
