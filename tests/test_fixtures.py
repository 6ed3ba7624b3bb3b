"""The fixture industry holds what its README and ground truth say, and can be made again."""

import hashlib
import json
import lzma
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

FOLDER = Path(__file__).parent.parent / "data" / "fixtures"
POST, LIKE, REPOST = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.feed.repost"
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
ATOM = "{http://www.w3.org/2005/Atom}"
MANIFEST = json.loads((FOLDER / "manifest.json").read_bytes())
TRUTH = json.loads((FOLDER / "truth.json").read_bytes())
START, LIVE_FROM, END = (
    datetime.fromisoformat(MANIFEST[key]) for key in ("start", "live_from", "end")
)


def when(event):
    return datetime.fromtimestamp(event["time_us"] / 1e6, UTC)


def uri(event):
    commit = event["commit"]
    return f"at://{event['did']}/{commit['collection']}/{commit['rkey']}"


def unpack(path):
    return lzma.decompress(path.read_bytes())


@pytest.fixture(scope="module")
def events():
    return [json.loads(line) for line in unpack(FOLDER / "jetstream.jsonl.xz").splitlines()]


@pytest.fixture(scope="module")
def posts(events):
    """Every post that was created, by its address."""
    return {
        uri(event): event
        for event in events
        if event["kind"] == "commit"
        and event["commit"]["collection"] == POST
        and event["commit"]["operation"] == "create"
    }


@pytest.fixture(scope="module")
def profiles():
    listed = json.loads(unpack(FOLDER / "profiles.json.xz"))["profiles"]
    return {profile["did"]: profile for profile in listed}


@pytest.fixture(scope="module")
def entries():
    """Every entry of every feed: feed, link, title, text, date or None, id or None."""
    found = []
    for slug, feed in MANIFEST["feeds"].items():
        body = unpack(FOLDER / feed["file"])
        if feed["format"] == "json":
            for item in json.loads(body)["items"]:
                date = item.get("date_published")
                date = datetime.fromisoformat(date) if date else None
                text = item["content_html"]
                found.append((slug, item["url"], item["title"], text, date, item["id"]))
        elif feed["format"] == "atom":
            for entry in ET.fromstring(body).iter(f"{ATOM}entry"):
                date = entry.findtext(f"{ATOM}published")
                date = datetime.fromisoformat(date) if date else None
                link, name = entry.find(f"{ATOM}link").get("href"), entry.findtext(f"{ATOM}title")
                text = entry.findtext(f"{ATOM}summary")
                found.append((slug, link, name, text, date, entry.findtext(f"{ATOM}id")))
        else:
            for item in ET.fromstring(body).iter("item"):
                date = item.findtext("pubDate")
                date = parsedate_to_datetime(date).astimezone(UTC) if date else None
                link, name = item.findtext("link"), item.findtext("title")
                text = item.findtext("description")
                found.append((slug, link, name, text, date, item.findtext("guid")))
    return found


@pytest.mark.long
def test_the_generator_makes_exactly_these_files_again(tmp_path):
    script = [sys.executable, str(FOLDER / "generate.py"), "--out", str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True, timeout=170)
    names = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    held = [*FOLDER.rglob("*.xz"), *FOLDER.glob("*.json")]
    assert names == {path.relative_to(FOLDER) for path in held}
    for name in names:
        # The texts are compared, not their compression: that is liblzma's and may change.
        made, kept = (tmp_path / name).read_bytes(), (FOLDER / name).read_bytes()
        if name.suffix == ".xz":
            made, kept = lzma.decompress(made), lzma.decompress(kept)
        assert hashlib.sha256(made).digest() == hashlib.sha256(kept).digest(), name


