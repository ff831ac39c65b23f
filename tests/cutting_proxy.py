"""A TCP proxy that breaks a connection after so many bytes, in one direction, in one of three ways.

It counts what passes through all connections since it was told to; once it has cut, what comes later passes whole.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["up", "down"]
Manner = Literal["end", "reset", "silence"]
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass
class Plan:
    """Cut after so many bytes: `up` from client to server, `down` the other way. None lets all through."""

    direction: Direction | None = None
    after: int = 0
    manner: Manner = "end"
    then: Callable[[], None] = lambda: None
    passed: dict[Direction, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    is_done: bool = False


class Proxy:
    """Stands on a port of its own before a server on this machine."""

    def __init__(self, server: int) -> None:
        """`server` is the port that connections are handed on to."""
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._plan = Plan()
        threading.Thread(target=self._accept, daemon=True).start()

    def follow(self, plan: Plan) -> Plan:
        """From now on, cut as this plan says; connections of before are ended."""
        with self._lock:
            self._plan = plan
        self._end_all()
        return plan

    def close(self) -> None:
        """End everything."""
        # A thread that waits for connections is woken by shutdown, not by close.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._end_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server), 10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {client, server}
                plan = self._plan
            threading.Thread(target=self._pump, args=(client, server, "up", plan), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, "down", plan), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, direction: Direction, plan: Plan) -> None:
        is_silent = False
        with suppress(OSError):
            while data := source.recv(65_536):
                rest, cuts = self._share(plan, direction, len(data))
                target.sendall(data[:rest])
                if cuts:
                    is_silent = plan.manner == "silence"
                    if plan.manner == "reset":
                        for end in (source, target):
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    plan.then()
                    break
        if is_silent:
            with suppress(OSError):
                while source.recv(65_536):
                    pass  # it goes nowhere, and nobody is told
        self._end(source, target, is_reset=plan.is_done and plan.manner == "reset")

    def _share(self, plan: Plan, direction: Direction, size: int) -> tuple[int, bool]:
        """How many of so many bytes still pass, and whether it is cut behind them."""
        with self._lock:
            before = plan.passed[direction]
            plan.passed[direction] += size
            if plan.direction != direction or plan.is_done or before + size < plan.after:
                return size, False
            plan.is_done = True
            return max(plan.after - before, 0), True

    def _end(self, *ends: socket.socket, is_reset: bool = False) -> None:
        for end in ends:
            with suppress(OSError):
                # The thread that still reads there is woken by this, and not by closing; a reset says no end.
                end.shutdown(socket.SHUT_RD if is_reset else socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._open -= set(ends)

    def _end_all(self) -> None:
        with self._lock:
            ends = tuple(self._open)
        self._end(*ends)


@contextmanager
def proxied(server: int) -> Iterator[Proxy]:
    """A proxy that ends with the block."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
