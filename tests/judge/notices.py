"""What can be incomplete or false in a ship notice: 856, DESADV."""

from collections.abc import Callable, Iterable, Iterator

from tests.judge.documents import Notice, Pack
from tests.judge.known import Known, items_of, miscounted


def _the_way_is_told(notice: Notice, known: Known) -> Iterator[str]:
    wanted = {
        "carrier (SCAC)": notice.scac,
        "bill of lading": notice.bill_of_lading,
        "ship date": notice.shipped,
        "day of arrival": notice.arrives,
    }
    yield from (f"no {name}" for name, value in wanted.items() if not value)
    for order in _orders(notice):
        if order in known.orders and known.orders[order].collect and not notice.amazon_reference:
            yield f"order {order} is collect freight, and there is no reference of the pick-up (ARN)"


def _every_carton_is_labelled(notice: Notice, known: Known) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for place, pack in enumerate(notice.packs, 1):
        if not pack.sscc and not (pack.kind == "carton" and pack.tracking):
            yield f"{pack.kind} {place} has no SSCC"
        elif pack.sscc and not is_sscc(pack.sscc):
            yield f"{pack.kind} {place}: {pack.sscc} is no SSCC"
        elif pack.sscc and (pack.order, pack.sscc) in seen:
            yield f"{pack.kind} {place}: {pack.sscc} stands on another pack too"
        elif pack.sscc and known.labels.get(pack.sscc, notice.number) != notice.number:
            yield f"{pack.kind} {place}: {pack.sscc} was used on shipment {known.labels[pack.sscc]}"
        seen.add((pack.order, pack.sscc))


def _every_pack_holds_something(notice: Notice, _: Known) -> Iterator[str]:
    if not notice.packs:
        yield "nothing was shipped"
    holding = {pack.within for pack in notice.packs}
    for place, pack in enumerate(notice.packs, 1):
        if not pack.items and not (pack.kind == "pallet" and pack.sscc in holding):
            yield f"{pack.kind} {place} holds nothing"
        yield from (f"{pack.kind} {place}: line {i.line}: ships {i.quantity}" for i in pack.items if i.quantity <= 0)


def _a_notice_counts_right(notice: Notice, _: Known) -> Iterator[str]:
    yield from notice.faults
    yield from miscounted("levels or pieces", notice.count, notice.counted)
    pallets, cartons = (_number_of(notice.packs, kind) for kind in ("pallet", "carton"))
    wanted: tuple[int | None, int | None] = (None, pallets) if pallets else (cartons, None)
    if (notice.cartons, notice.pallets) != wanted:
        yield f"counts {notice.cartons} cartons and {notice.pallets} pallets, there are {cartons} and {pallets}"


def _it_follows_the_answer(notice: Notice, known: Known) -> Iterator[str]:
    for order in _orders(notice):
        if order not in known.answers:
            yield f"order {order} is not answered yet"


def _its_items_are_those_ordered(notice: Notice, known: Known) -> Iterator[str]:
    for item in items_of(notice):
        ordered = known.ordered(item.purchase_order, item.line)
        if ordered is None:
            yield f"order {item.purchase_order} has no line {item.line}"
        elif item.id != ordered.id:
            yield f"order {item.purchase_order}, line {item.line}: item {item.id}, ordered {ordered.id}"


def _no_more_than_promised(notice: Notice, known: Known) -> Iterator[str]:
    before = {number: other for number, other in known.notices.items() if number != notice.number}
    after = Known(known.packs, notices={**before, notice.number: notice}).shipped()
    promised = known.promised()
    for order, line in dict.fromkeys((item.purchase_order, item.line) for item in items_of(notice)):
        is_judged = order in known.answers and known.ordered(order, line) is not None
        if is_judged and after[order, line] > promised[order, line]:
            said = f"{after[order, line]} pieces shipped, {promised[order, line]} promised"
            yield f"order {order}, line {line}: {said}"


def _a_number_is_used_once_or_replaced(notice: Notice, known: Known) -> Iterator[str]:
    if notice.purpose == "original" and notice.number in known.notices:
        yield "was sent before, and this is not a replacement"
    elif notice.purpose != "original" and notice.number not in known.notices:
        yield f"is to {notice.purpose} what was never sent"


NOTICE_RULES: tuple[Callable[[Notice, Known], Iterator[str]], ...] = (
    _the_way_is_told,
    _every_carton_is_labelled,
    _every_pack_holds_something,
    _a_notice_counts_right,
    _it_follows_the_answer,
    _its_items_are_those_ordered,
    _no_more_than_promised,
    _a_number_is_used_once_or_replaced,
)


def is_sscc(text: str) -> bool:
    """Eighteen digits, or twenty with the identifier 00, the last of which makes the weighted sum a multiple of ten."""
    digits = text[2:] if len(text) == 20 and text.startswith("00") else text
    if len(digits) != 18 or not digits.isascii() or not digits.isdigit():
        return False
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return weighted % 10 == 0


def _number_of(packs: Iterable[Pack], kind: str) -> int:
    """The packs of a kind; one that is listed under several orders is one."""
    first: dict[str, str] = {}
    own = [pack for pack in packs if pack.kind == kind]
    return sum(not pack.sscc or first.setdefault(pack.sscc, pack.order) == pack.order for pack in own)


def _orders(notice: Notice) -> list[str]:
    return list(dict.fromkeys(item.purchase_order for item in items_of(notice)))
