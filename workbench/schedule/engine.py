"""How a notebook is executed: papermill's engine, with an end to it.

A cell that runs for ever, kills its kernel or prints without end becomes an error of that
cell, in the document too; papermill by itself would wait, stop without a document, or fill
the memory.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import Any, Final

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat import from_dict as _from_dict
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

__all__ = ["ENGINE", "Watch"]

ENGINE: Final = "workbench"
KEPT_TEXT: Final = 1_000_000
"""Characters of printed text that the document keeps of one cell."""
KEPT_PIECES: Final = 10_000
MOST: Final = 50_000_000
"""Characters that a whole run may print or show; beyond that it is ended."""
DRAIN: Final = 60
"""Seconds for what a cell has printed to arrive once it has ended."""
GRACE: Final = 5.0
"""Seconds for a cell to stop where it is, so that its traceback tells where that was."""
_LOOK: Final = 0.1
_NATIVE: Final = ("python3", "python")

# What fails is said by us, once.
_log = logging.getLogger("workbench.schedule.jupyter")
_log.setLevel(logging.CRITICAL)


class Watch:
    """Ends a run from outside: when its time is up, it is told to stop, or it prints too much.

    Parameters
    ----------
    timeout : float
        Seconds that the whole run may take.
    stop : threading.Event
        Set by whoever wants it to end.

    Attributes
    ----------
    reason : str
        Why it was ended; empty if it was not.
    is_stopped : bool
        Whether it was told to stop.
    """

    def __init__(self, timeout: float, stop: threading.Event) -> None:
        self.timeout = timeout
        self.reason = ""
        self.is_stopped = False
        self._stop = stop
        self._deadline = time.monotonic() + timeout
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._manager: Any = None

    def begin(self, manager: Any) -> None:
        """Watch a kernel from now on."""
        self._manager = manager
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Watch no longer."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def kill(self, reason: str) -> None:
        """End the kernel and whatever it has started, at once."""
        self.reason = self.reason or reason
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def _run(self) -> None:
        while not self._done.wait(_LOOK):
            if self._stop.is_set():
                self.is_stopped = True
                self.kill("the run was told to stop")
                return
            if time.monotonic() >= self._deadline:
                self.reason = f"the run took longer than {_words(self.timeout)} and was ended"
                self._signal(signal.SIGINT)
                if not self._done.wait(GRACE):
                    self.kill(self.reason)
                return

    def _signal(self, number: int) -> None:
        provisioner = self._manager.provisioner
        process = getattr(provisioner, "process", None)
        if process is None:
            return
        group = getattr(provisioner, "pgid", None)
        try:
            if group and hasattr(os, "killpg"):
                os.killpg(group, number)
            elif number != signal.SIGINT:  # elsewhere only the kernel itself can be ended
                process.kill()
        except ProcessLookupError:
            pass


def _words(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {name}"
    return f"{seconds:g} s"


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells of one run under a watch."""

    def __init__(self, manager: Any, watch: Watch, **options: Any) -> None:
        super().__init__(manager, **options)
        self._watch = watch
        self._told = 0  # characters, by the whole run
        self._kept = 0  # characters of text kept of this cell
        self._pieces = 0

    def create_kernel_manager(self) -> Any:
        """Return a manager whose own kernel is this Python's, whatever a user has installed."""
        self.km = AsyncKernelManager(kernel_name=self.kernel_name)
        if self.kernel_name in _NATIVE:
            self.km.kernel_spec_manager.kernel_dirs = []
        if self.km.has_trait("transport_encryption") and _has_curve():
            self.km.transport_encryption = "auto"
        return self.km

    def execute(self, **options: Any) -> NotebookNode:
        """Execute all cells, up to the first that fails."""
        self.reset_execution_trackers()
        # Charts then carry what a document can show of them without a script.
        with self.setup_kernel(env=os.environ | {"WORKBENCH_RUN": "1"}, **options):
            self._watch.begin(self.km)
            try:
                if self._all_cells():
                    told = self.wait_for_reply(self.kc.kernel_info())
                    self.nb.metadata["language_info"] = told["content"]["language_info"]
            finally:
                self._watch.end()
            self.set_widgets_metadata()
        executed: NotebookNode = self.nb
        return executed

    def _all_cells(self) -> bool:
        for index, cell in enumerate(self.nb.cells):
            self._kept = self._pieces = 0
            self.nb_man.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self._fail(cell, index, error, "")
            except (DeadKernelError, CellTimeoutError) as error:
                is_dead = isinstance(error, DeadKernelError)
                self._fail(cell, index, error, _DIED if is_dead else _LATE)
            else:
                # One that caught its interruption has run out of its time all the same.
                if self._watch.reason:
                    self._fail(cell, index, DeadKernelError(self._watch.reason), "")
                else:
                    continue
            finally:
                _settle(cell.get("outputs", []))
                self.nb_man.cell_complete(cell, cell_index=index)
            return False
        return True

    def _fail(self, cell: NotebookNode, index: int, error: Exception, otherwise: str) -> None:
        """Mark a cell as the one that failed, and say why as its first error."""
        reason = self._watch.reason = self._watch.reason or otherwise
        if reason:
            name = "Stopped" if self._watch.is_stopped else "RunError"
            said = {"output_type": "error", "ename": name, "evalue": reason, "traceback": [reason]}
            errors = [n for n, o in enumerate(cell.outputs) if o.output_type == "error"]
            place = errors[0] if errors else len(cell.outputs)
            cell.outputs.insert(place, _from_dict(said))
        cell.execution_count = cell.execution_count or self.code_cells_executed
        self.nb_man.cell_exception(cell, cell_index=index, exception=error)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output, as far as it is not too much."""
        content = msg["content"]
        is_text = msg["msg_type"] == "stream"
        size = (
            len(content["text"]) if is_text else sum(map(_size, content.get("data", {}).values()))
        )
        self._told += size
        kept: NotebookNode | None = None
        if not is_text or self._fits(content):
            kept = super().output(outs, msg, display_id, cell_index)
            _join(outs)
        if self._told > MOST:
            self._watch.kill(
                f"the run printed or showed more than {MOST // 1_000_000} MB and was ended"
            )
            if self.task_poll_for_reply:
                self.task_poll_for_reply.cancel()  # no need to wait until its death is noticed
        return kept

    def _fits(self, content: dict[str, Any]) -> bool:
        """Cut printed text to what is kept of a cell; return whether anything is."""
        if self._kept >= KEPT_TEXT or self._pieces >= KEPT_PIECES:
            return False
        self._pieces += 1
        room = KEPT_TEXT - self._kept
        self._kept += len(content["text"])
        if self._kept >= KEPT_TEXT or self._pieces == KEPT_PIECES:
            content["text"] = (
                f"{content['text'][:room]}\n[Cut here: the text of a cell is kept up to "
                f"{KEPT_TEXT // 1_000_000} MB. What it printed after this is left out.]\n"
            )
        return True


_DIED: Final = (
    "the kernel died in this cell: it ended itself, or was killed, perhaps for want of memory"
)

_LATE: Final = "the cell printed faster than it could be read"


def _join(outs: list[NotebookNode]) -> None:
    """Make one output of the last two where they are the same stream."""
    if len(outs) < 2 or any(out.output_type != "stream" for out in outs[-2:]):
        return
    before, last = outs[-2:]
    if before.name == last.name:
        before.text += last.text
        del outs[-1]


def _settle(outs: list[NotebookNode]) -> None:
    """Leave the last state of lines that were written over and over, as progress bars do."""
    for out in outs:
        if out.output_type == "stream" and "\r" in out.text:
            lines = out.text.split("\n")
            out.text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(str(value))


def _has_curve() -> bool:
    import zmq

    return bool(zmq.has("curve"))


class _Engine(Engine):  # type: ignore[misc]
    """Papermill's engine that executes by the client above."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Execute a notebook under the watch given."""
        _Client(
            nb_man,
            options["watch"],
            kernel_name=kernel_name,
            startup_timeout=options["start_timeout"],
            iopub_timeout=DRAIN,
            log=_log,
            shutdown_kernel="immediate",
        ).execute()


papermill_engines.register(ENGINE, _Engine)
