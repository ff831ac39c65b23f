"""What SAP says became of our IDocs, and its materials and stocks as rows of masters."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.catalogue import Item, Items
from gateway.catalogue.items import ITEMS
from gateway.documents.sap import (
    SapAudit,
    SapMaterial,
    SapObject,
    SapState,
    SapStatus,
    SapStock,
    SapStockItem,
    SapStockQuantity,
    SapSystemState,
    SapSystemStatus,
    SapUnit,
)
from gateway.sap.masters import from_sap_material, from_sap_stock, sku_of
from gateway.sap.statuses import SapResult, results_of, results_of_system
from tests.sap.shop import PROFILE, day, number, profile


def result(**state: Any) -> SapResult:
    (found,) = results_of(SapStatus(audits=(SapAudit(states=(SapState(idoc="12345", **state),)),)))
    return found


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        *[(code, None) for code in ("50", "62", "64", "66", "99")],
        ("53", "booked"),
        *[(code, "refused") for code in ("51", "52", "54", "55", "56", "60", "63", "65", "68", "69")],
    ],
)
def test_53_alone_closes_an_entry(status: str, wanted: str | None) -> None:
    found = result(status=status)
    assert (found.docnum, found.status, found.result) == ("0000000000012345", status, wanted)


def test_the_number_is_that_of_the_object() -> None:
    found = result(status="53", objects=(SapObject(kind="BUS2032", key="0000012345"),), long_part_2="999")
    assert (found.number, found.message) == ("12345", None)


@pytest.mark.parametrize("field", ["part_2", "long_part_2"])
def test_without_an_object_the_message_names_it(field: str) -> None:
    assert result(status="53", objects=(SapObject(),), **{field: "12345"}).number == "12345"


def test_what_is_booked_without_a_number_has_none() -> None:
    assert result(status="53").number is None


def test_a_refusal_says_why_and_under_which_message_to_look() -> None:
    found = result(
        status="51", severity="E", message_class="VG", message_number="204", long_part_1="100234", part_2="ABCDE"
    )
    assert found.message == "status 51: VG 204 (E): 100234, ABCDE"
    assert found.number is None


def test_what_a_person_closed_in_sap_is_said_so() -> None:
    assert result(status="68").message == "closed in SAP without being posted"
    assert result(status="69", part_1="see mail").message == "edited in SAP by a person: see mail"


def test_a_state_without_a_status_decides_nothing() -> None:
    found = result()
    assert (found.result, found.message) == (None, "status not told")


def test_every_state_of_an_audit_counts_but_those_without_an_idoc() -> None:
    states = tuple(SapState(idoc=idoc, status="53") for idoc in ("1", None, "2"))
    found = results_of(SapStatus(audits=(SapAudit(states=states[:1]), SapAudit(states=states[1:]))))
    assert [each.docnum for each in found] == ["0000000000000001", "0000000000000002"]


def test_a_status_message_says_the_same_in_short() -> None:
    state = SapSystemState(idoc="7", status="51", text="no authorization")
    (found,) = results_of_system(SapSystemStatus(states=(state,)))
    assert (found.docnum, found.result, found.message) == (
        "0000000000000007",
        "refused",
        "status 51: no authorization",
    )


# Materials

PIECE = SapUnit(code="PCE", numerator=number("1"), denominator=number("1"), ean="4006381333931")
CASE = SapUnit(code="CT", numerator=number("12"), denominator=number("1"), ean="14006381333938")


def material(*units: SapUnit, **changes: Any) -> SapMaterial:
    return SapMaterial(**({"number": "000000000000004711", "base_unit": "PCE", "units": units} | changes))


def test_a_material_is_an_item_with_its_pack() -> None:
    found = from_sap_material(material(PIECE, CASE), PROFILE, Items())
    (row,) = found.rows
    assert (row["sku"], row["gtin_each"], row["gtin_case"], row["case_pack"], row["status"]) == (
        "4711",
        "4006381333931",
        "14006381333938",
        "12",
        "active",
    )
    assert (found.kind, found.findings) == ("items", ())


def test_a_sku_that_is_known_with_zeros_keeps_them() -> None:
    known = Items([Item(sku="000000000000004711")])
    assert from_sap_material(material(), PROFILE, known).rows[0]["sku"] == "000000000000004711"


def test_a_material_without_units_has_no_pack() -> None:
    (row,) = from_sap_material(material(), PROFILE, Items()).rows
    assert (row["gtin_each"], row["gtin_case"], row["case_pack"]) == ("", "", "")


def test_an_ean_that_is_none_is_left_out_and_a_unit_that_is_gone_too() -> None:
    own = PIECE.model_copy(update={"ean": "OWN-1"})
    gone = CASE.model_copy(update={"change": "003"})
    (row,) = from_sap_material(material(own, gone), PROFILE, Items()).rows
    assert (row["gtin_each"], row["case_pack"]) == ("", "")


@pytest.mark.parametrize("change", [{"deletion": "X"}, {"change": "003"}])
def test_a_material_that_is_deleted_is_discontinued(change: dict[str, str]) -> None:
    assert from_sap_material(material(**change), PROFILE, Items()).rows[0]["status"] == "discontinued"


def test_a_material_changes_what_it_says_and_leaves_what_people_keep() -> None:
    kept = Item(
        sku="4711",
        partner="amazon-eu",
        partner_item="B00EXAMPLE",
        scheme="BP",
        gtin_each="96385074",
        gtin_case="14006381333938",
        case_pack=10,
        base_price=number("7.25"),
        lot_tracked=True,
        expiry_tracked=True,
    )
    other = Item(sku="4711", gtin_each="96385074", case_pack=10, status="discontinued")
    bigger = CASE.model_copy(update={"ean": None})
    found = from_sap_material(material(PIECE, bigger), PROFILE, Items([kept, other, Item(sku="4712")]))
    said = {"gtin_each": "4006381333931", "case_pack": 12}
    assert found.rows == (ITEMS.cells(replace(kept, **said)), ITEMS.cells(replace(other, **said)))


def test_a_material_without_units_changes_nothing_of_an_item_that_is_known() -> None:
    kept = Item(sku="4711", gtin_each="96385074", gtin_case="14006381333938", case_pack=10, base_price=number("7.25"))
    for said in (material(), material(base_unit=None)):
        assert from_sap_material(said, PROFILE, Items([kept])).rows == (ITEMS.cells(kept),)
    assert from_sap_material(material(CASE, base_unit=None), PROFILE, Items([kept])).rows == ()


def test_of_rows_of_several_days_the_one_in_force_is_changed() -> None:
    days = (None, day("2026-06-01"), day("2027-01-01"))
    items = Items([Item(sku="4711", case_pack=10, valid_from=since) for since in days])
    for on, wanted in ((day("2026-11-20"), "2026-06-01"), (day("2026-01-01"), ""), (None, "2027-01-01")):
        (row,) = from_sap_material(material(PIECE, CASE), PROFILE, items, on).rows
        assert (row["valid_from"], row["case_pack"]) == (wanted, "12")


def test_a_status_of_the_profile_discontinues_a_material_and_others_do_not() -> None:
    for status, wanted in (("Z9", "discontinued"), ("Z1", "active"), (None, "active")):
        (row,) = from_sap_material(material(status=status), profile(discontinued=("Z9",)), Items()).rows
        assert row["status"] == wanted


@pytest.mark.parametrize(
    ("master", "sku"), [("0123", "0123"), ("123", "123"), ("000000000000000123", "000000000000000123"), ("124", "123")]
)
def test_a_number_of_sap_is_the_sku_with_the_same_number(master: str, sku: str) -> None:
    assert sku_of("000000000000000123", Items([Item(sku=master)])) == sku
    assert sku_of("ABC-1", Items([Item(sku=master)])) == "ABC-1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (material(number=None), "no material number"),
        (material(base_unit="KGM"), "the base unit KGM"),
        (material(base_unit=None), "the base unit None"),
        (material(CASE.model_copy(update={"denominator": number("5")})), "12/5 pieces"),
        (material(CASE.model_copy(update={"numerator": None, "denominator": None})), "0/1 pieces"),
        (material(CASE, CASE.model_copy(update={"code": "CT"})), "several units that are cases: CT, CT"),
    ],
)
def test_a_material_that_is_not_understood_has_no_row(wrong: SapMaterial, says: str) -> None:
    found = from_sap_material(wrong, PROFILE, Items())
    assert found.rows == ()
    assert any(says in finding.message for finding in found.findings)


# Stock


def stock_item(*quantities: tuple[str, str, str | None], **changes: Any) -> SapStockItem:
    states = tuple(
        SapStockQuantity(state=state, quantity=number(count), unit=unit) for state, count, unit in quantities
    )
    head = {"material": "000000000000004711", "plant": "1000", "storage": "0001", "base_unit": "PCE"}
    return SapStockItem(**(head | {"quantities": states} | changes))


def test_free_stock_is_available_and_blocked_stock_is_not() -> None:
    stock = SapStock(items=(stock_item(("020", "480.000", "PCE"), ("022", "3.000", "PCE")),))
    found = from_sap_stock(stock, PROFILE, Items())
    assert [dict(row) for row in found.rows] == [{"sku": "4711", "location": "ACME5", "available": "480"}]
    (row,) = from_sap_stock(stock, profile(stock_states=("020", "022")), Items()).rows
    assert row["available"] == "483"


def test_stock_of_one_place_adds_up_and_takes_the_unit_of_the_item() -> None:
    batches = (stock_item(("020", "4", None)), stock_item(("020", "6", "EA")))
    (row,) = from_sap_stock(SapStock(items=batches), PROFILE, Items()).rows
    assert row["available"] == "10"


def test_goods_on_their_way_lie_at_no_place() -> None:
    (row,) = from_sap_stock(SapStock(items=(stock_item(("020", "1", None), storage="FBA1"),)), PROFILE, Items()).rows
    assert row["location"] == "FBA"


def test_a_plant_with_one_location_of_ours_needs_no_storage_location() -> None:
    item = stock_item(("020", "1", None), plant="2000", storage="0042")
    (row,) = from_sap_stock(SapStock(items=(item,)), PROFILE, Items()).rows
    assert row["location"] == "FAR"


def test_what_is_not_understood_is_told_once_and_has_no_row() -> None:
    nowhere = stock_item(("020", "1", None), plant="3000")
    odd = stock_item(("020", "1", "PCE"), ("020", "1", "XYZ"))
    nameless = stock_item(material=None)
    empty = stock_item(("020", "0", None), storage="FBA2")
    found = from_sap_stock(SapStock(items=(nowhere, nowhere, odd, nameless, empty)), PROFILE, Items())
    assert [row["location"] for row in found.rows] == ["BROKEN"]
    assert [finding.code for finding in found.findings] == [
        "sap-row-missing",
        "sap-row-missing",
        "erp-document-unreadable",
    ]
    assert 'plant = "3000", storage = "0001"' in found.findings[0].message
