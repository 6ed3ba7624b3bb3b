"""A tree with some of its leaves decided beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.query.tree import And, Node, Not, Or

__all__ = ["Decide", "resolve"]

Decide = Callable[[Node, bool], bool | None]
"""Takes a leaf and whether the whole shall rather match too much than too little; None is open."""


def resolve(node: Node, decide: Decide, *, upper: bool = True) -> Node | bool:
    """Return what is left of a tree once some leaves are decided.

    Parameters
    ----------
    node : Node
    decide : callable
        Says of a leaf whether it holds, or None to leave it as it is.
    upper : bool
        What `decide` is told; below a negation it is told the contrary.

    Returns
    -------
    Node or bool
        A bool if what was decided decides all.

    Examples
    --------
    >>> from workbench.query.tree import And, Lang, Not, Phrase
    >>> node = And((Phrase(("acme",)), Not(Lang("en"))))
    >>> resolve(node, lambda leaf, _upper: False if isinstance(leaf, Lang) else None)
    Phrase(tokens=('acme',), prefix=False)
    """
    match node:
        case Not(part):
            inner = resolve(part, decide, upper=not upper)
            if isinstance(inner, bool):
                return not inner
            return inner.part if isinstance(inner, Not) else Not(inner)
        case And(parts):
            return _join(And, [resolve(part, decide, upper=upper) for part in parts], neutral=True)
        case Or(parts):
            return _join(Or, [resolve(part, decide, upper=upper) for part in parts], neutral=False)
    decided = decide(node, upper)
    return node if decided is None else decided


def _join(kind: type[And | Or], parts: Sequence[Node | bool], *, neutral: bool) -> Node | bool:
    if any(part is (not neutral) for part in parts):
        return not neutral
    left: list[Node] = []
    for part in parts:
        if not isinstance(part, bool):
            left.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(left)) if len(left) > 1 else left[0] if left else neutral
