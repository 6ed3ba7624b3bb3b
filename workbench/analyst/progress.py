"""A bar of progress, for whoever waits longer than some seconds."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["progress"]


def progress(**told: Any) -> Any:
    """Return a bar of tqdm's, seen at a terminal and in a notebook that somebody works with.

    One that is run for its document, or published, would keep it for ever.
    """
    from tqdm.auto import tqdm

    is_alone = os.environ.get("WORKBENCH_RUN") or os.environ.get("WORKBENCH_PAGE")
    is_watched = "ipykernel" in sys.modules or sys.stderr.isatty()
    return tqdm(delay=2.0, disable=bool(is_alone or not is_watched), **told)
