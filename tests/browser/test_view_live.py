"""How the deck lives: what comes, changes and goes, and who is not disturbed by it."""

from datetime import UTC, datetime

import pytest

from workbench.columns import trends

pytestmark = pytest.mark.browser

KEYS = "all => all.map((e) => e.dataset.item)"


def keys(page, column="northwind"):
    return page.eval_on_selector_all(f"[data-column={column}] [data-item]", KEYS)


def wait_for(page, item):
    page.wait_for_selector(f"[data-item='{item['key']}']", state="attached")


def scroll(page, top, column="northwind"):
    page.eval_on_selector(
        f"[data-column={column}] .wb-list", "(e, top) => (e.scrollTop = top)", top
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


def place(page, item):
    return page.eval_on_selector(
        f"[data-item='{item['key']}']", "e => e.getBoundingClientRect().top"
    )


def test_what_comes_appears_at_the_top_of_who_reads_there(serve, visit, made):
    server = serve(made.column("northwind", [made.item(n) for n in range(1, 30)]))
    page = visit(server.url)
    new = made.item(0)
    server.update("northwind", new)
    wait_for(page, new)
    assert keys(page)[0] == new["key"]
    assert page.locator(".wb-fresh").count() == 1
    assert (
        page.locator(".wb-fresh").evaluate("e => getComputedStyle(e).animationDuration") == "0.15s"
    )
    assert not page.locator(".wb-pill").is_visible()
    assert page.locator(".wb-unread").inner_text() == ""


def test_reduced_motion_ends_even_the_fade(serve, visit, made):
    server = serve(made.column("northwind", [made.item(1)]))
    page = visit(server.url, reduced_motion="reduce")
    new = made.item(0)
    server.update("northwind", new)
    wait_for(page, new)
    name = page.locator(".wb-fresh").evaluate("e => getComputedStyle(e).animationName")
    assert name == "none"


def test_the_place_is_held_exactly_while_somebody_reads_further_down(serve, visit, made):
    items = [made.item(n) for n in range(10, 60)]
    server = serve(made.column("northwind", items))
    page = visit(server.url)
    scroll(page, 1003)
    read = items[9]
    before = place(page, read)
    comes = [made.item(n, text="A longer text. " * (n + 1)) for n in range(3)]
    server.update("northwind", *comes)
    late = made.item(0, key="bluesky:late", published=items[4]["published"] - 1)
    server.update("northwind", late, changed=[items[2] | {"text": "edited " * 80}])
    server.update(gone=[items[1]["key"]])
    wait_for(page, late)
    page.wait_for_selector(f"[data-item='{items[1]['key']}']", state="detached")
    assert place(page, read) == pytest.approx(before, abs=0.5)
    assert page.locator(".wb-pill").inner_text() == "4 new"
    assert page.locator(".wb-unread").inner_text() == "4 new"
    page.locator(".wb-pill").click()
    page.wait_for_selector(".wb-pill", state="hidden")
    assert page.locator(".wb-list").evaluate("e => e.scrollTop") == 0
    assert page.locator(".wb-unread").inner_text() == ""
    assert keys(page)[:3] == [item["key"] for item in comes]


def test_items_stand_in_order_and_each_once(serve, visit, made):
    items = [made.item(n) for n in (1, 3, 5)]
    server = serve(made.column("northwind", items))
    page = visit(server.url)
    second, fourth = made.item(2), made.item(4)
    server.update("northwind", fourth, second, items[1])
    wait_for(page, second)
    server.update("northwind", second)
    last = made.item(0)
    server.update("northwind", last)
    wait_for(page, last)
    assert keys(page) == [made.item(n)["key"] for n in range(6)]


def test_counts_change_in_place_and_what_is_gone_goes(serve, visit, made):
    item, other = made.item(1, likes=1), made.item(2)
    server = serve(made.column("northwind", [item, other]), made.column("calder", [item]))
    page = visit(server.url)
    node = page.query_selector(f"[data-column=northwind] [data-item='{item['key']}']")
    server.update(changed=[made.item(1, likes=12)])
    page.wait_for_function(
        "() => document.querySelectorAll('[aria-label=\"12 likes\"]').length === 2"
    )
    edited = datetime.fromtimestamp(made.now / 1000, UTC)
    server.update(changed=[made.item(1, text="Said otherwise", edited=edited)])
    page.wait_for_function("() => document.body.innerText.match(/Said otherwise/g)?.length === 2")
    assert "edited now" in node.inner_text()  # the same element as before
    server.update(gone=[item["key"]])
    page.wait_for_function(
        "(key) => !document.querySelector(`[data-item='${key}']`)", arg=item["key"]
    )
    assert keys(page) == [other["key"]]
    assert keys(page, "calder") == []


def test_a_column_holds_250_posts_in_the_page_and_reads_on_from_there(serve, visit, made):
    server = serve(made.column("northwind", [made.item(n) for n in range(1000, 1050)]))
    page = visit(server.url)
    for start in range(960, 0, -40):
        server.update("northwind", *[made.item(n) for n in range(start, start + 40)])
    wait_for(page, made.item(40))
    assert len(keys(page)) == 250
    assert keys(page)[0] == made.item(40)["key"]
    oldest = made.item(289)
    assert keys(page)[-1] == oldest["key"]
    before = "2026-11-23T04:25:08.000Z"  # a second after the oldest: 09:14:07 less 289 min
    older = [made.item(n) for n in range(289, 340)]
    server.older[before] = {"items": older, "more": None}
    scroll(page, 10**6)
    page.wait_for_function(
        "(key) => document.querySelector(`[data-item='${key}']`)", arg=older[1]["key"]
    )
    assert server.asked == [{"deck": "demo", "column": "northwind", "before": before}]
    assert len(keys(page)) == 250
    scroll(page, 10**6)
    wait_for(page, older[-1])
    assert "Nothing older is stored." in page.inner_text("[data-column=northwind]")
    page.wait_for_function(
        """(key) => {
            const list = document.querySelector(".wb-list");
            list.scrollTop = 0;
            return list.querySelector("[data-item]").dataset.item === key;
        }""",
        arg=made.item(40)["key"],
    )


def test_while_reading_down_more_than_fits_comes_and_nothing_moves(serve, visit, made):
    items = [made.item(n) for n in range(500, 550)]
    server = serve(made.column("northwind", items))
    page = visit(server.url)
    scroll(page, 1500)
    read = items[14]
    before = place(page, read)
    for start in range(460, 0, -40):
        server.update("northwind", *[made.item(n) for n in range(start, start + 40)])
    page.wait_for_function("() => document.querySelector('.wb-pill').textContent === '480 new'")
    assert place(page, read) == pytest.approx(before, abs=0.5)
    assert len(keys(page)) == 250
    page.locator(".wb-pill").click()
    wait_for(page, made.item(20))
    assert keys(page)[0] == made.item(20)["key"]
    assert len(keys(page)) == 250


def test_older_posts_that_cannot_be_loaded_can_be_asked_for_again(serve, visit, made):
    server = serve(made.column("northwind", [made.item(n) for n in range(50)], more="c1"))
    page = visit(server.url)
    scroll(page, 10**6)
    page.wait_for_selector("text=Older posts could not be loaded (the server answered 503)")
    older = made.item(60)
    server.older["c1"] = {"items": [older], "more": None}
    page.get_by_role("button", name="Try again").click()
    wait_for(page, older)


def test_terms_states_and_sources_are_brought_up_to_date(serve, visit, made):
    terms = made.column("trends", type="trending", nodes=[], note="")
    server = serve(made.column("northwind"), terms)
    page = visit(server.url)
    row = {
        "term": "grounded",
        "n": 9,
        "usual": 1.0,
        "times": 9.0,
        "new": False,
        "why": "",
        "authors": "",
        "about": "",
        "coordinated": False,
        "spark": [],
    }
    stale = {"level": "stale", "text": "Bluesky: connection lost, since 09:11.", "since": None}
    source = server.state["sources"]["bluesky"] | {"state": "failing", "reason": "gone"}
    server.send(
        "update",
        now=made.now + 5000,
        columns={
            "trends": {"parts": [made.rows(trends.draw([row]))]},
            "northwind": {"parts": made.say(stale)},
        },
        top=made.top(server.state | {"sources": server.state["sources"] | {"bluesky": source}}),
    )
    page.wait_for_selector("[data-about='term:grounded']")
    assert "Bluesky: connection lost, since 09:11." in page.inner_text("[data-column=northwind]")
    assert "as of 09:14:12 · 1 of 2 sources live" in page.inner_text(".wb-bar")
    assert "Bluesky fails: gone" in page.inner_text(".wb-bar")


def test_a_whole_new_state_replaces_all_but_where_the_reader_is(serve, visit, made):
    items = [made.item(n) for n in range(10, 60)]
    server = serve(made.column("northwind", items), made.column("calder"))
    page = visit(server.url)
    scroll(page, 1000)
    read = items[9]
    before = place(page, read)
    fresh = [made.item(n) for n in range(5, 55) if n != 12]
    columns = [made.column("northwind", fresh), made.column("meridian", [made.item(1)])]
    server.send("state", **made.state(columns, seq="first-1"))
    page.wait_for_selector("[data-column=meridian] [data-item]")
    assert page.locator("[data-column=calder]").count() == 0
    assert place(page, read) == pytest.approx(before, abs=0.5)
    assert made.item(12)["key"] not in keys(page)
    assert page.locator("[data-column=northwind] .wb-pill").inner_text() == "5 new"


def test_times_grow_older_and_news_is_said_aloud_sparingly(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(1)]))
    context = browser.new_context()
    context.clock.install()
    page = visit(server.url, context)
    assert page.locator(".wb-feed time").first.inner_text() == "1 min"
    server.update("northwind", *[made.item(0, key=f"bluesky:{n}") for n in range(3)])
    wait_for(page, {"key": "bluesky:2"})
    assert page.locator("[aria-live=polite]").inner_text() == ""
    page.clock.run_for(31_000)
    assert page.locator("[aria-live=polite]").inner_text() == "3 new in Northwind"
    server.send("beat", now=made.now + 2 * made.minute)
    page.wait_for_selector("text=as of 09:16:07")
    page.clock.run_for(30_000)
    assert page.locator(".wb-feed time").last.inner_text() == "3 min"
    context.close()


