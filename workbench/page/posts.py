"""The route of one post with all that belongs to it, as a reader opens it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from tornado.web import HTTPError

from workbench.columns.found import FIND
from workbench.columns.tree import el
from workbench.errors import WorkbenchError
from workbench.page.notices import notice
from workbench.page.routes import Handler, Site
from workbench.page.seeking import Busy
from workbench.page.stream import Hub, Shared

__all__ = ["routes"]

KEPT: Final = 2.0
"""Seconds for which an answer serves whoever asks for the same."""
MOST: Final = 256
"""Answers that are kept at once."""
LONGEST: Final = 4096
"""Characters of an item's key; more has none."""

_HIDDEN: Final = (
    "The column does not show this post, or does not any more: it may have been withdrawn at its "
    "source, or left out by the deck."
)

_BUSY: Final = (
    "Others look for something just now, as many as may at a time. Look again in a few seconds."
)

Answers = dict[tuple[str, str, str], Shared[list[Any]]]


class PostHandler(Handler):
    """One post of a column, with its thread, why it is there, and what is alike."""

    async def get(self) -> None:
        """Answer with the post's elements."""
        hub = self.hub(self.get_query_argument("deck", None))
        column, key = self.get_query_argument("column"), self.get_query_argument("item")
        if len(key) > LONGEST:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        asked = (hub.deck.name, column, key)
        kept: Answers = self.settings.setdefault("opened", {})
        if asked not in kept and len(kept) >= MOST:
            del kept[next(iter(kept))]
        ask = partial(hub.ask, lambda board: board.opened(column, key))
        if key.startswith(FIND) and not column:
            ask = partial(self._find, hub, key.removeprefix(FIND))
        answer = kept.setdefault(asked, Shared(KEPT, ask))
        try:
            self.send_json({"nodes": await answer.get()})
        except Busy:
            self.send_json({"nodes": [el("p", "wb-note wb-s", _BUSY)]})
        except KeyError:
            kept.pop(asked, None)
            raise HTTPError(HTTPStatus.NOT_FOUND) from None
        except WorkbenchError:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE) from None

    async def _find(self, hub: Hub, words: str) -> list[Any]:
        """Look for words in a thread that feeds nobody."""
        search = await hub.ask(lambda board: board.finder(words))
        return await self.site.seekers.run(str(self.request.remote_ip), search)

    def write_error(self, status_code: int, **options: Any) -> None:
        """Say what may be the matter with the post."""
        if status_code != HTTPStatus.NOT_FOUND:
            super().write_error(status_code, **options)
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(notice("Not shown here", _HIDDEN))


def routes(site: Site) -> Sequence[tuple[str, type[Handler], dict[str, Any]]]:
    """Return the route, as tornado wants it."""
    return [(f"{re.escape(site.base)}post", PostHandler, {"site": site})]
