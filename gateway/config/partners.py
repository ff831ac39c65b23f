"""The keys of `[partners.NAME]`: who they are in an envelope, how they want to be treated, and their vendor codes."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, PrivateAttr, Strict, ValidationInfo, field_validator

from gateway.config.erp import Forms
from gateway.config.values import Currency, Duration, Flag, Settings, Silence, Text

# ISA05/ISA06 (X12 004010: ID 2/2, AN 15/15) and UNB 0007/0004 (EDIFACT syntax 3: an..4 conditional, an..35).
_ID_FORMS = {
    "x12": (
        re.compile(r"[A-Z0-9]{2}:[!-~](?:[ -~]{0,13}[!-~])?"),
        'a qualifier of two characters, a colon, and an id of at most 15, as in "ZZ:AMAZON"',
    ),
    "edifact": (
        re.compile(r"[A-Z0-9]{0,4}:[!-~](?:[ -~]{0,33}[!-~])?"),
        'a qualifier of at most four characters, a colon, and an id of at most 35, as in "14:4012345000009"',
    ),
}


class Identity(NamedTuple):
    """Who somebody is in an envelope; qualifier is empty where EDIFACT names none."""

    qualifier: str
    id: str


class Account(Settings):
    """A vendor code under a partner: what it means in our books."""

    company: Text = Field(description="Which of our companies sells: the code of a row of locations.csv.")
    customer: Text = Field(description="The ERP's customer account that stands for the partner.")
    currency: Currency = Field(description="The currency of its prices, three capital letters of ISO 4217 (USD, EUR).")
    measurement_type: Literal["EA", "CA"] | None = Field(
        None, description="What a line without a unit counts: pieces (EA) or cases (CA). Left out, such a line waits."
    )
    price_basis: Literal["ordered-unit", "each"] | None = Field(
        None,
        description="What the price of a case line is for: a case (ordered-unit) or a piece (each). "
        "It has no default: left out, the first case line waits for a person and shows both readings.",
    )
    freight: Literal["collect", "prepaid"] | None = Field(
        None, description="Who pays the carrier where the order does not say: the partner (collect) or we (prepaid)."
    )
    warehouse: Text | None = Field(
        None, description="Where goods leave from unless the ERP says otherwise: a ship-from row of locations.csv."
    )

    _name: str = PrivateAttr("")

    @property
    def name(self) -> str:
        """The vendor code, as REF CR or RFF CR carries it."""
        return self._name


class Partner(Settings):
    """One counterpart, found by (their id, our id, test flag)."""

    format: Literal["x12", "edifact"] = Field(description="The standard they speak: x12 or edifact.")
    guide: Text = Field(description="What they do with the standard: a folder of mappings/guides.")
    id: Text = Field(description='Their id as in the envelope, qualifier:id, as in "ZZ:AMAZON".')
    our_id: Text = Field(description='Our id as in the envelope, qualifier:id, as in "ZZ:5551234567".')
    test: Flag = Field(
        False, description="Whether this is test traffic. It never meets the ERP of a live partner (ISA15, UNB 0035)."
    )
    ship_notice_after: Literal["delivered", "accepted"] = Field(
        "delivered", description="When a ship notice may go: once the order response is delivered, or accepted."
    )
    invoice_after: Literal["delivered", "accepted"] = Field(
        "accepted", description="When an invoice may go: once the ship notice is delivered, or accepted."
    )
    unknown_item: Literal["wait", "split"] = Field(
        "wait", description="Whether an order with an unknown item waits for the item master, or its good lines go on."
    )
    unknown_item_lead: Duration = Field(
        timedelta(hours=4), description="How long before the answer is due the waiting for an unknown item ends."
    )
    answer_within: Duration = Field(
        timedelta(hours=24), description="How soon an order must be answered, from the earliest sign of its arrival."
    )
    silence_after: Silence = Field(
        "habit",
        description="After what time without a file from them it is a case. By habit: three times the longest gap "
        "that is usual for them, and at least 24 hours.",
    )
    invoice_suffixes: tuple[Text, ...] = Field(
        (),
        description="What they put behind our invoice numbers in remittances, as for a deduction: endings as regular "
        "expressions, such as SCR or -[0-9]+. A number that is no invoice of ours is looked for without them.",
    )
    auto: Flag = Field(
        False,
        description="Whether the gateway itself answers orders, from stock.csv, for an ERP that answers nothing.",
    )
    safety_stock: Annotated[int, Strict()] = Field(
        0, ge=0, description="With auto: so many pieces of every item are never promised."
    )
    ships_within: Duration = Field(
        timedelta(days=1), description="With auto: how long after the answer accepted goods ship."
    )
    back_orders_within: Duration = Field(
        timedelta(days=14), description="With auto: how long after the answer back-ordered goods ship."
    )
    start_at: Annotated[int, Strict()] = Field(
        1,
        ge=1,
        le=999_999_999,
        description="The first control number that we send them: after a cut-over, one above the last one used.",
    )
    erp_forms: Forms = Field(
        default_factory=dict,
        description="How the sales orders of this partner are written, if not as [erp] says.",
        examples=['{ "sales-order" = "xml" }'],
    )
    accounts: Mapping[Text, Account] = Field(
        min_length=1, description="Their vendor codes, a table each: [partners.NAME.accounts.CODE]."
    )

    _name: str = PrivateAttr("")

    @field_validator("id", "our_id")
    @classmethod
    def _as_in_the_envelope(cls, value: str, info: ValidationInfo) -> str:
        pattern, form = _ID_FORMS.get(info.data.get("format", ""), (None, ""))
        if pattern is not None and not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {form}")
        return value

    @field_validator("invoice_suffixes")
    @classmethod
    def _regular_expressions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for suffix in value:
            try:
                re.compile(suffix)
            except re.error as error:
                raise ValueError(f"{suffix!r} is no regular expression: {error}") from None
        return value

    @property
    def name(self) -> str:
        """What people call the partner: the name of its table."""
        return self._name

    @property
    def theirs(self) -> Identity:
        """Their id, taken apart at the first colon."""
        qualifier, _, identity = self.id.partition(":")
        return Identity(qualifier, identity)

    @property
    def ours(self) -> Identity:
        """Our id, taken apart at the first colon."""
        qualifier, _, identity = self.our_id.partition(":")
        return Identity(qualifier, identity)

    def account(self, code: str) -> Account | None:
        """The account of a vendor code; None is a case, not an error."""
        return self.accounts.get(code)
