"""The words and emoji of :mod:`workbench.text.mending`, by what they say."""

from __future__ import annotations

from typing import Final

__all__ = ["COMMON", "EMOJIS", "NEUTRAL", "TAG_WORDS"]

NEUTRAL: Final = (
    *("no", "please", "kindly", "share", "shares", "united", "number", "numbers", "security"),
    *("energy", "increase", "increased", "increases", "want", "sincerely"),
)
"""Words that VADER counts and that say nothing of how somebody feels.

``no`` still turns the words after it.
"""

_FELT: Final = {
    3.0: "❤♥💕💖💗💘💝💞💓💟🧡💛💚💙💜😍🥰😘😻🤩🥳🫶",
    2.4: "😀😃😄😁😊☺😇😆🤗👏🙌🎉🎊🏆🥇💯🥂🍾😺😸💐",
    1.8: "😂🤣😹😎😋😌👍👌💪🤍🤎💋🌹🎂🎁🤝🍻🌟⭐",
    1.0: "🙂😉🙏✨🔥🚀✅🤞🌈🌞🌸🖤📈",
    -0.8: "😐😑😬😪🚨⚠🚩❌",
    -1.5: "😕😟😒🙄😤😱😨😰😥😓😷🤒🤕🤦🤥😭📉👿",
    -2.2: "😢😞😔🙁☹😣😖😫😩😿😾👎💩🤡",
    -3.0: "😠😡🤬🤢🤮💔🖕",
}
EMOJIS: Final = {sign: value for value, signs in _FELT.items() for sign in signs}
"""What emoji say; any other says nothing, or now this and now that."""

_TAG_WORDS: Final = (
    "not no so love hate worst best happy sad great good bad proud thank thanks boycott awful "
    "terrible amazing awesome epic fail fails failed sucks suck rocks win wins scam fraud "
    "disaster nightmare mess lies crisis shame disgrace joke"
)
TAG_WORDS: Final = frozenset(_TAG_WORDS.split())
"""Words by which a hashtag in small letters is known to be made of several."""

_COMMON: Final = (
    "day days ever life work job team service customer support company airline airlines bank "
    "brand product food people world news year week night morning time idea you this that "
    "them him her mom dad family friends home music movie game city school place price prices "
    "delivery epic big total huge what ready sure okay cool again today tomorrow happening "
    "working customerservice flight hotel store app update design deal deals"
)
COMMON: Final = frozenset(_COMMON.split())
"""Words that a hashtag may hold beside a telling one."""
