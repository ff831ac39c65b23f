"""From the ERP's answer to the partner's order response: back to the unit, id and line that were ordered.

The way back divides by the factor that the way there multiplied by. A remainder is a gap and not a rounding, a line
without an answer is a gap and not a rejection: the partner reads silence as a rejection and charges for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import get_args

from gateway.catalogue.booked import Booked, broken, to_ordered
from gateway.catalogue.gaps import Gap, gap
from gateway.documents.base import plain
from gateway.documents.erp import ErpOrderResponse, ErpOrderResponseLine, SalesOrderLine
from gateway.documents.order_response import (
    Disposition,
    LineStatus,
    OrderResponse,
    OrderResponseLine,
    Outcome,
)
from gateway.documents.purchase_order import PurchaseOrderLine, Purpose

OUTCOME_OF_REASON: Mapping[str, Outcome] = {
    outcome.partition(":")[2]: outcome for outcome in get_args(Outcome) if ":" in outcome
}
"""The ERP's word for why it rejects -> the outcome that the partner is told."""


Answer = tuple[tuple[Disposition, ...], tuple[Gap, ...]]


def to_partner_response(
    answer: ErpOrderResponse | None,
    booked: Booked,
    *,
    rejected: Mapping[str, str] = MappingProxyType({}),
    purpose: Purpose = "original",
    issued_on: date | None = None,
    vat_rate: Decimal | None = None,
) -> tuple[OrderResponse | None, tuple[Gap, ...]]:
    """The answer to every line of the order, or the gaps that keep it from being given.

    Lines in `rejected` were given up and never reached the ERP: each is rejected for the reason beside its number, in
    the ERP's words, an empty one meaning an invalid item; where all are, `answer` is None. `vat_rate` is in per cent.
    Whether the parts of a line add up to what was ordered is for the gates to judge.
    """
    order = booked.order
    answered = answer.lines if answer is not None else ()
    in_erp = {number: line for number, line in booked.lines.items() if number not in rejected}
    said = {line.line: line for line in answered}
    gaps = list(_stray_answers(answered, in_erp, rejected))
    lines: list[OrderResponseLine] = []
    for number, line in zip(order.line_numbers, order.lines, strict=True):
        if number in rejected:
            dispositions, missing = _given_up(number, line, rejected[number] or "invalid_item")
        else:
            dispositions, missing = _answer(number, said.get(number), in_erp.get(number))
        gaps += missing
        lines.append(_line(number, line, dispositions, vat_rate))
    if gaps:
        return None, tuple(gaps)
    response = OrderResponse(
        purpose=purpose,
        response=_judge([line.status for line in lines]),
        number=order.number,
        purchase_order=order.number,
        ordered_on=order.ordered_on,
        issued_on=issued_on,
        currency=booked.currency,
        vendor=order.vendor,
        ship_to=order.ship_to,
        lines=tuple(lines),
    )
    return response, ()


def _stray_answers(
    answered: Sequence[ErpOrderResponseLine], in_erp: Mapping[str, SalesOrderLine], rejected: Mapping[str, str]
) -> Iterator[Gap]:
    """Answers that belong to no booked line, or of which there are two.

    A line that was given up may be answered all the same, as long as the ERP says what we say: that it is rejected.
    """
    agreeing = {line.line for line in answered if line.rejected and not (line.accepted or line.backordered)}
    numbers = [line.line for line in answered]
    for number in dict.fromkeys(numbers):
        if number not in in_erp and not (number in rejected and number in agreeing):
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


def _given_up(number: str, line: PurchaseOrderLine, reason: str) -> Answer:
    """The rejection of a line that never reached the ERP."""
    outcome = OUTCOME_OF_REASON.get(reason)
    if outcome is None:
        return (), (_reason_missing(number, plain(line.ordered.value), reason),)
    return (Disposition(outcome=outcome, quantity=line.ordered),), ()


def _answer(number: str, said: ErpOrderResponseLine | None, line: SalesOrderLine | None) -> Answer:
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
        gaps.append(_reason_missing(number, f"{plain(said.rejected)} pieces", said.reason))
    parts: tuple[tuple[Outcome | None, Decimal, date | None], ...] = (
        ("accepted", said.accepted, said.ships_on),
        ("backordered", said.backordered, said.backorder_until),
        (outcome, said.rejected, None),
    )
    for named, pieces, ships_on in parts:
        quantity = to_ordered(line, pieces)
        if quantity is None:
            gaps.append(broken(number, pieces, line, f"line {number}", "answer in multiples of {factor} pieces"))
        elif pieces and named is not None:
            dispositions.append(Disposition(outcome=named, quantity=quantity, ships_on=ships_on))
    return tuple(dispositions), tuple(gaps)


def _reason_missing(number: str, quantity: str, reason: str | None) -> Gap:
    return gap(
        "reason-missing",
        number,
        f"line {number}: {quantity} are rejected for the reason {reason!r}",
        f"give one of the reasons {', '.join(OUTCOME_OF_REASON)}",
        reason=reason or "",
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
