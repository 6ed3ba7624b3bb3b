"""Which parameters a notebook has, and values as they are typed."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from workbench.errors import SettingError
from workbench.schedule import parameters

OTHER = {"name": "other", "display_name": "Other"}
CELL = 'deck = "demo"  # which one\nsince: str = "24h"\nlimits = [\n    1,\n    2,\n]\n'


def write(path, source=CELL, **more):
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[cell], **more), path)
    return path


def test_values_are_typed_as_papermill_types_them():
    written = ["n=3", "x=1e3", "on=True", "off=False", "none=None", "text=24h", "yes=true", "e="]
    assert parameters.typed(written) == {
        "n": 3,
        "x": 1000.0,
        "on": True,
        "off": False,
        "none": None,
        "text": "24h",
        "yes": "true",
        "e": "",
    }


@pytest.mark.parametrize(
    "value",
    [
        'it\'s "q"',
        "two\nlines\r\n",
        "a=b=c",
        "back\\slash\\n",
        "é 🚀 \u202e",
        '"""',
        "{x}",
        "$(rm)",
    ],
)
def test_values_stay_what_they_are(value):
    assert parameters.typed([f"x={value}"]) == {"x": value}


def test_raw_values_are_text_whatever_they_look_like():
    assert parameters.typed(["a=1"], raw=["a=007", "b=True"]) == {"a": "007", "b": "True"}


@pytest.mark.parametrize("pair", ["novalue", "=5", "two words=1", "1st=2"])
def test_what_sets_no_parameter_is_refused(pair):
    with pytest.raises(SettingError, match="write name=value, as in -p since=24h"):
        parameters.typed([pair])


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(SettingError, match="holds bytes that are no text"):
        parameters.typed(["x=\udcff"])


def test_a_notebook_says_which_it_has(tmp_path):
    loaded = parameters.load(write(tmp_path / "a.ipynb"))
    assert parameters.names(loaded) == ["deck", "since", "limits"]


def test_an_unknown_one_lists_those_there_are(tmp_path):
    path = write(tmp_path / "a.ipynb")
    with pytest.raises(
        SettingError,
        match=r"a.ipynb has no parameter 'dekc'. Did you mean 'deck'\? It has: deck, since, limits",
    ):
        parameters.check(parameters.load(path), {"dekc": 1}, path=path)


def test_without_a_parameters_cell_the_remedy_is_said(tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)
    loaded = parameters.load(path)
    parameters.check(loaded, {}, path=path)
    with pytest.raises(SettingError, match=r"no parameters cell.*the tag 'parameters'"):
        parameters.check(loaded, {"a": 1}, path=path)


def test_names_that_cannot_be_read_are_not_checked(tmp_path):
    kernel = {"name": "ir", "display_name": "R", "language": "R"}
    path = write(tmp_path / "a.ipynb", 'deck <- "demo"', metadata={"kernelspec": kernel})
    parameters.check(parameters.load(path), {"deck": "ceo"}, path=path)


def test_a_notebook_without_a_kernel_gets_this_python(tmp_path):
    loaded = parameters.load(write(tmp_path / "a.ipynb"))
    assert loaded.metadata.kernelspec["name"] == "python3"
    named = write(tmp_path / "b.ipynb", metadata={"kernelspec": OTHER})
    assert parameters.load(named).metadata.kernelspec["name"] == "other"


@pytest.mark.parametrize("text", ["", "not json", "[]", "{}", json.dumps({"cells": 3}), "\0"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(SettingError, match=r"a\.ipynb is no notebook that can be run"):
        parameters.load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="is no notebook"):
        parameters.load(path)


def test_notebooks_that_came_along_are_found_by_name(tmp_path):
    assert parameters.find("deck").name == "deck.ipynb"
    assert parameters.find(str(write(tmp_path / "a.ipynb"))) == tmp_path / "a.ipynb"
    with pytest.raises(SettingError, match=r"there is no notebook nothere; .*came along: .*deck"):
        parameters.find("nothere")
    with pytest.raises(SettingError, match="there is no notebook"):
        parameters.find("../notebooks/nothere.ipynb")
