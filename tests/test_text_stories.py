import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import SettingError
from workbench.items import Item
from workbench.text.features import traits_of
from workbench.text.stories import Split, Teller, cluster

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)


def item(number, text, **more):
    after = timedelta(minutes=more.pop("after", number))
    return Item(source="net", id=str(number), text=text, published=NINE + after, **more)


def test_what_tells_the_same_has_one_story_and_what_does_not_its_own():
    teller = Teller()
    first = teller.add(item(1, "Acme recalls its kettles after fires in Hamburg"))
    other = teller.add(item(2, "Lovely weather for a walk in the park today"))
    again = teller.add(item(3, "After fires in Hamburg, Acme recalls kettles"))
    assert first == again != other


def test_a_repost_and_a_short_reply_belong_to_what_they_repeat_and_answer():
    teller = Teller()
    first = teller.add(item(1, "Acme recalls its kettles after fires in Hamburg"))
    assert teller.add(item(2, "Oh no", kind="reply", reply_to="1")) == first
    assert teller.add(item(3, "Anything", kind="repost", repost_of="1")) == first


def test_an_item_that_says_nothing_is_in_no_story():
    assert Teller().add(item(1, "… !!")) is None


def test_a_frame_gets_its_stories_in_its_own_order():
    texts = [
        "After fires in Hamburg, Acme recalls kettles",
        "Lovely weather for a walk in the park",
        "Acme recalls its kettles after fires in Hamburg",
        None,
    ]
    frame = pd.DataFrame({"text": texts}, index=[7, 5, 3, 1])
    found = cluster(frame)
    assert list(found.index) == [7, 5, 3, 1]
    assert found[7] == found[3] != found[5]
    assert pd.isna(found[1])
    assert cluster(frame.iloc[:0]).empty


def test_a_frame_without_texts_is_refused():
    with pytest.raises(SettingError, match="no field text"):
        cluster(pd.DataFrame({"title": ["a"]}))


def test_an_empty_window_is_refused():
    with pytest.raises(SettingError, match="window=0"):
        Teller(window=0)


def test_stories_are_told_without_data_frames():
    code = (
        "import sys, workbench.text.stories, workbench.text.leads; "
        "print([m for m in ('pandas', 'numpy', 'nltk') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def event(number, **more):
    """One of the posts on a mill that stops, each in words of its own."""
    said = (
        "Acme stops its mill at Ham, all shifts sent home",
        "Sent home from the Acme mill at Ham, nobody says why",
        "The mill at Ham stands still, says a friend at Acme",
        "Acme shares fall as the Ham mill stops",
        "Lorries queue before the mill at Ham. What is going on, Acme?",
        "Union confirms that the Acme mill in Ham stopped this morning",
    )
    return item(number, said[number % len(said)], **more)


def chatter(number):
    """What everybody says about something else."""
    return item(number, f"Word{number} thing{number * 7} about matter{number * 13} here")


def test_one_event_is_one_story_amid_talk_of_other_things():
    teller = Teller()
    told = {}
    for number in range(0, 300, 2):
        told[number] = teller.add(chatter(number))
        if number >= 200:
            told[number + 1] = teller.add(event(number + 1))
    into = {change.story: change.into for change in teller.changes()}
    stories = {into.get(told[number], told[number]) for number in range(211, 300, 2)}
    assert len(stories) == 1
    assert stories.isdisjoint(told[number] for number in range(0, 300, 2))


@pytest.mark.parametrize("window", [1, 2, 3, 5, 10, 200])
def test_a_window_may_be_as_small_as_one_likes(window):
    dice = random.Random(window)
    words = [f"word{number}" for number in range(12)]
    frame = pd.DataFrame({"text": [" ".join(dice.choices(words, k=8)) for _ in range(400)]})
    assert cluster(frame, window=window).notna().all()


def test_what_left_the_window_is_forgotten():
    teller = Teller(window=10)
    first = teller.add(event(0))
    for number in range(1, 12):
        teller.add(chatter(number))
    assert teller.add(item(40, "Oh no", kind="reply", reply_to="0")) != first


def stream(n=120):
    return [event(k) if k % 3 == 0 and k > 30 else chatter(k) for k in range(n)]


def settle(teller, items):
    """The story of each item, once all are told."""
    told = {}
    for each in items:
        told[each.key] = teller.add(each)
        for change in teller.changes():
            for key, story in told.items():
                if key in change.keys if isinstance(change, Split) else story == change.story:
                    told[key] = change.into
    return told


def test_going_on_from_what_was_told_is_as_having_run_on():
    items = stream()
    whole = settle(Teller(), items)
    first = settle(Teller(), items[:60])
    later = Teller()
    later.seed([replace(each, story=first[each.key]) for each in items[:60]])
    rest = settle(later, items[60:])
    assert rest == {each.key: whole[each.key] for each in items[60:]}


def test_items_of_one_moment_are_taken_in_one_order():
    items = [replace(each, published=NINE) for each in stream(60)]
    names = ("source", "id", "text", "published")
    rows = [{name: getattr(each, name) for name in names} for each in items]
    straight = cluster(pd.DataFrame(rows))
    turned = cluster(pd.DataFrame(rows[::-1]))
    assert list(straight) == list(turned[::-1])


def test_the_work_for_a_huge_text_is_bounded():
    huge = " ".join(f"w{number}" for number in range(200_000))
    assert len(traits_of(item(1, huge)).features) < 400
    assert Teller().add(item(1, huge)) is not None


@settings(max_examples=25)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_text_gets_a_story_or_none(texts):
    told = settle(Teller(window=5), [item(n, text) for n, text in enumerate(texts)])
    assert all(story is None or len(story) == 18 for story in told.values())


def test_what_stands_at_a_beginning_by_mistake_is_let_go():
    stray = item(0, "Acme mill Ham lorries queue", after=-300, kind="reply", reply_to="gone")
    noise = [item(n, f"Word{n} thing{n * 7} about matter{n * 13} here") for n in range(1, 40)]
    posts = [event(n, after=n) for n in range(40, 100)]
    teller = Teller(window=90)
    told = {each.key: teller.add(each) for each in (stray, *noise, *posts)}
    (split,) = [change for change in teller.changes() if isinstance(change, Split)]
    assert split.keys == (stray.key,)
    others = {told[post.key] for post in posts}
    assert split.story in others
    assert split.into not in others


def test_a_few_articles_on_different_things_are_not_made_one_story():
    texts = (
        "The bridge in the north is open again after the repairs of the winter",
        "A late frost is a threat to the harvest of the valley, growers say",
        "The orchestra is on a tour of the coast with the works of a young composer",
        "Glaciers of the range lost a metre of ice in the year, a survey shows",
        "Voters go to the polls on Sunday in the closest election in a decade",
        "A vaccine against the fever is in the last phase of the trials",
        "The harbour is to get a new crane in the summer, the port authority says",
        "Schools of the city are short of teachers of music and of physics",
        "A painting from the attic of a farm is the work of a master, experts say",
        "The night train is back on the line to the south from the end of May",
        "Bakers complain of the price of butter, which is the highest in years",
        "A comet is to be seen in the west after dusk until the end of the week",
    )
    found = cluster(pd.DataFrame({"text": texts}))
    assert found.nunique() >= 10
