"""What the repository promises about itself."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# conda-forge's lark is called lark, as here; these alone differ.
CONDA_NAMES = {"vaderSentiment": "vadersentiment"}


def tracked(pattern="."):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("no git checkout here; run the tests in a clone")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_environment_names_the_same_requirements_as_pyproject():
    wanted = set()
    for requirement in PROJECT["project"]["dependencies"]:
        name, bounds = re.fullmatch(r"([\w.-]+?)((?:[<>=]=?|==).*)", requirement).groups()
        wanted.add(CONDA_NAMES.get(name, name) + bounds)
    entries = YAML(typ="safe").load((ROOT / "environment.yml").read_text())["dependencies"]
    assert {"pip": ["-e ."]} in entries
    plain = {entry for entry in entries if isinstance(entry, str)}
    assert plain - wanted == {"pip", "python" + PROJECT["project"]["requires-python"]}
    assert wanted <= plain


def test_the_lock_pins_every_requirement_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    for requirement in PROJECT["project"]["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)[0]
        assert re.sub(r"[-_.]+", "-", name).lower() in pinned
    assert "://" not in lock
    assert "--" not in lock


@pytest.mark.parametrize(
    "name",
    ["jupyterlab", "ipywidgets", "anywidget", "pandas", "plotly", "nltk", "voila", "papermill"],
)
def test_what_analysts_rely_on_is_a_requirement_and_in_use(name):
    assert any(re.match(rf"{name}\b", each) for each in PROJECT["project"]["dependencies"])
    run = f'"-m", "{name}"'  # JupyterLab is run, not imported
    sources = [path.read_text() for path in tracked("workbench") if path.suffix == ".py"]
    imported = re.compile(rf"^\s*(import|from) {name}\b", re.MULTILINE)
    assert any(imported.search(source) or run in source for source in sources)


def test_every_file_of_code_stays_under_400_lines():
    long = {
        path.relative_to(ROOT): lines
        for path in tracked()
        if path.suffix in {".py", ".js", ".css"}
        and (lines := len(path.read_text().splitlines())) >= 400
    }
    assert not long


def test_notebooks_are_committed_without_outputs_and_kept_short():
    for path in tracked("notebooks"):
        if path.suffix != ".ipynb":
            continue
        cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
        source = "".join("".join(cell["source"]) + "\n" for cell in cells)
        assert len(cells) <= 12, path
        assert len(source.splitlines()) <= 60, path
        assert not re.search(r"^\s*(async )?def ", source, re.MULTILINE), path
        assert not any(cell["outputs"] or cell["execution_count"] for cell in cells), path


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    # Written apart, so that this file does not name them itself.
    hosts = "|".join(
        ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb." + "debian"]
    )
    bad = re.compile(rf"{hosts}|(?<![\w.])/(?:home|ro{''}ot|wo{''}rk)/")
    for path in tracked():
        if path.suffix in {
            ".py",
            ".js",
            ".md",
            ".toml",
            ".yml",
            ".yaml",
            ".json",
            ".ipynb",
            ".lock",
        }:
            assert not bad.search(path.read_text()), path


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 110


def test_the_changelog_says_what_is_in_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## {PROJECT['project']['version']}" in changelog
