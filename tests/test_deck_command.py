"""`workbench deck`: versions, export and import of decks on the command line."""

import json

import pytest
from click.testing import CliRunner

from workbench import decks
from workbench.cli import group

DECK = "title: T # kept\ncolumns:\n  - {type: newswire, title: Wire}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks" / "ceo.yaml").write_text(DECK)
    return tmp_path


def run(*arguments, code=0, **options):
    done = CliRunner().invoke(group, ["deck", *map(str, arguments)], **options)
    assert done.exit_code == code, done.output
    return done


def edited(title="Other"):
    draft = decks.Draft(decks.find("ceo"))
    draft.configure({"title": title})
    draft.save()
    return draft


def test_decks_are_listed_with_those_that_cannot_be_read(folder):
    (folder / "decks" / "bad.yaml").write_text("titel: x")
    told = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert {each["name"] for each in told} == {"bad", "ceo", "demo"}
    assert next(each for each in told if each["name"] == "ceo") == {
        "name": "ceo", "title": "T", "file": "decks/ceo.yaml",
    }  # fmt: skip
    assert "cannot be read" in run("list").stdout


def test_versions_are_listed_shown_compared_and_restored():
    assert "No version is kept yet" in run("versions", "ceo").stderr
    edited()
    newest, oldest = [json.loads(x) for x in run("versions", "ceo", "--json").stdout.splitlines()]
    assert (newest["note"], oldest["note"]) == ("Change the deck: title", "As it was found")
    assert newest["columns"] == 1
    assert oldest["id"] in run("versions", "ceo").stdout
    assert run("show", "ceo").stdout == decks.find("ceo").read_text()
    assert run("show", "ceo", oldest["id"]).stdout == DECK
    assert (
        '-title: "Other" # kept\n+title: T # kept'
        in run("show", "ceo", oldest["id"], "--diff").stdout
    )
    assert "--diff needs a version" in run("show", "ceo", "--diff", code=2).output
    assert "is as it was on" in run("restore", "ceo", oldest["id"]).stdout
    assert decks.find("ceo").read_text() == DECK
    assert "is so already" in run("restore", "ceo", oldest["id"]).stdout
    assert len(run("versions", "ceo", "--json").stdout.splitlines()) == 3
    assert "there is no version" in run("restore", "ceo", "1", code=1).output


def test_a_deck_goes_out_as_one_file_and_comes_in_under_its_name_or_another(folder):
    packed = run("export", "ceo").stdout
    assert packed.startswith("# workbench deck, format 1: ceo, exported ")
    run("export", "ceo", "out.yaml")
    assert "is there already" in run("export", "ceo", "out.yaml", code=1).output
    run("export", "ceo", "out.yaml", "--force")
    assert "of that name already" in run("import", "out.yaml", code=1).output
    assert "berlin is in decks/berlin.yaml" in run("import", "out.yaml", "--name", "berlin").stdout
    assert (folder / "decks" / "berlin.yaml").read_text() == DECK
    (folder / "decks" / "ceo.yaml").unlink()
    run("import", "-", input=packed)
    assert decks.load("ceo").title == "T"
    edited("Mine")
    run("import", "out.yaml", "--over")
    assert decks.load("ceo").title == "T"
    notes = [json.loads(x)["note"] for x in run("versions", "ceo", "--json").stdout.splitlines()]
    assert notes[0] == "Import out.yaml"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"titel: x", "unknown key"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"# workbench deck, format 9: x\ntitle: T", "has format 9"),
        (b"x" * 300_000, "larger than 128 kB"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_deck_is_not_taken_in(folder, content, said):
    if content is not None:
        (folder / "in.yaml").write_bytes(content)
    assert said in run("import", "in.yaml", "--name", "new", code=1).output
    assert not (folder / "decks" / "new.yaml").exists()


def test_a_name_is_none_that_leads_elsewhere(folder):
    (folder / "in.yaml").write_text(DECK)
    for name in ("../new", "a/b", ".new", "x" * 80):
        assert "a deck's name is letters" in run("import", "in.yaml", "--name", name, code=1).output


def test_what_steers_a_terminal_is_not_written_to_one(folder):
    (folder / "decks" / "odd.yaml").write_text(DECK.replace("title: T", 'title: "a\\e[31m"'))
    assert "\x1b" not in run("list").output
    assert "\x1b" not in run("versions", "odd").output
