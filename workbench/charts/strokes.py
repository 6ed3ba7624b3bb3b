"""What drawings are made of: text, lines, boxes, and the frame around them."""

from __future__ import annotations

from html import escape
from typing import Final

from workbench.charts.axes import fit, plain
from workbench.charts.theme import SANS, SERIF, THEMES, Theme

__all__ = ["STYLE", "box", "framed", "head", "line", "number", "text"]


def _tokens(theme: Theme) -> str:
    named = (
        ("ink", theme.ink),
        ("grey", theme.grey),
        ("hair", theme.hairline),
        ("edge", theme.control),
        ("gap", theme.gap),
        ("card", theme.card),
        ("acc", theme.accent),
        ("neg", theme.negative),
        ("pos", theme.positive),
        *((f"c{n}", color) for n, color in enumerate(theme.palette)),
    )
    return "{" + "".join(f"--{name}:{color};" for name, color in named) + "}"


def _rules() -> str:
    colours = ["neg", "pos", "acc", *(f"c{n}" for n in range(6))]
    drawn = "".join(
        f".wb-g .l-{c}{{stroke:var(--{c})}}.wb-g .b-{c}{{fill:var(--{c})}}" for c in colours
    )
    dark = _tokens(THEMES["dark"])
    return (
        f".wb-g{_tokens(THEMES['light'])}"
        f"@media screen and (prefers-color-scheme:dark){{.wb-g{dark}}}"
        # JupyterLab has a theme of its own, whatever the system's is.
        f"[data-jp-theme-light=true] .wb-g{_tokens(THEMES['light'])}"
        f"[data-jp-theme-light=false] .wb-g{dark}"
        f".wb-g{{font:11px {SANS};font-variant-numeric:tabular-nums;max-width:100%;height:auto}}"
        ".wb-g text{fill:var(--grey)}"
        f".wb-g .t{{font:600 16px {SERIF};fill:var(--ink)}}.wb-g .s{{font-size:12px}}"
        ".wb-g .v{font-size:12px;font-weight:600;fill:var(--ink)}.wb-g .n{fill:var(--ink)}"
        ".wb-g .h{paint-order:stroke;stroke:var(--card);stroke-width:3px}"
        ".wb-g .r{stroke:var(--hair)}.wb-g .z{stroke:var(--edge)}"
        ".wb-g .e{stroke:var(--edge);stroke-dasharray:2 2}.wb-g .g{fill:var(--gap)}"
        ".wb-g .m{fill:var(--ink)}.wb-g .l-neu{stroke:var(--grey)}.wb-g .b-neu{fill:var(--grey)}"
        ".wb-g path{fill:none;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}"
        f"{drawn}"
    )


STYLE: Final = _rules()
"""The style sheet inside each drawing: always the same, so that a policy can let it pass."""


def number(value: float) -> str:
    """Return a number with at most one digit behind the point."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0" if abs(value) < 0.05 else "-0")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "") -> str:
    """Return words, of a kind that the style sheet knows."""
    named = f' class="{kind}"' if kind else ""
    held = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}"{named}{held}>{escape(words)}</text>'


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line class="{kind}" {ends}/>'


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    kind: str = "",
    fill: str = "",
    opacity: float = 1,
    why: str,
) -> str:
    """Return a rectangle, which says why it is there."""
    look = f'class="{kind}"' if kind else f'fill="{fill}"'
    faint = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    said = f"<title>{escape(plain(why))}</title>"
    return (
        f'<rect {look} x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}"{faint}>{said}</rect>'
    )


def head(title: str, subtitle: str, width: int) -> tuple[str, int]:
    """Return title and subtitle, and where they end."""
    parts = []
    y = 0
    for words in fit(title, width, 16, most=2):
        y += 20
        parts.append(text(0, y - 4, words, "t"))
    for words in fit(subtitle, width, 12, most=2):
        y += 16
        parts.append(text(0, y - 3, words, "s"))
    return "".join(parts), y + 8


def framed(body: str, *, alt: str, width: int, height: int) -> str:
    """Return a whole drawing."""
    return (
        f'<svg class="wb-g" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(plain(alt))}">'
        f"<style>{STYLE}</style>{body}</svg>"
    )
