"""The life of an order in four lanes: what was ordered, answered, shipped and charged, each with its answers and times.

A document of the ERP stands in the lane of the partner's message that it becomes. What the partner's computer said of a
document of ours stands under it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from gateway.queries import Json

LANES: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        "Order",
        "850, ORDERS",
        frozenset({"850", "860", "ORDERS", "ORDCHG", "sales-order", "997", "CONTRL", "999", "TA1"}),
    ),
    ("Answer", "855, ORDRSP", frozenset({"855", "865", "ORDRSP", "order-response"})),
    ("Ship notice", "856, DESADV", frozenset({"856", "DESADV", "shipment"})),
    ("Invoice", "810, INVOIC", frozenset({"810", "INVOIC", "invoice", "820", "REMADV", "remittance"})),
)
"""Name of a lane, its messages in both standards, and the types of document that stand in it."""

# Deadline -> the lane that it is a deadline of.
_DUE_IN: Mapping[str, str] = {
    "answer": "Answer",
    "change": "Answer",
    "booking": "Order",
    "ship-notice": "Ship notice",
    "window": "Ship notice",
    "cancellation": "Ship notice",
}

STEPS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("received", frozenset(), frozenset({"received", "held"})),
    ("booked", frozenset(), frozenset({"posted", "refused"})),
    ("acknowledged", frozenset(), frozenset({"booked"})),
    ("shipped", frozenset({"partly-shipped"}), frozenset({"answered"})),
    ("invoiced", frozenset({"partly-invoiced"}), frozenset({"shipped"})),
    ("paid", frozenset(), frozenset({"invoiced"})),
)
"""A step of an order, the stages in which it is done in part, and those in which it is what comes next."""

NEXT: Mapping[str, str] = {
    "received": "Its lines are looked up in the item master; then it goes to the ERP.",
    "held": "It goes to the ERP once what is missing is there.",
    "refused": "The ERP refused it: mend what it says, and let the ERP send a posting result.",
    "posted": "The ERP books it and says so with a posting result or an order response.",
    "booked": "The ERP answers its lines with an order response; then the partner is told.",
    "answered": "The ERP ships; its shipment becomes the ship notice.",
    "partly-shipped": "The rest of what was promised ships.",
    "shipped": "The ERP charges what has shipped; its invoice becomes the partner's.",
    "partly-invoiced": "The rest of what has shipped is charged.",
    "invoiced": "The partner pays; the remittance closes the order.",
    "paid": "Nothing: it is paid.",
    "rejected": "Nothing: no line of it is delivered.",
    "cancelled": "Nothing: it was cancelled.",
}
"""What happens next to an order in a stage."""


def steps_of(stage: str) -> list[tuple[str, str]]:
    """Each step of an order with how it stands: done, part, now, ended or to come."""
    if stage in ("rejected", "cancelled"):
        return [("received", "done"), (stage, "ended")]
    found: list[tuple[str, str]] = []
    state = "done"
    for name, partly, waited in STEPS:
        if state == "done" and stage in partly:
            found.append((name, "part"))
            state = "todo"
        elif state == "done" and stage in waited:
            found.append((name, "now"))
            state = "todo"
        else:
            found.append((name, state))
    return found


def lanes_of(
    documents: Sequence[Json], deadlines: Iterable[Json], answers_to: Callable[[str], Iterable[Json]]
) -> list[Json]:
    """The lanes with their documents, the answers to each, and the times that are theirs."""
    due = [{**each, "lane": _DUE_IN.get(each["what"].partition(":")[0], "Order")} for each in deadlines]
    lanes = []
    for name, messages, types in LANES:
        steps = [
            {**document, "answers": list(answers_to(document["id"])) if document["direction"] == "out" else []}
            for document in documents
            if document["type"] in types
        ]
        lanes.append(
            {
                "name": name,
                "messages": messages,
                "steps": steps,
                "deadlines": [each for each in due if each["lane"] == name],
            }
        )
    return lanes
