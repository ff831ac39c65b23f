"""A sale is the fold of its events; what comes again changes nothing, and what is older says nothing."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.marketplace.events import (
    EVENTS,
    Booked,
    Confirmed,
    Credited,
    Event,
    Fulfilled,
    Held,
    Listed,
    ListedLine,
    Point,
    Posted,
    Promised,
    PromisedItem,
    Refunded,
    RefundedLine,
    Refused,
    Restocked,
    Returned,
    Shipped,
    ShippedItem,
    Unconfirmable,
    name_of,
    read_event,
    write_event,
)
from gateway.marketplace.sales import Sale, fold, is_news, numbered

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def line(sku: str, quantity: int = 1, **more: object) -> ListedLine:
    return ListedLine.model_validate({"line": "?", "sku": sku, "quantity": Decimal(quantity), **more})


def listed(*lines: ListedLine, status: str = "unshipped", channel: str = "merchant", **more: object) -> Listed:
    said = {"seen_at": NOON, "status": status, "channel": channel, "marketplace": "Amazon.com", "lines": lines, **more}
    return Listed.model_validate(said)


def sale_after(*happened: Event) -> Sale:
    sale = Sale(seller="acme", order="111-1")
    for event in happened:
        sale = fold(sale, name_of(event), json.loads(json.dumps(write_event(event))))
    return sale


def test_every_event_reads_back_as_it_was_written() -> None:
    event = listed(line("A", price=Decimal("1.50")), purchased_at=NOON)
    assert read_event("sale-listed", json.loads(json.dumps(write_event(event)))) == event
    assert all(name.startswith("sale-") for name in EVENTS)


def test_what_is_as_by_default_is_not_written() -> None:
    assert set(write_event(listed())) == {"seen_at", "status", "channel", "marketplace"}


@pytest.mark.parametrize(
    ("status", "confirmed", "pending", "cancelled"),
    [
        *(
            ("unshipped", True, False, False),
            ("partially_shipped", True, False, False),
            ("shipped", True, False, False),
        ),
        *(("pending", False, True, False), ("cancelled", False, False, True), ("unfulfillable", False, False, True)),
        ("Teleported", False, False, False),
    ],
)
def test_a_status_says_whether_the_order_stands(status: str, confirmed: bool, pending: bool, cancelled: bool) -> None:
    sale = sale_after(listed(status=status))
    assert (sale.is_confirmed, sale.is_pending, sale.is_cancelled) == (confirmed, pending, cancelled)


def test_an_order_that_no_report_names_has_no_status() -> None:
    sale = Sale(seller="acme", order="111-1")
    assert (sale.is_confirmed, sale.is_pending, sale.is_cancelled, sale.is_fba) == (False,) * 4
    assert (sale.marketplace, sale.pieces, sale.has_left) == ("", {}, False)


def test_a_report_that_says_the_same_is_no_news_whenever_it_was_made() -> None:
    first = listed(line("A"), updated_at=NOON)
    sale = sale_after(first)
    assert is_news(Sale(seller="acme", order="111-1"), first)
    again = first.model_copy(update={"updated_at": NOON + timedelta(days=1), "seen_at": NOON + timedelta(days=1)})
    assert not is_news(sale, again)
    changed = listed(line("A", 2), updated_at=NOON + timedelta(days=1))
    assert is_news(sale, changed)
    assert not is_news(sale, listed(line("A", 2), updated_at=NOON - timedelta(days=1)))
    assert is_news(sale, listed(line("A", 2)))


@given(
    st.lists(st.sampled_from("ABC"), max_size=6).flatmap(lambda skus: st.tuples(st.just(skus), st.permutations(skus)))
)
def test_lines_keep_their_numbers_in_whatever_order_they_come(both: tuple[list[str], list[str]]) -> None:
    first, second = both
    known = listed(*numbered(tuple(line(sku) for sku in first), None))
    assert [each.line for each in known.lines] == [str(n) for n in range(1, len(first) + 1)]
    assert numbered(tuple(line(sku) for sku in second), known) == known.lines


def test_a_new_line_gets_a_number_that_none_has() -> None:
    known = listed(*numbered((line("A"), line("B")), None))
    found = numbered((line("C"), line("B")), known)
    assert [(each.line, each.sku) for each in found] == [("2", "B"), ("3", "C")]


def test_pieces_are_added_up_without_lines_that_are_cancelled() -> None:
    sale = sale_after(
        listed(
            line("A", 2),
            line("A", 1),
            line("B", 4, status="cancelled"),
            line("C").model_copy(update={"quantity": None}),
        )
    )
    assert sale.pieces == {"A": Decimal(3), "C": Decimal(0)}


def test_items_of_a_shipment_that_come_later_are_added_and_none_counts_twice() -> None:
    def told(*items: str) -> Shipped:
        found = tuple(ShippedItem(item=item, sku="A", quantity=Decimal(1)) for item in items)
        return Shipped(shipment="D1", shipped_at=NOON, marketplace="Amazon.de", items=found)

    sale = sale_after(told("1"), told("1", "2"))
    assert [item.item for item in sale.shipped["D1"].items] == ["1", "2"]
    assert (sale.marketplace, sale.has_left) == ("Amazon.de", True)
    sale = fold(sale, *_entry(Fulfilled(shipment="D1", items=("1",), document="7")))
    sale = fold(sale, *_entry(Fulfilled(shipment="D1", items=("2",), document="8")))
    assert [each.document for each in sale.fulfilled["D1"]] == ["7", "8"]


def test_what_is_left_to_ship_is_what_was_promised_less_what_left() -> None:
    promised = Promised(
        promised_at=NOON,
        items=(
            PromisedItem(order_item="1", ordered=Decimal(3), to_ship=Decimal(2)),
            PromisedItem(order_item="2", ordered=Decimal(1)),
        ),
    )
    sale = sale_after(promised)
    assert sale.left_to_ship == {"1": Decimal(2), "2": Decimal(1)}
    said = Confirmed(shipment="D1", shipped_at=NOON, items={"1": Decimal(2), "2": Decimal(1)}, document="9")
    assert sale_after(promised, said).left_to_ship == {"1": Decimal(1)}
    more = said.model_copy(update={"shipment": "D2", "items": {"1": Decimal(1)}})
    assert sale_after(promised, said, more).dispatched == {"1": Decimal(3), "2": Decimal(1)}
    assert sale_after(promised, said, more).left_to_ship == {}


def test_a_confirmation_ends_what_was_missing_of_its_shipment() -> None:
    missing = [Unconfirmable(shipment=name, missing=("x",), document="1") for name in ("D1", "D2")]
    said = Confirmed(shipment="D1", shipped_at=NOON, items={"1": Decimal(1)}, document="9")
    assert list(sale_after(*missing, said).unconfirmable) == ["D2"]


def test_a_refund_is_known_by_its_adjustment_or_else_by_its_settlement() -> None:
    lines = (RefundedLine(kind="Principal", amount=Decimal("-1.00")),)
    plain = Refunded(settlement="S1", posted_at=NOON, currency="EUR", marketplace="Amazon.fr", lines=lines)
    sale = sale_after(plain, plain.model_copy(update={"adjustment": "A1"}))
    assert (list(sale.refunded), sale.marketplace) == (["S1", "A1"], "Amazon.fr")


def test_two_settlements_may_name_the_same_adjustment_and_one_may_take_it_back() -> None:
    lines = (RefundedLine(kind="Principal", amount=Decimal("-1.00")),)
    first = Refunded(settlement="S1", adjustment="A1", posted_at=NOON, currency="EUR", lines=lines)
    second = first.model_copy(update={"settlement": "S2"})
    other = second.model_copy(update={"lines": (RefundedLine(kind="Principal", amount=Decimal("-2.00")),)})
    sale = sale_after(first, second, other)
    assert [(key, each.lines[0].amount) for key, each in sale.refunded.items()] == [
        ("A1", Decimal(-1)),
        ("A1-S2", Decimal(-2)),
    ]
    assert list(sale_after(first, second, first.model_copy(update={"lines": ()})).refunded) == ["A1-S2"]
    third = sale_after(first, Credited(refund="A1", document="9"), first.model_copy(update={"lines": ()}), second)
    assert list(third.refunded) == ["A1-S2"]


def test_a_report_that_has_lost_a_row_says_nothing_of_what_is_known_in_full() -> None:
    known, lost = listed(line("A"), updated_at=NOON), listed(line("A"), updated_at=NOON, lost=(3,))
    assert not is_news(sale_after(known), lost)
    assert is_news(sale_after(lost), known)
    assert is_news(sale_after(known), lost.model_copy(update={"updated_at": NOON + timedelta(hours=1)}))


def test_an_order_was_open_when_the_erp_had_it_without_a_flag_or_as_a_back_order() -> None:
    posted = [Posted(document="1", flag=flag) for flag in ("no-pick", "payment-pending", "already-shipped")]
    assert not sale_after(*posted).was_open
    assert sale_after(*posted, Posted(document="2")).was_open
    assert sale_after(Posted(document="2", flag="backorder"), *posted).was_open


def test_a_settlement_that_is_issued_again_replaces_what_it_said() -> None:
    sale = Sale(seller="acme", order="111-1")
    for amount in ("10.00", "9.00"):
        body = {"settlement": "S1", "orders": {"111-1": {"principal": amount}, "111-2": {"principal": "1.00"}}}
        sale = fold(sale, "sale-settled", body)
    assert sale.settled == {"S1": {"principal": Decimal("9.00")}}
    assert fold(sale, "sale-settled", {"settlement": "S1", "orders": {}}).settled == {"S1": {}}


def _entry(event: Event) -> tuple[str, dict[str, object]]:
    return name_of(event), write_event(event)


def test_every_kind_of_event_has_a_place_in_the_state() -> None:
    happened: list[Event] = [
        Held(points=(Point(code="sku-unknown"),)),
        Posted(document="1"),
        Refused(message="no"),
        Booked(number="SO-1"),
        Credited(refund="A1", document="2"),
        Returned(key="L", returned_at=NOON, sku="A", quantity=Decimal(1)),
        Restocked(key="L", document="3"),
    ]
    sale = sale_after(*happened)
    assert (sale.points, sale.credited, sale.restocked) == (happened[0].points, {"A1": "2"}, {"L": "3"})  # type: ignore[union-attr]
    assert (sale.refused, sale.booked, list(sale.returned)) == (None, Booked(number="SO-1"), ["L"])
    assert sale_after(*happened, Posted(document="4", revision=1)).booked is None
    assert sale_after(*happened, Refused(message="no")).refused == Refused(message="no")
