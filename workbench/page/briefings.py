"""The routes under ``briefings/``: what the schedule has written, to be read and no more."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tornado.web import HTTPError

from workbench.documents import Document, Shelf
from workbench.page.notices import notice
from workbench.page.routes import Handler, Site

__all__ = ["links", "routes"]

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
"""What a document may do: look as it wants, and lead elsewhere when a reader asks for it."""


def _day(moment: datetime, zone: str) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b}"


def links(shelf: Shelf, base: str, *, deck: str, zone: str) -> list[dict[str, str]]:
    """Return links for a deck's top bar: the newest document about it, and the list of all."""
    newest = shelf.newest(deck)
    if newest is None:
        return []
    text = f"{newest.title}, {_day(newest.made, zone)}"
    found = [{"text": text, "href": f"{base}briefings/{quote(newest.path.name, safe='')}"}]
    if len(shelf.documents()) > 1:
        found.append({"text": "Earlier", "href": f"{base}briefings/"})
    return found


class BriefingsHandler(Handler):
    """The list of documents."""

    async def get(self) -> None:
        """Answer with a page of links, newest first."""
        found = await asyncio.to_thread(self.site.shelf.documents)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if not found:
            told = "None has been made yet. The command that makes one is: workbench brief"
            self.finish(notice("Briefings", told, links=[(self.site.base, "Back to the columns")]))
            return
        self.finish(
            notice(
                "Briefings",
                links=[*self._links(found), (self.site.base, "Back to the columns")],
            )
        )

    def _links(self, found: Iterable[Document]) -> Iterable[tuple[str, str]]:
        zone = self.site.zone
        for document in found:
            there = document.made.astimezone(ZoneInfo(zone))
            words = f"{document.title}, {there.day} {there:%B %Y, %H:%M} ({zone})"
            if document.deck:
                words += f": {document.deck}"
            if document.is_failed:
                # What failed, and where, is for those who run it.
                yield "", f"{words}: could not be made"
            else:
                yield f"{self.site.base}briefings/{quote(document.path.name, safe='')}", words


class BriefingHandler(BriefingsHandler):
    """One document."""

    async def get(self, name: str = "") -> None:
        """Answer with the file, which may run no script."""
        # Only what the list holds is ever opened, so that no name can lead out of the folder.
        found = await asyncio.to_thread(self.site.shelf.find, name)
        if found is None or found.is_failed:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        try:
            plain = await asyncio.to_thread(found.path.read_bytes)
        except OSError:
            raise HTTPError(HTTPStatus.NOT_FOUND) from None
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.send(plain, await asyncio.to_thread(gzip.compress, plain, 6, mtime=0))


def routes(site: Site) -> list[tuple[str, type[Handler], dict[str, Any]]]:
    """Return the routes under ``briefings/``, as tornado wants them."""
    base = re.escape(site.base)
    given = {"site": site}
    return [
        (f"{base}briefings/?", BriefingsHandler, given),
        (f"{base}briefings/([^/]+)", BriefingHandler, given),
    ]
