"""Which sources this process collects, where several share a store."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from workbench.errors import StoreError
from workbench.store import Lease, Store

__all__ = ["Tenure"]

_log = logging.getLogger("workbench.service")

_EVERY: Final = 2.0  # seconds between two renewals
_SPAN: Final = timedelta(seconds=20)
"""After so long a silence a process is held to have ended, wherever it runs."""


class Tenure:
    """What this process may collect into a store, asked for and renewed.

    Parameters
    ----------
    store : Store

    Attributes
    ----------
    others : dict of str to Lease
        By source: which other process collects it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._holder = f"{os.getpid()} {secrets.token_hex(8)}"
        self._renewed = -_EVERY
        self._is_well = True
        self.others: dict[str, Lease] = {}

    def is_due(self) -> bool:
        """Return whether it is time to renew."""
        return time.monotonic() - self._renewed >= _EVERY

    def renew(self, sources: Collection[str]) -> None:
        """Ask for sources, or renew; what cannot be asked leaves all as it was."""
        self._renewed = time.monotonic()
        try:
            self.others = self._store.claim(sources, self._holder, span=_SPAN)
            self._is_well = True
        except StoreError as error:
            # Whatever keeps us from writing keeps others from it: the disk is one.
            if self._is_well:
                _log.warning("who collects cannot be settled, which is tried again: %s", error)
            self._is_well = False

    def release(self) -> None:
        """Let others collect what was collected here."""
        try:
            self._store.release(self._holder)
        except StoreError as error:
            _log.debug("the lease is not given up, and ends by itself: %s", error)

    def reason(self, source: str) -> str:
        """Return in words why a source is not collected here."""
        lease = self.others[source]
        return (
            f"process {lease.process} collects it into the same store, for its own decks; "
            "this one takes over when that ends"
        )
