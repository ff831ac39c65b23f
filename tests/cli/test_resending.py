"""`documents resend` and `release`: what goes once more, what goes in spite of its gaps, and what does not."""

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

AT = "2026-11-26T14:20:00Z"
LATER = "2026-11-26T14:40:00Z"
PIECES = "24*EA*7.25*PE*UP*614141000012"

Json = dict[str, Any]


def shipment(**change: object) -> Json:
    """A shipment of the one line, complete."""
    items = [{"purchase_order": "A1", "line": "1", "quantity": "24", "lot": None, "expires_on": None}]
    return {
        "document": "shipment",
        "version": 1,
        "partner": "amazon-us",
        "shipment": "SHP-7",
        "revision": 0,
        "mode": "ltl",
        "carrier": {"scac": "ODFL"},
        "pro_number": "4410288317",
        "bill_of_lading": "0614141000002",
        "amazon_reference": "1234567944",
        "shipped_at": "2026-11-26T14:15:00Z",
        "estimated_delivery": "2026-11-28",
        "ship_from": {"code": "ACME1"},
        "ship_to": {"code": "PHX6"},
        "gross_weight": {"value": "9", "unit": "lb"},
        "packs": [{"sscc": "006141410000000012", "type": "carton", "items": items}],
        **change,
    }


@pytest.fixture
def answered(house: "House") -> "House":
    """An order whose answer has left."""
    house.drop("order.edi", house.interchange(house.order("A1", PIECES)))
    house.once()
    line = {"line": "1", "accepted": "24", "ships_on": "2026-11-26"}
    response = {"document": "order-response", "version": 1, "partner": "amazon-us", "purchase_order": "A1"}
    house.erp_says("response.json", {**response, "revision": 0, "sales_order": "SO-1", "lines": [line]})
    house.once()
    return house


def latest(house: "House", kind: str) -> Json:
    found: list[Json] = house.json("documents", "list", "--type", kind)
    return found[-1]


def refuse(house: "House", kind: str, message: str) -> None:
    """The partner refuses the latest message of a kind by a 997."""
    number = int(latest(house, message)["control_number"])
    group = next(
        entry.body["group"] for entry in house.history("dispatch-sealed") if entry.body["interchange"] == number
    )
    head = (
        "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261126*1430*U*00401*000000900*0*P*>~"
        "GS*FA*AMAZON*5551234567*20261126*1430*900*X*004010~ST*997*0001~"
    )
    tail = f"AK1*{kind}*{group}~AK2*{message}*0001~AK5*R*5~AK9*R*1*1*0~SE*6*0001~GE*1*900~IEA*1*000000900~"
    house.drop("997.edi", head + tail)
    house.once("2026-11-26T14:30:00Z")


def test_a_plan_says_what_the_partner_makes_of_each_way(answered: "House") -> None:
    document = latest(answered, "855")["id"]
    plan = answered.json("documents", "resend", document, "--dry-run")
    assert [(option["way"], option["open"]) for option in plan] == [
        *(("retransmit", True), ("reissue", False), ("replace", True), ("cancel", False))
    ]
    assert latest(answered, "855")["delivery"] == "delivered"  # nothing was done


def test_a_document_that_came_or_that_is_unknown_cannot_be_resent(answered: "House") -> None:
    assert "came to us" in answered.run("documents", "resend", latest(answered, "850")["id"], code=1).stderr
    assert "no document 99999" in answered.run("documents", "resend", "99999", code=1).stderr


def test_the_same_bytes_go_again_and_the_order_knows(answered: "House") -> None:
    document = latest(answered, "855")["id"]
    for file in (answered.folder / "amazon" / "out").glob("*_855_*"):
        file.unlink()  # the partner has taken it, and lost it
    answered.run("documents", "resend", document, "--reason", "they lost it", "--at", AT)
    assert answered.state("A1").documents[document].delivery == "queued"
    answered.once(AT)
    assert answered.state("A1").documents[document].delivery == "delivered"
    assert [entry.body["why"] for entry in answered.history("event:resent")] == ["they lost it"]


