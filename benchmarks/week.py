"""A week of `up` on a fast clock, with something wrong at its sources every hour.

A stream of 10,080 posts with likes and withdrawals, and two feeds of 672 entries, are served over
real sockets to the service as it runs under `up`, which is stopped and begun anew each day. Every
hour the stream is cut, and a feed fails in one of seven ways. Bars: at the end the store holds
exactly what was published and not withdrawn, with as many likes as were given and taken back,
each once; memory at the end at most 10 % above what it was after two days. There is no peer: the
ground truth is.

What a service holds it holds within bounds, of which the widest is the window of items among which
a story's like are looked for. It is 2,000 here, so that it is full, and all else that is bounded,
after two days, of 1,600 items each: what grows from then on does so without end. The 20,000 of
`up` would still be filling as the week ends.

``BENCH_SECONDS`` says how long the week takes, 120 unless given.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from recording import ANNA, BO, LIVE_FROM, event, like, micros, tid, uri
from relay import Relay

from workbench import service, store
from workbench.decks import Column, Deck, Source
from workbench.demo.clock import ReplayClock
from workbench.demo.jetstream import JetstreamServer
from workbench.http import Client
from workbench.query import parse
from workbench.service import Service
from workbench.store import Store

SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "120"))
DAYS: Final = 7
MINUTES: Final = DAYS * 24 * 60
START: Final = timedelta(hours=12)
EVERY: Final = 15
"""Minutes between two entries of a feed."""
SHOWN: Final = 60
"""Entries of a feed: 15 hours of them, since waits are of real time, that are hours here."""
FAULTS: Final = ("error", "html", "limit", "cut", "empty", "slow", "reset")
WINDOW: Final = 2_000
BAR: Final = 1.10


def posts() -> tuple[list[bytes], dict[str, int]]:
    """Return a week of events, and the likes of every post that is left by their ids."""
    dice = random.Random(7)
    events: list[tuple[float, dict[str, Any]]] = []
    left: dict[str, int] = {}
    for minute in range(1, MINUTES):
        did = dice.choice((ANNA, BO))
        made = event(did, minute, text=f"Acme report {minute}", langs=["en"])
        events.append((minute, made))
        ident = uri(did, minute)
        left[ident] = 0
        for n in range(dice.choice((0, 0, 0, 1, 2))):
            when = minute + 0.1 + n / 10
            events.append((when, like(f"did:plc:fan{n}", when, ident)))
            left[ident] += 1
            if not dice.randrange(4):  # and thinks better of it
                key = tid(micros(when))
                taken = event(
                    f"did:plc:fan{n}",
                    when + 30,
                    "app.bsky.feed.like",
                    operation="delete",
                    key=key,
                )
                events.append((when + 30, taken))
                left[ident] -= 1
        if not dice.randrange(50):
            key = tid(micros(minute))
            events.append((minute + 45.5, event(did, minute + 45.5, operation="delete", key=key)))
            del left[ident]
    events.sort(key=lambda each: each[1]["time_us"])
    return [json.dumps(each, separators=(",", ":")).encode() for _, each in events], left


class Web:
    """Two feeds as they stand by the clock, and what is wrong with them now."""

    def __init__(self, clock: ReplayClock) -> None:
        self.clock = clock
        self.fault = ""
        self.faults = 0
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self, name: str) -> bytes:
        """Return a feed's newest entries."""
        newest = int((self.clock() - LIVE_FROM) / timedelta(minutes=EVERY))
        entries = []
        for n in range(min(newest, MINUTES // EVERY), max(0, newest - SHOWN), -1):
            at = LIVE_FROM + timedelta(minutes=n * EVERY)
            entries.append(
                f"<item><guid>{n}</guid><title>Acme, says {name} {n}</title>"
                f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            )
        body = "".join(entries)
        return f"<rss version='2.0'><channel><title>F</title>{body}</channel></rss>".encode()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as a site does that is well, or is not."""
        name = (request.headers["Host"] or "").partition(".")[0]
        body, status, kind = self.document(name), 200, "application/rss+xml"
        fault = self.fault if self.fault.startswith(name) else ""
        fault = fault.removeprefix(f"{name} ")
        self.faults += bool(fault)
        size = len(body)
        match fault:
            case "error":
                status, body = 503, b"<html>Later</html>"
            case "html":
                kind, body = "text/html", b"<!doctype html><html><h1>Welcome</h1></html>"
            case "limit":
                status, body = 429, b""
                request.send_response(status)
                request.send_header("Retry-After", "1")
                request.send_header("Content-Length", "0")
                request.end_headers()
                return
            case "cut":
                body = body[: size // 2]
            case "empty":
                body = b""
            case "slow":
                self.over.wait(0.3)
            case "reset":
                request.connection.close()
                return
        request.send_response(status)
        request.send_header("Content-Type", kind)
        # What is cut short says how long it was to be.
        request.send_header("Content-Length", str(size if fault == "cut" else len(body)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(body)

    def close(self) -> None:
        """Serve no more."""
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def memory() -> float:
    """Return the megabytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def deck() -> Deck:
    """Return a deck on the stream and both feeds."""
    column = Column(key="a", title="A", type="search", query=parse("acme"))
    often = timedelta(seconds=SECONDS / MINUTES * EVERY * 2)  # of real time
    sources = (
        Source(collector="bluesky", parameters={"resolve": False}),
        *(
            Source(collector="feeds", parameters={"url": f"http://{n}.example/rss"}, every=often)
            for n in ("wire", "news")
        ),
    )
    return Deck(name="d", title="D", columns=(column,), sources=sources)


@contextmanager
def running(path: Path, clock: ReplayClock, hosts: dict[str, str]) -> Iterator[Store]:
    """Run the service as `up` does."""
    client = Client(hosts=hosts, now=clock, interval=0.0)
    with (
        store.open(path, now=clock) as opened,
        closing(client),
        Service(deck(), opened, client, now=clock, first_retry=0.05, last_retry=0.2, window=WINDOW),
    ):
        yield opened


def live(
    path: Path, clock: ReplayClock, hosts: dict[str, str], web: Web, wire: Relay
) -> list[float]:
    """Let the week pass; return what memory was held at the end of each day."""
    dice = random.Random(11)
    held = []
    for day in range(DAYS):
        with running(path, clock, hosts) as opened:
            for hour in range(24):
                begin = LIVE_FROM + timedelta(days=day, hours=hour)
                web.fault = f"{dice.choice(('wire', 'news'))} {dice.choice(FAULTS)}"
                time.sleep(max(0.0, clock.until(begin + timedelta(minutes=20))))
                web.fault = ""
                wire.cut()
                time.sleep(max(0.0, clock.until(begin + timedelta(minutes=30))))
                wire.mend()
                time.sleep(max(0.0, clock.until(begin + timedelta(hours=1))))
            told = len(opened.in_stories(WINDOW, limit=WINDOW)[0])
        held.append(memory())
        assert day == 0 or told == WINDOW, f"the window holds no more than {told} by day {day + 1}"
        print(f"  day {day + 1}: {held[-1]:.0f} MB", flush=True)
    return held


def catch_up(path: Path, clock: ReplayClock, hosts: dict[str, str], wanted: int) -> None:
    """Let the service come to rest, as it would by itself in the days after."""
    with running(path, clock, hosts) as opened:
        end, before = time.monotonic() + 60, (-1, -1)
        while time.monotonic() < end:
            now = opened.seq(), len(opened.search(None, limit=100_000))
            if now == before and now[1] >= wanted:
                return
            before = now
            time.sleep(1)


def measured(opened: Store, source: str) -> float:
    """Return which part of the week is noted as listened to, in percent."""
    week = LIVE_FROM, LIVE_FROM + timedelta(days=DAYS)
    spans = [
        (max(each.start, week[0]), min(each.end, week[1]))
        for each in opened.coverage(source=source)
        if each.status == "ok" and each.start < week[1]
    ]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    return 100 * sum((end - start for start, end in spans), timedelta()) / (week[1] - week[0])


def main() -> None:
    """Let a week pass, and compare."""
    events, left = posts()
    logging.getLogger("stamina").setLevel(logging.ERROR)  # as under `up`
    # A service that begins anew hears what comes from then on: the week begins once it listens.
    # Threads wait by real time; what is done every hour is to be done every hour of the week.
    service.SWEEP = timedelta(seconds=SECONDS / (DAYS * 24))
    clock = ReplayClock(LIVE_FROM - START, speed=DAYS * 86_400 / SECONDS)
    web = Web(clock)
    entries = {f"feeds:{n}" for n in ("wire", "news")}
    with (
        tempfile.TemporaryDirectory() as folder,
        JetstreamServer(events, clock=clock) as stream,
    ):
        path = Path(folder) / "s.db"
        wire = Relay(int(stream.address.rpartition(":")[2]))
        hosts = {f"{n}.example": f"127.0.0.1:{web.server.server_port}" for n in ("wire", "news")}
        hosts["jetstream2.us-east.bsky.network"] = f"127.0.0.1:{wire.port}"
        print(
            f"a week in {SECONDS:.0f} s: {len(events):,} events, {len(left):,} posts left of them"
        )
        held = live(path, clock, hosts, web, wire)
        wanted = len(left) + len(entries) * (MINUTES // EVERY)
        catch_up(path, clock, hosts, wanted)
        wire.close()
        web.close()
        with store.open(path) as opened:
            found = opened.search(None, limit=100_000)
            parts = {s: measured(opened, s) for s in sorted({c.source for c in opened.coverage()})}
            problems = opened.check()
    likes = {item.id: item.likes or 0 for item in found if item.source == "bluesky"}
    titles = [item.title for item in found if item.source == "feeds"]
    true_titles = {
        f"Acme, says {n} {k}" for n in ("wire", "news") for k in range(1, MINUTES // EVERY + 1)
    }
    lost = len(left.keys() - likes.keys()), len(true_titles - set(titles))
    extra = len(likes.keys() - left.keys()) + len(titles) - len(set(titles) & true_titles)
    wrong = sum(likes[ident] != n for ident, n in left.items() if ident in likes)
    growth = held[-1] / held[1]
    for source, part in parts.items():
        print(f"  {source}: {part:.2f} % of the week noted as listened to")
    print(f"  {web.faults} requests met a fault, {DAYS * 24} times the stream was cut")
    is_true = not (any(lost) or extra or wrong or problems)
    print(f"  lost {lost[0]} posts, {lost[1]} entries; doubled or undead {extra}")
    print(f"  likes miscounted {wrong}; the store is {problems or 'sound'}")
    print(f"  memory {held[1]:.0f} MB after two days, {held[-1]:.0f} at the end: {growth:.2f}")
    print(f"  bars: the truth {'held' if is_true else 'MISSED'}, "
          f"memory {BAR} {'held' if growth <= BAR else 'MISSED'}")  # fmt: skip
    sys.exit(not (is_true and growth <= BAR))


if __name__ == "__main__":
    main()
