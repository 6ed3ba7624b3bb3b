"""Hosts that asked us to wait, and until when: honoured after a restart as well."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import apsw

from workbench.clock import from_micros, to_micros
from workbench.store.connect import fetch

__all__ = ["TABLES", "shut", "shut_hosts"]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS shut(host TEXT PRIMARY KEY, until INTEGER NOT NULL)
STRICT, WITHOUT ROWID;
"""


def shut(connection: apsw.Connection, host: str, until: datetime, now: datetime) -> None:
    """Note until when a host is to be left alone, and forget what is over."""
    connection.execute("DELETE FROM shut WHERE until <= ?", (to_micros(now),))
    connection.execute("INSERT OR REPLACE INTO shut VALUES(?, ?)", (host, to_micros(until)))


def shut_hosts(connection: apsw.Connection, now: datetime) -> dict[str, datetime]:
    """Return the hosts that are to be left alone, and until when."""
    found = fetch(connection, "SELECT host, until FROM shut WHERE until > ?", (to_micros(now),))
    return {host: from_micros(until) for host, until in found}
