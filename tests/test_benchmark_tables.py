"""The tables that benchmarks write into the documentation."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PATH = Path(__file__).parent.parent / "benchmarks" / "tables.py"
SPEC = spec_from_file_location("benchmark_tables", PATH)
tables = module_from_spec(SPEC)
SPEC.loader.exec_module(tables)

PAGE = "# A\n<!-- bench:speed -->\nold\n<!-- end -->\nmiddle\n<!-- bench:other -->\n<!-- end -->\n"
ROWS = [{"engine": "a|b", "n": 12345, "ratio": 1 / 3}, {"engine": "c", "n": 1, "ratio": 2.0}]


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "text.md"
    path.write_text(PAGE)
    return path


def test_a_table_takes_its_place_and_no_other(page):
    tables.write("speed", ROWS, page=page)
    tables.write("speed", ROWS, page=page)
    text = page.read_text()
    assert "old" not in text
    assert text.count("| a\\|b | 12,345 | 0.333 |") == 1
    assert text.count("Measured ") == 1
    assert text.endswith("middle\n<!-- bench:other -->\n<!-- end -->\n")


def test_a_place_that_is_missing_is_told(page):
    with pytest.raises(SystemExit, match="0 places <!-- bench:nosuch -->"):
        tables.write("nosuch", ROWS, page=page)


def test_only_on_demand_is_anything_written(page, monkeypatch, capsys):
    monkeypatch.setattr(tables, "PAGE", page)
    monkeypatch.setattr(sys, "argv", ["bench"])
    tables.show("speed", ROWS)
    assert "| c | 1 | 2.000 |" in capsys.readouterr().out
    assert page.read_text() == PAGE
