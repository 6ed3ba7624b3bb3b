"""Tables of figures, printed, and with ``--write`` put into docs/reference/text.md.

There a table stands between ``<!-- bench:NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "text.md"

Rows = Sequence[Mapping[str, object]]


def show(name: str, rows: Rows) -> None:
    """Print a table, and write it into the page if the command line has ``--write``."""
    print(_table(rows))
    if "--write" in sys.argv[1:]:
        write(name, rows)


def write(name: str, rows: Rows, *, page: Path = PAGE) -> None:
    """Put a table in its place, with the machine and the date.

    Parameters
    ----------
    name : str
        As the comment before the place has it.
    rows : sequence of mappings
        By heading; those of the first row count. Floats are rounded to three digits.
    page : Path
    """
    text = page.read_text("utf-8")
    place = re.compile(rf"(<!-- bench:{re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    body = f"{_table(rows)}\n\n{_where()}\n"
    made, n = place.subn(lambda found: found[1] + body + found[2], text)
    if n != 1:
        raise SystemExit(f"{page.name} has {n} places <!-- bench:{name} --> … <!-- end -->")
    page.write_text(made, "utf-8")


def _table(rows: Rows) -> str:
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([_cell(row[head]) for head in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text.replace("|", "\\|")


def _where() -> str:
    """Return the machine and the date, as a sentence."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"model name\s*: (.*)", info.read_text())):
        model = " ".join(found[1].split())
    date = datetime.now(UTC).date().isoformat()
    return f"Measured {date} on {model}, Python {platform.python_version()}."
