"""Listens to an industry, and shows it as live columns.

What an analyst types::

    import workbench as wb

    wb.search("(acme OR #acme) -crypto lang:en", since="24h")  # newest first
    wb.counts("acme OR globex", every="1h", since="30d")  # time, n, measured
    wb.deck("demo")  # the deck's columns, live

Names resolve on first use, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.analyst import counts, search
    from workbench.widgets.deck import deck

__all__ = ["counts", "deck", "search"]
__version__ = "0.2.0"

_HOMES = {
    "counts": "workbench.analyst",
    "deck": "workbench.widgets.deck",
    "search": "workbench.analyst",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
