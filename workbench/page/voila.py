"""All that touches Voila's internals: an application with our routes alone, and the render.

Voila makes a page per request, with a kernel behind each. Here it renders the notebook once,
without a request, and ends the kernel; what it makes is shown to every viewer. Nothing of this
is Voila's public interface, so that ``tests/test_page_voila.py`` holds what is relied on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from socket import socket
from typing import Any, Final

import nbformat
import zmq
from jupyter_core.paths import jupyter_path
from jupyter_core.utils import ensure_async
from tornado.httpserver import HTTPServer
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration
from voila.notebook_renderer import NotebookRenderer
from voila.paths import collect_template_paths

from workbench.page.template import TEMPLATE, TEMPLATES, Render

__all__ = ["PageApplication"]

LIMIT: Final = 120.0
"""Seconds that a notebook may run."""
LARGEST: Final = 50_000_000
"""Bytes of a notebook's file: one that was saved with its outputs may be large, but not that."""


class _Files:
    """No files for Voila's renderer: pictures are put into the page by us, where that is safe."""

    @staticmethod
    def file_exists(_: str) -> bool:
        return False


class _Renderer(NotebookRenderer):  # type: ignore[misc]
    """Voila's renderer, for a notebook anywhere on the disk."""

    async def load_notebook(self, path: str) -> Any:
        """Read the notebook at an absolute path."""
        return await self.fix_notebook(await asyncio.to_thread(_read, Path(path)))


def _read(path: Path) -> Any:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"the file is larger than {LARGEST // 1_000_000} MB")
    return nbformat.read(path, as_version=4)


