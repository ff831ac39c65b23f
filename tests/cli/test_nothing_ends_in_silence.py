"""Stories that must not end in silence: what was refused, dropped or never booked stays somebody's until it is done."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import (
    LATER,
    LATER_STILL,
    LEFT,
    acknowledge,
    codes,
    sent,
    shipment,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House

MUCH_LATER = "2026-12-08T12:00:00Z"


@pytest.fixture
def answered(house: "House") -> "House":
    """An order whose answer is delivered."""
    take_answered(house)
    return house


def case(house: "House", code: str) -> dict[str, Any]:
    """The one open case of this code."""
    [found] = [each for each in house.cases if each["code"] == code]
    return found


def met(house: "House") -> dict[str, bool]:
    return {each["what"]: each["met"] for each in house.json("orders", "show", "A1")["deadlines"]}


# A ship notice that the partner refused


@pytest.fixture
def refused(answered: "House") -> "House":
    """A shipment has left, and its 856 came back refused."""
    tell(answered, shipment(), LEFT)
    acknowledge(answered, sent(answered, "856")[-1], "R", LATER)
    return answered


def test_a_refused_ship_notice_says_what_money_waits_for_it(refused: "House") -> None:
    assert case(refused, "acknowledgement-rejected")["at_stake"] == "681.00"


def test_a_refused_ship_notice_is_due_also_when_its_refusal_was_closed_by_hand(refused: "House") -> None:
    refused.run("cases", "resolve", case(refused, "acknowledgement-rejected")["id"], "--reason", "looked at")
    refused.once(LATER_STILL)
    due = case(refused, "ship-notice-due")
    assert (due["owner"], due["due_at"]) == ("operations", "2026-11-20T22:40:00Z")
    assert "the partner has no ship notice of it; it was due" in due["message"]
    assert not met(refused)["cancellation"]
    refused.once(MUCH_LATER)
    assert {"ship-notice-due", "cancellation-risk", "window-ending"} <= set(codes(refused))


def test_a_correction_of_a_refused_ship_notice_that_the_partner_takes_ends_its_cases(refused: "House") -> None:
    tell(refused, shipment(revision=1), LATER_STILL)
    acknowledge(refused, sent(refused, "856")[-1], "A", LATER_STILL)
    assert codes(refused) == []
    assert met(refused)["cancellation"]


def test_a_correction_that_its_gate_keeps_back_lets_the_refused_one_be_due(refused: "House") -> None:
    """The blocked revision tells it, and no deadline counts the refused one as having left."""
    tell(refused, shipment(revision=1, scac=None), LATER_STILL)
    assert codes(refused) == ["ship-notice-blocked"]
    assert not met(refused)["ship-notice:SHP1"]
    refused.once(MUCH_LATER)
    assert "cancellation-risk" in codes(refused)
