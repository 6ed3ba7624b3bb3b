"""Text that a spreadsheet would take for a formula, and how it is kept from doing so.

Whoever is listened to may write ``=HYPERLINK(…)``. A spreadsheet takes a cell for a formula by
its first sign; an apostrophe before that makes it text. The apostrophe is put where it is
needed and nowhere else, so that it can be taken away again exactly.

References
----------
OWASP, "CSV Injection": the signs, full-width ones too, and that a cell may end where its
reader, not its writer, thinks it does.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["neutral", "plain", "printable"]

# = + - @ and whatever compatibility makes of them: full-width, small, raised, lowered forms.
_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼₌⁺₊⁻₋−﬩"
_QUOTES: Final = "\"'`´‘’‚‛“”„‟«»‹›＂＇"
# A reader that splits at other places than the writer begins a cell behind each of these.
_ENDS: Final = "\n\r\t;\v\f\x1c-\x1e\x85\u2028\u2029"
# What has no look of its own: controls, formats (of Unicode's category Cf), fillers.
_UNSEEN: Final = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
# A spreadsheet may pass over these, white space and quotes. No end is among them, so that no
# text is gone through twice.
_PASSED: Final = f"(?:[{_QUOTES}{_UNSEEN}]|(?![{_ENDS}])\\s)*"
_START: Final = f"\\A(?={_PASSED}[{_SIGNS}\t\r\n])"
_CELL: Final = re.compile(_START)
_CELLS: Final = re.compile(f"(?:{_START}|(?<=[{_ENDS}])(?={_PASSED}[{_SIGNS}]))")
_CELL_BACK: Final = re.compile(f"\\A'(?={_PASSED}[{_SIGNS}\t\r\n])")
_CELLS_BACK: Final = re.compile(
    f"(?:\\A'(?={_PASSED}[{_SIGNS}\t\r\n])|(?<=[{_ENDS}])'(?={_PASSED}[{_SIGNS}]))"
)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def neutral(text: str, *, is_split: bool = True) -> str:
    r"""Return a text with an apostrophe before whatever would be taken for a formula.

    That is = + - @ in any form, a tab or a line end, at its beginning, behind white space and
    quotes too.

    Parameters
    ----------
    text : str
    is_split : bool
        Whether a reader may split the text, as one of CSV that expects semicolons does: what
        follows a semicolon, a tab or a line end is then a beginning as well.

    Examples
    --------
    >>> neutral("=1+1"), neutral('  "=1+1'), neutral("+41 44 000"), neutral("1+1")
    ("'=1+1", '\'  "=1+1', "'+41 44 000", '1+1')
    >>> neutral("a;=1+1"), neutral("a;=1+1", is_split=False)
    ("a;'=1+1", 'a;=1+1')
    """
    return (_CELLS if is_split else _CELL).sub("'", text)


def plain(text: str, *, is_split: bool = True) -> str:
    """Return the text that :func:`neutral` was given.

    Examples
    --------
    >>> plain("'=1+1"), plain("'tis"), plain(neutral("'=1"))
    ('=1+1', "'tis", "'=1")
    """
    return (_CELLS_BACK if is_split else _CELL_BACK).sub("", text)


def printable(text: str) -> str:
    r"""Return a text without control characters, line ends and tabs aside, and half characters.

    Spreadsheets refuse them, and terminals obey them.

    Examples
    --------
    >>> printable("a\x00b\x1b[31m\n")
    'ab[31m\n'
    """
    return _UNPRINTABLE.sub("", text)
