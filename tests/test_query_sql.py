"""The SQL of a query finds what the matcher finds: the 92 cases, and random ones."""

import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LISTS, NOW, items, queries

from workbench import store
from workbench.items import Item
from workbench.query import QueryError, parse

_FILE = json.loads((Path(__file__).parent / "data" / "query_cases.json").read_text("utf-8"))
_CASES_NOW = datetime.fromisoformat(_FILE["now"])


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "w.db"
    with store.open(path, now=lambda: _CASES_NOW) as opened:
        opened.add(Item(**fields) for fields in _FILE["docs"])
        yield opened


@pytest.mark.parametrize("case", _FILE["cases"], ids=[case["q"] for case in _FILE["cases"]])
def test_case(cases, case):
    if case.get("error"):
        with pytest.raises(QueryError):
            cases.search(case["q"])
        return
    assert sorted(item.id for item in cases.search(case["q"])) == case["match"]


@settings(max_examples=60, deadline=None)
@given(st.lists(items, max_size=12), st.lists(queries, min_size=1, max_size=12))
def test_search_and_tally_find_what_the_matcher_finds(found, asked):
    with (
        tempfile.TemporaryDirectory() as folder,
        store.open(f"{folder}/w.db", now=lambda: NOW) as opened,
    ):
        opened.add(found)
        everything = opened.search(None)
        assert len(everything) == len({item.key for item in found})
        for query in asked:
            matching = [i for i in everything if query.matches(i, now=NOW, lists=LISTS)]
            assert opened.search(query, lists=LISTS) == matching
            buckets = opened.tally(query, every="12h", since="10d", lists=LISTS)
            recent = [i for i in matching if NOW - timedelta(days=10) <= i.time <= NOW]
            assert sum(bucket.n for bucket in buckets) == len(recent)
            scored = [i for i in recent if i.compound is not None]
            assert sum(sum(bucket[2:5]) for bucket in buckets) == len(scored)
            counted = opened.term_counts(
                since="10d", until=NOW, query=query, terms=["acme", "#mars"], lists=LISTS
            )
            acme = parse("acme")
            assert counted["acme"] == sum(acme.matches(item) for item in recent)
        assert opened.check() == []
