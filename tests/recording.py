"""A tiny recording in the format of data/fixtures, and the keys that its records have."""

import json
import lzma
from datetime import UTC, datetime, timedelta

LIVE_FROM = datetime(2026, 6, 17, 9, tzinfo=UTC)
START, END = LIVE_FROM - timedelta(days=2), LIVE_FROM + timedelta(hours=6)
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
WIRE = "https://feeds.harbour.example/wire.xml"
ANNA, BO = "did:plc:anna", "did:plc:bo"
POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"


def tid(micros, clock=5):
    """A record key by the specification: 53 bits of time, 10 of the clock, 13 characters."""
    value = micros << 10 | clock
    return "".join(ALPHABET[value >> 5 * place & 31] for place in range(12, -1, -1))


def micros_of(key):
    value = 0
    for letter in key:
        value = value * 32 + ALPHABET.index(letter)
    return value >> 10, value & 1023


def micros(minutes):
    """Minutes after LIVE_FROM, as Jetstream counts time."""
    return round((LIVE_FROM + timedelta(minutes=minutes)).timestamp() * 1_000_000)


def uri(did, minutes, collection=POST):
    return f"at://{did}/{collection}/{tid(micros(minutes))}"


def event(did, minutes, collection=POST, operation="create", key=None, **record):
    commit = {
        "rev": tid(micros(minutes), 1),
        "operation": operation,
        "collection": collection,
        "rkey": tid(micros(minutes)) if key is None else key,
    }
    if operation != "delete":
        written = (LIVE_FROM + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        commit["record"] = {"$type": collection, "createdAt": written, **record}
        commit["cid"] = "bafyreiaaaa"
    return {"did": did, "time_us": micros(minutes) + 500_000, "kind": "commit", "commit": commit}


def reply(did, minutes, to, text):
    ref = {"uri": to, "cid": "bafyreiaaaa"}
    return event(did, minutes, text=text, langs=["en"], reply={"root": ref, "parent": ref})


def like(did, minutes, of):
    return event(did, minutes, LIKE, subject={"uri": of, "cid": "bafyreiaaaa"})


EVENTS = [
    event(ANNA, -1440, text="Yesterday's flight", langs=["en"]),
    event(BO, -1400, text="To be withdrawn", langs=["en"]),
    like(BO, -1390, uri(ANNA, -1440)),
    event(BO, -1380, operation="delete", key=tid(micros(-1400))),
    event(ANNA, -700, text="Nobody listened", langs=["en"]),
    event(ANNA, -2, text="Just before", langs=["en"]),
    reply(BO, 1, uri(ANNA, -2), "Answer to the past"),
    like(BO, 2, uri(BO, 1)),
    reply(ANNA, 3, uri(BO, 1), "Answer to the answer"),
    event(BO, 300, text="Last", langs=["en"]),
]


def write(folder, events=EVENTS, entries=(5, -3, -60, -700, -710)):
    """Write a recording: these events, one feed with an entry at each of these minutes."""
    items = "".join(
        f"<item><title>Wire {m}</title><guid>w{m}</guid><pubDate>"
        f"{LIVE_FROM + timedelta(minutes=m):%a, %d %b %Y %H:%M} GMT</pubDate></item>"
        for m in entries
    )
    rss = f"<rss version='2.0'><channel><title>Harbour Wire</title>{items}</channel></rss>"
    profiles = [
        {"did": did, "handle": f"{name}.example", "displayName": name.title(), "followersCount": 7}
        for did, name in ((ANNA, "anna"), (BO, "bo"))
    ]
    gap = {"start": "2026-06-16T21:10:00Z", "end": "2026-06-16T21:30:00Z"}  # −710 to −690 min
    manifest = {
        "start": START.isoformat(),
        "live_from": LIVE_FROM.isoformat(),
        "end": END.isoformat(),
        "feeds": {"wire": {"url": WIRE, "tier": "wire", "title": "Harbour Wire", "format": "rss"}},
        "gaps": [{"source": "bluesky", **gap}, {"source": f"feeds:{WIRE}", **gap}],
    }
    lines = [json.dumps(event, separators=(",", ":")).encode() for event in events]
    packed = {
        "jetstream.jsonl": b"\n".join(lines),
        "profiles.json": json.dumps({"profiles": profiles}).encode(),
        "feeds/wire.xml": rss.encode(),
    }
    (folder / "feeds").mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name, data in packed.items():
        (folder / f"{name}.xz").write_bytes(lzma.compress(data))
    return folder
