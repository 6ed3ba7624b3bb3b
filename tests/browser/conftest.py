"""A browser for the browser tests, and a page of made-up data served over loopback."""

import json
import os
import queue
import shutil
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from waiting import patient

from workbench.clock import EPOCH
from workbench.columns.shell import frame, note, rows, say, section, top
from workbench.columns.strips import volume
from workbench.columns.wire import to_wire
from workbench.items import Item, Media
from workbench.widgets import script, style

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: https:; base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>deck</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="stylesheet" href="/static/page.css"><link rel="stylesheet" href="/static/deck.css">
</head><body><div class="wb-deck" data-deck="demo" data-base="/"></div>
<script type="application/json" id="wb-state">%s</script>
<script src="/static/deck.js" defer></script></body></html>"""
STATIC = {
    "/static/deck.js": ("text/javascript", script),
    "/static/deck.css": ("text/css", style),
    "/static/page.css": ("text/css", lambda: "body { margin: 0 }"),
}
NOW = 1_795_425_247_000  # 2026-11-23 09:14:07 UTC
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture(scope="module")
def browser():
    """Return a Chromium, as playwright drives it.

    Not for the whole session: while playwright is open an event loop runs in this thread, and
    tests with a loop of their own could not follow.
    """
    path = shutil.which("chromium") or "/usr/bin/chromium"
    missing = None
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed; run make test, which does it"
    else:
        if not Path(path).exists():
            missing = "no Chromium here; install Debian's chromium"
    if missing:
        if os.environ.get("WORKBENCH_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        # Times and numbers are written as the reader's browser has it.
        patient(chromium, locale="en-GB")
        yield chromium
        chromium.close()


def make_item(n, *, key=None, published=None, shown=None, **fields):
    """Return a made-up post, n minutes old, as the page gets it; `shown` says how it is drawn."""
    source, _, ident = (key or f"bluesky:at://post/{n}").partition(":")
    millis = NOW - n * MINUTE if published is None else published
    known = {
        "author": f"person{n % 7}.example",
        "author_name": f"Person {n % 7}",
        "author_url": f"https://bsky.app/profile/person{n % 7}.example",
        "text": f"Post number {n} about Northwind and what it does at Kestrel Valley today.",
        "url": f"https://bsky.app/profile/person{n % 7}.example/post/{n}",
        "lang": "en",
    }
    when = EPOCH + timedelta(milliseconds=millis)
    return to_wire(Item(source=source, id=ident, published=when, **known | fields), **shown or {})


def at(millis):
    """Return a time as the scripts count it."""
    return EPOCH + timedelta(milliseconds=millis)


def make_column(key, items=(), **fields):
    """Return a made-up column of items, or of nodes, as a board draws it."""
    drawn = [(at(NOW - (23 - i) * HOUR), None if 8 <= i <= 10 else 3 + i % 5) for i in range(24)]
    column = {
        "key": key,
        "type": "search",
        "title": key.title(),
        "query": f"{key} OR #{key}air",
        "width": "medium",
        "help": "Every post, article and release that the query matches, newest first.",
        "state": {"level": "live", "text": ""},
        "items": list(items),
        "more": None,
    } | fields
    parts = say(column["state"])
    if not {"nodes", "note"} & fields.keys():
        parts.append(volume(drawn, every=timedelta(hours=1), zone="UTC"))
    if "nodes" in column:
        parts.append(rows(column.pop("nodes")))
        del column["items"]
    if "note" in column:
        parts.append(note(column.pop("note")))
    node = section(column)
    made = {"node": node, "look": node[1]["class"], "shape": node[1]["data-shape"]}
    return column | made | {"parts": parts}


def make_state(columns, **fields):
    """Return a made-up state of a deck."""
    source = {"state": "live", "reason": "", "since": NOW - HOUR, "last_item": NOW - MINUTE}
    state = {
        "version": "1",
        "deck": {"name": "demo", "title": "Northwind Air", "zone": "UTC"},
        "decks": [{"name": "demo", "title": "Northwind Air"}],
        "mode": "live",
        "now": NOW,
        "seq": "first-0",
        "sources": {
            "bluesky": source
            | {
                "name": "bluesky",
                "label": "Bluesky",
                "tier": "social",
                "hashtag": "https://bsky.app/hashtag/{}",
                "next_try": None,
            },
            "feeds:https://feeds.harbour.example/rss": source
            | {
                "name": "feeds",
                "label": "Harbour Wire",
                "tier": "wire",
                "hashtag": "",
                "next_try": None,
            },
        },
        "columns": list(columns),
    } | fields
    return draw(state)


def draw(state):
    """Return a state with what stands around its columns, as a server draws it."""
    state["top"] = top(state)
    state["frame"] = frame(state, base="/")
    return state


class DeckServer(ThreadingHTTPServer):
    """Serves one deck: page, scripts, events and older items, all said by the test."""

    daemon_threads = True

    def __init__(self, state):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state
        self.older = {}
        self.posts = {}
        self.came = None
        self.alerts = {}
        self.asked = []
        self.boot, self.n = "first", 0
        self.log = []
        self.down = False
        self.clients = set()
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def send(self, name, **data):
        """Send an event to all who listen."""
        with self._lock:
            self.n += 1
            frame = (self.n, _frame(name, f"{self.boot}-{self.n}", {"now": NOW} | data))
            self.log.append(frame)
            for client in self.clients:
                client.put(frame[1])

    def update(self, column=None, *add, **data):
        """Send an update that adds items to a column."""
        self.send("update", columns={column: {"add": list(add)}} if column else {}, **data)

    def cut(self):
        """End all streams, and refuse new ones."""
        with self._lock:
            self.down = True
            for client in self.clients:
                client.put(None)

    def mend(self):
        """Accept streams again."""
        self.down = False

    def restart(self, state):
        """Become another start of the server, which knows nothing of the first."""
        self.cut()
        self.state = state | {"seq": "second-0"}
        self.boot, self.n, self.log = "second", 0, []
        self.mend()

    def listen(self, after):
        """Return a new client's queue, with what it has missed in it."""
        client = queue.Queue()
        boot, _, n = after.rpartition("-")
        with self._lock:
            if boot == self.boot:
                for seq, frame in self.log:
                    if seq > int(n):
                        client.put(frame)
            else:
                client.put(_frame("state", f"{self.boot}-{self.n}", self.state))
            self.clients.add(client)
        return client

    def leave(self, client):
        with self._lock:
            self.clients.discard(client)


