"""Briefings on the page: linked, listed, read, and able to do nothing."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from publishing import deck, notebook, read_state, streamed

from workbench import store
from workbench.documents import Shelf, mark
from workbench.page import Page
from workbench.page.briefings import links

TODAY = datetime.now(UTC).replace(microsecond=0)


def put(folder, name, text="A quiet night", **told):
    known = {"notebook": "briefing", "deck": "demo", "made": TODAY, "is_failed": False} | told
    (folder / name).write_text(f"<!doctype html><head>{mark(**known)}</head><p>{text}")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The page, and the folder that it looks into; a secret lies beside that."""
    outer = tmp_path_factory.mktemp("page")
    folder = outer / "briefings"
    folder.mkdir()
    (outer / "secret.html").write_text("secret")
    with store.open(str(outer / "w.db")) as opened:
        shown = [deck(outer), deck(outer, "cfo", "Finance")]
        settings = {"port": 0, "base_path": "/board", "notebook": notebook(outer)}
        with Page(shown, opened, briefings=folder, **settings) as page:
            yield page, folder


@pytest.fixture
def folder(served):
    for path in served[1].iterdir():
        path.unlink()
    return served[1]


@pytest.fixture
def page(served):
    return served[0]


def ask(page, path="", **headers):
    return httpx.get(page.address + path, timeout=30, headers=headers)


def linked(html):
    """Return the links of a page's state, less the one that explains the page."""
    return briefings(read_state(html))


def briefings(state):
    own = ("/board/primer", "/board/deck/cfo", "/board/deck/demo")
    return [link for link in state["links"] if link["href"] not in own]


def words(moment=TODAY):
    return f"{moment.day} {moment:%b}"


def test_the_state_links_the_newest_that_is_about_the_deck(page, folder):
    assert linked(ask(page).text) == []
    earlier = {"text": "Earlier", "href": "/board/briefings/"}
    put(folder, "old.html", made=TODAY - timedelta(days=40))
    put(folder, "failed.html", is_failed=True, made=TODAY + timedelta(seconds=1))
    put(folder, "a b.html")
    seq = read_state(ask(page).text)["seq"]
    # Whoever has the page open is told as well.
    with closing(streamed(f"{page.address}events?after={seq}", {"state"})) as events:
        _, _, state = next(events)
    assert state["columns"]
    told = briefings(state)
    newest = {"text": f"Briefing, {words()}", "href": "/board/briefings/a%20b.html"}
    assert told == [newest, earlier]
    while linked(ask(page).text) != told:  # the test's time limit is the limit
        time.sleep(0.1)
    assert linked(ask(page, "deck/cfo").text) == []
    address = httpx.URL(page.address).join(told[0]["href"])
    assert "A quiet night" in httpx.get(address).text


def test_a_lone_document_has_none_before_it(tmp_path):
    put(tmp_path, "a.html")
    (link,) = links(Shelf(tmp_path), "/", deck="demo", zone="UTC")
    assert link == {"text": f"Briefing, {words()}", "href": "/briefings/a.html"}


def test_a_document_may_run_nothing_and_fetch_nothing(page, folder):
    put(folder, "a.html", "<script>alert(1)</script>")
    answer = ask(page, "briefings/a.html")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_list_names_each_and_says_which_failed(page, folder):
    empty = ask(page, "briefings/").text
    assert "workbench brief" in empty
    put(folder, "a.html", notebook="weekly-report", deck="<b>")
    put(folder, "b.html", is_failed=True)
    html = ask(page, "briefings/").text
    assert '<a href="/board/briefings/a.html">Weekly report, ' in html
    assert "&lt;b&gt;" in html
    assert "could not be made" in html
    assert "b.html" not in html
    assert 'href="/board/"' in html
    assert ask(page, "briefings").text == html


@pytest.mark.parametrize(
    "name",
    [
        "../secret.html",
        "..%2fsecret.html",
        "%2e%2e%2fsecret.html",
        "..%5csecret.html",
        "....//secret.html",
        "%2fetc%2fpasswd",
        "failed.html",
        "plain.html",
        "nothere.html",
        "a.html%00",
        "%F0%9F",
    ],
)
def test_only_what_the_list_holds_is_ever_served(page, folder, name):
    put(folder, "failed.html", is_failed=True)
    (folder / "plain.html").write_text("not a run's")
    answer = ask(page, f"briefings/{name}")
    assert answer.status_code in {400, 404}
    assert "secret" not in answer.text


def test_nothing_can_be_written_there(page, folder):
    put(folder, "a.html")
    for path in ("briefings/", "briefings/a.html"):
        assert httpx.post(page.address + path).status_code == 405


def test_the_same_guard_stands_before_them(tmp_path, folder):
    put(folder, "a.html")
    with (
        store.open(str(tmp_path / "w.db")) as opened,
        Page(
            [deck(tmp_path)],
            opened,
            token="let-me-in",
            port=0,
            notebook=notebook(tmp_path, "1"),
            briefings=folder,
        ) as page,
    ):
        httpx.get(page.address, timeout=30, follow_redirects=True)  # the first render is done
        bare = page.address.partition("?")[0]
        for path in ("briefings/", "briefings/a.html"):
            assert httpx.get(bare + path).status_code == 401
            signed = httpx.get(bare + path, headers={"Authorization": "Bearer let-me-in"})
            assert signed.status_code == 200
