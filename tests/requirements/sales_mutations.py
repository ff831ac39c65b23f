"""What must turn the tests about orders of buyers red: identity, channel, pending, dispatch, refunds and returns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.requirements.mutation import Mutation, always, without


def _made(change: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
    """A maker of documents whose documents are changed."""

    def of(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **named: Any) -> Any:
            found = make(*arguments, **named)
            return found and found.model_copy(update=change(found))

        return made

    return of


def _never(_: Any) -> Any:
    return property(lambda _: False)


def _by_orders(rules_of: Callable[..., Any]) -> Callable[..., Any]:
    return lambda seller: replace(rules_of(seller), mode="order-level")


def _sku_as_it_is(_: Any) -> Callable[..., str]:
    return lambda _items, _seller, sku: sku


SALES: tuple[Mutation, ...] = (
    Mutation(
        "6", "settlements are not kept with orders", "gateway.pipeline.selling.sales_settled.take_settled", always(None)
    ),
    Mutation("7", "no difference is seen", "gateway.pipeline.selling.sales_settled.drift", always(Decimal(0))),
    Mutation("11", "every SKU counts as an item", "gateway.pipeline.selling.sales_state.find_sku", _sku_as_it_is),
    Mutation("12", "no list of orders becomes a case", "gateway.pipeline.selling.sales_lists.keep_told", always(None)),
    Mutation("13", "the channel is not looked at", "gateway.marketplace.points._KINDS", without("_words")),
    Mutation("14", "no order is Amazon's to ship", "gateway.marketplace.sales.Sale.is_fba", _never),
    Mutation("15", "shipping and gift wrap are lost", "gateway.marketplace.erp_documents._charges", always(())),
    Mutation("16", "pending orders go", "gateway.pipeline.selling.sales_posting.is_ready", always(True)),
    Mutation("26", "pending orders hold nothing back", "gateway.pipeline.selling.sales.pending_by_sku", always({})),
    Mutation("28", "refunds are not watched", "gateway.marketplace.points._KINDS", without("_refunds")),
    Mutation("30", "no sales order goes", "gateway.pipeline.selling.sales_posting._post", always(None)),
    Mutation("35", "nobody watches pending orders", "gateway.marketplace.points._KINDS", without("_pending")),
    Mutation("35", "tax codes are not compared", "gateway.marketplace.points._KINDS", without("_tax_code")),
    Mutation(
        "43",
        "what Amazon ships leaves our own warehouse",
        "gateway.pipeline.selling.fulfilments.item_fulfilment",
        _made(lambda _: {"location": "ACME1"}),
    ),
    Mutation("44", "no item fulfilment goes", "gateway.pipeline.selling.sales._STEPS", without("post_fulfilments")),
    Mutation("45", "no item fulfilment goes", "gateway.pipeline.selling.sales._STEPS", without("post_fulfilments")),
    Mutation("48", "a new item wakes no order", "gateway.pipeline.selling.sales.hear_masters", always(None)),
    Mutation("49", "no credit memo goes", "gateway.pipeline.selling.sales._STEPS", without("post_credits")),
    Mutation(
        "50", "everything that comes back is sellable", "gateway.marketplace.erp_documents.is_sellable", always(True)
    ),
    Mutation("51", "no order is missing", "gateway.pipeline.selling.sales_listing.is_missing", always(False)),
    Mutation(
        "52",
        "revenue is counted by orders, whatever is set",
        "gateway.pipeline.selling.sales_state.rules_of",
        _by_orders,
    ),
    Mutation(
        "65",
        "confirmations wait their turn",
        "gateway.pipeline.selling.dispatch_confirmations.BEFORE_ALL",
        lambda _: datetime(1970, 1, 1, tzinfo=UTC),
    ),
    Mutation("66", "dispatches have no clock", "gateway.marketplace.points._KINDS", without("_dispatch")),
    Mutation("69", "a bad order goes as it is", "gateway.marketplace.points.BLOCKING", lambda _: frozenset()),
    Mutation(
        "71",
        "each buyer is a customer",
        "gateway.pipeline.selling.sales_posting.sales_order",
        _made(lambda order: {"customer": order.buyer.city if order.buyer else "?"}),
    ),
    Mutation("72", "stock is not looked at", "gateway.pipeline.selling.sales_posting.find_short", always(())),
    Mutation("74", "incomplete orders are not named", "gateway.marketplace.points._KINDS", without("_incomplete")),
    Mutation("75", "tax codes are not compared", "gateway.marketplace.points._KINDS", without("_tax_code")),
    Mutation("79", "no order is Amazon's to ship", "gateway.marketplace.sales.Sale.is_fba", _never),
    Mutation("X1", "orders reports are passed over", "gateway.pipeline.selling.sellers.TAKERS", always(None), "orders"),
    Mutation(
        "X2",
        "the tax code of an order is not the ERP's",
        "gateway.pipeline.selling.sales_posting.sales_order",
        _made(lambda _: {"tax_code": "AMAZON"}),
    ),
    Mutation("X5", "the ERP's pace is not kept", "gateway.turn.paces_of", always({})),
)
