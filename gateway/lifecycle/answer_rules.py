"""What an order response must meet. Each requirement is a function that yields what is wanting, or nothing.

Amazon reads a line without an answer as rejected and charges for it, cancels what it does not understand, and compares
the prices of the answer with those of the invoice.
"""

from collections.abc import Iterator
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.erp import ErpOrderResponseLine, Shipment
from gateway.lifecycle.decisions import PRICE_RULE, price_difference
from gateway.lifecycle.judged import Judged, Wanting
from gateway.lifecycle.ledger import pieces_shipped

_AGAIN = "in the ERP's order-response, and send it with a higher revision"


def every_line_is_answered(judged: Judged) -> Iterator[Wanting]:
    """Every line of the order has an answer, or was given up. A line that is left out counts as rejected, and costs."""
    said = {line.line for line in judged.response.lines if line.accepted or line.backordered or line.rejected}
    for number in judged.order.state.lines:
        if number not in said and number not in judged.order.state.rejected:
            yield Wanting(
                line=number, message=f"line {number} has no answer of the ERP", remedy=f"answer the line {_AGAIN}"
            )


def the_parts_make_up_the_order(judged: Judged) -> Iterator[Wanting]:
    """Of each line, accepted, back-ordered and rejected pieces together are what was ordered."""
    for line in _answered(judged):
        ordered = judged.order.booked.lines[line.line].base.value
        parts = {"accepted": line.accepted, "backordered": line.backordered, "rejected": line.rejected}
        together = line.accepted + line.backordered + line.rejected
        if together != ordered or min(parts.values()) < 0:
            said = " + ".join(f"{plain(value)} {name}" for name, value in parts.items())
            yield Wanting(
                line=line.line,
                message=f"line {line.line}: {said} is {plain(together)}, ordered are {plain(ordered)} pieces",
                remedy=f"make the parts of the line {plain(ordered)} pieces {_AGAIN}",
                evidence={"ordered": plain(ordered), **{name: plain(value) for name, value in parts.items()}},
            )


def no_less_than_shipped(judged: Judged) -> Iterator[Wanting]:
    """A new answer takes back nothing that has left, as far as it is still ordered."""
    left = pieces_shipped(judged.order.state)
    for line in _answered(judged):
        gone = min(left.get(line.line, Decimal(0)), judged.order.booked.lines[line.line].base.value)
        if gone > line.accepted + line.backordered:
            yield Wanting(
                line=line.line,
                message=f"line {line.line}: {plain(gone)} pieces have been shipped, "
                f"{plain(line.accepted + line.backordered)} are promised now",
                remedy=f"promise at least what has left {_AGAIN}",
                evidence={"shipped": plain(gone), "promised": plain(line.accepted + line.backordered)},
            )


def back_orders_are_allowed(judged: Judged) -> Iterator[Wanting]:
    """Nothing is back-ordered that the order does not let be delivered later (CSH01 N)."""
    if judged.conduct.back_orders == "allowed" or judged.order.booked.order.back_orders == "yes":
        return
    for line in _answered(judged):
        if line.backordered:
            yield Wanting(
                line=line.line,
                message=f"line {line.line}: {plain(line.backordered)} pieces are back-ordered, which the order forbids",
                remedy=f"reject them as out_of_stock {_AGAIN}",
                evidence={"back-orders of the order": judged.order.booked.order.back_orders or "not named"},
            )


def a_date_for_every_back_order(judged: Judged) -> Iterator[Wanting]:
    """What is back-ordered has a day on which it will ship. A back-order without a date is charged as unconfirmed."""
    for line in _answered(judged):
        if line.backordered and line.backorder_until is None:
            yield Wanting(
                line=line.line,
                message=f"line {line.line}: {plain(line.backordered)} pieces are back-ordered without a date",
                remedy=f"give backorder_until {_AGAIN}",
            )


def a_price_for_every_line(judged: Judged) -> Iterator[Wanting]:
    """What is promised has a price above zero: Amazon refuses the whole file for one zero price."""
    for line in _answered(judged):
        price = judged.order.booked.lines[line.line].price
        if (line.accepted or line.backordered) and price.amount <= 0:
            yield Wanting(
                line=line.line,
                message=f"line {line.line} is promised for {plain(price.amount)}",
                remedy="ask the partner for an order with a price, or reject the line",
                evidence={"price": plain(price.amount)},
            )


