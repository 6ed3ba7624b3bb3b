"""What a window counts, against the same counted by hand from the items in it."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from workbench.items import Item
from workbench.text.stories import Teller
from workbench.text.tales import settled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def post(dice, number):
    """What talks of one of a few things, mostly in English first and in Danish then."""
    matter = dice.randrange(8)
    words = dice.choices([f"w{matter}x{n}" for n in range(9)], k=5)
    words += dice.choices([f"any{n}" for n in range(40)], k=5)
    danish = dice.random() < (0.1 if number < 700 else 0.9)
    return Item(
        source="net",
        id=str(number),
        text=" ".join(words),
        published=NOON + timedelta(minutes=number),
        lang="da" if danish else "en",
        hashtags=(f"tag{matter}",) if dice.random() < 0.3 else (),
        reply_to=str(dice.randrange(number + 1)) if dice.random() < 0.2 else None,
    )


@pytest.mark.parametrize("window", [60, 600])
def test_what_is_counted_is_what_is_in_the_window(window):
    dice = random.Random(window)
    teller = Teller(window=window)
    stream = teller._stream
    for number in range(1_400):
        teller.add(post(dice, number))
        if number % 350:
            continue
        n, newest, held, own = Counter(), Counter(), defaultdict(Counter), defaultdict(Counter)
        for kept in stream._kept:
            keys = [feature.key for feature in kept.features]
            n.update(keys)
            newest.update(keys if kept.is_new else ())
            held[settled(kept.tale)].update(keys)
            own[kept.bucket].update(keys)
        features = stream._features
        assert {key: each.n for key, each in features.items()} == n
        assert {key: each.newest for key, each in features.items()} == newest | Counter()
        for tale, counts in held.items():
            assert {each.key: count for each, count in tale.counts.items()} == counts
            assert all(features[key].tales[tale] == count for key, count in counts.items())
        assert sum(len(each.tales) for each in features.values()) == sum(map(len, held.values()))
        for bucket in own:
            counted = stream._own(bucket)
            small = 5 <= stream._sizes[bucket] < len(stream._kept) / 2
            assert (counted is not None) == small
            if small:
                assert {each.key: count for each, count in counted.items()} == own[bucket]
