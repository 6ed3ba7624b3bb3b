"""The words, phrases and emoji of :mod:`workbench.text.mending`, by what they say."""

from __future__ import annotations

from typing import Final

__all__ = ["COMMON", "EMOJIS", "NEUTRAL", "PHRASES", "TAG_WORDS"]

_BAD: Final = (
    "(?:problem|prob|issue|complaint|concern|worry|worrie|trouble|hassle|hitch|hitche|glitch"
    "|glitche|fuss|drama|delay|error|bug|regret|downside)s?"
)
_NOT: Final = "(?:not|isn't|isnt|wasn't|wasnt|aren't|weren't|ain't)"
_CANT: Final = "(?:can't|cant|cannot|can not|couldn't|couldnt|could not)"

_KINDS: Final = (
    r"bad|awful|terrible|poor|sad|weak|ugly|rough|tough|good|great|nice|cool|amazing|awesome"
    r"|impressive|much|sure|close|hard|easy|clear|solid|strong|disappoint\w+|annoy\w+"
)

PHRASES: Final[tuple[tuple[tuple[str, ...], str, str, float | None], ...]] = (
    (
        ("no ", "zero ", "without "),
        rf"(?:no|zero|without(?: an?| any)?) (?:real |major |big |more |further |serious )?{_BAD}",
        "no-problem",
        1.6,
    ),
    (("no ",), r"no (?:big deal|biggie|sweat|harm done)", "no-problem", 1.6),
    (
        ("no doubt", "no question", "out doubt", "a doubt", "y doubt"),
        r"no doubt|no question|without (?:a |any )?doubt|beyond (?:a |any )?doubt",
        "surely",
        None,
    ),
    (
        ("bad", "shabby"),
        rf"{_NOT} (?:too |so |that |half |all that |at all )?(?:bad|shabby)",
        "not-bad",
        1.3,
    ),
    (("worst",), rf"{_NOT} (?:the |my )?worst", "not-worst", 0.0),
    ((" best",), rf"{_NOT} (?:the |my |our |their )best", "not-best", -1.2),
    (("could be worse",), r"could be worse", "not-bad", 1.3),
    ((" better",), r"could(?: have)? be(?:en)? better", "not-best", -1.2),
    (("complain",), rf"{_CANT} (?:really )?complain", "no-problem", 1.6),
    ((" wait",), rf"{_CANT} (?:hardly )?wait", "eager", 2.0),
    (
        (" be ",),
        rf"{_CANT} be (?:any )?(?:happier|better|prouder|more (?:proud|pleased|grateful|excited))",
        "best-possible",
        2.8,
    ),
    (
        ("never ", "than ever"),
        r"never (?:been |felt |looked )?(?:better|happier)|better than ever",
        "best-yet",
        2.4,
    ),
    (
        ("go wrong", "get enough", " beat", "nothing beats"),
        rf"{_CANT} go wrong|{_CANT} get enough|{_CANT} beat|nothing beats",
        "unbeaten",
        2.2,
    ),
    (("hard to beat", "second to none"), r"hard to beat|second to none", "unbeaten", 2.2),
    (("enough",), rf"{_CANT} (?:recommend|thank|praise)(?: \w+)? enough", "best-possible", 2.8),
    (("nothing ",), r"nothing (?:to (?:worry|complain) about|wrong|bad)", "not-bad", 1.3),
    (("nothing ",), r"nothing (?:but|short of)", "purely-so", None),
    (("nobody", "no one", "noone", "no-one"), r"nobody|no ?one|no-one", "none", None),
    (
        ("not only", "not just", "not merely", "not to"),
        r"not (?:only|just|merely|to mention)",
        "also",
        None,
    ),
    (("last but",), r"last but not least", "finally", None),
    (("no matter", "no wonder"), r"no (?:matter|wonder)", "whatever-so", None),
    (("for nothing",), r"thanks? (?:you )?(?:a lot )?for nothing", "no-thanks", -2.5),
    (("as well",), r"as well", "also", None),
    (
        (" like",),
        r"(?:looks?|feels?|sounds?|seems?|something|just|such|more) like",
        "as-it-were",
        None,
    ),
    (
        ("like ",),
        r"like(?= (?:an?|the|this|that|these|those|it|its|every|when|if) )",
        "as-it-were",
        None,
    ),
    ((" like",), r"(?:would|i'd|we'd) like", "wish-for", None),
    (
        ("pretty ",),
        rf"pretty(?= (?:{_KINDS}))",
        "quite",
        None,
    ),
    (("interest rate",), r"interest rates?", "interest-rate", None),
    (
        ("gross ",),
        r"gross (?:profits?|margins?|income|revenues?|domestic|sales)",
        "gross-sum",
        None,
    ),
    (("crude ",), r"crude (?:oil|prices?|futures|exports?)", "crude-oil", None),
    (("vice ",), r"vice (?:president\w*|chair\w*)", "vice-president", None),
    (
        ("credit ", "trust fund"),
        r"credit (?:cards?|ratings?|unions?|suisse)|trust funds?",
        "credit-card",
        None,
    ),
)
"""What a text must hold, a pattern, the word in the phrase's place, and what that is worth.

Capitals do not count. A word without a worth has what VADER gives it, if anything.
"""

NEUTRAL: Final = ("no", "please", "kindly", "share", "shares", "united")
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
