"""Campaigns: many near-identical posts from few accounts, or from accounts that nobody knew."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from workbench.tokens import tokenize

__all__ = ["Campaign", "Said", "alike", "campaigns"]

_LINK: Final = re.compile(r"\w+://\S+|@[\w.@-]+")
_ALIKE: Final = 0.7
_SHORTEST: Final = 4  # tokens; shorter posts say the same by chance: "what a day"
_FEWEST: Final = 5
_REPEATED: Final = 3
_CHANCE: Final = 0.001


class Said(NamedTuple):
    """A post: any key, the account, and the text."""

    key: int
    author: str
    text: str


class Campaign(NamedTuple):
    """Posts that somebody had put about.

    Attributes
    ----------
    keys : tuple of int
        The posts, in the order given.
    authors : tuple of str
        Each account once, the most active first.
    is_fresh : bool
        Its accounts are new rather than few.
    """

    keys: tuple[int, ...]
    authors: tuple[str, ...]
    is_fresh: bool


def campaigns(
    posts: Sequence[Said],
    *,
    known: Callable[[Collection[str]], Collection[str]],
    minimum: int = _FEWEST,
) -> list[Campaign]:
    """Return the campaigns among posts, the largest first.

    Posts that are near-identical (:func:`alike`) are a campaign if there are at least `minimum`
    of them and

    - few accounts write them: three each on average, or more; or
    - their accounts are fresh: so many of at least three were never heard before that chance,
      going by the accounts of the other posts, would bring it about once in a thousand times.

    A sentence that many established accounts pass on is none: that is how news travels. Reposts
    say that they are reposts and should not be among the posts.

    Parameters
    ----------
    posts : sequence of Said
    known : callable
        Given accounts, returns those that were heard before. Asked only where it decides.
    minimum : int

    Examples
    --------
    >>> texts = ["Win free tickets today, click here", "Win FREE tickets today: click here!!"]
    >>> posts = [Said(n, f"bot{n % 2}", texts[n % 2]) for n in range(6)]
    >>> campaigns(posts, known=lambda authors: authors)
    [Campaign(keys=(0, 1, 2, 3, 4, 5), authors=('bot0', 'bot1'), is_fresh=False)]
    """
    found = []
    for group in alike([post.text for post in posts]):
        if len(group) < minimum:
            continue
        by_author = Counter(posts[place].author for place in group)
        authors = [author for author, _ in by_author.most_common()]
        is_few = len(group) >= _REPEATED * len(authors)
        if is_few or _is_fresh(authors, {post.author for post in posts}, known):
            keys = tuple(posts[place].key for place in group)
            found.append(Campaign(keys, tuple(authors), is_fresh=not is_few))
    return sorted(found, key=lambda campaign: -len(campaign.keys))


def _is_fresh(
    authors: Sequence[str], everybody: set[str], known: Callable[[Collection[str]], Collection[str]]
) -> bool:
    """Return whether more of the authors are new than chance would bring together."""
    if len(authors) < 3:
        return False
    fresh = len(authors) - len(set(known(authors)) & set(authors))
    if fresh < 3:
        return False
    others = sorted(everybody - set(authors))[:200]
    strangers = len(others) - len(set(known(others)) & set(others))
    share = (strangers + 1) / (len(others) + 2)
    ways = range(fresh, len(authors) + 1)
    size = len(authors)
    chance = sum(math.comb(size, k) * share**k * (1 - share) ** (size - k) for k in ways)
    return chance <= _CHANCE


def alike(texts: Sequence[str]) -> list[list[int]]:
    """Return which texts say nearly the same: groups of two or more places, ascending.

    A text joins the group whose first text shares at least 0.7 of both texts' tokens (Jaccard),
    links, mentions and numbers aside; of several the one that is most alike. Texts of fewer than
    four tokens are left out.

    Examples
    --------
    >>> alike(["Fuel is short at Amery", "no", "Fuel is short at Amery, again", "All is well here"])
    [[0, 2]]
    """
    sets = [_tokens(text) for text in texts]
    often = Counter(token for tokens in sets for token in tokens)
    groups: list[list[int]] = []
    firsts: dict[str, list[int]] = {}
    for place, tokens in enumerate(sets):
        if len(tokens) < _SHORTEST:
            continue
        # Two sets that are so much alike share one of the rarest tokens of each: only groups
        # whose first text has one of these in common are compared.
        rare = sorted(tokens, key=lambda token: (often[token], token))
        rare = rare[: len(rare) - math.ceil(_ALIKE * len(rare)) + 1]
        best, most = -1, _ALIKE
        for number in dict.fromkeys(n for token in rare for n in firsts.get(token, ())):
            other = sets[groups[number][0]]
            shared = len(tokens & other)
            likeness = shared / (len(tokens) + len(other) - shared)
            if likeness > most or (likeness == most and best < 0):
                best, most = number, likeness
        if best >= 0:
            groups[best].append(place)
            continue
        for token in rare:
            firsts.setdefault(token, []).append(len(groups))
        groups.append([place])
    return [group for group in groups if len(group) > 1]


def _tokens(text: str) -> frozenset[str]:
    return frozenset(token for token in tokenize(_LINK.sub(" ", text)) if not token.isdigit())
