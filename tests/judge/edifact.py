"""What EDIFACT messages say: ORDERS, ORDCHG, ORDRSP, DESADV, INVOIC and CONTRL, read segment after segment."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from tests.judge.documents import (
    Acknowledgement,
    Answer,
    AnsweredLine,
    Change,
    Document,
    Invoice,
    InvoiceLine,
    Notice,
    Order,
    OrderedLine,
    Other,
    Pack,
    PackedItem,
    Part,
)
from tests.judge.segments import Segment, maybe_number, number_of

OUTCOMES = {"12": "accepted", "83": "backordered", "182": "rejected", "185": "rejected"}
ACTIONS = {"1": "added", "2": "deleted"}
PURPOSES = {"9": "original", "5": "replace", "1": "cancel"}


def document_of(message: list[Segment]) -> Document:
    """What one message says."""
    kind = message[0].at(2)
    read = READERS.get(kind)
    return read(message) if read else Other(kind)


def _order(message: list[Segment]) -> Order:
    head = _one(message, "BGM")
    lines = tuple(_ordered(one) for one in _lines(message))
    return Order(head.at(2), PURPOSES.get(head.at(3), head.at(3)), lines, _one(message, "TOD").at(3) == "CC")


def _change(message: list[Segment]) -> Change:
    lines = tuple((ACTIONS.get(one[0].at(2), "changed"), _ordered(one)) for one in _lines(message))
    return Change(_value(message, "RFF", "ON"), lines)


def _ordered(line: list[Segment]) -> OrderedLine:
    price = maybe_number(_value(line, "PRI", "AAA"))
    return OrderedLine(line[0].at(1), _quantity(line, "21"), _unit(line, "21"), price, _item_id(line))


def _answer(message: list[Segment]) -> Answer:
    lines = []
    for one in _lines(message):
        date = _value(one, "DTM", "11")
        parts = tuple(
            Part(OUTCOMES.get(q.at(1), "unknown"), q.at(1), number_of(q.at(1, 2)), q.at(1, 3), date)
            for q in one
            if q.tag == "QTY"
        )
        total = sum((part.quantity for part in parts), Decimal(0))
        unit = parts[0].unit if parts else ""
        price = maybe_number(_value(one, "PRI", "AAA"))
        lines.append(AnsweredLine(one[0].at(1), total, unit, price, _item_id(one), parts))
    order = _value(message, "RFF", "ON")
    return Answer(order, tuple(lines), maybe_number(_value(message, "CNT", "2")), repeats_quantities=False)


def _notice(message: list[Segment]) -> Notice:
    levels = _cut(message, "CPS", ("UNT", "CNT"))
    head = _one(message, "BGM")
    before = message[: next((n for n, one in enumerate(message) if one.tag == "CPS"), len(message))]
    carrier = next((one for one in before if one.tag == "NAD" and one.at(1) == "CA"), Segment("NAD", ()))
    loads = {one.at(3): maybe_number(one.at(1)) for one in (levels[0] if levels else []) if one.tag == "PAC"}
    packs = _packs(levels)
    return Notice(
        number=head.at(2),
        purpose=PURPOSES.get(head.at(3), head.at(3)),
        scac=carrier.at(2) if carrier.at(2, 3) == "182" else "",
        bill_of_lading=_value(before, "RFF", "BM"),
        pro_number=_value(before, "RFF", "CN"),
        amazon_reference=_value(before, "RFF", "ACD"),
        shipped=_value(before, "DTM", "11"),
        arrives=_value(before, "DTM", "132"),
        cartons=loads.get("PK"),
        pallets=loads.get("201"),
        packs=packs,
        count=maybe_number(_value(message, "CNT", "1")),
        counted=sum((item.quantity for pack in packs for item in pack.items), Decimal(0)),
        faults=_tree_faults(levels),
    )


def _tree_faults(levels: list[list[Segment]]) -> tuple[str, ...]:
    """CPS 7164 counts from 1 without a hole; 7166 names a level that stands before; only the first has no parent."""
    faults = []
    ids = [level[0].at(1) for level in levels]
    if ids != [str(number) for number in range(1, len(ids) + 1)]:
        faults.append(f"its CPS ids are {', '.join(ids)}, not 1 to {len(ids)}")
    for place, level in enumerate(levels):
        parent = level[0].at(2)
        if parent not in ids[:place] and (parent or place):
            faults.append(f"CPS {level[0].at(1)} names the parent {parent!r}, which does not stand before it")
    return tuple(faults)


def _packs(levels: list[list[Segment]]) -> tuple[Pack, ...]:
    labels = {level[0].at(1): _label(level) for level in levels}
    packs = []
    for level in levels[1:]:
        kind = "pallet" if _one(level, "PAC").at(3) == "201" else "carton"
        items = tuple(_item(one) for one in _cut(level, "LIN", ()))
        packs.append(Pack(kind, _label(level), "", labels.get(level[0].at(2), ""), items))
    return tuple(packs)


def _item(line: list[Segment]) -> PackedItem:
    return PackedItem(
        purchase_order=_value(line, "RFF", "ON"),
        line=line[0].at(1),
        quantity=_quantity(line, "12"),
        unit=_unit(line, "12"),
        id=_item_id(line),
        lot=next((one.at(2) for one in line if one.tag == "GIN" and one.at(1) == "BX"), ""),
        expires=_value(line, "DTM", "36"),
    )


def _label(level: list[Segment]) -> str:
    return next((one.at(2) for one in level if one.tag == "GIN" and one.at(1) == "BJ"), "")


def _invoice(message: list[Segment]) -> Invoice:
    head = _one(message, "BGM")
    lines = []
    for one in _lines(message):
        price, amount = number_of(_value(one, "PRI", "AAA")), maybe_number(_value(one, "MOA", "203"))
        order, unit = _value(one, "RFF", "ON"), _unit(one, "47")
        lines.append(InvoiceLine(order, one[0].at(1), _quantity(one, "47"), unit, price, _item_id(one), amount))
    summary = message[next((n for n, one in enumerate(message) if one.tag == "UNS"), len(message)) :]
    return Invoice(
        number=head.at(2),
        kind="credit note" if head.at(1) == "381" else "invoice",
        purpose=PURPOSES.get(head.at(3), head.at(3)),
        orders=tuple(dict.fromkeys(line.purchase_order for line in lines)),
        lines=tuple(lines),
        charges=tuple(_charges(message)),
        taxes=tuple(number_of(one.at(1, 2)) for one in summary if one.tag == "MOA" and one.at(1) == "124"),
        total=number_of(_value(summary, "MOA", "77")),
        net=sum((number_of(one.at(1, 2)) for one in summary if one.tag == "MOA" and one.at(1) == "125"), Decimal(0)),
        line_count=maybe_number(_value(summary, "CNT", "2")),
        one_order=False,
    )


def _charges(message: list[Segment]) -> Iterator[Decimal]:
    """Charges and allowances of the whole invoice: ALC with its MOA+8 before the first line."""
    head = message[: next((n for n, one in enumerate(message) if one.tag == "LIN"), len(message))]
    for part in _cut(head, "ALC", ()):
        amount = number_of(_value(part, "MOA", "8"))
        yield -amount if part[0].at(1) == "A" else amount


def _acknowledgement(message: list[Segment]) -> Acknowledgement:
    answer = _one(message, "UCI")
    return Acknowledgement(answer.at(1), answer.at(4))


READERS: dict[str, Callable[[list[Segment]], Document]] = {
    "ORDERS": _order,
    "ORDCHG": _change,
    "ORDRSP": _answer,
    "DESADV": _notice,
    "INVOIC": _invoice,
    "CONTRL": _acknowledgement,
}


def _lines(message: list[Segment]) -> list[list[Segment]]:
    return _cut(message, "LIN", ("UNS", "UNT"))


def _cut(segments: list[Segment], tag: str, ends: tuple[str, ...]) -> list[list[Segment]]:
    """The parts that begin with a tag, up to the next one or an end."""
    parts: list[list[Segment]] = []
    for one in segments:
        if one.tag in ends:
            break
        if one.tag == tag:
            parts.append([one])
        elif parts:
            parts[-1].append(one)
    return parts


def _one(segments: list[Segment], tag: str) -> Segment:
    """The first of a tag, or an empty one."""
    return next((one for one in segments if one.tag == tag), Segment(tag, ()))


def _value(segments: list[Segment], tag: str, qualifier: str) -> str:
    """The value beside a qualifier: RFF+ON, DTM+11, CNT+2, MOA+77, PRI+AAA."""
    return next((one.at(1, 2) for one in segments if one.tag == tag and one.at(1) == qualifier), "")


def _quantity(line: list[Segment], qualifier: str) -> Decimal:
    return number_of(_value(line, "QTY", qualifier))


def _unit(line: list[Segment], qualifier: str) -> str:
    return next((one.at(1, 3) for one in line if one.tag == "QTY" and one.at(1) == qualifier), "")


def _item_id(line: list[Segment]) -> str:
    """The number in LIN, or where it has none the one in PIA."""
    return line[0].at(3) or _one(line, "PIA").at(2)
