"""A workspace for one's own industry: a deck on sources that need no key, notebooks, a README."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from workbench import share
from workbench.errors import DeckError, SettingError
from workbench.workspace.deck import deck_text
from workbench.workspace.wish import ROLES, SAID, Wish, split_names, split_tags

__all__ = ["ROLES", "SAID", "Wish", "deck_text", "split_names", "split_tags", "write"]


def write(folder: Path, wish: Wish, *, is_forced: bool = False) -> list[Path]:
    """Write a workspace.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    wish : Wish
    is_forced : bool
        Write over files of the same names.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    SettingError
        If something of it is there already, the folder cannot be written to, or the address
        of a feed or server cannot be used.
    """
    from workbench import decks  # reads YAML, which whoever asks for help need not wait for

    files = {
        Path("decks") / f"{wish.role}.yaml": deck_text(wish),
        Path("README.md"): _readme(wish),
        Path(".gitignore"): _IGNORED,
    }
    with TemporaryDirectory() as there:
        # Read as the page will read it, before anything is written.
        trial = Path(there) / f"{wish.role}.yaml"
        trial.write_text(files[Path("decks") / f"{wish.role}.yaml"], "utf-8")
        try:
            decks.load(trial)
        except DeckError as error:
            raise SettingError(f"no deck comes of this: {error.message}") from None
    copied = {
        Path("notebooks") / each.name: each for each in share.path("notebooks").glob("*.ipynb")
    }
    there_already = sorted(name for name in (*files, *copied) if (folder / name).exists())
    if there_already and not is_forced:
        listed = ", ".join(map(str, there_already))
        raise SettingError(
            f"{folder} holds {listed} already; name another folder, or write over them with --force"
        )
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        for name, source in copied.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    except OSError as error:
        raise SettingError(f"{folder} cannot be written to: {error.strerror}") from None
    return [folder / name for name in (*files, *copied)]


_IGNORED: Final = """\
# What was collected stays on this machine.
*.db
*.db-*
briefings/
# So were drafts of decks, and what these looked like before.
.versions/
.ipynb_checkpoints/
"""


def _readme(wish: Wish) -> str:
    company = re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", wish.company)
    return f"""\
# The workbench of {company}

| here | what it is |
|---|---|
| `decks/{wish.role}.yaml` | columns and sources of the page; edit it, the open page follows |
| `notebooks/` | for analysts, in JupyterLab: copies, yours to change |
| `workbench.db` | what was collected; made by the first command below, and not for a repository |

In this folder:

```
export WORKBENCH_STORE="$PWD/workbench.db"
workbench doctor --deck {wish.role}    # does each source answer?
workbench up --deck {wish.role}        # collect, and publish the page
```

and beside it, in another terminal:

```
export WORKBENCH_STORE="$PWD/workbench.db"
workbench lab                # explore in JupyterLab
workbench brief --deck {wish.role}     # the last 24 hours as one document
workbench serve notebooks/NAME.ipynb   # publish a notebook of yours
```

Each command says more with `--help`.
"""
