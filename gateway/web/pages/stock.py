"""Stock at marketplaces: where pieces are, where Amazon and the ERP differ, what is offered, what is on its way."""

from collections.abc import Iterator
from itertools import islice
from shlex import quote

from starlette.responses import Response

from gateway.errors import NotFound
from gateway.pipeline.selling.inventory_views import Views
from gateway.queries import Json
from gateway.web.screen import Screen, shows

_SHOWN = 100


def stock(screen: Screen) -> Response:
    """The page, of all sellers or of one, from a SKU on."""
    name, sku, after = screen.query("seller"), screen.query("sku"), screen.query("after")
    if name and name not in screen.config.sellers:
        raise NotFound(f"there is no seller {name}")
    views = Views(screen.config, screen.journal, screen.mappings, screen.now, screen.console.catalogue)
    sellers = views.sellers(name or None)
    levels = _some((row for each in sellers for row in views.stock(each)), sku, after)
    drift = _some((row for each in sellers for row in views.drift(each)), sku)
    inbound = _some((row for each in sellers for row in views.inbound(each)), sku)
    offers = _some((row for each in sellers for row in views.offers(each)), sku)
    states = [row for each in sellers for row in views.states(each, sku)] if sku else []
    more = levels[_SHOWN - 1]["sku"] if len(levels) > _SHOWN else None
    return screen.page(
        "stock.html",
        title="Stock",
        command=f"stock show {quote(sku)}" if sku else "stock list",
        levels=levels[:_SHOWN],
        drift=drift[:_SHOWN],
        inbound=inbound[:_SHOWN],
        offers=offers[:_SHOWN],
        states=states,
        more=more,
        asked={"seller": name, "sku": sku, "after": after},
        sellers=list(screen.config.sellers),
    )


def _some(rows: Iterator[Json], sku: str, after: str = "") -> list[Json]:
    """As many as are shown and one more, of a SKU (or how it begins) where one is asked for."""
    wanted = sku.casefold()
    chosen = (row for row in rows if row["sku"].casefold().startswith(wanted) and row["sku"] > after)
    return list(islice(chosen, _SHOWN + 1))


ADDRESSES = (shows("/stock", stock),)