def test_it_is_large_enough_and_small_enough(events, posts, entries):
    assert len(posts) + len(entries) >= 20_000
    assert len(entries) >= 1_000
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.xz")) <= 6_000_000
    counts = MANIFEST["counts"]
    kinds = Counter(
        f"{e['commit']['collection'].rpartition('.')[2]} {e['commit']['operation']}"
        for e in events
        if e["kind"] == "commit"
    )
    assert {key: counts[key] for key in kinds} == kinds
    assert counts["items"] == len(posts) + len(entries)
    assert kinds["like create"] >= 15_000
    assert kinds["repost create"] >= 6_000
    assert min(kinds["post update"], kinds["post delete"], kinds["like delete"]) > 50
    assert counts["identity"] > 10
    assert counts["account"] > 10


def test_events_ascend_and_leave_two_spans_uncovered(events):
    times = [event["time_us"] for event in events]
    assert times == sorted(set(times))
    assert when(events[0]) >= START
    assert when(events[-1]) < END
    assert timedelta(days=14) == END - START
    assert timedelta(hours=6) == END - LIVE_FROM
    spans = [
        (datetime.fromisoformat(gap["start"]), datetime.fromisoformat(gap["end"]))
        for gap in MANIFEST["gaps"]
    ]
    assert [end - start for start, end in spans] == [timedelta(minutes=110), timedelta(hours=3)]
    assert TRUTH["gaps"] == MANIFEST["gaps"]
    for start, end in spans:
        assert not any(start <= when(event) < end for event in events)


def test_records_are_as_the_network_has_them(posts, profiles):
    hostile = set(TRUTH["hostile"])
    seen = Counter()
    for address, event in posts.items():
        record, raw = event["commit"]["record"], event["commit"]["record"]["text"].encode()
        assert event["did"] in profiles
        assert len(raw) <= 3_000
        if address in hostile:
            continue
        assert 0 < len(record["text"]) <= 300
        created = datetime.fromisoformat(record["createdAt"])
        assert timedelta(0) < when(event) - created < timedelta(seconds=30)
        number = 0
        for letter in event["commit"]["rkey"]:
            number = number * 32 + ALPHABET.index(letter)
        assert abs((number >> 10) / 1e6 - created.timestamp()) < 0.003
        for facet in record.get("facets", ()):
            cut = raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
            feature = facet["features"][0]
            kind = feature["$type"].partition("#")[2]
            seen[kind] += 1
            if kind == "tag":
                assert cut == "#" + feature["tag"]
            elif kind == "mention":
                assert cut == "@" + profiles[feature["did"]]["handle"]
            else:
                assert feature["uri"].partition("://")[2].startswith(cut.rstrip(".")) or (
                    feature["uri"] == cut
                )
        seen[record.get("embed", {}).get("$type", "")] += 1
        seen["reply"] += "reply" in record
    for kind in ("tag", "mention", "link", "reply"):
        assert seen[kind] > 100
    for kind in ("images", "record", "external"):
        assert seen[f"app.bsky.embed.{kind}"] > 100


def test_replies_likes_and_reposts_point_at_posts_that_came_before(events, posts):
    missing = checked = 0
    for event in events:
        commit = event.get("commit", {})
        record = commit.get("record", {})
        if commit.get("operation") != "create":
            continue
        refs = [*record.get("reply", {}).values()]
        if commit["collection"] in {LIKE, REPOST}:
            refs.append(record["subject"])
        for ref in refs:
            checked += 1
            if (target := posts.get(ref["uri"])) is None:
                missing += 1  # it fell into a span that was not covered
                continue
            assert ref["cid"] == target["commit"]["cid"]
            assert target["time_us"] < event["time_us"]
    assert checked > 25_000
    assert missing < 0.02 * checked


def test_everything_is_invented(events, entries, profiles):
    for profile in profiles.values():
        assert profile["handle"].endswith(".example")
        assert re.fullmatch("did:plc:[a-z2-7]{24}", profile["did"])
    assert {event["did"] for event in events} <= set(profiles)
    for feed in MANIFEST["feeds"].values():
        assert re.match(r"https://feeds\.[a-z]+\.example/", feed["url"])
    texts = [json.dumps(event) for event in events] + [" ".join(entry[1:4]) for entry in entries]
    for text in texts:
        for host in re.findall(r"https?://([^/\s\"<]+)", text):
            assert host.endswith(".example"), host


