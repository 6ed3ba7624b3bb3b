"""Services that share a store: each source is collected by one of them."""

import threading

import pytest
from test_service import client, deck, feed, opened, site, until

from workbench.service import Service, tenure

__all__ = ["client", "opened", "site"]


def state(service):
    (found,) = service.states()
    return found


def test_the_second_waits_says_so_and_goes_on_when_the_first_ends(opened, site, client):
    shown = deck("one", sources=(feed(site + "/feed"),))
    first, second = Service(shown, opened, client), Service(shown, opened, client)
    first.start()
    until(lambda: state(first).state == "live")
    with second:
        assert state(second).state == "waiting"
        assert "collects it into the same store" in state(second).reason
        # As the one that works says.
        until(lambda: [told.state for told in opened.sources()] == ["live"])
        first.stop()
        until(lambda: state(second).state == "live")
        assert state(second).reason == ""
    assert opened.leases() == []


def test_who_was_taken_for_dead_stops_when_it_wakes_and_may_come_again(
    opened, site, client, monkeypatch
):
    monkeypatch.setattr(tenure, "_EVERY", 0.1)
    with Service(deck("one", sources=(feed(site + "/feed"),)), opened, client) as service:
        until(lambda: state(service).state == "live")
        (lease,) = [each for each in opened.leases() if each.source != "stories"]
        opened.release(lease.holder)
        opened.claim([lease.source], "other", span=tenure._SPAN)
        until(lambda: state(service).state == "waiting")
        assert not [t for t in threading.enumerate() if t.name == f"source {lease.source}"]
        opened.release("other")
        until(lambda: state(service).state == "live")


def test_each_collects_what_the_other_does_not(opened, site, client):
    one = deck("one", name="a", sources=(feed(site + "/feed"), feed(site + "/feed-a")))
    two = deck("two", name="b", sources=(feed(site + "/feed"), feed(site + "/feed-b")))
    with Service(one, opened, client) as first, Service(two, opened, client) as second:
        until(lambda: [s.state for s in first.states()] == ["live", "live"])
        until(lambda: [s.state for s in second.states()] == ["waiting", "live"])
    assert sorted(item.title for item in opened.search(None)) == ["one", "one", "two"]


def test_told_to_plan_anew_it_tries_what_fails_at_once(opened, site, client):
    sources = (feed(site + "/error"), feed(site + "/feed"))
    service = Service(deck("one", sources=sources), opened, client, first_retry=3600)
    with service:
        until(lambda: [s.state for s in service.states()] == ["failing", "live"])
        failed, lives = service.states()
        service.replan()
        until(lambda: service.states()[0].since > failed.since)
        until(lambda: service.states()[0].state == "failing")
        assert service.states()[1] == lives


@pytest.mark.parametrize("path", ["/hang"])
def test_a_server_that_hangs_holds_nobody_up(opened, site, client, path):
    service = Service(deck("one", sources=(feed(site + path),)), opened, client)
    service.start()
    until(lambda: state(service).state == "starting" and threading.active_count() > 3)
    service.stop(patience=0.2)  # the server answers after half a minute
    assert opened.leases() == []
