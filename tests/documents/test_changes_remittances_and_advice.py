"""Order changes, remittances, application advice and acknowledgements: what they hold and derive, and their views."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from gateway.documents import (
    ApplicationAdvice,
    ApplicationAdviceByDocument,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    OrderResponse,
    PurchaseOrder,
    PurchaseOrderChange,
    PurchaseOrderLine,
    Quantity,
    Remittance,
    by_document,
    by_item,
    date_last,
    date_shipped,
)
from gateway.documents.order_change import PurchaseOrderChangeLine


def again(document: BaseModel) -> BaseModel:
    return type(document).model_validate_json(document.model_dump_json())


# Order changes


def a_change(*lines: dict[str, Any], **more: Any) -> PurchaseOrderChange:
    return PurchaseOrderChange.model_validate({"number": "P1", "lines": lines, **more})


def test_a_change_counts_its_lines_and_adds_what_is_ordered_from_now_on() -> None:
    change = a_change(
        {"line": "1", "change": "quantity_decreased", "ordered": {"value": Decimal(24), "unit": "each", "code": "EA"}},
        {"line": "2", "change": "quantity_decreased", "ordered": {"unit": "case"}, "left": Decimal(2)},
        {"line": "3", "change": "deleted"},
    )
    assert change.line_count == 3
    assert change.ordered_total == 24
    quantities = [line.quantity for line in change.lines]
    assert quantities == [Quantity(value=Decimal(24), unit="each", code="EA"), None, None]
    assert again(change) == change


def test_a_whole_order_is_cancelled_without_lines() -> None:
    change = a_change(purpose="cancel", ordered_on=date(2026, 11, 18))
    assert change.line_count == change.ordered_total == 0


def test_a_change_has_the_fields_of_the_order_under_the_same_names() -> None:
    assert set(PurchaseOrder.model_fields) <= set(PurchaseOrderChange.model_fields)
    assert set(PurchaseOrderLine.model_fields) <= set(PurchaseOrderChangeLine.model_fields)


# Remittances


def a_remittance(**more: Any) -> Remittance:
    items = [
        {"invoice": "I1", "invoiced": Decimal("435.00"), "paid": Decimal("430.65")},
        {"invoice": "I2", "paid": Decimal(40), "adjustments": [{"amount": Decimal(-5), "code": "01"}]},
        {"kind": "credit_note", "invoice": "C1", "invoiced": Decimal(-20)},
    ]
    return Remittance.model_validate({"total": Decimal("470.65"), "items": items, **more})


def test_an_item_paid_short_has_a_positive_difference() -> None:
    assert [item.difference for item in a_remittance().items] == [Decimal("4.35"), None, None]


@pytest.mark.parametrize(
    ("numbers", "reference"),
    [({}, None), ({"trace": "T1"}, "T1"), ({"number": "R1"}, "R1"), ({"number": "R1", "trace": "T1"}, "R1")],
)
def test_a_remittance_is_known_by_its_own_number_before_that_of_the_payment(
    numbers: dict[str, str], reference: str | None
) -> None:
    assert a_remittance(**numbers).reference == reference


def test_a_remittance_is_nothing_without_a_total_and_an_item() -> None:
    with pytest.raises(ValidationError, match="missing"):
        Remittance.model_validate({"items": [{}]})
    with pytest.raises(ValidationError, match="too_short"):
        a_remittance(items=[])


def test_a_remittance_goes_through_json_unchanged() -> None:
    account = {"bank_scheme": "01", "bank": "021000021", "kind": "DA", "number": "1"}
    remittance = a_remittance(paid_on=date(2027, 1, 26), payee={"code": "ACME1"}, payee_account=account)
    assert again(remittance) == remittance


# Application advice

references = st.builds(lambda kind, number: {"kind": kind, "number": number}, st.sampled_from("AB"), st.just("7"))
errors = st.fixed_dictionaries(
    {"code": st.sampled_from(["007", "DUP"])},
    optional={"text": st.just(["WRONG"]), "subject": st.just({"kind": "LI", "number": "2", "text": ["PRICE"]})},
)
items = st.fixed_dictionaries(
    {"verdict": st.sampled_from(["accepted", "rejected", "reported"]), "reference": references},
    optional={"references": st.lists(references), "errors": st.lists(errors), "code": st.just("27")},
)


def an_advice(*answers: Any, **more: Any) -> ApplicationAdvice:
    return ApplicationAdvice.model_validate({"number": "A1", "items": answers, **more})


@given(items)
def test_the_view_by_document_of_one_answer_loses_nothing(item: dict[str, Any]) -> None:
    advice = an_advice(item, issued_at=date(2026, 11, 21), text=["SEE BELOW"], sender={"code": "AMZAP"})
    assert by_item(by_document(advice)) == advice
    assert again(advice) == advice


def test_the_view_by_document_speaks_of_the_first_alone() -> None:
    answers = ({"verdict": "accepted", "reference": {"kind": "invoice", "number": n}} for n in ("I1", "I2"))
    assert [reference.number for reference in by_document(an_advice(*answers)).references] == ["I1"]


def test_an_advice_that_names_no_document_is_none() -> None:
    with pytest.raises(ValidationError, match="reference"):
        by_item(ApplicationAdviceByDocument(number="A1", verdict="rejected"))


@pytest.mark.parametrize(
    ("verdict", "found", "is_rejected"),
    [
        ("rejected", [], True),
        ("reported", [{"code": "007"}], True),
        ("reported", [], False),
        ("accepted_with_errors", [{"code": "007"}], False),
    ],
)
def test_a_document_is_rejected_by_verdict_or_by_errors_without_one(
    verdict: str, found: list[Any], is_rejected: bool
) -> None:
    (item,) = an_advice({"verdict": verdict, "reference": {"kind": "invoice", "number": "I1"}, "errors": found}).items
    assert item.is_rejected is is_rejected


# Acknowledgements


def test_an_acknowledgement_of_an_interchange_goes_through_json_unchanged() -> None:
    message = {
        "message": "ORDERS",
        "control_number": "1",
        "version": "D",
        "verdict": "rejected",
        "codes": "12",
        "service": {"tag": "UNH", "position": Decimal(3), "component": Decimal(2)},
        "segments": [{"ordinal": Decimal(4), "elements": [{"position": Decimal(2), "code": "13"}]}],
    }
    group = {"control_number": "9", "sender": "A", "receiver": "B", "verdict": "accepted", "messages": [message]}
    answer = FunctionalAcknowledgement.model_validate(
        {"control_number": "4234", "verdict": "accepted", "groups": [group]}
    )
    assert again(answer) == answer
    (told,) = answer.groups[0].messages
    assert told.codes == ("12",)
    assert told.service is not None
    assert (told.service.position, told.segments[0].ordinal) == (3, 4)


TA1 = ("000000101", "261120", "2101", "R", "023")


def test_a_ta1_is_read_and_written_element_by_element() -> None:
    answer = InterchangeAcknowledgement.from_elements(TA1)
    assert (answer.verdict, answer.code) == ("rejected", "023")
    assert answer.elements == TA1
    assert again(answer) == answer


def test_a_ta1_copies_a_date_that_is_none() -> None:
    assert InterchangeAcknowledgement.from_elements(("000000101", "26XX20", "2500", "E", "014")).date == "26XX20"


@pytest.mark.parametrize(
    ("elements", "wrong"),
    [
        (TA1[:4], "has 5 elements"),
        ((*TA1, ""), "has 5 elements"),
        (("000000101", " ", "2101", "A", "000"), "has 5 elements"),
        (("000000101", "261120", "2101", "P", "000"), "TA104 is 'P', expected one of A, E, R"),
    ],
)
def test_a_ta1_that_is_none_says_what_is_wrong(elements: tuple[str, ...], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        InterchangeAcknowledgement.from_elements(elements)


# Order responses with one ship date a line

days = st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 23))
dispositions = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["accepted", "backordered", "rejected:out_of_stock"]),
        "quantity": st.just({"value": Decimal(1)}),
        "ships_on": days,
    }
)


def a_response(*parts: tuple[str, date | None]) -> OrderResponse:
    told = [{"outcome": outcome, "quantity": {"value": Decimal(1)}, "ships_on": day} for outcome, day in parts]
    return OrderResponse.model_validate({"purchase_order": "P1", "lines": [{"dispositions": told}]})


def dates(response: OrderResponse) -> list[date | None]:
    return [part.ships_on for part in response.lines[0].dispositions]


EARLY, LATE = date(2026, 11, 25), date(2026, 11, 26)


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ([("accepted", EARLY), ("backordered", LATE)], [None, LATE]),
        ([("accepted", EARLY), ("rejected:price", None)], [None, EARLY]),
        ([("accepted", EARLY), ("backordered", None)], [None, None]),
        ([("rejected:price", None)], [None]),
    ],
)
def test_the_date_of_a_line_is_that_of_what_ships_last(parts: list[Any], read: list[date | None]) -> None:
    assert dates(date_last(a_response(*parts))) == read


def test_a_date_that_was_read_as_a_rejections_belongs_to_what_ships() -> None:
    assert dates(date_shipped(a_response(("accepted", None), ("rejected:price", EARLY)))) == [EARLY, None]
    assert dates(date_shipped(a_response(("rejected:price", EARLY)))) == [EARLY]


@given(st.lists(dispositions, max_size=4))
def test_the_view_loses_nothing_but_further_dates(parts: list[dict[str, Any]]) -> None:
    response = OrderResponse.model_validate({"purchase_order": "P1", "lines": [{"dispositions": parts}]})
    once = date_shipped(date_last(response))
    assert date_shipped(date_last(once)) == once
    kept = [(day, before) for day, before in zip(dates(once), dates(response), strict=True) if day is not None]
    assert all(day == before for day, before in kept)
    assert [part.quantity for part in once.lines[0].dispositions] == [
        part.quantity for part in response.lines[0].dispositions
    ]
