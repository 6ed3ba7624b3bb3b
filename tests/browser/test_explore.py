"""The explorer in a real JupyterLab, beside the page that shows what is saved with it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from lab import lab
from waiting import until

from workbench import decks, share, store
from workbench.items import Item
from workbench.page import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.usefixtures("the_present")]

NOW = datetime.now(UTC)
HEIGHT = 1200


DECK = """
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind, alike: shown}
"""
SAVED = """  - type: search
    title: "Rivals"
    query: "calder"
"""
COLUMN = ".wb-x [data-column] [data-item]"


def post(n, text, hours):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=NOW - timedelta(hours=hours),
        text=text,
        author="ana.example",
        lang="en",
    )


def own(n):
    """Return words that no other post has, so that none is folded under another."""
    letters = chr(97 + n // 26) + chr(97 + n % 26)
    return " ".join(letters + word for word in ("gates", "crews", "slots", "fares", "routes"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A JupyterLab on the notebook that came along, with a store, a deck, and the deck's page."""
    folder = tmp_path_factory.mktemp("explore")
    name = "explore.ipynb"
    (folder / name).write_bytes((share.path("notebooks") / name).read_bytes())
    deck = folder / "air.yaml"
    deck.write_text(DECK)
    address = str(folder / "w.db")
    told = {"WORKBENCH_STORE": address, "WORKBENCH_DECK": str(deck)}
    with store.open(address) as opened:
        opened.add(post(n, f"northwind is great, {n}", n / 3) for n in range(300))
        opened.add(post(1000 + n, f"calder is <b>awful</b> {n} {own(n)}", n / 2) for n in range(40))
        opened.cover("bluesky", "", NOW - timedelta(days=6), NOW - timedelta(days=2), "ok")
        opened.cover("bluesky", "", NOW - timedelta(days=1), NOW + timedelta(hours=1), "ok")
        home = tmp_path_factory.mktemp("home")
        with (
            Page([decks.load(deck)], opened, port=0) as published,
            lab(folder, home=home, environment=told) as running,
        ):
            running.deck, running.page, running.name = deck, published.address, name
            yield running


@pytest.fixture(autouse=True)
def _deck_as_it_was(desk):
    desk.deck.write_text(DECK)


def test_a_query_is_followed_and_saved_as_a_column_of_the_page(desk, context):
    page = desk.open(context, desk.name)
    desk.run(page)
    page.wait_for_selector(COLUMN)
    page.wait_for_selector(".wb-x .js-plotly-plot .main-svg", timeout=60_000)
    explorer = page.locator(".wb-x").first
    assert "Your own store" in explorer.inner_text()
    page.wait_for_selector(".wb-x .js-plotly-plot text:has-text('not measured')", state="attached")

    box = explorer.get_by_label("Query")
    box.fill("calder AND (")
    page.wait_for_selector(".wb-x-error pre:has-text('^')")
    error = page.locator(".wb-x-error pre").first.inner_text().splitlines()
    assert error[1].strip() == "calder AND ("

    box.fill("calder")
    page.wait_for_function(
        "() => document.querySelector('.wb-x').innerText.includes('40 found, all of them')"
    )
    page.locator(".wb-x-error pre").first.wait_for(state="hidden")
    page.wait_for_function(
        f"() => [...document.querySelectorAll({json.dumps(COLUMN)})].length === 40"
    )
    assert "calder is <b>awful</b> 0" in page.locator(COLUMN).first.inner_text()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.wb-x .js-plotly-plot text')]"
        ".some((text) => /^40 found/.test(text.textContent))"
    )
    rows = page.locator(".wb-x-table tbody tr")
    page.wait_for_selector(".wb-x-table tbody tr:has-text('calder is <b>awful</b> 0')")
    assert rows.count() == 12
    assert "calder is <b>awful</b> 0" in rows.first.inner_text()
    assert rows.locator("b").count() == 0
    bar = page.locator(".wb-x .barlayer .point path").last

    def narrowed():
        # The notebook may still move under the pointer.
        bar.scroll_into_view_if_needed()
        place = bar.bounding_box()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.wait_for_timeout(500)
        return explorer.get_by_text(" below. Ask again for all.").is_visible()

    until(page, narrowed)
    explorer.get_by_role("button", name="Ask again").click()
    page.wait_for_selector(".wb-x >> text=40 found, all of them")

    published = context.new_page()
    published.goto(desk.page)
    published.wait_for_selector("[data-column='northwind'] [data-item]")
    published.wait_for_function("() => document.querySelectorAll('[data-column]').length === 1")
    page.bring_to_front()
    explorer.get_by_label("Title").fill("Rivals")
    page.keyboard.press("Tab")  # from the title to the button
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-x >> text=Saved “Rivals” as column 2")
    published.wait_for_selector("[data-column='rivals'] [data-item]")
    assert published.locator("[data-column='rivals'] h2").inner_text() == "Rivals"
    assert desk.deck.read_text() == DECK + SAVED

    page.bring_to_front()
    desk.run(page, 4)  # the frame, as the notebook shows it
    shown = page.locator(".jp-Notebook .jp-Cell").nth(4)
    shown.get_by_text("calder is <b>awful</b> 0").first.wait_for()
    assert "northwind" not in shown.inner_text()


def test_choices_narrow_by_keyboard(desk, context):
    page = desk.open(context, desk.name)
    desk.run(page)
    page.wait_for_selector(".wb-x .js-plotly-plot .main-svg", timeout=60_000)
    explorer = page.locator(".wb-x").first
    explorer.get_by_label("Window").focus()
    page.keyboard.press("ArrowUp")  # the last 24 hours
    page.wait_for_selector(".wb-x >> text=/1[12][0-9] found, all of them/")
    explorer.get_by_label("Window").select_option("Between two dates")
    explorer.get_by_label("From").wait_for(state="visible")
    explorer.get_by_text("choose the first and the last day").wait_for()
