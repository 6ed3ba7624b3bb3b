"""A recorded industry, read from its folder."""

from __future__ import annotations

import json
import lzma
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.clock import to_micros
from workbench.demo.edgar import FilingTape
from workbench.demo.feeds import FeedTape
from workbench.demo.gdelt import ArticleTape
from workbench.demo.hackernews import HitTape
from workbench.demo.jetstream import LOOK_BACK, event_times
from workbench.demo.linkedin import RowTape
from workbench.demo.statuses import StatusTape
from workbench.demo.tape import read_lines
from workbench.demo.timeline import Reel
from workbench.demo.x import XTape
from workbench.errors import SettingError

__all__ = ["Feed", "Fixture", "Gap"]


@dataclass(frozen=True, slots=True)
class Feed:
    """One recorded feed, and where it is said to be found."""

    url: str
    tier: str
    format: str
    tape: FeedTape

    @property
    def key(self) -> str:
        """The source's key in the store."""
        return f"feeds:{self.url}"


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a source was not listened to, in the recording's time."""

    source: str
    start: int
    end: int
    reason: str

    def holds(self, source: str, when: int) -> bool:
        """Return whether something of `source` at `when` went unheard."""
        return source == self.source and self.start <= when < self.end


class Fixture:
    """What a folder of recorded payloads holds, its live part set to begin at a moment.

    Attributes
    ----------
    reel : Reel
    recent : list of bytes
        The live part's, and as many before it as a cursor may reach back.
    feeds : list of Feed
    profiles : list of dict
        As ``app.bsky.actor.getProfiles`` gives them.
    mastodon : StatusTape or None
        What a Mastodon server told, if that is part of the recording.
    hackernews : HitTape or None
        The same of Hacker News.
    gdelt : ArticleTape or None
        What GDELT met.
    linkedin : RowTape or None
        A table of LinkedIn posts that somebody kept.
    edgar : FilingTape or None
        What was filed.
    x : XTape or None
        The same of X.
    gaps : list of Gap

    Raises
    ------
    SettingError
        If the folder holds no recording.
    """

    def __init__(self, folder: Path, *, at: datetime) -> None:
        manifest = json.loads(_read(folder / "manifest.json"))
        live_from = datetime.fromisoformat(manifest["live_from"])
        self.reel = Reel.aligned(
            _micros(manifest["start"]),
            to_micros(live_from),
            _micros(manifest["end"]),
            at=to_micros(at),
        )
        self._events = folder / "jetstream.jsonl.xz"
        events = _read(self._events).splitlines()
        reach = to_micros(live_from - LOOK_BACK)
        self.recent = events[bisect_left(event_times(events), reach) :]
        self.profiles: list[dict[str, Any]] = json.loads(_read(folder / "profiles.json.xz"))[
            "profiles"
        ]
        self.feeds = [
            self._feed(folder / "feeds", slug, feed) for slug, feed in manifest["feeds"].items()
        ]
        self.mastodon: StatusTape | None = None
        if told := manifest.get("mastodon"):
            lines = read_lines(_read(folder / told["file"]))
            self.mastodon = StatusTape(lines, told["instance"], self.reel)
        self.hackernews: HitTape | None = None
        if told := manifest.get("hackernews"):
            self.hackernews = HitTape(read_lines(_read(folder / told["file"])), self.reel)
        self.gdelt: ArticleTape | None = None
        if told := manifest.get("gdelt"):
            lines = read_lines(_read(folder / told["file"]))
            self.gdelt = ArticleTape(lines, told["query"], self.reel)
        self.linkedin: RowTape | None = None
        if told := manifest.get("linkedin"):
            self.linkedin = RowTape(_read(folder / told["file"]), told["address"], self.reel)
        self.edgar: FilingTape | None = None
        if told := manifest.get("edgar"):
            lines = read_lines(_read(folder / told["file"]))
            self.edgar = FilingTape(lines, told["tickers"], self.reel)
        self.x: XTape | None = None
        if told := manifest.get("x"):
            users = json.loads(_read(folder / told["users"]))["users"]
            self.x = XTape(read_lines(_read(folder / told["file"])), users, self.reel)
        self.gaps = [
            Gap(
                gap["source"],
                _micros(gap["start"]),
                _micros(gap["end"]),
                gap.get("reason", "not listened to"),
            )
            for gap in manifest.get("gaps", ())
        ]

    def read_history(self) -> list[bytes]:
        """Return the Jetstream events before the live part, which are needed but once."""
        events = _read(self._events).splitlines()
        return events[: bisect_left(event_times(events), self.reel.live_from)]

    def _feed(self, folder: Path, slug: str, told: Mapping[str, str]) -> Feed:
        ending = "json" if "json" in told["format"].lower() else "xml"
        tape = FeedTape(_read(folder / f"{slug}.{ending}.xz"), self.reel)
        return Feed(told["url"], told["tier"], told["format"], tape)


def _micros(written: str) -> int:
    return to_micros(datetime.fromisoformat(written))


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return lzma.decompress(data) if path.suffix == ".xz" else data
    except (OSError, lzma.LZMAError) as error:
        raise SettingError(
            f"{path} cannot be read ({error}); the replay needs a folder as "
            "data/fixtures/generate.py makes it"
        ) from None
