"""Many are polled by few threads, and those that hang hold up none of the others."""

import threading
import time
from datetime import timedelta

import pytest

from workbench import clock, store
from workbench.service import pool as pools
from workbench.service import told as telling
from workbench.service.pool import Pool
from workbench.service.told import Told
from workbench.states import SourceState
from workbench.store import Note, Span


def until(true, *, seconds=90.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.005)


class Work:
    """What counts its steps, and sees whether two of them overlap."""

    def __init__(self, name="w", *, wait=3600.0, hang=None):
        self.name, self.wait, self.hang = name, wait, hang
        self.steps = self.finished = 0
        self.overlapped = self.is_stopped = False
        self.lock = threading.Lock()

    def step(self):
        self.overlapped |= not self.lock.acquire(blocking=False)
        self.thread = threading.current_thread().name
        self.steps += 1
        if self.hang:
            self.hang.wait(120)
        self.lock.release()
        return self.wait

    def finish(self):
        self.finished += 1


@pytest.fixture
def pool():
    made = Pool()
    yield made
    made.close()
    until(lambda: made._threads == 0)


def test_many_are_done_by_few_threads_each_in_its_turn(pool):
    works = [Work(f"w{n}") for n in range(200)]
    for work in works:
        pool.add(work)
    until(lambda: all(work.steps for work in works))
    assert {work.steps for work in works} == {1}
    assert pool._threads <= 16
    assert {work.thread for work in works} == {work.name for work in works}


def test_each_is_done_again_when_it_is_due_and_never_twice_at_once(pool):
    works = [Work(wait=0.001) for _ in range(40)]
    for work in works:
        pool.add(work)
        pool.add(work)
    until(lambda: all(work.steps > 20 for work in works))
    assert not any(work.overlapped for work in works)


def test_who_is_added_again_does_not_wait_for_its_time(pool):
    work = Work()
    pool.add(work)
    until(lambda: work.steps == 1 and work in pool._due)
    pool.add(work)
    until(lambda: work.steps == 2)


def test_what_is_told_to_stop_takes_note_once_and_has_no_further_step(pool):
    idle, busy = Work(), Work(hang=threading.Event())
    for work in (idle, busy):
        pool.add(work)
    until(lambda: idle in pool._due and busy.steps == 1)
    for work in (idle, busy):
        work.is_stopped = True
        pool.add(work)
    until(lambda: idle.finished)
    assert not busy.finished
    busy.hang.set()
    until(lambda: busy.finished)
    assert (idle.steps, idle.finished, busy.steps, busy.finished) == (1, 1, 1, 1)


def test_what_goes_on_elsewhere_is_left_alone_until_it_is_put_back(pool):
    work, others = Work(wait=None), [Work() for _ in range(40)]
    pool.add(work)
    until(lambda: work.steps)
    pool.add(work)  # which changes nothing meanwhile
    for other in others:
        pool.add(other)
    until(lambda: all(other.steps for other in others))
    assert (work.steps, work.finished) == (1, 0)
    pool.put_back(work, 0.0)
    until(lambda: work.steps == 2)
    work.is_stopped = True
    pool.put_back(work, 3600.0)
    until(lambda: work.finished)
    assert (work.steps, work.overlapped) == (2, False)


def test_while_some_hang_there_are_more_threads_for_the_others_and_fewer_afterwards(
    pool, monkeypatch
):
    monkeypatch.setattr(pools, "_LATE", 0.02)
    over = threading.Event()
    hanging = [Work(hang=over) for _ in range(20)]
    for work in hanging:
        pool.add(work)
    until(lambda: sum(work.steps for work in hanging) == 16)
    other = Work()
    pool.add(other)

    def get_on():
        pool.tend()
        return other.steps == 1

    until(get_on)
    assert 16 < pool._threads <= 16 + 8
    over.set()
    until(lambda: pool._threads <= 16)
    assert [work.steps for work in hanging] == [1] * 20


