"""The ids of an item on a line: one field for each qualifier, so that the answer repeats exactly what was ordered.

The vendor picks the qualifier when the account is set up, and Amazon asks for the same id under the same qualifier in
every document that follows (the echo rule). A field is therefore a qualifier; SCHEMES says which one in each standard.
"""

from gateway.documents.base import Record, Text

SCHEMES: dict[str, tuple[str, ...]] = {
    "upc": ("UP",),
    "ean": ("EN",),
    "gtin": ("SRV",),
    "case_gtin": ("UK",),
    "case_upc": ("UA",),
    "isbn": ("IB",),
    "vendor_sku": ("VN", "SA"),
    "vendor_part": ("VP",),
    "sku": ("SK",),
    "buyer_item": ("IN",),
    "asin": ("BP",),
    "manufacturer_part": ("MG", "MF"),
}
"""Field -> the wire's qualifiers (X12 data element 235, EDIFACT 7143), as items.csv writes them in `scheme`. The order
is that of looking up: numbers of GS1 first, since they mean the same to everybody, then the vendor's ids, then the
buyer's."""

Ids = tuple[tuple[tuple[str, ...], str], ...]
"""Ids of an item, each with the schemes it may be listed under."""

CASE_FIELDS = ("case_gtin", "case_upc")
"""Qualifiers that by themselves say that the number is that of a case."""


class ItemIds(Record):
    """The base of every line that names an item."""

    upc: Text | None = None
    ean: Text | None = None
    gtin: Text | None = None
    case_gtin: Text | None = None
    case_upc: Text | None = None
    isbn: Text | None = None
    vendor_sku: Text | None = None
    vendor_part: Text | None = None
    sku: Text | None = None
    buyer_item: Text | None = None
    asin: Text | None = None
    manufacturer_part: Text | None = None

    @property
    def ids(self) -> Ids:
        """The ids that are there, each with the schemes it may be listed under, in the order of SCHEMES."""
        given = vars(self)
        return tuple([(schemes, given[field]) for field, schemes in SCHEMES.items() if given[field] is not None])

    @property
    def id_fields(self) -> dict[str, str]:
        """The ids that are there by field name: what an answer to this line repeats."""
        given = vars(self)
        return {field: given[field] for field in SCHEMES if given[field] is not None}
