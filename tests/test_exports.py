"""Tables as files: what each format holds, and what a spreadsheet may not take for a formula."""

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet
from strategies import items

from workbench import exports
from workbench.errors import SettingError
from workbench.exports import Table, neutral, of_items, plain, sheets
from workbench.items import FIELDS, Field, Item

NOW = datetime(2026, 11, 22, 12, 30, 15, 250_000, tzinfo=UTC)
# What a spreadsheet may begin a formula with, and what may stand before that.
SIGNS = "=+-@＝＋－＠"
FRAGMENTS = [
    *SIGNS,
    *"\t\r\n;,|' \"“\u00a0\u200b\ufeff\x00\x0b",
    "1+1",
    "cmd|' /C calc'!A0",
    "a",
    "é",
    "🚀",
]
hostile = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)
texts = hostile | st.text(max_size=12)


def item(n=1, **fields):
    return Item(**{"source": "bluesky", "id": str(n), "text": "hello", "published": NOW} | fields)


def table(*found, zone="UTC", **options):
    return Table(FIELDS, [of_items(found)], zone=zone, **options)


def words(*values):
    """A table of one field of text."""
    return Table((Field("said", "str", "", ""),), [[(value,) for value in values]])


def is_formula(cell):
    """Whether a spreadsheet might compute a cell: said anew, not by the code's own pattern."""
    if cell[:1] in set("\t\r\n"):
        return True
    passed = ("Cc", "Cf", "Zs", "Zl", "Zp")
    seen = [c for c in cell if c not in '"“”«»`´' and unicodedata.category(c) not in passed]
    return bool(seen) and seen[0] in SIGNS


def rows_of(data, delimiter=","):
    return list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))


def sheet_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n",
        "  =1",
        '"=1',
        "'=1",
        "\u00a0=1",
        "\u200b=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "⁼1",
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe_before_it(text):
    assert neutral(text).startswith(f"'{text[0]}")
    assert neutral(text, is_split=False) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "acme", "1-1", "a=b", "it's", "'tis", "“Fine”", "#acme", "https://x.example/?a=-1"]
)
def test_what_is_no_formula_stays_as_it_is(text):
    assert neutral(text) == text


def test_where_a_reader_may_split_a_text_each_part_is_kept_from_being_one():
    assert neutral("a;=1;b\n-c\t@d") == "a;'=1;b\n'-c\t'@d"
    assert neutral("a;=1\n-b", is_split=False) == "a;=1\n-b"


@given(texts, st.booleans())
@example("'=1", True)
@example(";'=1", True)
@example("\t\t=1", True)
def test_the_apostrophe_can_be_taken_away_again(text, is_split):
    assert plain(neutral(text, is_split=is_split), is_split=is_split) == text


def test_blanks_without_end_hold_nothing_up():
    many = "\n \u200b" * 200_000
    assert neutral(many + "=1").endswith("\n' \u200b=1")


@given(st.lists(texts, min_size=1, max_size=4))
def test_no_cell_of_a_csv_file_is_a_formula_however_it_is_split(values):
    data = exports.to_bytes(words(*values), "csv")
    read = [row[0] if row else "" for row in rows_of(data)[1:]]
    assert [plain(cell) for cell in read] == [exports.formulas.printable(v) for v in values]
    for delimiter in ",;\t":
        assert not [c for row in rows_of(data, delimiter) for c in row if is_formula(c)]


@given(st.lists(texts, min_size=1, max_size=3))
def test_no_cell_of_a_workbook_is_a_formula(values):
    sheet = sheet_of(exports.to_bytes(words(*values), "xlsx"))
    for row, value in enumerate(values, start=2):
        cell = sheet.cell(row, 1)
        assert cell.data_type in {"s", "inlineStr", "n"}
        read = cell.value or ""
        assert not is_formula(read)
        kept = exports.formulas.printable(value).replace("\r\n", "\n").replace("\r", "\n")
        assert plain(read, is_split=False) == kept


