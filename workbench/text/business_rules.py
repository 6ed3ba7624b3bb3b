"""What one sentence of business news says: its movements, comparisons and judgements.

A movement is a word of direction with what moves ("loss narrowed", "a rise of 3 % in costs");
whether it is good depends on both. What no movement takes counts by itself.
"""

from __future__ import annotations

from typing import Final

from workbench.text.business_figures import compared
from workbench.text.business_marks import MOVED, MOVES, POLARITY, STOPS, UP, Mark
from workbench.text.business_moved import is_figure, left, moved, run

__all__ = ["weigh"]

_PERCENT: Final = frozenset({"%", "pct", "percent", "points", "cent", "cents"})
_QUOTED: Final = frozenset(
    {"add", "adds", "added", "adding", "shed", "sheds", "lose", "loses", "lost", "losing"}
)
_RESULT: Final = 1.2  # the weight of a profit or a loss, and whatever is as much
_LESS: Final = -0.8  # of a movement, if there was less of it than feared or hoped
_RATED: Final = 0.8
_EXPECTED: Final = 1.4  # what was expected counts for more than the year before
_RATINGS: Final = frozenset(
    {"buy", "hold", "sell", "neutral", "outperform", "underperform", "overweight", "underweight"}
    | {"bbb", "bb", "aa", "aaa", "baa", "ba", "caa", "ccc"}
    | {"accumulate", "reduce", "perform", "peerperform", "junk"}
)
_RATED_BY: Final = frozenset(
    {"from", "at", "by", ",", ";", ":", "(", "on", "with", "after", "as", "rating", "and", "–", "—"}
)
_TURN: Final = 0.9
_EVENT: Final = -0.35  # bad by itself, so that its end is good
_JUDGED: Final = frozenset({"good", "bad", "failing"})
_NOTS: Final = frozenset({"not", "failing"})
_BARS: Final = STOPS | {"good"}  # what a negation does not reach across
_NAMING: Final = frozenset({"increase", "decrease", "rise", "fall", "growth"})
_TOLD: Final = frozenset({"after", "as", "amid", "sharply", "slightly", "strongly"})
_TRADED: Final = ("cancel", "reduc", "receiv", "get", "got", "obtain", "add", "earn", "grant")
_TIGHTENED: Final = frozenset({"competition", "sanctions", "restrictions", "curbs", "regulation"})
_LOST: Final = ("lose", "losing", "lost")
_PACES: Final = frozenset({"faster", "quicker", "slower"})
_NOUNS: Final = frozenset({"increase", "decrease", "rise", "fall"})
_ENDS: Final = frozenset({"end", "avoid", "clear"})
_ENDING: Final = frozenset({"end", "avoid", "close"})
_UNENDED: Final = frozenset(
    {"good", "end", "avoid", "close", "up", "down", "more", "less", "peak", "trough"}
)
_ENDED: Final = -0.8
_TURNED: Final = -0.5  # "did not miss" is less good than "beat"


def weigh(marks: list[Mark], tokens: list[str]) -> float:
    """Set each mark's share of the sentence; return their sum, above 0 for good news."""
    _set_factors(marks, tokens)
    for number, mark in enumerate(marks):
        if mark.kind in MOVES:
            if not mark.is_taken:
                _move(marks, number, tokens)
        elif mark.kind in ("+", "-"):
            _signed(marks, number, tokens)
        elif mark.kind == "turn":
            _turn(marks, number, tokens)
        elif mark.kind in ("peak", "trough"):
            _extreme(marks, number, tokens)
        elif mark.kind in ("approve", "clear") and any(each.kind == "authority" for each in marks):
            mark.value = mark.word.value * _context(marks, number)
    compared(marks, tokens)
    for number, mark in enumerate(marks):
        own = mark.word.value
        if not mark.is_taken and own and (mark.sign or mark.kind in _JUDGED):
            mark.value = own * _context(marks, number)
    return sum(mark.value for mark in marks)


def _extreme(marks: list[Mark], number: int, tokens: list[str]) -> None:
    """Read "costs hit a record" and "record low unemployment"."""
    mark = marks[number]
    after = marks[number + 1 : number + 2]
    is_joined = after and after[0].start == mark.end and after[0].kind in POLARITY
    subject = after if is_joined else left(marks, number, tokens, 14)
    mark.value = (subject[-1].sign if subject else 1) * mark.word.value * _context(marks, number)
    if subject:
        subject[-1].is_taken = True  # a loss at a record low is no loss besides


def _set_factors(marks: list[Mark], tokens: list[str]) -> None:
    """Let the main clause count most."""
    factor = 1.0
    until_comma = False
    for number, mark in enumerate(marks):
        kind = mark.kind
        if kind == "but" and not _is_only_so_far(mark, tokens):
            _weaken(marks[:number], mark)
            factor, until_comma = 1.0, False
        elif kind == "although":
            factor, until_comma = mark.word.value, True
        elif kind == ";" or (kind == "," and until_comma):
            factor, until_comma = 1.0, False
        mark.factor = factor
        if kind == "over":
            _weaken(_clause(marks, number), mark)
    if calm := next((mark for mark in marks if mark.kind == "calm"), None):
        _weaken(marks, calm)


