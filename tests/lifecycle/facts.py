"""The order that is explored, and the files that partner and ERP may send about it.

Its first line is ordered in pieces, the second in cases of PACK pieces, and so on in turn.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.documents.base import plain
from tests.lifecycle.world import PARTNER

ORDER = "4XK7PL2Q"
PACK = 5
"""Pieces a case. Not 2 to 4: half of the three cases would look like cases counted as pieces (rule unit-mix-up)."""

CASE_ID = "10614141000026"
_EACH = ("EA", "7.25", "1", "UP", "614141000012")
_CASE = ("CA", "43.5", str(PACK), "UK", CASE_ID)
_HEAD = "sku,partner,partner_item,scheme,gtin_each,gtin_case,case_pack,status,base_price,lot_tracked,expiry_tracked"
MASTERS = {
    "items.csv": f"{_HEAD},valid_from\n"
    f"ACME-1,{PARTNER},614141000012,UP,614141000012,,,active,7.25,no,no,2026-01-01\n"
    f"ACME-26,{PARTNER},{CASE_ID},UK,614141000029,{CASE_ID},{PACK},active,8.70,no,no,2026-01-01\n",
    "locations.csv": "code,scheme,partner,role,name,street,city,region,postcode,country,time_zone,vat_id\n"
    f"PHX6,92,{PARTNER},ship-to,AMAZON,1 WAREHOUSE RD,PHOENIX,AZ,85043,US,America/Phoenix,\n"
    f"ACME1,92,{PARTNER},ship-from,ACME DC,1 MAIN ST,RENO,NV,89501,US,America/Los_Angeles,\n"
    "acme,,,company,ACME INC,1 MAIN ST,RENO,NV,89501,US,America/Los_Angeles,\n",
    "terms.csv": "account,net_days,tax_rate\nACME1,60,0\n",
}


def is_case(line: int) -> bool:
    """Whether a line (counted from 0) is ordered in cases."""
    return line % 2 == 1


def factor(line: int) -> int:
    """Pieces in one ordered unit of a line."""
    return PACK if is_case(line) else 1


def order(quantities: tuple[int, ...], purpose: str, control: int) -> bytes:
    """An 850 with so many ordered units of each line."""
    body = [f"BEG*{purpose}*NE*{ORDER}**20261120", "REF*CR*ACME1", "FOB*CC", "CSH*Y", "DTM*064*20261125"]
    body += ["DTM*063*20261202", "N1*ST**92*PHX6"]
    for number, quantity in enumerate(quantities, 1):
        unit, price, _, scheme, item = _CASE if is_case(number - 1) else _EACH
        body.append(f"PO1*{number}*{quantity}*{unit}*{price}*PE*{scheme}*{item}")
    return _sealed("PO", "850", [*body, f"CTT*{len(quantities)}"], control)


def verdict(group: str, kind: str, message: str, code: str, control: int) -> bytes:
    """A 997 about one group of ours: A or R."""
    body = [f"AK1*{kind}*{group}", f"AK2*{message}*0001", f"AK5*{code}", f"AK9*{code}*1*1*{int(code == 'A')}"]
    return _sealed("FA", "997", body, control)


def advice(group: str, message: str, control: int) -> bytes:
    """An 824 that refuses what a group of ours holds, after its translator had taken it."""
    body = ["BGN*11*7*20261121", f"OTI*TR*TN*{group}*5551234567*AMAZON*20261120*2101*{group}*0001*{message}*004010"]
    return _sealed("AG", "824", [*body, "TED*024*OTHER"], control)


def _sealed(kind: str, message: str, body: list[str], control: int) -> bytes:
    isa = (
        f"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*{control:09}*0*P*>"
    )
    segments = [isa, f"GS*{kind}*AMAZON*5551234567*20261120*2101*{control}*X*004010", f"ST*{message}*0001", *body]
    segments += [f"SE*{len(body) + 2}*0001", f"GE*1*{control}", f"IEA*1*{control:09}"]
    return "".join(f"{segment}~\n" for segment in segments).encode()


def result(word: str) -> dict[str, Any]:
    """The ERP's posting result."""
    number, message = ("SO-1", None) if word == "booked" else (None, "the customer is blocked")
    about = {"document": "posting-result", "version": 1, "id": f"{PARTNER}:{ORDER}"}
    return {**about, "result": word, "number": number, "message": message}


