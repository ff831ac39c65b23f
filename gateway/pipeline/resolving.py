"""The lines of an order looked up in the masters as they are today: what each became, and what holds the others."""

from gateway.catalogue import Conversion, to_erp
from gateway.config import Partner
from gateway.lifecycle.decisions import price_difference
from gateway.lifecycle.events import AccountMissing, HeldLine, LinesResolved, SettledLine
from gateway.lifecycle.orders import OrderState
from gateway.pipeline import changing
from gateway.pipeline.chronicle import record
from gateway.pipeline.desk import Desk, account_of

_PRICE_RULE = "price-not-ours"


def resolve(state: OrderState, partner: Partner, desk: Desk) -> None:
    """Look the lines up as of today's masters; an outcome that is not new is not recorded again."""
    account = account_of(partner, state.account)
    if account is None:
        missing = AccountMissing(account=state.account, known=tuple(partner.accounts))
        if missing != state.missing_account:
            record(desk.tx, missing, partner.name, [state.purchase_order])
        return
    version, items = desk.items()
    order = changing.order_of(state, desk)
    conversion = to_erp(order, partner.name, account, items, leave_out=frozenset(state.rejected))
    settled = tuple(SettledLine.of(line) for line in conversion.lines)
    held = (
        *(HeldLine.of(gap) for gap in conversion.gaps),
        *_price_warnings(conversion, account.currency, partner, desk),
    )
    is_new = (tuple(state.settled.values()), state.held) != (settled, held) or state.catalogue_version is None
    if is_new or state.missing_account is not None:
        event = LinesResolved(catalogue_version=version, lines=settled, held=held)
        record(desk.tx, event, partner.name, [state.purchase_order])


def _price_warnings(conversion: Conversion, currency: str, partner: Partner, desk: Desk) -> list[HeldLine]:
    """Lines for which the order pays other than the item master asks: finance hears of them before the answer."""
    if desk.guide(partner).gates.get(_PRICE_RULE) == "off":
        return []
    found = []
    for line in conversion.lines:
        said = price_difference(line.line, line.sku, line.base, line.amount, line.item.base_price, currency)
        if said:
            held = HeldLine(
                rule=_PRICE_RULE,
                severity="warn",
                line=line.line,
                message=said,
                remedy="correct base_price in items.csv, or agree the price with the partner, then resolve this case",
                owner="finance",
                evidence={"sku": line.sku, "order": f"{line.amount:f}"},
                at_stake=line.amount,
            )
            found.append(held)
    return found
