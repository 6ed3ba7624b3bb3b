"""What hosts have asked of us, remembered from one start to the next."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from workbench.clock import Clock
from workbench.errors import StoreError
from workbench.http import Client
from workbench.store import Store

__all__ = ["remember"]

_log = logging.getLogger("workbench.service")

_LONGEST: Final = timedelta(days=1)  # a clock that was set back must not shut a host for good


def remember(client: Client, store: Store, *, now: Clock) -> None:
    """Leave hosts alone that asked for it before the last stop, and note those that do from now on.

    Parameters
    ----------
    client : Client
    store : Store
    now : Clock
    """
    at = now()
    try:
        for host, until in store.shut_hosts().items():
            client.limits.shut(host, min(until - at, _LONGEST).total_seconds())
    except StoreError as error:
        _log.warning("which hosts asked us to wait cannot be read: %s", error)

    def note(host: str, seconds: float) -> None:
        try:
            store.shut(host, now() + timedelta(seconds=seconds))
        except StoreError as error:
            # It is honoured all the same, as long as this process lives.
            _log.debug("that %s asked us to wait is not written down: %s", host, error)

    client.limits.told = note
