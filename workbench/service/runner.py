"""One source at work: polled or followed, sifted, stored, and its state told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from workbench.clock import Clock
from workbench.collectors import Batch, Collector, Covered
from workbench.errors import DiskFull, RateLimited, StoreError, WorkbenchError
from workbench.http import Client
from workbench.items import Item, ParseResult
from workbench.service.keep import Asked, Wants, is_sampled, percent_of
from workbench.service.notes import Notes
from workbench.service.pace import Pace, jitter
from workbench.service.pool import Pool
from workbench.service.told import Told
from workbench.states import SourceState
from workbench.store import AddResult, Store

__all__ = ["Runner"]

_LOG: Final = logging.getLogger("workbench.service")
_TELL_EVERY: Final = 2.0  # seconds between reports of counts alone
_DISK_RETRY: Final = 30.0  # at most, so that work goes on soon after there is room
_REASONS: Final = 100  # for leaving a part of a payload out, remembered
_STOPPED: Final = "collecting has stopped; it goes on when it is started again"


class Runner:
    """One source at work. It ends when `stop` is set, and for no other reason.

    What sends by itself has a thread of its own, and so has all that is given no pool.

    Parameters
    ----------
    collector : Collector
    keep : str
        ``matching``, ``all`` or ``sample:<percent>``.
    wants : Wants
        What the columns want.
    store : Store
    client : Client
    now : Clock
    stop : threading.Event
    pace : Pace
    asked : Asked, optional
        What the source is asked for, if it can be asked.
    told : Told, optional
        What writes states down; else each is written when it changes.
    pool : Pool, optional
        Whose threads poll.

    Attributes
    ----------
    name : str
        Its thread's, while one is at work on it.
    state : SourceState
    errors, limited : int
        Tries that failed; times that the source asked us to wait.
    lag : float or None
        Seconds from when the newest item of the last batch was published to when it came.
    """

    def __init__(
        self,
        collector: Collector,
        *,
        keep: str,
        wants: Wants,
        store: Store,
        client: Client,
        now: Clock,
        stop: threading.Event,
        pace: Pace,
        asked: Asked | None = None,
        told: Told | None = None,
        pool: Pool | None = None,
    ) -> None:
        self.name = f"source {collector.key}"
        self._collector = collector
        self._percent = percent_of(keep)
        self._wants = wants
        self._store = store
        self._client = client
        self._now = now
        self._stop_event = stop
        self._pace = pace
        self._asked = asked
        self._states = told
        self._pool = None if collector.live else pool
        self._shared = told if self._pool else None
        self._is_ready = False
        self._begun = False
        self._ended = threading.Event()
        self._cursor: str | None = None
        self._told = 0.0
        self._logged = ""
        self._reasons: set[str] = set()
        self._notes = Notes(store, collector.key)
        self._added = AddResult(0, 0, 0)
        self._log = logging.LoggerAdapter(_LOG, {"source": collector.key})  # in any thread
        self.errors = self.limited = 0
        self.lag: float | None = None
        self.state = SourceState(
            key=collector.key, collector=collector.name, state="starting", since=now()
        )

    @property
    def is_begun(self) -> bool:
        """Whether it was ever started."""
        return self._begun

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to end."""
        return self._stop_event.is_set()

    def is_alive(self) -> bool:
        """Return whether it was started and has not ended."""
        return self._begun and not self._ended.is_set()

    def start(self) -> None:
        """Begin to poll or follow the source."""
        self._begun = True
        self._tell()
        if self._pool:
            self._pool.add(self)
        else:
            threading.Thread(target=self._run, name=self.name, daemon=True).start()

    def stop(self) -> None:
        """Tell it to end; a request that is under way may still take its time."""
        self._stop_event.set()
        if self._pool and self._begun:
            self._pool.add(self)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended."""
        if self._begun:
            self._ended.wait(timeout)

    def hold(self, reason: str) -> None:
        """Say why the source is not begun; what is stored of it is what another process says."""
        state = self.state
        if state.reason == reason:
            return
        since = state.since if state.state == "waiting" else self._now()
        self._log.info("%s: waiting: %s", state.key, reason)
        self.state = replace(state, state="waiting", reason=reason, since=since)

    @property
    def collector(self) -> Collector:
        """What is at work, asked for what it is asked for."""
        return self._collector

    def _run(self) -> None:
        while not self._stop_event.is_set():
            self._stop_event.wait(self.step() or 0.0)
        self.finish()

    def step(self) -> float | None:
        """Poll the source once, or follow it to its end; return the seconds to wait then.

        None if it is put back once its notes are stored: no poll waits for those of another.
        """
        try:
            if not self._is_ready:
                self._begin()
                self._is_ready = True
            return self._pass()
        except Exception as error:  # noqa: BLE001 - one source never stops another
            if self.is_stopped:  # what was given up for that is no failure
                _LOG.debug("%s: was left in the middle: %s", self.state.key, error)
                with suppress(StoreError):
                    self._notes.write()
                return 0.0
            with suppress(StoreError):  # what cannot be written now is written the next time
                self._notes.write()
            return self._failed(error)

    def finish(self) -> None:
        """Say that it has ended."""
        self._change("failing", _STOPPED)
        self._ended.set()

    def once(self, seconds: float) -> AddResult:
        """Poll the source once, or follow it for so many seconds; return what came of it.

        Raises
        ------
        WorkbenchError
            If the source or the store fails.
        """
        self._begin()
        timer = threading.Timer(seconds, self._stop_event.set)
        timer.daemon = True
        if self._collector.live:
            timer.start()
        try:
            self._pass()
        except WorkbenchError as error:
            self._change("failing", str(error))
            raise
        finally:
            timer.cancel()
        self._change("failing", _STOPPED)
        return self._added

    def _begin(self) -> None:
        """Ask for what columns want, where the source can be asked, from where it was left."""
        ask = getattr(self._collector, "ask", None)
        if ask is not None and self._asked is not None:
            self._collector = ask(self._asked.queries, self._asked.lists)
            self._asked = None
        self._cursor = self._store.load_cursor(self._collector.key)

    def _pass(self) -> float | None:
        """Go through the source once; return the seconds until the next time, if it is known."""
        collector = self._collector
        batches = collector.collect(
            self._client, self._cursor, now=self._now, stop=self._stop_event
        )
        try:
            for number, batch in enumerate(batches):
                if self._shared and number:  # the last notes are stored with those of others
                    self._go_on()
                self._take(batch)
                if not self._shared:
                    self._go_on()
            if not self._shared:
                self._notes.write()
        finally:
            # Whatever it holds open is let go now, not when it happens to be collected.
            if isinstance(batches, Generator):
                batches.close()
        if collector.live:
            self._pace.succeed()
            return 0.0 if self._stop_event.is_set() else self._pace.fail()
        if self._shared:
            self._shared.note(self._notes.waiting(), self._noted)
            return None
        return self._passed()

    def _passed(self) -> float:
        """Tell that all of a pass is stored; return the seconds until the next."""
        self._pace.succeed()
        wait = jitter(self._collector.every.total_seconds())
        self._change("live", wait=wait)
        return wait

    def _go_on(self) -> None:
        """Store what is noted of a batch if it is time to, and tell that the source answers."""
        self._notes.write_if_due()
        self._pace.succeed()
        if self.state.state != "live":
            self._change("live")

    def _noted(self, error: Exception | None) -> None:
        """End a pass whose notes were stored, or could not be."""
        wait = 0.0
        if error is None:
            self._notes.settle()
            wait = self._passed()
        elif not self.is_stopped:
            wait = self._failed(error)
        if self._pool:
            self._pool.put_back(self, wait)

    def _take(self, batch: Batch) -> None:
        """Store a batch; only then is it covered, and its cursor saved."""
        result = batch.result
        # Most polls find nothing new; a stream's collector is told even so what is kept.
        kept, matched, unknown = self._sift(result) if result or not self._pool else ([], 0, "")
        passed = ParseResult(kept)
        passed.deletions = result.deletions
        passed.counts = result.counts
        passed.accounts = result.accounts
        passed.volumes = result.volumes
        is_any = passed or any(vars(passed).values())
        added = self._store.apply(passed) if is_any else AddResult(0, 0, 0)
        self._added = AddResult(*map(sum, zip(self._added, added, strict=True)))
        key = self._collector.key
        for span in batch.spans:
            for query, asks_author in self._queries(span).items():
                told = span
                if asks_author and unknown and span.status == "ok":
                    told = span._replace(status="gap", reason=unknown)
                self._notes.cover(query, told)
        if batch.cursor is not None and batch.cursor != self._cursor:
            self._notes.resume_at(batch.cursor)
            self._cursor = batch.cursor
        for problem in result.problems:
            # Once for each reason: an account that wants no readers writes on all the same.
            level = logging.DEBUG if problem.reason in self._reasons else logging.INFO
            self._log.log(level, "%s: skipped %s: %s", key, problem.where, problem.reason)
            if len(self._reasons) < _REASONS:
                self._reasons.add(problem.reason)
        now = self._now()
        dated = [each.published for each in result if each.published_precision is not None]
        past = [when for when in dated if when <= now]  # what is ahead of us is forged
        if past:
            self.lag = (now - max(past)).total_seconds()
        self.state = replace(
            self.state,
            seen=self.state.seen + len(result),
            matched=self.state.matched + matched,
            stored=self._added.new,
            last_item=now if result else self.state.last_item,
        )
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._tell()

    def _queries(self, span: Covered) -> dict[str, bool]:
        """Return the queries of which a span is true, and whether they ask who wrote items."""
        wanted = self._wants.queries
        if self._percent == 100:
            if span.queries is None:
                return {"": False}
            return {query: wanted.get(query, False) for query in span.queries}
        if span.queries is None:
            return wanted
        # What is wanted no longer is kept no longer, whatever is still asked for.
        return {query: wanted[query] for query in span.queries if query in wanted}

    def _sift(self, items: Iterable[Item]) -> tuple[list[Item], int, str]:
        """Return what is kept, how many of it a column wants, and why authors are unknown.

        Of what is kept the authors have been looked up, as far as that was possible.
        """
        now = self._now()
        wants = self._wants
        percent = self._percent
        if percent < 100:
            items = [i for i in items if wants.may_match(i, now) or is_sampled(i, percent)]
        refined = self._collector.refine(self._client, list(items))
        unknown = refined.problems[0].reason if refined.problems else ""
        known: list[Item] = refined
        matching = [wants.matches(item, now) for item in known]
        if percent < 100:
            known = [
                item
                for item, wanted in zip(known, matching, strict=True)
                if wanted or is_sampled(item, percent)
            ]
        return known, sum(matching), unknown

    def _failed(self, error: Exception) -> float:
        """Tell why, and return the seconds until the next try."""
        key = self._collector.key
        wait = self._pace.fail()
        state, reason = "failing", str(error)
        self.limited += isinstance(error, RateLimited)
        self.errors += not isinstance(error, RateLimited)
        if isinstance(error, RateLimited):
            state, wait = "waiting", max(error.retry_after, 1.0)
        elif isinstance(error, DiskFull):
            wait = min(wait, _DISK_RETRY)
            reason = f"{reason}; nothing is lost: it goes on here as soon as there is room"
        elif not isinstance(error, WorkbenchError):
            # Its text may hold anything, an address with a key in it too.
            reason = f"the collector {self._collector.name} broke ({type(error).__name__})"
            if self._logged != repr(error):
                self._logged = repr(error)
                self._log.error("%s: %s", key, reason, exc_info=error)
        self._change(state, reason, wait=wait)
        return wait

    def _change(self, state: Any, reason: str = "", *, wait: float | None = None) -> None:
        """Take on a state, and tell it if it is new."""
        old = self.state
        now = self._now()
        is_same = old.state == state
        next_try = None if wait is None else now + timedelta(seconds=wait)
        since = old.since if is_same else now
        self.state = replace(old, state=state, reason=reason, since=since, next_try=next_try)
        if not is_same or old.reason != reason:
            level = logging.INFO if reason != _STOPPED else logging.DEBUG
            self._log.log(level, "%s: %s%s", old.key, state, f": {reason}" if reason else "")
        if self.state != old:
            self._tell()

    def _tell(self) -> None:
        """Write the state down where the page and other processes read it."""
        self._told = time.monotonic()
        if self._states:
            self._states.put(self.state)
            return
        try:
            self._store.report(self.state)
        except StoreError as error:
            # The state is still held here; a store without room takes it later.
            _LOG.debug("%s: state not written: %s", self.state.key, error)
