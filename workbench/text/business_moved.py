"""Who is moved by a word of direction: what stands before it, after it, or is named by it."""

from __future__ import annotations

from typing import Final

from workbench.text.business_marks import MOVES, POLARITY, STOPS, Mark

__all__ = ["is_figure", "left", "moved", "run"]

_DOING: Final = MOVES - {"more", "less", "plus", "growth", "up", "down"}  # what has a subject
_THINGS: Final = POLARITY.keys() | {"growth"}
_LINKS: Final = frozenset(
    {"of", "for", "from", "in", "on", "excluding", "before", "at", "to", "with", "including", "by"}
)
_BY: Final = frozenset(
    {"by", "to", "from", "in", "on", "as", "at", "due", "after", "for", "and", "during", "this"}
)
_FIGURE: Final = frozenset({"%", "$", "€", "£", "¥", "eur", "usd", "gbp", "sek", "pct", "percent"})
_NEARBY: Final = frozenset(
    {"of", "by", "about", "around", "some", "almost", "nearly", "than"}
    | {"another", "roughly", "approximately", "over"}
)
_ABOUT: Final = frozenset({"over", "for", "about", "with"})
_SHARES: Final = frozenset({"%", "percent", "pct", "cent"})
_YEARS: Final = frozenset({"that", "those", "last", "previous", "prior", "year", "level"})

_Run = list[Mark]


