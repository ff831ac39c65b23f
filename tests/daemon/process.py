"""The daemon as its users have it: a process of its own, told what to do by signals and files."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
AT = "2026-11-20T21:02:00Z"
LONG = 40.0  # seconds: a busy machine is slow, and what waits so long does not come


def until(is_so: Callable[[], Any], what: str = "", *, within: float = LONG) -> Any:
    """Wait until something is so, and answer with it; `within` is in seconds."""
    end = time.monotonic() + within
    while not (found := is_so()):
        assert time.monotonic() < end, f"this does not happen: {what or is_so}"
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Running:
    """`gateway run` on an instance, with what it logged."""

    def __init__(
        self, house: "House", *options: str, environment: dict[str, str] | None = None, before: str = ""
    ) -> None:
        """`before` is Python that is run before the command."""
        program = f"{before}\nfrom gateway.cli import main\nmain()" if before else ""
        command = ["-c", program] if program else ["-m", "gateway"]
        self._stderr = house.folder.parent / f"{house.folder.name}.{time.monotonic_ns()}.log"
        with self._stderr.open("wb") as to:
            self.process = subprocess.Popen(
                [sys.executable, *command, "-c", str(house.config), "run", *options],
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=subprocess.DEVNULL,
                stderr=to,
            )

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        lines = self._stderr.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    @property
    def stderr(self) -> str:
        """All of it as text."""
        return self._stderr.read_text()

    def has_said(self, event: str, times: int = 1) -> list[dict[str, Any]]:
        """The lines of an event, once there are so many."""
        found = [line for line in self.log if line["event"] == event]
        return found if len(found) >= times else []

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ends(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(LONG)

    def stops(self) -> int:
        """Its exit code after SIGTERM."""
        self.tell(signal.SIGTERM)
        return self.ends()
