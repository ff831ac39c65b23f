"""Partners as people ask for them: ids in the envelope, how far the numbers are, keys, habits, last contact."""

import os
import re
import stat
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.checkup.keys import what_is_wrong_with
from gateway.config import Channel, Partner
from gateway.config.channels import As2Channel, SftpChannel
from gateway.errors import ConfigError, NotFound
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.lifecycle.silence import silence
from gateway.queries import Json, case_line, document_line, to_the_second
from gateway.queries.mapping_rows import messages_of

_ARRIVALS = 200  # interchanges that make a habit
_FAR = timedelta(days=3650)
_LATEST = 5
_SETTINGS = (
    *("ship_notice_after", "invoice_after", "unknown_item", "unknown_item_lead", "answer_within", "silence_after"),
    *("auto", "safety_stock", "start_at", "invoice_suffixes"),
)
_ACCOUNT = ("company", "customer", "currency", "measurement_type", "price_basis", "freight", "warehouse")
_HASHED_NAME = re.compile(r"^(\|1\||@)")


def partner_lines(instance: Instance) -> list[Json]:
    """The partners of the configuration, each with its last contact and how many cases are open about it."""
    config, journal, now = instance.config, instance.journal, instance.clock()
    rows = []
    for name, partner in config.partners.items():
        contact = _contact(journal, partner, now)
        rows.append(
            {
                "partner": name,
                "format": partner.format,
                "guide": partner.guide,
                "id": partner.id,
                "our_id": partner.our_id,
                "test": partner.test,
                "channel": config.channel_of(name).name,
                "accounts": list(partner.accounts),
                "control_number": _series(journal, partner)[0]["next"],
                "last_contact_at": contact["last_at"],
                "is_silent": contact["is_silent"],
                "cases": len(journal.open_cases(subject=f"partner:{name}")),
            }
        )
    return rows


def partner(instance: Instance, name: str) -> Json:
    """Everything about one partner. Raises NotFound."""
    config, journal = instance.config, instance.journal
    found = config.partners.get(name)
    if found is None:
        raise NotFound(f"there is no partner {name}: `gateway partners list` shows those there are")
    channel = config.channel_of(name)
    try:
        messages, wrong = messages_of(instance.mappings, found.guide), None
    except ConfigError as error:
        messages, wrong = [], str(error)
    return {
        "partner": name,
        "format": found.format,
        "guide": found.guide,
        "guide_title": instance.mappings.guide(found.guide).title if wrong is None else found.guide,
        "guide_wrong": wrong,
        "id": found.id,
        "our_id": found.our_id,
        "test": found.test,
        "channel": channel.name,
        "settings": {key: _said(getattr(found, key)) for key in _SETTINGS},
        "accounts": [
            {"account": code, **{key: getattr(account, key) for key in _ACCOUNT}}
            for code, account in found.accounts.items()
        ],
        "messages": messages,
        "numbers": _series(journal, found),
        "keys": list(keys_of(channel, instance.clock())),
        "contact": _contact(journal, found, instance.clock()),
        "cases": [case_line(case) for case in journal.open_cases(subject=f"partner:{name}")],
        "latest": [document_line(each) for each in reversed(journal.documents(partner=name, limit=_LATEST))],
    }


def keys_of(channel: Channel, now: datetime) -> Iterator[Json]:
    """The keys that a channel needs: our own by file, and those of the server that are trusted, by fingerprint.

    SSH keys have no end; `age_days` says how old the file is. Where an AS2 server stands beside us, it has the
    certificates.
    """
    if isinstance(channel, SftpChannel):
        for use, file in (("in_key_file", channel.in_key_file), ("out_key_file", channel.out_key_file)):
            path = Path(file)
            yield {"use": use, "file": str(path), **_own_key(path, now)}
        yield from _host_keys(Path(channel.host_keys), now)
    elif isinstance(channel, As2Channel):
        note = "the AS2 server beside the gateway keeps the certificates: look there for their days"
        yield {"use": "certificates", "file": str(channel.data), "age_days": None, "fingerprint": None, "wrong": note}


def _own_key(path: Path, now: datetime) -> Json:
    try:
        found = path.stat()
    except OSError as error:
        return {"age_days": None, "fingerprint": None, "wrong": f"it cannot be read: {error.strerror}"}
    wrong = what_is_wrong_with(path)
    if wrong is None and stat.S_IMODE(found.st_mode) & 0o077:
        wrong = f"others may read it: chmod 600 {path}"
    return {"age_days": _age(found, now), "fingerprint": None, "wrong": wrong}


def _host_keys(path: Path, now: datetime) -> Iterator[Json]:
    """The keys of a file in the form of known_hosts, each with the fingerprint that `ssh-keygen -l` prints."""
    try:
        found, text = path.stat(), path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        wrong = f"it cannot be read: {error.strerror}"
        yield {"use": "host_keys", "file": str(path), "age_days": None, "fingerprint": None, "wrong": wrong}
        return
    for line in text.splitlines():
        parts = line.split()
        if len(parts) < 3 or line.lstrip().startswith("#"):
            continue
        host, kind, key = parts[:3] if not parts[0].startswith("@") else parts[1:4]
        try:
            mark = b64encode(sha256(b64decode(key, validate=True)).digest()).decode().rstrip("=")
        except (Error, ValueError):
            continue
        named = "a hashed name" if _HASHED_NAME.match(host) else host
        fingerprint = f"{kind} SHA256:{mark} ({named})"
        yield {
            "use": "host_keys",
            "file": str(path),
            "age_days": _age(found, now),
            "fingerprint": fingerprint,
            "wrong": None,
        }


def _age(found: os.stat_result, now: datetime) -> int:
    return max(0, (now - datetime.fromtimestamp(int(found.st_mtime), UTC)).days)


def _series(journal: Journal, partner: Partner) -> list[Json]:
    """The series of control numbers between us, the interchange's first, each with the next number."""
    prefix = f"{partner.our_id}>{partner.id} {'T' if partner.test else 'P'} "
    found = {name.removeprefix(prefix): n for name, n in journal.numbers().items() if name.startswith(prefix)}
    found = {"interchange": found.get("interchange", partner.start_at)} | found
    return [{"series": name, "next": number, "text": f"{number:09}"} for name, number in found.items()]


def _contact(journal: Journal, partner: Partner, now: datetime) -> Json:
    """When they last came, and how long they may be silent: by the configuration, or three times their longest gap."""
    arrivals = journal.arrivals_of(partner.name, _ARRIVALS)
    after = None if partner.silence_after == "habit" else partner.silence_after
    if not arrivals:
        return {"last_at": None, "allowed": _said(after) if after else None, "longest_gap": None, "is_silent": False}
    habit = silence(arrivals, after, max(arrivals) + _FAR)
    is_watched = not (partner.test and after is None)
    return {
        "last_at": to_the_second(arrivals[-1]),
        "allowed": _said(habit.allowed) if habit else None,
        "longest_gap": _said(habit.longest_gap) if habit and habit.longest_gap is not None else None,
        "is_silent": is_watched and silence(arrivals, after, now) is not None,
    }


def _said(value: Any) -> Any:
    """A setting as config.toml would have it: durations in their largest whole unit."""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        for unit, step in (("d", 86_400), ("h", 3_600), ("min", 60)):
            if seconds >= step and seconds % step == 0:
                return f"{seconds // step} {unit}"
        return f"{seconds / 3_600:.1f} h" if seconds >= 3_600 else f"{seconds} s"
    return list(value) if isinstance(value, tuple) else value
