"""The fixture's Mastodon server and Hacker News hold what its README and ground truth say."""

import json
import lzma
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from workbench.collectors import hackernews, mastodon

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
START, LIVE_FROM, END = (
    datetime.fromisoformat(MANIFEST[key]) for key in ("start", "live_from", "end")
)
INSTANCE = MANIFEST["mastodon"]["instance"]
STORIES = {event["id"]: event for event in TRUTH["events"] + TRUTH["rumours"]}
NAMES = re.compile("|".join(re.escape(name.casefold()) for name in TRUTH["names"]))
NETWORKS = ("mastodon", "hackernews")


def recorded(name):
    packed = (FOLDER / MANIFEST[name]["file"]).read_bytes()
    return [json.loads(line) for line in lzma.decompress(packed).splitlines()]


@pytest.fixture(scope="module")
def events():
    return recorded("mastodon")


@pytest.fixture(scope="module")
def statuses(events):
    """Every status as it came, by its id."""
    return {line["data"]["id"]: line["data"] for line in events if line["event"] == "update"}


@pytest.fixture(scope="module")
def lines():
    return recorded("hackernews")


@pytest.fixture(scope="module")
def hits(lines):
    """Every story and comment as it came, by its id."""
    found = {}
    for line in lines:
        if "hit" in line:
            found.setdefault(line["hit"]["objectID"], line["hit"])
    return found


def when(status):
    """By its id, for a hostile one may write any date."""
    return datetime.fromtimestamp((int(status["id"]) >> 16) / 1000, UTC)


def written(hit):
    return datetime.fromtimestamp(hit["created_at_i"], UTC)


def plain(markup):
    """The words of a status: what its reader sees, with a line's end for each block's."""
    shown = re.sub(r"<br />|</p>", "\n", markup)
    return unescape(re.sub("<[^>]+>", "", shown))


def masked(text):
    """Names, hashtags, mentions, links and digits as one sign, folded, spaces collapsed."""
    text = re.sub(r"https?://\S+|\S+\.example\S*|[#@$]\w+|\d+", "¤", text.casefold())
    return re.sub(r"[\s¤]+", " ", NAMES.sub("¤", text)).strip()


def hostile(name):
    return set(TRUTH[name]["hostile"])


def said(statuses):
    """The texts of statuses that are no boosts and not hostile."""
    bad = hostile("mastodon")
    return [
        plain(s["content"]) for s in statuses.values() if not s["reblog"] and s["uri"] not in bad
    ]


def told(hits):
    bad = hostile("hackernews")
    return [
        unescape(f"{h.get('title') or ''} {h.get('story_text') or h.get('comment_text') or ''}")
        for own, h in hits.items()
        if own not in bad
    ]


def test_there_is_as_much_as_is_said_and_all_of_it_is_small(events, statuses, lines, hits):
    counted = Counter(line["event"] for line in events)
    counts = MANIFEST["counts"]["mastodon"]
    assert {key: counts[key] for key in counted} == counted
    assert 2_000 <= len(statuses) <= 3_000
    assert counted["status.update"] > 80
    assert counted["delete"] > 40
    assert counts["boosts"] == sum(1 for s in statuses.values() if s["reblog"]) >= 200
    assert counts["replies"] == sum(1 for s in statuses.values() if s["in_reply_to_id"]) >= 400
    kinds = Counter(hit["_tags"][0] for hit in hits.values())
    counts = MANIFEST["counts"]["hackernews"]
    assert kinds == {"story": counts["stories"], "comment": counts["comments"]}
    assert 300 <= kinds.total() <= 500
    assert kinds["story"] > 100
    gone = Counter("deleted" if "deleted" in x["item"] else "dead" for x in lines if "item" in x)
    assert min(gone["deleted"], gone["dead"]) >= 5
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 8_000_000


def test_events_come_in_the_order_of_time_and_ids_rise_with_it(events, statuses, lines, hits):
    times = [datetime.fromisoformat(line["time"]) for line in events]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < END + timedelta(seconds=5)
    bad = hostile("mastodon")
    sound = [s for s in statuses.values() if s["uri"] not in bad]
    assert [int(s["id"]) for s in sound] == sorted(int(s["id"]) for s in sound)
    for status in sound:
        assert datetime.fromisoformat(status["created_at"]) == when(status)
    times = [line["time"] for line in lines]
    assert times == sorted(times)
    ids = [int(own) for own in sorted(hits, key=lambda own: hits[own]["created_at_i"])]
    assert len(set(ids)) == len(ids)
    by_number = [hits[str(own)]["created_at_i"] for own in sorted(ids)]
    assert by_number == sorted(by_number)


