"""Laws on documents that nobody thought of: every type, any optional field, and messages with something wrong in them.

Writing and reading are inverse, the compiled reader gives what the explaining one gives, and it is silent as soon as
the explaining one has anything to say. Hypothesis draws seeds only: drawn value by value, a document takes it seconds.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.documents import FunctionalAcknowledgement, OrderResponse, PurchaseOrder, ShipNotice, by_order, by_pack
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.compiled import Compiled, compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.traces import Reading
from gateway.mapping.writing import write_document

MARKS = ("*", ">", "~", "")
GUIDE = "amazon-us"
WIRE_IDS = ("asin", "upc", "ean", "isbn", "case_gtin", "case_upc", "vendor_sku", "vendor_part")
Record = dict[str, Any]


class Maker:
    """Values as the standard's elements take them, and records with any of their optional fields."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self, shortest: int = 1, longest: int = 12, letters: str = "ABz09 -.,:/&'é^") -> str:
        return "".join(self.random.choices(letters, k=self.random.randint(shortest, longest)))

    def code(self, shortest: int, longest: int) -> str:
        return self.text(shortest, longest, "AB019")

    def digits(self, shortest: int, longest: int) -> str:
        return self.text(shortest, longest, "0123456789")

    def day(self) -> date:
        return date(1000, 1, 1) + timedelta(days=self.random.randrange(9000 * 365))

    def number(self, below: int, places: int) -> Decimal:
        return Decimal(self.random.randrange(below * 10**places)).scaleb(-self.random.choice((0, places)))

    def count(self, low: int = 0, high: int = 999) -> int:
        return self.random.randint(low, high)

    def clock(self) -> str:
        seconds = self.random.choice(("", f":{self.random.randrange(60):02}"))
        fraction = self.random.choice(("", ".5", ".25")) if seconds else ""
        return f"{self.random.randrange(24):02}:{self.random.randrange(60):02}{seconds}{fraction}"

    def one_of(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def some(self, at_least: int = 0, /, **fields: Callable[[], Any]) -> Record:
        """Any of these fields, but so many at least."""
        names = self.random.sample(sorted(fields), self.random.randint(at_least, len(fields)))
        return {name: fields[name]() for name in names}

    def many(self, make: Callable[[], Any], low: int, high: int) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self.random.randint(low, high)))

    def ids(self, names: Sequence[str], at_least: int = 0) -> Record:
        return {n: self.text() for n in self.random.sample(names, self.random.randint(at_least, min(8, len(names))))}

    def quantity(self, *more: tuple[str, str | None]) -> Record:
        unit, code = self.one_of(("each", "EA"), ("case", "CA"), ("other", "DZ"), ("other", "PK"), *more)
        return {"value": self.number(9999, 2), "unit": unit, "code": code}

    def party(self, *, street: bool = True, place: bool = True) -> Record:
        fields: dict[str, Callable[[], Any]] = {}
        if street:
            fields["street"] = lambda: self.many(self.text, 1, 2)
        if place:
            fields["city"] = lambda: self.text(2)
            fields["postcode"] = lambda: self.code(3, 9)
            fields["state"], fields["country"] = lambda: "VA", lambda: "US"
        return self.some(1, code=lambda: self.text(2), name=lambda: (self.text(),)) | self.some(0, **fields)

    def moment(self) -> Record:
        return {"on": self.day()} | self.some(at=self.clock)


def purchase_order(make: Maker) -> PurchaseOrder:
    def line() -> Record:
        names = (*WIRE_IDS, "buyer_item", "sku", "manufacturer_part")
        optional = make.some(line=make.text, pack=lambda: Decimal(make.count(1, 999999)), description=make.text)
        bases = ("per_unit", "retail", "net", "per_case", "per_ordered_unit", "WH")
        priced = {"price": make.number(99999, 4)} | make.some(price_basis=lambda: make.one_of(*bases))
        return {"ordered": make.quantity(("item", None)), **optional, **make.ids(names), **make.one_of({}, priced)}

    freights = ("collect", "prepaid", "paid_by_buyer", "by_agreement", "free_on_board", "paid_by_seller")
    optional = make.some(
        freight=lambda: make.one_of(*freights),
        promotion=make.text,
        packing=lambda: make.text(1, 80),
        ship_to=make.party,
        bill_to=make.party,
        buyer=lambda: make.party(street=False, place=False),
        vendor=lambda: make.party(street=False, place=False),
    )
    return PurchaseOrder(
        purpose=make.one_of("original", "cancel", "change", "replace", "duplicate"),
        order_type=make.one_of("new", "rush", "consigned", "new_product"),
        number=make.text(1, 22),
        ordered_on=make.day(),
        account=make.text(),
        back_orders=make.one_of("yes", "no"),
        window=make.some(1, not_before=make.day, not_after=make.day),
        currency=make.one_of("USD", "CAD"),
        lines=make.many(line, 1, 4),
        **optional,
    )


