"""Everything that an instance needs, looked at in turn: what `gateway doctor` says.

Each look is a small function that answers with what is wrong, as a sentence that ends with its remedy, with a note that
is worth knowing and wrong with nothing, or with neither. A new look is a function and a line in one of the tables of
machine.py (what needs no journal) and history.py (what is asked of it).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gateway import config as configuration
from gateway.checkup.history import OF_THE_HISTORY
from gateway.checkup.look import Look, joined
from gateway.checkup.machine import OF_THE_MACHINE
from gateway.errors import JournalError
from gateway.journal import Journal

__all__ = ["Look", "look_at_all"]


def look_at_all(file: Path, now: datetime) -> Iterator[Look]:
    """Look at the instance of a config.toml."""
    config, problems = configuration.read(file)
    yield Look("configuration", joined(problems))
    if config is None:
        return
    for what, look in OF_THE_MACHINE.items():
        yield look(config, now).named(what)
    try:
        with Journal.open(config.paths.journal, read_only=True) as journal:
            for what, ask in OF_THE_HISTORY.items():
                yield ask(config, journal, now).named(what)
    except JournalError as error:
        yield Look("journal", str(error))
