"""What is compiled tells the same stories as what is not, to the last bit.

It is imported where it is needed, so that one process of a run of the tests compiles it.
"""

import lzma
import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workbench.collectors.bluesky import parse
from workbench.items import Item
from workbench.share import path
from workbench.text.likeness import Stream
from workbench.text.stories import Teller
from workbench.text.tales import settled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNS = (
    "abcdefghij ",
    "αβγδ εζ",
    "東京都 は。",
    "กข ค",
    "\u0301\u0300a ",
    "مرحبا بك ",
    "#@$/.:-_ aZ",
    "\ud800\x00x ",
)


def hostile(n, seed):
    """Items of few words in many scripts: copies, answers to anything, floods, times at random."""
    dice = random.Random(seed)
    words = ["".join(dice.choices(dice.choice(SIGNS), k=dice.randint(1, 9))) for _ in range(120)]
    items = []
    for number in range(n):
        kind = dice.random()
        text = " ".join(dice.choices(words, k=dice.randint(0, 20)))
        if kind < 0.2 and items:
            text = dice.choice(items).text
        elif kind < 0.25:
            text = dice.choice(words) * dice.randint(1, 300)
        elif kind < 0.5:
            text = " ".join(words[place % 120] for place in range(number % 50, number % 50 + 40))
        about = {
            name: str(dice.randint(0, number + 3))
            for name, odds in (("reply_to", 0.15), ("repost_of", 0.05), ("quote_of", 0.05))
            if dice.random() < odds
        }
        items.append(
            Item(
                source=dice.choice("ab"),
                id=str(number),
                text=text,
                published=NOON + timedelta(minutes=number, hours=dice.choice([0, 0, 0, -5, 40])),
                lang=dice.choice([None, "en", "en-GB", "ja", "de"]) if number > n / 2 else "en",
                tier=dice.choice(["social", "social", "social", "wire", "news"]),
                kind=dice.choice(["post", "article", "release"]),
                title=dice.choice([None, " ".join(dice.choices(words, k=4))]),
                hashtags=tuple(dice.choices(words, k=dice.randint(0, 4))),
                links=("https://e.com/" + dice.choice(words).strip(),) * (dice.random() < 0.1),
                **about,
            )
        )
    return items


def talk(n):
    """Posts of a few matters, which tell stories that grow, are made one and are taken apart."""
    dice = random.Random(n)
    items = []
    for number in range(n):
        matter = dice.randrange(12) + number // 200
        words = dice.choices([f"w{matter}x{place}" for place in range(12)], k=6)
        words += dice.choices([f"any{place}" for place in range(60)], k=6)
        items.append(
            Item(
                source="net",
                id=str(number),
                text=" ".join(words),
                published=NOON + timedelta(minutes=3 * number),
                lang="da" if dice.random() < (0.1 if number < n / 2 else 0.9) else "en",
                tier=dice.choice(["social", "social", "wire"]),
                reply_to=str(dice.randrange(number + 1)) if dice.random() < 0.1 else None,
            )
        )
    return items


def recorded(events):
    """The posts of the first events of the fixture's recording."""
    with lzma.open(path("fixtures") / "jetstream.jsonl.xz") as file:
        return list(parse(b"".join(line for line, _ in zip(file, range(events), strict=False))))


def both(items, window):
    """Return what each of the two says of every item, and what they changed."""
    plain, quick = Teller(window=window), Teller(window=window, is_compiled=True)
    assert type(quick._stream).__name__ == "CompiledStream"
    told = [(plain.add(item), quick.add(item)) for item in items]
    return told, plain.changes(), quick.changes()


@pytest.mark.parametrize(("window", "seed"), [(1, 1), (7, 2), (60, 3), (400, 4), (2_000, 5)])
def test_hostile_items_have_the_same_stories_compiled(window, seed):
    told, changes, compiled = both(hostile(400, seed), window)
    assert [one for one, _ in told] == [other for _, other in told]
    assert changes == compiled


def fire():
    """A fire in a place of which everybody talks, told first in answer to such talk."""
    items = talk(300)
    dice = random.Random(3)
    words = [
        "hangar",
        "northwind",
        "smoke",
        "flames",
        "engines",
        "sirens",
        "kestrel",
        "tower",
        "crews",
        "closed",
        "guard",
        "lost",
    ]
    for number in range(100):
        text = " ".join(dice.sample(words, 7)) if number else "coffee queue as ever at kestrel"
        items.append(
            Item(
                source="net",
                id=f"fire{number}",
                text=f"{text} {number}",
                published=NOON + timedelta(hours=15, minutes=number + 400 * bool(number)),
                lang="en",
                reply_to="fire0" if number in (1, 2) else None,
            )
        )
    return items


