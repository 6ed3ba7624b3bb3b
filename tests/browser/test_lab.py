"""The deck in a real JupyterLab, as an analyst meets it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lab import lab, write_notebook
from waiting import until

from workbench import clock, decks, store
from workbench.items import Item
from workbench.service.watch import Watcher

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DECK = """
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind, alike: shown}
  - {type: search, title: Calder, query: calder}
  - {type: trending, title: Trending}
"""
SHOW = """
import ipywidgets as widgets
import workbench as wb

deck = wb.deck("air.yaml")
word = widgets.Text(description="Narrow to")
widgets.link((word, "value"), (deck, "query"))
seen = []
deck.observe(lambda change: seen.append(change.new), "selected")
widgets.VBox([word, deck])
"""
# The kernel's main thread is busy until a file is there.
BUSY = """
import time
from pathlib import Path

Path("busy").touch()
while not Path("free").exists():
    time.sleep(0.05)
"""
POSTS = "[data-column='northwind'] [data-item]"


def post(n, text="northwind", minutes=5):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=datetime.now(UTC) - timedelta(minutes=minutes),
        text=text,
        author="ana.example",
        lang="en",
        url=f"https://bsky.example/post/{n}",
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running JupyterLab, and the store that its kernels read."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "air.yaml").write_text(DECK)
    address = str(folder / "w.db")
    with store.open(address) as opened:
        opened.add(post(n, f"northwind fare {n}", 100 + n) for n in range(80))
        opened.add([post(900, "calder <script>document.title = 'run'</script>")])
        home = tmp_path_factory.mktemp("home")
        with lab(folder, home=home, environment={"WORKBENCH_STORE": address}) as running:
            running.store = opened
            yield running


@pytest.fixture
def shown(desk, context, request):
    """A notebook that shows the deck, run up to its first cell."""

    def opened(*cells):
        name = f"{request.node.name}.ipynb"
        write_notebook(desk.folder / name, *(cells or (SHOW,)))
        page = desk.open(context, name)
        desk.run(page, 0)
        page.wait_for_selector(POSTS)
        return page

    return opened


def output(page, n, words=""):
    """What a cell has put out, once it is drawn and has these words."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(n)
    return cell.locator(".jp-OutputArea-output").filter(has_text=words)


def test_posts_appear_as_they_are_stored_and_text_stays_text(desk, shown):
    page = shown()
    assert page.locator(POSTS).count() == 50
    assert "<script>document.title" in page.locator("[data-column='calder']").inner_text()
    assert page.title() != "run"
    desk.store.add([post(1000, "northwind breaks", 0)])
    page.wait_for_selector(f"{POSTS}:has-text('northwind breaks')")


def test_it_goes_on_while_a_cell_runs(desk, shown):
    for name in ("busy", "free"):
        (desk.folder / name).unlink(missing_ok=True)
    page = shown(SHOW, BUSY)
    page.evaluate(
        """() => {
          const { commands, shell } = window.jupyterapp;
          shell.currentWidget.content.activeCellIndex = 1;
          commands.execute("notebook:run-cell");
        }"""
    )
    until(page, (desk.folder / "busy").exists)
    desk.store.add([post(1001, "northwind while busy", 0)])
    page.wait_for_selector(f"{POSTS}:has-text('northwind while busy')")
    assert page.locator(".jp-Notebook .jp-Cell").nth(1).inner_text().startswith("[*]")
    (desk.folder / "free").touch()


