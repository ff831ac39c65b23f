"""What can be set, once: config.toml as a whole, every key with its type, its default and what it is for.

The models are the one list of keys. Reading, the wording of problems, docs/configuration.md and the tests over
config.example.toml all walk them (keys.py), so a new setting is one field here or in the module of its table. Paths are
relative to the folder of config.toml, which reading passes in as context. Only what is needed has no default.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Discriminator, Field, PrivateAttr, field_validator

from gateway.config.alerts import Alerts, Contact
from gateway.config.channels import Channel
from gateway.config.erp import Erp, Form
from gateway.config.labels import Labels
from gateway.config.partners import Identity, Partner
from gateway.config.sellers import Seller
from gateway.config.values import Duration, Name, Place, Port, Settings, Size, Text
from gateway.config.web import Web
from gateway.findings import Owner


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
