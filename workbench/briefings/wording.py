"""What a briefing's numbers amount to, in words."""

from __future__ import annotations

from typing import Final

from workbench.briefings.gather import Mood, Volume

__all__ = ["felt", "usual"]

_MOVED: Final = 3.0  # percentage points that count as a change


def usual(volume: Volume) -> str:
    """Return how a volume stands to what is usual, and how much of it was measured."""
    if volume.is_blank:
        return "not measured"
    if volume.usual is None:
        told = "what is usual is not known yet"
    else:
        n = f"{volume.usual:,.0f}" if volume.usual >= 0.5 else "less than 1"
        told = f"usually\N{NO-BREAK SPACE}{n}"
    if volume.measured < len(volume.buckets):
        told += f"; {volume.measured} of {len(volume.buckets)} hours measured"
    return told


def felt(mood: Mood) -> tuple[str, str, str, str]:
    """Return the mood in a sentence, and its pieces: what happened, the share, and before."""
    if mood.share is None:
        text = "Too little was said to tell the mood"
        return text, text, "", ""
    seen = f"{mood.share:.0f}\N{NO-BREAK SPACE}%"
    word, before = "The mood", ""
    if mood.before is not None:
        moved = mood.share - mood.before
        word = "The mood is steady"
        if abs(moved) >= _MOVED:
            word = "The mood fell" if moved > 0 else "The mood rose"
        before = f", {mood.before:.0f}\N{NO-BREAK SPACE}% before"
    return f"{word}: {seen} negative{before}", word, seen, before
