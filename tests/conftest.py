"""What tests of several files share."""

import os
import shutil

import pytest

from workbench import store
from workbench.demo.replay import Replay
from workbench.locks import Held


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
