"""A published notebook in a browser: decks live, the rest taken over in place."""

import pytest
from nbformat.v4 import new_markdown_cell as markdown
from publishing import deck, notebook, post

from workbench import store
from workbench.page import Page

pytestmark = pytest.mark.browser
SHOWS = "import workbench as wb\nwb.deck({!r})"


@pytest.fixture
def opened(tmp_path):
    with store.open(str(tmp_path / "w.db")) as opened:
        for n in range(60):
            post(opened, n, f"northwind {n}")
        yield opened


@pytest.fixture
def published(opened, tmp_path):
    """A notebook with two decks, and the function that writes it anew."""
    for name in ("ceo", "cfo"):
        deck(tmp_path, name, f"Deck of the {name}")

    def write(words):
        cells = [
            markdown(f"# Fares\n\n{words}\n\n[below](#Below)"),
            SHOWS.format("ceo.yaml"),
            markdown(f"Between: {words}"),
            SHOWS.format("cfo.yaml"),
            markdown(f"## Below\n\n{words}"),
        ]
        return notebook(tmp_path, *cells)

    with Page([], opened, port=0, notebooks=[write("first words")]) as page:
        yield page, write


def test_decks_live_and_what_is_around_them_is_taken_over_in_place(published, opened, visit):
    page, write = published
    tab = visit(page.address)
    tab.wait_for_selector("text=first words")
    bars = tab.locator(".wb-book-deck .wb-bar h1")
    assert bars.all_text_contents() == ["Deck of the ceo", "Deck of the cfo"]
    assert tab.locator(".wb-tabs a").count() == 0

    column = tab.locator('[data-of="ceo"] [data-column="northwind"]')
    post(opened, "lands", "northwind lands")
    column.locator("text=northwind lands").wait_for()
    column.locator(".wb-list").evaluate("node => (node.scrollTop = 900)")
    tab.evaluate("() => { document.querySelector('[data-of=ceo]').dataset.mark = 'the same'; }")

    write("second words")
    tab.wait_for_selector("text=Between: second words", timeout=60_000)
    assert tab.locator("text=first words").count() == 0
    order = tab.locator("#wb-book > section").evaluate_all(
        "nodes => nodes.map((node) => node.dataset.of || node.textContent.trim().slice(0, 5))"
    )
    assert order == ["Fares", "ceo", "Betwe", "cfo", "Below"]
    assert tab.locator("[data-of=ceo]").get_attribute("data-mark") == "the same"
    assert column.locator(".wb-list").evaluate("node => node.scrollTop") >= 800


def test_a_deck_out_of_sight_takes_no_stream_and_catches_up_when_seen(published, opened, visit):
    page, _ = published
    tab = visit(page.address)
    second = tab.locator("[data-of=cfo]")
    second.locator(".wb-column").first.wait_for()
    post(opened, "unseen", "northwind unseen")
    tab.locator('[data-of="ceo"] >> text=northwind unseen').wait_for()
    assert second.locator("text=northwind unseen").count() == 0
    second.scroll_into_view_if_needed()
    second.locator("text=northwind unseen").wait_for()


def test_keys_scroll_the_page_until_a_deck_is_in_use(published, visit):
    page, _ = published
    tab = visit(page.address)
    tab.wait_for_selector("[data-of=ceo] .wb-entry")
    tab.keyboard.press("j")
    assert tab.evaluate("() => document.activeElement === document.body")
    tab.locator("[data-of=ceo] .wb-entry").first.focus()
    tab.keyboard.press("j")
    assert tab.locator("[data-of=ceo] .wb-entry:focus").count() == 1
    tab.locator("text=below").first.click()
    tab.wait_for_function("() => window.scrollY > 0")
    assert tab.url == page.address + "notebook/deck"


@pytest.mark.long
def test_a_server_that_goes_is_said_and_forgotten_when_it_is_back(published, visit):
    page, _ = published
    tab = visit(page.address)
    tab.wait_for_selector("text=first words")
    tab.context.set_offline(True)
    notice = tab.locator("#wb-book-notice")
    tab.wait_for_function(
        "() => document.getElementById('wb-book-notice').textContent.includes('cannot be reached')",
        timeout=60_000,
    )
    assert notice.is_visible()
    tab.context.set_offline(False)
    notice.wait_for(state="hidden", timeout=60_000)
