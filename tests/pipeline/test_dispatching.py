"""What leaves: names of files are plain whatever a partner's numbers hold."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gateway.documents import FunctionalAcknowledgement
from gateway.instance import fixed_clock, locked, open_instance
from gateway.pipeline import Desk, dispatch
from gateway.turn import Turn

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.mark.parametrize("number", ["A/../B", "PO 7", "..", "x" * 300, "ä%ö"])
def test_a_file_gets_a_plain_name(house: "House", number: str) -> None:
    at = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
    answer = FunctionalAcknowledgement(group="PO", control_number="7", verdict="accepted", declared=0, received=0)
    with open_instance(house.config, clock=fixed_clock(at)) as instance, locked(instance):
        with instance.journal.transaction(at) as tx:
            desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, at)
            partner = instance.config.partners["amazon-us"]
            dispatch(answer.model_copy(update={"accepted": 0}), "997", partner, desk, business_number=number)
        Turn(instance).run()
    [sent] = (house.folder / "amazon" / "out").glob("*.edi")
    assert sent.name.isascii()
    assert " " not in sent.name
    assert house.cases == []
