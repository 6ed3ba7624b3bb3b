"""Columns of alerts and of what is new since a visit, as a browser gets them."""

import re
from datetime import timedelta

import pytest
from boards import DECK, HOUR, NOW, Setting, column, drawn, nodes

from workbench import decks
from workbench.columns.tree import strings
from workbench.items import Item
from workbench.service.watch import Watcher
from workbench.widgets.still import still

MINUTE = timedelta(minutes=1)
TEXT = (
    DECK.replace("query: northwind}", "query: northwind, alert: {at_least: 2, within: 1h}}")
    + """
  - {type: search, title: Calder, query: calder, alert: each, sound: true}
  - {type: alerts, title: Alerts}
  - {type: alerts, title: Few, columns: [calder]}
  - {type: since-last-visit, title: Fresh}
"""
)


class Watched(Setting):
    """A board whose rules are watched."""

    def __init__(self, folder):
        super().__init__(folder)
        self.write(folder, TEXT)
        self.watcher = Watcher([self.deck], self.store, now=lambda: self.time)
        self.watcher.look()

    def write(self, folder, text):
        (folder / "deck.yaml").write_text(text)
        self.deck = decks.load(folder / "deck.yaml")

    def post(self, text, **fields):
        item = super().post(text, **fields)
        self.watcher.look()
        return item

    def rows(self, title="Alerts"):
        """Return the rows' texts: title, sentence, lines."""
        found = column(self.board().state(), title)
        return [[strings(part) for part in row[2:]] for row in nodes(found)[0][2:]]


@pytest.fixture
def setting(tmp_path):
    made = Watched(tmp_path)
    yield made
    made.store.close()


def test_an_alert_says_what_came_together_and_shows_the_first(setting):
    first = setting.post("northwind cancels", author_name="Ana <b>", url="https://a.example/1")
    setting.time += 5 * MINUTE
    setting.post("northwind again", url="javascript:alert(1)")
    ((title, when, said, *lines),) = setting.rows()
    assert (title, when) == ("Northwind", "")
    assert said == "2 posts within an hour, the first at 13:30; counting until 14:30"  # Berlin
    assert lines == ["Ana <b>: northwind cancels", "ana.example: northwind again"]
    node = nodes(column(setting.board().state(), "Alerts"))[0][2]
    key = f"bluesky:{first.id}"
    assert node[4][1]["data-show"] == node[5][1]["data-show"] == key
    assert node[4][1]["data-of"] == "northwind"
    assert (node[5][0], node[5][1]["href"]) == ("a", "https://a.example/1")
    assert (node[6][0], node[6][1].get("href")) == ("button", None)


def test_an_alert_that_is_over_counts_no_more_and_an_old_one_names_its_day(setting):
    setting.post("northwind")
    setting.post("northwind")
    setting.time += HOUR
    assert setting.rows()[0][2] == "2 posts within an hour, the first at 13:30"
    setting.time += 24 * HOUR
    assert setting.rows()[0][2] == "2 posts within an hour, the first at 13:30 on 22 Nov"


def test_each_item_has_a_row_the_newest_first_and_a_burst_one(setting):
    setting.post("calder one", kind="article", title="Calder <i>buys")
    setting.time += MINUTE
    setting.post("calder two", sensitive=True)
    rows = setting.rows()
    assert [row[2] for row in rows] == ["1 post at 13:31", "1 article at 13:30"]
    assert [row[3] for row in rows] == [
        "ana.example: Marked as sensitive.",
        "ana.example: Calder <i>buys",
    ]
    setting.time += 2 * MINUTE
    many = [Setting.post(setting, f"calder {n}") for n in range(30)]
    setting.watcher.look()
    assert len(many) == 30
    assert setting.rows()[0][2] == "30 posts at once, told as one, the first at 13:33"


def test_what_was_withdrawn_is_shown_no_more(setting):
    item = setting.post("calder secret")
    setting.store.purge("bluesky", item.id)
    ((title, _, said),) = setting.rows()
    assert (title, said) == ("Calder", "1 item at 13:30; withdrawn since")
    assert "secret" not in str(setting.board().state())


def test_what_the_deck_hides_is_no_alert_s_to_show(setting, tmp_path):
    setting.post("calder seen", id="1", author="ana.example")
    setting.time += MINUTE
    setting.post("calder secret", id="2", author="spam.example")
    setting.post("northwind secret", id="3")
    setting.post("northwind seen", id="4")
    setting.write(tmp_path, f"{TEXT}\nhidden: {{posts: ['bluesky:3'], authors: [spam.example]}}\n")
    rows = setting.rows()
    assert [row[0] for row in rows] == ["Northwind", "Calder"]
    assert [row[3:] for row in rows] == [
        ["ana.example: northwind seen"],
        ["ana.example: calder seen"],
    ]
    assert "secret" not in str(setting.board().state())


