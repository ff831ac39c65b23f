"""What a person must look at once an order is answered, shipped and charged: what is blocked, parked, or late."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.catalogue.gaps import GapSeverity
from gateway.lifecycle.decisions import Policy
from gateway.lifecycle.draft_problems import stake_of
from gateway.lifecycle.events import (
    POLICY,
    AccountMissing,
    DeadlineNear,
    DeadlinePassed,
    Event,
    HeldLine,
    LineRejected,
)
from gateway.lifecycle.order_problems import problems
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.problems import Problem, is_for_a_person
from gateway.lifecycle.subjects import invoice_subject, shipment_subject, subject_of
from gateway.lifecycle.transmission import (
    AcknowledgementOverdue,
    DocumentDrafted,
    GateJudged,
    GateOverridden,
)
from tests.lifecycle.shop import good, has_left, is_delivered, is_drafted, is_sealed, parse, sent_as, state_after

ANSWER, NOTICE, BILL = (parse(good(name)) for name in ("order-response", "shipment-cartons", "invoice"))
OWN = "order:amazon-us:7QM3KD2A"
DUE = datetime(2026, 11, 21, 21, 1, tzinfo=UTC)
LEAVES_BY = datetime(2026, 11, 26, 14, 45, tzinfo=UTC)


def gap(number: int, severity: GapSeverity = "block", at_stake: str | None = None, **evidence: str) -> HeldLine:
    return HeldLine(
        rule=f"rule-{number}",
        severity=severity,
        message=f"gap {number}",
        remedy="mend it" if number < 3 else f"mend {number}",
        owner="operations",
        evidence=evidence,
        at_stake=None if at_stake is None else Decimal(at_stake),
    )


def judged(
    *gaps: HeldLine, waits_for: tuple[str, ...] = (), of: str | None = None, silent: tuple[str, ...] = ()
) -> GateJudged:
    orders = ("7QM3KD2A", "5WX8RB4T")
    document = of or sent_as(NOTICE)
    return GateJudged(document=document, gaps=gaps, waits_for=waits_for, orders=orders, due_at=LEAVES_BY, silent=silent)


def found(*events: Event) -> list[Problem]:
    return list(problems(state_after(*events), Policy()))


def codes(state: OrderState) -> list[str]:
    return [problem.code for problem in problems(state, Policy())]


# What its gate keeps back


def test_a_document_that_is_kept_back_is_one_case_with_all_its_gaps() -> None:
    gaps = (gap(1, at_stake="5.00", scac="UPSNX"), gap(2, at_stake="40.38"))
    (problem,) = found(*is_sealed(ANSWER), *is_drafted(NOTICE), judged(*gaps))
    assert problem == Problem(
        key="draft:ship-notice:amazon-us:S-1",
        code="ship-notice-blocked",
        owner="operations",
        message="856 S-1 is blocked: gap 1; gap 2",
        remedy="mend it",
        subjects=(OWN, "order:amazon-us:5WX8RB4T", f"document:{sent_as(NOTICE)}"),
        due_at=LEAVES_BY,
        at_stake=Decimal("40.38"),
        evidence={"1 rule-1": "gap 1 (scac 'UPSNX')", "2 rule-2": "gap 2"},
        blocks="856",
    )


def test_of_many_gaps_the_first_five_are_said_and_all_are_evidence() -> None:
    (problem,) = found(*is_sealed(ANSWER), *is_drafted(NOTICE), judged(*map(gap, range(1, 8))))
    assert problem.message.endswith("gap 4; gap 5; and 2 more")
    assert problem.remedy == "mend it; mend 3; mend 4; mend 5"
    assert len(problem.evidence) == 7
    assert problem.at_stake is None


@pytest.mark.parametrize(
    "events",
    [
        (*is_drafted(NOTICE),),
        (*is_drafted(NOTICE), judged()),
        (*is_drafted(NOTICE), judged(gap(1, "warn"))),
        (*is_drafted(NOTICE), judged(gap(1)), judged()),
        (*is_drafted(NOTICE), judged(gap(1)), *is_sealed(NOTICE)[-1:]),
        (
            *is_drafted(NOTICE),
            judged(gap(1)),
            GateOverridden(document=sent_as(NOTICE), rules=("rule-1",), who="anna", why="they are singles"),
        ),
    ],
)
def test_what_nothing_blocks_is_no_case(events: tuple[Event, ...]) -> None:
    assert found(*is_sealed(ANSWER), *events) == []


# What waits for the partner's word

OVERDUE = AcknowledgementOverdue(document=sent_as(NOTICE))
EARLY = ("the ship notice is not accepted yet",)
PARKED = (*is_drafted(BILL), judged(waits_for=EARLY, of=sent_as(BILL), silent=("S-1",)))
LATE = (*has_left(ANSWER), *is_delivered(NOTICE))


def test_an_invoice_that_waits_for_a_word_that_does_not_come_is_a_case_of_finance() -> None:
    (problem,) = found(*LATE, OVERDUE, *PARKED)
    assert (problem.code, problem.owner, problem.at_stake) == ("invoice-parked", "finance", Decimal("741.51"))
    assert "810 INV-1 waits for the partner's word on ship notice S-1" in problem.message
    assert "gateway documents release INV-1.0 sent" in problem.remedy
    assert problem.subjects == (OWN, "order:amazon-us:5WX8RB4T", f"document:{sent_as(BILL)}")


def test_an_invoice_that_waits_as_usual_is_no_case() -> None:
    assert found(*LATE, *is_drafted(BILL), judged(waits_for=EARLY, of=sent_as(BILL))) == []
    assert found(*LATE, OVERDUE, *is_drafted(BILL)) == []
    assert found(*LATE, OVERDUE, *is_drafted(BILL), judged(of=sent_as(BILL))) == []
    assert found(*LATE, OVERDUE, *is_sealed(BILL)) == []


def test_what_is_blocked_as_well_is_the_case_of_the_block() -> None:
    blocked = judged(gap(1), waits_for=("the ship notice is not accepted yet",), of=sent_as(BILL))
    assert [problem.code for problem in found(*LATE, OVERDUE, *is_drafted(BILL), blocked)] == ["invoice-blocked"]


def test_an_invoice_whose_total_nobody_knows_has_nothing_at_stake() -> None:
    draft = DocumentDrafted(document="70", kind="invoice", message="810", number="INV-7", revision=0)
    waits = judged(waits_for=EARLY, of="70", silent=("S-1",))
    (problem,) = found(*LATE, OVERDUE, draft, waits)
    assert problem.at_stake is None


# What is late

NEAR, PASSED = DeadlineNear(what="answer", due_at=DUE), DeadlinePassed(what="answer", due_at=DUE)


def test_a_deadline_is_a_case_once_it_was_told() -> None:
    assert found() == []
    (near,) = found(NEAR)
    assert (near.key, near.code, near.due_at) == (f"{OWN}:deadline:answer", "answer-due", DUE)
    assert near.message.endswith("; it is due at 2026-11-21 21:01 UTC")
    assert near.at_stake == Decimal("789.00")
    (passed,) = found(NEAR, PASSED)
    assert passed.key == near.key
    assert passed.message.endswith("; it was due at 2026-11-21 21:01 UTC")


def test_a_deadline_that_is_met_after_all_is_no_case() -> None:
    assert found(NEAR, PASSED, *is_sealed(ANSWER)) == []


def test_a_deadline_of_other_days_was_not_told() -> None:
    assert found(DeadlineNear(what="answer", due_at=LEAVES_BY)) == []


def test_what_holds_the_answer_has_the_due_time_in_its_own_case() -> None:
    state = state_after(NEAR)
    held = replace(state, posted=(), held=(gap(1),))
    missing = replace(state, posted=(), missing_account=AccountMissing(account=None))
    assert codes(held) == ["rule-1"]
    assert codes(missing) == ["account-unknown"]
    assert codes(state_after(NEAR, *is_drafted(ANSWER), judged(gap(1), of=sent_as(ANSWER)))) == [
        "order-response-blocked"
    ]
    assert codes(state_after(NEAR, *is_drafted(ANSWER), judged(of=sent_as(ANSWER)))) == ["answer-due"]


def test_a_late_ship_notice_that_is_blocked_is_the_case_of_the_block() -> None:
    near = DeadlineNear(what="ship-notice:S-1", due_at=LEAVES_BY)
    past = (*is_sealed(ANSWER), *is_drafted(NOTICE), near)
    assert [problem.code for problem in found(*past)] == ["ship-notice-due"]
    assert [problem.code for problem in found(*past, judged(gap(1)))] == ["ship-notice-blocked"]


def test_what_the_partner_refused_is_due_as_before() -> None:
    """The case of the refusal has the due time, but may be closed by hand: what has passed rests on no other case."""
    near, passed = (event(what="ship-notice:S-1", due_at=LEAVES_BY) for event in (DeadlineNear, DeadlinePassed))
    refused = (*is_sealed(ANSWER), *has_left(NOTICE, "rejected"))
    assert found(*refused, near) == []
    assert [problem.code for problem in found(*refused, near, passed)] == ["ship-notice-due"]
    assert found(NEAR, *has_left(ANSWER, "rejected")) == []
    assert [problem.code for problem in found(NEAR, PASSED, *has_left(ANSWER, "rejected"))] == ["answer-due"]


# What is lost with a document that the partner does not have


def test_with_an_invoice_its_total_is_lost_and_with_anything_else_the_money_of_its_orders() -> None:
    state = state_after(*has_left(ANSWER), *has_left(NOTICE), *has_left(BILL))
    assert stake_of([state], sent_as(NOTICE)) == state.at_stake == Decimal("789.00")
    assert stake_of([state, state], sent_as(NOTICE)) == Decimal("1578.00")
    assert stake_of([state, state], sent_as(BILL)) == Decimal("741.51")


def test_where_no_order_is_known_or_none_has_an_amount_nothing_can_be_told() -> None:
    unresolved = replace(state_after(*is_sealed(ANSWER)), settled={})
    assert stake_of([unresolved], sent_as(ANSWER)) is None
    assert stake_of([], "70") is None


# What a policy gave up


def test_a_line_that_the_policy_gave_up_is_a_case_until_somebody_looks() -> None:
    given_up = LineRejected(line="2", who=POLICY, why="unknown-item: the answer is nearly due")
    (problem,) = found(given_up)
    assert (problem.key, problem.code) == (f"{OWN}:2:line-given-up", "line-given-up")
    assert problem.message.endswith("was given up by the policy: unknown-item: the answer is nearly due")
    assert found(LineRejected(line="2", who="anna", why="never listed")) == []


def test_what_only_a_person_can_end_is_not_closed_by_the_state() -> None:
    assert is_for_a_person("line-given-up")
    assert not is_for_a_person("ship-notice-blocked")


def test_subjects_name_what_they_are_about() -> None:
    assert subject_of("shop", "P1") == "order:shop:P1"
    assert shipment_subject("shop", "S1") == "shipment:shop:S1"
    assert invoice_subject("shop", "I1") == "invoice:shop:I1"
