"""What the tests of a deck's columns share: a deck, a store, and a clock that a test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench import decks, store
from workbench.columns import Board
from workbench.columns.shell import place
from workbench.columns.tree import strings
from workbench.items import Item
from workbench.states import SourceState

__all__ = [
    "DECK",
    "HOUR",
    "NOW",
    "Setting",
    "column",
    "drawn",
    "inside",
    "nodes",
    "setting",
    "terms",
]

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECK = """
title: Northwind Air
zone: Europe/Berlin
sources:
  - {collector: bluesky, keep: all}
  - {collector: feeds, url: "https://wire.example/rss", tier: wire, label: Harbour Wire}
columns:
  - {type: search, title: Northwind, query: northwind}
  - {type: newswire, title: Newswire}
  - {type: trending, title: Trending}
  - {type: sentiment, title: Mood}
"""


class Setting:
    """A board, its store and a clock that a test moves."""

    def __init__(self, folder, deck=DECK):
        path = folder / "deck.yaml"
        path.write_text(deck)
        self.time = NOW
        self.store = store.open(str(folder / "w.db"), now=lambda: self.time)
        self.deck = decks.load(path)
        self.made = 0

    def board(self):
        return Board(self.deck, self.store, now=lambda: self.time, mode="replay")

    def post(self, text, *, ago=timedelta(0), **fields):
        self.made += 1
        item = Item(
            **{
                "source": "bluesky",
                "id": f"at://did:plc:a/app.bsky.feed.post/{self.made}",
                "published": self.time - ago,
                "collected": self.time - ago,
                "text": text,
                "author": "ana.example",
                "lang": "en",
            }
            | fields
        )
        self.store.add([item])
        return item

    def cover(self, hours):
        for source in self.deck.sources:
            self.store.cover(source.key, "", self.time - hours * HOUR, self.time, "ok")

    def live(self, state="live", **fields):
        for source in self.deck.sources:
            self.store.report(
                SourceState(
                    key=source.key,
                    collector=source.collector,
                    state=state,
                    since=self.time,
                    **fields,
                )
            )


@pytest.fixture
def setting(tmp_path, request):
    """A module's own DECK, or the one here, and its store."""
    made = Setting(tmp_path, getattr(request.module, "DECK", DECK))
    yield made
    made.store.close()


def column(state, title):
    return next(c for c in state["columns"] if c["title"] == title)


def drawn(part, name):
    """Return what is drawn of a column under a class, None if nothing is."""
    return next((node for node in part["parts"] if place(node) == name), None)


def nodes(part):
    """Return the elements of a column that is made of anything but items."""
    return drawn(part, "wb-rowed")[2:]


def inside(node, name):
    """Return all elements of a class, at whatever depth."""
    if isinstance(node, str):
        return []
    own = [node] if name in node[1].get("class", "").split() else []
    return own + [found for part in node[2:] for found in inside(part, name)]


def terms(part):
    """Return the rows of a trending column: all that each says, by its term."""
    rows = [row for node in nodes(part) for row in node[2:]]
    names = ("rank", "word", "times", "why")
    return {
        row[1]["data-about"].removeprefix("term:"): {
            name: strings(inside(row, f"wb-{name}")[0]) for name in names
        }
        | {"is_new": bool(inside(row, "wb-new")), "spark": inside(row, "wb-spark")[0][2][1]["d"]}
        for row in rows
    }
