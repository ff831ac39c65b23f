"""The looks at the machine: the configuration's folders, files and keys, the clock, the disk, the programs."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from gateway import config as configuration
from gateway.checkup.keys import what_is_wrong_with
from gateway.checkup.look import FINE, Look, joined, problem
from gateway.config import Config, SftpChannel
from gateway.disk import low_on_disk
from gateway.instance import mappings_of

_BUILT_IN = 2026  # the year of this code: no clock that goes right is before it
_OLDEST_SQLITE = (3, 37, 0)  # the oldest that Debian and Ubuntu still support; all of our tests run on 3.40
_ANYBODY_WRITES, _OTHERS = 0o002, 0o077
_BESIDE = ("", "-wal", "-shm", ".lock")


def _folders(config: Config, _: datetime) -> Look:
    return Look(problem=joined(configuration.check_folders(config)))


def _permissions(config: Config, _: datetime) -> Look:
    return problem(*_forbidden(config))


def _forbidden(config: Config) -> Iterator[str]:
    """What this user may not do and should, and what others may do and should not."""
    journal = config.paths.journal
    for path in (path for end in _BESIDE if (path := journal.with_name(journal.name + end)).exists()):
        if not os.access(path, os.R_OK | os.W_OK):
            yield (
                f"this user may not write {path}, which belongs to {_owner_of(path)}: run the gateway as that user, "
                "and never as root in between"
            )
        elif path.stat().st_mode & _OTHERS:
            yield f"others may read {path}, and with it all orders and prices: chmod go= {path}"
    if config.file.stat().st_mode & _ANYBODY_WRITES:
        yield f"others may change {config.file}, and with it where orders go: chmod o-w {config.file}"


def _owner_of(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, OSError):  # a number without a name, as containers have them
        return f"user {path.stat().st_uid}"


def _keys(config: Config, _: datetime) -> Look:
    """Every private key that a channel logs in with can be used without a person."""
    channels = [channel for channel in config.channels.values() if isinstance(channel, SftpChannel)]
    files = dict.fromkeys(file for channel in channels for file in (channel.in_key_file, channel.out_key_file))
    return problem(*(said for file in files if (said := what_is_wrong_with(file))))


def _mappings(config: Config, _: datetime) -> Look:
    guides = dict.fromkeys(partner.guide for partner in config.partners.values())
    return Look(problem=joined(mappings_of(config.folder).problems(guides)))


def _charts(config: Config, _: datetime) -> Look:
    return Look(problem=joined(configuration.chart_problems(config)))


def _disk(config: Config, _: datetime) -> Look:
    return Look(problem=low_on_disk(config))


def _clock(_: Config, now: datetime) -> Look:
    if now.year >= _BUILT_IN:
        return FINE
    return problem(f"it is {now:%Y-%m-%d} by this machine's clock: set it, and see that it is kept (timedatectl)")


def _lock(config: Config, _: datetime) -> Look:
    return Look(note=who_works(config.paths.journal)[1])


def who_works(journal: Path) -> tuple[str | None, str]:
    """The process that takes files in and sends, None where there is none, and what to say about it."""
    lock = journal.with_name(journal.name + ".lock")
    try:
        inode = lock.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None, "nobody has ever taken files in or sent"
    # proc(5): `1: FLOCK  ADVISORY  WRITE 708 08:13:262 0 EOF`, the process and the file with its inode.
    held = [words[4] for words in map(str.split, lines) if words[1] == "FLOCK" and words[5].endswith(f":{inode}")]
    if held:
        return held[0], f"process {held[0]} takes files in and sends"
    return None, "nobody takes files in or sends at this moment"


def _sqlite(_: Config, __: datetime) -> Look:
    said = []
    if not sqlite3.threadsafety:
        said.append("it was built without threads: install another Python, `gateway run` works in several")
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        wanted = ".".join(map(str, _OLDEST_SQLITE))
        said.append(f"{sqlite3.sqlite_version} is older than {wanted}: install a newer Python, which brings its own")
    return Look(problem=joined(said), note=f"SQLite {sqlite3.sqlite_version}")


OF_THE_MACHINE: dict[str, Callable[[Config, datetime], Look]] = {
    "folders": _folders,
    "permissions": _permissions,
    "keys": _keys,
    "mappings": _mappings,
    "charts": _charts,
    "disk": _disk,
    "clock": _clock,
    "lock": _lock,
    "sqlite": _sqlite,
}
