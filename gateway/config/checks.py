"""What must hold across config.toml, as a list of small checks.

Each check is a function of a draft that yields (key path, sentence). A draft holds the tables that are right in
themselves, so that one wrong value hides no other problem. A new rule is a function and a line in CHECKS. Whether the
folders are there is asked apart: a missing folder is a state of the machine, not of the file.
"""

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path

from gateway.config.alerts import Alerts
from gateway.config.channels import As2Channel, Channel, SftpChannel
from gateway.config.erp import Erp, Forms
from gateway.config.keys import KeyPath
from gateway.config.partners import Partner
from gateway.config.sellers import Seller
from gateway.config.settings import Paths
from gateway.config.values import CREDENTIALS
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
    sellers: Mapping[str, Seller] = field(default_factory=dict)
    channel_names: tuple[str, ...] = ()
    seller_channels: tuple[str, ...] = ()
    """What sellers name as their channels, whether the rest of them is readable or not."""


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
    from gateway.lifecycle.gates import RULES as GATE_RULES  # the lifecycle is loaded where rules are asked for

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


def somebody_to_deal_with(draft: Draft) -> Iterator[Complaint]:
    """There is a partner or a seller, and every channel serves somebody."""
    if not draft.names and not draft.seller_channels:
        yield ("partners",), "there is neither a partner nor a seller: add [partners.NAME] or [sellers.NAME]"
    for name, channel in draft.channels.items():
        if not channel.partners and name not in draft.seller_channels:
            yield ("channels", name, "partners"), "nobody's files travel here: name a partner, or this in a seller"


def channels_of_sellers(draft: Draft) -> Iterator[Complaint]:
    """A seller's channel has a table, and no two sellers of one channel have the same marketplace."""
    seen: dict[tuple[str, str], str] = {}
    for name, seller in draft.sellers.items():
        if seller.channel not in draft.channel_names:
            said = f"no channel {seller.channel!r}{nearest(seller.channel, draft.channel_names)}"
            yield ("sellers", name, "channel"), said
        for marketplace in seller.marketplaces:
            first = seen.setdefault((seller.channel, marketplace.casefold()), name)
            if first != name:
                said = f"sellers.{first} has it already on this channel: nothing would tell their reports apart"
                yield ("sellers", name, "marketplaces", marketplace), said


def pools_of_our_own(draft: Draft) -> Iterator[Complaint]:
    """What lies at Amazon is never offered for sale by ourselves; and a seller's stock names a marketplace of his."""
    for name, seller in draft.sellers.items():
        stock = seller.stock
        at_amazon = {stock.in_transit, stock.reserved, stock.unsellable, stock.researching}
        at_amazon |= {marketplace.fba_location for marketplace in seller.marketplaces.values()}
        for pool in stock.pools:
            if pool in at_amazon:
                yield ("sellers", name, "stock", "pools"), f"{pool} lies at Amazon: it cannot be shipped by ourselves"
        if stock.marketplace is not None and seller.marketplace(stock.marketplace) is None:
            known = nearest(stock.marketplace, tuple(seller.marketplaces))
            yield ("sellers", name, "stock", "marketplace"), f"no marketplace {stock.marketplace!r}{known}"


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


def folders_of_servers_apart(draft: Draft) -> Iterator[Complaint]:
    """No two folders of one account on one server are the same: what we put into one would arrive in the other."""
    seen: dict[tuple[str, int, str, str], KeyPath] = {}
    for name, channel in draft.channels.items():
        if isinstance(channel, SftpChannel):
            for key, user, folder in (
                ("in", channel.in_user, channel.in_folder),
                ("out", channel.out_user, channel.out_folder),
            ):
                place = (channel.host.lower(), channel.port, user, posixpath.normpath(folder))
                first = seen.setdefault(place, ("channels", name, key))
                if first != ("channels", name, key):
                    yield ("channels", name, key), f"the same place as {'.'.join(first)}"


def a_sap_to_write_for(draft: Draft) -> Iterator[Complaint]:
    """Whoever has documents written as IDocs says what SAP must be told in them."""
    if draft.erp is None or draft.erp.sap is not None:
        return
    of_everybody: dict[KeyPath, bool] = {
        ("erp", "kind"): draft.erp.kind == "sap-idoc",
        ("erp", "form"): draft.erp.form == "idoc",
    }
    tables: dict[KeyPath, Forms] = {("erp", "forms"): draft.erp.forms}
    tables |= {("partners", name, "erp_forms"): each.erp_forms for name, each in draft.partners.items()}
    tables |= {("sellers", name, "erp_forms"): each.erp_forms for name, each in draft.sellers.items()}
    for key, wants in {**of_everybody, **{key: "idoc" in forms.values() for key, forms in tables.items()}}.items():
        if wants:
            yield key, "IDocs need the table [erp.sap], which says who we are to SAP; see docs/erp/sap.md"


