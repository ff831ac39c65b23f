"""From the ERP's invoice to the partner's: back to the unit, id, line and price basis that were ordered.

A price goes back as the order wrote it where the ERP asks the same; else the ERP's own price goes, for one ordered
unit, as long as that is exact. Amounts never move. Parties come from the order and from locations.csv, terms from
terms.csv, the day of supply from the shipment.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from fractions import Fraction

from gateway.catalogue.booked import Booked, broken, to_ordered, unknown_lines
from gateway.catalogue.exact import finite
from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.locations import Location
from gateway.catalogue.places import Places, clocks_of, moment, party_of
from gateway.catalogue.terms import AccountTerms
from gateway.documents.base import plain
from gateway.documents.erp import ErpInvoice, ErpInvoiceLine, SalesOrderLine, Shipment
from gateway.documents.invoice import Invoice, InvoiceCharge, InvoiceLine, Tax, Terms
from gateway.documents.money import agrees, extend, with_decimals
from gateway.documents.party import Party
from gateway.documents.purchase_order import Purpose
from gateway.documents.quantity import Quantity


def to_partner_invoice(
    invoice: ErpInvoice,
    orders: Mapping[str, Booked],
    shipment: Shipment | None,
    locations: Sequence[Location],
    terms: Sequence[AccountTerms],
    *,
    partner: str,
    purpose: Purpose,
) -> tuple[Invoice | None, tuple[Gap, ...]]:
    """The partner's invoice or credit note, or the gaps that keep it from being given.

    `orders` holds what is known of each purchase order, by number. `shipment` is the one that the invoice is about: it
    tells the day of supply, as the calendar had it where the goods left.
    """
    named = [(line.purchase_order, line.line) for line in invoice.lines]
    unknown = tuple(unknown_lines(named, orders, "invoice"))
    if unknown:
        return None, unknown
    booked = list({number: orders[number] for number, _ in named}.values())
    first = booked[0]
    places = Places(locations, partner)
    company = places.find(first.account.company, "company")
    zone = _zone(shipment, first, places)
    net_days = _net_days(first.account.name, terms)
    lines = [_line(line, orders[line.purchase_order], _rate(line, invoice)) for line in invoice.lines]
    gaps = [
        *_account_gaps(booked),
        *(missing for missing in (company, zone, net_days) if isinstance(missing, Gap)),
        *(missing for line in lines if not isinstance(line, InvoiceLine) for missing in line),
    ]
    if gaps or isinstance(zone, Gap) or isinstance(net_days, Gap):
        return None, tuple(gaps)
    us = party_of(company) or Party()
    only = first if len(booked) == 1 else None  # a header names an order where all lines are of one
    supplied = moment(shipment.shipped_at, zone) if shipment and zone else None
    document = Invoice(
        kind="credit_note" if invoice.kind == "credit-note" else "invoice",
        credits=invoice.credits,
        purpose=purpose,
        number=invoice.invoice,
        invoiced_on=invoice.invoiced_on,
        delivered_on=supplied and supplied.on,
        purchase_order=only and only.order.number,
        ordered_on=only and only.order.ordered_on,
        currency=invoice.currency,
        terms=Terms(net_days=net_days),
        remit_to=us.model_copy(update={"code": first.account.name}),
        vendor=us.model_copy(update={"code": first.order.vendor and first.order.vendor.code}),
        ship_to=first.order.ship_to,
        bill_to=first.order.bill_to,
        lines=tuple(line for line in lines if isinstance(line, InvoiceLine)),
        charges=tuple(_charges(invoice)),
        taxes=tuple(
            Tax(
                rate=tax.rate,
                taxable=with_decimals(tax.taxable, invoice.currency),
                amount=with_decimals(tax.amount, invoice.currency),
            )
            for tax in invoice.taxes
        ),
        total=with_decimals(invoice.total, invoice.currency),
    )
    return document, ()


def _account_gaps(booked: Sequence[Booked]) -> Iterator[Gap]:
    names = sorted({order.account.name for order in booked})
    if len(names) > 1:
        yield gap(
            "accounts-differ",
            None,
            f"the invoice is over orders of the accounts {', '.join(names)}",
            "write an invoice for each account in the ERP",
            accounts=", ".join(names),
        )


def _zone(shipment: Shipment | None, first: Booked, places: Places) -> tzinfo | Gap | None:
    """The time zone of the place the goods left; None where nothing is known of their leaving."""
    if shipment is None or shipment.shipped_at is None:
        return None
    code = (shipment.ship_from and shipment.ship_from.code) or first.account.warehouse
    place = places.find(code, "ship-from") if code else None
    return place if isinstance(place, Gap) else clocks_of(place, local_times=True)


def _net_days(account: str, terms: Sequence[AccountTerms]) -> int | Gap:
    found = {row.account: row.net_days for row in terms}.get(account)
    if found is not None:
        return found
    return gap(
        "terms-missing",
        None,
        f"terms.csv does not say within how many days account {account} pays",
        f"add a row with net_days for account {account} to terms.csv",
        account=account,
    )


def _rate(line: ErpInvoiceLine, invoice: ErpInvoice) -> Decimal | Gap | None:
    """The tax rate of a line: its own, or the only one of the invoice; None for an invoice without taxes."""
    rates = {tax.rate for tax in invoice.taxes}
    if line.tax_rate is not None or not rates:
        return line.tax_rate
    if len(rates) == 1:
        return rates.pop()
    return gap(
        "tax-rate-missing",
        line.line,
        f"line {line.line} of {line.purchase_order} does not say which of the invoice's tax rates is its own",
        "give tax_rate on each line of the ERP's invoice, and send it with a higher revision",
        rates=", ".join(sorted(plain(rate) for rate in rates)),
    )


def _line(line: ErpInvoiceLine, booked: Booked, rate: Decimal | Gap | None) -> InvoiceLine | tuple[Gap, ...]:
    """The line in the partner's terms, or what keeps it from being said."""
    sold, ordered = booked.booked_line(line.line), booked.ordered_line(line.line)
    assert sold is not None  # noqa: S101  (an unknown line is a gap before this)
    quantity = _quantity(line, sold)
    price = _price(line, sold, ordered.price, booked.currency)
    match quantity, price, rate:
        case Quantity(), Decimal(), Decimal() | None:
            return InvoiceLine(
                line=line.line,
                purchase_order=line.purchase_order,
                invoiced=quantity,
                price=price,
                price_basis=ordered.price_basis,
                amount=with_decimals(line.amount, booked.currency),
                vat_rate=rate,
                **ordered.id_fields,
            )
    return tuple(found for found in (quantity, price, rate) if isinstance(found, Gap))


