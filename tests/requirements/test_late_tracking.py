"""A tracking number that is missing when goods leave: the risk is shown in time, and lateness is known."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import LATER_STILL, LEFT, MENDED, sent, shipment, take_answered, tell

if TYPE_CHECKING:
    from tests.conftest import House

CLOSES = "2026-11-20T22:40:00Z"  # half an hour after the goods left


def untracked() -> dict[str, Any]:
    said = shipment()
    said["packs"][1]["tracking"] = None
    return said


@pytest.mark.requirement("V20")
def test_a_missing_tracking_number_is_shown_with_the_time_that_is_left(house: "House") -> None:
    take_answered(house)
    tell(house, untracked(), LEFT)
    [case] = house.cases
    assert (case["code"], case["due_at"]) == ("ship-notice-blocked", CLOSES)
    assert "has no tracking number" in case["message"]
    rows = house.json("deadlines", "--at", MENDED)
    assert [(row["due_at"], row["left"]) for row in rows if row["what"].startswith("ship-notice")] == [
        (CLOSES, "25 min left")
    ]
    tell(house, shipment(revision=1), MENDED)
    assert (len(sent(house, "856")), house.cases, passed(house)) == (1, [], [])


def passed(house: "House") -> list[tuple[str, str]]:
    """The deadlines of ship notices that were told to be over."""
    events = house.history("event:deadline-passed")
    return [(each.body["what"], each.body["due_at"]) for each in events if each.body["what"].startswith("ship-notice")]


@pytest.mark.requirement("V20")
def test_a_tracking_number_that_comes_too_late_leaves_and_is_known_to_be_late(house: "House") -> None:
    take_answered(house)
    tell(house, untracked(), LEFT)
    house.once(CLOSES)
    tell(house, shipment(revision=1), LATER_STILL)
    assert len(sent(house, "856")) == 1
    assert passed(house) == [("ship-notice:SHP1", CLOSES)]
