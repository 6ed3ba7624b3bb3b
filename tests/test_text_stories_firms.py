import random
from datetime import UTC, datetime, timedelta

import pytest

from workbench.items import Item
from workbench.text.features import traits_of
from workbench.text.stories import Merged, Teller
from workbench.text.tales import Tale

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)
FIRMS = ("Acme", "Globex")


def item(number, text, after, **more):
    more.setdefault("source", "net")
    return Item(id=str(number), text=text, published=NINE + timedelta(minutes=after), **more)


def release(number, title, text, after):
    return item(
        number, text, after, title=title, source="wire", kind="release", tier="wire", lang="en"
    )


def chatter(number):
    """What everybody says about something else."""
    return item(number, f"Word{number} thing{number * 7} about matter{number * 13} here", number)


def routine(number, firm, after):
    """What each firm says once a month, in the words of all."""
    return release(
        number,
        f"{firm} Publishes Sales Statistics for May",
        f"{firm} today published its sales statistics for the month of May, with tables by region.",
        after,
    )


def settle(items):
    """The story of each item, once all are told."""
    teller = Teller()
    told = {}
    for each in items:
        told[each.key] = teller.add(each)
        for change in teller.changes():
            for key, story in told.items():
                is_part = isinstance(change, Merged) or key in change.keys
                if story == change.story and is_part:
                    told[key] = change.into
    return told


def test_what_each_firm_publishes_in_the_words_of_all_is_its_own_story():
    items = [chatter(number) for number in range(200)]
    items += [routine(300 + number, FIRMS[number % 2], 200 + number) for number in range(4)]
    told = settle(items)
    stories = [told["wire", str(300 + number)] for number in range(4)]
    assert stories[:2] == stories[2:]
    assert len(set(stories)) == 2


def stop(number, after):
    """One of the posts on a mill that stops, each in words of its own."""
    said = (
        "Acme and Globex stop their mill at Ham, all shifts sent home",
        "Sent home from the Acme mill at Ham, nobody at Globex says why",
        "The mill at Ham stands still, says a friend at Acme. Globex too",
        "Acme and Globex shares fall as the Ham mill stops",
        "Lorries queue before the mill at Ham. What is going on, Acme? Globex?",
        "Union confirms that the Acme and Globex mill in Ham stopped this morning",
    )
    return item(number, said[number % len(said)], after)


def test_two_firms_releases_on_what_concerns_both_are_one_story():
    items = [chatter(number) for number in range(200)]
    items += [stop(300 + number, 200 + number) for number in range(30)]
    for number, firm in ((401, "Acme"), (402, "Globex")):
        items.append(
            release(number, f"{firm} on the Mill at Ham", f"{firm}: the mill at Ham stops.", 232)
        )
    told = settle(items)
    assert told["wire", "401"] == told["wire", "402"] == told["net", "320"]


HISTORY = " ".join(f"Long ago{number} somebody{number} founded{number}" for number in range(45))


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("Acme and Globex stop Ham mill, all shifts sent home", True),
        ("Acme at the fair with new colours of paper", False),
    ],
)
@pytest.mark.parametrize("tier", ["news", "wire"])
def test_an_articles_title_tells_the_story_whatever_its_text_says_beside(title, is_one, tier):
    items = [chatter(number) for number in range(200)]
    items += [stop(300 + number, 200 + number) for number in range(30)]
    items.append(item(400, HISTORY, 231, title=title, kind="article", tier=tier, source="paper"))
    told = settle(items)
    assert (told["paper", "400"] == told["net", "320"]) == is_one


def test_a_title_alone_draws_nothing_into_what_few_have_told_or_what_is_over():
    title = "Acme and Globex stop Ham mill, all shifts sent home"
    article = item(9_000, HISTORY, 2_000, title=title, kind="article", tier="news", source="paper")
    few = [*map(chatter, range(200)), *(stop(300 + n, 200 + n) for n in range(6)), article]
    told = settle(few)
    assert told["paper", "9000"] != told["net", "303"]
    over = [*map(chatter, range(200)), *(stop(300 + n, 200 + n) for n in range(30))]
    over += [chatter(number) for number in range(400, 1_400)]
    told = settle([*over, article])
    assert told["paper", "9000"] != told["net", "320"]


@pytest.mark.parametrize(
    "title",
    [
        "Acme @bob stops mill",
        "mill " * 300 + "end",
        "Acme https://acme.example stops",
        "… !!",
        "#Ham",
    ],
)
def test_reading_a_title_leaves_nothing_behind_that_no_item_says(title):
    teller = Teller()
    for number in range(60):
        teller.add(chatter(number))
    article = item(400, HISTORY, 61, title=title, kind="article", tier="news", hashtags=("Ham",))
    teller.add(article)
    assert all(feature.n for feature in teller._stream._features.values())


def two_stories(dice, *, apart):
    """A teller and two stories that it knows, the smaller first: told in turn, or one after one."""
    teller = Teller()
    for number in range(60):
        teller.add(chatter(number))
    stream, size, tales = teller._stream, dice.randint(2, 9), (Tale("one"), Tale("other"))
    both = dice.sample(range(100), dice.randint(3, 6))
    for number in range(20):
        which = number > 8 if apart else number % 2 or number > 17
        own = [f"{tales[which].id}{dice.randrange(8)}" for _ in range(size)]
        text = " ".join([*(f"both{word}" for word in both), *own])
        post = item(300 + number, text, 200 + number)
        traits = traits_of(post)
        stream.enter(
            post.key, tales[which], stream.features(traits),
            bucket=("", "social"), targets=(), time=post.time.timestamp(),
        )  # fmt: skip
    return teller, *tales


@pytest.mark.parametrize(
    ("apart", "least"),
    [(False, 0.3), (True, 0.3 + 0.7 + 1 / 60)],  # one minute lies between; an hour were one more
)
def test_two_stories_told_at_one_time_are_one_more_readily_than_one_after_the_other(apart, least):
    dice = random.Random(7)
    seen = {False: 0, True: 0}
    for _ in range(40):
        teller, small, big = two_stories(dice, apart=apart)
        alike = teller._stream.alike(big, small) - teller._stream.bar()
        teller._try(big, small, NINE)
        assert bool(teller.changes()) == (alike > least)
        seen[alike > least] += 1
    assert min(seen.values()) > 3
