"""What people ask of an instance, answered from the journal: the one source of every listing, page and explanation.

Each query gives plain JSON values; the command line and the console only lay them out.
"""

from collections.abc import Iterator
from typing import Any

from gateway.config import Config, Partner
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.journal.instants import printed
from gateway.journal.records import Case, Document
from gateway.lifecycle.ledger import ledger
from gateway.lifecycle.orders import OrderState, wait_ends_at
from gateway.lifecycle.problems import subject_of
from gateway.pipeline.desk import policy_of
from gateway.pipeline.orders import state_of

Json = dict[str, Any]
_ORDER = "order:"
_PAGE = 500


def orders(journal: Journal, *, partner: str | None = None, limit: int | None = None) -> Iterator[Json]:
    """The orders by partner and number, each in a line."""
    prefix = f"{_ORDER}{partner}:" if partner else _ORDER
    after, count = "", 0
    while subjects := journal.subjects_with_prefix(prefix, after, _PAGE):
        for subject in subjects:
            _, name, number = subject.split(":", 2)
            state = state_of(journal, name, number)
            if state is None:
                continue
            yield _order_line(state)
            count += 1
            if limit is not None and count >= limit:
                return
        after = subjects[-1]


def _order_line(state: OrderState) -> Json:
    return {
        "partner": state.partner,
        "purchase_order": state.purchase_order,
        "account": state.account,
        "stage": state.stage,
        "lines": len(state.lines),
        "gaps": len(state.open_gaps),
        "amount": None if state.at_stake is None else f"{state.at_stake:f}",
        "received_at": printed(state.received_at),
        "answer_due_at": printed(state.answer_due_at),
        "sales_order": state.booked.number if state.booked else None,
    }


def find_order(journal: Journal, config: Config, number: str, partner: str | None = None) -> OrderState:
    """The order of this number (`4XK7PL2Q` or `amazon-us:4XK7PL2Q`).

    Raises NotFound where there is none, or where several partners use the number and none is named.
    """
    named, _, rest = number.partition(":")
    if rest and named in config.partners:
        partner, number = named, rest
    names = [partner] if partner else list(config.partners)
    found = [state for name in names if (state := state_of(journal, name, number))]
    if len(found) == 1:
        return found[0]
    if found:
        who = ", ".join(state.partner for state in found)
        raise NotFound(f"{number} is an order of {who}: say which with --partner")
    raise NotFound(f"there is no order {number}: `gateway orders list` shows those there are")


def order(journal: Journal, config: Config, state: OrderState) -> Json:
    """Everything about one order: ledger, documents, gaps, deadlines, cases."""
    subject = subject_of(state.partner, state.purchase_order)
    partner = config.partners[state.partner]
    return {
        "partner": state.partner,
        "account": state.account,
        "purchase_order": state.purchase_order,
        "stage": state.stage,
        "received_at": printed(state.received_at),
        "sales_order": state.booked.number if state.booked else None,
        "lines": [_ledger_line(line) for line in ledger(state)],
        "documents": [document_line(document) for document in documents_of(journal, subject)],
        "gaps": list(gaps(state, partner)),
        "deadlines": list(deadlines(state, partner)),
        "cases": [case.id for case in journal.cases(subject=subject, state="open")],
        "changes": [list(change.differences) for change in state.changes],
    }


def _ledger_line(line: Any) -> Json:
    quantities = ("ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")
    values = {name: getattr(line, name) for name in quantities}
    shown = {name: None if value is None else f"{value:f}" for name, value in values.items()}
    return {"line": line.line, "sku": line.sku, **shown}


def gaps(state: OrderState, partner: Partner) -> Iterator[Json]:
    """What keeps the order from going on, each gap with its owner and due time."""
    for gap in state.open_gaps:
        yield {
            "document": "sales-order",
            "purchase_order": state.purchase_order,
            "line": gap.line,
            "rule": gap.rule,
            "severity": gap.severity,
            "message": gap.message,
            "remedy": gap.remedy,
            "owner": gap.owner,
            "due_at": printed(wait_ends_at(state, policy_of(partner))),
            "at_stake": None if gap.at_stake is None else f"{gap.at_stake:f}",
            "evidence": gap.evidence,
        }


def deadlines(state: OrderState, partner: Partner) -> Iterator[Json]:
    """The instants by which something must have happened."""
    yield {"what": "answer", "due_at": printed(state.answer_due_at)}
    if state.open_gaps and partner.unknown_item == "wait":
        due = printed(wait_ends_at(state, policy_of(partner)))
        yield {"what": "end of waiting for the item master", "due_at": due}


