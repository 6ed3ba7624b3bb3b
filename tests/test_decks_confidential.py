"""What confidential sources bring stays in the house: off public pages, exports, briefings."""

import csv
import io
import re
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from workbench import briefings, decks, store
from workbench.cli import group
from workbench.collectors import available
from workbench.columns.board import Board
from workbench.columns.told import rows
from workbench.errors import DeckError, SourceError, StoreError
from workbench.http import Client
from workbench.items import Item
from workbench.page import Page
from workbench.service import Service, collect
from workbench.store import Alert
from workbench.widgets.still import still

HOST = "leaders.acme.example"
NOW = datetime.now(UTC)
DECK = f"""
title: Board
sources:
  - {{collector: mastodon, instance: {HOST}, keep: all, confidential: true}}
  - {{collector: mastodon, instance: town.example, keep: all}}
  - {{collector: hackernews}}
lists:
  leaders: [ceo@{HOST}, ana@town.example]
columns:
  - {{type: search, title: Acme, query: acme}}
  - {{type: hashtag, title: Tags, any: [deal]}}
  - {{type: people, title: Leaders, list: leaders}}
  - {{type: list, title: List, list: leaders}}
  - {{type: merged, title: Merged, columns: [acme, tags]}}
  - {{type: since-last-visit, title: New, columns: [acme]}}
  - {{type: trending, title: Trending, window: 6h}}
  - {{type: sentiment, title: Mood, query: acme}}
  - {{type: share-of-voice, title: Voices, queries: {{Acme: acme, Globex: globex}}}}
  - {{type: source-health, title: Sources}}
"""
SECRET, QUOTING, BOOST = "Quietly we buy", "Seen inside", "Boosted by"


def item(own, text, host="town.example", minutes=5, **more):
    name = "ceo" if host == HOST else "ana"
    page = f"https://{host}/@{name}/{own}"
    return Item(
        source=more.pop("source", "mastodon"),
        id=f"https://{host}/users/{name}/statuses/{own}",
        author=f"{name}@{host}",
        text=f"{text} acme #deal",
        url=page,
        lang="en",
        published=NOW - timedelta(minutes=minutes),
        published_precision=1.0,
        hashtags=("deal",),
        **more,
    )


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "board.yaml").write_text(DECK)
    address = str(tmp_path / "s.db")
    with store.open(address) as opened:
        opened.add(
            [
                item(1, SECRET, HOST),
                item(2, f"{QUOTING} https://{HOST}/@ceo/1", links=(f"https://{HOST}/@ceo/1",)),
                item(3, BOOST, kind="repost", repost_of="https://x.example/1"),
                item(4, "Public news"),
                item(5, "Hackers say", source="hackernews"),
            ]
        )
    return address


KEPT = {"Public news", "Hackers say"}
SECRETS = (SECRET, QUOTING, BOOST)


def said(state):
    return repr(state)


def test_inside_of_the_house_everything_is_shown(place):
    deck = decks.load("board")
    assert [source.is_confidential for source in deck.sources] == [True, None, None]
    with store.open(place) as opened:
        shown = said(Board(deck, opened).state())
    assert all(text in shown for text in (*SECRETS, *KEPT))


def test_outside_no_column_shows_what_confidential_sources_bring(place):
    deck = decks.withhold(decks.load("board"))
    with store.open(place) as opened:
        state = Board(deck, opened).state()
    shown = said(state)
    assert not any(text in shown for text in (*SECRETS, HOST))
    assert all(text in shown for text in KEPT)
    # What readers see of a query is what the deck says.
    assert state["columns"][0]["query"] == "acme"


