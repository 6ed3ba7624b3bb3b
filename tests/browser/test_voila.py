"""Stock Voila from the repository's root, as somebody meets it who was given its address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stockvoila import voila

from workbench import store
from workbench.items import Item

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def post(n, text):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=datetime.now(UTC) - timedelta(minutes=n + 2),
        text=text,
        author="ana.example",
        lang="en",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    address = str(home / "w.db")
    with store.open(address) as opened:
        opened.add(post(n, f"northwind <b>fare</b> {n}") for n in range(60))
        environment = {"WORKBENCH_STORE": address, "WORKBENCH_DECK": "demo"}
        with voila("notebooks/", home=home, cwd=ROOT, environment=environment) as url:
            yield url, opened


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def left_the_machine(page):
    own = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    return [url for url in page.asked if not url.startswith(own)]


def test_the_list_opens_the_deck_which_lives(site, page):
    url, opened = site
    page.goto(url)
    page.get_by_role("link", name="deck", exact=True).click()
    page.wait_for_selector("[data-column='northwind'] [data-item]", timeout=120_000)
    assert "northwind <b>fare</b> 3" in page.locator("[data-column='northwind']").inner_text()
    opened.add([post(-1, "northwind breaks")])
    page.wait_for_selector("[data-item]:has-text('northwind breaks')")
    assert not page.locator("text=those who publish").first.is_visible()
    # Nothing of the editor is there, nor do its keys do anything.
    page.locator("[data-column='northwind'] .wb-list").focus()
    for key in ("a", "F2", "h", "Control+s"):
        page.keyboard.press(key)
    assert not page.locator(".wb-e-bar, .wb-e-head, .wb-e-handle, dialog[open]").count()
    assert not left_the_machine(page)
    assert not page.errors


def test_a_choice_and_older_posts_work_as_on_the_page(site, page):
    url, _ = site
    page.goto(f"{url}voila/render/deck.ipynb")
    page.wait_for_selector("[data-column='northwind'] [data-item]", timeout=120_000)
    chosen = page.locator("[data-column='northwind'] [data-item]").nth(2)
    chosen.locator(".wb-text").click()
    page.wait_for_selector("[data-item][aria-current='true']")
    # Down and further down: what is above makes room.
    page.wait_for_function(
        """() => {
          const list = document.querySelector("[data-column='northwind'] .wb-list");
          list.scrollTop = list.scrollHeight;
          return list.textContent.includes("northwind <b>fare</b> 59");
        }""",
        polling=200,
        timeout=120_000,
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_notebook_works_there_without_a_network(site, page, name):
    url, _ = site
    page.goto(f"{url}voila/render/{name}.ipynb")
    page.wait_for_selector("#rendered_cells .jp-OutputArea-output", timeout=120_000)
    said = page.locator("body").inner_text()
    assert "There was an error when executing cell" not in said
    assert not left_the_machine(page)
    assert not page.errors
