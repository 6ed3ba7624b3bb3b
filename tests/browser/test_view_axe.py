"""The page with every type of column, as axe-core judges it for all who hear, type or see less."""

from datetime import UTC, datetime, timedelta

import pytest
from axe import violations
from publishing import SHOWS_THE_DECK, markdown, notebook

from workbench import decks, store
from workbench.items import Item, Media
from workbench.page import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DECK = """
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
  - {collector: feeds, url: "https://wire.example/rss", tier: wire, label: Harbour Wire}
lists:
  voices: [ana.example]
columns:
  - {type: search, title: Northwind, query: "northwind OR #delay", alert: each, colour: amber}
  - {type: hashtag, title: Ground, any: [delay], collapsed: true}
  - {type: people, title: Ana, accounts: [ana.example], media: small, width: narrow}
  - {type: list, title: Voices, list: voices, width: wide}
  - {type: merged, title: Both, columns: [northwind, ground]}
  - {type: newswire, title: Newswire}
  - {type: filings, title: Filings}
  - {type: trending, title: Trending}
  - {type: sentiment, title: Mood}
  - {type: share-of-voice, title: Share, queries: {Northwind: northwind, Calder: calder}}
  - {type: stories, title: Stories}
  - {type: alerts, title: Alerts}
  - {type: since-last-visit, title: New}
  - {type: source-health, title: Sources}
  - {type: briefings, title: Briefings}
"""


def post(n, text, **fields):
    told = {"source": "bluesky", "author": "ana.example", "author_name": "Ana", "lang": "en"}
    when = datetime.now(UTC) - timedelta(minutes=9 * n)
    return Item(id=f"at://post/{n}", text=text, published=when, **told | fields)


POSTS = [
    *(post(n, f"northwind at gate {n} is late and people are angry #delay") for n in range(6)),
    post(40, "northwind is kind, thank you", likes=3, reposts=2, replies=1),
    post(41, "northwind", media=[Media("image", "https://cdn.example/a.png", "a queue")]),
    post(42, "calder " + "says so much in so many words " * 20, kind="reply", reply_to="x"),
    post(43, "northwind is seen", sensitive=True, url="https://bsky.example/post/43"),
    post(44, "Northwind says so.", source="feeds", tier="wire", kind="release", title="Northwind"),
]
LOOKS = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"color_scheme": "light", "contrast": "more"},
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "air.yaml").write_text(DECK)
    deck = decks.load(folder / "air.yaml")
    with store.open(str(folder / "w.db")) as opened:
        opened.add(POSTS)
        now = datetime.now(UTC)
        for source in deck.sources:
            opened.cover(source.key, "", now - timedelta(days=8), now, "ok")
        shown = notebook(folder, SHOWS_THE_DECK, markdown("## Quarter ends *Friday*"))
        said = {"notebook": shown, "primer": shown, "briefings": folder}
        with Page([deck], opened, port=0, **said) as page:
            yield page.address


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(look.values()))
def test_nothing_is_wrong_with_the_page_in_any_of_its_looks(address, visit, look):
    page = visit(address, viewport={"width": 5000, "height": 900}, **look)
    page.wait_for_selector("[data-column=sources] .wb-row")
    assert page.locator("[data-column]").count() == 15
    assert violations(page) == []


def test_nothing_is_wrong_with_what_opens_over_it(address, visit):
    page = visit(address)
    page.locator(".wb-clock").click()
    assert page.get_by_role("region", name="All sources").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    for key, shown in (("?", ".wb-help"), ("x", ".wb-sheet .wb-reasons"), (";", ".wb-find")):
        page.locator("[data-column=northwind] [data-item]").first.focus()
        page.keyboard.press(key)
        page.wait_for_selector(shown)
        assert violations(page) == [], key
        page.keyboard.press("Escape")


def test_nothing_is_wrong_with_it_on_a_phone(address, visit):
    page = visit(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.locator(".wb-turn").first.is_visible()
    assert violations(page) == []
