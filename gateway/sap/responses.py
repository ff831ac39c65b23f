"""From SAP's answer (ORDRSP) to ours: what is accepted, back-ordered and rejected of each line, in pieces.

Several items may be of one line, since SAP splits an item to reject a part of it. Of the items that stand, what is
confirmed within the order's window is accepted, for later dates back-ordered; of an order without a window only what
is confirmed for the earliest date is accepted. What is not confirmed at all is back-ordered without a date, for a
person to complete. An item that SAP leaves out stays unanswered.

SAP confirms days of delivery (EDATU): goods leave as many days before as they are on their way.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from gateway.documents.erp import ErpOrderResponse, ErpOrderResponseLine
from gateway.documents.purchase_order import Window
from gateway.documents.sap import SapOrderItem, SapOrderResponse
from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.known import Known
from gateway.sap.numbers import bare
from gateway.sap.orders import CANCELLED
from gateway.sap.profile import SapProfile
from gateway.sap.senders import Ordered, ordered
from gateway.sap.units import pieces

_NOTHING = Decimal(0)
Parts = tuple[ErpOrderResponse | None, tuple[Finding, ...]]


def from_sap_response(response: SapOrderResponse, partner: str, profile: SapProfile, known: Known) -> Parts:
    """The order response, or what is not understood of it."""
    number = response.customer_order.number if response.customer_order else None
    if number is None:
        return None, (unusable("it names no purchase order (E1EDK02 001)"),)
    order = ordered(partner, number, known)
    findings: list[Finding] = []
    items: dict[str, list[SapOrderItem]] = {}
    for item in response.items:
        line = order.line_of(item.customer_order.line if item.customer_order else None, item.position)
        if line is None:
            findings.append(unusable("an item names no line (E1EDP01 POSEX)", item.material))
        else:
            items.setdefault(line, []).append(item)
    lines = [_line(line, each, order, profile, findings) for line, each in items.items()]
    if findings:
        return None, tuple(findings)
    own = response.sales_order.number if response.sales_order else response.number
    return ErpOrderResponse(
        partner=partner, purchase_order=number, sales_order=bare(own) if own else None, lines=tuple(lines)
    ), ()


def _line(
    line: str, items: list[SapOrderItem], order: Ordered, profile: SapProfile, findings: list[Finding]
) -> ErpOrderResponseLine:
    """The parts of a line over all its items. What is not understood is added to `findings`."""
    window = order.last.window if order.last else None
    standing = [item for item in items if not _is_rejected(item)]
    rejected = [item for item in items if _is_rejected(item)]
    accepted, backordered = _confirmed(line, standing, window, profile, findings)
    booked = order.booked(line)
    whole = booked.base.value if booked else None
    given_up = sum((_pieces(item.quantity, item, profile, line, findings) for item in rejected), _NOTHING)
    confirmed = sum(accepted.values(), _NOTHING) + sum(backordered.values(), _NOTHING)
    rest = _NOTHING if whole is None else max(whole - confirmed - given_up, _NOTHING)
    if rejected and not given_up:  # a cancelled item has the quantity 0: all that nobody confirms is rejected
        given_up, rest = rest, _NOTHING
    unconfirmed = rest if standing else _NOTHING
    first, last = _first(accepted), _last(backordered)
    return ErpOrderResponseLine(
        line=line,
        accepted=sum(accepted.values(), _NOTHING),
        ships_on=first and _left_by(first, profile),
        backordered=sum(backordered.values(), unconfirmed),
        backorder_until=_left_by(last, profile) if last and not unconfirmed else None,
        rejected=given_up,
        reason=_reason(rejected, profile, findings) if given_up else None,
    )


def _first(days: Mapping[date, Decimal]) -> date | None:
    """The first day on which there is something."""
    return min((day for day, count in days.items() if count), default=None)


def _left_by(day: date, profile: SapProfile) -> date:
    """When goods leave that are delivered on a day; the first day of the calendar is SAP's word for never."""
    return day - timedelta(days=profile.transit_days) if day.toordinal() > profile.transit_days else day


def _last(days: Mapping[date, Decimal]) -> date | None:
    return max((day for day, count in days.items() if count), default=None)


def _is_rejected(item: SapOrderItem) -> bool:
    return item.rejection is not None or item.action == CANCELLED or item.quantity == 0


def _confirmed(
    line: str, items: list[SapOrderItem], window: Window | None, profile: SapProfile, findings: list[Finding]
) -> tuple[Mapping[date, Decimal], Mapping[date, Decimal]]:
    """Pieces by day that are accepted, and those that are back-ordered."""
    days: dict[date, Decimal] = {}
    for item in items:
        for each in item.schedule:
            if each.due_on is not None:
                count = _pieces(each.quantity, item, profile, line, findings)
                days[each.due_on] = days.get(each.due_on, _NOTHING) + count
    last = window.not_after if window and profile.backorder == "after-window" else None
    limit = last or min(days, default=date.max)
    accepted = {day: count for day, count in days.items() if day <= limit}
    return accepted, {day: count for day, count in days.items() if day > limit}


def _pieces(
    quantity: Decimal | None, item: SapOrderItem, profile: SapProfile, line: str, findings: list[Finding]
) -> Decimal:
    found = pieces(quantity or _NOTHING, item.unit, profile, f"line {line}")
    if isinstance(found, Finding):
        findings.append(found)
        return _NOTHING
    return found


def _reason(items: list[SapOrderItem], profile: SapProfile, findings: list[Finding]) -> str | None:
    """Why the items are rejected, in our words; of several reasons the first."""
    code = next((item.rejection for item in items if item.rejection), None)
    if code is None:
        return None
    reason = profile.reasons.get(code)
    if reason is None:
        row = f'[erp.sap.reasons] {code} = "out_of_stock"'
        findings.append(unmapped(f"the rejection reason {code} (ABGRU)", row, code))
    return reason
