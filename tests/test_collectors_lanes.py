"""What polled lists missed stays a gap, though requests ran out before a poll had ended."""

from datetime import timedelta

import pytest
import redditserver
from redditserver import post
from test_collectors_reddit import Polling, ask, at

from workbench.collectors import Covered
from workbench.collectors.reddit import Reddit
from workbench.errors import RateLimited


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("WORKBENCH_REDDIT_ID", redditserver.ID)
    monkeypatch.setenv("WORKBENCH_REDDIT_SECRET", redditserver.SECRET)
    with redditserver.running() as running:
        yield running


def test_what_a_list_missed_before_requests_ran_out_is_told_by_the_next_poll(server):
    poll = Polling(ask(server), Reddit(subreddits=["aviation"]))
    poll(-600)
    server.put(*(post(f"p{n}", at(-500) + timedelta(seconds=n)) for n in range(1_500)))
    server.refusals["/r/aviation/comments"] = (429, {"x-ratelimit-reset": "1"})
    with pytest.raises(RateLimited):
        poll(0)
    assert poll.spans == []
    server.refusals.clear()
    again = Polling(ask(server), Reddit(subreddits=["aviation"]))
    again.cursor = poll.cursor
    again(3)
    gap, covered = again.spans
    reached = at(-500) + timedelta(seconds=500)
    assert gap[:3] == (at(-600), reached, "gap")
    assert covered == Covered(reached, at(3))
    again(5)
    assert again.spans == [Covered(at(3), at(5))]
