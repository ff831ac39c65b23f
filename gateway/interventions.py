"""What a person does to a document by hand: lets it go that is held, or sends it once more.

One function for each, which the command line and the console both call: one short transaction, kept with who and why.
"""

from gateway.errors import Conflict
from gateway.instance import Instance
from gateway.journal.records import Document
from gateway.lifecycle.resending import Way, best
from gateway.pipeline import Desk, handover, outgoing, resending


def releasable(instance: Instance, document: Document) -> tuple[str, ...]:
    """The rules that letting a document of ours go would override; none for one that came and is held.

    Raises Conflict where it is not held, or where nobody's word could let it go.
    """
    if document.message_id is not None:
        handover.find_hold(document, instance.journal)
        return ()
    now = instance.clock()
    with instance.journal.look(now) as tx:
        return outgoing.overridable(document, Desk(instance.config, instance.mappings, instance.catalogue, tx, now))


def release(instance: Instance, document_id: str, why: str, who: str) -> tuple[str, ...]:
    """Let a document go on that is held; the rules that this overrides. Raises NotFound, Conflict."""
    document, now = instance.journal.document(document_id), instance.clock()
    with instance.journal.transaction(now) as tx:
        desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
        if document.message_id is None:
            return outgoing.release(document, why, who, desk)
        handover.release(document, why, who, desk)
        return ()


def resend(instance: Instance, document_id: str, why: str, who: str, way: Way | None = None) -> tuple[Way, str]:
    """Send a document once more, the gentlest way unless one is named; that way, and the id of what leaves.

    Raises NotFound; Conflict where its plan leaves none open.
    """
    document, now = instance.journal.document(document_id), instance.clock()
    options = resending.plan_of(document, instance.journal)
    gentlest = best(options)
    if way is None and gentlest is None:
        reasons = "; ".join(dict.fromkeys(option.reason for option in options[:2]))
        raise Conflict(f"document {document_id} cannot be sent again: {reasons}")
    chosen = next(option.way for option in options if option.way == (way or (gentlest and gentlest.way)))
    with instance.journal.transaction(now) as tx:
        desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
        return chosen, resending.resend(document, chosen, who, why, desk)
