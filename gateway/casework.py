"""What a person does to a case: gives it to somebody, notes something, puts it off, resolves it, gives a line up.

One function for each, which the command line and the console both call. Each takes the writing journal or instance, the
name and the time, is one short transaction, and leaves an entry with who and why. A case that is put off is open all
the same: it is only not shown among what waits, and never beyond the time at which it is due.
"""

from datetime import datetime, timedelta

from gateway import queries
from gateway.errors import Conflict, InputError, NotFound
from gateway.instance import Instance
from gateway.journal import Case, Journal
from gateway.lifecycle.problems import is_for_a_person
from gateway.lifecycle.resending import best
from gateway.pipeline import Desk, orders
from gateway.pipeline.orders import OPEN
from gateway.pipeline.resending import plan_of
from gateway.queries import Json, to_the_second
from gateway.queries.case_steps import NOTED, SNOOZED

LONGEST_SNOOZE = timedelta(days=30)
OVERDUE_SNOOZE = timedelta(hours=24)
"""How long a case may be put off that is overdue already."""


def find_open(journal: Journal, case_id: str) -> Case:
    """The open case of this id. Raises NotFound, or Conflict where it is closed."""
    case = journal.case(case_id)
    if case.state != "open":
        raise Conflict(f"case {case_id} is closed already: {case.reason}")
    return case


def assign(journal: Journal, case_id: str, owner: str, who: str, now: datetime) -> Case:
    """Give a case to somebody; the case as it was. Raises NotFound, Conflict."""
    case = find_open(journal, case_id)
    with journal.transaction(now) as tx:
        tx.assign_case(case_id, owner, who)
    return case


def note(journal: Journal, case_id: str, text: str, who: str, now: datetime) -> None:
    """Keep a remark with a case, open or closed. Raises NotFound."""
    case = journal.case(case_id)
    with journal.transaction(now) as tx:
        tx.append(NOTED, {"case": case_id, "who": who, "text": text}, _subjects(case))


def snooze(journal: Journal, case_id: str, until: datetime, why: str, who: str, now: datetime) -> Case:
    """Put a case off until a time. Raises NotFound, Conflict for one that is closed, InputError for the time."""
    case = find_open(journal, case_id)
    check_snooze(case, until, now)
    with journal.transaction(now) as tx:
        body = {"case": case_id, "until": to_the_second(until), "who": who, "why": why}
        tx.append(SNOOZED, body, _subjects(case))
    return case


def wake(journal: Journal, case_id: str, who: str, now: datetime) -> None:
    """Show a case again that was put off. Raises NotFound, Conflict."""
    case = find_open(journal, case_id)
    with journal.transaction(now) as tx:
        tx.append(SNOOZED, {"case": case_id, "until": None, "who": who, "why": "woken"}, _subjects(case))


def check_snooze(case: Case, until: datetime, now: datetime) -> None:
    """Raises InputError for a time that is over, or later than a case may be put off."""
    latest = latest_snooze(case, now)
    if not now < until <= latest:
        said = f"case {case.id} can be put off until {to_the_second(latest)} at most"
        raise InputError(f"{said}, and to no time that is over")


def latest_snooze(case: Case, now: datetime) -> datetime:
    """Until when a case may be put off: until it is due; for a day where it is overdue; else for thirty days."""
    if case.due_at is None:
        return now + LONGEST_SNOOZE
    return case.due_at if case.due_at > now else now + OVERDUE_SNOOZE


def snoozed_until(journal: Journal, case_id: str) -> datetime | None:
    """Until when a case was last put off, also where that is over; None where it was not, or was woken."""
    entries = journal.events(f"case:{case_id}", prefix=SNOOZED)
    until = entries[-1].body["until"] if entries else None
    return None if until is None else datetime.fromisoformat(until)


def notes_of(journal: Journal, case_id: str) -> list[Json]:
    """The remarks that were made on a case, in their order."""
    return [
        {"at": to_the_second(entry.at), "who": entry.body["who"], "text": entry.body["text"]}
        for entry in journal.events(f"case:{case_id}", prefix=NOTED)
    ]


def line(case: Case, journal: Journal) -> Json:
    """A case as listings print it, with the time until which it is put off."""
    until = snoozed_until(journal, case.id) if case.state == "open" else None
    return {**queries.case_line(case), "snoozed_until": None if until is None else to_the_second(until)}


def show(journal: Journal, case_id: str) -> Json:
    """One case with its evidence, its history, its remarks, and the time until which it is put off. Raises NotFound."""
    shown = queries.case(journal, case_id)
    until = snoozed_until(journal, case_id) if shown["state"] == "open" else None
    put_off = None if until is None else to_the_second(until)
    return {**shown, "snoozed_until": put_off, "notes": notes_of(journal, case_id)}


def order_line(case: Case) -> tuple[str, str | None]:
    """The order (`amazon-us:4XK7PL2Q`) and the line that a case is about; no line where it is about none."""
    order = next((subject.removeprefix("order:") for subject in case.subjects if subject.startswith("order:")), "")
    return order, case.evidence.get("line") if order else None


def closes_by_itself(case: Case) -> bool:
    """Whether a case follows from an order's state, so that closing it by hand would only open it again."""
    return case.key.startswith(OPEN) and not is_for_a_person(case.code)


def document_of(case: Case) -> str | None:
    """The document that a case is about; None where it is about none."""
    ids = [subject.removeprefix("document:") for subject in case.subjects if subject.startswith("document:")]
    return ids[0] if ids else None


def deeds(case: Case, journal: Journal) -> tuple[str, ...]:
    """What a person may do with a case: assign, snooze, resolve, reject-line, resend; nothing where it is closed."""
    if case.state != "open":
        return ()
    allowed = {
        "assign": True,
        "snooze": True,
        "resolve": not closes_by_itself(case),
        "reject-line": order_line(case)[1] is not None,
        "resend": _is_sendable(case, journal),
    }
    return tuple(deed for deed, is_allowed in allowed.items() if is_allowed)


def _is_sendable(case: Case, journal: Journal) -> bool:
    """Whether the case is about a document of ours that its plan would send once more."""
    document_id = document_of(case)
    if document_id is None:
        return False
    try:
        return best(plan_of(journal.document(document_id), journal)) is not None
    except (Conflict, NotFound):
        return False


def check_resolution(case: Case, *, reject_line: bool) -> str | None:
    """The line that is given up, None where the case is closed as it is. Raises Conflict where neither can be done."""
    given_up = order_line(case)[1] if reject_line else None
    if reject_line and given_up is None:
        raise Conflict(f"case {case.id} ({case.code}) is not about an order line")
    if given_up is None and closes_by_itself(case):
        text = f"case {case.id} closes by itself when its remedy is done: {case.remedy}"
        raise Conflict(f"{text}; or give the line up with --reject-line")
    return given_up


def resolve(instance: Instance, case_id: str, why: str, who: str, *, reject_line: bool = False) -> str | None:
    """Close a case by hand, or give up the line that it is about; that line. Raises NotFound, Conflict."""
    case = find_open(instance.journal, case_id)
    given_up = check_resolution(case, reject_line=reject_line)
    now = instance.clock()
    with instance.journal.transaction(now) as tx:
        if given_up is None:
            tx.close_case(case_id, why, who)
        else:
            desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
            orders.reject(order_line(case)[0], given_up, who, why, desk)
    return given_up


def _subjects(case: Case) -> list[str]:
    return list(dict.fromkeys((*case.subjects, f"case:{case.id}")))
