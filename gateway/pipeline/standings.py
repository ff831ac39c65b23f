"""Where invoices of ours stand, read from the journal, and what proves that the goods were delivered as charged.

The latest revision of what the ERP said stands. When an invoice is due is told by terms.csv for the account that it was
charged under.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gateway.catalogue.terms import TERMS
from gateway.config import Config
from gateway.documents import ErpInvoice, Shipment
from gateway.documents.base import iso_instant
from gateway.journal import Journal, Transaction
from gateway.journal.records import Document
from gateway.lifecycle.remittances import PAYMENT_EVENTS, IssuedInvoice, Standing, fold_payments, issue
from gateway.lifecycle.subjects import invoice_subject
from gateway.pipeline.chronicle import PREFIX, state_of

_OURS = ("810", "INVOIC")
_PAGE = 500


@dataclass(frozen=True)
class Standings:
    """The invoices that a journal holds, with what was paid for them; the terms are read once."""

    journal: Journal | Transaction
    config: Config

    @cached_property
    def _net_days(self) -> dict[str, int | None]:
        rows = (TERMS.from_cells(cells) for cells in self.journal.master("terms"))
        return {row.account: row.net_days for row in rows}

    def find(self, partner: str, number: str) -> Standing | None:
        """Where the invoice of this number stands; None where the ERP never charged it."""
        document = latest(self.journal, "invoice", partner, number)
        if document is None:
            return None
        charged = ErpInvoice.model_validate(self.journal.body_of(document.id))
        if not charged.lines:
            return None  # the ERP has taken it back
        account = document.account or self._account_of(charged)
        invoice = issue(charged, self._net_days.get(account) if account else None)
        entries = self.journal.events(invoice.subject, prefix=PREFIX)
        said = ((entry.kind.removeprefix(PREFIX), entry.body) for entry in entries)
        events = (PAYMENT_EVENTS[name].model_validate(body) for name, body in said if name in PAYMENT_EVENTS)
        return fold_payments(invoice, events, is_sent=self._is_sent(invoice))

    def _is_sent(self, invoice: IssuedInvoice) -> bool:
        """Whether the partner has it: one that is blocked or parked is not owed yet, as far as he knows."""
        ours = self.journal.documents(partner=invoice.partner, direction="out", business_number=invoice.number)
        return any(document.type in _OURS and document.delivery == "delivered" for document in ours)

    def all(self, partner: str | None = None) -> Iterator[Standing]:
        """Every invoice, by partner and number."""
        prefix = invoice_subject(partner, "") if partner else "invoice:"
        after = ""
        while subjects := self.journal.subjects_with_prefix(prefix, after, _PAGE):
            for subject in subjects:
                _, name, number = subject.split(":", 2)
                standing = self.find(name, number)
                if standing is not None:
                    yield standing
            after = subjects[-1]

    def _account_of(self, invoice: ErpInvoice) -> str | None:
        """The account of an invoice: the partner's only one, else that of the orders it charges."""
        known = self.config.partners.get(invoice.partner)
        if known is not None and len(known.accounts) == 1:
            return next(iter(known.accounts))
        states = (state_of(self.journal, invoice.partner, line.purchase_order) for line in invoice.lines)
        return next((state.account for state in states if state is not None and state.account), None)


def latest(journal: Journal | Transaction, type_: str, partner: str, number: str) -> Document | None:
    """The document of the ERP that stands: the latest of the highest revision. None where it said nothing of this."""
    found = journal.documents(type=type_, direction="in", partner=partner, business_number=number)
    return max(found, key=lambda document: (document.revision, int(document.id)), default=None)


def evidence_of(invoice: IssuedInvoice, journal: Journal | Transaction) -> dict[str, str]:
    """What a dispute needs: how the invoice left and was answered, and how the goods travelled, by name."""
    told: dict[str, str | None] = {"purchase_orders": ", ".join(invoice.purchase_orders)}
    sent = [
        document
        for document in journal.documents(partner=invoice.partner, direction="out", business_number=invoice.number)
        if document.type in _OURS
    ]
    if sent:
        told |= {
            "invoice_document": sent[-1].id,
            "invoice_control_number": sent[-1].control_number,
            "invoice_file": sent[-1].file,
            "invoice_delivery": sent[-1].delivery,
            "invoice_acknowledgement": sent[-1].acknowledgement,
        }
    if invoice.shipment:
        told |= {"shipment": invoice.shipment, **_shipped(invoice.shipment, invoice.partner, journal)}
    return {name: value for name, value in told.items() if value}


def _shipped(number: str, partner: str, journal: Journal | Transaction) -> dict[str, str | None]:
    document = latest(journal, "shipment", partner, number)
    if document is None:
        return {}
    shipment = Shipment.model_validate(journal.body_of(document.id))
    return {
        "carrier": shipment.carrier.scac if shipment.carrier else None,
        "bill_of_lading": shipment.bill_of_lading,
        "pro_number": shipment.pro_number,
        "shipped_at": iso_instant(shipment.shipped_at) if shipment.shipped_at else None,
        "tracking": ", ".join(dict.fromkeys(pack.tracking for pack in shipment.packs if pack.tracking)),
    }