def the_price_of_the_item_master(judged: Judged) -> Iterator[Wanting]:
    """The order pays for a line what the item master asks for its pieces. Acknowledging it accepts the price.

    What was told of a line when the order came is not told again.
    """
    told = {gap.line for gap in judged.order.state.all_gaps if gap.rule == PRICE_RULE}
    for line in (line for line in _answered(judged) if line.line not in told):
        booked = judged.order.booked.lines[line.line]
        facts = judged.items.get(booked.sku)
        asked = facts.price if facts else None
        currency = judged.order.booked.currency
        found = price_difference(line.line, booked.sku, booked.base.value, booked.amount, asked, currency)
        if found and (line.accepted or line.backordered):
            yield Wanting(
                line=line.line,
                message=found.said,
                at_stake=found.amount,
                remedy="correct base_price in items.csv, or agree the price with the partner; the answer accepts it",
                evidence={"order": plain(booked.amount), "sku": booked.sku},
            )


def the_order_is_not_cancelled(judged: Judged) -> Iterator[Wanting]:
    """Nothing is promised, shipped or charged of an order that the partner has cancelled before it was done."""
    return (wanting for has_happened, wanting in _cancelled(judged) if not has_happened)


def a_cancellation_that_came_in_time(judged: Judged) -> Iterator[Wanting]:
    """What had left when the partner cancelled it, or a line of it, is told and charged all the same; it is shown."""
    return (wanting for has_happened, wanting in (*_cancelled(judged), *_dropped(judged)) if has_happened)


def no_line_that_is_cancelled(judged: Judged) -> Iterator[Wanting]:
    """No line is shipped that the partner cancelled before the goods left: he charges for it, or sends it back."""
    return (wanting for has_happened, wanting in _dropped(judged) if not has_happened)


def _cancelled(judged: Judged) -> Iterator[tuple[bool, Wanting]]:
    """Each cancelled order, and whether the goods that the document tells of had left before."""
    goods = judged.document if isinstance(judged.document, Shipment) else judged.shipment
    left_at = goods.shipped_at if goods else None
    for number, known in judged.orders.items():
        cancelled = known.state.cancelled
        if cancelled is not None:
            yield (
                left_at is not None and cancelled.cancelled_at is not None and left_at <= cancelled.cancelled_at,
                Wanting(
                    message=f"order {number} was cancelled by the partner: {cancelled.why}",
                    remedy="stop it in the ERP; if the goods have left, ask the partner what is to become of them",
                    evidence={"purchase_order": number, "cancelled by document": cancelled.document},
                ),
            )


def _dropped(judged: Judged) -> Iterator[tuple[bool, Wanting]]:
    """Each line in the packs of a shipment that its order has no more, and whether the goods had left before."""
    if not isinstance(judged.document, Shipment):
        return
    left_at = judged.goods.shipped_at
    for order, number in judged.packed():
        dropped = judged.orders[order].booked.dropped.get(number) if order in judged.orders else None
        if dropped is not None:
            yield (
                left_at is not None and left_at <= dropped.dropped_at,
                Wanting(
                    line=number,
                    message=f"order {order}, line {number}: the partner cancelled it at "
                    f"{dropped.dropped_at:%Y-%m-%d %H:%M} UTC, after it was booked",
                    remedy="take it out of the packs in the ERP's shipment, and send it with a higher revision; if it "
                    "has left, agree it with the partner, then release the notice with a reason",
                    evidence={"purchase_order": order, "cancelled at": dropped.dropped_at.isoformat()},
                ),
            )


def the_partner_has_not_refused_it(judged: Judged) -> Iterator[Wanting]:
    """What the partner refused does not go again as it is: it is corrected and goes under a new control number."""
    for known in judged.orders.values():
        for sent in known.state.of_kind(judged.kind, None if judged.kind == "order-response" else judged.number):
            if sent.is_refused and sent.revision == judged.revision:
                said = "; ".join(sent.standing.findings) if sent.standing else ""
                yield Wanting(
                    message=f"the partner refused {sent.message} {sent.number}: {said or 'without saying why'}",
                    remedy="correct what the partner names in the ERP, and send the document with a higher revision",
                    evidence={"document": sent.document, "said by": sent.standing.by if sent.standing else ""},
                )
                return


def _answered(judged: Judged) -> Iterator[ErpOrderResponseLine]:
    """The answers to lines that were booked; strays and repeats are the conversion's to tell."""
    return (line for line in judged.response.lines if line.line in judged.order.booked.lines)
