"""From an invoice or credit memo of SAP (INVOIC02) to ours, in pieces.

Amounts and totals are handed on as SAP has them: whether they add up, the gates judge. What tax is on, SAP does not
tell: it is what the lines of that rate come to.
"""

from decimal import Decimal

from gateway.documents.erp import Charge, ErpInvoice, ErpInvoiceLine, ErpTax
from gateway.documents.money import Price
from gateway.documents.sap import SapBilling, SapBillingItem, SapTax
from gateway.findings import Finding
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.known import Known
from gateway.sap.numbers import bare
from gateway.sap.profile import SapProfile
from gateway.sap.senders import ordered
from gateway.sap.units import pieces, plain_number

_NOTHING = Decimal(0)
_CREDITS = frozenset({"CRME"})
Billed = tuple[ErpInvoice | None, tuple[Finding, ...]]


def orders_billed(billing: SapBilling) -> tuple[str, ...]:
    """The customers' orders that a billing document names."""
    references = (billing.customer_order, *(item.customer_order for item in billing.items))
    return tuple(dict.fromkeys(each.number for each in references if each and each.number))


def from_sap_billing(billing: SapBilling, partner: str, profile: SapProfile, known: Known) -> Billed:
    """The invoice, or what is not understood of it."""
    reader = _Reader(billing, partner, profile, known)
    invoice = reader.invoice()
    return (None, tuple(reader.findings)) if reader.findings else (invoice, ())


class _Reader:
    def __init__(self, billing: SapBilling, partner: str, profile: SapProfile, known: Known) -> None:
        self.billing, self.partner, self.profile, self.known = billing, partner, profile, known
        self.findings: list[Finding] = []
        # Some systems write a credit memo with minus signs; ours says what is given back, without.
        is_minus = billing.kind in _CREDITS and billing.gross is not None and billing.gross.amount < 0
        self.sign = -1 if is_minus else 1

    def invoice(self) -> ErpInvoice | None:
        """The invoice; `findings` say whether it may be used."""
        billing = self.billing
        own = billing.invoice.number if billing.invoice else billing.number
        day = billing.billed_on or (billing.invoice.dated_on if billing.invoice else None) or billing.invoiced_on
        needed = {
            "number (E1EDK02 009)": own,
            "day (E1EDK03 026)": day,
            "currency (E1EDK01 CURCY)": billing.currency,
            "gross total (E1EDS01 011)": billing.gross,
        }
        missing = [name for name, value in needed.items() if value is None]
        self.findings += [unusable(f"it has no {name}") for name in missing]
        lines = tuple(line for item in billing.items if (line := self.line(item)) is not None)
        charges = tuple(self.charge(sign, kind, amount) for sign, kind, amount in self.conditions())
        if own is None or day is None or billing.currency is None or billing.gross is None:
            return None
        delivery = billing.delivery.number if billing.delivery else self.delivered()
        is_credit = billing.kind in _CREDITS
        return ErpInvoice(
            kind="credit-note" if is_credit else "invoice",
            credits=self.credited() if is_credit else None,
            partner=self.partner,
            invoice=bare(own),
            invoiced_on=day,
            shipment=bare(delivery) if delivery else None,
            currency=billing.currency,
            lines=lines,
            taxes=tuple(self.taxes(lines)),
            charges=charges,
            total=self.sign * billing.gross.amount,
        )

    def credited(self) -> str | None:
        """The invoice that a credit memo is about."""
        number = self.billing.credited.number if self.billing.credited else None
        return bare(number) if number else None

    def delivered(self) -> str | None:
        """The delivery that the items name."""
        return next((item.delivery.number for item in self.billing.items if item.delivery), None)

    def line(self, item: SapBillingItem) -> ErpInvoiceLine | None:
        number = self.order_of(item)
        if number is None:
            self.findings.append(unusable(f"item {item.position} names no purchase order (E1EDP02 001)"))
            return None
        order = ordered(self.partner, number, self.known)
        line = order.line_of(item.customer_order.line if item.customer_order else None, item.position)
        count = pieces(item.quantity or _NOTHING, item.unit, self.profile, f"item {item.position}")
        if line is None:
            self.findings.append(unusable(f"an item of {number} names no line (E1EDP02 001 ZEILE)"))
            return None
        if isinstance(count, Finding):
            self.findings.append(count)
            return None
        amount = item.net_value if item.net_value is not None else item.gross_value
        if amount is None:
            self.findings.append(unusable(f"line {line} has no net value (E1EDP26 003)"))
            return None
        rates = [self.rate(tax) for tax in item.taxes]
        return ErpInvoiceLine(
            purchase_order=number,
            line=line,
            quantity=count,
            price=self.price(item, count, amount),
            amount=self.sign * amount,
            tax_rate=rates[0] if rates else None,
        )

    def order_of(self, item: SapBillingItem) -> str | None:
        own = item.customer_order.number if item.customer_order else None
        return own or (self.billing.customer_order.number if self.billing.customer_order else None)

    def price(self, item: SapBillingItem, count: Decimal, amount: Decimal) -> Price:
        """What so many pieces cost: the item's own price, else its net price, else its amount for its pieces."""
        per = plain_number(item.price_per) if item.price_per else Decimal(1)
        for told in (item.price, item.net_price):
            if told is not None:
                return Price(amount=told, per=per, unit="each")
        return Price(amount=self.sign * amount, per=count or Decimal(1), unit="each")

    def rate(self, tax: SapTax) -> Decimal | None:
        """The rate in per cent that stands there, or that of the code."""
        if tax.rate is not None:
            return plain_number(tax.rate)
        told = self.profile.taxes.get(tax.code or "")
        if told is None:
            row = f'[erp.sap.taxes] {tax.code} = "19"'
            self.findings.append(
                unmapped(f"the tax code {tax.code} (MWSKZ), which comes without a rate", row, tax.code or "")
            )
            return None
        return Decimal(told)

    def taxes(self, lines: tuple[ErpInvoiceLine, ...]) -> list[ErpTax]:
        """The taxes of the whole document, each on what the lines of its rate come to."""
        found = []
        told = [(self.rate(tax), tax.amount or _NOTHING) for tax in self.billing.taxes]
        for rate, amount in told:
            on = [line.amount for line in lines if line.tax_rate == rate or (line.tax_rate is None and len(told) == 1)]
            if rate is not None and (rate or amount):
                found.append(ErpTax(rate=rate, taxable=sum(on, _NOTHING), amount=self.sign * amount))
        return found

    def conditions(self) -> list[tuple[str, str, Decimal]]:
        return [(each.sign or "+", each.kind or "", each.amount or _NOTHING) for each in self.billing.conditions]

    def charge(self, sign: str, kind: str, amount: Decimal) -> Charge:
        meaning = self.profile.conditions.get(kind)
        if meaning is None:
            row = f'[erp.sap.conditions] {kind} = "freight"'
            self.findings.append(unmapped(f"the condition type {kind} (E1EDK05 KSCHL)", row, kind))
        return Charge(kind=meaning or "?", amount=self.sign * (-amount if sign == "-" else amount))
