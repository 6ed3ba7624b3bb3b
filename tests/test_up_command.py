"""`workbench up` as it is typed: two on one store, told to read anew, and told to end."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest
from click.testing import CliRunner
from loopback import serving

from workbench import store
from workbench.cli import group

OPTIONS = (
    *("--deck", "ceo.yaml", "--store", "w.db", "--port", "0", "--no-browser"),
    *("--metrics-port", "0", "--log-format", "json"),
)
ITEM = (
    "<item><guid>{0}</guid><title>{0}</title>"
    "<pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>"
)


@pytest.fixture(scope="module")
def site():
    """A web site with a feed that counts its readers, and a path that never answers."""
    over, seen = threading.Event(), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            if self.path == "/hang":
                over.wait(120)
            items = "".join(map(ITEM.format, ("one", "two", "three")))
            body = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}", seen
        over.set()


@pytest.fixture
def up(tmp_path):
    """What starts `workbench up` here, and returns the process and the file of its log."""
    started, numbers = [], count()

    def start(*arguments):
        log = tmp_path / f"{next(numbers)}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "workbench", "up", *OPTIONS, *arguments],
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )
        started.append(process)
        return process, log

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true, *, seconds=90.0):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
    return found


def write_deck(folder, site, *paths, query="one"):
    sources = "".join(f"  - {{collector: feeds, url: '{site}{p}', every: 1h}}\n" for p in paths)
    columns = f"columns:\n  - {{type: search, title: A, query: {query}}}\n"
    (folder / "ceo.yaml").write_text(f"title: T\nsources:\n{sources}{columns}")


def status(folder):
    told = CliRunner().invoke(group, ["status", "--json", "--store", str(folder / "w.db")])
    states = map(json.loads, told.output.splitlines())
    return {state["key"].rpartition("/")[2]: state for state in states}


def test_of_two_on_one_store_one_collects_and_the_other_goes_on_when_it_is_killed(
    up, site, tmp_path
):
    host, seen = site
    write_deck(tmp_path, host, "/feed", "/hang")
    with store.open(tmp_path / "w.db", floor=0) as opened:
        # Of the two sources, and of the stories.
        def holders(is_held):
            return [each.process for each in opened.leases() if each.is_held is is_held]

        first, _ = up()
        until(lambda: len(opened.search(None)) == 1)
        second, log = up()
        until(lambda: holders(is_held=False) == [second.pid] * 3)
        until(lambda: f"process {first.pid} collects it into the same store" in log.read_text())
        assert holders(is_held=True) == [first.pid] * 3
        assert seen.count("/feed") == 1
        until(lambda: "/metrics" in log.read_text())
        address = re.search(r"http://127[\d.:]+/metrics", log.read_text())[0]
        with urllib.request.urlopen(address, timeout=60) as answer:
            figures = answer.read().decode()
        assert re.findall(r"source_lease{.*} (.*)", figures) == ["0.0", "0.0"]
        assert "workbench_page_viewers 0.0" in figures
        told = status(tmp_path)["feed"]
        assert (told["state"], told["process"], told["waiting"]) == (
            "live",
            first.pid,
            [second.pid],
        )

        first.send_signal(signal.SIGKILL)
        first.wait()
        until(lambda: seen.count("/feed") == 2)
        until(lambda: "feed: live" in log.read_text())
        assert holders(is_held=True) == [second.pid] * 3
        assert [item.title for item in opened.search(None)] == ["one"]

        # A column more, and the word to look.
        write_deck(tmp_path, host, "/hang", "/other", query="two OR three")
        second.send_signal(signal.SIGHUP)
        until(lambda: "planned anew as asked" in log.read_text())
        until(lambda: len(opened.search(None)) == 3)
        until(lambda: "other: live" in log.read_text())  # said a moment after what came is stored
        assert sorted(each.source.rpartition("/")[2] for each in opened.leases()) == [
            "hang",
            "other",
            "stories",
        ]

        # One of its sources hangs in the middle of an answer: it ends all the same.
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
        assert opened.leases() == []
        assert len(opened.search(None)) == 3
        assert opened.check() == []
    told = status(tmp_path)["other"]
    assert told["state"] == "failing"
    assert "process" not in told
    said = [json.loads(line) for line in log.read_text().splitlines()]
    assert not [each for each in said if "error" in each]
    assert {each["source"].rpartition("/")[2] for each in said if "source" in each} == {
        "feed",
        "hang",
        "other",
    }
