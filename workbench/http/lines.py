"""Streams of lines: one long answer with a record, mostly of JSON, on each line.

Format: https://github.com/ndjson/ndjson-spec. An empty line is a heartbeat.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final

import httpx

from workbench.http.addresses import redact
from workbench.http.streams import Kinds, Pieces, Stream, open_stream

__all__ = ["LineStream", "Records", "open_lines"]

# What is sent as such a stream bears many names, and mostly that of plain JSON.
_KINDS: Final = Kinds(
    (
        "application/json",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/stream+json",
        "text/plain",
    ),
    "a stream of lines",
)


class Records:
    r"""Turns bytes, in whatever pieces they come, to lines; those of nothing but space are none.

    Examples
    --------
    >>> records = Records("x")
    >>> records.feed(b'\r\n{"a": 1}\r\n{"a"'), records.feed(b": 2}\n")
    ([b'{"a": 1}'], [b'{"a": 2}'])
    """

    def __init__(self, where: str) -> None:
        self._pieces = Pieces(where, "a line")

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that end in these bytes.

        Raises
        ------
        SourceError
            If one is larger than :data:`LARGEST`.
        """
        *whole, rest = data.split(b"\n")
        found = []
        for piece in whole:
            self._pieces.add(piece)
            line = self._pieces.end().strip()
            self._pieces.size = 0
            if line:
                found.append(line)
        if rest:
            self._pieces.add(rest)
        return found


LineStream = Stream[bytes]


def open_lines(address: httpx.URL, **options: Any) -> AbstractContextManager[LineStream]:
    """Connect and ask, as :func:`workbench.http.streams.open_stream` does."""
    return open_stream(address, _KINDS, Records(redact(str(address))), **options)
