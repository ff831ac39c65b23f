"""Names and addresses in the fields of a partner segment: 35 characters each, broken between words, never cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.catalogue.gaps import Gap
from gateway.catalogue.locations import Location
from gateway.documents.erp import Buyer
from gateway.sap.gaps import gap
from gateway.sap.numbers import split

_FIELD = 35
_POSTCODE = 9
_NAMES = ("name", "name2", "name3", "name4")
_STREETS = ("street", "street2")
_CITIES = ("city", "district")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A name and an address, wherever they come from. `names` and `streets` are lines."""

    names: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def address_of_place(place: Location) -> Address:
    """The address of a row of locations.csv."""
    return Address(
        names=(place.name,) if place.name else (),
        streets=(place.street,) if place.street else (),
        city=place.city,
        region=place.region,
        postcode=place.postcode,
        country=place.country,
    )


def address_of_buyer(buyer: Buyer) -> Address:
    """The address that a buyer of a marketplace gave."""
    return Address(
        names=(buyer.name,) if buyer.name else (),
        streets=buyer.street,
        city=buyer.city or "",
        region=buyer.state or "",
        postcode=buyer.postal_code or "",
        country=buyer.country or "",
    )


def fields_of(address: Address) -> tuple[dict[str, Any], tuple[str, ...], tuple[Gap, ...]]:
    """The fields of a partner segment, what is to be said of them in a text of the order, and what does not fit.

    The postcode of the United States with its four further digits is one character too long for SAP: the five go into
    the field, and the text says all nine.
    """
    found: dict[str, Any] = {}
    gaps: list[Gap] = []
    notes: list[str] = []
    parts = (("name", address.names, _NAMES), ("street", address.streets, _STREETS), ("city", (address.city,), _CITIES))
    for what, lines, names in parts:
        fitting = _in_fields(lines, len(names))
        if fitting is None:
            gaps.append(_too_long(what, " / ".join(lines), len(names)))
        else:
            found |= dict(zip(names, fitting, strict=False))
    postcode = address.postcode
    if len(postcode) > _POSTCODE and address.country == "US":
        notes.append(f"postcode in full: {postcode}")
        postcode = postcode.partition("-")[0]
    found |= {name: value for name, value in (("postcode", postcode), ("country", address.country)) if value}
    if address.region:
        found["region"] = address.region
    return found, tuple(notes), tuple(gaps)


def _in_fields(lines: tuple[str, ...], fields: int) -> tuple[str, ...] | None:
    """Lines in so many fields: each in fields of its own where there is room, else all as one text."""
    apart = [split(line, _FIELD, fields) for line in lines if line]
    together = tuple(_each(apart))
    if None not in apart and len(together) <= fields:
        return together
    return split(", ".join(lines), _FIELD, fields)


def _each(parts: list[tuple[str, ...] | None]) -> Iterator[str]:
    return (text for part in parts for text in part or ())


def _too_long(what: str, value: str, fields: int) -> Gap:
    return gap(
        "cannot-be-said",
        f"the {what} of the ship-to is longer than the {fields} fields of {_FIELD} characters that SAP has: {value}",
        f"shorten the {what}, in locations.csv or where the buyer gave it",
        value=value,
    )
