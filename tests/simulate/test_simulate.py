"""`gateway simulate`, as somebody uses it who wants to see an instance work before anybody real writes to it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click import UsageError

from gateway import config as configuration
from gateway.cli.simulating import partners_to_play
from tests.conftest import House

AT = ("--at", "2026-11-20T20:00:00Z")


def played(house: House, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.run("simulate", *AT, *options, "--json").stdout)
    return found


def test_orders_are_played_to_the_end_and_the_journal_is_whole(house: House) -> None:
    found = played(house, "--orders", "3", "--days", "1", "--seed", "5")
    assert (found["orders"], found["lost"]) == (3, 0)
    orders = house.json("orders", "list")
    assert len(orders) == 3
    assert {"997", "855", "856", "810"} <= set(found["sent"]) or {"CONTRL", "ORDRSP", "DESADV", "INVOIC"} <= set(
        found["sent"]
    )
    assert found["cases_open"] == len(house.cases)
    assert house.waiting == []
    house.run("journal", "verify")


def test_what_is_sent_is_counted_as_it_lies_in_the_folder(house: House) -> None:
    found = played(house, "--orders", "2", "--days", "1", "--partner", "amazon-us")
    files = [path.name for path in (house.folder / "amazon" / "out").glob("*.edi")]
    assert found["sent"] == {kind: sum(f"_{kind}_" in name for name in files) for kind in found["sent"]}
    assert sum(found["sent"].values()) == len(files)


def test_money_is_that_of_the_receivables(house: House) -> None:
    found = played(house, "--orders", "2", "--days", "1", "--partner", "amazon-us", "--seed", "2")
    rows = house.json("remittances", "list")
    assert rows
    for name, column in (("invoiced", "amount"), ("paid", "paid")):
        assert float(found["money"]["USD"][name]) == pytest.approx(sum(float(row[column]) for row in rows))


def test_the_same_seed_plays_the_same_conversation(make_house: Callable[..., House]) -> None:
    first, second = (played(make_house(name), "--orders", "2", "--days", "1") for name in ("one", "two"))
    assert first == second


def test_another_conversation_follows_on_the_same_instance(house: House) -> None:
    once = played(house, "--orders", "1", "--days", "1")
    again = played(house, "--orders", "1", "--days", "1")
    assert (once["lost"], again["lost"]) == (0, 0)
    assert len(house.json("orders", "list")) == 2
    assert house.quarantine == {}


def test_the_summary_is_a_few_lines_and_nothing_else(house: House) -> None:
    shown = house.run("simulate", *AT, "--orders", "1", "--days", "1", "--partner", "amazon-us")
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("1 order played until ")
    assert lines[1].startswith("sent: ")
    assert any(line.startswith("USD: ordered ") for line in lines)
    assert len(lines) < 15


def test_a_partner_that_may_be_live_is_left_alone(house: House) -> None:
    house.configure('our_id = "ZZ:5551234567"', 'our_id = "ZZ:5557654321"')
    said = house.run("simulate", *AT, "--orders", "1", code=2)
    assert "amazon-us may be live" in said.stderr
    assert "--yes" in said.stderr
    assert not list((house.folder / "amazon" / "out").glob("*.edi"))
    assert played(house, "--orders", "1", "--days", "1", "--partner", "amazon-us", "--yes")["lost"] == 0


def test_a_partner_that_is_a_test_is_played(house: House) -> None:
    house.configure('our_id = "ZZ:5551234567"', 'our_id = "ZZ:5557654321"')
    house.configure("test   = false  ", "test   = true   ")
    assert played(house, "--orders", "1", "--days", "1", "--partner", "amazon-us")["lost"] == 0


def test_a_channel_that_is_no_folder_is_left_alone(house: House) -> None:
    config = configuration.load(house.config)
    channel = config.channels["amazon"].model_copy(update={"kind": "sftp"})
    elsewhere = config.model_copy(update={"channels": {"amazon": channel}})
    with pytest.raises(UsageError, match="only folders can be played"):
        partners_to_play(elsewhere, None, yes=True)


def test_a_partner_that_there_is_not_is_named(house: House) -> None:
    said = house.run("simulate", *AT, "--partner", "amazon-mx", code=1)
    assert "there is no partner amazon-mx" in said.stderr


def test_masters_that_lack_something_are_named(house: House) -> None:
    for path in (house.folder / "erp" / "in").iterdir():
        path.unlink()
    said = house.run("simulate", *AT, "--orders", "1", code=1)
    assert "locations.csv has no place to ship to" in said.stderr


def test_nobody_is_alerted_of_what_was_only_played(house: House) -> None:
    played(house, "--orders", "3", "--days", "1", "--seed", "4")
    assert house.history("case-opened")
    assert {tuple(entry.body["to"]) for entry in house.history("alert-queued")} == {()}
