"""Why something stands where it does, in a sentence and its reasons: what `gateway explain` says.

An order, a document or a case: each is explained by what is missing, by the facts that let it go, by what the partner
said of it, and by the cases that are open about it.
"""

from collections.abc import Collection, Iterator
from textwrap import shorten

from gateway.config import Config
from gateway.documents.json_places import find_place
from gateway.errors import NotFound
from gateway.journal import Journal
from gateway.journal.records import Document
from gateway.lifecycle.ledger import stage_of
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import SALES_ORDER
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import Transmission
from gateway.mapping.library import Mappings
from gateway.pipeline.chronicle import orders_of, state_of
from gateway.pipeline.desk import policy_for
from gateway.pipeline.outgoing import MESSAGES
from gateway.queries import Json, answers, case_line, find_order, gaps, let_go

_OURS = frozenset(message for kinds in MESSAGES.values() for message in kinds.values())
_ORDERED = ("850", "ORDERS", SALES_ORDER)


def explanation(journal: Journal, config: Config, mappings: Mappings, what: str) -> Json:
    """Why an order, document or case stands where it does. Raises NotFound where nothing has this name."""
    kind = _kind_of(journal, what)
    if kind == "case-opened":
        return _explain_case(journal, what)
    if kind == "document-stored":
        return _explain_document(journal, config, mappings, what)
    number = what if _is_order(journal, config, what) else _of_number(journal, config, what)
    if number is not None and number.isdecimal() and _kind_of(journal, number) == "document-stored":
        return _explain_document(journal, config, mappings, number)
    return _explain_order(journal, config, mappings, find_order(journal, config, what))


def _kind_of(journal: Journal, what: str) -> str | None:
    """What the journal knows by this id; None where it is none, for an order number may be all digits too."""
    try:
        return journal.entry(what).kind if what.isdecimal() else None
    except NotFound:
        return None


def _explain_order(journal: Journal, config: Config, mappings: Mappings, state: OrderState) -> Json:
    policy = policy_for(config.partners[state.partner], state.ship_to, mappings, journal)
    found = list(gaps(journal, state, policy))
    missing = [gap for gap in found if gap["document"] == SALES_ORDER and gap["severity"] == "block"]
    blocked = [gap for gap in found if gap not in missing and gap["let_go"] is None]
    gone = [gap for gap in found if gap["let_go"] is not None]
    told = {gap["message"] for gap in missing}
    cases = journal.open_cases(subject=subject_of(state.partner, state.purchase_order))
    drafts = [case for case in cases if not case.key.startswith("draft:")]
    others = [case_line(case) for case in drafts if case.message not in told]
    name = f"order {state.purchase_order} of {state.partner}"
    if missing:
        things = "1 thing is missing" if len(missing) == 1 else f"{len(missing)} things are missing"
        summary = f"{name} is held: {things} before it may go to the ERP"
        reasons = [*missing, *_rejected(state), *blocked, *others, *gone]
    elif state.posted:
        lines = state.posted[-1].lines
        which = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(lines)}"
        summary = f"{name} went to the ERP with {which}: each had an item, a factor and a price"
        reasons = [*blocked, *_parked(state), *_settled(state), *_rejected(state), *others, *gone]
    else:
        summary = f"{name} is {stage_of(state)}"
        reasons = [*_rejected(state), *blocked, *_parked(state), *others, *gone]
    return {"id": state.key, "kind": "order", "stage": stage_of(state), "summary": summary, "reasons": reasons}


def _is_order(journal: Journal, config: Config, what: str) -> bool:
    named, _, rest = what.partition(":")
    names = [(named, rest)] if rest and named in config.partners else [(name, what) for name in config.partners]
    return any(state_of(journal, partner, number) for partner, number in names)


def _of_number(journal: Journal, config: Config, what: str) -> str | None:
    """The latest document of ours that a shipment or invoice of this number became."""
    found = [
        document
        for name in config.partners
        for document in journal.documents(partner=name, direction="out", business_number=what)
        if document.type in _OURS
    ]
    return found[-1].id if found else None


