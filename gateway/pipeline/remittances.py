"""Remittances taken in: each item is told to the invoice that it pays, and each difference to finance.

A remittance counts once: the same number with the same content is a repeat, a replacement takes its predecessor back
first. The open cases of an invoice are those that its standing asks for, so a short payment is closed by the payment of
the rest, and an item that came before its invoice is matched once the ERP has charged it.
"""

from gateway.config import Partner
from gateway.documents import Remittance
from gateway.journal.records import Case, Document, Entry
from gateway.lifecycle.payment_problems import (
    PAYMENT_CODES,
    REMITTANCES,
    cancelled_unknown,
    problem_of,
    remittance_key,
    unbalanced,
    unmatched,
)
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.remittances import (
    Outcome,
    PaymentWithdrawn,
    Standing,
    imbalance,
    is_repeat,
    numbers_meant,
    settle_remittance,
    subjects_of_payment,
)
from gateway.lifecycle.subjects import document_subject, subject_of
from gateway.pipeline.chronicle import PREFIX
from gateway.pipeline.desk import Desk
from gateway.pipeline.standings import Standings, evidence_of, latest

_PAID = f"{PREFIX}paid"
_WITHDRAWN = f"{PREFIX}payment-withdrawn"
_REVIEWED = "invoices-reviewed"
_INVOICES = "invoices"


def take_remittance(remittance: Remittance, document_id: str, partner: Partner, desk: Desk) -> None:
    """An 820 or REMADV came."""
    counted = _counted(remittance, document_id, desk)
    changed: set[str] = set()
    if _is_counted_already(remittance, counted, desk):
        about = (document_subject(document_id), *(document_subject(earlier.id) for earlier in counted))
        desk.note("remittance-repeated", {"document": document_id, "counted": counted[-1].id}, *about)
        return
    if remittance.purpose in ("replace", "cancel"):
        for earlier in counted:
            changed |= _withdraw(earlier, document_id, desk)
    if remittance.purpose != "cancel":
        changed |= _count(remittance, document_id, partner, desk)
    elif not counted:
        desk.tell(cancelled_unknown(remittance, document_id, partner.name))
    for number in sorted(changed):
        keep_invoice(partner.name, number, desk)


def match_again(desk: Desk) -> int:
    """Look again at the items that settled nothing: the ERP may have charged their invoices since. How many it has."""
    matched = 0
    for case in desk.tx.open_cases(key_prefix=REMITTANCES):
        partner = desk.config.partners.get(case.evidence.get("partner", ""))
        if case.code != "remittance-unmatched" or partner is None or not _is_charged(case, partner, desk):
            continue
        document, item = case.evidence["document"], int(case.evidence["item"])
        remittance = Remittance.model_validate(desk.tx.body_of(document))
        outcomes = _settle(remittance, document, partner, desk)
        outcome = next(found for found in outcomes if found.payment.item == item)
        if outcome.payment.invoice is None:
            continue
        _record(outcome, partner, desk)
        desk.tx.close_case(case.id, f"it pays invoice {outcome.payment.invoice}, which was charged since", "gateway")
        keep_invoice(partner.name, outcome.payment.invoice, desk)
        matched += 1
    return matched


def raise_overdue_invoices(desk: Desk) -> int:
    """What time and the ERP have changed: items that can be matched now, and invoices that are due and not paid.

    Items are looked at each time, the invoices once a day (UTC). How many became overdue.
    """
    match_again(desk)
    seen = desk.tx.events(_INVOICES, prefix=_REVIEWED)
    today = desk.now.date()
    if (seen and seen[-1].at.date() == today) or not desk.tx.subjects_with_prefix("invoice:", limit=1):
        return 0
    standings = Standings(desk.tx, desk.config)
    raised = sum(_keep(standing, desk) == "invoice-overdue" for standing in list(standings.all()))
    desk.note(_REVIEWED, {"raised": raised}, _INVOICES)
    return raised


def keep_invoice(partner: str, number: str, desk: Desk) -> None:
    """Make the open cases of an invoice those that it should have; for whoever charges it or changes it."""
    standing = Standings(desk.tx, desk.config).find(partner, number)
    if standing is not None:
        _keep(standing, desk)


def _count(remittance: Remittance, document_id: str, partner: Partner, desk: Desk) -> set[str]:
    """Tell what a remittance pays, and what is wrong with it; the numbers of the invoices."""
    outcomes = _settle(remittance, document_id, partner, desk)
    for outcome in outcomes:
        _record(outcome, partner, desk)
        if outcome.why is not None:
            desk.tell(unmatched(outcome.payment, outcome.why, partner.name))
    difference = imbalance(remittance)
    if difference:
        desk.tell(unbalanced(remittance, document_id, difference, partner.name))
    return {outcome.payment.invoice for outcome in outcomes if outcome.payment.invoice is not None}


