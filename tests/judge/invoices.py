"""What can be false in an invoice: 810, INVOIC."""

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from tests.judge.documents import Invoice
from tests.judge.known import Known, miscounted


def _the_total_is_the_sum(invoice: Invoice, _: Known) -> Iterator[str]:
    net = sum(invoice.charges, Decimal(0))
    for line in invoice.lines:
        amount = (line.quantity * line.price).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if line.amount is not None and line.amount != amount:
            yield f"line {line.line}: {line.amount} is not {line.quantity} times {line.price}"
        net += amount
    if invoice.net is not None and invoice.net != net:
        yield f"the net sum {invoice.net} is not that of lines and charges, {net}"
    total = net + sum(invoice.taxes, Decimal(0))
    if invoice.total != total:
        yield f"the total {invoice.total} is not that of lines, charges and taxes, {total}"


def _an_invoice_counts_right(invoice: Invoice, _: Known) -> Iterator[str]:
    total = sum((line.quantity for line in invoice.lines), Decimal(0))
    yield from miscounted("lines", invoice.line_count, Decimal(len(invoice.lines)))
    yield from miscounted("the quantity", invoice.quantity_total, total)


def _one_order_an_invoice(invoice: Invoice, _: Known) -> Iterator[str]:
    if invoice.one_order and len(invoice.orders) > 1:
        yield f"charges several orders: {', '.join(invoice.orders)}"


def _an_invoice_number_is_used_once(invoice: Invoice, known: Known) -> Iterator[str]:
    if invoice.purpose == "original" and invoice.number in known.invoices and invoice.number not in known.refused:
        yield "was sent before, and this is not a replacement"


def _its_lines_are_those_ordered(invoice: Invoice, known: Known) -> Iterator[str]:
    for line in invoice.lines:
        ordered = known.ordered(line.purchase_order, line.line)
        if ordered is None:
            yield f"order {line.purchase_order} has no line {line.line}"
            continue
        if line.id != ordered.id:
            yield f"order {line.purchase_order}, line {line.line}: item {line.id}, ordered {ordered.id}"
        if line.price != ordered.price:
            yield f"order {line.purchase_order}, line {line.line}: price {line.price}, ordered at {ordered.price}"


def _no_more_than_shipped(invoice: Invoice, known: Known) -> Iterator[str]:
    if invoice.kind != "invoice":
        return
    before = {number: other for number, other in known.invoices.items() if number != invoice.number}
    after = Known(known.packs, invoices={**before, invoice.number: invoice}).invoiced()
    shipped = known.shipped()
    noticed = {order for order, _ in shipped}
    lines = dict.fromkeys((line.purchase_order, line.line) for line in invoice.lines)
    for order in dict.fromkeys(order for order, _ in lines):
        if order not in noticed:
            yield f"order {order} has no ship notice yet"
    for order, line in lines:
        is_judged = order in noticed and known.ordered(order, line) is not None
        if is_judged and after[order, line] > shipped[order, line]:
            yield f"order {order}, line {line}: {after[order, line]} pieces charged, {shipped[order, line]} shipped"


INVOICE_RULES: tuple[Callable[[Invoice, Known], Iterator[str]], ...] = (
    _the_total_is_the_sum,
    _an_invoice_counts_right,
    _one_order_an_invoice,
    _an_invoice_number_is_used_once,
    _its_lines_are_those_ordered,
    _no_more_than_shipped,
)
