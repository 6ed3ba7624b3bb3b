"""What is pinned, on the page and in a briefing: the analyst's note, and the post as it is now."""

import pytest
from boards import DECK, NOW, setting

from workbench import decks
from workbench.briefings import briefing
from workbench.columns import pinned
from workbench.columns.tree import strings, to_html
from workbench.items import Account, ParseResult

__all__ = ["setting"]  # the fixture, found here by pytest

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202e"


def shown(setting):
    return pinned.nodes(
        pinned.standing(setting.store, setting.deck, setting.store.pins(setting.deck.name))
    )


def pin(setting, item, note=""):
    setting.store.pin(setting.deck.name, f"{item.source}:{item.id}", note=note)


def test_a_note_stands_above_its_post_and_is_marked_as_the_analysts(setting):
    pin(setting, setting.post("northwind is late", likes=3), "Ask Bob.\nToday.")
    (node,) = shown(setting)
    assert strings(node[2]) == "Analyst’s noteAsk Bob.\nToday."
    assert "northwind is late" in strings(node[3])
    assert node[3][0] == "article"
    assert node[3][1]["data-item"] == node[1]["data-pin"]
    html = to_html(node, now=NOW, zone="UTC")
    assert '<time class="wb-time wb-s" datetime="2026-11-22T12:30:00.000+00:00">now</time>' in html


def test_without_a_note_it_says_who_put_it_there(setting):
    pin(setting, setting.post("northwind"), "  ")
    (node,) = shown(setting)
    assert strings(node[2]) == "Pinned by an analyst"


def test_the_newest_pin_comes_first(setting):
    first, second = setting.post("one"), setting.post("two")
    pin(setting, first, "First.")
    setting.time = NOW.replace(hour=13)
    pin(setting, second, "Second.")
    assert ["Second" in strings(node) for node in shown(setting)] == [True, False]


def test_what_changes_at_its_source_changes_here(setting):
    item = setting.post("northwind", likes=3)
    pin(setting, item, "Ask Bob.")
    setting.store.add([item.__class__(**_fields(item) | {"text": "northwind, corrected"})])
    (node,) = shown(setting)
    assert "northwind, corrected" in strings(node)


def _fields(item):
    return {name: getattr(item, name) for name in item.__slots__}


def test_of_a_deleted_post_the_note_is_left_and_says_so(setting):
    item = setting.post("northwind secret", author="ana.example")
    pin(setting, item, "Ask Bob.")
    pin(setting, gone := setting.post("without a note"))
    setting.store.purge(item.source, item.id)
    setting.store.purge(gone.source, gone.id)
    (node,) = shown(setting)
    text = strings(node)
    assert text.startswith("Analyst’s noteAsk Bob.")
    assert "deleted at its source" in text
    assert "secret" not in str(node)
    assert "ana" not in str(node).replace("analyst", "").replace("Analyst", "")
    assert "wb-entry" in str(node)


def test_a_post_whose_account_is_hidden_is_withdrawn_here_too(setting):
    pin(setting, setting.post("northwind secret"), "Ask Bob.")
    told = ParseResult()
    told.accounts.append(Account("bluesky", "at://did:plc:a/", hidden=True))
    setting.store.apply(told)
    (node,) = shown(setting)
    assert "its source has withdrawn it" in strings(node)
    assert "secret" not in str(node)


def test_a_note_stays_text(setting):
    pin(setting, setting.post("northwind"), HOSTILE)
    html = to_html(shown(setting)[0], now=NOW, zone="UTC")
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert '<p class="wb-text" dir="auto">' in html


def test_what_is_pinned_is_the_first_column_while_anything_is(setting):
    board = setting.board()
    titles = [column["title"] for column in board.state()["columns"]]
    assert "Pinned" not in titles
    pin(setting, setting.post("northwind is late"), "Ask Bob.")
    first = setting.board().state()["columns"][0]
    assert (first["key"], first["type"], first["title"]) == ("-pinned", "pinned", "Pinned")
    assert first["state"] == {"level": "live", "text": "", "since": None}
    assert "with their notes" in first["help"]
    assert "Ask Bob." in strings(first["parts"][-1])
    assert setting.board().state()["columns"][1]["title"] == titles[0]


def test_whoever_follows_is_told_when_it_comes_what_of_it_changes_and_when_it_goes(setting):
    item = setting.post("northwind is late", likes=3)
    board = _hasty(setting.board())
    before = board.shape()
    assert "-pinned" not in before
    pin(setting, item, "Ask Bob.")
    assert board.shape() == ("-pinned", *before)
    board.state()
    board.advance()
    assert board.advance() is None
    pin(setting, item, "Asked.")
    assert "Asked." in str(board.advance()["columns"]["-pinned"]["parts"])
    setting.store.add([item.__class__(**_fields(item) | {"likes": 2000})])
    assert "2,000" in str(board.advance()["columns"]["-pinned"]["parts"])
    setting.store.unpin(setting.deck.name, f"bluesky:{item.id}")
    assert board.shape() == before
    assert "-pinned" not in str(board.state())


def _hasty(board):
    """Let a board read what is pinned whenever it is asked."""
    board._computed._kept = Forgetful()
    return board


