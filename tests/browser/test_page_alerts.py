"""Alerts on the real page: a real store, the real service and server, a real browser."""

from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from loopback import free_port

from workbench import decks, store
from workbench.http import Client
from workbench.items import Item
from workbench.page import Page
from workbench.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DECK = """
title: Northwind Air
columns:
  - {type: alerts, title: Alerts}
  - {type: since-last-visit, title: Fresh}
  - {type: search, title: Northwind, query: northwind, alert: {at_least: 3, within: 1h}}
  - {type: search, title: Calder, query: calder, alert: each}
"""


class Setting:
    """A store that outlives the processes that serve it."""

    def __init__(self, folder):
        file = folder / "ceo.yaml"
        file.write_text(DECK)
        self.deck = decks.load(file)
        self.path = folder / "w.db"
        self.port = free_port()
        self.made = 0

    @contextmanager
    def running(self):
        """Collect and serve, always under the same address."""
        with ExitStack() as stack:
            opened = stack.enter_context(store.open(self.path, floor=0))
            client = stack.enter_context(closing(Client()))
            stack.enter_context(Service([self.deck], opened, client))
            page = Page([self.deck], opened, port=self.port)
            stack.enter_context(page)
            self.store = opened
            yield page.address

    def post(self, text):
        self.made += 1
        now = datetime.now(UTC)
        item = Item(source="bluesky", id=f"n{self.made}", text=text, published=now, collected=now)
        self.store.add([item])


@pytest.fixture
def setting(tmp_path):
    return Setting(tmp_path)


def titled(page, title):
    page.wait_for_function("(title) => document.title === title", arg=title, timeout=60_000)


def test_an_alert_appears_live_is_looked_at_and_survives_a_restart(setting, browser):
    context, other = browser.new_context(), browser.new_context()
    page = context.new_page()
    with setting.running() as address:
        page.goto(address)
        page.wait_for_selector("text=No alert has been told yet")
        for n in range(3):
            setting.post(f"northwind <b>{n}")
        setting.post("calder")
        page.wait_for_selector("text=3 posts within an hour", timeout=60_000)
        titled(page, "(2) Northwind Air")
        page.wait_for_selector("[data-column=northwind] .wb-badge:text-is('1 alert')")
        assert "northwind <b>0" in page.inner_text("[data-column=alerts]")
        told = httpx.get(f"{address}alerts", timeout=60).json()["columns"]
        assert {key: len(part["alerts"]) for key, part in told.items()} == {
            "northwind": 1,
            "calder": 1,
        }
        # Who comes only now is told of it in the column, but has missed nothing.
        second = other.new_page()
        second.goto(address)
        second.wait_for_selector("text=3 posts within an hour")
        titled(second, "Northwind Air")
        page.click("text=3 posts within an hour")
        page.wait_for_function("() => document.activeElement.dataset.item === 'bluesky:n1'")
        titled(page, "Northwind Air")  # by way of the column that shows the alerts of all
        setting.post("northwind again")
        page.wait_for_selector("text=4 posts within an hour", timeout=60_000)
        assert page.title() == "Northwind Air"
        page.goto("about:blank")
    with setting.running() as address:
        page.goto(address)
        page.wait_for_selector("text=4 posts within an hour")
        titled(page, "Northwind Air")
        setting.post("calder again")
        titled(page, "(1) Northwind Air")
        assert page.locator("[data-column=alerts] li").count() == 3
    context.close()
    other.close()


def test_what_is_new_since_a_visit_is_each_viewer_s_own(setting, browser):
    with setting.running() as address:
        setting.post("northwind one")
        first, second = browser.new_context(), browser.new_context()
        page = first.new_page()
        page.goto(address)
        page.wait_for_selector("text=1 new in the last 24 hours; this is your first visit.")
        # Away since then for an hour, as far as this browser remembers.
        page.goto(f"{address}healthz")
        page.evaluate(
            """() => {
                const key = Object.keys(localStorage).find((name) => name.startsWith("wb-visit"));
                const kept = JSON.parse(localStorage[key]);
                localStorage[key] = JSON.stringify({ ...kept, left: kept.left - 3600e3 });
            }"""
        )
        setting.post("calder two")
        page.goto(address)
        page.wait_for_selector("text=/^2 new since .*\\d\\d:\\d\\d\\.$/")
        setting.post("northwind three")
        page.wait_for_selector("text=/^3 new since/", timeout=60_000)
        assert page.locator("[data-column=fresh] [data-item]").count() == 3
        page = second.new_page()
        page.goto(address)
        page.wait_for_selector("text=3 new in the last 24 hours; this is your first visit.")
        first.close()
        second.close()
