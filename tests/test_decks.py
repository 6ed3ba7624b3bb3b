from datetime import UTC, datetime, timedelta

import pytest

from workbench import decks
from workbench.errors import DeckError
from workbench.items import Item
from workbench.query import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SMALLEST = "title: T\ncolumns:\n  - {type: search, title: A, query: acme}\n"


def write(folder, text, name="ceo.yaml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(folder, text):
    return decks.load(write(folder, text))


def column(folder, lines, *, before=""):
    body = "".join(f"    {line}\n" for line in lines.strip().splitlines())
    return load(folder, f"title: T\n{before}columns:\n  - title: A\n{body}").columns[0]


def refused(folder, text):
    with pytest.raises(DeckError) as caught:
        load(folder, text)
    return caught.value


def item(**fields):
    return Item(**{"source": "bluesky", "id": "1", "text": "", "published": NOW} | fields)


def test_engines_of_sentiment_are_named_by_tier(tmp_path):
    deck = load(tmp_path, SMALLEST + "sentiment: {social: lexicon, news: [lexicon]}\n")
    assert deck.sentiment == {"social": ("lexicon",), "news": ("lexicon",)}
    assert load(tmp_path, SMALLEST).sentiment == {}


def test_a_whole_deck_is_read(tmp_path):
    deck = load(
        tmp_path,
        """
title: Acme
zone: Europe/Berlin
theme: dark
sources:
  - collector: bluesky
    keep: sample:2.5
  - collector: feeds
    url: https://news.example/rss
    tier: wire
    label: A wire
    keep: all
    every: 5m
lists:
  board: ["@ana.example", bob.example]
  single: carl.example
columns:
  - type: search
    title: Über uns!
    query: "acme OR #acme"
    width: wide
  - type: trending
    title: Trends
    key: t
    window: 2h
    baseline: 14d
  - type: sentiment
    title: Mood
    query: acme
    since: 2d
    every: 1h
""",
    )
    assert (deck.name, deck.title, deck.zone, deck.theme) == (
        "ceo",
        "Acme",
        "Europe/Berlin",
        "dark",
    )
    assert deck.lists == {"board": ("ana.example", "bob.example"), "single": ("carl.example",)}
    stream, feed = deck.sources
    assert (stream.collector, stream.keep, stream.tier, stream.every) == (
        "bluesky",
        "sample:2.5",
        "social",
        None,
    )
    assert (feed.label, feed.tier, feed.keep, feed.every) == (
        "A wire",
        "wire",
        "all",
        timedelta(minutes=5),
    )
    assert feed.parameters == {"url": "https://news.example/rss"}
    built = feed.build()
    assert built.key == feed.key
    assert "https://news.example/rss" in built.key
    assert built.every == timedelta(minutes=5)
    assert [c.key for c in deck.columns] == ["uber-uns", "t", "mood"]
    search, trends, mood = deck.columns
    assert (search.width, search.text, search.query) == (
        "wide",
        "acme OR #acme",
        parse("acme OR #acme"),
    )
    assert trends.query is None
    assert (trends.window, trends.baseline) == (timedelta(hours=2), timedelta(days=14))
    assert (mood.since, mood.every) == (timedelta(days=2), timedelta(hours=1))


def test_what_is_left_out_has_its_default(tmp_path):
    deck = load(tmp_path, SMALLEST)
    assert (deck.zone, deck.theme, deck.sources, deck.lists) == ("UTC", "auto", (), {})
    assert deck.columns[0].width == "medium"


def test_a_server_without_a_label_goes_by_its_host_whether_it_is_polled_or_streams(
    tmp_path, monkeypatch
):
    text = """
title: x
sources:
  - collector: mastodon
    instance: Harbour.example
    tags: ["#cells", grid]
    only_media: true
    every: 2m
columns:
  - {type: newswire, title: y}
"""
    for token in ("", "x"):
        monkeypatch.setenv("WORKBENCH_MASTODON_TOKEN_HARBOUR_EXAMPLE", token)
        (source,) = load(tmp_path, text).sources
        assert (source.label, source.tier) == ("harbour.example", "social")
        assert source.key == "mastodon:harbour.example #cells #grid only_media"
        assert source.build().every == timedelta(minutes=2)


def test_a_feed_without_a_label_goes_by_its_host(tmp_path):
    text = SMALLEST + "sources:\n  - {collector: feeds, url: 'https://news.example/rss'}\n"
    assert load(tmp_path, text).sources[0].label == "news.example"


def test_dates_in_queries_are_read_in_the_decks_zone(tmp_path):
    shown = column(
        tmp_path, 'type: search\nquery: "acme since:2026-11-22"', before="zone: Asia/Tokyo\n"
    )
    # The 22nd begins in Tokyo at 15:00 UTC of the 21st.
    early = item(text="acme", published=datetime(2026, 11, 21, 14, 59, tzinfo=UTC))
    late = item(text="acme", published=datetime(2026, 11, 21, 15, 0, tzinfo=UTC))
    assert not shown.query.matches(early)
    assert shown.query.matches(late)


def test_a_hashtag_column_takes_any_all_and_none(tmp_path):
    shown = column(
        tmp_path, "type: hashtag\nany: ['#one', two]\nall: both\nnone: [bad]\nquery: acme OR globex"
    )

    def holds(text, *tags):
        return shown.query.matches(item(text=text, hashtags=tags))

    assert holds("acme", "ONE", "both")
    assert holds("globex", "two", "both", "other")
    assert not holds("acme", "both")
    assert not holds("acme", "one")
    assert not holds("acme", "one", "both", "bad")
    assert not holds("nothing", "one", "both")


def test_a_people_column_takes_accounts_or_a_list(tmp_path):
    shown = column(tmp_path, "type: people\naccounts: ['@ana.example', bob.example]")
    assert shown.query.matches(item(author="Ana.example"))
    assert shown.query.matches(item(author="bob.example"))
    assert not shown.query.matches(item(author="carl.example"))
    lists = "lists: {Board: [ana.example]}\n"
    shown = column(tmp_path, "type: people\nlist: Board\nquery: -acme", before=lists)
    known = {"Board": ("ana.example",)}
    assert shown.query.matches(item(author="ana.example"), lists=known)
    assert not shown.query.matches(item(author="ana.example", text="acme"), lists=known)
    assert not shown.query.matches(item(author="bob.example"), lists=known)


def test_a_newswire_column_shows_releases_of_its_sources(tmp_path):
    shown = column(tmp_path, "type: newswire\nsources: [feeds]\nquery: acme")
    assert shown.query.matches(item(source="feeds", tier="wire", text="acme"))
    assert not shown.query.matches(item(source="feeds", tier="news", text="acme"))
    assert not shown.query.matches(item(source="bluesky", tier="wire", text="acme"))
    assert not shown.query.matches(item(source="feeds", tier="wire", text="globex"))
    assert column(tmp_path, "type: newswire").query == parse("tier:wire")


def test_the_demos_deck_has_eight_kinds_of_columns_and_two_of_single_networks():
    deck = decks.load("demo")
    assert deck.title == "Northwind Air"
    types = ["search", "stories", "hashtag", "people", "newswire", "filings"]
    types += ["trending", "sentiment", "search", "people"]
    assert [c.type for c in deck.columns] == types
    assert {source.keep for source in deck.sources} == {"all"}
    assert {source.tier for source in deck.sources} == {"social", "wire", "news", "filing"}


def test_decks_are_found_here_before_those_that_came_along(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decks").mkdir()
    write(tmp_path / "decks", SMALLEST.replace("title: T", "title: Mine"), "demo.yaml")
    write(tmp_path / "decks", SMALLEST, "cfo.yml")
    assert decks.load("demo").title == "Mine"
    assert decks.load("cfo").name == "cfo"
    assert decks.load("decks/demo.yaml").title == "Mine"
    assert {"demo", "cfo"} <= set(decks.names())


def test_a_deck_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(DeckError, match=r"dmo: there is no deck of that name; did you mean demo\?"):
        decks.load("dmo")
    with pytest.raises(DeckError, match=r"nowhere/x\.yaml: cannot be read: No such file"):
        decks.load("nowhere/x.yaml")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("", 1, "", "is empty"),
        ("just words", 1, "", "is text; it needs keys (title, zone"),
        ("- a\n", 1, "", "is a list; it needs keys"),
        ("columns: []\n", 1, "", "the deck has no title"),
        ("title: T\n", 1, "", "the deck has no columns"),
        ("title: T\ncolumns: []\n", 2, "columns", "no columns; name at least one"),
        ("title: 5\ncolumns: []\n", 1, "title", "is the number 5; it needs text"),
        ("title: 2026-11-22\ncolumns: []\n", 1, "title", "is a date; it needs text"),
        ("title: '  '\ncolumns: []\n", 1, "title", "is blank; it needs text"),
        ("title:\ncolumns: []\n", 1, "title", "is empty; it needs text"),
        ("titel: T\n", 1, "titel", "unknown key; did you mean title? Allowed here: title, zone"),
        ("title: T\npanels: []\n", 2, "panels", "unknown key. Allowed here: title"),
        ("title: T\n5: x\n", 2, "5", "the key is the number 5"),
        (SMALLEST + "zone: Mars/Base\n", 4, "zone", "'Mars/Base' is no time zone"),
        (SMALLEST + "zone: ../etc/passwd\n", 4, "zone", "is no time zone"),
        (SMALLEST + "sentiment: {tv: lexicon}\n", 4, "sentiment.tv", "unknown key"),
        (SMALLEST + "sentiment:\n  social: lexcon\n", 5, "sentiment.social", "mean lexicon?"),
        (SMALLEST + "sentiment:\n  news: [nosuch]\n", 5, "sentiment.news[1]", "is not one of"),
        (SMALLEST + "sentiment:\n  news: []\n", 5, "sentiment.news", "names no engine; there are"),
        (SMALLEST + "theme: drak\n", 4, "theme", "light, dark, contrast; did you mean dark"),
        (SMALLEST + "lists: {a b: [c]}\n", 4, "lists.a b", "a list's name is letters"),
        (SMALLEST + "lists: {a: [c], A: [d]}\n", 4, "lists.A", "another list has that name"),
        (SMALLEST + "lists: {a: []}\n", 4, "lists.a", "the list is empty"),
        (SMALLEST + "lists: {a: [b, 5]}\n", 4, "lists.a[2]", "is the number 5"),
    ],
)
def test_what_is_wrong_with_a_deck_is_said_where_it_stands(tmp_path, text, line, key, says):
    error = refused(tmp_path, text)
    assert (error.line, error.key) == (line, key)
    assert says in error.message
    assert str(error).startswith(f"{tmp_path / 'ceo.yaml'}, line {line}: ")


