"""Views of reports: pure functions over a record, for what a mapping of columns alone cannot say.

The one there is turns the words of settlement flat file V1 into those of V2, so that one chart of accounts fits both.
In V1 each kind of amount has columns of its own, and what is about no order is named by its transaction type alone; in
V2 three words name every amount.
"""

from collections.abc import Callable
from typing import Any

from gateway.documents.reports import SettlementRow
from gateway.grammar.reports import folded
from gateway.mapping.settlement_words import REFUNDS

RecordView = Callable[[Any], Any]
"""From a record to the record it stands for; None where it says nothing."""

_OTHER = "other-transaction"
# Transactions that name their amounts themselves; all others are one amount that the type names.
_OF_ORDERS = REFUNDS | set(map(folded, ("Order", "Order_Retrocharge", "Refund_Retrocharge")))
# What the mapping calls the columns that an amount stands in; for other fees it gives the fee's own name.
_COLUMNS = ("ItemPrice", "ItemFees", "Promotion", "Miscellaneous fee", "Direct payment", "Other")
_SERVICE = folded("ServiceFee")
_WITHHELD = ("marketplacefacilitator", "lowvaluegoodstax", "tcscgst", "tcssgst", "tcsigst", "tds(")
_REIMBURSED = frozenset(
    map(
        folded,
        (
            *("WAREHOUSE_DAMAGE", "WAREHOUSE_DAMAGE_EXCEPTION", "WAREHOUSE_LOST", "WAREHOUSE_LOST_MANUAL"),
            *("MISSING_FROM_INBOUND", "MISSING_FROM_INBOUND_CLAWBACK", "COMPENSATED_CLAWBACK"),
            *("REVERSAL_REIMBURSEMENT", "FREE_REPLACEMENT_REFUND_ITEMS", "CS_ERROR_ITEMS", "RE_EVALUATION"),
        ),
    )
)


def in_words_of_v2(row: SettlementRow) -> SettlementRow | None:
    """A row of V1 with the three words that V2 has for it; None for an amount of zero that nothing names."""
    if row.amount is None:
        return row
    if not row.amount and not row.amount_description:
        return None
    transaction_type, amount_type, description = _named(row)
    return row._replace(
        transaction_type=transaction_type, amount_type=amount_type, amount_description=description or amount_type
    )


def _named(row: SettlementRow) -> tuple[str, str, str]:
    kind, amount_type, description = row.transaction_type, row.amount_type, row.amount_description
    if folded(kind) in _OF_ORDERS:
        if folded(description).startswith(_WITHHELD):
            return kind, "ItemWithheldTax", description
        return kind, amount_type if amount_type in _COLUMNS else "ItemFees", description
    if folded(kind) == _SERVICE:
        # The fee stands with its name among the fees of items; its tax beside it, under a reason of its own.
        if amount_type == "ItemFees":
            return kind, description, "TransactionTotalAmount"
        return kind, amount_type, description
    name = description if folded(kind) == folded(_OTHER) else kind
    return _OTHER, "FBA Inventory Reimbursement" if folded(name) in _REIMBURSED else _OTHER, name


VIEWS: dict[str, RecordView] = {"settlement-v1": in_words_of_v2}
"""The word in the field `view` of a mapping -> its function."""
