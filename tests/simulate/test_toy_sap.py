"""The golden conversations over IDocs: the same toy ERP with another hand, and the same bytes at Amazon's side."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest
import structlog

from gateway import config as configuration
from gateway.documents import ErpDocument, ErpOrderResponse, PostingResult, SalesOrder
from gateway.erp.sap import SapRead
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.sap.statuses import SapResult
from gateway.simulate.amazon import Habits
from gateway.simulate.conversation import Conversation, SimulatedClock
from gateway.simulate.toy_erp import Ways
from gateway.simulate.toy_sap import SapWriting
from gateway.simulate.writing import JsonWriting, Writing
from tests.conftest import House, keeps_the_laws
from tests.sap.shop import AT, a_line, an_order, knowing, profile, shore
from tests.sap.test_journals import an_entry
from tests.sap.test_movements import a_transfer, an_adjustment
from tests.simulate.test_conversations import ITEMS, SHIPPED
from tests.simulate.transcript import transcript

ANSWERS = (b"ST*855*", b"ORDRSP:D:96A")
BEGINS = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
PROFILE = """
[erp.sap]
sap_port = "SAPECC"
sap_system = "ECCCLNT100"
form = "{form}"
shipment_number = "external"
backorder = "second-date"
reasons = {{ Z1 = "out_of_stock", Z2 = "discontinued" }}
modes = {{ "0001" = "parcel", "0002" = "ltl" }}
carriers = {{ UPS = "UPSN" }}