def test_there_are_never_more_than_so_many_threads(pool, monkeypatch):
    monkeypatch.setattr(pools, "_LATE", 0.0)
    monkeypatch.setattr(pools, "_MOST", 20)
    over = threading.Event()
    works = [Work(hang=over) for _ in range(30)]
    for work in works:
        pool.add(work)
    until(lambda: (pool.tend(), sum(work.steps for work in works))[1] == 20)
    for _ in range(5):
        pool.tend()
    assert pool._threads == 20
    over.set()
    until(lambda: all(work.steps == 1 for work in works))


def test_states_that_are_told_together_are_written_together_the_latest_of_each(tmp_path):
    with store.open(tmp_path / "s.db", floor=0) as opened:
        told = Told(opened)
        thread = threading.Thread(target=told.run)
        for n in range(3):
            for key in ("a", "b"):
                at = clock.now()
                told.put(SourceState(key=key, collector="f", state="live", since=at, seen=n))
        thread.start()
        until(lambda: [(each.key, each.seen) for each in opened.sources()] == [("a", 2), ("b", 2)])
        told.put(SourceState(key="a", collector="f", state="failing", since=clock.now()))
        told.end()
        thread.join(60)
        assert [each.state for each in opened.sources()] == ["failing", "live"]


def test_what_no_store_can_hold_keeps_nothing_else_from_being_written(tmp_path):
    now, done = clock.now(), {}
    span = Span("a", "", now - timedelta(hours=1), now, "gap", "\ud800")
    with store.open(tmp_path / "s.db", floor=0) as opened:
        told = Told(opened)
        for key, reason in (("a", "\ud800"), ("b", "")):
            told.put(SourceState(key=key, collector="f", state="live", since=now, reason=reason))
        for note in (Note("a", (span,), "1"), Note("b", (), "2")):
            told.note(note, lambda error, key=note.source: done.setdefault(key, error))
        told.write()
        assert isinstance(done["a"], UnicodeError)
        assert done["b"] is None
        assert (opened.load_cursor("a"), opened.load_cursor("b")) == (None, "2")
        assert [each.key for each in opened.sources()] == ["b"]


def test_a_store_that_is_long_locked_keeps_nobody_trying_each_note(tmp_path, monkeypatch):
    monkeypatch.setattr(telling, "_TRIED", -1.0)  # as if the first try took that long
    now, done = clock.now(), {}
    bad = Span("a", "", now, now - timedelta(hours=1), "ok", "")
    with store.open(tmp_path / "s.db", floor=0) as opened:
        told = Told(opened)
        for note in (Note("a", (bad,), "1"), Note("b", (), "2")):
            told.note(note, lambda error, key=note.source: done.setdefault(key, error))
        told.write()
        assert done["a"] is done["b"] is not None
        assert opened.load_cursor("b") is None


def test_notes_that_come_together_are_stored_together_and_a_bad_one_alone_is_not(tmp_path):
    now = clock.now()
    good = Span("a", "", now - timedelta(hours=1), now, "ok", "")
    bad = Span("b", "", now, now - timedelta(hours=1), "ok", "")
    with store.open(tmp_path / "s.db", floor=0) as opened:
        told, done = Told(opened), {}
        told.put(SourceState(key="a", collector="f", state="live", since=now))
        for note in (Note("a", (good,), "1"), Note("b", (bad,), "2"), Note("c", (), "3")):
            told.note(note, lambda error, key=note.source: done.setdefault(key, error))
        told.write()
        assert list(done) == ["a", "b", "c"]
        assert (done["a"], done["c"]) == (None, None)
        assert "before it begins" in str(done["b"])
        assert [opened.load_cursor(key) for key in "abc"] == ["1", None, "3"]
        assert opened.coverage() == [good]
        assert [each.key for each in opened.sources()] == ["a"]
        seq, done = opened.seq(), {}
        told.note(Note("b", (), "4"), lambda error: done.setdefault("b", error))
        told.end()
        told.run()  # what waits at the end is stored, too
        assert (done, opened.load_cursor("b"), opened.seq()) == ({"b": None}, "4", seq)
