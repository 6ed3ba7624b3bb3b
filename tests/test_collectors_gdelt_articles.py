"""GDELT's answers: articles, volumes, and what comes instead of them."""

import json
from datetime import UTC, datetime

import pytest

from workbench.collectors import gdelt
from workbench.collectors.gdelt_articles import Volume, canonical, read_volume
from workbench.collectors.tongues import tag_of
from workbench.errors import RateLimited, SourceError
from workbench.items import Media
from workbench.query import parse

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def article(**more):
    return {
        "url": "https://www.eldiario.example/2026/acme",
        "url_mobile": "",
        "title": "Acme compra Globex",
        "seendate": "20261119T101500Z",
        "socialimage": "https://img.eldiario.example/1.jpg",
        "domain": "eldiario.example",
        "language": "Spanish",
        "sourcecountry": "Mexico",
    } | more


def read(*articles):
    return gdelt.parse(json.dumps({"articles": articles}).encode(), collected=NOON)


def test_an_article_has_a_headline_an_outlet_a_language_and_the_step_in_which_it_was_met():
    (item,) = read(article())
    assert (item.source, item.kind, item.tier) == ("gdelt", "article", "news")
    assert (item.title, item.text) == ("Acme compra Globex", "")
    assert item.published == datetime(2026, 11, 19, 10, 15, tzinfo=UTC)
    assert item.published_precision == 900
    assert item.collected == NOON
    assert (item.author_name, item.author_url) == ("eldiario.example", "https://eldiario.example/")
    assert (item.lang, item.url) == ("es", "https://www.eldiario.example/2026/acme")
    assert item.media == (Media("image", "https://img.eldiario.example/1.jpg"),)
    assert parse("domain:eldiario.example intitle:compra lang:es").matches(item)


def test_one_article_under_several_addresses_comes_once_with_the_first():
    result = read(
        article(url_mobile="https://m.eldiario.example/amp/x"),
        article(url="https://www.eldiario.example/2026/acme?utm_source=rss#top", title="Acme"),
        article(url="http://eldiario.example/2026/acme/amp/", title="Acme !"),
        article(url="https://m.eldiario.example/amp/x", title="Otra"),
        article(url="https://www.eldiario.example/other", title="acme COMPRA globex"),
        article(url="https://www.elsewhere.example/other", domain="elsewhere.example"),
    )
    assert [item.url for item in result] == [
        "https://www.eldiario.example/2026/acme",
        "https://www.elsewhere.example/other",
    ]
    assert [problem.where for problem in result.problems] == [f"article {n}" for n in (2, 3, 4, 5)]
    assert {problem.reason for problem in result.problems} == {"is article 1 again"}


def test_a_headline_that_comes_back_each_day_is_another_article_each_time():
    url = "https://www.eldiario.example/{}"
    days = [article(url=url.format(n), seendate=f"2026111{n}T101500Z") for n in range(3)]
    assert len(read(*days)) == 3


def test_the_same_article_has_the_same_id_whichever_of_its_addresses_came():
    ids = {
        read(article(url=url))[0].id
        for url in (
            "https://www.eldiario.example/2026/acme",
            "http://m.eldiario.example/2026/acme/?fbclid=1",
            "https://eldiario.example/2026/acme.amp?outputType=amp",
        )
    }
    assert ids == {"https://eldiario.example/2026/acme"}


def test_words_that_tell_articles_apart_stay_in_their_addresses():
    assert canonical("https://a.example/story?id=7&utm_medium=x") == "https://a.example/story?id=7"
    assert canonical("https://amp.example/camp/") == "https://amp.example/camp"


def test_an_article_without_address_date_or_domain_is_still_one():
    bare, other = read(
        article(url=None, seendate=None, domain=None, socialimage=None, language=None),
        article(url=None, seendate="00000000T000000Z", title="東京の便が欠航", language="Japanese"),
    )
    assert (bare.url, bare.links, bare.media, bare.author_name, bare.lang) == (
        None, (), (), None, None,
    )  # fmt: skip
    assert (bare.published, bare.published_precision) == (NOON, None)
    assert (other.published, other.published_precision) == (NOON, None)
    assert (other.title, other.lang) == ("東京の便が欠航", "ja")
    assert bare.id != other.id


