"""What the ERP says wrongly never reaches the partner: each file of it is spoilt in every way that a person knows of.

A conversation is played up to the file; then the file comes, spoilt, to a copy of the instance. Nothing may leave but
what an independent reader of the bytes has no complaint about, and the instance must say what is wrong.
"""

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.golden.play import Play, Turn, turns_of
from tests.judge.judgement import judge_folder

if TYPE_CHECKING:
    from tests.conftest import House

Json = dict[str, Any]
Spoil = Callable[[Json], object]
PACKS = {"10099999000020": 8}


def head(**changes: Any) -> Spoil:
    """These fields of the document become others."""
    return lambda document: document.update(changes)


def line(number: int = 0, **changes: Any) -> Spoil:
    """These fields of one line become others."""
    return lambda document: document["lines"][number].update(changes)


def pack(number: int = 0, **changes: Any) -> Spoil:
    """These fields of one pack become others."""
    return lambda document: document["packs"][number].update(changes)


def item(number: int = 0, **changes: Any) -> Spoil:
    """These fields of what one pack holds become others."""
    return lambda document: document["packs"][number]["items"][0].update(changes)


def again(of: str) -> Spoil:
    """The first line or pack comes twice."""
    return lambda document: document[of].append(copy.deepcopy(document[of][0]))


def without(of: str) -> Spoil:
    """The last line or pack is left out."""
    return lambda document: document[of].pop()


SPOILT: Mapping[str, Mapping[str, Spoil]] = {
    "order-response": {
        "nothing is wrong": head(),
        "a line is left out": without("lines"),
        "no line is answered": head(lines=[]),
        "a line is answered twice": again("lines"),
        "too little is accepted": line(accepted="16"),
        "too much is accepted": line(accepted="32"),
        "less than nothing is rejected": line(accepted="32", rejected="-8", reason="out_of_stock"),
        "a back-order has no date": line(1, accepted="16", backordered="16"),
        "a rejection has no reason": line(accepted="16", rejected="8"),
        "a rejection has a reason that nobody knows": line(accepted="16", rejected="8", reason="moon"),
        "a line was never ordered": line(line="7"),
        "what is accepted has no date": line(ships_on=None),
        "an order is answered that never came": head(purchase_order="6NX99QTA"),
    },
    "shipment": {
        "nothing is wrong": head(),
        "no carrier": head(carrier=None),
        "a carrier without a code": head(carrier={"scac": ""}),
        "a carrier with a code that is none": head(carrier={"scac": "TBD"}),
        "no bill of lading": head(bill_of_lading=None),
        "a bill of lading with a blank": head(bill_of_lading="NWB 1"),
        "no ship date": head(shipped_at=None),
        "no day of arrival": head(estimated_delivery=None),
        "an arrival before the departure": head(estimated_delivery="2027-01-02"),
        "no place it leaves from": head(ship_from=None, ship_to=None),
        "a place that nobody knows": head(ship_from={"code": "NOWHERE"}),
        "another place than the order's": head(ship_to={"code": "NWDC"}),
        "no packs": head(packs=[]),
        "no label": pack(sscc=None),
        "a label with a wrong check digit": pack(sscc="009999900000010117"),
        "a label of seventeen digits": pack(sscc="00999990000001011"),
        "a label that comes twice": again("packs"),
        "a pack of a kind that nobody knows": pack(type="barrel"),
        "a pack with nothing in it": pack(items=[]),
        "a pack on a pallet that is not there": pack(within="009999900000099999"),
        "more than was promised": item(quantity="240"),
        "nothing of a line": item(quantity="0"),
        "less than nothing": item(quantity="-24"),
        "a broken piece": item(quantity="24.5"),
        "a line that was never ordered": item(line="7"),
        "an order that never came": item(purchase_order="6NX99QTA"),
        "another partner": head(partner="amazon-mx"),
    },
    "invoice": {
        "nothing is wrong": head(),
        "a higher price": line(price={"amount": "8.45", "per": "1", "unit": "each"}, amount="202.80"),
        "a price for another number of pieces": line(price={"amount": "8.40", "per": "12", "unit": "each"}),
        "an amount that is not quantity times price": line(amount="201.61"),
        "a total that is not the sum": head(total="417.61"),
        "no total": head(total="0"),
        "more than was shipped": line(quantity="48", amount="403.20"),
        "nothing": line(quantity="0", amount="0.00"),
        "less than nothing": line(quantity="-24", amount="-201.60"),
        "a line that was never ordered": line(line="7"),
        "an order that never came": line(purchase_order="6NX99QTA"),
        "a line twice": again("lines"),
        "another currency": head(currency="JPY"),
        "a date before the order": head(invoiced_on="2026-12-01"),
        "a date before the shipment": head(invoiced_on="2027-01-12"),
        "a tax that nobody owes": head(taxes=[{"rate": "7", "taxable": "100.00", "amount": "7.00"}]),
        "a charge that the total does not know": head(charges=[{"kind": "freight", "amount": "5.00"}]),
    },
}
"""The ERP's document -> what is wrong with it -> how it is spoilt."""

