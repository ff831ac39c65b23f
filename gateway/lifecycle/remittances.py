"""What a remittance settles: every item becomes an event of the invoice that it pays, and an invoice is their fold.

An item finds its invoice by number: as the partner writes it, else without the endings that partners put behind our
numbers for deductions and repayments. What is settled adds up over items and remittances, so what was short is whole
once the rest has come. What settles nothing keeps the reason why. What we asked for is what the ERP charged, never what
the remittance says that we did.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import reduce
from typing import Any, Literal

from gateway.documents import Adjustment, ErpInvoice, Remittance, RemittanceItem
from gateway.documents.base import Count, Day, Number, Record, Text
from gateway.lifecycle.events import Event
from gateway.lifecycle.subjects import document_subject, invoice_subject

Status = Literal["unsent", "open", "paid", "short", "over", "overdue"]
"""Where an invoice stands: it has not left, nothing came yet, all of it, too little, too much, or nothing in time."""

# Numbers have up to 30 digits and 15 decimals: with these no sum is rounded, whatever the ambient context says.
_EXACT = Context(prec=100)


class Deduction(Record):
    """What was taken off (negative) or added: the wire's reason (X12 426, EDIFACT 4465), and its meaning in a word."""

    amount: Number | None = None
    code: Text | None = None
    reason: Text | None = None


class InvoicePaid(Event):
    """An item of a remittance: what it says of one invoice.

    `document` is the remittance's id in the journal, `remittance` the number the partner gave it, `item` the position
    in it from 1. `number` is the invoice's as the partner wrote it, `invoice` ours, None where we know none. `invoiced`
    is what the partner believes was asked; `discount` was taken for paying early.
    """

    document: Text
    item: Count = 1
    remittance: Text | None = None
    number: Text | None = None
    invoice: Text | None = None
    paid: Number | None = None
    invoiced: Number | None = None
    discount: Number | None = None
    adjustments: tuple[Deduction, ...] = ()
    paid_on: Day | None = None
    currency: Text | None = None


class PaymentWithdrawn(Event):
    """A remittance counts no more, all of it: the partner cancelled or replaced it, by the one in document `by`."""

    document: Text
    by: Text


PAYMENT_EVENTS: Mapping[str, type[Event]] = {"paid": InvoicePaid, "payment-withdrawn": PaymentWithdrawn}
"""Name in the journal -> event of an invoice's payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedInvoice:
    """An invoice of ours as its payment is measured: `amount` is negative for a credit note.

    `due_on` is None where nothing says when it is due.
    """

    partner: str
    number: str
    amount: Decimal
    currency: str
    invoiced_on: date
    due_on: date | None = None
    purchase_orders: tuple[str, ...] = ()
    shipment: str | None = None

    @property
    def subject(self) -> str:
        """The subject under which everything about the invoice is found."""
        return invoice_subject(self.partner, self.number)


def issue(invoice: ErpInvoice, net_days: int | None) -> IssuedInvoice:
    """The invoice that the ERP charged, due so many days (terms.csv) after its date."""
    is_credit = invoice.kind == "credit-note"
    never = net_days is None or net_days > (date.max - invoice.invoiced_on).days
    return IssuedInvoice(
        partner=invoice.partner,
        number=invoice.invoice,
        amount=_negative(invoice.total) if is_credit else invoice.total,
        currency=invoice.currency,
        invoiced_on=invoice.invoiced_on,
        due_on=None if never else invoice.invoiced_on + timedelta(days=net_days or 0),
        purchase_orders=tuple(dict.fromkeys(line.purchase_order for line in invoice.lines)),
        shipment=invoice.shipment,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An invoice with all that was paid for it; `is_sent` says whether it has left for the partner."""

    invoice: IssuedInvoice
    payments: tuple[InvoicePaid, ...] = ()
    is_sent: bool = True

    @property
    def paid(self) -> Decimal:
        """All payments together."""
        return total(payment.paid for payment in self.payments)

    @property
    def difference(self) -> Decimal:
        """What was asked less what was paid: positive where money is missing."""
        return _EXACT.subtract(self.invoice.amount, self.paid)

    @property
    def deductions(self) -> tuple[Deduction, ...]:
        """What the partner says the differences are for, a discount among them, in the order it came."""
        return tuple(deduction for payment in self.payments for deduction in deductions_of(payment))

    @property
    def unexplained(self) -> Decimal:
        """What is missing and for which no deduction gives a reason."""
        return _EXACT.add(self.difference, total(deduction.amount for deduction in self.deductions))

    def status(self, today: date) -> Status:
        """Where the invoice stands on this day. A credit note is ours to pay: it is never overdue."""
        if self.difference == 0:
            return "paid"
        if self.payments:
            return "short" if self.difference > 0 else "over"
        if not self.is_sent:
            return "unsent"
        due_on = self.invoice.due_on
        return "overdue" if due_on is not None and due_on < today and self.invoice.amount > 0 else "open"