def test_a_forged_date_pins_nothing_to_the_top():
    (item,) = read(article(seendate="20991231T235959Z"))
    assert item.time == NOON


def test_headlines_that_were_taken_apart_are_put_together():
    (item,) = read(article(title="Acme , Globex and Initech ' s plan , at last ."))
    assert item.title == "Acme, Globex and Initech's plan, at last."


def test_hostile_articles_leave_plain_text_and_no_address_that_runs():
    result = read(
        article(
            url="javascript:alert(1)",
            url_mobile="data:text/html,x",
            title="<script>alert(1)</script>Acme <b>bold\u0000\u202e",
            socialimage="javascript:x",
            domain="<img src=x>",
        ),
        article(url="https://[broken", title="Broken"),
        "no article",
        article(title=None, url=None),
        article(title="x" * 5_000, url="https://a.example/" + "x" * 5_000),
    )
    first, broken, endless = result
    assert first.title.startswith("Acme bold")
    assert (first.url, first.author_name, first.media) == (None, None, ())
    assert broken.url is None
    assert len(endless.title) < 1_010
    assert len(endless.id) == 24
    assert [problem.where for problem in result.problems] == ["article 3", "article 4"]


def test_escapes_that_json_does_not_know_are_read_as_they_stand():
    body = b'{"articles": [{"title": "Acme \\x and \\d\tsays", "url": "https://a.example/1"}]}'
    (item,) = gdelt.parse(body)
    assert item.title == "Acme \\x and \\d says"


def test_escapes_that_json_does_know_keep_their_meaning():
    body = rb'{"articles": [{"title": "C:\\x and \\\"Acme\"", "url": "https://a.example/1"}]}'
    (item,) = gdelt.parse(body)
    assert item.title == 'C:\\x and \\"Acme"'


def test_nothing_found_is_no_error():
    assert gdelt.parse(b"{}") == []
    assert gdelt.parse(b'{"articles": []}') == []
    assert read_volume(b"{}") == []
    assert read_volume(b'{"timeline": []}') == []


LIMIT = b"Please limit requests to one every 5 seconds or contact us for larger queries.\n"


@pytest.mark.parametrize("read", [gdelt.parse, read_volume])
def test_a_plain_text_answer_that_asks_for_patience_is_a_limit(read):
    with pytest.raises(RateLimited, match="ask it less often") as caught:
        read(LIMIT)
    assert caught.value.retry_after == 60


@pytest.mark.parametrize("read", [gdelt.parse, read_volume])
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"The specified phrase is too short.", r"phrase is too short.*search for longer words"),
        (b"Your query was too short or too long.", "answered 'Your query"),
        (b"Invalid mode.", "answered 'Invalid mode.'"),
        (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "an HTML page titled '502 Bad Gateway'"),
        (b"", "an empty body"),
        (b"[]", "but JSON that begins"),
        (b'{"articles": 7, "timeline": 7}', "but JSON that begins"),
        (b'{"articles": [{"title": "cut', "JSON that cannot be read"),
        (b'{"a":' * 100_000, "JSON that cannot be read"),
    ],
)
def test_what_is_no_answer_is_an_error_with_the_reason(read, body, told):
    with pytest.raises(SourceError, match=told):
        read(body)


def test_volumes_are_counts_of_each_step_and_of_all_articles():
    steps = [
        {"date": "20261119T100000Z", "value": 12, "norm": 34_000},
        {"date": "20261119T101500Z", "value": 0},
        {"date": "nonsense", "value": 3},
        {"date": "20261119T103000Z", "value": -3},
        {"value": 1},
    ]
    body = json.dumps({"timeline": [{"series": "Article Count", "data": steps}]}).encode()
    assert read_volume(body) == [
        Volume(datetime(2026, 11, 19, 10, tzinfo=UTC), 12, 34_000),
        Volume(datetime(2026, 11, 19, 10, 15, tzinfo=UTC), 0, None),
    ]


def test_languages_are_known_by_their_names():
    names = ("English", "spanish", "NorwegianNynorsk", "Farsi", "Klingon", "")
    assert [tag_of(name) for name in names] == ["en", "es", "nn", "fa", None, None]
