"""The briefing's file in a browser: offline, on a laptop, a phone and paper."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from publishing import deck as write_deck
from publishing import notebook as write_notebook
from publishing import post

from workbench import store
from workbench.briefings import briefing
from workbench.documents import mark
from workbench.page import Page
from workbench.schedule.export import to_html

pytestmark = pytest.mark.browser

PARTS = ("front", "volumes", "voices", "mood", "trending", "posts", "items", "provenance")
LONG = "Unbreakable" * 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the briefing of a small store, made as a run makes it."""
    outer = tmp_path_factory.mktemp("briefing")
    inner = outer / "briefings"
    inner.mkdir()
    now = datetime.now(UTC)
    with store.open(outer / "w.db") as opened:
        for n in range(40):
            words = "terrible" if n % 4 == 0 else "wonderful"
            post(opened, n, f"northwind {n} is {words} <img src=x onerror=alert(1)>", likes=n)
        post(opened, "long", f"northwind {LONG} https://{LONG.lower()}.example/x")
        post(opened, "link", "northwind links", likes=99, url="https://outside.example/post")
        opened.cover("bluesky", "", now - timedelta(days=9), now, "ok")
    address = write_deck(outer).path
    made = briefing(str(address), address=str(outer / "w.db"))
    cells = []
    for part in PARTS:
        data = {"text/html": getattr(made, part)()._repr_html_()}
        cells.append(new_code_cell("x", outputs=[new_output("display_data", data=data)]))
    made.store.close()
    head = mark(notebook="briefing", deck="demo", made=now, is_failed=False)
    html = to_html(new_notebook(cells=cells), name="b.ipynb", mark=head, foot="The end.")
    (inner / "b.html").write_text(html, "utf-8")
    return outer


@pytest.fixture
def open_file(browser, folder):
    """Open the file as from a mail: no network; what it asked for is kept."""
    contexts = []

    def visit(width=1440, height=900, **more):
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.asked.append(message.text))
        page.goto((folder / "briefings" / "b.html").as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


def shown(page):
    return page.locator(".wb-items li").filter(visible=True).count()


def test_it_opens_offline_and_asks_for_nothing(open_file):
    page = open_file()
    assert page.title()
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.locator("h1").text_content() == "Northwind Air"
    assert page.locator("svg").count() >= 2
    assert page.locator("img").count() == 0


def test_a_number_shows_just_its_items_and_back_shows_all(open_file):
    page = open_file()
    everything = shown(page)
    negative = page.locator('a[href="#f-m0neg"]').last
    n = int(re.match(r"\d+", negative.text_content().replace("<sup>", " "))[0][:2])
    negative.click()
    page.locator("#f-m0neg").wait_for()
    assert shown(page) == n == 10
    assert all(
        "terrible" in text for text in page.locator(".wb-items li:visible").all_inner_texts()
    )
    page.get_by_text("Show every item").filter(visible=True).click()
    page.locator("#f-m0neg").wait_for(state="hidden")
    assert shown(page) == everything
    page.go_back()
    page.locator("#f-m0neg").wait_for()
    assert shown(page) == 10


def test_a_number_is_reached_by_keyboard(open_file):
    page = open_file()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "wb-n"
    page.keyboard.press("Enter")
    page.wait_for_url("**/b.html#f-c0")


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_is_wider_than_the_screen(open_file, width):
    page = open_file(width, 800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_file, scheme):
    page = open_file(color_scheme=scheme)
    worst = page.evaluate(
        """() => {
        const lum = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
            v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
            return .2126 * r + .7152 * g + .0722 * b; };
        const ground = lum(getComputedStyle(document.body).backgroundColor);
        let worst = 99;
        for (const e of document.querySelectorAll(".wb-brief *")) {
            const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || e.closest("svg, style") || !e.checkVisibility()) continue;
            const l = lum(getComputedStyle(e).color);
            worst = Math.min(worst, (Math.max(l, ground) + .05) / (Math.min(l, ground) + .05));
        }
        return worst; }"""
    )
    assert worst >= 4.5


def test_on_paper_it_is_black_on_white_and_says_which_items_a_number_means(open_file):
    page = open_file(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    assert page.locator("a.wb-n sup").first.is_visible()
    assert page.get_by_text("The small figures tell").is_visible()
    assert page.locator(".wb-cards cite").first.is_visible()
    assert 0 < shown(page) < 42
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")


def test_on_the_page_it_may_run_nothing_and_its_numbers_work(browser, folder):
    with store.open(folder / "w.db") as opened:
        made = {"port": 0, "notebook": write_notebook(folder, "1")}
        shown_decks = [write_deck(folder)]
        with Page(shown_decks, opened, briefings=folder / "briefings", **made) as page:
            view = browser.new_context().new_page()
            view.goto(page.address)
            link = view.get_by_role("link", name=re.compile("^Briefing, "))
            link.click()
            view.wait_for_url("**/briefings/b.html")
            view.locator('a[href="#f-m0neg"]').last.click()
            view.wait_for_url("**/briefings/b.html#f-m0neg")
            assert shown(view) == 10
            assert view.evaluate("window.origin") == "null"  # a sandbox, apart from the page
            view.context.close()
