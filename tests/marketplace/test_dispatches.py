"""What Amazon is told of a dispatch: nothing that is missing, and no piece more than was ordered."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.documents import DispatchConfirmation
from gateway.marketplace.dispatches import COLUMNS, Dispatch, check, rows_of
from gateway.marketplace.events import Confirmed, Listed, ListedLine, Promised, PromisedItem, Shipped, ShippedItem
from gateway.marketplace.sales import Sale

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LISTED = Listed(
    seen_at=NOON,
    status="unshipped",
    channel="merchant",
    marketplace="Amazon.com",
    lines=(ListedLine(line="1", sku="A", quantity=Decimal(2)),),
)
PROMISED = Promised(
    promised_at=NOON,
    items=(
        PromisedItem(order_item="1", sku="A", ordered=Decimal(2)),
        PromisedItem(order_item="2", sku="B", ordered=Decimal(1)),
        PromisedItem(order_item="3", sku="B", ordered=Decimal(1)),
    ),
)
SALE = Sale(seller="acme", order="111-1", listed=LISTED, promised=PROMISED)


def said(*lines: dict[str, str], **more: Any) -> DispatchConfirmation:
    found = lines or ({"sku": "A", "order_item": "1", "quantity": "2"},)
    body = {
        "seller": "acme",
        "order": "111-1",
        "shipment": "D1",
        "carrier": {"code": "UPS"},
        "tracking": "1Z",
        "shipped_at": NOON,
        "lines": found,
        **more,
    }
    return DispatchConfirmation.model_validate(body)


def missing(found: Dispatch | tuple[str, ...]) -> str:
    assert isinstance(found, tuple)
    return "; ".join(found)


@pytest.mark.parametrize(
    ("carrier", "told"),
    [
        ({"code": "UPS"}, ("UPS", "")),
        ({"code": "ups"}, ("UPS", "")),
        ({"name": "Royal Mail"}, ("Royal Mail", "")),
        ({"name": "Harry's Vans"}, ("Other", "Harry's Vans")),
        ({"code": "other", "name": "Harry's Vans"}, ("Other", "Harry's Vans")),
        ({"code": "HV", "name": "Harry's Vans"}, ("Other", "Harry's Vans")),
    ],
)
def test_a_carrier_is_a_code_of_amazons_list_or_other_with_a_name(
    carrier: dict[str, str], told: tuple[str, str]
) -> None:
    found = check(said(carrier=carrier), SALE)
    assert isinstance(found, Dispatch)
    assert (found.carrier, found.carrier_name) == told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"carrier": None}, "the carrier is missing"),
        ({"carrier": {}}, "the carrier is missing"),
        ({"carrier": {"code": "Other"}}, "the carrier is Other, which needs a name"),
        ({"carrier": {"code": "HV"}}, "the carrier HV is not in Amazon's list: give its name"),
        ({"tracking": " "}, "the tracking number is missing"),
        ({"shipped_at": None}, "the ship date (shipped_at) is missing"),
        ({"lines": [{"sku": "A", "order_item": "9", "quantity": "1"}]}, "the order item of SKU A is not known"),
        ({"lines": [{"sku": "B", "quantity": "1"}]}, "the order item of SKU B is not known"),
        ({"lines": [{"sku": "A", "order_item": "1", "quantity": "0"}]}, "0 is no number of pieces of A"),
        ({"lines": [{"sku": "A", "order_item": "1", "quantity": "0.5"}]}, "0.5 is no number of pieces of A"),
        (
            {"lines": [{"sku": "A", "order_item": "1", "quantity": "3"}]},
            "3 pieces of order item 1 would have left, 2 were ordered",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(change: dict[str, Any], words: str) -> None:
    assert words in missing(check(said(**change), SALE))


def test_everything_that_is_missing_is_named_at_once() -> None:
    assert missing(check(said(carrier=None, tracking=None, shipped_at=None), SALE)).count(";") == 2


def test_an_order_of_amazon_or_a_cancelled_one_is_not_confirmed() -> None:
    fba = Sale(seller="acme", order="111-1", listed=LISTED.model_copy(update={"channel": "fba"}))
    gone = Sale(seller="acme", order="111-1", listed=LISTED.model_copy(update={"status": "cancelled"}))
    assert "Amazon ships this order itself" in missing(check(said(), fba))
    assert "the order is cancelled" in missing(check(said(), gone))


def test_an_order_that_is_not_paid_or_that_only_amazon_has_shipped_is_not_confirmed() -> None:
    unpaid = Sale(seller="acme", order="111-1", listed=LISTED.model_copy(update={"status": "pending"}))
    item = ShippedItem(item="1", sku="A", quantity=Decimal(1))
    theirs = Shipped(shipment="D1", shipped_at=datetime(2026, 11, 20, tzinfo=UTC), items=(item,))
    assert "the payment of the order is pending" in missing(check(said(), unpaid))
    assert "Amazon ships this order itself" in missing(
        check(said(), Sale(seller="acme", order="111-1", shipped={"D1": theirs}))
    )


def test_the_order_item_of_a_sku_that_is_there_once_need_not_be_given() -> None:
    found = check(said({"sku": "A", "quantity": "1"}, {"sku": "A", "order_item": "1", "quantity": "1"}), SALE)
    assert isinstance(found, Dispatch)
    assert found.items == {"1": Decimal(2)}


def test_without_a_report_of_actionable_orders_the_pieces_of_the_order_count() -> None:
    bare = Sale(seller="acme", order="111-1", listed=LISTED)
    assert isinstance(check(said(), bare), Dispatch)
    assert "3 pieces would have left, 2 were ordered" in missing(
        check(said({"sku": "A", "order_item": "1", "quantity": "3"}), bare)
    )
    assert isinstance(check(said(), Sale(seller="acme", order="111-1")), Dispatch)


def test_other_shipments_count_and_earlier_revisions_do_not() -> None:
    def after(shipment: str, promised: Promised | None) -> Sale:
        told = Confirmed(shipment=shipment, shipped_at=NOON, items={"1": Decimal(1)}, document="1")
        return Sale(seller="acme", order="111-1", listed=LISTED, promised=promised, confirmed={shipment: told})

    assert isinstance(check(said(), after("D1", PROMISED)), Dispatch)
    assert "3 pieces of order item 1" in missing(check(said(), after("D0", PROMISED)))
    assert "3 pieces would have left" in missing(check(said(), after("D0", None)))


def test_a_row_is_an_order_item_in_the_columns_of_amazon() -> None:
    found = check(said(method="Ground"), SALE)
    assert isinstance(found, Dispatch)
    (row,) = rows_of(said(method="Ground"), found)
    assert dict(zip(COLUMNS, row, strict=True)) == {
        "order-id": "111-1",
        "order-item-id": "1",
        "quantity": "2",
        "ship-date": "2026-11-20T12:00:00Z",
        "carrier-code": "UPS",
        "carrier-name": "",
        "tracking-number": "1Z",
        "ship-method": "Ground",
        "ship_from_supply_source_id": "",
    }
