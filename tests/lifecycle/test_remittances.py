"""Items of remittances find their invoices by number, add up, and say what is left and why."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from gateway.documents import ErpInvoice, Remittance
from gateway.lifecycle.events import Event
from gateway.lifecycle.payment_problems import (
    PAYMENT_CODES,
    cancelled_unknown,
    problem_of,
    reason_text,
    unbalanced,
    unmatched,
)
from gateway.lifecycle.remittances import (
    Deduction,
    InvoicePaid,
    IssuedInvoice,
    Outcome,
    PaymentWithdrawn,
    Standing,
    fold_payments,
    imbalance,
    is_repeat,
    issue,
    numbers_meant,
    settle_remittance,
    subjects_of_payment,
)

BEFORE, DUE, AFTER = date(2027, 1, 25), date(2027, 1, 26), date(2027, 1, 27)


def invoice(number: str = "INV-9", amount: str = "435.00", **more: Any) -> IssuedInvoice:
    values = {"currency": "USD", "invoiced_on": date(2026, 11, 27), "due_on": DUE, "purchase_orders": ("4XK7PL2Q",)}
    return IssuedInvoice(partner="amazon-us", number=number, amount=Decimal(amount), **{**values, **more})


def charged(**more: Any) -> ErpInvoice:
    line = {"line": "1", "quantity": "12", "price": {"amount": "43.50", "per": "12", "unit": "each"}, "amount": "43.50"}
    return ErpInvoice.model_validate(
        {
            "partner": "amazon-us",
            "invoice": "INV-9",
            "invoiced_on": "2026-11-27",
            "currency": "USD",
            "lines": [{"purchase_order": order, **line} for order in ("A", "B", "A")],
            "total": "130.50",
            **more,
        }
    )


def remittance(*items: dict[str, Any], total: str = "430.65", **more: Any) -> Remittance:
    return Remittance.model_validate({"trace": "AP1", "currency": "USD", "total": total, "items": items, **more})


def item(invoice: str | None = "INV-9", paid: str | None = "430.65", **more: Any) -> dict[str, Any]:
    return {"invoice": invoice, "paid": paid, **more}


def settle(came: Remittance, *invoices: IssuedInvoice, suffixes: tuple[str, ...] = ()) -> tuple[Outcome, ...]:
    return settle_remittance(came, "7", {each.number: Standing(each) for each in invoices}, suffixes)


def payment(paid: str, document: str = "7", **more: Any) -> InvoicePaid:
    return InvoicePaid.model_validate({"document": document, "invoice": "INV-9", "paid": paid, **more})


@pytest.mark.requirement("V17")
@pytest.mark.parametrize(
    ("paid", "status", "difference"),
    [("435", "paid", "0.00"), ("430.65", "short", "4.35"), ("440", "over", "-5.00"), ("0", "short", "435.00")],
)
def test_what_was_paid_is_measured_by_what_the_erp_charged(paid: str, status: str, difference: str) -> None:
    [outcome] = settle(remittance(item(paid=paid, invoiced="1000")), invoice())
    assert outcome.standing is not None
    assert (outcome.standing.status(BEFORE), outcome.standing.difference) == (status, Decimal(difference))
    assert (outcome.payment.invoice, outcome.payment.number, outcome.why) == ("INV-9", "INV-9", None)


def test_items_of_one_remittance_add_up() -> None:
    came = remittance(item(paid="435"), item("INV-9SC", "-4.35"), item("INV-9SCR", "4.35"))
    after = [outcome.standing for outcome in settle(came, invoice(), suffixes=("SC", "SCR"))]
    assert [(each.paid, each.status(BEFORE)) for each in after if each] == [
        (Decimal(435), "paid"),
        (Decimal("430.65"), "short"),
        (Decimal("435.00"), "paid"),
    ]


def test_a_payment_keeps_what_the_partner_wrote_and_says_why() -> None:
    more: dict[str, Any] = {
        "adjustment": {"amount": "-1", "code": "50", "reason": "late"},
        "discount": "2.35",
        "invoiced": "435",
    }
    adjustments = [{"amount": "-1.00", "code": "ZZ", "reason": "other", "reference": "R"}]
    came = remittance(item("INV-9-1", adjustments=adjustments, **more), paid_on="2027-01-26")
    [outcome] = settle(came, invoice(), suffixes=(r"-\d",))
    assert outcome.payment.model_dump(mode="json") == {
        "document": "7",
        "item": 1,
        "remittance": "AP1",
        "number": "INV-9-1",
        "invoice": "INV-9",
        "paid": "430.65",
        "invoiced": "435",
        "discount": "2.35",
        "paid_on": "2027-01-26",
        "currency": "USD",
        "adjustments": [
            {"amount": "-1", "code": "50", "reason": "late"},
            {"amount": "-1.00", "code": "ZZ", "reason": "other"},
        ],
    }
    assert outcome.standing is not None
    assert [reason_text(each) for each in outcome.standing.deductions] == [
        *("discount -2.35", "50 late -1", "ZZ of unknown meaning -1.00")
    ]
    assert outcome.standing.unexplained == 0


def test_what_no_reason_accounts_for_is_told() -> None:
    standing = Standing(invoice(), (payment("400", adjustments=[{"amount": "-5", "code": "01"}]),))
    assert standing.unexplained == Decimal("30.00")


NOT_SETTLED = [
    (item("INV-8"), "we never issued an invoice of this number"),
    (item(None), "it names no invoice"),
    (item(kind="purchase_order"), "it names an order and no invoice"),
    (item(paid=None), "it does not say how much was paid"),
]


@pytest.mark.parametrize(("what", "why"), NOT_SETTLED)
def test_an_item_that_settles_nothing_says_why(what: dict[str, Any], why: str) -> None:
    [outcome] = settle(remittance(what), invoice())
    assert (outcome.standing, outcome.payment.invoice, outcome.why) == (None, None, why)


def test_money_in_another_currency_settles_nothing() -> None:
    [outcome] = settle(remittance(item()), invoice(currency="EUR"))
    assert (outcome.standing, outcome.why) == (None, "it is in USD and invoice INV-9 in EUR")
    [unnamed] = settle(remittance(item(), currency=None), invoice(currency="EUR"))
    assert unnamed.standing is not None


def test_an_adjustment_beside_the_items_settles_no_invoice() -> None:
    beside = [{"amount": "-12.34", "code": "50", "reason": "late", "reference": "PEN-3"}, {"amount": "0", "code": "04"}]
    _, *outcomes = settle(remittance(item(), adjustments=[*beside, {"code": "59"}]), invoice())
    assert [(o.payment.item, o.payment.number, o.payment.paid, o.standing) for o in outcomes] == [
        (2, "PEN-3", Decimal("-12.34"), None),
        (4, None, None, None),
    ]
    assert all(o.why == "it is an adjustment of the whole payment and names no invoice" for o in outcomes)


@pytest.mark.parametrize(
    ("written", "suffixes", "meant"),
    [
        ("INV-9", (), ("INV-9",)),
        ("INV-9SCR", ("SC", "SCR"), ("INV-9SCR", "INV-9")),
        ("INV-9-1SCR", ("SCR", "-[0-9]+"), ("INV-9-1SCR", "INV-9-1", "INV-9", "INV")),
        ("SCR", ("SCR",), ("SCR",)),
        ("INV-9", ("x*", "INV"), ("INV-9",)),
    ],
)
def test_endings_are_taken_off_one_after_another_and_never_all_of_a_number(
    written: str, suffixes: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    assert numbers_meant(written, suffixes) == meant


def test_the_nearest_number_is_meant() -> None:
    [outcome] = settle(remittance(item("INV-9-1")), invoice("INV-9"), invoice("INV-9-1"), suffixes=("-1",))
    assert outcome.payment.invoice == "INV-9-1"


def test_later_payments_add_up_and_a_remittance_that_is_taken_back_counts_no_more() -> None:
    first, rest = payment("430.65", "7"), payment("4.35", "8")
    events: list[Event] = [Event(), first, rest]
    assert fold_payments(invoice(), events).status(AFTER) == "paid"
    standing = fold_payments(invoice(), [*events, PaymentWithdrawn(document="8", by="9")])
    assert (standing.payments, standing.status(AFTER)) == ((first,), "short")


@pytest.mark.parametrize(
    ("amount", "due_on", "today", "status"),
    [
        ("435", DUE, DUE, "open"),
        ("435", DUE, AFTER, "overdue"),
        ("435", None, AFTER, "open"),
        ("-435", DUE, AFTER, "open"),
        ("0", DUE, AFTER, "paid"),
    ],
)
def test_an_invoice_without_a_payment_is_open_until_it_is_due(
    amount: str, due_on: date | None, today: date, status: str
) -> None:
    assert Standing(invoice(amount=amount, due_on=due_on)).status(today) == status


def test_a_credit_note_is_settled_by_what_is_taken_off() -> None:
    note = invoice("CR-1", "-15.75")
    taken = [settle(remittance(item("CR-1", paid, kind="credit_note")), note)[0] for paid in ("-15.75", "-20", "-10")]
    assert [each.standing.status(AFTER) for each in taken if each.standing] == ["paid", "short", "over"]


def test_an_invoice_is_due_by_the_terms_of_its_account() -> None:
    issued = issue(charged(shipment="SHP-1"), 60)
    assert (issued.amount, issued.due_on, issued.purchase_orders) == (Decimal("130.50"), DUE, ("A", "B"))
    assert (issued.subject, issued.shipment) == ("invoice:amazon-us:INV-9", "SHP-1")
    assert issue(charged(), 0).due_on == date(2026, 11, 27)
    assert issue(charged(), None).due_on is None
    assert issue(charged(), 999_999_999).due_on is None


def test_a_credit_note_asks_for_less_than_nothing() -> None:
    assert issue(charged(kind="credit-note", credits="INV-1"), 60).amount == Decimal("-130.50")


@pytest.mark.parametrize(
    ("total", "direction", "difference"),
    [("90", "credit", "0"), ("91", None, "1"), ("-90", "credit", "-180"), ("-90", "debit", "0"), ("90", "debit", "0")],
)
def test_items_and_adjustments_make_up_the_total(total: str, direction: str | None, difference: str) -> None:
    came = remittance(item(paid="100"), item(paid=None), adjustments=[{"amount": "-10"}], total=total)
    assert imbalance(came.model_copy(update={"direction": direction})) == Decimal(difference)


def test_no_digit_is_lost_whatever_the_length_of_the_numbers() -> None:
    large, small = "123456789012345678901234567890", "0.000000000000001"
    standing = Standing(invoice(amount=large), (payment(small), payment(large)))
    with localcontext(prec=5):
        assert standing.difference == Decimal("-0.000000000000001")
        assert imbalance(remittance(item(paid=large), item(paid=small), total=large)) == Decimal("-0.000000000000001")
        assert issue(charged(kind="credit-note", total=large), 0).amount == Decimal(f"-{large}")


def test_a_repeat_says_the_same_whatever_it_calls_itself() -> None:
    came = remittance(item())
    assert is_repeat(came.model_copy(update={"purpose": "duplicate"}), came)
    assert not is_repeat(remittance(item(paid="1")), came)
    assert not is_repeat(remittance(item(), trace="AP2"), came)


def test_a_payment_is_filed_under_its_remittance_its_invoice_and_the_orders_of_that() -> None:
    orders = ("order:amazon-us:4XK7PL2Q",)
    known, unknown = payment("1"), InvoicePaid(document="7")
    assert subjects_of_payment(known, "amazon-us", orders) == ("document:7", "invoice:amazon-us:INV-9", *orders)
    assert subjects_of_payment(unknown, "amazon-us", orders) == ("document:7",)


# Cases


@pytest.mark.requirement("V17")
def test_a_short_payment_is_a_case_with_the_exact_amount_and_its_evidence() -> None:
    said = {"remittance": "AP1", "invoiced": "435", "paid_on": "2027-01-26", "document": "7"}
    paid = payment("430.65", adjustments=[{"amount": "-4.35", "code": "01", "reason": "price"}], **said)
    problem = problem_of(Standing(invoice(), (paid,)), "short", {"shipment": "SHP-1"})
    assert problem is not None
    assert (problem.code, problem.owner, str(problem.at_stake)) == ("short-paid", "finance", "4.35")
    assert problem.message == ("amazon-us paid 430.65 of 435.00 USD for invoice INV-9, 4.35 too little: 01 price -4.35")
    assert problem.subjects == ("invoice:amazon-us:INV-9", "order:amazon-us:4XK7PL2Q", "document:7")
    assert problem.evidence == {
        "invoice": "INV-9",
        "invoiced_on": "2026-11-27",
        "due_on": "2027-01-26",
        "asked": "435.00",
        "paid": "430.65",
        "currency": "USD",
        "reasons": "01 price -4.35",
        "partner_says_invoiced": "435.00",
        "remittances": "remittance AP1: 430.65",
        "paid_on": "2027-01-26",
        "shipment": "SHP-1",
    }


def test_a_difference_without_a_reason_says_so() -> None:
    problem = problem_of(Standing(invoice(due_on=None), (payment("430.6"),)), "short", {})
    assert problem is not None
    assert problem.message.endswith("4.40 too little: without a reason")
    assert problem.evidence["unexplained"] == "4.40"
    assert problem.evidence["remittances"] == "a remittance without a number: 430.60"


def test_too_much_and_nothing_in_time_are_cases() -> None:
    over = problem_of(Standing(invoice(), (payment("440"),)), "over", {})
    overdue = problem_of(Standing(invoice()), "overdue", {})
    assert over is not None
    assert overdue is not None
    assert (over.code, str(over.at_stake), over.owner) == ("over-paid", "5.00", "finance")
    assert (overdue.code, str(overdue.at_stake), overdue.owner) == ("invoice-overdue", "435.00", "finance")
    assert overdue.due_at is not None
    assert overdue.due_at.isoformat() == "2027-01-27T00:00:00+00:00"
    assert "was due from amazon-us on 2027-01-26 and is not paid" in overdue.message
    assert {over.code, overdue.code, "short-paid"} == PAYMENT_CODES


def test_what_is_open_or_paid_is_no_case() -> None:
    assert problem_of(Standing(invoice()), "open", {}) is None
    assert problem_of(Standing(invoice(), (payment("435"),)), "paid", {}) is None


def test_an_item_that_settles_nothing_is_a_case_of_its_own() -> None:
    paid = {"item": 2, "number": "X-1", "remittance": "AP1", "currency": "USD", "paid_on": "2027-01-26"}
    problem = unmatched(InvoicePaid(document="7", paid=Decimal("-12.3"), **paid), "because", "amazon-us")
    assert (problem.key, problem.code, problem.owner) == ("remittance:7:2:unmatched", "remittance-unmatched", "finance")
    assert problem.message == "amazon-us pays -12.30 USD for X-1, item 2 of remittance AP1: because"
    assert str(problem.at_stake) == "12.30"
    assert problem.evidence == {
        "document": "7",
        "item": "2",
        "partner": "amazon-us",
        "invoice": "X-1",
        "paid": "-12.30",
        "currency": "USD",
        "remittance": "AP1",
        "paid_on": "2027-01-26",
    }
    bare = unmatched(InvoicePaid(document="7"), "because", "amazon-us")
    assert bare.message == (
        "amazon-us pays an unnamed amount without an invoice, item 1 of a remittance without a number: because"
    )
    assert (bare.at_stake, set(bare.evidence)) == (None, {"document", "item", "partner"})


Make = Callable[[], Any]


@pytest.mark.parametrize(
    ("make", "key", "at_stake"),
    [
        (lambda: unbalanced(remittance(item()), "7", Decimal("-4.3"), "amazon-us"), "unbalanced", "4.30"),
        (lambda: cancelled_unknown(remittance(item()), "7", "amazon-us"), "cancelled", "430.65"),
    ],
)
def test_a_remittance_that_cannot_be_right_is_a_case(make: Make, key: str, at_stake: str) -> None:
    problem = make()
    assert (problem.key, problem.owner) == (f"remittance:7:{key}", "finance")
    assert (str(problem.at_stake), problem.evidence) == (at_stake, {"total": "430.65", "remittance": "AP1"})
    assert "remittance AP1" in problem.message


def test_a_deduction_of_which_nothing_is_said_is_still_told() -> None:
    assert reason_text(Deduction()) == "of unknown meaning without an amount"
    assert reason_text(Deduction(amount=Decimal(-1), code="59", reason="not_received")) == "59 not_received -1"
