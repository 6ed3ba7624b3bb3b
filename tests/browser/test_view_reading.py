"""Reading on the screen: pause, keys, folded columns, times and numbers as the reader has them."""

import pytest

pytestmark = pytest.mark.browser

COLUMN = "[data-column={}]"
# Down the list, until it has been told of it.
SCROLL = """list => new Promise((told) => {
    list.addEventListener("scroll", () => setTimeout(told), { once: true });
    list.scrollTop = 900;
})"""


def wait_for(page, item):
    page.wait_for_selector(f"[data-item='{item['key']}']", state="attached")


def pressed(page, name):
    return page.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed")


def test_a_paused_column_holds_still_and_counts_what_waits(serve, visit, made):
    items = [made.item(n) for n in range(1, 30)]
    server = serve(made.column("northwind", items), made.column("calder", items))
    page = visit(server.url)
    column = page.locator(COLUMN.format("northwind"))
    first = column.locator("[data-item]").first
    top = first.bounding_box()["y"]
    column.hover()
    column.get_by_role("button", name="Pause", exact=True).click()
    new = [made.item(0, key=f"bluesky:{n}") for n in range(2)]
    server.update("northwind", *new)
    server.update("calder", new[0])
    wait_for(page, new[1])
    assert page.locator(f"[data-item='{items[0]['key']}']").first.bounding_box()["y"] == top
    assert column.locator(".wb-unread").inner_text() == "2 new"
    assert page.locator(COLUMN.format("calder")).locator(".wb-unread").inner_text() == ""
    page.wait_for_function("() => document.title === '(2) deck'")
    column.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_function("() => document.title === 'deck'")
    assert column.locator("[data-item]").first.get_attribute("data-item") == new[1]["key"]
    assert column.locator(".wb-unread").inner_text() == ""


def test_what_is_computed_waits_as_well_and_is_the_newest_then(serve, visit, made):
    row = ["p", {"class": "wb-row wb-entry", "tabindex": "-1"}, "before"]
    server = serve(made.column("told", type="alerts", nodes=[row]), made.column("northwind"))
    page = visit(server.url)
    page.focus("[data-column=told] .wb-entry")
    page.keyboard.press("s")
    for said in ("one", "two"):
        parts = [
            made.rows([["p", {"class": "wb-row"}, said]]),
            *made.say({"level": "live", "text": said}),
        ]
        server.send("update", columns={"told": {"parts": parts}})
    server.update("northwind", made.item(1))  # comes after them
    wait_for(page, made.item(1))
    assert page.locator("[data-column=told] .wb-row").inner_text() == "before"
    page.keyboard.press("s")
    assert page.locator("[data-column=told] .wb-row").inner_text() == "two"
    assert page.locator("[data-column=told] .wb-say").inner_text() == "two"


def test_the_whole_page_is_paused_by_one_button_or_key(serve, visit, made):
    columns = [made.column(key, [made.item(1)]) for key in ("northwind", "calder")]
    page = visit(serve(*columns).url)
    page.get_by_role("button", name="Pause all").click()
    assert pressed(page, "Pause all") == "true"
    assert page.locator(".wb-column [aria-pressed=true]").count() == 2
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("s")
    assert pressed(page, "Pause all") == "false"
    assert page.locator(".wb-column [aria-pressed=true]").count() == 0


def test_digits_lead_to_columns_also_to_one_that_is_folded(serve, visit, made):
    columns = [
        made.column(key, [made.item(1, key=f"{key}:1")], collapsed=key == "calder", colour="teal")
        for key in ("northwind", "calder", "meridian")
    ]
    page = visit(serve(*columns).url)
    folded = page.locator(COLUMN.format("calder"))
    assert folded.bounding_box()["width"] < 60
    assert not folded.locator("[data-item]").is_visible()
    assert folded.locator(".wb-title").is_visible()
    mark = folded.evaluate("e => getComputedStyle(e.querySelector('.wb-head')).boxShadow")
    assert "rgb(34, 153, 153)" in mark
    page.keyboard.press("3")
    assert page.evaluate("document.activeElement.dataset.item") == "meridian:1"
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.dataset.item") == "calder:1"
    assert folded.bounding_box()["width"] > 300
    page.keyboard.press("9")
    assert page.evaluate("document.activeElement.dataset.item") == "calder:1"
    folded.locator(".wb-title").click()
    assert folded.bounding_box()["width"] < 60
    page.locator(COLUMN.format("meridian")).locator(".wb-title").click()
    assert page.locator(COLUMN.format("meridian")).bounding_box()["width"] > 300


