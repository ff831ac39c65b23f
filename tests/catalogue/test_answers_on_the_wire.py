"""What the conversions make can be said to a partner whole: pallets, ways to travel, reasons, charges, credit notes."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.catalogue import Booked, to_erp, to_partner_invoice, to_partner_response, to_partner_ship_notice
from gateway.documents import ErpOrderResponse, Invoice, ShipNotice
from tests.catalogue.reference import sent
from tests.catalogue.shop import ACCOUNT, ITEMS, a_line, an_order
from tests.catalogue.test_invoice_conversion import TERMS, US, an_invoice
from tests.catalogue.test_shipment_conversion import LEFT_AT, PLACES, a_pack, a_shipment

PALLET = "003600029000000048"
CARTONS = ("003600029000000031", "003600029000000055", "003600029000000062")


def booked() -> Booked:
    order = an_order(a_line(), vendor={"code": "V7"})
    return Booked(order=order, sales_order=to_erp(order, "shop", ACCOUNT, ITEMS).document, account=ACCOUNT)


def a_notice(**changes: Any) -> ShipNotice:
    """A pallet with two cartons, and a carton that stands on none."""
    first, second, loose = CARTONS
    packs = (
        a_pack(("1", "12"), sscc=first, within=PALLET),
        a_pack(sscc=PALLET, type="pallet"),
        a_pack(("1", "6"), sscc=second, within=PALLET),
        a_pack(("1", "6"), sscc=loose),
    )
    notice, gaps = to_partner_ship_notice(
        a_shipment(*packs, **changes), {"P7": booked()}, PLACES, partner="shop", purpose="original", issued_at=LEFT_AT
    )
    assert gaps == ()
    assert notice is not None
    return notice


def test_an_856_hangs_cartons_on_the_tare_they_stand_on() -> None:
    said = sent(a_notice(), "amazon-us", "856")
    levels = [segment.removeprefix("HL*") for segment in said if segment.startswith("HL*")]
    assert levels == ["1**S", "2*1*O", "3*2*T", "4*3*P", "5*4*I", "6*3*P", "7*6*I", "8*2*P", "9*8*I"]
    labels = [segment.removeprefix("MAN*GM*") for segment in said if segment.startswith("MAN*")]
    assert labels == [PALLET, *CARTONS]
    assert "TD1*PLT*1" in said
    assert said[-1] == "CTT*9"


def test_a_desadv_points_from_cartons_to_the_pallet_they_stand_on() -> None:
    said = sent(a_notice(), "amazon-eu", "DESADV")
    found = [segment for segment in said if segment.startswith(("CPS+", "PAC+", "GIN+"))]
    carton = "PAC+1+:52+PK"
    first, second, loose = CARTONS
    assert found == [
        *("CPS+1", "PAC+1++201"),
        *("CPS+2+1", "PAC+1++201", f"GIN+BJ+{PALLET}"),
        *("CPS+3+2", carton, f"GIN+BJ+{first}"),
        *("CPS+4+2", carton, f"GIN+BJ+{second}"),
        *("CPS+5+1", carton, f"GIN+BJ+{loose}"),
    ]
    assert said[-1] == "CNT+1:24"


@pytest.mark.parametrize(
    ("word", "transport"),
    [("ltl", "TDT+20++30+31"), ("ocean", "TDT+20++10+13"), ("rail", "TDT+20++20+25"), ("air", "TDT+20++40+41")],
)
def test_a_desadv_says_how_the_goods_travel(word: str, transport: str) -> None:
    assert transport in sent(a_notice(mode=word), "amazon-eu", "DESADV")


@pytest.mark.parametrize(
    ("reason", "acknowledged", "quantity"),
    [
        ("out_of_stock", "ACK*IR*24", "QTY+185:24"),
        ("invalid_item", "ACK*R2*24", "QTY+182:24"),
        ("discontinued", "ACK*R3*24", "QTY+182:24"),
        ("minimum", "ACK*CQ*24", "QTY+185:24"),
        ("price", "ACK*R1*24", "QTY+182:24"),
    ],
)
def test_every_reason_has_a_code_in_both_standards(reason: str, acknowledged: str, quantity: str) -> None:
    order = an_order(a_line(), vendor={"code": "V7"})
    sales_order = to_erp(order, "shop", ACCOUNT, ITEMS).document
    line = {"line": "1", "rejected": Decimal(24), "reason": reason}
    answer = ErpOrderResponse.model_validate({"partner": "shop", "purchase_order": "P7", "lines": [line]})
    response, _ = to_partner_response(
        answer, Booked(order=order, sales_order=sales_order, account=ACCOUNT), issued_on=LEFT_AT.date()
    )
    assert response is not None
    assert f"{acknowledged}*EA" in sent(response, "amazon-us", "855")
    pieces = [segment for segment in sent(response, "amazon-eu", "ORDRSP") if segment.startswith("QTY+")]
    assert pieces == [f"{quantity}:EA"]


def the_invoice(**changes: Any) -> Invoice:
    line = {"purchase_order": "P7", "line": "1", "quantity": "24", "amount": "174"}
    priced = line | {"price": {"amount": "7.25", "per": "1", "unit": "each"}}
    invoice, gaps = to_partner_invoice(
        an_invoice(priced, **changes), {"P7": booked()}, None, (US,), TERMS, partner="shop", purpose="original"
    )
    assert gaps == ()
    assert invoice is not None
    return invoice


def test_charges_and_allowances_are_said_in_both_standards() -> None:
    charges = [{"kind": "freight", "amount": "12.5", "description": "TO FC"}, {"kind": "discount", "amount": "-3"}]
    invoice = the_invoice(charges=charges, total="183.5")
    said = sent(invoice, "amazon-us", "810")
    assert [segment for segment in said if segment.startswith("SAC")] == [
        "SAC*C*D240***1250**********TO FC",
        "SAC*A*C310***300",
    ]
    said = sent(invoice, "amazon-eu", "INVOIC")
    assert [segment for segment in said if segment.startswith(("ALC", "MOA+8:"))] == [
        *("ALC+C++++FC:::TO FC", "MOA+8:12.50:USD:4"),
        *("ALC+A++++DI", "MOA+8:3.00:USD:4"),
    ]


def test_a_credit_note_names_its_invoice_in_both_standards() -> None:
    invoice = the_invoice(kind="credit-note", credits="I6")
    said = sent(invoice, "amazon-us", "810")
    assert said[0].split("*")[7] == "CR"
    assert "REF*IV*I6" in said
    said = sent(invoice, "amazon-eu", "INVOIC")
    assert said[0] == "BGM+381+I7+9"
    assert "RFF+IV:I6" in said