@pytest.mark.parametrize(
    ("source", "line", "key", "says"),
    [
        ("{url: 'https://a.example'}", 6, "", "names no collector; there are: "),
        ("{collector: fedes}", 6, ".collector", "did you mean feeds?"),
        ("{collector: feeds, ulr: x}", 6, ".ulr", "unknown key; did you mean url?"),
        ("{collector: feeds}", 6, "", "url"),
        ("{collector: feeds, url: 5}", 6, ".url", "is the number 5; it needs text"),
        ("{collector: feeds, url: 'ftp://a.example/rss'}", 6, "", "ftp"),
        ("{collector: bluesky, tier: wire}", 6, ".tier", "is always social; leave it out"),
        ("{collector: bluesky, every: 5m}", 6, ".every", "sends by itself"),
        ("{collector: bluesky, keep: some}", 6, ".keep", "not matching, all or sample:<percent>"),
        ("{collector: bluesky, keep: 'sample:0'}", 6, ".keep", "sample:<percent>"),
        ("{collector: bluesky, keep: 'sample:101'}", 6, ".keep", "sample:<percent>"),
        ("{collector: feeds, url: 'https://a.example', tier: wires}", 6, ".tier", "did you mean w"),
        ("{collector: feeds, url: 'https://a.example', every: soon}", 6, ".every", "no span"),
        ("{collector: feeds, url: 'https://a.example', every: 0s}", 6, ".every", "out of bounds"),
        ("{collector: feeds, url: 'https://b.example'}", 6, "", "stands in line 5 already"),
    ],
)
def test_what_is_wrong_with_a_source_is_said_where_it_stands(tmp_path, source, line, key, says):
    first = "{collector: feeds, url: 'https://b.example'}"
    error = refused(tmp_path, f"{SMALLEST}sources:\n  - {first}\n  - {source}\n")
    assert (error.line, error.key) == (line, f"sources[2]{key}")
    assert says in error.message


