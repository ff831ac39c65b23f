"""What is offered: the pool, less what is kept back, less what pending orders hold; and never what Amazon ships."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import AvailabilityUpdate
from gateway.stock.availability import Buffer, Channels, Offer, changed, channel_of, channels_of, offers
from gateway.stock.feed import write_feed
from gateway.stock.levels import FBA, MERCHANT

D = Decimal
NO_BUFFER = Buffer()


def offered(
    pool: str | int,
    buffer: Buffer = NO_BUFFER,
    pending: int = 0,
    buffers: dict[str, Buffer] | None = None,
) -> Decimal:
    """What is offered of one item that we ship."""
    found = offers({"A": D(pool)}, {"A": "A"}, Channels(), buffers or {}, buffer, {"A": D(pending)})
    return found[0].quantity


@pytest.mark.requirement("34")
@pytest.mark.parametrize(
    ("pool", "buffer", "pending", "wanted"),
    [(30, Buffer(D(5)), 3, 22), (30, Buffer(percent=10), 0, 27), (4, Buffer(D(5)), 0, 0), (3, NO_BUFFER, 9, 0)],
)
def test_an_offer_is_the_pool_less_buffer_less_pending(pool: int, buffer: Buffer, pending: int, wanted: int) -> None:
    assert offered(pool, buffer, pending) == wanted


@pytest.mark.requirement("64")
def test_a_share_is_rounded_up_and_a_pool_down() -> None:
    assert offered(11, Buffer(percent=10)) == 9
    assert offered("10.5") == 10


@pytest.mark.requirement("64")
def test_the_buffer_of_a_sku_takes_the_place_of_the_one_for_all() -> None:
    assert offered(30, Buffer(D(5)), buffers={"A": Buffer(D(1))}) == 29
    by_listing = offers({"A": D(30)}, {"A-M": "A"}, Channels(), {"A-M": Buffer(D(2))}, NO_BUFFER, {})
    assert by_listing[0].quantity == 28


@pytest.mark.requirement("64")
@given(
    pool=st.decimals(-50, 500, places=1),
    pieces=st.integers(0, 60).map(Decimal),
    percent=st.integers(0, 100),
    pending=st.integers(0, 60).map(Decimal),
)
def test_no_offer_is_negative_or_more_than_is_left(
    pool: Decimal, pieces: Decimal, percent: int, pending: Decimal
) -> None:
    for buffer in (Buffer(pieces), Buffer(percent=percent)):
        quantity = offered(str(pool), buffer, int(pending))
        assert quantity >= 0
        assert quantity == quantity.to_integral_value()
        assert quantity <= max(pool - buffer.of(pool) - pending, D(0))


def test_an_item_is_offered_under_each_name_that_we_ship_it_under() -> None:
    channels = Channels(frozenset({"A-FBA"}), frozenset({"A-M", "A-M2"}))
    names = {"A-M": "A", "A-M2": "A", "A-FBA": "A"}
    found = offers({"A": D(7)}, names, channels, {}, NO_BUFFER, {"A": D(2)})
    assert [(each.sku, each.item, int(each.quantity)) for each in found] == [("A-M", "A", 5), ("A-M2", "A", 5)]


def test_an_item_without_stock_in_a_pool_is_not_offered() -> None:
    assert offers({}, {"A": "A"}, Channels(), {}, NO_BUFFER, {}) == []


@pytest.mark.requirement("46")
@given(
    listings=st.lists(st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from(["DEFAULT", "AMAZON_NA", ""]))),
    inventories=st.lists(st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from([FBA, MERCHANT]))),
    stock=st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 99).map(Decimal)),
)
def test_a_sku_that_any_report_says_amazon_ships_is_never_offered(
    listings: list[dict[str, str]], inventories: list[dict[str, str]], stock: dict[str, Decimal]
) -> None:
    told = [{sku: channel_of(channel) for sku, channel in each.items()} for each in listings]
    fba = {sku for each in (*told, *inventories) for sku, channel in each.items() if channel == FBA}
    found = offers(stock, {sku: sku for sku in stock}, channels_of(told, inventories), {}, NO_BUFFER, {})
    assert not fba & {each.sku for each in found}
    if listings:
        ours = {sku for each in told for sku, channel in each.items() if channel == MERCHANT}
        assert {each.sku for each in found} == (ours - fba) & stock.keys()
    else:
        assert {each.sku for each in found} == stock.keys() - fba


@pytest.mark.requirement("61")
def test_only_what_changed_is_sent() -> None:
    wanted = [Offer("A", "A", D(5)), Offer("B", "B", D(6)), Offer("C", "C", D(7))]
    assert [each.sku for each in changed(wanted, {"A": D(5), "B": D(5)})] == ["B", "C"]
    assert changed(wanted, {each.sku: each.quantity for each in wanted}) == []


@pytest.mark.requirement("31")
def test_the_feed_merges_one_quantity_into_the_merchants_own_channel() -> None:
    update = AvailabilityUpdate(
        id="acme:availability-update:n",
        seller="acme",
        offered_at=datetime(2026, 11, 21, tzinfo=UTC),
        lines=(Offer("A", "A", D(5)).line(), Offer("Ü-2", "B", D(0)).line()),
    )
    feed = json.loads(write_feed(update, "A1MERCHANT"))
    assert feed["header"] == {"sellerId": "A1MERCHANT", "version": "2.0", "issueLocale": "en_US"}
    assert [(each["messageId"], each["sku"]) for each in feed["messages"]] == [(1, "A"), (2, "Ü-2")]
    first = feed["messages"][0]
    assert (first["operationType"], first["productType"]) == ("PATCH", "PRODUCT")
    assert first["patches"] == [
        {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 5}],
        }
    ]
    assert update.number == "availability"
    assert update.name_parts == ("acme", "n")
