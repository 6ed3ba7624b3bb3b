"""Every command, deck setting, column type and collector has its heading in the documentation."""

import re
from pathlib import Path

import click
import pytest

from workbench import decks
from workbench.cli import group
from workbench.collectors import available

DOCS = Path(__file__).parent.parent / "docs"


def headings(*files):
    paths = [DOCS / "reference" / name for name in files] or sorted(DOCS.rglob("*.md"))
    found = set()
    for path in paths:
        for line in path.read_text().splitlines():
            if line.startswith("#"):
                found |= set(re.findall(r"`([^`]+)`", line)) | {line.lstrip("# ")}
    return found


def commands():
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def below():
    """Return the commands below another, by their whole name."""
    return {
        f"{name} {inner}": each
        for name, command in commands().items()
        if isinstance(command, click.Group)
        for inner, each in command.commands.items()
    }


@pytest.mark.parametrize("name", below())
def test_every_command_below_another_stands_in_the_table_of_that(name):
    page = (DOCS / "reference" / "commands.md").read_text()
    assert re.search(rf"^\| `workbench {name}\b", page, re.MULTILINE)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_its_heading(name):
    assert f"workbench {name}" in headings("commands.md")


def test_every_option_is_named_on_the_commands_page():
    text = (DOCS / "reference" / "commands.md").read_text()
    options = {
        max(option.opts, key=len)
        for command in (*commands().values(), *below().values())
        for option in command.params
        if isinstance(option, click.Option)
    }
    missing = {option for option in options if f"`{option}" not in text}
    assert not missing


@pytest.mark.parametrize(
    "name",
    sorted(
        {*decks.SETTINGS, *decks.SOURCE_SETTINGS, *decks.COLUMN_SETTINGS}
        | {*decks.NARROWING, *decks.FILTERS, *decks.MUTES}
        | {setting for settings in decks.TYPES.values() for setting in settings}
    ),
)
def test_every_deck_setting_has_its_heading(name):
    assert name in headings("deck.md")


def test_every_example_of_filters_and_mutes_can_be_read(tmp_path):
    page = (DOCS / "reference" / "deck.md").read_text()
    examples = re.findall(r"```yaml\n((?:filters|mutes):.*?)```", page, re.DOTALL)
    assert len(examples) > len({*decks.FILTERS, *decks.MUTES}) - 5
    for number, example in enumerate(examples):
        path = tmp_path / f"d{number}.yaml"
        own = "".join(f"    {line}\n" for line in example.splitlines())
        path.write_text(
            "title: T\nlists: {executives: [ana.example]}\ncolumns:\n"
            f"  - type: search\n    title: A\n    query: acme\n{own}"
        )
        assert decks.load(path).columns[0].text.startswith("acme ")


def test_what_the_page_says_of_the_query_that_filters_and_mutes_make_is_so(tmp_path):
    page = (DOCS / "reference" / "deck.md").read_text()
    (column,) = re.findall(r"```yaml\n(- type: search\n  title: Rivals\n.*?)```", page, re.DOTALL)
    (mutes,) = re.findall(r"```yaml\n(mutes:\n.*?)```", page, re.DOTALL)
    path = tmp_path / "d.yaml"
    path.write_text(f"title: T\n{mutes}columns:\n{column}")
    deck = decks.load(path)
    told = re.findall(r"here `(.+?)`", page)
    assert [deck.columns[0].text.removesuffix(" " + told[1]), " ".join(deck.mutes)] == told


@pytest.mark.parametrize("name", decks.TYPES)
def test_every_column_type_has_its_heading(name):
    assert name in headings("deck.md")


@pytest.mark.parametrize("name", available())
def test_every_collector_has_its_heading(name):
    assert name in headings()


def column_examples(kind):
    """The YAML of a column type's page."""
    page = (DOCS / "reference" / "columns" / f"{kind}.md").read_text()
    return page, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def test_every_column_type_has_a_page_of_its_own_and_no_other_has():
    pages = {path.stem for path in (DOCS / "reference" / "columns").glob("*.md")}
    assert pages == {*decks.TYPES, "README"}


@pytest.mark.parametrize("kind", decks.TYPES)
def test_the_page_of_a_column_type_says_what_it_is_for_and_names_its_settings(kind):
    page, _ = column_examples(kind)
    assert page.startswith(f"# `{kind}`\n")
    assert all(f"## {part}" in page for part in ("When to use it", "Settings", "Example"))
    settings = re.search(r"## Settings\n(.*?)## Example", page, re.DOTALL)[1]
    assert {*re.findall(r"\[`([\w_]+)`\]", settings)} == {*decks.TYPES[kind]}


@pytest.mark.parametrize("kind", decks.TYPES)
def test_the_example_of_a_column_type_is_one_that_a_deck_may_have(kind, tmp_path):
    _, examples = column_examples(kind)
    assert examples
    for example in examples:
        path = tmp_path / "d.yaml"
        path.write_text(f"title: T\nlists: {{voices: [ana.example]}}\ncolumns:\n{example}")
        deck = decks.load(path)
        assert deck.columns[-1].type == kind
        assert all(column.asks or column.type not in decks.QUERIED for column in deck.columns)


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    found = []
    for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        again = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", each) is not None for each in found)
        found.append(f"{name}-{again}" if again else name)
    return found


def test_links_to_headings_lead_to_some():
    broken = []
    for page in DOCS.rglob("*.md"):
        for file, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)]+)\)", page.read_text()):
            target = page.parent / file if file else page
            if target.exists() and anchor not in anchors(target.read_text()):
                broken.append(f"{page.relative_to(DOCS)} -> {file}#{anchor}")
    assert not broken


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(DOCS)} -> {target}"
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#\s]+\.md)[^)]*\)", page.read_text())
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert not broken
