"""What EDGAR's lists become: filings, each once, in plain words."""

import json
from datetime import UTC, datetime

import pytest
from edgarlists import NOON, UNAVAILABLE, at, company, entry, feed, found, hit, number

from workbench.collectors import available
from workbench.collectors.edgar import Edgar, parse
from workbench.collectors.forms import ITEMS, form_in_words, headline
from workbench.errors import SettingError, SourceError
from workbench.query import parse as query

RESULTS = "Item 2.02: Results of Operations and Financial Condition"
EXHIBITS = "Item 9.01: Financial Statements and Exhibits"


def test_a_filing_is_one_item_in_plain_words():
    (item,) = parse(feed(entry(7, -3, lines=(RESULTS, EXHIBITS))), collected=NOON)
    assert (item.source, item.id, item.kind, item.tier) == (
        "edgar",
        "0001234567-26-000007",
        "filing",
        "filing",
    )
    assert item.title == "Acme Corp: results"
    assert item.text == f"{RESULTS}\n{EXHIBITS}"
    assert (item.form, item.lang, item.author, item.author_name) == (
        "8-K",
        "en",
        "1234567",
        "Acme Corp",
    )
    assert (item.published, item.published_precision, item.collected) == (at(-3), 1.0, NOON)
    assert item.url == (
        "https://www.sec.gov/Archives/edgar/data/1234567/000123456726000007/"
        "0001234567-26-000007-index.htm"
    )
    assert item.tickers == ()
    assert query("form:8-K tier:filing results domain:sec.gov from:1234567").matches(item)


def test_tickers_that_the_feed_does_not_name_are_looked_up():
    (item,) = parse(feed(entry(7, -3)), tickers={"1234567": ("ACME", "ACME-B"), "9": ("NINE",)})
    assert item.tickers == ("ACME", "ACME-B")


def test_a_filing_listed_for_each_of_its_parties_is_one():
    page = feed(
        entry(7, -3, "4", "Doe Jane A", 77, role="Reporting"),
        entry(7, -3, "4", "ACME CORP/OH/", 1234567, role="Issuer"),
        entry(8, -4, "SCHEDULE 13D/A", "Big Fund LP", 88, role="Filed by"),
        entry(8, -4, "SCHEDULE 13D/A", "Acme Corp", 1234567, role="Subject"),
        entry(9, -5, "10-Q", "Acme Corp", 1234567),
        entry(9, -5, "10-Q", "Acme Finance LLC", 99),
        entry(10, -6, "ABS-15G", "Acme Lease Inc", 55, role="Securitizer"),
        entry(10, -6, "ABS-15G", "Acme Lease Inc", 55, role="Depositor"),
    )
    insider, stake, quarter, lease = parse(page)
    assert insider.title == "ACME CORP: change in an insider's shares"
    assert insider.text == "Reported by Doe Jane A"
    assert (insider.author, insider.mentions) == ("1234567", ("77",))
    assert "/data/1234567/" in insider.url
    assert stake.title == "Acme Corp: a stake above 5 %, amended"
    assert stake.text == "Filed by Big Fund LP"
    assert quarter.text == "With Acme Finance LLC"
    assert (lease.text, lease.mentions) == ("", ())


@pytest.mark.parametrize(
    ("form", "items", "said"),
    [
        ("8-K", ["9.01"], "exhibits"),
        ("8-K", ["7.01", "1.05"], "cybersecurity incident, statement to investors"),
        ("8-K/A", ["4.02", "9.01"], "earlier accounts can no longer be relied on, amended"),
        ("8-K", ["1.01", "5.02", "2.03", "2.06"],
         "important agreement, change of directors or officers and 2 more"),
        ("8-K", [], "event report"),
        ("8-K", ["6.66"], "event report"),
        ("10-K", ["2.02"], "annual report"),
        ("NT 10-K", [], "the annual report will be late"),
        ("424B5", [], "prospectus"),
        ("D", [], "private offer of securities"),
        ("ZZ-9", [], "filing"),
    ],
)  # fmt: skip
def test_forms_and_their_items_are_said_in_plain_words(form, items, said):
    assert headline(form, items) == said


def test_every_item_has_an_official_name_and_a_plain_one():
    for official, plain in ITEMS.values():
        assert official[0].isupper()
        assert plain[0].islower()
    assert form_in_words("10-Q/A") == "quarterly report, amended"


def test_names_that_are_hostile_or_of_other_scripts_stay_text():
    page = feed(
        entry(1, -1, who="<script>alert(1)</script> & Söhne - Hold (AG)"),
        entry(2, -2, who="東京電力"),
        entry(3, -3, who="x" * 5_000),
    )
    first, second, third = parse(page)
    assert first.author_name == "<script>alert(1)</script> & Söhne - Hold (AG)"
    assert second.title == "東京電力: event report"
    assert len(third.title) < 400


def test_entries_without_form_company_or_number_are_skipped_and_told():
    page = feed(
        entry(1, -1).replace("8-K - Acme Corp (0001234567) (Filer)", "Latest filings"),
        entry(2, -2),
        entry(3, -3, accession="none"),
    )
    result = parse(page)
    assert [item.id for item in result] == [number(2)]
    assert [p.where for p in result.problems] == ["entry 1", "entry 3"]


