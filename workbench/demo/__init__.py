"""A recorded industry replayed over real HTTP and WebSocket, so that everything runs offline."""

from workbench.demo.clock import ReplayClock
from workbench.demo.jetstream import JetstreamServer
from workbench.demo.replay import Replay

__all__ = ["JetstreamServer", "Replay", "ReplayClock"]
