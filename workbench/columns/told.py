"""Alerts as rows: what came together, since when, and the first of the items behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from workbench.alerts import state
from workbench.columns import mood
from workbench.columns.links import address_of
from workbench.columns.tree import Node, el
from workbench.columns.words import counted, plain
from workbench.items import Item
from workbench.store import Alert, Store

__all__ = ["rows", "sentence"]

_SHOWN: Final = 3  # items of an alert
_LONGEST: Final = 140
_MOST: Final = 2000  # so many items of one alert are counted exactly


def rows(
    found: Iterable[Alert],
    store: Store,
    *,
    titles: dict[str, str],
    now: datetime,
    zone: str,
    is_hidden: Callable[[Item], bool] = lambda _: False,
) -> list[Node]:
    """Return one row per alert, in their order.

    Each number and each line leads to the items: where they stand in their column
    (``data-show``), else to where they were published.

    Parameters
    ----------
    found : iterable of Alert
    store : Store
        Where the items are; what was withdrawn meanwhile is not shown.
    titles : dict of str to str
        What columns are called now, by key; one that is gone keeps the title it had.
    now : datetime
    zone : str
        The reader's time zone.
    is_hidden : callable, optional
        Whether an item is not to be shown; an alert of such alone is not either.
    """
    made: list[Node] = []
    for alert in found:
        known = [item for key in alert.items[:_SHOWN] if (item := _item(store, key))]
        items = [item for item in known if not is_hidden(item)]
        if known and not items:
            continue
        said = sentence(alert, items, now=now, zone=zone)
        # The key of what is not shown would tell where it stands.
        first = ":".join(items[0].key) if items else next(iter(alert.items), "")
        place = {"data-of": alert.column, "data-show": first}
        made.append(
            el(
                "li",
                "wb-row wb-entry",
                {"tabindex": "-1"},
                el(
                    "bdi",
                    "wb-word wb-cut",
                    plain(titles.get(alert.column, alert.title)),
                    {"dir": "auto"},
                ),
                el(
                    "time",
                    "wb-times wb-s",
                    {"datetime": alert.fired.isoformat(timespec="milliseconds")},
                ),
                el("button", "wb-under wb-s wb-open", {"type": "button"} | place, said),
                *(_line(item, alert.column) for item in items),
            )
        )
    return [el("ul", "wb-rows", *made)] if made else []


def sentence(alert: Alert, items: Sequence[Item], *, now: datetime, zone: str) -> str:
    """Return what an alert says.

    Parameters
    ----------
    alert : Alert
    items : sequence of Item
        The first of its items, which say what they are.
    now : datetime
    zone : str
    """
    n = counted(alert.n, _noun(items))
    first = _time(alert.first, now, zone)
    if alert.at_least:
        most = "at least " if alert.n >= _MOST else ""
        said = f"{most}{n} within {_span(alert.until - alert.first)}, the first at {first}"
        if state(alert, now) == "firing":
            said += f"; counting until {_time(alert.until, now, zone)}"
    elif alert.n > 1:
        said = f"{n} at once, told as one, the first at {first}"
    else:
        said = f"{n} at {_time(items[0].time, now, zone) if items else first}"
    return said if items else f"{said}; withdrawn since"


def _noun(items: Sequence[Item]) -> str:
    """Return what all the items are: filing, release, article, post; else item."""
    kinds = {
        item.kind
        if item.kind in {"article", "release", "filing"}
        else "post"
        if item.tier == "social"
        else "item"
        for item in items
    }
    return kinds.pop() if len(kinds) == 1 else "item"


def _span(span: timedelta) -> str:
    said = mood.per(span)
    return {"hour": "an hour", "day": "a day", "1 minutes": "a minute"}.get(said, said)


def _time(when: datetime, now: datetime, zone: str) -> str:
    local, today = (each.astimezone(ZoneInfo(zone)) for each in (when, now))
    told = f"{local:%H:%M}"
    return told if local.date() == today.date() else f"{told} on {local.day} {local:%b}"


def _item(store: Store, key: str) -> Item | None:
    source, _, ident = key.partition(":")
    item = store.get(source, ident)
    return None if item is None or item.deleted else item


def _line(item: Item, column: str) -> Node:
    """Return the beginning of an item, leading to the whole of it."""
    name = plain(item.author_name or item.author)
    text = plain(item.title or item.text)
    if item.sensitive:
        text = "Marked as sensitive."
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rstrip() + "…"
    place = {"data-of": column, "data-show": f"{item.source}:{item.id}"}
    said = [el("bdi", "", f"{name}: ", {"dir": "auto"}) if name else None]
    address = address_of(item.url)
    if address:
        link = {"href": address.href, "target": "_blank", "rel": "noopener noreferrer"}
        return el("a", "wb-under wb-s", link | place, *said, el("bdi", "", text, {"dir": "auto"}))
    plain_button = {"type": "button"} | place
    return el("button", "wb-under wb-s", plain_button, *said, el("bdi", "", text, {"dir": "auto"}))
