"""What stands at a story's beginning by mistake, on each tier, and what rightly does."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from workbench.items import Item
from workbench.text import beginnings
from workbench.text.beginnings import strays
from workbench.text.features import traits_of
from workbench.text.likeness import Stream
from workbench.text.tales import Tale

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = (
    "Smoke over the Northwind hangar at Kestrel Valley, sirens everywhere",
    "The Northwind hangar burns, three fire engines at Kestrel Valley",
    "Kestrel Valley closed: fire in the hangar of Northwind, says the tower",
    "Flames from the Northwind hangar. Everybody is out, a guard tells me",
    "Fire at Kestrel Valley: the hangar of Northwind is lost, crews say",
)


def post(number, text, minutes, tier="social", **more):
    """An item so many minutes after noon."""
    kind = {"social": "post", "news": "article", "wire": "release"}[tier]
    given = {"source": tier, "id": str(number), "kind": kind, "tier": tier, "text": text}
    given["published"] = NOON + minutes * timedelta(minutes=1)
    return Item(**given | {"author": f"a{number}", "lang": "en"} | more)


def let_go(*items):
    """Return the texts that are let go of a story: a fire from noon on, and some items.

    It stands amid everyday talk; what is let go together is in one list.
    """
    talk = [
        post(n, f"Word{n} thing{n * 7} at Kestrel Valley about matter{n * 13}", n - 3_000)
        for n in range(200)
    ]
    fire = [post(1_000 + n, f"{SAID[n % 5]} {n}", n / 2) for n in range(80)]
    stream, tale = Stream(2_000), Tale("fire")
    texts = {}
    for each in sorted([*talk, *fire, *items], key=lambda item: item.time):
        texts[each.key] = each.text
        targets = ((each.source, each.reply_to),) if each.reply_to else ()
        stream.enter(
            each.key,
            Tale(each.id) if each in talk else tale,
            stream.features(traits_of(each)),
            bucket=(each.lang, each.tier),
            targets=targets,
            time=each.time.timestamp(),
        )
    return [[texts[kept.key] for kept in apart] for apart in strays(stream, tale)]


def test_a_story_that_was_always_one_is_let_be():
    assert let_go() == []


@pytest.mark.parametrize("hours", [0.5, 3, 11])
def test_early_word_that_says_what_the_story_came_to_say_is_its_beginning(hours):
    assert let_go(post(1, f"{SAID[0]} now", -60 * hours)) == []


def test_what_only_names_the_place_hours_before_is_no_beginning_and_takes_its_answers_along():
    stray, answer = "Queue for coffee at Kestrel Valley, it never changes", "Tell me about it"
    items = (post(1, stray, -400), post(2, answer, -390, kind="reply", reply_to="1"))
    assert let_go(*items) == [[stray, answer]]


def test_a_tier_begins_with_what_tells_the_story_there():
    stray = "A farewell after forty years of paint at Kestrel Valley, with cake for the whole shift"
    right = "Fire destroys the Northwind hangar at Kestrel Valley, crews say all are out"
    again = "After the fire in the hangar at Kestrel Valley Northwind counts its aircraft"
    articles = (post(1, stray, 2, "news"), post(2, right, 120, "news"), post(3, again, 190, "news"))
    assert let_go(*articles) == [[stray]]


def test_the_only_word_of_a_tier_stays():
    assert let_go(post(1, "Northwind confirms a fire at Kestrel Valley", 9, "wire")) == []


def test_few_words_make_no_story_that_is_sure_of_what_it_says():
    stream, tale = Stream(100), Tale("few")
    for n in range(5):
        each = post(n, f"{SAID[n]}", 600 * n)
        stream.enter(
            each.key,
            tale,
            stream.features(traits_of(each)),
            bucket=("en", "social"),
            targets=(),
            time=each.time.timestamp(),
        )
    assert strays(stream, tale) == []


def test_talk_in_which_each_item_hangs_on_the_next_is_gone_through_whatever_its_length():
    half = SimpleNamespace(worth=lambda _: 0.9)  # neither enough by itself nor too little
    told = [SimpleNamespace(time=n * 3600.0, features=(n,)) for n in range(5_000)]
    assert beginnings._start(half, told, 0.95) > 0
