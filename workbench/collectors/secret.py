"""Secrets, as collectors read them from the environment when they collect."""

from __future__ import annotations

import os
import re
from typing import Final

from workbench.errors import SettingError

__all__ = ["check_secret", "is_secret", "read_secret"]

_WORD: Final = re.compile(r"[!-~]{1,4000}")


def is_secret(text: str) -> bool:
    """Return whether a text can be a token or a password: one word that a header can carry."""
    return bool(_WORD.fullmatch(text))


def check_secret(name: str, text: str) -> str:
    """Return what a variable holds if it can be a secret.

    Raises
    ------
    SettingError
        If it cannot; the message names the variable and not what it holds.
    """
    if not is_secret(text):
        raise SettingError(f"{name} holds what it cannot be; copy it into it once more")
    return text


def read_secret(name: str, remedy: str) -> str:
    """Return what a variable holds.

    Parameters
    ----------
    name : str
        The variable's name.
    remedy : str
        What to put there, and where that is to be had.

    Raises
    ------
    SettingError
        If it holds nothing, or what cannot be a secret.
    """
    found = os.environ.get(name, "").strip()
    if not found:
        raise SettingError(f"{name} is not set; {remedy}")
    return check_secret(name, found)
