"""sd_notify(3): what systemd wants to hear of a service of Type=notify, as datagrams to a socket. Silent elsewhere."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

_PATIENCE = 1.0  # seconds


class Supervisor:
    """Who watches over us: systemd, if it started us."""

    def __init__(
        self, environment: Mapping[str, str] = os.environ, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`environment` is what it started us with; `monotonic` is in seconds."""
        address = environment.get("NOTIFY_SOCKET", "")
        # A name that begins with @ is an abstract socket: the kernel wants a NUL there (unix(7)).
        self._address = "\0" + address[1:] if address.startswith("@") else address
        # WATCHDOG_PID says for whom the limit is; a child that inherited the environment is not meant.
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._limit = int(environment.get("WATCHDOG_USEC", "0")) if meant else 0
        self._monotonic, self._fed_at = monotonic, float("-inf")

    @property
    def beat(self) -> timedelta | None:
        """How often it wants a sign of life: half its limit, as sd_watchdog_enabled(3) advises. None: never."""
        return timedelta(microseconds=self._limit / 2) if self._limit else None

    def tell(self, **said: str) -> None:
        """Tell it something, as in READY="1". Whether anybody hears it changes nothing for us."""
        if not self._address:
            return
        message = "\n".join(f"{name}={value}" for name, value in said.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.settimeout(_PATIENCE)
                to.connect(self._address)
                to.send(message.encode())
        except OSError:
            return  # a supervisor that does not listen must not stop the work

    def feed(self) -> None:
        """Give a sign of life if it is time for one."""
        now = self._monotonic()
        if self.beat is not None and now - self._fed_at >= min(self.beat.total_seconds(), 1.0):
            self.tell(WATCHDOG="1")
            self._fed_at = now
