"""A finished page: a notebook's render with a deck's posts and state in it, in every theme."""

from __future__ import annotations

import gzip
import re
from typing import Final, NamedTuple

from workbench.page.assets import sheet
from workbench.page.frame import Frame, theme
from workbench.page.stream import Snapshot

__all__ = ["Joined", "join"]

_THEMED: Final = re.compile(theme("([a-z]+)").encode())


class Joined(NamedTuple):
    """A finished page, plain and packed, and what it was made of.

    For readers who want another theme than their deck's `themed` keeps the same with that.
    """

    frame: Frame
    snapshot: Snapshot
    plain: bytes
    packed: bytes
    themed: dict[str, tuple[bytes, bytes]]

    def of(self, wanted: str) -> tuple[bytes, bytes]:
        """Return the page, plain and packed, with a theme."""
        if wanted not in self.themed:
            own = _THEMED.search(self.plain)
            plain = self.plain.replace(sheet(own[1].decode() if own else "").encode(), b"\0", 1)
            plain = _THEMED.sub(theme(wanted).encode(), plain, count=1)
            plain = plain.replace(b"\0", sheet(wanted).encode(), 1)
            self.themed[wanted] = plain, gzip.compress(plain, 6, mtime=0)
        return self.themed[wanted]


def join(frame: Frame, snapshot: Snapshot) -> Joined:
    """Return the page of a render and a snapshot."""
    look = snapshot.look
    plain = frame.head + look.html + frame.middle + look.json + frame.tail
    return Joined(frame, snapshot, plain, gzip.compress(plain, 6, mtime=0), {})
