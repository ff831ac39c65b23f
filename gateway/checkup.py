"""Everything that an instance needs, looked at in turn: what `gateway doctor` says.

Each look is a small function that answers with a problem, as a sentence that ends with its remedy, or with None; a new
look is a function and a line in one of the two tables. Notes say what is worth knowing and wrong with nothing.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway import config as configuration
from gateway.config import Config
from gateway.disk import low_on_disk
from gateway.errors import JournalError
from gateway.instance import mappings_of
from gateway.journal import Journal, verify

_BUILT_IN = 2026  # the year of this code: no clock that goes right is before it
_CLOCKS_DIFFER = timedelta(minutes=5)
_UNKNOWN = frozenset({"sender-unknown", "receiver-unknown", "test-flag-differs"})


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at, what is wrong with it, if anything is, and what is worth knowing."""

    what: str
    problem: str | None = None
    note: str = ""


def look_at_all(file: Path, now: datetime) -> Iterator[Look]:
    """Look at the instance of a config.toml."""
    config, problems = configuration.read(file)
    yield Look("configuration", _joined(problems))
    if config is None:
        return
    for what, look in OF_THE_MACHINE.items():
        yield Look(what, look(config, now))
    yield Look("lock", note=_who_works(config))
    yield Look("sqlite", _unsafe_sqlite(), f"SQLite {sqlite3.sqlite_version}")
    try:
        with Journal.open(config.paths.journal, read_only=True) as journal:
            for name, ask in OF_THE_JOURNAL.items():
                yield Look(name, ask(config, journal, now))
    except JournalError as error:
        yield Look("journal", str(error))


def _joined(problems: Iterable[object]) -> str | None:
    return "; ".join(map(str, problems)) or None


# Of the machine


def _folders(config: Config, _: datetime) -> str | None:
    return _joined(configuration.check_folders(config))


def _mappings(config: Config, _: datetime) -> str | None:
    guides = dict.fromkeys(partner.guide for partner in config.partners.values())
    return _joined(mappings_of(config.folder).problems(guides))


def _charts(config: Config, _: datetime) -> str | None:
    return _joined(configuration.chart_problems(config))


def _disk(config: Config, _: datetime) -> str | None:
    return low_on_disk(config)


def _clock(_: Config, now: datetime) -> str | None:
    if now.year >= _BUILT_IN:
        return None
    return f"it is {now:%Y-%m-%d} by this machine's clock: set it, and see that it is kept (timedatectl)"


def _who_works(config: Config) -> str:
    lock = config.paths.journal.with_name(config.paths.journal.name + ".lock")
    try:
        inode = lock.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return "nobody has ever taken files in or sent"
    # proc(5): `1: FLOCK  ADVISORY  WRITE 708 08:13:262 0 EOF`, the process and the file with its inode.
    held = [words[4] for words in map(str.split, lines) if words[1] == "FLOCK" and words[5].endswith(f":{inode}")]
    return f"process {held[0]} takes files in and sends" if held else "nobody takes files in or sends at this moment"


def _unsafe_sqlite() -> str | None:
    if sqlite3.threadsafety:
        return None
    return "it was built without threads: install another Python, `gateway run` works in several"


OF_THE_MACHINE: dict[str, Callable[[Config, datetime], str | None]] = {
    "folders": _folders,
    "mappings": _mappings,
    "charts": _charts,
    "disk": _disk,
    "clock": _clock,
}


# Of the journal


def _journal(_: Config, journal: Journal, __: datetime) -> str | None:
    return _joined(verify(journal).problems)


def _journal_clock(_: Config, journal: Journal, now: datetime) -> str | None:
    [last] = journal.entries(after=journal.head()[0] - 1, limit=1)
    if last.at - now < _CLOCKS_DIFFER:
        return None
    return (
        f"the last entry is of {last.at:%Y-%m-%dT%H:%MZ}, which has not come yet by this machine's clock: "
        "set the clock; deadlines are counted by it"
    )


def _pause(_: Config, journal: Journal, __: datetime) -> str | None:
    pause = journal.paused()
    if pause is None:
        return None
    return (
        f"nothing leaves since {pause.at:%Y-%m-%dT%H:%MZ} ({pause.reason}): settle what `gateway journal "
        "resend-requests` lists, then `gateway journal confirm-restore`"
    )


def _outbox(_: Config, journal: Journal, __: datetime) -> str | None:
    held, doubtful = journal.dispatches(state="failed"), journal.dispatches(state="in_doubt")
    said = []
    if held:
        said.append(f"{len(held)} dispatches are held: mend what their cases name, then `gateway documents resend`")
    if doubtful:
        said.append(f"{len(doubtful)} dispatches are in doubt: wait for the answers, or ask the partner")
    return _joined(said)


def _partners(config: Config, journal: Journal, _: datetime) -> str | None:
    """Who never came while strangers did was probably written wrong."""
    strangers = [case for case in journal.open_cases() if case.code in _UNKNOWN]
    never = [name for name in config.partners if not journal.arrivals_of(name, 1, among=None)]
    if not strangers or not never:
        return None
    return (
        f"no file was ever from {', '.join(never)}, and {len(strangers)} came that nobody is known for: "
        "compare id, our_id and test in config.toml with the envelopes"
    )


OF_THE_JOURNAL: dict[str, Callable[[Config, Journal, datetime], str | None]] = {
    "journal": _journal,
    "journal's clock": _journal_clock,
    "pause": _pause,
    "outbox": _outbox,
    "partners": _partners,
}
