"""workbench import: files into the store, shown and asked before."""

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest
from bringing import ROWS, as_csv, write
from click.testing import CliRunner

from workbench import store
from workbench.cli import group


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, as_csv(ROWS), "a.csv")


def run(*arguments):
    return CliRunner().invoke(group, ["import", *arguments, "--store", "s.db"])


def stored():
    with store.open("s.db") as opened:
        return list(opened.search(None))


def test_a_script_says_yes_and_the_second_time_changes_nothing():
    assert run("a.csv", "--yes").stdout == "a.csv: 2 new, 0 updated, 0 unchanged\n"
    assert run("a.csv", "--yes").stdout == "a.csv: 0 new, 0 updated, 2 unchanged\n"
    assert [item.text for item in stored()] == ["Œuvre, 東京 “x”", "Northwind recalls"]


def test_without_a_yes_a_script_sees_what_would_be_and_nothing_is_stored():
    done = run("a.csv", "--map", "title=body,text=")
    assert done.exit_code == 1
    assert "format CSV" not in done.stderr
    for line in (
        "a.csv: CSV, encoding utf-8, separator comma",
        "time    created_at  2026-11-03T09:30:00Z",
        "title   body        Northwind recalls",
        "left out: n",
        "source files, tier social, times without a zone are in UTC",
        "2026-11-04 10:00:00  post  bob     Œuvre, 東京 “x”",
        "nothing was imported. --yes imports it as shown",
    ):
        assert line in done.stderr
    assert not stored()


def test_settings_and_the_mapping_say_what_the_file_does_not():
    done = run("a.csv", "--yes", "--map", "text=username,author=body", "--source", "panel")
    assert done.exit_code == 0
    done = run("a.csv", "--yes", "--tier", "wire", "--lang", "de", "--source", "panel-2", "--json")
    assert json.loads(done.stdout) == {
        "file": "a.csv",
        "source": "panel-2",
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "skipped": 0,
        "undated": 0,
    }
    found = {(item.source, item.text): item for item in stored()}
    assert found["panel", "ana"].tier == "social"
    assert found["panel-2", "Northwind recalls"].kind == "release"
    assert found["panel-2", "Northwind recalls"].lang == "de"


def test_bad_rows_are_told_with_file_and_line_the_first_twenty(tmp_path):
    rows = "".join(f"2026-11-03,x,{n}\n" for n in range(30))
    write(tmp_path, f"time,text\n2026-11-03,good\n{rows}", "bad.csv")
    done = run("bad.csv", "--yes")
    assert done.exit_code == 0
    assert done.stdout == "bad.csv: 1 new, 0 updated, 0 unchanged, 30 skipped\n"
    lines = done.stderr.splitlines()
    assert lines[0] == "bad.csv: line 3 has 3 cells, the head has 2"
    assert lines[20] == "bad.csv: and 10 more"


def test_one_file_that_fails_stops_no_other_and_is_told(tmp_path):
    write(tmp_path, "<html>", "b.csv")
    done = run("b.csv", "gone.csv", "a.csv", "--yes")
    assert done.exit_code == 1
    assert done.stdout == "a.csv: 2 new, 0 updated, 0 unchanged\n"
    assert "b.csv: is a page or XML" in done.stderr
    assert "gone.csv: cannot be read: No such file or directory" in done.stderr


def test_a_file_of_which_no_row_can_be_read_fails(tmp_path):
    write(tmp_path, "time,text\nsoon,x\n", "b.csv")
    assert run("b.csv", "--yes", "--map", "time=time").exit_code == 1


def test_a_mapping_is_saved_for_the_next_file(tmp_path):
    write(tmp_path, "a;b\n3/11/2026;x\n", "b.csv")
    done = run("b.csv", "--yes", "--dates", "dmy", "--map", "time=a", "--save-mapping", "m.yaml")
    assert done.exit_code == 0, done.stderr
    write(tmp_path, "a;b\n4/11/2026;y\n", "c.csv")
    assert run("c.csv", "--yes", "--mapping", "m.yaml").exit_code == 0
    assert [item.published.day for item in stored()] == [4, 3]


def test_coverage_is_logged_where_it_is_said():
    done = run("a.csv", "--yes", "--covers", "2026-11-01/2026-11-05", "--query", "northwind")
    assert done.exit_code == 0
    with store.open("s.db") as opened:
        (span,) = opened.coverage()
    assert (span.source, span.query, span.status) == ("files:import", "northwind", "ok")
    assert run("a.csv", "--yes", "--covers", "2026-11-01/2026-11-05").exit_code == 1


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path):
    write(
        tmp_path, "time,text,\x1b[2Jhead\n2026-11-03,\x1b]0;x\x07 text,1\n\x1b[31m,x,2\n", "b.csv"
    )
    done = run("b.csv", "--map", "time=time")
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert "\x1b" not in run("b.csv", "--yes", "--map", "time=time").stderr


def dialogue(arguments, answers):
    """What a command says in a terminal in which somebody answers its questions."""
    parent, child = pty.openpty()
    environment = os.environ | {"COLUMNS": "120", "TERM": "dumb"}
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "import", *arguments, "--store", "s.db"],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
        start_new_session=True,
    )
    os.close(child)
    said, waiting = "", list(answers)
    end = time.monotonic() + 60
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([parent], [], [], 0.5)
            try:
                said += os.read(parent, 65536).decode() if ready else ""
            except OSError:  # the other end is closed
                break
            if waiting and said.count("Import it?") > len(answers) - len(waiting):
                os.write(parent, f"{waiting.pop(0)}\n".encode())
    finally:
        process.kill() if process.poll() is None and time.monotonic() > end else None
        process.wait()
        os.close(parent)
    return process.returncode, said


def test_in_a_terminal_it_asks_until_it_is_right():
    code, said = dialogue(
        ["a.csv"], ["text=bodi", "text=username,author=body", "zone=Mars", "tier=news", "y"]
    )
    assert code == 0
    assert "has no field 'bodi' for text; it has created_at, username, body, n" in said
    assert "zone='Mars' is no time zone" in said
    assert said.count("Import it?") == 5
    assert [(item.text, item.kind) for item in stored()] == [("bob", "article"), ("ana", "article")]


def test_in_a_terminal_files_of_one_kind_are_asked_about_once(tmp_path):
    write(tmp_path, as_csv([ROWS[0] | {"body": "Another week"}]), "b.csv")
    post = {"id_str": "1900000000000000001", "full_text": "of X", "user": {"screen_name": "ana"}}
    write(tmp_path, json.dumps(post), "c.jsonl")
    share = {"Date": "2026-11-03 09:30:00", "ShareLink": "", "ShareCommentary": "of LinkedIn"}
    write(tmp_path, as_csv([share]), "d.csv")
    code, said = dialogue(["a.csv", "b.csv", "c.jsonl", "d.csv"], ["lang=en", "y", "y", "y"])
    assert code == 0
    assert said.count("Import it?") == 4
    sources = {(item.source, item.lang) for item in stored()}
    assert sources == {("files", "en"), ("x", None), ("linkedin", None)}


def test_in_a_terminal_no_is_no():
    code, said = dialogue(["a.csv"], ["n"])
    assert code == 1
    assert "Aborted!" in said
    assert not stored()
