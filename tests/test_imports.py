"""What of a file becomes what of an item: guesses, mappings, times, coverage, our own exports."""

import json
from datetime import UTC, datetime

import pytest
from bringing import NOW, read, write

import workbench as wb
from workbench import exports, imports, store
from workbench.errors import QueryError, SettingError
from workbench.imports.mapping import guess
from workbench.items import FIELDS, Item


@pytest.mark.parametrize(
    ("said", "meant", "precision"),
    [
        ("2026-11-03T09:30:15.250Z", "2026-11-03T09:30:15.250", 0.001),
        ("2026-11-03 09:30:15", "2026-11-03T09:30:15", 1),
        ("2026-11-03 09:30", "2026-11-03T09:30", 60),
        ("2026-11-03", "2026-11-03", 86_400),
        ("2026-11-03T09:30:15+0530", "2026-11-03T04:00:15", 1),
        ("3.11.2026 9:30", "2026-11-03T09:30", 60),
        ("13/11/2026", "2026-11-13", 86_400),
        ("11/13/2026 1:05 PM", "2026-11-13T13:05", 60),
        ("11/13/2026 12:05 am", "2026-11-13T00:05", 60),
        ("Tue Nov 03 09:30:15 +0000 2026", "2026-11-03T09:30:15", 1),
        ("Tue, 03 Nov 2026 09:30:15 +0100", "2026-11-03T08:30:15", 1),
        ("Nov 3, 2026", "2026-11-03", 86_400),
        ("3 November 2026 09:30", "2026-11-03T09:30", 60),
        ("03-Nov-2026 09:30", "2026-11-03T09:30", 60),
        ("20261103", "2026-11-03", 86_400),
        ("20261103093015", "2026-11-03T09:30:15", 1),
        (20261103093015, "2026-11-03T09:30:15", 1),
        ("20261103T093015Z", "2026-11-03T09:30:15", 1),
        ("1793698215", "2026-11-03T09:30:15", 1),
        (1793698215.0, "2026-11-03T09:30:15", 1),
        ("1793698215250", "2026-11-03T09:30:15.250", 0.001),
        (1793698215250000, "2026-11-03T09:30:15.250", 0.001),
        (46329.5, "2026-11-03T12:00", 1),
    ],
)
def test_times_are_read_as_they_are_written(tmp_path, said, meant, precision):
    line = json.dumps({"time": said, "text": "x"})
    ((item,), problems) = read(write(tmp_path, line), fields={"time": "time"})
    assert not problems
    assert item.published == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert item.published_precision == precision


def test_times_without_a_zone_are_in_the_zone_that_is_named(tmp_path):
    path = write(
        tmp_path, "time,text\n2026-07-01 12:00,x\n2026-11-03 12:00,y\n2026-11-03T12:00Z,z\n"
    )
    items, _ = read(path, zone="Europe/Berlin")
    assert [item.published.hour for item in items] == [10, 11, 12]
    with pytest.raises(SettingError, match="zone='Berlin' is no time zone"):
        read(path, zone="Berlin")


def test_dates_that_can_be_read_two_ways_are_asked_for_never_guessed(tmp_path):
    path = write(tmp_path, "date,text\n3/11/2026,x\n4/11/2026,y\n")
    found = imports.look(path)
    assert "3/11/2026 may be day first or month first" in found.doubt
    with store.open(tmp_path / "s.db", floor=0) as opened:
        with pytest.raises(SettingError, match="say which with dates=dmy or mdy"):
            found.load(opened)
        assert not opened.search(None)
    assert read(path, dates="mdy")[0][0].published.month == 3
    assert read(path, dates="dmy")[0][0].published.month == 11


def test_one_date_that_can_be_read_one_way_settles_all_and_none_is_swapped_in_silence(tmp_path):
    first = "date,text\n" + "3/11/2026,x\n25/11/2026,y\n" * 200
    path = write(tmp_path, first + "11/26/2026,z\n")
    items, problems = read(path)
    assert {item.published.day for item in items} == {3, 25}
    assert [(p.where, "its time '11/26/2026'" in p.reason) for p in problems] == [
        ("line 402", True)
    ]
    assert imports.look(write(tmp_path, "date,text\n11/26/2026,z\n25/11/2026,y\n")).doubt


