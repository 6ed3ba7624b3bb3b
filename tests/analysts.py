"""What the tests of editing share: a deck in a notebook, and the front end that edits it."""

import json
import time

import workbench as wb

DECK = """\
title: Northwind Air   # ours
zone: Europe/Berlin
lists: {board: [ana.example]}
sources:
  - {collector: bluesky, keep: all}
columns:
  - type: search
    title: Northwind
    query: northwind
    filters: {lang: en}
  - {type: hashtag, title: Tags, any: [delay, fares], width: narrow}
"""


class Analyst:
    """A deck in a notebook, and the front end that edits it."""

    def __init__(self, deck, **options):
        self.sent = []
        options.setdefault("address", "none.db")
        self.deck = wb.deck(str(deck), **options)
        self.deck.send = self.sent.append

    def tells(self, **content):
        """Send a message."""
        data = {"method": "custom", "content": content}
        self.deck._handle_msg({"content": {"data": data}})

    def asks(self, do, **content):
        """Ask for a step and return the answer."""
        self.sent.clear()
        self.tells(**{"kind": "edit", "request": "r1", "do": do, **content})
        (answer,) = [each for each in self.sent if each["kind"] == "edited"]
        assert answer["request"] == "r1"
        return json.loads(answer["json"])

    def looks(self, times=4):
        """Let time pass in which the deck's file is looked at."""
        for _ in range(times):
            for watched in (self.deck._followed._watched, self.desk and self.desk._watched):
                if watched:
                    watched._looked = -1e9
            self.deck._look()

    def waits(self, condition):
        """Wait until something is so."""
        until = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.02)

    @property
    def desk(self):
        return self.deck._editing and self.deck._editing._desk

    @property
    def draft(self):
        """The draft, as the front end is told of it."""
        return json.loads(self.deck._draft)

    @property
    def keys(self):
        return [column["key"] for column in self.deck.columns]
