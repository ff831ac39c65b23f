"""The remittance: X12 820, EDIFACT REMADV. What was paid for which invoice, and why it was not the whole.

Amounts are in the remittance's currency and keep their sign as it came: what a partner takes off is negative in ADX01
and MOA+165. Nothing is added up here: whether the items make up the total is a question of the ledger.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gateway.documents.base import Day, Number, Record, Text
from gateway.documents.party import Party
from gateway.documents.purchase_order import Purpose

ItemKind = Literal["invoice", "credit_note", "debit_note", "purchase_order", "other"]
"""What an item is about (RMR01, DOC 1001). `other`: the wire's own code beside it says."""


class Adjustment(Record):
    """An amount added to or taken off what was asked, with its reason.

    `code` is the wire's own reason (X12 426, EDIFACT 4465), `reason` what it means in words, `other` where our tables
    give it none. `reference` names a document about it (ADX04, the RFF behind AJT), `reference_kind` what kind.
    """

    amount: Number | None = None
    code: Text | None = None
    reason: Text | None = None
    reference: Text | None = None
    reference_kind: Text | None = None


class RemittanceItem(Record):
    """One invoice or credit note paid: `invoiced` is what was asked, `paid` what was remitted.

    `invoice` is the number of what is paid, of whichever `kind`; `code` is the wire's word for that (RMR01, DOC 1001).
    `discount` is a cash discount; `adjustment` stands on the item itself (RMR07, RMR08), `adjustments` follow it (ADX,
    AJT). `action` says what the payment is, in full or in part (RMR03).
    """

    kind: ItemKind = "invoice"
    code: Text | None = None
    invoice: Text | None = None
    purchase_order: Text | None = None
    bill_of_lading: Text | None = None
    action: Text | None = None
    invoiced_on: Day | None = None
    invoiced: Number | None = None
    paid: Number | None = None
    discount: Number | None = None
    adjustment: Adjustment | None = None
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """What was asked less what was paid: positive where it was short; None where either did not come."""
        return None if self.invoiced is None or self.paid is None else self.invoiced - self.paid


class Account(Record):
    """A bank account: the bank by its scheme (X12 506, 01 is an ABA routing number) and the account with its kind."""

    bank_scheme: Text | None = None
    bank: Text | None = None
    kind: Text | None = None
    number: Text | None = None


class Remittance(Record):
    """What the partner has paid, or is about to.

    `number` is the advice's own (BGM 1004), which X12 has not; `trace` is the payment's, as the bank knows it (TRN02,
    RFF+PQ). `paid_on` is when it is paid (BPR16, DTM+138), `issued_on` when the advice was written. `handling` says
    whether money travels with it, `direction` whether we are credited, `format` is the clearing format (BPR05),
    `originator` who began it (BPR10), `entity` the section of an 820 that the items stand in, numbered from 1 (ENT01).
    `adjustments` are those that belong to no item.
    """

    purpose: Purpose = "original"
    number: Text | None = None
    trace: Text | None = None
    issued_on: Day | None = None
    paid_on: Day | None = None
    handling: Text | None = None
    direction: Literal["credit", "debit"] | None = None
    method: Text | None = None
    format: Text | None = None
    originator: Text | None = None
    currency: Text | None = None
    total: Number
    payer: Party | None = None
    payee: Party | None = None
    payer_account: Account | None = None
    payee_account: Account | None = None
    entity: Text = "1"
    items: Annotated[tuple[RemittanceItem, ...], Field(min_length=1)]
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def reference(self) -> str | None:
        """What the remittance is known by: its own number, else that of the payment."""
        return self.number or self.trace
