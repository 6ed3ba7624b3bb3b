"""The query box and the filters where they belong: in the editor, in a real JupyterLab."""

from datetime import UTC, datetime, timedelta

import pytest
from lab import lab, write_notebook

from workbench import decks, store
from workbench.items import Item

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.usefixtures("the_present")]

DECK = """\
title: Northwind Air
lists: {board: [ana.example]}
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind} # ours
  - {type: search, title: Calder, query: calder}
"""
NOW = datetime.now(UTC)
POSTS = "[data-column=northwind] [data-item]"


def post(n):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=NOW - timedelta(minutes=10 + n),
        text=f"northwind #Fares {n}",
        author=["ilse.example", "otto.example"][n % 2],
        author_name=["Ilse Brandt", ""][n % 2],
        lang=["en", "de"][n % 2],
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    address = str(folder / "w.db")
    with store.open(address) as opened:
        opened.add(post(n) for n in range(40))
        opened.cover("bluesky", "", NOW - timedelta(days=8), NOW + timedelta(hours=1), "ok")
    home = tmp_path_factory.mktemp("home")
    with lab(folder, home=home, environment={"WORKBENCH_STORE": address}) as running:
        yield running


@pytest.fixture(scope="module")
def context(browser):
    """Return a browser's profile, in which JupyterLab stays open from test to test."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def file(desk, request):
    """A deck of the test's own: what is not saved of one is kept for whoever opens it next."""
    path = desk.folder / f"{request.node.name}-{request.node.execution_count}.yaml"
    path.write_text(DECK)
    return path


@pytest.fixture
def page(desk, context, file):
    write_notebook(desk.folder / "n.ipynb", f"import workbench as wb\nwb.deck({file.name!r})")
    page = desk.open(context, "n.ipynb")
    desk.run(page, 0)
    page.wait_for_selector(POSTS)
    yield page
    desk.tidy(context)


def test_a_query_is_completed_narrowed_by_filters_and_saved(page, file):
    page.locator("[data-column=northwind] .wb-list").focus()
    page.keyboard.press("/")
    query = page.get_by_role("combobox", name="Query")
    assert query.input_value() == "northwind"
    query.press("End")
    query.press_sequentially(" from:bran")
    option = page.get_by_role("option", name="from:ilse.example")
    option.wait_for()
    assert "Ilse Brandt" in option.inner_text()
    page.keyboard.press("Escape")  # the list, not the dialog
    option.wait_for(state="hidden")
    assert query.is_visible()
    page.keyboard.press("ArrowDown")
    option.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # takes it, and applies nothing
    assert query.input_value() == "northwind from:ilse.example "
    page.wait_for_selector("text=a day in the last 7 days")
    page.get_by_text("What each source can be asked").click()
    page.wait_for_selector("text=It has no search")
    page.get_by_text("Filters and mutes", exact=True).click()
    page.get_by_role("textbox", name="Language", exact=True).fill("en")
    page.get_by_text("lang:en", exact=True).wait_for()
    page.get_by_text("northwind from:ilse.example lang:en", exact=True).wait_for()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    page.wait_for_function("(posts) => document.querySelectorAll(posts).length === 20", arg=POSTS)
    page.wait_for_selector(".wb-e-bar.wb-e-dirty")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".wb-e-bar:not(.wb-e-dirty)")
    column = decks.load(file).columns[0]
    assert column.text == "northwind from:ilse.example lang:en"
    assert "# ours" in file.read_text()


def test_a_query_that_cannot_be_read_is_marked_before_and_refused_when_applied(page):
    page.locator("[data-column=calder] .wb-list").focus()
    page.keyboard.press("/")
    query = page.get_by_role("combobox", name="Query")
    query.fill("calder list:bord")
    page.wait_for_selector("text=did you mean board?")
    assert page.locator("dialog mark").inner_text() == "list:bord"
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("dialog[open] [aria-invalid=true]")
    assert query.input_value() == "calder list:bord"
    query.fill("calder list:board")
    page.wait_for_selector("dialog[open] .wb-q-input[aria-invalid=false]")


def test_a_mute_shows_the_query_that_it_makes(page):
    page.click("[data-column=calder] .wb-e-head")
    page.click(".wb-e-menu >> text=Mutes")
    page.get_by_role("button", name="Mute something").click()
    page.get_by_label("What", exact=True).fill("giveaway")
    page.get_by_text("-giveaway", exact=True).wait_for()


def test_the_queries_of_a_share_of_voice_are_typed_with_the_same_help(page):
    page.locator("[data-column=calder] .wb-list").focus()
    page.keyboard.press("a")
    page.get_by_role("radio", name="Share of voice").click()
    names, queries = (
        page.get_by_label("Name", exact=True),
        page.get_by_role("combobox", name="Query"),
    )
    names.nth(0).fill("Fares")
    queries.nth(0).press_sequentially("#fa")
    page.get_by_role("option", name="#Fares").click()
    page.wait_for_selector(".wb-e-voices >> text=a day in the last 7 days")
    names.nth(1).fill("Rest")
    queries.nth(1).fill("northwind (")
    page.wait_for_selector(".wb-e-voices >> text=this parenthesis is never closed")
    queries.nth(1).fill("northwind -#fares")
    page.get_by_label("Title").fill("Voices")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-column=voices] .wb-row")
    page.locator("[data-column=voices]", has_text="Fares").wait_for()
