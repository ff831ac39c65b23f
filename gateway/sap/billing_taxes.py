"""What the taxes of a billing document are on: lines and charges of their rate together, whatever codes they have.

SAP tells taxes by code, and several codes may have one rate; an invoice has one tax a rate. What tax is on, SAP does
not tell: with one rate it is all that has no other, lines and charges; with several it is what names that rate. What
names none is then on no tax, and the gates say so.
"""

from collections.abc import Iterable
from decimal import Decimal

from gateway.documents.erp import ErpTax

_NOTHING = Decimal(0)
Part = tuple[Decimal | None, Decimal]
"""A line or a charge: its rate in per cent, None where it tells none, and its amount."""


def taxes_on(taxes: Iterable[Part], parts: Iterable[Part]) -> tuple[ErpTax, ...]:
    """One tax for each rate of `taxes` (rate and amount of tax), with what of `parts` it is on.

    What is free of tax stands beside what is not, under the rate 0. A document of which nothing is taxed has no taxes.
    """
    amounts: dict[Decimal, Decimal] = {}
    for rate, amount in taxes:
        if rate is not None:
            amounts[rate] = amounts.get(rate, _NOTHING) + amount
    if not any(rate or amount for rate, amount in amounts.items()):
        return ()
    rates = [rate for rate, amount in amounts.items() if rate or amount]
    only = rates[0] if len(rates) == 1 else None
    on: dict[Decimal, Decimal] = dict.fromkeys(rates, _NOTHING)
    for rate, amount in parts:
        own = only if rate is None else rate
        if own is not None and (own in on or not own):
            on[own] = on.get(own, _NOTHING) + amount
    return tuple(
        ErpTax(rate=rate, taxable=taxable, amount=amounts.get(rate, _NOTHING))
        for rate, taxable in on.items()
        if rate or taxable or amounts.get(rate)
    )
