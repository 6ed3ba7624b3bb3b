"""Lines of a recorded Mastodon server and of Hacker News, small enough to reckon by hand."""

import json
import lzma
from datetime import timedelta

from recording import LIVE_FROM

HERE = "wing.example"


def at(minutes):
    return LIVE_FROM + timedelta(minutes=minutes)


def stamp(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def own(minutes, low=7):
    """The id of what was written then: milliseconds, then sixteen bits."""
    return str(round(at(minutes).timestamp() * 1000) << 16 | low)


def account(name, host=HERE, **more):
    return {
        "id": str(sum(map(ord, name))),
        "username": name,
        "acct": name if host == HERE else f"{name}@{host}",
        "display_name": name.title(),
        "url": f"https://{host}/@{name}",
        "uri": f"https://{host}/users/{name}",
        "followers_count": 9,
        "last_status_at": "2026-06-01",
        **more,
    }


def status(minutes, name="anna", host=HERE, text="Hello", tags=(), **more):
    number = own(minutes) if host == HERE else own(minutes, 8)
    who = account(name, host)
    return {
        "id": own(minutes),
        "created_at": stamp(at(minutes)),
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"{who['uri']}/statuses/{number}",
        "url": f"{who['url']}/{number}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "edited_at": None,
        "content": f"<p>{text}</p>",
        "reblog": None,
        "account": who,
        "media_attachments": [],
        "mentions": [],
        "tags": [{"name": tag, "url": f"https://{HERE}/tags/{tag}"} for tag in tags],
        "emojis": [],
        "card": None,
        "poll": None,
        **more,
    }


def came(data, likes=0, **later):
    """The line by which a status came, at once."""
    counts = {"favourites_count": likes, "reblogs_count": 0, "replies_count": 0, **later}
    return {"time": data["created_at"], "event": "update", "data": data, "later": counts}


def edited(minutes, data, text):
    changed = data | {"content": f"<p>{text}</p>", "edited_at": stamp(at(minutes))}
    return {"time": stamp(at(minutes)), "event": "status.update", "data": changed, "later": {}}


def deleted(minutes, data):
    return {"time": stamp(at(minutes)), "event": "delete", "data": data["id"]}


def seconds(minutes):
    return int(at(minutes).timestamp())


def hit(number, minutes, **more):
    kind = "comment" if "parent_id" in more else "story"
    story = more.get("story_id", number)
    made = {
        "_tags": [kind, "author_cloud", f"story_{story}"],
        "author": "cloud",
        "created_at": at(minutes).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "created_at_i": seconds(minutes),
        "objectID": str(number),
        "story_id": story,
        "updated_at": at(minutes).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if kind == "story":
        made |= {"title": f"Story {number}", "url": None, "points": 1, "num_comments": 0}
    return made | more


def told(data, **later):
    """The line by which a hit came, at once."""
    return {"time": data["created_at_i"], "hit": data, "later": later}


def add(folder, statuses, hits):
    """Add both networks to a recording."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["mastodon"] = {"instance": HERE, "file": "mastodon.jsonl.xz"}
    manifest["hackernews"] = {"file": "hackernews.jsonl.xz"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name, lines in (("mastodon", statuses), ("hackernews", hits)):
        packed = lzma.compress("\n".join(map(json.dumps, lines)).encode())
        (folder / f"{name}.jsonl.xz").write_bytes(packed)


def pack(folder, name, lines, **told):
    """Add another recording, of lines, to a folder."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest[name] = {"file": f"{name}.jsonl.xz", **told}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    packed = lzma.compress("\n".join(map(json.dumps, lines)).encode())
    (folder / f"{name}.jsonl.xz").write_bytes(packed)
