"""The executives' page as a person meets it: real Voila, real server, real browser."""

import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from loopback import free_port
from relay import Relay

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

POSTS = "[data-item]"
WELL = ".wb-clock[data-level='live']"
UNWELL = ".wb-clock[data-level='failing'], .wb-clock[data-level='stale']"
NEWEST = """() => Math.max(...[...document.querySelectorAll('[data-item] time')]
    .map((t) => Date.parse(t.dateTime)))"""


@contextmanager
def running(*arguments):
    command = [sys.executable, "-m", "workbench", *map(str, arguments), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                if re.match(r"http://\S+$", line.strip()):
                    break
            else:
                pytest.fail("no address was printed")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=120) == 0


@pytest.fixture(scope="module")
def address(tmp_path_factory, demo_store):
    return demo_store(tmp_path_factory.mktemp("demo") / "demo.db")


@pytest.fixture(scope="module")
def wire(address):
    port = free_port()
    with running("demo", "--port", port, "--speed", 6, "--store", address):
        relay = Relay(port)
        yield relay
        relay.close()


@pytest.fixture
def page(wire, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if "CSP" in m.text else None)
    page.on("dialog", lambda d: page.errors.append(f"dialog: {d.message}"))
    page.goto(f"http://127.0.0.1:{wire.port}/")
    page.wait_for_selector(POSTS)
    yield page
    wire.mend()
    context.close()


def columns(page):
    return page.locator("[data-column]").count()


def test_it_shows_ten_columns_with_posts(page):
    assert columns(page) == 10
    assert page.locator(POSTS).count() > 100
    page.wait_for_selector(".wb-clock[data-level]")  # the script has taken the page over
    assert "replay" in page.locator("body").inner_text().lower()
    assert not page.errors


def test_posts_published_after_it_opened_appear(page):
    opened = page.evaluate(NEWEST)
    page.wait_for_function(f"() => ({NEWEST})() > {opened} + 1000", timeout=60_000)
    assert not page.errors


def test_no_script_of_a_post_runs_and_no_link_leads_to_one(page):
    html = page.content()
    assert "<script>alert" not in html
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.protocol)")
    assert set(hrefs) <= {"http:", "https:"}
    scripts = page.eval_on_selector_all("script", "all => all.map((s) => s.type + '|' + s.src)")
    assert len(scripts) == 2
    assert not page.errors


def test_a_cut_of_ten_seconds_is_said_and_made_up_for(page, wire):
    before = page.evaluate(NEWEST)
    wire.cut()
    page.wait_for_selector(UNWELL, timeout=60_000)
    page.wait_for_timeout(10_000)
    wire.mend()
    page.wait_for_selector(WELL, timeout=60_000)
    page.wait_for_function(f"() => ({NEWEST})() > {before} + 10000", timeout=60_000)
    keys = page.eval_on_selector_all(
        "[data-column]",
        "all => all.map((c) => [...c.querySelectorAll('[data-item]')].map((e) => e.dataset.item))",
    )
    assert all(len(set(column)) == len(column) for column in keys)
    assert not page.errors


def test_eight_tabs_live_at_once(page, wire):
    context = page.context
    tabs = [page]
    for _ in range(7):
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{wire.port}/")
        tab.wait_for_selector(POSTS)
        tabs.append(tab)
    newest = [tab.evaluate(NEWEST) for tab in tabs]
    for tab, before in zip(tabs, newest, strict=True):
        tab.bring_to_front()
        tab.wait_for_function(f"() => ({NEWEST})() > {before}", timeout=60_000)


@pytest.mark.usefixtures("wire")
def test_it_recovers_by_itself_when_the_server_starts_anew(address, browser):
    """A process of its own serves the store that the demo goes on filling."""
    serve = ("serve", "--deck", "demo", "--store", address, "--port", free_port())
    context = browser.new_context()
    page = context.new_page()
    with running(*serve):
        page.goto(f"http://127.0.0.1:{serve[-1]}/")
        page.wait_for_selector(POSTS)
        before = page.evaluate(NEWEST)
    page.wait_for_selector(UNWELL, timeout=60_000)
    with running(*serve):
        page.wait_for_selector(WELL, timeout=60_000)
        page.wait_for_function(f"() => ({NEWEST})() > {before}", timeout=60_000)
    context.close()
