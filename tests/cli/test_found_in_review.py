"""Stories that once went wrong: turns without an end, corrections that left something behind, words too late."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import (
    ANSWERED,
    LATER,
    LATER_STILL,
    LEFT,
    MENDED,
    acknowledge,
    answer,
    codes,
    invoice,
    pack,
    sent,
    shipment,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House

PIECES = "24*EA*7.25*PE*UP*614141000012"
UNKNOWN = "24*EA*7.25*PE*UP*036000291452"


@pytest.fixture
def answered(house: "House") -> "House":
    take_answered(house)
    return house


def test_an_order_without_a_line_that_is_left_and_changed_is_answered_once_a_change(house: "House") -> None:
    house.configure('unknown_item      = "wait"', 'unknown_item      = "split"')
    house.drop("order.edi", house.interchange(house.order("A1", UNKNOWN)))
    house.once()
    assert len(sent(house, "855")) == 1
    changed = house.order("A1", UNKNOWN).replace("DTM*063*20261202", "DTM*063*20261203")
    house.drop("change.edi", house.interchange(changed, control=102))
    house.once()
    assert len(sent(house, "855")) == 2
    house.once()
    assert len(sent(house, "855")) == 2


def test_a_cancellation_of_what_never_came_is_no_order(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", PIECES, purpose="01")))
    house.once()
    assert house.sales_orders == {}
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("order-changed", "operations")
    assert "cancels it; the order itself never came" in case["message"]


def test_an_order_that_was_cancelled_and_comes_again_is_wanted_again(house: "House") -> None:
    for control, purpose in ((101, "00"), (102, "01"), (103, "00")):
        house.drop(f"{control}.edi", house.interchange(house.order("A1", PIECES, purpose=purpose), control=control))
        house.once()
    assert house.json("orders", "show", "A1")["stage"] == "posted"
    assert sorted(house.sales_orders) == ["sales-order.amazon-us.A1.1.json", "sales-order.amazon-us.A1.json"]


def test_an_order_that_calls_itself_a_duplicate_is_one(house: "House") -> None:
    for control, purpose in ((101, "00"), (102, "07")):
        house.drop(f"{control}.edi", house.interchange(house.order("A1", PIECES, purpose=purpose), control=control))
    house.once()
    assert len(house.sales_orders) == 1
    assert house.cases == []


def test_a_correction_that_drops_an_order_leaves_nothing_of_it_shipped(house: "House") -> None:
    for number, control in (("A1", 101), ("A2", 102)):
        house.drop(f"{number}.edi", house.interchange(house.order(number, PIECES), control=control))
    house.once()
    for number in ("A1", "A2"):
        line = {"line": "1", "accepted": "24", "ships_on": "2026-11-26"}
        said = {"document": "order-response", "version": 1, "partner": "amazon-us", "purchase_order": number}
        house.erp_says(f"{number}.json", {**said, "revision": 0, "lines": [line]})
    house.once(ANSWERED)

    def of_both(revision: int, *numbers: str) -> dict[str, Any]:
        labels = {"A1": "006141410000000012", "A2": "006141410000000029"}
        packs = [pack(labels[number], f"1Z{number}", "1", "24") for number in numbers]
        for each, number in zip(packs, numbers, strict=True):
            each["items"][0]["purchase_order"] = number
        return {**shipment(revision), "packs": packs}

    tell(house, of_both(0, "A1", "A2"), LEFT)
    assert house.json("orders", "show", "A2")["lines"][0]["shipped"] == "24"
    tell(house, of_both(1, "A1"), MENDED)
    assert house.json("orders", "show", "A2")["lines"][0]["shipped"] == "0"
    assert house.json("orders", "show", "A1")["lines"][0]["shipped"] == "24"
    again = {**of_both(0, "A2"), "shipment": "SHP2"}
    again["packs"][0]["sscc"] = "006141410000000036"
    tell(house, again, LATER)
    assert len(sent(house, "856")) == 3
    assert codes(house) == []


def test_a_refusal_of_what_was_corrected_already_asks_nobody_for_anything(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    first = answered.json("documents", "list", "--type", "856")[-1]["id"]
    tell(answered, shipment(revision=1), MENDED)
    assert len(sent(answered, "856")) == 2
    acknowledge(answered, sent(answered, "856")[0], "R", LATER)
    assert "acknowledgement-rejected" not in codes(answered)
    told = answered.run("documents", "resend", first, "--as", "reissue", code=1).stderr
    assert "a later document stands in its place" in told


def test_an_invoice_that_was_refused_frees_what_it_charged(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    acknowledge(answered, sent(answered, "856")[-1], "A", MENDED)
    tell(answered, invoice(), LATER)
    acknowledge(answered, sent(answered, "810")[-1], "R", LATER)
    tell(answered, {**invoice(), "invoice": "INV-B"}, LATER_STILL)
    assert len(sent(answered, "810")) == 2
    credit = {**invoice(), "invoice": "CR-1", "kind": "credit-note", "credits": "INV1"}
    tell(answered, credit, LATER_STILL)
    assert len(sent(answered, "810")) == 2
    assert "invoice-blocked" in codes(answered)


def test_cartons_of_a_shipment_that_was_taken_back_may_be_used(answered: "House") -> None:
    tell(answered, shipment(scac=None), LEFT)
    tell(answered, {**shipment(revision=1), "packs": []}, MENDED)
    tell(answered, {**shipment(), "shipment": "SHP2"}, LATER)
    assert len(sent(answered, "856")) == 1


def test_a_shipment_that_cannot_be_taken_back_is_refused_each_time(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    for at in (MENDED, LATER):
        tell(answered, {**shipment(revision=1), "packs": []}, at)
    assert [reason["code"] for reason in answered.quarantine.values()] == ["revision-conflict"] * 2


def test_a_line_that_the_partner_drops_after_it_shipped_is_charged_all_the_same(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    acknowledge(answered, sent(answered, "856")[-1], "A", MENDED)
    without = answered.order("A1", "24*EA*7.25*PE*UP*614141000012")
    answered.drop("change.edi", answered.interchange(without, control=102))
    answered.once(MENDED)
    shown = answered.json("orders", "show", "A1")
    assert [line["line"] for line in shown["lines"]] == ["1", "2"]
    assert "line 2 has shipped and stays" in json.dumps(shown["changes"])
    tell(answered, invoice(), LATER)
    assert len(sent(answered, "810")) == 1


def test_the_erp_that_answers_what_it_refused_holds_it(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    refused = {"document": "posting-result", "version": 1, "id": "amazon-us:A1", "result": "refused", "message": "no"}
    tell(house, refused, ANSWERED)
    assert codes(house) == ["posting-refused"]
    tell(house, answer(), LEFT)
    assert codes(house) == []
    assert len(sent(house, "855")) == 1


def test_an_invoice_that_must_not_leave_is_taken_back_by_a_revision_without_lines(answered: "House") -> None:
    tell(answered, shipment(), LEFT)
    tell(answered, invoice(total="262.00"), MENDED)
    assert codes(answered) == ["invoice-blocked"]
    tell(answered, {**invoice(revision=1, total="0.00"), "lines": []}, LATER)
    assert codes(answered) == []
    assert answered.json("remittances", "list") == []
    tell(answered, {**invoice(), "invoice": "INV-B"}, LATER)
    acknowledge(answered, sent(answered, "856")[-1], "A", LATER_STILL)
    assert len(sent(answered, "810")) == 1
    tell(answered, {**invoice(revision=1, total="0.00"), "invoice": "INV-B", "lines": []}, LATER_STILL)
    [reason] = answered.quarantine.values()
    assert "cannot be withdrawn: it has left" in reason["message"]
