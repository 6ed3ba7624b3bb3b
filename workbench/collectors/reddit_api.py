"""Reddit's API: signing in as an application, and asking with the token that this gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from workbench.clock import Clock
from workbench.collectors.secret import is_secret, read_secret
from workbench.errors import RateLimited, SettingError, SourceError

if TYPE_CHECKING:
    from workbench.http import Client, Response

__all__ = ["ID", "SECRET", "Api", "Token"]

ID: Final = "WORKBENCH_REDDIT_ID"
SECRET: Final = "WORKBENCH_REDDIT_SECRET"  # noqa: S105 - the name of a variable, not a secret

_TOKEN: Final = "https://www.reddit.com/api/v1/access_token"  # noqa: S105 - an address
_ROOT: Final = "https://oauth.reddit.com"
_EARLY: Final = timedelta(minutes=1)
_LONGEST: Final = 10 * 86_400
_REFUSED: Final = frozenset((400, 401, 403))
_REMEDY: Final = (
    f"make an app of type script at reddit.com/prefs/apps, and put its id into {ID} and its "
    f"secret into {SECRET}"
)


@dataclass
class Token:
    """What Reddit gave us to ask with, while it holds."""

    text: str = field(default="", repr=False)
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether it can still be used."""
        return bool(self.text) and self.until is not None and now < self.until


class Api:
    """Reddit, as an application may ask it.

    Parameters
    ----------
    client : Client
    token : Token
        Kept from one poll to the next, and renewed here.
    user : str
        Who runs the application there; Reddit wants to know.
    now : Clock

    Attributes
    ----------
    left : float or None
        Requests that are left in this period, as the last answer had it.
    """

    def __init__(self, client: Client, token: Token, *, user: str, now: Clock) -> None:
        self._client = client
        self._token = token
        self._now = now
        self.left: float | None = None
        from workbench.http import USER_AGENT

        by = f" (by /u/{user})" if user else ""
        self._agent = f"python:{USER_AGENT.replace('/', ':v')}{by}"

    def get(self, path: str, parameters: Mapping[str, Any]) -> Response:
        """Return what it answers; a token that it takes no longer is renewed once.

        Raises
        ------
        SourceError
            If it fails; with status 404 too where it would show something else instead.
        """
        if not self._token.holds(self._now()):
            self._sign_in()
        try:
            return self._ask(path, parameters)
        except SourceError as error:
            if error.status != 401:
                raise
        self._sign_in()
        try:
            return self._ask(path, parameters)
        except SourceError as error:
            if error.status != 401:
                raise
        raise SourceError(f"reddit: refuses the token that it has just given; {_REMEDY}")

    def _ask(self, path: str, parameters: Mapping[str, Any]) -> Response:
        answer = self._client.get(
            f"{_ROOT}{path}",
            params={**parameters, "raw_json": "1"},
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {self._token.text}",
                "User-Agent": self._agent,
            },
        )
        left = answer.headers.get("x-ratelimit-remaining", "")
        try:
            self.left = float(left)
        except ValueError:
            self.left = None
        if urlsplit(answer.url).path != path:
            # What is not there leads to a search for it.
            raise SourceError(f"reddit: {path} is not there", status=404)
        return answer

    def _sign_in(self) -> None:
        """Get a token that holds for a day or less.

        Raises
        ------
        SettingError
            If the environment lacks what it takes, or holds what it cannot be.
        SourceError
            If Reddit gives none.
        """
        now = self._now()
        try:
            answer = self._client.post(
                _TOKEN,
                form={"grant_type": "client_credentials"},
                headers={"Accept": "application/json", "User-Agent": self._agent},
                auth=_credentials(),
            )
        except RateLimited:
            raise
        except SourceError as error:
            if error.status in _REFUSED:
                raise SourceError(
                    f"reddit: does not let us sign in ({error.status}); {_REMEDY}",
                    status=error.status,
                ) from None
            raise
        found = _read_token(answer.content)
        if found is None:
            # What it says instead may repeat what we sent.
            raise SourceError(f"reddit: gives no token; {_REMEDY}")
        self._token.text, seconds = found
        self._token.until = now + seconds - _EARLY


def _read_token(data: bytes) -> tuple[str, timedelta] | None:
    """Return a token and how long it holds, or None if there is none."""
    try:
        given = json.loads(data)
        text, seconds = given["access_token"], given.get("expires_in", 3600)
        holds = timedelta(seconds=min(max(seconds, 0), _LONGEST))
        return (text, holds) if is_secret(text) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _credentials() -> tuple[str, str]:
    own, secret = (read_secret(name, _REMEDY) for name in (ID, SECRET))
    if ":" in own:  # where the two are put together, what follows would be read as the secret
        raise SettingError(f"{ID} holds a colon, which no id does; copy it into it once more")
    return own, secret
