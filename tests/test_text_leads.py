from datetime import UTC, datetime, timedelta

import pytest

from workbench.errors import SettingError
from workbench.items import Item
from workbench.text.leads import early_voices, ledger, wilson
from workbench.text.telling import tell

NINE = datetime(2026, 6, 17, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=2)


def item(number, author, tier, after, *, story, precision=1.0):
    return Item(
        source=tier,
        id=f"{story}{number}",
        tier=tier,
        kind="post" if tier == "social" else "article",
        author=author,
        text=f"Acme stops mill {number} at Ham.",
        published=NINE + timedelta(seconds=after),
        published_precision=precision,
        story=story,
    )


def told(story, *sightings):
    items = [item(n, *each, story=story) for n, each in enumerate(sightings)]
    return tell(items, now=LATER), items


def test_wilsons_interval_for_eight_of_twenty_seven():
    # p = 8/27, z² = 3.8415: (0.2963 + 0.0711 ± 1.96 sqrt(0.2963·0.7037/27 + 0.001317)) / 1.14228
    share = wilson(8, 27)
    assert share.share == pytest.approx(8 / 27)
    assert share.low == pytest.approx(0.1585, abs=1e-3)
    assert share.high == pytest.approx(0.4848, abs=1e-3)
    assert wilson(0, 5).low == 0
    assert wilson(5, 5).high == 1


def test_the_share_of_no_cases_is_unknown():
    assert wilson(0, 0) == (0, 0, None, None, None)


def test_more_hits_than_cases_are_refused():
    with pytest.raises(SettingError, match="n=3"):
        wilson(3, 2)


def test_the_ledger_counts_firsts_and_ties():
    stories = [
        told("a", ("x", "social", 0), ("w", "wire", 600))[0],
        told("b", ("x", "social", 900), ("w", "wire", 600))[0],
        told("c", ("x", "social", 0), ("w", "wire", 100))[0],
        told("d", ("x", "social", 0))[0],
    ]
    kept = ledger(stories)
    assert (kept.n, kept.social.n, kept.wire.n, kept.tied.n) == (3, 1, 1, 1)
    assert kept.social.of == 3
    assert kept.median_lead == 100
    assert ledger(stories, tied=60).social.n == 2


def test_a_lead_within_its_doubt_is_a_tie():
    items = [
        item(1, "x", "social", 0, story="s", precision=1),
        item(2, "w", "wire", 600, story="s", precision=900),
    ]
    assert ledger([tell(items, now=LATER)]).tied.n == 1


def test_the_lag_of_paid_reports():
    one = told("a", ("x", "social", 0), ("r", "report", 86_400))[0]
    two = told("b", ("w", "wire", 0), ("r", "report", 3_600))[0]
    alone = told("c", ("r", "report", 0))[0]
    kept = ledger([one, two, alone])
    assert kept.reports == 2
    assert kept.report_lag == (86_400 + 3_600) / 2


def test_no_stories_give_an_empty_ledger():
    kept = ledger([])
    assert (kept.n, kept.median_lead, kept.report_lag) == (0, None, None)


def test_early_voices_and_what_came_of_their_word():
    cases = [
        told("a", ("ann", "social", 0), ("bob", "social", 60), ("w", "wire", 600)),
        told("b", ("ann", "social", 0), ("w", "wire", 300), ("bob", "social", 400)),
        told("c", ("bob", "social", 0)),
        told("d", ("bob", "social", 0)),
    ]
    members = {story.id: items for story, items in cases}.__getitem__
    ann, bob = early_voices([story for story, _ in cases], members)
    assert (ann.author, ann.stories, ann.hits[:2], ann.false_alarms.n) == ("ann", 2, (2, 2), 0)
    assert ann.head_start == 450
    assert (bob.author, bob.stories, bob.hits[:2], bob.false_alarms.n) == ("bob", 3, (1, 3), 2)
    assert early_voices([story for story, _ in cases], members, minimum=3) == [bob]
