"""A post, an article, a release, as readers see it: one element each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from workbench.collectors import available
from workbench.columns.links import address_of, linkify, other_links
from workbench.columns.tree import Node, el
from workbench.columns.words import avatar, count, counted, initials, mood, plain
from workbench.items import Item

__all__ = ["MOOD_WHY", "TIERS", "draw", "item_key"]

TIERS: Final = {
    "social": ("Social", "Posts on a social network."),
    "wire": ("Newswire", "Statements in the words of those who issue them."),
    "filing": ("Filing", "Documents filed with a regulator."),
    "news": ("News", "News sites and the trade press."),
    "report": ("Report", "Studies by analysts and institutes."),
}
"""Tiers in plain words, each with one line of explanation."""
MOOD_WHY: Final = "How the words read, judged by a word list, which can be wrong."

_MOODS: Final = {"neg": "− negative", "pos": "+ positive"}
_HEADLINED: Final = ("article", "release", "filing")
_COUNTS: Final = (("replies", "reply", "replies"), ("reposts", "repost", ""), ("likes", "like", ""))
_LONGEST: Final = 1500
_MEDIA: Final = 8
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LINE_END: Final = re.compile(r"[^\S\n]+\n")
_LINES: Final = re.compile(r"\n{3,}")
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9-]{1,35}")


def item_key(source: str, ident: str) -> str:
    """Return an item's key as one text: ``source:id``."""
    return f"{source}:{ident}"


def draw(item: Item) -> list[Any]:
    """Return the element of an item: what is said of it, then its foot, the last part.

    Text beyond 1,500 characters is cut with an ellipsis: the item's own page holds it whole.

    Parameters
    ----------
    item : Item

    Returns
    -------
    Node
        An ``article`` with ``data-item`` (its key). The foot alone holds its counts.
    """
    kind = available().get(item.source)
    label = plain(kind.label if kind else item.source)
    tag_page = kind.hashtag_url if kind else ""
    name = plain(item.author_name) or plain(item.author) or "unknown author"
    is_headlined = item.kind in _HEADLINED
    # The lexicon was made for posts; on releases and articles its mark would mislead.
    tone = mood(item.compound) if item.tier == "social" else ""
    return el(
        "article",
        f"wb-post wb-entry wb-is-{tone or 'unread'}{' wb-headlined' if is_headlined else ''}",
        {
            "tabindex": "-1",
            "data-item": item_key(item.source, item.id),
            "aria-label": f"{name}, {label}",
        },
        _headline(item, label) if is_headlined else _byline(item, name),
        _answering(item),
        el("div", "wb-note wb-s wb-cut", "reposted") if item.kind == "repost" else None,
        *_body(item, tag_page),
        _foot(item, label, tone, is_headlined=is_headlined),
    )


def _time(when: datetime, *, name: str = "wb-time wb-s") -> Node:
    """Return a time that says how long ago it was, in words that whoever shows it fills in."""
    return el("time", name, {"datetime": when.isoformat(timespec="milliseconds")})


def _link(address: str | None, name: str, *parts: Node | dict[str, str] | None) -> Node:
    """Return a link that opens beside the page; if it is not http(s), the same without a link."""
    found = address_of(address)
    if not found:
        return el("span", name, *parts)
    link = {"href": found.href, "target": "_blank", "rel": "noopener noreferrer"}
    return el("a", name, link, *parts)


def _explained(why: str) -> dict[str, str]:
    """Return the attributes of one line of explanation, for hover and for tap."""
    return {"title": why, "data-why": why} if why else {}


def _handle(handle: str) -> Node:
    shown = f"@{plain(handle)}"
    return el("bdi", "wb-handle wb-s wb-cut", shown, {"dir": "ltr", "title": shown})


def _byline(item: Item, name: str) -> Node:
    author = item.author or ""
    return el(
        "header",
        "wb-by",
        el("span", f"wb-avatar {avatar(author or name)}", initials(name), {"aria-hidden": "true"}),
        el(
            "span",
            "wb-who",
            el("bdi", "wb-name wb-cut", name, {"dir": "auto"}),
            _handle(author) if author and author != name else None,
        ),
        _time(item.time),
    )


