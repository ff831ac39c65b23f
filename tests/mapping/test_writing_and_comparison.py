"""What a mapping cannot say, and how that is seen: at once by the writer, or when the message is read back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.documents import OrderResponse, PurchaseOrder, ShipNotice
from gateway.mapping.comparison import unsaid_fields, values_of
from gateway.mapping.library import Mappings
from gateway.mapping.writing import Unsaid, write_document

LINE: dict[str, Any] = {"ordered": {"value": 5, "unit": "each", "code": "EA"}}
ORDER: dict[str, Any] = {"number": "P1", "ordered_on": date(2026, 11, 20), "order_type": "new", "lines": (LINE,)}
Texts = Callable[..., list[str]]


def order(**changes: Any) -> PurchaseOrder:
    return PurchaseOrder.model_validate(ORDER | changes)


UNSAID: dict[str, tuple[dict[str, Any], Unsaid]] = {
    "a meaning without a code": (
        {"freight": "by_balloon"},
        Unsaid("freight", "by_balloon", "lookup freight has no code for it"),
    ),
    "a third line of a street": (
        {"ship_to": {"code": "X1", "street": ("1", "2", "3")}},
        Unsaid("ship_to.street", "('1', '2', '3')", "there is room for 2"),
    ),
    "an eleventh id": (
        {
            "lines": (
                LINE
                | dict.fromkeys(
                    (
                        *("asin", "upc", "ean", "isbn", "case_gtin", "case_upc"),
                        *("vendor_sku", "vendor_part", "buyer_item", "sku", "manufacturer_part"),
                    ),
                    "X",
                ),
            )
        },
        Unsaid("lines[0].manufacturer_part", "X", "every pair of its segment is taken"),
    ),
    "a code against its meaning": (
        {"lines": ({"ordered": {"value": 5, "unit": "case", "code": "EA"}},)},
        Unsaid("lines[0].ordered.code", "EA", "another value stands in its PO1 already"),
    ),
}


@pytest.mark.parametrize("name", UNSAID)
def test_what_cannot_be_said_is_told(name: str, mappings: Mappings) -> None:
    changes, unsaid = UNSAID[name]
    assert write_document(order(**changes), mappings.standard("x12/850")).unsaid == (unsaid,)


def test_the_default_of_a_row_and_of_a_model_are_not_written(mappings: Mappings, texts: Texts) -> None:
    document = order(currency="USD", lines=({"ordered": {"value": 5}},))
    written = write_document(document, mappings.standard("x12/850"))
    assert texts(written.segments) == ["BEG*00*NE*P1**20261120", "PO1**5", "CTT*1*5"]
    assert written.unsaid == ()


def test_a_code_that_came_is_written_again_though_another_means_the_same(overlay: Any, texts: Texts) -> None:
    guide = 'extends = "x12/850"\n[lookup.unit]\nPC = "each"\n'
    mapping = overlay({"mappings/guides/amazon-us/850.mapping.toml": guide}).guided("amazon-us", "850")
    written = write_document(order(), mapping)
    assert texts(written.segments)[1] == "PO1**5*EA"
    assert written.unsaid == ()
    bare = order(lines=({"ordered": {"value": 5, "unit": "each"}},))
    assert texts(write_document(bare, mapping).segments)[1] == "PO1**5*PC"


def test_the_meaning_of_all_other_codes_is_left_to_the_row_of_the_code(mappings: Mappings, texts: Texts) -> None:
    document = order(
        lines=({"ordered": {"value": 5, "unit": "other"}}, {"ordered": {"value": 6, "unit": "other", "code": "ZZ"}})
    )
    written = write_document(document, mappings.standard("x12/850"))
    assert texts(written.segments)[1:3] == ["PO1**5", "PO1**6*ZZ"]
    assert written.unsaid == ()


def test_a_pair_may_stand_in_a_loop_that_no_table_opened(overlay: Any, texts: Texts) -> None:
    text = (
        'message = "x12/004010/850"\ndocument = "PurchaseOrder"\n[fields]\nnumber = "BEG03"\n'
        'promotion = "PO1 paired CB"\n[fields.lines]\neach = "PO1"\nordered.value = "PO102"\n'
    )
    mapping = overlay({"mappings/x12/850.toml": text}).standard("x12/850")
    body = texts(write_document(order(promotion="SALE"), mapping).segments)
    assert body == ["BEG***P1", "PO1******CB*SALE", "PO1**5"]


def test_a_condition_on_a_field_writes_the_field(overlay: Any, explain: Any, texts: Texts) -> None:
    text = (
        'message = "x12/004010/850"\ndocument = "PurchaseOrder"\n[fields]\nnumber = "BEG03"\nordered_on = "BEG05"\n'
        'purpose = "BEG01 via purpose"\norder_type = "BEG02"\ncurrency = "CUR02 where CUR01=BY"\n'
        'promotion = "CUR05 where CUR04=BT CUR02=@currency"\n[fields.lines]\neach = "PO1"\nordered.value = "PO102"\n'
        'line = "PO101"\n[lookup.purpose]\n00 = "original"\n'
    )
    mapping = overlay({"mappings/x12/850.toml": text}).standard("x12/850")
    document = order(order_type="NE", currency="CAD", promotion="USD", lines=({"line": "1", "ordered": {"value": 5}},))
    body = texts(write_document(document, mapping).segments)
    assert body == ["BEG*00*NE*P1**20261120", "CUR*BY*CAD**BT*USD", "PO1*1*5"]
    assert explain(body, mapping).document == document


def response(**changes: Any) -> OrderResponse:
    said = {"purchase_order": "P1", "response": "accepted", "lines": ({"line": "1", "price": Decimal("43.50")},)}
    return OrderResponse.model_validate(said | changes)


def test_equal_values_are_said_however_they_are_written() -> None:
    assert unsaid_fields(response(), response(lines=({"line": "1", "price": Decimal("43.5")},))) == ()


def test_what_was_said_nowhere_what_otherwise_and_what_was_not_meant_are_told_apart() -> None:
    meant = response(number="A1", lines=({"line": "1", "price": 5}, {"line": "2", "vat_rate": 19}, {"line": "3"}))
    said = response(response="changed", lines=({"line": "1"}, {"line": "2", "price": 6}))
    assert unsaid_fields(meant, said) == (
        Unsaid("number", "A1", "the message has no place for it"),
        Unsaid("lines[1].vat_rate", "19", "the message has no place for it"),
        Unsaid("response", "accepted", "it would be read as changed"),
        Unsaid("lines[0].price", "5", "it would not be read"),
        Unsaid("lines[2].line", "3", "it would not be read"),
        Unsaid("lines[1].price", "", "6 would be read, which was not meant"),
    )


def test_the_order_of_packs_is_no_difference_even_where_a_field_is_unsaid() -> None:
    def item(lot: str | None) -> dict[str, Any]:
        return {"purchase_order": "P1", "line": "1", "shipped": {"value": 1}, "lot": lot}

    def notice(*packs: tuple[str, str | None, str | None]) -> ShipNotice:
        found = [{"sscc": sscc, "kind": kind, "items": (item(lot),)} for sscc, kind, lot in packs]
        return ShipNotice.model_validate({"number": "S1", "packs": found, "load": {"cartons": 2}})

    meant = notice(("1", "carton", "A"), ("2", "carton", "B"))
    assert unsaid_fields(meant, notice(("2", None, "B"), ("1", None, "A"))) == (
        Unsaid("packs[0].kind", "carton", "the message has no place for it"),
        Unsaid("packs[1].kind", "carton", "the message has no place for it"),
    )
    assert [unsaid.field for unsaid in unsaid_fields(meant, notice(("2", None, "B"), ("1", None, "C")))] == [
        "packs[0].kind",
        "packs[1].kind",
        "packs[0].items[0].lot",
    ]


def test_values_have_the_names_people_see() -> None:
    assert dict(values_of(response()))["lines[0].price"] == Decimal("43.50")
