"""What the doctor tells of sources: ours are out of the way, and four others are installed."""

import json
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

import pytest
from click.testing import CliRunner

from workbench.cli import group
from workbench.collectors import Batch, Retention, available
from workbench.items import ParseResult


def run(*arguments):
    return CliRunner().invoke(group, [str(each) for each in arguments])


@dataclass(frozen=True)
class Dear:
    """A source of which each request costs something; what it was asked is noted."""

    url: str = ""
    wanted: tuple[str, ...] = ()
    name: ClassVar = "dear"
    label: ClassVar = "Dear"
    needs: ClassVar = ("WORKBENCH_DEAR_KEY",)
    limits: ClassVar = "one request a day"
    price: ClassVar = "$1 a request"
    terms: ClassVar = "nothing is handed on"
    retention: ClassVar = Retention(("deletions",), hold=timedelta(hours=36))
    tier: ClassVar = "social"
    every: ClassVar = timedelta(days=1)
    live: ClassVar = False
    key: ClassVar = "dear"
    asked: ClassVar = []

    def ask(self, queries, _lists):
        return replace(self, wanted=tuple(map(str, queries)))

    def collect(self, _client, _cursor, *, now, stop):  # noqa: ARG002 - the collectors' signature
        self.asked.append(self.wanted)
        yield Batch(ParseResult())

    def refine(self, _client, items):
        return ParseResult(items)


class Cheap(Dear):
    name: ClassVar = "cheap"
    key: ClassVar = "cheap"
    needs: ClassVar = ()

    def probe(self, _client):
        return "answers; nothing was bought"


class Needy(Dear):
    name: ClassVar = "needy"
    price: ClassVar = ""
    needs: ClassVar = ()

    def __init__(self, url):
        raise AssertionError(url)


class Poor(Dear):
    name: ClassVar = "poor"
    price: ClassVar = ""
    needs: ClassVar = ()

    def collect(self, _client, _cursor, **_):
        raise RuntimeError("key=s3cret")


@pytest.fixture
def market(monkeypatch, tmp_path):
    """Four collectors that are installed in place of ours, two of them in the deck."""
    known = available()
    before, failed = dict(known), dict(known.failed)
    known.clear()
    known.update({"poor": Poor, "needy": Needy, "dear": Dear, "cheap": Cheap})
    known.failed["odd"] = "odd:Odd of odd lacks key"
    monkeypatch.setenv("WORKBENCH_DEAR_KEY", "s3cret")
    monkeypatch.setattr(Dear, "asked", [])
    deck = tmp_path / "ceo.yaml"
    deck.write_text(
        "title: T\nsources:\n  - {collector: dear}\n  - {collector: cheap}\n"
        "columns:\n  - {type: search, title: A, query: acme min_likes:3}\n"
    )
    yield deck
    known.clear()
    known.update(before)
    known.failed.clear()
    known.failed.update(failed)


def examined(*more):
    done = run("doctor", *more, "--json")
    assert "s3cret" not in done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, {line["what"]: line for line in lines}


def test_doctor_tells_of_every_source_the_decks_first_and_asks_none_that_costs(market, tmp_path):
    code, found = examined("--deck", market, "--store", tmp_path / "s.db")
    told = found["dear (Dear)"]
    assert (told["level"], told["text"], code) == ("note", "not asked", 0)
    assert (told["needs"], told["price"]) == (["WORKBENCH_DEAR_KEY"], "$1 a request")
    assert (told["limits"], told["terms"]) == ("one request a day", "nothing is handed on")
    assert told["retention"] == "deletions carried through; text held for 36 h at most"
    assert [name for name in found if "Dear" in name] == [
        "dear (Dear)",
        "cheap (Dear)",
        "poor (Dear), in no deck",
        "needy (Dear), in no deck",
    ]
    assert found["needy (Dear), in no deck"]["needs"] == []
    assert found["odd"]["text"] == "odd:Odd of odd lacks key"
    assert found["cheap (Dear)"]["text"] == "answers; nothing was bought"
    assert Dear.asked == []


def test_doctor_asks_all_when_told_to_with_what_columns_want(market, tmp_path):
    code, found = examined("--deck", market, "--store", tmp_path / "s.db", "--all")
    assert (found["dear (Dear)"]["text"], code) == ("answers; 0 items", 0)
    assert Dear.asked == [("acme min_likes:3",)]
    assert "has to be told what to listen to" in found["needy (Dear), in no deck"]["text"]
    poor = found["poor (Dear), in no deck"]
    assert (poor["level"], poor["text"]) == ("note", "the collector broke (RuntimeError)")


def test_doctor_says_what_a_source_lacks_and_how_to_give_it(market, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_DEAR_KEY")
    done = run("doctor", "--deck", market, "--store", tmp_path / "s.db")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    place = lines.index("broken  dear (Dear): needs WORKBENCH_DEAR_KEY, not set")
    assert lines[place + 1].endswith("→ set it in the environment: export WORKBENCH_DEAR_KEY=…")
    assert [line.split(":")[0].strip() for line in lines[place + 2 : place + 7]] == [
        "needs",
        "limits",
        "price",
        "terms",
        "retention",
    ]


def test_doctor_says_what_each_source_needs_as_it_is_configured(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
        monkeypatch.delenv(name)
    deck = tmp_path / "ceo.yaml"
    deck.write_text(
        "title: T\nsources:\n"
        "  - {collector: bluesky, keep: all}\n"
        "  - {collector: bluesky, search: true}\n"
        "  - {collector: bluesky, authors: [ana.example]}\n"
        "  - {collector: linkedin, page: '123'}\n"
        "  - {collector: linkedin, file: posts.csv}\n"
        "  - {collector: mastodon, instance: quay.example, home: true}\n"
        "  - {collector: mastodon, instance: quay.example}\n"
        "columns:\n  - {type: search, title: A, query: acme}\n"
    )
    done = run("doctor", "--deck", deck, "--store", tmp_path / "s.db", "--offline", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    stream, search, author, page, file, home, public = (
        each for each in told if "needs" in each and "in no deck" not in each["what"]
    )
    signs_in = ["WORKBENCH_BLUESKY_HANDLE", "WORKBENCH_BLUESKY_APP_PASSWORD"]
    assert [each["needs"] for each in (stream, search, author)] == [[], signs_in, []]
    assert [each["needs"] for each in (page, file)] == [["WORKBENCH_LINKEDIN_TOKEN"], []]
    own = "WORKBENCH_MASTODON_TOKEN_QUAY_EXAMPLE"
    assert [each["needs"] for each in (home, public)] == [[own], []]
    lacking = [each for each in (search, page, home) if each["level"] == "broken"]
    assert [each["remedy"].partition("export ")[2] for each in lacking] == [
        "WORKBENCH_BLUESKY_HANDLE=…",
        "WORKBENCH_LINKEDIN_TOKEN=…",
        f"{own}=…",
    ]
    assert {each["level"] for each in (stream, author, file, public)} == {"note"}
    assert len({each["limits"] for each in (stream, search, page, file, public)}) == 5
    assert page["price"].startswith("free; access")
    assert file["price"] == ""
