"""From the partner's purchase order to the ERP's sales order: base units, SKUs, prices per n units.

`to_erp` answers with the document or with gaps, never with half a document: lines that a person or a policy leaves out
are named by the caller, and all others must resolve.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.catalogue.account import Account
from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.items import Items
from gateway.catalogue.lines import Asked, ResolvedLine, resolve_line
from gateway.documents.erp import SalesOrder
from gateway.documents.purchase_order import PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What became of an order: the sales order, the lines that resolved, and the gaps of the others.

    `document` is None while a gap blocks it, or where no line is left to book.
    """

    document: SalesOrder | None
    lines: tuple[ResolvedLine, ...]
    gaps: tuple[Gap, ...]


def to_erp(
    order: PurchaseOrder,
    partner: str,
    account: Account,
    items: Items,
    *,
    leave_out: frozenset[str] = frozenset(),
    revision: int = 0,
) -> Conversion:
    """The sales order for a purchase order of a partner under an account.

    `leave_out` holds the numbers of lines that are not to be booked (see PurchaseOrder.line_numbers). The item master
    is asked for the day of the order.
    """
    currency = order.currency or account.currency
    asked = Asked(partner=partner, account=account, items=items, on=order.ordered_on, currency=currency)
    wanted = [pair for pair in zip(order.line_numbers, order.lines, strict=True) if pair[0] not in leave_out]
    outcomes = [resolve_line(number, line, asked) for number, line in wanted]
    lines = tuple(outcome for outcome in outcomes if isinstance(outcome, ResolvedLine))
    gaps = (
        *_order_gaps(order, account, [number for number, _ in wanted]),
        *(gap for outcome in outcomes if not isinstance(outcome, ResolvedLine) for gap in outcome),
    )
    if gaps or not lines:
        return Conversion(document=None, lines=lines, gaps=gaps)
    # One validation builds the order with all that is in it: half the time of a record after the other.
    document = SalesOrder.model_validate(
        {
            "id": f"{partner}:{order.number}",
            "partner": partner,
            "account": account.name,
            "purchase_order": order.number,
            "revision": revision,
            "ordered_on": order.ordered_on,
            "currency": currency,
            "customer": account.customer,
            "ship_to": order.ship_to and {"code": order.ship_to.code},
            "window": order.window,
            "lines": [_booked(line) for line in lines],
        }
    )
    return Conversion(document=document, lines=lines, gaps=())


def _booked(line: ResolvedLine) -> dict[str, object]:
    return {
        "line": line.line,
        "sku": line.sku,
        "ordered": line.ordered,
        "base": {"value": line.base},
        "price": line.price,
        "amount": line.amount,
    }


def _order_gaps(order: PurchaseOrder, account: Account, numbers: list[str]) -> Iterator[Gap]:
    if order.currency is not None and order.currency != account.currency:
        yield gap(
            "currency-differs",
            None,
            f"the order is in {order.currency}, account {account.name} in {account.currency}",
            f"correct currency of account {account.name}, or ask the partner",
            order=order.currency,
            account=account.currency,
        )
    for number, times in Counter(numbers).items():
        if times == 1:
            continue
        yield gap(
            "line-repeated",
            number,
            f"line {number} stands {times} times in the order, and an answer could mean any of them",
            "ask the partner for an order with a number for each line",
        )