def _keep(standing: Standing, desk: Desk) -> str | None:
    """Make the cases those that the invoice's standing asks for; the code of one that was opened."""
    invoice, status = standing.invoice, standing.status(desk.now.date())
    evidence = {} if status in ("unsent", "open", "paid") else evidence_of(invoice, desk.tx)
    problem = problem_of(standing, status, evidence)
    known = {
        case.key: case
        for case in desk.tx.open_cases(subject=invoice.subject, key_prefix=f"{invoice.subject}:")
        if case.code in PAYMENT_CODES
    }
    for key, case in known.items():
        if problem is None or key != problem.key:
            desk.tx.close_case(case.id, f"the invoice is {status} now", "gateway")
    if problem is None or _is_dealt_with(problem, desk):
        return None
    desk.tell(problem)
    return None if problem.key in known else problem.code


def _is_dealt_with(problem: Problem, desk: Desk) -> bool:
    """Whether a person has closed the case of this very difference: written off, or accepted."""
    cases = desk.tx.cases(subject=problem.subjects[0], key_prefix=problem.key)
    last = next((case for case in reversed(cases) if case.key == problem.key), None)
    at_stake = None if problem.at_stake is None else f"{problem.at_stake:f}"
    return last is not None and last.state == "closed" and last.closed_by != "gateway" and last.at_stake == at_stake


def _settle(remittance: Remittance, document_id: str, partner: Partner, desk: Desk) -> tuple[Outcome, ...]:
    standings = Standings(desk.tx, desk.config)
    written = {item.invoice for item in remittance.items if item.invoice is not None}
    meant = {number for each in written for number in numbers_meant(each, partner.invoice_suffixes)}
    found = {number: standings.find(partner.name, number) for number in sorted(meant)}
    known = {number: standing for number, standing in found.items() if standing is not None}
    return settle_remittance(remittance, document_id, known, partner.invoice_suffixes)


def _record(outcome: Outcome, partner: Partner, desk: Desk) -> None:
    standing = outcome.standing
    orders = _orders(standing, desk) if standing is not None else ()
    payment = outcome.payment
    desk.note(_PAID, payment.model_dump(mode="json"), *subjects_of_payment(payment, partner.name, orders))


def _orders(standing: Standing, desk: Desk) -> tuple[str, ...]:
    """The orders that an invoice charges, as far as we know them: no other has a history to add to."""
    invoice = standing.invoice
    subjects = (subject_of(invoice.partner, number) for number in invoice.purchase_orders)
    return tuple(subject for subject in subjects if desk.tx.events(subject, prefix=f"{PREFIX}order-received"))


def _counted(remittance: Remittance, document_id: str, desk: Desk) -> list[Document]:
    """The remittances under the same number that count: they were settled, and nothing has taken them back.

    One without a number is filed under that of its message, by which it may be repeated, and nothing else.
    """
    own = desk.tx.document(document_id)
    if remittance.reference is None and remittance.purpose != "original":
        return []
    filed = desk.tx.documents(type=own.type, direction="in", partner=own.partner, business_number=own.business_number)
    return [document for document in filed if document.id != own.id and _payments_of(document.id, desk)]


def _payments_of(document_id: str, desk: Desk) -> list[Entry]:
    """What a remittance has paid; nothing where it was taken back."""
    subject = document_subject(document_id)
    if any(entry.body["document"] == document_id for entry in desk.tx.events(subject, prefix=_WITHDRAWN)):
        return []
    return desk.tx.events(subject, prefix=_PAID)


def _is_counted_already(remittance: Remittance, counted: list[Document], desk: Desk) -> bool:
    """Whether a remittance says what one that counts has said. One that calls itself a duplicate is believed."""
    said = [is_repeat(remittance, Remittance.model_validate(desk.tx.body_of(each.id))) for each in counted]
    match remittance.purpose:
        case "cancel":
            return False
        case "duplicate":
            return bool(said)
        case "replace":
            return said == [True]  # of several it would leave one
        case _:
            return any(said)


def _withdraw(earlier: Document, document_id: str, desk: Desk) -> set[str]:
    """Take a remittance back, with its cases, as if it had never come; the numbers of the invoices it had paid."""
    payments = _payments_of(earlier.id, desk)
    about = [subject for entry in payments for subject in entry.subjects]
    body = PaymentWithdrawn(document=earlier.id, by=document_id).model_dump(mode="json")
    desk.note(_WITHDRAWN, body, *dict.fromkeys((*about, document_subject(document_id))))
    for case in desk.tx.open_cases(key_prefix=remittance_key(earlier.id)):
        desk.tx.close_case(case.id, f"document {document_id} took the remittance back", "gateway")
    return {str(entry.body["invoice"]) for entry in payments if entry.body["invoice"] is not None}


def _is_charged(case: Case, partner: Partner, desk: Desk) -> bool:
    """Whether the ERP has charged anything by now that the number in a case may mean."""
    meant = numbers_meant(case.evidence.get("invoice", ""), partner.invoice_suffixes)
    return any(latest(desk.tx, "invoice", partner.name, number) for number in meant)
