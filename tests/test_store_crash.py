"""Killed in mid-write, out of room, and used by many at once: nothing acknowledged is lost."""

import random
import resource
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.errors import DiskFull, StoreError
from workbench.items import Item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# Adds batches named by turn and deletes a third of the batch before, telling of each once
# it is acknowledged.
WRITER = """
import sys
from datetime import datetime, timedelta, UTC
from workbench import store
from workbench.items import Deletion, Item, ParseResult

path, turn = sys.argv[1:]
now = datetime(2026, 11, 22, 12, tzinfo=UTC)
with store.open(path) as opened:
    for batch in range(10_000):
        result = ParseResult(
            Item(source="x", id=f"{turn}-{batch}-{n}", text=f"acme {turn} " + "words " * 9,
                 published=now - timedelta(minutes=batch, seconds=n), collected=now)
            for n in range(60)
        )
        if batch:
            result.deletions += [
                Deletion("x", f"{turn}-{batch - 1}-{n}", now) for n in range(0, 60, 3)
            ]
        opened.apply(result)
        print(batch, flush=True)
"""


def start(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def post(ident, text="acme", **fields):
    return Item(source="x", id=str(ident), text=text, published=NOW, collected=NOW, **fields)


def test_killed_twenty_times_in_mid_write_nothing_acknowledged_is_lost(tmp_path):
    path = tmp_path / "w.db"
    store.open(path).close()
    dice = random.Random(20)
    for turn in range(20):
        writer = start(WRITER, path, turn)
        assert writer.stdout.readline() == "0\n"  # begun
        time.sleep(dice.uniform(0, 0.15))
        writer.kill()
        told = [0, *(int(line) for line in writer.communicate()[0].split())]
        assert writer.returncode == -signal.SIGKILL
        with store.open(path) as opened:
            found = [item.id for item in opened.search(f"acme {turn}", limit=100_000)]
            assert len(found) == len(set(found))
            known = set(found)
            last = max(told)
            for batch in range(last + 1):
                left = {f"{turn}-{batch}-{n}" for n in range(60)}
                gone = {f"{turn}-{batch}-{n}" for n in range(0, 60, 3)}
                if batch < last:
                    assert left & known == left - gone
                else:  # the next batch may have been stored, but not told
                    assert left & known in (left, left - gone)
            assert all(int(ident.split("-")[1]) <= last + 1 for ident in found)
            assert turn % 5 or opened.check() == []


def test_too_little_room_refuses_writes_and_leaves_reads(tmp_path):
    path = tmp_path / "w.db"
    with store.open(path) as opened:
        opened.add([post(1)])
    with store.open(path, floor=2**62) as opened:
        for write in (
            lambda: opened.add([post(2)]),
            lambda: opened.purge("x", "1"),
            lambda: opened.save_cursor("x", "1"),
            lambda: opened.cover("x", "", NOW - MINUTE, NOW, "ok"),
        ):
            with pytest.raises(DiskFull, match=r"w\.db: only \d+ MiB are free .* free some space"):
                write()
        assert [item.id for item in opened.search("acme")] == ["1"]
    with store.open(path) as opened:
        assert opened.add([post(2)]) == (1, 0, 0)


def test_a_full_disk_keeps_what_is_stored_and_goes_on_when_there_is_room(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as opened:
        opened.add([post(1)])
        writer = opened._connections._writer
        pages = writer.pragma("page_count")
        writer.execute(f"PRAGMA max_page_count={pages + 20}")
        many = [post(n, "acme " + "words " * 50) for n in range(2, 2000)]
        for _ in range(3):
            with pytest.raises(DiskFull, match="the disk is full; nothing of this write was kept"):
                opened.add(many)
            assert [item.id for item in opened.search("acme")] == ["1"]
        assert opened.check() == []
        writer.execute(f"PRAGMA max_page_count={2**31}")
        assert opened.add(many) == (1998, 0, 0)
        assert opened.check() == []


LIMITED = """
import resource, sys
from datetime import datetime, UTC
from workbench import store
from workbench.errors import StoreError
from workbench.items import Item

now = datetime(2026, 11, 22, 12, tzinfo=UTC)
def posts(first, last):
    return [Item(source="x", id=str(n), text="acme " + "words " * 50, published=now,
                 collected=now) for n in range(first, last)]
with store.open(sys.argv[1], now=lambda: now) as opened:
    opened.add(posts(0, 10))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    stored = 10
    try:
        while True:
            opened.add(posts(stored, stored + 200))
            stored += 200
    except StoreError as error:
        print(error)
    assert len(opened.search("acme", limit=10_000)) == stored, stored
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    opened.add(posts(stored, stored + 200))
    assert len(opened.search("acme", limit=10_000)) == stored + 200
    assert opened.check() == []
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit on files here")
def test_a_write_that_the_system_refuses_is_rolled_back_and_can_be_done_again(tmp_path):
    limited = start(LIMITED, tmp_path / "w.db")
    said, _ = limited.communicate(timeout=120)
    assert limited.returncode == 0
    assert "w.db: reading or writing failed" in said
    assert "check the disk, its quota and its limits" in said


ADDER = """
import sys
from datetime import datetime, timedelta, UTC
from workbench import store
from workbench.items import Item

path, name = sys.argv[1:]
now = datetime(2026, 11, 22, 12, tzinfo=UTC)
with store.open(path) as opened:
    new = 0
    for batch in range(40):
        new += opened.add(
            Item(source="x", id=f"{name if n % 2 else 'both'}-{batch}-{n}", text="acme",
                 published=now - timedelta(minutes=batch), collected=now)
            for n in range(20)
        ).new
    print(new)
"""


def test_two_processes_write_and_one_reads(tmp_path):
    path = tmp_path / "w.db"
    adders = [start(ADDER, path, name) for name in ("one", "two")]
    with store.open(path) as opened:
        seq, seen = 0, []
        while any(adder.poll() is None for adder in adders):
            part = opened.changes(seq)
            seen += [item.id for item in part.items]
            seq = part.seq
            found = [item.id for item in opened.search("acme", limit=10_000)]
            assert len(found) == len(set(found))
        while (part := opened.changes(seq)).items:
            seen += [item.id for item in part.items]
            seq = part.seq
        new = [int(adder.communicate()[0]) for adder in adders]
        assert sum(new) == 40 * 30
        assert len(seen) == len(set(seen)) == 40 * 30
        assert opened.check() == []


def test_several_threads_share_one_store(tmp_path):
    with store.open(tmp_path / "w.db", now=lambda: NOW) as opened:
        errors = []

        def work(name):
            try:
                for n in range(15):
                    opened.add([post(f"{name}-{n}"), post(f"both-{n}", likes=n)])
                    opened.search("acme min_likes:3")
                    opened.tally("acme", every="1h", since="1d")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                errors.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(opened.search("acme", limit=1000)) == 6 * 15 + 15
        assert opened.check() == []


def test_a_lock_that_is_never_given_up_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.store.connect._BUSY_MILLIS", 50)
    path = tmp_path / "w.db"
    with store.open(path) as one, store.open(path) as other, one._connections.write():
        with pytest.raises(StoreError, match="kept the store locked"):
            other.add([post(1)])
        assert other.search("acme") == []
