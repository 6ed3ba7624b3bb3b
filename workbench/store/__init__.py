"""Where items are kept and found again."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench import clock
from workbench.clock import Clock
from workbench.errors import StoreError
from workbench.store.alerts import Alert, Watch
from workbench.store.journal import Note, Span
from workbench.store.leases import Lease
from workbench.store.pins import Pin
from workbench.store.read import Changes, SearchResult, Version
from workbench.store.reading import DEMO
from workbench.store.seen import Seen
from workbench.store.series import Bucket
from workbench.store.store import Store
from workbench.store.stories import Due, Move
from workbench.store.threads import Thread
from workbench.store.write import AddResult

__all__ = [
    "DEMO",
    "AddResult",
    "Alert",
    "Bucket",
    "Changes",
    "Due",
    "Lease",
    "Move",
    "Note",
    "Pin",
    "SearchResult",
    "Seen",
    "Span",
    "Store",
    "Thread",
    "Version",
    "Watch",
    "default_address",
    "open",
]


def default_address() -> str:
    """Return the store that is meant when none is named.

    ``WORKBENCH_STORE``, or ``workbench.db`` in the user's data folder.
    """
    from platformdirs import user_data_path

    return os.environ.get("WORKBENCH_STORE") or str(
        user_data_path("workbench", appauthor=False) / "workbench.db"
    )


def open(  # noqa: A001 - read as workbench.store.open
    address: str | os.PathLike[str] | None = None,
    *,
    now: Clock = clock.now,
    read_limit: float = 5.0,
    floor: int = 64 * 2**20,
    is_lean: bool = False,
    engines: Mapping[str, Sequence[str]] | None = None,
) -> Store:
    """Open a store; a new file is made if there is none.

    Parameters
    ----------
    address : str or path, optional
        A file. Unless given, ``WORKBENCH_STORE``, or ``workbench.db`` in the user's data
        folder, which is then made.
    now : Clock
        What tells the time; a replay's tells the replay's.
    read_limit : float
        Seconds that a read may take.
    floor : int
        Bytes that must be free on the disk before anything is written.
    is_lean : bool
        Keep little of the file in memory: for a process that has other things to do, such as a
        notebook's kernel.
    engines : mapping of str to sequence of str, optional
        What scores which tier, as a deck's ``sentiment:`` has it; else
        :data:`workbench.text.tiers.DEFAULTS`.

    Raises
    ------
    StoreError
        If the file cannot be opened, is no store, or was written by a newer version.
    SettingError
        If there is no such engine.
    """
    if address is None:
        address = default_address()
        if "://" not in address:
            Path(address).parent.mkdir(parents=True, exist_ok=True)
    text = os.fspath(address)
    scheme = re.match(r"([A-Za-z][\w+.-]*)://", text)
    if scheme:
        raise StoreError(
            f"{scheme[1]}:// addresses are not yet supported; name a file by its path instead"
        )
    path = Path(text).expanduser()
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it, such as {path / 'workbench.db'}")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; create it or name another")
    return Store(
        path, now=now, read_limit=read_limit, floor=floor, is_lean=is_lean, engines=engines
    )
