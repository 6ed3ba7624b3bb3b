"""Pages that say one thing: not signed in, no such deck, something failed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from typing import Final

__all__ = ["STYLE_HASH", "notice", "style_hash"]

# Inside the page, since whoever is not signed in may not fetch our style sheet either.
_STYLE: Final = (
    ":root{color-scheme:light dark;--paper:#f6f4ef;--ink:#1b1d21;--grey:#5d636e;--accent:#0b5cad}"
    "@media(prefers-color-scheme:dark)"
    "{:root{--paper:#14161a;--ink:#eceae5;--grey:#9aa1ac;--accent:#6cb2ff}}"
    "body{margin:0;background:var(--paper);color:var(--grey);"
    'font:16px/24px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}'
    "main{max-width:34em;margin:18vh auto;padding:0 20px}"
    "h1{font:600 28px/34px ui-serif,Georgia,serif;color:var(--ink);margin:0 0 12px}"
    "p{margin:0 0 8px}ul{padding-left:20px}a{color:var(--accent)}"
)


def style_hash(style: str) -> str:
    """Return under what name a Content-Security-Policy lets this style inside a page pass."""
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


STYLE_HASH: Final = style_hash(_STYLE)
"""The same of the style of these pages."""


def notice(
    title: str,
    *sentences: str,
    links: Iterable[tuple[str, str]] = (),
    again: bool = False,
) -> str:
    """Return a page of a heading, some sentences and links.

    Parameters
    ----------
    title, *sentences : str
        Plain text.
    links : iterable of (str, str)
        Address and words; without an address the words alone.
    again : bool
        Have the browser ask once more by itself.
    """
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    listed = "".join(f"<li>{_link(to, words)}</li>" for to, words in links)
    refresh = '<meta http-equiv="refresh" content="0">' if again else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'{refresh}<title>{escape(title)}</title><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{told}"
        f"{f'<ul>{listed}</ul>' if listed else ''}</main></body></html>"
    )


def _link(to: str, words: str) -> str:
    return f'<a href="{escape(to)}">{escape(words)}</a>' if to else escape(words)
