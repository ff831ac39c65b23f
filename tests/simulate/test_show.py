"""The console on a lively instance: three programs are started, the address is told, and Ctrl-C stops them all."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from gateway.errors import CannotCreate
from gateway.simulate.show import make

SHOW = [sys.executable, "-m", "gateway.simulate.show"]


def programs_of(folder: Path) -> list[str]:
    """The command lines of the programs that work on an instance."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if str(folder / "config.toml") in words:
            found.append(" ".join(words[words.index("-c") + 2 :]).strip())
    return sorted(found)


def test_everything_is_started_and_stopped_together(tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="the console needs the extra [web]")
    folder = tmp_path / "demo"
    with subprocess.Popen([*SHOW, str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"the console: (http://127\.0\.0\.1:\d+/)\n", line)
        assert found, line
        with urlopen(f"{found[1]}health", timeout=10) as answer:  # noqa: S310  (of this machine, as just matched)
            assert answer.status == 200
        assert [words.split()[0] for words in programs_of(folder)] == ["run", "simulate", "web"]
        until = time.monotonic() + 60
        while not list((folder / "amazon" / "out").glob("*.edi")) and time.monotonic() < until:
            time.sleep(0.2)
        assert list((folder / "amazon" / "out").glob("*.edi")) != []  # orders came, and were answered
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)
    assert process.returncode == 0
    assert programs_of(folder) == []


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(CannotCreate, match="holds something that no demo made"):
        make(tmp_path)
    assert (tmp_path / "mine.txt").exists()


def test_what_a_demo_has_made_is_made_anew(tmp_path: Path) -> None:
    make(tmp_path / "demo")
    (tmp_path / "demo" / "amazon" / "in" / "old.edi").touch()
    make(tmp_path / "demo")
    assert list((tmp_path / "demo" / "amazon" / "in").iterdir()) == []