def test_a_column_whose_query_or_width_was_edited_is_another_one(serve, visit, made):
    server = serve(made.column("northwind", [made.item(1)]), made.column("calder"))
    page = visit(server.url)
    kept = page.query_selector("[data-column=calder]")
    edited = made.column("northwind", [made.item(2)], query="northwind fares", width="wide")
    server.restart(made.state([edited, made.column("calder")]))
    wait_for(page, made.item(2))
    column = page.locator("[data-column=northwind]")
    assert column.locator("code").text_content() == "northwind fares"
    assert "wb-wide" in column.get_attribute("class")
    assert keys(page) == [made.item(2)["key"]]
    assert kept.is_visible()


def test_what_grows_while_somebody_reads_keeps_its_place_and_is_no_news(serve, visit, made):
    items = [made.item(n) for n in range(1, 60)]
    server = serve(made.column("northwind", items))
    page = visit(server.url)
    scroll(page, 2500)
    grown = next(item for item in items if place(page, item) > 300)
    before = place(page, grown)
    again = made.item(0, key=grown["key"], text="Reposted, and so at the top")
    server.update("northwind", again)
    page.get_by_text("Reposted, and so at the top").wait_for()
    assert place(page, grown) == before
    assert not page.locator(".wb-pill").is_visible()
    page.keyboard.press("j")
    page.keyboard.press(".")
    server.update("northwind", again)
    page.wait_for_function(
        "(key) => document.querySelector('[data-item]').dataset.item === key", arg=grown["key"]
    )
    assert len(keys(page)) == 59


def test_what_is_folded_away_or_changed_in_one_column_stays_in_another(serve, visit, made):
    lead, copy = made.item(1), made.item(2)
    server = serve(made.column("northwind", [lead, copy]), made.column("calder", [copy]))
    page = visit(server.url)
    grown = made.item(1, text="and 1 alike")
    server.send(
        "update",
        columns={"northwind": {"changed": [grown], "gone": [copy["key"]]}},
    )
    page.get_by_text("and 1 alike").wait_for()
    assert keys(page) == [lead["key"]]
    assert keys(page, "calder") == [copy["key"]]
