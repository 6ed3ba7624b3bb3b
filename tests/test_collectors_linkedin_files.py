"""What is brought of LinkedIn: exports, tables, captured posts, times told as how long ago."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from workbench.collectors import linkedin
from workbench.collectors.ago import read_time
from workbench.errors import SourceError

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
URN = "urn:li:activity:7123456789012345678"


def table(*rows, delimiter=","):
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue().encode()


def parse(data, **context):
    return linkedin.parse(data, collected=NOW, **context)


@pytest.mark.parametrize(
    ("told", "back", "precision"),
    [
        ("18h", timedelta(hours=18), 3_600),
        ("2d", timedelta(days=2), 86_400),
        ("2d • Edited • ", timedelta(days=2), 86_400),
        ("3w", timedelta(weeks=3), 604_800),
        ("1mo", timedelta(days=30), 2_592_000),
        ("2yr •", timedelta(days=730), 31_536_000),
        ("45m", timedelta(minutes=45), 60),
        ("5 days ago", timedelta(days=5), 86_400),
        ("vor 3 Wochen", timedelta(weeks=3), 604_800),
        ("6 Std.", timedelta(hours=6), 3_600),
        ("hace 2 días", timedelta(days=2), 86_400),
        ("just now", timedelta(0), 60),
    ],
)
def test_how_long_ago_is_a_time_as_exact_as_its_unit(told, back, precision):
    assert read_time(told, NOW) == (NOW - back, precision)


@pytest.mark.parametrize(
    ("told", "when", "precision"),
    [
        ("2026-11-17 09:30:05", datetime(2026, 11, 17, 9, 30, 5, tzinfo=UTC), 1),
        ("2026-11-17 09:30:05 UTC", datetime(2026, 11, 17, 9, 30, 5, tzinfo=UTC), 1),
        ("2026-11-17T09:30+01:00", datetime(2026, 11, 17, 8, 30, tzinfo=UTC), 60),
        ("2026-11-17", datetime(2026, 11, 17, tzinfo=UTC), 86_400),
        ("Nov 17, 2026", datetime(2026, 11, 17, tzinfo=UTC), 86_400),
        ("11/17/2026 9:30 PM", datetime(2026, 11, 17, 21, 30, tzinfo=UTC), 60),
        (1_763_000_000, datetime(2025, 11, 13, 2, 13, 20, tzinfo=UTC), 1),
        ("1763000000000", datetime(2025, 11, 13, 2, 13, 20, tzinfo=UTC), 0.001),
    ],
)
def test_a_written_time_is_as_exact_as_it_is_written(told, when, precision):
    assert read_time(told, NOW) == (when, precision)


@pytest.mark.parametrize("told", ["Promoted", "", None, "9999999y", "2 moons", [], 7, "0000-01-01"])
def test_what_is_no_time_is_none(told):
    assert read_time(told, NOW) is None


def test_a_table_with_intervals_keeps_them():
    data = table(
        ["urn", "author_url", "author_name", "text", "time_ago", "reactions", "comments", "shares"],
        [
            URN,
            "https://www.linkedin.com/in/ana-díaz/?x=1",
            "Ana Díaz",
            "Proud of our team! #Acme",
            "2d",
            "1,204",
            "3.1K",
            "",
        ],
    )
    (item,) = parse(data, lang="en")
    assert (item.source, item.id, item.kind, item.tier) == ("linkedin", URN, "post", "social")
    assert item.published == NOW - timedelta(days=2)
    assert (item.published_precision, item.collected) == (86_400, NOW)
    assert (item.author, item.author_name) == ("ana-díaz", "Ana Díaz")
    assert (item.likes, item.replies, item.reposts, item.lang) == (1_204, 3_100, None, "en")
    assert item.url == f"https://www.linkedin.com/feed/update/{URN}"


def test_a_number_among_endless_blanks_takes_no_time():
    # Of 60,000 blanks a pattern that tries them all would take minutes.
    blanks = " " * 60_000
    data = json.dumps([{"text": "Hello", "likes": f"1{blanks}x", "comments": "12 x"}]).encode()
    (item,) = parse(data)
    assert (item.text, item.replies) == ("Hello", None)


def test_intervals_count_from_when_the_row_was_read_there():
    rows = [["text", "ago", "collected_at"], ["a", "18h", "2026-11-01T12:00:00Z"], ["b", "18h", ""]]
    a, b = parse(table(*rows), seen=NOW - timedelta(days=3))
    assert a.published == datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert b.published == NOW - timedelta(days=3, hours=18)


def test_a_post_without_a_time_takes_the_first_sighting_without_precision():
    (item,) = parse(table(["text"], ["Hello"]))
    assert (item.published, item.published_precision) == (NOW, None)


def test_how_long_ago_goes_before_a_time_that_was_reckoned_from_it():
    rows = [["id", "body", "timestamp", "timestamp_ago", "timestamp_collected"]]
    rows += [["7123456789012345678", "a", "2026-11-17 11:59:00", "2d", "2026-11-19 11:59:00"]]
    (item,) = parse(table(*rows))
    assert (item.id, item.published_precision) == (URN, 86_400)
    assert item.published == datetime(2026, 11, 17, 11, 59, tzinfo=UTC)


def test_a_post_brought_again_has_the_same_id_though_it_is_older_now():
    def own(ago, text="Hello"):
        return parse(table(["author", "text", "ago"], ["Bo Li", text, ago]))[0].id

    assert own("1d") == own("2d")
    assert own("1d") != own("1d", "Hello you")


def test_tables_with_semicolons_tabs_and_old_encodings_are_read():
    rows = [["Author", "Text", "Date"], ["Zoë", "Größe zählt", "2026-11-17"]]
    for data in (
        table(*rows, delimiter=";"),
        table(*rows, delimiter="\t"),
        b"\xef\xbb\xbf" + table(*rows),
        table(*rows).decode().encode("utf-16"),
        table(*rows).decode().encode("windows-1252"),
    ):
        (item,) = parse(data)
        assert item.author == "Zoë"
        assert item.text.startswith("Gr")
        assert item.published == datetime(2026, 11, 17, tzinfo=UTC)


def test_hostile_rows_cost_themselves_alone():
    rows = [
        ["url", "text", "link_url", "likes"],
        ["javascript:alert(1)", "<script>alert(1)</script>\x00", "data:text/html,x", "many"],
        ["", "", "", ""],
        ["https://x.example/1", "=HYPERLINK(1)", "https://ok.example, https://b.example", "-4"],
        ["short"],
        ["https://x.example/1", "=HYPERLINK(1)", "", ""],
    ]
    result = parse(table(*rows))
    first, second = result
    assert (first.url, first.links, first.likes) == (None, (), None)
    assert first.text == "<script>alert(1)</script>"
    assert second.links == ("https://ok.example", "https://b.example")
    assert [p.where for p in result.problems] == ["row 2", "row 4", "row 5"]


def export(**tables):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tables.items():
            archive.writestr(f"Complete_Export/{name}.csv", data)
    return made.getvalue()


SHARES = (
    b"Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"
    b"2026-11-17 09:30:05,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A71234567890,"
    b'"We land.""\n""""\n""On time, C:\\gate","https://acme.example/on-time",,MEMBER_NETWORK\r\n'
)
COMMENTS = (
    b"Date,Link,Message\r\n"
    b"2026-11-18 10:00:00,https://www.linkedin.com/feed/update/urn:li:activity:7123456789012345678"
    b"?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A7123456789012345678%2C555%29,"
    b'"He said \\"yes\\", at last"\r\n'
)
PROFILE = "First Name,Last Name,Headline\r\nÅsa,Öberg,Chief\r\n".encode()


