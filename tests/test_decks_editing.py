"""A deck as something edited: steps, undo, and what a file looks like afterwards."""

import pytest

from workbench import decks
from workbench.decks import Draft
from workbench.errors import DeckError, DeckRace

DECK = """\
# My industry.
title: Batteries   # as the board knows it
zone: UTC

sources:
  - collector: bluesky

columns:
  # ourselves
  - type: search
    title: "Acme"
    query: '(acme OR #acme)'   # not the dogs
    filters:
      lang: [en, de]   # ours
      # quiet ones are left out
      likes: {at_least: 5}

  # what is unusual
  - type: trending
    title: Trending
    window: 1h   # short

  - type: merged
    title: Both
    columns: [acme, rivals]   # by key
  - {type: search, title: Rivals, query: globex}  # in braces

# people come last
lists:
  board: [ana.example]
"""


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "ceo.yaml"
    made.write_text(DECK)
    return made


@pytest.fixture
def draft(path):
    return Draft(path)


def keys(draft):
    return [column.key for column in draft.deck.columns]


def lines(text):
    """Return the lines of a text that are not blank, without their margins."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_a_column_is_added_where_it_is_wanted_and_nothing_is_written_yet(draft, path):
    key = draft.add({"title": "New: one", "type": "search", "query": 'a "b c"'}, 1)
    assert (key, keys(draft)) == ("new-one", ["acme", "new-one", "trending", "both", "rivals"])
    added = [line for line in lines(draft.text) if line not in lines(DECK)]
    assert added == ['title: "New: one"', 'query: "a \\"b c\\""']
    assert draft.is_dirty
    assert draft.undoes == "Add “New: one”"
    assert path.read_text() == DECK
    assert draft.add({"type": "newswire", "title": "Wire"}) == "wire"
    assert keys(draft)[-1] == "wire"


def test_undo_and_redo_go_through_all_steps(draft):
    texts = [draft.text]
    draft.add({"type": "newswire", "title": "Wire"})
    texts.append(draft.text)
    draft.set("wire", {"width": "wide"})
    texts.append(draft.text)
    draft.undo()
    assert draft.text == texts[1]
    assert (draft.undoes, draft.redoes) == ("Add “Wire”", "Change “Wire”: width")
    draft.undo()
    assert draft.text == DECK
    assert not draft.is_dirty
    draft.undo()
    assert (draft.text, draft.undoes) == (DECK, None)
    draft.redo()
    draft.redo()
    draft.redo()
    assert (draft.text, draft.redoes) == (texts[2], None)
    draft.undo()
    draft.remove("wire")
    assert draft.redoes is None


def test_a_moved_column_takes_its_comments_along(draft):
    draft.move("acme", 2)
    assert keys(draft) == ["trending", "both", "acme", "rivals"]
    assert sorted(lines(draft.text)) == sorted(lines(DECK))
    text = draft.text
    assert text.index("# what is unusual") < text.index("title: Both") < text.index("# ourselves")
    assert text.index("# ourselves") < text.index('title: "Acme"') < text.index("title: Rivals")
    draft.move("acme", 0)
    assert sorted(lines(draft.text)) == sorted(lines(DECK))
    assert keys(draft) == ["acme", "trending", "both", "rivals"]


def test_a_move_to_where_it_is_or_beyond_the_end_is_no_error(draft):
    draft.move("acme", 0)
    assert not draft.is_dirty
    draft.move("acme", 99)
    assert keys(draft)[-1] == "acme"


def test_a_removed_column_leaves_the_others_and_what_shows_them(draft):
    draft.add({"type": "newswire", "title": "Wire"})
    draft.set("both", {"columns": ["acme", "rivals", "wire"]})
    draft.remove("acme")
    assert keys(draft) == ["trending", "both", "rivals", "wire"]
    assert draft.data["columns"][1]["columns"] == ["rivals", "wire"]
    assert "# ourselves" not in draft.text
    assert "# by key" in draft.text
    assert "# what is unusual" in draft.text


def test_a_column_that_another_cannot_do_without_stays(draft):
    with pytest.raises(DeckError, match="“Both” shows this column and too little besides"):
        draft.remove("rivals")
    assert not draft.is_dirty


def test_the_last_column_stays(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text("title: T\ncolumns:\n  - {type: newswire, title: Wire}\n")
    draft = Draft(path)
    with pytest.raises(DeckError, match="the deck needs a column; add another before"):
        draft.remove("wire")


def test_a_copy_stands_beside_its_original_under_a_name_of_its_own(draft):
    assert draft.duplicate("acme") == "acme-2"
    assert draft.duplicate("acme") == "acme-3"
    assert keys(draft) == ["acme", "acme-3", "acme-2", "trending", "both", "rivals"]
    assert draft.deck.columns[1].query == draft.deck.columns[0].query


def test_settings_change_line_by_line(draft):
    draft.set("acme", {"width": "wide", "colour": "red", "query": "acme"})
    draft.set("acme", {"filters": {"lang": ["en", "fr"], "likes": {"at_least": 9}}})
    added = [line for line in lines(draft.text) if line not in lines(DECK)]
    assert added == [
        'query: "acme"   # not the dogs',
        "width: wide",
        "colour: red",
        "lang: [en, fr]   # ours",
        "likes: {at_least: 9}",
    ]
    assert "# quiet ones are left out" in draft.text
    draft.set("acme", {"filters": None, "width": None, "colour": None})
    assert "filters" not in draft.data["columns"][0]
    assert draft.deck.columns[0].width == "medium"
    draft.set("trending", {"query": "fares", "filters": {"lang": "en"}, "mutes": [{"word": "ad"}]})
    assert draft.deck.columns[1].text == "fares lang:en -ad"
    draft.set("rivals", {"collapsed": True, "width": "narrow"})
    assert (
        "{type: search, title: Rivals, query: globex, width: narrow, collapsed: true}"
        in (draft.text)
        or "collapsed: true, width: narrow}  # in braces" in draft.text
    )
    draft.set("rivals", {"collapsed": False})
    assert "collapsed" not in draft.text


def test_setting_what_is_so_already_is_no_step(draft):
    draft.set("acme", {"title": "Acme", "width": None, "collapsed": False})
    draft.configure({"zone": "UTC", "mutes": []})
    assert (draft.text, draft.undoes) == (DECK, None)


def test_a_renamed_column_keeps_its_key_if_anybody_may_know_it(draft):
    assert draft.set("acme", {"title": "Our own"}) == "acme"
    assert draft.data["columns"][0]["key"] == "acme"
    assert draft.undoes == "Rename “Acme” to “Our own”"
    draft.add({"type": "search", "title": "Search", "query": "a"})
    assert draft.set("search", {"title": "Fares"}) == "fares"
    assert "key" not in draft.data["columns"][-1]
    draft.set("both", {"columns": ["acme", "fares"]})
    assert draft.set("fares", {"title": "Prices"}) == "fares"


def test_a_key_that_is_changed_is_changed_where_it_is_named(draft):
    assert draft.set("acme", {"key": "own"}) == "own"
    assert draft.data["columns"][2]["columns"] == ["own", "rivals"]
    assert "# by key" in draft.text
    draft.undo()
    assert draft.text == DECK


@pytest.mark.parametrize(
    ("step", "key", "said"),
    [
        (lambda d: d.add({"type": "search", "title": "A", "query": "b ("}), "columns[5].query",
         "parenthesis"),
        (lambda d: d.add({"type": "pie", "title": "A"}), "columns[5].type", "is not one of"),
        (lambda d: d.add({"type": "newswire", "title": "Acme"}), "columns[5]", "the key acme"),
        (lambda d: d.set("acme", {"colour": "pink"}), "columns[1].colour", "blue, teal"),
        (lambda d: d.set("acme", {"collapsed": 5}), "columns[1].collapsed", "true or false"),
        (lambda d: d.set("acme", {"filters": {"likes": 5}}), "columns[1].filters.likes", "needs"),
        (lambda d: d.configure({"zone": "Mars"}), "zone", "no time zone"),
        (lambda d: d.configure({"columns": []}), "columns", "Allowed here: title"),
        (lambda d: d.configure({"titel": "x"}), "titel", "did you mean title?"),
        (lambda d: d.configure({"title": "\ud800"}), "", "half of a sign"),
        (lambda d: d.configure({"title": "x" * 200_000}), "", "larger than 128 kB"),
        (lambda d: d.remove("none"), "", "no column 'none'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_key_and_changes_nothing(draft, step, key, said):
    with pytest.raises(DeckError) as caught:
        step(draft)
    assert caught.value.key == key
    assert said in caught.value.message
    assert (draft.text, draft.undoes) == (DECK, None)


def test_an_error_in_a_query_knows_its_place(draft):
    with pytest.raises(DeckError) as caught:
        draft.set("acme", {"query": "fare ("})
    assert caught.value.position == 5


def test_the_deck_itself_has_settings(draft):
    draft.configure({"title": "Cells", "theme": "contrast", "times": "exact", "media": "small"})
    draft.configure({"mutes": [{"word": "giveaway"}], "lists": {"board": ["ana.example", "bob"]}})
    deck = draft.deck
    assert (deck.title, deck.theme, deck.times, deck.media) == (
        "Cells", "contrast", "exact", "small",
    )  # fmt: skip
    assert deck.lists == {"board": ("ana.example", "bob")}
    assert "# as the board knows it" in draft.text
    assert draft.text.index("theme:") < draft.text.index("sources:")
    draft.configure({"mutes": None})
    assert deck.mutes
    assert not draft.deck.mutes


def test_what_is_saved_is_the_draft_and_it_can_still_be_undone(draft, path):
    draft.set("acme", {"width": "wide"})
    draft.save()
    assert not draft.is_dirty
    assert decks.load(path).columns == draft.deck.columns
    draft.undo()
    assert draft.text == DECK
    assert draft.is_dirty
    draft.save()
    assert path.read_text() == DECK


def test_a_save_that_races_another_is_refused_and_knows_both(draft, path):
    draft.set("acme", {"width": "wide"})
    theirs = DECK.replace("zone: UTC", "zone: Europe/Berlin")
    path.write_text(theirs)
    with pytest.raises(DeckRace) as caught:
        draft.save()
    race = caught.value
    assert (race.mine, race.theirs) == (draft.text, theirs)
    assert race.who == path.owner()
    assert path.read_text() == theirs
    draft.save(over=True)
    assert path.read_text() == race.mine
    assert not draft.is_dirty


def test_taking_what_somebody_else_saved_can_be_undone(draft, path):
    draft.set("acme", {"width": "wide"})
    mine = draft.text
    theirs = DECK.replace("zone: UTC", "zone: Europe/Berlin")
    path.write_text(theirs)
    draft.reload()
    assert draft.text == theirs
    assert not draft.is_dirty
    draft.undo()
    assert draft.text == mine
    draft.save()
    assert path.read_text() == mine


def test_a_file_written_anew_with_the_same_content_is_no_race(draft, path):
    path.write_text(DECK)
    draft.set("acme", {"width": "wide"})
    draft.save()
    assert "width: wide" in path.read_text()


def test_a_deck_whose_file_is_gone_can_be_written_anew(draft, path):
    draft.set("acme", {"width": "wide"})
    path.unlink()
    with pytest.raises(DeckError, match="is gone"):
        draft.save()
    draft.save(over=True)
    assert path.read_text() == draft.text


@pytest.mark.parametrize(
    "columns",
    [
        "columns: [{type: search, title: A, query: a}, {type: newswire, title: W}]  # kept\n",
        "columns:\n- type: search\n  title: A\n  query: a # kept\n- type: newswire\n  title: W",
        "columns:\n  - {type: search, title: A, query: a} # kept\n  - {type: newswire, title: W}\n",
        (
            "columns:\n  -\n    type: search\n    title: A\n    query: a # kept\n"
            "  -\n    type: newswire\n    title: W\n"
        ),
        (
            "columns:\n  -   title: A # kept\n      type: search\n      query: >-\n        a\n"
            "        OR b\n\n  -   title: W\n      type: newswire\n\n"
        ),
        (
            "columns:\r\n  - type: search\r\n    title: A # kept\r\n    query: a\r\n"
            "  - type: newswire\r\n    title: W\r\n"
        ),
        (
            '{"columns": [{"type": "search", "title": "A", "query": "a"},\n'
            ' # kept\n {"type": "newswire", "title": "W"}], "title": "T"}'
        ),
    ],
)
def test_every_way_of_writing_a_deck_can_be_edited(tmp_path, columns):
    path = tmp_path / "d.yaml"
    head = "" if columns.startswith("{") else "title: T # kept too\n"
    path.write_bytes((head + columns).encode())
    draft = Draft(path)
    before = draft.text
    draft.set("a", {"query": "c", "width": "wide"})
    draft.add({"type": "trending", "title": "Up", "filters": {"lang": ["en"]}}, 1)
    draft.move("a", 2)
    draft.duplicate("w")
    draft.configure({"zone": "Europe/Berlin", "mutes": [{"word": "ad"}]})
    assert keys(draft) == ["up", "w", "w-2", "a"]
    assert draft.deck.columns[3].text == "c -ad"
    assert "# kept" in draft.text
    draft.remove("a")
    draft.remove("up")
    assert keys(draft) == ["w", "w-2"]
    for _ in range(7):
        draft.undo()
    assert draft.text == before
    assert not draft.is_dirty
