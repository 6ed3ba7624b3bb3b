"""What a query asks, in plain words."""

import pytest
from hypothesis import given, settings
from strategies import queries

from workbench.query import parse
from workbench.query.telling import tell


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("acme", "says “acme”"),
        ('"profit warning"', "says “profit warning”"),
        ('"a * b"', "says “a … b”"),
        ("bank*", "says a word that begins with “bank”"),
        ("w?rd", "says a word like “w?rd”"),
        ("(acme OR globex) NEAR/3 fare*",
         "says (“acme” or “globex”) near “fare…” (at most 3 words between)"),
        ("a NEAR/2f b", "says “a” followed closely by “b” (at most 2 words between)"),
        ("intitle:acme", "says “acme” in its headline"),
        ('regex:"ac.e"', "fits the pattern “ac.e”"),
        ("#Mars", "carries #mars"),
        ("$ba", "names $BA"),
        ("@ana", "mentions @ana"),
        ("ticker:acme", "names the listing ACME"),
        ("form:8-k", "is a filing of form 8-K"),
        ("from:ana.example", "is by @ana.example"),
        ("to:ana", "answers @ana"),
        ("list:board", "is by somebody on the list “board”"),
        ("lang:en", "is in English"),
        ("lang:gsw", "is in the language gsw"),
        ("domain:acme.com", "links to acme.com"),
        ("url:x/y", "has “x/y” in a link"),
        ("source:feeds", "comes from the source feeds"),
        ("tier:wire", "comes from a newswire"),
        ("kind:article", "is an article"),
        ("is:quote", "quotes another post"),
        ("is:verified", "is by a verified account"),
        ("has:image", "has a picture"),
        ("min_likes:1", "has at least 1 like"),
        ("min_replies:1", "has at least 1 reply"),
        ("min_reposts:2000", "has at least 2,000 reposts"),
        ("min_followers:10", "is by an account with at least 10 followers"),
        ("sentiment:positive", "reads positive"),
        ("sentiment:negative", "reads negative"),
        ("sentiment:<-0.3", "reads below −0.3 on a scale from −1 to 1"),
        ("within_time:2d", "is at most 2 days old"),
        ("within_time:90m", "is at most 90 minutes old"),
        ("since:2026-11-01", "was published since 1 Nov 2026, 01:00"),
        ("expires:2026-11-01T11:00:00Z", "counts until 1 Nov 2026, 12:00"),
        ("-crypto", "does not say “crypto”"),
        ("-has:link", "does not have a link"),
        ("-is:repost", "is not a repost"),
        ("-#a1", "does not carry #a1"),
        ("-since:2026-11-01", "was not published since 1 Nov 2026, 01:00"),
        ("-(a b)", "is nothing that says “a” and says “b”"),
        ("a OR is:reply", "says “a” or is a reply"),
    ],
)  # fmt: skip
def test_each_clause_has_words(query, told):
    assert tell(parse(query).tree, zone="Europe/Berlin") == told


@settings(max_examples=200)
@given(queries)
def test_every_query_can_be_told(query):
    assert tell(query.tree)
