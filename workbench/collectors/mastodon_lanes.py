"""Which of a Mastodon server's timelines are read, and how it is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.errors import SourceError

if TYPE_CHECKING:
    from workbench.http import Client, Response

__all__ = ["Lane", "Server"]


@dataclass(frozen=True)
class Lane:
    """One timeline, and what narrows it down: of a hashtag, the public one, or another.

    Attributes
    ----------
    tag : str
        The hashtag, if it is of one.
    parameters : Mapping
    place : str
        Which other timeline it is: ``home``, ``list/ID``, or ``trends``, which is no timeline
        but a choice that the server makes.
    """

    tag: str
    parameters: Mapping[str, Any]
    place: str = ""

    @property
    def key(self) -> str:
        """What it is called in a cursor."""
        return self.tag or self.place

    @property
    def is_chosen(self) -> bool:
        """Whether it is a choice of posts, not all of them by their time."""
        return self.place == "trends"

    @property
    def path(self) -> str:
        """Where it is on every server."""
        if self.is_chosen:
            return "/api/v1/trends/statuses"
        place = self.place or (f"tag/{quote(self.tag, safe='')}" if self.tag else "public")
        return f"/api/v1/timelines/{place}"

    @property
    def what(self) -> str:
        """What it is called for readers."""
        if self.place.startswith("list/"):
            return f"the list {self.place.removeprefix('list/')}"
        told = {"home": "a home timeline", "trends": "what trends there"}
        return told.get(self.place, "posts with hashtags" if self.tag else "its public timeline")


class Server:
    """One server, and how it is asked.

    Parameters
    ----------
    client : Client
    instance : str
        Its host.
    token : str or None
        Sent to it, and to nobody else but the host that it names for its streams.
    variable : str
        Where a token for it is looked for; told to whoever needs one.
    """

    def __init__(self, client: Client, instance: str, token: str | None, variable: str) -> None:
        self.client = client
        self.instance = instance
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.has_token = token is not None
        self.variable = variable
        self.left: int | None = None

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Response:
        """Return what it answers, taking note of how many requests are left."""
        answer = self.client.get(
            f"https://{self.instance}{path}",
            params=parameters,
            headers={"Accept": "application/json", **self.headers},
        )
        left = answer.headers.get("x-ratelimit-remaining", "")
        self.left = int(left) if left.isascii() and left.isdigit() else None
        return answer

    def closed(self, what: str, error: SourceError) -> SourceError:
        """Return the error for something that is not shown to us, with what to do."""
        if self.has_token:
            remedy = (
                f"it refuses the token in {self.variable}; make a new one there, under "
                "Preferences, Development, with read:statuses"
            )
        else:
            remedy = (
                f"its administrators show it to members only; set {self.variable} to a token of "
                "an account there, with read:statuses, or name another server"
            )
        told = f"{self.instance}: does not show {what} ({error.status}); {remedy}"
        return SourceError(told, status=error.status)
