"""What X12 messages say: 850, 860, 855, 856, 810 and 997, read segment after segment."""

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

OUTCOMES = {
    **dict.fromkeys(("IA", "AC"), "accepted"),
    "IB": "backordered",
    **dict.fromkeys(("IR", "R2", "R3"), "rejected"),
}
ACTIONS = {"AI": "added", "DI": "deleted", "CF": "deleted"}
PURPOSES = {"00": "original", "05": "replace", "01": "cancel"}
ITEM_IDS = ("UP", "UK", "UA", "EN", "IB", "VN", "VP", "BP", "SK", "IN", "MG")


def document_of(message: list[Segment]) -> Document:
    """What one transaction set says."""
    kind = message[0].at(1)
    read = READERS.get(kind)
    return read(message) if read else Other(kind)


def _order(message: list[Segment]) -> Order:
    head = _one(message, "BEG")
    lines = tuple(
        OrderedLine(one.at(1), number_of(one.at(2)), one.at(3), maybe_number(one.at(4)), _item_id(one, 6))
        for one in message
        if one.tag == "PO1"
    )
    return Order(head.at(3), PURPOSES.get(head.at(1), head.at(1)), lines, _one(message, "FOB").at(1) == "CC")


def _change(message: list[Segment]) -> Change:
    lines = tuple(
        (
            ACTIONS.get(one.at(2), "changed"),
            OrderedLine(one.at(1), number_of(one.at(3)), one.at(5), maybe_number(one.at(6)), _item_id(one, 8)),
        )
        for one in message
        if one.tag == "POC"
    )
    return Change(_one(message, "BCH").at(3), lines)


def _answer(message: list[Segment]) -> Answer:
    lines: list[AnsweredLine] = []
    for one in message:
        if one.tag == "PO1":
            lines.append(
                AnsweredLine(one.at(1), number_of(one.at(2)), one.at(3), maybe_number(one.at(4)), _item_id(one, 6))
            )
        elif one.tag == "ACK":
            date = one.at(5) if one.at(4) in ("068", "010") else ""
            part = Part(OUTCOMES.get(one.at(1), "unknown"), one.at(1), number_of(one.at(2)), one.at(3), date)
            last = lines[-1]
            lines[-1] = AnsweredLine(last.line, last.quantity, last.unit, last.price, last.id, (*last.parts, part))
    counts = _one(message, "CTT")
    return Answer(_one(message, "BAK").at(3), tuple(lines), maybe_number(counts.at(1)), maybe_number(counts.at(2)))


def _notice(message: list[Segment]) -> Notice:
    levels = _levels(message)
    whole = next((level for level in levels if level[0].at(3) == "S"), [])
    head, route = _one(message, "BSN"), _one(whole, "TD5")
    load = {one.at(1): maybe_number(one.at(2)) for one in whole if one.tag == "TD1"}
    return Notice(
        number=head.at(2),
        purpose=PURPOSES.get(head.at(1), head.at(1)),
        scac=route.at(3) if route.at(2) == "2" else "",
        bill_of_lading=_reference(whole, "BM"),
        pro_number=_reference(whole, "CN"),
        amazon_reference=_reference(whole, "BX"),
        shipped=_date(whole, "011"),
        arrives=_date(whole, "017"),
        cartons=load.get("CTN"),
        pallets=load.get("PLT"),
        packs=_packs(levels),
        count=maybe_number(_one(message, "CTT").at(1)),
        counted=Decimal(len(levels)),
        faults=_tree_faults(levels),
    )


def _levels(message: list[Segment]) -> list[list[Segment]]:
    """The HL levels, each with the segments up to the next."""
    levels: list[list[Segment]] = []
    for one in message:
        if one.tag == "HL":
            levels.append([one])
        elif one.tag in ("CTT", "SE"):
            break
        elif levels:
            levels[-1].append(one)
    return levels


def _tree_faults(levels: list[list[Segment]]) -> tuple[str, ...]:
    """HL01 counts from 1 without a hole; HL02 names a level that stands before; only the shipment has no parent."""
    faults = []
    ids = [level[0].at(1) for level in levels]
    if ids != [str(number) for number in range(1, len(ids) + 1)]:
        faults.append(f"its HL ids are {', '.join(ids)}, not 1 to {len(ids)}")
    known: dict[str, str] = {}
    wanted = {"S": ("",), "O": ("S",), "T": ("O",), "P": ("O", "T"), "I": ("O", "P", "T")}
    for level in levels:
        name, parent, code = (level[0].at(place) for place in (1, 2, 3))
        above = known.get(parent, "") if parent else ""
        if parent and parent not in known:
            faults.append(f"HL {name} names the parent {parent}, which does not stand before it")
        elif above not in wanted.get(code, ()):
            faults.append(f"HL {name} ({code}) hangs under {above or 'nothing'}")
        known[name] = code
    return tuple(faults)


