"""Deliveries of SAP as shipments: packs with their labels, pallets, lots, and what the gates will want to see."""

from typing import Any

import pytest

from gateway.catalogue import Item, Items
from gateway.documents import Shipment
from gateway.documents.erp import Place, ShipmentItem
from gateway.documents.fulfilment import DispatchConfirmation
from gateway.documents.sap import (
    SapAddress,
    SapCarrier,
    SapContent,
    SapDeadline,
    SapDelivery,
    SapDeliveryItem,
    SapHandlingUnit,
    SapOrderedItem,
)
from gateway.findings import Finding
from gateway.sap.deliveries import from_sap_delivery, orders_in
from gateway.sap.tables import SapSales
from tests.sap.shop import PROFILE, Memory, a_line, a_sale, an_order, day, knowing, number, profile

SSCC, OTHER, UPPER = "340123450000000017", "340123450000000024", "340123450000000031"


def item(position: str = "000010", pieces: str = "24.000", line: str = "000001", **changes: Any) -> SapDeliveryItem:
    head = {
        "position": position,
        "material": "000000000000004711",
        "plant": "1000",
        "storage": "0001",
        "quantity": number(pieces),
        "unit": "PCE",
        "base_quantity": number(pieces),
        "base_unit": "PCE",
        "customer_order": SapOrderedItem(number="7Q8K2W1P", line=line),
    }
    return SapDeliveryItem(**(head | changes))


def content(pieces: str = "12.000", position: str = "000010", **changes: Any) -> SapContent:
    head = {"kind": "1", "position": position, "quantity": number(pieces), "unit": "PCE"}
    return SapContent(**(head | changes))


def unit(label: str | None, *contents: SapContent, **changes: Any) -> SapHandlingUnit:
    return SapHandlingUnit(**({"id": label, "packaging": "CARTON", "contents": contents} | changes))


def delivery(**changes: Any) -> SapDelivery:
    head = {
        "number": "0080000123",
        "shipping_point": "1000",
        "items": (item(),),
        "units": (unit(SSCC, content()), unit(OTHER, content())),
    }
    return SapDelivery(**(head | changes))


def shipped(said: SapDelivery, known: Memory | None = None, **changes: Any) -> Shipment:
    found, findings = from_sap_delivery(said, "amazon-eu", profile(**changes), known or knowing(an_order()))
    assert findings == ()
    (shipment,) = found
    assert isinstance(shipment, Shipment)
    return shipment


def complaints(said: SapDelivery, known: Memory | None = None) -> list[Finding]:
    found, findings = from_sap_delivery(said, "amazon-eu", PROFILE, known or knowing(an_order()))
    assert found == ()
    return list(findings)


# Packs


def test_packs_hold_what_their_units_say() -> None:
    shipment = shipped(delivery())
    assert [(pack.sscc, pack.type, pack.within) for pack in shipment.packs] == [
        (SSCC, "carton", None),
        (OTHER, "carton", None),
    ]
    assert [pack.items for pack in shipment.packs] == [
        (ShipmentItem(purchase_order="7Q8K2W1P", line="1", quantity=number("12")),)
    ] * 2
    assert [(line.line, line.quantity) for line in shipment.lines] == [("1", 24)]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (f"00{SSCC}", SSCC),
        (SSCC, SSCC),
        (None, None),
        ("0034012345000000001X", "0034012345000000001X"),
        ("12340123450000000017", "12340123450000000017"),
    ],
)
def test_the_identifier_before_a_label_is_taken_off(written: str | None, label: str | None) -> None:
    assert shipped(delivery(units=(unit(written, content("24")),))).packs[0].sscc == label


