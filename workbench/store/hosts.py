"""What hosts ask and cost, honoured after a restart as well: until when to wait, what was spent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import apsw

from workbench.clock import from_micros, to_micros
from workbench.store.connect import fetch

__all__ = ["SPENT", "TABLES", "shut", "shut_hosts", "spend", "spent"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS shut(host TEXT PRIMARY KEY, until INTEGER NOT NULL)
STRICT, WITHOUT ROWID;
"""

SPENT: Final = """
CREATE TABLE IF NOT EXISTS spent(
    name TEXT NOT NULL,
    month TEXT NOT NULL,
    amount REAL NOT NULL,
    PRIMARY KEY(name, month)
) STRICT, WITHOUT ROWID;
"""


def shut(connection: apsw.Connection, host: str, until: datetime, now: datetime) -> None:
    """Note until when a host is to be left alone, and forget what is over."""
    connection.execute("DELETE FROM shut WHERE until <= ?", (to_micros(now),))
    connection.execute("INSERT OR REPLACE INTO shut VALUES(?, ?)", (host, to_micros(until)))


def shut_hosts(connection: apsw.Connection, now: datetime) -> dict[str, datetime]:
    """Return the hosts that are to be left alone, and until when."""
    found = fetch(connection, "SELECT host, until FROM shut WHERE until > ?", (to_micros(now),))
    return {host: from_micros(until) for host, until in found}


def spend(connection: apsw.Connection, name: str, month: str, amount: float) -> None:
    """Note that so much more was spent on a collector in a month."""
    connection.execute(
        "INSERT INTO spent VALUES(?, ?, ?)"
        " ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
        (name, month, amount),
    )


def spent(connection: apsw.Connection) -> dict[tuple[str, str], float]:
    """Return what was spent, by collector and month."""
    found = fetch(connection, "SELECT name, month, amount FROM spent")
    return {(name, month): amount for name, month, amount in found}
