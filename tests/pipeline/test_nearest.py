"""What the ERP says of an order that nobody knows is answered with the open order that was probably meant."""

from typing import TYPE_CHECKING, Any

import pytest

from gateway.pipeline.nearest import nearest, nearest_order

if TYPE_CHECKING:
    from tests.conftest import House

PIECES = "24*EA*7.25*PE*UP*614141000012"
ITEM = {"purchase_order": "4XK7PL2O", "line": "1", "quantity": "24"}
HEAD = {"version": 1, "partner": "amazon-us", "revision": 0}
WRONG: dict[str, dict[str, Any]] = {
    "order-response": {
        **HEAD,
        "document": "order-response",
        "purchase_order": "4XK7PL2O",
        "lines": [{"line": "1", "accepted": "24"}],
    },
    "shipment": {
        **HEAD,
        "document": "shipment",
        "shipment": "SHP-7",
        "shipped_at": "2026-11-26T14:15:00Z",
        "packs": [{"sscc": "006141410000000012", "type": "carton", "items": [ITEM]}],
    },
    "invoice": {
        **HEAD,
        "document": "invoice",
        "invoice": "INV-9",
        "invoiced_on": "2026-11-26",
        "currency": "USD",
        "lines": [{**ITEM, "price": {"amount": "7.25", "per": "1", "unit": "each"}, "amount": "174.00"}],
        "total": "174.00",
    },
    "posting-result": {
        "document": "posting-result",
        "version": 1,
        "id": "amazon-us:4XK7PL2O",
        "result": "booked",
        "number": "SO-1",
        "message": None,
    },
}


@pytest.fixture
def busy(house: "House") -> "House":
    """Two orders of amazon-us, each held by the ERP."""
    house.drop("850.edi", house.interchange(house.order("4XK7PL2Q", PIECES), house.order("4XK7PL2P", PIECES)))
    house.once()
    return house


@pytest.mark.parametrize("kind", WRONG)
def test_what_names_a_wrong_order_is_a_case_that_names_the_nearest_open_one(busy: "House", kind: str) -> None:
    with busy.journal() as journal:
        assert nearest_order("4XK7PL2O", "amazon-us", journal) in ("4XK7PL2Q", "4XK7PL2P")
    cancel = busy.order("4XK7PL2P", PIECES, purpose="01")
    busy.drop("cancel.edi", busy.interchange(cancel, control=102))
    busy.once()
    assert busy.json("orders", "show", "4XK7PL2P")["stage"] == "cancelled"
    busy.erp_says("said.json", WRONG[kind])
    busy.once()
    named = "amazon-us:4XK7PL2Q" if kind == "posting-result" else "4XK7PL2Q"
    assert busy.quarantine["said.json"]["message"].endswith(f": did you mean {named}?")
    assert f"did you mean {named}?" in next(
        case["message"] for case in busy.cases if case["code"] == "erp-document-unreadable"
    )


def test_an_order_of_another_partner_or_like_none_is_not_named(busy: "House") -> None:
    with busy.journal() as journal:
        assert nearest_order("4XK7PL2Q", "amazon-eu", journal) is None
        assert nearest_order("ZZZZZZZZ", "amazon-us", journal) is None


def test_words_are_alike_whatever_the_case_of_their_letters() -> None:
    assert nearest("4xk7pl2q", {"4XK7PL2Q", "9SP5MF4C"}) == ["4XK7PL2Q"]
    assert nearest("4XK7PL2Q", {"4XK7PL2Q"}) == []
