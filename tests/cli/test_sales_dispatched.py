"""What we ship ourselves: told to Amazon at once, and watched until it has left."""

import pytest

from tests.cli import seller_reports as reports
from tests.cli.seller_reports import NOV_20, case, codes, dispatch, fed, number, ordered, orders, outs, to_ship
from tests.conftest import House


@pytest.fixture
def seller(house: House) -> House:
    """The example, whose items are there."""
    house.once(NOV_20)
    return house


@pytest.fixture
def due(seller: House) -> House:
    """An order that must leave by 20:00 on the 21st."""
    seller.drop("orders.txt", orders(ordered(1)))
    seller.drop("to-ship.txt", reports.table(reports.TO_SHIP, to_ship(1)))
    seller.once(NOV_20)
    return seller


@pytest.mark.requirement("65")
def test_a_dispatch_is_told_to_amazon_at_once(due: House) -> None:
    due.erp_says("dispatch.json", dispatch(1, method="Ground"))
    due.once("2026-11-20T16:05:00Z")
    (file,) = (due.folder / "amazon" / "out").glob("fulfilment.*.txt")
    assert file.name == "fulfilment.20261120T160500Z.txt"
    assert file.read_text().splitlines()[0].split("\t") == [
        *("order-id", "order-item-id", "quantity", "ship-date", "carrier-code", "carrier-name"),
        *("tracking-number", "ship-method", "ship_from_supply_source_id"),
    ]
    assert fed(due) == [[number(1), "9001", "1", "2026-11-20T16:00:00Z", "UPS", "", "1Z999AA10000000001", "Ground", ""]]
    (row,) = due.json("sales", "list")
    assert row["fulfilled"] == "yes"


@pytest.mark.requirement("65")
def test_a_dispatch_leaves_before_everything_else_that_waits(due: House) -> None:
    due.drop("850.edi", due.interchange(due.order()))
    due.erp_says("dispatch.json", dispatch(1))
    due.once("2026-11-20T21:05:00Z")
    with due.journal() as journal:
        names = {each.id: each.name for each in journal.dispatches(channel="amazon")}
    left = [
        names[entry.body["dispatch"]] for entry in due.history("dispatch-delivered") if entry.body["dispatch"] in names
    ]
    queued = list(names.values())
    assert "_997_" in queued[0]
    assert next(name.partition(".")[0] for name in left) == "fulfilment"


@pytest.mark.requirement("65")
def test_a_repeat_is_told_once_and_a_correction_again(due: House) -> None:
    for hour, said in enumerate((dispatch(1), dispatch(1), dispatch(1, revision=1, tracking="1Z2")), 11):
        due.erp_says("dispatch.json", said)
        due.once(f"2026-11-20T{hour}:00:00Z")
    assert [row[6] for row in fed(due)] == ["1Z999AA10000000001", "1Z2"]
    due.erp_says("dispatch.json", dispatch(1, revision=1, tracking="1Z3"))
    due.once("2026-11-20T15:00:00Z")
    assert codes(due) == ["revision-conflict"]


@pytest.mark.requirement("66")
def test_what_is_missing_is_told_with_the_time_that_is_left(due: House) -> None:
    due.erp_says("dispatch.json", dispatch(1, tracking="", carrier={"code": "Other"}, shipped_at=None))
    due.once("2026-11-20T16:05:00Z")
    told = case(due, "dispatch-incomplete")
    assert told["due_at"].startswith("2026-11-21T20:00:00")
    for said in ("the ship date", "the tracking number is missing", "the carrier is Other, which needs a name"):
        assert said in told["message"]
    assert fed(due) == []
    due.erp_says("dispatch.json", dispatch(1, revision=1))
    due.once("2026-11-20T17:00:00Z")
    assert codes(due) == []
    assert len(fed(due)) == 1


