"""Changes of stock as goods movements, and goods on their way to Amazon as two steps that balance."""

import json
from typing import Any

import pytest

from gateway.documents import ItemFulfilment, StockAdjustment, StockTransfer
from gateway.documents.sap import SapGoodsMovement, SapStockTransport
from gateway.sap.movements import Moved, to_sap_adjustment, to_sap_fulfilment, to_sap_transfer
from gateway.sap.tables import SapPlace, SapTransferType
from tests.sap.shop import PROFILE, Memory, profile


def an_adjustment(*lines: tuple[str, str, str], **changes: Any) -> StockAdjustment:
    body = {
        "id": "acme:stock-adjustment:lost-7",
        "seller": "acme",
        "reason": "lost",
        "reference": "REF-7",
        "adjusted_on": "2026-11-18",
        "lines": [
            {"sku": sku, "location": location, "state": "sellable", "quantity": quantity}
            for sku, location, quantity in lines or (("4711", "FBA", "-3"),)
        ],
    }
    return StockAdjustment.model_validate_json(json.dumps(body | changes))


def a_transfer(step: str = "ship", source: str = "ACME5", target: str = "TRANSIT", **changes: Any) -> StockTransfer:
    body = {
        "id": f"acme:stock-transfer:FBA15ABCDEF:{step}",
        "seller": "acme",
        "shipment": "FBA15ABCDEF",
        "step": step,
        "source": source,
        "target": target,
        "moved_on": "2026-11-19",
        "lines": [{"sku": "4711", "quantity": "24"}],
    }
    return StockTransfer.model_validate_json(json.dumps(body | changes))


def moved(found: Moved) -> SapGoodsMovement:
    document, gaps = found
    assert gaps == ()
    assert isinstance(document, SapGoodsMovement)
    return document


def rules(found: Moved) -> list[str]:
    document, gaps = found
    assert document is None
    return [gap.rule for gap in gaps]


# Adjustments


def test_lost_pieces_leave_by_the_movement_of_their_reason() -> None:
    document = moved(to_sap_adjustment(an_adjustment(), PROFILE))
    assert (document.code, document.reference, document.text, str(document.posted_on)) == (
        "03",
        "REF-7",
        "lost",
        "2026-11-18",
    )
    (line,) = document.movements
    assert (line.material, line.plant, line.storage, line.movement) == ("000000000000004711", "1000", "FBA1", "702")
    assert (str(line.quantity), line.unit_iso, line.unit) == ("3.000", "PCE", None)


def test_what_comes_back_says_in_which_state() -> None:
    adjustment = an_adjustment(("SKU-1", "BROKEN", "1"), reason="returned: DEFECTIVE", reference="302-1234567-1234567")
    document = moved(to_sap_adjustment(adjustment, PROFILE))
    (line,) = document.movements
    assert (line.material, line.movement, line.stock_type, line.text) == ("SKU-1", "655", "S", "returned: DEFECTIVE")
    assert document.reference is None  # sixteen characters are too few for the number of an order
    assert document.text == "302-1234567-1234567 ret.."


def test_an_adjustment_without_a_reference_is_called_by_its_number() -> None:
    assert moved(to_sap_adjustment(an_adjustment(reference=None), PROFILE)).reference == "lost-7"


def test_a_reason_a_direction_or_a_place_without_a_row_is_a_gap_that_names_it() -> None:
    assert rules(to_sap_adjustment(an_adjustment(reason="eaten"), PROFILE)) == ["sap-row-missing"]
    odd = an_adjustment(("1", "FBA", "2"), ("2", "FBA", "2"), ("1", "MOON", "-1"))
    document, gaps = to_sap_adjustment(odd, PROFILE)
    assert document is None
    assert [gap.remedy for gap in gaps] == [
        'add to config.toml: [erp.sap.movements."lost"] increase = "..."',
        'add to config.toml: [erp.sap.places."MOON"] plant = "...", storage = "..."',
    ]


def test_what_amazon_shipped_leaves_its_location() -> None:
    body = {
        "id": "acme:item-fulfilment:302-1:S1",
        "seller": "acme",
        "order": "302-1",
        "shipment": "S1",
        "location": "FBA",
        "shipped_at": "2026-11-18T23:30:00Z",
        "lines": [{"sku": "SKU-1", "quantity": "2"}],
    }
    document = moved(to_sap_fulfilment(ItemFulfilment.model_validate_json(json.dumps(body)), PROFILE))
    (line,) = document.movements
    assert (line.movement, str(line.quantity), line.text) == ("251", "2.000", "302-1")
    assert (document.reference, document.text) == ("S1", "302-1")


# Transfers as two movements


def test_goods_leave_for_amazon_into_transit_and_arrive() -> None:
    out = a_transfer()
    document = moved(to_sap_transfer(out, PROFILE, Memory()))
    (line,) = document.movements
    assert document.code == "04"
    assert document.text == "ship FBA15ABCDEF"
    assert (line.movement, line.plant, line.storage, line.to_plant, line.to_storage) == (
        "313",
        "1000",
        "0001",
        "1000",
        "FBA1",
    )
    into = a_transfer("receive", "TRANSIT", "FBA")
    (line,) = moved(to_sap_transfer(into, PROFILE, Memory(moved=[(out, "1")]))).movements
    assert (line.movement, line.plant, line.storage, line.to_plant) == ("315", "1000", "FBA1", None)


