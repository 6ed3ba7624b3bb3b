"""Values as YAML: in quotes where they need any, on lines of their own where they are long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["entry", "flow", "is_flat", "item", "scalar"]

_WIDE: Final = 88
_BOUNDS: Final = 2  # as in {at_least: 5, within: 1h}
_SPREAD: Final = frozenset(("filters", "queries", "lists", "hidden"))
_PROSE: Final = frozenset(("title", "query", "text"))
_BARE: Final = re.compile(r"[^\W\d_][\w./-]*|\d{1,4}[smhdw]")
_TAKEN: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
# JSON's strings are YAML's, but for what YAML cannot hold as it stands.
_UNWRITTEN: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scalar(value: object, name: str = "") -> str:
    """Return a single value as YAML, in quotes unless it is surely read as the same without."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    if name not in _PROSE and _BARE.fullmatch(text) and text.lower() not in _TAKEN:
        return text
    whole = json.dumps(text, ensure_ascii=False)
    return _UNWRITTEN.sub(lambda found: f"\\u{ord(found[0]):04x}", whole)


def flow(value: object, name: str = "") -> str:
    """Return any value as YAML on one line."""
    if isinstance(value, Mapping):
        inner = (f"{scalar(key)}: {flow(each, str(key))}" for key, each in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value, name)


def is_flat(value: Mapping[str, Any] | Sequence[Any]) -> bool:
    """Return whether a mapping or list holds single values alone."""
    parts = value.values() if isinstance(value, Mapping) else value
    return not any(isinstance(each, Mapping | list | tuple) for each in parts)


def entry(name: str, value: object) -> list[str]:
    """Return a key and its value as lines, without margin."""
    key = scalar(name)
    if not isinstance(value, Mapping | list | tuple) or not value:
        return [f"{key}: {flow(value, name)}"]
    is_group = isinstance(value, Mapping) and (name in _SPREAD or len(value) > _BOUNDS)
    line = f"{key}: {flow(value)}"
    if is_flat(value) and not is_group and len(line) <= _WIDE:
        return [line]
    return [f"{key}:", *(f"  {line}" for line in _block(value))]


def _block(value: Mapping[str, Any] | Sequence[Any]) -> list[str]:
    """Return a mapping or a list as lines, without margin."""
    if isinstance(value, Mapping):
        return [line for name, each in value.items() for line in entry(str(name), each)]
    return [line for each in value for line in item(each)]


def item(value: object) -> list[str]:
    """Return an entry of a list as lines, the first with its dash."""
    if isinstance(value, Mapping) and value:
        first, *rest = _block(value)
        return [f"- {first}", *(f"  {line}" for line in rest)]
    return [f"- {flow(value)}"]
