"""The view of an order response in which a line has one ship date, as ORDRSP has room for, and the way back.

A DTM+11 stands behind all quantities of its line, so it dates the line and not one of them, and reads as the date of
the last. It is that of the disposition that ships last: the back-order's on a split line, never a rejection's.
`date_last` leaves out all other dates, which is all that it loses; `date_shipped` hands the date back.
"""

from collections.abc import Callable
from datetime import date

from gateway.documents.order_response import OrderResponse, OrderResponseLine


def date_last(response: OrderResponse) -> OrderResponse:
    """The response with one ship date a line, that of the disposition that ships last."""
    return _with_dates(response, lambda line, shipping: line.dispositions[shipping].ships_on)


def date_shipped(response: OrderResponse) -> OrderResponse:
    """The response with the ship date of each line, wherever it was read, at the disposition that ships last."""
    return _with_dates(response, lambda line, _: next((d.ships_on for d in line.dispositions if d.ships_on), None))


def _with_dates(response: OrderResponse, date_of: Callable[[OrderResponseLine, int], date | None]) -> OrderResponse:
    lines = tuple(_dated(line, date_of) for line in response.lines)
    return response.model_copy(update={"lines": lines})


def _dated(line: OrderResponseLine, date_of: Callable[[OrderResponseLine, int], date | None]) -> OrderResponseLine:
    """The line with its date at what ships last, and nowhere else; as it is where nothing ships."""
    shipping = [n for n, part in enumerate(line.dispositions) if not part.outcome.startswith("rejected")]
    if not shipping:
        return line
    day = date_of(line, shipping[-1])
    parts = (
        part.model_copy(update={"ships_on": day if n == shipping[-1] else None})
        for n, part in enumerate(line.dispositions)
    )
    return line.model_copy(update={"dispositions": tuple(parts)})