class Forgetful(dict):
    def __setitem__(self, key, value):
        """Keep nothing."""


def test_pins_of_another_deck_stay_there(setting):
    item = setting.post("northwind")
    setting.store.pin("other", f"bluesky:{item.id}", note="Not here.")
    assert "-pinned" not in setting.board().shape()


def test_sources_that_fail_do_not_speak_of_what_is_pinned(setting):
    pin(setting, setting.post("northwind"), "Ask Bob.")
    setting.live("failing", reason="answered 503")
    columns = setting.board().state()["columns"]
    assert columns[0]["state"]["level"] == "live"
    assert columns[1]["state"]["level"] == "failing"


@pytest.fixture
def brief(setting, tmp_path):
    pin(setting, setting.post("northwind late", url="https://a.example/1"), f"Ask. {HOSTILE}")
    item = setting.post("northwind secret")
    pin(setting, item, "Gone now.")
    setting.store.purge(item.source, item.id)
    made = briefing(str(tmp_path / "deck.yaml"), address=str(tmp_path / "w.db"), now=lambda: NOW)
    yield made
    made.store.close()


def test_a_briefing_tells_what_is_pinned(brief):
    section = brief.pinned()
    html = section._repr_html_()
    assert "<h2>From the analyst</h2>" in html
    assert html.count("Analyst’s note, Sun 22 Nov, 13:30") == 2  # Berlin
    assert "<p class='wb-own'>Ask. &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'href="https://a.example/1"' in html
    assert "deleted at its source" in html
    assert "secret" not in html
    assert "<script" not in html
    text = repr(section)
    assert "northwind late" in text
    assert "](javascript" not in text


@pytest.mark.usefixtures("setting")
def test_a_briefing_of_a_deck_without_pins_says_nothing_of_them(tmp_path):
    made = briefing(str(tmp_path / "deck.yaml"), address=str(tmp_path / "w.db"), now=lambda: NOW)
    assert repr(made.pinned()) == ""
    made.store.close()


HIDING = """
hidden:
  posts: [{key: "bluesky:at://did:plc:a/app.bsky.feed.post/1"}]
  authors: [bob.example]
"""


def test_what_the_deck_hides_is_not_shown_though_it_is_pinned(setting, tmp_path):
    (tmp_path / "deck.yaml").write_text(DECK + HIDING)
    setting.deck = decks.load(tmp_path / "deck.yaml")
    pin(setting, first := setting.post("northwind one"), "One.")
    pin(setting, setting.post("northwind two", author="bob.example"), "Two.")
    pin(setting, third := setting.post("northwind three"), "Three.")
    (node,) = shown(setting)
    assert "Three." in strings(node)
    board = setting.board()
    board.state()
    assert board.opened("-pinned", f"bluesky:{third.id}")
    for key in (f"bluesky:{first.id}", "bluesky:at://did:plc:a/app.bsky.feed.post/2"):
        with pytest.raises(KeyError):
            board.opened("-pinned", key)
    setting.store.purge("bluesky", first.id)
    assert len(shown(setting)) == 1


def test_a_pinned_post_opens_with_its_thread_and_says_who_put_it_there(setting):
    post = setting.post("northwind is late")
    setting.post("no wonder", reply_to=post.id)
    pin(setting, post, "Ask Bob.")
    board = setting.board()
    board.state()
    text = " ".join(map(strings, board.opened("-pinned", f"bluesky:{post.id}")))
    assert "northwind is late" in text
    assert "An analyst has pinned it." in text
    assert "no wonder" in text


def test_what_is_not_pinned_does_not_open_in_its_column(setting):
    post, other = setting.post("northwind"), setting.post("calder")
    pin(setting, post)
    board = setting.board()
    board.state()
    with pytest.raises(KeyError):
        board.opened("-pinned", f"bluesky:{other.id}")
    with pytest.raises(KeyError):
        board.opened("none", f"bluesky:{post.id}")


def test_around_a_pinned_post_what_the_deck_mutes_is_left_out(setting, tmp_path):
    (tmp_path / "deck.yaml").write_text(DECK + "mutes: [{word: wonder}]\n")
    setting.deck = decks.load(tmp_path / "deck.yaml")
    post = setting.post("northwind is late")
    setting.post("no wonder", reply_to=post.id)
    pin(setting, post)
    board = setting.board()
    board.state()
    text = " ".join(map(strings, board.opened("-pinned", f"bluesky:{post.id}")))
    assert "northwind is late" in text
    assert "wonder" not in text


def test_pictures_of_what_is_pinned_are_previewed_as_the_deck_says(setting, tmp_path):
    media = (("image", "https://pictures.example/1.jpg", "a gate"),)
    pin(setting, setting.post("northwind", media=media))
    assert "<img" not in to_html(
        setting.board().state()["columns"][0]["parts"][-1], now=NOW, zone="UTC"
    )
    (tmp_path / "deck.yaml").write_text(DECK + "media: small\n")
    setting.deck = decks.load(tmp_path / "deck.yaml")
    assert "<img" in to_html(
        setting.board().state()["columns"][0]["parts"][-1], now=NOW, zone="UTC"
    )
