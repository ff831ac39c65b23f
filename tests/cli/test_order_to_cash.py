"""An order is answered, shipped and invoiced: acknowledge, ship, invoice, in that order, told as a user sees it.

The ERP puts its documents into its folder and nobody runs another command: what may leave leaves, and what may not says
exactly why, in one case that closes by itself.
"""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import (
    ANSWERED,
    BAD_SSCC,
    LATER,
    LATER_STILL,
    LEFT,
    MENDED,
    ORDERED,
    acknowledge,
    answer,
    codes,
    document,
    invoice,
    segment,
    sent,
    shipment,
    statuses,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.fixture
def answered(house: "House") -> "House":
    """An order that was taken, booked and answered: its 855 is delivered, and no answer to it has come."""
    take_answered(house)
    return house


@pytest.fixture
def shipped(answered: "House") -> "House":
    """The same with a good shipment, whose 856 is delivered."""
    tell(answered, shipment(), LEFT)
    return answered


@pytest.mark.requirement("V14")
def test_the_answer_of_the_erp_becomes_an_855(answered: "House") -> None:
    [message] = sent(answered, "855")
    assert segment(message, "BAK") == "BAK*00*AC*A1*20261120"
    assert [each for each in message if each.startswith("ACK*")] == [
        "ACK*IA*24*EA*068*20261126",
        "ACK*IA*10*CA*068*20261126",
        "ACK*R3*6*EA",
    ]
    assert statuses(answered, "855") == ("ready", "delivered", "awaited")
    shown = answered.json("orders", "show", "A1")
    assert shown["stage"] == "answered"
    assert [(line["accepted"], line["backordered"], line["rejected"]) for line in shown["lines"]] == [
        *(("24", "0", "0"), ("120", "0", "0"), ("0", "0", "6"))
    ]
    assert answered.cases == []


def test_a_shipment_with_two_faults_is_held_by_exactly_two_gaps_and_one_case(answered: "House") -> None:
    tell(answered, shipment(scac=None, second=BAD_SSCC), LEFT)
    assert sent(answered, "856") == []
    assert statuses(answered, "856") == ("blocked", "none", "none_expected")
    gaps = answered.json("orders", "show", "A1")["gaps"]
    assert [(gap["document"], gap["rule"], gap["severity"], gap["owner"]) for gap in gaps] == [
        ("856", "carrier-missing", "block", "operations"),
        ("856", "sscc-invalid", "block", "operations"),
    ]
    assert all(gap["document_id"] == document(answered, "856")["id"] for gap in gaps)
    assert all(gap["due_at"] == "2026-11-20T22:40:00Z" for gap in gaps)  # half an hour after the goods left
    assert gaps[1]["evidence"] == {"sscc": BAD_SSCC}
    [case] = answered.cases
    assert (case["code"], case["owner"], case["due_at"]) == (
        "ship-notice-blocked",
        "operations",
        "2026-11-20T22:40:00Z",
    )
    assert BAD_SSCC in case["message"]
    assert case["at_stake"] == "15.66"  # 6 % of 261.00
    told = answered.run("orders", "show", "A1").stdout
    assert all(gap["message"] in told and gap["remedy"] in told for gap in gaps)


@pytest.mark.requirement("V4")
def test_an_invoice_waits_while_its_ship_notice_is_blocked(answered: "House") -> None:
    tell(answered, shipment(scac=None, second=BAD_SSCC), LEFT)
    tell(answered, invoice(), MENDED)
    assert sent(answered, "810") == []
    assert document(answered, "810")["delivery"] == "none"
    tell(answered, shipment(revision=1), LATER)
    assert len(sent(answered, "856")) == 1
    assert sent(answered, "810") == []
    assert statuses(answered, "810") == ("ready", "none", "none_expected")
    assert document(answered, "810")["waits_for"] == [
        "the ship notice for order A1, line 1, is not accepted yet: it stands for 0 of 24 pieces",
        "the ship notice for order A1, line 2, is not accepted yet: it stands for 0 of 24 pieces",
    ]
    assert codes(answered) == []


def test_a_corrected_shipment_leaves_and_closes_its_case(answered: "House") -> None:
    tell(answered, shipment(scac=None, second=BAD_SSCC), LEFT)
    [case] = answered.cases
    tell(answered, shipment(revision=1), MENDED)
    [message] = sent(answered, "856")
    assert segment(message, "BSN").startswith("BSN*00*SHP1*")  # nothing of it has left before
    assert [each for each in message if each.startswith("MAN*")] == [
        "MAN*GM*006141410000000012",
        "MAN*GM*006141410000000029",
        "MAN*GM*006141410000000036",
    ]
    assert answered.json("orders", "show", "A1")["gaps"] == []
    assert answered.cases == []
    closed = answered.json("cases", "show", case["id"])
    assert (closed["state"], closed["closed_by"]) == ("closed", "gateway")
    assert [line["shipped"] for line in answered.json("orders", "show", "A1")["lines"]] == ["24", "24", "0"]
    # No 997 for the 855 has come in more than an hour: what that answer looks like holds up no goods.
    assert statuses(answered, "855") == ("ready", "delivered", "awaited")


def test_an_invoice_leaves_once_its_ship_notice_is_accepted(shipped: "House") -> None:
    tell(shipped, invoice(), MENDED)
    assert sent(shipped, "810") == []
    acknowledge(shipped, sent(shipped, "856")[0], "A", LATER)
    [message] = sent(shipped, "810")
    assert segment(message, "BIG") == "BIG*20261120*INV1*20261120*A1"
    assert segment(message, "TDS") == "TDS*26100"
    assert statuses(shipped, "856") == ("ready", "delivered", "accepted")
    assert statuses(shipped, "810") == ("ready", "delivered", "awaited")
    assert "waits_for" not in document(shipped, "810")
    shown = shipped.json("orders", "show", "A1")
    assert (shown["stage"], [line["invoiced"] for line in shown["lines"]]) == ("partly-invoiced", ["24", "24", "0"])
    assert shipped.cases == []
    shipped.run("journal", "verify")


@pytest.mark.requirement("V10")
def test_a_ship_notice_that_the_partner_refuses_is_a_case_and_holds_the_invoice(shipped: "House") -> None:
    tell(shipped, invoice(), MENDED)
    acknowledge(shipped, sent(shipped, "856")[0], "R", LATER)
    assert statuses(shipped, "856") == ("blocked", "delivered", "rejected")
    assert "acknowledgement-rejected" in codes(shipped)
    assert sent(shipped, "810") == []
    shipped.once(LATER_STILL)
    assert len(sent(shipped, "856")) == 1  # the same bytes would be refused again


def test_the_correction_of_a_refused_ship_notice_replaces_it_under_a_new_control_number(shipped: "House") -> None:
    tell(shipped, invoice(), MENDED)
    acknowledge(shipped, sent(shipped, "856")[0], "R", LATER)
    tell(shipped, shipment(revision=2, scac="FDEG"), LATER_STILL)
    first, second = sent(shipped, "856")
    assert (segment(first, "BSN")[:11], segment(second, "BSN")[:11]) == ("BSN*00*SHP1", "BSN*05*SHP1")
    assert segment(first, "GS").split("*")[6] != segment(second, "GS").split("*")[6]
    assert statuses(shipped, "856") == ("ready", "delivered", "awaited")
    assert codes(shipped) == []
    assert [line["shipped"] for line in shipped.json("orders", "show", "A1")["lines"]] == ["24", "24", "0"]
    assert sent(shipped, "810") == []
    acknowledge(shipped, second, "A", "2026-11-20T23:00:00Z")
    assert len(sent(shipped, "810")) == 1


def test_the_whole_story_uses_each_control_number_once(shipped: "House") -> None:
    tell(shipped, invoice(), MENDED)
    acknowledge(shipped, sent(shipped, "856")[0], "A", LATER)
    kinds = {message: [segments[0].split("*")[13] for segments in sent(shipped, message)] for message in OUTBOUND}
    assert kinds == {"997": ["000000001"], "855": ["000000002"], "856": ["000000003"], "810": ["000000004"]}
    for file in (shipped.folder / "amazon" / "out").glob("*.edi"):
        assert [finding for finding in shipped.json("validate", str(file)) if finding["severity"] != "warn"] == []


OUTBOUND = ("997", "855", "856", "810")


# What the ERP may get wrong


def quarantined(house: "House", said: dict[str, Any], at: str) -> dict[str, str]:
    house.erp_says("again.json", said)
    house.once(at)
    return house.quarantine["again.json"]


def test_the_same_revision_again_is_only_noted(shipped: "House") -> None:
    tell(shipped, shipment(), MENDED)
    tell(shipped, answer(), LATER)
    assert (len(sent(shipped, "855")), len(sent(shipped, "856"))) == (1, 1)
    assert len(shipped.history("erp-document-repeated")) == 2
    assert (shipped.quarantine, shipped.cases) == ({}, [])


@pytest.mark.parametrize("revision", [0, 1])
def test_a_revision_that_came_before_with_other_content_is_a_conflict(answered: "House", revision: int) -> None:
    tell(answered, answer(revision=2), LEFT)
    line = {"line": "1", "rejected": "24", "reason": "out_of_stock"}
    reason = quarantined(answered, answer(revision=revision, line1=line), MENDED)
    assert reason["code"] == "revision-conflict"
    assert "higher revision than 2" in reason["message"]
    assert reason["remedy"] == "give the correction a higher revision"
    [case] = answered.cases
    assert (case["code"], case["owner"]) == ("revision-conflict", "IT")
    assert answered.json("orders", "show", "A1")["lines"][0]["accepted"] == "24"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"partner": "amazon-jp"}, "there is no partner amazon-jp"),
        ({"purchase_order": "NONE"}, "there is no order NONE of amazon-us"),
    ],
)
def test_an_answer_to_an_order_or_partner_that_nobody_knows_goes_to_quarantine(
    answered: "House", change: dict[str, str], said: str
) -> None:
    reason = quarantined(answered, {**answer(), **change}, LEFT)
    assert (reason["code"], "erp-document-unreadable" in codes(answered)) == ("erp-document-unreadable", True)
    assert said in reason["message"]