class PageApplication(Voila):  # type: ignore[misc]
    """A Voila application without Voila's routes.

    None of the kernel, file, extension or contents routes exists, nor anything that writes.

    Parameters
    ----------
    notebook : Path
    routes : sequence
        Tornado's: pattern, handler, arguments.
    settings : Mapping
        For tornado.
    bound : socket
        What it listens on.
    """

    def __init__(
        self,
        notebook: Path,
        *,
        routes: Sequence[tuple[str, type, dict[str, Any]]],
        settings: Mapping[str, Any],
        bound: socket,
    ) -> None:
        config = Config()
        config.VoilaConfiguration.template = TEMPLATE
        config.VoilaConfiguration.allow_template_override = "NO"
        config.VoilaConfiguration.allow_theme_override = "NO"
        # A cell that fails must not take those after it along; the template tells neither
        # messages nor tracebacks.
        config.VoilaExecutor.allow_errors = True
        # A kernel that died stays dead: what comes of it is a page that says so.
        config.KernelManager.autorestart = False
        config.VoilaConfiguration.show_tracebacks = True
        if zmq.has("curve"):
            config.KernelManager.transport_encryption = "auto"
        # What fails is logged by `Frames`, once, without the cell's source.
        quiet = logging.getLogger("workbench.page.jupyter")
        quiet.setLevel(logging.CRITICAL)
        # Neither configuration files nor signal handlers, which `initialize` would bring.
        super().__init__(config=config, log=quiet, root_dir=str(notebook.parent))
        self.tornado_settings = dict(settings)
        self.voila_configuration = VoilaConfiguration(parent=self)
        self.template_paths = collect_template_paths(
            ["voila", "nbconvert"],
            TEMPLATE,
            prune=True,
            root_dirs=[str(TEMPLATES), *jupyter_path()],
        )
        self._notebook = notebook
        self._routes = routes
        self._bound = bound
        self._endings: list[asyncio.Task[None]] = []

    def init_handlers(self) -> list[Any]:
        """Return our routes, in the place of Voila's."""
        return list(self._routes)

    def listen(self) -> None:
        """Serve on the socket that was bound before."""
        # The kernel is the Python that serves the page, whatever specs a user has installed.
        self.kernel_spec_manager.kernel_dirs = []
        self._server = HTTPServer(
            self.app, max_body_size=65_536, idle_connection_timeout=30, body_timeout=10
        )
        self._server.add_socket(self._bound)

    async def close(self) -> None:
        """Stop serving, and leave no kernel, connection or file."""
        self._server.stop()
        await self._server.close_all_connections()
        await asyncio.gather(*self._endings, return_exceptions=True)
        await ensure_async(self.kernel_manager.shutdown_all(now=True))
        self.kernel_manager.context.destroy(linger=0)
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    async def render(self, environment: Mapping[str, str], page: Mapping[str, Any]) -> Render:
        """Run the page's notebook in a kernel of its own, and return the page made of it.

        Parameters
        ----------
        environment : Mapping of str to str
            For the kernel: which deck it displays, which store it reads.
        page : Mapping
            What the template fills in.
        """
        given = {**page, "failures": []}
        html, resources = await self.run(
            self._notebook, given, base=page["base"], environment=environment
        )
        return Render(html, tuple(resources["workbench"]["failures"]))

    async def run(
        self,
        notebook: Path,
        page: Mapping[str, Any],
        *,
        base: str,
        environment: Mapping[str, str],
        limit: float = LIMIT,
        is_over: Callable[[], bool] = lambda: False,
    ) -> tuple[str, dict[str, Any]]:
        """Run a notebook in a kernel of its own, which has ended when this returns.

        Parameters
        ----------
        notebook : Path
        page : Mapping
            What the template gets to see as ``resources.workbench``.
        base : str
            Path under which the page is served.
        environment : Mapping of str to str
            For the kernel, beside our own.
        limit : float
            Seconds that it may take.
        is_over : callable
            Asked after each cell whether the rest may be left undone.

        Returns
        -------
        tuple of str and dict
            What the template made, and its resources.

        Raises
        ------
        TimeoutError
            If it takes longer than `limit`.
        """
        notebook = notebook.absolute()  # noqa: ASYNC240 - asks no disk
        renderer = _Renderer(
            voila_configuration=self.voila_configuration,
            traitlet_config=self.config,
            notebook_path=str(notebook),
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=_Files(),
            kernel_spec_manager=self.kernel_spec_manager,
            base_url=base,
            page_config={},
        )
        renderer.log = self.log
        await renderer.initialize()
        renderer.resources["workbench"] = dict(page)
        starting = asyncio.ensure_future(
            self.kernel_manager.start_kernel(
                kernel_name=renderer.notebook.metadata.kernelspec.name,
                cwd=str(notebook.parent),
                env={**os.environ, **environment, "WORKBENCH_PAGE": "1"},
                extra_arguments=["--InteractiveShellApp.extra_extensions=workbench.kernel"],
            )
        )
        # A task of its own: nbclient takes its being cancelled for the death of the kernel, and
        # goes on with the next cell.
        running = asyncio.create_task(self._generate(renderer, starting, is_over))
        try:
            done, _ = await asyncio.wait({running}, timeout=limit)
        finally:
            # A page that stops meanwhile cancels this, but not the ending of its kernel.
            ending = asyncio.create_task(self._end(renderer, starting, running))
            self._endings = [ending, *(each for each in self._endings if not each.done())]
            await asyncio.shield(ending)
        if not done:
            raise TimeoutError(f"it ran longer than {limit:g} seconds")
        return running.result()

    async def _generate(
        self,
        renderer: NotebookRenderer,
        starting: asyncio.Future[str],
        is_over: Callable[[], bool],
    ) -> tuple[str, dict[str, Any]]:
        kernel = await asyncio.shield(starting)
        html, resources = "", {}
        made = renderer.generate_content_generator(kernel, self.kernel_manager.get_kernel(kernel))
        async for part, resources in made:  # noqa: B007 - the last ones count
            html += part
            if is_over():
                break
        await made.aclose()
        return html, resources

    async def _end(
        self,
        renderer: NotebookRenderer,
        starting: asyncio.Future[str],
        running: asyncio.Task[Any],
    ) -> None:
        """Leave neither the renderer's kernel, half started perhaps, nor the lines to it."""
        try:
            kernel = await starting
        except Exception:  # noqa: BLE001 - whoever waits for the render hears of it
            kernel = None
        if kernel is not None:
            await ensure_async(self.kernel_manager.shutdown_kernel(kernel, now=True))
        while not running.done():
            running.cancel()
            await asyncio.wait({running}, timeout=0.1)
        if not running.cancelled():
            running.exception()  # looked at, should nobody else
        # It has no lines yet where the kernel was ended before it had answered.
        if client := getattr(getattr(renderer, "executor", None), "kc", None):
            await ensure_async(client.stop_channels())
