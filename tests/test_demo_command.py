"""`workbench demo`, `up` and `serve` from the outside: a process, its page, how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest
from loopback import serving
from processes import is_of
from publishing import read_state

PATIENCE = 160  # seconds; only to end a test that hangs


@pytest.fixture
def started(tmp_path):
    """Start commands in an empty home, and end them."""
    processes = []

    def start(*arguments):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        environment |= {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench", *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        processes.append((process, watch))
        return process

    yield start
    for process, watch in processes:
        process.kill()
        process.communicate()
        watch.cancel()


def read(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return answer.read().decode()


def events(url):
    """Yield (event, data) of a stream of server-sent events."""
    name = ""
    with urllib.request.urlopen(url, timeout=PATIENCE) as stream:
        for raw in stream:
            line = raw.decode().rstrip("\n")
            if line.startswith("event:"):
                name = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                yield name, json.loads(line.removeprefix("data:"))


def test_the_demo_fills_its_page_goes_on_living_and_ends_when_told(started, tmp_path):
    process = started("demo", "--no-browser", "--port", "0", "--speed", "30")
    address = process.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address), process.stderr.read()
    page = read(address)
    state = read_state(page)
    assert "Recorded or made-up posts, played back." in page
    columns = {column["type"]: column for column in state["columns"]}
    posts = ["search", "hashtag", "people", "newswire", "filings"]
    assert set(columns) == {*posts, "stories", "trending", "sentiment"}
    for kind in posts:
        assert columns[kind]["items"], kind
    assert 'class="wb-line wb-neg" d="M' in page
    before = {item["key"] for column in columns.values() for item in column.get("items", [])}
    for name, data in events(f"{address}events?deck=demo"):
        parts = data.get("columns", {}).values() if name == "update" else ()
        fresh = {item["key"] for part in parts for item in part.get("add", [])}
        if fresh - before:
            break
    # What rises may come with the first minutes that are played: at some hours all is usual.
    while read(address).count('class="wb-term wb-row wb-entry"') <= 2:
        time.sleep(0.2)
    for _ in range(2):  # as `timeout` sends it
        process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in process.stderr.read()
    assert not list(tmp_path.glob("workbench-demo-*"))


@pytest.mark.long
def test_a_demo_that_is_interrupted_while_it_loads_ends_in_good_order(started, tmp_path):
    process = started("demo", "--no-browser", "--port", "0")
    assert "25 %" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in process.stderr.read()
    assert not list(tmp_path.glob("workbench-demo-*"))


FEED = """<rss version="2.0"><channel><title>F</title><item><guid>1</guid>
<title>Acme buys Globex</title><pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>
</channel></rss>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def deck(tmp_path):
    """A deck on a feed that this process serves."""
    (tmp_path / "rss.xml").write_text(FEED)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    path = tmp_path / "ceo.yaml"
    path.write_text(
        "title: Acme\nsources:\n"
        f"  - {{collector: feeds, url: 'http://127.0.0.1:{server.server_port}/rss.xml'}}\n"
        "columns:\n  - {type: search, title: Us, query: acme}\n"
    )
    with serving(server):
        yield str(path)


def ask(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read().decode()


def test_one_process_collects_and_another_serves_the_same_store(started, deck, tmp_path):
    shared = ("--no-browser", "--port", "0", "--deck", deck, "--store", str(tmp_path / "s.db"))
    up = started("up", *shared)
    serve = started("serve", *shared, "--base-path", "/deck/", "--token", "a-secret")
    first = up.stdout.readline().strip()
    second = serve.stdout.readline().strip()
    assert second.endswith("/deck/")
    with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
        ask(second)
    for address, headers in ((first, {}), (second, {"Authorization": "Bearer a-secret"})):
        titles = []
        while not titles:
            state = read_state(ask(address, **headers))
            titles = [item["node"].h3.text for item in state["columns"][0]["items"]]
        assert titles == ["Acme buys Globex"]
        assert state["columns"][0]["items"][0]["published"]
    for process, number in ((up, signal.SIGTERM), (serve, signal.SIGINT)):
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        told = process.stderr.read()
        assert "Traceback" not in told
        assert "a-secret" not in told


@pytest.fixture
def going_on(started, tmp_path, demo_store):
    """A demo that goes on from a store that was loaded before."""
    address = demo_store(tmp_path / "demo.db")
    return started("demo", "--no-browser", "--port", "0", "--store", str(address))


def test_the_demo_writes_a_briefing_aside_and_links_it(going_on, tmp_path):
    process = going_on
    address = process.stdout.readline().strip()
    page = ""
    while 'href="/briefings/' not in page:
        time.sleep(0.5)
        page = ask(address)
    (link,) = [link for link in read_state(page)["links"] if "Briefing" in link["text"]]
    with urllib.request.urlopen(address.rstrip("/") + link["href"], timeout=PATIENCE) as answer:
        html = answer.read().decode()
    assert "a replay: an invented industry, nothing here is real" in html
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
    assert not list(tmp_path.glob("workbench-demo-*"))


@pytest.mark.long
def test_a_demo_that_ends_at_once_leaves_no_briefing_at_work(going_on, tmp_path):
    process = going_on
    assert process.stdout.readline().strip().startswith("http")
    children = []
    while not children:  # the briefing's process, then its kernel
        children = psutil.Process(process.pid).children(recursive=True)
        children = [each for each in children if is_of(each, "workbench.schedule.aside")]
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
    assert not any(child.is_running() for child in children)
    assert not list(tmp_path.glob("workbench-demo-*"))
