"""The examples of ``notebooks/primer.ipynb``, chosen from the store that the page shows.

For somebody who never saw a hashtag. Nothing is made up here: each example is an item of the
store, each number is counted, and where the store has none of a kind, that is said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from html import escape
from typing import Any, Final

from workbench import decks, share, store
from workbench.charts import Bar, Bars, Chart, Series, gaps
from workbench.charts.published import fitting
from workbench.clock import Clock, now
from workbench.columns.words import counted
from workbench.errors import WorkbenchError
from workbench.items import Item
from workbench.primer.looks import (
    Said,
    day,
    event_row,
    listing,
    minutes,
    nothing,
    question,
    quote,
)
from workbench.store import Store
from workbench.tokens import fold

__all__ = ["Primer", "Said"]

_DAY: Final = "24h"
_DEMO: Final = "demo"
"""The cursor under which a demo's store keeps when it began."""
_EVENT: Final = "meridian-218"
_AFTERMATH: Final = "csa-inspections"
_STEP: Final = timedelta(minutes=10)
_MOST: Final = 1000
_SMALLER: Final = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that really happened in the demo's industry, with its time on each tier."""

    title: str
    social: datetime
    news: datetime
    wire: datetime


class Primer:
    """What the primer shows, of one store.

    Parameters
    ----------
    address : str, optional
        The store; else ``WORKBENCH_STORE``, else the user's own.
    deck : str, optional
        The deck whose first column is explained; else the one that the page publishes.
    now : Clock

    Examples
    --------
    As the last line of a cell::

        Primer().hashtag
    """

    def __init__(
        self, address: str | None = None, *, deck: str | None = None, now: Clock = now
    ) -> None:
        self._store: Store = store.open(address, now=now)
        self.address = address or store.default_address()
        self.now = now
        self._deck = deck or os.environ.get("WORKBENCH_DECK") or "demo"

    @property
    def source(self) -> Said:
        """Where the examples come from."""
        newest = next(iter(self._store.search(None, limit=1)), None)
        if newest is None:
            return Said(
                "<p>There is nothing in the store yet, so that the examples are missing below. "
                "They appear as soon as something has been collected: <code>workbench demo</code> "
                "plays an invented industry, <code>workbench up</code> listens to yours.</p>"
            )
        what = (
            "an invented airline industry, played for practice: no company, person or post in it "
            "is real"
            if self.began
            else "what your own workbench has collected"
        )
        when = f"{day(newest.time)}, {newest.time:%H:%M}"
        return Said(f"<p>All examples here are from {what}. The newest is of {when} (UTC).</p>")

    @cached_property
    def began(self) -> datetime | None:
        """When the demo began that the store holds; None if it holds none."""
        try:
            return datetime.fromisoformat(self._store.load_cursor(_DEMO) or "")
        except ValueError:
            return None

    @property
    def hashtag(self) -> Said:
        """The hashtag of the day, and a post that carries it."""
        if self._tagged is None:
            return nothing("post with a hashtag")
        tag, post = self._tagged
        posts = self._store.search(f"{tag} tier:social", limit=_MOST, since=_DAY)
        spelt = next((f"#{each}" for each in post.hashtags if f"#{fold(each)}" == tag), tag)
        n = _number(posts, "post carries", "posts carry")
        return Said(f"{quote(post)}{listing(f'{n} <b>{escape(spelt)}</b> in the last day', posts)}")

    @property
    def repost(self) -> Said:
        """The post that was passed on most."""
        if self._passed_on is None:
            return nothing("post with reposts")
        times = counted(self._passed_on.reposts or 0, "time", "times")
        return Said(f"{quote(self._passed_on)}<p>This one was passed on {times}.</p>")

    @property
    def like(self) -> Said:
        """The post that was liked most, of those that do not stand here already."""
        shown = [self._passed_on, self._tagged[1] if self._tagged else None]
        top = self._most("likes", [item for item in shown if item])
        if top is None:
            return nothing("post with likes")
        people = counted(top.likes or 0, "person", "people")
        return Said(f"{quote(top)}<p>This one was liked by {people}.</p>")

    @cached_property
    def _tagged(self) -> tuple[str, Item] | None:
        """The hashtag of the day, and its post with the most likes."""
        found = self._store.term_counts(since=_DAY, until=timedelta(), query="tier:social")
        tag = max(((n, tag) for tag, n in found.items() if tag.startswith("#")), default=None)
        if tag is None:
            return None
        posts = self._posts(f"{tag[1]} tier:social -is:sensitive", limit=_MOST)
        post = _best(posts, "likes", [self._passed_on] if self._passed_on else [])
        return None if post is None else (tag[1], post)

    @cached_property
    def _passed_on(self) -> Item | None:
        return self._most("reposts", [])

    def _most(self, field: str, but: Sequence[Item]) -> Item | None:
        """Return the post of the day that has the most of something."""
        for least in _SMALLER:
            query = f"tier:social -is:repost -is:sensitive min_{field}:{least}"
            found = _best(self._posts(query, limit=_MOST), field, but)
            if found and found.key not in {item.key for item in but}:
                return found
        return next((item for item in but if getattr(item, field)), None)

    @property
    def reply(self) -> Said:
        """An answer below what it answers."""
        for item in self._posts("is:reply tier:social -is:sensitive", limit=100):
            first = self._store.get(item.source, item.reply_to or "")
            if first and first.text and first.author != item.author:
                return Said(quote(first, quote(item)))
        return nothing("reply whose first post is known")

    @property
    def column(self) -> Said:
        """The deck's first column: its question, and the newest answers."""
        try:
            deck = decks.load(self._deck)
        except WorkbenchError as error:
            return Said(f"<p>{escape(str(error))}</p>")
        column = next((each for each in deck.columns if each.type == "search"), deck.columns[0])
        items = self._store.search(column.query, limit=_MOST, since=_DAY, lists=deck.lists)
        told = f"{_number(items, 'answer')} in the last day"
        liked = sorted(items, key=lambda item: -(item.likes or 0))[:2]
        return Said(f"{question(column)}{''.join(map(quote, liked))}{listing(told, items)}")

    @property
    def event(self) -> Said:
        """One event, minute by minute: social network, news sites, newswire."""
        if self._event is None:
            return Said(
                "<p>What happened when is marked for the demo's invented industry alone; this "
                "store is not the demo's. <code>workbench demo</code> shows it.</p>"
            )
        event = self._event
        firsts = [
            self._first("tier:social", event.social),
            self._first("tier:news", event.news),
            self._first("tier:wire", event.wire),
        ]
        words = ("", f"{minutes(event.news - event.social)} later", f"{minutes(self.lead)} later")
        quotes = "".join(
            f"<p><b>{item_time:%H:%M}</b> {escape(later)}</p>{quote(item)}"
            for item, item_time, later in zip(
                firsts, (event.social, event.news, event.wire), words, strict=True
            )
            if item
        )
        return Said(f"{fitting(self._timeline(event))}{quotes}")

    @property
    def worth(self) -> Said:
        """What those minutes were worth in the demo's event, and what they were not."""
        event, truth = self._event, _truth()
        if event is None:
            return Said("")
        named = self._store.search(
            '"cv-40" tier:social', since=event.social, before=event.wire, limit=400
        )
        order = next(each for each in truth["events"] if each["id"] == _AFTERMATH)
        broke = datetime.fromisoformat(order["broke"]["wire"]) + self._offset
        days = round((broke - event.social) / timedelta(days=1))
        ends = [rumour["outcome"] for rumour in truth["rumours"]]
        early = (
            f"<b>{minutes(event.news - event.social)}</b> before the first article and "
            f"<b>{minutes(self.lead)}</b> before the airline's own statement on the newswire, "
            "one person had said what there was to see. Time to call one's own engineers."
        )
        next_step = (
            f"<b>{counted(len(named), 'post')}</b> named the type of the engine, CV-40, before "
            f"the newswire had a word on it. {days} days later the authority ordered every airline "
            "to inspect its CV-40s: first come, first served at the workshops."
        )
        doubt = (
            "<b>What it was not:</b> certain. The first post was one spotter's word, and a rumour "
            f"looks just the same at first. Of {len(ends)} rumours in these two weeks "
            f"{ends.count('denied')} were denied and {ends.count('fizzled')} came to nothing. Act "
            "on a first post by asking, not by trading."
        )
        told = (early, next_step, doubt)
        return Said(f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in told)}</ul>")

    @property
    def firsts(self) -> Said:
        """Who had it first, over all events of the demo's industry; each with its times."""
        events = _truth()["events"]
        names = {"social": "Social network", "wire": "Newswire", "news": "News site"}
        total = len(events)
        counts = {kind: sum(event["first"] == kind for event in events) for kind in names}
        tied = total - sum(counts.values())
        title = f"Social first: {counts['social']} of {total}"
        bars = tuple(
            Bar(name, n, f"{n} of {total}")
            for name, n in (
                *((names[kind], n) for kind, n in counts.items()),
                ("Within 2 minutes", tied),
            )
        )
        alt = f"Of {total} events the social network had {counts['social']} first."
        subtitle = "Events of the demo's two weeks, by who had them first"
        rows = "".join(f"<tr>{event_row(event, names)}</tr>" for event in events)
        words = ("What happened", "First", "Social", "News", "Newswire")
        head = "".join(f"<th>{word}</th>" for word in words)
        picture = fitting(Bars(title, subtitle, alt, "", bars))
        return Said(
            f"{picture}<details><summary>All {total} events, minutes after the first word</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
        )

    @property
    def lead(self) -> timedelta:
        """How long the social network was ahead of the newswire in the event."""
        return self._event.wire - self._event.social if self._event else timedelta()

    @cached_property
    def _offset(self) -> timedelta:
        """From the recording's time to the store's."""
        live = datetime.fromisoformat(_manifest()["live_from"])
        seconds = ((self.began or live) - live) // timedelta(seconds=1)
        return timedelta(seconds=seconds)

    @cached_property
    def _event(self) -> _Event | None:
        if self.began is None:
            return None
        told = next(event for event in _truth()["events"] if event["id"] == _EVENT)
        broke = {
            tier: datetime.fromisoformat(at) + self._offset for tier, at in told["broke"].items()
        }
        return _Event(told["title"], broke["social"], broke["news"], broke["wire"])

    def _first(self, query: str, at: datetime) -> Item | None:
        """Return what was published at a moment, give or take the minute that feeds leave open."""
        minute = timedelta(minutes=1)
        near = self._store.search(
            f"{query} (218 OR engine OR meridian)", since=at - minute, before=at + minute
        )
        return min(near, key=lambda item: abs(item.time - at), default=None)

    def _timeline(self, event: _Event) -> Chart:
        query = "tier:social (#ma218 OR (meridian (218 OR engine OR havenholm)))"
        start, end = event.social - 3 * _STEP, event.wire + 3 * _STEP
        buckets = self._store.tally(query, every=_STEP, since=start, until=end, has_tones=False)
        spans = ((bucket.time, bucket.time + _STEP, bucket.measured) for bucket in buckets)
        lead = minutes(self.lead)
        return Chart(
            f"On the social network {lead} before the newswire",
            f"Posts about the flight, for each 10 minutes of {day(event.social)}",
            f"The first post came {lead} before the newswire and "
            f"{minutes(event.news - event.social)} before the first article.",
            series=(
                Series(
                    "posts",
                    tuple((each.time, each.n if each.measured else None) for each in buckets),
                    style="bar",
                ),
            ),
            gaps=gaps(spans),
            events=(
                (event.social, "first post"),
                (event.news, "news site"),
                (event.wire, "newswire"),
            ),
        )

    def _posts(self, query: str, *, limit: int) -> Sequence[Item]:
        """Return what matches of the last day, in English if there is any."""
        english = self._store.search(f"{query} lang:en", limit=limit, since=_DAY)
        return english or self._store.search(query, limit=limit, since=_DAY)


def _best(posts: Sequence[Item], field: str, but: Sequence[Item]) -> Item | None:
    """Return the post with the most of something; one of `but`, or a headline, if need be."""
    shown = {item.key for item in but}
    return max(
        posts,
        key=lambda item: (item.key not in shown, not item.title, getattr(item, field) or 0),
        default=None,
    )


def _number(items: Sequence[Item], one: str, many: str | None = None) -> str:
    return f"{'More than ' if len(items) == _MOST else ''}{counted(len(items), one, many)}"


def _truth() -> dict[str, Any]:
    return dict(json.loads((share.path("fixtures") / "truth.json").read_text("utf-8")))


def _manifest() -> dict[str, Any]:
    return dict(json.loads((share.path("fixtures") / "manifest.json").read_text("utf-8")))
