"""The phrases of :mod:`workbench.text.mending`: what stands for them when a text is scored."""

from __future__ import annotations

from typing import Final

__all__ = ["PHRASES"]

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

PHRASES: Final[tuple[tuple[str, str, str, float | None], ...]] = (
    (
        "no zero without",
        rf"(?:no|zero|without(?: an?| any)?) (?:real |major |big |more |further |serious )?{_BAD}",
        "no-problem",
        1.6,
    ),
    ("biggie sweat deal harm", r"no (?:big deal|biggie|sweat|harm done)", "no-problem", 1.6),
    (
        "doubt question",
        r"no doubt|no question|without (?:a |any )?doubt|beyond (?:a |any )?doubt",
        "surely",
        None,
    ),
    (
        "bad shabby",
        rf"{_NOT} (?:too |so |that |half |all that |at all )?(?:bad|shabby)",
        "not-bad",
        1.3,
    ),
    ("worst", rf"{_NOT} (?:the |my )?worst", "not-worst", 0.0),
    ("best", rf"{_NOT} (?:the |my |our |their )best", "not-best", -1.2),
    ("worse", r"could be worse", "not-bad", 1.3),
    ("better", r"could(?: have)? be(?:en)? better", "not-best", -1.2),
    ("complain", rf"{_CANT} (?:really )?complain", "no-problem", 1.6),
    ("wait", rf"(?:{_CANT}|can hardly) (?:hardly )?wait", "eager", 2.0),
    (
        "happier better prouder proud pleased grateful excited",
        rf"{_CANT} be (?:any )?(?:happier|better|prouder|more (?:proud|pleased|grateful|excited))",
        "best-possible",
        2.8,
    ),
    (
        "better happier",
        r"never (?:been |felt |looked )?(?:better|happier)|better than ever",
        "best-yet",
        2.4,
    ),
    (
        "wrong enough beat beats",
        rf"{_CANT} go wrong|{_CANT} get enough|{_CANT} beat|nothing beats",
        "unbeaten",
        2.2,
    ),
    ("beat second", r"hard to beat|second to none", "unbeaten", 2.2),
    ("enough", rf"{_CANT} (?:recommend|thank|praise)(?: \w+)? enough", "best-possible", 2.8),
    (
        "ask asked",
        rf"{_CANT} (?:have )?ask(?:ed)? for (?:any(?:thing)? )?(?:more|better|a better)",
        "best-possible",
        2.8,
    ),
    (
        "better",
        r"(?:doesn't|doesnt|does not) get (?:any |much )?better(?: than (?:this|that))?",
        "best-possible",
        2.8,
    ),
    ("fault", rf"{_CANT} (?:really )?fault", "no-problem", 1.6),
    (
        "down",
        (
            r"never (?:once )?lets? (?:me|us|you|anyone) down|(?:hasn't|haven't|has not|have not) "
            r"let (?:me|us|you|anyone) down"
        ),
        "reliably",
        2.0,
    ),
    (
        "down",
        r"lets? (?:me|us|you|everyone|customers) down",
        "unreliably",
        -1.9,
    ),
    ("fails failed", r"never (?:fails|failed) to", "always", None),
    (
        "had have",
        (
            r"(?:never (?:had|have)|(?:haven't|hasn't|have not|has not|not|didn't|did not) "
            r"(?:had|have))"
            rf" (?:an? |any |one |a single )?(?:single |real |major |big |more |further )?{_BAD}"
        ),
        "no-problem",
        1.6,
    ),
    ("worry", r"(?:don't|dont|do not|no need to|needn't|not to) worry", "no-worry", 1.0),
    ("nothing", r"nothing (?:to (?:worry|complain) about|wrong|bad)", "not-bad", 1.3),
    ("nothing", r"nothing (?:but|short of)", "purely-so", None),
    ("nobody noone one", r"nobody|no ?one|no-one", "none", None),
    (
        "only just merely mention",
        r"not (?:only|just|merely|to mention)",
        "also",
        None,
    ),
    ("least", r"last but not least", "finally", None),
    ("matter wonder", r"no (?:matter|wonder)", "whatever-so", None),
    (
        "thanks thank",
        (
            r"thanks? (?:you )?(?:a lot |so much )?for (?:nothing|ruining|wasting|losing|breaking"
            r"|ignoring|messing|screwing|cancell?ing|destroying|charging)"
        ),
        "no-thanks",
        -2.5,
    ),
    ("well", r"as well", "also", None),
    (
        "like",
        r"(?:looks?|feels?|sounds?|seems?|something|just|such|more) like",
        "as-it-were",
        None,
    ),
    (
        "like",
        r"like(?= (?:an?|the|this|that|these|those|it|its|every|when|if) )",
        "as-it-were",
        None,
    ),
    ("like", r"(?:would|i'd|we'd) like", "wish-for", None),
    (
        "pretty",
        rf"pretty(?= (?:{_KINDS}))",
        "quite",
        None,
    ),
    ("rate rates", r"interest rates?", "interest-rate", None),
    (
        "gross",
        r"gross (?:profits?|margins?|income|revenues?|domestic|sales)",
        "gross-sum",
        None,
    ),
    ("crude", r"crude (?:oil|prices?|futures|exports?)", "crude-oil", None),
    (
        "far anything hardly barely scarcely call",
        (
            r"far from|anything but|(?:hardly|barely|scarcely)(?! work| any)"
            r"|(?:not|isn't|isnt|wasn't) what i(?:'d| would)? call"
        ),
        "not",
        None,
    ),
    (
        "less",
        (
            r"(?:much |far )?less than(?= (?:impress|happ|satisf|ideal|perfect|stellar|thrill|pleas"
            r"|great|good|help|honest|friendl|clean|welcom|polite|reliab))"
        ),
        "not",
        None,
    ),
    (
        "used",
        r"used to(?= (?:be|love|like|enjoy|trust|recommend)\b)",
        "not",
        None,
    ),
    (
        "wish only",
        r"(?:i wish|if only) (?:it|this|that|they|you|there|the \w+)(?= (?:was|were|had|would)\b)",
        "not",
        None,
    ),
    ("called", r"so[- ]called", "not", None),
    ("true", r"too good to be true", "doubtful", -1.5),
    ("wanted", r"wanted to (?:like|love) (?:it|this|them|you)", "regretted", -1.3),
    (
        "again never won't",
        r"never\W{1,3}again|(?:never|won't be) (?:buying|shopping|flying|ordering|staying|using)",
        "no-more",
        -1.9,
    ),
    ("longer", r"no longer(?! work| than)", "not", None),
    ("even", r"not even close to", "not", None),
    (
        "expected better",
        (
            r"expected (?:so much |much |a lot )?(?:better|more)"
            r"|(?:could|can|should|must) (?:do|be) (?:a lot|so much|much|way) better|can do better"
        ),
        "not-best",
        -1.2,
    ),
    ("stop", rf"{_CANT} stop (?:smiling|laughing|watching|listening|playing)", "eager", 2.0),
    (
        "rock bomb",
        r"(?:you|you guys|they) (?:guys )?rock|(?:you're|you are|they're) the bomb",
        "well-done",
        2.2,
    ),
    ("thumbs stars hats", r"thumbs[- ]up|(?:five|5) stars?|hats off", "well-done", 2.2),
    ("thumbs star", r"thumbs[- ]down|(?:one|1|zero|0) stars?", "ill-done", -2.0),
    (
        "again back",
        r"(?:will|would|definitely) (?:buy|order|book|come|be) (?:again|back)",
        "well-liked",
        1.6,
    ),
    (
        "arrived came showed answered replied forever hold hour hours",
        (
            r"never (?:arrived|came|showed up|answered|replied)|(?:took|takes|taking) forever"
            r"|hours? on hold"
        ),
        "delayed",
        -1.3,
    ),
    ("what", r"not what (?:i|we) (?:ordered|expected|paid for|wanted)", "regretted", -1.3),
    (
        "too",
        r"(?:way|far) too (?:slow|expensive|long|late|loud|small|complicated)|too expensive",
        "flawed",
        -1.6,
    ),
    ("property luggage found", r"lost (?:property|and found)", "found-things", None),
    (
        "work works working worked",
        (
            r"if only it worked|nothing works|(?:doesn't|doesnt|does not|didn't|didnt|won't|wont"
            r"|never|barely|hardly|stopped|no longer) works?(?:ing)?"
            r"|(?:isn't|isnt|aren't|is not|are not|was not|still not) working"
        ),
        "not-working",
        -1.6,
    ),
    (
        "waste wasted",
        (
            r"(?:don't|dont|do not|never) waste (?:your|my|any|the)? ?(?:time|money)"
            r"|wasted? (?:of )?(?:my |your )?(?:time|money)"
        ),
        "wasteful",
        -2.0,
    ),
    ("joke", r"(?:what|such|is|are|was) a (?:complete |total |bad )?joke", "laughable", -1.9),
    ("rip ripped ripoff rippedoff", r"rip(?:ped)?[- ]?off", "overcharged", -2.0),
    (
        "buy bother",
        r"(?:don't|dont|do not|never) (?:buy (?:this|it|from|one|anything)|bother)",
        "avoided",
        -1.8,
    ),
    (
        "back refund",
        (
            r"want (?:my|our) money back|(?:want|demand|need|still no|no|where is my|where's my)"
            r" (?:a )?refund|refund me"
        ),
        "paid-back",
        -1.5,
    ),
    (
        "still",
        (
            r"still (?:waiting|no (?:reply|answer|response|news|word|sign)|not (?:fixed|solved|here"
            r"|arrived|resolved|received|delivered))"
        ),
        "delayed",
        -1.3,
    ),
    (
        "hours weeks months",
        r"(?:waiting|waited|wait|on hold)(?: \w+){0,3} (?:hours|weeks|months)",
        "delayed",
        -1.3,
    ),
    ("done", r"(?:i'm|im|i am|we're|we are)(?: so)? done with", "parted", -1.4),
    (
        "overpriced buggy laggy glitchy unusable unresponsive clunky",
        r"overpriced|buggy|laggy|glitchy|unusable|unresponsive|clunky",
        "flawed",
        -1.6,
    ),
    ("job", r"(?:you|they) (?:only )?had one job", "botched", -1.5),
    ("late", r"late again", "delayed", -1.3),
    (
        "log sign",
        rf"{_CANT} (?:even )?(?:log|sign) in|(?:unable|not able) to (?:log|sign) in",
        "locked-out",
        -1.3,
    ),
    (
        "help reply response answer apology explanation communication",
        (
            r"(?:no|zero) (?:help|reply|response|answer|apology|explanation|communication)"
            r"(?! needed| required| necessary)"
        ),
        "left-alone",
        -1.6,
    ),
    (
        "support",
        (
            r"(?:from|customer|tech|technical|contacted|contact|called|call|the|their) support"
            r"(?: team| line| desk| staff)?"
        ),
        "help-desk",
        None,
    ),
    (
        "killed killing kills nailed nailing crushed crushing smashed smashing",
        r"(?:killed|killing|kills|nailed|nailing|crushed|crushing|smashed|smashing) it",
        "well-done",
        2.2,
    ),
    ("hell", r"hell (?:yeah|yes|yea)", "gladly", 2.0),
    (
        (
            "scary insanely crazy wicked stupid stupidly dead damn ridiculously awfully terribly "
            "freaking"
        ),
        (
            r"(?:scary|insanely|crazy|wicked|stupidly|stupid|dead|damn|ridiculously|awfully|terribly"
            r"|freaking)(?= (?:good|great|nice|easy|fast|cool|cheap|happy|fun|helpful|simple|quick"
            r"|amazing|awesome|comfortable|funny|cute|excited|proud|beautiful|well|tasty)\b)"
        ),
        "very",
        None,
    ),
    (
        "fire",
        r"fire (?:drill|department|station|alarm|brigade|fighter|escape|exit|service|tv|stick)s?",
        "fire-drill",
        None,
    ),
    (
        "war wars",
        r"(?:star|world|civil|cold) wars?|war (?:museum|memorial|film|movie|room|office)s?",
        "past-war",
        None,
    ),
    (
        "cancer",
        r"cancer (?:research|cent(?:er|re)|charity|trust|care|screening|society|council)",
        "cancer-care",
        None,
    ),
    (
        "best super superbowl gas",
        r"best (?:buy|western)|super ?bowl|natural gas",
        "by-name",
        None,
    ),
    (
        "regards truly faithfully sincerely dear",
        (
            r"(?:kind|best|warm|warmest) regards|yours (?:truly|faithfully|sincerely)"
            r"|dear (?:sir|madam|mr|mrs|ms|customer|team|all|friends?)"
        ),
        "by-letter",
        None,
    ),
    (
        "party parties",
        (
            r"(?:labour|labor|conservative|republican|democratic|political|third|ruling|green) "
            r"part(?:y|ies)"
        ),
        "by-name",
        None,
    ),
    ("vice", r"vice (?:president\w*|chair\w*)", "vice-president", None),
    (
        "credit trust",
        r"credit (?:cards?|ratings?|unions?|suisse)|trust funds?",
        "credit-card",
        None,
    ),
)
"""Words of which a text must hold one, a pattern, the word in the phrase's place, its worth.

Capitals do not count. A word without a worth has what VADER gives it, if anything.
"""
