"""strace around a child that waits to be watched: its calls as records, and faults put into them.

strace names a descriptor's path behind it (-y), so that a call can be told to touch the instance or not. The n-th call
of a name is the same one in every run, since everything before it is the same.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.warm import fork

CALLS = (
    "openat,write,pwrite64,pwritev,writev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,mkdir,"
    "mkdirat,link,linkat,close,dup,dup2,dup3,fcntl,lseek"
)
_LINE = re.compile(r"(?P<pid>\d+)\s+(?P<name>\w+)\((?P<rest>.*)\)\s+= (?P<value>-?\d+|\?)(?P<after>.*)$")
_ATTACHED = 5.0  # seconds


@dataclass(frozen=True)
class Call:
    """One call: its name, arguments as strace prints them, what it returned, and whether a fault was put into it."""

    name: str
    arguments: str
    value: int | None
    injected: bool
    line: str


def is_here() -> bool:
    """Whether strace can be used on this machine: there, and allowed to watch another process."""
    if not shutil.which("strace"):
        return False
    watched_one = subprocess.Popen(["sleep", "5"])
    command = ["strace", "-o", os.devnull, "-p", str(watched_one.pid)]
    watcher = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + _ATTACHED
    while not (attached := _tracer(watched_one.pid)) and watcher.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)
    for process in (watched_one, watcher):
        process.kill()
        process.wait()
    return bool(attached)


def watched(work: Callable[[], int], options: Sequence[str], output: Path, log: Path) -> int:
    """Do something in a child under strace; its exit code, negative where a signal ended it."""
    read, write = os.pipe()
    is_ready, ready = os.pipe()

    def wait_and_work() -> int:
        os.close(write)
        os.write(ready, b"x")
        os.read(read, 1)
        return work()

    child = fork(wait_and_work, log)
    os.read(is_ready, 1)  # what the child does before it is ready is not counted
    for descriptor in (read, is_ready, ready):
        os.close(descriptor)
    output.unlink(missing_ok=True)
    command = ["strace", "-f", "-y", "-o", str(output), *options, "-p", str(child)]
    watcher = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + _ATTACHED
    while not _tracer(child):
        if watcher.poll() is not None or time.monotonic() > limit:
            os.kill(child, 9)
            os.waitpid(child, 0)
            raise RuntimeError(f"strace did not attach: {command}")
        time.sleep(0.001)
    os.write(write, b"x")
    os.close(write)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    watcher.wait()
    return code


def _tracer(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return int(status.partition("TracerPid:")[2].split()[0])


def calls(output: Path) -> Iterator[Call]:
    """The calls of a trace in their order; what never returned is left out."""
    waiting: dict[str, str] = {}
    for line in output.read_text(encoding="latin-1").splitlines():
        pid, _, rest = line.partition(" ")
        if rest.rstrip().endswith("<unfinished ...>"):
            waiting[pid] = line.rstrip().removesuffix("<unfinished ...>").rstrip()
            continue
        if " resumed>" in rest and pid in waiting:
            line = waiting.pop(pid) + rest.partition(" resumed>")[2]  # noqa: PLW2901, the two halves of one call
        found = _LINE.match(line)
        if found:
            value = None if found["value"] == "?" else int(found["value"])
            yield Call(found["name"], found["rest"], value, "(INJECTED)" in found["after"], line)
