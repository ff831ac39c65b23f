"""An order that has just come is not read again in its transaction: it is, to the letter, what the journal says."""

from contextlib import suppress
from pathlib import Path

import pytest

from gateway.documents import PurchaseOrder
from gateway.pipeline import Desk, changing
from gateway.pipeline.chronicle import state_of
from tests.pipeline.conftest import NOW, Wire

GOLDEN = Path(__file__).parents[2] / "samples" / "golden"
# The ids of the sellers in the samples, and those of the shipped example.
OURS = ((b"5550004321", b"5551234567"), (b"4099999001002", b"4012345000009"))


class TakenBackError(Exception):
    """What ends a part of a transaction that is not wanted."""


def order_of(story: str) -> bytes:
    """The order that a story begins with, sent to the shipped example."""
    [file] = (GOLDEN / story).glob("01-partner-*.edi")
    data = file.read_bytes()
    for theirs, ours in OURS:
        data = data.replace(theirs, ours)
    return data


@pytest.mark.parametrize(
    "story", ["x12-clean-order", "x12-collect-freight", "x12-price-mismatch", "edifact-clean-order"]
)
def test_an_order_at_hand_is_the_one_that_the_journal_has(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, story: str
) -> None:
    kept: list[tuple[PurchaseOrder, PurchaseOrder]] = []

    def keep_at_hand(order: PurchaseOrder, document: str, desk: Desk) -> None:
        kept.append((order, PurchaseOrder.model_validate(desk.tx.body_of(document))))

    monkeypatch.setattr(changing, "keep_at_hand", keep_at_hand)
    assert not wire.receive(order_of(story)).reasons
    [(at_hand, read)] = kept
    assert at_hand == read
    assert at_hand.model_dump_json() == read.model_dump_json()


def test_what_was_taken_back_is_not_at_hand(wire: Wire) -> None:
    wire.receive(order_of("x12-clean-order"))
    [document] = wire.documents("850")
    with wire.journal.transaction(NOW) as tx:
        desk = Desk(wire.config, wire.mappings, None, tx, NOW)  # type: ignore[arg-type]  # nobody asks for masters
        state = state_of(tx, document.partner, document.business_number)
        assert state is not None
        order = changing.order_of(state, desk)
        other = order.model_copy(update={"number": "OTHER"})
        with suppress(TakenBackError), tx.savepoint():
            changing.keep_at_hand(other, document.id, desk)
            assert changing.order_of(state, desk) == other
            raise TakenBackError
        assert changing.order_of(state, desk) == order
