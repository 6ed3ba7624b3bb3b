"""Who may see the page: the token, the cookie made from it, and the hosts we answer to."""

from __future__ import annotations

import hmac
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from workbench.errors import SettingError

__all__ = ["Guard", "is_loopback"]


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """Decides on each request, before anything else looks at it.

    Parameters
    ----------
    host : str
        The address that the server binds.
    token : str or None
        What viewers must show. None is allowed on loopback, or with ``sign_in=False``.
    sign_in : bool
        False when the owner wants the page open to whoever reaches it.

    Raises
    ------
    SettingError
        If others could reach the page and nothing would keep them out, or if the settings
        contradict each other.

    Notes
    -----
    Without a token, a page on loopback answers to its own names only: a web site that points
    its own host name at 127.0.0.1 (DNS rebinding) is refused. With a token that is no danger,
    since the cookie belongs to the name under which the viewer signed in, so that a reverse
    proxy may hand on any name. Nor are names looked at where nobody is kept out on purpose: a
    proxy that signs viewers in itself hands on its own.
    """

    def __init__(self, host: str, token: str | None, *, sign_in: bool = True) -> None:
        if token is not None and not token.strip():
            raise SettingError("the token is empty; give one that cannot be guessed, or none")
        if token and not sign_in:
            raise SettingError(
                "a token and no sign-in contradict each other; leave out --token or --no-sign-in"
            )
        if not (token or not sign_in or is_loopback(host)):
            raise SettingError(
                f"on {host} everybody on the network could read the page; give viewers a token "
                "(--token), or say that it may be read by anyone (--no-sign-in)"
            )
        self._token = token.encode() if token else None
        own = {"localhost", "127.0.0.1", "::1", host.strip("[]").lower()}
        self._hosts = own if is_loopback(host) and not token and sign_in else None

    @property
    def is_open(self) -> bool:
        """Whether no token is asked for."""
        return self._token is None

    @property
    def cookie(self) -> str:
        """What a signed-in browser keeps: made from the token, which it does not give away."""
        return hmac.new(self._token or b"", b"workbench page", sha256).hexdigest()

    def knows_host(self, header: str) -> bool:
        """Return whether a request that names this host may be meant for us.

        Examples
        --------
        >>> guard = Guard("127.0.0.1", None)
        >>> guard.knows_host("localhost:8866"), guard.knows_host("rebound.example:8866")
        (True, False)
        """
        if self._hosts is None:
            return True
        try:
            return urlsplit(f"//{header}").hostname in self._hosts
        except ValueError:
            return False

    def is_token(self, given: str) -> bool:
        """Compare with the token, in a time that tells nothing about it."""
        return self._token is not None and hmac.compare_digest(_bytes(given), self._token)

    def admits(self, *, cookie: str | None, authorization: str | None) -> bool:
        """Return whether a request with these headers may go on."""
        if self._token is None:
            return True
        if authorization and authorization[:7].lower() == "bearer ":
            return self.is_token(authorization[7:].strip())
        return bool(cookie) and hmac.compare_digest(_bytes(cookie or ""), self.cookie.encode())


def _bytes(text: str) -> bytes:
    # Headers reach us as latin-1, query values as UTF-8; whatever does not fit is simply unequal.
    return text.encode("utf-8", "surrogateescape")
