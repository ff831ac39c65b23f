"""Which document becomes which IDoc, and what SAP's messages are about."""

import json
from typing import Any

import pytest

from gateway.documents import ErpDocument, ItemFulfilment, PostingResult
from gateway.documents.sap import (
    SapAddress,
    SapBilling,
    SapControl,
    SapDeliveries,
    SapDelivery,
    SapMaterial,
    SapMaterials,
    SapOrderResponse,
    SapPartner,
    SapParty,
    SapReference,
    SapStatus,
    SapStock,
    SapSystemState,
    SapSystemStatus,
)
from gateway.sap.converting import from_sap, kinds_of, to_sap
from gateway.sap.masters import MasterRows
from gateway.sap.statuses import SapResult
from tests.sap.shop import AT, PROFILE, Memory, an_order, knowing, number, profile
from tests.sap.test_billings import billing
from tests.sap.test_deliveries import delivery
from tests.sap.test_journals import a_memo, an_entry
from tests.sap.test_movements import ORDERS, a_transfer, an_adjustment

CONTROL = SapControl(receiver=SapParty(kind="KU", number="0000100234"))


def test_sap_has_idocs_for_orders_journals_and_stock() -> None:
    kinds = {"sales-order", "journal-entry", "stock-adjustment", "stock-transfer", "item-fulfilment"}
    assert kinds_of(PROFILE) == kinds
    assert kinds_of(profile(refunds="800100")) == kinds | {"credit-memo"}


def a_fulfilment() -> ErpDocument:
    body = {
        "id": "acme:item-fulfilment:302-1:S1",
        "seller": "acme",
        "order": "302-1",
        "shipment": "S1",
        "location": "FBA",
        "shipped_at": "2026-11-18T23:30:00Z",
        "lines": [{"sku": "SKU-1", "quantity": "2"}],
    }
    return ItemFulfilment.model_validate_json(json.dumps(body))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (an_order(), "sales-order"),
        (an_order(revision=1), "sales-order-change"),
        (an_entry(), "journal-entry"),
        (a_memo(), "journal-entry"),
        (an_adjustment(), "goods-movement"),
        (a_fulfilment(), "goods-movement"),
        (a_transfer(), "stock-transport"),
        (a_transfer("return", "FBA", "ACME5"), "goods-movement"),
    ],
)
def test_each_document_has_its_kind_of_idoc(document: ErpDocument, kind: str) -> None:
    config = ORDERS.model_copy(update={"refunds": "800100"})
    found = to_sap(document, config, knowing(an_order()), AT)
    assert not isinstance(found, tuple)
    assert found.kind == kind


def test_what_sap_has_no_idoc_for_says_how_else_to_write_it() -> None:
    found = to_sap(PostingResult(id="x", result="booked"), PROFILE, Memory(), AT)
    assert isinstance(found, tuple)
    (gap,) = found
    assert (gap.rule, 'forms = { posting-result = "json" }' in gap.remedy) == ("sap-no-idoc", True)


def test_gaps_of_a_conversion_are_handed_on() -> None:
    found = to_sap(a_memo(), PROFILE, Memory(), AT)
    assert isinstance(found, tuple)
    assert [gap.rule for gap in found] == ["sap-row-missing"]


RESPONSE = SapOrderResponse(customer_order=SapReference(number="7Q8K2W1P"))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (RESPONSE, "order-response"),
        (SapDeliveries(deliveries=(delivery(),)), "shipment"),
        (billing(), "invoice"),
    ],
)
def test_the_receiver_says_whose_document_it_is_where_no_partner_does(document: Any, kind: str) -> None:
    said, findings = from_sap(document, CONTROL, PROFILE, knowing(an_order()))
    assert findings == ()
    assert [each.document for each in said] == [kind]


@pytest.mark.parametrize(
    "document",
    [
        RESPONSE.model_copy(update={"partners": (SapPartner(role="AG", number="777"),)}),
        SapOrderResponse(partners=(SapPartner(role="WE", number="100234"), SapPartner(role="AG", number="777"))),
        SapDeliveries(deliveries=(SapDelivery(number="1", partners=(SapAddress(role="AG", number="777"),)),)),
        SapOrderResponse(partners=(SapPartner(role="AG", number="777"), SapPartner(role="RE", number="100234"))),
        SapBilling(partners=(SapPartner(role="AG", number="777"),)),
    ],
)
def test_a_customer_that_nobody_knows_is_a_finding(document: Any) -> None:
    said, findings = from_sap(document, SapControl(), PROFILE, knowing())
    assert (said, [finding.code for finding in findings]) == ((), ["sap-row-missing"])


@pytest.mark.parametrize("receiver", [None, SapParty(kind="LS", number="AMZGW")])
def test_a_system_is_no_customer(receiver: SapParty | None) -> None:
    said, (finding,) = from_sap(RESPONSE, SapControl(receiver=receiver), PROFILE, knowing())
    assert said == ()
    assert "names no customer" in finding.message


@pytest.mark.parametrize(
    "document",
    [
        SapOrderResponse(partners=(SapPartner(role="AG", number="100234"),)),
        SapBilling(partners=(SapPartner(role="AG", number="100234"),)),
        SapDeliveries(deliveries=(SapDelivery(),)),
    ],
)
def test_what_is_not_understood_says_nothing(document: Any) -> None:
    said, findings = from_sap(document, CONTROL, PROFILE, knowing())
    assert said == ()
    assert findings != ()


def test_of_several_deliveries_each_is_a_shipment() -> None:
    both = SapDeliveries(deliveries=(delivery(), delivery(number="0080000124")))
    said, _ = from_sap(both, CONTROL, PROFILE, knowing(an_order()))
    assert len(said) == 2


def test_one_bad_delivery_keeps_none_of_the_others_back_and_is_named() -> None:
    nobody = delivery(number="0080000125", partners=(SapAddress(role="AG", number="777"),))
    bad = delivery(number="0080000124", gross_weight=number("1"), weight_unit="STN")
    three = SapDeliveries(deliveries=(delivery(), bad, nobody))
    said, findings = from_sap(three, CONTROL, PROFILE, knowing(an_order()))
    assert [each.shipment for each in said] == ["80000123"]
    assert [finding.message.partition(": ")[0] for finding in findings] == ["delivery 80000124", "delivery 80000125"]


def test_statuses_are_results() -> None:
    told = SapSystemStatus(states=(SapSystemState(idoc="1", status="53"),))
    (found,), findings = from_sap(told, CONTROL, PROFILE, knowing())
    assert isinstance(found, SapResult)
    assert findings == ()
    for empty in (SapStatus(), SapSystemStatus()):
        said, (finding,) = from_sap(empty, CONTROL, PROFILE, knowing())
        assert said == ()
        assert "it names no IDoc" in finding.message


def test_materials_and_stocks_are_rows() -> None:
    (items,), _ = from_sap(
        SapMaterials(materials=(SapMaterial(number="4711", base_unit="PCE"), SapMaterial())),
        CONTROL,
        PROFILE,
        knowing(),
    )
    assert isinstance(items, MasterRows)
    assert (items.kind, len(items.rows), len(items.findings)) == ("items", 1, 1)
    (stock,), _ = from_sap(SapStock(), CONTROL, PROFILE, knowing())
    assert isinstance(stock, MasterRows)
    assert stock.kind == "stock"
