"""Items that come later than they were published, and leave the window in their own order."""

from datetime import UTC, datetime, timedelta

from workbench.items import Item
from workbench.text.stories import Teller
from workbench.text.tales import settled

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = "smoke over the Northwind hangar at Kestrel Valley airport #KestrelFire"


def test_what_has_left_the_window_is_no_beginning_of_a_story_either():
    teller = Teller(window=900)
    for n in range(901):  # one more than there is room for
        minutes = 5 if n == 1 else n + 10  # the second was published before the first
        item = Item(
            source="a",
            id=str(n),
            text=f"{WORDS} {n}",
            author=f"a{n}",
            published=NOON + minutes * timedelta(minutes=1),
        )
        teller.add(item)
    stream = teller._stream
    held = {id(kept) for kept in stream._kept}
    tales = {settled(kept.tale) for kept in stream._kept}
    members = [kept for tale in tales for kept in tale.members()]
    assert len(members) == len(held) == sum(tale.n for tale in tales)
    assert all(id(kept) in held for kept in members)
