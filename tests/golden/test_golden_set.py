"""The golden conversations: consistent in themselves, valid file by file, and what an instance really sends."""

import csv
import json
import tomllib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.instance import mappings_of
from gateway.sap.profile import SapProfile
from gateway.simulate.toy_sap import SapWriting
from gateway.simulate.writing import XmlWriting
from tests.golden.play import GOLDEN, Play, comparable, control_number, files_of, names, story_of, turns_of
from tests.judge.judgement import judge_folder

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.golden.play import File

PENDING: dict[str, str] = {}
"""Conversations that an instance cannot play yet, and why."""

PACKS = {
    row["gtin_case"]: int(row["case_pack"])
    for row in csv.DictReader((GOLDEN / "masters" / "items.csv").read_text().splitlines())
    if row["case_pack"]
}
LEDGER = ("line", "ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")
EDI = sorted(GOLDEN.glob("*/*.edi"))
GUIDES = {"x12": "amazon-us", "edifact": "amazon-eu"}


def short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("name", names())
def test_a_conversation_is_consistent(name: str) -> None:
    wire = [file for file in files_of(name) if file.direction in ("sent", "received")]
    assert judge_folder([(way_of(file), file.path.read_bytes()) for file in wire], PACKS) == []


@pytest.mark.parametrize("path", EDI, ids=short)
def test_a_file_is_valid(path: Path) -> None:
    guide = GUIDES[path.parent.name.partition("-")[0]]
    result = CliRunner().invoke(main, ["validate", str(path), "--guide", guide, "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


@pytest.mark.parametrize("name", names())
def test_the_story_lists_every_file_in_order(name: str) -> None:
    files = files_of(name)
    listed = [file.path.name for file in files]
    assert listed == sorted(path.name for path in (GOLDEN / name).iterdir() if path.name != "story.toml")
    assert [int(file[:2]) for file in listed] == list(range(1, len(listed) + 1))
    times = [file.at for file in files]
    assert times == sorted(times)
    assert all(file.path.name[3:].startswith(WRITERS[file.direction]) for file in files)


WRITERS = {"received": "partner", "sent": "gateway", "from-erp": "erp", "to-erp": "gateway"}


SAP = """
[erp.sap]
sap_port = "SAPECC"
sap_system = "ECCCLNT100"
form = "{form}"
shipment_number = "external"
backorder = "second-date"
reasons = {{ Z1 = "out_of_stock", Z2 = "discontinued" }}
modes = {{ "0001" = "parcel", "0002" = "ltl" }}

[erp.sap.sales.AMAZON-US]
number = "100234"
[erp.sap.sales.AMAZON-EU]
number = "100235"
[erp.sap.places.NWDC]
plant = "1000"
shipping_point = "1000"
[erp.sap.places.4099999001019]
plant = "2000"
shipping_point = "2000"
"""
CUSTOMERS = {"100234": "amazon-us", "100235": "amazon-eu"}


def play_of(house: "House", form: str) -> Play:
    """An instance whose ERP writes so."""
    if form == "json":
        return Play(house)
    if form == "xml":
        return Play(
            house, XmlWriting(), lambda config: config.replace('kind = "files"', 'kind = "files"\nform = "xml"')
        )
    told = SAP.format(form="flat" if form == "idoc-flat" else "xml")
    profile = SapProfile.model_validate(tomllib.loads(told)["erp"]["sap"])
    writing = SapWriting(profile, mappings_of(None).idocs, CUSTOMERS)
    return Play(house, writing, lambda text: text.replace('kind = "files"', 'kind = "sap-idoc"') + told, in_sap)


def in_sap(order: dict[str, Any]) -> object:
    """What ORDERS05 says of a sales order: SAP has its own name for the customer, and no unit but its own."""
    lines = [(line["line"], line["sku"], line["base"], Decimal(line["amount"])) for line in order["lines"]]
    return [order[name] for name in ("id", "revision", "currency", "ordered_on")], str(lines)


@pytest.mark.parametrize("form", ["json", "xml", "idoc", "idoc-flat"])
@pytest.mark.parametrize("name", [name for name in names() if name not in PENDING])
def test_an_instance_sends_what_is_written_whatever_form_the_erp_speaks(
    name: str, form: str, make_house: Callable[..., "House"]
) -> None:
    turns = turns_of(name)
    begins_at = turns[0].comes.at - timedelta(hours=1)
    play = play_of(make_house("house", "--at", f"{begins_at:%Y-%m-%dT%H:%M:%SZ}"), form)
    play.begin(begins_at)
    for turn in turns:
        faults = play.take(turn)
        assert not faults, "\n".join(faults)
    assert judge_folder(play.wire, PACKS) == []
    story = story_of(name)
    shown = play.house.json("orders", "show", story["order"])
    assert shown["stage"] == story["stage"]
    assert [{key: line[key] for key in LEDGER} for line in shown["lines"]] == story["lines"]


def test_what_is_pending_is_a_conversation() -> None:
    assert set(PENDING) <= set(names())


def test_every_conversation_stands_in_the_readme() -> None:
    text = (GOLDEN / "README.md").read_text()
    assert [name for name in names() if f"`{name}`" not in text] == []


def test_only_what_is_an_instance_s_own_is_left_out_of_the_comparison() -> None:
    data = (GOLDEN / "x12-clean-order" / "06-gateway-855.edi").read_bytes()
    assert control_number(data) == "2"
    assert comparable(data.replace(b"*2~", b"*7~").replace(b"*2*X*", b"*7*X*")) == comparable(data)
    assert comparable(data.replace(b"ACK*IA*24", b"ACK*IA*23")) != comparable(data)
    advice = (GOLDEN / "edifact-clean-order" / "09-gateway-DESADV.edi").read_bytes()
    assert control_number(advice) == "3"
    assert comparable(advice.replace(b"+3++++1", b"+8++++1").replace(b"UNZ+1+3", b"UNZ+1+8")) == comparable(advice)
    assert comparable(advice.replace(b"QTY+12:24", b"QTY+12:23")) != comparable(advice)


def way_of(file: "File") -> Literal["sent", "received"]:
    return cast("Literal['sent', 'received']", file.direction)
