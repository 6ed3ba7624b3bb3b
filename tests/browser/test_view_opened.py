"""A post opened over the deck, and pictures that are loaded by a click."""

import base64

import pytest

from workbench.columns.marking import Mark, Marks
from workbench.columns.post import Folded, draw
from workbench.columns.tree import el
from workbench.items import Item

pytestmark = pytest.mark.browser

DOT = base64.b64decode("R0lGODlhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs=")
LOADED = "(key) => document.querySelector(`[data-item='${key}'] img`)?.naturalWidth === 1"
HERE = "() => document.activeElement.dataset.item || document.activeElement.className"


def drawn(text, **options):
    item = Item(source="x", id=text, text=text, published="2026-11-23T09:00:00Z", author="ana")
    node = draw(item, **options)
    return [node[0], {k: v for k, v in node[1].items() if k != "data-item"}, *node[2:]]


@pytest.fixture
def server(serve, made):
    long = "Northwind " + "has many words in a row " * 60
    items = [
        made.item(0, key="a:0", text=long),
        made.item(1, key="a:1", replies=3),
        made.item(2, key="a:2", shown={"folded": Folded("a:2", ("Ana", "Ben"), 5, 14)}),
    ]
    server = serve(made.column("a", items), made.column("b", [made.item(1, key="b:1")]))
    opened = drawn("Northwind is whole", marks=Marks(text=(Mark(0, 9, "hit"),)))
    opened[1]["class"] += " wb-opened"
    for key in ("a:0", "a:1", "a:2"):
        server.posts[key] = [
            drawn("what it answers"),
            opened,
            el("section", "wb-reasons", el("h3", "", "Why is this here")),
            *(drawn(f"answer {n} " + "and so on " * 40) for n in range(20)),
            el("section", "wb-of-alike", el("h3", "", "14 alike"), drawn("the same")),
        ]
    return server


@pytest.fixture
def page(server, visit):
    page = visit(server.url)
    page.wait_for_selector("[data-item='a:0'] .wb-more")
    return page


def sheet(page):
    return page.get_by_role("dialog", name="Post")


def test_a_click_on_its_time_opens_a_post(page, server):
    page.locator("[data-item='a:1'] time").click()
    sheet(page).get_by_text("Why is this here").wait_for()
    assert server.asked[-1] == {"deck": "demo", "column": "a", "item": "a:1"}
    assert sheet(page).get_by_text("what it answers").count() == 1
    assert sheet(page).locator("mark").inner_text() == "Northwind"
    close = sheet(page).get_by_role("button", name="Close").bounding_box()
    assert close["y"] + close["height"] <= sheet(page).locator(".wb-opened").bounding_box()["y"]
    assert page.locator("main [data-item]").count() == 4


def test_a_click_on_its_replies_opens_a_post(page):
    page.locator("[data-item='a:1'] .wb-n-replies").click()
    sheet(page).get_by_text("Why is this here").wait_for()


def test_more_opens_a_long_text_whole(page):
    page.locator("[data-item='a:0']").get_by_role("button", name="more").click()
    sheet(page).get_by_text("Northwind is whole").wait_for()


def test_what_is_alike_is_brought_into_sight(page):
    post = page.locator("[data-item='a:2']")
    assert "Ana and 4 others reposted" in post.inner_text()
    post.get_by_role("button", name="and 14 alike").click()
    heading = sheet(page).get_by_text("14 alike")
    heading.wait_for()
    page.wait_for_function("() => document.querySelector('.wb-sheet').scrollTop > 200")


def test_x_opens_the_post_that_has_the_focus_and_escape_leads_back_to_it(page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    sheet(page).get_by_text("Why is this here").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert sheet(page).is_visible()
    page.keyboard.press("Escape")
    assert not sheet(page).is_visible()
    assert page.evaluate(HERE) == "a:1"


def test_a_click_beside_it_or_on_close_closes_it(page):
    for close in (
        lambda: sheet(page).get_by_role("button", name="Close").click(),
        lambda: page.mouse.click(5, 5),
    ):
        page.locator("[data-item='a:1'] time").click()
        sheet(page).get_by_text("Why is this here").wait_for()
        close()
        assert not sheet(page).is_visible()


def test_what_cannot_be_opened_is_said(page):
    page.locator("[data-item='b:1'] time").click()
    sheet(page).get_by_text("Could not be opened (the server answered 404).").wait_for()
    sheet(page).get_by_role("button", name="Close").click()


def test_nothing_of_a_column_moves_while_a_post_is_open(page, server, made):
    page.locator("[data-item='a:1'] time").click()
    sheet(page).get_by_text("Why is this here").wait_for()
    server.update("a", made.item(-1, key="a:new"))
    page.locator("[data-item='a:new']").wait_for(state="attached")
    assert sheet(page).is_visible()


@pytest.fixture
def pictures(serve, visit, made, browser):
    media = [made.media("image", "https://cdn.example/a.gif", "a queue at gate 7")]
    near = [made.media("image", "https://cdn.example/b.gif", "a queue at gate 8")]
    shown = [
        made.item(1, key="a:1", media=media),
        made.item(2, key="a:2", media=[made.media("image", "http://cdn.example/a.gif", "old")]),
        made.item(3, key="a:3", media=[made.media("video", "https://v.example/a.mp4", "a film")]),
        made.item(4, key="a:4", media=near, shown={"media": "small"}),
    ]
    server = serve(made.column("a", shown[:3]), made.column("b", shown[3:]))
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    asked = []

    def answer(route):
        asked.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(body=DOT, content_type="image/gif")

    context.route("https://cdn.example/**", answer)
    page = visit(server.url, context)
    yield page, asked
    context.close()


def test_a_picture_is_loaded_by_a_click_alone_and_says_from_where(pictures):
    page, asked = pictures
    page.wait_for_function(LOADED, arg="a:4")
    asked.clear()
    button = page.locator("[data-item='a:1'] button.wb-media")
    assert button.inner_text() == "picture: a queue at gate 7 · load from cdn.example"
    button.click()
    page.wait_for_function(LOADED, arg="a:1")
    assert page.get_by_alt_text("a queue at gate 7").count()
    assert asked == [("https://cdn.example/a.gif", None)]


def test_a_preview_is_loaded_without_saying_where_it_is_seen(pictures):
    page, asked = pictures
    picture = page.locator("[data-item='a:4'] img")
    page.wait_for_function(LOADED, arg="a:4")
    assert picture.get_attribute("alt") == "a queue at gate 8"
    assert asked == [("https://cdn.example/b.gif", None)]


def test_what_is_not_sent_safely_and_films_are_never_loaded(pictures):
    page, _ = pictures
    assert page.locator("[data-item='a:2'] :is(img, button, a[href^='http:'])").count() == 0
    assert "picture: old" in page.locator("[data-item='a:2']").inner_text()
    film = page.locator("[data-item='a:3'] .wb-media a")
    assert (film.inner_text(), film.get_attribute("rel")) == (
        "video on v.example",
        "noopener noreferrer",
    )
    assert page.locator("video").count() == 0
