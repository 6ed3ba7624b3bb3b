"""The page over HTTP, as a browser asks for it."""

import gzip
import re
import threading
from contextlib import closing, suppress

import httpx
import psutil
import pytest
from processes import is_of
from publishing import SHOWS_THE_DECK, deck, markdown, notebook, post, read_state, said, streamed

from workbench import store
from workbench.errors import SettingError
from workbench.page import Page

HOSTILE = "northwind </script><script>alert(1)</script> <!-- & \u2028 \u2029 \U0001f680 \u202e"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with store.open(str(tmp_path_factory.mktemp("store") / "w.db")) as opened:
        for n in range(60):
            post(opened, n, f"northwind {n}")
        post(opened, "hostile", HOSTILE, author_name="</script>")
        yield opened


@pytest.fixture(scope="module")
def page(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    shown = [deck(folder), deck(folder, "cfo", "Finance <&>")]
    file = notebook(folder, SHOWS_THE_DECK, markdown("## Quarter ends *Friday*"))
    with Page(shown, opened, mode="replay", port=0, notebook=file) as page:
        yield page


@pytest.fixture
def client(page):
    with httpx.Client(base_url=page.address, timeout=30) as client:
        yield client


def test_the_address_is_known_once_it_serves(page):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", page.address)
    assert not page.address.endswith(":0/")


def test_a_page_that_nobody_wants_any_more_is_not_waited_for_and_ends(opened, tmp_path):
    given_up = threading.Event()
    given_up.set()
    shown = Page([deck(tmp_path)], opened, port=0)
    shown.start(unless=given_up)
    shown.stop()
    shown._left.join(60)
    assert not shown.is_left_behind


def test_the_page_holds_the_notebook_and_a_fresh_state(client):
    html = client.get("").text
    assert '<div class="wb-deck" data-deck="demo" data-base="/"><header class="wb-bar">' in html
    assert "Quarter ends <em>Friday</em>" in html
    assert "<title>Northwind Air</title>" in html
    state = read_state(html)
    assert state["deck"]["name"] == "demo"
    assert '<span class="wb-replay ' in html
    (tab,) = re.findall(r'<nav class="wb-tabs"[^>]*>(.*?)</nav>', html)
    assert tab.startswith('<a href="/deck/cfo" dir="auto">Finance &lt;&amp;&gt;</a>')
    assert [column["type"] for column in state["columns"]] == ["search", "trending"]
    assert len(state["columns"][0]["items"]) == 50


def test_what_a_post_says_stays_text(client):
    html = client.get("").text
    raw = html.partition('id="wb-state">')[2].partition("</script>")[0]
    assert not set(raw) & set("<>&\u2028\u2029")
    items = read_state(html)["columns"][0]["items"]
    item = next(item for item in items if item["key"].endswith("hostile"))
    assert item["node"].select_one(".wb-text").text == HOSTILE
    assert item["node"].select_one(".wb-name").text == "</script>"
    assert html.count("</script>") == 2  # of the script that is linked, and of the state


def test_each_deck_has_its_page(client):
    html = client.get("deck/cfo").text
    assert "<title>Finance &lt;&amp;&gt;</title>" in html
    assert 'data-deck="cfo"' in html
    assert read_state(html)["deck"]["name"] == "cfo"


def test_an_unknown_deck_leads_to_those_there_are(client):
    answer = client.get("deck/nothere")
    assert answer.status_code == 404
    assert 'href="/deck/cfo">Finance &lt;&amp;&gt;</a>' in answer.text


def test_it_is_packed_for_browsers_that_understand(client):
    packed = client.get("")
    assert packed.headers["content-encoding"] == "gzip"
    for refused in ("identity", "gzip;q=0", "br"):
        plain = client.get("", headers={"Accept-Encoding": refused})
        assert "content-encoding" not in plain.headers
        assert read_state(plain.text)["deck"]["name"] == "demo"


def test_the_whole_page_is_small(client):
    html = client.get("").text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    assert len(links) == 1  # the style sheet stands in the page
    files = [client.get(link) for link in links]
    assert {file.headers["content-encoding"] for file in files} == {"gzip"}
    sizes = [len(gzip.compress(html.encode(), 6))]
    sizes += [int(file.headers["content-length"]) for file in files]
    assert sum(sizes) <= 40_000  # one column of the six of the bar, which is 60 kB


def test_files_are_kept_by_their_mark_and_asked_for_again_without(client):
    link = re.search(r'src="(/static/[^"]+)"', client.get("").text)[1]
    kept = client.get(link)
    assert kept.headers["cache-control"] == "private, max-age=31536000, immutable"
    asked = client.get("static/deck.js")
    assert asked.headers["cache-control"] == "no-cache"
    mark = {"If-None-Match": asked.headers["etag"]}
    again = client.get("static/deck.js", headers=mark)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("static/server.py").status_code == 404


def test_nothing_can_be_written(client):
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
        for path in ("", "events", "older", "alerts", "static/deck.js", "nowhere"):
            answer = client.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "api/kernels",
        "api/contents",
        "api/sessions",
        "voila/files/deck.ipynb",
        "voila/static/voila.js",
        "voila/templates/base/static/voila.js",
        "voila/labextensions/x",
        "voila/api/shutdown/x",
        "voila/render/deck.ipynb",
        "login",
        "static/../server.py",
        "static/%2e%2e%2fserver.py",
        "deck/..%2f..%2fetc",
    ],
)
def test_nothing_of_voila_or_jupyter_is_open(client, path):
    assert client.get(path).status_code == 404