def test_units_stand_on_the_unit_that_holds_them() -> None:
    lower = tuple(SapContent(kind="3", unit_id=f"00{each}") for each in (SSCC, OTHER))
    pallet = unit(UPPER, *lower, packaging="EUROPAL")
    cartons = (unit(f"00{SSCC}", content(unit_id=f"00{SSCC}")), unit(f"00{OTHER}", content()))
    shipment = shipped(delivery(units=(pallet, *cartons), unit_count="00001"))
    assert [(pack.type, pack.within, len(pack.items)) for pack in shipment.packs] == [
        ("pallet", None, 0),
        ("carton", UPPER, 1),
        ("carton", UPPER, 1),
    ]
    assert (shipment.carton_count, shipment.pallet_count) == (None, 1)


@pytest.mark.parametrize(
    ("told", "counts"),
    [("00002", (2, None)), ("00007", (7, None)), (None, (None, None)), ("many", (None, None)), (" 2", (2, None))],
)
def test_the_count_of_sap_is_handed_on_right_or_wrong(told: str | None, counts: tuple[int | None, int | None]) -> None:
    shipment = shipped(delivery(unit_count=told))
    assert (shipment.carton_count, shipment.pallet_count) == counts


def test_beside_cartons_on_the_floor_the_rest_of_the_count_are_pallets() -> None:
    pallet = unit(UPPER, SapContent(kind="3", unit_id=SSCC), packaging=None)
    said = delivery(units=(pallet, unit(SSCC, content()), unit(OTHER, content())), unit_count="2")
    assert shipped(said).pallet_count == 1
    assert shipped(said.model_copy(update={"unit_count": "0"})).pallet_count == 0


def test_a_delivery_without_units_has_no_count() -> None:
    shipment = shipped(delivery(units=(), unit_count="2"))
    assert (shipment.packs, shipment.carton_count) == ((), None)


def test_what_a_unit_counts_in_the_sales_unit_is_turned_by_the_ratio_of_the_delivery() -> None:
    said = delivery(
        items=(item(quantity=number("2"), unit="CT"),),
        units=(unit(SSCC, content("1", unit="CT")), unit(OTHER, content("12", unit="PCE"))),
    )
    assert [pack.items[0].quantity for pack in shipped(said).packs] == [12, 12]


def test_lot_and_expiry_come_from_the_batch_of_the_item() -> None:
    said = delivery(
        items=(item(batch="L7", expires_on=day("2027-12-31")),), units=(unit(SSCC, content(), content(batch="L8")),)
    )
    first, second = shipped(said).packs[0].items
    assert (first.lot, second.lot, str(first.expires_on)) == ("L7", "L8", "2027-12-31")


def test_a_unit_has_weight_size_and_tracking() -> None:
    facts = {
        "gross_weight": number("7.200"),
        "weight_unit": "KGM",
        "length": number("40.0"),
        "height": number("30"),
        "size_unit": "CMT",
        "carrier": SapCarrier(tracking="1Z9"),
    }
    (pack,) = shipped(delivery(units=(unit(SSCC, content("24"), **facts),))).packs
    assert pack.gross_weight is not None
    assert (str(pack.gross_weight.value), pack.gross_weight.unit, pack.tracking) == ("7.2", "kg", "1Z9")
    assert pack.size is not None
    assert (pack.size.length, pack.size.width, pack.size.height, pack.size.unit) == (40, None, 30, "cm")


# Head


def test_the_number_of_a_shipment_is_that_of_the_delivery_or_the_external_one() -> None:
    said = delivery(external_number="SHP-1")
    assert shipped(said).shipment == "80000123"
    assert shipped(said, shipment_number="external").shipment == "SHP-1"
    assert shipped(delivery(), shipment_number="external").shipment == "80000123"


def test_the_carrier_is_known_by_its_scac() -> None:
    express = SapCarrier(code="UPS", tracking="1Z999AA1")
    shipment = shipped(delivery(carrier=express, transport_id="TRUCK 7"))
    assert (shipment.carrier and shipment.carrier.scac, shipment.pro_number) == ("UPSN", "1Z999AA1")
    agent = SapAddress(role="SP", number="0000004711")
    other = shipped(delivery(partners=(agent,), transport_id="TRUCK 7", carrier=SapCarrier()))
    assert (other.carrier and other.carrier.scac, other.pro_number) == ("4711", "TRUCK 7")
    assert shipped(delivery()).carrier is None


