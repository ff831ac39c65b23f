"""Who was told of what is in the journal: nothing is told twice, nothing is forgotten, nothing holds up the gateway."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.alerts import Alert
from gateway.config import Alerts, Config, Contact, read_example
from gateway.errors import Refused, TransportError, Unreachable
from gateway.instance import mappings_of
from gateway.journal import Journal, verify
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.alerting import raise_alerts, send_alerts

from .conftest import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANNA, BEN, FINN = "email:anna@acme.example", "email:ben@acme.example", "email:finn@acme.example"
ITEM_DATA = Contact.model_validate(
    {"email": ["anna@acme.example", "ben@acme.example"], "escalate_after": "8h", "escalate_to": "finance"}
)


@dataclass
class Ear:
    """A sender of the tests: what it was given, and what goes wrong."""

    server: str = "smtp"
    heard: list[list[Alert]] = field(default_factory=list)
    asked: int = 0
    error: Exception | None = None

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:  # noqa: ARG002
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.heard.append(list(alerts))

    @property
    def told(self) -> list[list[tuple[str, str]]]:
        """Message by message, the code of each case and the reason."""
        return [[(alert.code, alert.reason) for alert in alerts] for alerts in self.heard]


class Office:
    """A journal, the people who are told of its cases, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.journal = Journal.create(self.path, NOW)
        self.config: Config = read_example().model_copy(
            update={
                "alerts": Alerts(log=False, smtp_host="mail", smtp_from="edi@acme.example", webhook="https://chat"),
                "owners": {"item data": ITEM_DATA, "finance": Contact(email=("finn@acme.example",))},
            }
        )
        self.ears: dict[str, Ear] = {ANNA: Ear(), BEN: Ear(), FINN: Ear()}
        self.now = NOW

    def open(self, key: str = "p", code: str = "unknown-item", owner: str = "item data", **more: Any) -> str:
        with self.journal.transaction(self.now) as tx:
            said = {"message": f"about {key}", "remedy": "mend it", **more}
            return tx.open_case(key=key, code=code, owner=owner, **said)

    def close(self, case_id: str) -> None:
        with self.journal.transaction(self.now) as tx:
            tx.close_case(case_id, "gone", "gateway")

    def turn(self, after: timedelta = timedelta(0)) -> tuple[int, int]:
        """What a turn does about alerts: how many are raised, and sent."""
        self.now += after
        with self.journal.transaction(self.now) as tx:
            raised = raise_alerts(Desk(self.config, mappings_of(None), Catalogue(), tx, self.now))
        return raised, send_alerts(self.journal, self.ears, self.now)

    def restart(self) -> None:
        self.journal.close()
        self.journal = Journal.open(self.path)

    def kinds(self, case_id: str) -> list[str]:
        return [entry.kind for entry in self.journal.events(f"case:{case_id}", prefix="alert-")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    assert verify(office.journal).problems == ()
    office.journal.close()


def test_a_case_is_told_once_to_each_address_of_its_owner(office: Office) -> None:
    case = office.open(at_stake="435.00", due_at=NOW + 9 * HOUR)
    assert office.turn() == (1, 2)
    [[alert]] = office.ears[ANNA].heard
    assert (alert.case, alert.code, alert.owner, alert.told) == (case, "unknown-item", "item data", "item data")
    assert (alert.message, alert.remedy, alert.at_stake) == ("about p", "mend it", "435.00")
    assert alert.due_at == NOW + 9 * HOUR
    assert office.ears[BEN].heard == office.ears[ANNA].heard
    assert office.ears[FINN].heard == []
    assert office.kinds(case) == ["alert-queued", "alert-sent", "alert-sent"]
    for _ in range(3):
        office.restart()
        assert office.turn(MINUTE) == (0, 0)


def test_many_alerts_of_a_turn_are_one_message(office: Office) -> None:
    for number in range(30):
        office.open(f"p{number}")
    assert office.turn() == (30, 60)
    assert [len(alerts) for alerts in office.ears[ANNA].heard] == [30]
    for case in office.journal.open_cases():
        sent = office.journal.events(f"case:{case.id}", prefix="alert-sent")
        assert [entry.body["to"] for entry in sent] == [ANNA, BEN]
        assert all(len(entry.body["alerts"]) <= 20 for entry in sent)
    assert office.turn(MINUTE) == (0, 0)


@pytest.mark.requirement("39")
def test_a_case_is_told_again_when_it_is_nearly_due_overdue_and_escalates(office: Office) -> None:
    office.open(due_at=NOW + 6 * HOUR)
    for _ in range(40):
        office.turn(15 * MINUTE)
    told = [[("unknown-item", reason)] for reason in ("opened", "due-soon", "overdue", "escalated-to-finance")]
    assert office.ears[ANNA].told == told[:3]
    assert office.ears[FINN].told == told[3:]


def test_a_clock_that_goes_back_and_forth_tells_nothing_twice(office: Office) -> None:
    case = office.open(due_at=NOW + 6 * HOUR)
    office.turn(48 * HOUR)
    said = office.kinds(case)
    for hours in (-100, 7, 1000, -2000, 3000):
        assert office.turn(hours * HOUR) == (0, 0)
    assert office.kinds(case) == said


def test_a_case_of_a_person_is_still_told_to_the_owner_it_had(office: Office) -> None:
    case = office.open(due_at=NOW + 6 * HOUR)
    office.turn()
    with office.journal.transaction(NOW) as tx:
        tx.assign_case(case, "anna", "ben")
    office.turn(6 * HOUR)
    assert office.ears[ANNA].told[-1] == [("unknown-item", "overdue")]
    assert office.ears[ANNA].heard[-1][0].owner == "anna"


def test_a_problem_that_comes_and_goes_is_told_of_at_intervals(office: Office) -> None:
    for _ in range(12):
        case = office.open("flaps")
        office.turn()
        office.close(case)
        office.turn(30 * MINUTE)
    assert len(office.ears[ANNA].heard) == 2
    office.open("flaps")
    office.open("another")
    office.turn()
    assert office.ears[ANNA].told[-1] == [("unknown-item", "opened")]
    office.turn(4 * HOUR)
    assert len(office.ears[ANNA].heard) == 4


def test_what_fails_is_tried_again_with_growing_pauses_also_after_a_restart(office: Office) -> None:
    case = office.open()
    office.ears[ANNA].error = Unreachable("smtp mail:25 does not answer")
    asked = []
    for minute in range(16):
        before = office.ears[ANNA].asked
        office.turn(MINUTE if minute else timedelta(0))
        office.restart()
        if office.ears[ANNA].asked > before:
            asked.append(minute)
    assert asked == [0, 1, 3, 7, 15]
    entries = office.journal.events(f"case:{case}", prefix="alert-failed")
    assert entries[0].body["error"] == "smtp mail:25 does not answer"
    office.ears[ANNA].error = None
    office.turn(HOUR)
    assert office.ears[ANNA].told == [[("unknown-item", "opened")]]
    assert office.turn(HOUR) == (0, 0)


def test_a_server_that_does_not_answer_is_asked_once_a_turn(office: Office) -> None:
    office.ears[ANNA].error = Unreachable("no")
    office.open()
    assert office.turn() == (1, 0)
    assert (office.ears[ANNA].asked, office.ears[BEN].asked) == (1, 0)
    office.ears[ANNA].error = None
    assert office.turn(MINUTE) == (0, 2)


def test_an_address_that_is_refused_keeps_nothing_from_the_others(office: Office) -> None:
    office.ears[ANNA].error = Refused("no such person")
    office.open()
    assert office.turn() == (1, 1)
    assert office.ears[BEN].told == [[("unknown-item", "opened")]]


def test_a_new_alert_does_not_hurry_an_address_that_fails(office: Office) -> None:
    office.ears[ANNA].error = office.ears[BEN].error = Unreachable("no")
    for number in range(6):
        office.open(f"p{number}")
        office.turn(timedelta(seconds=10))
    assert office.ears[ANNA].asked == 1


def fail_for_long(office: Office, error: TransportError) -> None:
    office.ears[ANNA].error = office.ears[BEN].error = error
    for _ in range(20):
        office.turn(MINUTE)


def test_a_way_that_fails_for_long_is_one_case_told_by_other_ways_alone(office: Office) -> None:
    office.config = office.config.model_copy(
        update={"owners": {**office.config.owners, "IT": Contact(email=("ivy@acme.example",))}}
    )
    [chat] = [place for place in _places(office) if place.startswith("webhook:")]
    office.ears |= {"email:ivy@acme.example": Ear(), chat: Ear("web")}
    office.open()
    fail_for_long(office, Unreachable("smtp mail:25 does not answer"))
    [failed] = office.journal.open_cases(key_prefix="alerts:")
    assert (failed.key, failed.code, failed.owner) == ("alerts:email", "alert-failed", "IT")
    assert "smtp mail:25 does not answer" in failed.message
    assert office.ears[chat].told == [[("unknown-item", "opened")], [("alert-failed", "opened")]]
    assert office.ears["email:ivy@acme.example"].asked == 0
    office.ears[ANNA].error = office.ears[BEN].error = None
    office.turn(HOUR)
    assert office.journal.open_cases(key_prefix="alerts:") == []
    assert office.journal.case(failed.id).reason == "alerts arrive again"


def test_the_case_stays_while_one_address_still_fails(office: Office) -> None:
    office.open()
    fail_for_long(office, Refused("nobody of that name"))
    office.ears[BEN].error = None
    office.turn(HOUR)
    assert len(office.ears[BEN].heard) == 1
    office.open("another")
    office.turn(HOUR)
    assert len(office.journal.open_cases(key_prefix="alerts:")) == 1


def test_a_way_that_is_configured_no_more_has_no_case(office: Office) -> None:
    office.open()
    fail_for_long(office, Unreachable("no"))
    [case] = office.journal.open_cases(key_prefix="alerts:")
    office.ears = {}
    office.turn(MINUTE)
    assert office.journal.case(case.id).reason == "it is configured no more"


def test_what_has_closed_meanwhile_is_not_told(office: Office) -> None:
    office.ears[ANNA].error = Unreachable("no")
    case = office.open()
    office.turn()
    office.close(case)
    office.ears[ANNA].error = None
    assert office.turn(HOUR) == (0, 0)
    assert office.ears[ANNA].heard == []


def test_a_fault_of_ours_costs_one_message(office: Office) -> None:
    office.ears[ANNA].error = ZeroDivisionError("division by zero")
    case = office.open()
    assert office.turn() == (1, 1)
    [entry] = office.journal.events(f"case:{case}", prefix="alert-failed")
    assert "ZeroDivisionError" in entry.body["error"]


def test_a_case_is_told_although_nobody_has_an_address_and_not_again_when_somebody_gets_one(office: Office) -> None:
    owners, office.config = office.config.owners, office.config.model_copy(update={"owners": {}})
    case = office.open()
    assert office.turn()[0] == 1
    office.config = office.config.model_copy(update={"owners": owners})
    assert office.turn() == (0, 0)
    assert office.kinds(case) == ["alert-queued"]


def _places(office: Office) -> tuple[str, ...]:
    from gateway.alerts import destinations

    return destinations(office.config, "IT")
