"""The routes of published notebooks: each at its own path, and the list of them."""

from __future__ import annotations

import asyncio
import gzip
import re
from datetime import datetime
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2
from tornado.web import HTTPError

from workbench.page.notebooks import Edition, Notebook
from workbench.page.notices import notice
from workbench.page.routes import PICTURED, Handler, Site

__all__ = ["PRIMER", "links", "routes"]

PRIMER: Final = "primer"
"""Name of the notebook that explains the page, and its path under the base."""

_WAIT: Final = "This notebook is being run for the first time; what it shows appears here."


def address(site: Site, notebook: Notebook) -> str:
    """Return the path of a notebook's page."""
    if notebook is site.primer:
        return f"{site.base}{PRIMER}"
    return f"{site.base}notebook/{quote(notebook.name, safe='')}"


def links(site: Site) -> list[dict[str, str]]:
    """Return the links to the published notebooks and the primer, for the top bar."""
    told = [
        {"text": each.latest.title, "href": address(site, each)} for each in site.notebooks.values()
    ]
    if site.primer:
        told.append({"text": "New here?", "href": address(site, site.primer)})
    return told


def _decks(site: Site) -> list[dict[str, str]]:
    """Return the links to the decks that have a page."""
    first = next(iter(site.pages), None)
    return [
        {
            "text": site.hubs[name].deck.title,
            "href": site.base if name == first else f"{site.base}deck/{quote(name, safe='')}",
        }
        for name in site.pages
    ]


def _said(edition: Edition, zone: str) -> str:
    """Return what a reader should know about the state of a page, or nothing."""
    failure = edition.failure
    if failure is None:
        return "" if edition.at else _WAIT
    again = f"It is tried again at {_clock(failure.again, zone)} ({zone})."
    if edition.is_whole and edition.at:
        return (
            f"This page is of {_when(edition.at, failure.at, zone)}: the notebook failed at "
            f"{_clock(failure.at, zone)}, since {failure.reason}. {again}"
        )
    return (
        f"This notebook failed at {_clock(failure.at, zone)}, since {failure.reason}; what it "
        f"showed until then stands here. {again}"
    )


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def _when(moment: datetime, beside: datetime, zone: str) -> str:
    """Return a time of day, with its day if that is another one."""
    there = moment.astimezone(ZoneInfo(zone))
    if there.date() == beside.astimezone(ZoneInfo(zone)).date():
        return f"{there:%H:%M}"
    return f"{there.day} {there:%B}, {there:%H:%M}"


@cache
def _template() -> jinja2.Template:
    text = (files("workbench.page") / "notebook.html.j2").read_text("utf-8")
    return jinja2.Environment(autoescape=True).from_string(text)


class NotebookHandler(Handler):
    """A published notebook."""

    async def get(self, name: str = "") -> None:
        """Answer with its latest render, its decks as of now."""
        plain = await self._page(self._notebook(name))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.send(plain, await asyncio.to_thread(gzip.compress, plain, 6, mtime=0))

    def _notebook(self, name: str) -> Notebook:
        found = self.site.notebooks.get(name) if name else self.site.primer
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        return found

    async def _page(self, notebook: Notebook) -> bytes:
        site = self.site
        edition = await notebook.get()
        shown = dict.fromkeys(part.deck for part in edition.parts if part.deck)
        looks = {name: await self._look(name) for name in shown}
        if shown:
            self.set_header("Content-Security-Policy", PICTURED)
        zone = site.zone
        theme = self.theme() or "auto"
        given = {
            "title": edition.title,
            "theme": theme,
            "links": [*_decks(site), *links(site)],
            "here": address(site, notebook),
            "base": site.base,
            "style": site.link(f"notebook{'-contrast' if theme == 'contrast' else ''}.css"),
            "script": site.link("notebook.js"),
            "version": edition.mark,
            "notice": _said(edition, zone),
            "parts": edition.parts,
            "looks": looks,
            "foot": _made(edition, notebook, zone),
        }
        html = await asyncio.to_thread(_template().render, given)
        return html.encode("utf-8", "replace")

    async def _look(self, deck: str) -> dict[str, str]:
        snapshot = await self.site.hubs[deck].snapshot()
        look = await asyncio.to_thread(lambda: snapshot.look)
        return {"html": look.html.decode(), "json": look.json.decode()}


def _made(edition: Edition, notebook: Notebook, zone: str) -> str:
    if edition.at is None:
        return ""
    at = f"{_clock(edition.at, zone)} ({zone})"
    return f"Made at {at}, and made anew every {_span(notebook.every)}."


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:g} seconds"
    return f"{seconds / 60:g} minutes"


class VersionHandler(NotebookHandler):
    """What changes when a notebook's page does."""

    async def get(self, name: str = "") -> None:
        """Answer with the mark of the latest render."""
        self.send_json({"version": (await self._notebook(name).get()).mark})


def _state(edition: Edition, zone: str) -> str:
    """Return in a word or two how a notebook fares, for the list."""
    if edition.failure:
        return f", failed at {_clock(edition.failure.at, zone)} ({zone})"
    return f", as of {_clock(edition.at, zone)} ({zone})" if edition.at else ", being run"


class LibraryHandler(Handler):
    """The list of published notebooks."""

    def get(self) -> None:
        """Answer with links; with one notebook alone, lead there."""
        site = self.site
        if not site.pages and len(site.notebooks) == 1:
            self.redirect(address(site, next(iter(site.notebooks.values()))))
            return
        states = {
            address(site, each): _state(each.latest, site.zone) for each in site.notebooks.values()
        }
        listed = [
            (link["href"], f"{link['text']}{states.get(link['href'], '')}")
            for link in (*_decks(site), *links(site))
        ]
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(notice("Notebooks", links=listed))


def routes(site: Site) -> list[tuple[str, type[Handler], dict[str, Any]]]:
    """Return the routes of notebooks, as tornado wants them."""
    base = re.escape(site.base)
    table: list[tuple[str, type[Handler]]] = [
        (f"{base}notebooks/?", LibraryHandler),
        (f"{base}notebook/([^/]+)", NotebookHandler),
        (f"{base}notebook/([^/]+)/version", VersionHandler),
        (f"{base}{PRIMER}", NotebookHandler),
        (f"{base}{PRIMER}/version", VersionHandler),
    ]
    if not site.pages:
        table.insert(0, (base, LibraryHandler))
    return [(pattern, handler, {"site": site}) for pattern, handler in table]
