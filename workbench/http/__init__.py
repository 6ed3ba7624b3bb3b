"""The only module that opens a connection: requests, WebSockets, streams of events and lines.

Every request has time limits (one of them for the whole of it, so that a server that drips
cannot hold a thread), a size limit that counts decompressed bytes, few retries, a pause per
host, and a check of each address that a redirect leads to. Proxies come from HTTPS_PROXY,
HTTP_PROXY and NO_PROXY, trusted certificates from the system. No secret stands in an error.

It is built on httpcore, the layer below httpx, because there the connection itself can be
supplied: what was resolved and checked is what is connected to, and no second look-up lies
between.

Names resolve on first use: whoever only reads what is stored loads none of the libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.http.addresses import redact
    from workbench.http.answers import LIMIT, Response
    from workbench.http.client import Client
    from workbench.http.events import Event, EventStream
    from workbench.http.lines import LineStream
    from workbench.http.opener import USER_AGENT
    from workbench.http.sockets import Connection

__all__ = [
    "LIMIT",
    "USER_AGENT",
    "Client",
    "Connection",
    "Event",
    "EventStream",
    "LineStream",
    "Response",
    "redact",
]

_HOMES = {
    "LIMIT": "answers",
    "USER_AGENT": "opener",
    "Client": "client",
    "Connection": "sockets",
    "Event": "events",
    "EventStream": "events",
    "LineStream": "lines",
    "Response": "answers",
    "redact": "addresses",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench.http' has no attribute {name!r}")
    value = getattr(import_module(f"workbench.http.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
