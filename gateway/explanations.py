"""Why something stands where it does, in a sentence and its reasons: what `gateway explain` says.

An order, a document or a case: each is explained by what is missing, by the facts that let it go, by what the partner
said of it, and by the cases that are open about it.
"""

from collections.abc import Iterator

from gateway.config import Config
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import SALES_ORDER, subject_of
from gateway.pipeline.orders import state_of
from gateway.queries import Json, answers, case_line, find_order, gaps

_ORDERED = ("850", "ORDERS", SALES_ORDER)


def explanation(journal: Journal, config: Config, what: str) -> Json:
    """Why an order, document or case stands where it does. Raises NotFound where nothing has this name."""
    kind = _kind_of(journal, what)
    if kind == "case-opened":
        return _explain_case(journal, what)
    if kind == "document-stored":
        return _explain_document(journal, config, what)
    return _explain_order(journal, config, find_order(journal, config, what))


def _kind_of(journal: Journal, what: str) -> str | None:
    """What the journal knows by this id; None where it is none, for an order number may be all digits too."""
    try:
        return journal.entry(what).kind if what.isdecimal() else None
    except NotFound:
        return None


def _explain_order(journal: Journal, config: Config, state: OrderState) -> Json:
    missing = list(gaps(state, config.partners[state.partner]))
    told = {gap["message"] for gap in missing}
    cases = journal.open_cases(subject=subject_of(state.partner, state.purchase_order))
    others = [case_line(case) for case in cases if case.message not in told]
    name = f"order {state.purchase_order} of {state.partner}"
    if missing:
        things = "1 thing is missing" if len(missing) == 1 else f"{len(missing)} things are missing"
        summary = f"{name} is held: {things} before it may go to the ERP"
        reasons = [*missing, *_rejected(state), *others]
    elif state.posted:
        lines = state.posted[-1].lines
        which = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines)}"
        summary = f"{name} went to the ERP with {which}: each had an item, a factor and a price"
        reasons = [*_settled(state), *_rejected(state), *others]
    else:
        summary = f"{name} is {state.stage}"
        reasons = [*_rejected(state), *others]
    return {"id": state.key, "kind": "order", "stage": state.stage, "summary": summary, "reasons": reasons}


def _settled(state: OrderState) -> Iterator[Json]:
    posted = {line for event in state.posted for line in event.lines}
    for line in state.settled.values():
        if line.line not in posted:
            continue
        asked = state.lines[line.line].ordered
        text = f"line {line.line}: {asked.value:f} {asked.unit} is {line.base:f} each of {line.sku}, {line.amount:f}"
        yield {"message": text, "evidence": {"factor": f"{line.factor}, from {line.source}"}}


def _rejected(state: OrderState) -> Iterator[Json]:
    for line in state.rejected.values():
        yield {"message": f"line {line.line} was given up by {line.who}: {line.why}"}


def _explain_case(journal: Journal, case_id: str) -> Json:
    found = journal.case(case_id)
    summary = f"case {case_id} ({found.code}) is {found.state}" + (f": {found.reason}" if found.reason else "")
    return {
        "id": case_id,
        "kind": "case",
        "summary": summary,
        "reasons": [case_line(found) | {"evidence": found.evidence}],
    }


def _explain_document(journal: Journal, config: Config, document_id: str) -> Json:
    found = journal.document(document_id)
    name = f"document {document_id} ({found.type} {found.business_number} of {found.partner})"
    cases = journal.open_cases(subject=f"document:{document_id}")
    if found.type in _ORDERED:
        state = state_of(journal, found.partner, found.business_number)
        if state is not None:
            return _explain_order(journal, config, state)
    sent = f", {found.delivery.replace('_', ' ')}" if found.direction == "out" else ""
    summary = f"{name} is {found.validation}{sent}, acknowledgement {found.acknowledgement.replace('_', ' ')}"
    told = [_answer(journal, document_id, answer) for answer in answers(journal, document_id)]
    return {
        "id": document_id,
        "kind": "document",
        "summary": summary,
        "reasons": [*told, *(case_line(case) for case in cases)],
    }


def _answer(journal: Journal, document_id: str, answer: Json) -> Json:
    """An answer as one sentence, seen from the document that was answered or from the one that answers."""
    verdict, about = answer["verdict"].replace("_", " "), journal.document(answer["sent"])
    if answer["answer"] == document_id:
        text = f"it says of document {about.id} ({about.type} {about.business_number}): {verdict}"
    else:
        text = f"{answer['at']}, {answer['by']} (document {answer['answer']}): {verdict}"
    return {"message": text, "evidence": {str(count): said for count, said in enumerate(answer["findings"], 1)}}
