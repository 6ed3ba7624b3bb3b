"""Sources of a deck: collectors, with the parameters that each declares."""

from __future__ import annotations

import re
import types
import typing
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final, Literal

from workbench.collectors import available, collector_of
from workbench.decks.model import Source
from workbench.decks.reading import Place, nearest
from workbench.errors import DeckError, WorkbenchError
from workbench.items import TIERS

__all__ = ["SOURCE_SETTINGS", "read_sources"]

SOURCE_SETTINGS: Final = ("collector", "label", "tier", "keep", "every", "confidential")
"""What every source may have; the rest is its collector's own."""

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_SAMPLE: Final = re.compile(r"sample:(\d{1,3}(?:\.\d+)?)")


def read_sources(place: Place) -> tuple[Source, ...]:
    """Return what a deck listens to.

    Raises
    ------
    DeckError
        At the first thing that is wrong.
    """
    found: list[Source] = []
    seen: dict[str, int] = {}
    for entry in place.sequence():
        source = _source(entry)
        if source.key in seen:
            raise entry.error(f"the same source stands in line {seen[source.key]} already")
        seen[source.key] = entry.line
        found.append(source)
    return tuple(found)


def _source(place: Place) -> Source:
    name = place.mapping().get("collector")
    if name is None:
        raise place.error(f"names no collector; there are: {', '.join(available())}")
    kind: Any = collector_of(name.value) if isinstance(name.value, str) else None
    if kind is None:
        collectors = available()
        if isinstance(name.value, str) and name.value in collectors.failed:
            raise name.error(f"cannot be used: {collectors.failed[name.value]}")
        kind = collectors[name.choice(list(collectors))]
    parameters = _parameters(kind)
    given = place.mapping((*SOURCE_SETTINGS, *parameters))
    if "tier" in given and "tier" not in {field.name for field in fields(kind)}:
        raise given["tier"].error(f"what {name.value} brings is always {kind.tier}; leave it out")
    options = {key: _convert(given[key], parameters[key]) for key in parameters if key in given}
    try:
        source = Source(
            collector=name.value,
            parameters=options,
            tier=given["tier"].choice(TIERS) if "tier" in given else "",
            label=given["label"].text() if "label" in given else "",
            keep=_keep(given["keep"]) if "keep" in given else "matching",
            every=given["every"].span(least=_SECOND, most=_DAY) if "every" in given else None,
            is_confidential=given["confidential"].switch() if "confidential" in given else None,
        )
    except DeckError:
        raise
    except TypeError as error:
        raise place.error(f"{name.value} needs more than it is given: {error}") from None
    except (WorkbenchError, ValueError) as error:
        raise place.error(str(error)) from None
    if "every" in given and kind.live and source.build().live:
        raise given["every"].error(
            f"{name.value} sends by itself; every: is for sources that are asked"
        )
    return source


def _keep(place: Place) -> str:
    keep = place.text()
    sample = _SAMPLE.fullmatch(keep)
    if keep in {"matching", "all"} or (sample and 0 < float(sample[1]) <= 100):
        return keep
    guess = nearest(keep, ("matching", "all", "sample:5"))
    raise place.error(f"{keep!r} is not matching, all or sample:<percent>, such as sample:5{guess}")


def _parameters(kind: Any) -> dict[str, Any]:
    """Return a collector's own parameters and their types; the deck's words are not among them."""
    hints = typing.get_type_hints(kind)
    return {
        field.name: hints[field.name]
        for field in fields(kind)
        if field.init and field.name not in SOURCE_SETTINGS
    }


def _convert(place: Place, hint: Any) -> Any:
    """Read a value as the type that a collector declares."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _convert(place, next(each for each in inner if each is not type(None)))
    if origin is Literal:
        return place.choice(inner)
    if origin in (tuple, list, frozenset):
        return origin(_convert(each, inner[0]) for each in place.words())
    if hint is timedelta:
        return place.span(least=_SECOND, most=3650 * _DAY)
    if hint is bool or hint is int or hint is float:
        wanted = (int, float) if hint is float else hint
        if not isinstance(place.value, wanted) or (hint is not bool) is isinstance(
            place.value, bool
        ):
            words = {bool: "true or false", int: "a whole number", float: "a number"}[hint]
            raise place.error(f"is {place.value!r}; it needs {words}")
        return hint(place.value)
    return place.text()
