"""A partner who falls silent is a case until he comes again."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.config import Partner
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.silence import look_for_silence

from .conftest import NOW

if TYPE_CHECKING:
    from .conftest import Wire

HOUR = timedelta(hours=1)


def come(wire: "Wire", at: datetime, partner: str = "amazon-us") -> None:
    with wire.journal.transaction(at) as tx:
        file = tx.store_file(b"ISA", direction="in", channel="amazon", name="a.edi")
        tx.open_interchange(
            file_id=file.id,
            direction="in",
            partner=partner,
            key=str(at),
            segments_sha="1",
            control_number="1",
            test=False,
        )


def look(wire: "Wire", at: datetime) -> int:
    with wire.journal.transaction(at) as tx:
        return look_for_silence(Desk(wire.config, wire.mappings, Catalogue(), tx, at))


def set_partner(wire: "Wire", **changes: object) -> None:
    partner: Partner = wire.config.partners["amazon-us"].model_copy(update=changes)
    partner._name = "amazon-us"
    wire.config = wire.config.model_copy(update={"partners": {**wire.config.partners, "amazon-us": partner}})


@pytest.fixture
def last(wire: "Wire") -> datetime:
    """A partner came every ten hours; when he came last."""
    for visit in range(6):
        come(wire, NOW + visit * 10 * HOUR)
    return NOW + 50 * HOUR


def test_a_silent_partner_is_a_case_once_and_a_file_closes_it(wire: "Wire", last: datetime) -> None:
    assert look(wire, last + 30 * HOUR) == 0
    assert look(wire, last + 31 * HOUR) == 1
    [case] = wire.cases
    assert (case.code, case.owner, case.subjects) == ("partner-silent", "IT", ("partner:amazon-us",))
    said = "nothing has come from amazon-us since 2026-11-22 14:30; the longest gap that was usual is 10 hours"
    assert case.message == said
    head = wire.journal.head()
    assert look(wire, last + 200 * HOUR) == 0
    assert look(wire, last - 200 * HOUR) == 0
    assert wire.journal.head() == head
    come(wire, last + 201 * HOUR)
    assert look(wire, last + 201 * HOUR) == 1
    assert wire.cases == []
    assert wire.journal.case(case.id).reason == "a file came"


def test_a_file_closes_the_case_even_where_the_clock_went_back(wire: "Wire", last: datetime) -> None:
    look(wire, last + 31 * HOUR)
    come(wire, NOW + HOUR)
    look(wire, NOW + 2 * HOUR)
    assert wire.cases == []


def test_another_partners_file_closes_nothing(wire: "Wire", last: datetime) -> None:
    look(wire, last + 31 * HOUR)
    come(wire, last + 32 * HOUR, "amazon-eu")
    look(wire, last + 32 * HOUR)
    assert len(wire.cases) == 1


def test_who_closed_the_case_does_not_hear_of_the_same_silence_again(wire: "Wire", last: datetime) -> None:
    look(wire, last + 31 * HOUR)
    with wire.journal.transaction(last + 31 * HOUR) as tx:
        tx.close_case(wire.cases[0].id, "they are on holiday", "anna")
    assert look(wire, last + 100 * HOUR) == 0
    come(wire, last + 101 * HOUR)
    look(wire, last + 500 * HOUR)
    assert len(wire.cases) == 1


def test_a_partners_setting_counts_before_its_habit(wire: "Wire", last: datetime) -> None:
    set_partner(wire, silence_after=4 * HOUR)
    look(wire, last + 5 * HOUR)
    [case] = wire.cases
    assert case.message.endswith("; silence_after is 4 hours")


def test_tests_come_when_somebody_tests(wire: "Wire", last: datetime) -> None:
    set_partner(wire, test=True)
    assert look(wire, last + 1000 * HOUR) == 0
    set_partner(wire, test=True, silence_after=24 * HOUR)
    assert look(wire, last + 1000 * HOUR) == 1


def test_who_never_came_is_not_silent(wire: "Wire") -> None:
    assert look(wire, NOW + 10_000 * HOUR) == 0