def test_a_column_may_show_the_alerts_of_some(setting):
    setting.post("northwind")
    setting.post("northwind calder")
    assert [row[0] for row in setting.rows()] == ["Calder", "Northwind"]
    assert [row[0] for row in setting.rows("Few")] == ["Calder"]


def test_a_renamed_column_s_alerts_bear_its_new_name(setting, tmp_path):
    setting.post("calder")
    setting.write(tmp_path, TEXT.replace("title: Calder,", "title: The rival, key: calder,"))
    assert setting.rows()[0][0] == "The rival"


def test_without_alerts_the_column_says_so(setting, tmp_path):
    said = column(setting.board().state(), "Alerts")["state"]
    assert (said["level"], "No alert has been told yet" in said["text"]) == ("empty", True)
    setting.write(tmp_path, DECK + "  - {type: alerts, title: Alerts}\n")
    said = column(setting.board().state(), "Alerts")["state"]["text"]
    assert said == "No column of this deck is set to tell alerts yet."


def test_a_column_with_a_rule_tells_when_its_alerts_were(setting):
    board = setting.board()
    state = board.state()
    assert column(state, "Calder")["alerts"] == []
    assert column(state, "Calder")["sound"] is True
    assert "sound" not in column(state, "Northwind")
    assert "alerts" not in column(state, "Newswire")
    board.advance()
    setting.post("calder")
    board._computed._kept.clear()
    update = board.advance()
    assert update["columns"]["calder"]["alerts"] == [NOW.timestamp() * 1000]
    assert "1 post at 13:30" in str(nodes(update["columns"]["alerts"]))
    setting.time += timedelta(days=8)
    assert column(setting.board().state(), "Calder")["alerts"] == []


def fresh(setting, since, before=None):
    board = setting.board()
    before = before or (setting.time + MINUTE).isoformat()
    page = board.older("fresh", before, since.isoformat())
    return [item["key"].rpartition("/")[2] for item in page["items"]], page["more"]


def test_what_is_new_since_a_visit_is_what_came_since_then(setting):
    setting.post("northwind before", ago=2 * HOUR)
    setting.post("northwind late", ago=3 * HOUR, collected=NOW - MINUTE)
    setting.post("calder after", ago=HOUR / 2)
    setting.post("nothing that a column shows")
    assert fresh(setting, NOW - HOUR) == (["3", "2"], None)
    assert fresh(setting, NOW) == ([], None)


def test_the_server_sends_all_viewers_the_same_and_then_what_comes(setting):
    setting.post("northwind before")
    setting.time += MINUTE
    board = setting.board()
    found = column(board.state(), "Fresh")
    assert (found["items"], found["more"], found["state"]["level"]) == ([], None, "live")
    assert drawn(found, "wb-volume") is None
    board.advance()
    setting.time += MINUTE
    setting.post("calder now")
    setting.made = 0
    setting.post("northwind before", likes=7, collected=NOW, ago=2 * MINUTE)
    update = board.advance()
    assert [item["key"][-2:] for item in update["columns"]["fresh"]["add"]] == ["/2"]
    setting.store.purge("bluesky", "at://did:plc:a/app.bsky.feed.post/2")
    assert board.advance()["gone"] == ["bluesky:at://did:plc:a/app.bsky.feed.post/2"]


def test_a_long_list_of_what_is_new_is_read_on(setting):
    for n in range(120):
        Setting.post(setting, "northwind", ago=timedelta(seconds=n))
    keys, more = fresh(setting, NOW - HOUR)
    seen = list(keys)
    while more:
        keys, more = fresh(setting, NOW - HOUR, more)
        seen += keys
    assert len(seen) == len(set(seen)) == 120


def test_of_a_busy_column_what_came_very_late_is_not_looked_for_without_end(setting):
    busy = [
        Item(source="x", id=str(n), text="northwind", published=at, collected=at)
        for n in range(2100)
        for at in [NOW - timedelta(seconds=n + 60)]
    ]
    setting.store.add(busy)
    setting.post("northwind late", ago=timedelta(minutes=20), collected=NOW + MINUTE)
    assert fresh(setting, NOW)[0] == ["1"]
    setting.post("northwind later", ago=timedelta(minutes=40), collected=NOW + MINUTE)
    setting.store.purge("bluesky", "at://did:plc:a/app.bsky.feed.post/1")
    assert fresh(setting, NOW) == ([], None)


def test_a_still_picture_holds_alerts_as_text_and_says_what_only_a_live_deck_shows(setting):
    setting.post("calder <script>x", author_name="Ana <b>")
    html = still(setting.deck, str(setting.store.path))
    assert "Ana &lt;b&gt;: calder &lt;script&gt;x" in " ".join(re.sub("<[^>]*>", "", html).split())
    assert "<script" not in html
    assert "<b>:" not in html
    assert "what has come since you last looked" in html
