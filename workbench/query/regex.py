"""Regular expressions of a query, found in time that grows with the text and no faster.

RE2 (https://github.com/google/re2/wiki/Syntax) has no back-references and no lookarounds, so
that no pattern can make anybody wait, whatever it is and whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

from workbench.errors import QueryError

if TYPE_CHECKING:
    import re2

__all__ = ["LONGEST_PATTERN", "Search", "compile_pattern", "found_by", "quoted", "written"]

LONGEST_PATTERN: Final = 500
"""Most characters of a pattern."""

_LARGEST: Final = 5_000  # steps of RE2's program: each may be tried at each byte of a text
_MEMORY: Final = 8 * 2**20
_TOO_LARGE: Final = "pattern too large"
_REPEAT: Final = re.compile(r"\{\d+(,\d*)?\}")

Search = Callable[[bytes], bool]
"""Tells whether a pattern is found in what :func:`written` gave of a text."""

_REMEDIES: Final = (
    (
        r"invalid perl operator: \(\?(<?[=!]|<?$)|invalid escape sequence: \\[1-9]",
        "lookarounds and back-references are left out, so that no pattern takes for ever",
    ),
    (r"^missing \)", "close each parenthesis"),
    (r"^missing \]", "close the class"),
    (r"^unexpected \)", r"leave it out, or write \) for the sign itself"),
    (r"^no argument", "nothing to repeat stands before it; the sign itself has a \\ before it"),
    (r"repetition size", "at most 1000, those within each other multiplied"),
    (r"too large", "repeat less, and smaller classes"),
    (r"^trailing", r"write \\ for the sign itself"),
)


def written(text: str) -> bytes:
    """Return a text as patterns are sought in it: as it stands."""
    try:
        return text.encode()
    except UnicodeEncodeError:  # the store keeps U+FFFD for each lone surrogate
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Search:
    """Return what tells whether a pattern is found in a text, upper and lower case alike.

    Raises
    ------
    QueryError
        If it is too long or too large, or RE2 cannot read it; `position` points into it.

    Examples
    --------
    >>> search = compile_pattern("acme (air|rail)")
    >>> search(written("Acme Rail is late"))
    True
    """
    if len(pattern) > LONGEST_PATTERN:
        raise QueryError(
            f"the pattern has {len(pattern)} characters; at most {LONGEST_PATTERN} are read",
            position=LONGEST_PATTERN,
        )
    import re2  # few queries need it, and a notebook's kernel is to stay small

    told = _problem(pattern)
    if told:
        raise QueryError(
            f"no regular expression: {told}{_remedy(told)}", position=_place(pattern, told)
        )
    search = re2.compile(written(pattern), _options()).search
    return lambda text: search(text) is not None


def found_by(pattern: str, text: str, *, most: int = 50) -> list[tuple[int, int]]:
    """Return where a pattern is found in a text: first character and the one after the last.

    Places without a character in them are left out; of the others come the first `most`.

    Examples
    --------
    >>> found_by("acme (air|rail)", "Café Acme Rail")
    [(5, 14)]
    """
    import re2

    data = written(text)
    at = list(accumulate((len(written(char)) for char in text), initial=0))
    spans = (match.span() for match in re2.compile(written(pattern), _options()).finditer(data))
    some = islice((span for span in spans if span[1] > span[0]), most)
    return [(bisect_right(at, start) - 1, bisect_left(at, end)) for start, end in some]


def _options() -> re2.Options:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return options


def _problem(pattern: str) -> str:
    """Return what RE2 says against a pattern, as "missing ]: [abc"; "" if it can be used."""
    import re2

    try:
        found = re2.compile(written(pattern), _options())
    except re2.error as error:
        told: str = error.args[0].decode(errors="replace")
        # Where a parenthesis is amiss, the whole pattern follows.
        return told.partition(": ")[0] if re.match(r"(missing|unexpected) \)", told) else told
    return _TOO_LARGE if found.programsize > _LARGEST else ""


def _remedy(told: str) -> str:
    return next((f" ({text})" for sign, text in _REMEDIES if re.search(sign, told)), "")


def _place(pattern: str, told: str) -> int:
    """Return where a pattern goes wrong: at the end of its shortest part that is as wrong."""
    if told.startswith("missing )"):
        return len(pattern)
    if told.startswith(_TOO_LARGE):
        # Each part takes long to judge, so that few of them are: it is a repeat that did it.
        repeats = [found.end() for found in _REPEAT.finditer(pattern)]
        at = bisect_left(
            repeats, x=True, key=lambda n: _problem(pattern[:n]).startswith(_TOO_LARGE)
        )
        return repeats[at] - 1 if at < len(repeats) else len(pattern)
    part = told.partition(": ")[2]
    last = part if told.startswith("invalid repetition") else ""
    ends = (n for n in range(1, len(pattern) + 1) if pattern.endswith(last, 0, n))
    end = next(n for n in ends if _problem(pattern[:n]) == told)
    return max(pattern.rfind(part, 0, end), 0) if part else end - 1


def quoted(pattern: str) -> str:
    r"""Return a pattern as it stands in quotes in a query.

    Raises
    ------
    QueryError
        If it has a quote within ``\Q…\E``, where none can be written otherwise.

    Examples
    --------
    >>> print(quoted('say "a(b|c)"'))
    say \x{22}a(b|c)\x{22}
    """
    made = re.sub(
        r'\\?(["“”„‟＂\n\r\t\u200b\u2060\ufeff])|\\.',
        lambda found: f"\\x{{{ord(found[1]):x}}}" if found[1] else found[0],
        pattern,
        flags=re.DOTALL,
    )
    if made != pattern and r"\Q" in pattern:
        raise QueryError(r"within \Q…\E there can be no quote or line break; write \" without \Q")
    return made
