"""workbench export: a column, or what a query finds, as a file."""

import csv
import io
import json
import os
import pty
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from workbench import store
from workbench.cli import group
from workbench.items import Item

DECK = """\
title: Northwind Air
zone: Asia/Tokyo
lists: {board: [ana.example]}
columns:
  - {type: search, title: Acme, query: acme, key: own}
  - {type: share-of-voice, title: Share, since: 366d, queries: {Acme: acme, Globex: globex}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "ceo.yaml").write_text(DECK)
    with store.open(tmp_path / "w.db", floor=0) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=str(n),
                text=f"{'=acme' if n % 2 else 'globex'} {n}",
                published=f"2026-11-{n + 1:02}T09:00:00Z",
                author="ana.example" if n < 4 else "bob.example",
            )
            for n in range(8)
        )


def run(*arguments):
    return CliRunner().invoke(group, ["export", *arguments, "--store", "w.db"])


def test_a_column_goes_into_a_file_of_the_kind_that_its_ending_says(tmp_path):
    done = run("--deck", "ceo", "--column", "Acme", "--to", "a.xlsx")
    assert done.exit_code == 0
    assert done.stderr == "4 rows written to a.xlsx\n"
    assert done.stdout == ""
    book = openpyxl.load_workbook("a.xlsx")
    rows = list(book["Acme"].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["7", "5", "3", "1"]
    assert rows[0][4] == "published (Asia/Tokyo)"
    assert rows[1][15] == "'=acme 7"
    assert run("--deck", "ceo", "--column", "own", "--to", "a.parquet").exit_code == 0
    assert pd.read_parquet(tmp_path / "a.parquet")["text"].tolist()[0] == "=acme 7"


def test_a_query_goes_to_stdout_as_csv_without_a_mark():
    done = run("acme", "--since", "2026-11-04", "--to", "-")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["text"] for row in rows] == ["'=acme 7", "'=acme 5", "'=acme 3"]
    assert done.stderr == "3 rows written\n"


def test_format_says_what_stdout_gets():
    done = run("globex", "--to", "-", "--format", "jsonl", "--limit", "1")
    assert json.loads(done.stdout)["text"] == "globex 6"
    for kind, begin in (("parquet", b"PAR1"), ("xlsx", b"PK")):
        done = run("globex", "--to", "-", "--format", kind)
        assert done.stdout_bytes.startswith(begin)
        assert done.stderr == "4 rows written\n"


def test_people_lists_and_the_zone_of_dates_are_those_of_the_deck_named():
    done = run("list:board", "--deck", "ceo", "--until", "2026-11-03", "--to", "-")
    # The third of November begins at 15:00 UTC of the second in Tokyo.
    assert [row["id"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["1", "0"]


def test_a_query_may_begin_with_a_minus():
    done = run("-globex", "--to", "-", "--format", "jsonl")
    assert len(done.stdout.splitlines()) == 4


def test_a_column_that_shows_no_items_has_rows_of_its_own():
    done = run("--deck", "ceo", "--column", "Share", "--to", "a.csv")
    assert done.exit_code == 0, done.output
    frame = pd.read_csv("a.csv")
    assert frame.columns.tolist() == ["name", "n", "share", "measured"]


def test_without_a_deck_it_is_the_only_one_of_your_own():
    assert run("--column", "Acme", "--to", "a.jsonl").stderr == "4 rows written to a.jsonl\n"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--to", "a.csv"], 2, "give a QUERY, or a column with --column"),
        (["acme", "--column", "Acme", "--to", "a.csv"], 2, "one of them"),
        (["acme"], 2, "Missing option '--to'"),
        (["acme", "--to", "a.doc"], 1, "'a.doc' does not say by its ending what to write"),
        (["acme", "--to", "a.csv", "--format", "doc"], 1, "--format 'doc' is not one of csv"),
        (["--column", "Acne", "--deck", "ceo", "--to", "a.csv"], 1, "did you mean Acme?"),
        (["--column", "A", "--deck", "ceo", "--deck", "demo", "--to", "a.csv"], 2, "one deck"),
        (["acme (", "--to", "a.csv"], 1, "  acme (\n       ^"),
        (["acme", "--since", "soon", "--to", "a.csv"], 1, "neither a time nor a span"),
        (["acme", "--to", "none/a.csv"], 1, "none/a.csv cannot be written"),
    ],
)
def test_what_cannot_be_is_one_message_and_no_file(tmp_path, arguments, code, told):
    done = run(*arguments)
    assert done.exit_code == code
    assert told in done.stderr
    assert not (tmp_path / "a.csv").exists()


def test_a_workbook_is_nothing_for_a_terminal():
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "workbench", "export", "acme", "--store", "w.db"]
    done = subprocess.run(
        [*command, "--to", "-", "--format", "xlsx"],
        stdout=child,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(child)
    os.close(parent)
    assert done.returncode == 1
    assert "xlsx is nothing for a terminal; name a file with --to" in done.stderr


def test_who_reads_only_the_first_lines_ends_it_without_a_traceback(tmp_path):
    with store.open(tmp_path / "w.db", floor=0) as opened:
        opened.add(
            Item(source="x", id=str(n), text="acme " * 100, published="2026-11-01T09:00:00Z")
            for n in range(1000)  # more than a pipe holds
        )
    command = f"{sys.executable} -m workbench export acme --store w.db --to - | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("source,id,")
    assert "Traceback" not in done.stderr