def test_a_forged_date_is_kept_and_does_not_order(tmp_path):
    path = write(tmp_path, "time,text\n1970-01-01T00:00:00Z,x\n2999-01-01,y\n2026-11-03,z\n")
    items, _ = read(path)
    assert [item.published.year for item in items] == [1970, 2999, 2026]
    assert [item.time for item in items] == [NOW, NOW, datetime(2026, 11, 3, tzinfo=UTC)]


def test_a_row_without_a_date_counts_as_seen_now_and_is_told(tmp_path):
    path = write(tmp_path, "time,text\n2026-11-03,x\n,y\n")
    with store.open(tmp_path / "s.db", floor=0, now=lambda: NOW) as opened:
        done = imports.look(path).load(opened, now=lambda: NOW)
        again = imports.look(path).load(opened, now=lambda: NOW.replace(hour=13))
        found = opened.search(None)
    assert (done.new, done.undated) == (2, 1)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)
    assert (found[0].text, found[0].published, found[0].published_precision) == ("y", NOW, None)
    assert read(path, date="2026-11-01")[0][1].published == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_file_without_times_asks_for_a_date(tmp_path):
    path = write(tmp_path, "text\nonly this\n")
    assert imports.look(path).doubt.startswith("no field holds times")
    assert not imports.look(path, date="2026-11-01").doubt
    with pytest.raises(SettingError, match="date='soon' is no time that is known"):
        imports.look(path, date="soon")


@pytest.mark.parametrize(
    ("head", "row", "fields"),
    [
        # Media monitoring, a network's own export, an archive's flattened records.
        (
            ["Date", "Headline", "URL", "Opening Text", "Source Name", "Language", "Reach"],
            ["2026-11-03", "Recall", "https://a.example", "The plant", "The Paper", "en", "9"],
            ["time", "text", "title", "author_name", "url", "lang"],
        ),
        (
            ["Post ID", "Created Time", "Message", "Permalink", "Likes", "Comments", "Shares"],
            ["10098_1", "1793698215", "Hello", "https://b.example/1", "1,234", "5", "1.2K"],
            ["time", "text", "url", "id", "likes", "reposts", "replies"],
        ),
        (
            ["id", "user.screen_name", "user.name", "text", "created_at", "retweet_count"],
            ["17936982151", "ana", "Ana P", "Hello", "2026-11-03", "4"],
            ["time", "text", "author", "author_name", "id", "reposts"],
        ),
    ],
)
def test_what_holds_what_is_guessed_by_names_and_checked_by_values(head, row, fields):
    found = guess(head, [dict(zip(head, row, strict=True))])
    assert sorted(found) == sorted(fields)


def test_a_name_that_promises_what_its_values_are_not_is_not_believed():
    rows = [
        {
            "date": "spring",
            "likes": "many",
            "url": "none",
            "when": "2026-11-03",
            "note": "a longer text",
        }
    ]
    assert guess(list(rows[0]), rows) == {"time": "when", "text": "note"}


def test_numbers_of_rows_are_nobodys_ids(tmp_path):
    first = write(tmp_path, "id,time,text\n1,2026-11-03,x\n2,2026-11-03,y\n", "a.csv")
    second = write(tmp_path, "id,time,text\n1,2026-11-04,z\n", "b.csv")
    ids = {item.id for path in (first, second) for item in read(path)[0]}
    assert len(ids) == 3
    assert [item.id for item in read(first, fields={"id": "id"})[0]] == ["1", "2"]


def test_a_long_id_that_a_spreadsheet_has_rounded_is_nobodys(tmp_path):
    for own in ("1.90000000000000E+18", "1,9E+18", 1.9e18):
        rows = [{"id": own, "time": "2026-11-03", "text": text} for text in ("x", "y")]
        lines = write(tmp_path, "\n".join(map(json.dumps, rows)))
        assert len({item.id for item in read(lines, fields={"id": "id"})[0]}) == 2
    exact = write(tmp_path, '{"id": 1900000000000000001, "time": "2026-11-03", "text": "x"}')
    assert read(exact)[0][0].id == "1900000000000000001"


def test_counts_are_read_as_people_write_them(tmp_path):
    said = {"1,234": 1234, "1.234.567": 1234567, "1.2K": 1200, "3M": 3_000_000, "12.0": 12}
    said |= {"-1": None, "many": None, "2.5": None, "1’000": None}
    lines = [json.dumps({"time": "2026-11-03", "text": each, "likes": each}) for each in said]
    items, _ = read(write(tmp_path, "\n".join(lines)), fields={"likes": "likes"})
    assert {item.text: item.likes for item in items} == said


