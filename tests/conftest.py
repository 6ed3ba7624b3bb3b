"""What tests of several files share."""

import os
import shutil
import threading
from datetime import UTC, datetime

import pytest
import rawserver
import stamina
import xserver
from hypothesis import settings

from workbench import store
from workbench.demo.replay import Replay
from workbench.http import Client
from workbench.locks import Held

# No test here says anything about speed: a busy machine must not fail one. Where all must run,
# one commit has one result; elsewhere each run looks at other examples.
settings.register_profile(
    "patient", deadline=None, derandomize="WORKBENCH_REQUIRE_ALL" in os.environ
)
settings.load_profile("patient")


def pytest_collection_modifyitems(items):
    """Let a browser that a busy machine kept waiting try once more; the run's summary names it.

    Whatever else fails in a browser test, and what fails twice, fails.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun="TimeoutError"))


@pytest.fixture(scope="module", autouse=True)
def _servers_end():
    """Have no server stay behind: one that was closed but not shut down spins for ever."""
    yield
    left = [each for each in threading.enumerate() if "serve_forever" in each.name]
    for each in left:
        each.join(60)
    assert not [each for each in left if each.is_alive()], "shut the server down, then close it"


@pytest.fixture(scope="module")
def the_present(request):
    """Have a module's NOW begin now: in a whole run minutes pass from collecting to its tests."""
    request.module.NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def _raw_server():
    with rawserver.running() as server:
        yield server


@pytest.fixture
def raw_server(_raw_server, monkeypatch):
    """A server that sends what it is told to; there is no proxy, and retries take no time."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    _raw_server.reset()
    with stamina.set_testing(True, attempts=3):
        yield _raw_server


@pytest.fixture(scope="session")
def _fortnight(tmp_path_factory):
    """The demo's store as the demo loads it, made once for all processes of a run."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    path = root / "fortnight.db"
    lock = Held(root / "fortnight.lock", patience=170_000)
    try:
        if not path.exists():
            making = root / "making.db"
            replay = Replay()
            with store.open(making, now=replay.clock) as opened:
                replay.load(opened)
                opened.save_cursor(store.DEMO, replay.began.isoformat())
            making.rename(path)
    finally:
        lock.let_go()
    return path


@pytest.fixture(scope="session")
def demo_store(_fortnight):
    """Put a copy of the demo's store somewhere, from which a demo goes on."""

    def put(path):
        shutil.copyfile(_fortnight, path)
        return path

    return put


@pytest.fixture(scope="module")
def _x_server():
    with xserver.running() as server:
        yield server
        server.ended.set()


@pytest.fixture
def x_server(_x_server, monkeypatch):
    """A server that answers as X's API does, without a post."""
    monkeypatch.setenv("WORKBENCH_X_TOKEN", xserver.TOKEN)
    _x_server.ended.set()
    _x_server.reset()
    return _x_server


@pytest.fixture
def x_client(x_server):
    """A client that finds that server under X's name."""
    return Client(hosts={"api.x.com": x_server.address}, interval=0)
