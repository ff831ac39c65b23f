"""Files that no gateway should take, or not as they are: what other people put into a partner's folder by mistake.

Each makes one file of an order that is good in itself. All of them end in quarantine or as a case, so that somebody who
learns to run the gateway meets them before they are real.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.config import Partner
from gateway.simulate.wire import enclose

Body = tuple[str, list[str]]


def a_spreadsheet(_: Body, __: Partner, ___: int, ____: datetime) -> bytes:
    """Somebody sent his workbook."""
    return b"PK\x03\x04\x14\x00\x06\x00orders of the week"


def cut_off(order: Body, partner: Partner, number: int, at: datetime) -> bytes:
    """The upload ended in the middle."""
    whole = enclose(*order, partner, number, at)
    return whole[: len(whole) * 2 // 3]


def of_a_stranger(order: Body, partner: Partner, number: int, at: datetime) -> bytes:
    """The sender's id is nobody's."""
    return enclose(*order, partner.model_copy(update={"id": f"{partner.theirs.qualifier}:AMAZONTEST"}), number, at)


def counted_wrong(order: Body, partner: Partner, number: int, at: datetime) -> bytes:
    """The trailer counts a segment too many."""
    message, body = order
    whole, tag = enclose(message, body, partner, number, at), b"UNT+" if partner.format == "edifact" else b"SE*"
    right = len(body) + 2
    return whole.replace(tag + str(right).encode(), tag + str(right + 1).encode())


def without_a_quantity(order: Body, partner: Partner, number: int, at: datetime) -> bytes:
    """A quantity is a word."""
    message, body = order
    spoiled = [_first_quantity(segment) for segment in body]
    return enclose(message, spoiled, partner, number, at)


def _first_quantity(segment: str) -> str:
    if segment.startswith("PO1*"):
        tag, line, _, *rest = segment.split("*")
        return "*".join((tag, line, "MANY", *rest))
    return "QTY+21:MANY" if segment.startswith("QTY+21:") else segment


Fault = Callable[[Body, Partner, int, datetime], bytes]
FAULTS: Mapping[str, Fault] = {
    "orders.xlsx": a_spreadsheet,
    "cut.edi": cut_off,
    "stranger.edi": of_a_stranger,
    "counted.edi": counted_wrong,
    "quantity.edi": without_a_quantity,
}
"""The name of the file -> what makes it."""
