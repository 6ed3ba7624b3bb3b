"""Films and episodes in feeds: what YouTube's channels and podcasts say beside the usual.

Formats: YouTube's channel feeds (Atom with Media RSS and ``yt:``), Apple's namespace for
podcasts (``itunes:``) and the Podcast Namespace (``podcast:transcript``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workbench.collectors.markup import Plain, absolute, plain, squeeze
from workbench.entities import extract
from workbench.items import Media

__all__ = ["Broadcast", "read_broadcast"]

_VIDEO: Final = re.compile(r"[\w-]{11}")
_CHANNEL: Final = re.compile(r"UC[\w-]{22}")
_DURATION: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d+)?|(\d{1,6})(?:\.\d+)?")
_LIKED: Final = re.compile(r"\d{1,12}")
_PLAYED: Final = {"audio", "video"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """A film or an episode.

    Attributes
    ----------
    video, channel : str or None
        Ids of YouTube's.
    author_name, author_url : str or None
        Whose channel it is.
    body : Plain or None
        What is said of it, where that is more than the entry's summary.
    likes : int or None
    media : tuple of Media
    links : tuple of str
        To a transcript.
    is_explicit : bool
    """

    video: str | None = None
    channel: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    body: Plain | None = None
    likes: int | None = None
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    is_explicit: bool = False


def read_broadcast(raw: Mapping[str, Any], url: str) -> Broadcast | None:
    """Return what an entry is beside an article; None if it is neither film nor episode.

    Parameters
    ----------
    raw : Mapping
        The entry as feedparser gives it.
    url : str
        What relative addresses are joined to.
    """
    video = raw.get("yt_videoid")
    if isinstance(video, str) and _VIDEO.fullmatch(video):
        return _film(raw, video, url)
    played = [link for link in raw.get("links") or () if _kind(link) in _PLAYED]
    return _episode(raw, played, url) if played else None


def _film(raw: Mapping[str, Any], video: str, url: str) -> Broadcast:
    channel = raw.get("yt_channelid")
    author = raw.get("author_detail") or {}
    about = squeeze(raw.get("summary") or "")
    liked = (raw.get("media_starrating") or {}).get("count") or ""
    thumbnails = (absolute(each.get("url") or "", url) for each in raw.get("media_thumbnail") or ())
    return Broadcast(
        video=video,
        channel=channel if isinstance(channel, str) and _CHANNEL.fullmatch(channel) else None,
        author_name=squeeze(author.get("name") or "") or None,
        author_url=absolute(author.get("href") or "", url),
        # It is plain text, whatever Media RSS takes it for; its lines are lines.
        body=Plain(about, extract(about).links),
        likes=int(liked) if _LIKED.fullmatch(liked) else None,
        media=(Media("video"), *(Media("image", link) for link in thumbnails if link)),
    )


def _episode(raw: Mapping[str, Any], played: list[Mapping[str, Any]], url: str) -> Broadcast:
    told = duration(str(raw.get("itunes_duration") or ""))
    base = absolute(str(raw.get("link") or ""), url) or url
    notes = [plain(str(each.get("value") or ""), base=base) for each in raw.get("content") or ()]
    notes.append(plain(str(raw.get("summary") or ""), base=base))
    # An article may come with a film, too: its summary stays what is read of it.
    is_podcast = any(key.startswith(("itunes_", "podcast_")) for key in raw)
    transcript = (raw.get("podcast_transcript") or {}).get("url")
    link = absolute(transcript, url) if isinstance(transcript, str) else None
    return Broadcast(
        body=max(notes, key=lambda each: len(each.text)) if is_podcast else None,
        media=tuple(_media(raw, played, told, url)),
        links=(link,) if link else (),
        is_explicit=raw.get("itunes_explicit") is True,
    )


def _media(
    raw: Mapping[str, Any], played: list[Mapping[str, Any]], told: str | None, url: str
) -> Iterator[Media]:
    seen = set()
    for each in played:
        link = absolute(each.get("href") or "", url)
        if link and link not in seen:
            seen.add(link)
            yield Media(_kind(each), link, told)
    cover = absolute((raw.get("image") or {}).get("href") or "", url)
    if cover:
        yield Media("image", cover)


def _kind(link: Mapping[str, Any]) -> str:
    if link.get("rel") != "enclosure":
        return ""
    return str(link.get("type") or "").partition("/")[0].lower()


def duration(text: str) -> str | None:
    """Return how long an episode lasts, in words.

    Examples
    --------
    >>> duration("1:02:03"), duration("754"), duration("00:45"), duration("long")
    ('1 h 2 min', '13 min', '1 min', None)
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds, whole = (int(part or 0) for part in found.groups())
    total = hours * 3_600 + minutes * 60 + seconds + whole
    if not 0 < total < 1_000_000:
        return None
    hours, minutes = divmod(max(1, round(total / 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
