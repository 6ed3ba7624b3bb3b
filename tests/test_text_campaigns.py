"""Which posts somebody had put about, and which news travels by itself."""

import json
import lzma
import random
from pathlib import Path

import pytest

from workbench.text.campaigns import Said, alike, campaigns

ADVERT = (
    "FREE flights for everyone this summer! I just got 2 tickets. Only today https://a.example/1",
    "Free flights for everyone this summer!! Just got my 2 tickets, today: https://b.example/2",
    "FREE flights for everyone this summer!! I got 7 tickets, today only @somebody",
)


def adverts(count, accounts):
    return [Said(n, f"bot{n % accounts}", ADVERT[n % 3]) for n in range(count)]


def others(count, *, start=1_000):
    dice = random.Random(5)
    words = [f"word{n}" for n in range(400)]
    return [
        Said(start + n, f"person{n}", " ".join(dice.choices(words, k=12))) for n in range(count)
    ]


def nobody(_):
    return ()


def everybody(authors):
    return authors


def people(authors):
    return [author for author in authors if author.startswith("person")]


def test_many_near_identical_posts_of_few_accounts_are_a_campaign():
    found = campaigns([*others(50), *adverts(12, 4)], known=everybody)
    (campaign,) = found
    assert campaign.keys == tuple(range(12))
    assert set(campaign.authors) == {"bot0", "bot1", "bot2", "bot3"}
    assert not campaign.is_fresh


def test_one_each_of_accounts_that_nobody_knew_are_a_campaign():
    found = campaigns([*others(50), *adverts(7, 7)], known=people)
    assert [(len(c.keys), c.is_fresh) for c in found] == [(7, True)]


def test_a_sentence_that_established_accounts_pass_on_is_none():
    wave = [Said(n, f"person{n}", ADVERT[0]) for n in range(40)]
    assert campaigns([*others(50), *wave], known=people) == []


def test_new_accounts_say_nothing_where_all_are_new():
    assert campaigns([*others(50), *adverts(7, 7)], known=nobody) == []


def test_two_new_accounts_are_no_crowd():
    posts = [*others(50), *adverts(5, 5)]
    known = {"bot0", "bot1", "bot2"}
    assert campaigns(posts, known=lambda names: people(names) + sorted(known & set(names))) == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        # Shared tokens by all tokens: 7 of 10 is enough, 6 of 9 is not.
        ("a1 b1 c1 d1 e1 f1 g1 h1", "a1 b1 c1 d1 e1 f1 g1 i1 j1", True),
        ("a1 b1 c1 d1 e1 f1 h1", "a1 b1 c1 d1 e1 f1 i1 j1", False),
        ("one two three", "one two three", False),  # too short to say anything
        ("win 40 tickets here now", "win 99 tickets here now", True),
        ("win tickets here now https://a.example/x", "Win tickets here, now! @bo", True),
    ],
)
def test_what_is_near_identical(first, second, same):
    assert alike([first, "something else is said here", second]) == ([[0, 2]] if same else [])


def test_groups_are_found_as_by_comparing_each_with_each():
    dice = random.Random(2)
    words = [f"w{n}" for n in range(14)]
    texts = [" ".join(dice.sample(words, dice.randrange(4, 9))) for _ in range(120)]

    def likeness(one, other):
        a, b = set(one.split()), set(other.split())
        return len(a & b) / len(a | b)

    groups = []
    for place, text in enumerate(texts):
        scores = [(likeness(text, texts[group[0]]), -n) for n, group in enumerate(groups)]
        best = max(scores, default=(0, 0))
        if best[0] >= 0.7:
            groups[-best[1]].append(place)
        else:
            groups.append([place])
    found = alike(texts)
    assert sorted(map(len, found)) == sorted(len(group) for group in groups if len(group) > 1)


def test_nothing_is_alike_in_nothing():
    assert alike([]) == []
    assert campaigns([], known=nobody) == []


def test_the_recordings_campaign_is_found_and_no_wave_of_news_is_taken_for_one():
    folder = Path(__file__).parent.parent / "data" / "fixtures"
    truth = json.loads((folder / "truth.json").read_text())
    lines = lzma.decompress((folder / "jetstream.jsonl.xz").read_bytes()).splitlines()
    said, heard = [], {}
    for line in lines:
        if b'"app.bsky.feed.post"' in line and b'"create"' in line:
            event = json.loads(line)
            heard.setdefault(event["did"], event["time_us"])
            text = event["commit"]["record"]["text"]
            said.append((event["time_us"], Said(len(said), event["did"], text)))
    step = 6 * 3_600_000_000
    start = said[0][0]
    found = []
    for begin in range(start + 4 * step, said[-1][0], step):
        early = begin - 4 * step  # a day before
        posts = [post for when, post in said if begin <= when < begin + step]
        found += campaigns(
            posts, known=lambda names, early=early: [n for n in names if heard[n] < early]
        )
    real = truth["campaign"]
    caught = [c for c in found if set(c.authors) & set(real["accounts"])]
    assert sum(len(campaign.keys) for campaign in caught) >= 0.9 * real["posts"]
    assert {author for c in caught for author in c.authors} == set(real["accounts"])
    others = {author for c in found for author in c.authors} - set(real["accounts"])
    assert others <= set(truth["spam"]["accounts"])