def test_csv_says_times_in_utc_leaves_unknown_empty_and_ends_lines_as_the_standard_does():
    zoned = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
    data = exports.to_bytes(
        table(
            item(
                published=zoned,
                text='a "b",\nc',
                likes=3,
                compound=-0.5,
                verified=True,
                hashtags=("x", "y"),
                links=("https://a.example", "=cmd"),
                media=("image", ("video", "https://v.example", "=a\n film")),
            )
        ),
        "csv",
    )
    head, row = rows_of(data)
    found = dict(zip(head, row, strict=True))
    assert head == [field.name for field in FIELDS]
    assert found["published"] == "2026-11-22T13:30:00Z"
    assert found["text"] == 'a "b",\nc'
    assert (found["likes"], found["compound"], found["verified"]) == ("3", "-0.5", "true")
    assert (found["hashtags"], found["links"]) == ("x y", "https://a.example =cmd")
    assert found["media"] == "image\nvideo https://v.example (=a film)"
    assert (found["reposts"], found["title"], found["sensitive"]) == ("", "", "")
    assert data.endswith(b"\r\n")


def test_a_csv_file_begins_with_the_mark_that_excel_looks_for_and_a_stream_does_not(tmp_path):
    path = tmp_path / "a.csv"
    assert exports.save(words("é"), path) == 1
    assert path.read_bytes() == "\ufeffsaid\r\né\r\n".encode()
    assert exports.to_bytes(words("é"), "csv") == "said\r\né\r\n".encode()


def test_a_workbook_holds_numbers_flags_and_times_of_the_zone_that_its_head_names():
    data = exports.to_bytes(
        table(
            item(likes=3, compound=-0.5, verified=True, followers=2**60, url="https://a.example"),
            zone="Asia/Tokyo",
            name="Rivals: a/b",
            notes={"query": "=acme"},
        ),
        "xlsx",
    )
    sheet = sheet_of(data)
    found = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    there = (NOW + timedelta(hours=9)).replace(tzinfo=None)
    assert found["published (Asia/Tokyo)"].value == there
    assert found["published (Asia/Tokyo)"].is_date
    assert (found["likes"].value, found["compound"].value) == (3, -0.5)
    assert found["verified"].value is True
    assert found["followers"].value == str(2**60)
    assert found["url"].hyperlink is None
    assert found["reposts"].value is None
    assert (sheet.title, sheet.freeze_panes) == ("Rivals  a b", "A2")
    about = openpyxl.load_workbook(io.BytesIO(data))["About"]
    assert [cell.value for cell in about[1]] == ["query", "'=acme"]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(1899, 12, 30, tzinfo=UTC), "1899-12-30T00:00:00Z"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "9999-12-31T23:00:00Z"),
    ],
)
def test_a_date_beyond_excels_calendar_is_text(when, told):
    sheet = sheet_of(exports.to_bytes(table(item(published=when), zone="Asia/Tokyo"), "xlsx"))
    assert sheet.cell(2, 5).value == told


def test_a_text_longer_than_a_cell_is_cut_and_shows_that():
    sheet = sheet_of(exports.to_bytes(words("🚀" * 20_000, "a" * 32_767), "xlsx"))
    assert sheet.cell(2, 1).value == "🚀" * 16_383 + "…"
    assert sheet.cell(3, 1).value == "a" * 32_767


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!"])
def test_what_is_called_like_an_error_of_excels_is_text(text):
    cell = sheet_of(exports.to_bytes(words(text), "xlsx")).cell(2, 1)
    assert (cell.value, cell.data_type) == (text, "s")


def test_what_looks_like_excels_own_escapes_stays_text():
    data = exports.to_bytes(words("_x003D_1+1"), "xlsx")
    # By the standard _x005F_ is the sign _, so that this reads as it was written.
    assert sheet_of(data).cell(2, 1).value == "_x005F_x003D_1+1"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Rivals", "Rivals"),
        ("", " items"),
        ("History", "History items"),
        ("'a'" + "b" * 40, "a'" + "b" * 29),
    ],
)
def test_a_sheet_is_called_as_excel_allows(name, title):
    data = exports.to_bytes(Table((Field("a", "str", "", ""),), [], name=name), "xlsx")
    assert sheet_of(data).title.strip() == title.strip()