@dataclass(frozen=True)
class Split:
    """What becomes of one line, in pieces."""

    accepted: int
    backordered: int = 0
    rejected: int = 0
    is_dated: bool = True


def answer(revision: int, splits: tuple[Split | None, ...]) -> dict[str, Any]:
    """The ERP's order response; a line that is None is left out."""
    lines = [
        {
            "line": str(number),
            "accepted": str(split.accepted),
            "ships_on": "2026-11-26" if split.accepted else None,
            "backordered": str(split.backordered),
            "backorder_until": "2026-12-01" if split.backordered and split.is_dated else None,
            "rejected": str(split.rejected),
            "reason": "out_of_stock" if split.rejected else None,
        }
        for number, split in enumerate(splits, 1)
        if split is not None
    ]
    head = {"document": "order-response", "version": 1, "partner": PARTNER, "purchase_order": ORDER}
    return {**head, "revision": revision, "lines": lines}


def shipment(number: int, revision: int, pieces: tuple[int, ...], slip: str, now: datetime) -> dict[str, Any]:
    """The ERP's shipment: a carton a line. `slip` is what is wrong with it: carrier, label, or nothing."""
    packs = [
        {
            "sscc": label(number, line, is_right=slip != "label"),
            "type": "carton",
            "tracking": f"1Z{number}{line}",
            "items": [{"purchase_order": ORDER, "line": str(line + 1), "quantity": str(quantity)}],
        }
        for line, quantity in enumerate(pieces)
        if quantity
    ]
    return {
        "document": "shipment",
        "version": 1,
        "partner": PARTNER,
        "shipment": f"SHP{number}",
        "revision": revision,
        "mode": "parcel",
        "carrier": None if slip == "carrier" else {"scac": "UPSN"},
        "pro_number": f"1Z{number}",
        "bill_of_lading": f"BOL{number}",
        "amazon_reference": "1234567890",
        "shipped_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "estimated_delivery": f"{now + timedelta(days=5):%Y-%m-%d}",
        "ship_from": {"code": "ACME1"},
        "ship_to": {"code": "PHX6"},
        "gross_weight": {"value": "10", "unit": "lb"},
        "packs": packs,
    }


def label(shipment_number: int, line: int, *, is_right: bool) -> str:
    """An SSCC of its own for each carton, with a right check digit or a wrong one."""
    digits = f"0061414100000{shipment_number}{line}00"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{(-total + (0 if is_right else 1)) % 10}"


def invoice(number: int, revision: int, pieces: tuple[int, ...], slip: str, now: datetime) -> dict[str, Any]:
    """The ERP's invoice of so many pieces of each line. `slip` is what is wrong with it: price, or nothing."""
    lines = []
    for line, quantity in enumerate(pieces):
        _, price, per, _, _ = _CASE if is_case(line) else _EACH
        asked = Decimal(price) + (1 if slip == "price" else 0)
        amount = (asked * quantity / Decimal(per)).quantize(Decimal("0.01"))
        item = {"purchase_order": ORDER, "line": str(line + 1), "quantity": str(quantity), "amount": str(amount)}
        if quantity:
            lines.append({**item, "price": {"amount": plain(asked), "per": per, "unit": "each"}})
    total = sum((Decimal(str(line["amount"])) for line in lines), Decimal(0))
    head = {"document": "invoice", "version": 1, "partner": PARTNER, "invoice": f"INV{number}", "revision": revision}
    day = f"{now + timedelta(days=1):%Y-%m-%d}"
    return {**head, "invoiced_on": day, "currency": "USD", "lines": lines, "total": str(total)}


def credit_note(number: int, pieces: tuple[int, ...], now: datetime) -> dict[str, Any]:
    """The ERP takes back so many pieces of an invoice; the credit note has its number with another beginning."""
    kind = {"kind": "credit-note", "credits": f"INV{number}", "invoice": f"CN{number}"}
    return invoice(number, 0, pieces, "", now) | kind
