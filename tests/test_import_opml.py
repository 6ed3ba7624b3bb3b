"""Lists of feeds as OPML become sources of a deck, its comments kept."""

import json

import pytest
from click.testing import CliRunner

from workbench import decks
from workbench.cli import group
from workbench.errors import SettingError
from workbench.imports import opml
from workbench.imports.opml import Feed

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Subscriptions</title></head><body>
<outline text="Energy">
  <outline text="Grid">
    <outline type="rss" text="The Ledger" xmlUrl="https://ledger.example/rss?a=1&amp;b=2"
      htmlUrl="https://ledger.example/"/>
  </outline>
  <outline type="rss" title="北風日報" text="x" xmlUrl="https://kita.example/feed"/>
</outline>
<outline text="Films"><outline type="rss" text="Acme"
  xmlUrl="https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"/></outline>
<outline xmlURL="feed://bare.example/rss"/>
<outline text="Again" xmlUrl="https://kita.example/feed"/>
</body></opml>
"""

DECK = """# My deck.
title: Mine

sources:
  - collector: feeds   # the first
    url: https://kita.example/feed

# What is shown.
columns:
  - type: newswire
    title: Wires
"""


def listed(*outlines):
    return f"<opml><body>{''.join(outlines)}</body></opml>".encode()


def outline(url, text="T"):
    return f'<outline text="{text}" xmlUrl="{url}"/>'


def test_feeds_have_their_titles_and_the_folders_that_they_lie_in():
    found = opml.read(LIST.encode())
    assert found.feeds == [
        Feed("https://ledger.example/rss?a=1&b=2", "The Ledger", ("Energy", "Grid")),
        Feed("https://kita.example/feed", "北風日報", ("Energy",)),
        Feed("https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
             "Acme", ("Films",)),
        Feed("https://bare.example/rss", "bare.example", ()),
        Feed("https://kita.example/feed", "Again", ()),
    ]  # fmt: skip
    assert found.feeds[0].label == "Energy / Grid: The Ledger"
    assert found.feeds[3].label == "bare.example"


def test_each_is_a_source_once_and_a_films_channel_one_of_its_own():
    made, left = opml.sources(opml.read(LIST.encode()).feeds, tier="wire")
    assert made == [
        {"collector": "feeds", "label": "Energy / Grid: The Ledger",
         "url": "https://ledger.example/rss?a=1&b=2", "tier": "wire"},
        {"collector": "feeds", "label": "Energy: 北風日報", "url": "https://kita.example/feed",
         "tier": "wire"},
        {"collector": "youtube", "label": "Films: Acme", "channel": "UCabcdefghijklmnopqrstuv",
         "tier": "wire"},
        {"collector": "feeds", "label": "bare.example", "url": "https://bare.example/rss",
         "tier": "wire"},
    ]  # fmt: skip
    assert left == [("Again", "stands in the list twice")]


def test_what_is_no_feeds_address_or_holds_a_secret_is_left_out_and_told():
    found = opml.read(listed(
        outline("javascript:alert(1)"), outline("file:///etc/passwd"), outline(""),
        outline("https://[broken"), outline("https://a.example/x y"),
        outline("https://user:sesame@a.example/rss", "Secret"), outline("https://a.example/rss"),
    ))  # fmt: skip
    assert len(found.problems) == 5
    made, left = opml.sources(found.feeds)
    assert [source["url"] for source in made] == ["https://a.example/rss"]
    assert left[0].where == "Secret"
    assert "sesame" not in str(left)


def test_signs_that_should_have_been_escaped_are_read_and_text_stays_text():
    body = (
        b'<opml><outline text="R&D &lt;b&gt;&#x1f680;" xmlUrl="https://a.example/?a=1&b=2"/></opml>'
    )
    assert opml.read(body).feeds == [Feed("https://a.example/?a=1&b=2", "R&D <b>🚀", ())]


BOMB = (
    b'<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<opml><outline text="&b;" xmlUrl="https://a.example/"/></opml>'
)
OUTSIDE = (
    b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><outline text="&a;"/></opml>'
)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (BOMB, "declares entities"),
        (OUTSIDE, "declares entities"),
        (b"<opml>" + b"<outline>" * 100_000, "more than 50 deep"),
        (b"<opml><outline>", "not well-formed"),
        (b"<html>Sign in</html>", "no OPML"),
        (b"", "no OPML"),
        (b"\xff\xfe<\0o\0p\0m\0l\0>\0", "not well-formed"),
        (b"<opml>" + b" " * 10_000_001, "over 10 MB"),
    ],
)
def test_what_is_no_list_of_feeds_or_not_to_be_trusted_is_refused(body, told):
    with pytest.raises(SettingError, match=told):
        opml.read(body)


def test_ten_thousand_outlines_are_read_and_each_address_taken_once():
    body = listed(*(outline(f"https://f{n % 500}.example/rss", f"T{n}") for n in range(10_000)))
    made, left = opml.sources(opml.read(body).feeds, known=["feeds:https://f0.example/rss"])
    assert len(made) == 499
    assert len(left) == 9_501
    assert left[0] == ("T0", "is in the deck already")


def taken(tmp_path, monkeypatch, body, *options, deck=DECK):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decks").mkdir(exist_ok=True)
    path = tmp_path / "decks" / "mine.yaml"
    path.write_text(deck)
    (tmp_path / "f.opml").write_bytes(body)
    command = ["import", "f.opml", "--deck", "mine", *options]
    return path, CliRunner().invoke(group, command)


def test_the_command_adds_them_to_a_deck_whose_other_lines_stay(tmp_path, monkeypatch):
    path, result = taken(tmp_path, monkeypatch, LIST.encode(), "--tier", "news")
    assert result.exit_code == 0, result.output
    assert "3 feeds added to mine, 2 left out" in result.stdout
    assert "left out Energy: 北風日報: is in the deck already" in result.stderr
    added = """\
  - collector: feeds
    label: "Energy / Grid: The Ledger"
    url: "https://ledger.example/rss?a=1&b=2"
    tier: news