@pytest.mark.requirement("66")
@pytest.mark.requirement("X1")
def test_an_order_that_nobody_ships_is_told_before_its_time_and_after_it(due: House) -> None:
    due.once("2026-11-21T15:00:00Z")
    assert codes(due) == []
    due.once("2026-11-21T16:30:00Z")
    assert case(due, "dispatch-due")["due_at"].startswith("2026-11-21T20:00:00")
    due.once("2026-11-21T20:30:00Z")
    assert codes(due) == ["dispatch-late"]
    due.erp_says("dispatch.json", dispatch(1, shipped_at="2026-11-21T20:40:00Z"))
    due.once("2026-11-21T20:45:00Z")
    assert codes(due) == []


@pytest.mark.requirement("66")
def test_a_confirmation_that_does_not_reach_amazon_is_told_before_its_time(due: House) -> None:
    out = due.folder / "amazon" / "out"
    out.rename(out.with_name("gone"))
    out.write_text("in the way")
    due.erp_says("dispatch.json", dispatch(1))
    due.once("2026-11-20T16:05:00Z")
    assert "dispatch-due" not in codes(due)
    due.once("2026-11-21T16:30:00Z")
    assert "whose confirmation has not reached Amazon" in case(due, "dispatch-due")["message"]
    out.unlink()
    out.with_name("gone").rename(out)
    (feed,) = (each["id"] for each in due.json("documents", "list") if each["type"] == "fulfilment-feed")
    due.run("documents", "resend", feed, "--reason", "the folder is there again", "--at", "2026-11-21T17:00:00Z")
    due.once("2026-11-21T17:05:00Z")
    assert len(fed(due)) == 1
    due.once("2026-11-21T18:05:00Z")
    assert "dispatch-due" not in codes(due)


def test_the_address_of_the_buyer_comes_with_a_revision(due: House) -> None:
    order = next(each for each in outs(due, "sales-order") if each["buyer"])
    assert (order["buyer"]["name"], order["buyer"]["street"]) == ("Sample Buyer", ["2 SAMPLE ST"])
    assert order["ship_by"] == "2026-11-21T20:00:00Z"


def test_an_order_that_amazon_ships_is_never_confirmed(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, channel="Amazon")))
    seller.once(NOV_20)
    seller.erp_says("dispatch.json", dispatch(1))
    seller.once(NOV_20)
    assert fed(seller) == []
    assert "Amazon ships this order itself" in case(seller, "dispatch-incomplete")["message"]


@pytest.mark.parametrize(("seller_name", "n"), [("nobody", 1), ("acme", 99)])
def test_a_dispatch_of_an_unknown_order_is_refused(due: House, seller_name: str, n: int) -> None:
    due.erp_says("dispatch.json", dispatch(n, seller=seller_name))
    due.once("2026-11-20T16:05:00Z")
    assert codes(due) == ["erp-document-unreadable"]


def test_of_two_revisions_that_came_together_the_last_one_is_told(due: House) -> None:
    due.erp_says("dispatch-0.json", dispatch(1))
    due.erp_says("dispatch-1.json", dispatch(1, revision=1, tracking="1Z2"))
    due.once("2026-11-20T16:05:00Z")
    assert [row[6] for row in fed(due)] == ["1Z2"]


def test_a_pending_order_is_never_confirmed(seller: House) -> None:
    seller.drop("orders.txt", orders(ordered(1, "Pending")))
    seller.once(NOV_20)
    seller.erp_says("dispatch.json", dispatch(1))
    seller.once("2026-11-20T16:05:00Z")
    assert "the payment of the order is pending" in case(seller, "dispatch-incomplete")["message"]
    assert fed(seller) == []


def test_an_order_that_is_known_only_because_amazon_shipped_it_is_never_confirmed(seller: House) -> None:
    seller.drop("shipments.txt", reports.table(reports.SHIPMENTS, reports.shipped(1)))
    seller.once(NOV_20)
    seller.erp_says("dispatch.json", dispatch(1))
    seller.once("2026-11-20T16:05:00Z")
    assert "Amazon ships this order itself" in case(seller, "dispatch-incomplete")["message"]
    assert fed(seller) == []
