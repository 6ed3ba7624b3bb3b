"""The client: one request with all its bounds, and the way to streams."""

from __future__ import annotations

import base64
import json as jsons
import time
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import stamina

from workbench.errors import SourceError, UnsafeAddress
from workbench.http.addresses import proxy_for, read, redact
from workbench.http.answers import LIMIT, MOVED, PassingError, Response, UnsentError, spent
from workbench.http.opener import USER_AGENT, Opener, joined
from workbench.http.transfer import Request, check_beyond_proxy, is_inside, transfer
from workbench.http.waits import Waits

__all__ = ["Client"]

_HOPS: Final = 5
_ATTEMPTS: Final = 3


class Client(Opener):
    """Opens connections for all sources; may be used by many threads at once.

    Parameters
    ----------
    hosts : Mapping
        Hosts and where to find them instead, as in ``{"feeds.example": "127.0.0.1:4711"}``.
        Such a host is reached there without TLS and without a proxy, while requests and
        items keep its name.
    now : Clock
        Tells how far off a date in ``Retry-After`` is.
    connect_timeout, read_timeout : float
        Seconds for one address to answer, and between two pieces of a body.
    total_timeout : float
        Seconds for a request as a whole, with redirects and retries.
    interval : float
        Least seconds between the starts of two requests to one host.
    concurrent : int
        Most requests to one host at a time.
    """

    def close(self) -> None:
        """Let go of the client; between requests it holds nothing open."""

    def interrupt(self) -> None:
        """Have all requests and streams that are under way fail at once, and try none again.

        For a service that ends: what hangs in an answer would keep it. Later requests are made
        as ever.
        """
        waits, self._waits = self._waits, Waits()
        waits.end()

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        modified: str | None = None,
        allow_private: Collection[str] = frozenset(),
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Response:
        """Return what a server answers.

        Parameters
        ----------
        url : str
            http or https. It may lie in a private network; where it redirects to may not,
            unless it lies there itself.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional
            Sent to this host only, and not on to where it redirects.
        etag, modified : str, optional
            Of the last response; the answer may then be 304.
        allow_private : Collection of str
            Hosts that may be private although a public one redirects to them.
        timeout : float, optional
            Seconds for the request as a whole, instead of the client's.
        limit : int, optional
            Most bytes of the body, decompressed, where :data:`LIMIT` is truly too few.

        Raises
        ------
        RateLimited
            If the host asks us to wait, or still does so from before.
        UnsafeAddress
            If the address, or one that it redirects to, is one that we do not open.
        SourceError
            If it cannot be reached, answers with an error, or too much, or too slowly.
        """
        sent = {"Accept": "*/*", **(headers or {})}
        # What no header can carry, a server may have sent all the same.
        if etag and etag.isascii():
            sent["If-None-Match"] = etag
        if modified and modified.isascii():
            sent["If-Modified-Since"] = modified
        request = Request("GET", joined(url, params), sent, limit=limit or LIMIT)
        return self._try(
            lambda deadline, waits: self._follow(request, allow_private, deadline, waits),
            on=PassingError,
            timeout=timeout,
        )

    def post(
        self,
        url: str,
        *,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send something to a server, and return what it answers.

        It is sent once: only where no connection could be made is it tried again. What is
        sent stands in no error.

        Parameters
        ----------
        url : str
            http or https. Redirects are not followed.
        form : Mapping, optional
            Sent as a form is; a value may be a list.
        json : object, optional
            Sent as JSON, if there is no form. Without either nothing is sent but the request.
        params : Mapping, optional
            Joined to the address; a value may be a list.
        headers : Mapping, optional
        auth : tuple of (str, str), optional
            Name and password of basic authentication.
        timeout : float, optional
            Seconds for the request as a whole, instead of the client's.

        Raises
        ------
        RateLimited
            If the host asks us to wait, or still does so from before.
        UnsafeAddress
            If the address is one that we do not open.
        SourceError
            If it cannot be reached, answers with anything but 200 to 299, or too much, or too
            slowly.
        """
        content, kind = _body(form, json)
        sent = {"Accept": "*/*", "Content-Type": kind, **(headers or {})}
        if auth is not None:
            pair = base64.b64encode(":".join(auth).encode()).decode()
            sent["Authorization"] = f"Basic {pair}"
        request = Request("POST", joined(url, params), sent, content)

        def once(deadline: float, waits: Waits) -> Response:
            with self._limits.turn(request.address.host, deadline, waits):
                answer, _ = self._ask(request, guarded=False, deadline=deadline, waits=waits)
            if answer.status >= 300:
                raise SourceError(
                    f"{redact(str(request.address))}: answered {answer.status} to what was sent, "
                    "which is not sent on to another address; check the address"
                )
            return answer

        return self._try(once, on=UnsentError, timeout=timeout)

    def _try(
        self,
        send: Callable[[float, Waits], Response],
        *,
        on: type[Exception],
        timeout: float | None,
    ) -> Response:
        """Call with the deadline and what ends it, and again if it fails in a way that may pass."""
        waits = self._waits
        seconds = self._total_timeout if timeout is None else timeout
        deadline = time.monotonic() + seconds
        for attempt in stamina.retry_context(
            on=lambda error: isinstance(error, on) and not waits.is_over,
            attempts=_ATTEMPTS,
            timeout=seconds,
            wait_initial=0.5,
            wait_max=5.0,
        ):
            with attempt:
                return send(deadline, waits)
        raise AssertionError("unreachable")

    def _follow(
        self,
        request: Request,
        allow_private: Collection[str],
        deadline: float,
        waits: Waits,
    ) -> Response:
        """Follow redirects by hand, for each must be checked before it is opened."""
        first = address = request.address
        free = True
        for _ in range(_HOPS + 1):
            guarded = not free and address.host not in allow_private
            with self._limits.turn(address.host, deadline, waits):
                answer, private = self._ask(
                    request, guarded=guarded, deadline=deadline, waits=waits
                )
            if answer.status not in MOVED:
                return answer
            free = free and private
            target = answer.headers.get("location")
            if not target:
                raise SourceError(f"{redact(str(address))}: redirects, but does not say where to")
            try:
                following = str(address.join(target))
            except (httpx.InvalidURL, ValueError):
                raise UnsafeAddress(
                    f"{redact(str(address))}: redirects to what is no address"
                ) from None
            before, address = address, read(following, ("http", "https"))
            request = request._replace(address=address)
            if _origin(before) != _origin(address):
                request = request._replace(headers={"Accept": request.headers["Accept"]})
        raise SourceError(f"{redact(str(first))}: redirects more than {_HOPS} times")

    def _ask(
        self, request: Request, *, guarded: bool, deadline: float, waits: Waits
    ) -> tuple[Response, bool]:
        """Send one request; return the answer, and whether a private host redirects."""
        address = request.address
        mapped = self._hosts.get(address.host)
        proxy = None if mapped else proxy_for(address.scheme, address.host)
        if proxy and guarded:
            check_beyond_proxy(address)
        status, received, content, private = transfer(
            request._replace(headers={"User-Agent": USER_AGENT, **request.headers}),
            mapped=mapped,
            proxy=proxy,
            # The proxy is the user's own, whatever its address; what lies beyond is checked.
            guarded=guarded and not proxy,
            tls=self._tls,
            deadline=deadline,
            patience=self._connect_timeout,
            silence=self._read_timeout,
            waits=waits,
        )
        moved = status in MOVED
        if status >= 300 and not moved and status != HTTPStatus.NOT_MODIFIED:
            raise self._refusal(status, received, address)
        wait = spent(received, self._now)
        if wait:
            self._limits.shut(address.host, wait)
        answer = Response(
            status=status,
            headers=received,
            content=content,
            url=str(address),
            etag=received.get("etag"),
            modified=received.get("last-modified"),
        )
        return answer, moved and (is_inside(address) if proxy else private)


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port


def _body(form: Mapping[str, Any] | None, value: Any) -> tuple[bytes, str]:
    """Return what is sent, and its type."""
    if form is not None:
        return urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
    return b"" if value is None else jsons.dumps(value).encode(), "application/json"