def documents_of(journal: Journal, subject: str) -> list[Document]:
    """The documents that a subject is about, in their order."""
    ids = [str(entry.seq) for entry in journal.events(subject, prefix="document-stored")]
    return [journal.document(document_id) for document_id in ids]


def document_line(document: Document) -> Json:
    """A document as listings print it."""
    shown = document.as_json()
    names = ("id", "type", "direction", "partner", "business_number", "control_number")
    statuses = ("validation", "delivery", "acknowledgement", "file", "at")
    return {name: shown[name] for name in (*names, *statuses)}


def document(journal: Journal, document_id: str) -> Json:
    """One document with what it says, the message it came in, and the dispatches that carried it."""
    found = journal.document(document_id)
    message = journal.message_of(document_id)
    return {
        **document_line(found),
        "account": found.account,
        "revision": found.revision,
        "file_id": found.file_id or (journal.interchange(message.interchange_id).file_id if message else None),
        "message": message.as_json() if message else None,
        "dispatches": [dispatch.as_json() for dispatch in journal.dispatches(document_id=document_id)],
        "body": journal.body_of(document_id),
    }


def case_line(case: Case) -> Json:
    """A case as listings print it."""
    shown = case.as_json()
    first = ("id", "code", "owner", "state", "subjects", "message", "remedy", "due_at", "opened_at", "at_stake")
    return {name: shown[name] for name in first}


def case(journal: Journal, case_id: str) -> Json:
    """One case with its evidence and its history."""
    found = journal.case(case_id)
    history = [
        {"at": printed(entry.at), "kind": entry.kind, "body": entry.body} for entry in journal.events(f"case:{case_id}")
    ]
    return {**found.as_json(), "history": history}


def raw_of(journal: Journal, document_id: str) -> bytes:
    """The bytes a document came in or went out with: its message alone where it came in one.

    Raises NotFound where it never had a file.
    """
    message = journal.message_of(document_id)
    if message:
        data = journal.bytes_of(journal.interchange(message.interchange_id).file_id)
        return data[message.offset : message.offset + message.length]
    found = journal.document(document_id)
    if found.file_id is None:
        raise NotFound(f"document {document_id} has no file: it was never sent")
    return journal.bytes_of(found.file_id)


def explanation(journal: Journal, config: Config, what: str) -> Json:
    """Why an order, document or case stands where it does. Raises NotFound where nothing has this name."""
    if what.isdecimal():
        kind = journal.entry(what).kind
        if kind == "case-opened":
            return _explain_case(journal, what)
        if kind == "document-stored":
            return _explain_document(journal, config, what)
    state = find_order(journal, config, what)
    return _explain_order(journal, config, state)


def _explain_order(journal: Journal, config: Config, state: OrderState) -> Json:
    cases = journal.open_cases(subject=subject_of(state.partner, state.purchase_order))
    reasons: list[Json] = list(gaps(state, config.partners[state.partner]))
    told = {gap["message"] for gap in reasons}
    reasons += [case_line(case) for case in cases if not any(message in case.message for message in told)]
    name = f"order {state.purchase_order} of {state.partner}"
    if state.waits and reasons:
        summary = f"{name} is held: {len(reasons)} things are missing before it may go to the ERP"
    elif state.posted:
        went = state.posted[-1]
        summary = f"{name} went to the ERP with lines {', '.join(went.lines)}: each had an item, a factor and a price"
        reasons = [*_settled(state), *_rejected(state), *reasons]
    else:
        summary = f"{name} is {state.stage}"
        reasons = [*_rejected(state), *reasons]
    return {"id": state.key, "kind": "order", "stage": state.stage, "summary": summary, "reasons": reasons}


def _settled(state: OrderState) -> Iterator[Json]:
    for line in state.settled.values():
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
    if found.type in ("850", "sales-order"):
        state = state_of(journal, found.partner, found.business_number)
        if state is not None:
            return _explain_order(journal, config, state)
    sent = f", {found.delivery.replace('_', ' ')}" if found.direction == "out" else ""
    summary = f"{name} is {found.validation}{sent}, acknowledgement {found.acknowledgement.replace('_', ' ')}"
    return {"id": document_id, "kind": "document", "summary": summary, "reasons": [case_line(case) for case in cases]}
