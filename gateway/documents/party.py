"""A party of a document: who buys, sells, receives, pays."""

from gateway.documents.base import Lines, Record, Text


class Party(Record):
    """Who somebody is, as far as the message says: a code (X12 N104, EDIFACT 3039) and, where given, an address.

    `name` and `street` are lines, as they come on the wire (N301..02, C080); `country` is ISO 3166 alpha-2; `vat` the
    VAT registration number (RFF+VA).
    """

    code: Text | None = None
    name: Lines = ()
    street: Lines = ()
    city: Text | None = None
    state: Text | None = None
    postcode: Text | None = None
    country: Text | None = None
    vat: Text | None = None


class Carrier(Record):
    """Who carries the goods, by its Standard Carrier Alpha Code (NMFTA)."""

    scac: Text | None = None
    name: Lines = ()
