"""Channels as people ask for them: when each was looked into, what came and went last, what waits, what fails.

The journal knows what came and went. That nothing came is known only to a gateway at work: its last looks are asked of
its metrics, on the loopback address, where one is.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateway.checkup.machine import who_works
from gateway.config import Config
from gateway.config.channels import SftpChannel
from gateway.errors import TransportError
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import Dispatch, File
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.queries import Json, to_the_second
from gateway.queries.quarantined import quarantined
from gateway.transports.base import is_staging_name

_AMONG = 1000  # of the newest files: what came before them is long ago
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_PATIENCE = 0.3  # seconds
_DONE = re.compile(r'gateway_job_done_timestamp_seconds\{job="take (\S+?)"\} (\S+)')


def channels(instance: Instance) -> list[Json]:
    """Every channel of the partners and sellers, then the ERP's folders."""
    config, journal = instance.config, instance.journal
    polls = last_looks(config)
    files = journal.files(_AMONG)
    waiting = journal.waiting(_END_OF_TIME)
    held = _in_quarantine(config, journal)
    failed = _failed(journal)
    rows = [
        {
            "channel": name,
            "kind": channel.kind,
            "partners": list(channel.partners),
            "sellers": [seller.name for seller in config.sellers_of(name)],
            "from": _where(channel),
            "poll_every": int(channel.poll_every.total_seconds()),
            **_waits_there(None if isinstance(channel, SftpChannel) else Path(channel.inbox)),
            "warn": channel.backlog_warn,
            "alarm": channel.backlog_alarm,
        }
        for name, channel in config.channels.items()
    ]
    rows.append(
        {
            "channel": ERP_CHANNEL,
            "kind": config.erp.kind,
            "partners": [],
            "sellers": [],
            "from": str(config.erp.inbox),
            "poll_every": int(config.daemon.erp_poll_every.total_seconds()),
            **_waits_there(Path(config.erp.inbox)),
            "warn": None,
            "alarm": None,
        }
    )
    for row in rows:
        name = row["channel"]
        row |= {
            "looked_at": polls.get(name),
            "last_in": _last(files, name, "in"),
            "last_out": _last(files, name, "out"),
            "outbox": _outbox([each for each in waiting if each.channel == name]),
            "failed": failed.get(name, 0),
            "quarantined": held.get(name, 0),
            "cases": [
                {"id": case.id, "code": case.code, "message": case.message, "remedy": case.remedy}
                for case in journal.open_cases(subject=f"channel:{name}")
            ],
        }
    return rows


def last_looks(config: Config) -> Mapping[str, str]:
    """When a gateway at work last looked into each channel; nothing where none is, or none tells."""
    from urllib.error import URLError
    from urllib.request import urlopen

    port = config.daemon.health_port
    if not port or who_works(config.paths.journal)[0] is None:
        return {}
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=_PATIENCE) as answer:
            text = answer.read(1 << 20).decode("utf-8", "replace")
    except (URLError, OSError, ValueError):
        return {}
    return {name: to_the_second(datetime.fromtimestamp(float(at), UTC)) for name, at in _DONE.findall(text)}


def _where(channel: object) -> str:
    if isinstance(channel, SftpChannel):
        return f"{channel.in_user}@{channel.host}:{channel.port}{channel.in_folder}"
    return str(getattr(channel, "inbox", ""))


def _waits_there(inbox: Path | None) -> Json:
    """How many files lie in an inbox, their bytes, and since when the oldest; None for one on another machine."""
    if inbox is None:
        return {"waiting": None, "waiting_bytes": None, "oldest": None}
    try:
        found = list(_files_in(inbox))
    except OSError as error:
        return {"waiting": None, "waiting_bytes": None, "oldest": None, "trouble": error.strerror or str(error)}
    oldest = min((at for _, at in found), default=None)
    return {
        "waiting": len(found),
        "waiting_bytes": sum(size for size, _ in found),
        "oldest": None if oldest is None else to_the_second(datetime.fromtimestamp(int(oldest), UTC)),
    }


def _files_in(inbox: Path) -> Iterator[tuple[int, float]]:
    with os.scandir(inbox) as entries:
        for entry in entries:
            if not is_staging_name(os.fsencode(entry.name)) and not entry.is_dir(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                yield found.st_size, found.st_mtime


def _last(files: Iterable[File], channel: str, direction: str) -> Json | None:
    found = [file for file in files if file.channel == channel and file.direction == direction]
    return {"file": found[-1].name, "at": to_the_second(found[-1].at)} if found else None


def _failed(journal: Journal) -> Mapping[str, int]:
    """How many files nobody tries to deliver any more, by channel: each has a case while it waits for a person."""
    cases = journal.open_cases(key_prefix="dispatch:")
    numbers = [case.key.split(":")[1] for case in cases if case.code == "delivery-failed"]
    return Counter(journal.dispatch(number).channel for number in numbers)


def _outbox(waiting: list[Dispatch]) -> Json:
    return {
        "waiting": len(waiting),
        "oldest": to_the_second(min(each.at for each in waiting)) if waiting else None,
        "error": next((each.error for each in waiting if each.error), None),
    }


def _in_quarantine(config: Config, journal: Journal) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    try:
        for row in quarantined(config, journal):
            if row["channel"]:
                counts[row["channel"]] = counts.get(row["channel"], 0) + 1
    except TransportError:
        pass
    return counts