CHECKS: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    a_guide_that_exists,
    one_partner_an_envelope,
    partners_that_are_known,
    one_channel_a_partner,
    somebody_to_deal_with,
    channels_of_sellers,
    pools_of_our_own,
    folders_apart,
    folders_of_servers_apart,
    a_sap_to_write_for,
)


def folders_of_this_machine(draft: Draft) -> Iterator[Complaint]:
    """The folders that are missing, or that this user may not read and write.

    The inboxes are written too: a file that cannot be removed would come again with every look. And what cannot be read
    is moved to quarantine, which only a rename inside one file system can do.
    """
    for key, folder in _folders(draft).items():
        if not folder.is_dir():
            yield key, f"there is no folder {folder}: create it, or correct the path"
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield key, f"this user may not read and write {folder}: correct its owner or permissions"
        elif key[-1] == "in" and draft.paths is not None and _lie_apart(folder, draft.paths.quarantine):
            yield ("paths", "quarantine"), f"lies on another file system than {'.'.join(key)}: let it lie on the same"


def secrets_that_only_we_can_read(draft: Draft) -> Iterator[Complaint]:
    """Every file with a password or a private key is there, readable for this user, and for nobody else."""
    for key, file in _secrets(draft).items():
        if not file.is_file() or not os.access(file, os.R_OK):
            yield key, f"this user cannot read {file}: create it, or correct the path or its owner"
        elif file.stat().st_mode & (_EVERYBODY if _is_credential(file) else _OTHERS):
            yield key, f"others may read {file}: take that right away with chmod go= {file}"


def host_keys_that_only_we_can_change(draft: Draft) -> Iterator[Complaint]:
    """Whoever may write the file of host keys decides which server is trusted."""
    for name, channel in draft.channels.items():
        if isinstance(channel, SftpChannel):
            key, file = ("channels", name, "host_keys"), channel.host_keys
            if not file.is_file() or not os.access(file, os.R_OK):
                yield key, f"this user cannot read {file}: put the server's public keys there, as the partner gave them"
            elif file.stat().st_mode & _WRITERS:
                yield key, f"others may change {file}: take that right away with chmod go-w {file}"


CHECKS_OF_THIS_MACHINE: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    folders_of_this_machine,
    secrets_that_only_we_can_read,
    host_keys_that_only_we_can_change,
)

_OTHERS, _EVERYBODY, _WRITERS = 0o077, 0o007, 0o022


def _is_credential(file: Path) -> bool:
    # systemd opens these to the one user of the service by an access list, which stands where the group's rights do.
    return file.parent == Path(os.environ.get("CREDENTIALS_DIRECTORY") or CREDENTIALS)


def _secrets(draft: Draft) -> dict[KeyPath, Path]:
    found: dict[KeyPath, Path] = {}
    for name, channel in draft.channels.items():
        if isinstance(channel, SftpChannel):
            found[("channels", name, "in_key_file")] = channel.in_key_file
            found[("channels", name, "out_key_file")] = channel.out_key_file
    if draft.alerts is not None and draft.alerts.smtp_password_file is not None:
        found[("alerts", "smtp_password_file")] = draft.alerts.smtp_password_file
    return found


def _lie_apart(one: Path, other: Path) -> bool:
    return other.is_dir() and one.stat().st_dev != other.stat().st_dev


def _folders(draft: Draft) -> dict[KeyPath, Path]:
    """The folders that must be there: OpenAS2 itself makes those of a pair and of the receipts, with the first file."""
    places = _places(draft)
    places |= {("paths", "journal"): places[("paths", "journal")].parent} if draft.paths is not None else {}
    for name, channel in draft.channels.items():
        if isinstance(channel, As2Channel):
            places[("channels", name, "in")] = channel.data
            del places[("channels", name, "mdn")]
    return places


def _places(draft: Draft) -> dict[KeyPath, Path]:
    places: dict[KeyPath, Path] = {}
    for name, channel in draft.channels.items():
        if isinstance(channel, SftpChannel):
            continue  # its folders lie elsewhere
        places[("channels", name, "in")] = channel.inbox
        places[("channels", name, "out")] = channel.outbox
        if isinstance(channel, As2Channel):
            places[("channels", name, "mdn")] = channel.mdn
    if draft.erp is not None:
        places[("erp", "in")] = draft.erp.inbox
        places[("erp", "out")] = draft.erp.outbox
    if draft.paths is not None:
        places[("paths", "quarantine")] = draft.paths.quarantine
        places[("paths", "journal")] = draft.paths.journal
    return places
