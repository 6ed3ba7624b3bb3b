"""What a store has seen, for whoever types a query."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.items import Item
from workbench.store.seen import KINDS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as made:
        yield made


def post(n, text="", *, days=0, **fields):
    return Item(
        **{
            "source": "mastodon",
            "id": str(n),
            "text": text,
            "published": NOW - timedelta(days=days, minutes=n),
            "author": "ana@wing.example",
        }
        | fields
    )


def test_what_the_newest_items_hold_comes_the_most_frequent_first(opened):
    opened.add(
        [
            post(1, "#KestrelValley $ACME", author="bo.example", author_name="Bo Lind", lang="en"),
            post(2, "#kestrelvalley #Delay", author="BO.example", lang="en-GB"),
            post(3, "#delay @bo.example", lang="en"),
            post(4, "(Nasdaq: ACME)", form="8-K", tickers=("ACME",)),
            post(5, "#KESTRELVALLEY"),
        ]
    )
    found = opened.seen()
    assert found["#"] == [("KestrelValley", "", 3), ("Delay", "", 2)]
    assert found["from"] == [("ana@wing.example", "", 3), ("bo.example", "Bo Lind", 2)]
    assert found["@"] == [("bo.example", "Bo Lind", 1)]
    assert found["lang"] == [("en", "", 2), ("en-GB", "", 1)]
    assert (found["$"], found["ticker"], found["form"]) == (
        [("ACME", "", 1)],
        [("ACME", "", 1)],
        [("8-K", "", 1)],
    )


def test_an_empty_store_has_seen_nothing(opened):
    assert opened.seen() == {}
    assert opened.seen_beginning("#", "a") == {}


def test_what_begins_so_is_found_by_the_index_whatever_its_case(opened):
    opened.add([post(n, "#KestrelValley", days=n) for n in range(3)])
    opened.add([post(10, "#Kestrel #other", days=40)])  # of the month before
    opened.add([post(11, "#kestrelville", days=100)])  # of months ago
    assert opened.seen_beginning("#", "KESTREL") == {"kestrelvalley": 3, "kestrel": 1}


def test_of_a_handle_with_a_host_the_part_before_it_is_no_account_of_its_own(opened):
    opened.add([post(1), post(2, author="anabel.example")])
    assert opened.seen_beginning("from", "ana") == {"ana@wing.example": 1, "anabel.example": 1}


def test_domains_are_whole_ones(opened):
    opened.add([post(1, "https://uk.reuters.example/a https://example/b")])
    assert opened.seen_beginning("domain", "r") == {"reuters.example": 1}
    assert opened.seen_beginning("domain", "e") == {}


def test_what_was_deleted_or_hidden_is_not_among_the_newest(opened):
    opened.add([post(1, "#gone", author="x.example"), post(2, "#here", author="y.example")])
    opened.purge("mastodon", "1")
    assert [each.value for each in opened.seen()["from"]] == ["y.example"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_beginning_with_signs_of_the_index_finds_nothing_and_breaks_nothing(opened, kind):
    opened.add([post(1, "#tag")])
    for prefix in ('"', "'; DROP TABLE items; --", "===", "\x00", "%", "\ud800", "🚀"):
        assert opened.seen_beginning(kind, prefix) == {}
    assert opened.check() == []
