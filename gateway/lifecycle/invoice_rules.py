"""What an invoice must meet: charged is what was shipped, at the price that was acknowledged, adding up to the cent.

An invoice that disagrees with what was acknowledged is not paid, and nobody sees it until the month is closed.
"""

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal

from gateway.documents.base import plain
from gateway.documents.money import Price, agrees, extend, round_half_up
from gateway.lifecycle.judged import Judged, Wanting
from gateway.lifecycle.ledger import is_charged, is_wanted, pieces_invoiced, pieces_shipped

_AGAIN = "in the ERP's invoice, and send it with a higher revision"


def no_more_than_shipped(judged: Judged) -> Iterator[Wanting]:
    """All invoices together charge no more of a line than the ERP has shipped, told or not yet told.

    A credit note takes back no more than was charged.
    """
    bill, orders = judged.bill, judged.orders
    charged = {order: pieces_invoiced(orders[order].state, is_charged, but=judged.number) for order in orders}
    gone = {order: pieces_shipped(orders[order].state, is_wanted) for order in orders}
    for (order, number), pieces in judged.charged().items():
        if order not in orders:
            continue
        before = charged[order].get(number, Decimal(0))
        if bill.kind == "credit-note":
            limit, together, word = before, pieces, "were invoiced"
        else:
            limit, together, word = gone[order].get(number, Decimal(0)), before + pieces, "were shipped"
        if together > limit:
            yield Wanting(
                line=number,
                message=f"order {order}, line {number}: {plain(together)} pieces would be "
                f"{'credited' if word == 'were invoiced' else 'invoiced'}, {plain(limit)} {word}",
                remedy=f"correct the quantity {_AGAIN}; send the shipment that is missing, and it goes by "
                "itself; or take the invoice back with a higher revision without lines",
                evidence={"purchase_order": order, word: plain(limit), "charged": plain(pieces)},
            )


def some_of_every_line(judged: Judged) -> Iterator[Wanting]:
    """Every quantity is above zero."""
    for position, line in enumerate(judged.bill.lines):
        if line.quantity <= 0:
            yield Wanting(
                line=line.line,
                message=f"order {line.purchase_order}, line {line.line}: {plain(line.quantity)} pieces are charged",
                remedy=f"correct the quantity, or leave the line out, {_AGAIN}",
                path=f"lines[{position}].quantity",
                evidence={"purchase_order": line.purchase_order, "quantity": plain(line.quantity)},
            )


def the_price_that_was_acknowledged(judged: Judged) -> Iterator[Wanting]:
    """The price is that of the order, which the answer repeated.

    A price that the ERP rounds agrees where quantity times price rounds to the order's amount.
    """
    for position, line in enumerate(judged.bill.lines):
        booked = judged.booked_line(line.purchase_order, line.line)
        if booked is None or line.price.same_as(booked.price):
            continue
        wanted = extend(line.quantity, booked.price, judged.bill.currency)
        if not (_can_be_extended(line.price) and agrees(line.quantity, line.price, wanted, judged.bill.currency)):
            higher = _is_higher(line.price, booked.price)
            yield Wanting(
                line=line.line,
                message=f"order {line.purchase_order}, line {line.line}: {_shown(line.price)} is charged, "
                f"{_shown(booked.price)} was acknowledged{', which is less' if higher else ''}",
                remedy=f"charge {_shown(booked.price)} {_AGAIN}",
                path=f"lines[{position}].price",
                evidence={
                    "purchase_order": line.purchase_order,
                    "invoice": _shown(line.price),
                    "acknowledged": _shown(booked.price),
                    "should be": plain(wanted),
                },
            )


def amounts_of_quantity_and_price(judged: Judged) -> Iterator[Wanting]:
    """The amount of each line is its quantity times its price, rounded to the cent once."""
    for position, line in enumerate(judged.bill.lines):
        if not _can_be_extended(line.price):
            continue
        wanted = extend(line.quantity, line.price, judged.bill.currency)
        if line.amount != wanted:
            yield Wanting(
                line=line.line,
                message=f"order {line.purchase_order}, line {line.line}: {plain(line.quantity)} at "
                f"{_shown(line.price)} is {plain(wanted)}, not {plain(line.amount)}",
                remedy=f"correct amount {_AGAIN}",
                path=f"lines[{position}].amount",
                evidence={
                    "purchase_order": line.purchase_order,
                    "amount": plain(line.amount),
                    "should be": plain(wanted),
                },
            )


