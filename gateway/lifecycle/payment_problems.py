"""What finance must look at, as it follows from payments: a difference, money for nothing we know, an invoice unpaid.

Each is about one invoice, one item or one remittance, names the exact money, and carries what a dispute needs. The
evidence about goods comes in from outside; what was asked, paid and taken off is added here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from gateway.documents import Remittance
from gateway.documents.base import plain
from gateway.documents.money import with_decimals
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.remittances import Deduction, InvoicePaid, Standing, Status, deductions_of
from gateway.lifecycle.subjects import document_subject, subject_of

_DISPUTE = (
    "if the deduction is right, book it in the ERP and resolve this case; if not, dispute it with the evidence of this "
    "case: it closes by itself when the rest is paid"
)
_RETURN = "ask the partner what the rest is for; book or return it in the ERP, then resolve this case"
_REMIND = "ask the partner when it will be paid; it closes by itself when a remittance names the invoice"
_ASSIGN = (
    "find out what it is for and book it in the ERP, then resolve this case; where the partner writes our number with "
    "an ending, add that to invoice_suffixes in config.toml"
)
_ASK = "ask the partner for the items that are missing; what the remittance does name is settled"


def problem_of(standing: Standing, status: Status, evidence: Mapping[str, str]) -> Problem | None:
    """The case that an invoice should have where it stands, None where it should have none."""
    make = _PROBLEMS.get(status)
    return None if make is None else make(standing, {**_said(standing), **evidence})


def unmatched(payment: InvoicePaid, why: str, partner: str) -> Problem:
    """An item of a remittance that settles no invoice of ours."""
    amount = "an unnamed amount" if payment.paid is None else money(payment.paid, payment.currency)
    what = f"for {payment.number}" if payment.number else "without an invoice"
    return Problem(
        key=f"{remittance_key(payment.document)}{payment.item}:unmatched",
        code="remittance-unmatched",
        owner="finance",
        message=f"{partner} pays {amount} {what}, item {payment.item} of {_name(payment.remittance)}: {why}",
        remedy=_ASSIGN,
        subjects=(document_subject(payment.document),),
        at_stake=None if payment.paid is None else _size(payment.paid, payment.currency),
        evidence=_texts(
            {
                "document": payment.document,
                "item": str(payment.item),
                "partner": partner,
                "invoice": payment.number,
                "paid": _amount(payment.paid, payment.currency),
                "invoiced": _amount(payment.invoiced, payment.currency),
                "currency": payment.currency,
                "reasons": "; ".join(map(reason_text, deductions_of(payment))),
                "remittance": payment.remittance,
                "paid_on": payment.paid_on.isoformat() if payment.paid_on else None,
            }
        ),
    )


def unbalanced(remittance: Remittance, document: str, difference: Decimal, partner: str) -> Problem:
    """A remittance whose items do not make up its total."""
    whole = money(remittance.total, remittance.currency)
    return Problem(
        key=f"{remittance_key(document)}unbalanced",
        code="remittance-unbalanced",
        owner="finance",
        message=f"{_name(remittance.reference)} of {partner} is over {whole}, and its items and adjustments differ "
        f"from that by {money(difference, remittance.currency)}",
        remedy=_ASK,
        subjects=(document_subject(document),),
        at_stake=_size(difference, remittance.currency),
        evidence=_texts({"total": _amount(remittance.total, remittance.currency), "remittance": remittance.reference}),
    )


def cancelled_unknown(remittance: Remittance, document: str, partner: str) -> Problem:
    """A remittance is cancelled that never came, or counts no more."""
    return Problem(
        key=f"{remittance_key(document)}cancelled",
        code="remittance-unmatched",
        owner="finance",
        message=f"{partner} cancels {_name(remittance.reference)}, and none of this number counts here",
        remedy="ask the partner which payment is meant, book it in the ERP if it is needed, then resolve this case",
        subjects=(document_subject(document),),
        at_stake=_size(remittance.total, remittance.currency),
        evidence=_texts({"total": _amount(remittance.total, remittance.currency), "remittance": remittance.reference}),
    )


REMITTANCES = "remittance:"
"""What the keys of all cases about remittances begin with."""


def remittance_key(document: str) -> str:
    """What the keys of the cases about one remittance begin with."""
    return f"{REMITTANCES}{document}:"


def money(amount: Decimal, currency: str | None) -> str:
    """An amount for people, `4.35 USD`."""
    return " ".join(filter(None, (_amount(amount, currency), currency)))


def reason_text(deduction: Deduction) -> str:
    """A deduction for people: code, meaning and amount, `01 price -4.35`."""
    meaning = "of unknown meaning" if deduction.reason in (None, "other") else deduction.reason
    amount = "without an amount" if deduction.amount is None else plain(deduction.amount)
    return " ".join(filter(None, (deduction.code, meaning, amount)))


def _short(standing: Standing, evidence: dict[str, str]) -> Problem:
    reasons = evidence.get("reasons", "without a reason")
    return Problem(
        key=f"{standing.invoice.subject}:short-paid",
        code="short-paid",
        owner="finance",
        message=f"{_paid_of(standing)}, {_apart(standing)} too little: {reasons}",
        remedy=_DISPUTE,
        subjects=_subjects(standing),
        at_stake=_stake(standing),
        evidence=evidence,
    )


def _over(standing: Standing, evidence: dict[str, str]) -> Problem:
    return Problem(
        key=f"{standing.invoice.subject}:over-paid",
        code="over-paid",
        owner="finance",
        message=f"{_paid_of(standing)}, {_apart(standing)} too much",
        remedy=_RETURN,
        subjects=_subjects(standing),
        at_stake=_stake(standing),
        evidence=evidence,
    )


def _overdue(standing: Standing, evidence: dict[str, str]) -> Problem:
    invoice = standing.invoice
    asked = money(invoice.amount, invoice.currency)
    day = invoice.due_on or invoice.invoiced_on
    return Problem(
        key=f"{invoice.subject}:invoice-overdue",
        code="invoice-overdue",
        owner="finance",
        message=f"invoice {invoice.number} over {asked} was due from {invoice.partner} on {day} and is not paid",
        remedy=_REMIND,
        subjects=_subjects(standing),
        due_at=datetime.combine(day, time(), UTC) + timedelta(days=1),
        at_stake=_stake(standing),
        evidence=evidence,
    )


PAYMENT_CODES = frozenset({"short-paid", "over-paid", "invoice-overdue"})
"""The cases about an invoice, of which it has one at most."""

_PROBLEMS: Mapping[Status, Callable[[Standing, dict[str, str]], Problem]] = {
    "short": _short,
    "over": _over,
    "overdue": _overdue,
}


def _said(standing: Standing) -> dict[str, str]:
    """What was asked, and what the partner said and paid."""
    invoice, last = standing.invoice, standing.payments[-1] if standing.payments else None
    asked = [payment.invoiced for payment in standing.payments if payment.invoiced is not None]
    return _texts(
        {
            "invoice": invoice.number,
            "invoiced_on": invoice.invoiced_on.isoformat(),
            "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
            "asked": _amount(invoice.amount, invoice.currency),
            "paid": _amount(standing.paid, invoice.currency) if last else None,
            "currency": invoice.currency,
            "reasons": "; ".join(map(reason_text, standing.deductions)),
            "unexplained": _amount(standing.unexplained, invoice.currency)
            if last and standing.unexplained > 0
            else None,
            "partner_says_invoiced": _amount(asked[-1], invoice.currency) if asked else None,
            "remittances": "; ".join(
                f"{_name(payment.remittance)}: {_amount(payment.paid, invoice.currency)}"
                for payment in standing.payments
            ),
            "paid_on": last.paid_on.isoformat() if last and last.paid_on else None,
        }
    )


def _paid_of(standing: Standing) -> str:
    invoice = standing.invoice
    asked, paid = money(invoice.amount, invoice.currency), _amount(standing.paid, invoice.currency)
    return f"{invoice.partner} paid {paid} of {asked} for invoice {invoice.number}"


def _apart(standing: Standing) -> str:
    return plain(_stake(standing))


def _stake(standing: Standing) -> Decimal:
    return _size(standing.difference, standing.invoice.currency)


def _size(amount: Decimal, currency: str | None) -> Decimal:
    return with_decimals(amount.copy_abs(), currency or "")


def _amount(amount: Decimal | None, currency: str | None) -> str | None:
    return None if amount is None else plain(with_decimals(amount, currency or ""))


def _name(reference: str | None) -> str:
    return f"remittance {reference}" if reference else "a remittance without a number"


def _subjects(standing: Standing) -> tuple[str, ...]:
    invoice = standing.invoice
    orders = (subject_of(invoice.partner, purchase_order) for purchase_order in invoice.purchase_orders)
    documents = (document_subject(payment.document) for payment in standing.payments)
    return tuple(dict.fromkeys((invoice.subject, *orders, *documents)))


def _texts(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
