"""One post opened over HTTP: what a viewer may ask for, and what a page may load."""

from datetime import UTC, datetime

import httpx
import pytest
from publishing import SHOWS_THE_DECK, deck, notebook, post

from workbench import decks, store
from workbench.columns.tree import strings
from workbench.items import Deletion, Item, Media, ParseResult
from workbench.page import Page

DECK = """
title: Northwind Air
mutes:
  - account: eve.example
columns:
  - {type: search, title: Northwind, query: northwind}
  - {type: trending, title: Trending}
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with store.open(str(tmp_path_factory.mktemp("store") / "w.db")) as opened:
        post(opened, 1, "northwind has my bag", media=(Media("image", "https://cdn.example/a"),))
        post(opened, 2, "which one?", kind="reply", reply_to=key(1).partition(":")[2])
        post(opened, 3, "calder has none")
        muted = Item(
            source="bluesky",
            id=key(4).partition(":")[2],
            text="northwind lies",
            published="2026-11-01",
            author="eve.example",
        )
        opened.add([muted])
        yield opened


@pytest.fixture(scope="module")
def page(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "demo.yaml").write_text(DECK)
    shown = [decks.load(folder / "demo.yaml"), deck(folder, "cfo")]
    with Page(shown, opened, port=0, notebook=notebook(folder, SHOWS_THE_DECK)) as page:
        yield page


@pytest.fixture
def ask(page):
    def asked(**fields):
        return httpx.get(f"{page.address}post", params=fields, timeout=30)

    return asked


def key(n):
    return f"bluesky:at://did:plc:a/app.bsky.feed.post/{n}"


def test_a_post_comes_with_its_thread_as_elements(ask):
    answer = ask(column="northwind", item=key(1))
    assert answer.status_code == 200
    text = " ".join(map(strings, answer.json()["nodes"]))
    assert "northwind has my bag" in text
    assert "which one?" in text
    assert "It says “northwind”." in text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_deck_is_named_as_in_every_other_question(ask):
    assert ask(column="northwind", item=key(1), deck="cfo").status_code == 200
    assert ask(column="northwind", item=key(1), deck="coo").status_code == 404


@pytest.mark.parametrize(
    ("column", "item"),
    [
        ("northwind", key(3)),  # the column's query does not find it
        ("northwind", key(2)),  # stands in a thread, but not in the column
        ("northwind", key(4)),  # muted
        ("northwind", key(9)),
        ("northwind", ""),
        ("northwind", "x" * 5000),
        ("northwind", "' OR 1=1 --"),
        ("trending", key(1)),
        ("nowhere", key(1)),
        ("", key(1)),
    ],
)
def test_what_the_column_does_not_show_is_not_opened(ask, column, item):
    answer = ask(column=column, item=item)
    assert answer.status_code == 404
    assert "Not shown here" in answer.text or item == "x" * 5000
    assert "bag" not in answer.text
    assert "lies" not in answer.text


def test_a_question_that_lacks_something_is_not_understood(ask, page):
    assert ask(column="northwind").status_code == 400
    assert ask(item=key(1)).status_code == 400
    assert httpx.post(f"{page.address}post").status_code == 405


def test_what_was_withdrawn_is_not_opened_from_memory_for_long(opened, ask):
    post(opened, 5, "northwind is sorry")
    assert ask(column="northwind", item=key(5)).status_code == 200
    gone = ParseResult()
    gone.deletions.append(Deletion("bluesky", key(5).partition(":")[2], datetime.now(UTC)))
    opened.apply(gone)
    answer = ask(column="northwind", item=key(5))
    while answer.status_code == 200:  # a moment
        answer = ask(column="northwind", item=key(5))
    assert answer.status_code == 404


def test_words_are_looked_for_in_all_columns_and_not_by_too_many_at_once(ask, monkeypatch):
    found = ask(column="", item="find:bag").json()["nodes"]
    assert "northwind has my bag" in " ".join(map(strings, found))
    monkeypatch.setattr("workbench.page.seeking.EACH", 0)
    (busy,) = ask(column="", item="find:bags").json()["nodes"]
    assert "Look again in a few seconds" in strings(busy)
    assert ask(column="northwind", item=key(1)).status_code == 200


def test_only_who_is_signed_in_opens_posts(opened, tmp_path):
    shown = [deck(tmp_path)]
    file = notebook(tmp_path, SHOWS_THE_DECK)
    with Page(shown, opened, port=0, notebook=file, token="secret-token") as page:
        bare = page.address.partition("?")[0]
        url = f"{bare}post?column=northwind&item={key(1)}"
        assert httpx.get(url).status_code == 401
        known = {"Authorization": "Bearer secret-token"}
        assert httpx.get(url, headers=known).status_code == 200


def test_a_decks_page_may_load_pictures_over_https_and_nothing_else_may(page):
    policy = httpx.get(page.address).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["img-src"] == "'self' data: https:"
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == rules["script-src"] == "'self'"
    assert "media-src" not in rules
    for path in ("post?column=northwind&item=x", "older?column=northwind&before=1h", "nowhere"):
        other = httpx.get(page.address + path).headers["Content-Security-Policy"]
        assert "https:" not in other


def test_the_page_itself_loads_no_picture_until_a_click(page):
    html = httpx.get(page.address).text
    assert "<img" not in html
    assert 'data-src="https://cdn.example/a"' in html
    assert "load from cdn.example" in html
