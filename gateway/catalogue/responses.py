"""From the ERP's answer to the partner's order response: back to the unit, id and line that were ordered.

The way back divides by the factor that the way there multiplied by. A remainder is a gap and not a rounding, a line
without an answer is a gap and not a rejection: the partner reads silence as a rejection and charges for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import get_args

from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.lines import ResolvedLine
from gateway.documents.base import plain
from gateway.documents.erp import ErpOrderResponse, ErpOrderResponseLine
from gateway.documents.order_response import (
    Disposition,
    LineStatus,
    OrderResponse,
    OrderResponseLine,
    Outcome,
)
from gateway.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from gateway.documents.quantity import Quantity

OUTCOME_OF_REASON: Mapping[str, Outcome] = {
    outcome.partition(":")[2]: outcome for outcome in get_args(Outcome) if ":" in outcome
}
"""The ERP's word for why it rejects -> the outcome that the partner is told."""


Answer = tuple[tuple[Disposition, ...], tuple[Gap, ...]]


def to_partner_response(
    answer: ErpOrderResponse | None,
    order: PurchaseOrder,
    resolved: Iterable[ResolvedLine],
    *,
    leave_out: frozenset[str] = frozenset(),
    issued_on: date | None = None,
    vat_rate: Decimal | None = None,
) -> tuple[OrderResponse | None, tuple[Gap, ...]]:
    """The answer to every line of the order, or the gaps that keep it from being given.

    Lines in `leave_out` never reached the ERP and are rejected as invalid items; where all are, `answer` is None.
    Whether the parts of a line add up to what was ordered is for the gates to judge.
    """
    answered = answer.lines if answer is not None else ()
    booked = {line.line: line for line in resolved if line.line not in leave_out}
    said = {line.line: line for line in answered}
    gaps = list(_stray_answers(answered, booked))
    lines: list[OrderResponseLine] = []
    for number, line in zip(order.line_numbers, order.lines, strict=True):
        if number in leave_out:
            parts: Answer = (Disposition(outcome="rejected:invalid_item", quantity=line.ordered),), ()
        else:
            parts = _answer(number, said.get(number), booked.get(number))
        dispositions, missing = parts
        gaps += missing
        lines.append(_line(number, line, dispositions, vat_rate))
    if gaps:
        return None, tuple(gaps)
    response = OrderResponse(
        response=_judge([line.status for line in lines]),
        number=order.number,
        purchase_order=order.number,
        ordered_on=order.ordered_on,
        issued_on=issued_on,
        currency=order.currency,
        vendor=order.vendor,
        ship_to=order.ship_to,
        lines=tuple(lines),
    )
    return response, ()


def _stray_answers(answered: Iterable[ErpOrderResponseLine], booked: Mapping[str, ResolvedLine]) -> Iterator[Gap]:
    """Answers that belong to no booked line, or of which there are two."""
    numbers = [line.line for line in answered]
    for number in dict.fromkeys(numbers):
        if number not in booked:
            yield gap(
                "line-unknown",
                number,
                f"the ERP answers line {number}, which was not booked",
                "correct the line number in the ERP's order-response, and send it with a higher revision",
            )
        elif numbers.count(number) > 1:
            yield gap(
                "line-repeated",
                number,
                f"the ERP answers line {number} {numbers.count(number)} times",
                "give one answer for each line in the ERP's order-response, and send it with a higher revision",
            )


def _answer(number: str, said: ErpOrderResponseLine | None, line: ResolvedLine | None) -> Answer:
    """The parts of a line in the ordered unit, or what keeps them from being said."""
    if said is None or line is None or not (said.accepted or said.backordered or said.rejected):
        unanswered = gap(
            "line-unanswered",
            number,
            f"line {number} has no answer of the ERP",
            "answer the line in the ERP's order-response, or reject it",
        )
        return (), (unanswered,)
    outcome = OUTCOME_OF_REASON.get(said.reason or "")
    gaps: list[Gap] = []
    dispositions: list[Disposition] = []
    if said.rejected and outcome is None:
        gaps.append(
            gap(
                "reason-missing",
                number,
                f"line {number}: {plain(said.rejected)} pieces are rejected for the reason {said.reason!r}",
                f"give one of the reasons {', '.join(OUTCOME_OF_REASON)}",
                reason=said.reason or "",
            )
        )
    parts: tuple[tuple[Outcome | None, Decimal, date | None], ...] = (
        ("accepted", said.accepted, said.ships_on),
        ("backordered", said.backordered, said.backorder_until),
        (outcome, said.rejected, None),
    )
    for named, pieces, ships_on in parts:
        quantity = to_ordered(line, pieces)
        if quantity is None:
            gaps.append(_broken(number, pieces, line))
        elif pieces and named is not None:
            dispositions.append(Disposition(outcome=named, quantity=quantity, ships_on=ships_on))
    return tuple(dispositions), tuple(gaps)


def to_ordered(line: ResolvedLine, pieces: Decimal) -> Quantity | None:
    """So many pieces in the unit that was ordered, with its code; None where they are no whole number of it.

    All pieces of a line are what was ordered, however it was written.
    """
    if pieces == line.base:
        return line.ordered
    whole, rest = divmod(pieces, line.factor.each)
    return None if rest or whole < 0 else line.ordered.model_copy(update={"value": Decimal(int(whole))})


def _broken(number: str, pieces: Decimal, line: ResolvedLine) -> Gap:
    return gap(
        "not-integral",
        number,
        f"line {number}: {plain(pieces)} pieces are no whole number of the ordered unit of {line.factor.each} each",
        f"answer in multiples of {line.factor.each} pieces",
        pieces=plain(pieces),
        factor=str(line.factor.each),
    )


def _line(
    number: str, line: PurchaseOrderLine, dispositions: tuple[Disposition, ...], vat_rate: Decimal | None
) -> OrderResponseLine:
    """The line of the order repeated with its answer."""
    return OrderResponseLine(
        line=number,
        status=_judge([part.outcome.partition(":")[0] for part in dispositions]),
        ordered=line.ordered,
        price=line.price,
        price_basis=line.price_basis,
        vat_rate=vat_rate,
        dispositions=dispositions,
        **line.id_fields,
    )


def _judge(parts: Sequence[str | None]) -> LineStatus:
    """accepted or rejected where all parts are, else changed."""
    if all(part == "accepted" for part in parts):
        return "accepted"
    return "rejected" if all(part == "rejected" for part in parts) else "changed"
