"""What can be set about a seller: somebody who sells at a marketplace under his own name, and whose reports come here.

A report does not say whose it is: the channel does, and among several sellers of one channel the marketplaces. Accounts
are known by what they are for (`revenue`, `commission`), so that the chart of accounts (chart.csv) can be the same for
all; the numbers behind the names are the ledger's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PrivateAttr, Strict, field_validator

from gateway.config.erp import Forms
from gateway.config.values import Buffer, Currency, Duration, Flag, Name, Place, Settings, Text
from gateway.finance.chart import Chart
from gateway.grammar.sources import Problem
from gateway.grammar.styles import Preference


class Accounts(Settings):
    """Which account of the ledger stands behind each name that chart.csv uses."""

    bank: Text = Field(description="Where deposits arrive: always the account of a settlement's bank line.")
    suspense: Text = Field(description="What no row of the chart knows, until finance has decided.")
    carry_forward: Text = Field(description="What the parts of a settlement over several months hand on.")
    reserve: Text = Field(description="What Amazon keeps back: an asset, never income or expense.")
    owed_to_amazon: Text = Field(description="What is carried over as our debt, and charges to our card: a liability.")
    clearing: Text = Field(description="Receivable from Amazon for orders that the ERP invoices itself.")
    refund_clearing: Text = Field(description="The same for refunds, which credit memos carry.")
    revenue: Text = Field(description="Sales, gross.")
    shipping_revenue: Text = Field(description="Shipping and gift wrap that buyers paid.")
    refunds: Text = Field(description="What was paid back to buyers, gross.")
    promotions: Text = Field(description="Discounts that we grant.")
    commission: Text = Field(description="Amazon's commission.")
    fulfilment_fees: Text = Field(description="What Amazon takes for picking, packing and shipping.")
    storage_fees: Text = Field(description="Storage, long-term storage, removal and disposal.")
    inbound_fees: Text = Field(description="Getting goods to Amazon: placement and freight.")
    advertising: Text = Field(description="Advertising, deals and coupons.")
    subscription: Text = Field(description="The monthly fee of the account.")
    other_fees: Text = Field(description="Other fees that the chart knows.")
    reimbursements: Text = Field(description="What Amazon pays for goods that it lost or damaged.")
    sales_tax: Text = Field(description="Tax that buyers paid and the marketplace must hand on.")
    withheld_tax: Text = Field(description="Tax that the marketplace kept to hand it on: meets sales_tax at zero.")
    vat: Text = Field(description="Value added tax that we owe ourselves.")
    input_tax: Text = Field(description="Tax on Amazon's fees that we get back.")
    loan_repayment: Text = Field(description="Repayments of loans that Amazon keeps back.")


class Marketplace(Settings):
    """One marketplace: what its sales are in our books. Its name is as reports write it: Amazon.com, Amazon.de."""

    currency: Currency = Field(description="The currency of its prices, three capital letters of ISO 4217.")
    customer: Text = Field(description="The ERP's one customer account that stands for all its buyers.")
    fba_location: Text = Field(description="The ERP's location for goods that lie sellable at Amazon for it.")
    tax_code: Text | None = Field(None, description="The tax code of the ERP that its orders are expected to have.")
    warehouse: Text | None = Field(
        None, description="Where orders that we ship ourselves leave from: the location of a row of stock.csv."
    )
    prices_include_tax: Flag = Field(
        False, description="Whether its reports list prices with the tax inside, and not on top."
    )

    _name: str = PrivateAttr("")

    @property
    def name(self) -> str:
        """The marketplace as reports write it."""
        return self._name


class SellerStock(Settings):
    """How stock is kept apart, compared, and offered for sale."""

    in_transit: Text = Field("FBA-TRANSIT", description="The location for goods on their way to Amazon.")
    reserved: Text = Field("FBA-RESERVED", description="For goods at Amazon that are promised or being moved.")
    unsellable: Text = Field("FBA-UNSELLABLE", description="For goods at Amazon that cannot be sold as good.")
    researching: Text = Field("FBA-RESEARCHING", description="For goods that Amazon looks for.")
    own_warehouse: Text | None = Field(
        None, description="Where goods leave from to Amazon, and come back to. Left out: the first of pools."
    )
    marketplace: Text | None = Field(
        None,
        description="Whose location stock reports are about that name no marketplace. Left out: the first marketplace, "
        "or the one whose name stands in the name of the file.",
    )
    pools: tuple[Text, ...] = Field(
        (), description="Locations of stock.csv that merchant orders are shipped from: what is offered for sale."
    )
    buffer: Buffer = Field(
        Decimal(0), description='What is never offered, of every item: pieces (5), or a share of the pool ("10%").'
    )
    buffers: Mapping[Text, Buffer] = Field(
        default_factory=dict, description="The same for single SKUs.", examples=['{ "SKU" = 5 }']
    )
    fast_movers: tuple[Text, ...] = Field((), description="SKUs whose quantities are offered anew more often.")
    push_every: Duration = Field(timedelta(minutes=15), description="How often changed quantities are sent.")
    push_fast_every: Duration = Field(timedelta(minutes=5), description="How often those of fast movers are.")
    drift_pieces: Annotated[int, Strict()] = Field(
        0, ge=0, description="By how many pieces Amazon and the ERP may differ before it is a case."
    )
    snapshot_every: Duration = Field(
        timedelta(hours=26), description="An inventory report must come at least so often; else it is a case."
    )


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart of accounts as it was read: None where the file is none; what is wrong with it; which version it was."""

    chart: Chart | None
    problems: tuple[Problem, ...] = ()
    stamp: tuple[int, ...] = ()


