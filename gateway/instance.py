"""An instance on disk: its configuration, journal, folders and lock, opened together and closed together."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from gateway.channels import open_channels, open_erp
from gateway.config import Config, load
from gateway.erp import FilesErp
from gateway.errors import Busy, CannotCreate
from gateway.journal import Journal
from gateway.journal.journal import is_older
from gateway.logs import logger
from gateway.mapping.library import Mappings
from gateway.pipeline import Catalogue
from gateway.resources import default_chart, example_config, example_masters, new_config
from gateway.resources import mappings_of as mappings_of
from gateway.transports import Quarantine, Transport

Clock = Callable[[], datetime]
_FOLDERS = ("amazon/in", "amazon/out", "erp/in", "erp/out", "quarantine")


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def fixed_clock(at: datetime) -> Clock:
    """A clock that stands still, for tests and demonstrations."""
    return lambda: at


@dataclass
class Instance:
    """Everything a command needs of an instance. Use it in a `with` statement, through `open_instance`."""

    config: Config
    journal: Journal
    mappings: Mappings
    clock: Clock
    catalogue: Catalogue = field(default_factory=Catalogue)

    @property
    def quarantine(self) -> Quarantine:
        """The folder for what could not be taken."""
        return Quarantine(self.config.paths.quarantine)

    @cached_property
    def channels(self) -> Mapping[str, Transport]:
        """The partners' channels by name, opened once."""
        return open_channels(self.config)

    @cached_property
    def erp(self) -> FilesErp:
        """The other shore."""
        return open_erp(self.config)

    def open_shores(self) -> None:
        """Open channels and ERP now, where nobody has asked for them yet.

        Raises ConfigError or TransportError where one cannot be opened.
        """
        _ = self.channels, self.erp

    def over(self, journal: Journal) -> Self:
        """The same instance over another connection: masters, mappings and the shores that are open are shared."""
        other = copy(self)
        other.journal = journal
        return other


@contextmanager
def open_instance(
    config_file: Path, *, clock: Clock = system_clock, read_only: bool = False, check: bool = False
) -> Iterator[Instance]:
    """Open the instance of a config.toml; with `check` every page of its journal is looked at first.

    Raises ConfigError, JournalError or Busy; a journal is brought up to date only while nobody else works on it.
    """
    config = load(config_file)
    with _journal_of(config, read_only=read_only, check=check) as journal:
        if journal.upgraded_from is not None:
            logger().info("journal.upgraded", copy=str(journal.upgraded_from))
        yield Instance(config, journal, mappings_of(config.folder), clock)


def _journal_of(config: Config, *, read_only: bool, check: bool) -> Journal:
    path = config.paths.journal
    if read_only or not is_older(path):
        return Journal.open(path, read_only=read_only, check=check)
    # A gateway of the older version that runs would write by the older schema.
    with _alone(config, f"{path} is of an older version, and a gateway works on it: stop that one first"):
        return Journal.open(path, check=check)


@contextmanager
def locked(instance: Instance) -> Iterator[None]:
    """Be the one process that takes files in and sends (rule R22). Raises Busy where another is, else CannotCreate."""
    config = instance.config
    with _alone(config, f"another gateway works on {config.folder}: wait for it, or stop it"):
        yield


@contextmanager
def _alone(config: Config, busy: str) -> Iterator[None]:
    path = config.paths.journal.with_name(config.paths.journal.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotCreate(f"{path} cannot be made: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(busy) from None
        yield
    finally:
        os.close(descriptor)


def create(folder: Path, *, example: bool, at: datetime) -> Path:
    """Make an instance in a folder that is empty or not there yet; its config.toml.

    An example has the partners of the shipped examples, and their masters waiting in erp/in. Raises CannotCreate.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CannotCreate(f"{folder} is not empty: name a new folder, so that nothing is overwritten")
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True)
        config = folder / "config.toml"
        config.write_text((example_config() if example else new_config()).text, encoding="utf-8")
        (folder / "chart.csv").write_text(default_chart().text, encoding="utf-8")
        for master in example_masters() if example else ():
            (folder / "erp" / "in" / master.name).write_text(master.text, encoding="utf-8")
    except OSError as error:
        raise CannotCreate(f"{folder} cannot be made an instance: {error.strerror or error}") from error
    Journal.create(folder / "journal.db", at).close()
    return config
