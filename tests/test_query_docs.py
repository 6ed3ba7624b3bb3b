"""The reference of the query language says what the parser knows, and its examples hold."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench import decks, share, store
from workbench.demo.fixture import Fixture
from workbench.demo.load import load_history
from workbench.items import Item
from workbench.query import QueryError, parse
from workbench.query.dialect import dialect
from workbench.query.parse import DEEPEST, LONGEST
from workbench.query.terms import SOURCES
from workbench.query.values import OPERATORS, SIGNS

TEXT = (Path(__file__).parent.parent / "docs/reference/query-language.md").read_text("utf-8")
HEADED = re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^### (.+)$", TEXT, re.MULTILINE)))
EXAMPLES = [
    line
    for block in re.findall(r"```query\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]
ERRORS = [
    (query.replace("\\|", "|"), message)
    for query, message in re.findall(r"^\| `(.*)` \| (.+) \|$", TEXT, re.MULTILINE)
]


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_its_heading(name):
    assert f"{name}:" in HEADED


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_has_its_heading(sign):
    assert any(heading.startswith(sign) for heading in HEADED)


def test_no_heading_names_an_operator_that_is_not_there():
    named = {heading.removesuffix(":") for heading in HEADED if heading.endswith(":")}
    assert named == set(OPERATORS)


@pytest.mark.parametrize("name", [*OPERATORS, *SIGNS])
def test_every_operator_has_an_example_in_the_page_and_in_its_error(name):
    start = name if name in SIGNS else f"{name}:"
    assert any(re.search(rf"(^|[\s(-]){re.escape(start)}\S", line) for line in EXAMPLES)
    example = (SIGNS.get(name) or OPERATORS[name]).example
    assert example.startswith(start)
    assert parse(example)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_can_be_read(text):
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_every_error_is_what_the_page_says(text, message):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert message in caught.value.message


def test_the_page_has_examples_errors_and_the_limits():
    assert len(EXAMPLES) > 60
    assert len(ERRORS) > 30
    assert f"{LONGEST:,} characters" in TEXT
    assert f"{DEEPEST} deep" in TEXT


def test_lines_said_to_mean_the_same_do():
    first, second = "calder OR northwind flights", "calder OR (northwind flights)"
    assert {first, second} <= {*EXAMPLES}
    assert parse(first) == parse(second)


NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


class Lately(Fixture):
    """The recording, of whose largest network only the last days are read."""

    def read_history(self):
        return super().read_history()[-2000:]


@pytest.fixture(scope="module")
def industry(tmp_path_factory):
    """The fixture industry in a store, and what no source of it brings."""
    with store.open(tmp_path_factory.mktemp("industry") / "w.db", now=lambda: NOW) as opened:
        load_history(Lately(share.path("fixtures"), at=NOW), opened)
        opened.add(
            [
                Item(source="edgar", id="1", text="Report", published=NOW, form="8-K"),
                Item(source="x", id="2", text="Hello", published=NOW, verified=True),
            ]
        )
        yield opened


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_finds_something_in_the_demo_s_industry(industry, text):
    lists = decks.load(Path(__file__).parent.parent / "decks" / "demo.yaml").lists
    found = industry.search(text, limit=1, lists=lists)
    assert found
    assert parse(text).matches(found[0], now=NOW, lists=lists)


def test_what_each_source_is_sent_of_the_example_is_what_the_page_says():
    told = TEXT.partition("## What sources are sent")[2]
    (example,) = re.findall(r"```query\n(.*)\n```", told)
    rows = [row.split(" | ") for row in told.splitlines() if row.startswith("| ")][2:]
    said = {
        name: re.findall(r"`([^`]+)`", row[3])
        for row in rows
        for name in re.findall(r"`(\w+)`", row[1])
    }
    assert said == {name: list(dialect(name, parse(example)).upstream or ()) for name in SOURCES}
