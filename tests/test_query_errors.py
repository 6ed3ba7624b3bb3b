"""Each way in which a query can be wrong: where, and what is said."""

import pytest

from workbench.items import Item
from workbench.query import QueryError, parse

WRONG = [
    ("", 0, "the query is empty"),
    (" \n ", 0, "the query is empty"),
    ("a (b", 2, "never closed; add )"),
    ("a) b", 1, "this ) closes nothing"),
    ("a ()", 2, "hold nothing"),
    ('a "b', 2, "this quote is never closed"),
    ('from:"bob', 5, "this quote is never closed"),
    ("a OR", 2, "OR needs something after it"),
    ("a AND OR b", 2, "AND needs something after it"),
    ("(a OR) b", 3, "OR needs something after it"),
    ("OR a", 0, 'OR needs something before it; the word itself is written "or"'),
    ("a NOT", 2, "NOT needs something after it"),
    ("a - b", 2, "a negation stands right before"),
    ("a | b", 2, "write OR between words"),
    ("a & b", 2, "leave & out"),
    ("a 🚀", 2, "'🚀' holds no letters or digits"),
    ('a "!!"', 2, "'!!' holds no letters or digits"),
    ("a foo:bar", 2, "foo: is no operator: did you mean from?"),
    ("a minfaves:9", 2, "did you mean min_faves?"),
    ("zzz:bar", 0, "zzz: is no operator: known are after, before,"),
    ("тест:слово", 0, "тест: is no operator"),
    ("a https://x.com/b", 2, 'an address is searched by url:"https://x.com/b"'),
    ("from:", 0, "from: needs a value right behind it, such as from:nasa"),
    ("from: bob", 0, "from: needs a value"),
    ('lang:""', 0, "lang: needs a value"),
    ("a #", 2, "# needs a value right behind it, such as #mars"),
    ("from:(a OR b)", 5, "( cannot follow from:: it takes one value"),
    ("url:x/A_(b)", 8, "( cannot follow url:x/A_"),
    ("from:!!", 0, "a handle is compared exactly and holds no '!'"),
    ("#mars*", 0, "a hashtag is compared exactly and holds no '*'"),
    ('a regex:"b(c"', 12, "no regular expression: missing ) (close each parenthesis)"),
    ('a regex:"b(?<=c)d"', 10, "(?<= (lookarounds and back-references are left out"),
    ("regex:a[b", 7, "missing ]: [b (close the class)"),
    ('regex:"b+ *?)"', 12, "unexpected ) (leave it out"),
    ('regex:"a*(*b)"', 10, "no argument for repetition operator: *"),
    (r"regex:x\1", 7, "back-references are left out"),
    (r'regex:"é\k"', 8, r"invalid escape sequence: \k"),
    ("regex:((a{100}){100}){100}", 6, "( cannot follow regex:"),
    ('regex:"((a{100}){100}){100}"', 16, "at most 1000, those within each other multiplied"),
    ('regex:".{1000}x"', 13, "pattern too large (repeat less"),
    (f"regex:{'a' * 501}", 506, "the pattern has 501 characters; at most 500"),
    ('regex:" "', 0, "regex: needs a value right behind it"),
    ("expires:never", 0, "'never' is no date"),
    ("#mars,", 0, "a hashtag is compared exactly and holds no ','"),
    ("from:👍", 0, "'👍' holds no letters or digits, so it names no handle"),
    ("$2bn", 0, 'a cashtag begins with a letter; for the amount write "$2bn"'),
    ("lang:engl1sh-", 0, "is no language tag; write en or en-GB"),
    ("site:https://reuters.com", 0, "site: takes a host such as reuters.com"),
    ("intitle:w?rd", 0, "intitle: takes a word"),
    ("tier:wires", 0, "'wires' is no tier: did you mean wire?"),
    ("kind:tweet", 0, "'tweet' is no kind: known are article, filing"),
    ("a since:yesterday", 2, "'yesterday' is no date; write 2026-11-22"),
    ("since:2026-02-30", 0, "'2026-02-30' is no date"),
    ("since:2026-11", 0, "'2026-11' is no date"),
    ("since:2026-11-21T25:00Z", 0, "is no date"),
    ("after:9999-12-31", 0, "has no next day"),
    ("during:9999-12-31", 0, "has no next day"),
    ("after:9999-12-31T23:59:59.999999Z", 0, "nothing comes after"),
    ("during:2026-11-21T10:00Z", 0, "during: takes a date"),
    ("within_time:soon", 0, "'soon' is no span of time"),
    ("within_time:999999999w", 0, "longer than time can be counted"),
    ("min_likes:1k", 0, "min_likes: takes a whole number, such as min_likes:10"),
    ("min_faves:-1", 0, "min_faves: takes a whole number"),
    ("min_likes:٣", 0, "min_likes: takes a whole number"),
    ("sentiment:0.3", 0, "'0.3' is no sentiment; write positive"),
    ("sentiment:>2", 0, "'>2' is no sentiment"),
    ("sentiment:<nan", 0, "'<nan' is no sentiment"),
    ("has:pictures", 0, "has:pictures is not known: known are cashtag"),
    ("filter:replies", 0, "filter:replies is not known: write is:reply"),
    ("is:retweet", 0, "is:retweet is not known: write is:repost"),
    ("is:quotd", 0, "did you mean quote?"),
    ("*", 0, "* stands only at the end of a word"),
    ("ba*", 0, "after at least 3 letters"),
    ("state-of-a*", 0, "after at least 3 letters"),
    ("foo-*", 0, "* stands only at the end of a word"),
    ("b*nk", 0, "* stands only at the end of a word"),
    ("a?", 0, "? needs at least 2 letters"),
    ("a?b*", 0, "after at least 3 letters"),
    ("foo-?bar", 0, "? stands for one character of a single word"),
    ("東?京", 0, "scripts where each character is a word"),
    ('"* a"', 0, "not the first or last"),
    ('"a *"', 0, "not the first or last"),
    ('"*"', 0, "holds no letters"),
    ('"ba*k run"', 0, "in quotes, * is a whole word or the end of the last"),
    ('"bank* run"', 0, "in quotes, * is a whole word or the end of the last"),
    ('"a * b"~2', 0, '"a b"~N takes no *'),
    ('"acme"~2', 0, '"a b"~N takes 2 to 8 words; this holds 1'),
    ('"a b c d e f g h i"~2', 0, "this holds 9"),
    ('"a b"~', 5, "'~' is no distance"),
    ('"a b"~x', 5, "'~x' is no distance"),
    ('"a b"~10000', 5, "is no distance; write ~3, at most ~9999"),
    ('"a b" ~2', 6, "~N stands right after a phrase"),
    ("acme~2", 0, "~N stands right after a phrase"),
    ("a NEAR b", 2, "NEAR needs a distance"),
    ("a NEAR/x b", 2, "NEAR/x needs a distance"),
    ("a NEAR/3F b", 2, "NEAR/3F needs a distance"),
    ("a NEAR/2", 2, "NEAR/2 needs something after it"),
    ("NEAR/2 a", 0, "NEAR/2 needs something before it"),
    ("a NEAR/2 b NEAR/2 c", 11, "NEAR takes two operands"),
    ("a NEAR/2 -b", 2, "NEAR/2 needs something after it"),
    ("x -a NEAR/2 b", 2, "- and ! negate one word here; write -(a NEAR/3 b)"),
    ("(a b) NEAR/2 c", 0, "NEAR takes words, wildcards, phrases or ORs"),
    ('"a b"~1 NEAR/2 c', 0, "NEAR takes words, wildcards, phrases or ORs"),
    ("from:bob NEAR/2 c", 0, "NEAR takes words, wildcards, phrases or ORs"),
]


@pytest.mark.parametrize(("text", "position", "message"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_said_with_its_place(text, position, message):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.position == position
    assert caught.value.text.split() == text.split()


def test_the_caret_stands_under_the_place():
    with pytest.raises(QueryError) as caught:
        parse("acme\nsince:soon")
    *_, query, caret = str(caught.value).splitlines()
    assert query == "  acme since:soon"
    assert caret == "       ^"


def test_a_phrase_longer_than_any_sentence_is_refused():
    assert parse('"' + "a " * 200 + '"').matches(
        Item(source="s", id="1", published="2026-11-22", text="a " * 200)
    )
    with pytest.raises(QueryError, match="at most 200 words, this one 201"):
        parse('"' + "a " * 201 + '"')
