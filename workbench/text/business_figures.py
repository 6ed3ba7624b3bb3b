"""Figures against earlier ones: "EUR 12.1 mn, compared with 9.8", "from USD 3 to USD 4"."""

from __future__ import annotations

from typing import Final, NamedTuple

from workbench.text.business_marks import MOVED, Mark
from workbench.text.business_moved import is_figure, left

__all__ = ["Figure", "compared", "figure"]

_SCALES: Final = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("m", "mn", "mln", "million", "millions", "mio", "meur", "mm"), 1e6),
    **dict.fromkeys(("b", "bn", "bln", "billion", "billions"), 1e9),
    **dict.fromkeys(("tn", "trillion"), 1e12),
}
_PERCENT: Final = frozenset({"%", "pct", "percent", "pc"})
_NEGATIVE: Final = frozenset({"-", "−", "minus", "negative"})
_CURRENCIES: Final = {
    "€": "eur",
    "euro": "eur",
    "euros": "eur",
    "$": "usd",
    "dollars": "usd",
    "£": "gbp",
    "pounds": "gbp",
    "¥": "jpy",
    "yen": "jpy",
} | {code: code for code in ("eur", "usd", "gbp", "sek", "dkk", "nok", "chf", "jpy", "cad", "rub")}
_MEASURED: Final = frozenset({"goods", "bads", "prices", "currency"})
_RESULT: Final = 1.2  # the weight of a profit or a loss
_LOSS: Final = -0.5  # what a loss is worth by itself, or less
_TURNS: Final = {"up": 0.5, "down": -0.5}  # "up from 79 %", whatever it is
_REACH: Final = 14  # tokens between a figure and what it is compared with


class Figure(NamedTuple):
    """A figure in a sentence: its value, what kind of thing it counts, and its tokens."""

    value: float
    is_percent: bool
    currency: str
    is_scaled: bool
    is_bare: bool
    start: int
    end: int


def figure(tokens: list[str], place: int) -> Figure | None:
    """Return the figure that a token begins; None for a year.

    Examples
    --------
    >>> figure(["eur", "1,250.5", "mn"], 1)[:3]
    (1250500000.0, False, 'eur')
    >>> figure(["in", "2007"], 1) is None
    True
    """
    digits = tokens[place]
    value = _number(digits)
    if value is None:
        return None
    end = place + 1
    following = tokens[end] if end < len(tokens) else ""
    scale = _SCALES.get(following, 0.0)
    if scale:
        end += 1
        following = tokens[end] if end < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    sign = -1 if _NEGATIVE.intersection(tokens[max(0, place - 2) : place]) else 1
    if before in _NEGATIVE:
        before = tokens[place - 2] if place > 1 else ""
    currency = _CURRENCIES.get(before) or _CURRENCIES.get(following, "")
    is_percent = following in _PERCENT or tokens[end : end + 2] == ["per", "cent"]
    is_bare = not (scale or currency or is_percent)
    if is_bare and digits.isdigit() and 1900 <= value <= 2100:
        return None
    end += (following in _PERCENT) or 2 * is_percent
    worth = sign * value * (scale or 1)
    return Figure(worth, is_percent, currency, bool(scale), is_bare, place, end)


def _number(digits: str) -> float | None:
    if not digits[0].isdigit():
        return None
    if digits.count(",") == 1 and "." not in digits:
        whole, part = digits.split(",")
        plain = whole + part if len(part) == 3 and whole != "0" else f"{whole}.{part}"
    elif digits.count(".") > 1:
        plain = digits.replace(".", "")
    else:
        plain = digits.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return None


def compared(marks: list[Mark], tokens: list[str]) -> None:
    """Give what is measured its share, if a figure of it is set against an earlier one."""
    for number, mark in enumerate(marks):
        is_mark = mark.kind == "marks" and is_figure(tokens, mark.end)  # "EPS 82c, consensus 71c"
        if mark.kind == "against" or (is_mark and not mark.is_taken):
            _against(marks, number, tokens)
        elif mark.kind == "(":
            _in_parentheses(marks, number, tokens)
        elif tokens[mark.start] in ("after", "following"):
            _after_a_loss(marks, number, tokens)


