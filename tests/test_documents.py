"""The documents that runs leave, as the page finds them."""

import json
from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from workbench import documents
from workbench.documents import Shelf, mark, read

MADE = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


def put(folder, name, *, made=MADE, deck="demo", notebook="briefing", is_failed=False):
    told = mark(notebook=notebook, deck=deck, made=made, is_failed=is_failed)
    path = folder / name
    path.write_text(f"<!doctype html><head>{told}</head><p>{name}", encoding="utf-8")
    return path


def test_what_a_run_says_of_itself_is_read_again(tmp_path):
    path = put(tmp_path, "a.html", deck="</meta><script>\"\n'", notebook="a & b", is_failed=True)
    assert "<script>" not in path.read_text()
    found = read(path)
    assert (found.deck, found.notebook) == ("</meta><script>\"\n'", "a & b")
    assert (found.made, found.is_failed, found.path) == (MADE, True, path)


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta name="wb-document" content="no json">',
        '<meta name="wb-document" content="[]">',
        '<meta name="wb-document" content="{&quot;notebook&quot;: 1}">',
        "x" * 5000 + mark(notebook="late", deck="", made=MADE, is_failed=False),
    ],
)
def test_files_of_any_other_kind_are_none_of_ours(tmp_path, head):
    path = tmp_path / "a.html"
    path.write_text(head)
    assert read(path) is None
    assert Shelf(tmp_path).documents() == []


@pytest.mark.parametrize(
    "made", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]
)
def test_one_made_beyond_the_calendar_is_none_of_ours(tmp_path, made):
    told = {"notebook": "briefing", "deck": "demo", "made": made, "failed": False}
    path = tmp_path / "a.html"
    path.write_text(f'<meta name="wb-document" content="{escape(json.dumps(told))}">')
    assert read(path) is None
    assert Shelf(tmp_path).documents() == []


def test_the_newest_that_did_not_fail_and_is_about_the_deck_is_linked(tmp_path):
    shelf = Shelf(tmp_path)
    assert shelf.newest("demo") is None
    put(tmp_path, "old.html")
    put(tmp_path, "failed.html", made=MADE + timedelta(days=2), is_failed=True)
    put(tmp_path, "other.html", made=MADE + timedelta(days=3), deck="cfo")
    newer = put(tmp_path, "new.html", made=MADE + timedelta(days=1))
    assert shelf.newest("demo").path == newer
    assert [each.path.name for each in shelf.documents()] == [
        "other.html",
        "failed.html",
        "new.html",
        "old.html",
    ]
    about_none = put(tmp_path, "general.html", made=MADE + timedelta(days=4), deck="")
    assert shelf.newest("demo").path == about_none


def test_a_file_that_changes_is_read_anew(tmp_path):
    shelf = Shelf(tmp_path)
    put(tmp_path, "a.html", deck="demo")
    assert shelf.find("a.html").deck == "demo"
    put(tmp_path, "a.html", deck="another")
    assert shelf.find("a.html").deck == "another"
    (tmp_path / "a.html").unlink()
    assert shelf.find("a.html") is None


def test_links_out_of_the_folder_and_other_endings_are_left_out(tmp_path):
    outside = put(tmp_path, "outside.html")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "link.html").symlink_to(outside)
    put(shelf, "a.htm")
    put(shelf, ".a.html.part")
    assert Shelf(shelf).documents() == []
    assert Shelf(tmp_path / "missing").documents() == []


def test_they_lie_among_the_users_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert documents.folder() == tmp_path / "workbench" / "briefings"