@pytest.mark.parametrize(
    ("updated", "ordered", "precision"),
    [
        ("0000-00-00T00:00:00-05:00", NOON, None),
        ("soon", NOON, None),
        ("2031-01-01T00:00:00-05:00", NOON, 1.0),
        ("1901-01-01T00:00:00-05:00", NOON, 1.0),
        ("2026-06-10", datetime(2026, 6, 10, tzinfo=UTC), 86_400.0),
    ],
)
def test_a_forged_date_pins_nothing_to_the_top(updated, ordered, precision):
    (item,) = parse(feed(entry(1, -1, updated=updated)), collected=NOON)
    assert (item.time, item.published_precision) == (ordered, precision)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (UNAVAILABLE, "no feed but an HTML page titled 'SEC.gov | File Unavailable'"),
        (b"", "no feed but an empty body"),
        (b"<rss", "is no feed but"),
        (b'{"message": "Missing Authentication Token"}', "error instead of filings: Missing"),
        (b'{"error": {"reason": "bad query"}}', "error instead of filings: bad query"),
        (b'{"hits": {', "no list of filings but JSON"),
        (b"[]", "no list of filings but JSON"),
        (b'{"filings": {"recent": {"accessionNumber": []}}}', "without its number"),
        (b"[" * 100_000, "no list of filings but JSON"),
    ],
)
def test_what_is_no_list_says_what_came(body, said):
    with pytest.raises(SourceError, match=said):
        parse(body)


def test_an_empty_feed_is_no_error():
    assert parse(feed()) == []


def test_a_companys_own_list_gives_items_in_the_same_words():
    page = company((7, "2026-06-10T20:15:00.000Z", "8-K", "2.02,9.01"))
    (item,) = parse(page)
    (listed,) = parse(feed(entry(7, -3, lines=(RESULTS, EXHIBITS))))
    for name in ("id", "title", "text", "form", "author", "author_name", "url"):
        assert getattr(item, name) == getattr(listed, name), name
    assert item.tickers == ("ACME",)


UTC_DAY = [("2026-06-10T20:15:00.000Z", "8-K"), ("2026-06-09T01:10:00.000Z", "4")]
NEW_YORK_DAY = [("2026-06-10T07:15:00.000Z", "8-K"), ("2026-01-09T18:10:00.000Z", "4")]


@pytest.mark.parametrize(
    ("stamps", "first", "precision"),
    [
        # 20:15 could be either; 01:10 is no hour at which New York takes filings.
        (UTC_DAY, datetime(2026, 6, 10, 20, 15, tzinfo=UTC), 1.0),
        # 07:15 UTC would be 03:15 in New York.
        (NEW_YORK_DAY, datetime(2026, 6, 10, 11, 15, tzinfo=UTC), 1.0),
        # One that fits both is told as uncertain.
        (UTC_DAY[:1], datetime(2026, 6, 10, 20, 15, tzinfo=UTC), 18_000.0),
    ],
)
def test_the_clock_of_a_companys_times_is_found_out(stamps, first, precision):
    page = company(*((n, stamp, form, "") for n, (stamp, form) in enumerate(stamps)))
    item = parse(page)[0]
    assert (item.published, item.published_precision) == (first, precision)


def test_lists_of_unequal_length_and_of_other_types_are_read_as_far_as_they_go():
    page = json.loads(company((1, "2026-06-10T20:15:00.000Z", "8-K", "2.02")))
    recent = page["filings"]["recent"]
    recent["accessionNumber"] += [number(2), None, "x"]
    recent["form"] += ["10-Q"]
    recent["items"] = None
    recent["filingDate"] = {"a": 1}
    result = parse(json.dumps(page).encode(), collected=NOON)
    assert [(item.id, item.form, item.text) for item in result] == [
        (number(1), "8-K", ""),
        (number(2), "10-Q", ""),
    ]
    assert result[1].published_precision is None
    assert [p.where for p in result.problems] == ["filing 3", "filing 4"]


def test_a_search_finds_a_filing_once_though_several_documents_match():
    page = found(
        hit(1, items=["2.02", "9.01"]),
        hit(1, file="main.htm", items=["2.02", "9.01"]),
        hit(
            2, "Doe Jane  (CIK 0000000077)", "4", others=["Acme Corp  (ACME, ACMEB)  (CIK 1234567)"]
        ),
        {"_id": "x", "_source": None},
        {"_id": number(3), "_source": {"form": "8-K", "display_names": ["nobody"]}},
    )
    result = parse(page, collected=NOON, query='"wing box"')
    first, second = result
    assert first.title == "Acme Corp: results"
    assert first.text.splitlines()[-1] == 'Found by a search of its documents for: "wing box"'
    assert query('"wing box"').matches(first)
    assert (first.published, first.published_precision) == (
        datetime(2026, 6, 9, tzinfo=UTC),
        86_400.0,
    )
    assert second.title == "Acme Corp: change in an insider's shares"
    assert (second.tickers, second.mentions) == (("ACME", "ACMEB"), ("77",))
    assert len(result.problems) == 2


def test_sources_are_told_apart_by_what_they_follow():
    assert available()["edgar"] is Edgar
    assert Edgar(forms=("8-K", "10-Q")).key == Edgar(forms=("10-q", "8-K")).key
    assert Edgar(companies=(320193, "acme"), query="a b").key == 'edgar of 320193,ACME "a b"'
    assert Edgar().key == "edgar"
    assert number(1) == "0001234567-26-000001"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"query": "a", "full_text": True}, "leave out one of query and full_text"),
        ({"forms": ("8-K; drop",)}, "forms names '8-K; DROP', which is none; write 8-K"),
        ({"companies": ("Acme Corp",)}, "companies names 'ACME CORP', which is none"),
        ({"companies": tuple(map(str, range(101)))}, "companies names 101; 100 are the most"),
        ({"query": "x" * 501}, "query has 501 characters"),
    ],
)
def test_settings_that_cannot_work_are_refused(given, said):
    with pytest.raises(SettingError, match=said):
        Edgar(**given)
