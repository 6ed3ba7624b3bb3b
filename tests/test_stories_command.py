"""The command `stories`: what is stored, put together and shown."""

import json
from datetime import UTC, datetime

from test_cli import run

from workbench import store
from workbench.items import Item


def test_stories_puts_what_is_stored_together_and_shows_it(tmp_path):
    path = str(tmp_path / "w.db")
    now = datetime.now(UTC)
    words = "Smoke over the Northwind hangar at Kestrel Valley \x1b[31m#KestrelFire"
    with store.open(path) as opened:
        opened.add(
            Item(
                source="bluesky",
                id=name,
                text=words + "!" * n,
                author=name,
                published=now,
                published_precision=0.0,
            )
            for n, name in enumerate(("ana", "ben"))
        )
    (line,) = run("stories", "--store", path, "--json").stdout.splitlines()
    told = json.loads(line)
    assert (told["n"], told["state"], told["authors"]) == (2, "rumour", ["ana", "ben"])
    assert told["sightings"]["social"]["item"] == "bluesky:ana"
    shown = run("stories", "--store", path)
    assert "rumour" in shown.stdout.splitlines()[1]
    assert "\x1b" not in shown.stdout
    assert "No story" in run("stories", "--store", path, "--since", "2099-01-01").stderr
    assert "stories: up to date; no process" in run("status", "--store", path).stdout
