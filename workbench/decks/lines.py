"""The lines of a deck file's text."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["Lines"]


class Lines:
    """The lines of a text, each with its end."""

    def __init__(self, text: str) -> None:
        self.end = "\r\n" if "\r\n" in text else "\n"
        # As YAML counts them in a deck: ended by a line feed alone.
        self.all: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text)
        self._starts = [0]
        for line in self.all:
            self._starts.append(self._starts[-1] + len(line))

    def number(self, index: int) -> int:
        """Return the line in which a place of the text lies."""
        low, high = 0, len(self.all)
        while low < high:
            middle = (low + high) // 2
            if self._starts[middle + 1] <= index:
                low = middle + 1
            else:
                high = middle
        return min(low, len(self.all) - 1)

    def margin(self, number: int) -> int:
        """Return how many blanks a line begins with."""
        line = self.all[number]
        return len(line) - len(line.lstrip(" "))

    def is_comment(self, number: int) -> bool:
        """Return whether a line is a comment and nothing else."""
        return self.all[number].lstrip().startswith("#")

    def is_free(self, number: int) -> bool:
        """Return whether nothing stands in a line, or there is none."""
        return number >= len(self.all) or not self.all[number].strip()

    def written(self, lines: Sequence[str], margin: int) -> list[str]:
        """Return new lines with a margin and their ends."""
        return [f"{' ' * margin}{line}{self.end}" for line in lines]

    def joined(self, first: int, last: int, new: Sequence[str]) -> str:
        """Return the text with the lines from `first` up to `last`, not included, replaced."""
        before = self.all[:first]
        if new and before and not before[-1].endswith("\n"):
            before[-1] += self.end
        return "".join([*before, *new, *self.all[last:]])
