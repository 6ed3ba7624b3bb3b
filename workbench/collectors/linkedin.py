"""LinkedIn, by the ways in that it leaves: a page of one's own, one's export, a brought file."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

from workbench.clock import Clock, span
from workbench.collectors import Batch, Retention
from workbench.collectors.ledger import Ledger
from workbench.collectors.linkedin_pages import TOKEN, Api, Poll, State
from workbench.collectors.linkedin_parse import parse
from workbench.collectors.linkedin_posts import Name
from workbench.collectors.markup import absolute
from workbench.errors import SettingError, SourceError
from workbench.items import Item, ParseResult

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["TOKEN", "LinkedIn", "parse"]

_ORGANIZATION: Final = re.compile(r"(?:urn:li:organization:)?(\d{1,19})")
_VERSION: Final = re.compile(r"20\d\d(?:0[1-9]|1[0-2])")
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_LARGEST: Final = 200_000_000  # bytes of a file
_BATCH: Final = 1_000

_PAGE_LIMITS: Final = (
    "posts of the page alone, at most 500 changed ones a poll; requests are counted by the day; "
    "a token ends after 60 days"
)
_FILE_LIMITS: Final = "it says what is in it, not what is missing; times are often only '2d'"


@dataclass(frozen=True)
class LinkedIn:
    """A page of LinkedIn that you administer, or a file that you bring.

    Parameters
    ----------
    page : str
        Number of the page, as it stands in its address for administrators.
    file : str
        The ZIP of your own export, or a table or objects that you have saved: a path, or an
        http(s) address of your own. Read again whenever it changes.
    author : str
        Who wrote what names nobody in a file.
    lang : str
        What it is written in, where it does not say: without it there is no sentiment.
    version : str
        Of LinkedIn's API: year and month.
    every : timedelta or str
        Between two polls, or two looks at the file.
    """

    name: ClassVar[str] = "linkedin"
    label: ClassVar[str] = "LinkedIn"
    tier: ClassVar[str] = "social"
    needs: ClassVar[tuple[str, ...]] = ()
    limits: ClassVar[str] = (
        "no feed of others' posts: pages that you administer, your own export, files that you "
        "bring; times in files are often only '2d'"
    )
    terms: ClassVar[str] = (
        "what is deleted on a page goes here too; what members wrote may be kept for 48 hours "
        "only, unless they gave it to you, and never handed on"
    )
    price: ClassVar[str] = "free; access to the API is granted by LinkedIn on request"
    retention: ClassVar[Retention] = Retention(("deletions", "edits"))
    hashtag_url: ClassVar[str] = "https://www.linkedin.com/feed/hashtag/?keywords={}"
    live: ClassVar[bool] = False

    page: str = ""
    file: str = ""
    author: str = ""
    lang: str = ""
    version: str = "202601"
    every: timedelta = timedelta(minutes=10)
    _known: Ledger = field(default_factory=Ledger, init=False, repr=False, compare=False)
    _names: dict[str, Name] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "file", self.file.strip())
        if bool(self.page) == bool(self.file):
            raise SettingError("give either page, a number, or file, a path")
        if self.page:
            found = _ORGANIZATION.fullmatch(self.page.strip())
            if not found:
                raise SettingError(
                    f"page={self.page!r} is no page's number; it stands in the page's address "
                    "for administrators, linkedin.com/company/NUMBER/admin"
                )
            put(self, "page", found[1])
        if "\x00" in self.file:
            raise SettingError("file is no path")
        put(self, "needs", (TOKEN,) if self.page else ())
        put(self, "limits", _PAGE_LIMITS if self.page else _FILE_LIMITS)
        if self.file:
            put(self, "price", "")
        if self._is_remote and (not absolute(self.file) or "@" in urlsplit(self.file).netloc):
            raise SettingError("file is no address that can be used; it holds no password")
        put(self, "author", " ".join(self.author.split())[:300])
        if self.lang and not _LANG.fullmatch(self.lang):
            raise SettingError(f"lang={self.lang!r} is no language; write en, de or pt-BR")
        if not _VERSION.fullmatch(self.version):
            raise SettingError(f"version={self.version!r} is no year and month, such as 202601")
        put(self, "every", span(self.every))

    @property
    def key(self) -> str:
        """What names it in the store: the page, or the file by its name, not by its folder."""
        if self._is_remote:
            parts = urlsplit(self.file)
            return f"{self.name}:{parts.hostname}{parts.path}"
        path = Path(self.file)
        folder = "" if str(path.parent) == "." else str(path.parent)
        mark = hashlib.blake2b(folder.encode("utf-8", "replace"), digest_size=3).hexdigest()
        return f"{self.name}:{self.page or path.name}" + (f"#{mark}" if folder else "")

    def collect(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Read the page's posts from the last poll on, or the file if it has changed."""
        if self.file:
            yield from self._read_file(client, cursor, now=now, stop=stop)
            return
        poll = Poll(
            Api(client, self.version),
            self.page,
            self._names,
            State.load(cursor, self._known),
            self.lang or None,
            now,
            stop,
        )
        yield from poll.run()

    def refine(self, client: Client, items: Iterable[Item]) -> ParseResult:  # noqa: ARG002 - nothing to ask
        """Return the items as they are, noting which of them are kept."""
        result = ParseResult(items)
        self._known.keep(item.id for item in result)
        return result

    @property
    def _is_remote(self) -> bool:
        return self.file.lower().startswith(("http://", "https://"))

    def _read_file(
        self, client: Client, cursor: str | None, *, now: Clock, stop: threading.Event
    ) -> Iterator[Batch]:
        """Yield what a file holds. It covers no span: it says what is in it, not what is not."""
        remote = self._is_remote
        found = _fetched(client, self.file, cursor) if remote else _read(self.file, cursor)
        if found is None:
            return
        at = now()
        result = parse(
            found.data,
            collected=at,
            seen=min(found.made or at, at),
            author=self.author or None,
            lang=self.lang or None,
        )
        for start in range(0, len(result), _BATCH):
            part = ParseResult(result[start : start + _BATCH])
            if start == 0:
                part.problems = result.problems
            yield Batch(part)
            if stop.is_set():
                return  # without a cursor: the next time begins anew
        yield Batch(ParseResult(), found.mark)