def _frame(name, ident, data):
    return f"id: {ident}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """Keep the tests' output clean."""

    def do_GET(self):
        url = urlsplit(self.path)
        fields = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/events":
            return self._events(fields["after"])
        if url.path == "/older":
            self.server.asked.append(fields)
            found = self.server.older.get(fields["before"])
            if "since" in fields:
                found = self.server.came
            if found is None:
                return self._answer(503, "text/plain", "not now")
            return self._answer(200, "application/json", json.dumps(found))
        if url.path == "/post":
            return self._post(fields)
        if url.path == "/alerts":
            told = {key: {"alerts": times} for key, times in self.server.alerts.items()}
            return self._answer(200, "application/json", json.dumps({"columns": told}))
        if url.path in STATIC:
            kind, text = STATIC[url.path]
            return self._answer(200, kind, text())
        if url.path == "/":
            state = json.dumps(draw(self.server.state)).replace("<", "\\u003c")
            return self._answer(200, "text/html", PAGE % state)
        return self._answer(404, "text/plain", "nothing here")

    def _post(self, fields):
        self.server.asked.append(fields)
        found = self.server.posts.get(fields["item"])
        if found is None:
            return self._answer(404, "text/html", "Not shown here")
        return self._answer(200, "application/json", json.dumps({"nodes": found}))

    def _answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def _events(self, after):
        if self.server.down:
            return self._answer(503, "text/plain", "down")
        client = self.server.listen(after)
        self.close_connection = True
        try:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            beat = {"now": NOW, "version": self.server.state["version"]}
            self.wfile.write(f"event: beat\ndata: {json.dumps(beat)}\n\n".encode())
            while True:
                try:
                    frame = client.get(timeout=0.2)
                except queue.Empty:
                    frame = b": still here\n\n"  # finds out whether anybody listens
                if frame is None:
                    return None
                self.wfile.write(frame)
        except OSError:
            return None
        finally:
            self.server.leave(client)


@pytest.fixture(scope="module")
def visitor(browser, request):
    """A browser's profile, in which JupyterLab stays open from test to test of a module."""
    height = getattr(request.module, "HEIGHT", 1000)
    context = browser.new_context(viewport={"width": 1440, "height": height})
    yield context
    context.close()


@pytest.fixture
def context(desk, visitor):
    """The same, tidied up after each test: `desk` is the module's own JupyterLab."""
    yield visitor
    desk.tidy(visitor)


@pytest.fixture
def serve():
    """Return a function that serves a deck of these columns."""
    servers = []

    def start(*columns, **fields):
        servers.append(DeckServer(make_state(columns, **fields)))
        return servers[-1]

    yield start
    for server in servers:
        server.cut()
        server.shutdown()
        server.server_close()


@pytest.fixture
def visit(browser):
    """Return a function that opens a page and fails the test for any error that it logs."""
    contexts, problems = [], []

    def watch(page):
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def opened(url, context=None, run=0, **options):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
            contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(url)
        if run:
            page.clock.run_for(run)  # of a clock that stands still
        # Drawn a moment before it takes keys and clicks, which is when its clock has a level.
        page.wait_for_selector(".wb-clock[data-level]", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def made():
    """Return the makers of made-up data."""

    class Made:
        now, minute, hour = NOW, MINUTE, HOUR
        media = Media
        item = staticmethod(make_item)
        column = staticmethod(make_column)
        state = staticmethod(make_state)
        rows, say, top = map(staticmethod, (rows, say, top))

    return Made