def test_head_gives_the_headers_alone(client):
    for path in ("", "deck/cfo", "static/deck.js", "healthz", "events"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert "etag" in answer.headers or answer.headers["cache-control"].startswith("no-store")


def test_headers_let_a_browser_do_only_what_the_page_needs(client):
    for path in ("", "nowhere", "healthz", "static/notebook.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_another_host_s_name_is_refused(client):
    for host in ("evil.example", "evil.example:8866", "127.0.0.1.evil.example"):
        answer = client.get("", headers={"Host": host})
        assert answer.status_code == 421
        assert "northwind" not in answer.text.lower()
    assert client.get("healthz", headers={"Host": "localhost:1"}).status_code == 200


def test_older_items_follow_the_page(client):
    column = read_state(client.get("").text)["columns"][0]
    asked = {"deck": "demo", "column": column["key"], "before": column["more"]}
    older = client.get("older", params=asked).json()
    assert len(older["items"]) == 11
    shown = {item["key"] for item in column["items"]}
    assert not shown & {item["key"] for item in older["items"]}
    assert older["more"] is None


def test_items_that_came_since_a_visit_are_asked_for_by_who_has_one(client, opened):
    column = read_state(client.get("").text)["columns"][0]["key"]
    asked = {"column": column, "before": "2100-01-01T00:00:00Z"}
    told = client.get("older", params=asked | {"since": "2020-01-01T00:00:00Z"}).json()
    assert len(told["items"]) == len(opened.search("northwind", limit=1000)) > 50
    told = client.get("older", params=asked | {"since": "2099-01-01T00:00:00Z"}).json()
    assert told == {"items": [], "more": None}
    assert client.get("older", params=asked | {"since": "once"}).status_code == 400


def test_a_page_in_the_background_may_ask_for_alerts(client):
    assert client.get("alerts").json() == {"columns": {}}  # no column has a rule
    assert client.get("alerts", params={"deck": "nowhere"}).status_code == 404


def test_older_items_of_what_is_not_there(client):
    column = read_state(client.get("").text)["columns"][0]["key"]
    assert client.get("older").status_code == 400
    assert client.get("older", params={"column": "no", "before": "x"}).status_code == 404
    wrong = client.get("older", params={"column": column, "before": "\x00nonsense"})
    assert wrong.status_code == 400
    assert "Traceback" not in wrong.text


def test_a_post_that_comes_is_told_to_all_who_watch(page, client, opened):
    seq = read_state(client.get("").text)["seq"]
    got = []

    def watch():
        for _, _, data in streamed(f"{page.address}events?deck=demo&after={seq}", {"update"}):
            added = [
                item for part in data.get("columns", {}).values() for item in part.get("add", [])
            ]
            if any("northwind lands" in said(item) for item in added):
                got.append(added)
                return

    watchers = [threading.Thread(target=watch) for _ in range(8)]
    for watcher in watchers:
        watcher.start()
    post(opened, "lands", "northwind lands")
    for watcher in watchers:
        watcher.join(60)
    assert len(got) == 8


def test_who_comes_back_gets_what_was_missed(page, client, opened):
    seq = read_state(client.get("").text)["seq"]
    post(opened, "missed", "northwind missed")
    address = f"{page.address}events?deck=demo"
    events = streamed(address, {"update", "state"}, **{"Last-Event-ID": seq})
    with closing(events):
        for ident, kind, data in events:
            assert kind == "update"
            assert ident.partition("-")[0] == seq.partition("-")[0]
            if "northwind missed" in str(data):
                break


@pytest.mark.parametrize("last", ["", "other-3", "x", "-", "1-²", f"other-{'9' * 400}"])
def test_who_comes_from_elsewhere_gets_the_whole_state(page, last):
    headers = {"Last-Event-ID": last.encode("latin-1")}
    with closing(streamed(f"{page.address}events", {"state"}, **headers)) as events:
        ident, _, state = next(events)
    assert ident == state["seq"]
    assert state["columns"][0]["items"]


def test_a_stream_begins_with_a_sign_of_life_and_is_not_held_up(page):
    with closing(streamed(f"{page.address}events", {"beat"})) as events:
        assert {"now", "version"} <= next(events)[2].keys()
    with httpx.stream("GET", f"{page.address}events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["cache-control"] == "no-store, no-transform"


def test_no_kernel_is_left(client):
    client.get("deck/cfo")
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if is_of(child, "ipykernel")]


def test_a_store_that_cannot_be_read_is_said_without_its_path(tmp_path, caplog):
    with store.open(str(tmp_path / "w.db")) as closed:
        shown = deck(tmp_path)
    with Page([shown], closed, port=0, notebook=notebook(tmp_path, SHOWS_THE_DECK)) as page:
        answers = [httpx.get(page.address + path, timeout=30) for path in ("", "events")]
        assert httpx.get(f"{page.address}healthz").status_code == 200
    for answer in answers:
        assert answer.status_code == 500
        assert "as soon as the store can be read" in answer.text
        assert str(tmp_path) not in answer.text
    assert "w.db is closed" in caplog.text


def test_it_stops_and_leaves_the_port_and_the_threads(opened, tmp_path):
    page = Page([deck(tmp_path)], opened, port=0, notebook=notebook(tmp_path, SHOWS_THE_DECK))
    before = set(threading.enumerate())
    page.stop()  # harmless before the start
    page.start()
    port = int(page.address.rstrip("/").rpartition(":")[2])
    with httpx.stream("GET", f"{page.address}events") as answer:
        lines = answer.iter_lines()
        assert next(lines)
        page.stop()
        with suppress(httpx.RemoteProtocolError):  # cut, as a server that goes
            list(lines)
    page.stop()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not [name for name in left if name.startswith(("page", "board"))]
    again = Page([deck(tmp_path)], opened, port=port, notebook=notebook(tmp_path))
    again.start()
    again.stop()


def test_a_taken_port_is_named_with_the_remedy(page, opened, tmp_path):
    port = int(page.address.rstrip("/").rpartition(":")[2])
    second = Page([deck(tmp_path)], opened, port=port)
    with pytest.raises(SettingError, match=rf"port {port} .*taken.*--port"):
        second.start()
    second.stop()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"port": 70000}, "70000 is no port"),
        ({"host": "203.0.113.7", "token": "t", "port": 0}, "no address of this machine"),
        ({"host": "no such host", "token": "t", "port": 0}, "no address of this machine"),
    ],
)
def test_settings_that_cannot_work_are_said_at_the_start(opened, tmp_path, settings, message):
    with pytest.raises(SettingError, match=message):
        Page([deck(tmp_path)], opened, **settings).start()