def _after_a_loss(marks: list[Mark], number: int, tokens: list[str]) -> None:
    """Read "a profit of EUR 1 mn after a loss"."""
    subject = _subject(marks, number, tokens)
    other = next((each for each in marks[number + 1 : number + 3] if each.sign), None)
    is_turn = subject and subject.sign > 0 and subject.word.weight >= _RESULT
    if is_turn and subject and other and other.word.value <= _LOSS and not other.is_taken:
        other.is_taken = subject.is_taken = True
        subject.value = subject.word.weight * MOVED * subject.factor


def _against(marks: list[Mark], number: int, tokens: list[str]) -> None:
    mark = marks[number]
    subject = _subject(marks, number, tokens)
    if subject is None:
        found = left(marks, number, tokens, 2 * _REACH)
        is_free = found is None or found[-1].kind in ("deals", "marks")
        if tokens[mark.start] in _TURNS and is_free:
            mark.value = _TURNS[tokens[mark.start]] * mark.factor
        return
    now = _last(tokens, max(subject.end, mark.start - _REACH), mark.start)
    then = _first(tokens, mark.end, mark.end + _REACH)
    if then is None:
        return
    if tokens[mark.start] == "from" and (later := _after_to(tokens, then.end)):
        now = later
    if now is None:
        return
    other = next(
        (each for each in marks[number + 1 :] if each.sign and each.end <= then.start), None
    )
    for said in marks[marks.index(subject) :]:
        if said.end <= then.start and tokens[said.start] == "negative":
            said.is_taken = True  # "compared with a negative EUR 1.6 mn"
    _settle(subject, other, now, then)


def _in_parentheses(marks: list[Mark], number: int, tokens: list[str]) -> None:
    """Read "EUR 6.2mn (4.5)", and leave the same in another currency alone."""
    mark = marks[number]
    subject = _subject(marks, number, tokens)
    if subject is None:
        return
    now = _last(tokens, max(subject.end, mark.start - 4), mark.start)
    close = next((each.start for each in marks[number + 1 :] if each.kind == ")"), None)
    if now is None or close is None or close - mark.end > 8 or now.end < mark.start - 1:
        return
    then = _first(tokens, mark.end, close)
    if then is None or {"up", "down", "+"}.intersection(tokens[mark.end : close]):
        return
    if then.currency and then.currency != now.currency:
        return
    other = next((each for each in marks[number + 1 :] if each.sign and each.end <= close), None)
    _settle(subject, other, now, then)


def _subject(marks: list[Mark], number: int, tokens: list[str]) -> Mark | None:
    """Return what the figure before a comparison measures."""
    found = left(marks, number, tokens, 2 * _REACH)
    if found is None or found[-1].kind not in _MEASURED or found[-1].is_taken:
        return None
    return found[-1]


def _settle(subject: Mark, other: Mark | None, now: Figure, then: Figure) -> None:
    if now.is_percent != then.is_percent and not then.is_bare:
        return
    new, old = now.value, then.value
    if now.is_scaled != then.is_scaled:  # "12.1 mn, compared with 9.8"
        new, old = _bare(now), _bare(then)
    # A loss is a negative profit, on either side.
    is_loss = subject.sign < 0 and subject.word.value <= _LOSS
    if is_loss:
        new = -abs(new)
    if other is not None and other.kind in ("goods", "bads"):
        old = -abs(old) if other.sign < 0 and other.word.value <= _LOSS else old
    elif is_loss:
        old = -abs(old)
    sign = 1 if is_loss else subject.sign
    if new == old:
        subject.is_taken = True
        return
    subject.is_taken = True
    subject.value = sign * (1 if new > old else -1) * subject.word.weight * MOVED * subject.factor
    if other is not None:
        other.is_taken = True


def _bare(found: Figure) -> float:
    for scale in (1e12, 1e9, 1e6, 1e3):
        if found.is_scaled and abs(found.value) >= scale:
            return found.value / scale
    return found.value


def _first(tokens: list[str], start: int, end: int) -> Figure | None:
    for place in range(start, min(end, len(tokens))):
        if tokens[place][0].isdigit() and (found := figure(tokens, place)):
            return found
    return None


def _last(tokens: list[str], start: int, end: int) -> Figure | None:
    for place in range(min(end, len(tokens)) - 1, start - 1, -1):
        if tokens[place][0].isdigit() and (found := figure(tokens, place)):
            return found
    return None


def _after_to(tokens: list[str], place: int) -> Figure | None:
    for near in range(place, min(place + 6, len(tokens))):
        if tokens[near] in (",", ";", "compared"):
            break
        if tokens[near] == "to":
            return _first(tokens, near + 1, near + 5)
    return None
