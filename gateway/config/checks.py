"""What must hold across config.toml, as a list of small checks.

Each check is a function of a draft that yields (key path, sentence). A draft holds the tables that are right in
themselves, so that one wrong value hides no other problem. A new rule is a function and a line in CHECKS. Whether the
folders are there is asked apart: a missing folder is a state of the machine, not of the file.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path

from gateway.config.alerts import Alerts
from gateway.config.settings import Channel, Erp, KeyPath, Partner, Paths
from gateway.lifecycle.gates import RULES as GATE_RULES
from gateway.mapping.library import Mappings
from gateway.resources import Resources

Complaint = tuple[KeyPath, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a config that can be read, and the names of all partners whether readable or not."""

    names: tuple[str, ...]
    partners: Mapping[str, Partner]
    channels: Mapping[str, Channel]
    erp: Erp | None
    paths: Paths | None
    resources: Resources
    alerts: Alerts | None = None


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A hint at the known word that was probably meant, or at all of them."""
    close = get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there is {', '.join(known)}" if known else "; there is none yet"


def a_guide_that_exists(draft: Draft) -> Iterator[Complaint]:
    """A partner's guide is shipped, or lies in the instance's own mappings/guides."""
    known = draft.resources.guides()
    for name, partner in draft.partners.items():
        if partner.guide not in known:
            yield (
                ("partners", name, "guide"),
                f"there is no mappings/guides/{partner.guide}/guide.toml{nearest(partner.guide, known)}",
            )


def rules_that_are_known(mappings: Mappings, guides: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every rule that a guide's [gates] names is one of docs/gates.md: a slip would leave it as it was, unseen."""
    known = tuple(sorted(GATE_RULES))
    for name in guides:
        for rule in mappings.guide(name).gates:
            if rule not in known:
                file = f"mappings/guides/{name}/guide.toml"
                yield file, f"gates.{rule}: there is no such rule{nearest(rule, known)}"


def one_partner_an_envelope(draft: Draft) -> Iterator[Complaint]:
    """Partners are found by (their id, our id, test flag): two with the same could not be told apart."""
    for (first, one), (second, other) in combinations(draft.partners.items(), 2):
        if (one.id, one.our_id, one.test) == (other.id, other.our_id, other.test):
            yield ("partners", second, "id"), f"the same id, our_id and test as partners.{first}"


def partners_that_are_known(draft: Draft) -> Iterator[Complaint]:
    """A channel names partners that have a table."""
    for name, channel in draft.channels.items():
        for partner in channel.partners:
            if partner not in draft.names:
                yield ("channels", name, "partners"), f"no partner {partner!r}{nearest(partner, draft.names)}"


def one_channel_a_partner(draft: Draft) -> Iterator[Complaint]:
    """Every partner is in exactly one channel: in two, an answer would not know its way; in none, it has no way."""
    for partner in draft.names:
        channels = [name for name, channel in draft.channels.items() if partner in channel.partners]
        for channel in channels[1:]:
            yield ("channels", channel, "partners"), f"{partner} is in channels.{channels[0]} already"
    served = {partner for channel in draft.channels.values() for partner in channel.partners}
    for partner in draft.names:
        if draft.channels and partner not in served:
            yield ("partners", partner), 'is in no channel: name it in the "partners" of one'


def channels_of_this_version(draft: Draft) -> Iterator[Complaint]:
    """SFTP has its key in the language already, and no transport yet."""
    for name, channel in draft.channels.items():
        if channel.kind == "sftp":
            yield (
                ("channels", name, "kind"),
                'this version has no sftp of its own: use "folder", and let sshd or an SFTP client fill it',
            )


def folders_apart(draft: Draft) -> Iterator[Complaint]:
    """No two folders are the same or inside each other: what is put into one would arrive in the other."""
    for (one, first), (other, second) in combinations(_places(draft).items(), 2):
        a, b = first.resolve(), second.resolve()
        if a == b:
            yield other, f"the same place as {'.'.join(one)}"
        elif a.is_relative_to(b):
            yield one, f"lies inside {'.'.join(other)}"
        elif b.is_relative_to(a):
            yield other, f"lies inside {'.'.join(one)}"


CHECKS: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    a_guide_that_exists,
    one_partner_an_envelope,
    partners_that_are_known,
    one_channel_a_partner,
    channels_of_this_version,
    folders_apart,
)


def folders_of_this_machine(draft: Draft) -> Iterator[Complaint]:
    """The folders that are missing, or that this user may not read and write.

    The inboxes are written too: a file that cannot be removed would come again with every look. And what cannot be read
    is moved to quarantine, which only a rename inside one file system can do.
    """
    for key, place in _places(draft).items():
        folder = place.parent if key == ("paths", "journal") else place
        if not folder.is_dir():
            yield key, f"there is no folder {folder}: create it, or correct the path"
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield key, f"this user may not read and write {folder}: correct its owner or permissions"
        elif key[-1] == "in" and draft.paths is not None and _lie_apart(folder, draft.paths.quarantine):
            yield ("paths", "quarantine"), f"lies on another file system than {'.'.join(key)}: let it lie on the same"


def a_password_that_can_be_read(draft: Draft) -> Iterator[Complaint]:
    """The file with the mail server's password is there, readable for this user, and not for everybody."""
    file = draft.alerts.smtp_password_file if draft.alerts else None
    if file is None:
        return
    key = ("alerts", "smtp_password_file")
    if not file.is_file() or not os.access(file, os.R_OK):
        yield key, f"this user cannot read {file}: create it, or correct the path or its owner"
    elif file.stat().st_mode & 0o007:
        yield key, f"everybody may read {file}: take that right away with chmod o= {file}"


def _lie_apart(one: Path, other: Path) -> bool:
    return other.is_dir() and one.stat().st_dev != other.stat().st_dev


def _places(draft: Draft) -> dict[KeyPath, Path]:
    places: dict[KeyPath, Path] = {}
    for name, channel in draft.channels.items():
        places[("channels", name, "in")] = channel.inbox
        places[("channels", name, "out")] = channel.outbox
    if draft.erp is not None:
        places[("erp", "in")] = draft.erp.inbox
        places[("erp", "out")] = draft.erp.outbox
    if draft.paths is not None:
        places[("paths", "quarantine")] = draft.paths.quarantine
        places[("paths", "journal")] = draft.paths.journal
    return places
