"""`workbench init`: whatever somebody is called, a deck comes of it that finds them."""

import os
import pty
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from loopback import serving
from publishing import read_state

from workbench import decks, service, store
from workbench.cli import group
from workbench.demo.replay import Replay
from workbench.entities import extract
from workbench.errors import SettingError
from workbench.http import Client
from workbench.items import Item
from workbench.workspace import ROLES, Wish, split_names, split_tags, write

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
FEED = """<rss version="2.0"><channel><title>Trade paper</title><item>
<title>Acme opens a plant</title><link>https://paper.example/1</link><guid>1</guid>
<pubDate>{when}</pubDate></item></channel></rss>"""


def item(text):
    tags = extract(text).hashtags
    return Item(source="bluesky", id="1", text=text, published=NOW, hashtags=tags)


def made(folder, **wish):
    """Write a workspace, and return its deck."""
    known = Wish(**wish)
    write(folder, known)
    return decks.load(folder / "decks" / f"{known.role}.yaml")


def finds(deck, key, text):
    column = next(column for column in deck.columns if column.key == key)
    return column.query.matches(item(text), now=NOW)


def run(*arguments):
    return CliRunner().invoke(group, [*map(str, arguments)])


def test_it_writes_a_deck_notebooks_and_a_readme_and_says_what_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = run(
        "init", "--company", "Acme", "--rivals", "Globex, Initech", "--hashtags", "#batteries"
    )
    assert told.exit_code == 0, told.output
    folder = tmp_path / "workbench-acme"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"decks/ceo.yaml", "README.md", ".gitignore", "notebooks/primer.ipynb"} <= names
    assert "workbench.db" not in names
    for words in ("cd workbench-acme", "workbench doctor --deck ceo", "workbench up --deck ceo"):
        assert words in told.output
    assert "No news site is read yet" in told.output
    readme = (folder / "README.md").read_text()
    assert "workbench up --deck ceo" in readme
    ignored = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "init", "-q", folder], check=True
    )
    assert not ignored.returncode
    (folder / "workbench.db-wal").touch()
    status = subprocess.run(
        ["git", "-C", folder, "status", "--porcelain", "-uall"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "README.md" in status.stdout
    assert ".db" not in status.stdout
    monkeypatch.chdir(folder)
    assert "ceo" in decks.names()


def test_the_deck_is_on_sources_without_a_key_and_finds_whom_it_names(tmp_path):
    deck = made(
        tmp_path,
        company="Acme",
        rivals=("Globex", "Initech"),
        hashtags=("#batteries",),
        feeds=("https://paper.example/rss",),
        wires=("https://wire.example/rss",),
        zone="Europe/Berlin",
    )
    assert [source.collector for source in deck.sources] == [
        "bluesky",
        "hackernews",
        "gdelt",
        "mastodon",
        "feeds",
        "feeds",
    ]
    assert [source.tier for source in deck.sources][-2:] == ["wire", "news"]
    assert all(not source.build().needs for source in deck.sources)
    assert deck.sources[3].parameters["tags"] == ("batteries", "Acme", "Globex", "Initech")
    titles = ["Acme", "Stories", "Rivals", "Industry", "Newswire", "Trending", "Mood"]
    assert [column.title for column in deck.columns] == titles
    assert (deck.title, deck.zone) == ("Acme", "Europe/Berlin")
    assert finds(deck, "company", "What does acme's plant cost?")
    assert finds(deck, "company", "so much for #Acme")
    assert not finds(deck, "company", "acmeology")
    assert finds(deck, "rivals", "Initech hires")
    assert not finds(deck, "rivals", "Acme hires")
    assert finds(deck, "industry", "new #Batteries")
    for text in ("acme", "globex", "#batteries"):
        assert finds(deck, "trending", text)


def test_what_it_offers_in_comments_can_be_taken_up_as_it_stands(tmp_path):
    made(tmp_path, company="Acme")
    (path,) = (tmp_path / "decks").glob("*.yaml")
    text = path.read_text()
    path.write_text(re.sub(r"^  # (- collector:|  \w+:)", r"  \1", text, flags=re.MULTILINE))
    sources = [source.collector for source in decks.load(path).sources]
    assert sources[-3:] == ["feeds", "newswires", "edgar"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "more", [{}, {"rivals": ("Globex",), "hashtags": ("x1",)}], ids=["alone", "with all"]
)
def test_each_role_gets_a_deck_of_its_own(tmp_path, role, more):
    deck = made(tmp_path, company="Acme", role=role, **more)
    assert deck.name == role
    assert 3 <= len(deck.columns) <= 10
    assert finds(deck, "company", "acme")


@pytest.mark.parametrize(
    ("role", "column", "found", "not_found"),
    [
        ("cto", "outages", "Acme is down again", "Globex is down again"),
        ("cto", "launches", "Globex launches an API", "somebody launches an API"),
        ("coo", "disruption", "strike ends #batteries", "strike ends elsewhere"),
        ("coo", "complaints", "acme is a terrible failure", "acme is wonderful"),
        ("chro", "working-here", "layoffs at Acme", "layoffs at Globex"),
        ("chro", "people", "Globex appoints a new chief", "Globex sells a plant"),
        ("chro", "rivals-people", "the union at Globex", "the union at Acme"),
        ("counsel", "cases", "Acme sued over cells", "Globex sued over cells"),
        ("counsel", "rivals-cases", "court rules for globex", "court rules for acme"),
        ("counsel", "privacy", "Acme data leaked", "data leaked by somebody"),
        ("counsel", "recalls", "#batteries recalled", "cars recalled"),
    ],
)
def test_each_role_watches_what_is_its_own(tmp_path, role, column, found, not_found):
    deck = made(tmp_path, company="Acme", role=role, rivals=("Globex",), hashtags=("batteries",))
    query = next(each.query for each in deck.columns if each.key == column)
    terrible = Item(source="bluesky", id="1", text=found, published=NOW, compound=-0.6,
                    hashtags=extract(found).hashtags)  # fmt: skip
    assert query.matches(terrible, now=NOW)
    assert not finds(deck, column, not_found)


def test_what_stops_a_business_is_an_alert(tmp_path):
    for role, key in (("cto", "outages"), ("coo", "disruption"), ("counsel", "cases")):
        deck = made(tmp_path / role, company="Acme", role=role)
        (column,) = [each for each in deck.columns if each.alert]
        assert (column.key, column.alert.at_least) == (key, 5)


@pytest.mark.parametrize(
    ("company", "text"),
    [
        ('O\'Neil "The Best" & Sons', "at o'neil the best & sons today"),
        ("OR", "or not"),
        ("AT&T", "calls by AT&T"),
        ("-NOT (a", "not a"),
        ("from:bob", "from bob"),
        ("Yahoo!", "yahoo is back"),
        ("# Acme: {1}", "acme 1"),
        ("Globex, Inc.", "globex rises"),
        ("Umbrella, S.A.", "umbrella rises"),
        ("The Walt Group Holdings Ltd", "the walt parks"),
        ("Süß & Straße GmbH", "süss strasse"),
        ("東京電力", "今日は東京電力が"),
        ("3M", "3m tape"),
        ("42", "no 42 today"),
        ("Rivals", "the rivals are here"),
        ("Mood", "in the mood"),
        ("yes", "yes"),
        ("a\nb: [c", "a b c"),
        ("\x1b[31mAcme\x00", "31macme"),
        ("Co", "the co says"),
    ],
)
def test_no_name_breaks_the_deck_or_its_query(tmp_path, company, text):
    for role in ROLES:
        deck = made(tmp_path / role, company=company, role=role, rivals=("Hooli", company))
        assert finds(deck, "company", text), deck.columns[0].text
        assert not finds(deck, "company", "quite another matter")


@settings(max_examples=60, deadline=None)
@example(company="¸0", rivals=[])
@example(company="e\u0301lan", rivals=["\u0301"])
@given(company=st.text(max_size=30), rivals=st.lists(st.text(max_size=20), max_size=3))
def test_any_text_makes_a_deck_or_a_clear_error(tmp_path_factory, company, rivals):
    folder = tmp_path_factory.mktemp("w")
    try:
        deck = made(folder, company=company, rivals=tuple(rivals))
    except SettingError as error:
        assert re.match(r"(company|rivals): ", str(error))  # noqa: PT017 - either is right
        return
    assert finds(deck, "company", company)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"company": "  "}, "company: .* has no letters or digits"),
        ({"company": "!?"}, "company: .* has no letters or digits"),
        ({"company": "x" * 81}, "company: .* longer than 80"),
        ({"company": "Acme", "rivals": ("…",)}, "rivals: .* has no letters or digits"),
        ({"company": "Acme", "hashtags": ("#a-b",)}, "hashtags: '#a-b' is no hashtag"),
        ({"company": "Acme", "hashtags": ("#12",)}, "hashtags: '#12' is no hashtag"),
        ({"company": "Acme", "hashtags": tuple(f"t{n}" for n in range(21))}, "more than 20"),
        ({"company": "Acme", "role": "cio"}, "role 'cio' is not one of ceo, cfo"),
        ({"company": "Acme", "feeds": ("ftp://x",)}, "no deck comes of this: .*ftp"),
        ({"company": "Acme", "instance": "no host"}, "no deck comes of this: .*no host"),
        ({"company": "Acme", "zone": "Mars/Base"}, "no deck comes of this: .*Mars/Base"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(tmp_path, wish, message):
    with pytest.raises(SettingError, match=message):
        write(tmp_path / "w", Wish(**wish))
    assert not (tmp_path / "w").exists()


def test_lists_are_read_as_people_write_them():
    assert split_names(" Globex ,Initech, Inc. ; Hooli GmbH\nUmbrella, S.A.") == (
        "Globex",
        "Initech, Inc.",
        "Hooli GmbH",
        "Umbrella, S.A.",
    )
    assert split_names("A, B") == ("A", "B")
    assert split_names("") == ()
    assert split_tags(" ,#a, b  #c;") == ("#a", "b", "#c")
    assert split_tags("") == ()


def test_what_is_there_stays_unless_it_is_forced(tmp_path):
    folder = tmp_path / "w"
    given = ("init", folder, "--company", "Acme", "--zone", "UTC")
    assert run(*given).exit_code == 0
    (folder / "README.md").write_text("mine")
    again = run(*given)
    assert again.exit_code == 1
    assert re.search("holds .*README.md.* already", again.output)
    assert "--force" in again.output
    assert (folder / "README.md").read_text() == "mine"
    assert run(*given, "--force").exit_code == 0
    assert "Acme" in (folder / "README.md").read_text()


def test_without_a_terminal_only_the_company_is_needed(tmp_path):
    told = run("init", tmp_path / "w")
    assert told.exit_code == 2
    assert '--company "Acme"' in told.output
    assert run("init", tmp_path / "w", "--company", "Acme").exit_code == 0


def test_in_a_terminal_it_asks_for_what_is_not_given(tmp_path):
    near, far = pty.openpty()
    command = [sys.executable, "-m", "workbench", "init", "w", "--zone", "UTC"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=far, stdout=far, stderr=far) as process:
        os.close(far)
        heard = b""
        answers = [
            (b"Your company", b"Acme"),
            (b"For whom", b"cmo"),
            (b"Rivals", b"Globex"),
            (b"Hashtags", b"#batteries"),
            (b"Feeds", b"https://paper.example/rss"),
        ]
        for question, answer in answers:
            while question not in heard:
                heard += os.read(near, 4096)
            os.write(near, answer + b"\n")
            heard = b""
        while True:
            try:
                heard += os.read(near, 4096)
            except OSError:  # the other end is closed
                break
        assert process.wait(60) == 0
    os.close(near)
    assert b"What next:" in heard
    deck = decks.load(tmp_path / "w" / "decks" / "cmo.yaml")
    assert [column.title for column in deck.columns][:3] == ["Acme", "Complaints", "Praise"]
    assert deck.sources[-1].parameters["url"] == "https://paper.example/rss"


@pytest.fixture
def paper():
    """A feed on loopback, and its address."""

    class Paper(BaseHTTPRequestHandler):
        def do_GET(self):
            body = FEED.format(
                when=datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Keep the tests' output clean."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Paper)) as server:
        yield f"http://127.0.0.1:{server.server_port}/rss"


def test_up_on_the_workspace_shows_what_a_feed_says(tmp_path, paper):
    assert run("init", tmp_path / "w", "--company", "Acme", "--feed", paper).exit_code == 0
    file = tmp_path / "w" / "decks" / "ceo.yaml"
    # The others are on the network, which no test asks.
    text = re.sub(r"  - collector: (?!feeds)\w+\n(    .*\n)*", "", file.read_text())
    file.write_text(text)
    environment = {**os.environ, "WORKBENCH_STORE": "workbench.db"}
    options = ["--deck", "ceo", "--no-browser", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "up", *options],
        cwd=tmp_path / "w",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = process.stdout.readline().strip()
        shown = ""
        while "Acme opens a plant" not in shown:
            shown = httpx.get(address, timeout=60).text
        assert read_state(shown)["deck"]["title"] == "Acme"
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "w" / "workbench.db").exists()


def test_collect_goes_through_the_deck_s_sources(tmp_path):
    """The demo's servers stand for the networks; the deck is one that init writes."""
    replay = Replay(speed=30.0)
    with replay:
        feeds = ("https://feeds.runwayledger.example/rss",)
        wires = ("https://feeds.harbourwire.example/airlines.xml",)
        deck = made(
            tmp_path,
            company="Northwind Air",
            rivals=("Calder Jet",),
            hashtags=("KestrelValley",),
            feeds=feeds,
            wires=wires,
        )
        known = [source for source in deck.sources if source.collector in {"bluesky", "feeds"}]
        assert len(known) == 3
        with (
            store.open(str(tmp_path / "w.db"), now=replay.clock) as opened,
            closing(Client(hosts=replay.hosts, now=replay.clock)) as client,
        ):
            added = [
                service.collect(
                    source, opened, client, decks=[deck], now=replay.clock, seconds=5.0
                ).new
                for source in known
            ]
            assert all(added), added
            assert opened.search(deck.columns[0].query, limit=1)
