"""The lines of an order looked up in the masters as they are today: what each became, and what holds the others."""

from gateway.catalogue import Conversion, to_erp
from gateway.config import Partner
from gateway.lifecycle.decisions import PRICE_RULE, price_difference
from gateway.lifecycle.events import AccountMissing, HeldLine, LinesResolved, SettledLine
from gateway.lifecycle.orders import OrderState
from gateway.pipeline import changing
from gateway.pipeline.chronicle import record
from gateway.pipeline.desk import Desk, account_of


def resolve(state: OrderState, partner: Partner, desk: Desk) -> Conversion | None:
    """Look the lines up as of today's masters; an outcome that is not new is not recorded again.

    What became of the order; None where its account is not known.
    """
    conversion, account = convert(state, partner, desk), account_of(partner, state.account)
    if conversion is None or account is None:
        missing = AccountMissing(account=state.account, known=tuple(partner.accounts))
        if missing != state.missing_account:
            record(desk.tx, missing, partner.name, [state.purchase_order])
        return None
    settled = tuple(SettledLine.of(line) for line in conversion.lines)
    held = (
        *(HeldLine.of(gap) for gap in conversion.gaps),
        *_price_warnings(conversion, state, account.currency, partner, desk),
    )
    is_new = (tuple(state.settled.values()), state.held) != (settled, held) or state.catalogue_version is None
    if is_new or state.missing_account is not None:
        event = LinesResolved(catalogue_version=desk.items()[0], lines=settled, held=held)
        record(desk.tx, event, partner.name, [state.purchase_order])
    return conversion


def convert(state: OrderState, partner: Partner, desk: Desk) -> Conversion | None:
    """The order as it is for the ERP, without the lines that were given up; None where its account is not known."""
    account = account_of(partner, state.account)
    if account is None:
        return None
    return to_erp(
        changing.order_of(state, desk),
        partner.name,
        account,
        desk.items()[1],
        leave_out=frozenset(state.rejected),
        revision=len(state.posted),
    )


def _price_warnings(
    conversion: Conversion, state: OrderState, currency: str, partner: Partner, desk: Desk
) -> list[HeldLine]:
    """Lines for which the order pays other than the item master asks: finance hears of them before the answer.

    Where a guide lets the rule block, it is the answer that it holds, by its gate, and nothing is told here.
    """
    if desk.guide(partner).gates.get(PRICE_RULE, "warn") != "warn":
        return []
    found = []
    ordered_on, items = changing.order_of(state, desk).ordered_on, desk.items()[1]
    for line in conversion.lines:
        asked = items.price_of(line.sku, partner.name, ordered_on)
        difference = price_difference(line.line, line.sku, line.base, line.amount, asked, currency)
        if difference:
            held = HeldLine(
                rule=PRICE_RULE,
                severity="warn",
                line=line.line,
                message=difference.said,
                remedy="correct base_price in items.csv, or agree the price with the partner, then resolve this case",
                owner="finance",
                evidence={"sku": line.sku, "order": f"{line.amount:f}"},
                at_stake=difference.amount,
            )
            found.append(held)
    return found