def test_the_reference_of_amazon_stands_where_the_profile_says() -> None:
    said = delivery(external_partner="1111111111", slip="2222222222", transport_id="3333333333")
    assert shipped(said).amazon_reference == "1111111111"
    assert shipped(said, amazon_reference="slip").amazon_reference == "2222222222"
    found = shipped(said, amazon_reference="transport_id")
    assert (found.amazon_reference, found.pro_number) == ("3333333333", None)


def test_the_means_of_transport_is_a_word_of_ours() -> None:
    assert shipped(delivery(transport_kind="0001")).mode == "parcel"
    assert shipped(delivery(transport_kind="0009")).mode == "0009"
    assert shipped(delivery()).mode is None


@pytest.mark.parametrize(
    ("issue", "instant"),
    [
        (None, None),
        (SapDeadline(), None),
        (SapDeadline(planned_on=day("2026-11-28")), "2026-11-27T23:00:00+00:00"),
        (SapDeadline(planned_on=day("2026-11-28"), planned_time="1200"), "2026-11-28T11:00:00+00:00"),
        (
            SapDeadline(planned_on=day("2026-11-28"), actual_on=day("2026-07-01"), actual_time="114500"),
            "2026-07-01T09:45:00+00:00",
        ),
        (SapDeadline(actual_on=day("2026-11-28"), actual_time="240000"), "2026-11-28T23:00:00+00:00"),
    ],
)
def test_goods_are_issued_on_the_clocks_of_the_profile(issue: SapDeadline | None, instant: str | None) -> None:
    shipped_at = shipped(delivery(goods_issue=issue)).shipped_at
    assert (shipped_at and shipped_at.isoformat()) == instant


def test_delivery_is_expected_at_the_end_of_what_is_planned() -> None:
    both = SapDeadline(planned_on=day("2026-12-01"), planned_end_on=day("2026-12-02"))
    assert str(shipped(delivery(delivery=both)).estimated_delivery) == "2026-12-02"
    assert str(shipped(delivery(delivery=SapDeadline(planned_on=day("2026-12-01")))).estimated_delivery) == "2026-12-01"


def test_goods_leave_the_place_with_the_shipping_point_or_else_the_plant() -> None:
    assert shipped(delivery()).ship_from == Place(code="ACME5")
    assert shipped(delivery(shipping_point="9", items=(item(plant="2000"),))).ship_from == Place(code="FAR")
    assert shipped(delivery(shipping_point=None, items=(item(plant="3000"),))).ship_from is None
    assert shipped(delivery(shipping_point=None, items=(), units=())).ship_from is None


def test_goods_go_to_the_place_with_this_number_or_else_where_the_order_wants_them() -> None:
    sales = {"AMAZON-EU": SapSales(ship_to={"PHX6": "100300", "PHX7": "100301"})}
    place = SapAddress(role="WE", number="0000100301")
    assert shipped(delivery(partners=(place,)), sales=sales).ship_to == Place(code="PHX7")
    assert shipped(delivery(), sales=sales).ship_to == Place(code="5450534000017")
    assert shipped(delivery(), knowing(an_order(ship_to=None))).ship_to is None
    assert shipped(delivery(), knowing()).ship_to is None


