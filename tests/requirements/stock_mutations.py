"""What must turn the tests about a seller's stock red: levels at Amazon, what is offered, shipments to Amazon."""

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from tests.requirements.mutation import Mutation, always


def _listed_stock_becomes_ours(_: Callable[..., None]) -> Callable[..., None]:
    row = {"sku": "ACME-1", "location": "ACME1", "available": "7"}
    return lambda _seller, desk: desk.tx.update_master("stock", [row])


STOCK: tuple[Mutation, ...] = (
    Mutation(
        "8",
        "unsellable pieces are told as sellable ones",
        "gateway.stock.levels._OF_FBA_ROW",
        lambda _: "sellable",
        "unsellable",
    ),
    Mutation("9", "an inventory report leads to no snapshot", "gateway.pipeline.selling.inventory.post", always("")),
    Mutation(
        "10",
        "goods on their way lie at a warehouse of ours",
        "gateway.pipeline.selling.inventory.locations_of",
        lambda locations_of: lambda *who: replace(locations_of(*who), in_transit="ACME1"),
    ),
    Mutation(
        "11",
        "every SKU of an inventory report counts as an item",
        "gateway.pipeline.selling.inventory.item_skus",
        always(frozenset({"NEW-1", "ACME-1"})),
    ),
    Mutation(
        "22",
        "unsellable goods are valued as good ones",
        "gateway.stock.states.STATES",
        lambda state: replace(state, valued=True),
        "unsellable",
    ),
    Mutation(
        "28",
        "goods that one side knows alone are not looked for",
        "gateway.pipeline.selling.inventory_drift.find_ghosts",
        always([]),
    ),
    Mutation("31", "stock that comes offers nothing", "gateway.pipeline.shore.mark_all", always(None)),
    Mutation("34", "the buffer is offered too", "gateway.stock.availability.Buffer.of", always(Decimal(0))),
    Mutation("46", "what Amazon ships is offered by us", "gateway.stock.availability.Channels.is_ours", always(True)),
    Mutation("47", "no report is missed", "gateway.pipeline.selling.inventory.watch", always(None)),
    Mutation("51", "nobody compares the quantities", "gateway.pipeline.selling.inventory_drift.compare", always([])),
    Mutation("55", "a shipment to Amazon moves nothing", "gateway.stock.inbound.CONFIRMED", lambda _: frozenset()),
    Mutation(
        "57",
        "what the ERP refuses is not tried again",
        "gateway.pipeline.selling.posting._AGAIN",
        lambda _: frozenset(),
    ),
    Mutation(
        "61",
        "every quantity is sent every time",
        "gateway.pipeline.selling.availability.changed",
        lambda _: lambda wanted, _: list(wanted),
    ),
    Mutation(
        "62",
        "fast movers wait as long as all others",
        "gateway.pipeline.selling.availability.interval",
        lambda interval: lambda seller, **_: interval(seller, is_fast=False),
    ),
    Mutation(
        "63",
        "a second update is written while the first has not left",
        "gateway.pipeline.selling.availability._ON_ITS_WAY",
        lambda _: (),
    ),
    Mutation(
        "64",
        "a share that is kept back is rounded down",
        "gateway.stock.availability.ROUND_CEILING",
        lambda _: ROUND_FLOOR,
    ),
    Mutation(
        "67",
        "a plan that nobody has confirmed moves goods",
        "gateway.stock.inbound.CONFIRMED",
        lambda confirmed: confirmed | {"WORKING"},
    ),
    Mutation(
        "68",
        "what the ledger and the count both tell is received twice",
        "gateway.stock.inbound.Pieces.told",
        lambda _: property(lambda pieces: pieces.counted + pieces.ledger),
    ),
    Mutation(
        "76",
        "nobody compares what Amazon lists",
        "gateway.pipeline.selling.inventory_listings.compare_listings",
        always([]),
    ),
    Mutation(
        "79",
        "goods at Amazon count as our own stock",
        "gateway.pipeline.selling.availability.pools_of",
        lambda pools_of: lambda seller: (*pools_of(seller), "FBA-US"),
    ),
    Mutation(
        "80",
        "what Amazon lists becomes the ERP's stock",
        "gateway.pipeline.selling.inventory_listings.mark_push",
        _listed_stock_becomes_ours,
    ),
)