"""
    text = path.read_text()
    start = DECK.index("\n# What is shown.")
    assert text.startswith(DECK[:start] + added)
    assert text.endswith(DECK[start:])
    assert [source.label for source in decks.load(path).sources[1:]] == [
        "Energy / Grid: The Ledger", "Films: Acme", "bare.example",
    ]  # fmt: skip
    again = CliRunner().invoke(group, ["import", "f.opml", "--deck", "mine", "--json"])
    assert json.loads(again.stdout) == {
        "file": "f.opml", "deck": "mine", "added": 0, "skipped": 5,
    }  # fmt: skip
    assert path.read_text() == text


def test_a_deck_without_sources_gets_some_and_a_folder_can_be_chosen(tmp_path, monkeypatch):
    deck = "title: Mine\ncolumns: # two\n  - type: newswire\n    title: Wires\n"
    path, result = taken(tmp_path, monkeypatch, LIST.encode(), "--folder", "energy", deck=deck)
    assert result.exit_code == 0, result.output
    assert len(decks.load(path).sources) == 2
    assert "columns: # two\n" in path.read_text()
    none = CliRunner().invoke(group, ["import", "f.opml", "--deck", "mine", "--folder", "Sport"])
    assert none.exit_code == 1
    assert "there is no feed in a folder 'Sport'" in none.stderr


def test_more_feeds_than_a_deck_holds_are_refused_and_the_deck_stays(tmp_path, monkeypatch):
    body = listed(*(outline(f"https://f{n}.example/rss", f"Title {n}") for n in range(10_000)))
    path, result = taken(tmp_path, monkeypatch, body)
    assert result.exit_code == 1
    assert "its 10,000 feeds are not added" in result.stderr
    assert "larger than 128 kB. --folder NAME takes in those of one folder" in result.stderr
    assert path.read_text() == DECK


def test_a_file_that_is_none_or_not_there_is_told_by_its_name(tmp_path, monkeypatch):
    _, result = taken(tmp_path, monkeypatch, b"<html>")
    assert (result.exit_code, "f.opml: is no OPML" in result.stderr) == (1, True)
    result = CliRunner().invoke(group, ["import", "f.opml"])
    assert (result.exit_code, "f.opml: is a list of feeds: --deck NAME" in result.stderr) == (
        1,
        True,
    )
    result = CliRunner().invoke(group, ["import", "f.opml", "--deck", "mine", "--tier", "wires"])
    assert (result.exit_code, "is not one of social, wire" in result.stderr) == (1, True)
    result = CliRunner().invoke(group, ["import", "none.opml", "--deck", "mine"])
    assert (result.exit_code, "none.opml: cannot be read" in result.stderr) == (1, True)
