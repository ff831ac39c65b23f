"""Sending once more: which of the four ways are open follows from where a document stands, and from nothing else."""

import pytest

from gateway.lifecycle.acknowledgement import Level
from gateway.lifecycle.resending import Option, Sent, best, plan


def sent(
    delivery: str = "delivered",
    acknowledgement: str = "awaited",
    message: str = "856",
    *,
    level: Level | None = None,
    is_drafted: bool = True,
    is_superseded: bool = False,
    is_pruned: bool = False,
    is_for_the_erp: bool = False,
) -> Sent:
    return Sent(
        message=message,
        delivery=delivery,
        acknowledgement=acknowledgement,
        level=level,
        is_drafted=is_drafted,
        is_superseded=is_superseded,
        is_pruned=is_pruned,
        is_for_the_erp=is_for_the_erp,
    )


def ways(document: Sent) -> list[str]:
    return [option.way for option in plan(document) if option.is_open]


def option(document: Sent, way: str) -> Option:
    return next(option for option in plan(document) if option.way == way)


REFUSED = sent(acknowledgement="rejected", level=Level.SYNTAX)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (sent(), ["retransmit", "replace"]),
        (sent(acknowledgement="overdue"), ["retransmit", "replace"]),
        (sent("failed"), ["retransmit", "replace"]),
        (sent("in_doubt"), ["retransmit", "replace"]),
        (sent(acknowledgement="accepted"), ["replace"]),
        (sent(acknowledgement="accepted_with_errors"), ["replace"]),
        (REFUSED, ["reissue", "replace"]),
        (sent(acknowledgement="rejected", level=Level.ENVELOPE), ["reissue", "replace"]),
        (sent(acknowledgement="rejected", level=Level.CONTENT), ["replace"]),
        (sent(message="810"), ["retransmit"]),
        (sent(message="INVOIC", acknowledgement="accepted"), []),
        (sent(message="810", acknowledgement="rejected", level=Level.SYNTAX), ["reissue", "replace"]),
        (sent("none", "none_expected"), []),
        (sent("queued"), []),
        (sent(is_superseded=True), []),
        (sent(is_pruned=True), ["replace"]),
        (sent(acknowledgement="rejected", level=Level.SYNTAX, is_pruned=True), ["reissue", "replace"]),
        (sent(message="997", acknowledgement="none_expected", is_drafted=False), ["retransmit"]),
    ],
)
def test_the_ways_that_are_open(document: Sent, expected: list[str]) -> None:
    assert ways(document) == expected


def test_the_same_bytes_are_never_sent_to_who_has_taken_or_refused_them() -> None:
    assert option(sent(acknowledgement="accepted"), "retransmit").reason == "the partner has it and has taken it"
    assert "would refuse them again" in option(REFUSED, "retransmit").reason


def test_what_our_own_erp_refused_goes_again_when_a_person_has_corrected_it() -> None:
    refused = sent("delivered", "rejected", "journal-entry", is_drafted=False, is_for_the_erp=True)
    assert ways(refused) == ["retransmit"]
    assert option(refused, "retransmit").reason == "correct first in the ERP what it refused for"
    assert "under a new name" in option(refused, "retransmit").meaning
    booked = sent("delivered", "accepted", "journal-entry", is_drafted=False, is_for_the_erp=True)
    assert option(booked, "retransmit").reason == "the ERP has booked it"


def test_the_same_content_under_a_new_number_would_be_processed_twice() -> None:
    assert "processed twice" in option(sent(), "reissue").reason
    assert (
        "same content would be refused again"
        in option(sent(acknowledgement="rejected", level=Level.CONTENT), "reissue").reason
    )
    assert "only order responses" in option(sent(is_drafted=False), "reissue").reason


def test_an_invoice_that_may_have_been_taken_is_corrected_by_a_credit_note() -> None:
    assert "credit note" in option(sent(message="810"), "replace").reason
    assert "nothing to correct in an answer" in option(sent(is_drafted=False), "replace").reason


def test_nothing_is_cancelled_by_itself() -> None:
    assert all(not option(document, "cancel").is_open for document in (sent(), REFUSED, sent("none")))


def test_every_way_says_what_the_partner_will_make_of_it_and_every_closed_one_why() -> None:
    for document in (sent(), REFUSED, sent("none"), sent("queued"), sent(is_superseded=True)):
        assert all(option.meaning for option in plan(document))
        assert all(option.reason for option in plan(document))


def test_the_gentlest_way_that_needs_nobody_else_is_the_best() -> None:
    found = [best(plan(document)) for document in (sent(), REFUSED, sent(acknowledgement="accepted"))]
    assert [each and each.way for each in found] == ["retransmit", "reissue", None]


def test_bytes_that_are_kept_no_longer_cannot_be_sent_again() -> None:
    assert "removed, as the retention has it" in option(sent(is_pruned=True), "retransmit").reason
