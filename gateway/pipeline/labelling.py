"""SSCCs of our own: allotted from the company prefix, each once and for ever, and remembered with what became of them.

The serial numbers are a series of the journal, like control numbers, but a series of labels never begins again: when
its last number is given it is used up. What the ERP sends without labels may get them here, before anything is made of
it, so that the number on the label is the number in the ship notice; a correction keeps those of the shipment before.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.config.labels import Numbering
from gateway.documents import Shipment
from gateway.documents.erp import ShipmentPack
from gateway.documents.identifiers import check_digit, sscc18
from gateway.errors import ConfigError, Conflict
from gateway.journal import Transaction
from gateway.journal.journal import Journal
from gateway.lifecycle.subjects import shipment_subject, subject_of
from gateway.pipeline.chronicle import orders_of
from gateway.pipeline.desk import AT_ONCE, Desk

ALLOTTED, PRINTED = "labels-allotted", "labels-printed"
_NEVER_AGAIN = 10**12  # more than any series of labels has: the journal would begin again behind it


def label_subject(sscc: str) -> str:
    """The subject under which a label is found, whether it has its AI 00 or not."""
    return f"label:{sscc18(sscc)}"


def allot(count: int, company: str | None, tx: Transaction, said: Mapping[str, Any], numbering: Numbering) -> list[str]:
    """So many SSCCs that nobody had before; `said` is what the journal keeps of why and who.

    Raises ConfigError where there is no prefix, Conflict where the series has too few numbers left.
    """
    if numbering.gs1_prefix is None:
        whose = f" for {company}" if company else ""
        raise ConfigError(f"there is no GS1 company prefix{whose}: set gs1_prefix in [labels] of config.toml")
    following = tx.numbers().get(numbering.series, numbering.start_at)
    if following < numbering.start_at:  # config.toml now says that lower ones were used elsewhere
        following = tx.jump(
            numbering.series, numbering.start_at - following, "start_at in [labels] is higher", last=_NEVER_AGAIN
        )
    if following + count - 1 > numbering.last:
        left = max(0, numbering.last - following + 1)
        raise Conflict(
            f"the series of prefix {numbering.gs1_prefix} and extension digit {numbering.extension_digit} has {left} "
            "numbers left: set another extension_digit in [labels]"
        )
    width = len(str(numbering.last))
    found = []
    for _ in range(count):
        serial = tx.draw(numbering.series, numbering.start_at, _NEVER_AGAIN)
        digits = f"{numbering.extension_digit}{numbering.gs1_prefix}{serial:0{width}}"
        found.append(digits + check_digit(digits))
    tx.append(ALLOTTED, {**said, "labels": found}, tuple(map(label_subject, found)))
    return found


def give_labels(shipment: Shipment, account: str | None, desk: Desk) -> Shipment:
    """The shipment with an SSCC on every pack, where config.toml says that we allot them; else as it is.

    A pack that an earlier revision had, with the same things in it, keeps the number it got then.
    """
    without = [place for place, pack in enumerate(shipment.packs) if pack.sscc is None]
    if not desk.config.labels.allot or not without:
        return shipment
    kept = _kept(shipment, desk)
    packs = list(shipment.packs)
    for place in without:
        before = kept.get(_content(packs[place]))
        if before:
            packs[place] = packs[place].model_copy(update={"sscc": before.pop(0)})
    new = [place for place in without if packs[place].sscc is None]
    if new:
        company = _company_of(shipment.partner, account, desk)
        said = {"partner": shipment.partner, "shipment": shipment.shipment, "who": "gateway"}
        try:
            labels = allot(len(new), company, desk.tx, said, desk.config.labels.numbering_of(company))
        except (ConfigError, Conflict):  # without numbers they stay without labels, which is a gap of their notice
            labels = []
        for place, label in zip(new, labels, strict=False):
            packs[place] = packs[place].model_copy(update={"sscc": label})
    return shipment.model_copy(update={"packs": tuple(packs)})


def _kept(shipment: Shipment, desk: Desk) -> dict[str, list[str]]:
    """The labels that we gave the packs of the latest revision before, by what is in them."""
    known = desk.tx.documents(
        type="shipment", direction="in", partner=shipment.partner, business_number=shipment.shipment
    )
    same = [each for each in known if each.revision == shipment.revision] or known
    found: dict[str, list[str]] = {}
    for pack in Shipment.model_validate(desk.tx.body_of(same[-1].id)).packs if same else ():
        if pack.sscc is not None and desk.tx.events(label_subject(pack.sscc), prefix=ALLOTTED):
            found.setdefault(_content(pack), []).append(pack.sscc)
    return found


def _content(pack: ShipmentPack) -> str:
    """What tells one pack from another but for its label."""
    return pack.model_copy(update={"sscc": None}).model_dump_json()


def _company_of(partner: str, account: str | None, desk: Desk) -> str | None:
    found = desk.config.partners[partner].account(account or "")
    return found.company if found else None


def printed_of(shipment: object, journal: Journal | Transaction) -> frozenset[str]:
    """Those labels of a shipment that were printed; none of any other document."""
    packs = shipment.packs if isinstance(shipment, Shipment) else ()
    labels = {sscc18(pack.sscc) for pack in packs if pack.sscc}
    return frozenset(label for label in labels if journal.events(label_subject(label), prefix=PRINTED))


def note_printed(labels: Iterable[str], shipment: Shipment, document: str, who: str, desk: Desk) -> None:
    """Remember that labels were printed, and look again at the orders whose ship notice may have waited for it."""
    subjects = tuple(dict.fromkeys(label_subject(label) for label in labels))
    if not subjects:
        return
    about = shipment_subject(shipment.partner, shipment.shipment)
    body = {"shipment": shipment.shipment, "partner": shipment.partner, "labels": len(subjects), "who": who}
    desk.tx.append(PRINTED, body, (about, *subjects))
    for order in orders_of(desk.tx.entry(document).subjects, shipment.partner):
        desk.tx.wake(subject_of(shipment.partner, order), AT_ONCE)