@pytest.mark.parametrize(
    ("column", "key", "says"),
    [
        ("{title: B}", "", "has no type; there are: search, hashtag"),
        ("{type: serach, title: B}", ".type", "did you mean search?"),
        ("{type: search, query: b}", "", "has no title"),
        ("{type: search, title: B}", "", "needs a query"),
        ("{type: search, title: B, query: b, since: 7d}", ".since", "unknown key"),
        ("{type: search, title: B, query: b, width: broad}", ".width", "narrow, medium, wide"),
        ("{type: search, title: B, query: b, key: B b}", ".key", "small letters"),
        ("{type: search, title: '!!', query: b}", ".title", "give the column a key"),
        ("{type: search, title: A, query: b, key: b}", "", "has the title 'A' already"),
        ("{type: search, title: a!, query: b}", "", "line 3 has the key a already"),
        ("{type: search, title: B, query: 'list:board'}", ".query", "no people list 'board'"),
        ("{type: hashtag, title: B, none: [b]}", "", "needs any: or all:"),
        ("{type: hashtag, title: B, any: []}", "", "needs any: or all:"),
        ("{type: hashtag, title: B, any: [a b]}", ".any[1]", "'a b' is no hashtag"),
        ("{type: hashtag, title: B, any: ['x) OR (y']}", ".any[1]", "is no hashtag"),
        ("{type: people, title: B}", "", "accounts: or list:, one of them"),
        ("{type: people, title: B, accounts: a, list: b}", "", "accounts: or list:, one of them"),
        ("{type: people, title: B, accounts: [a OR b]}", ".accounts[1]", "is no account"),
        ("{type: people, title: B, list: bord}", ".list", "no people list 'bord'"),
        ("{type: newswire, title: B, sources: [wires]}", ".sources[1]", "is not one of"),
        ("{type: trending, title: B, window: 8d}", ".window", "window must be shorter"),
        ("{type: trending, title: B, baseline: 1h}", ".baseline", "window must be shorter"),
        ("{type: sentiment, title: B, since: 400d}", ".since", "out of bounds"),
    ],
)
def test_what_is_wrong_with_a_column_is_said_where_it_stands(tmp_path, column, key, says):
    error = refused(tmp_path, f"{SMALLEST}  - {column}\n")
    assert (error.line, error.key) == (4, f"columns[2]{key}")
    assert says in error.message


