"""What lies in quarantine, each file with its reason, and giving one back to the channel that it came from.

Giving back is what people do with a file manager, with a name and a reason in the journal: the file is moved into the
folder where it arrived, and taken like any other. What was read before is known by its control number and counts as a
repeat; what was refused as a whole is tried anew.
"""

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from gateway.config import Config
from gateway.config.channels import SftpChannel
from gateway.errors import Conflict, NotFound
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import File
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.queries import Json, to_the_second
from gateway.transports.base import label_of
from gateway.transports.durable import fsync, opened, told

RELEASED = "quarantine-released"
_REASON = ".reason.json"
_REASON_AT_MOST = 20_000  # bytes of a reason; ours have some hundred
_SHOWN = 20_000  # bytes
_HASHED_AT_MOST = 4_000_000  # bytes: of larger files the channel is not looked for


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file in quarantine came from: the channel, and the name that it had there; None where nobody knows."""

    channel: str | None
    name: str
    file_id: str | None


def quarantined(config: Config, journal: Journal) -> Iterator[Json]:
    """The files in quarantine by name: size, since when, the reason, the channel, and whether it can be given back.

    Raises TransportError where the folder cannot be read.
    """
    folder = config.paths.quarantine
    set_aside = _set_aside(config, journal)
    for name in _names(folder):
        path = folder / name
        found = path.lstat()
        origin = _origin(path, found, journal, set_aside)
        yield {
            "name": name,
            "size": found.st_size,
            "since": to_the_second(datetime.fromtimestamp(int(found.st_mtime), UTC)),
            **_reason_of(path),
            "channel": origin.channel,
            "file": origin.file_id,
            "why_not": _why_not(found, origin.channel, config),
        }


def names_of(subjects: Iterable[str], config: Config, journal: Journal) -> list[str]:
    """The files in quarantine that these subjects (`file:17`) are about: the names that they have there.

    Raises TransportError where the folder cannot be read; NotFound for a file that the journal does not know.
    """
    found = []
    for subject in subjects:
        kind, _, file_id = subject.partition(":")
        if kind == "file":
            file = journal.file(file_id)
            for name in _names(config.paths.quarantine):
                path = config.paths.quarantine / name
                if name.startswith(file.name) and _is_of(path, file):
                    found.append(name)
    return found


def _is_of(path: Path, file: File) -> bool:
    """Whether the bytes of a file that came lie here."""
    with suppress(OSError):
        lies = path.lstat()
        return (
            stat.S_ISREG(lies.st_mode)
            and lies.st_size == file.size <= _HASHED_AT_MOST
            and sha256(path.read_bytes()).hexdigest() == file.sha256
        )
    return False


def content(config: Config, journal: Journal, name: str) -> tuple[Json, bytes]:
    """A file in quarantine as `quarantined` lists it, and its bytes. Raises NotFound, Conflict, TransportError."""
    found = next((each for each in quarantined(config, journal) if each["name"] == name), None)
    if found is None:
        raise NotFound(f"there is no {name!r} in quarantine: `gateway quarantine list` shows what lies there")
    path = config.paths.quarantine / name
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Conflict(f"{name} is no plain file: look at it where it lies, in {path.parent}")
    with told("read", path):
        return found, path.read_bytes()


def beginning(data: bytes) -> str:
    """How a file begins, as text that a screen can show: what is no letter is shown as its sign of replacement."""
    text = data[:_SHOWN].decode(errors="replace").replace("\r\n", "\n")
    shown = "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)
    return shown + (f"\n... and {len(data) - _SHOWN:,} bytes more" if len(data) > _SHOWN else "")


def release(instance: Instance, name: str, why: str, who: str, channel: str | None = None) -> Json:
    """Give a file back to its channel, or to the one that is named; what was done.

    Raises NotFound, Conflict where it cannot be given back, TransportError.
    """
    plan = releasable(instance, name, channel)
    folder = instance.config.paths.quarantine
    inbox = Path(plan["inbox"])
    with instance.journal.transaction(instance.clock()) as tx:
        body = {"name": name, "as": plan["as"], "channel": plan["channel"], "who": who, "why": why}
        about = [f"channel:{plan['channel']}", *([f"file:{plan['file']}"] if plan["file"] else [])]
        tx.append(RELEASED, body, about)
    with told("move into", inbox), opened(folder) as source, opened(inbox) as target:
        # A link never replaces what lies there, as renaming would.
        os.link(name, plan["as"], src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
        fsync(target, inbox)
        os.unlink(name, dir_fd=source)
        (folder / f"{name}{_REASON}").unlink(missing_ok=True)
        fsync(source, folder)
    return plan


def releasable(instance: Instance, name: str, channel: str | None = None) -> Json:
    """What giving a file back would do: the channel, its inbox, and the name there. Raises NotFound, Conflict."""
    config, journal = instance.config, instance.journal
    folder = config.paths.quarantine
    if name not in _names(folder):  # a name of the listing is no path and no reason
        raise NotFound(f"there is no {name!r} in quarantine: `gateway quarantine list` shows what lies there")
    path = folder / name
    origin = _origin(path, path.lstat(), journal, _set_aside(config, journal))
    to = channel or origin.channel
    if reason := _why_not(path.lstat(), to, config):
        raise Conflict(f"{name} cannot be given back: {reason}")
    inbox = _inboxes(config)[to or ""]
    if inbox is None:
        raise Conflict(f"{name} cannot be given back: {to} has no folder here")
    if os.path.lexists(inbox / origin.name):
        raise Conflict(f"{name} cannot be given back: another {origin.name} waits in {inbox}")
    return {"name": name, "as": origin.name, "channel": to, "inbox": str(inbox), "file": origin.file_id}


def _names(folder: Path) -> list[str]:
    with told("look into", folder):
        every = sorted(path.name for path in folder.iterdir())
    return [name for name in every if not name.endswith(_REASON) and not name.startswith(".")]


def _reason_of(path: Path) -> Mapping[str, str | None]:
    """The reason beside a file. It is ours, but anybody may have put another there."""
    names = ("code", "message", "place", "remedy")
    try:
        with path.with_name(path.name + _REASON).open("rb") as file:
            said = json.loads(file.read(_REASON_AT_MOST))
    except (OSError, ValueError):
        said = {}
    if not isinstance(said, dict):
        said = {}
    return {name: str(said[name]) if said.get(name) is not None else None for name in names}


def _set_aside(config: Config, journal: Journal) -> Mapping[str, str]:
    """The channel of each file that was moved here unread, by its label: the journal has no bytes of these."""
    return {
        entry.body["name"]: channel
        for channel in (*config.channels, ERP_CHANNEL)
        for entry in journal.events(f"channel:{channel}", prefix="file-set-aside")
    }


def _origin(path: Path, found: os.stat_result, journal: Journal, set_aside: Mapping[str, str]) -> Origin:
    label = label_of(os.fsencode(path.name)) if not path.name.isprintable() else path.name
    if stat.S_ISREG(found.st_mode) and found.st_size <= _HASHED_AT_MOST:
        try:
            known = journal.files_of(sha256(path.read_bytes()).hexdigest())
        except OSError:
            known = []
        came = [file for file in known if file.direction == "in" and path.name.startswith(file.name)]
        if came:
            return Origin(came[-1].channel, came[-1].name, came[-1].id)
    stem, _, number = label.rpartition(".")
    bare = stem if number.isdecimal() and stem in set_aside else label
    return Origin(set_aside.get(bare), bare, None)


def _why_not(found: os.stat_result, channel: str | None, config: Config) -> str | None:
    """Why a file cannot be given back by the gateway; None where it can."""
    if not stat.S_ISREG(found.st_mode):
        return "it is no plain file"
    if channel is None:
        return "nobody knows from which channel it came: name one"
    if channel not in _inboxes(config):
        return f"there is no channel {channel} any more"
    if _inboxes(config)[channel] is None:
        return f"channel {channel} is an SFTP server: put the file there again"
    return None


def _inboxes(config: Config) -> Mapping[str, Path | None]:
    """The folder where the files of each channel arrive; None for a server that is not this machine."""
    channels = {
        name: None if isinstance(channel, SftpChannel) else Path(channel.inbox)
        for name, channel in config.channels.items()
    }
    return {**channels, ERP_CHANNEL: Path(config.erp.inbox)}
