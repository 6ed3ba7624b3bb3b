"""Every error that the workbench raises, in one tree.

::

    WorkbenchError
    ├── ItemError         a value that no item can hold
    ├── QueryError        a query that cannot be read; knows the place
    ├── DeckError         a deck file that is wrong; names file, line and key
    │   └── DeckRace      a deck that somebody else has saved meanwhile; knows both
    ├── SourceError       a source that failed, or sent what is no payload
    │   ├── RateLimited   a source that asks us to wait
    │   └── UnsafeAddress an address that we refuse to open
    ├── StoreError        a store that cannot be opened, read or written
    │   ├── DiskFull      too little room left to write safely
    │   └── QueryTimeout  a read that met its time limit
    ├── RunError          a notebook's run that failed; its document shows where
    └── SettingError      a command or setting that cannot work as given
"""

from __future__ import annotations

from datetime import datetime

__all__ = [
    "DeckError",
    "DeckRace",
    "DiskFull",
    "ItemError",
    "QueryError",
    "QueryTimeout",
    "RateLimited",
    "RunError",
    "SettingError",
    "SourceError",
    "StoreError",
    "UnsafeAddress",
    "WorkbenchError",
]


class WorkbenchError(Exception):
    """Base of all errors that the workbench raises itself."""


class ItemError(WorkbenchError, ValueError):
    """A value that no item can hold."""


class QueryError(WorkbenchError, ValueError):
    """A query that cannot be read.

    Parameters
    ----------
    message : str
        What is wrong and what to write instead.
    text : str
        The query as typed.
    position : int
        Where it goes wrong, in characters from 0; at most ``len(text)``.
    """

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        self.message = message
        self.text = text
        self.position = position
        super().__init__(message)

    def __str__(self) -> str:
        """Return the message, the query and a caret under the place."""
        if not self.text:
            return self.message
        return f"{self.message}\n  {self.text}\n  {' ' * self.position}^"


class DeckError(WorkbenchError, ValueError):
    """A deck file that is wrong.

    Parameters
    ----------
    message : str
        What is wrong and what is allowed.
    file : str
        The deck's file.
    line : int or None
        Line, from 1.
    key : str
        Path of the key, as in ``columns[2].query``.
    position : int or None
        Where in a query it goes wrong, in characters from 0.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str,
        line: int | None = None,
        key: str = "",
        position: int | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.key = key
        self.position = position
        place = file if line is None else f"{file}, line {line}"
        super().__init__(f"{place}: {key}: {message}" if key else f"{place}: {message}")


class DeckRace(DeckError):  # noqa: N818 - reads as what happened
    """A deck that somebody else has saved since it was read.

    Parameters
    ----------
    message : str
        What happened, and what can be done.
    file : str
        The deck's file.
    mine, theirs : str
        The text that was to be saved, and the one that is there.
    who : str
        Whose file it is now; "" if the system does not say.
    when : datetime
        When it was written, UTC.
    """

    def __init__(
        self, message: str, *, file: str, mine: str, theirs: str, who: str, when: datetime
    ) -> None:
        self.mine = mine
        self.theirs = theirs
        self.who = who
        self.when = when
        super().__init__(message, file=file)


class SourceError(WorkbenchError):
    """A source that failed, or sent what is no payload of its format.

    Parameters
    ----------
    message : str
        Which source, and what was wrong.
    status : int, optional
        The HTTP status that it answered with, where that is what failed.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


class RateLimited(SourceError):  # noqa: N818 - reads as what happened
    """A source that asks us to wait.

    Parameters
    ----------
    message : str
        Which source, and what it said.
    retry_after : float
        Seconds to wait before the next try.
    status : int, optional
    """

    def __init__(self, message: str, *, retry_after: float, status: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message, status=status)


class UnsafeAddress(SourceError):  # noqa: N818 - reads as what happened
    """An address that we refuse to open, such as a redirect into a private network."""


class StoreError(WorkbenchError):
    """A store that cannot be opened, read or written."""


class DiskFull(StoreError):  # noqa: N818 - reads as what happened
    """Too little room is left to write safely; what is stored stays readable."""


class QueryTimeout(StoreError):  # noqa: N818 - reads as what happened
    """A read that met its time limit; no short list is returned in its stead."""


class RunError(WorkbenchError):
    """A notebook's run that failed; its document shows where."""


class SettingError(WorkbenchError, ValueError):
    """A command or setting that cannot work as given."""