def test_a_query_that_cannot_be_read_is_shown_with_a_caret(tmp_path):
    error = refused(
        tmp_path, "title: T\ncolumns:\n  - type: search\n    title: A\n    query: acme (globex\n"
    )
    assert (error.line, error.key) == (5, "columns[1].query")
    *_, query, caret = str(error).splitlines()
    assert query.strip() == "acme (globex"
    assert caret.strip() == "^"


@pytest.mark.parametrize("value", ["#acme", "acme OR #acme", "(acme OR #acme) -jobs"])
def test_a_hashtag_that_yaml_takes_for_a_comment_is_refused(tmp_path, value):
    error = refused(
        tmp_path, f"title: T\ncolumns:\n  - type: search\n    title: A\n    query: {value}\n"
    )
    assert (error.line, error.key) == (5, "columns[1].query")
    assert "for a comment; put the whole value in quotes" in error.message
    error = refused(
        tmp_path,
        "title: T\ncolumns:\n  - type: hashtag\n    title: A\n    any:\n      - one #two\n",
    )
    assert (error.line, error.key) == (6, "columns[1].any[1]")


def test_true_comments_are_left_alone(tmp_path):
    text = "# one\ntitle: T # two\n#three\ncolumns: #four\n  # five\n"
    assert load(tmp_path, text + SMALLEST.splitlines()[2] + " # six\n").title == "T"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("title: T\ntitle: U\n", 2, "duplicate key"),
        ("title: [\n", 2, "(YAML)"),
        ("title: a: b\n", 1, "mapping values are not allowed here (YAML)"),
        ("title: T\n---\ntitle: U\n", 2, "another document"),
        ("title: *x\n", 1, "no anchors (&) or aliases (*)"),
        ("<<: {title: a}\ncolumns: []\n", 1, "no merges (<<)"),
        ("title: a\ncolumns: []\nsources:\n  - {collector: [a]}\n", 4, "is not one of"),
        ("a: &a [x]\nb: [*a, *a, *a, *a]\n", 1, "no anchors"),
        ("title: !!python/object:os.system x\n", 1, "no tags (!)"),
        ("title: !!int x\n", 1, "no tags (!)"),
        ("title: " + "[" * 20_000, 1, "nested too deeply"),
        ("title: " + "{a: " * 50, 1, "nested too deeply"),
        ("title: T\ncolumns: \x01\n", None, "is no YAML"),
        (b"title: \xff\n", 1, "is not UTF-8"),
        ("# " + "x" * 200_000, None, "larger than 128 kB"),
    ],
)
def test_what_is_no_yaml_of_ours_is_refused_quickly(tmp_path, text, line, says):
    error = refused(tmp_path, text)
    assert error.line == line
    assert says in error.message


def test_a_notebook_of_a_workspace_finds_the_decks_beside_its_folder(tmp_path, monkeypatch):
    for name in ("decks", "notebooks", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "decks" / "rivals.yaml").write_text(
        "title: Rivals\ncolumns: [{type: trending, title: Now}]\n"
    )
    monkeypatch.chdir(tmp_path / "notebooks")
    assert decks.load("rivals").title == "Rivals"
    assert "rivals" in decks.names()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(DeckError, match="no deck of that name"):
        decks.load("rivals")