def test_outside_neither_threads_nor_what_readers_search_hold_it(place):
    public = "https://town.example/users/ana/statuses/4"
    with store.open(place) as opened:
        opened.add([item(6, "Whispered answer", HOST, kind="reply", reply_to=public)])
        for deck, is_inside in ((decks.load("board"), True), (None, False)):
            board = Board(deck or decks.withhold(decks.load("board")), opened)
            board.state()
            thread = said(board.opened("acme", f"mastodon:{public}"))
            found = said(board.opened("", "find:acme"))
            assert ("Whispered answer" in thread) is is_inside
            assert (SECRET in found) is is_inside
            with suppress(KeyError):  # as of what no column shows
                key = f"mastodon:https://{HOST}/users/ceo/statuses/1"
                assert (SECRET in said(board.opened("acme", key))) is is_inside


def test_outside_an_alert_names_no_secret(place):
    secret = f"mastodon:https://{HOST}/users/ceo/statuses/1"
    public = "mastodon:https://town.example/users/ana/statuses/4"
    with store.open(place) as opened:
        found = [Alert("board", "acme", "Acme", 2, NOW, NOW, NOW, 2, (secret, public))]
        deck = decks.withhold(decks.load("board"))
        hidden = partial(decks.is_hidden, deck)
        shown = said(rows(found, opened, titles={}, now=NOW, zone="UTC", is_hidden=hidden))
    assert "Public news" in shown
    assert public in shown
    assert not any(text in shown for text in (SECRET, HOST))