def fold_payments(invoice: IssuedInvoice, events: Iterable[Event], *, is_sent: bool = True) -> Standing:
    """Where an invoice stands after what happened to it; events of another kind are passed over."""
    payments: list[InvoicePaid] = []
    for event in events:
        match event:
            case InvoicePaid():
                payments.append(event)
            case PaymentWithdrawn():
                payments = [payment for payment in payments if payment.document != event.document]
    return Standing(invoice, tuple(payments), is_sent)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item of a remittance: the payment, and where its invoice stands after it; else `why` it settles none."""

    payment: InvoicePaid
    standing: Standing | None = None
    why: str | None = None


def settle_remittance(
    remittance: Remittance, document: str, invoices: Mapping[str, Standing], suffixes: Sequence[str] = ()
) -> tuple[Outcome, ...]:
    """What each item settles, in their order, and then each adjustment that stands beside them.

    `invoices` are those of ours by number that the items may mean (`numbers_meant`), as they stand before. An
    adjustment of nothing is left out; one of something settles no invoice.
    """
    standings = dict(invoices)
    outcomes = []
    for ordinal, item in enumerate(remittance.items, 1):
        outcome = _settle(_payment(item, ordinal, remittance, document), item.kind, standings, suffixes)
        if outcome.standing is not None:
            standings[outcome.standing.invoice.number] = outcome.standing
        outcomes.append(outcome)
    for ordinal, adjustment in enumerate(remittance.adjustments, len(remittance.items) + 1):
        if adjustment.amount != 0:
            payment = _adjustment(adjustment, ordinal, remittance, document)
            outcomes.append(Outcome(payment, why="it is an adjustment of the whole payment and names no invoice"))
    return tuple(outcomes)


def numbers_meant(written: str, suffixes: Sequence[str]) -> tuple[str, ...]:
    """The numbers of ours that a partner's number may mean, the nearest first: as written, then without endings.

    `suffixes` are regular expressions of endings; several may stand behind each other.
    """
    found = [written]
    for number in found:  # grows on the way
        for suffix in suffixes:
            shorter = re.sub(rf"(?:{suffix})\Z", "", number)
            if shorter and shorter not in found:
                found.append(shorter)
    return tuple(sorted(found, key=len, reverse=True))


def imbalance(remittance: Remittance) -> Decimal:
    """The total less all items and the adjustments beside them; 0 where they make it up.

    A payment that debits us (BPR03 = D) may write its total without the sign of its items.
    """
    items = (item.paid for item in remittance.items)
    made_up = total((*items, *(adjustment.amount for adjustment in remittance.adjustments)))
    if remittance.direction == "debit" and remittance.total == made_up.copy_negate():
        return Decimal(0)
    return _EXACT.subtract(remittance.total, made_up)


def is_repeat(one: Remittance, other: Remittance) -> bool:
    """Whether two remittances say the same, whatever they call themselves (new, duplicate)."""
    return one == other.model_copy(update={"purpose": one.purpose})


def deductions_of(payment: InvoicePaid) -> tuple[Deduction, ...]:
    """What a payment says it leaves out, and why; a discount counts as one."""
    discount = Deduction(amount=_negative(payment.discount), reason="discount") if payment.discount else None
    return (*((discount,) if discount else ()), *payment.adjustments)


def subjects_of_payment(payment: InvoicePaid, partner: str, orders: Iterable[str]) -> tuple[str, ...]:
    """What a payment is indexed under: its remittance, its invoice, and `orders`, the subjects of the invoice's."""
    about = [document_subject(payment.document)]
    if payment.invoice is not None:
        about += (invoice_subject(partner, payment.invoice), *orders)
    return tuple(about)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The exact sum; what did not come counts nothing."""
    return reduce(_EXACT.add, (amount for amount in amounts if amount is not None), Decimal(0))


def _negative(amount: Decimal) -> Decimal:
    return amount.copy_abs().copy_negate()  # exact, where unary minus rounds to the ambient context


def _settle(payment: InvoicePaid, kind: str, standings: Mapping[str, Standing], suffixes: Sequence[str]) -> Outcome:
    if payment.number is None or kind == "purchase_order":
        return Outcome(payment, why="it names an order and no invoice" if payment.number else "it names no invoice")
    standing = next(filter(None, map(standings.get, numbers_meant(payment.number, suffixes))), None)
    if standing is None:
        return Outcome(payment, why="we never issued an invoice of this number")
    invoice = standing.invoice
    if payment.paid is None:
        return Outcome(payment, why="it does not say how much was paid")
    if payment.currency not in (None, invoice.currency):
        return Outcome(payment, why=f"it is in {payment.currency} and invoice {invoice.number} in {invoice.currency}")
    settled = payment.model_copy(update={"invoice": invoice.number})
    return Outcome(settled, replace(standing, payments=(*standing.payments, settled)))


def _payment(item: RemittanceItem, ordinal: int, remittance: Remittance, document: str) -> InvoicePaid:
    own = () if item.adjustment is None else (item.adjustment,)
    return InvoicePaid(
        **_of_remittance(remittance, document, ordinal),
        number=item.invoice,
        paid=item.paid,
        invoiced=item.invoiced,
        discount=item.discount,
        adjustments=tuple(map(_deduction, (*own, *item.adjustments))),
    )


def _adjustment(adjustment: Adjustment, ordinal: int, remittance: Remittance, document: str) -> InvoicePaid:
    return InvoicePaid(
        **_of_remittance(remittance, document, ordinal),
        number=adjustment.reference,
        paid=adjustment.amount,
        adjustments=(_deduction(adjustment),),
    )


def _of_remittance(remittance: Remittance, document: str, ordinal: int) -> dict[str, Any]:
    return {
        "document": document,
        "item": ordinal,
        "remittance": remittance.reference,
        "paid_on": remittance.paid_on,
        "currency": remittance.currency,
    }


def _deduction(adjustment: Adjustment) -> Deduction:
    return Deduction(amount=adjustment.amount, code=adjustment.code, reason=adjustment.reason)
