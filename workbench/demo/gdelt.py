"""GDELT of recorded articles: its search for headlines and for volumes.

Format: the DOC 2.0 API's ``ArtList`` and ``TimelineVolRaw``
(blog.gdeltproject.org/gdelt-doc-2-0-api-debuts).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from workbench.clock import EPOCH, Clock, from_micros, to_micros
from workbench.demo.timeline import Reel, Timeline
from workbench.demo.web import Answer, Asked, Route, json_answer
from workbench.tokens import tokenize

__all__ = ["ArticleTape", "GdeltServer", "as_answer"]

_HOST: Final = "api.gdeltproject.org"
_PATH: Final = "/api/v2/doc/doc"
_MOST: Final = 250
_USUAL: Final = 75
_STEP: Final = timedelta(minutes=15)
_USUAL_SPAN: Final = timedelta(days=90)
_SECOND: Final = 1_000_000
_TERM: Final = re.compile(r'(-?)(?:(domain|sourcelang|sourcecountry):)?("[^"]*"|[^\s()"]+)|([()])')
_SHORTEST: Final = 3


class ArticleTape:
    """Recorded articles, moved to the replay's time and played again and again.

    Parameters
    ----------
    lines : list of dict
        What was met and when: ``time`` in seconds, ``article`` as it is listed, and the
        ``text`` that it is found by.
    query : str
        What a collector asks for, in the service's own language.
    reel : Reel
    """

    def __init__(self, lines: list[dict[str, Any]], query: str, reel: Reel) -> None:
        self.lines = lines
        self.query = query
        self.reel = reel
        self.timeline = Timeline([line["time"] * _SECOND for line in lines], reel)

    def find(self, query: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Yield the articles met in a span, both ends included, that match; newest first.

        Raises
        ------
        ValueError
            If the query is refused; its text is what the service says.
        """
        asked = _Asked(query)
        low = self.timeline.before(to_micros(start))
        for number in range(self.timeline.before(to_micros(end) + 1) - 1, low - 1, -1):
            lap, index = self.timeline.place(number) or (0, -1)
            line = self.lines[index]
            if asked.matches(line):
                yield self._shown(line["article"], lap, index)

    def _shown(self, article: dict[str, Any], lap: int, index: int) -> dict[str, Any]:
        when = from_micros(self.timeline.time(lap, index))
        made = article | {"seendate": when.strftime("%Y%m%dT%H%M%SZ")}
        if lap and article["url"]:
            sign = "&" if "?" in article["url"] else "?"
            made["url"] = f"{article['url']}{sign}lap={lap + 1}"
        return made


class GdeltServer:
    """The route of the service, as of the replay's clock.

    Parameters
    ----------
    tape : ArticleTape
    clock : Clock
    """

    def __init__(self, tape: ArticleTape, clock: Clock) -> None:
        self._tape = tape
        self._clock = clock

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the routes, by host and path."""
        return {(_HOST, _PATH): self._answer}

    def _answer(self, asked: Asked) -> Answer:
        given = {name.lower(): values[0] for name, values in asked.parameters.items()}
        now = self._clock()
        try:
            start = _moment(given.get("startdatetime"), now - _USUAL_SPAN)
            end = min(_moment(given.get("enddatetime"), now), now)
            mode = _mode(given.get("mode", "artlist"))
            found = list(self._tape.find(given.get("query", ""), start, end))
        except ValueError as refused:
            # It says so with status 200 and in plain text.
            return Answer(HTTPStatus.OK, f"{refused}\n".encode(), {"Content-Type": "text/html"})
        if not found:
            return json_answer({})
        if mode == "timelinevolraw":
            return json_answer(_timeline(given.get("query", ""), found, start, end))
        size = given.get("maxrecords", "")
        shown = found[: min(int(size), _MOST) if size.isdigit() else _USUAL]
        return json_answer({"articles": shown})


def _timeline(
    query: str, found: list[dict[str, Any]], start: datetime, end: datetime
) -> dict[str, Any]:
    counts = Counter(article["seendate"] for article in found)
    here = EPOCH - (EPOCH - start) // _STEP * _STEP
    steps = []
    while here <= end:
        stamp = here.strftime("%Y%m%dT%H%M%SZ")
        steps.append({"date": stamp, "value": counts[stamp], "norm": 9_000 + len(found)})
        here += _STEP
    return {
        "query_details": {"title": query, "date_resolution": "15m"},
        "timeline": [{"series": "Article Count", "data": steps}],
    }


def _mode(text: str) -> str:
    if text.lower() not in {"artlist", "timelinevolraw"}:
        raise ValueError("Invalid mode.")
    return text.lower()


def _moment(text: str | None, usual: datetime) -> datetime:
    if not text:
        return usual
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("Invalid query start or end date.") from None


class _Asked:
    """A query: terms that must all hold, or groups in parentheses of which one must."""

    def __init__(self, query: str) -> None:
        self._groups: list[list[tuple[bool, str, list[str]]]] = []
        is_open = False
        for sign, field, value, parenthesis in _TERM.findall(query):
            if parenthesis:
                is_open = parenthesis == "("
                if is_open:
                    self._groups.append([])
                continue
            if value == "OR":
                if not is_open:
                    raise ValueError("Queries containing OR'd terms must be surrounded by ().")
                continue
            bare = value.strip('"')
            if len(bare) < _SHORTEST:
                raise ValueError("The specified phrase is too short.")
            term = (bool(sign), field, tokenize(bare))
            if is_open:
                self._groups[-1].append(term)
            else:
                self._groups.append([term])
        if not self._groups:
            raise ValueError("Your query was too short or too long.")

    def matches(self, line: dict[str, Any]) -> bool:
        """Return whether a recorded article is found."""
        article = line["article"]
        tokens = tokenize(f"{article['title']} \n {line['text']}")
        fields = {
            "domain": tokenize(article["domain"]),
            "sourcelang": tokenize(article["language"]),
            "sourcecountry": tokenize(article["sourcecountry"]),
        }
        return all(
            any(_holds(fields.get(field, tokens), words) != minus for minus, field, words in group)
            for group in self._groups
        )


def _holds(tokens: list[str], words: list[str]) -> bool:
    size = len(words)
    return any(tokens[n : n + size] == words for n in range(len(tokens) - size + 1))


def as_answer(articles: list[dict[str, Any]]) -> bytes:
    """Return articles as the service lists them."""
    return json.dumps({"articles": articles}, ensure_ascii=False).encode()
