"""What a message from the front end holds, or an error that says what it should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.errors import DeckError

__all__ = ["mapping", "number", "text", "wrong"]


def wrong(name: str, why: str) -> DeckError:
    """Return an error about a part of a message."""
    return DeckError(f"{name}: {why}", file="the message", key=name)


def text(asked: Mapping[str, Any], name: str) -> str:
    """Return a text."""
    value = asked.get(name)
    if not isinstance(value, str):
        raise wrong(name, "it needs text")
    return value


def number(asked: Mapping[str, Any], name: str) -> int:
    """Return a whole number."""
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name, "it needs a whole number")
    return value


def mapping(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return names with values."""
    value = asked.get(name)
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise wrong(name, "it needs names and values")
    return value