def order_response(make: Maker) -> OrderResponse:
    outcomes = ("accepted", "backordered", "rejected:out_of_stock", "rejected:invalid_item", "rejected:discontinued")

    def disposition() -> Record:
        return {"outcome": make.one_of(*outcomes), "quantity": make.quantity()} | make.some(ships_on=make.day)

    def line() -> Record:
        optional = make.some(line=make.text, price=lambda: make.number(99999, 4))
        said = {"ordered": make.quantity(), "dispositions": make.many(disposition, 0, 3)}
        return said | optional | make.ids(WIRE_IDS)

    return OrderResponse(
        purpose=make.one_of("original", "replace"),
        response=make.one_of("accepted", "changed"),
        purchase_order=make.text(1, 22),
        ordered_on=make.day(),
        lines=make.many(line, 1, 3),
    )


def ship_notice(make: Maker) -> ShipNotice:
    def item() -> Record:
        optional = make.some(line=make.text, lot=make.text, expires_on=make.day)
        said = {"purchase_order": make.one_of("PO1", "PO2"), "shipped": make.quantity()}
        return said | optional | make.ids(WIRE_IDS, at_least=1)

    def pallet() -> Record:
        """A pallet with packs on it, with goods on it, or with both."""
        said = {"sscc": make.digits(18, 18), "kind": "pallet", "items": make.many(item, 0, 2)}
        return said | make.some(tracking=make.text)

    def pack(pallets: Sequence[Record]) -> Record:
        within = make.one_of(None, *(pallet["sscc"] for pallet in pallets))
        said = {"sscc": make.digits(18, 18), "kind": "carton", "within": within, "items": make.many(item, 1, 3)}
        return said | make.some(tracking=make.text)

    def packs() -> list[Record]:
        """Packs, and the pallets on which there is something."""
        pallets = make.many(pallet, 0, 2)
        found = make.many(lambda: pack(pallets), 1, 3)
        used = [p for p in pallets if p["items"] or p["sscc"] in {one["within"] for one in found}]
        return [*used, *found]

    def weight() -> Record:
        return {"value": make.number(9999, 2), "unit": make.one_of("lb", "kg")}

    transport: dict[str, Callable[[], Any]] = dict.fromkeys(
        ("bill_of_lading", "tracking", "amazon_reference"), make.text
    )
    transport |= {"carrier": lambda: make.text(2), "shipped": make.moment, "estimated_delivery": make.moment}
    transport["freight"] = lambda: make.one_of("collect", "prepaid")
    optional = make.some(
        load=lambda: make.some(1, cartons=make.count, pallets=make.count, gross_weight=weight),
        transport=lambda: make.some(1, **transport),
        ship_from=lambda: make.party(street=False),
        ship_to=lambda: make.party(street=False),
    )
    notice = ShipNotice(
        purpose=make.one_of("original", "replace"),
        number=make.text(2, 30),
        issued_at={"on": make.day(), "at": make.clock()},
        packs=packs(),
        **optional,
    )
    return by_pack(by_order(notice))  # the order of packs is not data: take the one in which they are written


def acknowledgement(make: Maker) -> FunctionalAcknowledgement:
    def element() -> Record:
        optional = make.some(component=lambda: make.count(1, 9), number=lambda: make.digits(1, 4), value=make.text)
        return {"position": make.count(1, 99), "code": make.code(1, 3)} | optional

    def segment() -> Record:
        optional = make.some(loop_id=lambda: make.text(1, 6), code=lambda: make.code(1, 3))
        said = {"tag": make.code(2, 3), "ordinal": make.count(1, 999999)}
        return said | optional | make.some(elements=lambda: make.many(element, 0, 3))

    def answer() -> Record:
        verdict = make.one_of("accepted", "accepted_with_errors", "rejected")
        said = {"message": make.code(3, 3), "control_number": make.digits(4, 9), "verdict": verdict}
        return said | {"codes": codes(), "segments": make.many(segment, 0, 3)}

    def codes() -> tuple[str, ...]:
        return make.many(lambda: make.code(1, 3), 0, 5)

    return FunctionalAcknowledgement(
        group=make.one_of("PO", "PR", "SH", "IN"),
        control_number=make.digits(1, 9),
        verdict=make.one_of("accepted", "accepted_with_errors", "partly_accepted", "rejected"),
        declared=make.count(),
        received=make.count(),
        accepted=make.count(),
        messages=make.many(answer, 0, 3),
        codes=codes(),
    )


