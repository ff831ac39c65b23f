"""A small document with one of everything, and its mapping: an order as an IDoc might hold it."""

from datetime import date, time
from typing import Literal

from pydantic import BaseModel

from gateway.documents.base import Day, Number, Record, Text
from gateway.grammar.sources import Source
from gateway.mapping.xml import XmlMapping, make_xml_mapping


class Partner(Record):
    """A partner by its role."""

    role: Text
    number: Text | None = None


class Address(Record):
    """A record that may be there with nothing in it."""

    name: Text | None = None


class Line(Record):
    """A line."""

    item: Text | None = None
    quantity: Number
    unit: Text = "each"
    code: Text | None = None
    sku: Text | None = None
    notes: tuple[Text, ...] = ()


class Order(Record):
    """The order."""

    number: Text | None = None
    created_on: Day | None = None
    created_at: time | None = None
    complete: bool = False
    copies: int | None = None
    currency: Text = "EUR"
    kind: Literal["new", "change"] | None = None
    partners: tuple[Partner, ...] = ()
    ship_to: Address | None = None
    dates: dict[Text, Day] | None = None
    lines: tuple[Line, ...]

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self.lines)


MODELS: dict[str, type[BaseModel]] = {"Order": Order, "Line": Line}

IDOC = """
message  = "idoc/ORDERS05/IDOC"
document = "Order"
[constant]
"EDI_DC40/TABNAM" = "EDI_DC40"
"E1EDK14[QUALF='008']/ORGID" = "1000"
[fields]
number     = ["E1EDK02[QUALF='001' or QUALF='066']/BELNR", "E1EDK01/BELNR"]
created_on = "EDI_DC40/CREDAT"
created_at = "EDI_DC40/CRETIM"
complete   = "E1EDK01/AUTLF"
copies     = "E1EDK01/@copies"
currency   = "E1EDK01/CURCY default EUR"
kind       = "E1EDK01/ACTION via action"
partners.each   = "E1EDKA1"
partners.role   = "PARVW"
partners.number = "PARTN"
ship_to.loop = "E1ADRM4[@role='WE']"
ship_to.name = "NAME1"
dates.each  = "E1EDK03"
dates.key   = "IDDAT"
dates.value = "DATUM"
lines.each     = "E1EDP01"
lines.item     = "POSEX"
lines.quantity = "MENGE"
lines.unit     = "MENEE via unit"
lines.code     = "MENEE"
lines.sku      = "E1EDP19[QUALF='002']/IDTNR"
lines.notes    = "E1EDPT1[TDID='0001']/E1EDPT2../TDLINE"
[derived]
line_count = "E1EDS01[SUMID='001']/SUMME"
[lookup]
action = { "000" = "new", "002" = "change" }
unit   = { PCE = "each", EA = "each", CT = "case", "*" = "other" }
"""

ORDER = Order(
    number="4711",
    created_on=date(2026, 11, 20),
    created_at=time(10, 15),
    complete=True,
    copies=2,
    kind="change",
    partners=(Partner(role="AG", number="100"), Partner(role="WE")),
    ship_to=Address(name="Müller & Söhne"),
    dates={"002": date(2026, 11, 30), "012": date(2026, 11, 20)},
    lines=(
        Line(item="10", quantity="24.000", code="EA", sku="A", notes=("one", "two")),  # type: ignore[arg-type]
        Line(item="20", quantity="-2.50", unit="case"),  # type: ignore[arg-type]
        Line(quantity="1", unit="other", code="KGM"),  # type: ignore[arg-type]
    ),
)


def mapping_of(text: str = IDOC, **models: type[BaseModel]) -> XmlMapping:
    """The mapping of a text, which must be without fault."""
    return make_xml_mapping(Source("order.toml", text), {**MODELS, **models})


def changed(old: str, new: str, text: str = IDOC) -> str:
    """The mapping file with one text replaced."""
    assert old in text
    return text.replace(old, new, 1)
