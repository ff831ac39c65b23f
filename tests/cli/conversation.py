"""What the ERP and the partner say in the stories of an order, and what can be seen of it then.

All are about order A1 of `House.order()`: 24 pieces, 10 cases of 12, and 6 pieces of an article no longer made.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import House

ORDERED, BOOKED, ANSWERED = "2026-11-20T21:02:00Z", "2026-11-20T21:05:00Z", "2026-11-20T21:10:00Z"
LEFT, MENDED = "2026-11-20T22:10:00Z", "2026-11-20T22:15:00Z"
LATER, LATER_STILL = "2026-11-20T22:30:00Z", "2026-11-20T22:45:00Z"
BAD_SSCC, GOOD_SSCC = "006141410000000020", "006141410000000029"


def booked(number: str = "A1") -> dict[str, Any]:
    return {"document": "posting-result", "version": 1, "id": f"amazon-us:{number}", "result": "booked", "number": "S1"}


def answer(number: str = "A1", revision: int = 0, **lines: dict[str, Any]) -> dict[str, Any]:
    """The ERP takes the first two lines and rejects the third; `line1` and so on say otherwise."""
    said = {
        "line1": {"line": "1", "accepted": "24", "ships_on": "2026-11-26"},
        "line2": {"line": "2", "accepted": "120", "ships_on": "2026-11-26"},
        "line3": {"line": "3", "rejected": "6", "reason": "discontinued"},
        **lines,
    }
    return {
        "document": "order-response",
        "version": 1,
        "partner": "amazon-us",
        "purchase_order": number,
        "revision": revision,
        "lines": list(said.values()),
    }


def pack(sscc: str, tracking: str, line: str, quantity: str) -> dict[str, Any]:
    item = {"purchase_order": "A1", "line": line, "quantity": quantity}
    return {"sscc": sscc, "type": "carton", "tracking": tracking, "items": [item]}


def shipment(revision: int = 0, scac: str | None = "UPSN", second: str = GOOD_SSCC) -> dict[str, Any]:
    """Three cartons of a parcel: 24 pieces of line 1, and two cases of line 2."""
    return {
        "document": "shipment",
        "version": 1,
        "partner": "amazon-us",
        "shipment": "SHP1",
        "revision": revision,
        "mode": "parcel",
        "carrier": {"scac": scac},
        "pro_number": "1Z999AA10123456784",
        "bill_of_lading": "06141410000012343",
        "amazon_reference": "1234567890",
        "shipped_at": LEFT,
        "estimated_delivery": "2026-11-26",
        "ship_from": {"code": "ACME1"},
        "ship_to": {"code": "PHX6"},
        "gross_weight": {"value": "38.4", "unit": "lb"},
        "packs": [
            pack("006141410000000012", "1Z999AA10123456784", "1", "24"),
            pack(second, "1Z999AA10123456793", "2", "12"),
            pack("006141410000000036", "1Z999AA10123456800", "2", "12"),
        ],
    }


def invoice(revision: int = 0, total: str = "261.00") -> dict[str, Any]:
    """What the shipment holds, at the prices of the order."""
    each, case = ({"amount": amount, "per": per, "unit": "each"} for amount, per in (("7.25", "1"), ("43.50", "12")))
    return {
        "document": "invoice",
        "version": 1,
        "partner": "amazon-us",
        "invoice": "INV1",
        "revision": revision,
        "invoiced_on": "2026-11-20",
        "shipment": "SHP1",
        "currency": "USD",
        "lines": [
            {"purchase_order": "A1", "line": "1", "quantity": "24", "price": each, "amount": "174.00"},
            {"purchase_order": "A1", "line": "2", "quantity": "24", "price": case, "amount": "87.00"},
        ],
        "total": total,
    }


def sent(house: "House", message: str) -> list[list[str]]:
    """The messages of a kind in amazon/out, in the order of their control numbers, as segments."""
    files = (house.folder / "amazon" / "out").glob(f"*_{message}_*.edi")
    found = ([segment.strip() for segment in file.read_text().split("~")] for file in files)
    return sorted(found, key=lambda segments: segments[0].split("*")[13])


def segment(message: list[str], tag: str) -> str:
    """The first segment of this name."""
    return next(each for each in message if each.startswith(f"{tag}*"))


def acknowledge(house: "House", message: list[str], verdict: str, at: str) -> None:
    """The partner answers the last of our messages, by a 997 that names the number of its group."""
    _, group, _, _, _, _, number, *_ = segment(message, "GS").split("*")
    kind, control = segment(message, "ST").split("*")[1], f"{900 + int(number):09}"
    body = [
        *("ST*997*0001", f"AK1*{group}*{number}", f"AK2*{kind}*0001"),
        *(["AK3*TD5*4**8", "AK4*3*67*7*UPSN"] if verdict == "R" else []),
        *(f"AK5*{verdict}{'*5' if verdict == 'R' else ''}", f"AK9*{verdict}*1*1*{'0' if verdict == 'R' else '1'}"),
    ]
    text = "".join(f"{each}~\n" for each in [*body, f"SE*{len(body) + 1}*0001"])
    answered = house.interchange(text, control=int(control)).replace("GS*PO*", "GS*FA*")
    house.drop(f"997-{control}.edi", answered)
    house.once(at)


def document(house: "House", kind: str, at: int = -1) -> dict[str, Any]:
    """A document of the order as `orders show` lists it: the last of its kind."""
    shown = house.json("orders", "show", "A1")["documents"]
    found: dict[str, Any] = [each for each in shown if each["type"] == kind][at]
    return found


def statuses(house: "House", kind: str, at: int = -1) -> tuple[str, str, str]:
    found = document(house, kind, at)
    return found["validation"], found["delivery"], found["acknowledgement"]


def codes(house: "House") -> list[str]:
    return [case["code"] for case in house.cases]


def tell(house: "House", said: dict[str, Any], at: str) -> None:
    """The ERP writes a document, and a turn is taken."""
    house.erp_says(f"{said['document']}-{at.replace(':', '')}.json", said)
    house.once(at)


def take_answered(house: "House") -> None:
    """An order is taken, booked and answered: its 855 is delivered, and no answer to it has come."""
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    tell(house, booked(), BOOKED)
    tell(house, answer(), ANSWERED)
