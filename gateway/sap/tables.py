"""The tables of a profile: what one kind of message, customer, place, account or movement is in SAP."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from gateway.documents.base import Record, Text

Unit = Literal["each", "case"]
Measure = Literal["kg", "lb", "cm", "in"]
Packaging = Literal["carton", "pallet"]


class SapMessage(Record):
    """How IDocs of one kind are called: what a partner profile (WE20) is found by."""

    idoc_type: Text = Field(description="The basic type, IDOCTYP: ORDERS05.")
    message: Text = Field(description="The message type, MESTYP: ORDERS.")
    variant: Text | None = Field(None, description="The message variant, MESCOD, where the partner profile has one.")
    function: Text | None = Field(None, description="The message function, MESFCT, where the partner profile has one.")
    extension: Text | None = Field(None, description="An extension of the basic type, CIMTYP.")


class SapSales(Record):
    """What sales orders of one customer are in SAP. Without an organisation SAP finds the sales area itself (EDSDC)."""

    number: Text | None = Field(None, description="The customer's number in SAP; left out, the name itself is it.")
    organisation: Text | None = Field(None, description="Sales organisation, such as 1000.")
    channel: Text | None = Field(None, description="Distribution channel, such as 10.")
    division: Text | None = Field(None, description="Division, such as 00.")
    order_type: Text | None = Field(None, description="Sales document type, such as OR.")
    settlement_order_type: Text | None = Field(
        None, description="The type of orders that are never invoiced, for their revenue comes with the settlement."
    )
    gross_order_type: Text | None = Field(
        None, description="The type of orders whose prices include tax: its pricing takes them as gross prices."
    )
    gross_settlement_order_type: Text | None = Field(
        None, description="The type of orders that are never invoiced and whose prices include tax."
    )
    po_type: Text | None = Field(None, description="Purchase order type, such as DFUE.")
    plant: Text | None = Field(None, description="The delivering plant of the items.")
    storage: Text | None = Field(None, description="The storage location of the items.")
    bill_to: Text | None = Field(None, description="The number of the bill-to party, where it is another.")
    payer: Text | None = Field(None, description="The number of the payer, where it is another.")
    ship_to: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Ship-to parties with a number of their own, by the code of the place; others get the customer's.",
        examples=['{ PHX6 = "100235" }'],
    )


class SapPlace(Record):
    """Where one of our locations is in SAP."""

    plant: Text = Field(description="The plant.")
    storage: Text | None = Field(None, description="The storage location.")
    shipping_point: Text | None = Field(None, description="The shipping point of deliveries that leave from there.")
    stock_type: Text | None = Field(None, description="Stock type of goods there: S blocked, X in inspection.")
    in_transit: bool = Field(False, description="Goods there are on their way: plant and storage are where they go.")


class SapAccount(Record):
    """What an account of our chart is in SAP, and what its lines carry beside."""

    number: Text | None = Field(None, description="The account's number in SAP; left out, the name itself is it.")
    kind: Literal["ledger", "customer", "vendor", "tax"] = Field("ledger", description="Whose account it is.")
    label: Text | None = Field(None, description='A word before the text of every line, such as "SUSPENSE".')
    tax_code: Text | None = Field(None, description="Tax code of the lines.")
    tax_key: Text | None = Field(None, description="Account key of tax lines, such as MWS.")
    cost_centre: Text | None = Field(None, description="Cost centre of the lines.")
    profit_centre: Text | None = Field(None, description="Profit centre of the lines.")


class SapMovementType(Record):
    """The goods movement that one reason for a change of stock becomes."""

    code: Text = Field(description="GM_CODE: 03 goods issue, 04 transfer, 05 other goods receipt.")
    increase: Text | None = Field(None, description="Movement type of pieces that come in, such as 701.")
    decrease: Text | None = Field(None, description="Movement type of pieces that go out, such as 702.")


class SapTransferType(Record):
    """The goods movements of one step of a transfer."""

    within: Text = Field(description="Movement type between storage locations of one plant.")
    across: Text = Field(description="Movement type between plants.")


Dimension = Literal["settlement", "sku", "marketplace", "transaction", "description", "tax"]
"""What a journal line can carry beside its text."""

DimensionField = Literal["assignment", "reference_1", "reference_2", "reference_3", "profit_centre"]
"""Where it can carry it: ALLOC_NMBR, REF_KEY_1 to REF_KEY_3, PROFIT_CTR."""

Step = Literal["ship", "receive", "void", "move"]
"""What becomes of goods on their way: they leave, they arrive, they come back, or they move at once."""

Kind = Literal["sales-order", "sales-order-change", "journal-entry", "goods-movement", "stock-transport"]
"""The kinds of IDoc that we write."""