def test_stories_are_made_one_alike_compiled():
    told, changes, compiled = both(talk(900), 700)
    assert [one for one, _ in told] == [other for _, other in told]
    assert changes == compiled
    assert {type(each).__name__ for each in changes} == {"Merged"}


def test_stories_are_taken_apart_alike_compiled():
    told, changes, compiled = both(fire(), 2_000)
    assert [one for one, _ in told] == [other for _, other in told]
    assert changes == compiled
    assert "Split" in {type(each).__name__ for each in changes}


def test_an_industry_has_the_same_stories_compiled():
    items = sorted(recorded(1_500), key=lambda item: (item.time, item.key))
    told, changes, compiled = both(items, 900)
    assert [one for one, _ in told] == [other for _, other in told]
    assert changes == compiled
    assert any(changes)


def test_what_is_counted_in_arrays_is_what_is_in_the_window():
    from workbench.text import counted

    teller = Teller(window=120, is_compiled=True)
    stream = teller._stream
    for number, item in enumerate(talk(700)):
        teller.add(item)
        if number % 140:
            continue
        n, newest, held = Counter(), Counter(), defaultdict(Counter)
        for kept in stream._kept:
            n.update(kept.features)
            newest.update(kept.features if kept.is_new else ())
            held[settled(kept.tale).row].update(kept.features)
        rows = [row for row, key in enumerate(stream._keys) if key >= 0]
        counts = {int(stream._keys[row]): stream._table[row] for row in rows}
        assert {key: int(each[counted.N]) for key, each in counts.items()} == n
        assert {
            key: int(each[counted.NEWEST]) for key, each in counts.items()
        } == newest | Counter()
        chained = {owner: dict(chain(stream, owner)) for owner in held}
        assert chained == held
        free = free_nodes(stream)
        parts = [len(dict(chain(stream, row))) for row in stream._part_rows.values()]
        assert sum(map(len, held.values())) + sum(parts) + free == stream._free[counted.NODES]


def chain(stream, owner):
    """What an owner holds, by the key of each feature."""
    from workbench.text import counted

    node = stream._owners[owner, counted.FIRST]
    while node >= 0:
        at = stream._nodes[node]
        assert counted.find(stream._nodes, stream._hashed_nodes, at[counted.FEATURE], owner) == node
        yield int(stream._keys[at[counted.FEATURE]]), int(at[counted.COUNT])
        node = at[counted.AFTER]


def free_nodes(stream):
    from workbench.text import counted

    node, free = stream._free[counted.FREE_NODE], 0
    while node >= 0:
        node, free = stream._nodes[node, counted.AFTER], free + 1
    return free


def test_a_compiled_teller_goes_on_where_another_left_off():
    items = talk(500)
    first = Teller(window=200)
    told = [replace(item, story=first.add(item)) for item in items[:300]]
    plain, quick = Teller(window=200), Teller(window=200, is_compiled=True)
    plain.seed(told)
    quick.seed(told)
    assert [plain.add(item) for item in items[300:]] == [quick.add(item) for item in items[300:]]


def test_without_numba_a_teller_does_as_before(monkeypatch):
    for name in ("numba", "workbench.text.compiled"):
        monkeypatch.setitem(sys.modules, name, None)
    teller = Teller(window=50, is_compiled=True)
    assert type(teller._stream) is Stream
    assert teller.add(talk(1)[0]) is not None


def test_what_was_compiled_of_other_code_is_not_used_again(monkeypatch, tmp_path):
    import numba

    from workbench.text import compiling

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    first = compiling._folder()
    assert first.parent == tmp_path
    code = tmp_path / "code.py"
    code.write_text("")
    monkeypatch.setattr(compiling, "__file__", str(code))
    assert compiling._folder() != first


def test_where_no_folder_can_be_written_nothing_is_kept(monkeypatch, tmp_path):
    import numba

    from workbench.text import compiling

    (tmp_path / "file").write_text("")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file"))
    assert compiling._folder() is None
