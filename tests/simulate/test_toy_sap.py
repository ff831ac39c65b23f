"""The golden conversations over IDocs: the same toy ERP with another hand, and the same bytes at Amazon's side."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import structlog

from gateway import config as configuration
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.simulate.amazon import Habits
from gateway.simulate.conversation import Conversation, SimulatedClock
from gateway.simulate.toy_erp import Ways
from gateway.simulate.toy_sap import SapWriting
from gateway.simulate.writing import JsonWriting, Writing
from tests.conftest import House, keeps_the_laws
from tests.simulate.test_conversations import ITEMS, SHIPPED
from tests.simulate.transcript import transcript

BEGINS = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
PROFILE = """
[erp.sap]
sap_port = "SAPECC"
sap_system = "ECCCLNT100"
form = "{form}"
shipment_number = "external"
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


@pytest.mark.parametrize("form", ["xml", "flat"])
@pytest.mark.parametrize("partner", ["amazon-us", "amazon-eu"])
@pytest.mark.parametrize("seed", range(4))
def test_a_conversation_over_idocs_says_the_same_to_amazon_as_one_over_json(
    seed: int, partner: str, form: str, tmp_path: Path
) -> None:
    _, spoken = converse(Random(seed), tmp_path / "json", 2, partner, "json")
    house, said = converse(Random(seed), tmp_path / form, 2, partner, form)
    assert house.waiting == []
    assert house.quarantine == {}
    assert said == spoken
    assert any(b"855" in each or b"ORDRSP" in each for each in said)
    keeps_the_laws(house)
