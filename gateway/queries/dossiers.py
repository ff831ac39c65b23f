"""All that is known of one document in one answer: what it is, what stands for it on the other shore, what may be done.

It is what `gateway documents show`, `explain` and `documents resend --dry-run` say, put together for who must decide.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway import queries
from gateway.errors import Conflict, NotFound
from gateway.instance import Instance
from gateway.interventions import releasable
from gateway.journal import Journal
from gateway.journal.records import Document, Entry
from gateway.lifecycle.resending import best
from gateway.pipeline.chronicle import orders_of, state_of
from gateway.pipeline.resending import plan_of
from gateway.queries import Json
from gateway.queries.explanations import explanation

_ORDERED = frozenset({"850", "ORDERS", "860", "ORDCHG"})
_ORDERS_AT_MOST = 10  # an invoice over many orders leads to the first of them
_RELATED_AT_MOST = 60
_TOLD = ("who", "why", "reason", "error", "verdict", "state", "rules", "by", "name")


def dossier(instance: Instance, document_id: str) -> Json:
    """Everything about a document but its segments (anatomy.py). Raises NotFound.

    `held` says whether somebody may let it go, and which rules that overrides; `ways` are those of sending it again.
    """
    journal = instance.journal
    document = journal.document(document_id)
    entry = journal.entry(document_id)
    numbers = orders_of(entry.subjects, document.partner)[:_ORDERS_AT_MOST]
    explained = _explained(instance, document_id)
    return {
        **queries.document(journal, document_id),
        "orders": numbers,
        "summary": explained["summary"] if explained["kind"] == "document" else None,
        "reasons": explained["reasons"],
        "cases": [queries.case_line(case) for case in journal.open_cases(subject=f"document:{document_id}")],
        "held": _held(instance, document),
        **_ways(document, journal),
        "interchange": _interchange(journal, document),
        "counterparts": [queries.document_line(each) for each in counterparts(journal, document, numbers)],
        "related": [queries.document_line(each) for each in related(journal, document, numbers)],
        "history": [_told(each) for each in journal.events(f"document:{document_id}")],
    }


def counterparts(journal: Journal, document: Document, numbers: list[str]) -> Iterator[Document]:
    """What stands for a document on the other shore: the ERP's form of an order, what the ERP said before we did."""
    found: dict[str, None] = {}
    for number in numbers:
        state = state_of(journal, document.partner, number)
        if state is None:
            continue
        for sent in state.documents.values():
            if sent.source is not None and document.id in (sent.document, sent.source):
                found[sent.source if document.id == sent.document else sent.document] = None
        posted = [event.document for event in state.posted]
        if document.type in _ORDERED and document.direction == "in":
            found |= dict.fromkeys(posted[-1:])
        elif document.id in posted:
            ordered = [each for each in _of_order(journal, document.partner, number) if each.type in _ORDERED]
            found |= dict.fromkeys(each.id for each in ordered[-1:])
    return (journal.document(each) for each in found)


def related(journal: Journal, document: Document, numbers: list[str]) -> list[Document]:
    """The other documents of its orders, in the order they came."""
    found = {each.id: each for number in numbers for each in _of_order(journal, document.partner, number)}
    return [each for each in found.values() if each.id != document.id][:_RELATED_AT_MOST]


def _of_order(journal: Journal, partner: str, number: str) -> list[Document]:
    return queries.documents_of(journal, f"order:{partner}:{number}")


def _explained(instance: Instance, document_id: str) -> Json:
    try:
        return explanation(instance.journal, instance.config, instance.mappings, document_id)
    except (NotFound, KeyError):  # of a partner who is not configured any more
        return {"kind": "document", "summary": None, "reasons": []}


def _held(instance: Instance, document: Document) -> Json | None:
    try:
        return {"rules": list(releasable(instance, document))}
    except (Conflict, NotFound, KeyError):
        return None


def _ways(document: Document, journal: Journal) -> Json:
    """The ways of sending a document again, the gentlest that is open among them."""
    if document.direction == "in":
        return {"ways": [], "gentlest": None}
    options = plan_of(document, journal)
    gentlest = best(options)
    shown = [
        {"way": option.way, "open": option.is_open, "meaning": option.meaning, "reason": option.reason}
        for option in options
    ]
    return {"ways": shown, "gentlest": gentlest.way if gentlest else None}


def _interchange(journal: Journal, document: Document) -> Json | None:
    """The envelope it came in, with what became of it."""
    message = journal.message_of(document.id)
    if message is None:
        return None
    found = journal.interchange(message.interchange_id)
    return {
        "control_number": found.control_number,
        "group": message.group_number,
        "test": found.test,
        "outcome": found.outcome,
        "version": message.version,
        "message": message.control_number,
        "verdict": message.verdict,
    }


def _told(entry: Entry) -> Json:
    """A line of history in a few words."""
    said = {name: _words(entry.body[name]) for name in _TOLD if entry.body.get(name) not in (None, "", [], ())}
    return {"seq": entry.seq, "at": queries.to_the_second(entry.at), "kind": entry.kind, "said": said}


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