# What cannot be understood


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (delivery(number=None), "no delivery number"),
        (delivery(shipping_point="9", items=(item(plant="3000"),)), 'shipping_point = "9"'),
        (delivery(goods_issue=SapDeadline(actual_on=day("2026-11-28"), actual_time="256000")), "256000 is no time"),
        (delivery(goods_issue=SapDeadline(actual_on=day("0001-01-01"))), "no day on which goods could leave"),
        (
            delivery(goods_issue=SapDeadline(actual_on=day("9999-12-31"), actual_time="240000")),
            "no day on which goods could leave",
        ),
        (delivery(gross_weight=number("1"), weight_unit="STN"), '[erp.sap.measures] STN = "kg"'),
        (delivery(items=(item(customer_order=None),)), "names no purchase order"),
        (delivery(items=(item(customer_order=SapOrderedItem(number="7Q8K2W1P")),)), "names no line"),
        (delivery(items=(item(base_unit="XYZ"),)), "the unit XYZ"),
        (delivery(units=(unit(SSCC, content(position="000099")),)), "holds item 000099, which is not delivered"),
        (delivery(units=(unit(None, content(unit="XYZ")),)), "handling unit without a number: the unit XYZ"),
        (delivery(units=(unit(SSCC, length=number("1"), size_unit=None),)), "the unit None"),
    ],
)
def test_what_is_not_understood_is_said(said: SapDelivery, says: str) -> None:
    assert any(says in finding.message for finding in complaints(said))


def test_an_item_may_name_its_line_itself_and_count_in_the_sales_unit_alone() -> None:
    plain = item(customer_order=SapOrderedItem(number="7Q8K2W1P"), base_quantity=None)
    plain = plain.model_copy(update={"line": "000001"})
    assert [(line.line, line.quantity) for line in shipped(delivery(items=(plain,), units=())).lines] == [("1", 24)]
    nothing = item(base_quantity=None, quantity=None)
    assert shipped(delivery(items=(nothing,), units=())).lines[0].quantity == 0


def test_orders_are_named_once() -> None:
    assert orders_in(delivery(items=(item(), item(), item(customer_order=None)))) == ("7Q8K2W1P",)


# Orders of a marketplace


def sold(order: str, position: str, pieces: str = "1.000") -> SapDeliveryItem:
    return item(position, pieces, customer_order=SapOrderedItem(number=order, line="000001"))


def test_the_delivery_of_a_buyers_order_is_its_dispatch_confirmation() -> None:
    sale = a_sale()
    known = knowing(sale, items=Items([Item(sku="000000000000004711")]))
    said = delivery(
        items=(sold(sale.purchase_order, "000010"), sold("other", "000020"), sold(sale.purchase_order, "000030", "0")),
        units=(unit(SSCC, carrier=SapCarrier(tracking="1Z9")),),
        carrier=SapCarrier(code="DHL"),
        goods_issue=SapDeadline(actual_on=day("2026-11-28")),
    )
    found, findings = from_sap_delivery(said, "acme", PROFILE, known)
    assert findings == ()
    first, second = found
    assert isinstance(first, DispatchConfirmation)
    assert isinstance(second, DispatchConfirmation)
    assert (first.seller, first.order, first.shipment, first.tracking) == (
        "acme",
        sale.purchase_order,
        "80000123",
        "1Z9",
    )
    assert first.carrier is not None
    assert first.carrier.code == "DHL"
    assert [(line.sku, line.quantity) for line in first.lines] == [("000000000000004711", 1)]
    assert second.order == "other"


def test_a_dispatch_without_carrier_or_order_says_what_is_missing() -> None:
    sale = a_sale(a_line())
    said = delivery(items=(sold(sale.purchase_order, "000010"),), units=())
    (confirmation,), _ = from_sap_delivery(said, "acme", PROFILE, knowing(sale))
    assert isinstance(confirmation, DispatchConfirmation)
    assert (confirmation.carrier, confirmation.tracking) == (None, None)
    said = delivery(items=(sold(sale.purchase_order, "000010"), item(customer_order=None, material=None)), units=())
    found, (finding,) = from_sap_delivery(said, "acme", PROFILE, knowing(sale))
    assert found == ()
    assert "names no purchase order" in finding.message
