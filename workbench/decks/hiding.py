"""Hiding a post or an author: what a deck's file then says, and what such a step is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from workbench import clock
from workbench.decks.files import user
from workbench.decks.model import Hidden, HiddenPost

__all__ = ["hiding", "showing"]

_LONGEST: Final = 60

Wanted = tuple[str, dict[str, Any]] | None


def hiding(hidden: Hidden, *, post: str, author: str, zone: str) -> Wanted:
    """Return the step that hides a post or an author's posts too; None if that is so already."""
    handle = author.removeprefix("@")
    if post and post not in (each.key for each in hidden.posts):
        now = clock.now().astimezone(ZoneInfo(zone))
        who = user()
        said = f"hidden {now:%d %b %Y, %H:%M}{f' by {who}' if who else ''}"
        posts = [*hidden.posts, HiddenPost(post, said)]
        return "Hide a post", _written(posts, hidden.authors)
    if handle and handle not in hidden.authors:
        name = f"Hide the posts of {handle[:_LONGEST]}"
        return name, _written(hidden.posts, [*hidden.authors, handle])
    return None


def showing(hidden: Hidden, *, post: str, author: str) -> Wanted:
    """Return the step that shows a post or an author's posts again; None if that is so already."""
    handle = author.removeprefix("@")
    if post in (each.key for each in hidden.posts):
        posts = [each for each in hidden.posts if each.key != post]
        return "Show a hidden post again", _written(posts, hidden.authors)
    if handle in hidden.authors:
        authors = [each for each in hidden.authors if each != handle]
        return f"Show the posts of {handle[:_LONGEST]} again", _written(hidden.posts, authors)
    return None


def _written(posts: Sequence[HiddenPost], authors: Sequence[str]) -> dict[str, Any]:
    told = [{"key": each.key, "text": each.text} if each.text else each.key for each in posts]
    return {name: each for name, each in (("posts", told), ("authors", [*authors])) if each}
