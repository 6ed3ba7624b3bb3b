"""Functions of numbers and arrays, compiled by Numba, and kept compiled on this machine.

Numba comes with the extra ``fast``; without it this module cannot be imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numba
import platformdirs

__all__ = [
    "FLOAT",
    "INT",
    "KEYS",
    "NONE",
    "ROWS",
    "TABLE",
    "VALUES",
    "YES_NO",
    "Floats",
    "Ints",
    "Longs",
    "compiled",
]

_numba: Any = numba  # whose types know neither its settings nor all options
# Numba's types are given beside each function: what is read of an array is a number of 32 bits or
# of 64, and with types left to be found each mixture would be compiled for itself.
Ints = Any
Longs = Any
Floats = Any

INT: Final = numba.int64
FLOAT: Final = numba.float64
YES_NO: Final = numba.boolean
NONE: Final = numba.void
ROWS: Final = numba.int32[::1]
TABLE: Final = numba.int32[:, ::1]
KEYS: Final = numba.int64[::1]
VALUES: Final = numba.float64[::1]


def compiled(result: Any, *arguments: Any) -> Callable[[Callable[..., Any]], Any]:
    """Have a function compiled for these types, of its result and its arguments.

    What was compiled is kept in the user's cache folder, or the one that ``NUMBA_CACHE_DIR``
    names, under a name made of the code of all modules here: Numba itself does not see when a
    constant or a function of another module has changed. Where no folder can be written it is
    compiled anew by each process.
    """

    def compile_it(function: Callable[..., Any]) -> Any:
        before = _numba.config.CACHE_DIR
        _numba.config.CACHE_DIR = str(_FOLDER or before)
        try:
            return _numba.njit(
                result(*arguments),
                cache=_FOLDER is not None,
                error_model="numpy",
                no_cfunc_wrapper=True,
                no_cpython_wrapper=function.__name__.startswith("_"),
            )(function)
        finally:
            _numba.config.CACHE_DIR = before

    return compile_it


def _folder() -> Path | None:
    """Return a folder for what is compiled of the code as it is; None if there can be none."""
    code = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    beside = _numba.config.CACHE_DIR or platformdirs.user_cache_path("workbench", appauthor=False)
    folder = Path(beside) / f"compiled-{code.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
    except OSError:
        return None
    return folder


_FOLDER: Final = _folder()
