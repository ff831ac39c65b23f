"""What the journal knows of an order, a document or a case, as the rows that the register keeps of it.

The words are those of the queries: stage, gaps and deadlines are computed as `gateway orders show` computes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway import queries
from gateway.casework import notes_of, snoozed_until
from gateway.config import Config
from gateway.journal import Journal
from gateway.journal.instants import printed
from gateway.journal.records import Case, Document, Entry
from gateway.lifecycle.decisions import Policy
from gateway.lifecycle.events import POLICY
from gateway.lifecycle.history import read_event
from gateway.lifecycle.ledger import stage_of
from gateway.lifecycle.orders import OrderState, fold
from gateway.lifecycle.problems import DEADLINE_CASES
from gateway.pipeline.chronicle import PREFIX
from gateway.queries import Json

_OVER = frozenset({"cancelled", "rejected", "paid"})  # stages in which nothing is awaited any more
_SETTLES_THE_ANSWER = frozenset({"answered", "rejected", "cancelled"})


@dataclass(frozen=True, slots=True)
class OrderRows:
    """All rows about an order: its own, what it is found by, what counts down."""

    order: Json
    keys: frozenset[str]
    deadlines: tuple[Json, ...]


def fold_entries(entries: Sequence[Entry]) -> tuple[OrderState | None, datetime | None]:
    """An order's state, and when something last happened to it; that time has passed is nothing that happened."""
    state, moved_at = None, None
    for entry in entries:
        name = entry.kind.removeprefix(PREFIX)
        state = fold(state, read_event(name, entry.body))
        if moved_at is None or not name.startswith("deadline-"):
            moved_at = entry.at
    return state, moved_at


def order_rows(subject: str, state: OrderState, moved_at: datetime, policy: Policy | None, config: Config) -> OrderRows:
    """The rows of an order; without a policy, for its partner is not configured any more, it has no deadlines."""
    stage = stage_of(state)
    partner = config.partners.get(state.partner)
    account = partner.account(state.account) if partner and state.account else None
    order = {
        "subject": subject,
        "partner": state.partner,
        "purchase_order": state.purchase_order,
        "account": state.account,
        "stage": stage,
        "ship_to": state.ship_to,
        "lines": len(state.lines),
        "gaps": queries.count_gaps(state),
        "amount": None if state.at_stake is None else f"{state.at_stake:f}",
        "currency": account.currency if account else None,
        "received_at": queries.to_the_second(state.received_at),
        "answer_due_at": queries.to_the_second(state.answer_due_at),
        "sales_order": state.booked.number if state.booked else None,
        "moved_at": queries.to_the_second(moved_at),
        "blocker": next(_blockers(state), None),
        "deliver_by": state.window.not_after.isoformat() if state.window and state.window.not_after else None,
    }
    counted = () if policy is None or stage in _OVER else tuple(_deadlines(subject, stage, state, policy))
    return OrderRows(order, frozenset(_keys(state)), counted)


def _blockers(state: OrderState) -> Iterator[str]:
    """What keeps the order or a document of it back, the first thing first."""
    if state.waits:
        yield from (gap.message for gap in state.open_gaps)
        if state.missing_account is not None:
            yield f"the account {state.missing_account.account or '(none)'} is not in config.toml"
    for sent in state.documents.values():
        if sent.waits:
            yield from (gap.message for gap in sent.blocking)
    for sent in state.documents.values():
        if sent.is_refused:
            yield f"the partner refused {sent.message} {sent.number}"
    for sent in state.documents.values():
        if sent.waits and sent.judged:
            yield from (f"{sent.message} {sent.number} waits: {each}" for each in sent.judged.waits_for)


def _keys(state: OrderState) -> Iterator[str]:
    yield state.purchase_order
    for value in (state.ship_to, state.booked.number if state.booked else None):
        if value:
            yield value
    for line in state.lines.values():
        yield from line.ids.values()
    for settled in state.settled.values():
        yield settled.sku
    yield from state.shipments
    yield from state.invoices


