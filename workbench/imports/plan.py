"""How a file is to be imported: what holds what, and what the file does not say itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from workbench.errors import SettingError
from workbench.imports.mapping import MAPPED
from workbench.imports.times import ORDERS, Times
from workbench.items import TIERS

__all__ = ["SOURCE", "Plan", "load"]

SOURCE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What a source may be called."""

_LANG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_SAVED: Final = ("source", "tier", "zone", "dates", "lang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a file is to be imported.

    Parameters
    ----------
    fields : mapping of str to str
        Fields of the file by fields of an item (``time`` is `published`).
    source : str
        What items are called by in queries: ``source:files``.
    tier : str
        Of items that name none.
    zone : str
        IANA name of the zone of times that name none.
    dates : {"dmy", "mdy"}, optional
        How dates such as 3/11/2026 are written.
    lang : str, optional
        Language of what names none.
    date : str, optional
        When what bears no date was published.
    undo : {"csv", "xlsx"}, optional
        The file is an export of ours of this kind, in which formulas bear an apostrophe.

    Raises
    ------
    SettingError
        If one of them cannot be.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = "files"
    tier: str = "social"
    zone: str = "UTC"
    dates: str | None = None
    lang: str | None = None
    date: str | None = None
    undo: str | None = None

    def __post_init__(self) -> None:
        if not SOURCE.fullmatch(self.source):
            raise SettingError(
                f"source={self.source!r} is no name of a source: small letters, digits, - and _, "
                "a letter first, at most 40"
            )
        if self.tier not in TIERS:
            raise SettingError(f"tier={self.tier!r} is not one of {', '.join(TIERS)}")
        if self.dates not in (None, *ORDERS):
            raise SettingError(f"dates={self.dates!r} is not one of {', '.join(ORDERS)}")
        if self.lang is not None and not _LANG.fullmatch(self.lang):
            raise SettingError(f"lang={self.lang!r} is no language tag; write en or de-CH")
        try:
            ZoneInfo(self.zone)
        except (ValueError, OSError, KeyError):
            raise SettingError(
                f"zone={self.zone!r} is no time zone; write one such as Europe/Berlin"
            ) from None
        if self.date is not None:
            try:
                Times(self.zone, self.dates).read(self.date)
            except ValueError as error:
                raise SettingError(f"date={self.date!r} {error}; write 2026-11-22") from None

    def changed(self, pairs: Mapping[str, str]) -> Self:
        """Return it with other fields; one that is mapped to nothing is left out."""
        fields = {**self.fields, **pairs}
        return replace(self, fields={name: held for name, held in fields.items() if held})

    def save(self, path: Path) -> None:
        """Write it to a file, for files of the same kind.

        Raises
        ------
        SettingError
            If that cannot be written.
        """
        from ruamel.yaml import YAML

        settings = {name: getattr(self, name) for name in _SAVED if getattr(self, name)}
        try:
            with path.open("w", encoding="utf-8") as stream:
                YAML().dump({"fields": dict(self.fields), **settings}, stream)
        except OSError as error:
            raise SettingError(f"{path} cannot be written: {error.strerror or error}") from None


def load(path: Path) -> dict[str, Any]:
    """Return what a saved mapping says: ``fields`` and settings.

    Raises
    ------
    SettingError
        If it cannot be read, or says what no mapping can say.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: is no mapping: {str(error)[:200]}") from None
    if not isinstance(said, dict) or not isinstance(said.get("fields"), dict):
        raise SettingError(f"{path}: is no mapping: it lacks `fields:`, such as time: created_at")
    for name in said["fields"]:
        if name not in MAPPED:
            raise SettingError(f"{path}: {name!r} is no field; there are {', '.join(MAPPED)}")
    for name in said:
        if name not in {"fields", *_SAVED}:
            raise SettingError(f"{path}: {name!r} is no setting; there are {', '.join(_SAVED)}")
    return said
