"""X's API on loopback, as its documentation has it: auth, paging, limits, look-ups, counts."""

import json
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from loopback import serving
from polls import Polls

TOKEN = "AAAAsecret%3Dtoken"
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
NAMES = {"11": "ana", "12": "bo", "13": "cy"}


def at(minute, second=0):
    return NOON + timedelta(minutes=minute, seconds=second)


def own_id(when, low=1):
    """The id of what was written then: milliseconds since X's ids began, then 22 bits."""
    return str((round(when.timestamp() * 1000) - 1_288_834_974_657) << 22 | low)


def stamp(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post(when, text="Hello", author="11", low=1, **more):
    own = own_id(when, low)
    return {
        "id": own,
        "text": text,
        "author_id": author,
        "created_at": stamp(when.replace(microsecond=0)),
        "edit_history_tweet_ids": [own],
        "lang": "en",
        "public_metrics": {
            "retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0,
            "bookmark_count": 0, "impression_count": 0,
        },
        "possibly_sensitive": False,
    } | more  # fmt: skip


def user(number):
    return {
        "id": number,
        "username": NAMES[number],
        "name": NAMES[number].title(),
        "verified": False,
        "public_metrics": {"followers_count": 7, "following_count": 1, "tweet_count": 2},
    }


def missing(own, kind="resource-not-found", parameter="ids"):
    return {
        "value": own,
        "detail": f"Could not find tweet with ids: [{own}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": parameter,
        "resource_id": own,
        "type": f"https://api.twitter.com/2/problems/{kind}",
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.server.asked.append((address.path, given, dict(self.headers)))
        answer = self.server.answers.pop(0) if self.server.answers else None
        if answer is not None:
            return self.send(*answer)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.send(401, {"title": "Unauthorized", "detail": "Unauthorized"})
        return self.answer(address.path.split("/")[2:], given)

    def answer(self, path, given):
        match path:
            case ["tweets", "search", "recent"]:
                return self.page(self.server.finds(given["query"]), given, 10)
            case ["users", "by"]:
                names = given["usernames"].split(",")
                found = [user(n) for n, name in NAMES.items() if name in names]
                lost = [{"value": n, "title": "Not Found Error"} for n in names
                        if n not in NAMES.values()]  # fmt: skip
                return self.send(200, {"data": found} | ({"errors": lost} if lost else {}))
            case ["users", number, "tweets"]:
                if number not in NAMES:
                    return self.send(404, {})
                return self.page(lambda p: p["author_id"] == number, given, 5)
            case ["lists", number, "tweets"]:
                return self.page(lambda p: p["author_id"] in self.server.lists[number], given, 1)
            case ["tweets", "search", "stream", "rules"]:
                told = [{"id": own, **rule} for own, rule in self.server.rules.items()]
                meta = {"sent": stamp(NOON), "result_count": len(told)}
                return self.send(200, {"meta": meta} | ({"data": told} if told else {}))
            case ["tweets", "search", "stream"]:
                return self.stream()
            case ["tweets"]:
                return self.look_up(given["ids"].split(","))
            case ["tweets", "counts", "recent"]:
                return self.count(given)
        return self.send(404, {"title": "Not Found"})

    def do_POST(self):
        what = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append(what)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.send(401, {"title": "Unauthorized"})
        rules, errors = self.server.rules, []
        for own in what.get("delete", {}).get("ids", ()):
            rules.pop(own)
        for rule in what.get("add", ()):
            values = [each["value"] for each in rules.values()]
            if rule["value"] in values:
                errors.append({"title": "DuplicateRule", "value": rule["value"]})
            elif "(" in rule["value"] and ")" not in rule["value"]:
                errors.append({"title": "UnprocessableEntity", "details": ["missing )"]})
            else:
                rules[str(100 + len(self.server.posted) * 10 + len(rules))] = rule
        return self.send(201, {"meta": {}} | ({"errors": errors} if errors else {}))

    def stream(self):
        """Send what is told to be sent, then heartbeats until the test or the client ends it."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):
            for piece in self.server.sends:
                self.wfile.write(piece)
            while not self.server.ended.wait(0.05):
                self.wfile.write(b"\r\n")

    def page(self, matches, given, least):
        """Answer as search does: newest first, as many as were asked for, and a token."""
        size = int(given["max_results"])
        if not least <= size <= 100:
            return self.send(400, {"title": "Invalid Request"})
        first, last = int(given.get("since_id", 0)), int(given.get("until_id", 2**63))
        posts = sorted(self.server.posts.values(), key=lambda p: -int(p["id"]))
        posts = [p for p in posts if matches(p) and first < int(p["id"]) < last]
        token = given.get("next_token") or given.get("pagination_token") or "b0"
        begin = int(token[1:])
        shown = posts[begin : begin + size]
        meta = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if begin + size < len(posts):
            meta["next_token"] = f"b{begin + size}"
        return self.send(200, self.told(shown) | {"meta": meta})

    def told(self, posts):
        if not posts:
            return {}
        authors = dict.fromkeys(p["author_id"] for p in posts)
        referred = [r["id"] for p in posts for r in p.get("referenced_tweets", ())]
        others = [self.server.posts[own] for own in referred if own in self.server.posts]
        authors |= dict.fromkeys(p["author_id"] for p in others)
        includes = {"users": [user(number) for number in authors]}
        return {"data": posts, "includes": includes | ({"tweets": others} if others else {})}

    def look_up(self, owns):
        posts = [self.server.posts[own] for own in owns if own in self.server.posts]
        lost = [missing(own) for own in owns if own not in self.server.posts]
        return self.send(200, self.told(posts) | ({"errors": lost} if lost else {}))

    def count(self, given):
        assert given["granularity"] == "hour"
        begin = datetime.fromisoformat(given["start_time"])
        end = datetime.fromisoformat(given["end_time"])
        matches = self.server.finds(given["query"])
        hours = []
        while begin < end:
            following = min(begin.replace(minute=0, second=0) + timedelta(hours=1), end)
            n = sum(
                matches(p) and int(own_id(begin, 0)) <= int(p["id"]) < int(own_id(following, 0))
                for p in self.server.posts.values()
            )
            hours.append({"start": stamp(begin), "end": stamp(following), "tweet_count": n})
            begin = following
        total = sum(hour["tweet_count"] for hour in hours)
        return self.send(200, {"data": hours, "meta": {"total_tweet_count": total}})

    def send(self, status, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.reset()

    def reset(self):
        self.posts, self.asked, self.answers, self.lists = {}, [], [], {}
        self.rules, self.posted, self.sends, self.ended = {}, [], [], threading.Event()

    def finds(self, query):
        """Return whether a post matches: the words between ORs and parentheses, or from:."""
        wanted = [each.strip("() ") for each in query.split(" OR ")]

        def matches(raw):
            words = raw["text"].lower().split()
            return any(
                all(
                    NAMES[raw["author_id"]] == term[5:] if term.startswith("from:")
                    else term in words or term.startswith(("lang:", "-"))
                    for term in each.split()
                )
                for each in wanted
            )  # fmt: skip

        return matches

    def put(self, *posts):
        for each in posts:
            self.posts[each["id"]] = each

    def paths(self):
        return [path for path, _, _ in self.asked]

    def searches(self):
        return [given for path, given, _ in self.asked if path.endswith("/search/recent")]


@contextmanager
def running():
    with serving(Server()) as server:
        yield server


class Polling(Polls):
    at = staticmethod(at)

    @staticmethod
    def known(item):
        return item.text

    @property
    def spent(self):
        return json.loads(self.cursor)["purse"]["spent"]