def test_a_column_without_a_badge_counts_nowhere(serve, visit, made):
    columns = [
        made.column(key, [made.item(n) for n in range(1, 40)], badge=key != "calder", alerts=[])
        for key in ("northwind", "calder")
    ]
    server = serve(*columns)
    page = visit(server.url)
    for key in ("northwind", "calder"):
        page.eval_on_selector(f"{COLUMN.format(key)} .wb-list", SCROLL)
    new = made.item(0)
    server.send(
        "update",
        columns={
            key: {"add": [new], "alerts": [made.now + 1000]} for key in ("northwind", "calder")
        },
    )
    page.wait_for_function("() => document.title === '(2) deck'")
    assert page.inner_text(f"{COLUMN.format('northwind')} .wb-unread") == "1 new"
    assert page.inner_text(f"{COLUMN.format('northwind')} .wb-badge") == "1 alert"
    for name in ("unread", "badge"):
        assert page.inner_text(f"{COLUMN.format('calder')} .wb-{name}") == ""
    assert page.locator(f"{COLUMN.format('calder')} .wb-pill").inner_text() == "1 new"


@pytest.mark.parametrize(
    "reader",
    [
        ("en-GB", "relative", ["1 min", "13 Nov"], "12.3K"),
        ("en-GB", "exact", ["09:13", "13 Nov, 09:14"], "12.3K"),
        ("en-US", "exact", ["9:13 AM", "Nov 13, 9:14 AM"], "12.3K"),
        ("de-DE", "relative", ["1 min", "13. Nov."], "12.345"),
    ],
)
def test_times_and_numbers_are_the_reader_s(serve, visit, made, reader):
    locale, times, shown, likes = reader
    n = 12_345 if locale != "de-DE" else 1234
    items = [made.item(1, likes=n), made.item(14_400)]
    server = serve(made.column("northwind", items))
    server.state["deck"]["times"] = times
    page = visit(server.url, locale=locale)
    told = page.locator(".wb-by time").all_inner_texts()
    assert [text.replace("\u202f", " ") for text in told] == shown
    count = page.locator(".wb-n-likes").inner_text()
    assert count.upper() == ("1.234" if locale == "de-DE" else likes)


def test_the_choice_of_colours_is_kept_in_a_cookie(serve, visit, made):
    page = visit(serve(made.column("northwind", [made.item(1)])).url)
    page.keyboard.press("?")
    group = page.get_by_role("group", name="Colours")
    assert group.get_by_role("button").all_inner_texts() == [
        "as the system",
        "light",
        "dark",
        "contrast",
    ]
    with page.expect_navigation():
        group.get_by_role("button", name="dark").click()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert (cookies["wb-theme"]["value"], cookies["wb-theme"]["sameSite"]) == ("dark", "Strict")


def test_escape_closes_what_is_open(serve, visit, made):
    page = visit(serve(made.column("northwind", [made.item(1)])).url)
    for opens, shown in (("Northwind", ".wb-about"), ("?", ".wb-help")):
        if opens == "?":
            page.keyboard.press("?")
        else:
            page.get_by_role("button", name=opens, exact=True).click()
            page.mouse.move(900, 700)
        page.locator(shown).wait_for()
        page.keyboard.press("Escape")
        page.locator(shown).wait_for(state="hidden")


def test_an_explanation_shows_on_hover(serve, visit, made):
    page = visit(serve(made.column("northwind", [made.item(1, compound=-0.6)])).url)
    mood = page.locator(".wb-mood")
    assert mood.get_attribute("title") is None
    mood.hover()
    assert mood.get_attribute("title").startswith("How the words read")
