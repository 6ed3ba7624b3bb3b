"""YouTube: the films of a channel or a playlist, by its feed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from workbench.clock import span
from workbench.collectors.documents import LIMIT, Document, Entry, read_xml
from workbench.collectors.entries import entry_items
from workbench.collectors.feeds import Fed
from workbench.errors import SettingError, SourceError
from workbench.items import TIERS, Item, ParseResult

if TYPE_CHECKING:
    from workbench.http import Response

__all__ = ["YouTube", "parse"]

_FEED: Final = "https://www.youtube.com/feeds/videos.xml"
_ID: Final = re.compile(
    r"(?:https?://(?:www\.|m\.)?youtube\.com/channel/)?(UC[\w-]{22})(?:[/?].*)?"
)
_PLAYLIST: Final = re.compile(r"[A-Z]{2}[\w-]{10,60}")


@dataclass(frozen=True)
class YouTube(Fed):
    """A channel or a playlist, polled.

    Parameters
    ----------
    channel : str
        Its id, which begins with ``UC``, or the address of its page that holds it.
    playlist : str
        A playlist's id, which begins with ``PL``, instead of a channel.
    every : timedelta or str
        Between two polls; 15 minutes by default.
    tier : str
        ``social`` by default; ``news`` for a broadcaster's channel.
    """

    name: ClassVar[str] = "youtube"
    label: ClassVar[str] = "YouTube"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = "a feed lists the newest 15; views are not kept, comments not told"
    terms: ClassVar[str] = "films stay there: title, description, link are kept"
    price: ClassVar[str] = ""
    hashtag_url: ClassVar[str] = "https://www.youtube.com/hashtag/{}"
    live: ClassVar[bool] = False

    channel: str = ""
    playlist: str = ""
    every: timedelta = timedelta(minutes=15)
    tier: str = "social"

    def __post_init__(self) -> None:
        if bool(self.channel) is bool(self.playlist):
            raise SettingError("youtube needs a channel: or a playlist:, one of the two")
        found = _ID.fullmatch(self.channel.strip())
        if self.channel and not found:
            raise SettingError(
                f"channel={self.channel!r} is no channel's id; it begins with UC and stands on the "
                "channel's page under About, Share channel, Copy channel ID"
            )
        if self.playlist and not _PLAYLIST.fullmatch(self.playlist):
            raise SettingError(
                f"playlist={self.playlist!r} is no playlist's id; it stands in the playlist's "
                "address behind list="
            )
        if self.tier not in TIERS:
            raise SettingError(f"tier={self.tier!r} is not one of {', '.join(TIERS)}")
        object.__setattr__(self, "channel", found[1] if found else "")
        object.__setattr__(self, "every", span(self.every))

    @property
    def key(self) -> str:
        """What names it in the store: ``youtube:`` and the id."""
        return f"youtube:{self.channel or self.playlist}"

    def address(self) -> str:
        """Return where the feed stands."""
        name = "channel_id" if self.channel else "playlist_id"
        return f"{_FEED}?{name}={self.channel or self.playlist}"

    def read(self, answer: Response, at: datetime) -> ParseResult:
        """Return what the feed says."""
        return parse(answer.content, collected=at, tier=self.tier)


def parse(
    data: bytes, *, collected: datetime | None = None, tier: str | None = None
) -> ParseResult:
    """Return the films that a feed lists, as posts of their channel.

    Parameters
    ----------
    data : bytes
        The feed of a channel or a playlist.
    collected : datetime, optional
        When it came in.
    tier : str, optional
        ``social`` if not given.

    Raises
    ------
    SourceError
        If it is no feed; the message says what came instead.
    """
    if len(data) > LIMIT:
        raise SourceError(f"youtube: sends {len(data) / 1e6:.0f} MB, which are not read")
    document = read_xml(data, url=_FEED)

    def finish(item: Item, entry: Entry) -> Item:
        return _film(item, entry, document)

    return entry_items(document, "", tier or "social", collected, finish=finish)


def _film(item: Item, entry: Entry, document: Document) -> Item:
    shown = entry.broadcast
    own = item.id.removeprefix("yt:video:")
    return replace(
        item,
        source="youtube",
        id=shown.video if shown and shown.video else own,
        kind="post",
        author=shown.channel if shown else None,
        author_name=(shown.author_name if shown else None) or document.title or None,
        author_url=(shown.author_url if shown else None) or document.link,
    )
