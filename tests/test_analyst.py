from datetime import UTC, datetime, timedelta

import pytest

import workbench as wb
from workbench import store
from workbench.analyst import to_frame
from workbench.items import FIELDS, Item

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def address(tmp_path):
    path = str(tmp_path / "w.db")
    with store.open(path) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=str(n),
                text=f"acme {n}",
                published=NOW - timedelta(hours=n),
                likes=n or None,
            )
            for n in range(5)
        )
        opened.cover("bluesky", "", NOW - timedelta(days=2), NOW, "ok")
    return path


def test_a_search_gives_a_frame_newest_first(address):
    frame = wb.search("acme -3", since="150m", address=address)
    assert frame["text"].tolist() == ["acme 0", "acme 1", "acme 2"]
    assert list(frame.columns) == [field.name for field in FIELDS]
    assert str(frame["published"].dtype).startswith("datetime64")
    assert frame["likes"].dtype == "Int64"
    assert frame["likes"].isna().tolist() == [True, False, False]


def test_nothing_found_is_a_frame_with_the_same_fields(address):
    frame = wb.search("globex", address=address)
    assert frame.empty
    assert frame["likes"].dtype == "Int64"
    assert to_frame([]).columns.tolist() == frame.columns.tolist()


def test_counts_say_what_was_measured(address):
    frame = wb.counts("acme", every="1h", since="4h", address=address)
    assert list(frame.columns) == ["time", "n", "measured"]
    assert frame["n"].sum() in {4, 5}
    assert frame["measured"].all()
