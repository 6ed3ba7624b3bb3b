"""How X is asked, and what is to be done where it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from workbench.errors import SourceError

if TYPE_CHECKING:
    from workbench.http import Client, Response
    from workbench.http.lines import LineStream

__all__ = ["Api"]

_HOST: Final = "https://api.x.com"
_REMEDIES: Final = {
    400: "it does not understand what was asked; check query, users and lists",
    401: "it does not know the token in WORKBENCH_X_TOKEN; make a new bearer token in X's "
    "developer console and put it there",
    402: "the account has no credits left; buy some in X's developer console",
    403: "the token in WORKBENCH_X_TOKEN may not read this; in X's developer console the app has "
    "to belong to a project, and what is read has to be public",
    404: "there is no such account or list",
}


class Api:
    """How X is asked: with the token, which goes nowhere else.

    Parameters
    ----------
    client : Client
    token : str
    """

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def get(self, path: str, parameters: Mapping[str, Any]) -> Response:
        """Return what it answers.

        Raises
        ------
        SourceError
            With what is to be done, where that is known.
        """
        try:
            return self.client.get(self.address(path), params=parameters, headers=self.headers)
        except SourceError as error:
            raise explained(error) from None

    @contextmanager
    def lines(self, path: str, parameters: Mapping[str, Any]) -> Iterator[LineStream]:
        """Open a stream, and close it at the end of the block."""
        opened = self.client.lines(self.address(path), params=parameters, headers=self.headers)
        with ExitStack() as stack:
            try:
                stream = stack.enter_context(opened)
            except SourceError as error:
                raise explained(error) from None
            yield stream

    def post(self, path: str, what: Mapping[str, Any]) -> Response:
        """Send something, and return what it answers."""
        try:
            return self.client.post(self.address(path), json=what, headers=self.headers)
        except SourceError as error:
            raise explained(error) from None

    @staticmethod
    def address(path: str) -> str:
        """Return where something is."""
        return f"{_HOST}{path}"


def explained(error: SourceError) -> SourceError:
    """Return an error with what is to be done, where that is known of its status."""
    remedy = _REMEDIES.get(error.status or 0)
    if remedy is None:
        return error
    return SourceError(f"api.x.com: answered {error.status}; {remedy}", status=error.status)
