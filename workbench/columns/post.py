"""A post, an article, a release, as readers see it: one element each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from workbench.collectors import collector_of
from workbench.columns.links import Piece, address_of, other_links, placed
from workbench.columns.marking import Mark, Marks, marked
from workbench.columns.tree import Node, el, number
from workbench.columns.words import avatar, counted, initials, mood, plain, visible
from workbench.items import Item, Media

__all__ = ["MOODS", "MOOD_WHY", "SENSITIVE", "TIERS", "Folded", "draw", "item_key", "standing"]

TIERS: Final = {
    "social": ("Social", "Posts on a social network."),
    "wire": ("Newswire", "Statements in the words of those who issue them."),
    "filing": ("Filing", "Documents filed with a regulator."),
    "news": ("News", "News sites and the trade press."),
    "report": ("Report", "Studies by analysts and institutes."),
}
"""Tiers in plain words, each with one line of explanation."""
SENSITIVE: Final = "Marked as sensitive."
"""What is said instead of what is folded away."""
MOODS: Final = {"neg": "− negative", "pos": "+ positive"}
"""How the words read, in words; of what reads neither way nothing is said."""
MOOD_WHY: Final = "How the words read, judged by a program, which can be wrong."

_HEADLINED: Final = ("article", "release", "filing")
_COUNTS: Final = (("replies", "reply", "replies"), ("reposts", "repost", ""), ("likes", "like", ""))
_LONGEST: Final = 1500
_MEDIA: Final = 8
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LINE_END: Final = re.compile(r"[^\S\n]+\n")
_LINES: Final = re.compile(r"\n{3,}")
_CHANNEL: Final = re.compile(r"UC[\w-]{22}")  # YouTube's, by which nobody knows a channel
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9-]{1,35}")


def item_key(source: str, ident: str) -> str:
    """Return an item's key as one text: ``source:id``."""
    return f"{source}:{ident}"


class Folded(NamedTuple):
    """What is told of an entry of several items.

    Attributes
    ----------
    key : str
        The key of the entry.
    names : tuple of str
        Who reposted it, the latest first; of many the first few.
    reposts : int
        How many did.
    alike : int
        How many others say the same.
    """

    key: str
    names: tuple[str, ...] = ()
    reposts: int = 0
    alike: int = 0


