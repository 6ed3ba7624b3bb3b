"""What is said on stderr: for people, and for machines."""

import io
import json
import logging
import sys
import threading
from datetime import datetime

import pytest

from workbench.cli import logs
from workbench.errors import SettingError

SECRET = "hunter2/ü&"


@pytest.fixture
def written(monkeypatch):
    """What sets the log up in a form, and gives what was then written."""
    stream = io.StringIO()
    root, own = logging.getLogger(), logging.getLogger("workbench")
    before = root.level, own.level
    taken = []
    # A widget that was published in this process has them go elsewhere.
    monkeypatch.setattr(own, "propagate", True)
    monkeypatch.setattr(own, "handlers", [])
    monkeypatch.setenv("WORKBENCH_X_TOKEN", SECRET)
    monkeypatch.setenv("WORKBENCH_STORE", "/srv/own.db")

    def start(form=None):
        taken[:], root.handlers[:] = root.handlers, []  # pytest's own, which are there by now
        monkeypatch.setattr(sys, "stderr", stream)
        logs.log_to_stderr(form)
        return stream.getvalue

    yield start
    root.handlers[:] = taken
    root.setLevel(before[0])
    own.setLevel(before[1])


def test_as_json_each_record_is_one_object(written):
    text = written("json")
    log = logging.getLogger("workbench.service")
    log.info("%s: live", "feeds:https://example.com/rss", extra={"source": "feeds:a"})
    thread = threading.Thread(target=log.warning, args=("a\nb\x1b[2J",), name="source bluesky")
    thread.start()
    thread.join()
    logging.getLogger("workbench.store").error("plain")
    first, second, third = map(json.loads, text().splitlines())
    assert first["message"] == "feeds:https://example.com/rss: live"
    assert (first["level"], first["logger"], first["source"]) == (
        "info",
        "workbench.service",
        "feeds:a",
    )
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert (second["source"], second["message"]) == ("bluesky", "a\nb\x1b[2J")
    assert {*third} == {"time", "level", "logger", "message"}
    assert "\x1b" not in text()


def test_as_text_each_record_is_one_line_that_steers_no_terminal(written):
    text = written()
    logging.getLogger("workbench").info("one\nfake line\x1b[31m")
    assert text().splitlines()[0].endswith(" one\ufffdfake line\ufffd[31m")
    assert len(text().splitlines()) == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_written_however_it_came_there(written, form):
    text = written(form)
    log = logging.getLogger("workbench.service")
    log.info("Authorization: Bearer %s to /srv/own.db", SECRET)
    log.info("GET https://example.com/?key=hunter2%2F%C3%BC%26")
    try:
        {}[SECRET]
    except KeyError:
        log.exception("broke")
    assert "hunter2" not in text()
    assert text().count("***") == 3
    assert "/srv/own.db" in text()
    assert "KeyError" in text()


def test_the_form_can_be_said_by_the_environment(written, monkeypatch):
    monkeypatch.setenv(logs.VARIABLE, "json")
    text = written()
    logging.getLogger("workbench").info("x")
    assert json.loads(text())["message"] == "x"


def test_an_unknown_form_is_an_error(written, monkeypatch):
    monkeypatch.setenv(logs.VARIABLE, "xml")
    with pytest.raises(SettingError, match="'xml' is no form of the log; it is text or json"):
        written()


def test_others_are_heard_only_when_they_warn(written):
    text = written()
    logging.getLogger("tornado").info("chatter")
    logging.getLogger("workbench.decks").debug("detail")
    logging.getLogger("tornado").warning("trouble")
    assert "trouble" in text()
    assert "chatter" not in text()
    assert "detail" not in text()
