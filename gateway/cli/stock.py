"""Stock at marketplaces: what is there, what drifts, what is offered, what is on its way."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import listing, print_rows
from gateway.errors import NotFound

if TYPE_CHECKING:
    from gateway.config import Seller
    from gateway.pipeline.selling.inventory_views import Views

_STOCK = (
    *("seller", "sku", "sellable", "reserved", "unsellable", "inbound", "researching", "future", "erp", "drift"),
    *("pool", "buffer", "pending", "offered", "sent", "delivery", "why", "stranded"),
)
_STATES = ("seller", "sku", "marketplace", "state", "location", "quantity", "erp", "sellable", "valued")
_DRIFT = ("seller", "sku", "location", "amazon", "erp", "difference", "ghost", "beyond")
_OFFERS = (
    *("seller", "sku", "item", "pool", "buffer", "pending", "offered", "sent", "delivery", "document", "at", "why"),
)
_INBOUND = (
    *("seller", "shipment", "status", "centre", "sku", "planned", "shipped", "told", "received", "unsellable"),
    *("in_transit", "voided", "missing", "surplus"),
)

_seller = click.option("--seller", help="Only this seller's.")


@click.group()
def stock() -> None:
    """Stock at marketplaces: levels, drift, offers, shipments."""


@stock.command("list")
@_seller
@listing
@at_option
@pass_shell
def list_stock(
    shell: Shell, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List each SKU: Amazon's states, the ERP's quantity, the drift, what is offered and what was sent."""
    _print(shell, lambda views, whose: views.stock(whose), _STOCK, seller, as_json, as_csv, limit, at)


@stock.command("show")
@click.argument("sku")
@_seller
@listing
@at_option
@pass_shell
def show_sku(
    shell: Shell, sku: str, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """Show where the pieces of one SKU are at Amazon, and which location of the ERP that is."""

    def states(views: "Views", whose: "Seller") -> Iterator[dict[str, Any]]:
        return views.states(whose, sku)

    if not _print(shell, states, _STATES, seller, as_json, as_csv, limit, at):
        raise NotFound(f"no report has told of a SKU {sku}; `gateway stock list` has those that are known")


@stock.command("drift")
@_seller
@listing
@at_option
@pass_shell
def list_drift(
    shell: Shell, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List each SKU of which Amazon and the ERP have other quantities, or that only one of them knows."""
    _print(shell, lambda views, whose: views.drift(whose), _DRIFT, seller, as_json, as_csv, limit, at)


@stock.command("offers")
@_seller
@listing
@at_option
@pass_shell
def list_offers(
    shell: Shell, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List what is offered of our own stock: pool, buffer, pending, and what Amazon was told."""
    _print(shell, lambda views, whose: views.offers(whose), _OFFERS, seller, as_json, as_csv, limit, at)


@stock.command("inbound")
@_seller
@listing
@at_option
@pass_shell
def list_inbound(
    shell: Shell, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List the shipments to Amazon: shipped, received, in transit, missing."""
    _print(shell, lambda views, whose: views.inbound(whose), _INBOUND, seller, as_json, as_csv, limit, at)


def _print(
    shell: Shell,
    ask: Callable[["Views", "Seller"], Iterator[dict[str, Any]]],
    columns: tuple[str, ...],
    seller: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    at: datetime | None,
) -> bool:
    """Print what is asked of each seller; whether there was anything. Raises NotFound for a seller nobody knows."""
    from gateway.instance import system_clock
    from gateway.pipeline.selling.inventory_views import Views

    with shell.instance() as instance:
        views = Views(instance.config, instance.journal, instance.mappings, at or system_clock())
        sellers = views.sellers(seller)
        if seller is not None and not sellers:
            raise NotFound(f"there is no seller {seller}; config.toml has {', '.join(instance.config.sellers)}")
        found = list(islice((row for each in sellers for row in ask(views, each)), limit))
        if found or not _is_about_one(columns):
            print_rows(found, columns, as_json=as_json, as_csv=as_csv, empty="nothing")
        return bool(found)


def _is_about_one(columns: tuple[str, ...]) -> bool:
    return columns is _STATES