def test_a_deck_without_such_sources_is_left_as_it_is(tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text(DECK.replace(", confidential: true", ""))
    deck = decks.load(path)
    assert decks.withhold(deck) is deck


def test_any_collector_can_be_confidential_and_then_nothing_of_its_kind_is_shown(place, tmp_path):
    path = tmp_path / "news.yaml"
    path.write_text(
        "title: T\nsources: [{collector: hackernews, confidential: true}]\n"
        "columns: [{type: search, title: A, query: acme}]\n"
    )
    with store.open(place) as opened:
        shown = said(Board(decks.withhold(decks.load(path)), opened).state())
    assert "Hackers say" not in shown
    assert "Public news" in shown


def test_what_a_server_brings_is_found_by_a_query_that_can_be_read():
    for name in available():
        kind = available()[name]
        if isinstance(getattr(kind, "brings", None), property):
            assert name == "mastodon"
    assert decks.Source(collector="mastodon", parameters={"instance": f"{HOST}:8443"}).brings == (
        f'source:mastodon (url:"//{HOST}:8443" OR is:repost)'
    )


def test_the_setting_is_true_or_false(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(DECK.replace("confidential: true", "confidential: perhaps"))
    with pytest.raises(DeckError, match="confidential"):
        decks.load(path)


def run(*arguments):
    done = CliRunner().invoke(group, [*arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return {row["text"] for row in csv.DictReader(io.StringIO(done.stdout))}


@pytest.mark.parametrize("chosen", [["--column", "Acme", "--deck", "board"], ["acme"]])
def test_exports_leave_it_out_unless_it_is_asked_for(place, chosen):
    texts = run("export", *chosen, "--to", "-", "--store", place)
    assert {text.partition(" acme")[0] for text in texts} == KEPT
    assert len(run("export", *chosen, "--to", "-", "--store", place, "--confidential")) == 5


def test_briefings_leave_it_out_unless_they_stay_in_the_house(place):
    report = briefings.briefing("board", address=place)
    html = "".join(part._repr_html_() for part in (report.posts(), report.volumes()))
    assert "Public news" in html
    assert not any(text in html for text in SECRETS)
    whole = briefings.briefing("board", address=place, confidential=True)
    assert SECRET in whole.posts()._repr_html_()


def test_a_pinned_secret_is_not_handed_on(place):
    with store.open(place) as opened:
        key = f"mastodon:https://{HOST}/users/ceo/statuses/1"
        opened.pin("board", key, note="Look")
        deck = decks.load("board")
        assert SECRET in said(Board(deck, opened).state())
        assert SECRET not in said(Board(decks.withhold(deck), opened).state())
    report = briefings.briefing("board", address=place)
    assert SECRET not in report.pinned()._repr_html_()


def test_the_still_picture_in_a_notebooks_file_leaves_it_out(place):
    html = still(decks.load("board"), place)
    assert "Public news" in html
    assert not any(text in html for text in SECRETS)


def test_a_public_page_leaves_it_out(place):
    with (
        store.open(place) as opened,
        Page([decks.load("board")], opened, port=0, is_public=True) as page,
        httpx.Client(trust_env=False, timeout=60) as client,
    ):
        html = client.get(page.address, follow_redirects=True).text
    assert "Public news" in html
    assert not any(text in html for text in SECRETS)


OTHER = """
title: Other
columns:
  - {type: search, title: Acme, query: acme}
"""


@pytest.fixture
def noted(place):
    """The same, after a service has had the deck, which was deleted then; another is left."""
    with store.open(place) as opened, closing(Client()) as client:
        Service(decks.load("board"), opened, client)
    Path("decks/board.yaml").unlink()
    Path("decks/other.yaml").write_text(OTHER)
    return place


def test_one_deck_is_enough_for_all_decks_of_the_store_even_after_it_is_gone(noted):
    for chosen in (["--column", "Acme", "--deck", "other"], ["acme"]):
        texts = run("export", *chosen, "--to", "-", "--store", noted)
        assert {text.partition(" acme")[0] for text in texts} == KEPT
        assert len(run("export", *chosen, "--to", "-", "--store", noted, "--confidential")) == 5
    html = briefings.briefing("other", address=noted).posts()._repr_html_()
    assert "Public news" in html
    assert not any(text in html for text in SECRETS)
    html = still(decks.load("other"), noted)
    assert not any(text in html for text in SECRETS)


def test_a_public_page_takes_note_while_it_is_open(place):
    Path("decks/other.yaml").write_text(OTHER)
    with (
        store.open(place) as opened,
        Page([decks.load("other")], opened, port=0, is_public=True) as page,
        httpx.Client(trust_env=False, timeout=60) as client,
    ):
        assert SECRET in client.get(page.address, follow_redirects=True).text
        decks.note_confidential(opened, [decks.load("board")])
        end = time.monotonic() + 60
        while SECRET in client.get(page.address, follow_redirects=True).text:
            assert time.monotonic() < end, "it is still shown"
            time.sleep(0.1)
        assert "Public news" in client.get(page.address, follow_redirects=True).text


def test_only_a_deck_that_says_so_takes_it_back_and_none_that_says_nothing(noted):
    text = DECK.replace(", confidential: true", "")
    with store.open(noted) as opened:
        for said_of_it, is_noted in (("", True), (", confidential: false", False)):
            path = Path("decks/third.yaml")
            path.write_text(text.replace(f"{HOST}, keep: all", f"{HOST}, keep: all{said_of_it}"))
            decks.note_confidential(opened, [decks.load("third")])
            assert bool(decks.noted_confidential(opened)) is is_noted
        Path("decks/board.yaml").write_text(DECK)
        decks.note_confidential(opened, [decks.load("third"), decks.load("board")])
        assert len(decks.noted_confidential(opened)) == 1


def test_a_note_that_cannot_be_read_lets_nothing_out(noted):
    with store.open(noted) as opened:
        opened.save_cursor("confidential", "[")
        with pytest.raises(StoreError, match=r"what is confidential is damaged.*put a copy"):
            decks.noted_confidential(opened)
    html = still(decks.load("other"), noted)
    assert "is damaged" in html
    assert not any(text in html for text in SECRETS)


def test_what_is_collected_once_by_hand_is_noted_too(place):
    secret = decks.Source(
        collector="linkedin", parameters={"file": "none.csv"}, is_confidential=True
    )
    with store.open(place) as opened, closing(Client()) as client:
        with pytest.raises(SourceError):
            collect(secret, opened, client)
        assert decks.noted_confidential(opened) == ("source:linkedin",)


def test_the_deck_of_the_documentation_can_be_read(tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "how-to" / "private-network.md").read_text()
    path = tmp_path / "board.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1])
    deck = decks.load(path)
    assert [source.is_confidential for source in deck.sources] == [True, None]
    assert [source.key for source in decks.withhold(deck).sources] == [deck.sources[1].key]
