"""The labels of a shipment, with all that stands on them looked up: places, orders, and which were printed when."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.catalogue import LOCATIONS, find_location
from gateway.config import Config
from gateway.documents import PurchaseOrder, Shipment
from gateway.documents.party import Party
from gateway.errors import NotFound
from gateway.journal import Journal, Transaction
from gateway.journal.instants import printed
from gateway.journal.records import Document
from gateway.labels import Label, labels_of
from gateway.pipeline.chronicle import state_of
from gateway.pipeline.judging import orders_named
from gateway.pipeline.labelling import PRINTED, label_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The latest revision of a shipment, its labels by the position of their packs, and when each was last printed."""

    document: Document
    shipment: Shipment
    labels: Mapping[int, Label]
    printed_at: Mapping[str, str]


def sheet_of(number: str, partner: str | None, journal: Journal | Transaction, config: Config) -> Sheet:
    """The labels of a shipment by its number in the ERP.

    Raises NotFound where there is none, or where several partners have one of this number and none is named.
    """
    found = journal.documents(type="shipment", direction="in", business_number=number, partner=partner)
    if not found:
        raise NotFound(f"there is no shipment {number}: `gateway documents list --type shipment` shows those there are")
    partners = list(dict.fromkeys(document.partner for document in found))
    if len(partners) > 1:
        raise NotFound(f"{number} is a shipment to {', '.join(partners)}: say which with --partner")
    latest = max(found, key=lambda document: document.revision)
    shipment = Shipment.model_validate(journal.body_of(latest.id))
    ship_from, ship_to = _places(shipment, journal, config)
    labels = dict(labels_of(shipment, ship_from, ship_to))
    entries = {label.sscc: journal.events(label_subject(label.sscc), prefix=PRINTED) for label in labels.values()}
    return Sheet(
        document=latest,
        shipment=shipment,
        labels=labels,
        printed_at={sscc: printed(made[-1].at) for sscc, made in entries.items() if made},
    )


def _places(shipment: Shipment, journal: Journal | Transaction, config: Config) -> tuple[Party | None, Party | None]:
    """Where the goods leave from and go to, as the ship notice has it: the shipment's word, else the order's."""
    rows = [LOCATIONS.from_cells(cells) for cells in journal.master("locations")]
    state = next((state_of(journal, shipment.partner, order) for order in orders_named(shipment)), None)
    partner = config.partners.get(shipment.partner)
    account = partner.account(state.account or "") if partner and state else None
    order = PurchaseOrder.model_validate(journal.body_of(state.document)) if state else None
    ordered_to = order.ship_to if order else None
    from_code = (shipment.ship_from and shipment.ship_from.code) or (account and account.warehouse)
    to_code = (shipment.ship_to and shipment.ship_to.code) or (ordered_to and ordered_to.code)
    leaves = find_location(rows, from_code, "ship-from", shipment.partner) if from_code else None
    arrives = find_location(rows, to_code, "ship-to", shipment.partner) if to_code else None
    return (
        leaves.party if leaves else Party(code=from_code) if from_code else None,
        arrives.party if arrives else ordered_to or (Party(code=to_code) if to_code else None),
    )