DOCUMENTS: dict[str, Callable[[Maker], BaseModel]] = {
    "850": purchase_order,
    "855": order_response,
    "856": ship_notice,
    "997": acknowledgement,
}
Explain = Callable[..., Reading]
Texts = Callable[..., list[str]]
seeds = st.integers(0, 2**40)
every_type = pytest.mark.parametrize("message", DOCUMENTS)


def normal(document: BaseModel) -> BaseModel:
    return document.normal_form() if isinstance(document, ShipNotice) else document


def compiled_for(mappings: Mappings, message: str) -> Compiled:
    compiled = compile_mapping(mappings.guided(GUIDE, message), MARKS)
    assert compiled is not None
    return compiled


@every_type
@settings(max_examples=150)
@given(seed=seeds)
def test_what_is_written_is_read_back_by_both_readers(
    seed: int, message: str, mappings: Mappings, explain: Explain, texts: Texts
) -> None:
    document = DOCUMENTS[message](Maker(seed))
    mapping = mappings.guided(GUIDE, message)
    written = write_document(document, mapping)
    body = texts(written.segments)
    reading = explain(body, mapping)
    assert not reading.findings
    assert reading.document is not None
    assert normal(reading.document) == normal(document)
    assert compiled_for(mappings, message).read(["ST*0*1", *body, "SE*0*1"]) == reading.document
    assert written.unsaid == ()
    assert unsaid_fields(document, reading.document) == ()
    assert texts(write_document(reading.document, mapping).segments) == body


CELLS = (
    *("", "X", "EA", "CA", "00", "1X", "1.", "-.5", "20261340", "20260229", "2026", "A>B", "A>", "PE", "é", "\x01"),
    *("92", "ST", "HL", "9" * 25, " A", "A ", "ZZ", "GM", "S", "1", "2", "0001", "\u00a0", "UP", "CTN", "G", "BP"),
)
STRAYS = ("REF*ZZ*1", "MSG*HELLO", "XX", "N1*ST**92*X1", "REF*CR*A", "PO4*7", "CTT*1", "HL*9**S", "DTM*011*20260101")


def changed(body: list[str], random: Random) -> list[str]:
    """The message with one thing changed: a cell, or a segment left out, doubled, moved or put in."""
    after, at = list(body), random.randrange(len(body))
    kind = random.choice(("cell", "cell", "cell", "drop", "twice", "move", "stray"))
    if kind == "cell":
        parts = after[at].split("*")
        position = random.randint(1, min(len(parts) + 1, 12))
        parts += [""] * (position + 1 - len(parts))
        parts[position] = random.choice((*CELLS, *body[random.randrange(len(body))].split("*")))
        after[at] = "*".join(parts)
    elif kind == "stray":
        after.insert(at, random.choice(STRAYS))
    elif kind == "twice":
        after.insert(at, after[at])
    else:
        segment = after.pop(at)
        if kind == "move":
            after.insert(random.randrange(len(after) + 1), segment)
    return after or body


@every_type
@settings(max_examples=500)
@given(seed=seeds)
def test_the_compiled_reader_is_silent_wherever_the_explaining_one_finds_anything(
    seed: int, message: str, mappings: Mappings, explain: Explain, texts: Texts
) -> None:
    make = Maker(seed)
    mapping = mappings.guided(GUIDE, message)
    body = texts(write_document(DOCUMENTS[message](make), mapping).segments)
    for _ in range(make.count(1, 2)):
        body = changed(body, make.random)
    read = compiled_for(mappings, message).read(["ST*0*1", *body, "SE*0*1"])
    reading = explain(body, mapping)
    if read is not None:
        assert read == reading.document
        assert reading.findings == ()
