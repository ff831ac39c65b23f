"""People are told of cases: what is to be told is decided and written down first, then sent, then marked.

The journal is the memory, so a restart tells nothing twice and forgets nothing: `alert-queued`, `alert-sent` and
`alert-failed` stand under the case they are about. All alerts for one address go as one message. What fails is tried
again with growing pauses, holds up nothing, and after some attempts is a case that the failing way does not carry. An
alert whose case has closed before it could be sent is not sent any more. Between sending and marking a crash may send
once more; the message then carries the same id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from gateway.alerts import Alert, Sender, destinations, way_of
from gateway.catalogue.gaps import Owner
from gateway.config import Config
from gateway.errors import Refused, TransportError
from gateway.journal import Journal, Transaction
from gateway.journal.records import Case
from gateway.lifecycle.alerts import OpenCase, Rules, Rung, may_try_again, tellings
from gateway.logs import logger
from gateway.pipeline.desk import Desk

_QUEUED, _SENT, _FAILED = "alert-queued", "alert-sent", "alert-failed"
_FAILED_CASE = "alerts:"
_TOLD_AFTER = 5  # attempts, a quarter of an hour
_AN_ENTRY = 20  # alerts: an entry is read again for each case it is about, so a long one would cost its square
_OWNERS = frozenset(get_args(Owner))


def raise_alerts(desk: Desk) -> int:
    """Write down what is to be told now of the cases that are open. How many alerts there are."""
    raised = 0
    rules = _rules(desk.config)
    for case in desk.tx.open_cases():
        about = OpenCase(_department(case, desk.tx), case.opened_at, case.due_at)
        told = _memory(case, desk.tx).told
        if not any(tellings(about, told, {}, rules, desk.now)):
            continue  # what follows reads the history of the problem, which may be long
        for telling in tellings(about, told, _lately(case, desk.tx), rules, desk.now):
            failing = case.evidence.get("way") if case.key.startswith(_FAILED_CASE) else None
            to = [place for place in destinations(desk.config, telling.owner) if way_of(place) != failing]
            body = {"case": case.id, "reason": telling.reason, "covers": telling.covers, "told": telling.owner}
            desk.note(_QUEUED, {**body, "to": to}, f"case:{case.id}", _subject(case))
            raised += 1
    return raised


def send_alerts(journal: Journal, senders: Mapping[str, Sender], now: datetime) -> int:
    """Send what is written down and not yet sent, one message an address. How many alerts were sent.

    `senders` are by destination; what is for a destination that is configured no more is left unsent. Networks are met
    outside any transaction. A server that does not answer is not asked again in the same turn.
    """
    sent, worked, failing = 0, set[str](), set[str]()
    silent: dict[str, TransportError] = {}
    for destination, waiting in _waiting(journal).items():
        sender = senders.get(destination)
        if sender is None:
            continue
        if waiting.failed and not may_try_again(len(waiting.failed), waiting.failed[-1], now):
            failing.add(way_of(destination))
            continue
        error = silent.get(sender.server) or _try(sender, waiting.alerts, now)
        if error is None:
            sent += len(waiting.alerts)
            worked.add(way_of(destination))
        else:
            failing.add(way_of(destination))
            if error.retry:
                silent[sender.server] = error
        _mark(journal, destination, waiting, error, now)
    _works_again(journal, worked - failing, {way_of(place) for place in senders}, now)
    return sent


def _rules(config: Config) -> Rules:
    ladder = {
        owner: Rung(contact.escalate_after, contact.escalate_to)
        for owner, contact in config.owners.items()
        if contact.escalate_after is not None and contact.escalate_to is not None
    }
    return Rules(due_soon=config.alerts.due_soon, minimum_interval=config.alerts.minimum_interval, ladder=ladder)


def _department(case: Case, tx: Transaction) -> str:
    """The owner who is told: where a case was given to a person, the one it belonged to when it opened."""
    if case.owner in _OWNERS:
        return case.owner
    return str(tx.entry(case.id).body["owner"])


def _subject(case: Case) -> str:
    """Where the alerts of a problem are found, in whatever case it was."""
    return f"alert:{case.key}"


def _lately(case: Case, tx: Transaction) -> dict[str, datetime]:
    """When this problem was last told of, by reason."""
    return {entry.body["reason"]: entry.at for entry in tx.events(_subject(case), prefix=_QUEUED)}


@dataclass
class _Memory:
    """What the journal knows of the alerts of one case."""

    told: set[str] = field(default_factory=set)
    waiting: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """Destination and number of each alert that is to be sent, with its body."""
    failed: dict[tuple[str, int], list[datetime]] = field(default_factory=dict)


def _memory(case: Case, journal: Journal | Transaction) -> _Memory:
    memory = _Memory()
    for entry in journal.events(f"case:{case.id}", prefix="alert-"):
        body = entry.body
        if entry.kind == _QUEUED:
            memory.told |= {body["reason"], *body["covers"]}
            memory.waiting.update({(place, entry.seq): body for place in body["to"]})
            continue
        for seq in body["alerts"]:
            if entry.kind == _SENT:
                memory.waiting.pop((body["to"], seq), None)
            else:
                memory.failed.setdefault((body["to"], seq), []).append(entry.at)
    return memory


@dataclass
class _Waiting:
    """What one address is to be told, and how often that has failed."""

    alerts: list[Alert] = field(default_factory=list)
    failed: list[datetime] = field(default_factory=list)


def _waiting(journal: Journal) -> dict[str, _Waiting]:
    """What waits for each destination; the attempts are those of the alert that has waited longest."""
    found: dict[str, _Waiting] = {}
    for case in journal.open_cases():
        memory = _memory(case, journal)
        for (destination, seq), body in memory.waiting.items():
            waiting = found.setdefault(destination, _Waiting())
            waiting.alerts.append(_alert(case, seq, body))
            waiting.failed = max(waiting.failed, memory.failed.get((destination, seq), []), key=len)
    return found


def _alert(case: Case, seq: int, body: Mapping[str, Any]) -> Alert:
    return Alert(
        id=str(seq),
        reason=body["reason"],
        told=body["told"],
        case=case.id,
        code=case.code,
        owner=case.owner,
        message=case.message,
        remedy=case.remedy,
        due_at=case.due_at,
        at_stake=case.at_stake,
    )


def _try(sender: Sender, alerts: list[Alert], now: datetime) -> TransportError | None:
    """Send; what goes wrong, whatever it is, costs this message alone."""
    try:
        sender.send(alerts, now)
    except TransportError as error:
        return error
    except Exception as bug:
        logger().exception("alert.failed", server=sender.server)
        return Refused(f"{sender.server}: {type(bug).__name__}: {bug}")
    return None


def _mark(journal: Journal, destination: str, waiting: _Waiting, error: TransportError | None, now: datetime) -> None:
    """Write down what became of a message, under every case it was about."""
    with journal.transaction(now) as tx:
        for start in range(0, len(waiting.alerts), _AN_ENTRY):
            part = waiting.alerts[start : start + _AN_ENTRY]
            body = {"to": destination, "alerts": [int(alert.id) for alert in part]}
            subjects = dict.fromkeys(f"case:{alert.case}" for alert in part)
            tx.append(_FAILED if error else _SENT, {**body, "error": str(error)} if error else body, subjects)
        if error is not None and len(waiting.failed) + 1 >= _TOLD_AFTER:
            way = way_of(destination)
            tx.open_case(
                key=f"{_FAILED_CASE}{way}",
                code="alert-failed",
                owner="IT",
                message=f"alerts by {way} do not arrive: {error}",
                remedy="mend what the message names; the alerts wait, and are tried again every hour",
                evidence={"way": way, "to": destination},
                subjects=(f"{_FAILED_CASE}{way}",),
            )


def _works_again(journal: Journal, worked: set[str], configured: set[str], now: datetime) -> None:
    """Close the cases of ways that carried everything they had to, or that nobody wants any more."""
    for case in journal.open_cases(key_prefix=_FAILED_CASE):
        way = case.key.removeprefix(_FAILED_CASE)
        reason = "alerts arrive again" if way in worked else "" if way in configured else "it is configured no more"
        if reason:
            with journal.transaction(now) as tx:
                tx.close_case(case.id, reason, "gateway")
