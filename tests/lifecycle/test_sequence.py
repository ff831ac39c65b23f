"""Whose turn it is: an answer once the ERP has the order, goods once it is answered, an invoice once they are told."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.events import Event
from gateway.lifecycle.judged import Judged
from gateway.lifecycle.sequence import waits_for
from tests.lifecycle.shop import (
    ORDER,
    changed,
    good,
    has_left,
    is_delivered,
    is_drafted,
    is_sealed,
    judged,
    know,
    parse,
    state_after,
)

ANSWER, NOTICE = parse(good("order-response")), parse(good("shipment-cartons"))
LATE = [*has_left(ANSWER), *is_delivered(NOTICE)]


def with_past(document: Judged, events: Iterable[Event]) -> Judged:
    """The same document where other things happened before."""
    return replace(document, orders={ORDER: know(good("order"), events)})


def shipping(*events: Event, policy: str = "delivered") -> tuple[str, ...]:
    document = judged("shipment-cartons", conduct=Conduct(ship_notice_after=policy))
    return waits_for(with_past(document, [*events, *is_drafted(NOTICE)]))


def charging(*events: Event, policy: str = "accepted", **changes: Any) -> tuple[str, ...]:
    document = judged("invoice", conduct=Conduct(invoice_after=policy), **changes)
    return waits_for(with_past(document, events))


# The answer


@pytest.mark.requirement("V14")
def test_an_answer_leaves_once_the_erp_has_the_order() -> None:
    document = judged("order-response")
    assert waits_for(document) == ()
    for changes in ({"posted": ()}, {"is_stale": True}):
        known = replace(document.order, state=replace(document.order.state, **changes))
        waits = waits_for(replace(document, orders={ORDER: known}))
        assert waits == (f"order {ORDER} has not gone to the ERP as it is now",)


def test_an_answer_that_gives_every_line_up_waits_for_no_erp() -> None:
    document = judged("order-response")
    state = replace(document.order.state, posted=(), rejected=dict.fromkeys("123"))  # type: ignore[arg-type]
    assert waits_for(replace(document, orders={ORDER: replace(document.order, state=state)})) == ()


# The ship notice


@pytest.mark.requirement("V4")
def test_a_ship_notice_waits_until_the_answer_is_delivered() -> None:
    said = f"the order response for {ORDER} is not delivered yet"
    assert shipping() == shipping(*is_drafted(ANSWER)) == shipping(*is_sealed(ANSWER)) == (said,)
    assert shipping(*is_delivered(ANSWER)) == ()


@pytest.mark.parametrize("verdict", ["accepted", "accepted_with_errors", "rejected"])
def test_what_the_partner_says_of_the_answer_never_holds_goods_that_have_left(verdict: str) -> None:
    assert shipping(*has_left(ANSWER, verdict)) == ()


def test_a_partner_may_have_ship_notices_wait_for_its_word() -> None:
    said = f"the order response for {ORDER} is not accepted yet"
    assert shipping(*is_delivered(ANSWER), policy="accepted") == (said,)
    assert shipping(*has_left(ANSWER, "rejected"), policy="accepted") == (said,)
    assert shipping(*has_left(ANSWER), policy="accepted") == ()


def test_where_no_word_will_come_delivered_is_enough() -> None:
    assert shipping(*is_delivered(ANSWER, awaited=False), policy="accepted") == ()
    assert shipping(*is_sealed(ANSWER, awaited=False), policy="accepted") != ()


def test_one_answer_that_counts_is_enough() -> None:
    again = parse(changed(good("order-response"), {"revision": 1}))
    assert shipping(*has_left(ANSWER), *is_drafted(again), policy="accepted") == ()


# The invoice


@pytest.mark.requirement("V4")
def test_an_invoice_waits_until_the_partner_has_taken_the_ship_notice() -> None:
    waits = charging(*LATE)
    assert all(word in waits[0] for word in (ORDER, "line 1", "not accepted yet", "0 of 20 pieces"))
    assert len(waits) == 3
    assert charging(*has_left(ANSWER), *has_left(NOTICE)) == ()
    assert charging(*has_left(ANSWER), *has_left(NOTICE, "accepted_with_errors")) == ()
    assert len(charging(*has_left(ANSWER), *has_left(NOTICE, "rejected"))) == 3


def test_a_partner_may_have_invoices_follow_delivery() -> None:
    assert charging(*LATE, policy="delivered") == ()
    assert charging(*has_left(ANSWER), *is_sealed(NOTICE), policy="delivered") != ()


@pytest.mark.requirement("V22")
def test_an_invoice_of_a_part_waits_for_its_own_pieces_alone() -> None:
    rest = parse(changed(good("shipment-cartons"), {"shipment": "S-8"}, without=["packs.2", "packs.0"]))
    past = [*has_left(ANSWER), *has_left(NOTICE), *is_delivered(rest)]
    assert charging(*past) == ()
    more = {"lines.1.quantity": "97"}
    (waits,) = charging(*past, change=more)
    assert "96 of 97 pieces" in waits


def test_goods_that_a_sent_correction_took_back_are_waited_for_elsewhere() -> None:
    fewer = changed(good("shipment-cartons"), {"revision": 1, "packs.0.items.0.quantity": "5"})
    rest = changed(good("shipment-cartons"), {"shipment": "S-8", "packs.0.items.0.quantity": "15"})
    known = [*has_left(ANSWER), *has_left(NOTICE)]
    more = [*is_drafted(parse(changed(rest, without=["packs.2", "packs.1"])))]
    assert charging(*known, *is_drafted(parse(fewer)), *more) == ()
    (waits,) = charging(*known, *is_delivered(parse(fewer)), *more)
    assert "5 of 20 pieces" in waits
    assert charging(*known, *has_left(parse(fewer), "rejected"), *more) == ()


def test_what_was_never_shipped_is_no_question_of_turns() -> None:
    assert charging(*has_left(ANSWER)) == ()
    assert charging(*has_left(ANSWER), *has_left(NOTICE), change={"lines.0.quantity": "21"}) == ()


def test_a_credit_note_waits_for_nothing() -> None:
    assert waits_for(with_past(judged("credit-note"), LATE)) == ()


def test_lines_of_an_order_that_nobody_knows_wait_for_nothing() -> None:
    assert charging(*LATE, change={"lines.0.purchase_order": "NONE"}) == charging(*LATE)[1:]


def test_the_same_reason_is_given_once() -> None:
    document = replace(judged("invoice"), orders={ORDER: know(good("order"), LATE)})
    assert len(waits_for(document)) == len(set(waits_for(document)))
    assert state_after(*LATE).of_kind("ship-notice", "S-1")[0].acknowledgement == "awaited"
