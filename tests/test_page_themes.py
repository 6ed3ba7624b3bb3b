"""How a page looks: as its deck says, else as its reader has chosen."""

import re

import httpx
import pytest
from publishing import SHOWS_THE_DECK, deck, notebook, post

from workbench import decks, store
from workbench.page import Page
from workbench.page.notices import style_hash


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("themes")
    plain = deck(folder)
    (folder / "bold.yaml").write_text((folder / "demo.yaml").read_text() + "theme: contrast\n")
    shown = [plain, decks.load(folder / "bold.yaml")]
    with store.open(str(folder / "w.db")) as opened:
        post(opened, 1)
        file = notebook(folder, SHOWS_THE_DECK)
        with Page(shown, opened, port=0, notebook=file, notebooks=[file]) as page:
            yield page.address


def seen(address, path="", theme=None):
    headers = {"Cookie": f"wb-theme={theme}"} if theme else {}
    answer = httpx.get(address + path, headers=headers, timeout=60)
    html = answer.text
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    if style:
        policy = answer.headers["content-security-policy"]
        assert style_hash(style[1]) in policy
    return re.search(r'<html lang="en" data-theme="(\w+)">', html)[1], html


def test_a_page_looks_as_its_deck_says(address):
    assert seen(address)[0] == "auto"
    theme, html = seen(address, "deck/bold")
    assert theme == "contrast"
    assert "(prefers-contrast:more)" not in html


@pytest.mark.parametrize("path", ["", "deck/bold"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark", "contrast"])
def test_a_reader_s_choice_goes_first(address, path, theme):
    found, html = seen(address, path, theme)
    assert found == theme
    assert ("(prefers-contrast:more)" in html) is (theme != "contrast")
    assert 'data-item="bluesky:' in html


@pytest.mark.parametrize("theme", ["pink", '"><script>', "a" * 5000])
def test_a_choice_that_is_none_changes_nothing(address, theme):
    assert seen(address, "", theme)[0] == "auto"


def test_a_published_notebook_follows_the_choice_as_well(address):
    for theme, sheet in (("dark", "notebook.css"), ("contrast", "notebook-contrast.css")):
        found, html = seen(address, "notebook/deck", theme)
        assert found == theme
        assert f"static/{sheet}?v=" in html
