"""A run's notebook as one HTML file that opens offline."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.resources import as_file, files
from typing import Any, Final

from workbench.charts.published import drawings

__all__ = ["to_html"]

_TEMPLATE: Final = "workbench-document"
_HEADING: Final = re.compile(r"^#\s+(.+)$", re.MULTILINE)
_INTERACTIVE: Final = (
    '<p class="wb-doc-note">Here stands a chart that needs a script, and this document runs none. '
    "Open its notebook in JupyterLab, or draw it by the workbench (wb.chart_…), unchanged.</p>"
)


@cache
def _style() -> str:
    return (files("workbench.schedule") / "document.css").read_text("utf-8")


def _title(notebook: Any, otherwise: str) -> str:
    """Return the first heading that a reader sees."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "wb-notes" not in cell.metadata.get("tags", []):
            found = _HEADING.search(cell.source)
            if found:
                return found[1].strip()
    return otherwise


def _drawn(figure: Any) -> str:
    """Return a plotly figure as it can stand in a document that runs no script."""
    return drawings(figure) or _INTERACTIVE


def to_html(notebook: Any, *, name: str, mark: str, foot: str, failure: str = "") -> str:
    """Return a notebook as a document: what it says and shows, none of its code.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed.
    name : str
        The file in which it is kept.
    mark : str
        What tells in the head which run made it (:func:`workbench.documents.mark`).
    foot : str
        The last line: plain text.
    failure : str
        Why it ends where it ends; empty if all went well.
    """
    from nbconvert.exporters import HTMLExporter, TemplateExporter

    with as_file(files("workbench.schedule") / "templates") as folder:
        exporter = HTMLExporter(template_name=_TEMPLATE, extra_template_basedirs=[str(folder)])
        # Not HTMLExporter's own, which parses the page and writes it anew, in other words.
        render = partial(TemplateExporter.from_notebook_node, exporter)
        page = {
            "mark": mark,
            "title": _title(notebook, name.partition(".")[0]),
            "style": _style(),
            "notebook": name,
            "failure": failure[:1].upper() + failure[1:],
            "has_mark": any(
                output.output_type == "error"
                for cell in notebook.cells
                for output in cell.get("outputs", [])
            ),
            "foot": foot,
            "drawn": _drawn,
        }
        html, _ = render(notebook, resources={"workbench": page})
    return str(html)