[erp.sap.sales.AMAZON-US]
number = "100234"
[erp.sap.sales.AMAZON-EU]
number = "100235"
[erp.sap.places.ACME1]
plant = "1000"
shipping_point = "1000"
[erp.sap.places.4012345000900]
plant = "2000"
shipping_point = "2000"
"""


def converse(chance: Random, folder: Path, orders: int, partner: str, form: str) -> tuple[House, list[bytes]]:
    """A conversation over JSON or over IDocs, and what went to Amazon in it."""
    folder.mkdir()
    house = House(folder / "house", "--example")
    house.erp_says("items-more.csv", ITEMS)
    house.configure('price_basis = "each"', 'price_basis = "ordered-unit"')
    if form != "json":
        house.configure('[erp]\nkind = "files"', '[erp]\nkind = "sap-idoc"')
        house.config.write_text(house.config.read_text() + PROFILE.format(form=form))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock = SimulatedClock(BEGINS)
    config = configuration.load(house.config)
    with Journal.open(config.paths.journal, check=False) as writing:
        instance = Instance(config, writing, SHIPPED, clock)
        habits = Habits(unknown=12, change=25, cancel=8, repeat=20, rejected=15, late=10, never=8, units=12)
        ways = Ways(split=60, partial=50, mistake=30, repeat=15, in_turn=50)
        hand: Writing = JsonWriting()
        if form != "json":
            assert config.erp.sap is not None
            hand = SapWriting(config.erp.sap, SHIPPED.idocs, {"100234": "amazon-us", "100235": "amazon-eu"})
        conversation = Conversation(instance, clock, chance, habits, ways, hand)
        conversation.play(orders, 1, [instance.config.partners[partner]], looks_on=1)
    with house.journal() as journal:
        return house, [data for way, data in transcript(journal) if way == "sent"]


@pytest.mark.parametrize(("seed", "partner"), [(0, "amazon-us"), (3, "amazon-eu")])
def test_a_conversation_over_idocs_says_the_same_to_amazon_as_one_over_json(
    seed: int, partner: str, tmp_path: Path
) -> None:
    _, spoken = converse(Random(seed), tmp_path / "json", 2, partner, "json")
    assert {word for each in spoken for word in ANSWERS if word in each} >= {
        ANSWERS[0 if partner == "amazon-us" else 1]
    }
    for form in ("xml", "flat"):
        house, said = converse(Random(seed), tmp_path / form, 2, partner, form)
        assert house.waiting == []
        assert house.quarantine == {}
        assert said == spoken
        keeps_the_laws(house)


# The hand itself


def a_hand(**changes: Any) -> SapWriting:
    return SapWriting(profile(shipment_number="external", **changes), SHIPPED.idocs, {"100234": "amazon-eu"})


def handed(order: SalesOrder, number: int = 1, **changes: Any) -> bytes:
    return shore(**changes).write(order, f"{number:016}", AT, knowing(order)).data


def heard(data: bytes, *orders: SalesOrder) -> SapRead:
    (read,) = shore(shipment_number="external").read(data, knowing(*orders))
    assert [finding.message for finding in read.findings] == []
    return read


@pytest.mark.parametrize("form", ["xml", "flat"])
def test_the_toy_reads_an_order_as_it_was_meant(form: str) -> None:
    case = {"value": "2", "unit": "case", "code": "CA"}
    order = an_order(a_line("1", 24, ordered=case), a_line("A-17", 5))
    read = a_hand(form=form).read(handed(order, form=form))
    assert read is not None
    assert [(line.line, line.base, line.price, line.amount) for line in read.lines] == [
        (line.line, line.base, line.price, line.amount) for line in order.lines
    ]
    assert (read.lines[0].ordered, read.ship_to, read.account) == (order.lines[0].ordered, order.ship_to, "ABCDE")


def test_a_change_is_the_next_revision_without_the_lines_that_are_gone() -> None:
    hand = a_hand()
    first = an_order(a_line("1"), a_line("2"))
    second = an_order(a_line("1", 12), revision=1)
    hand.read(handed(first))
    change = shore().write(second, f"{2:016}", AT, knowing(first, second)).data
    read = hand.read(change)
    assert read is not None
    assert (read.revision, [line.line for line in read.lines]) == (1, ["1"])


def test_what_is_said_again_is_the_same_idoc_and_what_is_said_anew_is_not() -> None:
    hand, order = a_hand(), an_order()
    hand.read(handed(order))
    booked = PostingResult(id=order.id, result="booked", number="SO-1")
    ((_, once),) = hand.write(booked, "a")
    ((_, again),) = hand.write(booked, "b")
    ((_, other),) = hand.write(booked.model_copy(update={"number": "SO-2"}), "c")
    assert once == again
    assert heard(once).docnum != heard(other).docnum


@pytest.mark.parametrize(("result", "message"), [("booked", None), ("refused", "the period is closed")])
def test_the_audit_is_about_the_idoc_of_the_order(result: Literal["booked", "refused"], message: str | None) -> None:
    hand, order = a_hand(), an_order()
    hand.read(handed(order, 4711))
    number = "SO-1" if result == "booked" else None
    ((name, data),) = hand.write(PostingResult(id=order.id, result=result, number=number, message=message), "said")
    (said,) = heard(data).said
    assert isinstance(said, SapResult)
    assert name == "said.xml"
    assert (said.docnum, said.result, said.number) == (f"{4711:016}", result, number)
    assert (message or "None") in str(said.message)


@pytest.mark.parametrize("document", [an_entry(), an_adjustment(), a_transfer()])
def test_any_other_idoc_can_be_booked_too(document: ErpDocument) -> None:
    hand = a_hand()
    data = shore().write(document, f"{7:016}", AT, knowing()).data
    assert hand.read(data) is None
    _, audit = hand.book(data, "4900000017", "said")
    (said,) = heard(audit).said
    assert isinstance(said, SapResult)
    assert (said.docnum, said.result, said.number) == (f"{7:016}", "booked", "4900000017")


def test_an_answer_in_parts_comes_back_in_the_same_parts() -> None:
    hand = a_hand()
    order = an_order(a_line("1", 24), a_line("2", 24), a_line("3", 24), a_line("4", 24))
    hand.read(handed(order))
    lines = (
        {"line": "1", "accepted": "24", "ships_on": "2026-11-26"},
        {"line": "2", "backordered": "24", "backorder_until": "2026-12-01"},
        {"line": "3", "rejected": "24", "reason": "discontinued"},
        {
            "line": "4",
            "accepted": "12",
            "ships_on": "2026-11-26",
            "backordered": "8",
            "backorder_until": "2026-12-01",
            "rejected": "4",
            "reason": "out_of_stock",
        },
    )
    answer = ErpOrderResponse.model_validate(
        {"partner": "amazon-eu", "purchase_order": "7Q8K2W1P", "sales_order": "SO-1", "lines": lines}
    )
    ((_, data),) = hand.write(answer, "said")
    (said,) = heard(data, order).said
    assert said == answer


def test_what_the_toy_cannot_say_it_does_not_say() -> None:
    with pytest.raises(TypeError, match="says no sales-order"):
        a_hand().write(an_order(), "said")
    with pytest.raises(TypeError):
        a_hand().read(b"<html/>")