def test_statuses_are_as_a_server_gives_them(statuses):
    seen = Counter()
    bad = hostile("mastodon")
    for status in statuses.values():
        account = status["account"]
        seen["here" if "@" not in account["acct"] else "elsewhere"] += 1
        if "@" not in account["acct"]:
            assert account["uri"] == f"https://{INSTANCE}/users/{account['username']}"
            assert isinstance(account["noindex"], bool)
        else:
            assert account["acct"] == f"{account['username']}@{account['uri'].split('/')[2]}"
        assert status["uri"].startswith(f"{account['uri']}/statuses/")
        assert status["visibility"] == "public"
        if status["reblog"]:
            original = statuses[status["reblog"]["id"]]
            assert when(original) < when(status)
            assert status["content"] == ""
            continue
        if status["uri"] in bad:
            continue
        words = plain(status["content"]).strip()
        assert len(words) > 0
        if parent := status["in_reply_to_id"]:
            target = statuses[parent]
            assert status["in_reply_to_account_id"] == target["account"]["id"]
            assert target["account"]["acct"] in [m["acct"] for m in status["mentions"]]
            assert when(target) < when(status)
        tags = re.findall(r"(?<![\w&#/])#(\w*[^\W\d]\w*)", words)
        assert list(dict.fromkeys(t.lower() for t in tags)) == [t["name"] for t in status["tags"]]
        seen["tags"] += bool(tags)
        seen["warned"] += bool(status["spoiler_text"]) and status["sensitive"]
        seen["pictures"] += len(status["media_attachments"])
        seen["described"] += sum(bool(m["description"]) for m in status["media_attachments"])
        seen["card"] += bool(status["card"])
        seen["poll"] += bool(status["poll"])
        seen["long"] += len(words) > 200
    assert seen["described"] == seen["pictures"] > 150
    assert min(seen["here"], seen["elsewhere"]) > 800
    assert min(seen["warned"], seen["card"]) > 40
    assert seen["poll"] >= 8
    assert seen["long"] > 500
    assert seen["tags"] > 1_000


def test_edits_change_what_was_written_and_deletions_name_what_was_there(events, statuses):
    came = {}
    for line in events:
        data = line["data"]
        if line["event"] == "update":
            came[data["id"]] = line["time"]
        elif line["event"] == "status.update":
            assert came[data["id"]] < line["time"] == data["edited_at"]
            assert data["content"] != statuses[data["id"]]["content"]
            assert data["created_at"] == statuses[data["id"]]["created_at"]
        else:
            assert came[data] < line["time"]
            assert not any(s["in_reply_to_id"] == data for s in statuses.values())


def test_hits_are_as_the_search_gives_them(lines, hits):
    for own, hit in hits.items():
        assert f"author_{hit['author']}" in hit["_tags"]
        assert f"story_{hit['story_id']}" in hit["_tags"]
        assert written(hit).strftime("%Y-%m-%dT%H:%M:%SZ") == hit["created_at"]
        if hit["_tags"][0] == "story":
            assert own == str(hit["story_id"])
            assert {"title", "url", "points", "num_comments"} <= hit.keys()
            continue
        parent, story = hits[str(hit["parent_id"])], hits[str(hit["story_id"])]
        assert parent["created_at_i"] < hit["created_at_i"]
        assert hit["story_title"] == story["title"]
        assert parent.get("story_id") == hit["story_id"]
    later = {line["hit"]["objectID"]: line.get("later") for line in lines if "hit" in line}
    gone = {str(line["item"]["id"]) for line in lines if "deleted" in line.get("item", ())}
    below = Counter(
        h["story_id"] for own, h in hits.items() if "parent_id" in h and own not in gone
    )
    bad = {str(hits[own].get("story_id")) for own in hostile("hackernews")}
    for own, hit in hits.items():
        if hit["_tags"][0] == "story" and own not in bad:
            assert later[own]["num_comments"] == below[int(own)]
    pressed = [h for h in hits.values() if "runwayledger" in str(h.get("url"))]
    assert len(pressed) > 5
    assert any(h.get("url") is None and h.get("story_text") for h in hits.values())
    assert any("ask_hn" in h["_tags"] for h in hits.values())


def test_everything_is_invented(events, lines):
    for line in (*events, *lines):
        text = re.sub("</?span[^>]*>", "", json.dumps(line)).replace("&#x2F;", "/")
        for host in re.findall(r"https?://([^/\s\"<\\&]+)", text):
            assert host.endswith(".example"), host


def test_texts_stay_distinct_once_names_and_numbers_are_masked(statuses, hits):
    for texts in (said(statuses), told(hits), [*said(statuses), *told(hits)]):
        counted = Counter(masked(text) for text in texts)
        assert len(counted) >= 0.97 * len(texts)
        assert counted.most_common(1)[0][1] <= max(1, 0.005 * len(texts))


def test_they_repeat_nothing_of_what_the_first_network_says(statuses, hits):
    packed = lzma.decompress((FOLDER / "jetstream.jsonl.xz").read_bytes()).splitlines()
    records = (json.loads(line).get("commit", {}).get("record", {}) for line in packed)
    before = {masked(record["text"]) for record in records if "text" in record}
    texts = said(statuses) + told(hits)
    assert sum(masked(text) in before for text in texts) < 0.02 * len(texts)


