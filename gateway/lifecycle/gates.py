"""The gates: what each document must meet before it may leave for the partner.

A gate is a list of requirements, a requirement a rule with the function that judges it. It answers with gaps, never
with a boolean: what is wanting, the evidence, the smallest change that mends it, who makes it, what it costs. A rule
blocks or warns by itself as its row says, and as the partner's guide says where that says otherwise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from gateway.catalogue.gaps import Gap, GapSeverity, Owner
from gateway.lifecycle import answer_rules, invoice_rules, pack_rules, ship_notice_rules
from gateway.lifecycle.judged import Judged, Wanting
from gateway.lifecycle.transmission import Kind


@dataclass(frozen=True, slots=True)
class Requirement:
    """A rule: what it is called in guides, gaps and overrides, who closes its gaps, what it does, and how it judges."""

    rule: str
    owner: Owner
    severity: GapSeverity
    check: Callable[[Judged], Iterator[Wanting]]


_DONE = Requirement("cancelled-too-late", "operations", "warn", answer_rules.a_cancellation_that_came_in_time)
_ALL = (
    Requirement("order-cancelled", "operations", "block", answer_rules.the_order_is_not_cancelled),
    Requirement("refused-by-partner", "operations", "block", answer_rules.the_partner_has_not_refused_it),
)

GATES: Mapping[Kind, tuple[Requirement, ...]] = {
    "order-response": (
        Requirement("line-unanswered", "operations", "block", answer_rules.every_line_is_answered),
        Requirement("parts-differ", "operations", "block", answer_rules.the_parts_make_up_the_order),
        Requirement("less-than-shipped", "operations", "block", answer_rules.no_less_than_shipped),
        Requirement("back-order-not-allowed", "operations", "block", answer_rules.back_orders_are_allowed),
        Requirement("back-order-undated", "operations", "block", answer_rules.a_date_for_every_back_order),
        Requirement("price-zero", "finance", "block", answer_rules.a_price_for_every_line),
        Requirement("price-not-ours", "finance", "warn", answer_rules.the_price_of_the_item_master),
        *_ALL,
    ),
    "ship-notice": (
        Requirement("carrier-missing", "operations", "block", ship_notice_rules.a_carrier),
        Requirement("tracking-missing", "operations", "block", ship_notice_rules.a_reference_of_the_carrier),
        Requirement("bill-of-lading", "operations", "block", ship_notice_rules.a_bill_of_lading),
        Requirement("collect-reference", "operations", "block", ship_notice_rules.a_reference_of_collect_freight),
        Requirement("dates-missing", "operations", "block", ship_notice_rules.dates_of_departure_and_arrival),
        Requirement("outside-window", "operations", "block", ship_notice_rules.an_arrival_that_can_still_be_changed),
        Requirement("arrives-outside-window", "operations", "warn", ship_notice_rules.an_arrival_in_time),
        Requirement("ship-from-missing", "operations", "block", ship_notice_rules.a_place_it_leaves_from),
        Requirement("ship-to-differs", "operations", "block", ship_notice_rules.the_place_that_was_ordered),
        Requirement("more-than-promised", "operations", "block", ship_notice_rules.no_more_than_promised),
        Requirement("unit-mix-up", "operations", "block", ship_notice_rules.no_mix_up_of_units),
        Requirement("label-missing", "operations", "block", pack_rules.a_label_on_every_pack),
        Requirement("sscc-invalid", "operations", "block", pack_rules.a_right_check_digit),
        Requirement("sscc-repeated", "operations", "block", pack_rules.each_label_once),
        Requirement("sscc-reused", "operations", "block", pack_rules.no_label_of_another_shipment),
        Requirement("label-unprinted", "operations", "warn", pack_rules.a_label_printed),
        Requirement("pack-empty", "operations", "block", pack_rules.something_in_every_pack),
        Requirement("packs-differ", "operations", "block", pack_rules.packs_that_make_up_the_lines),
        Requirement("pack-counts", "operations", "block", pack_rules.pallets_and_cartons_as_counted),
        Requirement("lot-missing", "operations", "block", pack_rules.lot_and_expiry_where_tracked),
        Requirement("line-cancelled", "operations", "block", answer_rules.no_line_that_is_cancelled),
        _DONE,
        *_ALL,
    ),
    "invoice": (
        Requirement("more-than-shipped", "finance", "block", invoice_rules.no_more_than_shipped),
        Requirement("nothing-charged", "finance", "block", invoice_rules.some_of_every_line),
        Requirement("price-differs", "finance", "block", invoice_rules.the_price_that_was_acknowledged),
        Requirement("amount-differs", "finance", "block", invoice_rules.amounts_of_quantity_and_price),
        Requirement("tax-differs", "finance", "block", invoice_rules.taxes_to_the_cent),
        Requirement("total-differs", "finance", "block", invoice_rules.a_total_that_adds_up),
        Requirement("date-impossible", "finance", "block", invoice_rules.a_date_that_can_be),
        Requirement("several-orders", "finance", "block", invoice_rules.as_many_orders_as_it_may_have),
        Requirement("currency-differs", "finance", "block", invoice_rules.the_currency_of_the_order),
        Requirement("invoice-stands", "finance", "block", invoice_rules.an_invoice_that_does_not_stand),
        Requirement("credit-unknown", "finance", "block", invoice_rules.a_credit_note_of_an_invoice),
        _DONE,
        *_ALL,
    ),
}
"""Document -> what it must meet."""

RULES: frozenset[str] = frozenset(requirement.rule for gate in GATES.values() for requirement in gate)
"""The names of all rules."""


def judge(judged: Judged, gates: Mapping[Kind, tuple[Requirement, ...]] = GATES) -> tuple[Gap, ...]:
    """Everything that is wanting in a document, in the order of its gate."""
    return tuple(gap for requirement in gates[judged.kind] for gap in _gaps(requirement, judged))


def _gaps(requirement: Requirement, judged: Judged) -> Iterator[Gap]:
    weight = judged.conduct.weights.get(requirement.rule, requirement.severity)
    if weight == "off":
        return
    for wanting in requirement.check(judged):
        yield Gap(
            rule=requirement.rule,
            severity=weight,
            message=wanting.message,
            remedy=wanting.remedy,
            owner=requirement.owner,
            line=wanting.line,
            evidence=wanting.evidence,
            at_stake=at_stake(judged) if wanting.at_stake is None else wanting.at_stake,
            path=wanting.path,
        )


def with_stake(gaps: Iterable[Gap], judged: Judged) -> tuple[Gap, ...]:
    """What the conversion of a document misses, with the money that waits for it, as the gaps of its gate have it."""
    return tuple(replace(gap, at_stake=at_stake(judged)) if gap.at_stake is None else gap for gap in gaps)


def at_stake(judged: Judged) -> Decimal | None:
    """What the partner charges for the document if it is wrong or late; all of an invoice, which is not paid else."""
    if judged.kind == "invoice":
        return judged.cost
    rate = judged.conduct.charges.get(judged.kind)
    return None if rate is None else (judged.cost * rate / 100).quantize(Decimal("0.01"))


def blocking(gaps: Iterable[Gap], allowed: frozenset[str]) -> tuple[Gap, ...]:
    """The gaps that keep a document back, given the rules that a person has overridden."""
    return tuple(gap for gap in gaps if gap.severity == "block" and gap.rule not in allowed)


def overridden(gaps: Iterable[Gap], allowed: frozenset[str]) -> tuple[Gap, ...]:
    """The same gaps as they are shown: what was overridden only warns."""
    return tuple(replace(gap, severity="warn") if gap.rule in allowed else gap for gap in gaps)
