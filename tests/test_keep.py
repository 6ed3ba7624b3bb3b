from datetime import UTC, datetime

import pytest

from workbench.decks import Column, Deck
from workbench.items import Item
from workbench.query import parse
from workbench.query.tree import Account, AtLeast, InList, Sentiment
from workbench.service.keep import Wants, is_sampled, weaken, widest

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def post(text, **fields):
    return Item(**{"source": "x", "id": "1", "text": text, "published": NOW} | fields)


def wants(*queries, lists=None):
    columns = tuple(
        Column(key=f"c{n}", title=f"C{n}", type="search", query=query and parse(query))
        for n, query in enumerate(queries)
    )
    return Wants([Deck(name="d", title="D", columns=columns, lists=lists or {})])


@pytest.mark.parametrize(
    ("query", "weakened"),
    [
        ("acme", "acme"),
        ("acme min_likes:10", "acme"),
        ("acme -min_likes:10", "acme"),
        ("acme OR min_likes:10", True),
        ("-(acme min_likes:10)", True),
        ("-(acme OR min_likes:10)", "-acme"),
        ("sentiment:negative", True),
        ("acme (globex OR -sentiment:positive)", "acme"),
        ("a b min_replies:2", "a b"),
        ("(a OR min_likes:1) ((b min_likes:2) OR c)", "b OR c"),
        ("-(-a min_likes:1) b", "b"),
        ("-(-a OR min_likes:1) b", "a b"),
    ],
)
def test_a_weakened_query_asks_only_for_what_is_known(query, weakened):
    found = weaken(parse(query).tree, (AtLeast, Sentiment))
    assert found == (weakened if weakened is True else parse(weakened).tree)


def test_a_query_is_never_sure_where_authors_are_unknown():
    assert weaken(parse("from:ana acme").tree, (Account, InList)) == parse("acme").tree
    assert weaken(parse("-from:ana acme").tree, (Account, InList)) == parse("acme").tree
    assert weaken(parse("list:x OR acme").tree, (Account, InList)) is True


def test_what_is_muted_for_a_while_is_kept_for_afterwards():
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    asked = wants("acme -(strike expires:2026-12-01)")
    muted = Item(source="x", id="1", text="Acme strike", published=moment)
    assert asked.matches(muted, moment)
    assert asked.may_match(muted, moment)
    assert asked.queries == {"acme -(strike expires:2026-12-01T00:00:00Z)": False}


def test_who_is_verified_is_known_only_once_it_was_looked_up():
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    asked = wants("acme is:verified")
    item = Item(source="bluesky", id="1", text="Acme", published=moment)
    assert asked.may_match(item, moment)
    assert not asked.matches(item, moment)
    assert asked.queries == {"acme is:verified": True}


def test_the_widest_keep_of_several_decks_holds():
    assert widest(["matching", "sample:5", "sample:10"]) == "sample:10"
    assert widest(["matching", "all", "sample:10"]) == "all"
    assert widest(["matching"]) == "matching"


def test_a_sample_is_the_same_each_time_and_about_as_large_as_asked():
    items = [post("", id=str(n)) for n in range(5000)]
    sampled = [is_sampled(item, 10) for item in items]
    assert 400 < sum(sampled) < 600  # 500 of 5,000; 4 sd are 85
    assert sampled == [is_sampled(item, 10) for item in items]
    assert all(is_sampled(item, 20) for item, first in zip(items, sampled, strict=True) if first)
    assert all(is_sampled(item, 100) for item in items)
    assert not any(is_sampled(item, 0) for item in items)


def test_scores_and_counts_that_may_still_come_do_not_keep_an_item_out():
    some = wants("acme min_likes:100", "globex sentiment:<-0.5")
    assert some.matches(post("acme"), NOW)
    assert some.matches(post("globex"), NOW)
    assert not some.matches(post("other", likes=1000), NOW)


def test_a_query_of_scores_and_counts_alone_asks_for_nothing():
    none = wants("sentiment:negative", "min_likes:5", None)
    assert not none.queries
    assert not none.matches(post("acme", likes=10), NOW)


def test_before_authors_are_known_they_may_be_anybody():
    board = wants("list:board acme", "from:bob", lists={"board": ("ana.example",)})
    assert board.queries == {"list:board acme": True, "from:bob": True}
    assert board.may_match(post("other", author="did:1"), NOW)
    assert not board.matches(post("acme", author="did:1"), NOW)
    assert board.matches(post("acme", author="ana.example"), NOW)


class Source:
    name = "x"
    tier = "social"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("acme min_likes:10 -sentiment:negative", "acme"),
        ("acme source:x", "acme"),
        ("acme tier:social -source:bluesky", "acme"),
        ("(acme source:X) OR (globex tier:wire)", "acme"),
        ("acme source:feeds", None),
        ("acme tier:filing", None),
        ("acme -tier:social", None),
        ("source:x", None),  # of everything no search can be asked
    ],
)
def test_a_source_is_asked_for_what_is_wanted_of_it_alone(query, asked):
    found = wants(query).asked(Source).queries
    assert [each.tree for each in found] == ([parse(asked).tree] if asked else [])
    assert [str(each) for each in found] == ([str(parse(query))] if asked else [])


def test_a_source_is_asked_once_for_what_several_decks_want_with_the_members_of_all():
    def deck(name, *people):
        columns = tuple(
            Column(key=f"c{n}", title=f"C{n}", type="search", query=parse(query))
            for n, query in enumerate(("list:Leaders", "acme -list:leaders", "zed"))
        )
        lists = {"leaders": people, "other": ("eve",)}
        return Deck(name=name, title=name, columns=columns, lists=lists)

    asked = Wants([deck("a", "ana", "bob"), deck("b", "bob", "cy")]).asked(Source)
    assert [str(each) for each in asked.queries] == ["acme -list:leaders", "list:leaders", "zed"]
    assert asked.lists == {"leaders": ("ana", "bob", "cy")}
    # Whom one deck leaves out may be wanted by the other.
    assert asked.queries[0].tree == parse("acme").tree
    alone = Wants([deck("a", "ana")]).asked(Source)
    assert alone.queries[0].tree == parse("acme -list:leaders").tree
    assert alone == Wants([deck("a", "ana")]).asked(Source)
