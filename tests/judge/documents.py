"""What a message says, as plain values: quantities as they stand on the wire, with their unit and item number."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class OrderedLine:
    """One line of an order. `unit` is EA, CA... in X12 and mostly empty in EDIFACT."""

    line: str
    quantity: Decimal
    unit: str
    price: Decimal | None
    id: str


@dataclass(frozen=True)
class Order:
    """850, ORDERS. `collect`: the partner pays the freight, as the order says."""

    number: str
    purpose: str
    lines: tuple[OrderedLine, ...]
    collect: bool = False


@dataclass(frozen=True)
class Change:
    """860, ORDCHG: what becomes of each line it names (added, deleted, changed); what it does not say stays."""

    number: str
    lines: tuple[tuple[str, OrderedLine], ...]


@dataclass(frozen=True)
class Part:
    """What becomes of a part of a line. `outcome` is accepted, backordered, rejected or unknown."""

    outcome: str
    code: str
    quantity: Decimal
    unit: str
    date: str


@dataclass(frozen=True)
class AnsweredLine(OrderedLine):
    """One line of an answer; in EDIFACT nothing repeats the ordered quantity."""

    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Answer:
    """855, ORDRSP. The counts are what CTT or CNT say, None where they say nothing."""

    purchase_order: str
    lines: tuple[AnsweredLine, ...]
    line_count: Decimal | None = None
    quantity_total: Decimal | None = None
    repeats_quantities: bool = True


@dataclass(frozen=True)
class PackedItem:
    """So many of an ordered line in a pack."""

    purchase_order: str
    line: str
    quantity: Decimal
    unit: str
    id: str
    lot: str = ""
    expires: str = ""


@dataclass(frozen=True)
class Pack:
    """A carton or a pallet; `within` is the label of what it stands on, `order` the one it is listed under (856)."""

    kind: str
    sscc: str
    tracking: str
    within: str
    items: tuple[PackedItem, ...]
    order: str = ""


@dataclass(frozen=True)
class Notice:
    """856, DESADV. `faults` is what its tree has wrong; `count` what CTT or CNT say, `counted` what they should."""

    number: str
    purpose: str
    scac: str
    bill_of_lading: str
    pro_number: str
    amazon_reference: str
    shipped: str
    arrives: str
    cartons: Decimal | None
    pallets: Decimal | None
    packs: tuple[Pack, ...]
    count: Decimal | None
    counted: Decimal
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class InvoiceLine:
    """One line charged. `amount` is None where the message has no place for it (X12)."""

    purchase_order: str
    line: str
    quantity: Decimal
    unit: str
    price: Decimal
    id: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Invoice:
    """810, INVOIC. `orders` are all numbers it names, `net` what an INVOIC sums up; allowances are negative charges."""

    number: str
    kind: str
    purpose: str
    orders: tuple[str, ...]
    lines: tuple[InvoiceLine, ...]
    charges: tuple[Decimal, ...]
    taxes: tuple[Decimal, ...]
    total: Decimal
    net: Decimal | None = None
    line_count: Decimal | None = None
    quantity_total: Decimal | None = None
    one_order: bool = True


@dataclass(frozen=True)
class Acknowledgement:
    """997, CONTRL: the control number that is answered, and the verdict on it (A E P R; 4 7 8)."""

    about: str
    verdict: str


@dataclass(frozen=True)
class Other:
    """A message that is not judged."""

    type: str


Document = Order | Change | Answer | Notice | Invoice | Acknowledgement | Other


@dataclass(frozen=True)
class Interchange:
    """A file with its parties, its number, what its envelope has wrong, and what it says."""

    parties: tuple[str, str, str]
    number: str
    group_numbers: tuple[str, ...]
    documents: tuple[Document, ...]
    faults: tuple[str, ...] = field(default=())