def _packs(levels: list[list[Segment]]) -> tuple[Pack, ...]:
    by_id = {level[0].at(1): level for level in levels}
    packs = []
    for level in levels:
        name, parent, code = (level[0].at(place) for place in (1, 2, 3))
        if code in ("T", "P"):
            items = [one for one in levels if one[0].at(3) == "I" and one[0].at(2) == name]
            above = by_id.get(parent, [])
            within = _label(above) if above and above[0].at(3) == "T" else ""
            order = _order_above(level, by_id)
            kind = "pallet" if code == "T" else "carton"
            tracking = _reference(level, "CN")
            packed = tuple(_item(one, order) for one in items)
            packs.append(Pack(kind, _label(level), tracking, within, packed, order))
    return tuple(packs)


def _item(level: list[Segment], order: str) -> PackedItem:
    line, shipped = _one(level, "LIN"), _one(level, "SN1")
    lot = line.pairs(2).get("LT", "")
    return PackedItem(
        order, line.at(1), number_of(shipped.at(2)), shipped.at(3), _item_id(line, 2), lot, _date(level, "036")
    )


def _order_above(level: list[Segment], by_id: dict[str, list[Segment]]) -> str:
    seen = 0
    while level and level[0].at(3) != "O" and seen < len(by_id):
        level = by_id.get(level[0].at(2), [])
        seen += 1
    return _one(level, "PRF").at(1)


def _label(level: list[Segment]) -> str:
    return next((one.at(2) for one in level if one.tag == "MAN" and one.at(1) == "GM"), "")


def _invoice(message: list[Segment]) -> Invoice:
    head, counts = _one(message, "BIG"), _one(message, "CTT")
    lines = []
    for one in message:
        if one.tag == "IT1":
            order = one.pairs(6).get("PO", head.at(4))
            item = _item_id(one, 6)
            lines.append(InvoiceLine(order, one.at(1), number_of(one.at(2)), one.at(3), number_of(one.at(4)), item))
    return Invoice(
        number=head.at(2),
        kind="credit note" if head.at(7) in ("CR", "CN") else "invoice",
        purpose=PURPOSES.get(head.at(8) or "00", head.at(8)),
        orders=tuple(dict.fromkeys([head.at(4), *(line.purchase_order for line in lines)])),
        lines=tuple(lines),
        charges=tuple(_charges(message)),
        taxes=tuple(number_of(one.at(2)) for one in message if one.tag == "TXI"),
        total=number_of(_one(message, "TDS").at(1)).scaleb(-2),
        line_count=maybe_number(counts.at(1)),
        quantity_total=maybe_number(counts.at(2)),
    )


def _charges(message: list[Segment]) -> Iterator[Decimal]:
    """Charges and allowances of the whole invoice; those behind an IT1 are of its line, and no part of the sum."""
    is_of_a_line = False
    for one in message:
        is_of_a_line = one.tag == "IT1" or (is_of_a_line and one.tag != "TDS")
        if one.tag == "SAC" and not is_of_a_line:
            amount = number_of(one.at(5)).scaleb(-2)
            yield -amount if one.at(1) == "A" else amount


def _acknowledgement(message: list[Segment]) -> Acknowledgement:
    return Acknowledgement(_one(message, "AK1").at(2), _one(message, "AK9").at(1))


READERS: dict[str, Callable[[list[Segment]], Document]] = {
    "850": _order,
    "860": _change,
    "855": _answer,
    "856": _notice,
    "810": _invoice,
    "997": _acknowledgement,
}


def _one(segments: list[Segment], tag: str) -> Segment:
    """The first of a tag, or an empty one."""
    return next((one for one in segments if one.tag == tag), Segment(tag, ()))


def _reference(level: list[Segment], qualifier: str) -> str:
    return next((one.at(2) for one in level if one.tag == "REF" and one.at(1) == qualifier), "")


def _date(level: list[Segment], qualifier: str) -> str:
    return next((one.at(2) for one in level if one.tag == "DTM" and one.at(1) == qualifier), "")


def _item_id(segment: Segment, start: int) -> str:
    pairs = segment.pairs(start)
    return next((pairs[name] for name in ITEM_IDS if name in pairs), "")
