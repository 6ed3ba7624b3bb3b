import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from workbench import __version__, store
from workbench.cli import group
from workbench.cli.common import choose
from workbench.cli.text import clean, cut, table
from workbench.items import Item

FEED = """<rss version="2.0"><channel><title>F</title>
<item><guid>1</guid><title>Acme buys Globex</title>
<pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>Quiet day</title>
<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def run(*arguments, **environment):
    return CliRunner().invoke(group, [str(a) for a in arguments], env=environment)


def post(ident, text, **fields):
    return Item(
        **{
            "source": "bluesky",
            "id": str(ident),
            "text": text,
            "published": "2026-11-22T09:00:00Z",
            "author": "ana.example",
        }
        | fields
    )


@pytest.fixture
def address(tmp_path):
    path = tmp_path / "cli.db"
    with store.open(path) as opened:
        opened.add(
            [
                post(1, "Acme is fine", published="2026-11-22T09:00:00Z"),
                post(2, "acme\x1b]0;owned\x07 is\n\u202eback", published="2026-11-22T10:00:00Z"),
                post(3, "globex", published="2026-11-22T11:00:00Z"),
            ]
        )
    return path


@pytest.fixture
def deck(tmp_path):
    (tmp_path / "ceo.yaml").write_text(
        "title: T\nsources:\n  - {collector: feeds, url: 'http://127.0.0.1:9/rss'}\n"
        "lists: {board: [ana.example]}\n"
        "columns:\n  - {type: search, title: A, query: acme}\n"
    )
    return tmp_path / "ceo.yaml"


def test_help_names_every_command_and_loads_nothing_heavy():
    # In a process of its own, where nothing is imported yet.
    script = (
        "import sys\nfrom workbench.cli import group\n"
        "try: group(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'plotly', 'nltk', 'voila', 'tornado', 'httpx', 'apsw', 'ruamel'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    *helped, heavy = done.stdout.splitlines()
    assert heavy == "[]"
    for name in ("demo", "up", "serve", "collect", "search", "doctor", "status"):
        assert any(line.strip().startswith(name) for line in helped)


@pytest.mark.parametrize(
    "name", ["init", "demo", "up", "serve", "collect", "search", "doctor", "status"]
)
def test_each_command_has_help_with_an_example(name):
    done = run(name, "--help")
    assert done.exit_code == 0
    assert f"Example: workbench {name}" in done.output


def test_the_version_is_the_packages():
    assert run("--version").output.strip() == f"workbench, version {__version__}"


def test_search_shows_a_table_newest_first_without_steering_the_terminal(address):
    done = run("search", "acme", "--store", address)
    assert done.exit_code == 0
    head, first, second = done.stdout.splitlines()
    assert head.split() == ["time", "(UTC)", "source", "author", "text"]
    assert first == "2026-11-22 10:00:00  bluesky  ana.example  acme]0;owned is back"
    assert second == "2026-11-22 09:00:00  bluesky  ana.example  Acme is fine"


def test_search_writes_json_lines(address):
    done = run("search", "-globex", "--json", "--limit", 1, "--store", address)
    (line,) = done.stdout.splitlines()
    assert line.isascii()
    found = json.loads(line)
    assert (found["id"], found["published"]) == ("2", "2026-11-22T10:00:00+00:00")
    assert found["text"].startswith("acme")
    assert "likes" not in found


def test_search_takes_a_time_and_a_decks_lists(address, deck):
    done = run("search", "list:board", "--deck", deck, "--since", "2026-11-22T10:30:00Z",
               "--store", address)  # fmt: skip
    assert [line.split()[-1] for line in done.stdout.splitlines()[1:]] == ["globex"]
    nothing = run("search", "nowhere", "--store", address)
    assert (nothing.exit_code, nothing.stderr) == (0, "Nothing matches.\n")


def test_a_query_that_cannot_be_read_is_shown_with_a_caret(address):
    done = run("search", "acme (globex", "--store", address)
    assert done.exit_code == 1
    assert done.stdout == ""
    first, query, caret = done.stderr.splitlines()
    assert first.startswith("Error: ")
    assert query.strip() == "acme (globex"
    assert caret.strip() == "^"
    assert "Traceback" not in done.output


def test_a_hostile_query_cannot_steer_the_terminal_from_its_error():
    from workbench.cli import _harmless

    assert _harmless("wrong\n  a\x1b[2Jb \u202ec\n  ^") == "wrong\n  a\ufffd[2Jb \ufffdc\n  ^"


def test_a_command_typed_wrongly_ends_with_2():
    assert run("search").exit_code == 2
    assert run("nonsense").exit_code == 2
    assert run("serve", "--port", "99999").exit_code == 2
    assert run("demo", "--speed", "0").exit_code == 2
    assert run("collect", "https://a.example", "--deck", "demo").exit_code == 2


def test_a_deck_that_is_wrong_is_one_message(tmp_path, address):
    (tmp_path / "bad.yaml").write_text("title: T\ncolums: []\n")
    done = run("serve", "--deck", tmp_path / "bad.yaml", "--store", address)
    assert done.exit_code == 1
    assert "bad.yaml, line 2: colums: unknown key; did you mean columns?" in done.stderr


def test_without_a_deck_of_ones_own_one_must_be_named(tmp_path, monkeypatch, address):
    monkeypatch.chdir(tmp_path)
    done = run("up", "--store", address, XDG_CONFIG_HOME=str(tmp_path))
    assert done.exit_code == 1
    assert "name a deck with --deck" in done.stderr


def test_without_a_name_all_decks_of_ones_own_are_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "decks").mkdir()
    for name in ("cfo", "ceo"):
        (tmp_path / "decks" / f"{name}.yaml").write_text(
            f"title: {name}\ncolumns: [{{type: stories, title: S}}]\n"
        )
    assert [deck.name for deck in choose(())] == ["ceo", "cfo"]


def test_others_are_kept_out_unless_they_show_a_token(deck, address):
    done = run("serve", "--host", "0.0.0.0", "--deck", deck, "--store", address, "--no-browser")
    assert done.exit_code == 1
    assert "--token" in done.stderr


def test_the_demo_puts_nothing_into_a_store_that_is_not_its_own(address):
    done = run("demo", "--no-browser", "--port", 0, "--store", address)
    assert done.exit_code == 1
    assert "holds items that are not the demo's" in done.stderr


@pytest.fixture
def feed(site):
    return f"{site}/feed.xml"


@pytest.fixture
def site(tmp_path):
    """A web site of one feed, served by Python's own server."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "feed.xml").write_text(FEED)
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    port = server.stdout.readline().split(" port ")[1].split()[0]
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()
    server.stdout.close()


