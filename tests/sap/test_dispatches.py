"""Deliveries of buyers' orders in several packages: no tracking number is lost, and none has too much under it."""

from typing import Any

from gateway.documents.fulfilment import DispatchConfirmation
from gateway.documents.sap import SapCarrier, SapContent, SapDelivery, SapHandlingUnit
from gateway.sap.deliveries import from_sap_delivery
from tests.sap.shop import PROFILE, a_sale, knowing
from tests.sap.test_deliveries import OTHER, SSCC, UPPER, content, delivery, sold, unit

SALE = a_sale()
ORDER = SALE.purchase_order


def package(label: str, tracking: str | None, *contents: SapContent) -> SapHandlingUnit:
    return unit(label, *contents, carrier=SapCarrier(tracking=tracking) if tracking else None)


def sent(*units: SapHandlingUnit, **changes: Any) -> SapDelivery:
    items = (sold(ORDER, "000010", "3.000"), sold(ORDER, "000020"))
    return delivery(**({"items": items, "units": units, "carrier": SapCarrier(code="DHL")} | changes))


def told(said: SapDelivery) -> list[tuple[str, str, str | None, list[int]]]:
    found, findings = from_sap_delivery(said, "acme", PROFILE, knowing(SALE))
    assert findings == ()
    confirmations = [each for each in found if isinstance(each, DispatchConfirmation)]
    return [
        (each.order, each.shipment, each.tracking, [int(line.quantity) for line in each.lines])
        for each in confirmations
    ]


def complaint(said: SapDelivery) -> str:
    found, (finding,) = from_sap_delivery(said, "acme", PROFILE, knowing(SALE))
    assert found == ()
    return finding.message


def test_each_tracking_number_has_a_confirmation_of_what_travels_under_it() -> None:
    first = package(SSCC, "1Z2", content("1.000"), content("1.000", "000020"))
    said = sent(first, package(OTHER, "1Z1", content("2.000")))
    assert told(said) == [(ORDER, "80000123", "1Z1", [2]), (ORDER, "80000123.1Z2", "1Z2", [1, 1])]


def test_what_is_in_no_package_with_a_number_goes_under_that_of_the_delivery() -> None:
    said = sent(
        package(SSCC, "1Z9", content("2.000")),
        package(OTHER, None, content("1.000")),
        carrier=SapCarrier(tracking="1Z1"),
    )
    assert told(said) == [(ORDER, "80000123", "1Z1", [1, 1]), (ORDER, "80000123.1Z9", "1Z9", [2])]


def test_packages_stand_on_one_that_has_the_number() -> None:
    lower = tuple(SapContent(kind="3", unit_id=label) for label in (SSCC, OTHER))
    inner = package(SSCC, None, content("3.000")), package(OTHER, "1Z2", content("1.000", "000020"))
    assert told(sent(package(UPPER, "1Z1", *lower), *inner)) == [
        (ORDER, "80000123", "1Z1", [3]),
        (ORDER, "80000123.1Z2", "1Z2", [1]),
    ]


def test_several_numbers_of_which_nobody_says_what_they_hold_are_not_cut() -> None:
    message = complaint(sent(package(SSCC, "1Z1", content("3.000")), package(OTHER, "1Z2")))
    assert "tracking numbers 1Z1, 1Z2, and 1 pieces of item 000020 are in none of them" in message


def test_packages_do_not_hold_more_than_is_delivered() -> None:
    packages = package(SSCC, "1Z1", content("3.000")), package(OTHER, "1Z2", content("1.000"), content("1", "000020"))
    assert "hold 4 pieces of item 000010, 3 are delivered" in complaint(sent(*packages))
