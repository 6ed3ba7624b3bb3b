"""Volumes of news as GDELT counts them: asked now, drawn as counts are."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import rawserver

import workbench as wb
from workbench.errors import QueryError, RateLimited, SettingError, SourceError
from workbench.http import Client

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def server():
    with rawserver.running() as server:
        yield server


def ask(server, body, query="acme", **options):
    server.reset()
    server.says(rawserver.reply(body))
    client = Client(hosts={"api.gdeltproject.org": server.address}, interval=0)
    frame = wb.news_volume(query, client=client, **options)
    given = parse_qs(urlsplit(server.heads[0].split()[1]).query)
    return frame, {name: values[0] for name, values in given.items()}


def timeline(*steps):
    data = [
        {"date": f"{when:%Y%m%dT%H%M%SZ}", "value": value, **more} for when, value, more in steps
    ]
    return json.dumps({"timeline": [{"series": "Article Count", "data": data}]}).encode()


def test_counts_are_as_gdelt_gives_them_and_a_step_that_it_leaves_out_is_a_gap(server):
    day = datetime(2026, 11, 1, tzinfo=UTC)
    days = [day + timedelta(days=n) for n in range(4)]
    body = timeline((days[0], 3, {"norm": 900}), (days[1], 0, {"norm": 800}), (days[3], 7, {}))
    frame, given = ask(server, body, '(acme OR "north wind") lang:en', since="2026-11-01",
                       until="2026-11-20")  # fmt: skip
    assert given == {
        "query": '(acme OR "north wind")', "mode": "timelinevolraw", "format": "json",
        "startdatetime": "20261101000000", "enddatetime": "20261120000000",
    }  # fmt: skip
    assert [time.to_pydatetime() for time in frame["time"]] == days
    assert frame["n"].tolist() == [3, 0, 0, 7]
    assert frame["measured"].tolist() == [True, True, False, True]
    assert frame["total"].isna().tolist() == [False, False, True, True]
    assert frame["total"].dropna().tolist() == [900, 800]
    assert frame.attrs["asked"] == '(acme OR "north wind")'
    assert wb.chart_counts(frame).layout.meta["alt"]


def test_the_step_that_runs_is_not_measured_yet(server):
    step = NOW.replace(minute=0, second=0, microsecond=0)
    body = timeline(*((step - timedelta(hours=n), n, {}) for n in range(5, -1, -1)))
    frame, _ = ask(server, body, since="1d")
    assert frame["n"].tolist() == [5, 4, 3, 2, 1, 0]
    assert frame["measured"].tolist()[:4] == [True] * 4
    assert not frame["measured"].tolist()[-1]


@pytest.mark.parametrize(("since", "rows"), [("2d", 192), ("6d", 144), ("30d", 30)])
def test_nothing_found_is_zero_in_the_steps_that_gdelt_would_have_named(server, since, rows):
    frame, _ = ask(server, b"{}", since=since)
    assert rows - 1 <= len(frame) <= rows + 1
    assert set(frame["n"]) == {0}
    assert frame["measured"][:-3].all()


def test_steps_that_were_not_asked_for_make_no_rows(server):
    second = NOW.replace(microsecond=0) - timedelta(hours=30)
    odd = [(datetime(1, 1, 1, tzinfo=UTC), 5, {}), (datetime(9999, 1, 1, tzinfo=UTC), 5, {})]
    body = timeline(*odd, (second, 1, {}), (second + timedelta(seconds=1), 2, {}))
    frame, _ = ask(server, body, since="2d")
    assert len(frame) == 1
    with pytest.raises(SourceError, match="counts of another time"):
        ask(server, timeline(*odd), since="2d")


def test_throttling_in_plain_text_measures_nothing(server):
    with pytest.raises(RateLimited, match="ask it less often"):
        ask(server, b"Please limit requests to one every 5 seconds.")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("at", "needs a word of three letters"),
        ("from:ana", "needs a word of three letters"),
        ("(acme profit) OR globex", "count them one by one"),
        (" OR ".join(f"company{n:02}" for n in range(20)), "takes 250 characters"),
    ],
)
def test_what_gdelt_cannot_be_asked_is_told_before_it_is(query, told):
    with pytest.raises(SettingError, match=told):
        wb.news_volume(query)
    with pytest.raises(QueryError):
        wb.news_volume("acme OR")
