"""Who collects a source: one process at a time, and who comes next.

A lease is renewed every few seconds. It goes to another when its holder gives it up, has not
renewed it in time, or has died: on this machine that shows at once.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

import apsw

from workbench.clock import from_micros, to_micros
from workbench.store.connect import fetch

__all__ = ["TABLES", "Lease", "claim", "current", "release"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS leases(
    source TEXT NOT NULL,
    holder TEXT NOT NULL,
    process INTEGER NOT NULL,
    place TEXT NOT NULL,
    is_held INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY(source, holder)
) STRICT, WITHOUT ROWID;
"""


class Lease(NamedTuple):
    """That a process collects a source, or waits to do so.

    Attributes
    ----------
    source : str
        The source's key.
    holder : str
        Whoever asked for it, by a name that no other has.
    process : int
        Its process.
    place : str
        Where that runs: machine, and namespace of its processes.
    is_held : bool
        Whether it collects; else it waits.
    since : datetime
        From when it does, UTC.
    until : datetime
        How long that holds unless it is renewed, UTC.
    """

    source: str
    holder: str
    process: int
    place: str
    is_held: bool
    since: datetime
    until: datetime


@cache
def _place() -> str:
    """Return where this process runs: in one place no two processes have the same number."""
    try:
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - a link's text, not its path
    except OSError:
        space = ""
    return f"{platform.node()} {space}".strip()


def claim(
    connection: apsw.Connection,
    sources: Collection[str],
    holder: str,
    *,
    now: datetime,
    span: timedelta,
) -> dict[str, Lease]:
    """Ask for sources, or renew what was asked for; what is no longer named is given up.

    Returns
    -------
    dict of str to Lease
        The sources that another process holds; all others are the holder's for `span`.
    """
    held: dict[str, Lease] = {}
    mine: dict[str, Lease] = {}
    for lease in _all(connection):
        if lease.holder == holder:
            mine[lease.source] = lease
        elif not _is_current(lease, now):
            connection.execute("DELETE FROM leases WHERE holder = ?", (lease.holder,))
        elif lease.is_held:
            held[lease.source] = lease
    connection.execute("DELETE FROM leases WHERE holder = ?", (holder,))
    rows = []
    for source in dict.fromkeys(sources):
        before = mine.get(source)
        is_held = source not in held
        since = before.since if before and before.is_held == is_held else now
        about = source, holder, os.getpid(), _place(), int(is_held)
        rows.append((*about, to_micros(since), to_micros(now + span)))
    connection.executemany("INSERT INTO leases VALUES(?, ?, ?, ?, ?, ?, ?)", rows)
    return {source: lease for source, lease in held.items() if source in sources}


def release(connection: apsw.Connection, holder: str) -> None:
    """Give up whatever a holder has and waits for."""
    connection.execute("DELETE FROM leases WHERE holder = ?", (holder,))


def current(connection: apsw.Connection, now: datetime) -> list[Lease]:
    """Return the leases that hold at a moment; by source, who collects first."""
    found = [lease for lease in _all(connection) if _is_current(lease, now)]
    return sorted(found, key=lambda lease: (lease.source, not lease.is_held, lease.since))


def _all(connection: apsw.Connection) -> list[Lease]:
    found = fetch(connection, "SELECT * FROM leases ORDER BY source, since")
    return [
        Lease(source, holder, process, where, bool(held), from_micros(since), from_micros(until))
        for source, holder, process, where, held, since, until in found
    ]


def _is_current(lease: Lease, now: datetime) -> bool:
    """Return whether a lease holds: its time is not over, and its process is not known dead."""
    if lease.until <= now:
        return False
    return lease.place != _place() or _is_alive(lease.process)


def _is_alive(process: int) -> bool:
    """Return whether a process of this place is there; where the system cannot say, True."""
    if sys.platform == "win32":  # there the signal 0 ends it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
