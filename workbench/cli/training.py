"""The command that makes an engine of one's own labels: train-sentiment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import options
from workbench.errors import SettingError

if TYPE_CHECKING:
    from workbench.text.trained import Trained

__all__ = ["train_sentiment"]


@click.command(
    "train-sentiment",
    epilog="Example: workbench train-sentiment labels.csv --name ours",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", default="own", help="What decks call it; else own.")
@click.option(
    "--release", metavar="TEXT", help="Its version; else 1, or the next after that of its file."
)
@click.option("--about", metavar="TEXT", default="", help="What it was learned from, for who asks.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The engine's file; else NAME.weights where engines of your own are found.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The report, HTML; else beside the engine.",
)
@click.option(
    "--base",
    metavar="ENGINE",
    default="social",
    help="Where to begin, else social: what the labels do not say stays so. none: with nothing.",
)
@click.option("--seed", default=0, help="By which posts are dealt to folds; else 0.")
@options.as_json
def train_sentiment(
    *,
    file: Path,
    name: str,
    release: str | None,
    about: str,
    target: Path | None,
    report: Path | None,
    base: str,
    seed: int,
    is_json: bool,
) -> None:
    """Learn a sentiment engine from FILE: CSV or TSV with the fields label and text.

    A label is negative, neutral or positive. The engine is of the same kind as social. What is
    written: its file, and a report of how often it is right on posts that it has not seen.
    """
    from workbench.text import engines, labelled, quality, social, training, weights

    if not name.isidentifier() or not name.isascii():
        raise SettingError(
            f"{name!r} is no name for an engine; take letters, digits and _, a letter first"
        )
    file_of = target or social.folder() / f"{name}.weights"
    if name in engines.available().keys() - social.Social.others().keys():
        raise SettingError(f"an engine {name} is installed already; take another name")
    page = report or file_of.with_suffix(".html")
    begin = None if base == "none" else engines.engine(base)
    if begin is not None and not isinstance(begin, social.Linear):
        raise SettingError(f"one cannot begin with {base}: only with social, or one learned here")
    posts = labelled.read_labels(file)
    version = release or _next(file_of)
    with _watched() as watch:
        trained = training.train(
            posts,
            name=name,
            version=version,
            about=f"{about} Begun with {base}: {begin.weights.about}" if begin else about,
            seed=seed,
            base=begin.weights if begin else None,
            watch=watch,
        )
    try:
        for path in (file_of, page):
            path.parent.mkdir(parents=True, exist_ok=True)
        weights.write(file_of, trained.weights)
        page.write_text(quality.report(trained), "utf-8")
    except OSError as error:
        raise SettingError(f"{error.filename}: cannot be written ({error.strerror})") from error
    _tell(trained, file_of, page, is_json=is_json)


def _next(path: Path) -> str:
    """Return the version that follows the one that is there: none has scores of two engines."""
    from workbench.text import weights

    if not path.exists():
        return "1"
    before = weights.version_of(path)
    if not (before.isascii() and before.isdigit()):
        raise SettingError(f"{path} is version {before!r}; say with --release which comes now")
    return str(int(before) + 1)


@contextmanager
def _watched() -> Iterator[Callable[[int], object]]:
    """Tell a terminal how far it is."""
    from tqdm import tqdm

    from workbench.text import training

    with tqdm(total=training.STEPS, unit=" steps", delay=1.0, disable=None) as bar:
        yield lambda done: bar.update(done - bar.n)


def _tell(trained: Trained, weights: Path, page: Path, *, is_json: bool) -> None:
    if is_json:
        told = {
            "engine": f"{trained.weights.name} {trained.weights.version}",
            "posts": len(trained.labels),
            "recall": round(trained.recall, 4),
            "confusion": trained.confusion.tolist(),
            "weights": str(weights),
            "report": str(page),
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"macro-averaged recall {trained.recall:.3f} on {len(trained.labels):,} posts")
    click.echo(f"engine: {weights}")
    click.echo(f"report: {page}")
