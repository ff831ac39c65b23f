"""A profile of SAP: all that is configuration there, and differs from company to company.

Who we are to it (ports, partner numbers, message variants), what its codes mean (units, reasons, carriers), where our
customers, accounts and locations are in its books. What SAP calls by a number of digits is written here as people
write it; leading zeros are put before it where SAP wants them.
"""

import re
from codecs import lookup
from collections.abc import Mapping
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from gateway.documents.base import Record, Text
from gateway.sap.tables import (
    Dimension,
    DimensionField,
    Kind,
    Measure,
    Packaging,
    SapAccount,
    SapMessage,
    SapMovementType,
    SapPlace,
    SapSales,
    SapTransferType,
    Step,
    Unit,
)

_UNITS: Mapping[str, Unit] = {"PCE": "each", "EA": "each", "C62": "each", "ST": "each", "PC": "each"}
_MEASURES: Mapping[str, Measure] = {
    "KGM": "kg",
    "KG": "kg",
    "LBR": "lb",
    "LB": "lb",
    "CMT": "cm",
    "CM": "cm",
    "INH": "in",
    "IN": "in",
}
_BILLING_KINDS: Mapping[str, Literal["invoice", "credit-note"]] = {"INVO": "invoice", "CRME": "credit-note"}
_PACKAGINGS: Mapping[str, Packaging] = {"CARTON": "carton", "PALLET": "pallet"}
_MESSAGES: Mapping[Kind, SapMessage] = {
    "sales-order": SapMessage(idoc_type="ORDERS05", message="ORDERS"),
    "sales-order-change": SapMessage(idoc_type="ORDERS05", message="ORDCHG"),
    "journal-entry": SapMessage(idoc_type="ACC_DOCUMENT05", message="ACC_DOCUMENT"),
    "goods-movement": SapMessage(idoc_type="MBGMCR03", message="MBGMCR"),
    "stock-transport": SapMessage(idoc_type="PORDCR103", message="PORDCR1"),
}
_TRANSFERS: Mapping[Step, SapTransferType] = {
    "ship": SapTransferType(within="313", across="303"),
    "receive": SapTransferType(within="315", across="305"),
    "void": SapTransferType(within="314", across="304"),
    "move": SapTransferType(within="311", across="301"),
}
_DIMENSIONS: Mapping[DimensionField, Dimension] = {
    "assignment": "settlement",
    "reference_1": "marketplace",
    "reference_2": "transaction",
    "reference_3": "sku",
}


