"""A fault of ours in one order of many costs that order alone: the others go on, and somebody hears of it."""

from typing import TYPE_CHECKING

import pytest

from gateway.errors import JournalUnavailable, MappingError
from gateway.pipeline import outgoing
from tests.cli.conversation import ORDERED

if TYPE_CHECKING:
    from gateway.config import Partner
    from gateway.lifecycle.orders import OrderState
    from gateway.pipeline import Desk
    from tests.conftest import House

NEW = "5*EA*9.99*PE*VN*NEW-1"  # an item that nobody knows yet: the order waits
SPLIT_AT = "2026-11-21T18:00:00Z"  # no longer waited for


def _break(monkeypatch: pytest.MonkeyPatch, number: str, error: Exception) -> None:
    """Every look at this order raises, after it has written something."""
    real = outgoing.go_on

    def go_on(state: "OrderState", partner: "Partner", desk: "Desk") -> bool:
        if state.purchase_order == number:
            desk.note("half-done", {}, f"order:{partner.name}:{number}")
            raise error
        return real(state, partner, desk)

    monkeypatch.setattr(outgoing, "go_on", go_on)


@pytest.fixture
def waiting(house: "House") -> "House":
    """Three orders that wait for an item."""
    for number in range(1, 4):
        house.drop(f"{number}.edi", house.interchange(house.order(f"A{number}", NEW), control=100 + number))
    house.once(ORDERED)
    return house


@pytest.mark.parametrize("error", [ValueError("odd"), MappingError("line 3")])
def test_the_others_go_on_and_the_case_closes_when_it_does(
    waiting: "House", monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as broken:
        _break(broken, "A2", error)
        waiting.once(SPLIT_AT)
        waiting.once(SPLIT_AT)
    stages = {number: waiting.json("orders", "show", number)["stage"] for number in ("A1", "A2", "A3")}
    assert stages["A1"] == stages["A3"] == "rejected"
    assert stages["A2"] != "rejected"
    [case] = [each for each in waiting.cases if each["code"] == "internal-error"]
    assert case["owner"] == "IT"
    assert f"order A2 does not go on: {type(error).__name__}: {error}" in case["message"]
    assert waiting.history("half-done") == []
    waiting.once("2026-11-21T18:01:00Z")
    assert waiting.json("orders", "show", "A2")["stage"] == "rejected"
    assert "internal-error" not in [each["code"] for each in waiting.cases]


def test_a_journal_that_cannot_be_written_is_no_fault_of_an_order(
    waiting: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, "A2", JournalUnavailable("the disk is full"))
    waiting.once(SPLIT_AT, code=75)
    monkeypatch.undo()
    assert "internal-error" not in [each["code"] for each in waiting.cases]
