"""Who stands behind Bluesky's identifiers: handles and names, looked up in batches, kept."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from workbench.collectors.markup import squeeze
from workbench.errors import SourceError

if TYPE_CHECKING:
    from workbench.http import Client

__all__ = ["Profile", "Profiles", "profile_of"]

_BATCH: Final = 25
_INVALID: Final = "handle.invalid"  # what an account is called whose handle leads nowhere
_REST: Final = 60.0


class Profile(NamedTuple):
    """What is known of an account."""

    handle: str
    name: str | None = None
    followers: int | None = None
    verified: bool | None = None


class Profiles(Mapping[str, Profile]):
    """Profiles by DID, as far as they are known; the longest unused go first.

    May be used by several threads.

    Parameters
    ----------
    size : int
        Most profiles that are kept.
    """

    def __init__(self, size: int = 100_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Profile | None] = OrderedDict()
        self._resting_until = 0.0

    def __getitem__(self, did: str) -> Profile:
        with self._lock:
            found = self._known[did]
            self._known.move_to_end(did)
        if found is None:
            raise KeyError(did)
        return found

    def __iter__(self) -> Any:
        with self._lock:
            return iter([did for did, profile in self._known.items() if profile])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def rename(self, did: str, handle: str) -> None:
        """Take note of a new handle, of an account that is known already."""
        with self._lock:
            profile = self._known.get(did)
            if profile:
                self._known[did] = profile._replace(handle=handle)

    def look_up(
        self, client: Client, address: str, dids: Iterable[str], *, seconds: float
    ) -> str | None:
        """Ask for the profiles that are not known yet.

        Parameters
        ----------
        client : Client
        address : str
            Of ``app.bsky.actor.getProfiles``.
        dids : iterable of str
        seconds : float
            What it may take in all.

        Returns
        -------
        str or None
            What went wrong, if something did. The server is then left in peace for a minute.
        """
        with self._lock:
            wanted = [did for did in dict.fromkeys(dids) if did not in self._known]
        if not wanted:
            return None
        deadline = time.monotonic() + seconds
        if deadline - seconds < self._resting_until:
            return f"{len(wanted)} authors are not looked up while the server rests"
        for start in range(0, len(wanted), _BATCH):
            left = deadline - time.monotonic()
            if left <= 0:
                return f"{len(wanted) - start} authors were not looked up in {seconds:g} s"
            asked = wanted[start : start + _BATCH]
            try:
                answer = client.get(address, params={"actors": asked}, timeout=left)
                found = read_profiles(answer.content)
            except SourceError as error:
                self._resting_until = time.monotonic() + _REST
                return f"{len(wanted) - start} authors were not looked up: {error}"
            # An account that is gone is not asked for again.
            self._keep({did: found.get(did) for did in asked})
        return None

    def _keep(self, found: Mapping[str, Profile | None]) -> None:
        with self._lock:
            self._known.update(found)
            while len(self._known) > self._size:
                self._known.popitem(last=False)


def read_profiles(data: bytes) -> dict[str, Profile]:
    """Return the profiles of an answer by DID.

    Raises
    ------
    SourceError
        If it is no such answer.
    """
    try:
        profiles = json.loads(data)["profiles"]
        return {raw["did"]: profile_of(raw) for raw in profiles if raw["handle"] != _INVALID}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SourceError("getProfiles answered something else than profiles") from None


def profile_of(raw: Mapping[str, Any]) -> Profile:
    """Return what is known of an account, of what the API shows of it."""
    followers = raw.get("followersCount")
    verification = raw.get("verification")
    status = verification.get("verifiedStatus") if isinstance(verification, dict) else None
    return Profile(
        handle=squeeze(str(raw["handle"])),
        name=squeeze(str(raw.get("displayName") or "")) or None,
        followers=followers if isinstance(followers, int) else None,
        verified=None if status is None else status == "valid",
    )
