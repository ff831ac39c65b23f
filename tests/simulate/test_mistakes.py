"""Every mistake that the toy ERP makes is kept from leaving, and its correction leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from gateway.catalogue.booked import Booked
from gateway.documents import ErpDocument, ErpInvoice, ErpOrderResponse, SalesOrder, Shipment, read_erp, write_erp
from gateway.instance import fixed_clock, open_instance
from gateway.simulate.mistakes import MISTAKES, Spoil
from gateway.simulate.toy_erp import Labels, Said, Shop, Ways, plan
from gateway.turn import Turn
from tests.conftest import House

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
PLAIN = Ways(refused=0, split=0, partial=0, mistake=0, repeat=0, never_shipped=0, in_turn=100)
SHOP = Shop("ACME1", "lb", discontinued=frozenset({"ACME-3"}))
SENT = {"order-response": "855", "shipment": "856", "invoice": "810"}
KINDS = [(kind, spoil) for kind, spoils in MISTAKES.items() for spoil in spoils]


@contextmanager
def posted(house: House) -> Iterator[SalesOrder]:
    house.drop("850.edi", house.interchange(house.order()))
    house.once(f"{AT:%Y-%m-%dT%H:%M:%SZ}")
    order, findings = read_erp((house.folder / "erp" / "out" / "sales-order.amazon-us.4XK7PL2Q.json").read_bytes())
    assert isinstance(order, SalesOrder), findings
    yield order


def take(house: House, document: ErpDocument, at: datetime, name: str) -> None:
    """The ERP writes a document, and everything that was sent before was taken by the partner."""
    house.erp_says(name, write_erp(document))
    with open_instance(house.config, clock=fixed_clock(at)) as instance:
        Turn(instance).run()


def left(house: House, message: str) -> int:
    return len(list((house.folder / "amazon" / "out").glob(f"*_{message}_*")))


@pytest.mark.parametrize(("kind", "spoil"), KINDS, ids=[spoil.__name__.strip("_") for _, spoil in KINDS])
def test_a_mistake_is_kept_from_leaving_and_its_correction_leaves(kind: str, spoil: Spoil, house: House) -> None:
    house.configure('invoice_after     = "accepted"', 'invoice_after     = "delivered"')
    with posted(house) as order:
        for each in plan(order, {}, SHOP, Labels(), AT, PLAIN, Random(1)):
            at = AT + each.after
            if each.document.document != kind:
                take(house, each.document, at, f"{each.document.document}.json")
                continue
            wrong = spoil(each.document, order)
            assert wrong is not None
            take(house, wrong, at, "wrong.json")
            assert left(house, SENT[kind]) == 0
            assert house.cases
            take(house, each.document.model_copy(update={"revision": 1}), at + timedelta(minutes=5), "right.json")
            assert left(house, SENT[kind]) == 1


def the_plan(*, ways: Ways = PLAIN, seed: int = 1, left: dict[str, Decimal] | None = None) -> list[Said]:
    return plan(the_order(), left or {}, SHOP, Labels(), AT, ways, Random(seed))


def the_order() -> SalesOrder:
    return SalesOrder.model_validate(
        {
            "id": "amazon-us:P1",
            "partner": "amazon-us",
            "account": "ACME1",
            "purchase_order": "P1",
            "ordered_on": "2026-11-20",
            "currency": "USD",
            "customer": "C",
            "ship_to": {"code": "PHX6"},
            "lines": [
                {
                    "line": "1",
                    "sku": "ACME-26",
                    "ordered": {"value": "10", "unit": "case", "code": "CA"},
                    "base": {"value": "120", "unit": "each"},
                    "price": {"amount": "43.50", "per": "12", "unit": "each"},
                    "amount": "435.00",
                }
            ],
        }
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_ships_what_is_accepted_and_charges_what_is_shipped(seed: int) -> None:
    said = the_plan(ways=Ways(refused=0, split=80, partial=80, mistake=0, repeat=0, never_shipped=0), seed=seed)
    documents = [each.document for each in said]
    (answer,) = (each for each in documents if isinstance(each, ErpOrderResponse))
    (line,) = answer.lines
    assert line.accepted + line.backordered + line.rejected == 120
    shipments = [each for each in documents if isinstance(each, Shipment)]
    shipped = sum(item.quantity for each in shipments for pack in each.packs for item in pack.items)
    charged = sum(line.quantity for each in documents if isinstance(each, ErpInvoice) for line in each.lines)
    assert shipped == charged == line.accepted + line.backordered
    assert all(pieces % Booked.factor_of(the_order().lines[0]) == 0 for pieces in (line.accepted, line.backordered))


def test_what_has_left_before_is_not_shipped_again() -> None:
    documents = [each.document for each in the_plan(left={"1": Decimal(108)})]
    (shipment,) = (each for each in documents if isinstance(each, Shipment))
    assert sum(item.quantity for pack in shipment.packs for item in pack.items) == 12


def test_every_label_is_new_and_checks() -> None:
    labels = Labels()
    drawn = [labels.draw() for _ in range(50)]
    assert len(set(drawn)) == 50
    assert drawn[0] == "006141410000000012"


def test_a_line_of_pieces_alone_has_no_mix_up_of_units() -> None:
    each = (
        the_order()
        .lines[0]
        .model_copy(update={"base": the_order().lines[0].base.model_copy(update={"value": Decimal(10)})})
    )
    order = the_order().model_copy(update={"lines": (each,)})
    shipment = next(
        said.document
        for said in plan(order, {}, SHOP, Labels(), AT, PLAIN, Random(1))
        if isinstance(said.document, Shipment)
    )
    (mix_up,) = (spoil for spoil in MISTAKES["shipment"] if spoil.__name__ == "_cases_for_pieces")
    assert mix_up(shipment, order) is None