def test_a_click_and_enter_choose_a_post_and_python_may_too(desk, shown):
    page = shown(SHOW, "print(seen, deck.selected)", "deck.selected = seen[0]")
    first, second = (page.locator(POSTS).nth(n) for n in (3, 4))
    first.locator(".wb-text").click()
    chosen = page.locator(f"{POSTS}[aria-current='true']")
    key = first.get_attribute("data-item")
    assert chosen.get_attribute("data-item") == key
    page.locator("[data-column='northwind'] .wb-list").focus()
    second.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-item='{second.get_attribute('data-item')}'][aria-current=true]")
    assert chosen.count() == 1
    assert len(context_pages(page)) == 1
    wanted = second.get_attribute("data-item")

    def told():
        # A choice comes to the kernel by another way than a cell, which may be there before it.
        desk.run(page, 1)
        words = output(page, 1).inner_text()
        return words.split()[-1:] == [wanted] and words

    assert until(page, told).count(key) == 1
    desk.run(page, 2)
    page.wait_for_selector(f"[data-item='{key}'][aria-current='true']")
    assert chosen.count() == 1


def test_a_post_is_opened_with_its_thread_by_enter_where_it_is_chosen(desk, shown):
    page = shown()
    chosen = page.locator(POSTS).first
    _, _, key = chosen.get_attribute("data-item").partition(":")
    answer = post(1500, "and the crew was kind")
    desk.store.add([replace(answer, kind="reply", reply_to=key)])
    chosen.locator(".wb-text").click()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Post")
    sheet.get_by_text("It says “northwind”.").wait_for()
    assert "and the crew was kind" in sheet.inner_text()
    for key in ("d", "d", "x"):  # neither JupyterLab's keys nor the deck's
        page.keyboard.press(key)
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1
    page.keyboard.press("Escape")
    assert not sheet.is_visible()
    page.keyboard.press("x")
    assert sheet.is_visible()


def test_it_can_be_linked_in_the_browser_and_shown_beside_others(desk, shown):
    page = shown(
        SHOW,
        "key = widgets.Text(description='Chosen')\n"
        "widgets.jslink((deck, 'selected'), (key, 'value'))\n"
        "widgets.VBox([key, deck])",
    )
    desk.run(page, 1)
    second = page.locator(".jp-Notebook .jp-Cell").nth(1)
    chosen = second.locator(POSTS).nth(2)
    chosen.locator(".wb-text").click()
    wanted = chosen.get_attribute("data-item")
    page.wait_for_function(
        "(key) => [...document.querySelectorAll('input')].some((node) => node.value === key)",
        arg=wanted,
    )
    # Both views of one deck show the choice.
    page.wait_for_function(
        "() => document.querySelectorAll('.wb-deck [data-item][aria-current=true]').length === 2"
    )


def context_pages(page):
    return page.context.pages


def test_its_keys_are_its_own(shown):
    page = shown(SHOW, "1 + 1")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.locator("[data-column='northwind'] .wb-list").focus()
    for key in ("j", "j", "b", "d", "d", "m", "Shift+Enter"):
        page.keyboard.press(key)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    focused = "() => document.activeElement.closest('[data-item]')?.dataset.item"
    assert page.evaluate(focused) == page.locator(POSTS).nth(1).get_attribute("data-item")
    assert output(page, 1).count() == 0
    page.keyboard.press("l")
    assert page.evaluate("() => !!document.activeElement.closest('[data-column=calder]')")


def test_a_query_narrows_and_a_bad_one_shows_its_place(desk, shown):
    page = shown(SHOW, "deck.query = 'calder ('")
    box = page.locator(".jp-OutputArea input[type=text]")
    box.fill('"fare 7"')
    page.wait_for_function("(posts) => document.querySelectorAll(posts).length === 1", arg=POSTS)
    assert "northwind fare 7" in page.locator(POSTS).inner_text()
    box.fill('"fare 7" (')
    problem = page.locator(".wb-problem")
    problem.filter(has_text="never closed").wait_for()
    assert "never closed" in problem.inner_text()
    assert problem.inner_text().splitlines()[-1].endswith("^")
    assert page.locator(POSTS).count() == 1
    desk.run(page, 1)
    output(page, 1, "WrongQuery").wait_for()
    box.fill("")
    problem.wait_for(state="hidden")
    page.wait_for_function("(posts) => document.querySelectorAll(posts).length === 50", arg=POSTS)


