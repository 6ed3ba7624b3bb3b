"""One post opened: its thread, why it is here, what is alike; and nothing that is kept out."""

from datetime import timedelta

import pytest
from boards import NOW, setting
from test_columns_post import EVIL, Seen

from workbench import decks
from workbench.columns.fold import Folds
from workbench.columns.opened import item_of, opened
from workbench.columns.rising import standing
from workbench.columns.termed import opened_term
from workbench.columns.tree import ATTRIBUTES, TAGS, strings, to_html
from workbench.columns.trends import rows
from workbench.items import Deletion, Media, ParseResult
from workbench.text.engines import label_of
from workbench.text.tiers import shown

__all__ = ["setting"]  # the fixture, found here by pytest

OWN = """
title: Northwind Air
zone: Europe/Berlin
lists: {crew: [ana.example]}
mutes:
  - word: spam
columns:
  - {type: search, title: Northwind, query: northwind, mutes: [{account: eve.example}]}
  - {type: search, title: Clean, query: northwind, filters: {sensitive: excluded}}
  - {type: search, title: All of it, query: northwind, filters: {sensitive: shown}}
  - {type: search, title: Everything, query: "-nothing"}
  - {type: trending, title: Trending}
"""


@pytest.fixture
def reader(setting):
    (setting.store.path.parent / "deck.yaml").write_text(OWN)
    setting.store.score_by({"social": ("lexicon",)})  # whose answers are known beforehand
    return Reader(setting)


class Reader:
    """Opens posts of a deck as a reader does."""

    def __init__(self, made):
        self.made = made
        self.store = made.store
        self.deck = decks.load(made.store.path.parent / "deck.yaml")
        self.groups = {}

    def open(self, item, column="northwind", **options):
        key = item if isinstance(item, str) else f"{item.source}:{item.id}"
        found = {each.key: each for each in self.deck.columns}[column]
        nodes = opened(self.store, self.deck, found, key, now=self.made.time, **options)
        return None if nodes is None else Opened(nodes)

    def post(self, text, answers=None, **fields):
        reply = {"kind": "reply", "reply_to": answers.id} if answers else {}
        return self.made.post(text, **reply | fields)