def test_collect_fetches_a_feed_and_says_what_came_of_it(feed, tmp_path):
    path = tmp_path / "new.db"
    done = run("collect", feed, "--store", path)
    assert done.stdout == "127.0.0.1: 2 new, 0 updated, 0 unchanged\n"
    assert "Acme buys Globex" in run("search", "acme", "--store", path).stdout
    told = json.loads(run("collect", feed, "--store", tmp_path / "b.db", "--json").stdout)
    assert (told["new"], told["updated"], told["unchanged"]) == (2, 0, 0)
    assert feed in told["source"]


def test_collect_goes_on_when_a_source_fails(feed, deck, tmp_path):
    deck.write_text(deck.read_text().replace(
        "lists:", f"  - {{collector: feeds, url: '{feed}', label: Good}}\nlists:"))  # fmt: skip
    done = run("collect", "--deck", deck, "--store", tmp_path / "c.db")
    assert done.exit_code == 1
    assert done.stdout == "Good: 1 new, 0 updated, 0 unchanged\n"
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_shows_each_source(feed, tmp_path):
    path = tmp_path / "new.db"
    assert "No source has run" in run("status", "--store", path).stderr
    run("collect", feed, "--store", path)
    (told,) = map(json.loads, run("status", "--json", "--store", path).stdout.splitlines())
    assert (told["seen"], told["matched"], told["stored"]) == (2, 0, 2)
    assert feed in told["key"]
    first, counts, reason = run("status", "--store", path).stdout.splitlines()
    assert first.startswith(f"feeds:{feed}: failing since 20")
    assert counts.startswith("    2 seen, 0 matched, 2 stored; last item 20")
    assert reason.strip().startswith("collecting has stopped")


def test_doctor_names_what_is_broken_and_what_to_do(deck, address, feed):
    done = run("doctor", "--deck", deck, "--store", address)
    assert done.exit_code == 1
    assert "broken  feeds (127.0.0.1): http://127.0.0.1:9/rss" in done.stdout
    assert "look at its address" in done.stdout
    deck.write_text(deck.read_text().replace("http://127.0.0.1:9/rss", feed))
    done = run("doctor", "--deck", deck, "--store", address)
    assert done.exit_code == 0
    assert "ok      feeds (127.0.0.1): answers; 2 items" in done.stdout
    assert "newest item of 2026-11-22 11:00:00 UTC" in done.stdout


def test_doctor_leaves_the_remedy_to_an_error_that_has_one(deck, address, monkeypatch):
    monkeypatch.setenv("WORKBENCH_MASTODON_TOKEN", "s3cret")
    source = "sources:\n  - {collector: mastodon, instance: harbour.invalid}\n"
    deck.write_text(deck.read_text().replace("sources:\n", source))
    done = run("doctor", "--deck", deck, "--store", address, "--json")
    found = {line["what"]: line for line in map(json.loads, done.stdout.splitlines())}
    told = found["mastodon (harbour.invalid)"]
    assert (told["level"], told["remedy"]) == ("broken", "")
    assert "write it as mastodon.example:TOKEN" in told["text"]
    assert "s3cret" not in done.stdout


def test_doctor_asks_a_search_for_what_columns_want(deck, address, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # leads nowhere
    deck.write_text(deck.read_text().replace("sources:\n", "sources:\n  - collector: gdelt\n"))
    done = run("doctor", "--deck", deck, "--store", address, "--json")
    found = {line["what"]: line for line in map(json.loads, done.stdout.splitlines())}
    told = found["gdelt (GDELT)"]
    assert told["level"] == "broken"
    assert "query=acme" in told["text"]
    assert "nothing to ask for" not in told["text"]


def test_doctor_asks_nobody_when_offline(deck, address):
    done = run("doctor", "--deck", deck, "--store", address, "--offline", "--json")
    assert done.exit_code == 0
    found = {line["what"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert found["feeds (127.0.0.1)"]["text"] == "not asked"
    assert {"Python", "SQLite", "store", "disk", "deck ceo"} <= found.keys()


def test_doctor_reports_a_store_that_cannot_be_opened(tmp_path):
    (tmp_path / "no.db").write_bytes(b"this is no database " * 100)
    done = run("doctor", "--store", tmp_path / "no.db", "--offline")
    assert done.exit_code == 1
    assert "broken  store" in done.stdout


def test_text_is_made_safe_and_fits():
    assert clean("a\tb\r\n\x00c\x9b31m\u200bd\u2066e") == "a b c31mde"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert cut("abcdef", 6) == "abcdef"
    assert cut("東京駅前", 5) == "東京…"
    lines = table(("a", "b"), [("1", "x" * 500)])
    assert max(map(len, lines)) <= max(int(os.environ.get("COLUMNS", "120")), 120)


def test_python_dash_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"workbench, version {__version__}"
