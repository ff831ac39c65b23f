"""An instance on disk: its configuration, journal, folders and lock, opened together and closed together."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Config, load
from gateway.erp import FilesErp
from gateway.errors import Busy, CannotCreate
from gateway.journal import Journal
from gateway.mapping.library import Mappings
from gateway.pipeline import Catalogue
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.resources import Resources, example_config, example_masters, new_config
from gateway.transports import FolderTransport, Quarantine

Clock = Callable[[], datetime]
_FOLDERS = ("amazon/in", "amazon/out", "erp/in", "erp/out", "quarantine")


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def fixed_clock(at: datetime) -> Clock:
    """A clock that stands still, for tests and demonstrations."""
    return lambda: at


def mappings_of(folder: Path | None) -> Mappings:
    """The shipped mappings and guides, and before them those of an instance's folder."""
    resources = Resources(folder)
    return Mappings(resources.read_text, resources.exists)


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

    @property
    def channels(self) -> Mapping[str, FolderTransport]:
        """The partners' channels by name."""
        return {
            name: FolderTransport(name, channel.inbox, channel.outbox, max_file=channel.max_file)
            for name, channel in self.config.channels.items()
        }

    @property
    def erp(self) -> FilesErp:
        """The other shore."""
        erp = self.config.erp
        return FilesErp(FolderTransport(ERP_CHANNEL, erp.inbox, erp.outbox, max_file=erp.max_file))


@contextmanager
def open_instance(config_file: Path, *, clock: Clock = system_clock, read_only: bool = False) -> Iterator[Instance]:
    """Open the instance of a config.toml. Raises ConfigError, JournalError or Busy."""
    config = load(config_file)
    with Journal.open(config.paths.journal, read_only=read_only, check=False) as journal:
        yield Instance(config, journal, mappings_of(config.folder), clock)


@contextmanager
def locked(instance: Instance) -> Iterator[None]:
    """Be the one process that takes files in and sends (rule R22). Raises Busy where another is, else CannotCreate."""
    path = instance.config.paths.journal.with_name(instance.config.paths.journal.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotCreate(f"{path} cannot be made: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another gateway works on {instance.config.folder}: wait for it, or stop it") from None
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
        for master in example_masters() if example else ():
            (folder / "erp" / "in" / master.name).write_text(master.text, encoding="utf-8")
    except OSError as error:
        raise CannotCreate(f"{folder} cannot be made an instance: {error.strerror or error}") from error
    Journal.create(folder / "journal.db", at).close()
    return config
