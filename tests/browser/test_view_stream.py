"""One stream of events: cut, resumed, shared among tabs, given up while nobody looks."""

import pytest
from waiting import until

pytestmark = pytest.mark.browser

HIDE = """(hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def wait_for(page, item):
    page.wait_for_selector(f"[data-item='{item['key']}']")


def wait_for_clients(page, server, n):
    until(page, lambda: len(server.clients) == n)


def test_a_cut_is_said_and_caught_up_with(serve, visit, made):
    server = serve(made.column("northwind", [made.item(1)]))
    page = visit(server.url)
    wait_for_clients(page, server, 1)
    server.cut()
    page.wait_for_selector(".wb-clock[data-level=failing]")
    assert "The server cannot be reached" in page.inner_text(".wb-notice")
    missed = made.item(0)
    server.update("northwind", missed)
    server.mend()
    wait_for(page, missed)
    page.wait_for_selector(".wb-clock[data-level=live]")
    assert page.inner_text(".wb-notice") == ""
    assert page.locator("[data-item]").count() == 2


def test_a_new_start_of_the_server_is_followed(serve, visit, made):
    server = serve(made.column("northwind", [made.item(1)]))
    page = visit(server.url)
    wait_for_clients(page, server, 1)
    fresh = made.item(0, key="bluesky:fresh")
    server.restart(made.state([made.column("northwind", [fresh])]))
    wait_for(page, fresh)
    assert page.locator("[data-item]").count() == 1
    later = made.item(0, key="bluesky:later")
    server.update("northwind", later)
    wait_for(page, later)


RECORD_NOTICES = """() => {
  const notice = document.querySelector('.wb-notice');
  window.said = [];
  new MutationObserver(() => window.said.push(
    [document.querySelector('.wb-clock').dataset.level, notice.textContent]))
    .observe(notice, { childList: true, characterData: true, subtree: true });
}"""


def test_silence_turns_amber_then_red_and_is_mended(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(1)]))
    context = browser.new_context()
    # Time passes as it is run, and not while the browser is busy.
    context.clock.install(time=0)
    context.clock.pause_at(1000)
    page = visit(server.url, context, run=500)
    # Once it has heard this, it has heard whatever else there was.
    server.update("northwind", made.item(0))
    wait_for(page, made.item(0))
    # It may be mended before a look from outside: what was said is written down inside.
    page.evaluate(RECORD_NOTICES)
    page.clock.run_for(29_000)
    assert page.evaluate("() => window.said") == []
    for _ in range(5):
        page.clock.run_for(5_000)
    page.wait_for_selector(".wb-clock[data-level=live]")
    said = page.evaluate("() => window.said")
    assert ["stale", "No news from the server since 09:14:07"] in said
    assert any(level == "failing" and "silent" in text for level, text in said)
    context.close()


def test_tabs_share_one_stream_and_the_next_takes_over(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(9)]))
    context = browser.new_context()
    tabs = [visit(server.url, context) for _ in range(8)]
    wait_for_clients(tabs[0], server, 1)
    first = made.item(3)
    server.update("northwind", first)
    for tab in tabs:
        wait_for(tab, first)
    tabs.pop(0).close()
    wait_for_clients(tabs[0], server, 1)
    second = made.item(2)
    server.update("northwind", second)
    for tab in tabs:
        wait_for(tab, second)
    wait_for_clients(tabs[0], server, 1)
    context.close()


def test_a_tab_that_comes_late_gets_what_it_missed(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(9)]))
    context = browser.new_context()
    early = visit(server.url, context)
    first, second = made.item(3), made.item(2)
    server.update("northwind", first)
    wait_for(early, first)
    late = visit(server.url, context)  # its state is that of the start
    server.update("northwind", second)
    wait_for(late, second)
    wait_for(late, first)
    for tab in (early, late):
        assert tab.locator("[data-item]").count() == 3
    context.close()


def test_without_locks_each_tab_holds_its_own_stream(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(9)]))
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    tabs = [visit(server.url, context) for _ in range(2)]
    wait_for_clients(tabs[0], server, 2)
    new = made.item(1)
    server.update("northwind", new)
    for tab in tabs:
        wait_for(tab, new)
    context.close()


def test_a_hidden_page_holds_no_stream_and_catches_up(serve, visit, made):
    server = serve(made.column("northwind", [made.item(9)]))
    page = visit(server.url)
    wait_for_clients(page, server, 1)
    page.evaluate(HIDE, True)
    wait_for_clients(page, server, 0)
    missed = made.item(1)
    server.update("northwind", missed)
    page.evaluate(HIDE, False)
    wait_for(page, missed)
    wait_for_clients(page, server, 1)


def test_the_leader_that_hides_hands_over(serve, visit, made, browser):
    server = serve(made.column("northwind", [made.item(9)]))
    context = browser.new_context()
    leader, other = visit(server.url, context), visit(server.url, context)
    wait_for_clients(leader, server, 1)
    leader.evaluate(HIDE, True)
    missed, later = made.item(2), made.item(1)
    server.update("northwind", missed)
    wait_for(other, missed)
    leader.evaluate(HIDE, False)
    server.update("northwind", later)
    wait_for(leader, later)
    wait_for(leader, missed)
    wait_for_clients(leader, server, 1)
    context.close()


def test_another_version_is_loaded_once(serve, visit, made):
    server = serve(made.column("northwind", [made.item(9)]))
    page = visit(server.url)
    wait_for_clients(page, server, 1)
    page.evaluate("window.before = true")
    server.send("beat", version="1")
    server.update("northwind", made.item(1))
    wait_for(page, made.item(1))
    assert page.evaluate("window.before")
    server.send("beat", version="2")
    page.wait_for_function("() => !window.before && document.querySelector('[data-item]')")
    page.evaluate("window.before = true")
    wait_for_clients(page, server, 1)
    server.send("beat", version="2")
    server.update("northwind", made.item(0))
    wait_for(page, made.item(0))
    assert page.evaluate("window.before")