def test_no_template_shows_through(statuses, hits):
    for text in said(statuses) + told(hits):
        assert not re.search(r"[{}|]|  (?!$)|(?<!\.)\.\.(?!\.)| [,.;](?!\.)|\\n", text), text


def test_people_write_with_natural_rhythms_in_several_tongues(statuses):
    early = [s for s in statuses.values() if when(s) < LIVE_FROM and not s["reblog"]]
    hours = Counter(when(status).hour for status in early)
    assert max(hours.values()) > 2 * min(hours.values())
    days = {when(status).date() for status in early}
    assert len(days) == 15
    langs = Counter(status["language"] for status in early)
    assert set(langs) >= {"en", "de", "fr", "es", "ja"}
    assert 0.7 < langs["en"] / len(early) < 0.92
    authors = Counter(status["account"]["uri"] for status in early).most_common()
    assert len(authors) > 300
    assert sum(count for _, count in authors[: len(authors) // 10]) > 0.25 * len(early)


def test_the_live_hours_are_filled(statuses, hits):
    minutes = Counter(
        int((when(s) - LIVE_FROM).total_seconds() // 60)
        for s in statuses.values()
        if when(s) >= LIVE_FROM
    )
    assert 1 <= minutes.total() / 360 <= 3
    assert all(sum(minutes[n + k] for k in range(15)) for n in range(0, 345, 5))
    assert sum(1 for hit in hits.values() if written(hit) >= LIVE_FROM) > 40


@pytest.mark.parametrize("network", NETWORKS)
def test_nobody_here_is_ahead_of_the_first_on_any_network(network, statuses, hits):
    by_uri = {status["uri"]: status for status in statuses.values()}
    for event, first in TRUTH[network]["events"].items():
        broke = datetime.fromisoformat(STORIES[event]["broke"]["social"])
        at = datetime.fromisoformat(first["at"])
        found = (
            when(by_uri[first["first"]]) if network == "mastodon" else written(hits[first["first"]])
        )
        assert abs(found - at) < timedelta(seconds=1)
        assert at > broke
    assert len(TRUTH[network]["events"]) >= (18 if network == "mastodon" else 8)


def test_an_events_tags_do_not_run_ahead_of_it(statuses):
    for event in TRUTH["events"]:
        broke = datetime.fromisoformat(event["broke"]["social"])
        for tag in (term for term in event["terms"] if term.startswith("#")):
            using = [s for s in statuses.values() if tag[1:].lower() in _tags(s)]
            assert len(using) >= 5, tag
            bad = hostile("mastodon")
            assert not [s for s in using if when(s) < broke and s["uri"] not in bad], tag


def _tags(status):
    return {tag["name"] for tag in status["tags"]}


def test_what_happened_is_told_the_same_way(statuses):
    live = [s for s in statuses.values() if "kestrelvalley" in _tags(s) and not s["reblog"]]
    assert len(live) > 120
    first = min((s for s in live if s["uri"] not in hostile("mastodon")), key=when)
    assert timedelta(0) < when(first) - LIVE_FROM < timedelta(minutes=4)


def test_the_collectors_read_all_but_what_is_not_for_them(events, statuses, lines):
    known = {own: status["uri"] for own, status in statuses.items()}
    unindexed, problems, read = set(TRUTH["mastodon"]["unindexed"]), [], 0
    hidden = set()
    for line in events:
        result = mastodon.parse(
            json.dumps(line["data"]).encode(),
            instance=INSTANCE,
            event=line["event"],
            collected=datetime.fromisoformat(line["time"]),
            known=known,
        )
        read += len(result)
        hidden |= {account.prefix for account in result.accounts}
        problems += [problem.reason for problem in result.problems]
        if line["event"] == "delete":
            assert [deletion.id for deletion in result.deletions] == [known[line["data"]]]
    assert read > 2_400
    assert hidden == unindexed
    assert set(problems) <= {"is of an account that asks not to be indexed"}
    collected = [
        hackernews.parse(json.dumps({"hits": [line["hit"]], "nbHits": 1}).encode())
        if "hit" in line
        else hackernews.parse(json.dumps(line["item"]).encode())
        for line in lines
    ]
    assert sum(len(result) for result in collected) >= 480
    assert sum(len(result.deletions) for result in collected) >= 12
    assert not [result.problems for result in collected if result.problems]


def test_one_account_leaves_the_index_after_it_was_heard(statuses):
    left = TRUTH["mastodon"]["left"]
    own = [s for s in statuses.values() if s["uri"].startswith(left["account"])]
    flags = [(s["account"]["noindex"], when(s) >= datetime.fromisoformat(left["at"])) for s in own]
    assert set(flags) == {(False, False), (True, True)}
