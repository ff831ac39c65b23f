"""The console on a lively instance: `python -m gateway.simulate.show FOLDER`, or scripts/demo --web.

An instance is made anew, and three programs are started on it as anybody would start them: the gateway, Amazon and the
ERP as they are played, and the console. When one of them ends, or somebody presses Ctrl-C, all are stopped.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import click

from gateway.errors import CannotCreate, GatewayError, Unreachable
from gateway.simulate.stage import MARK

_PATIENCE = 30.0  # seconds until the console must answer
_FAREWELL = 20.0  # seconds that a program may take to end
_LOOK_EVERY = 0.2


def show(folder: Path, port: int, speed: int) -> None:
    """Make the instance, start everything, and wait. Raises GatewayError where something does not start."""
    make(folder)
    config = str(folder / "config.toml")
    # Two of these may be shown on one machine: nobody asks this gateway for its health.
    environment = {**os.environ, "GATEWAY_DAEMON__HEALTH_PORT": "0"}
    programs = {
        "the gateway": ("run",),
        "Amazon and the ERP": ("simulate", "amazon", "--speed", str(speed), "--head-start", "60s"),
        "the console": ("web", "--port", str(port)),
    }
    with (
        (folder / "show.log").open("wb") as log,
        until_told() as told,
        started(programs, config, environment, log) as all_,
    ):
        wait_for(port, all_)
        click.echo(f"the console: http://127.0.0.1:{port}/")
        click.echo(f"the instance: {folder}   (gateway -c {config} status)")
        click.echo("Ctrl-C stops everything")
        while not told and not (ended := [name for name, each in all_.items() if each.poll() is not None]):
            time.sleep(_LOOK_EVERY)
    if not told and ended:
        raise GatewayError(f"{' and '.join(ended)} ended by itself: see {folder / 'show.log'}")


def make(folder: Path) -> None:
    """An instance of the examples, as of now. Raises CannotCreate where the folder holds what no play has made."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    elif folder.is_dir() and any(folder.iterdir()):
        raise CannotCreate(f"{folder} holds something that no demo made: move it away, or name another folder")
    command = [sys.executable, "-m", "gateway", "init", str(folder), "--example"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotCreate(done.stderr.strip())
    (folder / MARK).touch()


@contextmanager
def until_told() -> Iterator[list[int]]:
    """A list that gets the number of the signal that says to stop."""
    told: list[int] = []
    before = {
        each: signal.signal(each, lambda number, _: told.append(number)) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield told
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def started(
    programs: dict[str, tuple[str, ...]], config: str, environment: dict[str, str], log: object
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The programs while they run, each in a group of its own, so that Ctrl-C is for us alone; then all are ended."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in programs.items():
            command = [sys.executable, "-m", "gateway", "-c", config, *words]
            running[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # type: ignore[call-overload]
            )
        yield running
    finally:
        for each in reversed(running.values()):
            each.terminate()
        for each in running.values():
            try:
                each.wait(_FAREWELL)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def wait_for(port: int, running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Until the console answers. Raises Unreachable where it does not, or something has ended."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and all(each.poll() is None for each in running.values()):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except OSError:
            time.sleep(_LOOK_EVERY)
    raise Unreachable("the console does not answer: see show.log in the folder of the instance")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found: int = listener.getsockname()[1]
        return found


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="demo")
@click.option("--port", type=click.IntRange(0, 65_535), default=8017, show_default=True, help="0 takes a free one.")
@click.option("--speed", type=click.IntRange(1, 10_000), default=60, show_default=True, help="Times faster than life.")
def main(folder: Path, port: int, speed: int) -> None:
    """Show the console on an instance in FOLDER, which is made anew, and feed it until Ctrl-C."""
    try:
        show(folder.absolute(), port or free_port(), speed)
    except GatewayError as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