class Opened:
    """What was opened, as it is read."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.html = "".join(to_html(node, now=NOW, zone="UTC") for node in nodes)
        self.text = "\n".join(map(strings, nodes))
        self.posts = [self.line(node) for node in self.all(nodes) if node[0] == "article"]

    def all(self, nodes):
        for node in nodes:
            if isinstance(node, list):
                yield node
                yield from self.all(node[2:])

    def line(self, article):
        return next(strings(n) for n in self.all([article]) if n[1].get("class") == "wb-text")

    def marks(self, name):
        known = [n for n in self.all(self.nodes) if name in n[1].get("class", "").split()]
        found = known if name else [n for n in self.all(self.nodes) if n[0] == "mark"]
        said = [n for n in found if "wb-mood" not in n[1].get("class", "")]
        return [strings(node) for node in said if node[0] in ("mark", "span")]

    def reasons(self):
        return [strings(node) for node in self.all(self.nodes) if node[0] == "li"]


def test_a_post_stands_between_what_it_answers_and_what_answers_it(reader):
    root = reader.post("Where is my bag?")
    asked = reader.post("Northwind has it", root)
    answer = reader.post("Thanks", asked)
    reader.post("Welcome", answer)
    reader.post("Elsewhere", root)
    seen = reader.open(asked)
    assert seen.posts == ["Where is my bag?", "Northwind has it", "Thanks", "Welcome"]
    assert "2 answers" in seen.text
    assert "wb-opened" in seen.html
    assert seen.html.count("wb-opened") == 1


def test_what_it_answers_is_said_to_be_missing(reader):
    lost = reader.made.post("x")
    gone = ParseResult()
    gone.deletions.append(Deletion(lost.source, lost.id, NOW))
    seen = reader.open(reader.post("northwind", kind="reply", reply_to="at://unknown/1"))
    assert "The post it answers is not stored." in seen.text
    reply = reader.post("northwind", lost)
    reader.store.apply(gone)
    assert "was withdrawn at its source" in reader.open(reply).text


def test_a_long_thread_says_that_it_goes_on(reader):
    last = reader.post("northwind")
    for _ in range(25):
        last = reader.post("northwind", last)
    seen = reader.open(last)
    assert len(seen.posts) == 21
    assert "It began earlier" in seen.text
    for _ in range(60):
        reader.post("yes", last)
    assert "More answers are stored than are shown." in reader.open(last).text


def test_only_what_the_column_shows_can_be_opened(reader):
    other = reader.post("globex")
    assert reader.open(other) is None
    assert reader.open(other, "everything").posts == ["globex"]
    muted = reader.post("northwind spam")
    assert reader.open(muted) is None
    of_eve = reader.post("northwind", author="eve.example")
    assert reader.open(of_eve) is None
    assert reader.open(of_eve, "clean") is not None
    sensitive = reader.post("northwind", sensitive=True)
    assert reader.open(sensitive, "clean") is None
    assert reader.open(reader.post("x"), "trending") is None
    for key in ("", ":", "bluesky", "bluesky:nothing", "nowhere:1", "bluesky:\ud800"):
        assert reader.open(key) is None


def test_what_was_withdrawn_cannot_be_opened(reader):
    post = reader.post("northwind")
    gone = ParseResult()
    gone.deletions.append(Deletion(post.source, post.id, NOW))
    reader.store.apply(gone)
    assert reader.open(post) is None


def test_what_is_muted_stays_out_of_the_thread_with_what_answers_it(reader):
    root = reader.post("a word", author="eve.example")
    middle = reader.post("in between", root)
    post = reader.post("northwind", middle)
    reader.post("buy spam here", post)
    evil = reader.post("hello", post, author="eve.example")
    reader.post("an answer to eve", evil)
    reader.post("fine", post)
    seen = reader.open(post)
    assert seen.posts == ["in between", "northwind", "fine"]
    assert "A post before this one is not shown here." in seen.text
    assert "1 answer" in seen.text
    # The other column mutes the word alone.
    assert "hello" in reader.open(post, "clean").posts


def test_what_is_sensitive_is_folded_shown_or_left_out_as_in_the_column(reader):
    post = reader.post("northwind")
    reader.post("a wreck", post, sensitive=True)
    assert reader.open(post, "clean").posts == ["northwind"]
    folded = reader.open(post)
    (details,) = [node for node in folded.all(folded.nodes) if node[0] == "details"]
    assert strings(details[2]) == "Marked as sensitive."
    assert "a wreck" in strings(details)
    shown = reader.open(post, "all-of-it")
    assert "details" not in {node[0] for node in shown.all(shown.nodes)}
    assert "a wreck" in shown.text


def test_why_it_is_here_is_said_in_words_and_marked(reader):
    post = reader.post("The Northwind crew was great, but late and rude!", lang="en")
    seen = reader.open(post)
    assert seen.marks("") == ["Northwind"]
    assert seen.marks("wb-pos") == ["great,"]
    assert seen.marks("wb-neg") == ["rude!"]
    says, mood = seen.reasons()
    assert says == "It says “northwind”."
    assert mood == (
        "It reads negative: “rude” pulls it down, “great” lifts it, its exclamation and question "
        f"marks strengthen that (scored by {label_of(shown('lexicon'))})."
    )
    assert "compound" not in seen.text


def test_a_word_that_matched_and_made_the_mood_is_both(reader):
    seen = reader.open(reader.post("northwind is terrible", lang="en"), "everything")
    assert seen.marks("wb-neg") == ["terrible"]
    assert seen.reasons()[0] == "It does not say “nothing”."


def test_a_word_that_is_turned_says_so(reader):
    (_, mood) = reader.open(reader.post("northwind is not helpful", lang="en")).reasons()
    assert "“helpful” pulls it down, “helpful” is turned by the words before" in mood


def test_of_an_engine_that_weighs_every_word_only_the_telling_ones_are_told(reader):
    reader.store.score_by({})
    post = reader.post("the northwind crew of this morning was terrible!", lang="en")
    seen = reader.open(post)
    assert "terrible!" in seen.marks("wb-neg")
    assert len(seen.marks("wb-neg") + seen.marks("wb-pos")) < 5
    mood = seen.reasons()[1]
    assert mood.startswith("It reads negative: “terrible”")
    assert mood.endswith(f"(scored by {label_of(shown('social'))}).")
    assert "exclamation" not in mood


def test_a_mood_that_nobody_can_explain_is_not(reader):
    foreign = reader.post("northwind ist toll", lang="de")
    said, unscored = reader.open(foreign).reasons()
    assert said == "It says “northwind”."
    assert unscored == "Its mood is not scored: no engine reads its language (de)."
    unknown = reader.open(reader.post("northwind bah", lang=None)).reasons()
    assert unknown[1:] == ["Its mood is not scored: its language is not known."]
    plain = reader.post("northwind flies", lang="en")
    assert "none of its words is known to be either" in reader.open(plain).reasons()[1]
    given = reader.post("northwind is great", lang="en", compound=-0.9)
    assert reader.open(given).reasons() == ["It says “northwind”."]
    wire = reader.post("northwind is great", tier="wire", kind="release", title="A")
    assert reader.open(wire).reasons() == ["It says “northwind”."]


def test_the_whole_text_is_shown_with_its_links_and_its_marks_in_place(reader):
    text = "  #mars \n\n\n\n" + "word " * 600 + "https://a.example/x northwind"
    seen = reader.open(reader.post(text, hashtags=("mars",), links=("https://a.example/x",)))
    (shown,) = seen.posts
    assert shown.count("word") == 600
    assert "\n\n\n" not in shown
    assert seen.marks("") == ["northwind"]
    assert 'href="https://a.example/x"' in seen.html


def test_marks_in_a_headline_stand_in_it(reader):
    seen = reader.open(
        reader.post("b", kind="article", tier="news", title="Why Northwind flies", source="feeds")
    )
    assert seen.marks("") == ["Northwind"]
    assert "Why Northwind flies" in seen.text


def test_reposts_and_what_is_alike_are_listed(reader):
    text = "Northwind cancels every flight to Kestrel Valley"
    first = reader.post(text, author_name="Ana")
    folds = Folds(lambda key: item_of(reader.store, key), is_alike=True)
    folds.put(first)
    for n in range(22):
        folds.put(reader.post(f"{text} https://a.example/{n}", author=f"b{n}.example"))
    for name in ("Ben", "Cleo"):
        folds.put(
            reader.post(text, kind="repost", repost_of=first.id, author=name, author_name=name)
        )
    seen = reader.open(first, group=folds.group(f"bluesky:{first.id}"))
    assert "2 reposts: " in seen.text
    assert "Ben" in seen.text
    assert "22 alike" in seen.text
    assert "The newest 20 of 22." in seen.text
    assert len(seen.posts) == 21


def test_a_repost_is_opened_as_its_original_in_its_thread(reader):
    root = reader.post("Who knows?")
    original = reader.post("northwind flies", root, author_name="Olga")
    repost = reader.post(
        "northwind flies", kind="repost", repost_of=original.id, author_name="Ben", author="ben"
    )
    seen = reader.open(repost)
    assert seen.posts == ["Who knows?", "northwind flies"]
    assert "Olga" in seen.text
    muted = reader.post("northwind again", author="eve.example", author_name="Eve")
    hidden = reader.post("northwind again", kind="repost", repost_of=muted.id, author_name="Ben")
    assert reader.open(hidden) is None
    assert reader.open(hidden, "clean").posts == ["northwind again"]


def test_pictures_are_previewed_as_the_column_has_it(reader):
    media = (Media("image", "https://cdn.example/a.jpg", "a gate"),)
    post = reader.post("northwind", media=media)
    assert "<img" not in reader.open(post).html
    html = reader.open(post, media="large").html
    assert '<img class="wb-large" alt="a gate" loading="lazy" referrerpolicy="no-referrer"' in html
    assert 'src="https://cdn.example/a.jpg"' in html


def test_hostile_texts_stay_text(reader):
    fields = dict.fromkeys(("author", "author_name", "author_url", "title", "url"), EVIL)
    root = reader.post(f"{EVIL} northwind", lang="en", **fields)
    reader.post(EVIL, root, sensitive=True, hashtags=[EVIL], links=[EVIL], **fields)
    seen = Seen()
    seen.feed(reader.open(root).html)
    assert set(seen.tags) <= TAGS
    assert {n for n, _ in seen.attributes if not n.startswith(("aria-", "data-"))} <= ATTRIBUTES
    assert "href" not in {name for name, _ in seen.attributes}


def test_an_opened_post_is_none_that_updates_or_keys_look_for(reader):
    root = reader.post("northwind")
    reader.post("yes", root)
    seen = reader.open(root)
    assert "data-item" not in seen.html
    assert "wb-entry" not in seen.html


def term_of(reader, term, column="trending"):
    found = {each.key: each for each in reader.deck.columns}[column]
    nodes = opened_term(reader.store, reader.deck, found, term, now=reader.made.time)
    return None if nodes is None else Opened(nodes)


def test_a_term_opens_what_holds_it_now_and_nothing_muted(reader):
    reader.post("the strike begins")
    reader.post("spam about the strike")
    reader.post("nothing of the kind")
    seen = term_of(reader, "strike")
    assert seen.posts == ["the strike begins"]
    assert seen.text.startswith("strike\n1 post this hour")
    assert "data-item" not in seen.html
    reader.post("two words: strike begins", hashtags=("Strike",))
    assert sorted(term_of(reader, "strike begins").posts) == [
        "the strike begins",
        "two words: strike begins",
    ]
    assert term_of(reader, "#strike").posts == ["two words: strike begins"]


@pytest.mark.parametrize(
    "term", ["", "#", "a OR b", "#a OR x", 'x" OR "y', "from:ana.example", "x" * 200]
)
def test_a_term_that_is_a_query_finds_no_more_than_its_words(reader, term):
    reader.post("the strike begins, x")
    assert term_of(reader, term) is None


def test_a_hashtag_of_any_signs_is_counted_or_left_out_and_opens(reader):
    for n in range(9):
        reader.post(f"post {n} of many", hashtags=("AT&T (us)", 'six"foot'))
    assert len(term_of(reader, "#at&t (us)").posts) == 9
    reader.made.cover(26)
    found = standing(
        reader.store,
        None,
        window=timedelta(hours=1),
        baseline=timedelta(days=1),
        now=reader.made.time,
        lists={},
    )
    assert [row.term for row in found.rising if row.term.startswith("#")] == ["#at&t (us)"]
    assert rows(
        reader.store,
        None,
        window=timedelta(hours=1),
        baseline=timedelta(days=1),
        now=reader.made.time,
        lists={},
    )["rows"]


def test_only_a_trending_column_opens_terms(reader):
    reader.post("northwind strike")
    assert term_of(reader, "strike", "northwind") is None