def test_between_plants_the_movements_are_others() -> None:
    out = a_transfer(source="FAR")
    (line,) = moved(to_sap_transfer(out, PROFILE, Memory())).movements
    assert (line.movement, line.storage) == ("303", None)
    into = a_transfer("receive", "TRANSIT", "FBA")
    (line,) = moved(to_sap_transfer(into, PROFILE, Memory(moved=[(out, None)]))).movements
    assert line.movement == "305"
    gone = out.model_copy(update={"source": "MOON"})  # a place that has been taken out of the profile since
    (line,) = moved(to_sap_transfer(into, PROFILE, Memory(moved=[(gone, None)]))).movements
    assert line.movement == "315"


def test_what_is_not_on_its_way_moves_at_once() -> None:
    apart = a_transfer("receive", "FBA", "BROKEN")
    (line,) = moved(to_sap_transfer(apart, PROFILE, Memory())).movements
    assert (line.movement, line.storage, line.to_storage) == ("311", "FBA1", "FBA2")
    back = a_transfer("return", "FBA", "FAR")
    (line,) = moved(to_sap_transfer(back, PROFILE, Memory())).movements
    assert (line.movement, line.to_plant) == ("301", "2000")


def test_what_never_comes_goes_back() -> None:
    back = a_transfer("void", "TRANSIT", "ACME5")
    (line,) = moved(to_sap_transfer(back, PROFILE, Memory(moved=[(a_transfer(), "1")]))).movements
    assert (line.movement, line.plant, line.storage) == ("314", "1000", "0001")


def test_movement_types_can_be_others() -> None:
    steps = {"ship": SapTransferType(within="Z13", across="Z03")}
    (line,) = moved(to_sap_transfer(a_transfer(), profile(steps=steps), Memory())).movements
    assert line.movement == "Z13"


def test_a_place_without_a_row_is_a_gap() -> None:
    assert rules(to_sap_transfer(a_transfer(source="MOON", target="SUN"), PROFILE, Memory())) == ["sap-row-missing"] * 2


# Transfers as stock transport orders

ORDERS = PROFILE.model_copy(update={"transfers": "order"})


def test_the_first_step_is_an_order_of_which_every_field_is_marked() -> None:
    found, gaps = to_sap_transfer(a_transfer(target="TRANSIT"), ORDERS, Memory())
    assert gaps == ()
    assert isinstance(found, SapStockTransport)
    assert found.head is not None
    assert found.head_marks is not None
    assert (found.head.document_type, found.head.supplying_plant, found.head.reference) == ("UB", "1000", "FBA15ABCDEF")
    (item,), (marks,), (schedule,), (schedule_marks,) = (
        found.items,
        found.item_marks,
        found.schedule,
        found.schedule_marks,
    )
    assert (item.item, item.material, item.plant, item.storage, item.category) == (
        "00010",
        "000000000000004711",
        "1000",
        "FBA1",
        "7",
    )
    assert (schedule.item, schedule.line, str(schedule.due_on), str(schedule.quantity)) == (
        "00010",
        "0001",
        "2026-11-19",
        "24.000",
    )
    for given, marked in ((found.head, found.head_marks), (item, marks), (schedule, schedule_marks)):
        filled = {name for name, value in given if value is not None}
        assert filled == {name for name, mark in marked if mark and not name.endswith("_mark")}
    assert {marks.item_mark, schedule_marks.item_mark, schedule_marks.line_mark} == {"X"}
    assert (marks.item, schedule_marks.line) == ("00010", "0001")


def test_a_field_that_is_not_filled_is_not_marked() -> None:
    places = PROFILE.places | {"TRANSIT": SapPlace(plant="FBA1", in_transit=True)}
    found, _ = to_sap_transfer(a_transfer(), ORDERS.model_copy(update={"places": places}), Memory())
    assert isinstance(found, SapStockTransport)
    assert (found.items[0].storage, found.item_marks[0].storage) == (None, None)


@pytest.mark.parametrize("key", ["company", "purchasing_organisation", "purchasing_group"])
def test_an_order_needs_company_and_purchasing(key: str) -> None:
    _, (gap,) = to_sap_transfer(a_transfer(), ORDERS.model_copy(update={key: None}), Memory())
    assert f"[erp.sap] {key}" in gap.remedy


def test_the_second_step_is_a_receipt_against_the_order() -> None:
    out = a_transfer(lines=[{"sku": "1", "quantity": "5"}, {"sku": "4711", "quantity": "24"}])
    into = a_transfer("receive", "TRANSIT", "FBA", lines=[{"sku": "4711", "quantity": "20"}])
    document = moved(to_sap_transfer(into, ORDERS, Memory(moved=[(out, "4500000017")])))
    (line,) = document.movements
    assert document.code == "01"
    assert (line.movement, line.order, line.order_item, line.indicator) == ("101", "4500000017", "00020", "B")
    assert str(line.quantity) == "20.000"


def test_a_receipt_waits_until_the_order_is_booked() -> None:
    into = a_transfer("receive", "TRANSIT", "FBA")
    assert rules(to_sap_transfer(into, ORDERS, Memory())) == ["sap-not-booked"]
    assert rules(to_sap_transfer(into, ORDERS, Memory(moved=[(a_transfer(), None)]))) == ["sap-not-booked"]


def test_an_order_is_taken_back_by_a_person() -> None:
    back = a_transfer("void", "TRANSIT", "ACME5")
    _, (gap,) = to_sap_transfer(back, ORDERS, Memory(moved=[(a_transfer(), "4500000017")]))
    assert gap.rule == "cannot-be-said"
    assert "4500000017" in gap.remedy
    _, (gap,) = to_sap_transfer(back, ORDERS, Memory(moved=[(a_transfer(), None), (back, None)]))
    assert "not booked yet" in gap.remedy


def test_with_orders_too_what_is_not_on_its_way_moves_at_once() -> None:
    assert moved(to_sap_transfer(a_transfer("return", "FBA", "ACME5"), ORDERS, Memory())).movements[0].movement == "311"
