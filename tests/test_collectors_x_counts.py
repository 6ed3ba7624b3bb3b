"""X counted hour by hour, and bought where an hour stands out."""

from datetime import timedelta

import pytest
from xserver import Polling, at, post

from workbench import store
from workbench.collectors import Covered
from workbench.collectors.x import X
from workbench.errors import RateLimited, SettingError
from workbench.items import Volume
from workbench.query import parse

HOUR = timedelta(hours=1)
REASON = "counted only: posts are bought of hours with over 3 times the usual"


class Counting(Polling):
    """Polls, and keeps what was counted."""

    def __call__(self, minute):
        self.volumes = []
        collect = self.collector.collect

        def noted(*arguments, **settings):
            for batch in collect(*arguments, **settings):
                self.volumes += batch.result.volumes
                yield batch

        object.__setattr__(self.collector, "collect", noted)
        try:
            return super().__call__(minute)
        finally:
            object.__delattr__(self.collector, "collect")


def asking(*texts, **settings):
    return X(spike=3.0, **settings).ask([parse(text) for text in texts], {})


def fill(x_server, hours, n, text="acme"):
    """So many posts in each of the hours that begin then."""
    for hour in hours:
        x_server.put(*(post(at(60 * hour, second), text) for second in range(1, n + 1)))


def test_quiet_hours_are_counted_and_not_bought(x_server, x_client):
    fill(x_server, range(-167, 0), 4)
    poll = Counting(x_client, asking("acme"))
    assert poll(2) == []
    (given,) = [given for path, given, _ in x_server.asked if "counts" in path]
    assert (given["query"], given["granularity"]) == ("acme", "hour")
    assert given["end_time"] == "2026-11-19T12:00:00Z"
    assert len(poll.volumes) == 167
    assert poll.volumes[-1] == Volume("x", "acme", at(-60), at(0), 4)
    assert poll.spans == [Covered(at(-60), at(0), "gap", REASON, ("acme",))]
    assert poll.spent == pytest.approx(0.005)
    assert x_server.searches() == []


def test_an_hour_is_counted_once(x_server, x_client):
    poll = Counting(x_client, asking("acme"))
    for minute in (2, 7, 12, 59, 60):
        poll(minute)
    assert len([path for path in x_server.paths() if "counts" in path]) == 1
    poll(61)
    assert len([path for path in x_server.paths() if "counts" in path]) == 2
    assert [volume.end for volume in poll.volumes][-1] == at(60)


def test_an_hour_that_stands_out_is_bought_and_no_other(x_server, x_client):
    fill(x_server, range(-167, 0), 4)
    poll = Counting(x_client, asking("acme"))
    poll(2)
    fill(x_server, [0], 5)
    fill(x_server, [1], 13)
    fill(x_server, [2], 4)
    assert len(poll(182)) == 13
    assert {item.published.hour for item in poll.items} == {13}
    assert [(span.start, span.end, span.status) for span in poll.spans] == [
        (at(0), at(60), "gap"), (at(60), at(120), "ok"), (at(120), at(180), "gap"),
    ]  # fmt: skip
    assert poll.spent == pytest.approx(0.01 + 13 * 0.005)


def test_a_few_posts_where_there_were_none_are_no_spike(x_server, x_client):
    fill(x_server, [-1], 9)
    poll = Counting(x_client, asking("acme"))
    assert poll(2) == []
    assert poll.volumes[-1].n == 9


def test_each_column_is_counted_by_itself_and_only_what_x_can_say_whole(x_server, x_client):
    poll = Counting(x_client, asking("acme", "globex", "acme min_likes:5"))
    poll(2)
    asked = [given["query"] for path, given, _ in x_server.asked if "counts" in path]
    assert sorted(asked) == ["acme", "acme", "globex"]
    assert {volume.query for volume in poll.volumes} == {"acme", "globex"}


def test_counting_stops_at_the_budget_too(x_server, x_client):
    poll = Counting(x_client, asking("acme", "globex", budget=0.005))
    with pytest.raises(RateLimited, match="is spent"):
        poll(2)
    assert len(x_server.asked) == 1
    assert [(span.reason, span.queries) for span in poll.spans] == [
        (REASON, ("acme",)),
        ("the budget of $0.005 for 2026-11 is spent", ("globex",)),
    ]


def test_a_line_of_volume_is_drawn_where_no_post_was_bought(x_server, x_client, tmp_path):
    fill(x_server, range(-5, 0), 4)
    with store.open(tmp_path / "s.db", now=lambda: at(2)) as opened:
        for batch in asking("acme").collect(
            x_client, None, now=lambda: at(2), stop=Polling(x_client, None).stop
        ):
            opened.apply(batch.result)
            for span in batch.spans:
                opened.cover("x", "acme", *span[:4])
        counts = opened.counts("acme", every="1h", since=at(-6 * 60))
        assert list(counts["n"]) == [0, 4, 4, 4, 4, 4, 0]
        assert list(counts["measured"]) == [True] * 6 + [False]  # the hour that runs
        assert opened.search("acme") == []


def test_spikes_are_for_searches():
    for settings in ({"mode": "stream"}, {"users": ["ana"]}, {"lists": ["7"]}):
        with pytest.raises(SettingError, match="spike is for searches"):
            X(spike=2.0, **settings)
