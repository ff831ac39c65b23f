"""What a newcomer gets wrong is found by `gateway doctor`, and each problem ends with what to do."""

import json
import os
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gateway.checkup.keys import what_is_wrong_with
from gateway.cli import main
from gateway.instance import locked, open_instance

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import House

AT = "2026-11-20T21:30:00Z"


def looks(house: "House") -> dict[str, dict[str, str]]:
    told = CliRunner().invoke(main, ["-c", str(house.config), "doctor", "--at", AT, "--json"])
    return {look["what"]: look for look in json.loads(told.stdout)}


def problems(house: "House") -> dict[str, str]:
    return {what: look["problem"] for what, look in looks(house).items() if look["problem"]}


def stranger(house: "House", party: str = "ZZ*AMAZON-EUROPE ", control: int = 102) -> None:
    house.drop(f"other-{control}.edi", house.interchange(house.order("GOOD"), control=control, party=party))
    house.once()


# Partners


def test_the_ids_that_came_stand_beside_those_that_never_did(house: "House") -> None:
    house.configure('id     = "ZZ:AMAZON"', 'id     = "ZZ:AMAZN"')
    stranger(house, "ZZ*AMAZON         ")
    said = problems(house)["partners"]
    assert "no file was ever from amazon-us, amazon-eu, and 1 came that nobody is known for" in said
    assert "id = 'ZZ:AMAZON', our_id = 'ZZ:5551234567', test = false" in said
    assert "amazon-us has id = 'ZZ:AMAZN', our_id = 'ZZ:5551234567', test = false" in said
    assert "amazon-eu has" not in said  # it is like nothing that came
    assert said.endswith("compare id, our_id and test in config.toml with the envelopes")


def test_a_test_flag_that_differs_is_seen_beside_the_ids(house: "House") -> None:
    house.drop("test.edi", house.interchange(house.order("GOOD"), flag="T"))
    house.once()
    assert "test = true" in problems(house)["partners"]


def test_a_partner_who_never_came_is_a_note_while_no_stranger_came(house: "House") -> None:
    assert problems(house) == {}
    assert looks(house)["partners"]["note"] == "no file was ever from amazon-us, amazon-eu"


# Permissions


def test_a_journal_that_others_may_read_is_a_problem(house: "House") -> None:
    (house.folder / "journal.db").chmod(0o644)
    assert "chmod go= " in problems(house)["permissions"]


def test_a_configuration_that_others_may_change_is_a_problem(house: "House") -> None:
    house.config.chmod(0o666)
    assert f"chmod o-w {house.config}" in problems(house)["permissions"]


def test_a_journal_of_another_user_is_a_problem(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: asked(path, mode) and not str(path).endswith("journal.db"))
    assert "run the gateway as that user" in problems(house)["permissions"]


# Keys


@pytest.fixture
def key(tmp_path: "Path") -> "Path":
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    return file


def test_a_key_without_a_passphrase_is_good(key: "Path") -> None:
    assert what_is_wrong_with(key) is None


@pytest.mark.parametrize("form", [(), ("-m", "PEM")], ids=["openssh", "pem"])
def test_a_key_that_asks_for_a_passphrase_is_found(tmp_path: "Path", form: tuple[str, ...]) -> None:
    file = tmp_path / "closed"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", *form, "-N", "secret", "-f", str(file)], check=True)
    assert "ssh-keygen -p -f" in str(what_is_wrong_with(file))


def test_the_public_half_is_not_taken_for_the_key(key: "Path") -> None:
    assert "name the file without .pub" in str(what_is_wrong_with(key.with_suffix(".pub")))


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----\nabc\n", "\0\xff"])
def test_what_is_no_key_is_said_to_be_none(tmp_path: "Path", text: str) -> None:
    (tmp_path / "no").write_text(text, encoding="latin-1")
    assert "is no private key" in str(what_is_wrong_with(tmp_path / "no"))


def test_a_key_that_is_not_there_is_left_to_those_who_look_for_files(tmp_path: "Path") -> None:
    assert what_is_wrong_with(tmp_path / "away") is None


# Folders, masters, programs


def test_an_order_that_was_put_where_ours_go_is_found(house: "House") -> None:
    house.drop("850.edi", house.interchange(house.order("A1")), "amazon/out")
    said = problems(house)["out folders"]
    assert "850.edi" in said
    assert f"what comes is put into {house.folder / 'amazon' / 'in'}" in said


def test_our_own_files_and_what_is_not_finished_are_no_strangers(house: "House") -> None:
    house.drop("850.edi", house.interchange(house.order("A1")))
    house.once()
    (house.folder / "amazon" / "out" / ".hidden").touch()
    assert "out folders" not in problems(house)


def test_files_that_wait_while_nobody_works_are_told(house: "House") -> None:
    house.drop("850.edi", house.interchange(house.order("A1")))
    note = looks(house)["waiting files"]["note"]
    assert f"1 in {house.folder / 'amazon' / 'in'}" in note
    assert "until `gateway run` is started" in note
    with open_instance(house.config) as instance, locked(instance):
        assert "gateway run" not in looks(house)["waiting files"]["note"]


def test_a_company_or_warehouse_that_no_row_has_is_found_before_the_first_shipment(house: "House") -> None:
    house.once()
    assert problems(house) == {}
    house.configure('warehouse = "ACME1"', 'warehouse = "ACMEE1"')
    said = problems(house)["masters"]
    assert "warehouse = 'ACMEE1' of account ACME1 of amazon-us is no row of locations.csv" in said
    assert "did you mean 'ACME1'?" in said


def test_masters_that_never_came_are_told(house: "House") -> None:
    assert "no items.csv and no locations.csv came yet" in looks(house)["masters"]["note"]


def test_an_old_sqlite_is_a_problem(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks(house)["sqlite"]["note"] == f"SQLite {sqlite3.sqlite_version}"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 22, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.22.0")
    assert "3.22.0 is older than 3.37.0: install a newer Python" in problems(house)["sqlite"]


def test_a_series_of_labels_that_ends_soon_is_a_problem(house: "House") -> None:
    house.configure('# gs1_prefix    = "0614141"', 'gs1_prefix      = "061414112345"')
    assert "labels" not in problems(house)
    house.configure("start_at        = 1  ", "start_at        = 9500  ")
    assert "has 500 numbers left: set another extension_digit" in problems(house)["labels"]


def test_every_problem_has_a_line_and_what_is_fine_too(house: "House") -> None:
    house.config.chmod(0o666)
    lines = house.run("doctor", "--at", AT, code=1).stdout.splitlines()
    assert [line for line in lines if line.startswith("PROBLEM")] != []
    assert {line[9:].split("  ")[0] for line in lines} >= {"configuration", "permissions", "keys", "sqlite", "partners"}