def test_lists_and_flags_are_read_from_text_and_from_lists(tmp_path):
    line = {
        "time": "2026-11-03",
        "text": "x",
        "hashtags": "#a, b;c",
        "mentions": ["@ana", "bob", 7, None],
        "links": "https://a.example javascript:alert(1)",
        "images": ["https://a.example/1.png", "data:image/png;base64,AAAA"],
        "verified": "Yes",
        "sensitive": 0,
    }
    ((item,), _) = read(write(tmp_path, json.dumps(line)))
    assert item.hashtags == ("a", "b", "c")
    assert item.mentions == ("ana", "bob")
    assert item.links == ("https://a.example",)
    assert [media.url for media in item.media] == ["https://a.example/1.png"]
    assert (item.verified, item.sensitive) == (True, False)


@pytest.fixture
def exported(tmp_path):
    """A store of items with everything in them, and its rows."""
    whole = Item(
        source="mastodon",
        id="https://m.example/1",
        kind="reply",
        published="2026-11-03T09:30:00Z",
        published_precision=0.001,
        author="ana@m.example",
        title="'tis",
        text="=1+1; -2",
        lang="en",
        hashtags=("a", "b"),
        likes=7,
        reply_to="https://m.example/0",
        sensitive=False,
        media=({"type": "image", "url": "https://m.example/1.png", "alt": "a\nb"}.values(),),
    )
    with store.open(tmp_path / "s.db", floor=0) as opened:
        opened.add(
            [whole, Item(source="feeds", id="2", text="y", published="2026-11-04", tier="news")]
        )
        yield opened


@pytest.mark.parametrize("kind", exports.KINDS)
def test_our_own_exports_change_nothing_and_need_no_word(tmp_path, exported, kind):
    rows = exports.of_items(exported.search(None))
    table = exports.Table(FIELDS, [rows], zone="Asia/Tokyo")
    path = tmp_path / f"e.{kind}"
    exports.save(table, path)
    found = imports.look(path)
    assert not found.doubt
    done = found.load(exported)
    assert (done.new, done.updated, done.unchanged, done.skipped) == (0, 0, 2, 0)
    with store.open(tmp_path / f"{kind}.db", floor=0) as other:
        found.load(other)
        same = [name for name in (f.name for f in FIELDS) if name not in {"media", "collected"}]
        for old, new in zip(exported.search(None), other.search(None), strict=True):
            assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fields": {"text": "boddy"}}, "has no field 'boddy' for text; it has time, text"),
        ({"source": "My File"}, "source='My File' is no name of a source"),
        ({"tier": "blog"}, "tier='blog' is not one of social, wire"),
        ({"dates": "ymd"}, "dates='ymd' is not one of dmy, mdy"),
        ({"lang": "English!"}, "is no language tag"),
        ({"separator": "::"}, "separator='::' is not one character"),
    ],
)
def test_what_cannot_be_says_what_can(tmp_path, options, said):
    path = write(tmp_path, "time,text\n2026-11-03,x\n")
    with pytest.raises(SettingError, match=said):
        imports.look(path, **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [("created_at", "maps nothing"), ("when=x", "'when' is no field of an item; there are time")],
)
def test_pairs_that_map_nothing_are_errors(text, said):
    with pytest.raises(SettingError, match=said):
        imports.read_pairs(text)


def test_a_mapping_is_saved_and_holds_for_the_next_file(tmp_path):
    path = write(tmp_path, "a,b,c\n3.11.2026 12:00,x,y\n", "a.csv")
    found = imports.look(
        path,
        fields={"time": "a", "text": "c", "title": ""},
        zone="Europe/Berlin",
        tier="news",
        lang="de",
    )
    found.plan.save(tmp_path / "m.yaml")
    again = imports.look(
        write(tmp_path, "a,b,c\n4.11.2026 12:00,p,q\n", "b.csv"), saved=tmp_path / "m.yaml"
    )
    assert again.plan == found.plan
    ((item,), _) = (list(again.items(NOW)), 0)
    assert (item.text, item.lang, item.tier, item.published.hour) == ("q", "de", "news", 11)
    assert imports.look(path, saved=tmp_path / "m.yaml", tier="wire").plan.tier == "wire"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "lacks `fields:`"),
        ("fields: {when: a}", "'when' is no field"),
        ("fields: {time: a}\nzoon: x", "'zoon' is no setting"),
        ("fields: [", "is no mapping"),
    ],
)
def test_a_saved_mapping_that_cannot_be_read_says_why(tmp_path, text, said):
    saved = write(tmp_path, text, "m.yaml")
    with pytest.raises(SettingError, match=said):
        imports.look(write(tmp_path, "a,b\n2026-11-03,x\n"), saved=saved)


