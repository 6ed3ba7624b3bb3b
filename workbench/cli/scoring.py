"""What the doctor finds of sentiment engines: which can be used, and which tiers they score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.cli.examining import Finding
from workbench.errors import SettingError

if TYPE_CHECKING:
    from workbench.decks import Deck

__all__ = ["engines"]


def engines(decks: Sequence[Deck]) -> Iterator[Finding]:
    """Yield what is found of each engine: one that cannot be used is broken if it is to score."""
    from workbench.text.engines import available, label_of
    from workbench.text.tiers import DEFAULTS, shown

    scoring: dict[str, list[str]] = {}
    for names in [{**DEFAULTS, **deck.sentiment} for deck in decks] or [dict(DEFAULTS)]:
        for tier, own in names.items():
            for name in own:
                if tier not in scoring.setdefault(name, []):
                    scoring[name].append(tier)
    for name in available():
        tiers = ", ".join(scoring.get(name, []))
        try:
            used = shown(name)
        except SettingError as error:
            told, _, remedy = str(error).partition("; ")
            yield Finding("broken" if tiers else "note", f"sentiment {name}", told, remedy)
            continue
        reads = ", ".join(sorted(used.languages))
        yield Finding(
            "ok",
            f"sentiment {name}",
            f"{label_of(used)}, reads {reads}; scores {tiers or 'nothing unless a deck says so'}",
        )
    for name, reason in available().failed.items():
        yield Finding("note", f"sentiment {name}", reason, "mend or remove the package")
