"""From the ERP's shipment to the ship notice: quantities, packs, places, times, and what keeps a notice from going."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.catalogue import Booked, Gap, Location, to_erp, to_partner_ship_notice
from gateway.catalogue.booked import Dropped
from gateway.documents import Moment, Shipment, ShipNotice
from tests.catalogue.shop import ACCOUNT, ITEMS, a_case, a_line, an_order

LEFT_AT = datetime(2026, 11, 26, 3, 15, tzinfo=UTC)
PLACES = (
    Location(code="W1", role="ship-from", name="HALL 1", city="RENO", time_zone="America/Los_Angeles"),
    Location(code="F1", role="ship-to", partner="shop", name="FC 1", city="PHOENIX"),
)


def booked(**changes: Any) -> Booked:
    order = an_order(a_line(), a_case(), **{"vendor": {"code": "V7"}, "freight": "prepaid"} | changes)
    return Booked(order=order, sales_order=to_erp(order, "shop", ACCOUNT, ITEMS).document, account=ACCOUNT)


def a_pack(*contents: tuple[str, str], **changes: Any) -> dict[str, Any]:
    items = [{"purchase_order": "P7", "line": line, "quantity": quantity} for line, quantity in contents]
    return {"sscc": "003600029000000031", "type": "carton", "items": items} | changes


def a_shipment(*packs: dict[str, Any], **changes: Any) -> Shipment:
    places = {"ship_from": {"code": "W1"}, "ship_to": {"code": "F1"}, "shipped_at": LEFT_AT}
    head = {"partner": "shop", "shipment": "S7", **places, "packs": packs}
    return Shipment.model_validate(head | changes)


def noticed(
    shipment: Shipment, places: tuple[Location, ...] = PLACES, order: Booked | None = None, **options: Any
) -> tuple[ShipNotice | None, tuple[Gap, ...]]:
    given: dict[str, Any] = {"partner": "shop", "purpose": "original", "issued_at": LEFT_AT} | options
    return to_partner_ship_notice(shipment, {"P7": order or booked()}, places, **given)


def the_notice(shipment: Shipment, **options: Any) -> ShipNotice:
    notice, gaps = noticed(shipment, **options)
    assert gaps == ()
    assert notice is not None
    return notice


@pytest.mark.requirement("V16")
def test_goods_go_back_in_the_ordered_unit_id_and_line() -> None:
    notice = the_notice(a_shipment(a_pack(("2", "27")), a_pack(("1", "5"), ("2", "9"), sscc=None)))
    said = [
        (i.purchase_order, i.line, str(i.shipped.value), i.shipped.code, str(i.ids))
        for p in notice.packs
        for i in p.items
    ]
    case, each = str(((("UK",), "10614141543219"),)), str(((("UP",), "036000291452"),))
    assert said == [("P7", "2", "3", "CA", case), ("P7", "1", "5", "EA", each), ("P7", "2", "1", "CA", case)]


def without_line_2(**dropped: Dropped) -> Booked:
    """What is left of the order is nothing for the ERP, so it has no later sales order."""
    lines = {line.removeprefix("line"): was for line, was in dropped.items()}
    return Booked(order=an_order(a_line()), sales_order=booked().sales_order, account=ACCOUNT, dropped=lines)


def test_a_line_that_the_partner_took_away_goes_as_it_was_ordered_and_booked() -> None:
    """Whether it may leave is the gate's to say."""
    was = booked()
    dropped = Dropped(ordered=was.ordered_line("2"), sold=was.lines["2"], dropped_at=LEFT_AT)
    after = without_line_2(line2=dropped)
    assert list(after.lines) == ["1"]
    notice, gaps = noticed(a_shipment(a_pack(("2", "27"))), order=after)
    assert gaps == ()
    assert notice is not None
    (item,) = notice.packs[0].items
    assert (item.line, str(item.shipped.value), item.shipped.code, item.ids) == (
        *("2", "3", "CA"),
        ((("UK",), "10614141543219"),),
    )
    _, gaps = noticed(a_shipment(a_pack(("2", "28"))), order=after)
    assert [(gap.rule, gap.line) for gap in gaps] == [("not-integral", "2")]


def test_a_line_of_which_nobody_knows_that_it_was_booked_cannot_be_shipped() -> None:
    notice, gaps = noticed(a_shipment(a_pack(("2", "27"))), order=without_line_2())
    assert notice is None
    assert [(gap.rule, gap.line) for gap in gaps] == [("line-unknown", "2")]