# A fact that has happened, or that says nothing false, is told to a person or not at all, and the document leaves.
LEAVES = {"nothing is wrong", "what is accepted has no date"}


@dataclass(frozen=True)
class Stage:
    """A conversation played up to a file of the ERP."""

    play: Play
    turn: Turn
    document: Json


def staged(name: str, kind: str, make_house: Callable[..., "House"]) -> Stage:
    """Play a conversation up to the first document of this kind."""
    turns = turns_of(name)
    begins_at = turns[0].comes.at - timedelta(hours=1)
    play = Play(make_house("house", "--at", f"{begins_at:%Y-%m-%dT%H:%M:%SZ}"))
    play.begin(begins_at)
    for turn in turns:
        if turn.comes.path.name.endswith(f"-erp-{kind}.json"):
            return Stage(play, turn, json.loads(turn.comes.path.read_text()))
        assert not play.take(turn)
    raise AssertionError(f"{name} has no {kind}")


def spoilt_copy(stage: Stage, spoil: Spoil, folder: Path) -> tuple[Play, Turn]:
    """A copy of the instance, and the turn with the spoilt file."""
    house = copy.copy(stage.play.house)
    house.folder = folder / "instance"
    house.config = house.folder / "config.toml"
    shutil.copytree(stage.play.house.folder, house.folder)
    document = copy.deepcopy(stage.document)
    spoil(document)
    path = folder / stage.turn.comes.path.name
    path.write_text(json.dumps(document))
    comes = type(stage.turn.comes)(path, stage.turn.comes.at, stage.turn.comes.direction)
    play = Play(house, wire=list(stage.play.wire), numbers=dict(stage.play.numbers))
    return play, Turn(comes, stage.turn.leaves)


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize("name", ["x12-clean-order", "edifact-clean-order"])
def test_a_spoilt_document_never_leaves(
    name: str, kind: str, make_house: Callable[..., "House"], tmp_path: Path
) -> None:
    stage = staged(name, kind, make_house)
    faults = []
    for number, (what, spoil) in enumerate(SPOILT[kind].items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        play, turn = spoilt_copy(stage, spoil, folder)
        before = len(play.wire)
        play.take(turn)
        faults += [f"{what}: {complaint}" for complaint in judge_folder(play.wire, PACKS)]
        has_left = len(play.wire) > before
        if has_left != (what in LEAVES):
            faults.append(f"{what}: {'it left' if has_left else 'it did not leave'}")
        if not has_left and not play.house.cases:
            faults.append(f"{what}: nobody is told")
    assert not faults, "\n".join(faults)


def test_what_may_leave_is_spoilt_somewhere() -> None:
    assert {what for spoilt in SPOILT.values() for what in spoilt} >= LEAVES
