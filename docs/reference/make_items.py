"""Writes items.md from the code: `python docs/reference/make_items.py`."""

from __future__ import annotations

from pathlib import Path

from workbench.items import FIELDS, KINDS, TIERS

HEAD = """# Items

One row for anything that was published, whatever its source. The key is `(source, id)`. Unknown is null, never 0.

- **kind** is one of {kinds}.
- **tier** is one of {tiers}: where news stands on its way from a network to a report.
- `published` is what the source says. Where that lies before 1990 or after the moment at which the item was first seen, that moment counts instead, for order and for dates in queries, so that a forged date pins nothing to the top.
- Text without an engine for its language has `compound` null, never 0.

| field | dtype | unit | meaning |
| --- | --- | --- | --- |
"""


def render() -> str:
    """Return the page."""
    rows = "".join(f"| `{f.name}` | {f.dtype} | {f.unit} | {f.meaning} |\n" for f in FIELDS)
    names = {"kinds": ", ".join(KINDS), "tiers": ", ".join(TIERS)}
    return HEAD.format(**names) + rows


if __name__ == "__main__":
    (Path(__file__).parent / "items.md").write_text(render(), encoding="utf-8")
