"""What has to go, by what its source says or its terms ask: from the store, and from documents."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import nbformat
import pytest

from workbench import documents, store
from workbench.briefings.markup import Section, card, line
from workbench.cli import serving
from workbench.collectors import Retention, available, retention_of
from workbench.items import Account, Deletion, Item, ParseResult
from workbench.schedule.export import to_html
from workbench.schedule.table import Runs, default_path
from workbench.service.sweep import Sweep

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Short:
    name = "short"
    retention = Retention(("deletions",), hold=2 * DAY, prefix="member:")


class Silent:
    name = "silent"


def post(ident, text, source="short", days=0.0, **fields):
    when = NOW - days * DAY
    return Item(source=source, id=ident, text=text, published=when, collected=when, **fields)


@pytest.fixture
def opened(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as made:
        yield made


@pytest.fixture
def sweep(opened, tmp_path):
    kinds = {"short": Short, "silent": Silent}
    folders = [tmp_path / "briefings", tmp_path / "elsewhere", tmp_path / "not there"]
    return Sweep(opened, now=lambda: NOW, folders=lambda: folders, kinds=kinds)


def test_text_is_held_as_long_as_terms_allow_and_what_is_no_concern_of_theirs_stays(opened, sweep):
    old = [post("member:1", "Acme old", days=2.1, author="ana"), post("page:1", "Acme", days=9)]
    young = [post("member:2", "Acme young", days=1.9)]
    other = [post("member:3", "Acme", source="silent", days=9)]
    opened.add([*old, *young, *other])
    sweep.run()
    assert {i.id for i in opened.search("acme")} == {"page:1", "member:2", "member:3"}
    gone = opened.get("short", "member:1")
    assert (gone.text, gone.author, gone.published) == ("", None, old[0].published)
    assert opened.add(old).new == 0  # the source may still list it
    assert opened.get("short", "member:1").text == ""
    assert opened.check() == []


def written(folder, items, *, name="briefing-1"):
    """Leave a document and its notebook, as the schedule does."""
    folder.mkdir(exist_ok=True)
    html = "".join(line(i, keys=["p1"], marks="1", zone="UTC") for i in items)
    html = f"<p>3 posts of Acme</p><ol>{html}</ol><ol>{card(items[0], zone='UTC')}</ol>"
    section = Section(html, f"- {items[0].text}")
    data = {
        "text/html": section._repr_html_(),
        "text/markdown": section._repr_markdown_(),
        "text/plain": repr(section),
    }
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("report.items()", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, folder / f"{name}.ipynb")
    mark = documents.mark(notebook="briefing", deck="d", made=NOW, is_failed=False)
    made = to_html(notebook, name=name, mark=mark, foot="Run")
    path = folder / f"{name}.html"
    path.write_text(made, "utf-8")
    return path


def test_what_is_withdrawn_goes_from_past_briefings_and_their_count_stays(opened, sweep, tmp_path):
    odd = 'at://did:plc:1/"<&>'
    items = [
        post(odd, "Secret </li><li data-item='x'> regrets", author="ana", author_name="Ana Regret"),
        post("2", "Acme buys Globex"),
        post("hid:3", "Suspended words"),
        post("4", "Älter 株式会社"),
    ]
    opened.add(items)
    path = written(tmp_path / "briefings", items)
    other = written(tmp_path / "briefings", items[1:2], name="briefing-2")
    foreign = written(tmp_path / "briefings", [post("9", "Of another store")], name="briefing-3")
    before = [each.read_bytes() for each in (other, foreign)]
    sweep.run()
    assert "regrets" in path.read_text("utf-8")
    told = ParseResult()
    told.deletions.append(Deletion("short", odd, NOW))
    told.accounts.append(Account("short", "hid:", hidden=True))
    opened.apply(told)
    sweep.run()
    notebook = path.with_suffix(".ipynb")
    for text in (path.read_text("utf-8"), notebook.read_text("utf-8")):
        assert not any(w in text for w in ("regrets", "Ana Regret", "Suspended", "did:plc:1"))
        assert text.count("This post was withdrawn at its source.") == 3
        assert all(w in text for w in ("3 posts of Acme", "Acme buys Globex", "Älter 株式会社"))
    assert documents.read(path).deck == "d"
    data = nbformat.read(notebook, as_version=4).cells[0].outputs[0].data
    assert "withdrawn" in data["text/plain"]
    assert [each.read_bytes() for each in (other, foreign)] == before
    stamps = path.stat().st_mtime_ns, notebook.stat().st_mtime_ns
    sweep.run()
    assert (path.stat().st_mtime_ns, notebook.stat().st_mtime_ns) == stamps
    assert {each.suffix for each in path.parent.iterdir()} == {".html", ".ipynb"}


def test_a_broken_notebook_keeps_no_document_from_being_cleared(opened, sweep, tmp_path, caplog):
    items = [post("1", "Acme regrets")]
    opened.add(items)
    broken = written(tmp_path / "briefings", items)
    broken.with_suffix(".ipynb").write_text(json.dumps({"cells": 7}))
    alone = written(tmp_path / "elsewhere", items, name="briefing-2")
    alone.with_suffix(".ipynb").unlink()
    opened.purge("short", "1")
    sweep.run()
    assert not any("regrets" in each.read_text("utf-8") for each in (alone, broken))
    assert "take out by hand" in caplog.text


def test_pins_hold_the_note_alone_once_the_post_is_withdrawn(opened):
    opened.add([post("1", "Acme regrets")])
    opened.pin("d", "short:1", note="Ask the board")
    opened.purge("short", "1")
    (pin,) = opened.pins("d")
    assert pin.note == "Ask the board"
    assert opened.get("short", "1").text == ""


def test_gone_is_what_was_deleted_hidden_or_barred_and_nothing_else(opened):
    opened.add([post(ident, "x") for ident in ("deleted", "h:1", "there")])
    told = ParseResult()
    told.deletions += [Deletion("short", each, NOW) for each in ("deleted", "never")]
    told.accounts.append(Account("short", "h:", hidden=True))
    opened.apply(told)
    idents = ("deleted", "never", "h:1", "there", "unknown")
    assert {ident for _, ident in opened.gone(("short", each) for each in idents)} == {
        "deleted",
        "never",
        "h:1",
    }


def test_social_networks_say_what_of_them_is_carried_through():
    for name in ("bluesky", "mastodon", "hackernews", "x", "linkedin"):
        assert "deletions" in retention_of(available()[name]).follows, name
    assert retention_of(available()["feeds"]) == Retention()


def test_up_looks_wherever_runs_were_told_to_leave_their_documents(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "briefings"
    assert serving._written(folder) == {folder}
    assert not default_path().exists()
    runs = Runs()
    for place in ("a", "b", ""):
        with runs.claim(f"job {place}", notebook="n", parameters={}, due=None) as run:
            document = str(tmp_path / place / "n-1.html") if place else ""
            runs.save(replace(run, state="done", document=document, ended=NOW))
    assert serving._written(folder) == {folder, tmp_path / "a", tmp_path / "b"}


def repost(ident, original, source="short"):
    return post(ident, "Secret regrets", source, kind="repost", repost_of=original, author="bob")


def test_reposts_of_what_is_withdrawn_go_with_it_before_they_come_and_after(opened):
    opened.add([
        post("1", "Secret regrets", author="ana"),
        repost("r1", "1"),
        repost("r2", "2"),
        repost("r3", "1", source="other"),
        post("q", "I quote it", kind="quote", quote_of="1"),
        post("named", "No repost", repost_of="1"),
    ])  # fmt: skip
    told = ParseResult()
    told.deletions += [Deletion("short", each, NOW) for each in ("1", "never held")]
    opened.apply(told)
    assert {i.id for i in opened.search(None)} == {"r2", "r3", "q", "named"}
    assert (opened.get("short", "r1").text, opened.get("short", "r1").author) == ("", None)
    later = [repost("r4", "1"), repost("r5", "never held"), repost("r6", "unknown")]
    assert opened.add(later).new == 1
    assert opened.get("short", "r6").text == "Secret regrets"
    assert opened.gone([("short", "r1"), ("short", "r2")]) == {("short", "r1")}
    assert opened.check() == []
