"""A small Reddit on loopback: signing in, lists, single things, and what goes wrong."""

import base64
import json
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from loopback import serving

ID, SECRET = "app-7", "s3cret-of-ours"


def post(own, at, title="A post", *, subreddit="aviation", author="ilse", **more):
    name = f"t3_{own}"
    return {
        "kind": "t3",
        "data": {
            "name": name,
            "id": own,
            "subreddit": subreddit,
            "author": author,
            "title": title,
            "selftext": "",
            "selftext_html": None,
            "is_self": True,
            "created_utc": float(at.timestamp()),
            "edited": False,
            "score": 1,
            "num_comments": 0,
            "num_crossposts": 0,
            "over_18": False,
            "removed_by_category": None,
            "permalink": f"/r/{subreddit}/comments/{own}/a_post/",
            "url": f"https://www.reddit.com/r/{subreddit}/comments/{own}/a_post/",
        }
        | more,
    }


def comment(own, at, text="Well said", *, parent="t3_a", subreddit="aviation", **more):
    return {
        "kind": "t1",
        "data": {
            "name": f"t1_{own}",
            "id": own,
            "subreddit": subreddit,
            "author": "ravi",
            "body": text,
            "body_html": f'<div class="md"><p>{text}</p></div>',
            "created_utc": float(at.timestamp()),
            "edited": False,
            "score": 1,
            "parent_id": parent,
            "link_id": parent,
            "link_author": "ilse",
            "permalink": f"/r/{subreddit}/comments/a/a_post/{own}/",
        }
        | more,
    }


def listing(things, after=None):
    data = {"children": list(things), "after": after, "before": None, "dist": len(things)}
    return {"kind": "Listing", "data": data}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        server.signed_in.append((sent, dict(self.headers)))
        proof = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {proof}":
            return self.send(401, {"message": "Unauthorized", "error": 401})
        if server.token_answer is not None:
            return self.send(200, server.token_answer)
        server.token = f"token-{len(server.signed_in)}"
        return self.send(
            200,
            {
                "access_token": server.token,
                "token_type": "bearer",
                "expires_in": 3600,
                "scope": "*",
            },
        )

    def do_GET(self):
        server = self.server
        address = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        server.asked.append((address.path, given, dict(self.headers)))
        if self.headers["Authorization"] != f"Bearer {server.token}":
            return self.send(401, {"message": "Unauthorized", "error": 401})
        if server.body is not None:
            return self.send(200, server.body)
        if server.refusals:
            for start, (status, headers) in server.refusals.items():
                if address.path.startswith(start):
                    return self.send(status, {"message": "no", "error": status}, headers)
        if address.path == "/api/info":
            wanted = given["id"].split(",")
            return self.send(200, listing([server.things[n] for n in wanted if n in server.things]))
        return self.send(200, self.page(address.path, given))

    def page(self, path, given):
        """Answer as Reddit does: newest first, a page of them, and where the next one begins."""
        server = self.server
        things = [each for each in server.things.values() if each["data"].get("title") != "[gone]"]
        parts = path.strip("/").split("/")
        names = parts[1].lower().split("+") if parts[0] == "r" else None
        kind = "t1" if parts[-1] == "comments" else "t3"
        found = [
            each
            for each in things
            if each["kind"] == kind
            and (names is None or each["data"]["subreddit"].lower() in names)
            and (parts[-1] != "search" or server.matches(given["q"], each["data"]))
        ]
        found.sort(key=lambda each: -each["data"]["created_utc"])
        found = found[: 250 if parts[-1] == "search" else 1_000]
        start = 0
        if "after" in given:
            start = [each["data"]["name"] for each in found].index(given["after"]) + 1
        page = found[start : start + int(given.get("limit", "25"))]
        more = start + len(page) < len(found)
        return listing(page, page[-1]["data"]["name"] if more else None)

    def send(self, status, value, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {**self.server.headers, **dict(headers)}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.clear()

    def clear(self):
        self.things, self.asked, self.signed_in, self.refusals = {}, [], [], {}
        self.headers = {"x-ratelimit-remaining": "98.0", "x-ratelimit-reset": "300"}
        self.token, self.token_answer, self.body = None, None, None
        self.matches = lambda words, data: any(
            word.strip('()"').lower() in data["title"].lower() for word in words.split(" OR ")
        )

    def put(self, *things):
        self.things |= {each["data"]["name"]: each for each in things}

    def change(self, name, **more):
        self.things[name]["data"] |= more

    def paths(self):
        return [path for path, _, _ in self.asked]


@contextmanager
def running():
    with serving(Server()) as server:
        yield server
