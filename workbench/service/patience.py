"""What hosts have asked of us, and cost, remembered from one start to the next."""

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
    """Take up which hosts asked to be left alone, and what was spent; note it from now on.

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
        client.spending.load(store.spent())
    except StoreError as error:
        _log.warning("which hosts asked us to wait, and what they cost, is not known: %s", error)

    def note(host: str, seconds: float) -> None:
        try:
            store.shut(host, now() + timedelta(seconds=seconds))
        except StoreError as error:
            # It is honoured all the same, as long as this process lives.
            _log.debug("that %s asked us to wait is not written down: %s", host, error)

    def pay(name: str, month: str, amount: float) -> None:
        try:
            store.spend(name, month, amount)
        except StoreError as error:
            _log.warning("%s: that $%.3f was spent is not written down: %s", name, amount, error)

    client.limits.told = note
    client.spending.told = pay
