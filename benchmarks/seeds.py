"""The fixture industry made with other seeds, so that a figure does not rest on one draw.

``folder(seed)`` is a recording, made by the unchanged generator, ``loaded(seed)`` a store that
holds all fourteen days of it, loaded as the demo loads its past. Both are made once and kept in
``/tmp/workbench-seeds`` (``BENCH_SEEDS`` names another folder); ``python benchmarks/seeds.py``
makes those named, or all, and ``--fresh`` makes them anew after a change of what storing does.

Rules and thresholds are set on the committed recording and the seeds of `TUNING`; those of
`COUNTED` are for the figures alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from workbench import share, store
from workbench.demo.fixture import Fixture
from workbench.demo.load import load_history

COMMITTED: Final = "committed"
TUNING: Final = ("tuning-1", "tuning-2")
COUNTED: Final = ("a1", "a2", "a3", "a4", "a5")

_GENERATOR: Final = Path(__file__).parent.parent / "data" / "fixtures" / "generate.py"


def kept() -> Path:
    """Return the folder in which what was made is kept."""
    named = os.environ.get("BENCH_SEEDS")
    return Path(named) if named else Path(tempfile.gettempdir()) / "workbench-seeds"


def folder(seed: str) -> Path:
    """Return the folder of a recording, which is made if it is not there yet.

    Parameters
    ----------
    seed : str
        `COMMITTED` is the one that lies in ``data/fixtures``.
    """
    if seed == COMMITTED:
        return share.path("fixtures")
    place = kept() / seed
    if not (place / "members.json.xz").exists():
        shutil.rmtree(place, ignore_errors=True)  # made before it was said who tells of what
        made = _beside(place)
        script = [sys.executable, str(_GENERATOR), "--seed", seed, "--out", str(made)]
        subprocess.run(script, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _settle(made, place)
    return place


def truth(seed: str) -> dict[str, Any]:
    """Return what really happened in a recording: its ``truth.json``."""
    told: dict[str, Any] = json.loads((folder(seed) / "truth.json").read_text("utf-8"))
    return told


def end(seed: str) -> datetime:
    """Return the moment at which a recording ends."""
    manifest = json.loads((folder(seed) / "manifest.json").read_text("utf-8"))
    return datetime.fromisoformat(manifest["end"])


def loaded(seed: str) -> Path:
    """Return a store that holds a whole recording, at the recording's own times.

    The demo plays the last six hours; here they are past as well, so that one store holds all
    that there is. Open it with the time asked about: ``store.open(path, now=lambda: at)``.
    """
    place = kept() / f"{seed}.store" / "workbench.db"
    if not place.exists():
        made = _beside(place.parent)
        past = made / "recording"
        shutil.copytree(folder(seed), past, ignore=shutil.ignore_patterns("*.py", "banks"))
        manifest = json.loads((past / "manifest.json").read_text("utf-8"))
        manifest["live_from"] = manifest["end"]
        (past / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        at = end(seed)
        with store.open(made / place.name, now=lambda: at) as opened:
            load_history(Fixture(past, at=at), opened)
        shutil.rmtree(past)
        _settle(made, place.parent)
    return place


def _beside(place: Path) -> Path:
    """Return an empty folder whose content will be moved to a place once it is whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))


def _settle(made: Path, place: Path) -> None:
    try:
        made.rename(place)
    except OSError:  # another run was quicker
        shutil.rmtree(made)


def main() -> None:
    """Make the recordings and stores that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="*", default=[COMMITTED, *TUNING, *COUNTED])
    parser.add_argument("--fresh", action="store_true", help="make them anew")
    asked = parser.parse_args()
    for seed in asked.seeds:
        if asked.fresh:
            shutil.rmtree(kept() / seed, ignore_errors=True)
            shutil.rmtree(kept() / f"{seed}.store", ignore_errors=True)
        path = loaded(seed)
        until = end(seed)
        with store.open(path, now=lambda until=until: until) as opened:
            days = opened.tally(None, every="1d", since=until - timedelta(days=15), until=until)
        print(f"{seed}: {sum(day.n for day in days):,} items in {path}", flush=True)


if __name__ == "__main__":
    main()