def taxes_to_the_cent(judged: Judged) -> Iterator[Wanting]:
    """Each tax is its rate of what it is on, all taxed amounts together are the net, and the rate is the account's."""
    bill = judged.bill
    net = _net(judged)
    for tax in bill.taxes:
        wanted = round_half_up(tax.taxable * tax.rate / 100, bill.currency)
        if tax.amount != wanted:
            yield Wanting(
                message=f"{plain(tax.rate)} % of {plain(tax.taxable)} is {plain(wanted)}, not {plain(tax.amount)}",
                remedy=f"correct taxes {_AGAIN}",
                path="taxes",
                evidence={"rate": plain(tax.rate), "taxable": plain(tax.taxable), "amount": plain(tax.amount)},
            )
    taxed = sum((tax.taxable for tax in bill.taxes), Decimal(0))
    if bill.taxes and taxed != net:
        yield Wanting(
            message=f"{plain(taxed)} is taxed, lines and charges are {plain(net)}",
            remedy=f"make the taxable amounts the net {_AGAIN}; what is free of tax has a rate of 0",
            evidence={"taxable": plain(taxed), "net": plain(net)},
        )
    for order, rate in judged.tax_rates.items():
        if {tax.rate for tax in bill.taxes} - {rate, Decimal(0)} or (rate and not bill.taxes):
            said = ", ".join(f"{plain(tax.rate)} %" for tax in bill.taxes) or "no tax"
            yield Wanting(
                message=f"the invoice has {said}, the terms of order {order} say {plain(rate)} %",
                remedy=f"correct taxes {_AGAIN}, or tax_rate in terms.csv",
                evidence={"purchase_order": order, "terms": plain(rate)},
            )


def a_total_that_adds_up(judged: Judged) -> Iterator[Wanting]:
    """The total is lines, charges and taxes together, to the cent."""
    bill = judged.bill
    together = _net(judged) + sum((tax.amount for tax in bill.taxes), Decimal(0))
    if bill.total != together:
        yield Wanting(
            message=f"lines, charges and taxes are {plain(together)}, the total says {plain(bill.total)}",
            remedy=f"correct total {_AGAIN}",
            path="total",
            evidence={"total": plain(bill.total), "together": plain(together)},
        )


def a_date_that_can_be(judged: Judged) -> Iterator[Wanting]:
    """The invoice is dated neither before its orders nor before the shipment it charges."""
    day = judged.bill.invoiced_on
    for number, known in judged.orders.items():
        if known.state.ordered_on is not None and day < known.state.ordered_on:
            yield Wanting(
                message=f"the invoice is dated {day}, order {number} is of {known.state.ordered_on}",
                remedy=f"correct invoiced_on {_AGAIN}",
                path="invoiced_on",
                evidence={"purchase_order": number, "ordered": known.state.ordered_on.isoformat()},
            )
    left = judged.shipment.shipped_at if judged.shipment else None
    # A day begins in some zone 14 hours before it does in UTC, and ends 12 hours after: what leaves at night is right.
    if left is not None and (left.astimezone(UTC).date() - day).days > 1:
        yield Wanting(
            message=f"the invoice is dated {day}, the shipment left on {left:%Y-%m-%d}",
            remedy=f"correct invoiced_on {_AGAIN}",
            path="invoiced_on",
            evidence={"shipped_at": left.isoformat()},
        )


def as_many_orders_as_it_may_have(judged: Judged) -> Iterator[Wanting]:
    """An 810 charges one order (BIG04), unless the guide says that its lines may name several."""
    if judged.conduct.orders_an_invoice == "one" and len(judged.orders) > 1:
        yield Wanting(
            message=f"the invoice charges {len(judged.orders)} orders: {', '.join(judged.orders)}",
            remedy="write an invoice for each order in the ERP; take this one back by a higher revision without lines",
            evidence={"orders": ", ".join(judged.orders)},
        )


def the_currency_of_the_order(judged: Judged) -> Iterator[Wanting]:
    """The invoice is in the currency of its orders."""
    for number, known in judged.orders.items():
        if known.booked.currency != judged.bill.currency:
            yield Wanting(
                message=f"the invoice is in {judged.bill.currency}, order {number} in {known.booked.currency}",
                remedy=f"correct currency {_AGAIN}",
                path="currency",
                evidence={"purchase_order": number, "order": known.booked.currency},
            )


def an_invoice_that_does_not_stand(judged: Judged) -> Iterator[Wanting]:
    """What the partner has taken is not sent again as another revision: it would be charged twice."""
    for known in judged.orders.values():
        for sent in known.state.of_kind("invoice", judged.number):
            if sent.revision < judged.revision and sent.has_left:
                yield Wanting(
                    message=f"invoice {judged.number} has gone to the partner already, as document {sent.document}",
                    remedy="write a credit note and a new invoice in the ERP",
                    evidence={"document": sent.document, "acknowledgement": sent.acknowledgement},
                )
                return


def a_credit_note_of_an_invoice(judged: Judged) -> Iterator[Wanting]:
    """A credit note names the one invoice that it takes back from, and that invoice has left."""
    if judged.bill.kind != "credit-note":
        return
    credited = judged.bill.credits
    issued = (sent for known in judged.orders.values() for sent in known.state.of_kind("invoice", credited))
    if credited is None or not any(is_charged(sent) for sent in issued):
        yield Wanting(
            message=f"the credit note is about {credited or 'no invoice'}, which has not been sent",
            remedy=f"give credits, the number of the invoice, {_AGAIN}",
            path="credits",
            evidence={"credits": credited or ""},
        )


def _net(judged: Judged) -> Decimal:
    parts = (*(line.amount for line in judged.bill.lines), *(charge.amount for charge in judged.bill.charges))
    return sum(parts, Decimal(0))


def _can_be_extended(price: Price) -> bool:
    return price.unit == "each" and price.per > 0


def _is_higher(price: Price, other: Price) -> bool:
    return price.amount * other.per > other.amount * price.per


def _shown(price: Price) -> str:
    return f"{plain(price.amount)} per {plain(price.per)} {price.unit}"