def draw(
    item: Item,
    *,
    folded: Folded | None = None,
    media: str = "off",
    is_open: bool = False,
    marks: Marks | None = None,
) -> list[Any]:
    """Return the element of an item: what is said of it, then its foot, the last part.

    Text beyond 1,500 characters is cut with an ellipsis: opened, the item is shown whole.

    Parameters
    ----------
    item : Item
    folded : Folded, optional
        What stands behind it in the same entry.
    media : {"off", "small", "large"}
        How pictures are previewed.
    is_open : bool
        Whether what is marked as sensitive is shown at once.
    marks : Marks, optional
        What is set apart in title and text, which are then shown whole.

    Returns
    -------
    Node
        An ``article`` with ``data-item`` (its key). The foot alone holds its counts.
    """
    kind = collector_of(item.source)
    label = plain(kind.label if kind else item.source)
    tag_page = kind.hashtag_url if kind else ""
    name = plain(item.author_name) or plain(item.author) or "unknown author"
    is_headlined = item.kind in _HEADLINED
    # What companies say of themselves is seldom negative; a mark on it would mislead.
    tone = mood(item.compound) if item.tier == "social" else ""
    return el(
        "article",
        f"wb-post wb-entry wb-is-{tone or 'unread'}{' wb-headlined' if is_headlined else ''}",
        {
            "tabindex": "-1",
            "data-item": folded.key if folded else item_key(item.source, item.id),
            "aria-label": f"{name}, {label}",
        },
        None if item.kind == "repost" else _passed_on(item, folded),
        _headline(item, label, marks) if is_headlined else _byline(item, name),
        _answering(item),
        _passed_on(item, folded) if item.kind == "repost" else None,
        *_body(item, tag_page, media, marks, is_folded=bool(item.sensitive) and not is_open),
        _alike(folded.alike) if folded and folded.alike else None,
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
    return {"data-why": why} if why else {}


def _handle(handle: str) -> Node:
    shown = f"@{plain(handle)}"
    return el("bdi", "wb-handle wb-s wb-cut", shown, {"dir": "ltr", "title": shown})


def _byline(item: Item, name: str) -> Node:
    author = item.author or ""
    is_handle = author not in {"", name} and not _CHANNEL.fullmatch(author)
    return el(
        "header",
        "wb-by",
        el("span", f"wb-avatar {avatar(author or name)}", initials(name), {"aria-hidden": "true"}),
        el(
            "span",
            "wb-who",
            el("bdi", "wb-name wb-cut", name, {"dir": "auto"}),
            _handle(author) if is_handle else None,
        ),
        _time(item.time),
    )


def _passed_on(item: Item, folded: Folded | None) -> Node | None:
    """Return who reposted an item; of a repost that stands for its original, who did as well."""
    names, n = (folded.names, folded.reposts) if folded else ((), 0)
    if not n:
        return el("div", "wb-note wb-s wb-cut", "reposted") if item.kind == "repost" else None
    who: list[Node] = [el("bdi", "", names[0], {"dir": "auto"})]
    if n == 2 and len(names) > 1:
        who += [" and ", el("bdi", "", names[1], {"dir": "auto"})]
    elif n > 1:
        who.append(f" and {counted(n - 1, 'other')}")
    said = ["reposted, as did ", *who] if item.kind == "repost" else [*who, " reposted"]
    return el("div", "wb-note wb-s wb-cut", *said)


def _alike(n: int) -> Node:
    about = {
        "type": "button",
        "data-opens": ".wb-of-alike",
        "title": f"{n:,} more say the same. Show them",
    }
    return el("button", "wb-more wb-s wb-alike", about, f"and {n:,} alike")


def _headline(item: Item, label: str, marks: Marks | None) -> Node:
    address = address_of(item.url)
    title = _title(item, marks) if plain(item.title) else ["Untitled"]
    name = plain(item.author_name or item.author) or label
    if item.form and plain(item.title).startswith(name):
        # Whose filing it is, the headline says already.
        form = plain(item.form)
        name = (
            form.replace("SCHEDULE", "Schedule") if form.startswith("SCHEDULE") else f"Form {form}"
        )
    return el(
        "header",
        "",
        el("h3", "", {"dir": "auto"}, _link(item.url, "", *title)),
        el(
            "div",
            "wb-domain wb-s wb-cut",
            el("bdi", "", name, {"dir": "auto"}),
            # Who finds articles by a search knows outlets by their domains alone.
            f" · {address.domain}" if address and address.domain != name else None,
        ),
    )


def _answering(item: Item) -> Node | None:
    if not item.reply_to_author:
        return None
    return el("div", "wb-note wb-s wb-cut", "answering ", _handle(item.reply_to_author))


def _title(item: Item, marks: Marks | None) -> list[Node]:
    if marks is None:
        return [plain(item.title)]
    return [_each(node, visible) for node in marked(item.title or "", marks.title)]


def _each(node: Node, change: Callable[[str], str]) -> Node:
    """Return a node with its text changed."""
    return change(node) if isinstance(node, str) else [*node[:2], change(node[2])]


def _shown(text: str) -> str:
    cut = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"
    return _spaced(_LINE_END.sub("\n", cut) if "\n" in cut else cut).strip()


def _spaced(text: str) -> str:
    """Leave no more than one line empty."""
    return _LINES.sub("\n\n", text) if "\n\n\n" in text else text


def _body(
    item: Item, tag_page: str, media: str, marks: Marks | None, *, is_folded: bool
) -> list[Node]:
    """Return what a reader sees of the words: text, media, links; folded where sensitive."""
    text = _shown(item.text) if marks is None else item.text
    pieces = placed(text, item, tag_page)
    lang = item.lang if item.lang and _LANGUAGE.fullmatch(item.lang) else ""
    title = (item.title or "").strip()
    is_headlined = item.kind in _HEADLINED
    parts: list[Node] = []
    if title and title not in text and not is_headlined:
        parts.append(el("h3", "", {"dir": "auto"}, *_title(item, marks)))
    if text.strip() and not (is_headlined and text.strip() == title):
        about = {"dir": "auto"} | ({"lang": lang} if lang else {})
        known = marks.text if marks else ()
        parts.append(el("p", "wb-text", about, *_pieces(pieces, known)))
    parts += [_carried(each, media) for each in item.media[:_MEDIA]]
    if links := other_links(item, [piece for _, piece in pieces]):
        shown: list[Node] = []
        for link in links:
            shown += [_link(link.href, "", {"title": link.href}, link.short), " "]
        parts.append(el("p", "wb-links wb-s", *shown))
    if not is_folded:
        return parts
    return [el("details", "", el("summary", "wb-more wb-s", SENSITIVE), *parts)]


def _pieces(pieces: Sequence[tuple[int, Piece]], marks: Sequence[Mark]) -> Iterator[Node]:
    """Yield a text's pieces, its links as such, with what is marked set apart."""
    for start, piece in pieces:
        if not piece.href:
            parts = marked(piece.text, marks, start=start) if marks else [piece.text]
            yield from (_each(part, _spaced) for part in parts)
            continue
        is_hit = any(
            mark.name == "hit" and mark.start < start + len(piece.text) and mark.end > start
            for mark in marks
        )
        shown = el("mark" if is_hit else "bdi", "", piece.text)
        name = "" if piece.text[0] in "#＃@" else "wb-url"
        yield _link(piece.href, name, {"title": piece.href}, shown)


def _carried(media: Media, preview: str) -> Node:
    """Return a picture, or what it would be: who is asked for it learns who looks.

    Only what is fetched over https is shown or offered, and a video is but linked.
    """
    kind = "picture" if media.type == "image" else plain(media.type)
    told = f"{kind}: {media.alt}" if media.alt else kind
    address = address_of(media.url)
    if address is None or not address.href.startswith("https:"):
        return el("p", "wb-media wb-s", {"dir": "auto"}, told)
    if media.type != "image":
        linked = _link(media.url, "", f"{kind} on {address.domain}")
        return el(
            "p", "wb-media wb-s", {"dir": "auto"}, linked, f": {media.alt}" if media.alt else ""
        )
    known = {"alt": media.alt or "", "loading": "lazy", "referrerpolicy": "no-referrer"}
    if preview == "off":
        why = f"Loads it from {address.domain}, which then learns of your visit"
        about = {"type": "button", "dir": "auto", "title": why, "data-src": address.href}
        about["data-alt"] = media.alt or ""
        return el("button", "wb-media wb-s", about, f"{told} · load from {address.domain}")
    return el("img", f"wb-{preview}", known | {"src": address.href})


def _count(item: Item, field: str, one: str, many: str) -> Node | None:
    n = getattr(item, field) or 0
    if n <= 0:
        return None
    told = counted(n, one, many or None)
    about = {"role": "img", "aria-label": told, "title": told}
    return el("span", f"wb-n wb-n-{field}", about, number(n))


def _edit(item: Item) -> Node | None:
    """Return when it was edited; a forged date, which may lie beyond every calendar, is none.

    A form that was filed never changes: only what is known of it does.
    """
    if item.form or item.edited is None or not item.time <= item.edited < _LATEST:
        return None
    return el("span", "", "edited ", _time(item.edited, name=""))


def _judged(item: Item) -> str:
    """Return what is to be known of a mood, and what made it."""
    return f"{MOOD_WHY} Scored by {item.engine}." if item.engine else MOOD_WHY


def _foot(item: Item, label: str, tone: str, *, is_headlined: bool) -> Node:
    """Return counts, mood, edit, and where it came from."""
    tier, why = TIERS.get(item.tier, (item.tier, ""))
    shown = tier if is_headlined else label or tier
    home = shown
    if is_headlined:  # a filing lies with the regulator, not with whoever filed it
        home = label if item.form else plain(item.author_name or item.author) or shown
    about = f"View on {home}"
    told = _explained(why)
    if address_of(item.url):
        opens = f"{about}, {shown}, opens in a new tab"
        told = {"title": f"{about}. {why}".strip(), "aria-label": opens}
    view = _link(item.url, "wb-open", told, shown)
    said = MOODS.get(tone)
    return el(
        "footer",
        "wb-foot wb-s",
        *(_count(item, *names) for names in _COUNTS),
        el("span", f"wb-mood wb-{tone}", said, _explained(_judged(item))) if said else None,
        _edit(item),
        el(
            "span",
            "wb-from",
            _time(item.time) if is_headlined else None,
            " · " if is_headlined else None,
            view,
        ),
    )


def standing(node: Sequence[Any], name: str = "") -> Node:
    """Return a post's element as it stands outside a column: keys and updates pass it over."""
    tag, attributes, *inside = node
    kept = {k: value for k, value in attributes.items() if k not in ("tabindex", "data-item")}
    classes = [each for each in kept["class"].split() if each != "wb-entry"]
    return [tag, kept | {"class": " ".join([*classes, *([name] if name else [])])}, *inside]
