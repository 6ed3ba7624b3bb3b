"""A small Mastodon on loopback: timelines, single statuses, streams, and what goes wrong."""

import json
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from loopback import serving

HOST = "harbour.example"


def status(own, at, text="x", *, name="ilse", tags=(), **more):
    """Return a status of this server, or of another where `name` has a host."""
    name, _, elsewhere = name.partition("@")
    host = elsewhere or HOST
    tagged = "".join(f' <a class="mention hashtag">#<span>{tag}</span></a>' for tag in tags)
    return {
        "id": str(own),
        "uri": f"https://{host}/users/{name}/statuses/{own}",
        "url": f"https://{host}/@{name}/{own}",
        "created_at": at.isoformat().replace("+00:00", "Z"),
        "visibility": "public",
        "content": f"<p>{text}{tagged}</p>",
        "language": "en",
        "favourites_count": 0,
        "reblogs_count": 0,
        "replies_count": 0,
        "account": {
            "id": name,
            "username": name,
            "acct": f"{name}@{elsewhere}" if elsewhere else name,
            "display_name": name,
            "url": f"https://{host}/@{name}",
            "uri": f"https://{host}/users/{name}",
            "noindex": False,
        },
        "tags": [{"name": tag.lower()} for tag in tags],
        "mentions": [],
        "media_attachments": [],
        "reblog": None,
    } | more


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        address = urlsplit(self.path)
        given = parse_qs(address.query)
        path = unquote(address.path)
        server.asked.append((path, given, dict(self.headers)))
        for start, refusal in server.refusals.items():
            if path.startswith(start):
                return self.send(refusal, {"error": "no"})
        if path.startswith("/api/v1/streaming"):
            return self.stream(path, given)
        if path == "/api/v2/instance":
            return self.send(200, {"configuration": {"urls": {"streaming": server.streaming}}})
        if path.startswith("/api/v1/timelines/"):
            return self.timeline(path, given)
        if path == "/api/v1/trends/statuses":
            return self.send(200, server.statuses[: int(given["limit"][0])])
        if path == "/api/v1/statuses" and server.has_many:
            found = [s for s in server.statuses if s["id"] in given.get("id[]", [])]
            return self.send(200, found)
        own = path.removeprefix("/api/v1/statuses/")
        found = [s for s in server.statuses if s["id"] == own and server.has_singles]
        return self.send(200, found[0]) if found else self.send(404, {"error": "Record not found"})

    def timeline(self, path, given):
        found = sorted(self.server.statuses, key=lambda s: int(s["id"]), reverse=True)
        tag = path.removeprefix("/api/v1/timelines/tag/")
        if tag != path:
            wanted = {each.lower() for each in (tag, *given.get("any[]", ()))}
            found = [s for s in found if wanted & {t["name"] for t in s["tags"]}]
        for name, is_in in (
            ("max_id", lambda own, bound: own < bound),
            ("since_id", lambda own, bound: own > bound),
        ):
            for bound in given.get(name, ()):
                found = [s for s in found if is_in(int(s["id"]), int(bound))]
        page = found[: int(given["limit"][0])]
        headers = {}
        if page and self.server.has_links:
            # As there, other parameters than the limit are left out.
            query = urlencode({"limit": given["limit"][0], "max_id": page[-1]["id"]})
            before = urlencode({"min_id": page[0]["id"]})
            headers["Link"] = (
                f'<https://elsewhere.example{path}?{query}>; rel="next", '
                f'<https://{HOST}{path}?{before}>; rel="prev"'
            )
        self.send(200, page, headers)

    def send(self, code, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(code)
        for name, text in {**dict(headers), **self.server.headers}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def stream(self, path, given):
        name = path.removeprefix("/api/v1/streaming/")
        name = "#".join([name, *given.get("tag", ())])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b":)\n")
        with self.server.lock:
            self.server.streams.setdefault(name, []).append(self.wfile)
            self.server.changed.notify_all()
        self.server.over.wait(20)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.over = threading.Event()
        self.statuses, self.asked, self.headers = [], [], {}
        self.streams, self.refusals = {}, {}
        self.streaming = f"wss://{HOST}"
        self.has_links = self.has_many = self.has_singles = True

    def put(self, *statuses):
        self.statuses += statuses

    def remove(self, own):
        self.statuses = [s for s in self.statuses if s["id"] != str(own)]

    def await_stream(self, name):
        """Wait until somebody listens; return what writes to the newest listener."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.streams.get(name), 10)
            return self.streams[name][-1]

    def say(self, name, event, payload):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        self.await_stream(name).write(f"event: {event}\ndata: {text}\n\n".encode())

    def hang_up(self):
        """End all streams."""
        with self.lock:
            self.streams.clear()
        self.over.set()
        self.over = threading.Event()

    def paths(self):
        return [path for path, _, _ in self.asked]


@contextmanager
def running():
    with serving(Server()) as server:
        yield server
        server.over.set()


def minutes(start, count):
    """Return so many statuses' ids and times, one a minute from `start` on."""
    return [(number + 1, start + timedelta(minutes=number)) for number in range(count)]
