"""Alerts and what is new since a visit, as one reader's browser knows of them."""

import json
from datetime import UTC, datetime

import pytest
from waiting import until

pytestmark = pytest.mark.browser

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
# Whatever a test does to a page is the hand of its reader to the browser, so that is said here.
LISTEN = """(acted) => {
    window.heard = 0;
    const value = { hasBeenActive: acted };
    Object.defineProperty(navigator, "userActivation", { value });
    const Whole = window.AudioContext;
    window.AudioContext = class extends Whole {
        constructor() { super(); window.heard += 1; }
    };
}"""


def badge(page, column):
    return page.locator(f"[data-column={column}] .wb-badge").inner_text()


def told(server, column, *times):
    server.send("update", columns={column: {"alerts": list(times)}})


def titled(page, title):
    page.wait_for_function("(title) => document.title === title", arg=title)


def rows(*inside):
    return ["div", {"class": "wb-rowed"}, ["ul", {"class": "wb-rows"}, *inside]]


def row(key, said, *, of="northwind", href=None):
    line = ["a", {"class": "wb-under", "href": href, "target": "_blank", "rel": "noopener"}]
    if href is None:
        line = ["button", {"class": "wb-under", "type": "button"}]
    line[1] |= {"data-of": of, "data-show": key}
    number = {"class": "wb-under wb-open", "type": "button", "data-of": of, "data-show": key}
    title = ["bdi", {"class": "wb-word"}, "Northwind"]
    time = ["time", {"class": "wb-times", "datetime": "2026-11-23T09:10:00.000+00:00"}]
    shown = [title, time, ["button", number, said], [*line, "Ana: grounded"]]
    return ["li", {"class": "wb-row wb-entry", "tabindex": "-1"}, *shown]


def test_an_alert_counts_in_the_title_and_at_its_column_until_it_is_looked_at(serve, visit, made):
    server = serve(
        made.column("northwind", [made.item(1)], alerts=[made.now - made.hour]),
        made.column("calder", [made.item(2)], alerts=[]),
    )
    page = visit(server.url)
    # What was told before the reader ever came is none of theirs.
    assert (page.title(), badge(page, "northwind")) == ("deck", "")
    told(server, "northwind", made.now + 1000, made.now - made.hour)
    titled(page, "(1) deck")
    told(server, "northwind", made.now + 2000, made.now + 1000, made.now - made.hour)
    told(server, "calder", made.now + 2000)
    titled(page, "(3) deck")
    assert (badge(page, "northwind"), badge(page, "calder")) == ("2 alerts", "1 alert")
    page.hover("[data-column=northwind] [data-item]")
    titled(page, "(1) deck")
    assert (badge(page, "northwind"), badge(page, "calder")) == ("", "1 alert")
    told(server, "northwind", made.now + 2000, made.now + 1000)
    page.reload()
    titled(page, "(1) deck")  # the server tells all of it again


def test_what_was_looked_at_is_remembered_over_a_reload_and_by_column(serve, visit, made):
    times = [made.now + 5000]
    server = serve(
        made.column("northwind", alerts=[]),
        made.column("calder", alerts=[]),
        made.column("alerts", type="alerts", nodes=[], of=["northwind"]),
    )
    page = visit(server.url)
    server.state["columns"][0]["alerts"] = server.state["columns"][1]["alerts"] = times
    page.reload()
    titled(page, "(2) deck")
    page.hover("[data-column=alerts] h2")  # shows the alerts of one of them
    titled(page, "(1) deck")
    page.reload()
    titled(page, "(1) deck")
    page.focus("[data-column=calder] .wb-title")
    titled(page, "deck")


def test_a_growing_alert_is_no_second_one(serve, visit, made):
    server = serve(
        made.column("northwind", alerts=[]), made.column("told", type="alerts", nodes=[])
    )
    page = visit(server.url)
    for n in (5, 6):
        server.send(
            "update",
            columns={
                "northwind": {"alerts": [made.now + 1000]},
                "told": {"parts": [rows(row("x:1", f"{n} posts"))]},
            },
        )
        page.wait_for_selector(f"text={n} posts")
    assert page.title() == "(1) deck"
    assert page.locator("[data-column=told] li").count() == 1


def test_an_alert_leads_to_its_items(serve, visit, made):
    items = [made.item(n) for n in range(1, 41)]
    deep = items[30]["key"]
    nodes = [
        row(deep, "5 posts"),
        row("bluesky:gone", "1 post", href="https://a.example/1"),
        row("bluesky:gone", "2 posts", of="nowhere"),
    ]
    alerts = made.column("told", type="alerts", nodes=[["ul", {"class": "wb-rows"}, *nodes]])
    server = serve(made.column("northwind", items), alerts)
    page = visit(server.url)
    page.click("text=5 posts")
    page.wait_for_function("(key) => document.activeElement.dataset.item === key", arg=deep)
    assert page.locator(f"[data-item='{deep}']").is_visible()
    page.click("text=1 post >> nth=0")
    page.wait_for_function("() => document.activeElement.classList.contains('wb-list')")
    page.click("text=2 posts")
    with page.expect_popup() as popup:
        page.click("a:has-text('grounded')")
    assert popup.value.url.startswith(("https://a.example/1", "chrome-error"))
    # By the keyboard: from row to row, and Enter opens the number.
    page.focus("[data-column=told] .wb-entry")
    page.keyboard.press("Enter")
    page.wait_for_function("(key) => document.activeElement.dataset.item === key", arg=deep)


