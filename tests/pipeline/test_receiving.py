"""What becomes of files with more in them than one order, and of orders that guides judge in their own way."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

GUIDE = Path(__file__).parents[2] / "mappings" / "guides" / "amazon-us"
ACCEPTED = "AK2*850*0001 AK5*A"


def own_guide(house: "House", name: str, old: str, new: str) -> None:
    """Give the instance a guide of its own that differs in one place."""
    folder = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(GUIDE, folder)
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


def test_each_interchange_of_a_file_stands_or_falls_alone(house: "House") -> None:
    good, other = (house.interchange(house.order(f"A{n}"), control=n) for n in (1, 2))
    broken = house.interchange(house.order("A3"), control=3).replace("IEA*1", "IEA*9")
    house.drop("three.edi", good + broken + other)
    house.once()
    assert sorted(house.sales_orders) == ["sales-order.amazon-us.A1.json", "sales-order.amazon-us.A2.json"]
    assert len(house.answers) == 2
    assert [case["code"] for case in house.cases] == ["group-count-differs"]
    assert house.quarantine["three.edi"]["code"] == "group-count-differs"
    assert [entry.kind for entry in house.history("interchange-")] == [
        "interchange-opened",
        "interchange-refused",
        "interchange-opened",
    ]


def test_junk_behind_an_interchange_does_not_touch_it(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")) + "-- end of transmission --\n")
    house.once()
    assert "sales-order.amazon-us.A1.json" in house.sales_orders
    assert house.quarantine["order.edi"]["code"] == "not-edi"


def test_an_interchange_that_was_refused_may_come_again_under_its_number(house: "House") -> None:
    sound = house.interchange(house.order("A1"))
    house.drop("order.edi", sound.replace("IEA*1", "IEA*9"))
    house.once()
    house.drop("order.edi", sound)
    house.once()
    assert "sales-order.amazon-us.A1.json" in house.sales_orders
    assert house.history("interchange-repeated") == []


def test_a_group_that_is_refused_refuses_its_messages(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1"), house.order("A2", st="0002")).replace("GE*2", "GE*3"))
    house.once()
    assert house.sales_orders == {}
    assert house.answers == ["AK1*PO*101 AK9*R*3*2*0*5"]
    assert [case["code"] for case in house.cases] == ["message-refused", "message-refused"]
    assert house.quarantine["order.edi"]["code"] == "message-count-differs"


def test_an_answer_is_never_answered(house: "House") -> None:
    answer = "ST*997*0001~AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~"
    text = house.interchange(answer).replace("GS*PO", "GS*FA")
    house.drop("answer.edi", text)
    house.drop("again.edi", text)
    house.once()
    assert house.answers == []
    assert house.waiting == []
    assert [d["type"] for d in house.json("documents", "list", "--direction", "in")] == ["997"]


def test_what_cannot_be_read_is_refused_whatever_a_guide_lets_pass(house: "House") -> None:
    own_guide(house, "850.schema.toml", "[severity]", '[severity]\ncharacter-invalid = "warn"')
    house.drop("order.edi", house.interchange(house.order("A1", "1X*EA*7.25*PE*UP*614141000012")))
    house.once()
    assert house.sales_orders == {}
    [answer] = house.answers
    assert "AK5*R" in answer
    assert [case["code"] for case in house.cases] == ["message-refused"]


def test_what_a_guide_calls_an_error_is_refused(house: "House") -> None:
    order = house.order("A1").replace("FOB*CC~", "FOB*CC~\nZZZ*1~").replace("SE*13", "SE*14")
    house.drop("order.edi", house.interchange(order))
    house.once()
    assert "sales-order.amazon-us.A1.json" in house.sales_orders  # this guide shrugs at a segment nobody knows
    assert "AK5*E*5" in house.answers[0]


def test_what_a_guide_holds_waits_for_somebody_to_look_at_it(house: "House") -> None:
    own_guide(house, "850.schema.toml", 'segment-unknown        = "warn"', 'segment-unknown = "hold"')
    order = house.order("A1").replace("FOB*CC~", "FOB*CC~\nZZZ*1~").replace("SE*13", "SE*14")
    house.drop("order.edi", house.interchange(order))
    house.once()
    assert house.sales_orders == {}
    assert "AK5*E*5" in house.answers[0]  # its syntax was taken all the same
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("message-held", "operations")
    assert case["message"].startswith("850 A1 from amazon-us is held: ")
    [held] = house.json("documents", "list", "--type", "850")
    assert held["validation"] == "blocked"
    house.run("documents", "release", held["id"], "--reason", "the segment says nothing", "--dry-run")
    assert house.sales_orders == {}
    house.run("documents", "release", held["id"], "--reason", "the segment says nothing")
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]
    assert house.cases == []
    assert house.json("orders", "show", "A1")["deadlines"][0]["due_at"] == "2026-11-21T21:01:00Z"


def test_a_held_document_can_be_released_after_its_case_was_closed_but_only_once(house: "House") -> None:
    own_guide(house, "850.schema.toml", 'segment-unknown        = "warn"', 'segment-unknown = "hold"')
    order = house.order("A1").replace("FOB*CC~", "FOB*CC~\nZZZ*1~").replace("SE*13", "SE*14")
    house.drop("order.edi", house.interchange(order))
    house.once()
    house.run("cases", "resolve", house.cases[0]["id"], "--reason", "they will send another")
    [held] = house.json("documents", "list", "--type", "850")
    house.run("documents", "release", held["id"], "--reason", "they will not")
    refused = house.run("documents", "release", held["id"], "--reason", "once more", code=1)
    assert "is not held" in refused.stderr


def test_a_repeat_of_a_refused_order_stays_in_quarantine_until_somebody_has_dealt_with_it(house: "House") -> None:
    text = house.interchange(house.order("A1"), house.order("A2", "1X*EA*7.25*PE*UP*614141000012", st="0002"))
    house.drop("order.edi", text)
    house.once()
    house.drop("again.edi", text)
    house.once()
    assert {name: reason["code"] for name, reason in house.quarantine.items()} == {
        "order.edi": "character-invalid",
        "again.edi": "character-invalid",
    }
    [case] = house.cases
    house.run("cases", "resolve", case["id"], "--reason", "ordered by telephone")
    house.drop("third.edi", text)
    house.once()
    assert "third.edi" not in house.quarantine
    assert house.cases == []
    assert len(house.answers) == 3


def test_a_refusal_counts_what_else_is_wrong(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1X*EA*7.25*PE*UP*1", "2X*EA*7.25*PE*UP*1")))
    house.once()
    assert "(and 1 more)" in house.cases[0]["message"]


def test_a_refused_order_is_due_when_the_partner_wants_its_answer_however_late_it_was_looked_at(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1X*EA*7.25*PE*UP*1")))
    house.once("2026-11-21T12:00:00Z")
    assert [(case["code"], case["due_at"]) for case in house.cases] == [("message-refused", "2026-11-21T21:01:00Z")]


def test_of_a_flood_of_faults_as_many_are_told_as_anybody_reads(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *(f"{n}X*EA*7.25*PE*UP*1" for n in range(1500)))))
    house.once()
    assert house.sales_orders == {}
    assert "(and 999 more)" in house.cases[0]["message"]
    assert house.answers[0].count("AK3*PO1") == 1000


@pytest.mark.parametrize("envelope_time", ["261120*9961", "991399*2101"])
def test_an_envelope_without_a_time_leaves_the_other_signs(house: "House", envelope_time: str) -> None:
    house.drop("order.edi", house.interchange(house.order("A1")).replace("261120*2101*U", f"{envelope_time}*U"))
    house.once()
    assert house.json("orders", "show", "A1")["deadlines"][0]["due_at"] == "2026-11-21T21:01:00Z"


def test_rows_of_a_master_that_cannot_be_read_are_counted(house: "House") -> None:
    house.once()
    house.items(*(f"SKU-{n},,,,,,many,active,,no,no," for n in range(7)))
    house.once()
    assert "(and 2 more)" in house.cases[0]["message"]


def test_an_answer_of_the_erp_to_an_order_that_never_came_goes_to_quarantine(house: "House") -> None:
    response = {
        "document": "order-response",
        "version": 1,
        "partner": "amazon-us",
        "purchase_order": "A1",
        "revision": 0,
        "sales_order": "SO-1",
        "lines": [{"line": "1", "accepted": "24"}],
    }
    house.erp_says("response.json", response)
    house.once()
    reason = house.quarantine["response.json"]
    assert (reason["code"], reason["message"]) == ("erp-document-unreadable", "there is no order A1 of amazon-us")
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("erp-document-unreadable", "IT")
    house.drop("order.edi", house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012")))
    house.once()
    house.erp_says("response.json", response)  # the order has come, and the same answer is taken
    house.once()
    assert [document["type"] for document in house.json("orders", "show", "A1")["documents"]][-2:] == [
        "order-response",
        "855",
    ]


def test_a_group_number_that_no_answer_can_repeat_is_a_case(house: "House") -> None:
    text = house.interchange(house.order("A1")).replace("*101*X*", "*1/../2*X*").replace("GE*1*101", "GE*1*1/../2")
    house.drop("order.edi", text)
    house.once()
    assert sorted(case["code"] for case in house.cases) == ["cannot-be-said", "message-refused"]
    assert house.quarantine["order.edi"]["code"] == "group-control-number"
    assert house.waiting == []


@pytest.mark.parametrize("envelope_time", ["061121*0040", "19991231*2101"])
def test_an_envelope_from_another_age_sets_no_deadline(house: "House", envelope_time: str) -> None:
    house.drop("order.edi", house.interchange(house.order("A1")).replace("261120*2101*U", f"{envelope_time}*U"))
    house.once()
    assert house.json("orders", "show", "A1")["deadlines"][0]["due_at"] == "2026-11-21T21:01:00Z"