class _Found(NamedTuple):
    """A file that has changed, when it was made, and what tells it from what it was."""

    data: bytes
    made: datetime | None
    mark: str


def _read(file: str, before: str | None) -> _Found | None:
    """Return a file, or None if it has not changed."""
    path = Path(file).expanduser()
    try:
        told = path.stat()
        mark = json.dumps([told.st_size, told.st_mtime_ns])
        if mark == before:
            return None
        if told.st_size > _LARGEST:
            raise SourceError(
                f"linkedin: {path.name} has more than {_LARGEST // 1_000_000} MB; split it"
            )
        return _Found(path.read_bytes(), datetime.fromtimestamp(told.st_mtime, UTC), mark)
    except OSError as error:
        raise SourceError(
            f"linkedin: {path.name} cannot be read ({error.strerror}); check file", status=404
        ) from None


def _fetched(client: Client, address: str, before: str | None) -> _Found | None:
    """Return what stands at an address, or None if it has not changed."""
    etag, modified = _validators(before)
    answer = client.get(address, etag=etag, modified=modified)
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return None
    digest = hashlib.blake2b(answer.content, digest_size=16).hexdigest()
    mark = json.dumps([answer.etag, answer.modified, digest])
    if mark == before:
        return None
    try:
        made = parsedate_to_datetime(answer.modified or "").astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        made = None
    return _Found(answer.content, made, mark)


def _validators(mark: str | None) -> tuple[str | None, str | None]:
    try:
        etag, modified, _ = json.loads(mark or "")
    except (ValueError, TypeError, RecursionError):
        return None, None
    return (etag if isinstance(etag, str) else None), modified if isinstance(
        modified, str
    ) else None
