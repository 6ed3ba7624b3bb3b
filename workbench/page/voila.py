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
from collections.abc import Mapping, Sequence
from pathlib import Path
from socket import socket
from typing import Any, Final

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

    async def render(self, deck: str, page: Mapping[str, Any]) -> Render:
        """Run the notebook in a kernel of its own, and return the page made of it.

        Parameters
        ----------
        deck : str
            Which deck it displays, told to it as ``WORKBENCH_DECK``.
        page : Mapping
            What the template fills in.
        """
        renderer = NotebookRenderer(
            voila_configuration=self.voila_configuration,
            traitlet_config=self.config,
            notebook_path=self._notebook.name,
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            base_url=page["base"],
            page_config={},
        )
        renderer.log = self.log
        await renderer.initialize()
        renderer.resources["workbench"] = {**page, "failures": []}
        manager = self.kernel_manager
        starting = asyncio.ensure_future(
            manager.start_kernel(
                kernel_name=renderer.notebook.metadata.kernelspec.name,
                path="",
                env={**os.environ, "WORKBENCH_DECK": deck, "WORKBENCH_PAGE": "1"},
            )
        )
        try:
            kernel = await asyncio.shield(starting)
            async with asyncio.timeout(LIMIT):
                html, failures = "", []
                made = renderer.generate_content_generator(kernel, manager.get_kernel(kernel))
                async for part, resources in made:
                    html += part
                    failures = resources["workbench"]["failures"]
            return Render(html, tuple(failures))
        finally:
            # A page that stops meanwhile cancels this, but not the ending of its kernel.
            ending = asyncio.create_task(self._end(renderer, starting))
            self._endings = [ending, *(each for each in self._endings if not each.done())]
            await asyncio.shield(ending)
            task = asyncio.current_task()
            if task and task.cancelling():
                # nbclient takes it for the death of its kernel, and goes on.
                raise asyncio.CancelledError

    async def _end(self, renderer: NotebookRenderer, starting: asyncio.Future[str]) -> None:
        """Leave neither the renderer's kernel, half started perhaps, nor the lines to it."""
        kernel = await starting
        if executor := getattr(renderer, "executor", None):
            await ensure_async(executor.kc.stop_channels())
        await ensure_async(self.kernel_manager.shutdown_kernel(kernel, now=True))
