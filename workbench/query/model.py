"""The query: a tree with its text, and whether an item matches it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NoReturn

from workbench import clock
from workbench.errors import QueryError
from workbench.items import Item
from workbench.query.match import People, Test, compile_tree, document
from workbench.query.reasons import Reason, reasons
from workbench.query.tree import Expires, InList, Key, Node, Within, leaves
from workbench.query.values import nearest
from workbench.tokens import fold

__all__ = ["Query"]


class Query:
    """A query that was read: immutable, and equal to any other with the same tree.

    Made by :func:`workbench.query.parse`. ``str()`` gives the canonical form, which parses to
    an equal tree whatever the zone.

    Attributes
    ----------
    tree : Node
        See :mod:`workbench.query.tree`.
    text : str
        The query as typed.
    """

    __slots__ = ("_canonical", "_lists", "_people", "_test", "_timed", "text", "tree")

    tree: Node
    text: str
    _canonical: str
    _lists: tuple[str, ...]
    _people: dict[str, tuple[Collection[str], frozenset[str]]]
    _test: Test
    _timed: bool

    def __init__(self, node: Node, text: str, canonical: str) -> None:
        below = tuple(leaves(node))
        put = object.__setattr__
        put(self, "tree", node)
        put(self, "text", text)
        put(self, "_canonical", canonical)
        put(self, "_test", compile_tree(node))
        put(self, "_timed", any(isinstance(leaf, Within | Expires) for leaf in below))
        names = (_list_of(leaf) for leaf in below)
        put(self, "_lists", tuple(dict.fromkeys(filter(None, names))))
        put(self, "_people", {})

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Query cannot be changed; parse another instead of setting {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Query cannot be changed; {name} stays")

    def __str__(self) -> str:
        return self._canonical

    def __repr__(self) -> str:
        return f"parse({self._canonical!r})"

    def __eq__(self, other: object) -> bool:
        return self.tree == other.tree if isinstance(other, Query) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.tree)

    def __reduce__(self) -> tuple[type[Query], tuple[Node, str, str]]:
        return Query, (self.tree, self.text, self._canonical)

    def matches(
        self,
        item: Item,
        *,
        now: datetime | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> bool:
        """Return whether an item matches.

        Parameters
        ----------
        item : Item
        now : datetime, optional
            From when ``within_time:`` counts back, and by when ``expires:`` may have run out;
            the present moment unless given.
        lists : mapping of str to collection of str, optional
            Handles by the name of their people list, for ``list:``; keys of items by the name of
            theirs, for ``id:``.

        Raises
        ------
        QueryError
            If the query names a list that is not among `lists`.

        Examples
        --------
        >>> from workbench.query import parse
        >>> item = Item(source="feeds", id="1", text="Acme buys", published="2026-11-22")
        >>> parse("acme -globex").matches(item)
        True
        """
        people = self._find(lists) if self._lists else {}
        if now is None:
            now = clock.now() if self._timed else clock.EPOCH
        return self._test(document(item), now, people)

    def bind(self, lists: Mapping[str, Collection[str]]) -> tuple[Test, People]:
        """Return the test of this query, and the lists that it is to be given, as they are now.

        Raises
        ------
        QueryError
            If the query names a list that is not among `lists`.
        """
        return self._test, self._find(lists) if self._lists else {}

    def reasons(
        self,
        item: Item,
        *,
        now: datetime | None = None,
        lists: Mapping[str, Collection[str]] | None = None,
    ) -> list[Reason]:
        """Return the clauses by which an item matches, and where in its words they stand.

        Parameters
        ----------
        item : Item
        now, lists
            As :meth:`matches` takes them.

        Returns
        -------
        list of Reason
            In the query's order; at least one if the item matches, [] if it does not.

        Raises
        ------
        QueryError
            If the query names a list that is not among `lists`.

        Examples
        --------
        >>> from workbench.query import parse
        >>> item = Item(source="feeds", id="1", text="Acme buys", published="2026-11-22")
        >>> parse("(acme OR globex) -crypto").reasons(item)
        [Reason(node=Phrase(tokens=('acme',), prefix=False), title=(), text=((0, 4),))]
        """
        now = now or clock.now()
        if not self.matches(item, now=now, lists=lists):
            return []
        return reasons(self.tree, item, now, self._find(lists) if self._lists else {})

    def _find(self, lists: Mapping[str, Collection[str]] | None) -> dict[str, frozenset[str]]:
        """Return the handles of each list that the query names, folded."""
        known = {fold(name): handles for name, handles in (lists or {}).items()}
        found = {}
        for each in self._lists:
            name = each.removeprefix("id:")
            if name not in known:
                place = re.search(rf'(?i)(list|id):"?\s*{re.escape(name)}', self.text)
                kind = "people list" if name == each else "list of items"
                raise QueryError(
                    f"there is no {kind} {name!r}: "
                    + (nearest(name, known) if known else "none is known here"),
                    text=self.text,
                    position=place.start() if place else 0,
                )
            handles = known[name]
            kept = self._people.get(each)
            if kept is None or kept[0] is not handles or not isinstance(handles, tuple):
                if name == each:
                    handles_or_keys = frozenset(fold(one).removeprefix("@") for one in handles)
                else:
                    handles_or_keys = frozenset(handles)  # to the letter
                kept = self._people[each] = handles, handles_or_keys
            found[each] = kept[1]
        return found


def _list_of(leaf: Node) -> str:
    """Return the list that a leaf names, that of items with ``id:`` before it; "" if none."""
    match leaf:
        case InList(name):
            return name
        case Key(name) if leaf.is_list:
            return f"id:{name}"
        case _:
            return ""
