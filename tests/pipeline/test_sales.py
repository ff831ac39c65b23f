"""What the pipeline knows of sales beside what users see: soft reservations, faults, many orders."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from re import findall

import pytest

from gateway import config as configuration
from gateway.instance import locked, mappings_of, open_instance
from gateway.marketplace import points
from gateway.marketplace.events import Point
from gateway.marketplace.refunds import Refund, RefundLine
from gateway.marketplace.sales import Sale
from gateway.marketplace.settled import SettledOrder
from gateway.marketplace.terms import Facts
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.selling import sales, sales_lists
from gateway.pipeline.selling.sales_state import sale_of
from tests.cli.seller_reports import number, ordered, orders
from tests.conftest import House

NOV_20 = "2026-11-20T10:00:00Z"


@contextmanager
def desk_of(house: House) -> Iterator[Desk]:
    """A desk to look from."""
    config = configuration.load(house.config)
    with house.journal() as journal, journal.look(datetime(2026, 11, 20, 12, tzinfo=UTC)) as tx:
        yield Desk(config, mappings_of(house.folder), Catalogue(), tx, datetime(2026, 11, 20, 12, tzinfo=UTC))


def pending(house: House) -> dict[str, Decimal]:
    with desk_of(house) as desk:
        return dict(sales.pending_by_sku(desk.config.sellers["acme"], desk))


@pytest.mark.requirement("26")
def test_pending_orders_that_we_would_ship_hold_their_pieces_until_they_are_decided(house: House) -> None:
    house.items("ACME-26,acme,AMZ-26,SK,,,,active,,no,no,", name="items.2.csv")
    rows = [
        ordered(1, "Pending", price="", quantity=3),
        ordered(2, "Pending", price="", quantity=2, sku="AMZ-26"),
        ordered(3, "Pending", "Amazon", price="", quantity=5),
        ordered(4, "Pending", price="", quantity=7, sku="NEW-1"),
        ordered(5, "Pending", price="", quantity=1),
    ]
    house.drop("orders.txt", orders(*rows))
    house.once(NOV_20)
    assert pending(house) == {"ACME-1": Decimal(4), "ACME-26": Decimal(2)}
    later = "2026-11-20T10:00:00+00:00"
    confirmed = ordered(1, quantity=3, last_updated_date=later)
    cancelled = ordered(2, "Cancelled", price="", quantity=0, sku="AMZ-26", last_updated_date=later)
    house.drop("orders.txt", orders(confirmed, cancelled))
    house.once("2026-11-20T11:00:00Z")
    assert pending(house) == {"ACME-1": Decimal(1)}


@pytest.mark.requirement("69")
def test_a_fault_of_ours_costs_one_order_and_is_a_case_until_it_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(sale: Sale, facts: Facts) -> tuple[Point, ...]:
        if sale.order == number(1):
            raise ArithmeticError("a slip")
        return points.points(sale, facts)

    house.drop("orders.txt", orders(ordered(1), ordered(2)))
    with monkeypatch.context() as patch:
        patch.setattr(sales, "points", break_)
        house.once(NOV_20)
    assert [case["code"] for case in house.cases] == ["internal-error"]
    assert [name for name in house.sales_orders if name.startswith("sales-order")] == [
        f"sales-order.acme.{number(2)}.json"
    ]
    house.once("2026-11-20T12:00:00Z")
    assert house.cases == []
    assert len(house.sales_orders) == 2


def test_what_a_settlement_says_of_many_orders_stands_in_few_entries(house: House) -> None:
    house.once(NOV_20)
    totals = {"principal": Decimal("10.00")}
    settled = {number(n): SettledOrder(number(n), "Amazon.com", "USD", totals) for n in range(1, 451)}  # type: ignore[arg-type]
    config = configuration.load(house.config)
    now = datetime(2026, 11, 27, tzinfo=UTC)
    with (
        open_instance(house.config) as instance,
        locked(instance),
        instance.journal.transaction(now) as tx,
    ):
        desk = Desk(config, instance.mappings, instance.catalogue, tx, now)
        seller = config.sellers["acme"]
        sales.take_settlement(seller, "S1", settled, (), desk)
        assert len(tx.events("settlement:acme:S1", prefix="sale-settled")) == 3
        sales.take_settlement(seller, "S1", settled, (), desk)
        assert len(tx.events("settlement:acme:S1", prefix="sale-settled")) == 3
        fewer = {name: order for name, order in settled.items() if name != number(7)}
        sales.take_settlement(seller, "S1", fewer, (), desk, revision=1)
        sale = sale_of(tx, "acme", number(7))
        assert sale is not None
        assert sale.settled == {"S1": {}}
        paid_back = Refund(number(7), "", "Amazon.com", now, "USD", (RefundLine("X", "", "Principal", Decimal(-1)),))
        sales.take_settlement(seller, "S1", fewer, [paid_back], desk, revision=1)
        sale = sale_of(tx, "acme", number(7))
        assert sale is not None
        assert list(sale.refunded) == ["S1"]


def test_every_code_of_a_point_has_a_case() -> None:
    said = findall(r'code="([a-z-]+)"', Path(points.__file__).read_text())
    assert {*said, "sale-changed"} == set(sales_lists.KINDS)
    assert set(sales_lists.KINDS) >= points.BLOCKING