def test_a_members_own_export_holds_shares_and_comments():
    result = parse(export(Shares=SHARES, Comments=COMMENTS, Profile=PROFILE, Connections=b"x"))
    assert result.problems == []
    comment, share = result
    assert (share.id, share.kind) == ("urn:li:share:71234567890", "post")
    assert share.text == "We land.\nOn time, C:\\gate"
    assert share.links == ("https://acme.example/on-time",)
    assert (share.published_precision, share.author_name) == (1, "Åsa Öberg")
    assert (comment.kind, comment.reply_to) == ("reply", URN)
    assert comment.id == "urn:li:comment:(activity:7123456789012345678,555)"
    assert comment.text == 'He said "yes", at last'


def test_one_table_of_an_export_is_read_as_in_it():
    assert parse(SHARES, author="Åsa Öberg")[0].author_name == "Åsa Öberg"
    (comment,) = parse(COMMENTS)
    assert comment.kind == "reply"


def test_an_archive_that_lies_about_itself_is_an_error_and_no_more():
    bomb = export(Shares=b"Date,ShareCommentary\r\n" + b"0" * 51_000_000)
    result = parse(bomb)
    assert list(result) == []
    assert "50 MB unpacked" in result.problems[0].reason
    with pytest.raises(SourceError, match=r"neither Shares\.csv nor Comments\.csv"):
        parse(export(Connections=b"a,b"))
    with pytest.raises(SourceError, match="archive cannot be read"):
        parse(export(Shares=SHARES)[:-40])


