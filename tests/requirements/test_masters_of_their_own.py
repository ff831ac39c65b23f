"""The ERP is the master of items, prices, packs and stock, Amazon of its orders: neither writes over the other."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import BOOKED, LATER, LEFT, MENDED, answer, booked, invoice, shipment, tell

if TYPE_CHECKING:
    from tests.conftest import House

MASTERS = ("items", "locations", "terms", "stock")
OTHER_PRICES = ("24*EA*1.11*PE*UP*614141000012", "10*CA*99.5*PE*UK*10614141000026", "6*EA*0.5*PE*VN*ACM-003")


def masters(house: "House") -> dict[str, list[dict[str, Any]]]:
    with house.journal() as journal:
        return {name: journal.master(name) for name in MASTERS}


def order(house: "House", *lines: str, control: int = 101) -> None:
    house.drop(f"{control}.edi", house.interchange(house.order("A1", *lines), control=control))
    house.once()


@pytest.mark.requirement("V3")
def test_whatever_amazon_orders_the_masters_stay_as_the_erp_sent_them(house: "House") -> None:
    house.erp_says("stock.csv", "sku,location,available\nACME-1,ACME1,100\n")
    house.once()
    before = masters(house)
    assert all(before.values())
    order(house, *OTHER_PRICES)
    order(house, "7*EA*9.99*PE*UP*614141000012", control=102)
    assert masters(house) == before


@pytest.mark.requirement("V3")
def test_whatever_the_erp_answers_and_ships_the_order_stays_as_amazon_sent_it(house: "House") -> None:
    order(house)

    def ordered() -> list[tuple[str, str]]:
        return [(line["line"], line["ordered"]) for line in house.json("orders", "show", "A1")["lines"]]

    with house.journal() as journal:
        [came] = journal.documents(business_number="A1", type="850")
        before = journal.body_of(came.id)
    less = {"line": "2", "accepted": "24", "rejected": "96", "reason": "out_of_stock", "ships_on": "2026-11-26"}
    tell(house, booked(), BOOKED)
    tell(house, answer(line2=less), LEFT)
    tell(house, shipment(), MENDED)
    tell(house, invoice(), LATER)
    assert ordered() == [("1", "24"), ("2", "120"), ("3", "6")]
    with house.journal() as journal:
        [still] = journal.documents(business_number="A1", type="850")
        assert journal.body_of(still.id) == before
