"""Answering what came: each group once, and once more whenever it comes again.

An answer stands among the documents of the orders it is about, so whoever looks at an order sees what the partner was
told of it.
"""

from collections.abc import Iterable

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import ACKNOWLEDGEMENT, dispatch


def acknowledge(
    answer: FunctionalAcknowledgement, interchange_id: str, orders: Iterable[str], partner: Partner, desk: Desk
) -> None:
    """Answer a group, if the guide wants answers, and remember the verdict for when the group comes again.

    `orders` are the subjects of the orders in the group.
    """
    if desk.guide(partner).answers.get(ACKNOWLEDGEMENT, "never") != "always":
        return
    sent = _send(answer, orders, partner, desk)
    body = {"document": sent, "verdict": answer.verdict, "group": answer.control_number}
    desk.note("event:group-answered", body, f"answers:{interchange_id}")


def answer_again(interchange_id: str, partner: Partner, desk: Desk) -> None:
    """The same verdicts once more, under new control numbers: the sender did not get the first ones."""
    for entry in desk.tx.events(f"answers:{interchange_id}"):
        answer = FunctionalAcknowledgement.model_validate(desk.tx.body_of(entry.body["document"]))
        concerned = desk.tx.entry(entry.body["document"]).subjects
        _send(answer, (subject for subject in concerned if subject.startswith("order:")), partner, desk)


def _send(answer: FunctionalAcknowledgement, orders: Iterable[str], partner: Partner, desk: Desk) -> str:
    number, subjects = answer.control_number, tuple(dict.fromkeys(orders))
    return dispatch(answer, ACKNOWLEDGEMENT, partner, desk, business_number=number, subjects=subjects)
