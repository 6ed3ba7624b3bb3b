"""A notebook's parameters: which it has, and values for them as they are typed."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from workbench import share
from workbench.errors import SettingError

__all__ = ["check", "defaults", "find", "load", "names", "typed"]

_NATIVE: Final = {"name": "python3", "display_name": "Python 3", "language": "python"}


def find(notebook: str) -> Path:
    """Return a notebook's file: of this path, or of this name among those that came along.

    Raises
    ------
    SettingError
        If there is none.
    """
    path = Path(notebook).expanduser()
    if path.is_file():
        return path
    came = share.path("notebooks")
    if path.name == notebook and (came / f"{path.stem}.ipynb").is_file():
        return came / f"{path.stem}.ipynb"
    known = ", ".join(sorted(each.stem for each in came.glob("*.ipynb")))
    raise SettingError(
        f"there is no notebook {notebook}; give the path of an .ipynb file, or one of those that "
        f"came along: {known}"
    )


def load(path: Path) -> Any:
    """Return a notebook, with a kernel named, and as papermill wants it.

    Raises
    ------
    SettingError
        If the file is no notebook.
    """
    import nbformat
    from papermill.iorw import load_notebook_node

    try:
        notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
        if not isinstance(notebook.get("cells"), list):
            raise TypeError("it has no cells")  # noqa: TRY301 - one way for all that is wrong
        # From the text and not from the path, in which papermill reads braces and addresses.
        loaded: Any = load_notebook_node(notebook)
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}") from None
    except Exception as error:
        # Whatever is wrong with a file, nbformat has an exception of its own for it.
        said = str(error).partition("\n")[0][:200]
        raise SettingError(
            f"{path} is no notebook that can be run ({said}); open it in JupyterLab and save it"
        ) from error
    if not loaded.metadata.get("kernelspec", {}).get("name"):
        loaded.metadata["kernelspec"] = dict(_NATIVE)
    loaded.metadata["kernelspec"].setdefault("language", "python")
    return loaded


def names(notebook: Any) -> list[str] | None:
    """Return the names that a notebook's parameters cell sets; None if it has no such cell."""
    from papermill.inspection import inspect_notebook

    if not any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells):
        return None
    return list(inspect_notebook(notebook))


def defaults(notebook: Any) -> dict[str, Any]:
    """Return what a notebook's parameters cell sets, as far as that is plain values."""
    from papermill.inspection import inspect_notebook

    found = {}
    for name, told in inspect_notebook(notebook).items():
        with suppress(ValueError, SyntaxError):
            found[name] = ast.literal_eval(told["default"])
    return found


def check(notebook: Any, given: Mapping[str, Any], *, path: Path) -> None:
    """Refuse parameters that a notebook does not have.

    Raises
    ------
    SettingError
        If there is no parameters cell, or none of that name in it.
    """
    if not given:
        return
    known = names(notebook)
    if known == [] and notebook.metadata.kernelspec["language"] != "python":
        return  # papermill reads the names of few languages
    if known is None:
        raise SettingError(
            f"{path.name} has no parameters cell, so that -p can set nothing; in JupyterLab, give "
            "the cell that sets its values the tag 'parameters' (property inspector, Cell Tags)"
        )
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise SettingError(
                f"{path.name} has no parameter {name!r}.{hint} It has: {', '.join(known) or 'none'}"
            )


def typed(pairs: Iterable[str], raw: Iterable[str] = ()) -> dict[str, Any]:
    """Return parameters written as ``name=value``.

    As papermill's own command reads them: ``True``, ``False`` and ``None``, whole numbers and
    other numbers are taken for what they look like; all else is text, just as it stands.
    Those of `raw` are text in any case.

    Raises
    ------
    SettingError
        If one has no ``=`` or no name.

    Examples
    --------
    >>> typed(["n=3", "on=True", "since=24h", "q=a=b"], raw=["code=007"])
    {'n': 3, 'on': True, 'since': '24h', 'q': 'a=b', 'code': '007'}
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        name, value = _split(pair)
        given[name] = _as_typed(value)
    given |= dict(map(_split, raw))
    return given


def _split(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign or not name.strip().isidentifier():
        raise SettingError(f"{pair!r} sets no parameter; write name=value, as in -p since=24h")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise SettingError(f"the value of {name!r} holds bytes that are no text in UTF-8")
    return name.strip(), value


def _as_typed(value: str) -> Any:
    words = {"True": True, "False": False, "None": None}
    if value in words:
        return words[value]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