def _headline(item: Item, label: str) -> Node:
    address = address_of(item.url)
    return el(
        "header",
        "",
        el("h3", "", {"dir": "auto"}, _link(item.url, "", plain(item.title) or "Untitled")),
        el(
            "div",
            "wb-domain wb-s wb-cut",
            el("bdi", "", plain(item.author_name or item.author) or label, {"dir": "auto"}),
            f" · {address.domain}" if address else None,
        ),
    )


def _answering(item: Item) -> Node | None:
    if not item.reply_to_author:
        return None
    return el("div", "wb-note wb-s wb-cut", "answering ", _handle(item.reply_to_author))


def _shown(text: str) -> str:
    cut = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"
    return _LINES.sub("\n\n", _LINE_END.sub("\n", cut)).strip()


def _body(item: Item, tag_page: str) -> list[Node]:
    """Return what a reader sees of the words: text, media, links; folded where sensitive."""
    text = _shown(item.text)
    pieces = linkify(text, item, tag_page)
    lang = item.lang if item.lang and _LANGUAGE.fullmatch(item.lang) else ""
    title = (item.title or "").strip()
    is_headlined = item.kind in _HEADLINED
    parts: list[Node] = []
    if title and title not in text and not is_headlined:
        parts.append(el("h3", "", {"dir": "auto"}, plain(title)))
    if text and not (is_headlined and text == title):
        linked = [
            _link(
                piece.href,
                "" if piece.text[0] in "#＃@" else "wb-url",
                {"title": piece.href},
                el("bdi", "", piece.text),
            )
            if piece.href
            else piece.text
            for piece in pieces
        ]
        about = {"dir": "auto"} | ({"lang": lang} if lang else {})
        parts.append(el("p", "wb-text", about, *linked))
    for media in item.media[:_MEDIA]:
        kind = "picture" if media.type == "image" else plain(media.type)
        told = f"{kind}: {media.alt}" if media.alt else kind
        parts.append(el("p", "wb-media wb-s", {"dir": "auto"}, told))
    if links := other_links(item, pieces):
        shown: list[Node] = []
        for link in links:
            shown += [_link(link.href, "", {"title": link.href}, link.short), " "]
        parts.append(el("p", "wb-links wb-s", *shown))
    if not item.sensitive:
        return parts
    fold = {"type": "button", "aria-expanded": "false"}
    return [
        el("button", "wb-fold wb-s", fold, "Marked as sensitive. Show"),
        el("div", "", {"hidden": ""}, *parts),
    ]


def _count(item: Item, field: str, one: str, many: str) -> Node | None:
    n = getattr(item, field) or 0
    if n <= 0:
        return None
    told = counted(n, one, many or None)
    about = {"role": "img", "aria-label": told, "title": told}
    return el("span", f"wb-n wb-n-{field}", about, count(n))


def _edit(item: Item) -> Node | None:
    """Return when it was edited; a forged date, which may lie beyond every calendar, is none."""
    if item.edited is None or not item.time <= item.edited < _LATEST:
        return None
    return el("span", "", "edited ", _time(item.edited, name=""))


def _foot(item: Item, label: str, tone: str, *, is_headlined: bool) -> Node:
    """Return counts, mood, edit, and where it came from."""
    tier, why = TIERS.get(item.tier, (item.tier, ""))
    shown = tier if is_headlined else label or tier
    home = (plain(item.author_name or item.author) or shown) if is_headlined else shown
    about = f"View on {home}"
    told = _explained(why)
    if address_of(item.url):
        opens = f"{about}, {shown}, opens in a new tab"
        told = {"title": f"{about}. {why}".strip(), "aria-label": opens}
    view = _link(item.url, "wb-open", told, shown)
    said = _MOODS.get(tone)
    return el(
        "footer",
        "wb-foot wb-s",
        *(_count(item, *names) for names in _COUNTS),
        el("span", f"wb-mood wb-{tone}", said, _explained(MOOD_WHY)) if said else None,
        _edit(item),
        el(
            "span",
            "wb-from",
            _time(item.time) if is_headlined else None,
            " · " if is_headlined else None,
            view,
        ),
    )
