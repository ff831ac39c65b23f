"""From an invoice or credit memo of SAP (INVOIC02) to ours, in pieces.

Amounts and totals are handed on as SAP has them: whether they add up, the gates judge. Which of them is a credit memo
the profile says by its kind; one of another kind is neither.
"""

from decimal import Decimal

from gateway.documents.erp import Charge, ErpInvoice, ErpInvoiceLine
from gateway.documents.money import Price
from gateway.documents.sap import SapBilling, SapBillingItem, SapCondition, SapTax
from gateway.findings import Finding
from gateway.sap.billing_taxes import Part, taxes_on
from gateway.sap.gaps import unmapped, unusable
from gateway.sap.known import Known
from gateway.sap.numbers import bare
from gateway.sap.profile import SapProfile
from gateway.sap.senders import Ordered, ordered
from gateway.sap.units import pieces, plain_number

_NOTHING = Decimal(0)
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
        self.orders: dict[str, Ordered] = {}
        self.kind = self.profile.billing_kinds.get(billing.kind or "")
        self.codes = {tax.code: tax.rate for tax in billing.taxes if tax.rate is not None}
        # Some systems write a credit memo with minus signs; ours says what is given back, without.
        is_minus = self.kind == "credit-note" and billing.gross is not None and billing.gross.amount < 0
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
        if self.kind is None:
            said, row = billing.kind or "(none)", f'[erp.sap.billing_kinds] {billing.kind or "..."} = "invoice"'
            self.findings.append(unmapped(f"the kind {said} of the billing document (E1EDK01 BSART)", row, said))
        lines = tuple(line for item in billing.items if (line := self.line(item)) is not None)
        charges = tuple(self.charge(condition) for condition in billing.conditions)
        parts = [(line.tax_rate, line.amount) for line in lines]
        parts += [(self.rate_on(each), charge.amount) for each, charge in zip(billing.conditions, charges, strict=True)]
        taxes = taxes_on(self.taxes(), parts)
        if self.kind is None or own is None or day is None or billing.currency is None or billing.gross is None:
            return None
        delivery = billing.delivery.number if billing.delivery else self.delivered()
        return ErpInvoice(
            kind=self.kind,
            credits=self.credited() if self.kind == "credit-note" else None,
            partner=self.partner,
            invoice=bare(own),
            invoiced_on=day,
            shipment=bare(delivery) if delivery else None,
            currency=billing.currency,
            lines=lines,
            taxes=taxes,
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
        if number not in self.orders:
            self.orders[number] = ordered(self.partner, number, self.known)
        order = self.orders[number]
        line = order.line_of(item.customer_order.line if item.customer_order else None, item.position)
        count = pieces(item.quantity or _NOTHING, item.unit, self.profile, f"item {item.position}")
        if line is None:
            self.findings.append(unusable(f"an item of {number} names no line (E1EDP02 001 ZEILE)"))
            return None
        if isinstance(count, Finding):
            self.findings.append(count)
            return None
        count = abs(count) if self.sign < 0 else count
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
        """The rate in per cent that stands there, or that of the code: as the head tells it, else the profile."""
        stands = self.codes.get(tax.code) if tax.rate is None else tax.rate
        if stands is not None:
            return plain_number(stands)
        told = self.profile.taxes.get(tax.code or "")
        if told is None:
            row = f'[erp.sap.taxes] {tax.code} = "19"'
            self.findings.append(
                unmapped(f"the tax code {tax.code} (MWSKZ), which comes without a rate", row, tax.code or "")
            )
            return None
        return Decimal(told)

    def rate_on(self, condition: SapCondition) -> Decimal | None:
        """The rate that a charge is taxed with; None where it tells neither rate nor code."""
        if condition.tax_rate is None and condition.tax_code is None:
            return None
        return self.rate(SapTax(code=condition.tax_code, rate=condition.tax_rate))

    def taxes(self) -> list[Part]:
        """The taxes of the whole document: rate and amount."""
        return [(self.rate(tax), self.sign * (tax.amount or _NOTHING)) for tax in self.billing.taxes]

    def charge(self, condition: SapCondition) -> Charge:
        kind, amount = condition.kind or "", condition.amount or _NOTHING
        meaning = self.profile.conditions.get(kind)
        if meaning is None:
            row = f'[erp.sap.conditions] {kind} = "freight"'
            self.findings.append(unmapped(f"the condition type {kind} (E1EDK05 KSCHL)", row, kind))
        return Charge(kind=meaning or "?", amount=self.sign * (-amount if condition.sign == "-" else amount))
