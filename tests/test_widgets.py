"""The front end: how its parts are joined, and what they may not do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from workbench import widgets
from workbench.page.assets import sheet
from workbench.widgets import (
    editor_module,
    editor_style,
    module,
    module_style,
    notebook_script,
    script,
    style,
)

STATIC = Path(widgets.__file__).parent / "static"
JS_TESTS = Path(__file__).parent / "js"
SOURCES = {path.stem: path.read_text() for path in STATIC.glob("*.js")}
CSS = (STATIC / "deck.css").read_text()
WIDGET_CSS = "".join(
    (STATIC / f"{name}.css").read_text() for name in ("widget", "edit", "edit-query")
)


def run_node(*arguments):
    node = shutil.which("node")
    if node is None:
        if os.environ.get("WORKBENCH_REQUIRE_ALL") == "1":
            pytest.fail("node is missing; install Debian's nodejs, version 20 or later")
        pytest.skip("node is missing; install Debian's nodejs, version 20 or later")
    return subprocess.run([node, *arguments], capture_output=True, text=True, check=False)


def texts(source):
    """Return the texts in double quotes, line by line, where quotes come in pairs."""
    for line in source.splitlines():
        if line.count('"') % 2 == 0 and not line.lstrip().startswith(("//", "*", "/*")):
            yield from re.findall(r'"([^"\\]*)"', line)


def test_every_part_is_joined_once_and_no_two_name_the_same():
    joined = (widgets.PARTS, widgets.NOTEBOOK_PARTS, widgets.EDITOR_PARTS)
    assert widgets.EDITOR_PARTS[: len(widgets.WIDGET_PARTS)] == widgets.WIDGET_PARTS
    known = {name for parts in (*joined, widgets.ALONE) for name in parts}
    assert sorted(known) == sorted(SOURCES)
    assert all(len(set(parts)) == len(parts) for parts in joined)
    names = [
        name
        for part, source in SOURCES.items()
        if part not in widgets.ALONE
        for name in re.findall(r"^(?:async )?(?:function|const|let) (\w+)", source, re.MULTILINE)
    ]
    assert len(names) == len(set(names)) > 50
    all_scripts = script() + notebook_script() + editor_module()
    begins = r"(?:\b(?:function|const|let) |, ?)"  # the word stands once for names in a row
    assert all(re.search(rf"{begins}{name}\b", all_scripts) for name in names)


def test_the_script_is_one_closed_function_without_imports():
    assert not re.search(r"^\s*(import|export)\b", script(), re.MULTILINE)
    assert script().startswith('(() => {\n"use strict";\n')
    assert script().endswith("globalThis.workbench = { view };\npage();\n})();\n")


def test_the_module_is_self_contained_and_gives_what_anywidget_asks_for():
    assert not re.search(r"^\s*import\b|\bimport\(", module(), re.MULTILINE)
    assert module().endswith("export default { render };\n")
    assert module().count("export") == 1
    # What only the page has stays there: it starts by itself, and talks to a server.
    assert "EventSource" in script()
    assert "EventSource" not in editor_module()


def test_the_editor_is_in_one_module_alone():
    assert editor_module().endswith("export default { render };\n")
    assert not re.search(r"^\s*import\b|\bimport\(", editor_module(), re.MULTILINE)
    for made in (script(), notebook_script(), module(), style(), module_style()):
        assert "wb-e-" not in made
    assert "wb-e-" in editor_module()
    assert "wb-e-" in editor_style()


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (script, "deck.js"),
        (notebook_script, "notebook.js"),
        (module, "widget.mjs"),
        (editor_module, "editor.mjs"),
    ],
)
def test_the_script_parses(made, name, tmp_path):
    path = tmp_path / name
    path.write_text(made())
    found = run_node("--check", str(path))
    assert not found.returncode, found.stderr


def test_the_script_and_the_style_stay_small():
    assert len((script() + sheet()).encode()) <= 40_000
    assert len((editor_module() + editor_style()).encode()) <= 130_000


def test_shortening_the_script_changes_no_text():
    for name, source in SOURCES.items():
        if name in widgets.ALONE:
            continue  # it travels as it is
        for text in texts(source):
            made = notebook_script() if name == "notebook" else editor_module()
            made = script() if name in widgets.PARTS else made
            assert f'"{text}"' in made, (name, text)


def test_comments_stand_on_lines_of_their_own():
    trailing = re.compile(r"[;{},)\]][ \t]*(//|/\*)")
    assert not [(n, m[0]) for n, source in SOURCES.items() if (m := trailing.search(source))]
    assert "@param" not in script()


@pytest.mark.parametrize(
    "way", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
)
def test_no_source_turns_text_into_markup_or_code(way):
    assert not [name for name, source in SOURCES.items() if way in source]


def test_no_source_sets_a_style_attribute_or_fetches_from_elsewhere():
    code = script() + notebook_script() + editor_module()
    assert not re.search(r'setAttribute\("style"|style:', code)
    assert "url(http" not in style() + editor_style()
    assert "@import" not in style() + editor_style()
    hosts = {host for host in re.findall(r"https?://([\w.-]+)", code) if "." in host}
    assert hosts == {"www.w3.org"}


def test_every_class_begins_with_wb():
    bare = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", CSS + WIDGET_CSS, flags=re.DOTALL)
    assert {
        c for c in re.findall(r"\.(-?[A-Za-z_][\w-]*)", bare) if not c.startswith("wb-")
    } == set()
    made = "".join(SOURCES.values())
    named = re.findall(r'(?:\bel\("\w+", |\bbutton\(|className = |toggle\()"([^"]+)"', made)
    assert named
    assert all(c.startswith("wb-") for each in named for c in each.split())


def tokens(scheme):
    """Return the colours by name, light or dark."""
    found = re.findall(r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
    return {name: pair[scheme] for name, *pair in reversed(found)}


def test_colours_are_the_tokens_of_the_look():
    light = {
        "paper": "#f6f4ef",
        "card": "#fffefb",
        "ink": "#1b1d21",
        "grey": "#5d636e",
        "line": "#e2ded5",
        "accent": "#0b5cad",
        "pos": "#1f7a4d",
        "neg": "#b3382c",
        "warn": "#9a6700",
    }
    dark = ["#14161a", "#1b1e23", "#eceae5", "#9aa1ac", "#2b2f37"]
    dark += ["#6cb2ff", "#5cc48f", "#ff8b7e", "#e3b341"]
    assert light.items() <= tokens(0).items()
    assert [tokens(1)[name] for name in light] == dark


def test_every_token_that_a_style_names_is_defined():
    sheets = CSS + WIDGET_CSS
    named = set(re.findall(r"var\(--((?!jp-)[\w-]+)", sheets))
    assert named - set(re.findall(r"(?:^|[\s{;])--([\w-]+):", sheets)) == set()


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_has_contrast_of_4_5_and_controls_of_3(scheme):
    token = tokens(scheme)
    # Warnings are written on cards alone; in the bar their dot is in colour, their words in ink.
    assert contrast(token.pop("warn"), token["card"]) >= 4.5
    for ground in ("paper", "card"):
        for text in ("ink", "grey", "accent", "pos", "neg"):
            assert contrast(token[text], token[ground]) >= 4.5, (text, ground)
        assert contrast(token["edge"], token[ground]) >= 3, ground
    assert contrast(token["card"], token["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1])
def test_the_theme_of_contrast_has_contrast_of_7(scheme):
    (block,) = re.findall(r"@media \(prefers-contrast: more\) \{(.*?)\n\}", CSS, re.DOTALL)
    pairs = re.findall(r"--(\w+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\)", block)
    token = {name: pair[scheme] for name, *pair in pairs}
    token = {n: c if len(c) == 7 else "#" + "".join(x * 2 for x in c[1:]) for n, c in token.items()}
    assert {"grey", "line", "edge"} <= set(re.findall(r"--(\w+): var\(--ink\)", block))
    ground = token.pop("paper")
    assert "--card: var(--paper)" in block
    assert set(token) == {"ink", "accent", "pos", "neg", "warn"}
    assert all(contrast(colour, ground) >= 7 for colour in token.values())


def test_in_a_notebook_its_own_colours_go_first_and_its_theme_decides():
    own = re.search(r"\.wb-frame>\.wb-deck\{(--paper.*?)\}", module_style())[1]
    assert "--paper:var(--jp-layout-color0,light-dark(#f6f4ef,#14161a));" in own
    assert "--grey:var(--jp-content-font-color2,light-dark(#5d636e,#9aa1ac));" in own
    assert "--neg" not in own
    for is_light, scheme in (("true", "light"), ("false", "dark")):
        rule = f'[data-jp-theme-light="{is_light}"] .wb-frame>.wb-deck{{color-scheme:{scheme}}}'
        assert rule in module_style()
    assert "@page" not in module_style()


def test_node_finds_nothing_wrong():
    found = run_node("--test", *sorted(map(str, JS_TESTS.glob("*.test.js"))))
    assert not found.returncode, found.stdout
    assert int(re.search(r"^# pass (\d+)", found.stdout, re.MULTILINE)[1]) >= 30
