"""What Prometheus reads of a running service."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from test_service import client, deck, feed, opened, site, until

from workbench import clock
from workbench.errors import SettingError
from workbench.service import Service
from workbench.service.metrics import Metrics

__all__ = ["client", "opened", "site"]
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "metrics.md"


def read(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        return answer.read().decode()


def figures(text):
    """Every figure by its name and what tells it from others of the name."""
    return {
        (
            sample.name,
            *(sample.labels[name] for name in sorted(sample.labels) if name != "source"),
        ): (
            sample.labels.get("source", ""),
            sample.value,
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_running_service_tells_what_its_sources_do(opened, site, client):
    quoted = f'{site}/feed?q="a\\b'
    service = Service(deck("one", sources=(feed(quoted),)), opened, client)
    with (
        service,
        Metrics(service.runners, opened, now=clock.now, viewers=lambda: 3, port=0) as metrics,
    ):
        until(lambda: service.states()[0].state == "live" and service.states()[0].stored)
        text = read(metrics.address)
        told = figures(text)
        key = service.states()[0].key
        expected = {
            "items_seen_total": 3,
            "items_matched_total": 1,
            "items_stored_total": 1,
            "errors_total": 0,
            "limited_total": 0,
            "lease": 1,
        }
        for name, value in expected.items():
            assert told[f"workbench_source_{name}", "feeds"] == (key, value)
        states = {state: told["workbench_source_state", "feeds", state][1] for state in
                  ("starting", "live", "waiting", "failing")}  # fmt: skip
        assert states == {"starting": 0, "live": 1, "waiting": 0, "failing": 0}
        assert 3000 < told["workbench_source_wait_seconds", "feeds"][1] <= 3960
        assert told["workbench_source_silence_seconds", "feeds"][1] < 60
        # The feed's newest is of 22 November 2026, 09:00.
        assert told["workbench_source_lag_seconds", "feeds"][1] >= 0
        assert told["workbench_page_viewers",] == ("", 3)
        assert told["workbench_store_bytes",][1] > 4096
        named = {
            family.name + "_total" * (family.type == "counter")
            for family in text_string_to_metric_families(text)
            if family.name.startswith("workbench")
        }
        assert named == {*re.findall(r"^\| `(workbench_\w+)` \|", PAGE.read_text(), re.MULTILINE)}
    with pytest.raises(urllib.error.URLError):
        read(metrics.address)


def test_failures_and_limits_are_counted_apart(opened, site, client):
    sources = (feed(site + "/error"), feed(site.replace("127.0.0.1", "localhost") + "/limit"))
    service = Service(deck("one", sources=sources), opened, client)
    with (
        service,
        Metrics(service.runners, opened, now=clock.now, viewers=int, port=0) as metrics,
    ):
        until(lambda: [s.state for s in service.states()] == ["failing", "waiting"])
        found = re.findall(r'(errors|limited)_total\{.*source="(.*)"\} (.*)', read(metrics.address))
    assert {(name, source.rpartition("/")[2]): float(n) for name, source, n in found} == {
        ("errors", "error"): 1,
        ("limited", "error"): 0,
        ("errors", "limit"): 0,
        ("limited", "limit"): 1,
    }


def test_who_waits_for_another_says_so(opened, site, client):
    shown = deck("one", sources=(feed(site + "/feed"),))
    with Service(shown, opened, client), Service(shown, opened, client) as second:
        with Metrics(second.runners, opened, now=clock.now, viewers=int, port=0) as metrics:
            told = figures(read(metrics.address))
        assert told["workbench_source_lease", "feeds"][1] == 0
        assert told["workbench_source_state", "feeds", "waiting"][1] == 1


def test_only_this_machine_reads_them_and_only_them(opened):
    with Metrics(list, opened, now=clock.now, viewers=int, port=0) as metrics:
        assert metrics.address.startswith("http://127.0.0.1:")
        port = metrics.address.split(":")[2].partition("/")[0]
        assert "workbench_page_viewers 0.0" in read(f"http://localhost:{port}/metrics?x=1")
        for address, headers, status in (
            (metrics.address, {"Host": "deck.example.com"}, 403),
            (metrics.address, {"Host": ""}, 403),
            (metrics.address, {"Host": "["}, 403),
            (f"http://127.0.0.1:{port}/", {}, 404),
        ):
            with pytest.raises(urllib.error.HTTPError) as caught:
                read(address, **headers)
            assert caught.value.code == status
            caught.value.close()


def test_a_port_that_is_taken_is_an_error_only_where_it_was_asked_for(opened, monkeypatch, caplog):
    with Metrics(list, opened, now=clock.now, viewers=int, port=0) as first:
        port = int(first.address.split(":")[2].partition("/")[0])
        with pytest.raises(SettingError, match=f"port {port} for the metrics is taken"):
            Metrics(list, opened, now=clock.now, viewers=int, port=port)
        monkeypatch.setattr("workbench.service.metrics.PORT", port)
        caplog.set_level("INFO", "workbench.service")
        with Metrics(list, opened, now=clock.now, viewers=int) as second:
            assert second.address == ""
        assert "no metrics here" in caplog.text
