"""The report on a trained engine: how often it is right, and what its probabilities are worth.

One HTML file without scripts or anything from elsewhere; its drawings are SVG.
"""

from __future__ import annotations

from html import escape
from typing import Final

from workbench.text.social import CLASSES
from workbench.text.trained import Trained

__all__ = ["report"]

_COLOURS: Final = ("#d55e00", "#5d636e", "#0072b2")  # Okabe and Ito's, grey for neutral
_SIDE: Final = 320  # pixels of the plot's square
_EDGE: Final = 48
_STYLE: Final = """\
:root { color-scheme: light dark;
  --ink: #1b1d21; --grey: #5d636e; --paper: #fffefb; --line: #e2ded5 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae5; --grey: #9aa1ac; --paper: #1b1e23; --line: #2b2f37 }
}
body { font: 14px/20px system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font-variant-numeric: tabular-nums }
h1 { font: 28px/34px ui-serif, Georgia, serif } h2 { font: 20px/26px ui-serif, Georgia, serif }
table { border-collapse: collapse } th, td { padding: 4px 8px; text-align: right }
th { font-weight: 600 } td, th { border-bottom: 1px solid var(--line) }
svg { max-width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.axis { stroke: var(--line) } .even { stroke: var(--grey); stroke-dasharray: 4 4 }
"""


def report(trained: Trained) -> str:
    """Return the report as HTML."""
    weights = trained.weights
    counts = trained.confusion.sum(axis=1)
    told = ", ".join(f"{count:,} {name}" for name, count in zip(CLASSES, counts, strict=True))
    name = escape(f"{weights.name} {weights.version}")
    about = f"<p>{escape(weights.about)}</p>\n" if weights.about else ""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sentiment engine {name}</title>
<style>
{_STYLE}</style>
</head>
<body>
<h1>Sentiment engine {name}</h1>
<p>Macro-averaged recall {trained.recall:.3f}: the mean of how large a part of each class was \
found, a third being chance. Measured on {told} posts, each by a model that has not seen it.</p>
{about}<h2>Confusion</h2>
{_confusion(trained)}
<h2>Calibration</h2>
<p>How often a class is true, by how probable it was said to be, in a stream that has as many \
posts of each class. On the dashed line a probability is what it says; above it the engine is \
too cautious, below it too sure. A larger dot stands for more posts.</p>
{_calibration(trained)}
</body>
</html>
"""


def _confusion(trained: Trained) -> str:
    """Return how many posts of each class were told to be of which, as a table."""
    heads = "".join(f'<th scope="col">told {name}</th>' for name in CLASSES)
    rows = []
    for number, name in enumerate(CLASSES):
        counts = trained.confusion[number]
        cells = "".join(f"<td>{count:,}</td>" for count in counts)
        part = counts[number] / counts.sum()
        rows.append(f'<tr><th scope="row">{name}</th>{cells}<td>{part:.3f}</td></tr>')
    head = f'<thead><tr><td></td>{heads}<th scope="col">recall</th></tr></thead>'
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"


def _calibration(trained: Trained) -> str:
    """Return the plot of what probabilities are worth."""
    size = _SIDE + 2 * _EDGE
    label = "Share of posts that are of a class, by how probable it was said to be"
    box = f'viewBox="0 0 {size + 60} {size}" width="{size + 60}" height="{size}"'
    parts = [
        f'<svg {box} role="img" aria-label="{label}">',
        f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts += [
            f'<line class="axis" x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}"/>',
            f'<text x="{_x(tick)}" y="{_y(0) + 18}" text-anchor="middle">{tick:g}</text>',
            f'<text x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>',
        ]
    parts += [
        f'<text x="{_x(0.5)}" y="{size - 10}" text-anchor="middle">said</text>',
        f'<text x="{_x(0) - 36}" y="{_y(1) - 14}">true</text>',
    ]
    for number, name in enumerate(CLASSES):
        parts.append(_curve(trained, number, name))
    return "\n".join([*parts, "</svg>"])


def _curve(trained: Trained, number: int, name: str) -> str:
    """Return one class's line, its dots and its name at the right."""
    found = trained.calibration(number)
    colour = _COLOURS[number]
    line = " ".join(f"{_x(said):.1f},{_y(true):.1f}" for said, true, _ in found)
    most = max(count for *_, count in found)
    dots = "".join(
        f'<circle cx="{_x(said):.1f}" cy="{_y(true):.1f}" r="{2 + 4 * (count / most) ** 0.5:.1f}">'
        f"<title>{name}: said {said:.2f}, true {true:.2f}, {count:,} posts</title></circle>"
        for said, true, count in found
    )
    place = _y(1) + 4 + 18 * number
    return (
        f'<g fill="{colour}"><polyline points="{line}" fill="none" stroke="{colour}" '
        f'stroke-width="2"/>{dots}<rect x="{_x(1) + 12}" y="{place}" width="10" height="10"/>'
        f'<text x="{_x(1) + 28}" y="{place + 9}">{name}</text></g>'
    )


def _x(part: float) -> float:
    return _EDGE + part * _SIDE


def _y(part: float) -> float:
    return _EDGE + (1 - part) * _SIDE
