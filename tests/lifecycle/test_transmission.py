"""A document on its way: every row of the two tables, every pair that has no row, and what follows from a status."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.gaps import GapSeverity
from gateway.lifecycle.events import Event, HeldLine
from gateway.lifecycle.transmission import (
    ACKNOWLEDGEMENT,
    DELIVERY,
    OWN_EVENTS,
    Acknowledgement,
    AcknowledgementOverdue,
    Delivery,
    DeliveryFailed,
    DocumentAcknowledged,
    DocumentDelivered,
    DocumentDrafted,
    DocumentResent,
    DocumentSealed,
    DocumentSuperseded,
    GateJudged,
    GateOverridden,
    Transmission,
    advance,
    begin,
    document_of,
)

AT = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)
EVENTS: dict[type[Event], Event] = {
    DocumentSealed: DocumentSealed(document="7", purpose="original", awaited=True, sealed_at=AT),
    DocumentDelivered: DocumentDelivered(document="7"),
    DeliveryFailed: DeliveryFailed(document="7"),
    DocumentResent: DocumentResent(document="7", who="anna", why="the partner lost it"),
    DocumentAcknowledged: DocumentAcknowledged(sent="7", answer="8", by="997", verdict="accepted"),
    AcknowledgementOverdue: AcknowledgementOverdue(document="7"),
    DocumentSuperseded: DocumentSuperseded(document="7", by="9"),
    GateJudged: GateJudged(document="7"),
    GateOverridden: GateOverridden(document="7", rules=("unit-mix-up",), who="anna", why="they are singles"),
}
DRAFT = begin(DocumentDrafted(document="7", source="5", kind="ship-notice", message="856", number="S-1", revision=0))
DELIVERIES, ACKNOWLEDGEMENTS = get_args(Delivery), get_args(Acknowledgement)

# The tables once more, as docs/gates.md tells them, so that neither can change unseen.
DELIVERED_AS = """
none        sealed     queued
queued      delivered  delivered
queued      failed     failed
in_doubt    delivered  delivered
in_doubt    answered   delivered
in_doubt    failed     failed
in_doubt    resent     queued
delivered   failed     failed
failed      delivered  delivered
failed      resent     queued
delivered   resent     queued
"""
ACKNOWLEDGED_AS = """
none_expected  sealed   awaited
awaited        overdue  overdue
overdue        resent   awaited
rejected       resent   awaited
"""
WORDS: dict[str, type[Event]] = {
    "sealed": DocumentSealed,
    "delivered": DocumentDelivered,
    "failed": DeliveryFailed,
    "resent": DocumentResent,
    "answered": DocumentAcknowledged,
    "overdue": AcknowledgementOverdue,
}


def rows(table: str) -> dict[tuple[str, type[Event]], str]:
    cells = [line.split() for line in table.strip().splitlines()]
    return {(status, WORDS[event]): becomes for status, event, becomes in cells}


def after(at: Transmission, *events: Event) -> Transmission:
    for event in events:
        at = advance(at, event)
    return at


def test_there_is_an_event_of_each_kind() -> None:
    assert set(EVENTS) == set(OWN_EVENTS)
    assert {document_of(event) for event in EVENTS.values()} == {"7"}


@pytest.mark.parametrize(("status", "event"), list(product(DELIVERIES, OWN_EVENTS)))
def test_delivery_follows_its_table_and_nothing_else(status: Delivery, event: type[Event]) -> None:
    wanted = rows(DELIVERED_AS).get((status, event), status)
    assert advance(replace(DRAFT, delivery=status), EVENTS[event]).delivery == wanted
    assert DELIVERY.get((status, event), status) == wanted


@pytest.mark.parametrize(("status", "event"), list(product(ACKNOWLEDGEMENTS, OWN_EVENTS)))
def test_acknowledgement_follows_its_table_and_the_partners_word(status: Acknowledgement, event: type[Event]) -> None:
    is_word = event is DocumentAcknowledged
    wanted = "accepted" if is_word else rows(ACKNOWLEDGED_AS).get((status, event), status)
    assert advance(replace(DRAFT, acknowledgement=status), EVENTS[event]).acknowledgement == wanted
    assert is_word or ACKNOWLEDGEMENT.get((status, event), status) == wanted


@pytest.mark.parametrize("status", DELIVERIES)
def test_only_a_delivery_that_fails_is_in_doubt(status: Delivery) -> None:
    at = advance(replace(DRAFT, delivery=status), DeliveryFailed(document="7", in_doubt=True))
    assert at.delivery == ("in_doubt" if status in ("queued", "failed") else status)


def test_an_answer_is_awaited_only_where_one_will_come() -> None:
    sealed = DocumentSealed(document="7", purpose="replace", awaited=False, sealed_at=AT)
    at = advance(DRAFT, sealed)
    assert (at.acknowledgement, at.purpose, at.sealed_at) == ("none_expected", "replace", AT)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("accepted", "accepted"),
        ("accepted_with_errors", "accepted_with_errors"),
        ("accepted_with_changes", "accepted_with_errors"),
        ("partly_accepted", "accepted_with_errors"),
        ("rejected", "rejected"),
    ],
)
def test_a_verdict_gives_the_status(verdict: str, status: str) -> None:
    answer = DocumentAcknowledged(sent="7", answer="8", by="997", verdict=verdict, findings=("too long",))
    at = after(DRAFT, EVENTS[DocumentSealed], answer)
    assert at.acknowledgement == status
    assert at.standing is not None
    assert (at.standing.by, at.standing.findings) == ("997", ("too long",))


def test_a_word_of_the_translator_takes_nothing_back_that_the_application_said() -> None:
    content = DocumentAcknowledged(sent="7", answer="8", by="824", verdict="accepted_with_errors")
    at = after(DRAFT, EVENTS[DocumentSealed], content, EVENTS[DocumentAcknowledged])
    assert at.acknowledgement == "accepted_with_errors"


def test_a_draft_waits_until_it_is_sealed_or_superseded() -> None:
    assert (DRAFT.waits, DRAFT.is_sealed) == (True, False)
    sealed = advance(DRAFT, EVENTS[DocumentSealed])
    assert (sealed.waits, sealed.is_sealed) == (False, True)
    superseded = advance(DRAFT, EVENTS[DocumentSuperseded])
    assert (superseded.waits, superseded.is_sealed, superseded.is_superseded) == (False, False, True)


def test_a_refusal_stands_until_something_takes_its_place() -> None:
    refusal = DocumentAcknowledged(sent="7", answer="8", by="997", verdict="rejected")
    refused = after(DRAFT, EVENTS[DocumentSealed], EVENTS[DocumentDelivered], refusal)
    assert refused.is_refused
    assert not advance(refused, EVENTS[DocumentSuperseded]).is_refused


@pytest.mark.parametrize(("delivery", "acknowledgement"), list(product(DELIVERIES, ACKNOWLEDGEMENTS)))
def test_what_counts_with_the_partner(delivery: Delivery, acknowledgement: Acknowledgement) -> None:
    at = replace(DRAFT, delivery=delivery, acknowledgement=acknowledgement)
    is_taken = acknowledgement in ("accepted", "accepted_with_errors")
    arrived = delivery == "delivered" and acknowledgement != "rejected"
    assert at.stands("accepted") is (is_taken or (arrived and acknowledgement == "none_expected"))
    assert at.stands("delivered") is (is_taken or arrived)


def gap(rule: str, severity: GapSeverity) -> HeldLine:
    return HeldLine(rule=rule, severity=severity, message=rule, remedy="mend it", owner="operations")


def test_what_its_gate_last_found_is_what_counts() -> None:
    assert (DRAFT.gaps, DRAFT.blocking) == ((), ())
    first = GateJudged(document="7", gaps=(gap("carrier-missing", "block"), gap("arrives-outside-window", "warn")))
    at = advance(DRAFT, first)
    assert [each.rule for each in at.gaps] == ["carrier-missing", "arrives-outside-window"]
    assert [each.rule for each in at.blocking] == ["carrier-missing"]
    assert advance(at, GateJudged(document="7")).gaps == ()


def test_what_a_person_overrides_is_kept_for_ever_and_only_warns() -> None:
    found = GateJudged(document="7", gaps=(gap("unit-mix-up", "block"), gap("carrier-missing", "block")))
    other = GateOverridden(document="7", rules=("carrier-missing",), who="ben", why="it is a courier")
    at = after(DRAFT, found, EVENTS[GateOverridden])
    assert [(each.rule, each.severity) for each in at.gaps] == [("unit-mix-up", "warn"), ("carrier-missing", "block")]
    at = after(at, other, found)
    assert at.blocking == ()
    assert at.allowed == {"unit-mix-up", "carrier-missing"}
    assert [event.who for event in at.overridden] == ["anna", "ben"]


# Laws over every history


@given(st.lists(st.sampled_from(list(EVENTS.values())), max_size=12))
def test_whatever_happens_what_was_sealed_stays_said(events: list[Event]) -> None:
    at = DRAFT
    for event in events:
        before, at = at, advance(at, event)
        assert at.is_sealed or not before.is_sealed
        assert at.is_superseded or not before.is_superseded
        assert (at.document, at.number, at.revision, at.source) == ("7", "S-1", 0, "5")
        assert before.allowed <= at.allowed
        assert not (at.waits and at.is_sealed)
    sealed = any(isinstance(event, DocumentSealed) for event in events)
    assert at.is_sealed is sealed