def _draft(journal: Journal, config: Config, found: Document) -> tuple[Transmission | None, OrderState | None]:
    """The document of ours that this is, or that the ERP's document became, with an order that it is about."""
    if found.partner not in config.partners:
        return None, None
    for number in orders_of(journal.entry(found.id).subjects, found.partner):
        state = state_of(journal, found.partner, number)
        for sent in reversed(state.documents.values()) if state else ():
            if found.id in (sent.document, sent.source):
                return sent, state
    return None, None


def _explain_draft(
    journal: Journal, config: Config, mappings: Mappings, found: Document, sent: Transmission, state: OrderState
) -> Json:
    """Why a document of ours waits, or why it went: its gaps, what it waits for, who let it go, what was said of it."""
    name = f"document {sent.document} ({sent.message} {sent.number} for {found.partner})"
    policy = policy_for(config.partners[found.partner], state.ship_to, mappings, journal)
    mine = [gap for gap in gaps(journal, state, policy) if gap["document_id"] == sent.document]
    waits = list(sent.judged.waits_for) if sent.judged and sent.waits else []
    if sent.is_superseded:
        summary = f"{name} gave way to a later one"
    elif sent.waits and sent.blocking:
        things = "1 gap" if len(sent.blocking) == 1 else f"{len(sent.blocking)} gaps"
        summary = f"{name} is blocked by {things}"
    elif waits:
        summary = f"{name} is parked until its turn comes: {'; '.join(waits)}"
    elif sent.waits:
        summary = f"{name} goes with the next look"
    else:
        said = f"{sent.delivery.replace('_', ' ')}, acknowledgement {sent.acknowledgement.replace('_', ' ')}"
        summary = f"{name} passed its gate and left: {said}"
    located = [{**gap, "evidence": {**gap["evidence"], **_origin(journal, sent, gap["path"])}} for gap in mine]
    reasons = [
        *(gap for gap in located if gap["let_go"] is None),
        *({"message": each} for each in waits),
        *(gap for gap in located if gap["let_go"] is not None),
        *_overrides(journal, sent, {gap["rule"] for gap in mine}),
        *(_answer(journal, sent.document, answer) for answer in answers(journal, sent.document)),
    ]
    return {"id": sent.document, "kind": "document", "summary": summary, "reasons": reasons}


def _origin(journal: Journal, sent: Transmission, path: str | None) -> dict[str, str]:
    """Where the ERP said it: the file, and the bytes of the value that must be corrected, or of what lacks it."""
    if sent.source is None:
        return {}
    source = journal.document(sent.source)
    told = {"from": f"{source.file or 'no file'} (document {source.id}, revision {source.revision})"}
    if path is None or source.file_id is None:
        return told
    if journal.pruned_at(journal.file(source.file_id).sha256):
        return told
    data = journal.bytes_of(source.file_id)
    found, (start, length) = find_place(data, path)
    said = shorten(data[start : start + length].decode(errors="replace"), 60)
    where = f"bytes {start} to {start + length - 1}: {said}"
    return {**told, path: where if found == path else f"not there; {found or 'the document'} is at {where}"}


def _overrides(journal: Journal, sent: Transmission, standing: Collection[str]) -> Iterator[Json]:
    """Who let it go in spite of rules that find nothing any more; beside a gap that stands it is said there."""
    for each in let_go(journal, sent.document):
        if rules := [rule for rule in each["rules"] if rule not in standing]:
            yield {"message": f"let go by {each['who']} on {each['at'][:10]} because {each['why']}: {', '.join(rules)}"}


def _parked(state: OrderState) -> Iterator[Json]:
    for sent in state.documents.values():
        if sent.waits and sent.judged:
            yield from ({"message": f"{sent.message} {sent.number} waits: {each}"} for each in sent.judged.waits_for)


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


def _explain_document(journal: Journal, config: Config, mappings: Mappings, document_id: str) -> Json:
    found = journal.document(document_id)
    draft, order = _draft(journal, config, found)
    if draft is not None and order is not None:
        return _explain_draft(journal, config, mappings, found, draft, order)
    name = f"document {document_id} ({found.type} {found.business_number} of {found.partner})"
    cases = journal.open_cases(subject=f"document:{document_id}")
    if found.type in _ORDERED:
        state = state_of(journal, found.partner, found.business_number)
        if state is not None:
            return _explain_order(journal, config, mappings, state)
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
