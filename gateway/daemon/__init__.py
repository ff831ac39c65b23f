"""`gateway run`: the turn in parts, each a job of its own, for years."""

from gateway.daemon.daemon import Daemon

__all__ = ["Daemon"]
