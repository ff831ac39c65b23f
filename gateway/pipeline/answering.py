"""Answering what came: each group once, and once more whenever it comes again."""

from gateway.config import Partner
from gateway.documents import FunctionalAcknowledgement
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import ACKNOWLEDGEMENT, dispatch


def acknowledge(answer: FunctionalAcknowledgement, interchange_id: str, partner: Partner, desk: Desk) -> None:
    """Answer a group, if the guide wants answers, and remember the verdict for when the group comes again."""
    if desk.guide(partner).answers.get(ACKNOWLEDGEMENT, "never") != "always":
        return
    sent = dispatch(answer, ACKNOWLEDGEMENT, partner, desk, business_number=answer.control_number)
    body = {"document": sent, "verdict": answer.verdict, "group": answer.control_number}
    desk.note("event:group-answered", body, f"answers:{interchange_id}")


def answer_again(interchange_id: str, partner: Partner, desk: Desk) -> None:
    """The same verdicts once more, under new control numbers: the sender did not get the first ones."""
    for entry in desk.tx.events(f"answers:{interchange_id}"):
        answer = FunctionalAcknowledgement.model_validate(desk.tx.body_of(entry.body["document"]))
        dispatch(answer, ACKNOWLEDGEMENT, partner, desk, business_number=answer.control_number)
