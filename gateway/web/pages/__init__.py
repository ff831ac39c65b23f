"""The screens, one module each. A module lists its ADDRESSES; the first that fits an address answers it."""

from gateway.web.pages import (
    audit,
    case,
    cases,
    channels,
    document,
    documents,
    finance,
    health,
    mappings,
    order,
    orders,
    partners,
    search,
    stock,
    today,
)
from gateway.web.screen import Address

SCREENS = (
    *(today, orders, order, cases, case, documents, document, search),
    *(partners, channels, mappings, finance, stock, audit, health),
)

ADDRESSES: tuple[Address, ...] = tuple(address for screen in SCREENS for address in screen.ADDRESSES)
