"""The ERP documents as files: reading, refusing, writing, naming, and the schemas published of them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import (
    CreditMemo,
    ErpInvoice,
    ErpOrderResponse,
    ItemFulfilment,
    PostingResult,
    SalesOrder,
    Shipment,
    file_name,
    read_erp,
    schemas_of_erp,
    write_erp,
)
from gateway.documents.erp_file import KINDS
from gateway.documents.seller import SellerDocument

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT.parent / "shared" / "reference" / "examples" / "erp"

POSTED: dict[str, Any] = {
    "document": "posting-result",
    "version": 1,
    "id": "shop:P7",
    "result": "booked",
    "number": "SO-7",
    "message": None,
}
ANSWER: dict[str, Any] = {
    "document": "order-response",
    "version": 1,
    "partner": "shop",
    "purchase_order": "P7",
    "revision": 0,
    "sales_order": "SO-7",
    "lines": [
        {
            "line": "1",
            "accepted": "36",
            "ships_on": "2026-11-26",
            "backordered": "0",
            "backorder_until": None,
            "rejected": "0",
            "reason": None,
        }
    ],
}
SHIPPED: dict[str, Any] = {
    "document": "shipment",
    "version": 1,
    "partner": "shop",
    "shipment": "S7",
    "revision": 2,
    "mode": "parcel",
    "carrier": {"scac": "ABCD"},
    "pro_number": "1Z7",
    "bill_of_lading": "B7",
    "amazon_reference": None,
    "shipped_at": "2026-11-26T14:15:00Z",
    "estimated_delivery": "2026-11-28",
    "ship_from": {"code": "W1"},
    "ship_to": {"code": "F1"},
    "gross_weight": {"value": "9.5", "unit": "kg"},
    "packs": [
        {
            "sscc": "106141411234567897",
            "type": "carton",
            "within": None,
            "tracking": None,
            "gross_weight": {"value": "9.5", "unit": "kg"},
            "size": {"length": "60", "width": "40", "height": "30", "unit": "cm"},
            "items": [{"purchase_order": "P7", "line": "1", "quantity": "36", "lot": "L1", "expires_on": "2027-01-31"}],
        },
        {"sscc": None, "type": "carton", "within": None, "tracking": None, "items": []},
    ],
}
CHARGED: dict[str, Any] = {
    "document": "invoice",
    "version": 1,
    "partner": "shop",
    "invoice": "I7",
    "revision": 0,
    "invoiced_on": "2026-11-27",
    "shipment": "S7",
    "currency": "EUR",
    "lines": [
        {
            "purchase_order": "P7",
            "line": "1",
            "quantity": "36",
            "price": {"amount": "20.00", "per": "9", "unit": "each"},
            "amount": "80.00",
        }
    ],
    "taxes": [{"rate": "19", "taxable": "80.00", "amount": "15.20"}],
    "charges": [{"kind": "freight", "amount": "5.00", "description": None}],
    "total": "100.20",
}
ORDERED: dict[str, Any] = {
    "document": "sales-order",
    "version": 1,
    "id": "shop:P7",
    "partner": "shop",
    "account": "VEND7",
    "purchase_order": "P7",
    "revision": 0,
    "ordered_on": "2026-11-20",
    "currency": "EUR",
    "customer": "C7",
    "ship_to": {"code": "F1"},
    "window": {"not_before": "2026-11-25", "not_after": None},
    "lines": [
        {
            "line": "1",
            "sku": "K-1",
            "ordered": {"value": "4", "unit": "case", "code": "CA"},
            "base": {"value": "36", "unit": "each"},
            "price": {"amount": "20.00", "per": "9", "unit": "each"},
            "amount": "80.00",
        }
    ],
}
SAMPLES = [
    (ORDERED, SalesOrder),
    (POSTED, PostingResult),
    (ANSWER, ErpOrderResponse),
    (SHIPPED, Shipment),
    (CHARGED, ErpInvoice),
]


def problems(given_: object) -> list[str]:
    document, findings = read_erp(given_ if isinstance(given_, (str, bytes)) else json.dumps(given_))
    assert document is None
    assert {finding.code for finding in findings} == {"erp-document-unreadable"}
    return [finding.message for finding in findings]


@pytest.mark.parametrize(("sample", "model"), SAMPLES)
def test_a_document_is_written_key_for_key_as_it_was_read(sample: dict[str, Any], model: type) -> None:
    document, findings = read_erp(json.dumps(sample))
    assert findings == ()
    assert type(document) is model
    assert document is not None
    assert json.loads(write_erp(document)) == sample


def test_bytes_with_a_byte_order_mark_are_read() -> None:
    document, _ = read_erp(b"\xef\xbb\xbf" + json.dumps(POSTED).encode())
    assert isinstance(document, PostingResult)


def test_what_a_gate_asks_for_may_be_missing_null_or_blank() -> None:
    bare = {"document": "shipment", "version": 1, "partner": "shop", "shipment": "S7", "carrier": {"scac": " "}}
    document, findings = read_erp(json.dumps(bare | {"packs": [{"sscc": "", "items": []}]}))
    assert findings == ()
    assert isinstance(document, Shipment)
    assert document.carrier is not None
    assert document.carrier.scac is None
    assert document.packs[0].sscc is None


def test_a_line_left_out_of_an_answer_is_no_refusal() -> None:
    document, findings = read_erp(json.dumps(ANSWER | {"lines": []}))
    assert (isinstance(document, ErpOrderResponse), findings) == (True, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"total": 100.2}, 'total: expected a decimal number as text, such as "12" or "43.50", not 100.2'),
        ({"total": 100}, 'total: expected a decimal number as text, such as "12" or "43.50", not 100'),
        ({"invoiced_on": "27.11.2026"}, 'invoiced_on: expected a date as text, such as "2026-11-20", not "27.11.2026"'),
        ({"version": 2}, "version: expected 1, not 2"),
        ({"totl": "1"}, "totl: there is no such field; correct or remove it"),
        ({"partner": ""}, 'partner: expected text that is not empty, not ""'),
        (
            {"document": "bill"},
            f"document: expected one of {', '.join(KINDS)}",
        ),
        ({"shipment": 5}, "shipment: expected a valid string, not 5"),
        ({"revision": True}, "revision: expected a valid integer, not true"),
        ({"lines": [{}]}, "lines[0].purchase_order: the field is missing"),
    ],
)
def test_a_refusal_names_the_field_what_was_expected_and_what_came(changes: dict[str, Any], message: str) -> None:
    assert message in problems(CHARGED | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "this is not JSON in UTF-8"),
        (b'{"document": "invoice"', "this is not JSON in UTF-8"),
        (b"\xff\xfe{\x00}\x00", "this is not JSON in UTF-8"),
        ('{"document": "\ud800"}', "this is not JSON in UTF-8"),
        (b'{"a":' * 100_000, "this is not JSON in UTF-8"),
        (b"[]", "the file: expected an object, not []"),
        (b"{}", "document: expected one of"),
        (b"\x00\x01", "this is not JSON in UTF-8"),
    ],
)
def test_what_is_no_document_at_all_is_a_finding(text: str | bytes, message: str) -> None:
    (found,) = problems(text)
    assert found.startswith(message)


def test_a_long_wrong_value_is_shown_in_part() -> None:
    (message,) = problems(CHARGED | {"total": ["9"] * 100})
    assert message.endswith("…")
    assert len(message) < 200


def test_a_field_that_comes_twice_is_refused() -> None:
    text = json.dumps(POSTED).replace('"number"', '"result": "refused", "number"')
    assert problems(text) == ["result: the field comes twice; keep one"]


@given(st.binary(max_size=80) | st.text(max_size=80))
def test_no_file_of_the_erp_raises(data: str | bytes) -> None:
    document, findings = read_erp(data)
    assert (document is None) == bool(findings)


# Names


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        (ORDERED, "sales-order.shop.P7.json"),
        (ORDERED | {"revision": 3}, "sales-order.shop.P7.3.json"),
        (ORDERED | {"purchase_order": "P7.3"}, "sales-order.shop.P7%2E3.json"),
        (
            ORDERED | {"purchase_order": "../../etc/x y~é"},
            "sales-order.shop.%2E%2E%2F%2E%2E%2Fetc%2Fx%20y%7E%C3%A9.json",
        ),
        (POSTED, "posting-result.shop.P7.json"),
        (ANSWER, "order-response.shop.P7.json"),
        (SHIPPED, "shipment.shop.S7.2.json"),
        (CHARGED, "invoice.shop.I7.json"),
    ],
)
def test_files_are_named_after_partner_number_and_revision(sample: dict[str, Any], name: str) -> None:
    document, _ = read_erp(json.dumps(sample))
    assert document is not None
    assert file_name(document) == name


order_numbers = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(order_numbers, order_numbers, st.integers(0, 3), st.integers(0, 3))
def test_two_orders_never_share_a_name(one: str, other: str, first: int, second: int) -> None:
    base, _ = read_erp(json.dumps(ORDERED))
    assert isinstance(base, SalesOrder)
    names = [
        file_name(base.model_copy(update={"purchase_order": number, "revision": revision}))
        for number, revision in ((one, first), (other, second))
    ]
    assert (names[0] == names[1]) == ((one, first) == (other, second))


SOLD = {"version": 1, "seller": "acme", "order": "111-1", "lines": []}
DISPATCHED = {
    **SOLD,
    "id": "acme:FBA:111-1:S1",
    "shipment": "S1",
    "location": "FBA",
    "shipped_at": "2026-11-20T10:00:00Z",
}
PAID_BACK = {
    **SOLD,
    "id": "acme:credit-memo:111-1:A1:2",
    "settlement": "11",
    "refunded_on": "2026-11-20",
    "currency": "USD",
    "total": "9.99",
}


@pytest.mark.parametrize(
    ("model", "fields", "parts"),
    [(ItemFulfilment, DISPATCHED, ("111-1", "S1")), (CreditMemo, PAID_BACK, ("111-1", "A1:2"))],
)
def test_what_is_told_of_a_buyers_order_has_its_number_and_a_name_of_its_own(
    model: type[SellerDocument], fields: dict[str, Any], parts: tuple[str, ...]
) -> None:
    document = model.model_validate_json(json.dumps(fields))
    assert (document.number, document.name_parts) == ("111-1", parts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 1_000_001, "more than 1000000 fields and entries"),
        ("{" + ",".join(f'"f{n}": 1' for n in range(101)) + "}", "an object of 101 fields"),
    ],
    ids=["entries", "fields"],
)
def test_a_document_that_could_only_be_meant_to_harm_is_refused(text: str, said: str) -> None:
    document, (finding,) = read_erp(text)
    assert document is None
    assert said in finding.message


def test_an_instant_that_the_calendar_does_not_have_in_utc_is_refused() -> None:
    document, (finding,) = read_erp(json.dumps({**SHIPPED, "shipped_at": "9999-12-31T23:59:59-12:00"}))
    assert document is None
    assert finding.message.startswith("shipped_at: expected an instant")


# Schemas


def test_the_published_schemas_are_those_of_the_models() -> None:
    folder = ROOT / "schemas" / "erp"
    published = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.schema.json")
    }
    assert published == schemas_of_erp(), "run scripts/export-schemas"


def test_the_script_writes_the_schemas_it_names(tmp_path: Path) -> None:
    script = tmp_path / "scripts" / "export-schemas"
    script.parent.mkdir()
    script.write_bytes((ROOT / "scripts" / "export-schemas").read_bytes())
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == sorted(f"schemas/erp/{name}.schema.json" for name in schemas_of_erp())
    for name in done.stdout.split():
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


def test_a_schema_asks_for_decimals_as_text_and_forbids_other_fields() -> None:
    schema = schemas_of_erp()["invoice"]
    assert schema["properties"]["total"]["type"] == "string"
    assert schema["additionalProperties"] is False


# The examples of the reference


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
def test_the_examples_of_the_reference_are_read_and_written_as_they_stand() -> None:
    paths = sorted(EXAMPLES.glob("*.json"))
    assert len(paths) == 17
    for path in paths:
        text = path.read_text(encoding="utf-8")
        document, findings = read_erp(text)
        assert findings == (), path.name
        assert document is not None
        assert json.loads(write_erp(document)) == json.loads(text), path.name
        assert file_name(document) == path.name


@pytest.mark.parametrize(
    ("sample", "added"),
    [
        (SHIPPED, {"lines": [{"purchase_order": "P7", "line": "1", "quantity": "36"}]}),
        (SHIPPED, {"carton_count": 2, "pallet_count": 0}),
        (CHARGED, {"kind": "credit-note", "credits": "I6"}),
    ],
)
def test_what_an_erp_may_add_is_kept_and_what_it_leaves_out_is_not_written(
    sample: dict[str, Any], added: dict[str, Any]
) -> None:
    document, findings = read_erp(json.dumps(sample | added))
    assert findings == ()
    assert document is not None
    assert json.loads(write_erp(document)) == sample | added
    without, _ = read_erp(json.dumps(sample))
    assert without is not None
    assert added.keys().isdisjoint(json.loads(write_erp(without)))


def test_a_kind_of_a_sellers_document_that_does_not_say_its_number_and_name_cannot_be_made() -> None:
    class Bare(SellerDocument):
        pass

    with pytest.raises(TypeError, match="abstract methods name_parts, number"):
        Bare(document="none", id="acme:none:1", seller="acme")  # type: ignore[abstract]