def _is_only_so_far(mark: Mark, tokens: list[str]) -> bool:
    """Return whether "yet" sets nothing against what went before: "not out of the woods yet"."""
    return tokens[mark.start] == "yet" and tokens[mark.end : mark.end + 1] in ([], [","], [";"])


def _weaken(marks: list[Mark], by: Mark) -> None:
    for mark in marks:
        mark.factor *= by.word.value


def _clause(marks: list[Mark], number: int) -> list[Mark]:
    """Return what stands before a mark in its clause."""
    found: list[Mark] = []
    for mark in reversed(marks[:number]):
        if mark.kind in STOPS and mark.kind != "against":
            break
        found.append(mark)
    return found


def _context(marks: list[Mark], number: int) -> float:
    """Return what the words before and after a mark make of it."""
    mark = marks[number]
    factor = mark.factor
    for back in range(number - 1, -1, -1):
        other = marks[back]
        distance = mark.start - other.end
        if distance > 8 or other.kind in (";", "but"):
            break
        if other.kind in _NOTS:
            if distance <= 5 and _reaches(marks, back, number):
                factor *= _TURNED
                break
        elif other.kind in _ENDS and distance <= 4 and _reaches(marks, back, number):
            if (other.kind == "clear" or not other.value) and mark.kind not in _UNENDED:
                factor *= _ENDED  # "ends a run of falling sales", "cleared of fraud"
        elif other.kind == "perhaps" or (other.kind == "much" and distance <= 2):
            factor *= other.word.value
        elif other.kind in (",", "although") and distance > 3:
            break
    return factor * _stressed(marks, number)


def _reaches(marks: list[Mark], first: int, last: int) -> bool:
    return _BARS.isdisjoint(each.kind for each in marks[first + 1 : last])


def _stressed(marks: list[Mark], number: int) -> float:
    """Return what a word right after makes of it, as in "fell sharply"."""
    after = marks[number + 1 : number + 2]
    is_near = after and after[0].kind == "much" and after[0].start - marks[number].end <= 1
    return after[0].word.value if is_near else 1.0


def _move(marks: list[Mark], number: int, tokens: list[str]) -> None:
    """Settle who is moved by a word of direction, and what that is worth."""
    mark = marks[number]
    sign = 1 if mark.kind in UP else -1
    if mark.kind in ("fall", "more") and _turn(marks, number, tokens, only_loss=True):
        return
    if _is_rating(tokens, mark.end):
        mark.value = sign * _RATED * _context(marks, number)
        return
    if _measures(marks, number, tokens):
        return
    found = moved(marks, number, tokens)
    if found is None:
        mark.value = _alone(mark, tokens) * _context(marks, number)
        return
    if event := _event(mark, found, tokens):
        mark.value = sign * sum(each.value for each in event)
        for each in event:
            each.value = 0.0
        return
    _shares(marks, number, tokens, found)


def _shares(marks: list[Mark], number: int, tokens: list[str], found: list[Mark]) -> None:
    """Share what a movement is worth between the word of direction and what moves."""
    mark = marks[number]
    sign = 1 if mark.kind in UP else -1
    ended = found[-1].by
    if ended is not None and ended.kind in _ENDING and mark.kind in ("more", "plus"):
        return  # "passes on higher costs": that they were higher is past
    polarity, weight = _polarity(found)
    sign *= _reading(marks, number, tokens, found[-1])
    value = sign * polarity * weight * MOVED * _context(marks, number)
    if mark.kind in ("beat", "miss") and found[-1].kind == "marks":
        value *= _EXPECTED
    if found[-1].by is not None:  # "new orders fell": the last word on it counts
        found[-1].by.value = 0.0
    mark.value = value / 2
    for each in found:
        each.is_taken = True
        each.value = 0.0
    found[-1].value = value / 2
    found[-1].by = mark


def _measures(marks: list[Mark], number: int, tokens: list[str]) -> bool:
    """Read "fell less than feared": how far something moved, not a movement of its own."""
    mark, before = marks[number], marks[number - 1]
    if not number or "than" not in tokens[mark.start : mark.end] or before.end != mark.start:
        return False
    is_pace = tokens[mark.start] in _PACES  # "cuts debt faster than planned"
    mover = before.by if is_pace and before.by else before
    if mover.kind not in MOVES or mark.kind not in ("more", "less"):
        return False
    if is_pace and not mover.value:
        return False
    if mark.kind == "less":
        mover.value *= _LESS
        for each in marks[:number]:
            each.value *= _LESS if each.by is mover else 1
    return True