def test_what_a_file_covers_is_measured_only_where_that_is_said(tmp_path):
    path = write(tmp_path, "time,text\n2026-11-03T09:30:00Z,acme\n")
    span = {"every": "1h", "since": "2026-11-03T09:00:00Z"}
    with store.open(tmp_path / "s.db", floor=0, now=lambda: NOW) as opened:
        imports.look(path).load(opened)
        assert not opened.counts("acme", **span)["measured"].any()
        imports.coverage("2026-11-03/2026-11-04", "acme").note(opened, "files")
        counts = opened.counts("acme", **span).set_index("time")
        assert counts["measured"].sum() == 15
        assert counts["n"].iloc[0] == 1
        assert not opened.counts("globex", **span)["measured"].any()


@pytest.mark.parametrize(
    ("covers", "query", "error", "said"),
    [
        ("2026-11-03/2026-11-04", None, SettingError, "is true of what"),
        (None, "acme", SettingError, "give both"),
        ("2026-11-03", "acme", SettingError, "is no span"),
        ("2026-11-04/2026-11-03", "acme", SettingError, "does not end after its beginning"),
        ("2026-11-03/2999-11-03", "acme", SettingError, "or not yet"),
        ("2026-11-03/2026-11-04", "acme (", QueryError, "acme"),
    ],
)
def test_coverage_that_cannot_be_is_refused(covers, query, error, said):
    with pytest.raises(error, match=said):
        imports.coverage(covers, query)


def test_an_export_of_ours_is_called_as_the_user_says_and_by_no_name_that_cannot_be(
    tmp_path, exported
):
    rows = exports.of_items(exported.search(None))
    exports.save(exports.Table(FIELDS, [rows]), tmp_path / "e.csv")
    assert {item.source for item in read(tmp_path / "e.csv", source="copy")[0]} == {"copy"}
    forged = (tmp_path / "e.csv").read_text().replace("mastodon,", "<b>mastodon,")
    items, problems = read(write(tmp_path, forged))
    assert [item.source for item in items] == ["feeds"]
    assert "names a source that cannot be one: '<b>mastodon'" in problems[0].reason


def test_from_python_a_file_is_imported_and_what_was_skipped_is_told(tmp_path):
    path = write(tmp_path, "when,text\n2026-11-03 12:00,x\nsoon,y\n,z\n")
    address = str(tmp_path / "s.db")
    frame = wb.import_file(
        path,
        fields={"time": "when"},
        zone="Asia/Tokyo",
        covers="2026-11-03/2026-11-04",
        query="x",
        address=address,
    )
    assert frame.drop(columns="file").to_dict("records") == [
        {"source": "files", "new": 2, "updated": 0, "unchanged": 0, "skipped": 1, "undated": 1}
    ]
    reason = "its time 'soon' is no time that is known"
    assert frame.attrs["workbench"]["problems"] == [(str(path), "line 3", reason)]
    with store.open(address) as opened:
        assert opened.search("x")[0].published.hour == 3
        assert opened.coverage()[0].start == datetime(2026, 11, 2, 15, tzinfo=UTC)
    again = wb.import_file([path], fields={"time": "when"}, zone="Asia/Tokyo", address=address)
    assert again["unchanged"].tolist() == [2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"zoon": "x"}, "zoon: no such setting; there are source, tier, zone"),
        ({"fields": {"when": "a"}}, "fields='when' is no field of an item"),
        ({"query": "acme"}, "give both"),
    ],
)
def test_from_python_what_cannot_be_says_what_can(tmp_path, options, said):
    path = write(tmp_path, "time,text\n2026-11-03,x\n")
    with pytest.raises(SettingError, match=said):
        wb.import_file(path, address=str(tmp_path / "s.db"), **options)
