"""What must be true when a simulation is over: everything is delivered or held with an owner, and nothing is silent.

Each law is a function that says what breaks it. What arrived is what the far ends saw, not what the journal believes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from gateway.config import Config
from gateway.documents.base import iso_instant
from gateway.journal import Journal, verify
from gateway.journal.records import Case, Dispatch, Entry
from gateway.lifecycle.deadlines import deadlines
from gateway.lifecycle.history import read_event, write_event
from gateway.lifecycle.order_problems import problems
from gateway.lifecycle.orders import OrderState, fold_all
from gateway.lifecycle.problems import is_for_a_person
from gateway.mapping.library import Mappings
from gateway.pipeline.chronicle import PREFIX
from gateway.pipeline.desk import policy_for
from gateway.pipeline.orders import OPEN
from gateway.simulate.wire import letter_of
from tests.sim.channels import FarEnd
from tests.sim.shores import ERP

_ANSWERS = ("997", "CONTRL")
_ANSWERED_WITHIN = timedelta(hours=24 + 13)  # the usual time, and until somebody looks
_KINDS = {"855": "order-response", "856": "shipment", "810": "invoice"}
_KINDS |= {"ORDRSP": "order-response", "DESADV": "shipment", "INVOIC": "invoice"}


@dataclass(frozen=True)
class Remains:
    """What is left of a simulation: the journal, the far ends, and the quarantine by name."""

    journal: Journal
    config: Config
    mappings: Mappings
    ends: Mapping[str, FarEnd]
    kept: frozenset[str]
    ordered: tuple[tuple[str, str], ...]
    resent: frozenset[str]
    now: datetime

    @cached_property
    def entries(self) -> list[Entry]:
        """The whole history."""
        return self.journal.entries(limit=1_000_000)

    @cached_property
    def dispatches(self) -> list[Dispatch]:
        """Everything that was ever queued."""
        return self.journal.dispatches()

    @cached_property
    def open_cases(self) -> list[Case]:
        """What waits for a person."""
        return self.journal.open_cases()

    @cached_property
    def subjects_of_cases(self) -> frozenset[str]:
        """What the open cases are about."""
        return frozenset(subject for case in self.open_cases for subject in case.subjects)

    @cached_property
    def states(self) -> dict[str, OrderState]:
        """Every order by its subject, folded from its events."""
        by_subject: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.kind.startswith(PREFIX):
                for subject in entry.subjects:
                    by_subject[subject].append(entry)
        found = {}
        for subject, entries in by_subject.items():
            if subject.startswith("order:"):
                events = [read_event(entry.kind.removeprefix(PREFIX), entry.body) for entry in entries]
                assert [write_event(event) for event in events] == [entry.body for entry in entries]
                state = fold_all(events)
                assert state is not None
                found[subject] = state
        return found

    def is_told(self, *subjects: str) -> bool:
        """Whether somebody has an open case about one of these."""
        return any(subject in self.subjects_of_cases for subject in subjects)


def _the_journal_is_whole(remains: Remains) -> Iterator[str]:
    yield from verify(remains.journal).problems
    for case in remains.journal.cases(state=None):
        if case.code == "internal-error" or not case.owner or not case.remedy:
            yield f"case {case.id} {case.code} of {case.owner!r}: {case.message}"


def _every_input_is_taken(remains: Remains) -> Iterator[str]:
    files = remains.journal.files(limit=1_000_000)
    stored = {file.sha256 for file in files if file.direction == "in"}
    for far in remains.ends.values():
        yield from (f"{far.name} still has {entry.label}" for entry, _ in far.inbox.values())
        yield from (f"{name} was lost" for name, data in far.handed_in if sha256(data).hexdigest() not in stored)
    said = {document.file for document in remains.journal.documents(direction="in")}
    said |= {entry.body["file"] for entry in remains.entries if entry.kind == "erp-document-repeated"}
    for name, _ in remains.ends[ERP].handed_in:
        if not name.endswith(".csv") and name not in said | remains.kept:
            yield f"{name} of the ERP was neither taken nor kept aside"


def _every_interchange_is_taken_once(remains: Remains) -> Iterator[str]:
    taken: Counter[str] = Counter()
    for file in remains.journal.files(limit=1_000_000):
        for interchange in remains.journal.interchanges(file.id) if file.direction == "in" else ():
            taken[interchange.key] += interchange.outcome == "taken"
            if interchange.outcome in ("taken", "repeat"):
                continue
            if file.name not in remains.kept:
                yield f"{file.name} was {interchange.outcome} and is not in quarantine"
            if not remains.is_told(f"interchange:{interchange.key}", f"file:{file.id}"):
                yield f"{file.name} was {interchange.outcome} and nobody was told"
    yield from (f"interchange {key} was taken {count} times" for key, count in taken.items() if count > 1)


def _every_order_is_known(remains: Remains) -> Iterator[str]:
    for partner, number in remains.ordered:
        if f"order:{partner}:{number}" in remains.states:
            continue
        came = (name for name, data in remains.ends[_channel_of(partner, remains)].handed_in if number.encode() in data)
        if not any(name in remains.kept for name in came):
            yield f"order {number} of {partner} is not known"


def _everything_queued_arrives(remains: Remains) -> Iterator[str]:
    arrived = {(far.name, name, data) for far in remains.ends.values() for name, data in far.arrived}
    known = set()
    for dispatch in remains.dispatches:
        sent = (dispatch.channel, dispatch.name, remains.journal.bytes_of(dispatch.file_id))
        known.add(sent)
        if dispatch.state == "delivered" and sent not in arrived:
            yield f"{dispatch.name} is called delivered and never arrived"
        if dispatch.state in ("queued", "staged", "in_doubt"):
            yield f"{dispatch.name} is still {dispatch.state}: {dispatch.error}"
        if dispatch.state == "failed" and not remains.is_told(f"dispatch:{dispatch.id}"):
            yield f"{dispatch.name} failed and nobody was told"
    yield from (f"{name} arrived at {channel} and was never queued" for channel, name, _ in arrived - known)


def _nothing_is_doubled(remains: Remains) -> Iterator[str]:
    for far in remains.ends.values():
        times = Counter(name for name, _ in far.arrived)
        if far.kind == "folder":
            yield from (
                f"{name} arrived {n} times" for name, n in times.items() if n > 1 and name not in remains.resent
            )
    by_document = Counter(dispatch.document_id for dispatch in remains.dispatches)
    yield from (f"document {id_} was queued {n} times" for id_, n in by_document.items() if id_ and n > 1)
    said = Counter(
        (document.type, document.partner, document.business_number)
        for document in remains.journal.documents(direction="in")
    )
    # An order of which every line was given up is answered without the ERP; a reissue says what was said before.
    own = {
        entry.body["document"]
        for entry in remains.entries
        if entry.kind == "event:drafted" and not entry.body["source"]
    }
    own |= {entry.body["anew"] for entry in remains.entries if entry.kind == "document-reissued"}
    left: Counter[tuple[str, str, str]] = Counter()
    for document in remains.journal.documents(direction="out"):
        if document.type in _KINDS and document.file_id is not None and document.id not in own:
            left[_KINDS[document.type], document.partner, document.business_number] += 1
    for what, count in left.items():
        if count > said[what]:
            yield f"{what} left under {count} numbers, the ERP said it {said[what]} times"


def _every_number_is_used_once(remains: Remains) -> Iterator[str]:
    drawn: dict[str, list[int]] = defaultdict(list)
    for entry in remains.entries:
        if entry.kind == "number-drawn":
            drawn[entry.body["series"]].append(entry.body["number"])
    for series, numbers in drawn.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"series {series} is {numbers}"
    for partner in remains.config.partners.values():
        sent = [
            int(dispatch.control_number)
            for dispatch in remains.dispatches
            if dispatch.control_number and remains.journal.document(dispatch.document_id or "").partner == partner.name
        ]
        if sorted(sent) != list(range(1, len(sent) + 1)):
            yield f"the control numbers sent to {partner.name} are {sorted(sent)}"


def _every_interchange_is_answered(remains: Remains) -> Iterator[str]:
    """As often as it came, each time under a number of its own (R9); one that contradicts another not at all."""
    asked: Counter[tuple[str, int]] = Counter()
    answered: Counter[tuple[str, int]] = Counter()
    for file in remains.journal.files(limit=1_000_000):
        if file.channel == ERP:
            continue
        letter = letter_of(remains.journal.bytes_of(file.id))
        if file.direction == "out" and letter.message in _ANSWERS:
            about = letter.first("AK1")[2] or letter.first("UCI")[1]
            answered[file.channel, int(about)] += 1
        elif file.direction == "in" and letter.message not in _ANSWERS:
            came = remains.journal.interchanges(file.id)
            asked[file.channel, int(came[0].control_number)] += any(each.outcome != "conflict" for each in came)
    for channel, number in {*asked, *answered}:
        if asked[channel, number] != answered[channel, number]:
            yield f"{channel} {number} came {asked[channel, number]} times, answered {answered[channel, number]} times"


def _every_silence_is_told(remains: Remains) -> Iterator[str]:
    since = {entry.subjects[0]: entry.at for entry in remains.entries if entry.kind == "dispatch-delivered"}
    for document in remains.journal.documents(direction="out"):
        about = f"document:{document.id}"
        is_old = since.get(about, document.at) + _ANSWERED_WITHIN < remains.now
        is_sent = document.delivery == "delivered" and document.type in _KINDS
        if document.acknowledgement == "awaited" and is_old and is_sent:
            yield f"{document.type} {document.business_number} is awaited for ever"
        if document.acknowledgement == "overdue" and not remains.is_told(about):
            yield f"{document.type} {document.business_number} is overdue and nobody is told"
    for subject, state in remains.states.items():
        # What waits for another document of the order is told with that one, or when no word comes to it in time.
        documents = [f"document:{document}" for document in state.documents]
        if any(sent.acknowledgement == "awaited" and sent.delivery == "delivered" for sent in state.documents.values()):
            continue
        for sent in state.documents.values():
            if sent.waits and not remains.is_told(subject, *documents):
                yield f"{sent.message} {sent.number} of {subject} waits and nobody is told: {sent.judged}"


def _every_deadline_is_told_once(remains: Remains) -> Iterator[str]:
    told: Counter[tuple[str, ...]] = Counter()
    resent: Counter[str] = Counter()
    for entry in remains.entries:
        name = entry.kind.removeprefix(PREFIX)
        if name in ("deadline-near", "deadline-passed"):
            told[entry.subjects[0], name, entry.body["what"], entry.body["due_at"]] += 1
        elif name == "resent":
            resent[entry.body["document"]] += 1
        elif name == "acknowledgement-overdue":
            told["overdue", entry.body["document"]] += 1
        elif entry.kind == "alert-queued":
            told["alert", entry.body["case"], entry.body["reason"]] += 1
    for what, count in told.items():
        if count > 1 + (resent[what[1]] if what[0] == "overdue" else 0):
            yield f"{what} was told {count} times"
    for subject, state in remains.states.items():
        policy = policy_for(remains.config.partners[state.partner], state.ship_to, remains.mappings, remains.journal)
        for due in deadlines(state, policy.timings):
            key = subject, "deadline-passed", due.name, iso_instant(due.due_at)
            if not due.is_met and due.due_at <= remains.now and not told[key]:
                yield f"{subject}: {due.name} was due at {due.due_at} and was not told"


def _cases_are_those_of_the_state(remains: Remains) -> Iterator[str]:
    for subject, state in remains.states.items():
        policy = policy_for(remains.config.partners[state.partner], state.ship_to, remains.mappings, remains.journal)
        wanted = {problem.key for problem in problems(state, policy)}
        about = [case for case in remains.open_cases if subject in case.subjects]
        opened = {case.key for case in about if case.key.startswith(OPEN)}
        closed = {
            case.key for case in remains.journal.cases(state="closed", subject=subject) if is_for_a_person(case.code)
        }
        if opened != wanted - closed:
            yield f"{subject} has the cases {sorted(opened)}, its state asks for {sorted(wanted - closed)}"


def _channel_of(partner: str, remains: Remains) -> str:
    return remains.config.channel_of(partner).name


_LAWS: tuple[Callable[[Remains], Iterator[str]], ...] = (
    _the_journal_is_whole,
    _every_input_is_taken,
    _every_interchange_is_taken_once,
    _every_order_is_known,
    _everything_queued_arrives,
    _nothing_is_doubled,
    _every_number_is_used_once,
    _every_interchange_is_answered,
    _every_silence_is_told,
    _every_deadline_is_told_once,
    _cases_are_those_of_the_state,
)


def violations(remains: Remains) -> Iterator[str]:
    """Everything that should not be, a sentence each."""
    for law in _LAWS:
        yield from law(remains)
