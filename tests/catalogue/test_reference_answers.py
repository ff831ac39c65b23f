"""The ERP documents of the reference give its messages, segment by segment, where the reference is at hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gateway.catalogue import (
    read_locations,
    read_terms,
    to_partner_invoice,
    to_partner_response,
    to_partner_ship_notice,
)
from tests.catalogue.reference import AT_HAND, EXAMPLES, booked, erp, expected, sent

pytestmark = AT_HAND
ORDERS = {"4XK7PL2Q": "amzn_850_retail.edi", "1AB2TEST": "amzn_ORDERS.edi"}
MESSAGES = {"amazon-us": ("855", "856", "810"), "amazon-eu": ("ORDRSP", "DESADV", "INVOIC")}


@pytest.mark.parametrize(
    ("partner", "number", "order", "file", "vat_rate"),
    [
        ("amazon-us", "4XK7PL2Q", "amzn_850_retail.edi", "vendor_855.edi", None),
        ("amazon-us", "T0000001", "amzn_850_T0000001.edi", "vendor_855_T0000001.edi", None),
        ("amazon-eu", "1AB2TEST", "amzn_ORDERS.edi", "vendor_ORDRSP.edi", Decimal(19)),
        ("amazon-eu", "T0000001", "amzn_ORDERS_T0000001.edi", "vendor_ORDRSP_T0000001.edi", Decimal(19)),
    ],
)
def test_the_answers_of_the_reference_give_its_messages(
    partner: str, number: str, order: str, file: str, vat_rate: Decimal | None
) -> None:
    rejected = {"2": "invalid_item"} if number == "T0000001" else {}
    response, gaps = to_partner_response(
        erp(f"order-response.{partner}.{number}"),
        booked(partner, order, leave_out=frozenset(rejected)),
        rejected=rejected,
        issued_on=date(2026, 11, 20),
        vat_rate=vat_rate,
    )
    assert gaps == ()
    assert response is not None
    assert sent(response, partner, MESSAGES[partner][0]) == expected(file)


@pytest.mark.parametrize(
    ("partner", "order", "shipment", "issued_at", "file"),
    [
        ("amazon-us", "4XK7PL2Q", "SHP0001234", datetime(2026, 11, 26, 14, 20, tzinfo=UTC), "vendor_856_SOPI.edi"),
        ("amazon-us", "4XK7PL2Q", "SHP0001250", datetime(2026, 12, 1, 15, 12, tzinfo=UTC), "vendor_856_second.edi"),
        ("amazon-eu", "1AB2TEST", "DES0000123", datetime(2026, 11, 25, 14, 0, tzinfo=UTC), "vendor_DESADV.edi"),
    ],
)
def test_the_shipments_of_the_reference_give_its_messages(
    partner: str, order: str, shipment: str, issued_at: datetime, file: str
) -> None:
    locations, _ = read_locations((EXAMPLES / "locations.csv").read_bytes())
    notice, gaps = to_partner_ship_notice(
        erp(f"shipment.{partner}.{shipment}"),
        {order: booked(partner, ORDERS[order])},
        locations,
        partner=partner,
        purpose="original",
        issued_at=issued_at,
    )
    assert gaps == ()
    assert notice is not None
    assert sent(notice, partner, MESSAGES[partner][1]) == expected(file)


@pytest.mark.parametrize(
    ("partner", "order", "invoice", "shipment", "file"),
    [
        ("amazon-us", "4XK7PL2Q", "INV000987", "SHP0001234", "vendor_810.edi"),
        ("amazon-eu", "1AB2TEST", "RE20260042", "DES0000123", "vendor_INVOIC.edi"),
    ],
)
def test_the_invoices_of_the_reference_give_its_messages(
    partner: str, order: str, invoice: str, shipment: str, file: str
) -> None:
    locations, _ = read_locations((EXAMPLES / "locations.csv").read_bytes())
    terms, _ = read_terms((EXAMPLES / "terms.csv").read_bytes())
    document, gaps = to_partner_invoice(
        erp(f"invoice.{partner}.{invoice}"),
        {order: booked(partner, ORDERS[order])},
        erp(f"shipment.{partner}.{shipment}"),
        locations,
        terms,
        partner=partner,
        purpose="original",
    )
    assert gaps == ()
    assert document is not None
    assert sent(document, partner, MESSAGES[partner][2]) == expected(file)
