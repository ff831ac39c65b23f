"""Documents for the ledger: the journal entries that a settlement becomes, and the credit memos of refunds.

In a journal entry debits equal credits; the line of the account `bank` is the deposit and never a plug. Amounts of
debit and credit have no sign. A line keeps what it was made of (`source`), the SKU and the marketplace.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, FailFast, Field

from gateway.documents.base import Count, Day, Number, Record, Text, is_none
from gateway.documents.erp import Maybe
from gateway.documents.seller import SellerDocument


class LineSource(Record):
    """Which lines of the settlement a journal line sums up, and how many."""

    transaction_type: str
    amount_type: str
    amount_description: str
    count: Count


class JournalLine(Record):
    """One line; one of debit and credit is zero. The bank line and those that hand on have no source.

    `tax_owed_by` says of a tax that buyers paid who owes it.
    """

    account: Text
    debit: Number = Decimal(0)
    credit: Number = Decimal(0)
    text: Text
    source: LineSource | None = None
    sku: Maybe = None
    marketplace: Maybe = None
    tax_owed_by: Annotated[Literal["marketplace", "seller"] | None, Field(exclude_if=is_none)] = None


class Period(Record):
    """From the first to the last day that an entry is about."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, validate_by_name=True, validate_by_alias=True
    )

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]


class JournalEntry(SellerDocument):
    """What a settlement, or its part within one month, does to the ledger.

    `kind` says why it is there: a settlement; the reversal of an earlier entry (`reverses` is its id); or a reclass,
    which moves what lay in suspense to the accounts that a new rule of the chart names. `revision` counts what Amazon
    has issued of this settlement. Parts of earlier months have no deposit; the last one has the payout.
    """

    document: Literal["journal-entry"] = "journal-entry"
    kind: Literal["settlement", "reversal", "reclass"] = "settlement"
    reverses: Maybe = None
    settlement: Text
    revision: Count = 0
    part: Count = 1
    parts: Count = 1
    marketplace: Maybe = None
    period: Period
    posted_on: Day
    currency: Text
    deposit: Number
    deposit_on: Day | None = None
    lines: Annotated[tuple[JournalLine, ...], FailFast()]
    suspense: Number = Decimal(0)

    @property
    def number(self) -> str:
        """The settlement."""
        return self.settlement

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<settlement>[.<part>][.r<revision>][.reversal|.reclass-<n>]`: nothing for what there is one of."""
        return tuple(self.id.split(":")[2:])


class CreditMemoLine(Record):
    """What was paid back for one item, by what it was paid for: principal, tax, shipping, ..."""

    sku: Maybe = None
    order_item: Maybe = None
    kind: Text
    amount: Number


class CreditMemo(SellerDocument):
    """A refund against the sales order it is about; amounts are those given back, without a sign."""

    document: Literal["credit-memo"] = "credit-memo"
    order: Text
    sales_order: Maybe = None
    adjustment: Maybe = None
    marketplace: Maybe = None
    customer: Maybe = None
    settlement: Text
    refunded_on: Day
    currency: Text
    lines: Annotated[tuple[CreditMemoLine, ...], FailFast()]
    total: Number

    @property
    def number(self) -> str:
        """The order that the buyer placed."""
        return self.order

    @property
    def name_parts(self) -> tuple[str, ...]:
        """`<order>.<adjustment>`, or what else the id ends with that tells this refund from others of the order."""
        return self.order, self.id.removeprefix(f"{self.seller}:{self.document}:{self.order}:")
