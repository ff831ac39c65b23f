"""What must turn the tests of a vendor's requirements red."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from gateway.catalogue.items import Item
from gateway.catalogue.lines import Asked
from gateway.documents.purchase_order import PurchaseOrderLine
from tests.requirements.mutation import Mutation, always, rule_off, without


def _ordered_as_accepted(line: Callable[..., Any]) -> Callable[..., Any]:
    def told(*arguments: Any) -> Any:
        found = line(*arguments)
        return type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"ordered": found.accepted})

    return told


def _price_written_to_the_master(resolve: Callable[..., None]) -> Callable[..., None]:
    def resolved(state: Any, partner: Any, desk: Any) -> None:
        resolve(state, partner, desk)
        desk.tx.update_master("items", [{**row, "base_price": "0.01"} for row in desk.tx.master("items")])

    return resolved


def _refusal_taken_for_yes(settle: Callable[..., None]) -> Callable[..., None]:
    def settled(sent: Any, verdict: str, *rest: Any) -> None:
        settle(sent, "accepted" if verdict == "rejected" else verdict, *rest)

    return settled


def _po401_alone(factors: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: (factor for factor in factors(*arguments) if factor.source == "PO401")


def _booked_without_factor(booked: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def unconverted(line: Any) -> dict[str, Any]:
        return {**booked(line), "base": {"value": line.ordered.value}}

    return unconverted


def _sku_of_the_partner(_: Callable[..., Any]) -> Callable[..., Item]:
    def item(number: str, line: PurchaseOrderLine, asked: Asked) -> Item:
        return Item(sku=next((value for _, value in line.ids), number), partner=asked.partner)

    return item


def _label_made_up(facts: Callable[..., Any]) -> Callable[..., Any]:
    return lambda pack: facts(pack) | {"sscc": "000000000000000000"}


def _once_a_day(job: Callable[..., Any]) -> Callable[..., Any]:
    return lambda name, _, work, wakes: job(name, 86_400.0, work, wakes)


def _one_thread(pool: Callable[[int], Any]) -> Callable[[int], Any]:
    return lambda _: pool(1)


VENDOR: tuple[Mutation, ...] = (
    Mutation("V1", "no gate asks for anything", "gateway.lifecycle.gates._gaps", always(())),
    Mutation("V1", "what was written is not read back", "gateway.pipeline.dispatching.read_back", always(())),
    Mutation(
        "V3",
        "what the ERP accepted is shown as what was ordered",
        "gateway.lifecycle.ledger._line",
        _ordered_as_accepted,
    ),
    Mutation(
        "V3",
        "an order writes prices into the item master",
        "gateway.pipeline.orders.resolve",
        _price_written_to_the_master,
    ),
    Mutation(
        "V4", "an invoice waits for no ship notice", "gateway.lifecycle.sequence.TURNS", always(()), entry="invoice"
    ),
    Mutation(
        "V4", "a ship notice waits for no answer", "gateway.lifecycle.sequence.TURNS", always(()), entry="ship-notice"
    ),
    rule_off("V5", "the rule `more-than-promised` is taken out of its gate", "ship-notice", "more-than-promised"),
    Mutation(
        "V5",
        "lines that were never booked are not looked for",
        "gateway.catalogue.shipments.unknown_lines",
        always(()),
    ),
    rule_off("V6", "the rule `price-differs` is taken out of its gate", "invoice", "price-differs"),
    rule_off("V6", "the rule `more-than-shipped` is taken out of its gate", "invoice", "more-than-shipped"),
    Mutation("V7", "orders that stand still are left out", "gateway.queries.morning._standing_orders", always(())),
    Mutation("V7", "unanswered documents are left out", "gateway.queries.morning._unanswered_documents", always(())),
    rule_off("V8", "the rule `carrier-missing` is taken out of its gate", "ship-notice", "carrier-missing"),
    rule_off("V8", "the rule `tracking-missing` is taken out of its gate", "ship-notice", "tracking-missing"),
    rule_off("V9", "the rule `label-missing` is taken out of its gate", "ship-notice", "label-missing"),
    Mutation(
        "V10", "a refusal is taken for an acceptance", "gateway.pipeline.acknowledged.settle", _refusal_taken_for_yes
    ),
    Mutation(
        "V11",
        "the pack is read from the order and not from the master",
        "gateway.catalogue.packs._factors",
        _po401_alone,
    ),
    Mutation("V12", "the factor is forgotten", "gateway.catalogue.orders._booked", _booked_without_factor),
    rule_off("V13", "no price is compared", "invoice", "price-differs"),
    Mutation(
        "V13",
        "the price is not converted back",
        "gateway.catalogue.invoices._price",
        lambda _: lambda line, *_: line.price.amount,
    ),
    Mutation("V14", "drafts are never looked at", "gateway.pipeline.orders._STEPS", without("_send_documents")),
    Mutation(
        "V14",
        "an answer does not wait for the ERP",
        "gateway.lifecycle.sequence.TURNS",
        always(()),
        entry="order-response",
    ),
    Mutation("V15", "stock is never short", "gateway.pipeline.automatic.available", always(Decimal(10**6))),
    rule_off("V15", "the rule `back-order-undated` is taken out of its gate", "order-response", "back-order-undated"),
    Mutation("V16", "labels are made up", "gateway.catalogue.shipments.facts_of", _label_made_up),
    Mutation(
        "V17",
        "no payment differs",
        "gateway.lifecycle.remittances.Standing.difference",
        lambda _: property(lambda standing: standing.paid - standing.paid),
    ),
    Mutation(
        "V18", "a rule gets another owner", "gateway.catalogue.gaps.RULES", lambda _: "nobody", entry="price-missing"
    ),
    Mutation(
        "V19",
        "a command of the schedule is renamed",
        "gateway.cli.main.VERBS",
        lambda verbs: {name: module for name, module in verbs.items() if name != "remittances"},
    ),
    Mutation(
        "V20", "no ship notice is ever due", "gateway.lifecycle.deadlines.DEADLINES", always(()), entry="ship-notice"
    ),
    rule_off("V20", "the rule `tracking-missing` is taken out of its gate", "ship-notice", "tracking-missing"),
    rule_off("V21", "the rule `packs-differ` is taken out of its gate", "ship-notice", "packs-differ"),
    Mutation(
        "V22",
        "nothing is left open of a line once a piece of it has shipped",
        "gateway.lifecycle.ledger._promised",
        lambda promised: lambda said: min(promised(said), Decimal(1)),
    ),
    rule_off("V22", "the rule `more-than-shipped` is taken out of its gate", "invoice", "more-than-shipped"),
    Mutation("V23", "deadlines are never told", "gateway.pipeline.orders.tell", always(())),
    Mutation("V23", "the countdown leaves orders out", "gateway.queries.morning._of_orders", always(())),
    Mutation("X1", "no job takes what comes", "gateway.daemon.parts.Parts._taking", always(lambda _: False)),
    Mutation("X1", "each job runs once and never again", "gateway.daemon.parts.Job", _once_a_day),
    Mutation("X1", "all jobs share one thread", "gateway.daemon.jobs.ThreadPoolExecutor", _one_thread),
    Mutation("X2", "what the partner calls an item is its SKU", "gateway.catalogue.lines._item", _sku_of_the_partner),
    rule_off("X2", "the rule `tax-differs` is taken out of its gate", "invoice", "tax-differs"),
    Mutation("X3", "no answer is ever due", "gateway.lifecycle.deadlines.DEADLINES", always(()), entry="answer"),
    Mutation("X3", "a cancellation is no problem", "gateway.lifecycle.order_problems._KINDS", without("_cancelled")),
    rule_off("X4", "the rule `unit-mix-up` is taken out of its gate", "ship-notice", "unit-mix-up"),
    Mutation(
        "X5",
        "what left within the minute is forgotten",
        "gateway.journal.outbox.OutboxReader.delivered_between",
        always(0),
    ),
)
