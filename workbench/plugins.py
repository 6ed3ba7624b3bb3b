"""What packages add to the workbench by entry points: all that is installed, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from typing import Any, Generic, NoReturn, TypeVar

from workbench.errors import SettingError

__all__ = ["Available", "load"]

T = TypeVar("T")


class Available(dict[str, T], Generic[T]):
    """What is installed, by name; asking for another raises SettingError with the reason.

    Parameters
    ----------
    what : str
        What they are, for messages: ``collector``.

    Attributes
    ----------
    failed : dict of str to str
        Why the others cannot be used, by name.
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self.failed: dict[str, str] = {}

    def __missing__(self, name: str) -> NoReturn:
        if name in self.failed:
            raise SettingError(f"the {self.what} {name} cannot be used: {self.failed[name]}")
        raise SettingError(f"there is no {self.what} {name!r}; there are: {', '.join(self)}")


def load(
    entries: Iterable[EntryPoint], found: Available[T], *, fault: Callable[[str, Any], str]
) -> None:
    """Load entry points; one that fails stops no other.

    Parameters
    ----------
    entries : iterable of EntryPoint
    found : Available
        To be filled. What is in it keeps its name.
    fault : callable
        Is given a name and what was loaded for it; tells what is wrong with that, or "".
    """
    # Ours go first, so that nobody's package takes a built-in name.
    for entry in sorted(entries, key=lambda e: (not e.module.startswith("workbench."), e.name)):
        place = f"{entry.value} of {entry.dist.name if entry.dist else 'no package'}"
        if entry.name in found:
            found.failed[f"{entry.name} ({place})"] = f"the name is taken by another {found.what}"
            continue
        try:
            loaded = entry.load()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            found.failed[entry.name] = f"{place} fails to load ({type(error).__name__}: {error})"
            continue
        if reason := fault(entry.name, loaded):
            found.failed[entry.name] = f"{place} {reason}"
        else:
            found[entry.name] = loaded
