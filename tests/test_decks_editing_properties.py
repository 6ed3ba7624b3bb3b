"""Whatever is done to a deck in whatever order: it stays a deck, and undoing all undoes all."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.decks import Draft, load
from workbench.errors import DeckError

COLUMNS = (
    "  # {n} above\n  - type: search\n    title: {title}   # {n} beside\n    query: '#a OR b'\n",
    "  - {{type: newswire, title: {title}}}  # {n} flow\n",
    "  -\n    # {n} inside\n    title: {title}\n    type: trending\n    window: 30m\n\n",
    (
        "  - type: people\n    title: {title}\n    accounts:\n      - a.example  # {n} first\n"
        "      - b.example\n    filters:\n      # {n} over\n      lang: [en, de]\n      likes:\n"
        "        at_least: 5\n    # {n} below\n"
    ),
    (
        "\n  # {n} apart\n\n  - type: hashtag\n    title: {title}\n    any: [x,\n      y]\n"
        "    query: >-\n      p\n      OR q\n"
    ),
    "  -   type: alerts\n      title: {title}\n",
)
TITLES = ("Acme", "Globex", "Üben", "one more", '"a: b"', "'it''s'", "日本")


@st.composite
def texts(draw):
    """Return the text of a deck, with comments wherever they may stand."""
    titles = draw(st.lists(st.sampled_from(TITLES), min_size=1, max_size=6, unique=True))
    columns = "".join(
        draw(st.sampled_from(COLUMNS)).format(n=f"c{n}", title=title)
        for n, title in enumerate(titles)
    )
    head = draw(st.sampled_from(("# top\ntitle: T  # t\n", "title: T\n\n# of zones\nzone: UTC\n")))
    foot = draw(st.sampled_from(("", "\n# people\nlists:\n  # who\n  b: [a.example]\n", "# end")))
    margin = draw(st.sampled_from(("columns:\n", "columns:   # from left to right\n")))
    text = head + margin + columns + foot
    return text.replace("\n", draw(st.sampled_from(("\n", "\n", "\r\n"))))


values = st.sampled_from(
    [
        ("width", "wide"), ("width", None), ("colour", "teal"), ("collapsed", True),
        ("title", "New: #1"), ("title", "Acme"), ("query", "x OR #y"),
        ("filters", {"lang": ["en", "fr"], "likes": {"at_least": 1}, "exclude": ["spam # x"]}),
        ("mutes", [{"word": "a"}, {"account": "c.example", "until": "2027-01-01"}]),
        ("mutes", [{"word": "a"}]), ("accounts", ["a.example", "c.example"]), ("nonsense", 5),
        ("any", ["x", "z"]),
    ]
)  # fmt: skip
lossy_values = st.sampled_from(
    [
        ("query", None), ("filters", None), ("filters", {"regex": "\\bQ[1-4]"}),
        ("accounts", ["b.example"]), ("window", None), ("type", "newswire"),
    ]
)  # fmt: skip
new_columns = st.sampled_from(
    [
        {"type": "search", "title": "Fresh", "query": "fresh # not a comment"},
        {"type": "trending", "title": "Up", "filters": {"source": ["feeds"]}},
        {"type": "share-of-voice", "title": "Voices", "queries": {"A B": "a", "C: d": "c"}},
    ]
)
places = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("add"), new_columns, places),
    st.tuples(st.just("move"), places, places),
    st.tuples(st.just("duplicate"), places),
    st.tuples(st.just("set"), places, values),
    st.tuples(
        st.just("configure"),
        st.sampled_from(
            [{"zone": "Europe/Berlin"}, {"mutes": [{"word": "m"}]}, {"theme": "dark"},
             {"lists": {"b": ["a.example", "z"]}}, {"mutes": None}, {"title": "Other"}]
        ),
    ),
)  # fmt: skip
removals = st.tuples(st.just("remove"), places) | st.tuples(st.just("set"), places, lossy_values)


def take(draft, step):
    """Take a step; return whether it could be."""
    kind, *rest = step
    keys = [column.key for column in draft.deck.columns]
    try:
        if kind == "add":
            draft.add(*rest)
        elif kind == "configure":
            draft.configure(*rest)
        elif kind == "set":
            draft.set(keys[rest[0] % len(keys)], dict([rest[1]]))
        else:
            getattr(draft, kind)(keys[rest[0] % len(keys)], *rest[1:])
    except DeckError:
        return False
    return True


def comments(text):
    return re.findall(r"#\s?(?:c\d \w+|top|t|of zones|people|who|end|from left.*)\b", text)


relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def draft_of(folder, text):
    path = folder / "d.yaml"
    path.write_bytes(text.encode())
    return Draft(path)


@relaxed
@given(text=texts(), done=st.lists(steps | removals, max_size=8))
def test_undoing_every_step_gives_the_same_bytes_and_redoing_the_same_end(tmp_path, text, done):
    draft = draft_of(tmp_path, text)
    texts_seen = [draft.text]
    for step in done:
        if take(draft, step) and draft.text != texts_seen[-1]:
            texts_seen.append(draft.text)
    for before in texts_seen[-2::-1]:
        draft.undo()
        assert draft.text == before
    assert draft.text.encode() == text.encode()
    assert draft.undoes is None
    for after in texts_seen[1:]:
        draft.redo()
        assert draft.text == after
    draft.save()
    again = load(draft.path)
    assert again.columns == draft.deck.columns
    assert draft.path.read_bytes().decode() == draft.text


@relaxed
@given(text=texts(), done=st.lists(steps, max_size=6))
def test_no_step_that_removes_nothing_loses_a_comment(tmp_path, text, done):
    draft = draft_of(tmp_path, text)
    known = comments(text)
    for step in done:
        take(draft, step)
        left = comments(draft.text)
        assert all(left.count(each) >= known.count(each) for each in known), (step, draft.text)


@relaxed
@given(text=texts(), step=steps | removals)
def test_a_step_leaves_all_lines_of_other_columns_as_they_are(tmp_path, text, step):
    draft = draft_of(tmp_path, text)
    kind, *rest = step
    before = draft.data["columns"]
    if not take(draft, step) or kind in ("add", "configure", "duplicate"):
        assert draft.data["columns"][: len(before)] == before or kind in ("add", "duplicate")
        lost = set(text.splitlines()) - set(draft.text.splitlines())
        assert len(lost) <= 2 * (kind == "configure")
        return
    concerned = before[rest[0] % len(before)]["title"]
    others = [each for each in before if each["title"] != concerned]
    left = [each for each in draft.data["columns"] if each["title"] != concerned]
    assert all(each in left for each in others)
