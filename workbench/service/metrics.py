"""What Prometheus reads of a running service: on this machine's own address alone.

The names stand in docs/reference/metrics.md. Sources are named by their keys, as in `status`.
"""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as Registered

from workbench.clock import Clock
from workbench.errors import SettingError
from workbench.service.runner import Runner
from workbench.states import STATES
from workbench.store import Store

__all__ = ["PORT", "Metrics"]

_log = logging.getLogger("workbench.service")

PORT: Final = 9866
"""Where they are unless told otherwise."""
_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 5.0  # seconds that a reader may take to say what it wants


class Metrics:
    """A server of the figures of a service; a context manager.

    Parameters
    ----------
    runners : callable
        Gives the sources, and whether each is collected here.
    store : Store
    now : Clock
        The clock of the sources' states.
    viewers : callable
        Gives how many pages are open.
    port : int, optional
        Where it listens, 0 for any that is free. Unless given the usual one, or none at all if
        another process has that.

    Raises
    ------
    SettingError
        If the port that was asked for is taken or not allowed.
    """

    def __init__(
        self,
        runners: Callable[[], list[tuple[Runner, bool]]],
        store: Store,
        *,
        now: Clock,
        viewers: Callable[[], int],
        port: int | None = None,
    ) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Figures(runners, store, now, viewers))
        ProcessCollector(registry=self._registry)
        self._server: ThreadingHTTPServer | None = None
        try:
            self._server = self._listen(PORT if port is None else port)
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had ({error})"
            if port is not None:
                raise SettingError(
                    f"port {port} for the metrics {why}; choose another with --metrics-port "
                    "(0 takes any that is free)"
                ) from None
            _log.info("no metrics here: port %d %s; --metrics-port gives another", PORT, why)

    @property
    def address(self) -> str:
        """Where they are read; "" if nowhere."""
        return f"http://{_HOST}:{self._server.server_port}/metrics" if self._server else ""

    def _listen(self, port: int) -> ThreadingHTTPServer:
        registry = self._registry

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE
            server_version = "workbench"
            sys_version = ""

            def do_GET(self) -> None:
                status, kind, body = self._answer()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Content-Type-Options", "nosniff")
                self.end_headers()
                self.wfile.write(body)

            def _answer(self) -> tuple[HTTPStatus, str, bytes]:
                # A site whose name leads to this machine must not read them through a browser.
                try:
                    name = urlsplit(f"//{self.headers.get('Host', '')}").hostname
                except ValueError:  # a bracket in it, say
                    name = None
                if name not in (_HOST, "localhost"):
                    return HTTPStatus.FORBIDDEN, "text/plain", b"only for this machine\n"
                if urlsplit(self.path).path != "/metrics":
                    return HTTPStatus.NOT_FOUND, "text/plain", b"there is only /metrics\n"
                return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry)

            def log_message(self, *_: object) -> None:
                """Say nothing: it is read every few seconds."""

        server = ThreadingHTTPServer((_HOST, port), Handler)
        server.daemon_threads = True
        return server

    def __enter__(self) -> Self:
        if self._server:
            # Ends in time: whoever stops a service waits for each of its parts.
            serve = self._server.serve_forever
            threading.Thread(target=serve, args=(0.1,), name="metrics", daemon=True).start()
            _log.info("metrics: %s", self.address)
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class _Figures(Registered):
    """The figures, gathered when they are asked for."""

    def __init__(
        self,
        runners: Callable[[], list[tuple[Runner, bool]]],
        store: Store,
        now: Clock,
        viewers: Callable[[], int],
    ) -> None:
        self._runners = runners
        self._store = store
        self._now = now
        self._viewers = viewers

    def collect(self) -> Iterator[Metric]:
        yield self._build()
        yield from self._sources()
        yield GaugeMetricFamily(
            "workbench_page_viewers", "Open pages that follow a deck.", self._viewers()
        )
        path = Path(self._store.path)
        files = (path, path.with_name(f"{path.name}-wal"))
        size = sum(each.stat().st_size for each in files if each.exists())
        yield GaugeMetricFamily("workbench_store_bytes", "Size of the store's files.", size)

    def _build(self) -> Metric:
        made = GaugeMetricFamily("workbench_build_info", "Always 1.", labels=["version"])
        made.add_metric([version("boardroom-workbench")], 1)
        return made

    def _sources(self) -> Iterator[Metric]:
        labels = ["source", "collector"]
        counts = {
            name: CounterMetricFamily(f"workbench_source_{name}", text, labels=labels)
            for name, text in _COUNTS.items()
        }
        gauges = {
            name: GaugeMetricFamily(f"workbench_source_{name}", text, labels=labels)
            for name, text in _GAUGES.items()
        }
        states = GaugeMetricFamily(
            "workbench_source_state", "1 for the state it is in.", labels=[*labels, "state"]
        )
        now = self._now()
        for runner, is_ours in self._runners():
            state = runner.state
            named = [state.key, state.collector]
            for name in ("seen", "matched", "stored"):
                counts[f"items_{name}"].add_metric(named, getattr(state, name))
            counts["errors"].add_metric(named, runner.errors)
            counts["limited"].add_metric(named, runner.limited)
            gauges["lease"].add_metric(named, int(is_ours))
            wait = (state.next_try - now).total_seconds() if state.next_try else 0.0
            gauges["wait_seconds"].add_metric(named, max(0.0, wait))
            if state.last_item:
                silence = (now - state.last_item).total_seconds()
                gauges["silence_seconds"].add_metric(named, max(0.0, silence))
            if runner.lag is not None:
                gauges["lag_seconds"].add_metric(named, runner.lag)
            for each in STATES:
                states.add_metric([*named, each], int(each == state.state))
        yield from (*counts.values(), *gauges.values(), states)


_COUNTS: Final = {
    "items_seen": "Items received since the service started.",
    "items_matched": "Items that some column or rule wants.",
    "items_stored": "Items that were new in the store.",
    "errors": "Tries that failed.",
    "limited": "Times that the source asked us to wait.",
}
_GAUGES: Final = {
    "lease": "1 if this process collects it, 0 if it waits for another to end.",
    "wait_seconds": "Seconds until it is asked again; 0 while it is listened to.",
    "silence_seconds": "Seconds since its newest item came.",
    "lag_seconds": "Seconds from when its newest item was published to when it came.",
}
