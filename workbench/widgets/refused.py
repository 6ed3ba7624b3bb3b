"""What a deck's widget refuses: our own errors, which are also those that Python expects there."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from traitlets import TraitError

from workbench.errors import DeckError, QueryError, WorkbenchError

__all__ = ["NoColumn", "WrongColumns", "WrongQuery", "in_words", "unknown"]

_log = logging.getLogger(__name__)

_FAILED: Final = (
    "A part of this page failed. The columns are live all the same; whoever published it finds "
    "the reason in its log."
)


class WrongColumns(DeckError, TraitError):  # noqa: N818 - reads as what happened
    """Columns that no deck can have; a DeckError and traitlets' TraitError in one."""


class WrongQuery(QueryError, TraitError):  # noqa: N818 - reads as what happened
    """A query that cannot be read; a QueryError and traitlets' TraitError in one."""


class NoColumn(DeckError, KeyError):  # noqa: N818 - reads as what happened
    """A column that the deck does not have; a DeckError and a KeyError in one."""

    def __str__(self) -> str:
        """Return the message as it is; a KeyError would put it in quotes."""
        return Exception.__str__(self)


def unknown(option: str, offered: Sequence[str]) -> str:
    """Return what is said of an option that a deck does not have."""
    close = get_close_matches(option, offered, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else "."
    return f"a deck has no option {option!r}{guess} There are: address, {', '.join(offered)}"


def in_words(error: Exception, *, deck: str, is_public: bool) -> str:
    """Return what is shown of an error: its words if it is ours, else its traceback.

    Viewers of a published deck are told of neither files nor code; the log is.
    """
    # What else is ours may name files of the machine, which are no viewer's business.
    told = QueryError if is_public else WorkbenchError
    is_of_a_file = is_public and isinstance(error, DeckError)
    if isinstance(error, (told, TraitError)) and not is_of_a_file:
        return str(error)
    if is_public:
        _log.error("deck %s: a callback failed", deck, exc_info=error)
        return _FAILED
    return "".join(traceback.format_exception(error, limit=-4))
