"""What X costs, told by column: estimates of posts that came, and of those only counted."""

import json

import pytest
from click.testing import CliRunner
from xserver import Polling, at, post

from workbench import store
from workbench.cli import group
from workbench.collectors.x import X
from workbench.query import parse
from workbench.states import SourceState


def asking(*texts, **settings):
    return X(**settings).ask([parse(text) for text in texts], {})


def test_each_column_has_its_own_estimate_of_a_search_that_serves_several(x_server, x_client):
    poll = Polling(x_client, asking("acme", "globex min_likes:5", budget=50.0))
    poll(0)
    assert X.told(poll.cursor) == ["$0.00 of $50.00 spent in 2026-11"]
    for minute in (30, 60, 90, 120):
        liked = {"like_count": 9}
        x_server.put(*(post(at(minute - 5), "acme", low=n) for n in range(25)))
        x_server.put(post(at(minute - 4), "globex", public_metrics=liked))
        x_server.put(post(at(minute - 3), "globex"))
        poll(minute)
    # 100 posts of acme and 4 of globex with likes in two hours: 50 and 2 an hour, 720 hours.
    assert X.told(poll.cursor) == [
        "$0.54 of $50.00 spent in 2026-11",
        "acme: about $180 a month for 50.0 posts an hour",
        "globex min_likes:5: about $7 a month for 2.0 posts an hour",
    ]


def test_it_says_so_while_it_is_too_early(x_client):
    poll = Polling(x_client, asking("acme"))
    poll(0)
    poll(5)
    assert X.told(poll.cursor)[1] == "acme: too early to say what it costs"


def test_what_is_only_counted_says_what_it_would_cost(x_server, x_client):
    x_server.put(*(post(at(-60 * n + 1), "acme") for n in range(1, 168)))
    poll = Polling(x_client, asking("acme", spike=3.0))
    poll(2)
    assert X.told(poll.cursor)[1] == (
        "acme: about $4 a month for 1.0 posts an hour if all were bought; counting them is $3.60"
    )


def test_accounts_and_lists_have_estimates_too(x_server, x_client):
    poll = Polling(x_client, X(users=["ana"]))
    poll(0)
    x_server.put(*(post(at(5), low=n) for n in range(6)))
    poll(120)
    assert X.told(poll.cursor)[1] == "@ana: about $11 a month for 3.0 posts an hour"


@pytest.mark.parametrize("cursor", ["", "[]", "{", '{"purse": 3}', '{"purse": {"month": 1}}'])
def test_a_cursor_that_cannot_be_read_tells_nothing(cursor):
    assert X.told(cursor) == []


def test_status_shows_it(x_client, tmp_path):
    poll = Polling(x_client, asking("acme"))
    poll(0)
    address = str(tmp_path / "s.db")
    with store.open(address) as opened:
        opened.save_cursor("x", poll.cursor)
        opened.report(SourceState(key="x", collector="x", state="live", since=at(0)))
    shown = CliRunner().invoke(group, ["status", "--store", address])
    assert "    $0.00 of $10.00 spent in 2026-11" in shown.output
    told = json.loads(CliRunner().invoke(group, ["status", "--json", "--store", address]).output)
    assert told["told"] == ["$0.00 of $10.00 spent in 2026-11"]
