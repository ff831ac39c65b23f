"""The row about ship notices: an 856 of many packs written, read back as it must be before it leaves, and sealed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bench.inputs import order_file
from bench.measure import Figure, Row, seconds_of
from bench.x12 import split_twice
from gateway.documents import ShipNotice
from gateway.documents.moment import Moment
from gateway.documents.party import Party
from gateway.documents.quantity import Quantity
from gateway.documents.ship_notice import Load, Pack, PackedItem, Transport
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Message
from gateway.syntax.seal import Envelope, enclose, render

PACKS = 200
_MILLI = 1e3
_ENVELOPE = Envelope(
    sender="ZZ:5559876543",
    receiver="ZZ:AMAZON",
    at=datetime(2026, 11, 26, 14, tzinfo=UTC),
    kind="SH",
    version="005010",
    control_number=1,
    group_number=1,
)


def ship_notice(packs: int = PACKS) -> ShipNotice:
    """So many cartons of two orders, each with a label, a tracking number and goods of one line."""
    return ShipNotice(
        number="SHP0001234",
        issued_at=Moment(on=date(2026, 11, 26), at="14:00"),
        load=Load(cartons=packs, gross_weight=Quantity(value=Decimal("812.5"), unit="lb")),
        transport=Transport(carrier="UPSN", bill_of_lading="BOL0001234", tracking="1Z999AA10000000000"),
        ship_from=Party(code="ACME1", name="ACME", city="RENO", state="NV", postcode="89501", country="US"),
        ship_to=Party(code="PHX6", name="AMAZON", city="PHOENIX", state="AZ", postcode="85043", country="US"),
        packs=tuple(_pack(number) for number in range(packs)),
    )


def _pack(number: int) -> Pack:
    item = PackedItem(
        purchase_order="7QA2MX4T" if number < PACKS // 2 else "4XK7PL2Q",
        line=str(number % 20 + 1),
        upc="036000291452",
        shipped=Quantity(value=Decimal(number % 12 + 1), unit="each", code="EA"),
    )
    label, tracking = f"00614141{number:011}7", f"1Z999AA1{number:010}"
    return Pack(sscc=label[:20], kind="carton", tracking=tracking, items=(item,))


def write(document: ShipNotice, mapping: Mapping) -> bytes:
    """The sealed bytes of a notice, after all of it was found in what it says."""
    body = render([("856", write_document(document, mapping).segments)], _ENVELOPE, Delimiters())
    trial = enclose(body, _ENVELOPE)
    came = next(event for event in x12.read([trial.data]) if isinstance(event, Message))
    reading = read_message(came, mapping)
    if reading.document is None or reading.findings or unsaid_fields(document, reading.document):
        raise AssertionError("the notice of the benchmark does not say what was meant")
    return enclose(body, replace(_ENVELOPE, control_number=17, group_number=17)).data


def asn_write(quick: bool) -> Figure:
    """The bytes that come out in a second, against the floor of splitting as many of an order twice."""
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).guided("amazon-us", "856")
    document, data = ship_notice(), order_file(100_000 if quick else 2_000_000)
    size = len(write(document, mapping))
    low, own = seconds_of((lambda: split_twice(data), lambda: write(document, mapping)), rounds=3 if quick else 9)
    speed, floor = size / 1e6 / own, len(data) / 1e6 / low
    detail = f"{speed:.2f} MB/s, {PACKS} packs in {own * _MILLI:.1f} ms; the floor {floor:.0f} MB/s"
    return Figure(100 * speed / floor, detail)


ROWS = (Row("asn-write", "an 856 of 200 packs, percent of the floor", asn_write, goal=2, at_least=True),)