def moved(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return the neighbouring words of what is moved, the head last; None if there is none."""
    mark = marks[number]
    kind = mark.kind
    is_noun = not mark.word.is_past and mark.start and tokens[mark.start - 1] in ("the", "this")
    if is_noun and kind in ("rise", "fall", "increase", "decrease"):
        return named(marks, number, tokens)
    if kind in ("rise", "fall"):
        return _by_itself(marks, number, tokens)
    if kind in ("increase", "decrease"):
        return _either(marks, number, tokens)
    if kind in ("more", "less", "plus"):
        return _described(marks, number, tokens)
    if kind in ("up", "down"):
        return _beside(marks, number, tokens)
    if kind == "growth":
        return named(marks, number, tokens) or _joined(marks, number)
    if kind in ("beat", "miss"):
        return _against_a_mark(marks, number, tokens)
    if kind == "start":
        found = right(marks, number, tokens, 6)
        return found if found and found[-1].sign < 0 else None
    if kind in ("end", "avoid", "close"):
        return _ended(marks, number, tokens)
    return _done_to(marks, number, tokens)


def _against_a_mark(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return the mark that is beaten or missed, or what comes to more or less than another."""
    mark = marks[number]
    if _YEARS.intersection(tokens[mark.end :][:4]):
        return left(marks, number, tokens, 12)  # "sales will exceed those of last year"
    is_set_apart = tokens[mark.start] in ("above", "below")
    if is_set_apart and mark.start and tokens[mark.start - 1] in _SHARES:
        return left(marks, number, tokens, 8)  # "shares closed 18 % above the offer"
    if is_figure(tokens, mark.end) and tokens[mark.start].startswith(("exceed", "surpass", "top")):
        return left(marks, number, tokens, 5)  # "sales exceeded EUR 1 bn"
    found = right(marks, number, tokens, 5)
    subject = left(marks, number, tokens, 4)
    is_over = tokens[mark.start].startswith(("exceed", "surpass", "above", "below"))
    if is_over and found and subject and found[-1].kind in ("goods", "bads"):
        return subject  # "orders exceeded sales"
    is_any = mark.kind == "miss" and mark.word.value
    return found if found and (is_any or found[-1].kind == "marks") else None


def _by_itself(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what rises or falls: "sales rose", "a rise in sales", "rising sales"."""
    mark = marks[number]
    is_past = mark.word.is_past
    if is_past and mark.start and tokens[mark.start - 1] in _ABOUT:
        return right(marks, number, tokens, 3)  # "fined over dropped calls"
    subject = left(marks, number, tokens, 16)
    is_near = subject is not None and mark.start - subject[-1].end <= 3
    if is_past and is_near and not _is_done_to(marks, number, tokens):
        return subject
    if not (subject and is_past) and (found := named(marks, number, tokens)):
        return found
    if not subject and tokens[mark.start].startswith("drop"):  # "the EU dropped its complaint"
        found = right(marks, number, tokens, 3)
        return found if found and found[-1].sign < 0 else None
    if tokens[mark.start].endswith("ing") and (found := right(marks, number, tokens, 2)):
        return found
    return subject or (None if is_past else right(marks, number, tokens, 3))


def _either(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what increases or is increased."""
    mark = marks[number]
    subject = left(marks, number, tokens, 16)
    if not (subject and mark.word.is_past) and (found := named(marks, number, tokens)):
        return found
    is_alone = mark.end >= len(tokens) or tokens[mark.end] in _BY or is_figure(tokens, mark.end)
    return (None if is_alone and subject else right(marks, number, tokens, 6)) or subject


def _described(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what is said to be higher or lower: "higher costs", "costs were higher"."""
    mark = marks[number]
    is_last = tokens[mark.end : mark.end + 1] in (["and"], ["or"])  # "stayed low and sales grew"
    if (
        tokens[mark.end : mark.end + 1] == ["than"]
        and mark.start > 1
        and is_figure(tokens, mark.start - 2)
    ):
        return left(marks, number, tokens, 18)  # "EUR 1 mn more than a year ago"
    if mark.kind == "plus":
        found = right(marks, number, tokens, 1)
        return found if found and found[-1].kind not in ("prices", "deals") else None
    if not is_last:
        found = right(marks, number, tokens, 3) or named(marks, number, tokens)
        if found:
            return found
    subject = left(marks, number, tokens, 6)
    is_said = any(each.kind == "be" for each in marks[max(0, number - 3) : number])
    between = tokens[subject[-1].end : mark.start] if subject else []
    is_near = len(between) <= 1 and between not in (["and"], ["or"], [","])
    return subject if is_said or is_near else None


def _beside(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what is up or down, unless another word has moved it."""
    mark = marks[number]
    subject = left(marks, number, tokens, 14)
    if not subject or subject[-1].is_taken:
        return None
    is_near = mark.start - subject[-1].end <= 3 or mark.end == len(tokens)
    is_near = is_near or (marks[number - 1].kind == "be" and marks[number - 1].end == mark.start)
    return subject if is_near or is_figure(tokens, mark.end) else None


def _joined(marks: list[Mark], number: int) -> _Run | None:
    """Return the word right before: "sales growth"."""
    before = marks[number - 1] if number else None
    return [before] if before and before.sign and before.end == marks[number].start else None


def _ended(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what ends: what is bad, or a deal."""
    mark = marks[number]
    is_by = tokens[mark.end : mark.end + 1] == ["by"]  # "closed by the strike"
    after = None if is_by else right(marks, number, tokens, 7)
    sides = [after, left(marks, number, tokens, 8)]
    if _is_done_to(marks, number, tokens):
        sides.reverse()
    return next((run for run in sides if run and _can_end(run[-1], mark)), None)


def _can_end(thing: Mark, mark: Mark) -> bool:
    return thing.sign < 0 or (thing.kind == "deals" and mark.kind == "end")


def _done_to(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what somebody raises or cuts, or what was raised or cut."""
    mark = marks[number]
    if is_figure(tokens, mark.end) and (found := right(marks, number, tokens, 6, links=False)):
        return found
    if _is_done_to(marks, number, tokens) and (found := left(marks, number, tokens, 12)):
        return found
    if found := right(marks, number, tokens, 7):
        return found
    return left(marks, number, tokens, 4) if mark.word.is_past else None


def is_figure(tokens: list[str], place: int) -> bool:
    """Return whether a figure or its currency stands there, or a word that leads to one."""
    if place >= len(tokens):
        return False
    token = tokens[place]
    return token[0].isdigit() or token in _FIGURE or token in _NEARBY


def _is_done_to(marks: list[Mark], number: int, tokens: list[str]) -> bool:
    """Return whether a verb is in the passive, as far as its neighbours tell."""
    mark = marks[number]
    if not mark.word.is_past and tokens[mark.start] != "cut":
        return False
    before = marks[number - 1] if number else None
    if before and before.kind == "be" and mark.start - before.end <= 2:
        return tokens[before.start] not in ("has", "have", "had") or before.end - before.start > 1
    if mark.end >= len(tokens):
        return True
    return tokens[mark.end] in _BY or is_figure(tokens, mark.end)


def named(marks: list[Mark], number: int, tokens: list[str]) -> _Run | None:
    """Return what a noun of direction names: "a rise of 3 % in costs"."""
    place = marks[number].end
    last = min(len(tokens), place + 9)
    while place < last and is_figure(tokens, place) and tokens[place] != "of":
        place += 1
    if place < last and tokens[place] == "of" and is_figure(tokens, place + 1):
        place += 1
        while place < last and tokens[place] not in ("in", "of"):
            place += 1
    if place >= last or tokens[place] not in ("in", "of"):
        return None
    for after in range(number + 1, len(marks)):
        other = marks[after]
        if other.start > place + 5 or (other.kind in STOPS and other.start > place):
            return None
        if other.start > place and other.kind in POLARITY:
            return run(marks, after)
    return None


def right(
    marks: list[Mark], number: int, tokens: list[str], reach: int, *, links: bool = True
) -> _Run | None:
    """Return the nearest thing after a word that can be moved."""
    end = marks[number].end
    for after in range(number + 1, len(marks)):
        other = marks[after]
        if other.start - end > reach or other.kind in STOPS or other.kind in _DOING:
            return None
        if reach <= 3 and other.kind == "be":
            return None
        if other.kind in _THINGS:
            if (reach <= 3 or not links) and _LINKS.intersection(tokens[end : other.start]):
                return None
            return run(marks, after)
    return None


def run(marks: list[Mark], first: int) -> _Run:
    """Return what follows directly upon each other, such as "profit" and "forecast"."""
    found = [marks[first]]
    for other in marks[first + 1 :]:
        if other.start != found[-1].end or other.kind not in _THINGS:
            break
        found.append(other)
    return found


def left(marks: list[Mark], number: int, tokens: list[str], reach: int) -> _Run | None:
    """Return the subject before a word: the head of what stands there, "sales of its mills"."""
    start = marks[number].start
    for before in range(number - 1, -1, -1):
        other = marks[before]
        if other.kind in (";", "but") or start - other.end > reach:
            return None
        if other.kind in _THINGS:
            if other.factor < marks[number].factor:
                return None  # of a clause before: "despite the recession, memberships climbed"
            head = _head(marks, before, tokens)
            found = [marks[head]]
            for each in reversed(marks[:head]):
                if each.end != found[0].start or each.kind not in POLARITY:
                    break
                found.insert(0, each)
            return found
    return None


def _head(marks: list[Mark], found: int, tokens: list[str]) -> int:
    """Return what the words before a thing make it a part of."""
    head = found
    for before in range(found - 1, -1, -1):
        other = marks[before]
        if other.kind in MOVES or other.kind in STOPS or other.kind == "be":
            break
        if other.kind in POLARITY:
            gap = tokens[other.end : marks[head].start]
            if len(gap) > 6 or (gap and _LINKS.isdisjoint(gap)):
                break
            head = before if gap else head
    return head
