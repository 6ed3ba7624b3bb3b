"""Filters and mutes of deck files: the query that each makes, and what is refused."""

import pytest

from workbench import decks
from workbench.decks import check_columns
from workbench.errors import DeckError
from workbench.query import parse

HEAD = """title: T
zone: Europe/Berlin
lists: {voices: [ana.example, bob]}
"""


def load(folder, text, head=HEAD):
    path = folder / "ceo.yaml"
    path.write_text(head + text)
    return decks.load(path)


def column(folder, settings, head=HEAD):
    text = f"columns:\n  - {{type: search, title: A, query: acme, {settings}}}\n"
    return load(folder, text, head).columns[0]


def refused(folder, settings):
    with pytest.raises(DeckError) as caught:
        column(folder, settings)
    return caught.value


@pytest.mark.parametrize(
    ("filters", "made"),
    [
        ("match: fares", "fares"),
        ("match: Fares delay", "fares delay"),
        ("match: 'fares OR delay'", "(fares OR delay)"),
        ("match: [fares, late train, 'a OR b']", "(fares OR (late train) OR (a OR b))"),
        ("exclude: [jobs, hiring now, '#Ad', 'a OR b']", "-jobs -(hiring now) -#ad -(a OR b)"),
        ("exclude: 'a NEAR/2 b'", "-(a NEAR/2 b)"),
        (r"regex: '\bQ[1-4]\b'", r'regex:"\bQ[1-4]\b"'),
        ("""regex: ['say "now"', b]""", r'(regex:"say \x{22}now\x{22}" OR regex:"b")'),
        ("media: any", "has:media"),
        ("media: [image, video]", "(has:image OR has:video)"),
        ("media: [link, poll]", "(has:link OR has:poll)"),
        ("lang: en-GB", "lang:en-gb"),
        ("lang: [en, no]", "(lang:en OR lang:no)"),
        ("since: 2026-11-01", "since:2026-10-31T23:00:00Z"),
        ("since: 2026-11-01T09:30", "since:2026-11-01T08:30:00Z"),
        ("since: 2026-11-01 09:30:00", "since:2026-11-01T08:30:00Z"),
        ("until: 2026-11-01T09:30:00-05:00", "until:2026-11-01T14:30:00Z"),
        ("until: 2026-11-01T09:30:00Z", "until:2026-11-01T09:30:00Z"),
        ("since: 14d", "within_time:2w"),
        ("since: 2026-11-01, until: 2026-11-02",
         "since:2026-10-31T23:00:00Z until:2026-11-01T23:00:00Z"),
        ("author: verified", "is:verified"),
        ("author: '@Ana.Example'", "from:ana.example"),
        ("author: bob@fosstodon.org", "from:bob@fosstodon.org"),
        ("author: list:Voices", "list:voices"),
        ("author: [list:voices, verified, carla]", "(list:voices OR is:verified OR from:carla)"),
        ("followers: {at_least: 1000}", "min_followers:1000"),
        ("followers: {at_most: 5000}", "min_followers:0 -min_followers:5001"),
        ("mentioning: ['@acme', globex.example]", "(mentions:acme OR mentions:globex.example)"),
        ("likes: {at_least: 5, at_most: 9}", "min_likes:5 -min_likes:10"),
        ("reposts: {at_most: 0}", "min_reposts:0 -min_reposts:1"),
        ("replies: {at_least: 1}", "min_replies:1"),
        ("is_repost: exclude", "-is:repost"),
        ("is_reply: only", "is:reply"),
        ("is_quote: exclude", "-is:quote"),
        ("source: [bluesky, feeds]", "(source:bluesky OR source:feeds)"),
        ("tier: wire", "tier:wire"),
        ("kind: [article, release]", "(kind:article OR kind:release)"),
        ("sentiment: negative", "sentiment:negative"),
        ("sentiment: [negative, positive]", "(sentiment:negative OR sentiment:positive)"),
        ("sentiment: <-0.3", "sentiment:<-0.3"),
        ("sentiment: {at_least: -0.5, at_most: 0}", "sentiment:>=-0.5 sentiment:<=0.0"),
        ("sensitive: excluded", "-is:sensitive"),
    ],
)  # fmt: skip
def test_a_filter_is_part_of_the_query(tmp_path, filters, made):
    found = column(tmp_path, f"filters: {{{filters}}}")
    assert found.text == f"acme {made}"
    assert found.query == parse(f"acme {made}")
    assert found.asks


