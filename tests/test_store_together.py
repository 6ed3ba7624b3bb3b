"""Small writes of many threads share a transaction, and nobody else's mistakes."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from workbench import store
from workbench.errors import StoreError
from workbench.store import Span
from workbench.store.together import Together

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Transactions:
    """Counts what is written in each transaction; the first one takes until it is let go."""

    def __init__(self):
        self.done, self.begun, self.go = [], threading.Event(), threading.Event()

    @contextmanager
    def begin(self):
        self.begun.set()
        self.go.wait(20)
        written = []
        yield written
        self.done.append(written)


def test_what_comes_while_one_is_under_way_is_written_in_one_go():
    made = Transactions()
    together = Together(made.begin)
    ended = []

    def write(n):
        def work(written):
            if n == 3:
                raise StoreError("three is no good")
            written.append(n)

        try:
            together.write(work)
        except StoreError as error:
            ended.append(str(error))

    threads = [threading.Thread(target=write, args=(0,))]
    threads[0].start()
    made.begun.wait(60)
    threads += [threading.Thread(target=write, args=(n,)) for n in (1, 2)]
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 2:
        pass
    made.go.set()
    for thread in threads:
        thread.join(20)
    assert [sorted(each) for each in made.done] == [[0], [1, 2]]
    write(3)
    assert ended == ["three is no good"]


def test_a_mistake_is_told_to_whoever_made_it_alone():
    made = Transactions()
    together = Together(made.begin)
    blocked = threading.Thread(target=together.write, args=(list,))
    blocked.start()
    made.begun.wait(60)
    told = {}

    def write(n):
        try:
            together.write(lambda written: written.append(1 // n))
        except ZeroDivisionError as error:
            told[n] = error

    threads = [threading.Thread(target=write, args=(n,)) for n in (1, 0, 1)]
    for thread in threads:
        thread.start()
    while len(together._waiting) < 3:
        pass
    made.go.set()
    for thread in (blocked, *threads):
        thread.join(20)
    assert list(told) == [0]
    assert sum(len(written) for written in made.done) == 2


def test_notes_of_a_source_are_written_with_its_cursor_or_not_at_all(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as opened:
        good = [Span("f", query, NOW, NOW + HOUR, "ok", "") for query in ("a", "b")]
        opened.note("f", good, "1")
        opened.note("f", [good[0]._replace(start=NOW + HOUR, end=NOW + 2 * HOUR)], None)
        assert opened.load_cursor("f") == "1"
        assert [(span.query, span.end) for span in opened.coverage()] == [
            ("a", NOW + 2 * HOUR),
            ("b", NOW + HOUR),
        ]
        bad = Span("f", "c", NOW + HOUR, NOW, "ok", "")
        with pytest.raises(StoreError, match="before it begins"):
            opened.note("f", [good[1]._replace(query="d"), bad], "2")
        assert opened.load_cursor("f") == "1"
        assert len(opened.coverage()) == 2


def test_readers_wait_for_no_writer_of_their_own_process(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as opened, opened._connections.write():
        found = []
        thread = threading.Thread(target=lambda: found.append(opened.load_cursor("f")))
        thread.start()
        thread.join(20)
        assert found == [None]
