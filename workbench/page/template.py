"""The Voila template: where it lies, what comes of it, and the page that it makes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2

__all__ = ["TEMPLATE", "TEMPLATES", "Render", "bare"]

TEMPLATE: Final = "workbench"
TEMPLATES: Final = Path(str(files("workbench.page") / "templates"))
"""A Jupyter data folder: Voila finds our template in it by ``JUPYTER_PATH`` as well."""


@dataclass(frozen=True, slots=True)
class Render:
    """A page made by the template.

    Attributes
    ----------
    html : str
    failures : tuple of str
        What went wrong in the notebook's cells, for the log; no viewer sees it.
    """

    html: str
    failures: tuple[str, ...] = ()


def bare(page: Mapping[str, Any]) -> Render:
    """Return the page without a notebook, made without a kernel.

    Parameters
    ----------
    page : Mapping
        What the template fills in.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "voila" / "templates" / TEMPLATE),
        extensions=["jinja2.ext.do"],
        autoescape=False,  # noqa: S701 - as nbconvert has it: the template escapes by itself
    )
    environment.filters["markdown2html"] = str
    html = environment.get_template("index.html.j2").render(
        resources={"workbench": {**page, "failures": []}},
        kernel_start=lambda _: None,
        cell_generator=lambda *_: (),
    )
    return Render(html)
