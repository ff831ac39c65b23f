"""The view of an order response in which a line has one ship date, as ORDRSP has room for, and the way back.

A DTM+11 stands behind all quantities of its line, so it dates the line and reads as the date of the last quantity. What
it means is when the disposition ships that ships last: the back-order on a split line, never a rejection. `date_last`
leaves out the dates of other dispositions, which is all that it loses; `date_shipped` hands the date back.
"""

from datetime import date

from gateway.documents.order_response import OrderResponse, OrderResponseLine


def date_last(response: OrderResponse) -> OrderResponse:
    """The response as it reads: the ship date of what ships last on each line, at its last disposition."""
    return _with_lines(response, [_last(line) for line in response.lines])


def date_shipped(response: OrderResponse) -> OrderResponse:
    """The response with the ship date of each line, wherever it was read, at the disposition that ships last."""
    return _with_lines(response, [_shipped(line) for line in response.lines])


def _last(line: OrderResponseLine) -> OrderResponseLine:
    day = line.dispositions[_shipping(line)].ships_on if line.dispositions else None
    return _dated(line, day, len(line.dispositions) - 1)


def _shipped(line: OrderResponseLine) -> OrderResponseLine:
    days = (part.ships_on for part in line.dispositions if part.ships_on)
    return _dated(line, next(days, None), _shipping(line))


def _shipping(line: OrderResponseLine) -> int:
    """The place of the disposition that ships last; the last place where none ships, from which no date is moved."""
    shipping = [n for n, part in enumerate(line.dispositions) if not part.outcome.startswith("rejected")]
    return shipping[-1] if shipping else len(line.dispositions) - 1


def _dated(line: OrderResponseLine, day: date | None, place: int) -> OrderResponseLine:
    """The line with this date at this disposition and no other."""
    parts = (d.model_copy(update={"ships_on": day if n == place else None}) for n, d in enumerate(line.dispositions))
    return line.model_copy(update={"dispositions": tuple(parts)})


def _with_lines(response: OrderResponse, lines: list[OrderResponseLine]) -> OrderResponse:
    return response.model_copy(update={"lines": tuple(lines)})