def test_decks_are_there_and_differ(opened, tmp_path):
    with pytest.raises(SettingError, match="no deck to show"):
        Page([], opened)
    with pytest.raises(SettingError, match="two decks are named 'demo'"):
        Page([deck(tmp_path), deck(tmp_path)], opened)


@pytest.mark.parametrize(
    "time", ["0001-01-01", "9999-12-31", "9" * 30, "-1", "nan", "x", "9999999d"]
)
@pytest.mark.parametrize("name", ["before", "since"])
def test_times_that_nobody_can_reckon_with_are_an_answer_and_no_fault(client, name, time):
    column = read_state(client.get("").text)["columns"][0]["key"]
    asked = {"column": column, "before": "2026-11-30T00:00:00Z", "since": "2026-11-01", name: time}
    assert client.get("older", params=asked).status_code in {200, 400}


def test_a_deck_that_comes_gets_its_tab_and_page(opened, tmp_path):
    first, later = deck(tmp_path), deck(tmp_path, "cfo", "Finance")
    file = notebook(tmp_path, markdown("said"))
    told = iter([[later]])
    given = {"notebook": file, "primer": tmp_path / "none.ipynb", "briefings": tmp_path}
    with (
        Page([first], opened, port=0, coming=lambda: next(told, []), **given) as page,
        httpx.Client(base_url=page.address, timeout=30) as client,
    ):
        assert client.get("deck/cfo").status_code == 404
        for number, kind, state in streamed(f"{page.address}events?deck=demo", ["state"]):
            assert (kind, bool(number)) == ("state", True)
            names = [each["name"] for each in state["decks"]]
            if len(names) == 2:
                break
        assert names == ["demo", "cfo"]
        assert "<title>Finance</title>" in client.get("deck/cfo").text
        assert [column["type"] for column in read_state(client.get("deck/cfo").text)["columns"]]
