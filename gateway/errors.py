"""The exceptions of our world: what is wrong is the machine, the configuration or the far end, never the data.

Wrong data is a value (see findings.py). Each class says in its docstring what the operator should do; the docstring is
the default message. `exit_code` is what the command line answers (sysexits.h numbers), `retry` whether trying again
without a person's help can succeed.

    GatewayError                 70
    ├── ConfigError              78   config.toml is wrong
    │   ├── SchemaError          78   a file in schemas/ is wrong
    │   └── MappingError         78   a file in mappings/ is wrong
    ├── InputError               65   the data a command was given cannot be used
    ├── NotFound                  1   no such order, document or case
    ├── Conflict                  1   what was asked does not fit the state things are in
    ├── CannotCreate             73   an output or an instance could not be made
    ├── Busy                     75   another process works on this instance
    ├── TransportError           69   a folder or server did not do what was asked
    │   ├── Unreachable          69   try again later
    │   ├── Refused              77   permission or policy; a person must look
    │   └── Interrupted          75   in doubt: it may or may not have arrived
    └── JournalError             70   journal.db cannot be read or written
        └── JournalUnavailable   75   not now: the disk is full, read-only or failing, or files are all in use
"""

from typing import ClassVar


class GatewayError(Exception):
    """Something unexpected happened inside the gateway; please report it with the log line."""

    exit_code: ClassVar[int] = 70
    retry: ClassVar[bool] = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().partition("\n")[0])


class ConfigError(GatewayError):
    """The configuration is wrong: run `gateway check`, which names every problem with file and line."""

    exit_code = 78

    def __init__(self, message: str | None = None, *, file: str | None = None, line: int | None = None) -> None:
        self.file, self.line = file, line
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place}: {message}" if place and message else message)


class SchemaError(ConfigError):
    """A grammar file is wrong: correct the line that is named, then run `gateway check`."""


class MappingError(ConfigError):
    """A mapping file is wrong: correct the line that is named, then run `gateway check`."""


class InputError(GatewayError):
    """The data given cannot be used: the message names the file, the place and what was expected."""

    exit_code = 65


class NotFound(GatewayError):
    """There is no such thing in the journal: list what there is with `gateway orders list` or `documents list`."""

    exit_code = 1


class Conflict(GatewayError):
    """What was asked does not fit the state things are in: look with `gateway explain ID`."""

    exit_code = 1


class CannotCreate(GatewayError):
    """An output could not be created: check that the folder exists, is empty where it must be, and is writable."""

    exit_code = 73


class Busy(GatewayError):
    """Another gateway works on this instance: wait for it, or stop it, then try again."""

    exit_code = 75
    retry = True


class TransportError(GatewayError):
    """A folder or server did not do what was asked: see the place in the message."""

    exit_code = 69

    def __init__(self, message: str | None = None, *, of_channel: bool = False) -> None:
        """With `of_channel` nothing else of this channel would fare better: no connection, no login."""
        self.of_channel = of_channel
        super().__init__(message)


class Unreachable(TransportError):
    """The far end cannot be reached: nothing is lost, it is tried again; look if it lasts."""

    retry = True


class Refused(TransportError):
    """The far end said no: correct the permission, key or name, then run again."""

    exit_code = 77


class Interrupted(TransportError):
    """The connection broke while sending: the same bytes go again under the same name and number."""

    exit_code = 75
    retry = True


class JournalError(GatewayError):
    """The journal cannot be used: leave the folders as they are, and restore a backup (docs/operations.md)."""


class JournalUnavailable(JournalError):
    """The journal cannot be used now: make room or mend the disk; nothing was taken, and it goes on by itself."""

    exit_code = 75
    retry = True
