"""How often and how many at once: one host's patience."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workbench.errors import RateLimited, SourceError
from workbench.http.waits import Waits

__all__ = ["Limits"]


@dataclass
class _Host:
    gate: threading.Semaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_start: float = 0.0
    next_apart: float = 0.0
    shut_until: float = 0.0


class Limits:
    """Holds requests to one host apart, and back while it has asked us to wait.

    Parameters
    ----------
    interval : float
        Least seconds between the starts of two requests to one host.
    concurrent : int
        Most requests to one host at a time.

    Attributes
    ----------
    told : callable or None
        Gets each host that has asked us to wait, and for how many seconds.
    """

    def __init__(self, *, interval: float, concurrent: int) -> None:
        self.told: Callable[[str, float], None] | None = None
        self._interval = interval
        self._lock = threading.Lock()
        self._hosts: defaultdict[str, _Host] = defaultdict(
            lambda: _Host(threading.Semaphore(concurrent))
        )

    def _host(self, name: str) -> _Host:
        with self._lock:
            return self._hosts[name]

    def shut(self, name: str, seconds: float) -> None:
        """Let nothing through to a host for so many seconds."""
        self._host(name).shut_until = time.monotonic() + seconds
        if self.told is not None:
            self.told(name, seconds)

    def apart(self, name: str, seconds: float, stop: threading.Event) -> None:
        """Wait until so many seconds have passed since this was last waited for, or until told.

        With an interval of 0 nothing is held apart.
        """
        if not self._interval:
            return
        host = self._host(name)
        with host.lock:
            start = max(time.monotonic(), host.next_apart)
            host.next_apart = start + seconds
        stop.wait(max(0.0, start - time.monotonic()))

    @contextmanager
    def turn(self, name: str, deadline: float, waits: Waits) -> Iterator[None]:
        """Wait for a turn with a host, and hold it.

        Raises
        ------
        RateLimited
            At once, if the host has asked us to wait.
        SourceError
            If no turn comes before `deadline` (on the monotonic clock), or before all waits
            are over.
        """
        host = self._host(name)
        left = host.shut_until - time.monotonic()
        if left > 0:
            raise RateLimited(f"{name} asked us to wait; {left:.0f} s are left", retry_after=left)
        if not host.gate.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise SourceError(f"{name}: too many requests are under way; ask it less often")
        try:
            with host.lock:
                start = max(time.monotonic(), host.next_start)
                host.next_start = start + self._interval
            left = start - time.monotonic()
            if left > 0:  # even no sleep at all would give the processor away
                waits.sleep(left, name)
            yield
        finally:
            host.gate.release()
