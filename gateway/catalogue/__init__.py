"""The catalogue: what the masters of the ERP say, and the two ways between the partner's terms and the ERP's.

`to_erp` and the ways back (`to_partner_response`, `to_partner_ship_notice`, `to_partner_invoice`) answer with a
document or with gaps: what a conversion needs and no master has is for a person to fill in, never for code to guess.
"""

from gateway.catalogue.account import Account
from gateway.catalogue.booked import Booked
from gateway.catalogue.gaps import RULES, Gap
from gateway.catalogue.invoices import to_partner_invoice
from gateway.catalogue.items import ITEMS, Item, Items, read_items
from gateway.catalogue.lines import Asked, ResolvedLine, resolve_line
from gateway.catalogue.locations import LOCATIONS, Location, find_location, read_locations
from gateway.catalogue.masters import Master
from gateway.catalogue.orders import Conversion, to_erp
from gateway.catalogue.packs import Factor
from gateway.catalogue.responses import to_partner_response
from gateway.catalogue.shipments import to_partner_ship_notice
from gateway.catalogue.stock import STOCK, StockLevel, read_stock
from gateway.catalogue.terms import TERMS, AccountTerms, read_terms

__all__ = [
    "ITEMS",
    "LOCATIONS",
    "RULES",
    "STOCK",
    "TERMS",
    "Account",
    "AccountTerms",
    "Asked",
    "Booked",
    "Conversion",
    "Factor",
    "Gap",
    "Item",
    "Items",
    "Location",
    "Master",
    "ResolvedLine",
    "StockLevel",
    "find_location",
    "read_items",
    "read_locations",
    "read_stock",
    "read_terms",
    "resolve_line",
    "to_erp",
    "to_partner_invoice",
    "to_partner_response",
    "to_partner_ship_notice",
]