def captured(**more):
    return {
        "updateMetadata": {"urn": URN},
        "actor": {
            "name": {"text": "Globex"},
            "subDescription": {"text": "3w • "},
            "navigationContext": {
                "actionTarget": "https://www.linkedin.com/company/globex/posts?x=1"
            },
        },
        "commentary": {"text": {"text": "新工場を開設 #globex"}},
        "content": {
            "articleComponent": {"navigationContext": {"actionTarget": "https://globex.example/a"}}
        },
        "*socialDetail": {
            "*totalSocialActivityCounts": {"numLikes": 9, "numComments": 2, "numShares": 1}
        },
    } | more


def lines(*objects):
    return "\n".join(map(json.dumps, objects)).encode()


def test_captured_posts_are_read_with_when_they_were_captured():
    seen = NOW - timedelta(days=1)
    wrapped = {"item_id": "1", "timestamp_collected": int(seen.timestamp() * 1000)}
    result = parse(lines(wrapped | {"data": captured()}))
    (item,) = result
    assert (item.id, item.author, item.author_name) == (URN, "globex", "Globex")
    assert (item.published, item.published_precision) == (seen - timedelta(weeks=3), 604_800)
    assert (item.likes, item.replies, item.reposts) == (9, 2, 1)
    assert item.text == "新工場を開設 #globex"
    assert item.links == ("https://globex.example/a",)


def test_a_captured_repost_holds_its_originals_text_and_an_advertisement_is_left_out():
    original = captured() | {"updateMetadata": {"urn": "urn:li:activity:7000000000000000001"}}
    own = captured(commentary=None, resharedUpdate=original)
    advert = captured(updateMetadata={"urn": "urn:li:activity:7000000000000000002"})
    advert["actor"] = {**advert["actor"], "subDescription": {"text": "Promoted"}}
    quoting = captured(
        resharedUpdate=original, updateMetadata={"urn": "urn:li:activity:7000000000000000003"}
    )
    result = parse(lines(own, advert, quoting))
    repost, quote = result
    assert (repost.kind, repost.repost_of) == ("repost", "urn:li:activity:7000000000000000001")
    assert repost.text == "新工場を開設 #globex"
    assert (quote.kind, quote.quote_of) == ("quote", "urn:li:activity:7000000000000000001")
    assert "advertisement" in result.problems[0].reason


def test_lines_that_are_no_objects_and_a_cut_last_one_are_problems():
    data = lines({"text": "a"}, {"text": "b"}) + b"\n7\n" + lines({"text": "c"})[:-3]
    result = parse(data)
    assert [item.text for item in result] == ["a", "b"]
    assert [p.where for p in result.problems] == ["line 3", "line 4"]


def test_a_list_of_objects_is_read_too():
    assert [i.text for i in parse(json.dumps([{"text": "a"}, {"post": "b"}]).encode())] == [
        "a",
        "b",
    ]


def test_what_stands_in_objects_of_their_own_is_found():
    row = {
        "text": "a",
        "posted_at": {"relative": "2h", "date": "2026-11-19 10:00:00"},
        "author": {"name": "Acme Air", "company_url": "https://www.linkedin.com/company/acme/"},
        "stats": {"total_reactions": 7, "comments": 2},
    }
    (item,) = parse(json.dumps([row]).encode())
    assert (item.published, item.published_precision) == (NOW - timedelta(hours=2), 3_600)
    assert (item.author, item.author_name) == ("acme", "Acme Air")
    assert (item.likes, item.replies) == (7, 2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><title>Sign in", "a web page instead of posts"),
        (b"name,age\r\nBo,3\r\n", "holds no posts"),
        (b"", "holds no posts"),
        (b"\x89PNG\r\n\x1a\n", "holds no posts"),
        (b"{not json\n{neither", "holds no posts"),
        (b'{"status": 401, "message": "Invalid access token"}', "Invalid access token"),
    ],
)
def test_what_holds_no_posts_says_what_came(body, said):
    with pytest.raises(SourceError, match=said):
        parse(body)
