"""What people ask of an instance, answered from the journal: the one source of every listing, page and explanation.

Each query gives plain JSON values; the command line and the console only lay them out. Instants are given to the
second: the journal knows them better, and nobody who looks wants to know.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gateway.config import Config
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.journal.instants import printed
from gateway.journal.records import Case, Document, Record
from gateway.lifecycle.acknowledgement import Answered
from gateway.lifecycle.deadlines import deadlines as order_deadlines
from gateway.lifecycle.decisions import GIVEN_UP, Policy, wait_ends_at
from gateway.lifecycle.events import HeldLine
from gateway.lifecycle.ledger import LedgerLine, ledger, stage_of
from gateway.lifecycle.order_problems import problems
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import SALES_ORDER, Problem
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import Transmission
from gateway.mapping.library import Mappings
from gateway.pipeline.acknowledged import EVENT as ANSWERED
from gateway.pipeline.chronicle import state_of
from gateway.pipeline.desk import policy_for

Json = dict[str, Any]
_ORDER = "order:"
_LET_GO = "event:gate-overridden"
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
        "stage": stage_of(state),
        "lines": len(state.lines),
        "gaps": count_gaps(state),
        "amount": None if state.at_stake is None else f"{state.at_stake:f}",
        "received_at": to_the_second(state.received_at),
        "answer_due_at": to_the_second(state.answer_due_at),
        "sales_order": state.booked.number if state.booked else None,
    }


def count_gaps(state: OrderState) -> int:
    """How many things keep the order, or a document of it, back."""
    blocked = sum(len(sent.blocking) for sent in state.documents.values() if sent.waits)
    missing = int(state.waits and state.missing_account is not None)
    return len(state.open_gaps) + missing + blocked


def find_order(journal: Journal, config: Config, number: str, partner: str | None = None) -> OrderState:
    """The order of this number (`4XK7PL2Q` or `amazon-us:4XK7PL2Q`).

    Raises NotFound where there is none, or where several partners use the number and none is named.
    """
    named, _, rest = number.partition(":")
    if rest and named in config.partners:
        partner, number = named, rest
    if partner and partner not in config.partners:
        raise NotFound(f"there is no partner {partner}: `gateway partners list` shows those there are")
    names = [partner] if partner else list(config.partners)
    found = [state for name in names if (state := state_of(journal, name, number))]
    if len(found) == 1:
        return found[0]
    if found:
        who = ", ".join(state.partner for state in found)
        raise NotFound(f"{number} is an order of {who}: say which with --partner")
    about = [case for name in names for case in journal.cases(subject=subject_of(name, number))]
    if about:
        raise NotFound(f"no order {number} was taken: `gateway cases show {about[-1].id}`: {about[-1].message}")
    sold = [name for name in config.sellers if journal.events(f"sale:{name}:{number}")]
    if sold:
        raise NotFound(f"{number} is an order of a buyer from seller {sold[0]}: `gateway sales show {number}`")
    raise NotFound(f"there is no order {number}: `gateway orders list` shows those there are")


def order(journal: Journal, config: Config, mappings: Mappings, state: OrderState) -> Json:
    """Everything about one order: ledger, documents, gaps, deadlines, cases."""
    subject = subject_of(state.partner, state.purchase_order)
    policy = policy_for(config.partners[state.partner], state.ship_to, mappings, journal)
    return {
        "partner": state.partner,
        "account": state.account,
        "purchase_order": state.purchase_order,
        "stage": stage_of(state),
        "received_at": to_the_second(state.received_at),
        "sales_order": state.booked.number if state.booked else None,
        "lines": [_ledger_line(line) for line in ledger(state)],
        "documents": [_with_waits(document_line(each), state) for each in documents_of(journal, subject)],
        "gaps": list(gaps(journal, state, policy)),
        "deadlines": list(deadlines(state, policy)),
        "cases": [case.id for case in journal.cases(subject=subject, state="open")],
        "changes": [list(change.differences) for change in state.changes],
    }


def _ledger_line(line: LedgerLine) -> Json:
    quantities = ("ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")
    values = {name: getattr(line, name) for name in quantities}
    shown = {name: None if value is None else f"{value:f}" for name, value in values.items()}
    return {"line": line.line, "sku": line.sku, **shown}


def _with_waits(line: Json, state: OrderState) -> Json:
    """A document of an order with what it waits for, where it is parked."""
    sent = state.documents.get(line["id"])
    waits = list(sent.judged.waits_for) if sent and sent.waits and sent.judged else []
    more = {"waits_for": waits} if waits else {}
    return {**line, **more, "replaced": True} if sent and sent.is_superseded else {**line, **more}


def gaps(journal: Journal, state: OrderState, policy: Policy) -> Iterator[Json]:
    """What is wrong with the order and its documents, each gap with its owner and due time; not all of them block.

    `let_go` says who let a gap go, when and why; it is None for one that stands.
    """
    for gap in _gaps(state, policy):
        overrides = let_go(journal, gap["document_id"]) if gap["overridden"] else ()
        yield {**gap, "let_go": next((each for each in overrides if gap["rule"] in each["rules"]), None)}


def let_go(journal: Journal, document_id: str) -> list[Json]:
    """Who let a document go in spite of which rules, when and why, the latest first."""
    entries = journal.events(f"document:{document_id}", prefix=_LET_GO)
    return [
        {"at": to_the_second(entry.at), **{name: entry.body[name] for name in ("who", "why", "rules")}}
        for entry in reversed(entries)
    ]


def _gaps(state: OrderState, policy: Policy) -> Iterator[Json]:
    for gap in (*state.open_gaps, *(gap for gap in state.all_gaps if gap.severity == "warn")):
        due_at = wait_ends_at(state, policy) if gap.rule in GIVEN_UP else state.answer_due_at
        yield _gap(gap, SALES_ORDER, None, due_at, state)
    if state.missing_account is not None and state.waits:
        yield from (_of_problem(each, state) for each in problems(state, policy) if each.code == "account-unknown")
    for sent in state.documents.values():
        if sent.is_superseded:
            continue
        refused = sent.is_refused and sent.standing
        if refused:
            yield _gap(_refusal(sent, refused), sent.message, sent, None, state)
        for gap in sent.gaps:
            yield _gap(gap, sent.message, sent, sent.judged.due_at if sent.judged else None, state)


def _gap(gap: HeldLine, document: str, sent: Transmission | None, due_at: datetime | None, state: OrderState) -> Json:
    return {
        "document": document,
        "document_id": sent.document if sent else None,
        "purchase_order": gap.evidence.get("purchase_order", state.purchase_order),
        "line": gap.line,
        "rule": gap.rule,
        "severity": gap.severity,
        "message": gap.message,
        "remedy": gap.remedy,
        "owner": gap.owner,
        "due_at": None if due_at is None else to_the_second(due_at),
        "at_stake": None if gap.at_stake is None else f"{gap.at_stake:f}",
        "evidence": gap.evidence,
        "path": gap.path,
        "overridden": bool(sent and gap.rule in sent.allowed),
    }


def _refusal(sent: Transmission, said: Answered) -> HeldLine:
    """What the partner refused, as the gap that it is: nothing goes on until it is corrected."""
    return HeldLine(
        rule="refused-by-partner",
        message=f"the partner refused {sent.message} {sent.number}: {'; '.join(said.findings) or 'without saying why'}",
        remedy="correct what the partner names in the ERP, and send the document with a higher revision",
        owner="operations",
        evidence={"said by": said.by},
    )


def _of_problem(problem: Problem, state: OrderState) -> Json:
    held = HeldLine(
        rule=problem.code,
        message=problem.message,
        remedy=problem.remedy,
        owner=problem.owner,
        evidence=problem.evidence,
    )
    return _gap(held, SALES_ORDER, None, problem.due_at, state)


def deadlines(state: OrderState, policy: Policy) -> Iterator[Json]:
    """The instants by which something must have happened, and whether it has."""
    for deadline in order_deadlines(state, policy.timings):
        yield {
            "what": deadline.name,
            "due_at": to_the_second(deadline.due_at),
            "met": deadline.is_met,
            "late": (deadline.name, deadline.due_at, "passed") in state.told,
            "owner": deadline.owner,
        }
    if policy.unknown_item == "wait" and any(gap.rule in GIVEN_UP for gap in state.open_gaps):
        due_at = to_the_second(wait_ends_at(state, policy))
        yield {
            "what": "end of waiting for the item master",
            "due_at": due_at,
            "met": False,
            "late": False,
            "owner": "item data",
        }


def documents_of(journal: Journal, subject: str) -> list[Document]:
    """The documents that a subject is about, in their order."""
    ids = [str(entry.seq) for entry in journal.events(subject, prefix="document-stored")]
    return [journal.document(document_id) for document_id in ids]


def document_line(document: Document) -> Json:
    """A document as listings print it."""
    names = ("id", "type", "direction", "partner", "business_number", "control_number")
    statuses = ("validation", "delivery", "acknowledgement", "file")
    return {**{name: getattr(document, name) for name in (*names, *statuses)}, "at": to_the_second(document.at)}


def document(journal: Journal, document_id: str) -> Json:
    """One document with what it says, the message it came in, and the dispatches that carried it."""
    found = journal.document(document_id)
    message = journal.message_of(document_id)
    return {
        **document_line(found),
        "account": found.account,
        "revision": found.revision,
        "file_id": found.file_id or (journal.interchange(message.interchange_id).file_id if message else None),
        "message": as_json(message) if message else None,
        "dispatches": [as_json(dispatch) for dispatch in journal.dispatches(document_id=document_id)],
        "answers": list(answers(journal, document_id)),
        "body": journal.body_of(document_id),
    }


def answers(journal: Journal, document_id: str) -> Iterator[Json]:
    """What was said of a document that we sent, or what a document that came says of ours, in the order it came."""
    for entry in journal.events(f"document:{document_id}", prefix=ANSWERED):
        said = {name: entry.body[name] for name in ("by", "verdict", "findings", "answer", "sent")}
        yield {"at": to_the_second(entry.at), **said}


def case_line(case: Case) -> Json:
    """A case as listings print it."""
    shown = as_json(case)
    first = ("id", "code", "owner", "state", "subjects", "message", "remedy", "due_at", "opened_at", "at_stake")
    return {name: shown[name] for name in first}


def case(journal: Journal, case_id: str) -> Json:
    """One case with its evidence and its history."""
    found = journal.case(case_id)
    history = [
        {"at": to_the_second(entry.at), "kind": entry.kind, "body": entry.body}
        for entry in journal.events(f"case:{case_id}")
    ]
    return {**as_json(found), "history": history}


def as_json(record: Record) -> Json:
    """A record of the journal as JSON values."""
    shown = record.as_json()
    instants = {name: value for name in shown if isinstance(value := getattr(record, name), datetime)}
    return {**shown, **{name: to_the_second(value) for name, value in instants.items()}}


def to_the_second(at: datetime) -> str:
    """An instant as people read it, `2026-11-20T21:01:00Z`."""
    return printed(at.replace(microsecond=0))


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