class SapProfile(Record):
    """Everything about one SAP system that is not the same everywhere."""

    client: Text = Field("100", description="The client, MANDT.")
    port: Text = Field("AMZGW", description="Our port, SNDPOR: a file port of WE21.")
    system: Text = Field("AMZGW", description="Our logical system, SNDPRN of journals and goods movements (BD54).")
    sap_port: Text = Field(description="SAP's port, RCVPOR, such as SAPECC.")
    sap_system: Text = Field(description="SAP's logical system, RCVPRN: <SID>CLNT<client>, such as ECCCLNT100.")
    user: Text = Field("AMZGW", description="The user that journal entries name.")
    start_at: int = Field(
        1, ge=1, description="The first number of our IDocs; after a cut-over, one above the last one used."
    )
    test: bool = Field(False, description="Whether IDocs are marked as a test: another partner profile takes them.")
    form: Literal["xml", "flat"] = Field("xml", description="xml, or flat: records of 1063 characters.")
    encoding: Text = Field("utf-8", description="Character set of flat files, as the port has it.")
    release: Text = Field("", description="Release of the segments in flat files (DOCREL), such as 700.")
    segments: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Names of segments in flat files, where this system has other versions.",
        examples=['{ E1EDP01 = "E2EDP01006" }'],
    )
    language: Text = Field("EN", description="Language of texts, two letters.")
    text_id: Text = Field("0001", description="Which of the order's texts ours is, TDID.")
    time_zone: Text = Field("UTC", description="Whose clocks the times in deliveries are, such as Europe/Berlin.")
    base_unit: Text = Field("PCE", description="The ISO code of a piece, as it is written: one of the units.")
    delivery_day: Literal["first", "last"] = Field(
        "first", description="Which day of the window is the requested delivery date."
    )
    backorder: Literal["second-date", "after-window"] = Field(
        "after-window",
        description="Which confirmed dates are back-orders: those after the window, or all but the earliest.",
    )
    transit_days: int = Field(
        0, ge=0, le=99, description="How many days before the confirmed delivery date (EDATU) goods leave."
    )
    shipment_number: Literal["delivery", "external"] = Field(
        "delivery", description="The number of a shipment: VBELN, or LIFEX where the delivery has one."
    )
    amazon_reference: Literal["external_partner", "slip", "transport_id"] = Field(
        "external_partner", description="Where Amazon's reference of freight stands: PARID, XABLN or TRAID."
    )
    transfers: Literal["movement", "order"] = Field(
        "movement", description="Goods on their way to Amazon: two goods movements, or a stock transport order."
    )
    company: Text | None = Field(None, description="Company code of journals and stock transport orders.")
    companies: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Company codes of single sellers.",
        examples=['{ acme-uk = "2000" }'],
    )
    journal_type: Text = Field("SA", description="Document type of journal entries.")
    purchasing_organisation: Text | None = Field(None, description="Purchasing organisation of transport orders.")
    purchasing_group: Text | None = Field(None, description="Purchasing group of stock transport orders.")
    transport_type: Text = Field("UB", description="Document type of stock transport orders.")
    refunds: Text | None = Field(
        None, description="The account that credit memos are posted against; left out, SAP gets no credit memos."
    )
    units: Mapping[str, Unit] = Field(
        default_factory=lambda: _UNITS,
        description="Unit codes: each is a piece, case an outer pack of a material.",
        examples=['{ PCE = "each", KAR = "case" }'],
    )
    measures: Mapping[str, Measure] = Field(
        default_factory=lambda: _MEASURES,
        description="Codes of weights and lengths.",
        examples=['{ KGM = "kg", LBR = "lb" }'],
    )
    reasons: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Rejection reasons, ABGRU, in our words: out_of_stock, invalid_item, discontinued, minimum, price.",
        examples=['{ Z1 = "out_of_stock" }'],
    )
    carriers: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Carriers, XSITD or the number of partner SP, by their SCAC; others go as they are.",
        examples=['{ UPS = "UPSN" }'],
    )
    modes: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Means of transport, TRATY, in our words: parcel, ltl, truckload, ...",
        examples=['{ "0001" = "parcel" }'],
    )
    packagings: Mapping[str, Packaging] = Field(
        default_factory=lambda: _PACKAGINGS,
        description="Packaging materials, VHILM. Of others a unit that holds units is a pallet.",
        examples=['{ CARTON = "carton", EUROPAL = "pallet" }'],
    )
    conditions: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Condition types, KSCHL, of charges beside the lines.",
        examples=['{ HD00 = "shipping" }'],
    )
    billing_kinds: Mapping[str, Literal["invoice", "credit-note"]] = Field(
        default_factory=lambda: _BILLING_KINDS,
        description="What a billing document is, by its kind, BSART.",
        examples=['{ INVO = "invoice", CRME = "credit-note" }'],
    )
    taxes: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Rates in per cent of tax codes that come without their rate.",
        examples=['{ A1 = "19" }'],
    )
    discontinued: tuple[Text, ...] = Field(
        (), description="Statuses of materials, MSTAE, that are discontinued.", examples=['["Z9"]']
    )
    blocks: Mapping[str, Text] = Field(
        default_factory=dict,
        description="Delivery blocks, LIFSK, of orders that are not to be picked as they stand, by their flag.",
        examples=['{ no-pick = "Z1" }'],
    )
    dimensions: Mapping[DimensionField, Dimension] = Field(
        default_factory=lambda: _DIMENSIONS,
        description="What journal lines carry: assignment (ALLOC_NMBR), reference_1, _2, _3, profit_centre.",
        examples=['{ assignment = "settlement", reference_3 = "sku" }'],
    )
    stock_states: tuple[Text, ...] = Field(
        ("020",), description="Which quantities of a stock report are available, by E1EDP32's qualifier."
    )
    messages: Mapping[Kind, SapMessage] = Field(
        default_factory=dict, description="Other names of messages, by sales-order, sales-order-change, ..."
    )
    sales: Mapping[str, SapSales] = Field(default_factory=dict, description="Sales areas, by our name of the customer.")
    accounts: Mapping[str, SapAccount] = Field(default_factory=dict, description="Accounts, by our name of them.")
    places: Mapping[str, SapPlace] = Field(default_factory=dict, description="Locations, by our code of them.")
    movements: Mapping[str, SapMovementType] = Field(
        default_factory=dict, description="Goods movements, by the reason of a stock adjustment; item-fulfilment."
    )
    steps: Mapping[Step, SapTransferType] = Field(
        default_factory=dict, description="Other movement types of transfers, by their step."
    )

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin") from None
        return name

    @field_validator("encoding")
    @classmethod
    def _is_encoding(cls, name: str) -> str:
        try:
            lookup(name)
        except LookupError:
            raise ValueError(f"{name!r} is no character set; write utf-8 or iso-8859-1") from None
        return name

    @field_validator("taxes")
    @classmethod
    def _are_rates(cls, taxes: Mapping[str, str]) -> Mapping[str, str]:
        for code, rate in taxes.items():
            if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", rate, re.ASCII):
                raise ValueError(f'the rate of {code} is {rate!r}; write per cent, such as "19" or "5.5"')
        return taxes

    @model_validator(mode="after")
    def _counts_in_pieces(self) -> Self:
        if self.units.get(self.base_unit) != "each":
            raise ValueError(
                f'base_unit {self.base_unit} is no unit that is a piece; add units.{self.base_unit} = "each"'
            )
        return self

    def message_of(self, kind: Kind) -> SapMessage:
        """What IDocs of a kind are called here."""
        return self.messages.get(kind) or _MESSAGES[kind]

    def step_of(self, step: Step) -> SapTransferType:
        """The movement types of a step of a transfer."""
        return self.steps.get(step) or _TRANSFERS[step]

    def place_at(self, plant: str | None, storage: str | None) -> str | None:
        """Our code of a plant and storage location, or of the whole plant; goods on their way lie at no place."""
        for wanted in (storage, None):
            for code, place in self.places.items():
                if (place.plant, place.storage) == (plant, wanted) and not place.in_transit:
                    return code
        return None
