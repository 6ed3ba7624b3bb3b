"""The parts of a briefing, as a notebook displays them one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from html import escape
from shlex import quote
from typing import Final
from zoneinfo import ZoneInfo

from workbench.briefings import gather
from workbench.briefings.evidence import Evidence, Pile, narrowed, noticed
from workbench.briefings.gather import Mood, Term, Volume
from workbench.briefings.markup import Section, card, line, said, short, spark, style, words
from workbench.briefings.origin import is_replay, origin
from workbench.briefings.pinned import pinned
from workbench.briefings.stories import section
from workbench.briefings.stories import stories as told_stories
from workbench.briefings.wording import felt, usual
from workbench.charts import svg
from workbench.columns.pinned import standing
from workbench.columns.words import counted
from workbench.decks import Deck
from workbench.store import Store

__all__ = ["Briefing"]

_SHOWN: Final = 4  # leading posts of a column
_PRINTED: Final = 4  # items of each number that paper shows
_APART: Final = 1.25  # times the usual from which a day is loud, and below whose inverse quiet
_DOUBT: Final = "How the words read, judged by a program, which can be wrong; irony escapes it."
_SCORED: Final = "(sentiment:negative OR sentiment:neutral OR sentiment:positive)"


class Briefing:
    """What a deck has seen in a span of time, part by part.

    Parameters
    ----------
    deck : Deck
    store : Store
    span : timedelta
    end : datetime
        Where the span ends.
    zone : str

    Notes
    -----
    Each part is a :class:`Section`, which a notebook shows as HTML or Markdown. Numbers lead
    to :meth:`items`, which comes last and lists what the parts before it have counted.
    """

    def __init__(
        self, deck: Deck, store: Store, *, span: timedelta, end: datetime, zone: str
    ) -> None:
        self.deck = deck
        self.store = store
        self.span = span
        self.end = end
        self.start = end - span
        self.zone = zone
        self._evidence = Evidence(store, self.start, end, deck.lists)

    @cached_property
    def _volumes(self) -> list[Volume]:
        return gather.volumes(self.deck, self.store, start=self.start, end=self.end)

    @cached_property
    def _moods(self) -> list[Mood]:
        return gather.moods(self.deck, self.store, start=self.start, end=self.end, zone=self.zone)

    @cached_property
    def _terms(self) -> tuple[list[Term], str]:
        return gather.terms(self.deck, self.store, start=self.start, end=self.end)

    def _span(self) -> str:
        return words(self.span)

    # The numbers, each with its pile.

    def _volume_pile(self, place: int) -> Pile:
        volume = self._volumes[place]
        return self._evidence.add(f"c{place}", volume.column.title, volume.column.query, volume.n)

    def _mood_pile(self, place: int, tone: str) -> Pile:
        mood = self._moods[place]
        title, asked, n = {
            "negative": ("reads negative", "sentiment:negative", mood.negative),
            "positive": ("reads positive", "sentiment:positive", mood.positive),
            "neutral": ("reads neither way", "sentiment:neutral", mood.neutral),
            "scored": ("read for their mood", _SCORED, mood.scored),
            "left": ("not read for their mood", f"-{_SCORED}", mood.left),
        }[tone]
        return self._evidence.add(
            f"m{place}{tone[:3]}", f"{mood.title}: {title}", narrowed(mood.query, asked), n
        )

    def _term_pile(self, place: int) -> Pile:
        term = self._terms[0][place]
        return self._evidence.add(f"t{place}", term.term, term.query, term.n)

    def _link(self, pile: Pile, words: str = "") -> str:
        """Return a number that leads to its items; without items it leads nowhere."""
        told = escape(words or f"{pile.n:,}")
        if not pile.items:
            return f"<b>{told}</b>"
        place = self._evidence.number(pile.key)
        return f'<a class="wb-n" href="#f-{pile.key}">{told}<sup>{place}</sup></a>'

    # The parts.

    def front(self) -> Section:
        """Return the head of the page: title, date, and what matters most in a sentence each."""
        there = self.end.astimezone(ZoneInfo(self.zone))
        date = f"{there:%A}, {there.day} {there:%B %Y}"
        told = f"The {self._span()} to {there:%H:%M} ({self.zone})"
        if is_replay(self.store):
            told += " · a replay: an invented industry, nothing here is real"
        leads = [lead for lead in (self._loud(), self._mood_lead(), self._unusual()) if lead]
        quiet = self._nothing()
        body = f"<p class='wb-quiet'>{escape(quiet)}</p>" if quiet else ""
        if not quiet:
            body = "".join(
                f"<article><h3>{kind}</h3><p class='wb-lead'>{html}</p><p>{note}</p></article>"
                for kind, html, note, _ in leads
            )
            body = f'<div class="wb-leads">{body}</div>'
        html = (
            f"<style>{style()}</style><header><p>{escape(date)}</p>"
            f"<h1>{escape(self.deck.title)}</h1><p>{escape(told)}</p></header>{body}"
        )
        lines = [quiet] if quiet else [f"- {text}" for *_, text in leads]
        lines = [f"# {said(self.deck.title)}", "", f"{date}. {told}.", "", *lines]
        return Section(html, "\n".join(lines))

    def _nothing(self) -> str:
        """Say that nothing came in the whole span, and what would change that; else nothing."""
        newest = next(iter(self.store.search(None, limit=1, before=self.end)), None)
        if newest and newest.time >= self.start:
            return ""
        where = f"the store {self.store.path.name}"
        if newest is None:
            return f"There is nothing in {where} yet. The command workbench up fills it."
        there = newest.time.astimezone(ZoneInfo(self.zone))
        return (
            f"Nothing was collected in these {self._span()}. The newest item in {where} is of "
            f"{there.day} {there:%B %Y, %H:%M}; look whether workbench up is running."
        )

    def _loud(self) -> tuple[str, str, str, str] | None:
        if not self._volumes or self._volumes[0].is_blank:
            return None
        volume, pile = self._volumes[0], self._volume_pile(0)
        title = volume.column.title
        told = usual(volume)
        word = "As loud as usual"
        if volume.usual is None:
            word = "Heard"
        elif volume.n > max(volume.usual * _APART, volume.usual + 3):
            word = "Louder than usual"
        elif volume.n < volume.usual / _APART:
            word = "Quieter than usual"
        head = f"{escape(title)}: {self._link(pile)} in {self._span()}, {told}"
        note = f"{word}. Posts and articles that the column {escape(title)} shows."
        return "Volume", head, note, f"{said(title)}: {volume.n:,} in {self._span()}, {told}"

    def _mood_lead(self) -> tuple[str, str, str, str] | None:
        mood = self._moods[0]
        if mood.share is None:
            return None
        pile = self._mood_pile(0, "negative")
        text, word, seen, before = felt(mood)
        head = f"{word}: {self._link(pile, seen)} negative{before}"
        scored = self._link(self._mood_pile(0, "scored"))
        note = f"{self._link(pile)} of {scored} posts that could be read for their mood."
        return "Mood", head, note, text

    def _unusual(self) -> tuple[str, str, str, str] | None:
        found, _ = self._terms
        if not found:
            return None
        first, pile = found[0], self._term_pile(0)
        head = f"“{escape(first.term)}”: {self._link(pile)} in {self._span()}, {first.why}"
        others = [f"“{escape(term.term)}”" for term in found[1:3]]
        note = f"Then {' and '.join(others)}." if others else "Nothing else stands out as much."
        return "Unusual", head, note, f"{said(first.term)}: {first.n:,}, {first.why}"

    def stories(self) -> Section:
        """Return what happened, each event once, with who had it first."""
        found, first = told_stories(self.deck, self.store, start=self.start, end=self.end)
        return section(found, first, self._evidence, self._link)

    def volumes(self) -> Section:
        """Return how much each column has had, and the first one's hours as a chart."""
        rows, lines = [], []
        for place, volume in enumerate(self._volumes):
            pile = self._volume_pile(place)
            hours = [b.n if b.measured or b.n else None for b in volume.buckets]
            drawn = spark(hours, alt=f"{volume.column.title}, hour by hour")
            told = usual(volume)
            rows.append(
                f"<tr><th>{escape(volume.column.title)}</th>"
                f"<td>{'–' if volume.is_blank else self._link(pile)}</td>"
                f"<td>{told}</td><td>{drawn}</td></tr>"
            )
            n = "" if volume.is_blank else f"{volume.n:,}, "
            lines.append(f"- {said(volume.column.title)}: {n}{told}")
        figure = ""
        if self._volumes:
            chart = gather.volume_chart(self._volumes[0], zone=self.zone, span=self._span())
            figure = f"<figure>{svg(chart, width=460, height=240)}</figure>"
        head = f"How much was said, last {self._span()}"
        table = (
            f"<table><caption>Items in each column, hour by hour</caption>{''.join(rows)}</table>"
        )
        html = f'<h2>{head}</h2><div class="wb-pair">{figure}{table}</div>'
        return Section(html, "\n".join((f"## {head}", "", *lines)))

    def voices(self) -> Section:
        """Return who is spoken of how much, for decks with a share-of-voice column."""
        parts, lines = [], []
        found = gather.voices(self.deck, self.store, start=self.start, end=self.end)
        for place, (column, counted_voices) in enumerate(found):
            total = sum(n for *_, n in counted_voices)
            rows = []
            for each, (name, query, n) in enumerate(counted_voices):
                pile = self._evidence.add(f"v{place}-{each}", name, query, n)
                share = f"{100 * n / total:.0f}\N{NO-BREAK SPACE}%" if total else "–"
                rows.append(
                    f"<tr><th>{escape(short(name, 28))}</th><td>{self._link(pile)}</td>"
                    f"<td>{share}</td></tr>"
                )
                lines.append(f"- {said(name)}: {n:,}, {share}")
            parts.append(
                f"<div><h3>{escape(column.title)}</h3><table>{''.join(rows)}</table></div>"
            )
        if not parts:
            return Section("", "")
        html = f'<h2>Who is spoken of</h2><div class="wb-pair">{"".join(parts)}</div>'
        doubt = "An item that names several counts for each of them."
        html += f"<p class='wb-doubt'>{doubt}</p>"
        return Section(html, "\n".join(("## Who is spoken of", "", *lines, "", doubt)))

    def mood(self) -> Section:
        """Return how what was said reads, with its doubt."""
        parts, lines = [], []
        for place, mood in enumerate(self._moods):
            tones = ("negative", "positive", "neutral", "left")
            negative, positive, neutral, left = (self._mood_pile(place, tone) for tone in tones)
            told = (
                f"<p>{self._link(negative)} read negative, {self._link(positive)} positive, "
                f"{self._link(neutral)} neither.</p><p class='wb-doubt'>{_DOUBT}"
                f"{f' {self._link(left)} in other languages are left out.' if left.n else ''}</p>"
            )
            days = words(mood.since)
            drawn = replace(
                mood.chart,
                title=f"{mood.title}, the last {days}",
                # What is counted above is this day to the minute, and no other.
                alt=f"{mood.title} over the last {days}. {felt(mood)[0]}.",
            )
            chart = f"<figure>{svg(drawn, width=460, height=240)}</figure>"
            posts = "".join(
                f"<h4>Most noticed, {tone}</h4>"
                f'<ol class="wb-cards">{card(pile.items[0], zone=self.zone)}</ol>'
                for tone, pile in (("negative", negative), ("positive", positive))
                if pile.items
            )
            parts.append(
                f'<div class="wb-pair">{chart}<div class="wb-tones">{told}{posts}</div></div>'
            )
            lines.append(
                f"- {said(mood.title)}: {mood.negative:,} negative, {mood.positive:,} positive, "
                f"{mood.neutral:,} neither. {_DOUBT}"
            )
        return Section(f"<h2>Mood</h2>{''.join(parts)}", "\n".join(("## Mood", "", *lines)))

    def trending(self) -> Section:
        """Return the words, hashtags and phrases that stand out."""
        found, note = self._terms
        rows, lines = [], []
        for place, term in enumerate(found):
            pile = self._term_pile(place)
            drawn = spark(term.spark, alt=f"{term.term}, hour by hour in the last day")
            rows.append(
                f"<tr><th>{escape(short(term.term, 28))}</th><td>{self._link(pile)}</td>"
                f"<td>{term.why}</td><td>{drawn}</td></tr>"
            )
            lines.append(f"- {said(term.term)}: {term.n:,}, {term.why}")
        half = (len(rows) + 1) // 2
        tables = [f"<table>{''.join(part)}</table>" for part in (rows[:half], rows[half:]) if part]
        table = f'<div class="wb-pair wb-terms">{"".join(tables)}</div>'
        quiet = "" if rows else "<p>Nothing stands out.</p>"
        head = "What stands out"
        html = f"<h2>{head}</h2>{quiet}{table}<p class='wb-doubt'>{escape(note)}</p>"
        lines = [f"## {head}", "", *(lines or ["Nothing stands out."]), "", note]
        return Section(html, "\n".join(lines))

    def posts(self) -> Section:
        """Return the leading posts and articles of each column."""
        parts, lines = [], ["## Most noticed"]
        shown: set[tuple[str, str]] = set()
        for place, volume in enumerate(self._volumes):
            pile = self._volume_pile(place)
            # Reposts say what their originals say; what stood above need not stand twice.
            fresh = [i for i in pile.items if i.kind != "repost" and i.key not in shown][:_SHOWN]
            shown |= {item.key for item in fresh}
            if not fresh:
                continue
            is_known = any(noticed(item) for item in fresh)
            order = "" if is_known else " <small>newest first</small>"
            cards = "".join(card(item, zone=self.zone) for item in fresh)
            parts.append(
                f"<section><h3>{escape(volume.column.title)}{order}</h3>"
                f'<ol class="wb-cards">{cards}</ol></section>'
            )
            lines += ["", f"### {said(volume.column.title)}", ""]
            lines += [f"- {said(item.title or item.text)[:240]}" for item in fresh]
        if not parts:
            return Section("", "")
        html = f'<h2>Most noticed</h2><div class="wb-columns">{"".join(parts)}</div>'
        return Section(html, "\n".join(lines))

    def pinned(self) -> Section:
        """Return what analysts have pinned to the deck, with their notes."""
        return pinned(
            standing(self.store, self.deck, self.store.pins(self.deck.name), now=self.end),
            zone=self.zone,
        )

    def items(self) -> Section:
        """Return the items behind the numbers of all parts so far, each once."""
        piles = list(self._evidence.piles.values())
        listed = self._evidence.listed()
        if not listed:
            return Section("", "")
        number = {pile.key: place for place, pile in enumerate(piles, 1)}
        printed = {item.key for pile in piles for item in pile.items[:_PRINTED]}
        rules, heads = [], []
        for pile in piles:
            n = sum(pile.key in keys for _, keys in listed)
            if n:
                heads.append(self._pile_head(pile, number[pile.key], n))
                rules.append(f"#f-{pile.key}:target~ol>:not(.{pile.key})")
        entries = "".join(
            line(
                item,
                keys=[*keys, *([] if item.key in printed else ["x"])],
                marks=" ".join(str(number[key]) for key in keys),
                zone=self.zone,
            )
            for item, keys in listed
        )
        titles = [f"{number[pile.key]} {escape(pile.title)}" for pile in piles if pile.items]
        html = (
            f"<style>{','.join(rules)}{{display:none}}</style>"
            '<section class="wb-items" id="items"><h2>The items behind the numbers</h2>'
            "<p class='wb-hint'>Choose a number above, and this list shows what it counts.</p>"
            "<p class='wb-paper'>The small figures tell which number an item stands behind: "
            f"{', '.join(titles)}. Paper has the most noticed of each; the file has more.</p>"
            f"{''.join(heads)}<ol>{entries}</ol></section>"
        )
        return Section(html, f"{counted(len(listed), 'item')} stand behind these numbers.")

    def _pile_head(self, pile: Pile, number: int, n: int) -> str:
        told = f"all {n:,}" if n >= pile.n else f"the {n:,} most noticed of {pile.n:,}"
        more = ""
        if n < pile.n and pile.is_asked:
            hours = f"{self.span / timedelta(hours=1):g}h"
            asked = quote(str(pile.query)) if pile.query else "''"
            more = f" <code>workbench search {escape(asked)} --since {hours}</code>"
        return (
            f'<p class="wb-pile" id="f-{pile.key}"><b>{number} · {escape(pile.title)}</b>, last '
            f'{self._span()}: {told}.{more} <a href="#items">Show every item</a></p>'
        )

    def provenance(self) -> Section:
        """Return where the numbers come from, what was not measured, how far to trust them."""
        measured = gather.measured(self.deck, self.store, start=self.start, end=self.end)
        return origin(measured, end=self.end, span=self.span, zone=self.zone, store=self.store)
