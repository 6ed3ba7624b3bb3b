"""A real JupyterLab for the browser tests: a server of its own, and a notebook opened in it."""

import os
import re
import secrets
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

__all__ = ["Lab", "lab", "write_notebook"]

SETTINGS = {
    "notification-extension": '{"fetchNews": "false", "checkForUpdates": false}',
    "apputils-extension/themes": '{"theme": "%s"}',
}
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


def write_notebook(path, *cells):
    """Write a notebook; strings are code, a cell made by nbformat goes in as it is."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": KERNEL}), path)
    return path


markdown = new_markdown_cell


class Lab:
    """A running JupyterLab, and what a person does in it."""

    def __init__(self, url, token, folder):
        self.url = url
        self.token = token
        self.folder = folder
        self._page = None

    def address(self, notebook=""):
        """Return where a notebook opens, in a workspace of its own."""
        where = f"doc/tree/{notebook}" if notebook else "lab"
        return f"{self.url}{where}?token={self.token}&reset"

    def open(self, context, notebook):
        """Return a page with the notebook open and its kernel ready.

        Where JupyterLab is open already in this profile it is gone on with: to load it takes a
        browser longer than all that a test does in it.
        """
        page = self._page
        if page is None or page.is_closed() or page.context != context:
            page = self._page = context.new_page()
            page.goto(self.address(notebook))
        else:
            page.bring_to_front()
            page.evaluate(OPEN, notebook)
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.evaluate(READY, notebook)
        return page

    def tidy(self, context):
        """Close what a test has opened, and end its kernels; JupyterLab itself stays."""
        for page in context.pages:
            if page != self._page:
                page.close()
        if self._page and not self._page.is_closed():
            self._page.evaluate(TIDY)

    def run(self, page, *cells):
        """Run these cells, or all of them, and wait until they have run."""
        page.evaluate(RUN, cells or None)

    def restart(self, page):
        """Restart the kernel, and wait until it is back."""
        page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
        )


OPEN = """async (path) => {
  await window.jupyterapp.commands.execute("docmanager:open", { path });
}"""
# Closed without asking whether to save, and on the files of the test alone.
TIDY = """async () => {
  const { serviceManager, shell } = window.jupyterapp;
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  for (const widget of [...shell.widgets("main")]) widget.dispose();
  await serviceManager.sessions.shutdownAll();
}"""
# What commands act on is the widget that is current, which it becomes some time after it is there.
READY = """async (path) => {
  const { shell } = window.jupyterapp;
  const find = () => [...shell.widgets("main")].find(({ context }) => context?.path === path);
  const so = async (is) => {
    while (!is()) await new Promise((done) => setTimeout(done, 50));
  };
  await so(find);
  const { id, context, sessionContext } = find();
  await context.ready;
  await sessionContext.ready;
  await so(() => sessionContext.session?.kernel);
  await sessionContext.session.kernel.info;
  shell.activateById(id);
  await so(() => shell.currentWidget?.id === id);
}"""
# A person's way, without the keyboard: it tells when the cells have run.
RUN = """async (cells) => {
  const { commands, shell } = window.jupyterapp;
  const { content } = shell.currentWidget;
  for (const n of cells ?? content.widgets.keys()) {
    content.activeCellIndex = n;
    await commands.execute("notebook:run-cell");
  }
}"""


@contextmanager
def lab(folder, *, home, theme="JupyterLab Light", environment=None):
    """Run a JupyterLab on a folder until the block ends.

    Nothing of the user's own is read: configuration, data and workspaces lie in `home`. Use it
    with the `browser` fixture, which skips without Chromium::

        with lab(folder, home=home, environment={"WORKBENCH_STORE": address}) as running:
            page = running.open(context, "n.ipynb")
            running.run(page, 0)
    """
    settings = Path(home) / "lab" / "user-settings"
    for name, text in {
        "@jupyterlab/apputils-extension/notification": SETTINGS["notification-extension"],
        "@jupyterlab/apputils-extension/themes": SETTINGS["apputils-extension/themes"] % theme,
    }.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    token = secrets.token_hex(16)
    env = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(Path(home) / "config"),
        "JUPYTER_DATA_DIR": str(Path(home) / "data"),
        "JUPYTER_RUNTIME_DIR": str(Path(home) / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(Path(home) / "lab" / "workspaces"),
        "IPYTHONDIR": str(Path(home) / "ipython"),
        "JUPYTER_TOKEN": token,
        **(environment or {}),
    }
    command = [sys.executable, "-m", "jupyterlab", str(folder), "--no-browser"]
    command += ["--ServerApp.port=0", "--ServerApp.ip=127.0.0.1", "--allow-root"]
    command += ["--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        told, drain = [], None
        try:
            for line in process.stdout:
                told.append(line)
                if found := re.search(r"(http://127\.0\.0\.1:\d+/)lab", line):
                    break
            else:
                raise AssertionError("".join(told))
            # What is not read any more would fill the pipe, and stop the server.
            drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
            yield Lab(found[1], token, Path(folder))
        finally:
            process.terminate()
            process.wait(timeout=120)
            if drain:
                drain.wait(timeout=120)
