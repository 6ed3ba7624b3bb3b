"""The unit and the compose file of the documentation can be used as they stand."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from workbench.cli import group

PAGE = (Path(__file__).parent.parent / "docs" / "how-to" / "deploy.md").read_text()


def block(language, holding):
    (found,) = [
        text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if holding in text
    ]
    return found


def read_as_typed(words):
    """Read a command line as the command would."""
    name, command, *options = words
    assert name.rpartition("/")[2] == "workbench"
    return group.get_command(None, command).make_context(command, options).params


def test_the_unit_starts_what_there_is_and_ends_it_in_good_order():
    unit = dict(re.findall(r"^(\w+)=(.*)$", block("ini", "[Service]"), re.MULTILINE))
    given = read_as_typed(unit["ExecStart"].split())
    assert given["names"] == ("/etc/workbench/ceo.yaml",)
    assert given["no_browser"]
    assert unit["KillSignal"] == "SIGTERM"
    assert int(unit["TimeoutStopSec"]) > 5
    assert "-HUP" in unit["ExecReload"]
    assert unit["Restart"] == "on-failure"
    assert unit["ProtectSystem"] == "strict"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    path = tmp_path / "workbench.service"
    path.write_text(
        block("ini", "[Service]").replace("/opt/workbench/bin/workbench", sys.executable)
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "workbench.service" not in done.stderr + done.stdout


def test_the_compose_file_starts_what_there_is_and_shuts_it_in():
    compose = YAML(typ="safe").load(block("yaml", "services:"))
    service = compose["services"]["workbench"]
    given = read_as_typed(service["command"])
    assert (given["host"], given["port"], given["no_browser"]) == ("0.0.0.0", 8866, True)
    assert given["names"][0].startswith("/decks/")
    places = [volume.split(":")[1] for volume in service["volumes"]]
    assert service["environment"]["WORKBENCH_STORE"].rpartition("/")[0] in places
    assert {volume.split(":")[0] for volume in service["volumes"]} - {"./decks"} == {
        *compose["volumes"]
    }
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["stop_signal"] == "SIGTERM"
    assert int(service["stop_grace_period"].removesuffix("s")) > 5
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    image = service["build"]["dockerfile_inline"]
    assert re.search(r"^USER workbench$", image, re.MULTILINE)
    assert "-c /src/requirements.lock" in image


def test_the_scrape_configuration_asks_where_the_metrics_are():
    from workbench.service.metrics import PORT

    page = (Path(__file__).parent.parent / "docs" / "reference" / "metrics.md").read_text()
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (job,) = YAML(typ="safe").load(text)["scrape_configs"]
    assert job["static_configs"][0]["targets"] == [f"127.0.0.1:{PORT}"]