def test_columns_set_in_python_are_shown(desk, shown):
    page = shown(
        SHOW,
        "deck.columns = (deck.columns[1], "
        "{'type': 'search', 'title': 'Fares', 'query': 'fare', 'width': 'wide'})",
        "deck.columns = [{'type': 'serch', 'title': 'Fares'}]",
    )
    desk.run(page, 1)
    page.wait_for_selector("[data-column='fares'] [data-item]")
    keys = "all => all.map((c) => c.dataset.column)"
    assert page.eval_on_selector_all(".wb-deck [data-column]", keys) == ["calder", "fares"]
    desk.run(page, 2)
    output(page, 2, "did you mean search?").wait_for()
    page.locator(".wb-problem", has_text="did you mean search?").wait_for()
    assert page.eval_on_selector_all(".wb-deck [data-column]", keys) == ["calder", "fares"]


def test_an_error_in_a_callback_is_shown_under_it(desk, shown):
    page = shown(SHOW, "deck.observe(lambda change: 1 / 0, 'selected')")
    desk.run(page, 1)
    page.locator(POSTS).nth(2).locator(".wb-text").click()
    problem = page.locator(".wb-problem")
    problem.filter(has_text="ZeroDivisionError: division by zero").wait_for()


def test_older_posts_come_on_scrolling(shown):
    page = shown()
    # Down and further down: what is above makes room.
    page.wait_for_function(
        """() => {
          const list = document.querySelector("[data-column='northwind'] .wb-list");
          list.scrollTop = list.scrollHeight;
          return list.textContent.includes("northwind fare 79");
        }""",
        polling=200,
        timeout=60_000,
    )


def test_a_restarted_kernel_is_said_and_the_cell_run_again_brings_it_back(desk, shown):
    page = shown()
    desk.restart(page)
    notice = page.locator(".wb-notice")
    page.wait_for_function(
        "() => document.querySelector('.wb-notice').textContent.includes('kernel is gone')",
    )
    assert "what you see is of" in notice.inner_text()
    desk.run(page, 0)
    page.wait_for_selector(".wb-clock[data-level='live']")


def test_closing_it_leaves_no_thread_and_no_view(desk, shown):
    page = shown(
        SHOW,
        "import threading\ndeck.close()\n"
        "print([t.name for t in threading.enumerate() if t.name == 'deck'])",
    )
    desk.run(page, 1)
    output(page, 1, "[]").wait_for()
    page.locator(".wb-deck").first.wait_for(state="detached")


def test_alerts_and_what_is_new_since_a_visit_are_there_as_on_the_page(desk, context):
    file = desk.folder / "told.yaml"
    file.write_text(
        "title: Told\ncolumns:\n"
        "  - {type: alerts, title: Alerts}\n"
        "  - {type: since-last-visit, title: Fresh}\n"
        "  - {type: search, title: Northwind, query: northwind, alert: each}\n"
    )
    watcher = Watcher([decks.load(file)], desk.store, now=clock.now)
    watcher.look()
    write_notebook(desk.folder / "told.ipynb", 'import workbench as wb\nwb.deck("told.yaml")')
    page = desk.open(context, "told.ipynb")
    desk.run(page, 0)
    page.wait_for_selector("text=/^\\d+ new in the last 24 hours; this is your first visit\\.$/")
    page.wait_for_selector("text=No alert has been told yet")
    title = page.title()
    desk.store.add([post(1002, "northwind tells", 0)])
    watcher.look()
    page.wait_for_selector("[data-column='alerts'] li:has-text('northwind tells')")
    page.wait_for_selector("[data-column='fresh'] [data-item]:has-text('northwind tells')")
    page.wait_for_selector("[data-column='northwind'] .wb-badge:text-is('1 alert')")
    assert page.title() == title
    page.hover("[data-column='northwind'] h2")
    page.wait_for_selector("[data-column='northwind'] .wb-badge:empty", state="attached")
