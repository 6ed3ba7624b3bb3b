"""Feeds that are larger, older or newer than any should be."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from workbench.collectors.feeds import parse
from workbench.errors import SourceError

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def rss(*entries):
    return (
        f"<rss version='2.0'><channel><title>x</title>{''.join(entries)}</channel></rss>".encode()
    )


def entry(number, date=""):
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><guid isPermaLink='false'>{number}</guid><title>T</title>{dated}</item>"


def dated(number, *, minutes):
    when = NOON + timedelta(minutes=minutes)
    return entry(number, f"{when:%a, %d %b %Y %H:%M:%S} GMT")


def test_of_a_feed_of_a_hundred_thousand_entries_the_first_are_read_and_the_rest_is_told():
    body = rss(dated(0, minutes=-1), *(entry(number) for number in range(1, 100_000)))
    result = parse(body, collected=NOON)
    assert [item.id for item in result] == [f"{number}" for number in range(5_000)]
    assert [problem.reason for problem in result.problems] == [
        "lists more than 5,000 entries, of which the first are read"
    ]


@pytest.mark.parametrize("shape", ["atom", "rdf", "json"])
def test_other_formats_are_shortened_too(shape):
    if shape == "atom":
        entries = "".join(f"<entry><id>u:{n}</id><title>T</title></entry>" for n in range(6_000))
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>'
    elif shape == "json":
        items = [{"id": f"u:{n}", "title": "T"} for n in range(6_000)]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    else:
        entries = "".join(f'<item rdf:about="u:{n}"><title>T</title></item>' for n in range(6_000))
        names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        body = f"<rdf:RDF {names}><channel><title>x</title></channel>{entries}</rdf:RDF>"
    result = parse(body.encode(), collected=NOON)
    assert len(result) == 5_000
    assert len(result.problems) == 1


def test_where_the_newest_would_be_cut_off_the_feed_is_refused():
    body = rss(*(dated(number, minutes=number - 6_000) for number in range(5_500)))
    with pytest.raises(SourceError, match="more than 5,000 entries, the oldest first"):
        parse(body)


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970",
        "Thu, 19 Nov 2026 12:00:01 GMT", "0000-00-00T00:00:00Z", "in a while", "99999999999999",
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_pins_nothing_to_the_top_or_the_bottom(date):
    (item,) = parse(rss(entry(1, date)), collected=NOON)
    assert item.time == NOON
