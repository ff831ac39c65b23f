"""What can be set, once: every key of config.toml with its type, its default and what it is for.

The models are the one list of keys. Reading, the wording of problems, docs/configuration.md and the tests over
config.example.toml all walk them (`keys()`), so a new setting is one field here or in alerts.py. Paths are relative to
the folder of config.toml, which reading passes in as context. Only what is needed has no default.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Field, PrivateAttr, Strict, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from gateway.config.alerts import Alerts, Contact
from gateway.config.channels import Channel, ChannelSettings
from gateway.config.erp import Erp, Form, Forms
from gateway.config.labels import Labels
from gateway.config.sellers import Seller
from gateway.config.values import Currency, Duration, Flag, Name, Place, Port, Settings, Silence, Size, Text
from gateway.config.web import Web
from gateway.findings import Owner

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


class Paths(Settings):
    """Where the gateway keeps its own things."""

    journal: Place = Field(Path("journal.db"), validate_default=True, description="The journal, one SQLite file.")
    quarantine: Place = Field(
        Path("quarantine"),
        validate_default=True,
        description="The folder for what could not be taken, each with a .reason.json beside it. "
        "On the same file system as the folders where files arrive.",
    )


class Daemon(Settings):
    """How `gateway run` works."""

    erp_poll_every: Duration = Field(timedelta(seconds=5), description="How often the ERP's folder is looked into.")
    health_port: Port = Field(
        9464, ge=0, le=65535, description="The port on 127.0.0.1 of health and metrics. With 0 there is none."
    )
    parse_limit: Duration = Field(
        timedelta(seconds=60), description="How long one file may be worked on before it goes to quarantine."
    )
    drain_within: Duration = Field(
        timedelta(seconds=30), description="How long what is begun may take to end when it is told to stop."
    )
    low_water: Size = Field(
        200_000_000, description="With less free space than this beside the journal no file is taken in."
    )


class Config(Settings):
    """All of config.toml, checked, with absolute paths."""

    partners: Mapping[Name, Partner] = Field(
        default_factory=dict, description="Who we exchange EDI with, a table each."
    )
    sellers: Mapping[Name, Seller] = Field(
        default_factory=dict, description="Who of us sells at a marketplace under his own name, a table each."
    )
    channels: Mapping[Name, Annotated[Channel, Discriminator("kind")]] = Field(
        min_length=1, description="By which ways, a table each."
    )
    erp: Erp = Field(description="The other shore.")
    paths: Paths = Field(description="Where the gateway keeps its own things.")
    daemon: Daemon = Field(Daemon(), description="How `gateway run` works.")
    web: Web = Field(Web(), description="The console: `gateway web`.")
    labels: Labels = Field(Labels(), description="The labels of cartons and pallets.")
    alerts: Alerts = Field(Alerts(), description="By which ways people are told of cases.")
    owners: Mapping[Text, Contact] = Field(
        default_factory=dict, description="Who is told of whose cases, a table each owner."
    )

    _file: Path = PrivateAttr(Path())

    @field_validator("owners")
    @classmethod
    def _owners_of_cases(cls, value: Mapping[str, Contact]) -> Mapping[str, Contact]:
        known = get_args(Owner)
        for name, contact in value.items():
            if name not in known:
                raise ValueError(f"there is no owner {name!r}; there is {', '.join(known)}")
            if contact.escalate_to == name:
                raise ValueError(f"{name} cannot escalate to itself")
        return value

    def model_post_init(self, context: Any, /) -> None:
        """Give each table the name it stands under, and keep where all of it was read."""
        self._file = context["file"]
        for name, partner in self.partners.items():
            partner._name = name
            for code, account in partner.accounts.items():
                account._name = code
        for name, channel in self.channels.items():
            channel._name = name
        for name, seller in self.sellers.items():
            seller._name = name
            for marketplace_name, marketplace in seller.marketplaces.items():
                marketplace._name = marketplace_name

    @property
    def file(self) -> Path:
        """The config.toml this was read from, absolute."""
        return self._file

    @property
    def folder(self) -> Path:
        """The instance: the folder of config.toml, where its own mappings/ may lie."""
        return self._file.parent

    def partner_of(self, theirs: Identity, ours: Identity, *, test: bool) -> Partner | None:
        """The partner of an envelope; at most one, for no two may share (their id, our id, test)."""
        wanted = (theirs, ours, test)
        return next((p for p in self.partners.values() if (p.theirs, p.ours, p.test) == wanted), None)

    def sellers_of(self, channel: str) -> tuple[Seller, ...]:
        """The sellers whose reports come on a channel."""
        return tuple(seller for seller in self.sellers.values() if seller.channel == channel)

    def form_of(self, document: str, whose: str) -> Form:
        """How a document for the ERP is written, of the partner or the seller of this name."""
        table = self.partners.get(whose) or self.sellers.get(whose)
        return self.erp.form_of(document, table.erp_forms if table else {})

    def channel_of(self, partner: str) -> Channel:
        """The one channel of a partner; a config in which a partner has none, or two, is refused on reading."""
        return next(channel for channel in self.channels.values() if partner in channel.partners)


KeyPath = tuple[str, ...]


@cache
def keys() -> Mapping[KeyPath, FieldInfo]:
    """Every key by its path; a name that users choose stands as `<partner>`, `<account>` or `<channel:KIND>`."""
    return dict(_keys(Config, ()))


def _keys(model: type[BaseModel], above: KeyPath) -> Iterator[tuple[KeyPath, FieldInfo]]:
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        yield path, field
        for part, many in _tables(field.annotation):
            yield from _keys(part, (*path, *([f"<{name.removesuffix('s')}{_kind(part)}>"] if many else [])))


def _tables(annotation: Any, *, many: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    """The models that a value of this type is made of, and whether it holds several under names that users choose."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, many
    is_choice = get_origin(annotation) in (UnionType, Union)
    for part in get_args(annotation):
        yield from _tables(part, many=many or not is_choice)


def _kind(model: type[BaseModel]) -> str:
    return f":{get_args(model.model_fields['kind'].annotation)[0]}" if issubclass(model, ChannelSettings) else ""
