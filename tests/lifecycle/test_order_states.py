"""An order's state is the fold of its events, and what is decided about it depends on nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.gaps import gap
from gateway.catalogue.items import Item
from gateway.catalogue.lines import ResolvedLine
from gateway.catalogue.packs import Factor
from gateway.documents.money import Price
from gateway.documents.quantity import Quantity, Unit
from gateway.lifecycle.changes import line_differences
from gateway.lifecycle.decisions import Policy, give_up, is_ready, price_difference, reject_line, wait_ends_at
from gateway.lifecycle.events import (
    AccountMissing,
    DeadlineNear,
    DeadlinePassed,
    Event,
    HeldLine,
    LineRejected,
    LinesResolved,
    OrderBooked,
    OrderChanged,
    OrderedLine,
    OrderPosted,
    OrderReceived,
    OrderRefused,
    SettledLine,
)
from gateway.lifecycle.goods import (
    GoodsShipped,
    InvoicedLine,
    InvoiceIssued,
    InvoiceWithdrawn,
    OrderAnswered,
    OrderCancelled,
    PromisedLine,
    ShipmentWithdrawn,
    ShippedLine,
)
from gateway.lifecycle.history import EVENTS, name_of, read_event, write_event
from gateway.lifecycle.ledger import ledger, stage_of
from gateway.lifecycle.order_problems import problems, why_gone
from gateway.lifecycle.orders import OrderState, fold, fold_all
from gateway.lifecycle.problems import Problem, is_for_a_person
from gateway.lifecycle.remittances import InvoicePaid, PaymentWithdrawn
from gateway.lifecycle.subjects import subject_of
from gateway.lifecycle.transmission import (
    AcknowledgementOverdue,
    DeliveryFailed,
    DocumentAcknowledged,
    DocumentDelivered,
    DocumentDrafted,
    DocumentResent,
    DocumentSealed,
    DocumentSuperseded,
    GateJudged,
    GateOverridden,
)

AT = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
WAIT, SPLIT = Policy(), Policy(unknown_item="split")


def ordered(line: str, value: str = "10", unit: Unit = "each", price: str | None = "7.25", **ids: str) -> OrderedLine:
    quantity = Quantity(value=Decimal(value), unit=unit)
    return OrderedLine(line=line, ordered=quantity, price=None if price is None else Decimal(price), ids=ids)


def settled(line: str, base: str = "10", amount: str = "72.50") -> SettledLine:
    pieces, money = Decimal(base), Decimal(amount)
    return SettledLine(line=line, sku=f"SKU-{line}", base=pieces, factor=1, source="unit", amount=money)


def held(line: str | None, rule: str = "unknown-item") -> HeldLine:
    text = f"line {line}: {rule}"
    return HeldLine(
        rule=rule,
        line=line,
        message=text,
        remedy="mend it",
        owner="item data",
        evidence={"VN": "X"},
        at_stake=Decimal("9.99"),
    )


def resolved(*lines: SettledLine, gaps: tuple[HeldLine, ...] = ()) -> LinesResolved:
    return LinesResolved(catalogue_version=7, lines=lines, held=gaps)


def rejected(line: str) -> LineRejected:
    return LineRejected(line=line, who="anna", why="never listed")


RECEIVED = OrderReceived(
    document="11",
    partner="amazon-us",
    purchase_order="4XK7PL2Q",
    account="ACME1",
    received_at=AT,
    answer_due_at=AT + timedelta(hours=24),
    lines=(ordered("1"), ordered("2", unit="case")),
)
GOOD = resolved(settled("1"), settled("2", "120", "435.00"))
HALF = resolved(settled("1"), gaps=(held("2"),))
POSTED = OrderPosted(document="20", revision=0, lines=("1", "2"))
MISSING = AccountMissing(account="ACME9", known=("ACME1",))
BOOKED, REFUSED = OrderBooked(number="SO-1"), OrderRefused(message="customer is blocked")
CHANGED = OrderChanged(document="30", differences=("line 2 is gone",))
APPLIED = OrderChanged(document="31", differences=("line 2 is gone",), order="31", lines=(ordered("1"),))
CANCELLED = OrderCancelled(document="32", why="its purpose is cancel")

# Every event that says something of a document of ours, or of what the ERP did: each once, for the journal's sake.
PROMISED = PromisedLine(line="1", accepted=Decimal(10), backordered=Decimal(0), rejected=Decimal(0), ships_on=AT.date())
GOODS = ShippedLine(purchase_order="4XK7PL2Q", line="1", quantity=Decimal(10))
CHARGED = InvoicedLine(purchase_order="4XK7PL2Q", line="1", quantity=Decimal(10), amount=Decimal("72.50"))
ALL_OTHERS: tuple[Event, ...] = (
    CANCELLED,
    OrderAnswered(document="40", revision=0, lines=(PROMISED,)),
    GoodsShipped(document="41", shipment="SHP1", revision=0, shipped_at=AT, lines=(GOODS,), labels=("L",)),
    ShipmentWithdrawn(document="42", shipment="SHP1", revision=1),
    InvoiceWithdrawn(document="43", invoice="INV1", revision=1),
    InvoiceIssued(
        document="43",
        invoice="INV1",
        revision=0,
        invoiced_on=AT.date(),
        currency="USD",
        total=Decimal("72.50"),
        lines=(CHARGED,),
    ),
    InvoicePaid(document="44", invoice="INV1", paid=Decimal("72.50"), paid_on=AT.date()),
    PaymentWithdrawn(document="44", by="45"),
    DocumentDrafted(document="50", source="40", kind="order-response", message="855", number="4XK7PL2Q", revision=0),
    GateJudged(document="50", gaps=(held("2"),), waits_for=("the order",), orders=("4XK7PL2Q",), due_at=AT),
    GateOverridden(document="50", rules=("line-unanswered",), who="anna", why="agreed"),
    DocumentSealed(document="50", purpose="original", awaited=True, sealed_at=AT),
    DocumentDelivered(document="50"),
    DeliveryFailed(document="50", in_doubt=True),
    DocumentResent(document="50", who="anna", why="lost"),
    DocumentAcknowledged(sent="50", answer="60", by="997", verdict="rejected", findings=("PO102",)),
    AcknowledgementOverdue(document="50"),
    DocumentSuperseded(document="50", by="51"),
    DeadlineNear(what="answer", due_at=AT),
    DeadlinePassed(what="answer", due_at=AT),
)


def after(*events: Event) -> OrderState:
    state = fold_all((RECEIVED, *events))
    assert state is not None
    return state


def codes(state: OrderState, policy: Policy = WAIT) -> list[str]:
    return [problem.code for problem in problems(state, policy)]


# Events


def test_every_event_reads_back_as_it_was_written() -> None:
    events: list[Event] = [RECEIVED, GOOD, HALF, POSTED, MISSING, BOOKED, REFUSED, CHANGED, APPLIED, rejected("1")]
    events += ALL_OTHERS
    assert {name_of(event) for event in events} == set(EVENTS)
    for event in events:
        assert read_event(name_of(event), write_event(event)) == event


def test_a_name_that_is_no_event_is_refused() -> None:
    with pytest.raises(KeyError):
        read_event("order-dreamt", {})


def test_a_gap_and_a_resolved_line_are_recorded_as_they_are() -> None:
    found = gap("pack-missing", "2", "no pack", "fill it in", sku="SKU-2")
    assert HeldLine.of(found).model_dump() == {
        "rule": "pack-missing",
        "severity": "block",
        "line": "2",
        "message": "no pack",
        "remedy": "fill it in",
        "owner": "item data",
        "evidence": {"sku": "SKU-2"},
        "at_stake": None,
        "path": None,
    }
    line = ResolvedLine(
        line="2",
        item=Item(sku="SKU-2"),
        ordered=Quantity(value=Decimal(10), unit="case"),
        base=Decimal(120),
        factor=Factor(each=12, source="PO401"),
        price=Price(amount=Decimal("43.50"), per=Decimal(12), unit="each"),
        amount=Decimal("435.00"),
    )
    of = SettledLine.of(line)
    assert (of.line, of.sku, of.base, of.factor, of.source, of.amount) == (
        "2",
        "SKU-2",
        Decimal(120),
        12,
        "PO401",
        Decimal("435.00"),
    )


# The fold


def test_no_events_are_no_order() -> None:
    assert fold_all(()) is None


def test_a_history_begins_with_the_receipt() -> None:
    with pytest.raises(ValueError, match="begins with its receipt, not with OrderBooked"):
        fold(None, BOOKED)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((), "received"),
        ((GOOD,), "received"),
        ((HALF,), "held"),
        ((MISSING,), "held"),
        ((HALF, rejected("2")), "received"),
        ((HALF, rejected("1"), rejected("2")), "rejected"),
        ((GOOD, POSTED), "posted"),
        ((GOOD, POSTED, BOOKED), "booked"),
        ((GOOD, POSTED, REFUSED), "refused"),
        ((GOOD, POSTED, REFUSED, BOOKED), "booked"),
        ((GOOD, POSTED, BOOKED, REFUSED), "refused"),
        ((GOOD, POSTED, REFUSED, POSTED), "posted"),
        ((GOOD, POSTED, BOOKED, POSTED), "posted"),
        ((REFUSED,), "received"),
        ((GOOD, CANCELLED), "cancelled"),
        ((GOOD, POSTED, BOOKED, CANCELLED), "cancelled"),
    ],
)
def test_the_stage_follows_from_the_events(events: tuple[Event, ...], stage: str) -> None:
    assert stage_of(after(*events)) == stage


def test_resolving_clears_a_missing_account() -> None:
    state = after(MISSING, GOOD)
    assert state.missing_account is None
    assert state.catalogue_version == 7


def test_an_order_knows_its_key_and_its_money() -> None:
    assert after().key == "amazon-us:4XK7PL2Q"
    assert after().at_stake is None
    assert after(GOOD).at_stake == Decimal("507.50")


def test_gaps_of_lines_that_were_given_up_hold_nothing() -> None:
    assert [gap.line for gap in after(HALF).open_gaps] == ["2"]
    assert after(HALF, rejected("2")).open_gaps == ()
    assert after(HALF, POSTED).open_gaps == ()


# Decisions


@pytest.mark.parametrize(
    ("events", "ready"),
    [
        ((), False),
        ((GOOD,), True),
        ((HALF,), False),
        ((HALF, rejected("2")), True),
        ((resolved(settled("1")),), False),
        ((resolved(settled("1"), settled("2"), gaps=(held(None, "currency-differs"),)),), False),
        ((GOOD, MISSING), False),
        ((GOOD, POSTED), False),
    ],
)
def test_an_order_goes_when_nothing_holds_a_line_that_is_wanted(events: tuple[Event, ...], ready: bool) -> None:
    assert is_ready(after(*events)) is ready


def test_waiting_ends_four_hours_before_the_answer_is_due() -> None:
    assert wait_ends_at(after(), WAIT) == datetime(2026, 11, 21, 17, 1, tzinfo=UTC)


def test_lines_are_given_up_when_the_answer_is_nearly_due() -> None:
    state, end = after(HALF), datetime(2026, 11, 21, 17, 1, tzinfo=UTC)
    assert list(give_up(state, WAIT, end - timedelta(microseconds=1))) == []
    [event] = give_up(state, WAIT, end)
    assert event == LineRejected(line="2", who="policy", why="unknown-item: the answer is nearly due")


def test_the_policy_split_gives_lines_up_at_once_with_all_their_reasons() -> None:
    gaps = (held("2", "pack-missing"), held("2"), held(None), held("1", "price-basis-missing"))
    [event] = give_up(after(resolved(gaps=gaps)), SPLIT, AT)
    assert event == LineRejected(
        line="2", who="policy", why="pack-missing, unknown-item: the policy sends good lines on at once"
    )


def test_what_has_gone_is_not_given_up() -> None:
    assert list(give_up(after(HALF, POSTED), SPLIT, AT)) == []


@pytest.mark.parametrize(
    ("events", "line", "said"),
    [
        ((HALF,), "7", "order 4XK7PL2Q has no line 7"),
        ((HALF, rejected("2")), "2", "line 2 is rejected already"),
        ((GOOD, POSTED), "2", "order 4XK7PL2Q has gone to the ERP; its answer decides about the line now"),
    ],
)
def test_a_line_that_cannot_be_given_up_says_why(events: tuple[Event, ...], line: str, said: str) -> None:
    assert reject_line(after(*events), line, "anna", "why") == said


def test_a_person_gives_up_a_line() -> None:
    assert reject_line(after(HALF), "2", "anna", "never listed") == rejected("2")


def test_a_second_order_is_compared_line_by_line() -> None:
    before = (ordered("1", vn="A"), ordered("2"), ordered("3"))
    now = (ordered("1", "12", vn="A"), ordered("3"), ordered("4", price=None))
    assert tuple(line_differences(before, now)) == (
        "line 2 is gone",
        "line 1: 10 each A at 7.25 becomes 12 each A at 7.25",
        "line 4 is new: 10 each",
    )
    assert tuple(line_differences(before, before)) == ()


# The ledger


def test_the_ledger_counts_in_pieces() -> None:
    one, two = ledger(after(GOOD))
    assert (one.sku, one.ordered, one.rejected) == ("SKU-1", Decimal(10), Decimal(0))
    assert (two.sku, two.ordered) == ("SKU-2", Decimal(120))


def test_pieces_of_a_case_are_unknown_until_its_item_is_known() -> None:
    one, two = ledger(after())
    assert (one.sku, one.ordered) == (None, Decimal(10))
    assert two.ordered is None


def test_a_line_given_up_is_rejected_whole() -> None:
    one, two = ledger(after(resolved(settled("1"), gaps=(held("2"),)), rejected("1"), rejected("2")))
    assert (one.ordered, one.rejected) == (Decimal(10), Decimal(10))
    assert (two.ordered, two.rejected) == (None, Decimal(10))  # in cases, as its pieces are not known


# Problems


def test_an_order_without_problems_asks_for_no_case() -> None:
    assert codes(after(GOOD)) == []
    assert codes(after(GOOD, POSTED, BOOKED)) == []


@pytest.mark.parametrize(
    ("account", "said", "remedy"),
    [
        ("ACME9", "is for account 'ACME9', which is not in the configuration; known: ACME1", "accounts.ACME9]"),
        (None, "names no account (REF CR, RFF+CR)", "accounts.CODE]"),
    ],
)
def test_a_missing_account_is_a_problem_of_it(account: str | None, said: str, remedy: str) -> None:
    [problem] = problems(after(AccountMissing(account=account, known=("ACME1",))), WAIT)
    assert (problem.code, problem.owner, problem.blocks) == ("account-unknown", "IT", "sales-order")
    assert said in problem.message
    assert remedy in problem.remedy


def test_an_account_of_a_partner_without_any_says_none() -> None:
    [problem] = problems(after(AccountMissing(account="X")), WAIT)
    assert "known: none" in problem.message


def test_a_held_line_is_due_when_waiting_ends_and_another_gap_with_the_answer() -> None:
    state = after(resolved(gaps=(held("2"), held(None, "currency-differs"))))
    line, order = problems(state, WAIT)
    assert line == Problem(
        key="order:amazon-us:4XK7PL2Q:2:unknown-item",
        code="unknown-item",
        owner="item data",
        message="order 4XK7PL2Q, line 2: unknown-item",
        remedy="mend it",
        subjects=("order:amazon-us:4XK7PL2Q",),
        due_at=wait_ends_at(state, WAIT),
        at_stake=Decimal("9.99"),
        evidence={"VN": "X"},
        line="2",
        blocks="sales-order",
    )
    assert (order.key, order.due_at) == ("order:amazon-us:4XK7PL2Q::currency-differs", state.answer_due_at)


def test_a_refusal_of_the_erp_is_a_problem_until_it_books() -> None:
    [problem] = problems(after(GOOD, POSTED, REFUSED), WAIT)
    assert (problem.code, problem.at_stake, problem.blocks) == ("posting-refused", Decimal("507.50"), None)
    assert "customer is blocked" in problem.message


def test_every_change_is_a_problem_of_its_own() -> None:
    first, second = problems(after(GOOD, POSTED, CHANGED, OrderChanged(document="31", differences=())), WAIT)
    assert first.key.endswith(":order-changed:1")
    assert second.key.endswith(":order-changed:2")
    assert "line 2 is gone" in first.message
    assert "the lines are the same" in second.message
    assert second.subjects == (subject_of("amazon-us", "4XK7PL2Q"), "document:31")


def test_an_order_for_another_account_is_no_change_of_the_one_that_is_known() -> None:
    other = OrderChanged(document="31", differences=("account ACME1 becomes ACME2",), account="ACME2")
    [problem] = problems(after(GOOD, POSTED, other), WAIT)
    assert (problem.code, problem.owner) == ("order-of-another-account", "operations")
    assert problem.key.endswith(":order-of-another-account:1")
    assert "under ACME2" in problem.remedy
    assert problem.subjects == (subject_of("amazon-us", "4XK7PL2Q"), "document:31")
    assert is_for_a_person(problem.code)
    [problem] = problems(replace(after(GOOD, POSTED, other), account=None), WAIT)
    assert "is of no account, and stays as it is" in problem.message


def test_a_change_that_was_applied_is_a_problem_only_where_the_erp_had_the_order() -> None:
    assert codes(after(GOOD, APPLIED)) == []
    assert codes(after(GOOD, APPLIED, resolved(settled("1")), POSTED)) == []
    [problem] = problems(after(GOOD, POSTED, APPLIED), WAIT)
    assert (problem.code, problem.owner) == ("order-changed", "operations")
    assert problem.remedy.startswith("see that the ERP takes the sales order of the next revision")


def test_a_change_takes_what_was_known_of_changed_lines_with_it() -> None:
    state = after(HALF, rejected("2"), APPLIED)
    assert (list(state.lines), state.rejected, state.held) == (["1"], {}, ())
    assert list(state.settled) == ["1"]  # the line that stayed as it was is settled still
    smaller = OrderChanged(
        document="33", differences=(), order="33", lines=(ordered("1", "5"), ordered("2", unit="case"))
    )
    assert list(after(GOOD, smaller).settled) == ["2"]


def test_a_change_lets_an_order_go_again_that_went_or_was_cancelled() -> None:
    gone = after(GOOD, POSTED)
    assert (gone.waits, after(GOOD, POSTED, APPLIED).waits) == (False, True)
    assert is_ready(after(GOOD, POSTED, APPLIED, resolved(settled("1"))))
    assert (after(CANCELLED).waits, after(CANCELLED, APPLIED).waits) == (False, True)


def test_a_shipment_that_the_erp_takes_back_is_as_if_it_had_never_been_said() -> None:
    told, withdrawn = ALL_OTHERS[2], ALL_OTHERS[3]
    other = GoodsShipped(document="46", shipment="SHP2", revision=0, lines=(GOODS,))
    assert list(after(told, other).shipments) == ["SHP1", "SHP2"]
    assert list(after(told, other, withdrawn).shipments) == ["SHP2"]


def test_a_cancellation_is_a_problem_only_where_the_erp_had_the_order() -> None:
    assert codes(after(HALF, CANCELLED)) == []
    [problem] = problems(after(GOOD, POSTED, CANCELLED), WAIT)
    assert (problem.code, problem.owner, problem.at_stake) == ("order-cancelled", "operations", Decimal("507.50"))
    assert "its purpose is cancel" in problem.message


def test_a_warning_is_a_problem_that_holds_nothing() -> None:
    price = held("1", "price-not-ours").model_copy(update={"severity": "warn"})
    state = after(resolved(settled("1"), settled("2"), gaps=(price,)))
    assert is_ready(state)
    [problem] = problems(state, WAIT)
    assert (problem.code, problem.blocks) == ("price-not-ours", None)
    assert codes(after(resolved(settled("1"), gaps=(price,)), CANCELLED)) == []


@pytest.mark.parametrize(
    ("amount", "asked", "said"),
    [
        ("174.00", "7.25", None),
        ("174.00", None, None),
        ("174.24", "7.25", "line 1: the order pays 174.24 for 24 pieces of X, the item master asks 174.00"),
        ("80.00", "3.3333", None),  # 79.9992 is 80.00 to the cent
    ],
)
def test_a_price_differs_where_the_amounts_do_to_the_cent(amount: str, asked: str | None, said: str | None) -> None:
    wanted = None if asked is None else Decimal(asked)
    found = price_difference("1", "X", Decimal(24), Decimal(amount), wanted, "USD")
    assert (found and found.said) == said
    assert (found and found.amount) == (said and Decimal("0.24"))


def test_a_case_closes_with_the_reason_why() -> None:
    state = after(HALF, rejected("2"))
    assert why_gone(state, "2") == "line 2 was given up by anna: never listed"
    assert why_gone(state, "1") == why_gone(state, None) == "what it asked for is there"


# Laws over every history

LATER = st.sampled_from(
    [GOOD, HALF, MISSING, rejected("1"), rejected("2"), CHANGED, APPLIED, CANCELLED, POSTED, BOOKED, REFUSED]
)


@given(st.lists(LATER, max_size=8))
def test_whatever_happens_the_parts_of_a_state_agree(events: list[Event]) -> None:
    state = after(*events)
    assert state == after(*(read_event(name_of(event), write_event(event)) for event in events))
    assert len(ledger(state)) == len(state.lines)
    if is_ready(state):
        assert not state.posted or state.is_stale
        assert not [problem for problem in problems(state, WAIT) if problem.blocks]
    if stage_of(state) in ("booked", "posted", "refused"):
        assert state.posted
        assert list(give_up(state, SPLIT, AT)) == []
    keys = [problem.key for problem in problems(state, WAIT)]
    assert len(keys) == len(set(keys))


def test_what_becomes_of_a_document_that_is_not_of_this_order_changes_nothing() -> None:
    state = after(RECEIVED)
    assert fold(state, DocumentDelivered(document="999")) == state
