"""The 92 cases that define the query language, against the matcher."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from workbench.items import Item
from workbench.query import QueryError, parse

_FILE = json.loads((Path(__file__).parent / "data" / "query_cases.json").read_text("utf-8"))
_ITEMS = [Item(**fields) for fields in _FILE["docs"]]
_NOW = datetime.fromisoformat(_FILE["now"])


def test_there_are_92_cases():
    assert len(_FILE["cases"]) == 92


@pytest.mark.parametrize("case", _FILE["cases"], ids=[case["q"] for case in _FILE["cases"]])
def test_case(case):
    if case.get("error"):
        with pytest.raises(QueryError) as caught:
            parse(case["q"])
        assert 0 <= caught.value.position <= len(case["q"])
        return
    query = parse(case["q"])
    for each in (query, parse(str(query))):
        assert [item.id for item in _ITEMS if each.matches(item, now=_NOW)] == case["match"]
    assert parse(str(query)).tree == query.tree
