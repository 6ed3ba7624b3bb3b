"""What is polled by a pool ends a pass when its notes are stored, and waits for nobody else's."""

import threading

import pytest
from test_runner import HOUR, NOW, Scripted, batch, client, opened, post, stored, until

from workbench import clock
from workbench.collectors import Covered
from workbench.service.keep import Wants
from workbench.service.pace import Pace
from workbench.service.pool import Pool
from workbench.service.runner import Runner
from workbench.service.told import Told

__all__ = ["client", "opened"]


@pytest.fixture
def shared(opened):
    """A pool, and what writes down for all that it polls; both at work."""
    pool, told = Pool(), Told(opened)
    writer = threading.Thread(target=told.run)
    writer.start()
    yield pool, told
    pool.close()
    told.end()
    writer.join(20)
    assert not writer.is_alive()


def pooled(collector, opened, client, shared):
    pool, told = shared
    return Runner(
        collector,
        keep="all",
        wants=Wants(()),
        store=opened,
        client=client,
        now=clock.now,
        stop=threading.Event(),
        pace=Pace(0.02, 0.02),
        told=told,
        pool=pool,
    )


def end(work):
    work.stop()
    work.join(20)
    assert not work.is_alive()


def test_a_pass_of_what_is_polled_ends_when_its_notes_are_stored(opened, client, shared):
    span = Covered(NOW, NOW + HOUR)
    source = Scripted([[batch(post(1), cursor="a", spans=[span])]], every=HOUR)
    work = pooled(source, opened, client, shared)
    with opened._connections.write():  # nobody else can
        work.start()
        until(lambda: source.cursors == [None])
        assert (work.state.state, work.state.next_try) == ("starting", None)
    until(lambda: work.state.next_try)
    assert work.state.state == "live"
    assert opened.load_cursor("scripted:1") == "a"
    assert [(s.start, s.end, s.status) for s in opened.coverage()] == [(*span[:2], "ok")]
    until(lambda: opened.sources()[0].next_try == work.state.next_try)
    end(work)


def test_who_dies_before_its_notes_are_stored_asks_again_and_nothing_doubles(
    opened, client, shared
):
    said = [batch(post(1), cursor="a", spans=[Covered(NOW, NOW + HOUR)])]
    pool = Pool()
    died = pooled(Scripted([said], every=HOUR), opened, client, (pool, Told(opened)))
    died.start()  # nobody writes for it
    until(lambda: stored(opened) == {"1"})
    pool.close()
    assert (opened.load_cursor("scripted:1"), opened.coverage()) == (None, [])
    source = Scripted([said], every=HOUR)
    work = pooled(source, opened, client, shared)
    work.start()
    until(lambda: work.state.next_try)
    assert source.cursors == [None]
    assert (stored(opened), opened.seq()) == ({"1"}, 1)
    assert opened.load_cursor("scripted:1") == "a"
    assert [span.status for span in opened.coverage()] == ["ok"]
    end(work)


def test_of_what_is_polled_notes_that_cannot_be_stored_are_kept_and_told_of(opened, client, shared):
    source = Scripted([[batch(cursor="a")]])
    opened._connections._floor = 1 << 62
    work = pooled(source, opened, client, shared)
    work.start()
    until(lambda: work.state.state == "failing" and work.errors > 2)
    assert "nothing is lost" in work.state.reason
    until(lambda: "nothing is lost" in opened.sources()[0].reason)
    assert opened.load_cursor("scripted:1") is None
    opened._connections._floor = 0
    until(lambda: opened.load_cursor("scripted:1") == "a")
    until(lambda: work.state.state == "live")
    end(work)


def test_of_several_batches_those_before_the_last_are_noted_on_the_way(opened, client, shared):
    held = threading.Event()

    def batches():
        yield batch(cursor="a")
        work._notes._written = 0.0  # a while later
        yield batch(cursor="b")
        held.wait(20)
        yield batch(cursor="c")

    source = Scripted([batches()], every=HOUR)
    work = pooled(source, opened, client, shared)
    work.start()
    until(lambda: opened.load_cursor("scripted:1") == "a")
    until(lambda: work.state.state == "live")
    held.set()
    until(lambda: work.state.next_try)
    assert opened.load_cursor("scripted:1") == "c"
    end(work)
