"""What can be false in an answer: 855, ORDRSP."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from tests.judge.documents import Answer
from tests.judge.known import Known, miscounted


def _every_line_is_answered(answer: Answer, known: Known) -> Iterator[str]:
    if answer.purchase_order not in known.orders:
        yield "there is no such order"
        return
    wanted = [line.line for line in known.orders[answer.purchase_order].lines]
    said = [line.line for line in answer.lines]
    yield from (f"line {line} is not answered" for line in wanted if line not in said)
    yield from (f"line {line} was not ordered" for line in said if line not in wanted)
    yield from (f"line {line} is answered more than once" for line in dict.fromkeys(said) if said.count(line) > 1)


def _the_parts_are_the_whole(answer: Answer, known: Known) -> Iterator[str]:
    for line in answer.lines:
        ordered = known.ordered(answer.purchase_order, line.line)
        if ordered is None:
            continue
        wanted = known.pieces(ordered.quantity, ordered.unit, ordered.id)
        total = sum((known.pieces(part.quantity, part.unit, line.id) for part in line.parts), Decimal(0))
        if total != wanted:
            yield f"line {line.line}: {total} pieces are answered, {wanted} ordered"
        if answer.repeats_quantities and (line.quantity, line.unit) != (ordered.quantity, ordered.unit):
            yield f"line {line.line}: repeats {line.quantity} {line.unit}, ordered {ordered.quantity} {ordered.unit}"


def _the_ordered_item_and_price_are_repeated(answer: Answer, known: Known) -> Iterator[str]:
    for line in answer.lines:
        ordered = known.ordered(answer.purchase_order, line.line)
        if ordered is not None and line.id != ordered.id:
            yield f"line {line.line}: item {line.id}, ordered {ordered.id}"
        if ordered is not None and line.price != ordered.price:
            yield f"line {line.line}: price {line.price}, ordered at {ordered.price}"


def _codes_are_known_and_backorders_dated(answer: Answer, _: Known) -> Iterator[str]:
    for line in answer.lines:
        for part in line.parts:
            if part.outcome == "unknown":
                yield f"line {line.line}: the code {part.code} is not known"
            if part.outcome == "backordered" and not part.date:
                yield f"line {line.line}: back-ordered without a date"


def _no_less_than_was_shipped(answer: Answer, known: Known) -> Iterator[str]:
    """A new answer cannot take back what has left; only the partner can, by ordering less."""
    shipped, promised = known.shipped(), known.promised_in(answer)
    for line in answer.lines:
        ordered = known.ordered(answer.purchase_order, line.line)
        left = shipped[answer.purchase_order, line.line]
        if ordered is None:
            continue
        wanted = min(left, known.pieces(ordered.quantity, ordered.unit, ordered.id))
        if promised[answer.purchase_order, line.line] < wanted:
            said = promised[answer.purchase_order, line.line]
            yield f"line {line.line}: {said} pieces are promised, {left} have been shipped"


def _an_answer_counts_right(answer: Answer, _: Known) -> Iterator[str]:
    lines, total = Decimal(len(answer.lines)), sum((line.quantity for line in answer.lines), Decimal(0))
    yield from miscounted("lines", answer.line_count, lines)
    yield from miscounted("the quantity", answer.quantity_total, total)


ANSWER_RULES: tuple[Callable[[Answer, Known], Iterator[str]], ...] = (
    _every_line_is_answered,
    _the_parts_are_the_whole,
    _the_ordered_item_and_price_are_repeated,
    _codes_are_known_and_backorders_dated,
    _no_less_than_was_shipped,
    _an_answer_counts_right,
)
