"""The ERP's documents of a sale: every amount of the report, and nothing that a report may not decide."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.items import Item, Items
from gateway.marketplace.erp_documents import (
    credit_memo,
    differs,
    is_complete,
    item_fulfilment,
    open_pieces,
    pieces_of,
    return_location,
    returned_stock,
    sales_order,
)
from gateway.marketplace.events import (
    Booked,
    Confirmed,
    Destination,
    Fulfilled,
    Listed,
    ListedLine,
    Point,
    Posted,
    Promised,
    PromisedItem,
    Refunded,
    RefundedLine,
    Refused,
    Returned,
    Shipped,
    ShippedItem,
    Unconfirmable,
)
from gateway.marketplace.points import BLOCKING, is_ready, points
from gateway.marketplace.sales import Sale
from gateway.marketplace.terms import Facts, Rules, Terms, find_sku

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TERMS = Terms(
    name="Amazon.com", currency="USD", customer="BUYERS", fba_location="FBA-US", tax_code="US-MF", warehouse="W1"
)
FACTS = Facts(terms=TERMS, skus={"A": "ERP-A", "B": "B"})
AMOUNTS = st.none() | st.decimals(min_value=0, max_value=1000, places=2)


def line(
    number: str = "1", sku: str = "A", quantity: int | None = 1, price: str | None = "10.00", **more: object
) -> ListedLine:
    said = {"line": number, "sku": sku, "quantity": quantity, "price": price, **more}
    return ListedLine.model_validate(said)


def sale(*lines: ListedLine, status: str = "unshipped", channel: str = "merchant", **more: object) -> Sale:
    found = lines or (line(),)
    listed = Listed(seen_at=NOON, status=status, channel=channel, marketplace="Amazon.com", lines=found)
    return Sale(seller="acme", order="111-1", listed=listed, **more)  # type: ignore[arg-type]


def codes(found: Sale, facts: Facts = FACTS) -> list[str]:
    return [point.code for point in points(found, facts)]


@given(st.lists(st.tuples(*[AMOUNTS] * 8), min_size=1, max_size=4))
def test_every_amount_of_a_report_is_in_the_sales_order(amounts: list[tuple[Decimal | None, ...]]) -> None:
    names = (
        "price",
        "tax",
        "shipping",
        "shipping_tax",
        "gift_wrap",
        "gift_wrap_tax",
        "promotion",
        "shipping_promotion",
    )
    lines = [
        ListedLine.model_validate(
            {"line": str(n), "sku": "A", "quantity": Decimal(1), **dict(zip(names, row, strict=True))}
        )
        for n, row in enumerate(amounts, 1)
    ]
    order = sales_order(sale(*lines), FACTS)
    assert order is not None
    totals = {name: sum((row[n] or Decimal(0) for row in amounts), Decimal(0)) for n, name in enumerate(names)}
    assert sum(each.amount for each in order.lines) == totals["price"]
    charged = totals["shipping"] + totals["gift_wrap"] - totals["promotion"] - totals["shipping_promotion"]
    assert sum((each.amount for each in order.charges), Decimal(0)) == charged
    taxed = totals["tax"] + totals["shipping_tax"] + totals["gift_wrap_tax"]
    assert sum((each.amount for each in order.taxes), Decimal(0)) == taxed
    assert sum((each.tax or Decimal(0) for each in order.lines), Decimal(0)) == taxed


def test_a_price_is_for_all_pieces_and_is_never_divided() -> None:
    order = sales_order(sale(line(quantity=3, price="10.00")), FACTS)
    assert order is not None
    (only,) = order.lines
    assert (only.price.amount, only.price.per, only.amount) == (Decimal("10.00"), Decimal(3), Decimal("10.00"))
    assert (only.sku, pieces_of(order)) == ("ERP-A", {"ERP-A": Decimal(3)})


def test_a_line_that_is_cancelled_stays_with_nothing_in_it() -> None:
    order = sales_order(
        sale(line(shipping="1.00", tax="1.00"), line("2", "B", 2, status="cancelled", tax="9.00")), FACTS
    )
    assert order is not None
    assert [(each.base.value, each.amount, each.tax) for each in order.lines] == [
        (Decimal(1), Decimal("10.00"), Decimal(1)),
        (Decimal(0), Decimal(0), Decimal(0)),
    ]
    assert [each.amount for each in order.taxes] == [Decimal("1.00")]


def test_a_cancelled_order_has_no_charges() -> None:
    order = sales_order(sale(line(shipping="4.99", tax="1.00"), status="cancelled"), FACTS)
    assert order is not None
    assert order.cancelled is True
    assert not order.charges + order.taxes
    assert order.lines[0].amount == 0


def test_there_is_no_sales_order_without_lines_or_terms() -> None:
    empty = Listed(seen_at=NOON, status="unshipped", channel="merchant", marketplace="Amazon.com")
    assert sales_order(Sale(seller="acme", order="1", listed=empty), FACTS) is None
    assert sales_order(Sale(seller="acme", order="1"), FACTS) is None
    assert sales_order(sale(), Facts(terms=None)) is None


def test_the_address_of_the_promise_counts_where_we_ship_and_not_where_amazon_does() -> None:
    promised = Promised(promised_at=NOON, destination=Destination(name="N", street=("S",), city="C"))
    own = sales_order(sale(promised=promised), FACTS)
    theirs = sales_order(sale(channel="fba", promised=promised), FACTS)
    assert own is not None
    assert theirs is not None
    assert own.buyer is not None
    assert (own.buyer.name, own.ship_by) == ("N", NOON)
    assert (theirs.buyer, theirs.ship_by) == (None, None)


def test_what_only_the_configuration_changed_is_no_difference() -> None:
    before = sales_order(sale(), FACTS)
    other = sales_order(
        sale(),
        Facts(terms=Terms(name="Amazon.com", currency="USD", customer="OTHERS", fba_location="X"), skus=FACTS.skus),
    )
    more = sales_order(sale(line(quantity=2)), FACTS)
    assert before is not None
    assert other is not None
    assert more is not None
    assert not differs(other, before)
    assert differs(more, before)


@pytest.mark.parametrize(
    ("said", "complete"),
    [
        (line(), True),
        (line(sku=""), False),
        (line(quantity=None), False),
        (line(price=None), False),
        (line(price=None, status="cancelled"), True),
        (line(price=None, quantity=0), True),
        (line(quantity=-1), False),
    ],
)
def test_a_line_is_complete_with_item_quantity_and_price(said: ListedLine, complete: bool) -> None:
    assert is_complete(said) is complete
    assert ("sale-incomplete" in codes(sale(said))) is not complete


def shipped(*items: str, sku: str = "A") -> Shipped:
    found = tuple(ShippedItem(item=item, sku=sku, quantity=Decimal(1)) for item in items)
    return Shipped(shipment="D1", shipped_at=NOON, items=found)


def test_a_second_item_fulfilment_of_a_shipment_has_an_id_of_its_own() -> None:
    first = item_fulfilment(sale(), shipped("1"), shipped("1").items, FACTS, TERMS)
    done = sale(fulfilled={"D1": (Fulfilled(shipment="D1", items=("1",), document="7"),)}, booked=Booked(number="SO-1"))
    second = item_fulfilment(done, shipped("1", "2"), shipped("2").items, FACTS, TERMS)
    assert (first.id, first.name_parts) == ("acme:item-fulfilment:111-1:D1", ("111-1", "D1"))
    assert (second.id, second.sales_order) == ("acme:item-fulfilment:111-1:D1:2", "SO-1")
    assert (second.location, second.lines[0].sku) == ("FBA-US", "ERP-A")


@given(st.lists(st.decimals(min_value=-1000, max_value=1000, places=2), min_size=1, max_size=6))
def test_a_credit_memo_gives_back_what_the_settlement_took(amounts: list[Decimal]) -> None:
    lines = tuple(RefundedLine(kind="Principal", amount=amount, sku="A") for amount in amounts)
    refunded = Refunded(settlement="S1", adjustment="A1", posted_at=NOON, currency="USD", lines=lines)
    memo = credit_memo(sale(), refunded, FACTS, TERMS)
    assert memo.total == -sum(amounts)
    assert [each.amount for each in memo.lines] == [-amount for amount in amounts]
    assert (memo.id, memo.customer) == ("acme:credit-memo:111-1:A1", "BUYERS")


@pytest.mark.parametrize(
    ("disposition", "facts", "location"),
    [
        ("SELLABLE", FACTS, "FBA-US"),
        (" sellable ", FACTS, "FBA-US"),
        ("DEFECTIVE", FACTS, "FBA-UNSELLABLE"),
        ("", FACTS, "FBA-UNSELLABLE"),
        ("SELLABLE", Facts(terms=None), None),
        ("SELLABLE", Facts(terms=None, rules=Rules(only_location="FBA")), "FBA"),
        ("DEFECTIVE", Facts(terms=None), "FBA-UNSELLABLE"),
    ],
)
def test_only_sellable_returns_lie_where_goods_are_sold(disposition: str, facts: Facts, location: str | None) -> None:
    returned = Returned(key="LPN1", returned_at=NOON, sku="A", quantity=Decimal(2), disposition=disposition)
    assert return_location(returned, facts) == location
    if location:
        adjustment = returned_stock(sale(), returned, "ERP-A", location)
        assert adjustment.number == "return-111-1-LPN1"
        assert adjustment.lines[0].state == ("sellable" if disposition.strip().upper() == "SELLABLE" else "unsellable")


# What is open


def test_the_channel_is_looked_at_first() -> None:
    facts = Facts(terms=None)
    assert codes(sale(status="Odd", channel="Drone"), facts) == ["channel-unknown"]
    assert codes(sale(status="Odd"), facts) == ["status-unknown"]
    assert codes(sale(status="pending"), facts)[0] == "marketplace-unknown"


@pytest.mark.parametrize(
    ("found", "rules", "ready"),
    [
        (sale(), Rules(), True),
        (sale(status="pending"), Rules(), False),
        (sale(status="pending"), Rules(pending="import"), True),
        (sale(line(price=None), status="pending"), Rules(pending="import"), False),
        (sale(status="cancelled"), Rules(), False),
        (sale(line(sku="NEW")), Rules(), False),
        (Sale(seller="acme", order="1"), Rules(), False),
    ],
)
def test_an_order_is_ready_when_it_is_confirmed_and_nothing_blocks_it(found: Sale, rules: Rules, ready: bool) -> None:
    facts = Facts(terms=TERMS, rules=rules, skus=FACTS.skus)
    assert is_ready(found, points(found, facts), facts) is ready


def test_pending_is_counted_from_the_purchase() -> None:
    (point,) = points(sale(status="pending"), FACTS)
    assert (point.code, point.at, point.list) == (
        "pending-too-long",
        NOON + timedelta(days=7),
        ("pending-too-long", ""),
    )


def test_what_is_short_is_open_until_it_has_left_or_is_cancelled() -> None:
    short = (Posted(document="1", short=("ERP-A",)),)
    assert codes(sale(posted=short)) == ["stock-short"]
    assert codes(sale(status="shipped", posted=short)) == []
    assert codes(sale(status="cancelled", posted=short)) == []


def test_shipped_and_returned_items_must_be_known_to_the_erp_too() -> None:
    returned = Returned(key="L", returned_at=NOON, sku="NEW", quantity=Decimal(1), disposition="DEFECTIVE")
    found = sale(channel="fba", shipped={"D1": shipped("1", sku="NEW")}, returned={"L": returned})
    assert codes(found).count("sku-unknown") == 2
    done = Fulfilled(shipment="D1", items=("1",), document="1")
    later = sale(
        channel="fba",
        shipped={"D1": shipped("1", sku="NEW")},
        fulfilled={"D1": (done,)},
        returned={"L": returned},
        restocked={"L": "2"},
    )
    assert "sku-unknown" not in codes(later)


def test_tax_codes_are_compared_where_both_are_said() -> None:
    assert codes(sale(booked=Booked(tax_code="US-STD"))) == ["tax-code-mismatch"]
    assert codes(sale(booked=Booked(tax_code="US-MF"))) == []
    assert codes(sale(booked=Booked(number="SO-1"))) == []
    assert "tax-code-mismatch" not in codes(sale(booked=Booked(tax_code="US-STD")), Facts(terms=None))


def test_refunds_wait_for_an_order_only_where_credit_memos_are_made() -> None:
    lines = (RefundedLine(kind="Shipping", amount=Decimal("-1.00")),)
    refunded = {"A1": Refunded(settlement="S1", adjustment="A1", posted_at=NOON, currency="USD", lines=lines)}
    assert codes(sale(channel="fba", refunded=refunded)) == ["refund-without-order"]
    assert (
        codes(sale(channel="fba", refunded=refunded), Facts(terms=TERMS, rules=Rules(mode="summary"), skus=FACTS.skus))
        == []
    )


def test_goods_come_back_only_where_amazon_shipped_them_and_their_price_was_refunded() -> None:
    def after(kind: str, channel: str) -> list[str]:
        lines = (RefundedLine(kind=kind, amount=Decimal("-1.00")),)
        refunded = {"A1": Refunded(settlement="S1", adjustment="A1", posted_at=NOON, currency="USD", lines=lines)}
        return codes(sale(channel=channel, refunded=refunded, posted=(Posted(document="1"),)))

    assert after("Principal", "fba") == ["refund-without-return"]
    assert after("Goodwill", "fba") == after("Principal", "merchant") == []


def test_a_cancelled_order_that_left_is_open_and_one_that_was_refused_too() -> None:
    assert codes(sale(status="cancelled", shipped={"D1": shipped("1")}, posted=(Posted(document="1"),))) == [
        "sale-cancelled"
    ]
    assert codes(sale(refused=Refused(message="no"))) == ["posting-refused"]


def test_blocking_points_are_about_what_a_sales_order_needs() -> None:
    assert Point(code="sku-unknown", value="A").code in BLOCKING
    assert "stock-short" not in BLOCKING


# SKUs


def test_a_row_of_the_seller_says_what_his_sku_is_in_the_erp() -> None:
    rows = [
        Item(sku="ERP-A", partner="acme", partner_item="AMZ-A", scheme="SK"),
        Item(sku="ERP-B", partner="other", partner_item="AMZ-B", scheme="SK"),
        Item(sku="ERP-C", partner="acme", partner_item="AMZ-C", scheme="SK"),
        Item(sku="ERP-D", partner="acme", partner_item="AMZ-C", scheme="SK"),
        Item(sku="SAME", partner="amazon-us", partner_item="614141000012", scheme="UP"),
    ]
    items = Items(rows)
    found = {sku: find_sku(items, "acme", sku) for sku in ("AMZ-A", "ERP-A", "AMZ-B", "AMZ-C", "SAME", "NEW")}
    assert found == {"AMZ-A": "ERP-A", "ERP-A": "ERP-A", "AMZ-B": None, "AMZ-C": None, "SAME": "SAME", "NEW": None}


def test_what_amazon_shipped_of_an_unknown_order_is_open_after_a_day() -> None:
    (point,) = points(Sale(seller="acme", order="1", shipped={"D1": shipped("1")}), FACTS)
    assert (point.code, point.at) == ("shipment-without-order", NOON + timedelta(days=1))


def test_what_came_back_waits_for_a_refund_and_for_its_location() -> None:
    returned = {"L": Returned(key="L", returned_at=NOON, sku="A", quantity=Decimal(1), disposition="SELLABLE")}
    found = points(Sale(seller="acme", order="1", returned=returned), Facts(terms=None, skus=FACTS.skus))
    assert [(point.code, point.at) for point in found] == [
        ("return-without-refund", NOON + timedelta(days=30)),
        ("return-without-order", NOON + timedelta(days=1)),
    ]
    lines = (RefundedLine(kind="Principal", amount=Decimal("-1.00")),)
    refunded = {"A1": Refunded(settlement="S1", adjustment="A1", posted_at=NOON, currency="USD", lines=lines)}
    done = sale(
        channel="fba", returned=returned, restocked={"L": "1"}, refunded=refunded, posted=(Posted(document="1"),)
    )
    assert codes(done) == []


def test_an_order_that_we_ship_has_a_clock_until_all_of_it_has_left() -> None:
    promised = Promised(promised_at=NOON, items=(PromisedItem(order_item="1", sku="A", ordered=Decimal(1)),))
    due, late = points(sale(promised=promised), FACTS)
    assert (due.code, due.at, due.due_at) == ("dispatch-due", NOON - timedelta(hours=4), NOON)
    assert (late.code, late.at, late.value) == ("dispatch-late", NOON, "2026-11-20T12:00Z")
    told = Confirmed(shipment="D1", shipped_at=NOON, items={"1": Decimal(1)}, document="1")
    assert codes(sale(promised=promised, confirmed={"D1": told})) == []
    assert codes(sale(promised=promised, channel="fba")) == []
    assert codes(sale(promised=promised, status="shipped")) == []
    assert codes(sale(promised=promised, status="cancelled")) == []
    assert codes(sale(promised=Promised(items=promised.items))) == []
    assert codes(Sale(seller="acme", order="1", promised=promised)) == ["dispatch-due", "dispatch-late"]


def test_what_could_not_be_confirmed_says_what_is_missing_and_by_when() -> None:
    wrong = Unconfirmable(shipment="D1", missing=("the carrier is missing", "no tracking"), document="1")
    (point,) = points(sale(unconfirmable={"D1": wrong}), FACTS)
    assert (point.value, point.due_at) == ("111-1:D1", None)
    assert point.text == "order 111-1 shipment D1: the carrier is missing; no tracking"


PARTLY = Promised(items=(PromisedItem(order_item="1", sku="A", ordered=Decimal(3), to_ship=Decimal(1)),))


@pytest.mark.parametrize(
    ("found", "flag"),
    [
        (sale(), None),
        (sale(status="shipped"), "already-shipped"),
        (sale(status="partially_shipped"), "partly-shipped"),
        (sale(status="pending"), "payment-pending"),
        (sale(status="shipped", channel="fba"), "no-pick"),
        (sale(status="shipped", posted=(Posted(document="1"),)), None),
        (sale(status="shipped", posted=(Posted(document="1", flag="payment-pending"),)), "already-shipped"),
    ],
)
def test_only_an_order_that_is_to_be_picked_has_no_flag(found: Sale, flag: str | None) -> None:
    order = sales_order(found, FACTS)
    assert order is not None
    assert order.flag == flag
    short = sales_order(found, FACTS, short=["ERP-A"])
    assert short is not None
    assert short.flag == (flag or "backorder")
    takes = {} if flag in ("already-shipped", "no-pick") else {"ERP-A": 1}
    assert pieces_of(order) == takes


def test_an_order_that_left_in_part_takes_only_what_is_open_out_of_stock() -> None:
    found = sale(line(quantity=3), status="partially_shipped", promised=PARTLY)
    order = sales_order(found, FACTS)
    assert order is not None
    assert (order.lines[0].open, order.lines[0].base.value, pieces_of(order)) == (
        Decimal(1),
        Decimal(3),
        {"ERP-A": Decimal(1)},
    )
    assert "partly-shipped" not in codes(found)
    cancelled = sales_order(sale(line(quantity=3), line("2", "B", status="cancelled"), promised=PARTLY), FACTS)
    assert cancelled is not None
    assert [each.open for each in cancelled.lines] == [None, None]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ((line(quantity=3),), []),
        ((line(quantity=3),), [("A", None)]),
        ((line(quantity=3),), [("A", 3)]),
        ((line(quantity=3),), [("A", 4)]),
        ((line(quantity=3),), [("B", 1)]),
        ((line(quantity=2), line("2", quantity=1)), [("A", 1)]),
        ((line(quantity=3), line("2", "B", quantity=1)), [("A", 1)]),
    ],
)
def test_what_is_open_is_told_only_where_a_report_tells_all_of_it(
    lines: tuple[ListedLine, ...], left: list[tuple[str, int | None]]
) -> None:
    items = [{"order_item": "1", "sku": sku, "ordered": "9", "to_ship": pieces} for sku, pieces in left]
    promised = Promised.model_validate({"items": items}) if left else None
    found = sale(*lines, status="partially_shipped", promised=promised)
    assert open_pieces(found) == {}
    assert "partly-shipped" in codes(found)
    assert "partly-shipped" not in codes(
        sale(*lines, status="partially_shipped", promised=promised, posted=(Posted(document="1"),))
    )


def test_nothing_is_open_of_an_order_that_no_report_names() -> None:
    assert open_pieces(Sale(seller="acme", order="111-1")) == {}
    assert open_pieces(Sale(seller="acme", order="111-1", promised=PARTLY)) == {}


def test_another_shipper_or_a_payment_that_stands_is_a_difference() -> None:
    ours, theirs, unpaid = (
        sales_order(sale(**said), FACTS) for said in ({}, {"channel": "fba"}, {"status": "pending"})
    )
    gone = sales_order(sale(status="shipped"), FACTS)
    assert ours is not None
    assert theirs is not None
    assert unpaid is not None
    assert gone is not None
    assert differs(theirs, ours)
    assert differs(ours, theirs)
    assert differs(ours, unpaid)
    assert differs(gone, ours)
    assert not differs(gone, gone)


def test_prices_hold_the_tax_where_the_marketplace_says_so() -> None:
    terms = Terms(name="Amazon.de", currency="EUR", customer="C", fba_location="X", prices_include_tax=True)
    order, other = sales_order(sale(), Facts(terms=terms)), sales_order(sale(), FACTS)
    assert order is not None
    assert other is not None
    assert (order.prices_include_tax, other.prices_include_tax) == (True, None)


def test_an_order_that_has_lost_a_row_is_held_until_it_is_cancelled() -> None:
    lost = Listed(
        seen_at=NOON, status="unshipped", channel="merchant", marketplace="Amazon.com", lines=(line(),), lost=(3, 4)
    )
    found = Sale(seller="acme", order="111-1", listed=lost)
    (point,) = points(found, FACTS)
    assert (point.code, point.text) == ("sale-incomplete", "order 111-1 (line 3, 4 of the report)")
    assert not is_ready(found, (point,), FACTS)
    gone = lost.model_copy(update={"status": "cancelled"})
    assert points(Sale(seller="acme", order="111-1", listed=gone), FACTS) == ()