def test_a_shipment_that_names_no_order_goes_to_quarantine(answered: "House") -> None:
    reason = quarantined(answered, {**shipment(), "packs": []}, LEFT)
    assert (reason["code"], "names no order" in reason["message"]) == ("erp-document-unreadable", True)


def test_an_invoice_of_what_was_never_shipped_is_blocked(answered: "House") -> None:
    tell(answered, invoice(), MENDED)
    assert statuses(answered, "810") == ("blocked", "none", "none_expected")
    [case] = answered.cases
    assert (case["code"], case["owner"], case["at_stake"]) == ("invoice-blocked", "finance", "261.00")
    assert {gap["rule"] for gap in answered.json("orders", "show", "A1")["gaps"]} == {"more-than-shipped"}
    tell(answered, shipment(), LATER)
    assert answered.cases == []  # the shipment that was missing has come
    acknowledge(answered, sent(answered, "856")[0], "A", LATER_STILL)
    assert len(sent(answered, "810")) == 1


def test_an_answer_that_leaves_a_line_out_is_blocked_until_the_erp_corrects_it(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    short = answer()
    del short["lines"][2]
    tell(house, short, ANSWERED)
    [case] = house.cases
    assert (case["code"], case["owner"], case["due_at"]) == (
        "order-response-blocked",
        "operations",
        "2026-11-21T21:01:00Z",
    )
    assert sent(house, "855") == []
    refused = house.run("documents", "release", document(house, "855")["id"], "--reason", "let it go", code=1)
    assert "cannot be written" in refused.stderr  # no word makes an answer to a line that nobody answered
    tell(house, answer(revision=1), LEFT)
    assert (len(sent(house, "855")), house.cases) == (1, [])


def test_a_ship_notice_that_is_right_in_spite_of_a_rule_is_let_go_by_a_person(answered: "House") -> None:
    tell(answered, {**shipment(), "bill_of_lading": "20261120"}, LEFT)
    assert [gap["rule"] for gap in answered.json("orders", "show", "A1")["gaps"]] == ["bill-of-lading"]
    said = answered.run("documents", "release", document(answered, "856")["id"], "--reason", "that is its number")
    assert "overridden: bill-of-lading" in said.stdout
    answered.once(MENDED)
    assert len(sent(answered, "856")) == 1
    assert statuses(answered, "856") == ("overridden", "delivered", "awaited")
    assert answered.cases == []
    [event] = answered.history("event:gate-overridden")
    assert (event.body["rules"], event.body["why"]) == (["bill-of-lading"], "that is its number")


def test_a_shipment_that_is_blocked_can_be_taken_back_by_a_revision_without_packs(answered: "House") -> None:
    tell(answered, shipment(scac=None), LEFT)
    assert codes(answered) == ["ship-notice-blocked"]
    tell(answered, {**shipment(revision=1), "packs": []}, MENDED)
    assert codes(answered) == []
    assert sent(answered, "856") == []
    tell(answered, shipment(revision=2), LATER)
    assert len(sent(answered, "856")) == 1


def test_a_shipment_whose_notice_has_left_cannot_be_taken_back(shipped: "House") -> None:
    tell(shipped, {**shipment(revision=1), "packs": []}, MENDED)
    [reason] = shipped.quarantine.values()
    assert reason["code"] == "revision-conflict"
    assert "cannot be withdrawn: it has left" in reason["message"]


def test_a_blocked_document_is_explained_with_the_bytes_that_must_be_corrected(answered: "House") -> None:
    file = answered.erp_says("s.json", shipment(scac=None, second=BAD_SSCC))
    data = file.read_bytes()
    answered.once(LEFT)
    explained = answered.json("explain", "SHP1")
    carrier, label = explained["reasons"]
    assert carrier["evidence"]["carrier.scac"].endswith(": null")
    assert label["evidence"]["packs[1].sscc"] == (
        f'bytes {data.index(BAD_SSCC.encode()) - 1} to {data.index(BAD_SSCC.encode()) + 18}: "{BAD_SSCC}"'
    )
    assert label["evidence"]["from"].startswith("s.json (document ")
