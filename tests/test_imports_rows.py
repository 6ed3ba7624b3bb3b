"""Files of rows: what a file is, its encoding, its broken and hostile rows."""

import gzip
import json
import random
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from bringing import NOW, ROWS, as_csv, as_excel, as_parquet, read, write
from pyarrow import parquet

from workbench import imports
from workbench.errors import SettingError
from workbench.imports import sheets
from workbench.imports.delimited import Delimited
from workbench.items import Item, Problem

KINDS = {
    "csv": as_csv(ROWS).encode(),
    "semicolons": as_csv(ROWS, ";").encode(),
    "tabs": as_csv(ROWS, "\t").encode(),
    "bars": as_csv(ROWS, "|").encode(),
    "sep=": ("sep=;\r\n" + as_csv(ROWS, ";")).encode("utf-8-sig"),
    "utf-8 with a mark": as_csv(ROWS).encode("utf-8-sig"),
    "utf-16": as_csv(ROWS, "\t").encode("utf-16"),
    "utf-16 without a mark": as_csv(ROWS).encode("utf-16-le"),
    "gzipped": gzip.compress(as_csv(ROWS).encode()),
    "jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
    "json": json.dumps(ROWS, indent=2).encode(),
    "json within an object": json.dumps({"data": ROWS}).encode() + b"\n",
    "json over lines": json.dumps({"meta": 1, "items": ROWS}, indent=1).encode(),
    "excel": as_excel(ROWS),
    "parquet": as_parquet(ROWS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_what_is_in_it_whatever_it_is_called(tmp_path, kind):
    items, problems = read(write(tmp_path, KINDS[kind], "report.pdf"))
    assert not problems
    assert [(i.author, i.text) for i in items] == [
        ("ana", ROWS[0]["body"]),
        ("bob", ROWS[1]["body"]),
    ]
    assert items[0].published == datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    assert {i.source for i in items} == {"files"}


def test_the_same_rows_have_the_same_ids_in_every_format(tmp_path):
    found = {
        tuple(item.id for item in read(write(tmp_path, content))[0]) for content in KINDS.values()
    }
    assert len(found) == 1


def test_what_is_no_utf8_is_cp1252_and_one_broken_byte_does_not_make_it_so(tmp_path):
    rows = [{"time": "2026-11-03", "text": f"Prévost käme über {n}"} for n in range(50)]
    text = as_csv(rows)
    items, _ = read(write(tmp_path, text.encode("cp1252")))
    assert items[7].text == "Prévost käme über 7"
    broken = text.encode().replace(b"7\r\n", b"\xe9\r\n", 1)
    items, _ = read(write(tmp_path, broken))
    assert items[7].text == "Prévost käme über \ufffd"
    assert items[8].text == "Prévost käme über 8"


def test_another_encoding_is_named(tmp_path):
    path = write(
        tmp_path, as_csv([{"date": "2026-11-03", "text": "東京の工場"}]).encode("shift_jis")
    )
    items, _ = read(path, encoding="shift_jis")
    assert items[0].text == "東京の工場"
    with pytest.raises(SettingError, match="'base64' is no encoding of text"):
        read(path, encoding="base64")
    with pytest.raises(SettingError, match="'klingon' is no encoding"):
        read(path, encoding="klingon")


def test_hostile_cells_are_text_and_nothing_else(tmp_path):
    rows = [
        {"time": "2026-11-03", "text": '=HYPERLINK("https://x.example")', "url": "javascript:x()"},
        {"time": "2026-11-03", "text": "<script>alert(1)</script><b>", "url": "https://a.example"},
        {"time": "2026-11-03", "text": "a\x00b\x1b[31m", "url": "https://a.example"},
        {"time": "2026-11-03", "text": "\u202eevil 👩‍👩‍👧 עברית", "url": "https://a.example"},
        {"time": "2026-11-03", "text": "\x00", "url": "https://a.example"},
    ]
    for content in (as_csv(rows), "\n".join(map(json.dumps, rows)), as_parquet(rows)):
        items, problems = read(write(tmp_path, content))
        assert [item.text for item in items] == [
            rows[0]["text"],
            rows[1]["text"],
            "ab[31m",
            rows[3]["text"],
        ]
        assert items[0].url is None
        assert [p.reason for p in problems] == ["has neither text nor title"]


def test_a_formula_of_a_workbook_gives_what_it_had_shown_and_runs_nothing(tmp_path):
    rows = [{"time": datetime(2026, 11, 3, 9), "text": "plain"}, {"time": "x", "text": "=1+1"}]  # noqa: DTZ001 - Excel has no zones
    items, problems = read(write(tmp_path, as_excel(rows)))
    # A formula that nobody has calculated has shown nothing.
    assert [item.text for item in items] == ["plain"]
    assert [p.where for p in problems] == ["row 3"]


def test_a_cell_of_100_mb_is_refused_with_its_line_in_level_memory(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.write(b"time,text\n2026-11-03,before\n2026-11-03,")
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b"\n2026-11-03,after\n")
    tracemalloc.start()
    items, problems = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.text for item in items] == ["before", "after"]
    assert {(p.where, "characters" in p.reason) for p in problems} == {("line 3", True)}
    assert peak < 40_000_000
    lines = [json.dumps({"time": "2026-11-03", "text": text}) for text in ("a", "b" * 200_000)]
    items, problems = read(write(tmp_path, "\n".join(lines)))
    assert len(items) == 1
    assert problems == [Problem("line 2", "has a cell of more than 131,072 characters (text)")]


def test_bad_rows_are_told_by_their_lines_and_cost_nobody_else(tmp_path):
    text = (
        "time,text\n"
        '2026-11-03,"over\ntwo lines"\n'
        "2026-11-03,too,many\n"
        "never,x\n"
        "\n"
        "2026-11-03,\n"
        "2026-11-03,fine,,\n"
        '2026-11-03,"never closed\n2026-11-03,swallowed\n'
    )
    items, problems = read(write(tmp_path, text))
    assert [item.text for item in items] == [
        "over\ntwo lines",
        "fine",
        "never closed\n2026-11-03,swallowed",
    ]
    assert [p.where for p in problems] == ["line 4", "line 5", "line 7"]
    assert problems[0].reason == "has 3 cells, the head has 2"


def test_broken_json_costs_its_line_alone(tmp_path):
    good = json.dumps(ROWS[0])
    path = write(tmp_path, f'{good}\n{{"a": \n[1]\n{"[" * 5000}\n\n{good[:-1]}, "x": NaN}}\n')
    items, problems = read(path)
    assert len(items) == 2
    assert [p.where for p in problems] == ["line 2", "line 3", "line 4"]


def test_a_json_list_that_breaks_gives_what_came_before(tmp_path):
    path = write(tmp_path, json.dumps(ROWS)[:-1] + ', {"a" 1}, ' + json.dumps(ROWS[0]) + "]")
    items, problems = read(path)
    assert len(items) == 2
    assert problems[0].where == "object 3"
    assert "all below cannot be read" in problems[0].reason


def test_a_json_list_is_read_piece_by_piece(tmp_path):
    rows = [{"time": "2026-11-03", "text": f"{n} {'é' * 400}"} for n in range(5_000)]
    items, problems = read(write(tmp_path, json.dumps(rows, ensure_ascii=False)))
    assert [item.text for item in items] == [row["text"] for row in rows]
    assert not problems


def test_a_file_that_ends_in_the_middle_gives_what_it_holds(tmp_path):
    packed = gzip.compress(as_csv(ROWS * 20_000).encode())
    items, problems = read(write(tmp_path, packed[: len(packed) // 2]))
    assert len(items) > 100
    assert "all below cannot be read" in problems[-1].reason


def test_a_file_without_a_head_is_mapped_by_numbers(tmp_path):
    path = write(tmp_path, "2026-11-03,https://a.example,A longer text than that\n" * 2)
    found = imports.look(path)
    assert found.plan.fields == {"time": "column 1", "text": "column 3"}
    assert len(read(path)[0]) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"<!DOCTYPE html><html>", "is a page or XML, no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old or protected Excel file"),
        (b"PK\x03\x04rest", "cannot be read"),
        (b"PAR1 and nothing", "cannot be read"),
        (b"\x7fELF\x02\x01\x01" + b"\x00\x01" * 50, "is no CSV, JSON, Excel, Parquet or PDF"),
        (b"\x1f\x8bbroken", "cannot be read"),
        (b"time,text\n", "has no rows"),
        (b'{"a": \n 1', "is no JSON"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path, content, said):
    with pytest.raises(SettingError, match=said):
        imports.look(write(tmp_path, content))


def test_a_zip_of_files_is_to_be_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Connections.csv", "a,b")
    with pytest.raises(SettingError, match=r"is a ZIP of Connections\.csv; unpack it"):
        imports.look(tmp_path / "a.zip")


@pytest.mark.parametrize("unpacked", [300_000_000, 4_294_967_290])
def test_a_workbook_that_would_unpack_to_far_more_is_refused(tmp_path, unpacked):
    data = bytearray(as_excel([{"time": "2026-11-03", "text": "x" * 1000}]))
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", data, entry + 24, unpacked)  # of the entry, unpacked
    path = write(tmp_path, bytes(data))
    with pytest.raises(SettingError, match="save the sheet as CSV"):
        imports.look(path)


def test_a_sheet_is_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["cover"])
    book.create_sheet("Posts").append(["time", "text"])
    book["Posts"].append([datetime(2026, 11, 3, 9, 30), "x"])  # noqa: DTZ001 - Excel has no zones
    book.save(tmp_path / "a.xlsx")
    ((item,), _) = read(tmp_path / "a.xlsx", sheet="Posts", zone="Asia/Tokyo")
    assert item.published == datetime(2026, 11, 3, 0, 30, tzinfo=UTC)
    with pytest.raises(SettingError, match="has no sheet 'Rows'; it has Sheet, Posts"):
        read(tmp_path / "a.xlsx", sheet="Rows")


def test_pandas_rows_with_times_finer_than_ours_are_read(tmp_path):
    frame = pd.DataFrame({"time": [pd.Timestamp("2026-11-03T09:30:00.123456789Z")], "text": ["x"]})
    frame.to_parquet(tmp_path / "a.parquet")
    ((item,), _) = read(tmp_path / "a.parquet")
    assert item.published == datetime(2026, 11, 3, 9, 30, 0, 123456, tzinfo=UTC)


def test_memory_stays_level_over_many_rows(tmp_path):
    path = tmp_path / "many.csv"
    line = "2026-11-03T09:30:{:02}Z,{} {}\n"
    with path.open("w") as stream:
        stream.write("time,text\n")
        stream.writelines(line.format(n % 60, n, "word " * 30) for n in range(12_000))
    file = Delimited(path)
    peaks = []
    for rows in (2_000, 12_000):
        tracemalloc.start()
        for n, _ in enumerate(file.rows()):
            if n == rows - 1:
                break
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 200_000


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_broken_in_a_file_is_told_and_never_a_traceback(tmp_path, kind):
    chance = random.Random(kind)
    for _ in range(12):
        data = bytearray(KINDS[kind])
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(data))
            end = place + chance.choice([0, 1, 1, 30])
            data[place:end] = chance.randbytes(chance.randint(0, 9))
        made = []
        with suppress(SettingError):
            made = list(imports.look(write(tmp_path, bytes(data)), dates="dmy").items(NOW))
        assert all(isinstance(each, Item | Problem) for each in made)


def test_long_texts_that_many_rows_of_parquet_share_take_no_memory_without_bound(tmp_path):
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), ["a" * 200_000])
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": shared}), path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in sheets.Parquet(path).rows()) == 1_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
