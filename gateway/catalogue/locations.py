"""locations.csv: fulfilment centres, our warehouses and our companies, with addresses and time zones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gateway.catalogue import masters
from gateway.catalogue.masters import REQUIRED_TEXT, TEXT, Column, Master
from gateway.documents.party import Party
from gateway.findings import Finding

Role = Literal["ship-to", "ship-from", "company"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A row of locations.csv; `scheme` is the wire's code list of `code` (X12 92, EDIFACT 9), empty for our own."""

    code: str
    scheme: str = ""
    partner: str = ""
    role: Role
    name: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    time_zone: str = ""
    vat_id: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a row this row: a file that names it again replaces it."""
        return self.code, self.scheme, self.partner, self.role

    @property
    def party(self) -> Party:
        """The location as a party of a document, with everything that is known of it."""
        return Party(
            code=self.code,
            name=(self.name,) if self.name else (),
            street=(self.street,) if self.street else (),
            city=self.city or None,
            state=self.region or None,
            postcode=self.postcode or None,
            country=self.country or None,
            vat=self.vat_id or None,
        )


LOCATIONS: Master[Location] = Master(
    "locations.csv",
    {
        "code": REQUIRED_TEXT,
        "scheme": TEXT,
        "partner": TEXT,
        "role": Column(
            "ship-to, ship-from or company", masters.one_of("ship-to", "ship-from", "company"), required=True
        ),
        "name": TEXT,
        "street": TEXT,
        "city": TEXT,
        "region": TEXT,
        "postcode": TEXT,
        "country": TEXT,
        "time_zone": TEXT,
        "vat_id": TEXT,
    },
    Location,
)


def read_locations(text: str | bytes) -> tuple[tuple[Location, ...], tuple[Finding, ...]]:
    """The rows of locations.csv that can be used, and a finding for each that cannot."""
    return LOCATIONS.read(text)


def find_location(rows: Iterable[Location], code: str, role: Role, partner: str = "") -> Location | None:
    """The location with this code and role; the partner's own row before one for all; of several the last."""
    found = {row.partner: row for row in rows if row.code == code and row.role == role}
    return found.get(partner) or found.get("")