@pytest.mark.parametrize(
    "filters",
    ["", "author: all", "is_repost: include", "sensitive: folded", "sensitive: shown"],
)
def test_a_filter_that_leaves_all_changes_no_query(tmp_path, filters):
    found = column(tmp_path, f"filters: {{{filters}}}")
    assert found.text == "acme"
    assert found.sensitive == ("shown" if "shown" in filters else "folded")


def test_every_filter_has_a_case_here():
    marks = test_a_filter_is_part_of_the_query.pytestmark
    tried = {case[0].partition(":")[0] for case in marks[0].args[1]}
    assert tried == set(decks.FILTERS)


@pytest.mark.parametrize(
    ("settings", "key", "told"),
    [
        ("filters: {retweets: exclude}", "filters.retweets", "Allowed here: match, exclude, regex"),
        ("filters: {language: en}", "filters.language", "unknown key"),
        ("filters: {autor: bob}", "filters.autor", "did you mean author?"),
        ("filters: none", "filters", "is text; it needs keys (match, exclude,"),
        ("filters: {match: '('}", "filters.match", "never closed"),
        ("filters: {match: [a, 'b OR']}", "filters.match[2]", "OR needs something after it"),
        ("filters: {match: 'list:nobody'}", "filters.match", "no people list 'nobody'"),
        ("filters: {exclude: -jobs}", "filters.exclude", "left out by itself"),
        ("filters: {regex: 'a(b'}", "filters.regex", "missing )"),
        (r"filters: {regex: '\Q\"\E'}", "filters.regex", "there can be no quote"),
        ("filters: {media: pictures}", "filters.media", "not one of any, image, video, poll, link"),
        ("filters: {lang: English!}", "filters.lang", "is no language tag"),
        ("filters: {since: yesterday}", "filters.since", "is no date"),
        ("filters: {until: 7d}", "filters.until", "is no date"),
        ("filters: {since: '2026\"'}", "filters.since", "holds a quote"),
        ("filters: {since: 2026-11-02, until: 2026-11-01}", "filters.until", "later than since"),
        ("filters: {since: 2026-11-01, until: 2026-11-01}", "filters.until", "later than since"),
        ("filters: {author: list:nobody}", "filters.author", "no people list 'nobody'"),
        ("filters: {author: voices}", "filters.author", "write list:voices"),
        ("filters: {author: a b}", "filters.author", "'a b' is no account"),
        ("filters: {mentioning: '@'}", "filters.mentioning", "is no account"),
        ("filters: {followers: 1000}", "filters.followers", "it needs keys (at_least, at_most)"),
        ("filters: {followers: {}}", "filters.followers", "write at_least: or at_most:"),
        ("filters: {likes: {more: 1}}", "filters.likes.more", "Allowed here: at_least, at_most"),
        ("filters: {likes: {at_least: 1k}}", "filters.likes.at_least", "it needs a whole number"),
        ("filters: {likes: {at_least: true}}", "filters.likes.at_least", "needs a whole number"),
        ("filters: {likes: {at_least: 1.5}}", "filters.likes.at_least", "needs a whole number"),
        ("filters: {likes: {at_least: -1}}", "filters.likes.at_least", "out of bounds"),
        ("filters: {likes: {at_least: 9, at_most: 2}}", "filters.likes.at_most", "is less than"),
        ("filters: {reposts: exclude}", "filters.reposts", "is_repost: exclude"),
        ("filters: {is_repost: yes}", "filters.is_repost", "not one of include, exclude, only"),
        ("filters: {is_repost: only, is_reply: only}", "filters.is_reply", "nothing is both"),
        ("filters: {source: twitter}", "filters.source", "'twitter' is not one of bluesky"),
        ("filters: {tier: wires}", "filters.tier", "did you mean wire?"),
        ("filters: {kind: posts}", "filters.kind", "did you mean post?"),
        ("filters: {sentiment: happy}", "filters.sentiment", "is no sentiment"),
        ("filters: {sentiment: {at_least: 2}}", "filters.sentiment.at_least", "-1.0 to 1.0"),
        ("filters: {sensitive: hidden}", "filters.sensitive", "folded, shown, excluded"),
        ("mutes: [crypto]", "mutes[1]", "it needs keys (word, regex, account, domain, source"),
        ("mutes: {word: crypto}", "mutes", "it needs a list"),
        ("mutes: [{words: crypto}]", "mutes[1].words", "did you mean word?"),
        ("mutes: [{until: 2026-12-01}]", "mutes[1]", "mutes nothing; each entry has one of word"),
        ("mutes: [{word: a, account: b}]", "mutes[1]", "mutes word and account"),
        ("mutes: [{word: 'from:bob'}]", "mutes[1].word", "is no word, phrase or hashtag"),
        ("mutes: [{word: 🚀}]", "mutes[1].word", "nothing can match it"),
        ("mutes: [{word: 'say \"x\"'}]", "mutes[1].word", "holds a quote"),
        ("mutes: [{regex: '[a'}]", "mutes[1].regex", "missing ]"),
        ("mutes: [{account: a b}]", "mutes[1].account", "is no account"),
        ("mutes: [{domain: 'https://x.example/y'}]", "mutes[1].domain", "takes a host"),
        ("mutes: [{source: twitter}]", "mutes[1].source", "is not one of bluesky"),
        ("mutes: [{word: a, until: soon}]", "mutes[1].until", "is no date"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, settings, key, told):
    error = refused(tmp_path, settings)
    assert told in str(error)
    assert error.key == f"columns[1].{key}"
    assert error.line == 5


MUTES = """mutes:
  - word: Crypto
  - word: hostile takeover
  - word: '#NFT'
  - word: bank*
  - account: '@Bot@x.example'
    until: 2026-12-01
  - domain: www.spam.example
    until: 2026-12-01T09:30
  - regex: 'win \\d+'
  - source: hackernews
"""
MUTED = (
    '-(crypto OR "hostile takeover" OR #nft OR bank* OR regex:"win \\d+" OR source:hackernews)'
    " -(from:bot@x.example expires:2026-11-30T23:00:00Z)"
    " -(domain:spam.example expires:2026-12-01T08:30:00Z)"
)


def test_mutes_of_the_deck_are_part_of_every_query(tmp_path):
    deck = load(
        tmp_path,
        MUTES + "columns:\n"
        "  - {type: search, title: A, query: acme OR globex}\n"
        "  - {type: trending, title: B}\n"
        "  - {type: share-of-voice, title: C, queries: {X: x OR y, Z: z}}\n"
        "  - {type: merged, title: D, columns: [a, e]}\n"
        "  - {type: newswire, title: E, mutes: [{word: late}]}\n"
        "  - {type: source-health, title: F}\n",
    )
    assert " ".join(deck.mutes) == MUTED
    texts = [found.text for found in deck.columns]
    assert texts == [
        f"(acme OR globex) {MUTED}",
        MUTED,
        "",
        f"((acme OR globex) OR (tier:wire -late)) {MUTED}",
        f"tier:wire -late {MUTED}",
        "",
    ]
    assert [found.query and str(found.query) for found in deck.columns] == [
        (text and str(parse(text))) or None for text in texts
    ]
    assert [(name, str(query)) for name, query in deck.columns[2].queries] == [
        ("X", f"(x OR y) {MUTED}"),
        ("Z", f"z {MUTED}"),
    ]
    assert [found.asks for found in deck.columns] == [True, False, True, True, True, False]


@pytest.mark.parametrize("name", decks.MUTES)
def test_every_mute_has_a_case_here(name):
    assert f"- {name}: " in MUTES


def test_a_column_that_has_the_mutes_already_does_not_get_them_again(tmp_path):
    deck = load(tmp_path, MUTES + "columns:\n  - {type: search, title: A, query: acme}\n")
    again = check_columns(
        [{"type": "search", "title": "A", "query": f"{deck.columns[0].text} fares"}],
        of="deck ceo",
        mutes=deck.mutes,
    )
    assert again[0].text == f"acme {MUTED} fares"


def test_filters_of_share_of_voice_narrow_each_of_its_names(tmp_path):
    text = "{type: share-of-voice, title: C, queries: {X: x OR y, Z: z}, filters: {lang: en}}"
    found = load(tmp_path, f"columns:\n  - {text}\n").columns[0]
    assert [str(query) for _, query in found.queries] == ["(x OR y) lang:en", "z lang:en"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("a OR b", "(a OR b) lang:en"),
        ("(a OR b)", "(a OR b) lang:en"),
        ("(a) OR (b)", "((a) OR (b)) lang:en"),
        ("a NEAR/2 b", "a NEAR/2 b lang:en"),
        ("-a", "-a lang:en"),
        ("(a b) c", "(a b) c lang:en"),
    ],
)
def test_a_query_stays_whole_beside_its_filters(tmp_path, query, text):
    whole = f"columns:\n  - {{type: search, title: A, query: '{query}', filters: {{lang: en}}}}\n"
    found = load(tmp_path, whole).columns[0]
    assert found.text == text
    assert found.query == parse(f"({query}) lang:en")


@pytest.mark.parametrize("kind", ["source-health", "briefings", "alerts"])
@pytest.mark.parametrize("setting", ["filters: {lang: en}", "mutes: []"])
def test_what_looks_for_nothing_has_nothing_to_filter(tmp_path, kind, setting):
    with pytest.raises(DeckError, match="unknown key"):
        load(tmp_path, f"columns:\n  - {{type: {kind}, title: A, {setting}}}\n")


def test_more_mutes_than_a_query_can_hold_are_refused(tmp_path):
    words = "".join(f"  - word: nuisance{n:04}\n" for n in range(700))
    with pytest.raises(DeckError, match="at most 10000 can be read") as caught:
        load(tmp_path, f"mutes:\n{words}columns:\n  - {{type: search, title: A, query: acme}}\n")
    assert caught.value.key == "mutes"
    assert len(str(caught.value)) < 500


def test_what_nobody_shall_see_in_a_column_is_known_by_itself(tmp_path):
    deck = load(
        tmp_path,
        """
mutes:
  - word: spam
columns:
  - {type: search, title: A, query: acme, mutes: [{account: eve.example}],
     filters: {sensitive: excluded, likes: {at_least: 5}}}
  - {type: search, title: B, query: b, mutes: [{account: eve.example}, {word: ad}]}
  - {type: merged, title: Both, columns: [a, b]}
  - {type: merged, title: Either, columns: [a, wire]}
  - {type: since-last-visit, title: New, columns: [a]}
  - {type: newswire, title: Wire}
""",
    )
    told = {column.key: set(column.keeps_out) for column in deck.columns}
    assert told == {
        "a": {"-is:sensitive", "-from:eve.example", "-spam"},
        "b": {"-(from:eve.example OR ad)", "-spam"},
        "both": {"((-is:sensitive -from:eve.example) OR (-(from:eve.example OR ad)))", "-spam"},
        "either": {"-spam"},
        "new": {"-is:sensitive", "-from:eve.example", "-spam"},
        "wire": {"-spam"},
    }


def test_what_says_the_same_is_folded_where_much_is_said_and_wherever_it_is_asked(tmp_path):
    deck = load(
        tmp_path,
        """
media: large
columns:
  - {type: search, title: A, query: acme}
  - {type: search, title: B, query: acme, alike: shown, media: off}
  - {type: newswire, title: C}
  - {type: newswire, title: D, alike: folded}
""",
    )
    assert deck.media == "large"
    assert [column.is_folding for column in deck.columns] == [True, False, False, True]
    assert [column.media for column in deck.columns] == ["", "off", "", ""]


def test_only_columns_of_items_fold_and_preview(tmp_path):
    assert "'no' is not one of folded, shown" in str(refused(tmp_path, "alike: no"))
    with pytest.raises(DeckError, match="unknown key"):
        load(tmp_path, "columns:\n  - {type: trending, title: A, alike: folded}\n")
