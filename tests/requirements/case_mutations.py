"""What must turn the tests about cases, alerts and the manual of sellers red."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.requirements.mutation import Mutation, always


def _told(**said: Any) -> Callable[[Any], Any]:
    """Problems are told with something else in them."""
    return lambda tell: lambda desk, problem: tell(desk, replace(problem, **said))


def _refusal_taken_for_booked(hear: Callable[..., Any]) -> Callable[..., Any]:
    return lambda result, desk: hear(result.model_copy(update={"result": "booked"}), desk)


CASES: tuple[Mutation, ...] = (
    Mutation("17", "every case is of one type", "gateway.pipeline.desk.Desk.tell", _told(code="problem")),
    Mutation(
        "18",
        "what the ERP refuses counts as booked",
        "gateway.pipeline.selling.posting.hear",
        _refusal_taken_for_booked,
    ),
    Mutation(
        "18",
        "what Amazon lists is not held against what it was told",
        "gateway.pipeline.selling.inventory_listings.compare_listings",
        always([]),
    ),
    Mutation("19", "every case is IT's", "gateway.pipeline.desk.Desk.tell", _told(owner="IT")),
    Mutation(
        "21",
        "a command of the manual is renamed",
        "gateway.cli.settlements.settlements.commands",
        lambda commands: {name: each for name, each in commands.items() if name != "deposits"},
    ),
    Mutation(
        "23",
        "what is new in a report is told to nobody",
        "gateway.pipeline.selling.reports.tell_findings",
        always(None),
    ),
    Mutation("23", "nobody adds up the lines", "gateway.pipeline.selling.settlements.hold", always(None)),
    Mutation("36", "cases are told to nobody", "gateway.turn.raise_alerts", always(0)),
    Mutation("36", "stock may differ by any number", "gateway.pipeline.selling.inventory_drift.compare", always([])),
    Mutation(
        "37",
        "a case gets another owner",
        "gateway.pipeline.selling.sales_lists.KINDS",
        lambda kind: replace(kind, owner="nobody"),
        "sku-unknown",
    ),
    Mutation("39", "what finance must do is never due", "gateway.config.Seller.closes_at", always(None)),
    Mutation(
        "39",
        "nothing escalates",
        "gateway.pipeline.alerting._rules",
        lambda rules: lambda config: replace(rules(config), ladder={}),
    ),
    Mutation("56", "adjustments are not kept", "gateway.pipeline.selling.adjustments.post", always("")),
)
