"""Opening a store: addresses, versions, files that are none, and what check() finds."""

from dataclasses import replace
from datetime import UTC, datetime

import apsw
import pytest

from workbench import store
from workbench.errors import StoreError
from workbench.items import Item
from workbench.store import schema

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def post(ident="1"):
    return Item(source="x", id=ident, text="acme", published=NOW, collected=NOW)


def test_without_an_address_the_environment_names_the_store(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "named.db"))
    with store.open() as opened:
        assert opened.path == tmp_path / "named.db"


def test_else_it_lies_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with store.open() as opened:
        assert opened.path.name == "workbench.db"
        assert opened.path.is_relative_to(tmp_path)


def test_what_is_stored_is_there_when_opened_again(tmp_path):
    with store.open(tmp_path / "w.db") as opened:
        opened.add([post()])
    with store.open(str(tmp_path / "w.db")) as opened:
        assert [item.id for item in opened.search("acme")] == ["1"]
    with pytest.raises(StoreError, match="is closed; open it again"):
        opened.search("acme")
    with pytest.raises(StoreError, match="is closed"):
        opened.add([post()])


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://host/db", "postgresql:// addresses are not yet supported"),
        ("{tmp}", "is a folder; name a file in it"),
        ("{tmp}/nowhere/w.db", "there is no folder .*nowhere; create it"),
    ],
)
def test_addresses_that_cannot_be_are_named(tmp_path, address, says):
    with pytest.raises(StoreError, match=says):
        store.open(address.format(tmp=tmp_path))


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"not a database at all, but long enough to hold a header" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt is no workbench store"):
        store.open(path)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE t(x)")
    other.close()
    with pytest.raises(StoreError, match="is a database of another program"):
        store.open(path)


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "w.db"
    store.open(path).close()
    raw = apsw.Connection(str(path))
    raw.execute("PRAGMA user_version=99")
    raw.close()
    with pytest.raises(StoreError, match=r"written by a newer workbench .* update the workbench"):
        store.open(path)


def test_an_older_store_is_brought_up_to_date_once_and_keeps_its_items(tmp_path):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add([post()])

    def widen(connection):
        connection.execute("ALTER TABLE items ADD COLUMN mood TEXT")
        connection.execute("UPDATE items SET mood = 'calm'")

    def fail(connection):
        connection.execute("ALTER TABLE items ADD COLUMN never TEXT")
        raise StoreError("the step failed")

    raw = apsw.Connection(str(path))
    with pytest.raises(StoreError, match="the step failed"):
        schema.prepare(raw, str(path), (*schema.STEPS, widen, fail))
    assert raw.pragma("user_version") == len(schema.STEPS)
    for _ in range(2):
        schema.prepare(raw, str(path), (*schema.STEPS, widen))
        assert raw.pragma("user_version") == len(schema.STEPS) + 1
        assert raw.execute("SELECT id, mood FROM items").fetchall() == [("1", "calm")]
    raw.close()


def test_a_store_of_version_1_finds_counts_by_its_new_marks(tmp_path):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add(replace(post(str(n)), likes=n) for n in range(10))
        opened.purge("x", "9")
    raw = apsw.Connection(str(path))
    # As version 1 marked counts from 1 to 7, and one that has no mark left of all that it needs.
    raw.execute("UPDATE index_202611 SET title = '', text = 'acme', meta = '===* ===n:likes:3'")
    raw.execute("PRAGMA user_version=1")
    raw.close()
    with store.open(path) as opened:
        assert raw_version(path) == len(schema.STEPS)
        for least, found in ((1, 8), (4, 5), (5, 4), (8, 1), (9, 0)):
            assert len(opened.search(f"acme source:x min_likes:{least}")) == found, least
        assert opened.check() == []


def test_items_of_a_store_from_before_engines_were_named_name_none(tmp_path):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add([replace(post("1"), compound=0.5)])
    raw = apsw.Connection(str(path))
    raw.execute("ALTER TABLE items DROP COLUMN engine")
    raw.execute("PRAGMA user_version=1")  # the oldest, whose items are all read again
    raw.close()
    with store.open(path) as opened:
        opened.add([replace(post("2"), lang="en", text="acme is great")])
        old, new = (opened.get("x", n) for n in "12")
        assert (old.compound, old.engine) == (0.5, None)
        assert new.engine.startswith("social ")
        assert opened.check() == []


def raw_version(path):
    raw = apsw.Connection(str(path))
    version = raw.pragma("user_version")
    raw.close()
    return version


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add(post(str(n)) for n in range(2000))
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xaa" * (len(data) - 4096 * 2)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"w\.db is damaged"), store.open(path) as opened:
        opened.search("acme")


WRONGS = [
    ("DELETE FROM index_202611 WHERE rowid = (SELECT min(row) FROM items)", "lacks 1 items"),
    ("INSERT INTO index_202611(rowid, meta) VALUES(5, '===*')", "holds 1 rows"),
    ("INSERT INTO index_202611(rowid, text) VALUES(5, 'acme')", "holds 1 rows"),
    ("UPDATE items SET deleted = 1 WHERE id = '1'", "deleted items still hold"),
    ("UPDATE items SET time = 0 WHERE id = '1'", "not of their time"),
    ("UPDATE counter SET seq = 1", "beyond the last one"),
    ("INSERT INTO versions VALUES(7, 0, NULL, 'x')", "earlier texts belong"),
    ("INSERT INTO addresses VALUES(7, 'x')", "addresses belong"),
    ("INSERT INTO tombstones VALUES('x', '1', 0, 0)", "deleted before they came"),
    ("INSERT INTO tombstones VALUES('y', '1', 0, 1)", "share their number"),
    ("DELETE FROM months", "in no index"),
]


@pytest.mark.parametrize(("sql", "says"), WRONGS)
def test_check_says_what_is_wrong(tmp_path, sql, says):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add([post("1"), post("2")])
        assert opened.check() == []
    raw = apsw.Connection(str(path))
    raw.execute(sql)
    raw.close()
    with store.open(path) as opened:
        assert any(says in problem for problem in opened.check())


def test_a_lean_store_keeps_little_in_memory_and_answers_the_same(tmp_path):
    kept = {}
    with store.open(tmp_path / "w.db") as full, store.open(tmp_path / "w.db", is_lean=True) as lean:
        full.add([post()])
        for name, opened in (("full", full), ("lean", lean)):
            assert [item.id for item in opened.search("acme")] == ["1"]
            with opened._connections.read() as (connection, _):
                kept[name] = [connection.pragma(each) for each in ("cache_size", "mmap_size")]
    assert kept["lean"] == [-512, 0]
    assert kept["full"][0] == -32768
