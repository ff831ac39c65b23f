"""The ledger of an order: what was ordered, promised, shipped and charged, each document once, by one revision."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.events import Event, LineRejected, OrderRefused
from gateway.lifecycle.goods import InvoiceWithdrawn, OrderCancelled, ShipmentWithdrawn
from gateway.lifecycle.ledger import (
    LedgerLine,
    is_fulfilled,
    is_paid,
    ledger,
    pieces_invoiced,
    promise,
    shipped,
    stage_of,
)
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.remittances import InvoicePaid, PaymentWithdrawn
from gateway.lifecycle.transmission import DocumentDrafted, DocumentSealed, Transmission
from tests.lifecycle.shop import (
    ORDER,
    SEALED_AT,
    Source,
    changed,
    good,
    has_left,
    is_delivered,
    is_drafted,
    is_sealed,
    parse,
    state_after,
)


def answer(**change: Any) -> Source:
    return parse(changed(good("order-response"), {path.replace("_", "."): value for path, value in change.items()}))


def notice(number: str = "S-1", *counts: int, revision: int = 0) -> Source:
    pieces = {f"packs.{place}.items.0.quantity": str(count) for place, count in enumerate(counts)}
    return parse(changed(good("shipment-cartons"), {"shipment": number, "revision": revision, **pieces}))


def bill(number: str = "INV-1", *counts: int, of: str = "invoice", revision: int = 0) -> Source:
    pieces = {f"lines.{place}.quantity": str(count) for place, count in enumerate(counts)}
    return parse(changed(good(of), {"invoice": number, "revision": revision, **pieces}))


def lines(*events: Event) -> dict[str, LedgerLine]:
    return {line.line: line for line in ledger(state_after(*events))}


def accepted(sent: Transmission) -> bool:
    return sent.stands("accepted")


def test_before_anything_is_said_there_is_what_was_ordered() -> None:
    assert lines()["2"] == LedgerLine(line="2", sku="ACME-002", ordered=Decimal(120))
    assert list(lines()) == ["1", "2", "3"]


def test_a_line_tells_everything_in_pieces() -> None:
    found = lines(*has_left(answer()), *has_left(notice()), *has_left(bill()))
    assert found["1"] == LedgerLine(
        line="1",
        sku="ACME-001",
        ordered=Decimal(24),
        accepted=Decimal(20),
        backordered=Decimal(0),
        rejected=Decimal(4),
        shipped=Decimal(20),
        invoiced=Decimal(20),
    )
    assert (found["2"].accepted, found["2"].backordered, found["2"].promised) == (96, 24, 120)


def test_what_the_erp_promises_follows_on_an_answer_that_gave_all_lines_up() -> None:
    """The partner changed the order then, and it came to the ERP after all: both answers have the revision 0."""
    ours = DocumentDrafted(document="ours", source=None, kind="order-response", message="855", number=ORDER, revision=0)
    sealed = DocumentSealed(document="ours", purpose="original", awaited=True, sealed_at=SEALED_AT)
    assert lines(ours, sealed)["1"].promised == 0
    assert lines(ours, sealed, *has_left(answer()))["1"].promised == 20


def unresolved(unit: str) -> OrderState:
    state = state_after()
    head = {"ordered": {"value": "10", "unit": unit}}
    line = state.lines["1"].model_validate({"line": "1", **head})
    return OrderState(**{**state.__dict__, "lines": {"1": line}, "settled": {}})


def test_cases_of_an_unknown_item_are_no_number_of_pieces() -> None:
    (pieces,), (cases,) = ledger(unresolved("each")), ledger(unresolved("case"))
    assert (pieces.ordered, pieces.sku) == (10, None)
    assert cases.ordered is None


def test_a_line_that_we_gave_up_is_rejected_whole() -> None:
    given_up = LineRejected(line="2", who="anna", why="never listed")
    assert lines(given_up)["2"].rejected == 120
    assert lines(given_up, *has_left(answer()))["2"].rejected == 120
    assert lines(given_up)["1"].rejected == 0


# What is said, and what stands


@pytest.mark.parametrize(
    ("events", "said", "stands"),
    [
        (is_drafted(answer()), 0, 0),
        (is_sealed(answer()), 20, 0),
        (is_delivered(answer()), 20, 0),
        (is_delivered(answer(), awaited=False), 20, 20),
        (has_left(answer()), 20, 20),
        (has_left(answer(), "rejected"), 20, 0),
    ],
)
def test_an_answer_is_said_once_it_is_sealed_and_stands_once_it_is_taken(
    events: Iterable[Event], said: int, stands: int
) -> None:
    state = state_after(*events)
    assert ledger(state)[0].accepted == said
    assert ledger(state, accepted)[0].accepted == stands


def test_a_higher_revision_overwrites_what_was_said_and_never_adds() -> None:
    again = parse(changed(good("order-response"), {"revision": 1, "lines.0.accepted": "24", "lines.0.rejected": "0"}))
    state = state_after(*has_left(answer()), *is_delivered(again))
    assert ledger(state)[0].accepted == 24
    assert ledger(state, accepted)[0].accepted == 20


@pytest.mark.parametrize("swapped", [False, True])
def test_the_highest_revision_counts_in_whatever_order_they_came(swapped: bool) -> None:
    first, second = is_sealed(notice("S-1", 5)), is_sealed(notice("S-1", 7, revision=1))
    state = state_after(*(second if swapped else first), *(first if swapped else second))
    assert shipped(state, "1") == 7


@pytest.mark.requirement("V22")
def test_two_shipments_are_added() -> None:
    state = state_after(*is_sealed(notice("S-1", 8)), *is_sealed(notice("S-2", 7)))
    assert shipped(state, "1") == 15
    assert shipped(state, "1", but="S-1") == 7
    assert shipped(state, "1", accepted) == 0


def test_a_draft_has_not_shipped_and_a_shipment_that_was_withdrawn_never_did() -> None:
    assert shipped(state_after(*is_drafted(notice())), "1") == 0
    withdrawn = ShipmentWithdrawn(document="77", shipment="S-1", revision=1)
    assert shipped(state_after(*is_sealed(notice()), withdrawn), "1") == 0


def test_an_invoice_that_was_withdrawn_charges_nothing() -> None:
    withdrawn = InvoiceWithdrawn(document="78", invoice="INV-1", revision=1)
    assert pieces_invoiced(state_after(*is_sealed(bill()))) != {}
    assert pieces_invoiced(state_after(*is_sealed(bill()), withdrawn)) == {}


def test_what_another_order_has_in_the_same_shipment_is_not_of_this_one() -> None:
    item = good("second-shipment")["packs"][0]["items"][0]
    shared = parse(changed(good("shipment-cartons"), {"packs.0.items.1": item}))
    assert shipped(state_after(*is_sealed(shared)), "1") == 20
    line = {**good("invoice")["lines"][0], "purchase_order": "5WX8RB4T"}
    charged = parse(changed(good("invoice"), {"lines.3": line}))
    assert pieces_invoiced(state_after(*is_sealed(charged)))["1"] == 20


def test_invoices_add_and_credit_notes_take_back() -> None:
    state = state_after(
        *is_sealed(bill("INV-1", 20, 96, 30)),
        *is_sealed(bill("INV-2", 1, 2, 15)),
        *is_sealed(bill("CN-1", 5, of="credit-note")),
    )
    assert pieces_invoiced(state)["3"] == 40
    assert pieces_invoiced(state, but="INV-2")["3"] == 25
    assert pieces_invoiced(state, accepted) == {}
    assert pieces_invoiced(state_after(*is_drafted(bill()))) == {}


def test_of_two_answers_to_one_line_the_first_is_meant() -> None:
    twice = {**good("order-response")["lines"][1], "accepted": "1"}
    state = state_after(*has_left(parse(changed(good("order-response"), {"lines.3": twice}))))
    found = promise(state, twice["line"])
    assert found is not None
    assert found.accepted == 96


def test_a_document_that_the_erp_never_wrote_promises_nothing() -> None:
    drafted = DocumentDrafted(
        document="70", source=None, kind="order-response", message="855", number=ORDER, revision=0
    )
    sealed = DocumentSealed(document="70", purpose="original", awaited=True, sealed_at=SEALED_AT)
    state = state_after(drafted, sealed)
    assert promise(state, "1") is None
    assert ledger(state)[0].promised == 0
    assert state.is_answered


def test_a_promise_is_that_of_the_line() -> None:
    state = state_after(*has_left(answer()))
    found = promise(state, "2")
    assert found is not None
    assert (found.accepted, found.backordered) == (96, 24)
    assert promise(state, "77") is None
    assert promise(state_after(), "1") is None


# How far the order has come

PAID = InvoicePaid(document="95", invoice="INV-1", paid=Decimal("741.51"))
ALL = (20, 120, 50)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((), "booked"),
        ((OrderRefused(message="the customer is blocked"),), "refused"),
        ((OrderRefused(message="blocked"), OrderCancelled(document="90", why="too late")), "cancelled"),
        (is_drafted(answer()), "booked"),
        (is_sealed(answer()), "answered"),
        (is_sealed(parse(changed(good("order-response"), {"lines": []}))), "rejected"),
        ((*has_left(answer()), *is_drafted(notice())), "answered"),
        ((*has_left(answer()), *is_sealed(notice())), "partly-shipped"),
        ((*has_left(answer()), *is_sealed(notice("S-1", *ALL))), "shipped"),
        ((*has_left(answer()), *is_sealed(notice("S-1", *ALL)), *is_sealed(bill())), "partly-invoiced"),
        ((*has_left(answer()), *is_sealed(notice("S-1", *ALL)), *is_sealed(bill("INV-1", *ALL))), "invoiced"),
        ((*has_left(answer()), *is_sealed(notice("S-1", *ALL)), *is_sealed(bill("INV-1", *ALL)), PAID), "paid"),
        ((*has_left(answer()), *is_sealed(notice()), *is_sealed(bill()), PAID), "partly-invoiced"),
        (tuple(LineRejected(line=line, who="anna", why="gone") for line in "123"), "rejected"),
    ],
)
def test_the_stage_follows_from_the_ledger(events: tuple[Event, ...], stage: str) -> None:
    assert stage_of(state_after(*events)) == stage


def test_an_order_that_the_erp_has_not_booked_is_posted() -> None:
    state = state_after()
    assert stage_of(OrderState(**{**state.__dict__, "booked": None})) == "posted"
    assert stage_of(OrderState(**{**state.__dict__, "booked": None, "posted": ()})) == "received"
    assert stage_of(OrderState(**{**state.__dict__, "is_stale": True})) == "received"


def paid(number: str, amount: str, discount: str | None = None) -> InvoicePaid:
    less = None if discount is None else Decimal(discount)
    return InvoicePaid(document="95", invoice=number, paid=Decimal(amount), discount=less)


@pytest.mark.parametrize(
    ("payments", "is_whole"),
    [
        ((), False),
        ((paid("INV-1", "741.50"),), False),
        ((paid("INV-1", "741.51"),), True),
        ((paid("INV-1", "741.00"), paid("INV-1", "0.51")), True),
        ((paid("INV-1", "726.68", "14.83"),), True),
        ((paid("INV-9", "741.51"),), False),
    ],
)
def test_an_order_is_paid_once_its_invoices_are_in_full(payments: tuple[InvoicePaid, ...], is_whole: bool) -> None:
    assert is_paid(state_after(*is_sealed(bill()), *payments)) is is_whole
    both = (*is_sealed(bill()), *is_sealed(bill("INV-2")), *payments)
    assert not is_paid(state_after(*both))
    assert is_paid(state_after(*both, paid("INV-2", "741.51"))) is is_whole


def test_a_payment_that_the_partner_takes_back_counts_no_more() -> None:
    kept = InvoicePaid(document="96", invoice="INV-1", paid=Decimal("741.51"))
    past = (*is_sealed(bill()), paid("INV-1", "741.51"), PaymentWithdrawn(document="95", by="97"))
    assert not is_paid(state_after(*past))
    assert is_paid(state_after(*past, kept))
    assert is_paid(state_after(kept, *past))


def test_credit_notes_and_invoices_that_have_not_left_are_not_paid() -> None:
    state = state_after(*is_sealed(bill()), paid("INV-1", "741.51"), *is_drafted(bill("INV-2")))
    assert is_paid(state)
    noted = state_after(*is_sealed(bill()), paid("INV-1", "741.51"), *is_sealed(bill("CN-1", 5, of="credit-note")))
    assert is_paid(noted)
    assert not is_paid(state_after())


@pytest.mark.requirement("V22")
def test_an_order_is_fulfilled_once_all_that_was_promised_has_shipped() -> None:
    assert not is_fulfilled(state_after())
    assert not is_fulfilled(state_after(*is_sealed(answer()), *is_sealed(notice())))
    assert is_fulfilled(state_after(*is_sealed(answer()), *is_sealed(notice("S-1", *ALL))))


# Laws

PARTS = st.tuples(*[st.integers(0, 200)] * 3)


@given(st.lists(PARTS, min_size=3, max_size=3))
def test_what_an_answer_says_of_a_line_is_what_the_ledger_has(parts: list[tuple[int, int, int]]) -> None:
    names = ("accepted", "backordered", "rejected")
    change = {
        f"lines.{place}.{name}": str(count)
        for place, counts in enumerate(parts)
        for name, count in zip(names, counts, strict=True)
    }
    found = lines(*is_sealed(parse(changed(good("order-response"), change))))
    for line, counts in zip(found.values(), parts, strict=True):
        assert (line.accepted, line.backordered, line.rejected) == counts
        assert line.accepted + line.backordered + line.rejected == sum(counts)
        assert line.promised == counts[0] + counts[1]


@given(
    st.lists(st.tuples(st.sampled_from(["S-1", "S-2"]), st.integers(0, 3), st.integers(0, 50)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_shipments_count_once_each_in_any_order(said: list[tuple[str, int, int]], dice: Any) -> None:
    latest = {(number, revision): count for number, revision, count in said}
    wanted: dict[str, tuple[int, int]] = {}
    for (number, revision), count in latest.items():
        wanted[number] = max(wanted.get(number, (-1, 0)), (revision, count), key=lambda each: each[0])
    once = [(number, revision, count) for (number, revision), count in latest.items()]
    dice.shuffle(once)
    events = [
        event for number, revision, count in once for event in is_sealed(notice(number, count, revision=revision))
    ]
    assert shipped(state_after(*events), "1") == sum(count for _, count in wanted.values())
