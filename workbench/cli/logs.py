"""What a service says on stderr: as lines to read, or as one JSON object to a line."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, quote_plus

from workbench.errors import SettingError

__all__ = ["FORMATS", "VARIABLE", "log_to_stderr"]

FORMATS: Final = ("text", "json")
VARIABLE: Final = "WORKBENCH_LOG_FORMAT"

_SOURCE: Final = "source "  # what the names of the sources' threads begin with
_OPEN: Final = frozenset(
    f"WORKBENCH_{name}" for name in ("STORE", "LOG_FORMAT", "METRICS_PORT", "DECK", "PAGE", "RUN")
)
_SHORTEST: Final = 4  # a shorter value would strike out parts of words


class _Format(logging.Formatter):
    """Lines without secrets, whoever wrote them there.

    Parameters
    ----------
    is_json : bool
    environment : mapping
        Where the secrets are: the values of all variables that begin with ``WORKBENCH_``, but
        for the few that are settings.
    """

    def __init__(self, environment: Mapping[str, str], *, is_json: bool) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")
        self._is_json = is_json
        values = {
            spelt
            for name, value in environment.items()
            if name.startswith("WORKBENCH_") and name not in _OPEN
            if len(value) >= _SHORTEST
            for spelt in (value, quote(value, safe=""), quote_plus(value))
        }
        ordered = sorted(values, key=lambda value: (-len(value), value))
        self._secrets = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def format(self, record: logging.LogRecord) -> str:
        return self._as_json(record) if self._is_json else self._as_text(record)

    def _as_text(self, record: logging.LogRecord) -> str:
        # One record, one line, but for the traceback of what should not have happened.
        line = f"{self.formatTime(record, self.datefmt)} {_harmless(record.getMessage())}"
        trouble = self._trouble(record)
        return self._without_secrets(f"{line}\n{trouble}" if trouble else line)

    def _as_json(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC)
        thread = record.threadName or ""
        source = getattr(record, "source", None) or (
            thread.removeprefix(_SOURCE) if thread.startswith(_SOURCE) else None
        )
        told = {
            "time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "source": source,
            "message": record.getMessage(),
            "error": self._trouble(record) or None,
        }
        # Before it is written: what JSON escapes would be another text than the secret.
        kept = {key: self._without_secrets(text) for key, text in told.items() if text}
        return json.dumps(kept)

    def _trouble(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""

    def _without_secrets(self, text: str) -> str:
        return self._secrets.sub("***", text) if self._secrets else text


def _harmless(message: str) -> str:
    """Return a message as one line without signs that steer a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in message)


def log_to_stderr(form: str | None = None, *, level: int = logging.INFO) -> None:
    """Write what the service has to say to stderr, with the time.

    Parameters
    ----------
    form : {"text", "json"}, optional
        Else what WORKBENCH_LOG_FORMAT says, else text.
    level : int
        Of our own loggers; of all others only warnings are written.

    Raises
    ------
    SettingError
        If there is no such form.
    """
    form = form or os.environ.get(VARIABLE) or FORMATS[0]
    if form not in FORMATS:
        raise SettingError(f"{VARIABLE}={form!r} is no form of the log; it is text or json")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Format(os.environ, is_json=form == "json"))
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("workbench").setLevel(level)