@pytest.mark.parametrize(("sound", "acted"), [(True, True), (True, False), (False, True)])
def test_a_sound_needs_the_deck_s_wish_and_the_reader_s_hand(serve, visit, made, sound, acted):
    server = serve(made.column("northwind", alerts=[], **({"sound": True} if sound else {})))
    page = visit(server.url)
    page.evaluate(LISTEN, acted)
    told(server, "northwind", made.now + 1000)
    titled(page, "(1) deck")
    assert page.evaluate("heard") == (1 if sound and acted else 0)


def test_a_tab_in_the_background_asks_for_alerts_once_a_minute(serve, visit, made, browser):
    server = serve(made.column("northwind", alerts=[]))
    context = browser.new_context()
    # Time passes as it is run, and not while the browser is busy.
    context.clock.install(time=0)
    context.clock.pause_at(1000)
    page = visit(server.url, context, run=500)
    page.evaluate(HIDE, True)
    server.alerts = {"northwind": [made.now + 30_000]}
    page.clock.run_for(59_000)
    assert page.title() == "deck"
    page.clock.run_for(1_000)
    titled(page, "(1) deck")
    context.close()


def visited(page):
    key = page.evaluate("Object.keys(localStorage).find((key) => key.startsWith('wb-visit'))")
    return json.loads(page.evaluate("(key) => localStorage[key]", key))


def asked(server):
    return datetime.fromisoformat(server.asked[-1]["since"]).timestamp() * 1000


def fresh(made):
    return made.column("fresh", type="since-last-visit", volume=None)


def since_visit(serve, made, *keys):
    server = serve(made.column("northwind", [made.item(1)]), fresh(made))
    server.came = {"items": [made.item(n) for n in keys], "more": None}
    return server


def test_the_first_visit_shows_a_day_and_says_so(serve, visit, made):
    server = since_visit(serve, made, 3, 4)
    page = visit(server.url)
    page.wait_for_selector("text=2 new in the last 24 hours; this is your first visit.")
    assert page.locator("[data-column=fresh] [data-item]").count() == 2
    assert asked(server) == pytest.approx(made.now - 24 * made.hour, abs=60_000)
    server.update("fresh", made.item(0))
    page.wait_for_selector("text=3 new in the last 24 hours")
    server.update(gone=[made.item(3)["key"], made.item(4)["key"]])
    page.wait_for_selector("text=1 new in the last 24 hours")


def test_a_second_visit_shows_what_came_since_the_first_was_left(serve, visit, made, browser):
    server = since_visit(serve, made)
    context = browser.new_context()
    page = visit(server.url, context)
    page.wait_for_selector("text=Nothing new in the last 24 hours")
    page.reload()  # the same visit still
    page.wait_for_selector("text=Nothing new in the last 24 hours; this is")
    page.evaluate(HIDE, True)
    left = visited(page)["left"]
    assert left == pytest.approx(made.now, abs=60_000)
    page.goto("about:blank")
    server.state |= {"now": made.now + 2 * made.hour}
    server.came = {"items": [made.item(n) for n in range(50)], "more": "c1"}
    page.goto(server.url)
    hour = datetime.fromtimestamp(left / 1000, UTC)
    page.wait_for_selector(f"text=50 or more new since {hour:%H:%M}.")
    assert asked(server) == pytest.approx(left, abs=60_000)
    context.close()


def test_coming_back_to_an_open_page_after_half_an_hour_is_a_new_visit(serve, visit, made, browser):
    server = since_visit(serve, made, 3)
    context = browser.new_context()
    context.clock.install()
    page = visit(server.url, context)
    page.wait_for_selector("text=1 new in the last 24 hours")
    page.evaluate(HIDE, True)
    page.clock.run_for(5 * made.minute)
    page.evaluate(HIDE, False)
    assert len(server.asked) == 1
    page.evaluate(HIDE, True)
    page.clock.fast_forward(40 * made.minute)
    server.came = {"items": [], "more": None}
    page.evaluate(HIDE, False)
    page.wait_for_selector("text=/^Nothing new since 09:\\d\\d\\.$/")
    assert page.locator("[data-column=fresh] [data-item]").count() == 0
    context.close()


def test_what_cannot_be_loaded_is_said_and_asked_for_again(serve, visit, made):
    server = since_visit(serve, made, 3)
    came, server.came = server.came, None
    page = visit(server.url)
    page.wait_for_selector("text=What is new could not be loaded (the server answered 503)")
    server.came = came
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("text=1 new in the last 24 hours")


@pytest.mark.parametrize("kept", ["nonsense", "null", '{"left": "x", "looked": 3}', "[1]"])
def test_whatever_the_browser_keeps_the_deck_comes_up(serve, visit, made, browser, kept):
    server = since_visit(serve, made, 3)
    context = browser.new_context()
    text = json.dumps(kept)
    place = "location.origin + '/deck/demo'"
    context.add_init_script(f"localStorage['wb-visit ' + {place}] = {text};")
    page = visit(server.url, context)
    page.wait_for_selector("text=1 new in the last 24 hours")
    context.close()


def test_what_comes_and_goes_while_the_server_is_asked_is_not_lost(serve, visit, made, browser):
    server = since_visit(serve, made, 3, 4)
    context = browser.new_context()
    held = []

    def hold(route):
        held.append(route)

    context.route("**/older?*", hold)
    page = visit(server.url, context)
    server.update("fresh", made.item(0), gone=[made.item(3)["key"]])
    page.wait_for_selector("[data-column=fresh] [data-item]")
    until(page, lambda: held).pop().continue_()
    page.wait_for_selector("text=2 new in the last 24 hours")
    keys = page.eval_on_selector_all(
        "[data-column=fresh] [data-item]", "all => all.map((e) => e.dataset.item)"
    )
    assert keys == [made.item(0)["key"], made.item(4)["key"]]
    context.close()
