"""The looks into the journal: whether it is whole, what keeps things back, and who never came."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from gateway.catalogue import LOCATIONS
from gateway.checkup.look import FINE, Look, joined, problem
from gateway.checkup.machine import who_works
from gateway.config import Config, FolderChannel
from gateway.journal import Journal, verify
from gateway.transports.base import is_staging_name

_CLOCKS_DIFFER = timedelta(minutes=5)
_UNKNOWN = frozenset({"sender-unknown", "receiver-unknown", "test-flag-differs"})
_KEY = re.compile(r"interchange:(?P<sender>.+)>(?P<receiver>.+) (?P<flag>[TP]) ")
_FEW_LABELS = 1000
_SHOWN = 5  # of a list: enough to see what it is about


def _journal(_: Config, journal: Journal, __: datetime) -> Look:
    return Look(problem=joined(verify(journal).problems))


def _journal_clock(_: Config, journal: Journal, now: datetime) -> Look:
    [last] = journal.entries(after=journal.head()[0] - 1, limit=1)
    if last.at - now < _CLOCKS_DIFFER:
        return FINE
    return problem(
        f"the last entry is of {last.at:%Y-%m-%dT%H:%MZ}, which has not come yet by this machine's clock: "
        "set the clock; deadlines are counted by it"
    )


def _pause(_: Config, journal: Journal, __: datetime) -> Look:
    pause = journal.paused()
    if pause is None:
        return FINE
    return problem(
        f"nothing leaves since {pause.at:%Y-%m-%dT%H:%MZ} ({pause.reason}): settle what `gateway journal "
        "resend-requests` lists, then `gateway journal confirm-restore`"
    )


def _outbox(_: Config, journal: Journal, __: datetime) -> Look:
    held, doubtful = journal.dispatches(state="failed"), journal.dispatches(state="in_doubt")
    said = []
    if held:
        said.append(f"{len(held)} dispatches are held: mend what their cases name, then `gateway documents resend`")
    if doubtful:
        said.append(f"{len(doubtful)} dispatches are in doubt: wait for the answers, or ask the partner")
    return problem(*said)


def _partners(config: Config, journal: Journal, _: datetime) -> Look:
    """Who never came while strangers did was probably written wrong."""
    never = [name for name in config.partners if not journal.arrivals_of(name, 1, among=None)]
    note = f"no file was ever from {', '.join(never)}" if never else ""
    cases = [case for case in journal.open_cases() if case.code in _UNKNOWN]
    if not cases or not never:
        return Look(note=note)
    came = list(dict.fromkeys(said for case in cases for said in _envelopes(case.subjects)))
    said = [f"{note}, and {len(cases)} came that nobody is known for: "]
    said += [f"they are {'; '.join(came[:_SHOWN])}. "] if came else []
    said += [_hint(config, name, came) for name in never]
    said += ["compare id, our_id and test in config.toml with the envelopes"]
    return problem("".join(said))


def _envelopes(subjects: tuple[str, ...]) -> Iterator[str]:
    """From whom to whom an interchange was that a case is about, as config.toml would have it."""
    for found in filter(None, map(_KEY.match, subjects)):
        yield f"id = {found['sender']!r}, our_id = {found['receiver']!r}, test = {str(found['flag'] == 'T').lower()}"


def _hint(config: Config, name: str, came: list[str]) -> str:
    """What config.toml has of a partner, where something that came is much the same."""
    partner = config.partners[name]
    ours = f"id = {partner.id!r}, our_id = {partner.our_id!r}, test = {str(partner.test).lower()}"
    return f"{name} has {ours}. " if get_close_matches(ours, came, 1, 0.7) else ""


def _waiting(config: Config, journal: Journal, _: datetime) -> Look:
    """Files that wait while no gateway works here: nobody has told the newcomer that one must."""
    process, _said = who_works(journal.path)
    folders = {channel.inbox for channel in config.channels.values() if isinstance(channel, FolderChannel)}
    counts = {folder: len(_files_in(folder)) for folder in sorted({*folders, config.erp.inbox})}
    found = ", ".join(f"{count} in {folder}" for folder, count in counts.items() if count)
    if not found:
        return FINE
    who = "" if process else "; nobody takes them until `gateway run` is started, or `gateway once` is called"
    return Look(note=f"files wait: {found}{who}")


def _places(config: Config, journal: Journal, _: datetime) -> Look:
    """A file that somebody put into a folder that is only for ours is never taken."""
    said = []
    for name, channel in config.channels.items():
        if isinstance(channel, FolderChannel):
            ours = {dispatch.name for dispatch in journal.dispatches(channel=name)}
            strange = sorted(found for found in _files_in(channel.outbox) if found not in ours)
            if strange:
                said.append(
                    f"{', '.join(strange[:_SHOWN])} in {channel.outbox} is not of ours: that folder is for what we "
                    f"send; what comes is put into {channel.inbox}"
                )
    return problem(*said)


def _files_in(folder: Path) -> list[str]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return []
    return [path.name for path in entries if path.is_file() and not is_staging_name(os.fsencode(path.name))]


def _masters(config: Config, journal: Journal, _: datetime) -> Look:
    """What accounts name must be a row of locations.csv, once there are any: else the first ship notice finds out."""
    rows = [LOCATIONS.from_cells(cells) for cells in journal.master("locations")]
    items = journal.master("items")
    if not rows and not items:
        return Look(note="no items.csv and no locations.csv came yet: the ERP puts them into its folder")
    known = {role: {row.code for row in rows if row.role == role} for role in ("company", "ship-from")}
    said = []
    for partner in config.partners.values():
        for account in partner.accounts.values():
            for key, value, role in (
                ("company", account.company, "company"),
                ("warehouse", account.warehouse, "ship-from"),
            ):
                if value is not None and value not in known[role]:
                    near = get_close_matches(value, sorted(known[role]), 1)
                    meant = f"; did you mean {near[0]!r}?" if near else ""
                    said.append(
                        f"{key} = {value!r} of account {account.name} of {partner.name} is no row of locations.csv "
                        f"with the role {role}{meant}: add the row, or correct config.toml"
                    )
    return problem(*said)


def _labels(config: Config, journal: Journal, _: datetime) -> Look:
    """A series of labels that ends soon, and packs that are to get numbers that nobody has."""
    numbers, said = journal.numbers(), []
    for name, numbering in {"labels": config.labels, **config.labels.company}.items():
        left = numbering.last + 1 - max(numbers.get(numbering.series, 1), numbering.start_at)
        if numbering.gs1_prefix is not None and left < _FEW_LABELS:
            said.append(
                f"{numbering.series} ({name}) has {max(left, 0)} numbers left: set another extension_digit in [labels]"
            )
    if config.labels.allot and not any(each.gs1_prefix for each in (config.labels, *config.labels.company.values())):
        said.append("allot is set in [labels] and there is no gs1_prefix: set it, or no pack gets a number")
    return problem(*said)


OF_THE_HISTORY: dict[str, Callable[[Config, Journal, datetime], Look]] = {
    "journal": _journal,
    "journal's clock": _journal_clock,
    "pause": _pause,
    "outbox": _outbox,
    "partners": _partners,
    "masters": _masters,
    "labels": _labels,
    "waiting files": _waiting,
    "out folders": _places,
}