def _event(mark: Mark, found: list[Mark], tokens: list[str]) -> list[Mark]:
    """Return a movement that is itself moved: "growth slowed", "the rise in costs eased"."""
    head = found[-1]
    if head.kind in MOVES:
        return found if head.value else []
    by = head.by
    if by is None or by.kind not in _NAMING or mark.kind != "fall":
        return []
    return [] if {"in", "of"}.isdisjoint(tokens[by.end : head.start]) else [by, head]


def _reading(marks: list[Mark], number: int, tokens: list[str], head: Mark) -> int:
    """Return -1 where a direction means its opposite with what it moves, 0 where nothing."""
    mark = marks[number]
    if head.kind == "currency" and mark.kind in ("more", "less"):
        return 0  # who gains by a strong krone depends
    if head.kind == "prices" and tokens[mark.start].startswith(_TRADED):
        return 0  # who receives or cancels shares
    if mark.kind == "lift" and head.word.value <= _EVENT:
        return -1  # a ban is lifted
    if tokens[mark.start].startswith(_LOST) and head.word.value <= _EVENT:
        return -1  # a lawsuit is lost
    if tokens[mark.start].startswith("tight") and tokens[head.end - 1] in _TIGHTENED:
        return -1  # competition tightens: there is more of it
    if mark.kind in ("beat", "miss") and head.kind == "marks":
        subject = left(marks, number, tokens, 12)
        return -1 if subject and subject[-1].sign < 0 else 1  # "costs exceeded the forecast"
    return 1


def _is_rating(tokens: list[str], place: int) -> bool:
    """Return whether a rating follows, as in "cuts Acme to sell"."""
    near = tokens[place : place + 10]
    if "to" not in near:
        return False
    after = near.index("to") + 1
    return any(
        near[at] in _RATINGS and (at + 1 == len(near) or near[at + 1] in _RATED_BY)
        for at in range(after, min(after + 2, len(near)))
    )


def _polarity(found: list[Mark]) -> tuple[float, float]:
    """Return whose more is better of neighbouring words: "loss forecast" is a loss."""
    head = found[-1]
    if head.kind == "marks" and any(each.sign < 0 for each in found):
        return -1, 1.0
    if head.kind == "growth":
        return 1, 0.9
    return head.sign, head.word.weight


def _alone(mark: Mark, tokens: list[str]) -> float:
    """Return what a direction is worth without anything that moves."""
    if tokens[mark.start] == "advanced" and not is_figure(tokens, mark.end):
        return 0.0  # "advanced materials"
    if mark.kind in _NOUNS and mark.start and tokens[mark.start - 1] in ("the", "this"):
        return 0.0  # "following the increase": of what was said before
    is_quote = is_figure(tokens, mark.end) and not _PERCENT.isdisjoint(
        tokens[mark.end : mark.end + 4]
    )
    if mark.kind in ("up", "down"):  # "nickel up after the ban"
        is_told = not _TOLD.isdisjoint(tokens[mark.end : mark.end + 1])
        return mark.word.value if is_quote or is_told else 0.0
    if is_quote and tokens[mark.start] in _QUOTED:
        return MOVED if mark.kind == "raise" else -MOVED  # "Acme adds 3 %"
    return mark.word.value


def _turn(marks: list[Mark], number: int, tokens: list[str], *, only_loss: bool = False) -> bool:
    """Read "turned a loss into a profit", "sank into a loss"; return whether it is there."""
    mark = marks[number]
    for after in range(number + 1, len(marks)):
        other = marks[after]
        if other.start - mark.end > (4 if only_loss else 14) or other.kind in (";", "but"):
            return False
        if other.word.weight < _RESULT or other.kind not in ("goods", "bads"):
            continue
        if not _leads_to(tokens[max(mark.end - 1, other.start - 4) : other.start]):
            continue
        if other.sign < 0 or not only_loss:
            found = run(marks, after)
            for each in marks[number + 1 : after + len(found) + 2]:
                each.is_taken = each.is_taken or bool(each.sign)
            mark.value = found[-1].sign * _TURN * _context(marks, number)
            return True
    return False


def _leads_to(between: list[str]) -> bool:
    for token in reversed(between):
        if token in ("to", "into"):
            return True
        if token[0].isdigit():
            return False
    return False


def _signed(marks: list[Mark], number: int, tokens: list[str]) -> None:
    """Read "+3 %" and "-3 %"."""
    mark = marks[number]
    if not {"%", "pct", "percent"}.intersection(tokens[mark.end : mark.end + 3]):
        return
    subject = left(marks, number, tokens, 8)
    sign = 1 if mark.kind == "+" else -1
    if subject is None:
        mark.value = sign * MOVED * _context(marks, number)
    elif not subject[-1].is_taken:
        polarity, weight = _polarity(subject)
        mark.value = sign * polarity * weight * MOVED * _context(marks, number)
        subject[-1].is_taken = True
