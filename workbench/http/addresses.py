"""Addresses: which may be opened, how they are shown, and through which proxy they go."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workbench.errors import SettingError, SourceError, UnsafeAddress

if TYPE_CHECKING:
    import httpx

__all__ = ["is_private", "parse_mapping", "proxy_for", "read", "redact", "resolve"]

_SECRET: Final = re.compile(
    r"(?:.*[^a-z])?(?:auth|authorization|bearer|cred|credentials?|jwt|pass|passwd|pwd|sid|sig"
    r"|session)|.*(?:key|token|secret|password|signature)",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(r"([?&;])([^=&;#]*)=([^&;#]*)")
_USER: Final = re.compile(r"(?<=//)[^/?#]*@")
_HOST: Final = re.compile(rb"[A-Za-z0-9._:-]+")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_PUBLIC: Final = ipaddress.ip_network("2000::/3")


def redact(url: str) -> str:
    """Return an address without passwords, and with ``…`` for each value like a token.

    Examples
    --------
    >>> redact("https://ana:pw@wire.example/feed?page=2&api_key=s3cret#part")
    'https://wire.example/feed?page=2&api_key=…#part'
    """

    def hide(pair: re.Match[str]) -> str:
        sign, name, value = pair.groups()
        return f"{sign}{name}={'…' if _SECRET.fullmatch(name) else value}"

    return _PAIR.sub(hide, _USER.sub("", url))


@lru_cache(maxsize=1_024)  # what is polled is polled again
def read(url: str, schemes: tuple[str, ...]) -> httpx.URL:
    """Return the address, read.

    Raises
    ------
    UnsafeAddress
        If it has another scheme, no host, or a user or password in it.
    """
    import httpx

    try:
        address = httpx.URL(url)
        _ = address.host  # a host such as xn--a fails only when it is read
    except (httpx.InvalidURL, ValueError):
        raise UnsafeAddress(f"{redact(url)!r} is no address that can be read") from None
    if not _HOST.fullmatch(address.raw_host) or (address.port or 0) > 65_535:
        raise UnsafeAddress(f"{redact(url)!r} names no host and port that can be")
    if address.scheme not in schemes:
        raise UnsafeAddress(
            f"{redact(url)!r} is not opened; an address begins with "
            + " or ".join(f"{scheme}://" for scheme in schemes)
        )
    if address.userinfo:
        raise UnsafeAddress(
            f"{redact(url)!r} came with a user or password in it; take it out, secrets belong "
            "in the environment"
        )
    return address


@lru_cache(maxsize=1_024)
def is_private(address: str) -> bool:
    """Return whether an IP address is none of the public internet's.

    Private, loopback, link-local, multicast, reserved and unspecified ones are not, nor is
    IPv6 outside of 2000::/3; an IPv6 address that wraps an IPv4 one is judged by that.

    Examples
    --------
    >>> is_private("10.1.2.3"), is_private("::ffff:127.0.0.1"), is_private("93.184.215.14")
    (True, True, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            ip = inner
        elif ip not in _PUBLIC:
            return True
    return not ip.is_global or ip.is_multicast


def resolve(host: str, port: int, *, guarded: bool) -> list[tuple[str, int]]:
    """Return the addresses that a name stands for.

    Parameters
    ----------
    host : str
        A name or an IP address.
    port : int
    guarded : bool
        Whether private addresses are refused.

    Raises
    ------
    UnsafeAddress
        If `guarded` and one of the addresses is private.
    OSError
        If the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label over 63 characters, say
        raise OSError("the name is no host's") from None
    addresses = [(str(each[4][0]), port) for each in found]
    for address, _ in addresses:
        if guarded and is_private(address):
            raise UnsafeAddress(
                f"{host} leads to {address}, which is not on the public internet; if that is "
                "right, allow this host for the source"
            )
    return addresses


def parse_mapping(host: str, target: str) -> tuple[str, int]:
    """Return address and port of what a host is mapped to, as in ``127.0.0.1:4711``."""
    address, _, port = target.rpartition(":")
    if not address or not port.isdigit():
        raise SettingError(
            f"the host {host} is mapped to {target!r}; write an address and a port, "
            "such as 127.0.0.1:4711"
        )
    return address.strip("[]"), int(port)


def proxy_for(scheme: str, host: str) -> httpx.URL | None:
    """Return the proxy that the environment names for a host, or None.

    Raises
    ------
    SourceError
        If it is of a kind that we cannot go through.
    """
    import urllib.request

    proxies = urllib.request.getproxies_environment()
    found = proxies.get(scheme) or proxies.get("all")
    if not found or urllib.request.proxy_bypass(host):
        return None
    import httpx

    proxy = httpx.URL(found if "://" in found else f"http://{found}")
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise SourceError(
            f"the proxy that the environment names for {scheme} addresses is a {proxy.scheme} "
            "one; set HTTPS_PROXY and HTTP_PROXY to one that begins with http:// or https://"
        )
    return proxy