def test_more_rows_than_a_sheet_holds_are_refused_and_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    exports.save(words("a", "b", "c"), tmp_path / "three.xlsx")
    with pytest.raises(SettingError, match="write CSV or Parquet"):
        exports.save(words(*"abcd"), tmp_path / "four.xlsx")
    assert [each.name for each in tmp_path.iterdir()] == ["three.xlsx"]


@given(st.lists(items, max_size=3))
def test_parquet_gives_back_every_value_in_its_own_type(found):
    data = exports.to_bytes(table(*found, notes={"deck": "Ceo"}), "parquet")
    held = parquet.read_table(io.BytesIO(data))
    kinds = {
        "str": "string",
        "int": "int64",
        "float": "double",
        "bool": "bool",
        "datetime": "timestamp[us, tz=UTC]",
        "list[str]": "list<element: string>",
        "list[Media]": "list<element: struct<type: string, url: string, alt: string>>",
    }
    assert [str(field.type) for field in held.schema] == [kinds[f.dtype] for f in FIELDS]
    assert json.loads(held.schema.metadata[b"workbench"]) == {"deck": "Ceo"}
    assert held.schema.field("likes").metadata[b"unit"] == b"count"
    back = [
        Item(**row | {"media": [tuple(m.values()) for m in row["media"]]})
        for row in held.to_pylist()
    ]
    assert back == found


@given(st.lists(items, max_size=3))
def test_json_gives_back_every_value(found):
    made = table(*found)
    rows = json.loads(exports.to_bytes(made, "json"))
    lines = exports.to_bytes(made, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == rows
    back = [Item(**row | {"media": [tuple(m.values()) for m in row["media"]]}) for row in rows]
    assert back == found


def test_in_json_unknown_is_null_and_so_is_what_json_has_no_number_for():
    fields = (Field("lift", "float", "", ""), Field("term", "str", "", ""))
    made = exports.to_bytes(Table(fields, [[(float("inf"), None)]]), "json")
    assert json.loads(made) == [{"lift": None, "term": None}]
    assert exports.to_bytes(Table(fields, []), "json") == b"[]\n"


@pytest.mark.parametrize("name", ["a.txt", "a", "csv"])
def test_an_ending_that_says_nothing_is_refused(name, tmp_path):
    with pytest.raises(SettingError, match=r"\.csv, \.xlsx, \.parquet, \.json, \.jsonl"):
        exports.save(words("a"), tmp_path / name)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"none/a\.csv cannot be written: No such file"):
        exports.save(words("a"), tmp_path / "none" / "a.csv")


@pytest.mark.parametrize("kind", exports.KINDS)
def test_what_fails_midway_leaves_what_was_there(kind, tmp_path):
    def batches():
        yield [("a",)]
        raise SettingError("the store is gone")

    path = tmp_path / f"a.{kind}"
    path.write_text("before")
    with pytest.raises(SettingError, match="the store is gone"):
        exports.save(Table((Field("said", "str", "", ""),), batches()), path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", exports.KINDS)
def test_batches_follow_each_other_whatever_the_format(kind):
    batches = [[(f"a{n}", n)] for n in range(3)] + [[]]
    fields = (Field("said", "str", "", ""), Field("n", "int", "", ""))
    stream = io.BytesIO()
    assert exports.write(Table(fields, batches), stream, kind) == 3
    data = stream.getvalue()
    read = {
        "csv": lambda: [tuple(row) for row in rows_of(data)[1:]],
        "xlsx": lambda: [(a, str(n)) for a, n in sheet_of(data).iter_rows(2, values_only=True)],
        "parquet": lambda: [
            (r["said"], str(r["n"])) for r in parquet.read_table(io.BytesIO(data)).to_pylist()
        ],
        "json": lambda: [(r["said"], str(r["n"])) for r in json.loads(data)],
        "jsonl": lambda: [(r["said"], str(r["n"])) for r in map(json.loads, data.splitlines())],
    }
    assert read[kind]() == [("a0", "0"), ("a1", "1"), ("a2", "2")]


def test_times_are_told_in_utc_wherever_they_come_from():
    paris = NOW.astimezone(tz=None) + timedelta(0)
    assert exports.lines.iso(paris) == "2026-11-22T12:30:15.250000Z"
