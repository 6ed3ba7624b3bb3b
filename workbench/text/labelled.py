"""Labelled posts, from which an engine is learned."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final, NamedTuple

from workbench.errors import SettingError
from workbench.text.social import CLASSES

__all__ = ["Labelled", "read_labels"]

_NAMES: Final = {
    **{name: number for number, name in enumerate(CLASSES)},
    **{name: number for number, name in enumerate(("neg", "neu", "pos"))},
    **{name: number for number, name in enumerate(("-1", "0", "1"))},
}
_LONGEST_FIELD: Final = 1_000_000  # characters


class Labelled(NamedTuple):
    """Posts and their labels, 0 to 2 as :data:`workbench.text.social.CLASSES` has them."""

    texts: list[str]
    labels: list[int]


def read_labels(path: Path) -> Labelled:
    """Read labelled posts: CSV, or TSV if the file's name ends so, with a header.

    The fields `label` (negative, neutral, positive; neg, neu, pos; -1, 0, 1) and `text` are
    read, others are not. Posts without text are left out.

    Raises
    ------
    SettingError
        If the file cannot be read, has not both fields, or holds another label; it names the
        line.
    """
    is_tsv = path.suffix.lower() in {".tsv", ".tab"}
    found = Labelled([], [])
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = (
                csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if is_tsv
                else csv.DictReader(file)
            )
            if missing := {"label", "text"} - set(rows.fieldnames or ()):
                fields = " and ".join(sorted(missing))
                raise SettingError(f"{path}: its first line does not name {fields}")
            for row in rows:
                _take(row, found, f"{path}, line {rows.line_num}")
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: is not UTF-8 (at byte {error.start})") from error
    except csv.Error as error:
        raise SettingError(f"{path}: is no table ({error})") from error
    finally:
        csv.field_size_limit(before)
    return found


def _take(row: dict[str, Any], found: Labelled, place: str) -> None:
    """Add a row to what was found."""
    label, text = str(row["label"] or "").strip().lower(), row["text"]
    if label not in _NAMES:
        raise SettingError(
            f"{place}: {label[:40]!r} is no label; they are {', '.join(CLASSES)}, or -1, 0, 1"
        )
    if text and not text.isspace():
        found.texts.append(text)
        found.labels.append(_NAMES[label])