def test_a_refused_notice_is_written_anew_under_a_new_number(answered: "House") -> None:
    answered.erp_says("s.json", shipment())
    answered.once(AT)
    first = latest(answered, "856")
    refuse(answered, "SH", "856")
    assert latest(answered, "856")["acknowledgement"] == "rejected"
    assert latest(answered, "856")["validation"] == "blocked"
    assert (
        "cannot be sent again by retransmit"
        in answered.run("documents", "resend", first["id"], "--as", "retransmit", code=1).stderr
    )
    answered.run("documents", "resend", first["id"], "--reason", "the mapping is mended", "--at", LATER)
    answered.once(LATER)
    second = latest(answered, "856")
    assert second["delivery"] == "delivered"
    assert int(second["control_number"]) > int(first["control_number"])
    assert "BSN*05*SHP-7" in max((answered.folder / "amazon/out").glob("*_856_*")).read_text()
    assert "acknowledgement-rejected" not in [case["code"] for case in answered.cases]
    assert "a later document stands in its place" in answered.run("documents", "resend", first["id"], code=1).stderr


def test_what_was_taken_is_not_sent_again(answered: "House") -> None:
    document = latest(answered, "855")["id"]
    with answered.journal() as journal:
        assert journal.document(document).acknowledgement == "awaited"
    number = next(
        entry.body["group"] for entry in answered.history("dispatch-sealed") if entry.body["document"] == document
    )
    answered.drop(
        "997.edi",
        "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2230*U*00401*000000901*0*P*>~"
        "GS*FA*AMAZON*5551234567*20261120*2230*901*X*004010~ST*997*0001~"
        f"AK1*PR*{number}~AK2*855*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*901~IEA*1*000000901~",
    )
    answered.once()
    told = answered.run("documents", "resend", document, code=1).stderr
    assert "the partner has it and has taken it" in told


def test_a_blocked_notice_is_released_with_a_reason_that_is_kept(answered: "House") -> None:
    answered.erp_says("s.json", shipment(amazon_reference=None))
    answered.once(AT)
    blocked = latest(answered, "856")
    assert (blocked["validation"], blocked["delivery"]) == ("blocked", "none")
    [case] = [case for case in answered.cases if case["code"] == "ship-notice-blocked"]
    assert "closes by itself" in answered.run("cases", "resolve", case["id"], "--reason", "x", code=1).stderr
    told = answered.run("documents", "release", blocked["id"], "--reason", "it is on paper", "--at", LATER).stdout
    assert "overridden: collect-reference" in told
    answered.once(LATER)
    assert latest(answered, "856")["validation"] == "overridden"
    assert latest(answered, "856")["delivery"] == "delivered"
    assert "it is on paper" in answered.run("explain", blocked["id"]).stdout
    [gap] = [gap for gap in answered.json("orders", "show", "A1")["gaps"] if gap["rule"] == "collect-reference"]
    assert (gap["severity"], gap["overridden"]) == ("warn", True)
    assert (gap["let_go"]["why"], gap["let_go"]["at"]) == ("it is on paper", LATER)
    for command in (("orders", "show", "A1"), ("explain", "A1"), ("explain", blocked["id"])):
        said = answered.run(*command).stdout
        assert f"let go by {gap['let_go']['who']} on 2026-11-26 because it is on paper: {gap['message']}" in said
        assert gap["remedy"] not in said
    assert "is not held" in answered.run("documents", "release", blocked["id"], "--reason", "again", code=1).stderr


def test_what_cannot_be_written_cannot_be_released(answered: "House") -> None:
    answered.erp_says("s.json", json.dumps(shipment(ship_from={"code": "NOWHERE"})))
    answered.once(AT)
    blocked = latest(answered, "856")
    told = answered.run("documents", "release", blocked["id"], "--reason", "go", code=1).stderr
    assert "cannot be released, for it cannot be written" in told
    assert "locations.csv" in told