def _deadlines(subject: str, stage: str, state: OrderState, policy: Policy) -> Iterator[Json]:
    for deadline in queries.deadlines(state, policy):
        settled = deadline["what"] == "answer" and stage in _SETTLES_THE_ANSWER
        if not deadline["met"] and not settled:
            yield {
                "subject": subject,
                "what": deadline["what"],
                "code": DEADLINE_CASES.get(deadline["what"].partition(":")[0]),
                "due_at": deadline["due_at"],
                "owner": deadline["owner"],
            }


def document_row(document: Document, journal: Journal) -> Json:
    """The row of a document; what it waits for, where it passed its gate and its turn has not come."""
    waits_for = None
    if (document.direction, document.validation, document.delivery) == ("out", "ready", "none"):
        judged = journal.events(f"document:{document.id}", prefix=f"{PREFIX}judged")
        waits_for = "; ".join(judged[-1].body["waits_for"]) or None if judged else None
    shown = queries.document_line(document)
    return {**shown, "id": int(document.id), "waits_for": waits_for}


def case_row(case: Case, journal: Journal, config: Config) -> Json:
    """The row of a case, with the money at stake and its currency: the one it names, else that of its order."""
    amount, _, own = (case.at_stake or "").partition(" ")
    partner_name, number = _about(case)
    currency = own or None
    if not currency and partner_name and number and case.at_stake:
        currency = _currency_of(partner_name, number, journal, config)
    until = snoozed_until(journal, case.id) if case.state == "open" else None
    return {
        "id": int(case.id),
        "code": case.code,
        "owner": case.owner,
        "state": case.state,
        "message": case.message,
        "remedy": case.remedy,
        "due_at": None if case.due_at is None else queries.to_the_second(case.due_at),
        "opened_at": queries.to_the_second(case.opened_at),
        "closed_at": None if case.closed_at is None else queries.to_the_second(case.closed_at),
        "at_stake": amount or None,
        "currency": currency,
        "partner": partner_name,
        "purchase_order": number,
        "line": case.evidence.get("line"),
        "snoozed_until": None if until is None else printed(until),
        "notes": len(notes_of(journal, case.id)),
    }


def _about(case: Case) -> tuple[str | None, str | None]:
    for subject in case.subjects:
        kind, _, rest = subject.partition(":")
        if kind == "order":
            partner, _, number = rest.partition(":")
            return partner, number
    for subject in case.subjects:
        kind, _, rest = subject.partition(":")
        if kind in ("partner", "seller"):
            return rest, None
    return None, None


MACHINES = frozenset({"gateway", POLICY, "ERP"})
"""Who is no person, where an entry says who did something."""

_DETAILS = ("owner", "until", "rules", "line", "case", "document", "anew", "dispatch", "margin", "labels")


def act_row(entry: Entry) -> Json | None:
    """The row of something that a person did; None for an entry that names nobody."""
    who = entry.body.get("who") or entry.body.get("closed_by")
    if not isinstance(who, str) or who in MACHINES:
        return None
    kind = entry.kind.removeprefix(PREFIX)
    details = (f"{name} {_said(entry.body[name])}" for name in _DETAILS if entry.body.get(name) not in (None, "", []))
    why = entry.body.get("why") or entry.body.get("reason") or entry.body.get("text")
    return {
        "seq": entry.seq,
        "at": queries.to_the_second(entry.at),
        "kind": kind,
        "who": who,
        "what": ", ".join(details),
        "why": None if why is None else str(why),
        "subjects": " ".join(entry.subjects),
    }


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _currency_of(partner_name: str, number: str, journal: Journal, config: Config) -> str | None:
    partner = config.partners.get(partner_name)
    received = journal.events(f"order:{partner_name}:{number}", prefix=f"{PREFIX}order-received")
    account = partner.account(str(received[0].body["account"])) if partner and received else None
    return account.currency if account else None