def test_lot_and_expiry_stay_with_their_goods() -> None:
    pack = a_pack(("1", "24"))
    pack["items"][0] |= {"lot": "L1", "expires_on": "2027-05-31"}
    (item,) = the_notice(a_shipment(pack)).packs[0].items
    assert (item.lot, item.expires_on) == ("L1", date(2027, 5, 31))


def test_times_are_those_of_the_place_the_goods_leave() -> None:
    """It is still the 25th in Reno."""
    notice = the_notice(a_shipment(a_pack(("1", "24")), estimated_delivery="2026-11-28"))
    assert notice.transport is not None
    assert notice.transport.shipped == notice.issued_at == Moment(on=date(2026, 11, 25), at="19:15")
    assert notice.transport.estimated_delivery == Moment(on=date(2026, 11, 28))
    abroad = the_notice(a_shipment(a_pack(("1", "24"))), local_times=False)
    assert abroad.transport is not None
    assert abroad.transport.shipped == Moment(on=date(2026, 11, 26), at="03:15")


def test_parties_come_from_the_locations_and_the_order() -> None:
    notice = the_notice(a_shipment(a_pack(("1", "24"))), purpose="replace")
    assert (notice.purpose, notice.number) == ("replace", "S7")
    assert notice.ship_from is not None
    assert (notice.ship_from.code, notice.ship_from.name, notice.ship_from.city) == ("W1", ("HALL 1",), "RENO")
    assert notice.ship_to is not None
    assert (notice.ship_to.code, notice.ship_to.city) == ("F1", "PHOENIX")
    assert notice.vendor == booked().order.vendor


def test_where_the_erp_names_no_place_the_accounts_warehouse_and_the_orders_address_stand() -> None:
    account = ACCOUNT.__class__(**{name: getattr(ACCOUNT, name) for name in ACCOUNT.__slots__} | {"warehouse": "W1"})
    order = Booked(order=booked().order, sales_order=booked().sales_order, account=account)
    notice, gaps = noticed(a_shipment(a_pack(("1", "24")), ship_from=None, ship_to=None), order=order)
    assert gaps == ()
    assert notice is not None
    assert notice.ship_from is not None
    assert notice.ship_from.code == "W1"
    assert notice.ship_to == order.order.ship_to


def test_freight_is_the_orders_else_the_accounts() -> None:
    assert the_notice(a_shipment(a_pack(("1", "24")))).transport.freight == "prepaid"  # type: ignore[union-attr]
    notice = the_notice(a_shipment(a_pack(("1", "24"))), order=booked(freight=None))
    assert notice.transport is not None
    assert notice.transport.freight is None


def test_what_is_absent_stays_absent() -> None:
    notice = the_notice(a_shipment(a_pack(("1", "24"), sscc=None), shipped_at=None))
    assert notice.carrier is None
    assert notice.transport is not None
    assert (notice.transport.carrier, notice.transport.shipped, notice.transport.mode) == (None, None, None)
    assert (notice.packs[0].sscc, notice.packs[0].tracking, notice.packs[0].weight) == (None, None, None)


def test_cartons_are_counted_where_there_are_no_pallets_and_else_the_pallets() -> None:
    loose = the_notice(a_shipment(a_pack(("1", "12")), a_pack(("1", "12"), sscc=None, type=None)))
    assert loose.load is not None
    assert (loose.load.cartons, loose.load.pallets) == (2, None)
    assert [pack.kind for pack in loose.packs] == ["carton", "carton"]
    pallet = a_pack(sscc="00003600029000000048", type="Pallet")
    stacked = the_notice(a_shipment(pallet, a_pack(("1", "24"), within="003600029000000048")))
    assert stacked.load is not None
    assert (stacked.load.cartons, stacked.load.pallets) == (None, 1)
    assert [(p.sscc, p.kind, p.within) for p in stacked.packs] == [
        ("003600029000000048", "pallet", None),  # without the application identifier of the label
        ("003600029000000031", "carton", "003600029000000048"),
    ]


def test_weights_and_lengths_are_converted_exactly() -> None:
    size = {"length": "10", "width": "4.5", "unit": "in"}
    pack = a_pack(("1", "24"), gross_weight={"value": "5.5", "unit": "LB"}, size=size)
    metric = a_pack(
        ("1", "0"), gross_weight={"value": "8.20", "unit": "kg"}, size={"height": "30", "unit": "cm"}, sscc=None
    )
    notice = the_notice(a_shipment(pack, metric, gross_weight={"value": "38.4", "unit": "lb"}))
    imperial, other = notice.packs
    assert imperial.weight == Decimal("2.494758035")
    assert (imperial.length, imperial.width, imperial.height) == (Decimal("25.4"), Decimal("11.43"), None)
    assert (str(other.weight), other.height) == ("8.20", Decimal(30))
    assert notice.load is not None
    assert notice.load.gross_weight is not None
    assert (notice.load.gross_weight.value, notice.load.gross_weight.unit) == (Decimal("38.4"), "lb")


