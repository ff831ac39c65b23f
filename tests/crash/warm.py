"""A warm interpreter: everything imported, every mapping compiled, so that a gateway is one fork away.

A child runs the program that is shipped: the command line's `once`, or the daemon. Only one thing is handed to it ready
made, the compiled mappings, which are the same for every instance without guides of its own.
"""

import gc
import logging
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import gateway.instance
from gateway import logs
from gateway.cli import main
from gateway.config import Config
from gateway.daemon import Daemon
from gateway.errors import GatewayError
from gateway.instance import create, mappings_of
from gateway.transports.settling import Settling
from tests.crash.stage import ORDERED_AT, Stage

_ROOM = 1_000_000_000  # bytes
_LIMIT = 60  # seconds, after which a child is ended: something hangs
_POLL = timedelta(milliseconds=20)


def template(folder: Path) -> Path:
    """An example instance whose masters are taken; its folder. Copy it for each play."""
    config = create(folder, example=True, at=ORDERED_AT)
    # Two plays at once have no use for one port.
    config.write_text(re.sub(r"(?m)^health_port *= *\d+", "health_port = 0", config.read_text()))
    once(config, ORDERED_AT)
    return folder


def once(config: Path, at: datetime) -> int:
    """`gateway once` at this instant, in this process; its exit code."""
    try:
        main(["-c", str(config), "once", "--at", at.isoformat()])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0


def _place() -> str | None:
    """Where plays lie: in memory where there is room, for what a crash does to a disk is played and not waited for."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


@contextmanager
def warm() -> Iterator[Path]:
    """Compile and import what a gateway needs; a folder that holds the template `example`, gone at the end."""
    root = Path(mkdtemp(prefix="crash-", dir=_place()))
    ready = mappings_of(None)
    for module in list(sys.modules.values()):
        if getattr(module, "mappings_of", None) is mappings_of:
            module.mappings_of = lambda folder: ready  # type: ignore[attr-defined]  # noqa: ARG005
    try:
        with quiet(root / "warm.log"):
            copy = root / "warm"
            shutil.copytree(template(root / "example"), copy)
            play = Stage(copy, Random(0), replies=100)
            at = ORDERED_AT
            for partner in ("amazon-us", "amazon-eu"):
                play.order(partner)
            while not play.is_quiet():
                at += timedelta(minutes=1)
                code = once(copy / "config.toml", at)
                if code or at - ORDERED_AT > timedelta(hours=1):
                    raise RuntimeError(
                        f"an undisturbed turn ended with {code}: {(root / 'warm.log').read_text()[-800:]}"
                    )
            play.order()
            hasten()
            _work_a_little(play, copy / "config.toml")
        gc.collect()
        gc.freeze()
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def quiet(log: Path) -> Iterator[None]:
    """Send what this process prints to a file, by its descriptors, so that children do the same."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(target, 1)
        os.dup2(target, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in enumerate(kept, 1):
            os.dup2(copy, number)
            os.close(copy)
        os.close(target)


def fork(work: Callable[[], int], log: Path) -> int:
    """Do something in a child, whose exit code is what it answers; the child's id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 71
    signal.alarm(_LIMIT)
    try:
        with quiet(log):
            code = work()
    finally:
        os._exit(code)


def _work_a_little(play: Stage, config: Path) -> None:
    """Let a daemon take a file in a thread of this process, so that all it imports late is there."""
    server = Daemon(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    limit, quiet = time.monotonic() + 10, 0
    while quiet < 10 and time.monotonic() < limit:
        time.sleep(0.02)
        quiet = quiet + 1 if play.is_quiet() else 0
    server.stop()
    thread.join()


def daemon(config: Path) -> int:
    """The daemon, until somebody stops it by SIGTERM; its pauses are milliseconds, where people set seconds."""
    logs.set_up(level=logging.WARNING)
    try:
        Daemon(config).run()
    except GatewayError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


_known: dict[Path, Config] = {}


def known(config: Path) -> None:
    """Read a configuration now, so that no child has to."""
    _known[config] = vars(gateway.instance)["load"](config)


def hasten() -> None:
    """Cut the pauses of the daemon between two looks: from seconds, the least that can be set, to milliseconds."""
    load = vars(gateway.instance)["load"]

    def load_hasty(file: Path) -> Config:
        if file in _known:
            return _known[file]
        config: Config = load(file)
        config.daemon.__dict__["erp_poll_every"] = _POLL
        for channel in config.channels.values():
            channel.__dict__["poll_every"] = _POLL
        return config

    vars(gateway.instance)["load"] = load_hasty
    defaults = Settling.__init__.__kwdefaults__
    assert defaults is not None
    defaults["interval"] = _POLL.total_seconds() / 4
