"""What is one entry of a column, and what never is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.columns import fold
from workbench.columns.fold import Folds, marks_of
from workbench.columns.post import item_key
from workbench.items import Item, Media

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG = "Northwind cancels every flight out of Kestrel Valley"


class Column:
    """Entries over items that a test adds, changes and removes."""

    def __init__(self, *, is_alike=True):
        self.items = {}
        self.folds = Folds(self.items.get, is_alike=is_alike)

    def put(self, item, **options):
        self.items[item_key(*item.key)] = item
        return self.folds.put(item, **options)

    def drop(self, key):
        del self.items[key]
        self.folds.drop(key)

    def entries(self):
        found = {}
        for key in self.items:
            found.setdefault(self.folds.lead(key), set()).add(key)
        return found


def post(ident, text=LONG, **fields):
    minutes = int(ident.strip("abcdefghijklmnopqrstuvwxyz") or 0)
    known = {"source": "x", "author": "ana", "published": NOW + timedelta(minutes=minutes)}
    return Item(**known | {"id": ident, "text": text} | fields)


def repost(ident, of, **fields):
    return post(ident, kind="repost", repost_of=of, **{"author": f"by{ident}"} | fields)


@pytest.fixture
def column():
    return Column()


def test_reposts_are_folded_into_the_original(column):
    column.put(post("1"))
    assert column.put(repost("2", "1")) == "x:1"
    assert column.put(repost("3", "1", author_name="Cleo")) == "x:1"
    group = column.folds.group("x:1")
    assert group.names == ["Cleo", "by2"]
    assert group.time == NOW + timedelta(minutes=3)
    assert (group.count("repost"), group.count("alike")) == (2, 0)


def test_reposts_of_what_is_not_here_are_one_entry_which_the_original_joins(column):
    column.put(repost("2", "1", text="a"))
    column.put(repost("3", "1", text="edited since"))
    assert column.put(post("1", text="edited since then")) == "x:2"
    group = column.folds.group("x:2")
    assert group.original == "x:1"
    assert group.names == ["by3"]
    assert group.members["x:1"].role == "original"
    assert column.put(repost("4", "1")) == "x:2"
    assert column.folds.lead("x:1") == "x:2"


def test_an_original_that_is_not_here_is_known_by_its_reposts(column):
    column.put(repost("2", "1"))
    assert column.folds.lead("x:1") == "x:2"
    assert column.folds.lead("x:9") is None


def test_what_says_the_same_is_folded_whatever_link_follows(column):
    column.put(post("1", f"{LONG} https://a.example/1?from=ana"))
    column.put(post("2", f"{LONG.upper()}\n https://b.example/x", author="bob"))
    column.put(post("3", f"{LONG}  a.example/2", author="cleo"))
    assert column.entries() == {"x:1": {"x:1", "x:2", "x:3"}}
    assert column.folds.group("x:1").count("alike") == 2


def test_a_column_may_show_what_says_the_same():
    column = Column(is_alike=False)
    column.put(post("1"))
    column.put(post("2", author="bob"))
    column.put(repost("3", "1"))
    assert column.entries() == {"x:1": {"x:1", "x:3"}, "x:2": {"x:2"}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes", "No"),
        ("Up 5 %", "Up 9 %"),
        ("Up", "Down"),
        ("Good morning", "Good evening"),
        ("I ♥ Acme", "I 💔 Acme"),
        ("Acme buys Globex?", "Acme buys Globex!"),
        ("https://a.example/1", "https://a.example/2"),
        ("Read this https://a.example/1", "Read this https://a.example/2"),
        ("@ana thanks", "@bob thanks"),
        ("$ACME", "$GLOBEX"),
        ("東京", "京都"),
        (f"{LONG}, all 12 of them", f"{LONG}, all 13 of them"),
        (LONG, LONG.replace("every", "no")),
        (LONG, f"{LONG} Not true."),
        ("a" * 5000, "a" * 5001),
        (LONG + " a" * 4000, LONG + " a" * 4000 + " b"),
        ("", ""),
        (" ", "\n"),
    ],
)
def test_other_authors_other_words_are_never_folded(column, one, other):
    column.put(post("1", one))
    column.put(post("2", other, author="bob"))
    assert len(column.entries()) == 2


def test_the_same_few_words_are_the_same_only_in_answer_to_the_same(column):
    column.put(post("1", "Thank you!", author="ana"))
    column.put(post("2", "thank  you!", author="bob"))
    column.put(post("3", "Thank you!", reply_to="9"))
    column.put(post("4", "Thank you!", media=[Media("image", "https://a.example/cat.jpg")]))
    assert column.entries() == {"x:1": {"x:1", "x:2"}, "x:3": {"x:3"}, "x:4": {"x:4"}}


def test_numbers_may_differ_where_the_author_is_the_same(column):
    text = "Flight NW {} to Kestrel Valley is {} minutes late"
    column.put(post("1", text.format(12, 30)))
    column.put(post("2", text.format(14, 45)))
    column.put(post("3", text.format(14, 45), author="bob"))
    assert column.entries() == {"x:1": {"x:1", "x:2"}, "x:3": {"x:3"}}


def test_statements_are_told_apart_by_all_their_numbers(column):
    title = "Northwind Air files its annual report of {}"
    for ident, year in (("1", 2025), ("2", 2026)):
        column.put(
            post(ident, "", title=title.format(year), tier="filing", kind="filing", author="NWA")
        )
    assert len(column.entries()) == 2


def test_whoever_repeats_a_statement_has_not_issued_it(column):
    column.put(post("1", tier="wire", kind="release"))
    column.put(post("2", tier="social"))
    assert len(column.entries()) == 2


def test_a_lead_that_is_gone_is_followed_by_the_next(column):
    for ident in ("1", "2", "3"):
        column.put(post(ident))
    column.put(repost("4", "1"))
    column.folds.settle()
    column.drop("x:1")
    assert column.entries() == {"x:2": {"x:2", "x:3", "x:4"}}
    assert column.folds.settle() == ({"x:2": True}, ["x:1"])


def test_a_member_that_is_gone_leaves_the_rest(column):
    column.put(post("1"))
    column.put(repost("2", "1"))
    column.put(repost("3", "1"))
    column.folds.settle()
    column.drop("x:3")
    assert column.folds.group("x:1").names == ["by2"]
    assert column.folds.group("x:1").time == NOW + timedelta(minutes=2)
    assert column.folds.settle() == ({"x:1": False}, [])
    column.drop("x:2")
    assert column.folds.group("x:1") is None
    assert column.entries() == {"x:1": {"x:1"}}


def test_an_edit_that_says_something_else_stands_by_itself(column):
    column.put(post("1"))
    column.put(post("2", author="bob"))
    column.folds.settle()
    column.put(post("2", f"{LONG}. Wrong!", author="bob"))
    assert column.entries() == {"x:1": {"x:1"}, "x:2": {"x:2"}}
    assert column.folds.settle() == ({"x:1": False, "x:2": True}, [])
    column.put(post("2", author="bob"))
    assert column.entries() == {"x:1": {"x:1", "x:2"}}
    assert column.folds.settle() == ({"x:1": True}, ["x:2"])


def test_an_edited_lead_keeps_its_reposts_and_loses_what_no_longer_says_the_same(column):
    column.put(post("1"))
    column.put(post("2", author="bob"))
    column.put(repost("3", "1"))
    column.put(post("1", f"{LONG}. Wrong!"))
    assert column.entries() == {"x:1": {"x:1", "x:3"}, "x:2": {"x:2"}}


def test_a_post_that_reposts_itself_is_one_entry(column):
    column.put(repost("1", "1"))
    column.put(repost("1", "1"))
    assert column.put(repost("2", "1")) == "x:1"
    assert column.folds.group("x:1").names == ["by2"]


def test_who_tells_by_themselves_that_something_came_is_not_told(column):
    column.put(post("1"), is_quiet=True)
    column.put(post("2"), is_quiet=True)
    assert column.folds.settle() == ({}, [])


def test_names_are_shown_as_names_are(column):
    column.put(post("1"))
    column.put(repost("2", "1", author_name="A\u202ena"))
    column.put(repost("3", "1", author=None))
    assert column.folds.group("x:1").names == ["Somebody", "Ana"]


def test_memory_is_bounded_and_counts_stay(column, monkeypatch):
    monkeypatch.setattr(fold, "_KEPT", 10)
    column.put(post("1"))
    for n in range(2, 40):
        column.put(repost(str(n), "1"))
    assert column.folds.group("x:1").count("repost") == 38
    assert len(column.folds.group("x:1").names) <= 10
    for n in range(50, 90):
        column.put(post(str(n), f"{LONG} {n}"))
    assert column.folds.lead("x:1") == "x:1"
    assert len(column.folds._known) <= 10


texts = st.sampled_from(
    (LONG, f"{LONG} 1", f"{LONG} 22", f"{LONG} https://a.example", "Yes", "yes", "No", "", "Up 1%")
)
made = st.builds(
    lambda n, text, author, of, tier: (
        repost(str(n), str(of), text=text, author=author)
        if of is not None
        else post(str(n), text, author=author, tier=tier)
    ),
    st.integers(0, 7),
    texts,
    st.sampled_from(("ana", "bob")),
    st.none() | st.none() | st.integers(0, 7),
    st.sampled_from(("social", "social", "wire")),
)
steps = st.lists(made | st.integers(0, 7), max_size=25)


@settings(max_examples=400, deadline=None)
@given(steps)
def test_whatever_comes_changes_and_goes_each_item_is_in_one_entry_that_it_fits(taken):
    column = Column()
    told = set()
    for step in taken:
        if isinstance(step, int):
            if f"x:{step}" in column.items:
                column.drop(f"x:{step}")
        else:
            column.put(step)
        touched, fallen = column.folds.settle()
        told = (told | touched.keys()) - set(fallen)
        # What was told is what there is: nothing is shown twice, nothing is lost.
        assert told == column.entries().keys()
    for lead, members in column.entries().items():
        assert lead in members
        group = column.folds.group(lead)
        assert (group.members.keys() if group else {lead}) == members
        first = column.items[lead]
        whose = group.original if group else ""
        for key in members - {lead}:
            item = column.items[key]
            is_same = bool(set(marks_of(first)[:1]) & set(marks_of(item)[:1]))
            is_passed_on = whose in (key, f"x:{item.repost_of}")
            is_own = set(marks_of(first)) & set(marks_of(item)) and item.author == first.author
            is_of_member = f"x:{item.repost_of}" in members
            assert is_same or is_passed_on or is_own or is_of_member