def _quantity(line: ErpInvoiceLine, sold: SalesOrderLine) -> Quantity | Gap:
    where = f"line {line.line} of {line.purchase_order}"
    remedy = "charge multiples of {factor} pieces, and send the invoice with a higher revision"
    return to_ordered(sold, line.quantity) or broken(line.line, line.quantity, sold, where, remedy)


def _price(line: ErpInvoiceLine, sold: SalesOrderLine, wire: Decimal | None, currency: str) -> Decimal | Gap:
    """The price as the order asks for it: for as many pieces as the sales order's price is per.

    The order's own price where the ERP's is the same, or where the ERP rounded it and the amount is that of the order.
    """
    price = line.price
    asked = None
    if price.unit == sold.price.unit and price.per:
        agreed = extend(line.quantity, sold.price, currency)
        is_same = price.same_as(sold.price) or agrees(line.quantity, price, agreed, currency)
        exact = Fraction(price.amount) * Fraction(sold.price.per) / Fraction(price.per)
        asked = sold.price.amount if is_same else finite(exact)
    if asked is None:
        return gap(
            "price-unsayable",
            line.line,
            f"line {line.line} of {line.purchase_order}: {plain(price.amount)} per {plain(price.per)} {price.unit} "
            f"is no exact price per {plain(sold.price.per)} {sold.price.unit}, as the order has it",
            "correct the price in the ERP's invoice, and send it with a higher revision",
            price=plain(price.amount),
            per=plain(price.per),
        )
    return wire if wire == asked else asked


def _charges(invoice: ErpInvoice) -> Iterator[InvoiceCharge]:
    for charge in invoice.charges:
        yield InvoiceCharge(
            indicator="allowance" if charge.amount < 0 else "charge",
            kind=charge.kind.strip().lower(),
            amount=with_decimals(abs(charge.amount), invoice.currency),
            description=charge.description,
        )
