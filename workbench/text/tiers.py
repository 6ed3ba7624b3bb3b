"""Which engine scores which tier, and the scores that items are stored with."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from workbench.errors import SettingError
from workbench.items import TIERS, Item
from workbench.text import engines
from workbench.text.engines import Engine, Share
from workbench.text.sentiment import LONGEST, is_text, primary

__all__ = ["DEFAULTS", "Scored", "Scorer", "explain", "shown", "whole"]

_log = logging.getLogger(__name__)

DEFAULTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {tier: ("social",) if tier == "social" else ("business",) for tier in TIERS}
)
"""The engines of each tier unless a deck says otherwise; the first that reads a language."""

_KEPT: Final = 4096  # texts whose score is remembered: reposts say the same again


class Scored(NamedTuple):
    """An item's score, and the name and version of what made it; both None where nothing did."""

    compound: float | None
    engine: str | None


_NOTHING: Final = Scored(None, None)


def shown(name: str) -> Engine:
    """Return an engine as it is used where scores are shown: with fixes, if it has some."""
    found = engines.engine(name)
    fixed: Engine | None = getattr(found, "fixed", None)
    return fixed or found


def whole(item: Item) -> str:
    """Return all of an item that is scored: its title, if it has one, and its text."""
    return f"{item.title}\n{item.text}" if item.title else item.text


class Scorer:
    """Scores items, each by the engine of its tier.

    Parameters
    ----------
    names : mapping of str to sequence of str, optional
        For each tier the names of engines; the first that reads an item's language scores it.
        Tiers that are missing have their :data:`DEFAULTS`.

    Raises
    ------
    SettingError
        If there is no such tier or engine.
    """

    def __init__(self, names: Mapping[str, Sequence[str]] | None = None) -> None:
        given = names or {}
        if unknown := [tier for tier in given if tier not in TIERS]:
            raise SettingError(f"{unknown[0]!r} is no tier; there are {', '.join(TIERS)}")
        self.names = {**DEFAULTS, **{tier: tuple(own) for tier, own in given.items()}}
        for name in {each for own in given.values() for each in own}:
            shown(name)  # refused here if it cannot be
        self._kept: dict[tuple[str, str], Scored] = {}
        self._failed: set[str] = set()
        self._chosen: dict[tuple[str, str | None], Engine | None] = {}

    def engine_for(self, tier: str, lang: str | None) -> Engine | None:
        """Return what scores a tier's texts in a language; None if nothing does.

        A text of unknown language is not taken for English, since words of other languages
        would then count as neutral.
        """
        tag = primary(lang)
        for name in self.names[tier] if tag else ():
            try:
                found = shown(name)
            except SettingError as error:
                self._tell(name, error)
                continue
            if tag in found.languages:
                return found
        return None

    def score(self, items: Iterable[Item]) -> list[Scored]:
        """Return the score of each item, in their order.

        One that came with a score keeps it.
        """
        found: list[Scored] = []
        waiting: dict[int, tuple[Engine, list[tuple[int, str]]]] = {}
        for n, item in enumerate(items):
            if item.compound is not None and -1 <= item.compound <= 1:
                found.append(Scored(item.compound, item.engine))
                continue
            place = item.tier, item.lang
            if place not in self._chosen:
                if len(self._chosen) > _KEPT:
                    self._chosen.clear()  # languages that nobody has heard of have no end
                self._chosen[place] = self.engine_for(*place)
            used = self._chosen[place]
            known = _NOTHING
            if used is not None:
                text = whole(item)[:LONGEST]
                known = self._kept.get((used.name, text), _NOTHING)
                if known is _NOTHING and is_text(text):
                    waiting.setdefault(id(used), (used, []))[1].append((n, text))
            found.append(known)
        for used, places in waiting.values():
            texts = list(dict.fromkeys([text for _, text in places]))
            scored = dict(zip(texts, self._scored(used, texts), strict=True))
            if len(self._kept) > _KEPT:
                self._kept.clear()
            name = used.name
            for n, text in places:
                found[n] = self._kept[name, text] = scored[text]
        return found

    def _scored(self, used: Engine, texts: Sequence[str]) -> list[Scored]:
        """Return the scores of some texts; of an engine that fails, none."""
        try:
            if len(texts) == 1:  # quicker than a batch of one
                compounds = [float(used.compound(texts[0]))]
            else:
                compounds = used.scores(texts)[:, 3].tolist()
            label = engines.label_of(used)
            found = [_checked(value, label) for value in compounds]
        except Exception as error:  # noqa: BLE001 - somebody's engine: items are stored all the same
            self._tell(used.name, error)
            return [_NOTHING] * len(texts)
        if len(found) == len(texts):
            return found
        self._tell(used.name, ValueError(f"{len(found)} scores for {len(texts)} texts"))
        return [_NOTHING] * len(texts)

    def _tell(self, name: str, error: Exception) -> None:
        if name not in self._failed:
            self._failed.add(name)
            _log.warning(
                "the sentiment engine %s fails, what it should score has no score: %s: %s",
                *(name, type(error).__name__, error),
            )


def _checked(compound: float, label: str) -> Scored:
    if -1 <= compound <= 1:
        return Scored(compound, label)
    return _NOTHING if math.isnan(compound) else Scored(math.copysign(1.0, compound), label)


def explain(item: Item) -> list[Share] | None:
    """Return what each word has of an item's score, by the engine that made it.

    None where that cannot be told: the engine is gone or another version, or the score came
    from elsewhere.
    """
    name, _, version = (item.engine or "").partition(" ")
    if item.compound is None or not version or name not in engines.available():
        return None
    text = whole(item)[:LONGEST]
    try:
        for used in dict.fromkeys((shown(name), engines.engine(name))):
            # What was scored by other words, before an edit at its source, is not explained.
            if used.version == version and abs(used.compound(text) - item.compound) < 1e-6:
                return used.explain(text)
    except Exception as error:  # noqa: BLE001 - somebody's engine: the post is shown all the same
        _log.warning("the sentiment engine %s cannot explain a text: %s", name, error)
    return None
