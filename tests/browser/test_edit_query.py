"""The query box and the form of filters in a browser, answered by the kernel's own code."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench import decks, store, widgets
from workbench.items import Item
from workbench.widgets.assist import Assistant

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("the_present")]

STATIC = Path(widgets.__file__).parent / "static"
PARTS = (
    "words",
    "links",
    "dom",
    "make",
    *(p for p in widgets.EDITOR_PARTS if p.startswith("edit-")),
)
DECK = """
title: T
lists: {board: [ana.example], "bench": [otto.example]}
sources:
  - {collector: bluesky, keep: all}
  - {collector: hackernews, label: Hacker News}
columns:
  - {type: search, title: Acme, query: acme}
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>box</title></head>
<body><main class="wb-deck" style="height: auto; overflow: visible; padding: 24px"></main></body>
</html>"""
MOUNT = """({ kind, value, column }) => {
  const { signal } = (window.end = new AbortController());
  const ctx = { signal, ask: (_, fields) => window.ask(fields) };
  const root = document.querySelector(".wb-deck");
  window.changes = [];
  const onChange = (changed) => window.changes.push(changed);
  const made = kind === "box" ? window.parts.querybox(ctx, { value, column, onChange })
    : { node: window.parts.filtersForm(ctx, column, onChange) };
  window.made = made;
  root.replaceChildren(made.node);
}"""
NOW = datetime.now(UTC)


def post(n, text="acme #Fares"):
    return Item(
        source="bluesky",
        id=str(n),
        published=NOW - timedelta(hours=n),
        text=text,
        author="ilse.example",
        author_name="Ilse <b>Brandt</b>",
        lang="en",
    )


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """What answers in a kernel, without its thread."""
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "d.yaml").write_text(DECK)
    deck = decks.load(folder / "d.yaml")
    with store.open(folder / "w.db") as opened:
        opened.add([post(n) for n in range(1, 40)])
        opened.cover("bluesky", "", NOW - timedelta(days=8), NOW + timedelta(hours=1), "ok")
        assistant = Assistant(lambda: deck, address=None, send=print)
        yield lambda asked: assistant.told(asked, opened)


@pytest.fixture
def page(browser, kernel):
    context = browser.new_context(viewport={"width": 760, "height": 900})
    page = context.new_page()
    page.failed = []
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    page.expose_function("ask", kernel)
    page.set_content(PAGE)
    sheets = ("deck", "edit", "edit-query")
    page.add_style_tag(content="".join((STATIC / f"{name}.css").read_text() for name in sheets))
    source = "".join((STATIC / f"{name}.js").read_text() for name in PARTS)
    page.add_script_tag(
        content=f'(() => {{ "use strict"; const HELP = []; let editing; {source}; '
        "window.parts = { querybox, filtersForm }; })();"
    )
    yield page
    assert not page.failed
    context.close()


@pytest.fixture
def box(page):
    """A query box with nothing in it."""

    def mount(value="", column=None):
        given = {"kind": "box", "value": value, "column": column or {"type": "search"}}
        page.evaluate(MOUNT, given)
        return page.get_by_role("combobox", name="Query")

    return mount


@pytest.fixture
def form(page):
    def mount(column):
        page.evaluate(MOUNT, {"kind": "form", "column": {"type": "search"} | column})
        page.wait_for_selector("fieldset")
        return page

    return mount


def options(page):
    return page.get_by_role("option")


def test_operators_and_names_are_completed_with_the_keyboard_alone(page, box):
    query = box()
    query.press_sequentially("acme -fr")
    page.get_by_role("option", name="from:").wait_for()
    assert query.get_attribute("aria-expanded") == "true"
    assert "who wrote it" in options(page).first.inner_text()
    query.press("ArrowDown")
    active = page.locator(f"#{query.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    query.press("Tab")
    assert query.input_value() == "acme -from:"
    page.get_by_role("option", name="from:ilse.example").wait_for()
    assert "Ilse <b>Brandt</b>" in options(page).filter(has_text="ilse").inner_text()
    query.press("ArrowDown")
    query.press("Enter")
    assert query.input_value().startswith("acme -from:")
    assert query.input_value().endswith(" ")
    assert query.get_attribute("aria-expanded") == "false"
    assert page.evaluate("window.changes.at(-1)") == query.input_value()
    assert query.evaluate("(node) => document.activeElement === node")


def test_a_completion_in_the_middle_replaces_the_word_and_can_be_undone(page, box):
    query = box("🚀x acme lang:en fares")
    query.focus()
    query.evaluate("(node) => node.setSelectionRange(14, 14)")  # two halves of a rocket first
    query.press("Control+Space")
    options(page).first.wait_for()
    query.evaluate("(node) => node.setSelectionRange(15, 15)")
    query.press("Control+Space")
    page.get_by_role("option", name="Spanish").click()
    assert query.input_value() == "🚀x acme lang:es fares"
    query.press("Control+z")
    assert "lang:es" not in query.input_value()


def test_escape_closes_the_list_and_only_then_what_is_around_it(page, box):
    query = box()
    page.evaluate("() => void (document.body.onkeydown = ({ key }) => (window.outer = key))")
    query.press_sequentially("la")
    options(page).first.wait_for()
    query.press("Escape")
    assert not options(page).count()
    assert page.evaluate("window.outer") != "Escape"
    query.press("Escape")
    assert page.evaluate("window.outer") == "Escape"
    assert query.input_value() == "la"


def test_an_error_is_marked_at_its_place_with_the_parsers_words_below(page, box):
    query = box()
    query.press_sequentially("🚀a lang:english1 OR")
    page.wait_for_selector("[aria-invalid=true]")
    mark = page.locator("mark")
    wrong = page.locator(f"#{query.get_attribute('aria-describedby').split()[0]}")
    assert wrong.inner_text() == "OR needs something after it to search for"
    assert mark.inner_text() == "OR"
    above, below = query.bounding_box(), mark.bounding_box()
    assert above["y"] < below["y"] < above["y"] + above["height"]
    query.press("Backspace")
    query.press("Backspace")
    page.wait_for_selector("text=is no language tag")
    assert mark.inner_text() == "lang:english1"
    query.fill("acme list:bord")
    page.wait_for_selector("text=did you mean board?")
    assert mark.inner_text() == "list:bord"
    query.fill("acme list:board")
    page.wait_for_selector("[aria-invalid=false]")
    assert not wrong.inner_text()


def test_it_says_what_sources_can_be_asked_and_how_much_there_would_have_been(page, box):
    query = box("acme", {"type": "search", "filters": {"lang": "en"}})
    page.wait_for_selector("text=a day in the last 7 days")
    assert page.locator("code", has_text="acme lang:en").first.is_visible()
    page.get_by_text("What each source can be asked").click()
    assert page.get_by_text("It has no search").is_visible()
    assert page.get_by_text("cannot be asked that an item is in English").is_visible()
    query.fill("acme globex <img src=x>")
    page.wait_for_selector("text=None in the last 7 days")
    assert not page.locator("img").count()


def test_what_cannot_be_answered_is_said_and_what_was_typed_stays(page, box):
    query = box()
    page.evaluate("() => void (window.ask = async () => { throw Error('it does not answer') })")
    query.press_sequentially("acme")
    page.wait_for_selector("text=It does not answer; what you type stays.")
    assert query.input_value() == "acme"


def test_what_the_kernel_refuses_can_be_said_at_the_box(page, box):
    box("acme")
    page.evaluate("window.made.fail('The deck says no.')")
    assert page.get_by_text("The deck says no.").is_visible()


def test_every_filter_is_a_control_with_a_name_and_the_query_that_it_makes(page, form):
    form({"query": "acme"})
    names = page.evaluate(
        "[...document.querySelectorAll('input, select, textarea, button')]"
        ".map((node) => node.getAttribute('aria-label') || node.labels?.[0]?.textContent"
        " || node.textContent)"
    )
    assert all(names)
    rows = {
        "Must match": ("textarea", "fares\ndelay OR strike", "(fares OR (delay OR strike))"),
        "Must not match": ("textarea", "hiring", "-hiring"),
        "Pattern": ("textarea", r"\bQ[1-4]", r'regex:"\bQ[1-4]"'),
        "Author": ("input", "list:board, verified", "(list:board OR is:verified)"),
        "Mentions": ("input", "@ana.example", "mentions:ana.example"),
        "Language": ("input", "en de", "(lang:en OR lang:de)"),
        "From": ("input", "7d", "within_time:1w"),
        "Before": ("input", "2026-12-01", "until:2026-12-01T00:00:00Z"),
    }
    for name, (tag, value, makes) in rows.items():
        page.get_by_label(name, exact=True).and_(page.locator(tag)).fill(value)
        page.get_by_text(makes, exact=True).wait_for()
    for name, makes in {"Followers": "followers", "Likes": "likes", "Replies": "replies"}.items():
        row = page.get_by_role("group", name=name, exact=True)
        row.get_by_label("at least").fill("5")
        row.get_by_label("at most").fill("9")
        row.get_by_text(f"min_{makes}:5 -min_{makes}:10", exact=True).wait_for()
    page.get_by_label("Replies show").select_option("exclude")
    page.get_by_text("-is:reply", exact=True).wait_for()
    for name in ("video", "negative", "wire", "release", "Hacker News"):
        page.get_by_label(name, exact=True).check()
    page.get_by_text("source:hackernews", exact=True).wait_for()
    page.get_by_label("Sensitive").select_option("excluded")
    page.get_by_text("-is:sensitive", exact=True).wait_for()
    filters = page.evaluate("window.changes.at(-1).filters")
    assert filters["match"] == ["fares", "delay OR strike"]
    assert filters["lang"] == ["en", "de"]
    assert filters["likes"] == {"at_least": 5, "at_most": 9}
    assert (filters["media"], filters["tier"], filters["is_reply"]) == ("video", "wire", "exclude")
    assert filters["source"] == "hackernews"


def test_a_filter_that_is_wrong_says_so_where_it_is(page, form):
    form({"query": "acme"})
    row = page.get_by_role("group", name="Likes", exact=True)
    row.get_by_label("at least").fill("5")
    row.get_by_label("at most").fill("3")
    row.get_by_text("is less than at_least: 5").wait_for()
    assert row.locator("input").first.get_attribute("aria-invalid") == "true"
    row.get_by_label("at most").fill("")
    row.get_by_text("min_likes:5", exact=True).wait_for()
    assert row.locator("input").first.get_attribute("aria-invalid") == "false"


def test_what_was_set_shows_and_stays_as_it_was_until_it_is_touched(page, form):
    filters = {
        "lang": ["en", "de"],
        "likes": {"at_least": 5},
        "media": "image",
        "sentiment": "<-0.3",
        "is_repost": "only",
        "match": "fares",
        "since": "2026-11-01",
    }
    mutes = [{"word": "giveaway"}, {"account": "@bot.example", "until": "2026-12-01"}]
    form({"query": "acme", "filters": filters, "mutes": mutes})
    assert page.get_by_label("Language").input_value() == "en, de"
    assert page.get_by_label("image").is_checked()
    assert page.get_by_label("Reposts show").input_value() == "only"
    page.get_by_text("-(from:bot.example expires:2026-12-01T00:00:00Z)").wait_for()
    page.get_by_label("Must match").fill("fares OR seats")
    changed = page.evaluate("window.changes.at(-1)")
    assert changed["filters"] == filters | {"match": "fares OR seats"}
    assert changed["mutes"] == mutes


def test_mutes_are_added_and_removed(page, form):
    form({"query": "acme"})
    page.get_by_role("button", name="Mute something").click()
    page.get_by_label("What", exact=True).fill("giveaway")
    page.get_by_text("-giveaway", exact=True).wait_for()
    page.get_by_label("Mute", exact=True).select_option("domain")
    page.get_by_label("What", exact=True).fill("spam.example")
    page.get_by_label("Until").fill("2026-12-01")
    page.get_by_text("-(domain:spam.example expires:2026-12-01T00:00:00Z)").wait_for()
    assert page.evaluate("window.changes.at(-1).mutes") == [
        {"domain": "spam.example", "until": "2026-12-01"}
    ]
    page.get_by_label("Until").fill("soon")
    page.get_by_text("is no date").wait_for()
    page.get_by_role("button", name="Remove this").click()
    assert page.evaluate("window.changes.at(-1)") == {"filters": None, "mutes": None}
    assert page.get_by_role("button", name="Mute something").evaluate(
        "(node) => document.activeElement === node"
    )
