"""What is wanted and nobody owns: the dead ends that a state may hide.

Now, everything that a gate or the partner has stopped must have a case about its document. Long after the last fact,
when every deadline is over, so must everything that is still wanted: an answer, goods that were promised, a document
that waits for another, an acknowledgement. What is promised and shipped is read from the bytes.
"""

from collections.abc import Iterator

from gateway.journal.records import Case
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Transmission
from tests.lifecycle.facts import ORDER
from tests.lifecycle.wire import Conversation

# The cases of which any one tells a person of what is wanted.
_ANSWER = {"answer-due", "order-response-blocked", "posting-refused"}
_GOODS = {"window-ending", "cancellation-risk", "ship-notice-blocked", "ship-notice-due"}
_IN_FRONT = {"invoice": "ship-notice", "ship-notice": "order-response"}


def orphans_now(state: OrderState, cases: list[Case]) -> Iterator[str]:
    """What was stopped and is nobody's; and cases that do not say whose they are, or what to do."""
    for case in cases:
        if not (case.owner and case.remedy and case.message):
            yield f"case {case.code} has no owner, remedy or message"
    about = _about(cases)
    for sent in state.documents.values():
        if sent.waits and sent.blocking and sent.document not in about:
            yield f"a blocked {sent.kind} has no case"
        if sent.is_refused and sent.document not in about:
            yield f"a refused {sent.kind} has no case"


def orphans_then(conversation: Conversation, state: OrderState, cases: list[Case]) -> Iterator[str]:
    """What is wanted long after the last fact, and no case tells of it."""
    yield from orphans_now(state, cases)
    codes = {case.code for case in cases}
    known = conversation.known
    if state.cancelled is None:
        if ORDER not in known.answers and not codes & _ANSWER:
            yield "the order is not answered, and no case says so"
        shipped = known.shipped()
        is_short = any(pieces > shipped[line] for line, pieces in known.promised().items())
        if is_short and not codes & _GOODS:
            yield "not all that was promised has shipped, and no case says so"
        if state.needs_answer and "change-due" not in codes:
            yield "the order was changed after the answer, and no case says so"
    about = _about(cases)
    for sent in state.documents.values():
        if sent.is_refused and sent.kind == "ship-notice" and not _is_due(sent, cases):
            yield "a refused ship-notice is nobody's once its refusal is closed by hand"
        is_heard = sent.acknowledgement != "awaited" and (sent.acknowledgement != "overdue" or sent.document in about)
        if not is_heard:
            yield f"no answer came to the {sent.kind}, and no case says so"
        if sent.waits and not _is_owned(sent, state, cases):
            yield f"a parked {sent.kind} has no case, nor has what it waits for"


def _is_owned(sent: Transmission, state: OrderState, cases: list[Case]) -> bool:
    """Whether a case is about a draft, about a document that it may wait for, or about its own deadline."""
    in_front = {each.document for each in state.documents.values() if each.kind == _IN_FRONT.get(sent.kind)}
    if {sent.document, *in_front} & _about(cases):
        return True
    if sent.kind == "order-response":
        return any(case.code == "answer-due" for case in cases)
    return _is_due(sent, cases)


def _is_due(sent: Transmission, cases: list[Case]) -> bool:
    return any(case.key.endswith(f":deadline:{sent.kind}:{sent.number}") for case in cases)


def _about(cases: list[Case]) -> set[str]:
    """The ids of the documents that open cases are about."""
    subjects = (subject for case in cases for subject in case.subjects)
    return {subject.removeprefix("document:") for subject in subjects if subject.startswith("document:")}