class Seller(Settings):
    """One seller's account at the marketplaces of a region."""

    channel: Name = Field(description="The channel on which his reports come and ours go.")
    mode: Literal["order-level", "summary"] = Field(
        description="Where revenue is counted, once: by sales orders that the ERP invoices (order-level), or by the "
        "journal entries of settlements (summary)."
    )
    chart: Place = Field(
        Path("chart.csv"),
        validate_default=True,
        description="The chart of accounts: which lines of settlements go to which account, a CSV file.",
    )
    erp_forms: Forms = Field(
        default_factory=dict,
        description="How documents of this seller are written for the ERP, if not as [erp] says.",
        examples=['{ "journal-entry" = "xml" }'],
    )
    time_zone: Text = Field("UTC", description="Whose midnight ends a month, such as America/Los_Angeles.")
    pending: Literal["wait", "import"] = Field(
        "wait", description="Whether an order whose payment is pending waits, or goes to the ERP at once."
    )
    taxes: Literal["marketplace", "seller"] = Field(
        "marketplace", description="Who owes the tax on sales where a line does not say."
    )
    decimal_mark: Literal[".", ","] | None = Field(
        None, description="The decimal mark of files that do not tell it themselves. Left out, they are refused."
    )
    day_first: Flag | None = Field(
        None, description="Whether 03/04 is the third of April, where no date of a file tells. Left out: refused."
    )
    line_per_sku: Flag = Field(True, description="Whether journal entries have a line for each SKU.")
    bank_days: Annotated[int, Strict()] = Field(
        7, ge=0, description="How many days after its date a deposit may reach the bank."
    )
    bank_tolerance: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,4})?$")] = Field(
        "0.00", description="By how much a bank line may differ from its deposit before it is a case."
    )
    drift_amount: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,4})?$")] = Field(
        "0.00", description="By how much an order and its settlement may differ before it is a case."
    )
    settlement_every: Duration = Field(
        timedelta(days=17), description="A settlement must come at least so often; else it is a case."
    )
    closes_after: Duration = Field(
        timedelta(days=5), description="How long after the end of a month its books close: what finance must do is due."
    )
    pending_for: Duration = Field(
        timedelta(days=7), description="How long an order may be pending before it is a case."
    )
    return_within: Duration = Field(
        timedelta(days=30), description="How long after a refund its return may take, or a refund after a return."
    )
    dispatch_warn: Duration = Field(
        timedelta(hours=4), description="How long before its ship-by time an order without a dispatch is a case."
    )
    merchant_id: Text = Field(
        "MERCHANT", description="The seller's id at the marketplace, which feeds of ours begin with."
    )
    marketplaces: Mapping[Text, Marketplace] = Field(
        min_length=1, description='A table each: [sellers.NAME.marketplaces."Amazon.com"].'
    )
    accounts: Accounts = Field(description="The ledger's accounts by what they are for.")
    stock: SellerStock = Field(SellerStock(), description="Locations, buffers and what is offered for sale.")

    _name: str = PrivateAttr("")
    _charted: Charted = PrivateAttr(Charted(Chart(())))

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no time zone: write one such as America/Los_Angeles") from None
        return value

    @property
    def preference(self) -> Preference:
        """How his reports are read that do not tell their style themselves."""
        return Preference(self.decimal_mark, self.day_first)

    @property
    def name(self) -> str:
        """What people call the seller: the name of its table."""
        return self._name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by which months end."""
        return ZoneInfo(self.time_zone)

    @property
    def rules(self) -> Chart:
        """The rows of the chart of accounts that are right, as the file was when it was last read."""
        return self._charted.chart or Chart(())

    @property
    def charted(self) -> Charted:
        """The chart of accounts, and what is wrong with its file."""
        return self._charted

    def take_chart(self, charted: Charted) -> None:
        """Go on by this chart. Only inside a transaction that writes: what is posted beside it keeps to one chart."""
        self._charted = charted

    def closes_at(self, at: datetime) -> datetime:
        """When the books of the month close in which something was."""
        first = at.astimezone(self.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (first + timedelta(days=32)).replace(day=1)
        return following.astimezone(UTC) + self.closes_after

    def marketplace(self, name: str) -> Marketplace | None:
        """The marketplace of this name, whatever its case and blanks; None is a case, not an error."""
        wanted = name.strip().casefold()
        return next((each for key, each in self.marketplaces.items() if key.casefold() == wanted), None)


def preference_of(sellers: Iterable[Seller]) -> Preference:
    """How a report is read that may be of any of these: as they all have it, else it must tell its style itself."""
    wanted = {seller.preference for seller in sellers}
    return wanted.pop() if len(wanted) == 1 else Preference()