@pytest.mark.parametrize(
    ("word", "mode"),
    [("parcel", "road"), ("LTL", "road"), ("Small Parcel", "road"), ("ocean", "sea"), ("rail", "rail"), ("air", "air")],
)
def test_the_erps_word_for_travelling_is_one_of_four_ways(word: str, mode: str) -> None:
    notice = the_notice(a_shipment(a_pack(("1", "24")), mode=word, carrier={"scac": "ABCD"}))
    assert notice.transport is not None
    assert (notice.transport.mode, notice.transport.carrier) == (mode, "ABCD")
    assert notice.carrier is not None
    assert notice.carrier.scac == "ABCD"


def test_a_way_to_travel_without_a_meaning_is_a_warning_beside_the_notice() -> None:
    notice, gaps = noticed(a_shipment(a_pack(("1", "24")), mode="pigeon"))
    assert notice is not None
    assert [(gap.rule, gap.severity, gap.evidence) for gap in gaps] == [("mode-unknown", "warn", {"mode": "pigeon"})]


NO_ZONE = (Location(code="W1", role="ship-from"), PLACES[1])


@pytest.mark.requirement("V5")
@pytest.mark.parametrize(
    ("shipment", "places", "rules"),
    [
        (a_shipment(a_pack(("2", "10"))), PLACES, [("not-integral", "2")]),
        (a_shipment(a_pack(("1", "-1"))), PLACES, [("not-integral", "1")]),
        (a_shipment(a_pack(("9", "1"))), PLACES, [("line-unknown", "9")]),
        (a_shipment(a_pack(("1", "1"))), PLACES[1:], [("location-missing", None)]),
        (a_shipment(a_pack(("1", "1"))), PLACES[:1], [("location-missing", None)]),
        (a_shipment(a_pack(("1", "1"))), NO_ZONE, [("time-zone-missing", None)]),
        (a_shipment(a_pack(("1", "1")), ship_from=None), PLACES, [("time-zone-missing", None)]),
        (a_shipment(a_pack(("1", "1"), type="drum")), PLACES, [("pack-kind-unknown", None)]),
        (a_shipment(a_pack(("1", "1"), within="0")), PLACES, [("pallet-unknown", None)]),
        (
            a_shipment(a_pack(("1", "1"), type="pallet", within="003600029000000031")),
            PLACES,
            [("pallet-unknown", None)],
        ),
        (a_shipment(a_pack(("1", "1"), gross_weight={"value": "1", "unit": "st"})), PLACES, [("unit-unknown", None)]),
        (a_shipment(a_pack(("1", "1"), size={"length": "1", "unit": "ft"})), PLACES, [("unit-unknown", None)]),
        (a_shipment(a_pack(("1", "1")), gross_weight={"value": "1", "unit": "t"}), PLACES, [("unit-unknown", None)]),
    ],
)
def test_what_keeps_a_notice_from_being_given_is_a_gap(
    shipment: Shipment, places: tuple[Location, ...], rules: list[tuple[str, str | None]]
) -> None:
    notice, gaps = noticed(shipment, places)
    assert notice is None
    assert [(gap.rule, gap.line) for gap in gaps] == rules


def test_a_shipment_of_an_order_nobody_knows_is_a_gap() -> None:
    notice, gaps = to_partner_ship_notice(
        a_shipment(a_pack(("1", "1"))), {}, PLACES, partner="shop", purpose="original", issued_at=LEFT_AT
    )
    assert notice is None
    assert [(gap.rule, gap.evidence["purchase_order"]) for gap in gaps] == [("order-unknown", "P7")]


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../etc", "America", ""])
def test_a_time_zone_that_is_none_is_a_gap(zone: str) -> None:
    place = Location(code="W1", role="ship-from", time_zone=zone)
    notice, gaps = noticed(a_shipment(a_pack(("1", "1"))), (place, PLACES[1]))
    assert notice is None
    assert [gap.rule for gap in gaps] == ["time-zone-missing"]
    assert "time_zone of W1" in gaps[0].remedy