def masked(text, names):
    """Names, hashtags, mentions, links and digits as one sign, folded, spaces collapsed."""
    text = re.sub(r"https?://\S+|\S+\.example\S*|[#@$]\w+|\d+", "¤", text.casefold())
    return re.sub(r"[\s¤]+", " ", names.sub("¤", text)).strip()


def test_texts_stay_distinct_once_names_and_numbers_are_masked(posts, entries):
    names = re.compile("|".join(re.escape(name.casefold()) for name in TRUTH["names"]))
    texts = [event["commit"]["record"]["text"] for event in posts.values()]
    texts += [f"{title} {text}" for _, _, title, text, _, _ in entries]
    counted = Counter(masked(text, names) for text in texts)
    assert len(counted) >= 0.97 * len(texts)
    assert counted.most_common(1)[0][1] <= 0.005 * len(texts)


def test_no_template_shows_through(posts, entries):
    hostile = set(TRUTH["hostile"])
    texts = [e["commit"]["record"]["text"] for a, e in posts.items() if a not in hostile]
    texts += [f"{title} {text}" for _, _, title, text, _, _ in entries if "<script>" not in text]
    for text in texts:
        assert not re.search(r"[{}|]|  |(?<!\.)\.\.$| [,.;](?!\.)", text), text


def test_people_write_with_natural_rhythms(posts):
    early = [e for e in posts.values() if when(e) < LIVE_FROM]
    hours = Counter(when(event).hour for event in early)
    assert max(hours.values()) > 2 * min(hours.values())
    authors = Counter(event["did"] for event in early).most_common()
    tenth = sum(count for _, count in authors[: len(authors) // 10])
    assert tenth > 0.35 * len(early)
    langs = Counter(e["commit"]["record"].get("langs", ["?"])[0] for e in posts.values())
    assert set(langs) >= {"en", "es", "de", "fr", "pt", "ja", "hi", "ar"}
    assert 0.7 < langs["en"] / len(posts) < 0.95
    assert min(langs[lang] for lang in ("hi", "ar")) > 50


def test_the_live_hours_begin_with_news(posts):
    live = [event for event in posts.values() if when(event) >= LIVE_FROM]
    assert 5 <= len(live) / 360 <= 14
    story = next(e for e in TRUTH["events"] if e["id"] == "kestrel-valley")
    broke = datetime.fromisoformat(story["broke"]["social"])
    assert timedelta(0) < broke - LIVE_FROM < timedelta(minutes=2)
    wire = datetime.fromisoformat(story["broke"]["wire"]) - broke
    assert timedelta(minutes=35) < wire < timedelta(minutes=45)
    minutes = Counter(int((when(e) - LIVE_FROM).total_seconds() // 60) for e in live)
    assert sum(minutes[n] for n in range(2)) >= 5
    assert sum(1 for n in range(360) if minutes[n]) >= 355


def test_the_ground_truth_agrees_with_the_items(posts, entries):
    dates = {(slug, link): date for slug, link, _, _, date, _ in entries}
    assert len(TRUTH["events"]) >= 12
    firsts = Counter(event["first"] for event in TRUTH["events"])
    assert firsts["social"] >= 4
    assert firsts["wire"] >= 4
    assert firsts["tied"] >= 2
    for event in TRUTH["events"] + TRUTH["rumours"]:
        items = event["items"]
        for tier, broke in event["broke"].items():
            if broke is None:
                continue
            time = datetime.fromisoformat(broke)
            if tier == "social":
                said = posts[items["social"]]["commit"]["record"]["createdAt"]
                found, slack = datetime.fromisoformat(said), timedelta(seconds=1)
            else:
                found = dates[items[tier]["feed"], items[tier]["link"]]
                slack = timedelta(seconds=60)  # one wire writes no seconds, as wires do
            assert abs(found - time) <= slack, (event["id"], tier)
        lead = event["social_lead_over_wire"]
        if lead is not None:
            social, wire = (datetime.fromisoformat(event["broke"][t]) for t in ("social", "wire"))
            assert lead == (wire - social).total_seconds()
    outcomes = Counter(rumour["outcome"] for rumour in TRUTH["rumours"])
    assert outcomes["denied"] >= 2
    assert outcomes["fizzled"] >= 1


def test_an_events_words_do_not_run_ahead_of_it(posts):
    for event in TRUTH["events"]:
        tags = [term.casefold() for term in event["terms"] if term.startswith("#")]
        broke = min(datetime.fromisoformat(t) for t in event["broke"].values() if t)
        for tag in tags:
            used = [e for e in posts.values() if tag in e["commit"]["record"]["text"].casefold()]
            ahead = [e for e in used if when(e) < broke and uri(e) not in TRUTH["hostile"]]
            assert len(used) >= 5, tag
            assert not ahead, (event["id"], tag)


def test_campaign_spam_and_a_hidden_account_are_in_the_stream(events, posts, profiles):
    campaign = TRUTH["campaign"]
    names = re.compile("|".join(re.escape(name.casefold()) for name in TRUTH["names"]))
    own = [e for e in posts.values() if e["did"] in campaign["accounts"]]
    assert len(campaign["accounts"]) == 7
    assert len(own) == campaign["posts"] >= 40
    assert len({masked(e["commit"]["record"]["text"], names) for e in own}) <= 6
    start = datetime.fromisoformat(campaign["start"])
    for account in campaign["accounts"]:
        age = start - datetime.fromisoformat(profiles[account]["createdAt"])
        assert timedelta(0) < age < timedelta(days=4)
    assert sum(e["did"] in TRUTH["spam"]["accounts"] for e in posts.values()) >= 100
    hidden = TRUTH["accounts"]["hidden"][0]
    last = [e["account"] for e in events if e["kind"] == "account" and e["did"] == hidden][-1]
    assert last["active"] is False
    assert any(e["did"] == hidden for e in posts.values())
    back = TRUTH["accounts"]["came_back"][0]
    last = [e["account"] for e in events if e["kind"] == "account" and e["did"] == back][-1]
    assert last["active"] is True


def test_feeds_speak_their_formats_and_have_their_faults(entries):
    formats = Counter(feed["format"] for feed in MANIFEST["feeds"].values())
    assert formats["atom"] == formats["json"] == 1
    assert formats["rss"] >= 4
    assert Counter(feed["tier"] for feed in MANIFEST["feeds"].values())["wire"] == 2
    spanish = unpack(FOLDER / MANIFEST["feeds"]["diario-costa-clara"]["file"])
    assert b'encoding="windows-1252"' in spanish.splitlines()[0]
    assert "ó".encode("windows-1252") in spanish
    wire = unpack(FOLDER / MANIFEST["feeds"]["harbour-wire"]["file"]).decode()
    assert re.search(r'<category domain="[^"]+/rss/stock"\n +>NYSE:NWND</category>', wire)
    assert re.search(r"<pubDate>\w{3}, \d\d Jun 2026 \d\d:\d\d GMT</pubDate>", wire)
    undated = [entry for entry in entries if entry[4] is None]
    unmarked = [entry for entry in entries if entry[5] is None]
    assert len(undated) >= 30
    assert len(unmarked) >= 50
    assert any("<script>" in entry[3] for entry in entries)
    for slug in MANIFEST["feeds"]:
        dates = [entry[4] for entry in entries if entry[0] == slug and entry[4]]
        assert dates == sorted(dates, reverse=True)
        assert dates[-1] >= START
        assert dates[0] < END
