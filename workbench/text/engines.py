"""Engines of sentiment: what one has to be, and which are installed.

Built-in engines register by the same entry points, ``workbench.sentiment``, as anybody's: a name
and what makes the engine, a class or a function that is called without arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, cast, runtime_checkable

from workbench import plugins
from workbench.errors import SettingError
from workbench.plugins import Available

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "GROUP",
    "WORDS",
    "Engine",
    "Share",
    "available",
    "engine",
    "label_of",
    "leave_out",
    "load",
]

GROUP: Final = "workbench.sentiment"
"""The group of entry points under which engines register."""

WORDS: Final = 100
"""Words of a text that :func:`leave_out` looks at."""


class Share(NamedTuple):
    """What one word, or all exclamation and question marks, have of a compound score.

    Attributes
    ----------
    start, end : int
        Where the word stands, with its punctuation; both 0 for the marks, and for whatever
        else of a score no word has.
    value : float
        Its share of the score, -1 to 1; those of a text add up to the score.
    plain : float
        What the engine says of the word alone; 0 if nothing. Where its sign is another than the
        share's, the words around it have turned it.
    """

    start: int
    end: int
    value: float
    plain: float


@runtime_checkable
class Engine(Protocol):
    """Whatever tells how negative or positive texts read.

    An engine that also has an attribute `fixed`, an engine with corrections of its own known
    errors, is used in that form where a score is shown.

    Attributes
    ----------
    name : str
        As decks say it; the entry point's.
    version : str
        Changes whenever scores do.
    languages : frozenset of str
        Primary language tags of what it reads, such as ``en``.
    """

    name: str
    version: str
    languages: frozenset[str]

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text: neg, neu, pos (0 to 1) and compound (-1 to 1), as float64.

        A text reads negative up to a compound of -0.05 and positive from 0.05, else neutral.
        No texts give an array of shape (0, 4).
        """

    def compound(self, text: str) -> float:
        """Return the compound score of one text, as :meth:`scores` has it."""

    def explain(self, text: str) -> list[Share]:
        """Return what each word has of the compound score, in their order.

        They add up to the score, but for its rounding; words without a share may be left out.
        """


_NEEDED: Final = ("name", "version", "languages", "scores", "compound", "explain")


@cache
def available() -> Available[Callable[[], Engine]]:
    """Return what makes each engine that is installed, the broken ones with the reason.

    Read once: what is installed later is seen by the next process. None is made yet, since that
    may take a while.
    """
    return load(entry_points(group=GROUP))


def load(entries: Iterable[EntryPoint]) -> Available[Callable[[], Engine]]:
    """Return the engines of these entry points, and those that they offer beside themselves."""
    found: Available[Callable[[], Engine]] = Available("sentiment engine")
    plugins.load(entries, found, fault=lambda _, make: "" if callable(make) else "cannot be called")
    for make in list(found.values()):
        for name, other in getattr(make, "others", dict)().items():
            found.setdefault(name, other)  # what is installed goes before what lies in a folder
    return found


@cache
def engine(name: str, *, fixes: bool = False) -> Engine:
    """Return an engine, made when it is first asked for.

    Parameters
    ----------
    name : str
        As decks say it.
    fixes : bool
        With corrections of the engine's known errors.

    Raises
    ------
    SettingError
        If there is none of this name, if it cannot be used, or if it has no fixes.

    Examples
    --------
    >>> engine("lexicon").compound("What a great day!")
    0.6588
    """
    make = available()[name]
    try:
        made: object = make()
    except SettingError:
        raise
    except Exception as error:
        raise SettingError(
            f"the sentiment engine {name} cannot be made ({type(error).__name__}: {error})"
        ) from error
    if lacking := [attribute for attribute in _NEEDED if not hasattr(made, attribute)]:
        raise SettingError(f"the sentiment engine {name} lacks {', '.join(lacking)}")
    found = cast("Engine", made)
    if found.name != name:
        raise SettingError(
            f"the sentiment engine {name} calls itself {found.name!r}; the names must agree"
        )
    if not fixes:
        return found
    fixed: Engine | None = getattr(found, "fixed", None)
    if fixed is None:
        raise SettingError(f"the sentiment engine {name} has no fixes; leave fixes out")
    return fixed


def label_of(used: Engine) -> str:
    """Return what is told of a score's origin: an engine's name and version.

    Examples
    --------
    >>> label_of(engine("lexicon"))
    'lexicon 3.3.2'
    """
    return f"{used.name} {used.version}"


def leave_out(text: str, compounds: Callable[[Sequence[str]], Iterable[float]]) -> list[Share]:
    """Return what each word has of a score, for engines that cannot tell: by leaving it out.

    A word's share is what the compound score loses without it. What is left of the score, because
    words count together, stands at the end as a share without a word.

    Parameters
    ----------
    text : str
        Beyond its first :data:`WORDS` words none has a share of its own.
    compounds : callable
        Returns the compound scores of texts.

    Examples
    --------
    >>> leave_out("so good", lambda texts: [0.5 if "good" in each else 0.0 for each in texts])
    [Share(start=3, end=7, value=0.5, plain=0.5)]
    """
    spans = [match.span() for match in islice(re.finditer(r"\S+", text), WORDS)]
    without = [text[:start] + text[end:] for start, end in spans]
    alone = [text[start:end] for start, end in spans]
    whole, *found = map(float, compounds([text, *without, *alone]))
    shares = [
        Share(*span, whole - rest, plain)
        for span, rest, plain in zip(spans, found, found[len(spans) :], strict=False)
        if whole != rest
    ]
    rest = whole - sum(share.value for share in shares)
    return [*shares, Share(0, 0, rest, 0.0)] if abs(rest) > 1e-9 else shares
