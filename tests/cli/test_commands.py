"""The command line as a whole: help, hints, exit codes, and a page that knows every verb."""

import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.cli.main import VERBS, who_am_i
from gateway.cli.reference import commands, page
from gateway.errors import GatewayError

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from gateway.cli import main; main(prog_name='gateway')"]
ALL = list(commands())


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder without an instance."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)


def invoke(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


# Help


def test_the_page_of_commands_is_printed_from_them() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m gateway.cli.reference > docs/commands.md"


@pytest.mark.parametrize("context", ALL, ids=lambda context: context.command_path)
def test_every_verb_explains_itself(context: click.Context) -> None:
    words = context.command_path.split()[1:]
    told = invoke(*words, "--help")
    assert told.startswith("Usage: ")
    assert context.command.help
    assert context.command.help.splitlines()[0].endswith(".")
    assert told == invoke(*words, "-h")
    for option in context.command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{context.command_path} {option.name} says nothing"


def test_all_verbs_are_found() -> None:
    assert {context.command_path.split()[1] for context in ALL} == set(VERBS)


@pytest.mark.parametrize("words", [(), ("orders",), ("documents",), ("cases",), ("journal",), ("partners",)])
def test_a_group_alone_prints_its_help(words: tuple[str, ...]) -> None:
    told = invoke(*words, code=2)
    assert "Commands:" in told
    assert "Options:" in told


def test_summaries_fit_a_narrow_terminal() -> None:
    told = CliRunner(env={"COLUMNS": "80"}).invoke(main, ["--help"]).output
    assert "..." not in told.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("ordrs",), "did you mean 'orders'?"),
        (("xyzzy",), "no such verb: 'xyzzy'"),
        (("once", "--fail-on-problem"), "--fail-on-problems"),
        (("orders", "list", "--jsn"), "--json"),
        (("--confg", "x"), "--config"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_there_is(words: tuple[str, ...], hint: str) -> None:
    assert hint in invoke(*words, code=2)


def test_the_version_is_told() -> None:
    assert re.match(r"gateway, version \d+\.\d+", invoke("--version"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell: str) -> None:
    assert "_GATEWAY_COMPLETE" in invoke("completion", shell)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-20T21:02:00"])
def test_an_instant_needs_its_zone(house: "House", at: str) -> None:
    assert "write 2026-11-20T21:02:00Z" in house.run("once", "--at", at, code=2).stderr


# Instances that are not there, or not whole


@pytest.mark.parametrize("verb", ["once", "check", "doctor", "partners list", "orders list", "journal verify"])
def test_a_config_that_is_not_there_says_what_to_do(verb: str) -> None:
    told = invoke("-c", "gone/config.toml", *verb.split(), code=78)
    assert "there is no gone/config.toml: name one with -c or $GATEWAY_CONFIG, or make one with `gateway init" in told


def test_the_config_is_found_by_option_environment_and_place(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CONFIG", str(house.config))
    assert "amazon-us" in invoke("partners", "list")
    monkeypatch.delenv("GATEWAY_CONFIG")
    monkeypatch.chdir(house.folder)
    assert "amazon-us" in invoke("partners", "list")


@pytest.mark.parametrize("verb", ["once", "orders list", "documents show 1", "cases list", "journal verify"])
def test_a_journal_that_is_not_there_says_so(house: "House", verb: str) -> None:
    (house.folder / "journal.db").unlink()
    house.is_sound = False
    told = house.run(*verb.split(), code=70)
    assert "there is no journal here: check the path, or make an instance with `gateway init`" in told.stderr


def test_a_folder_with_something_in_it_is_not_made_an_instance(tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me")
    assert "is not empty: name a new folder" in invoke("init", str(folder), code=73)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    assert "cannot be made an instance" in invoke("init", str(folder / "letter.txt"), code=73)


def test_an_empty_folder_is_made_an_instance(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "next: fill in" in invoke("init", str(tmp_path / "empty"))


def test_a_new_instance_says_what_is_to_be_filled_in(tmp_path: Path) -> None:
    config = tmp_path / "new" / "config.toml"
    invoke("init", str(config.parent))
    told = invoke("-c", str(config), "check", code=78)
    lines = config.read_text().splitlines()
    missing = {}
    for line in told.splitlines():
        place, number, said = line.split(":", 2)
        assert place == str(config)
        missing[said.split(":")[0].strip()] = lines[int(number) - 1]
    assert set(missing) == {
        "partners.amazon-us.id",
        "partners.amazon-us.our_id",
        "partners.amazon-us.accounts.VENDOR-CODE.company",
        "partners.amazon-us.accounts.VENDOR-CODE.customer",
        "partners.amazon-us.accounts.VENDOR-CODE.currency",
    }
    assert all(missing[key].startswith(key.rpartition(".")[2]) for key in missing)
    found = json.loads(invoke("-c", str(config), "check", "--json", code=78))
    assert {problem["line"] for problem in found} == {int(line.split(":")[1]) for line in told.splitlines()}
    assert "fill in" in invoke("-c", str(config), "once", code=78)


def test_a_filled_in_instance_is_in_order_and_runs(make_house: Callable[..., "House"]) -> None:
    house = make_house("new", "--at", "2026-11-20T19:00:00Z")
    for empty, filled in (
        ('\nid     = ""', '\nid     = "ZZ:AMAZON"'),
        ('our_id = ""', 'our_id = "ZZ:5551234567"'),
        ("VENDOR-CODE]", "ACME1]"),
        ('company  = ""', 'company  = "acme"'),
        ('customer = ""', 'customer = "AMAZON-US"'),
        ('currency = ""', 'currency = "USD"'),
    ):
        house.configure(empty, filled)
    assert "everything is in order" in house.run("check").stdout
    house.items("A,amazon-us,614141000012,UP,,,,active,,no,no,")
    house.drop("order.edi", house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012")))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]


# check and doctor


def test_the_example_is_in_order(house: "House") -> None:
    assert house.json("check") == []
    assert {result["what"] for result in house.json("doctor")} >= {"configuration", "folders", "mappings", "journal"}
    assert "PROBLEM" not in house.run("doctor").stdout


def test_a_missing_folder_is_found(house: "House") -> None:
    shutil.rmtree(house.folder / "erp" / "out")
    assert "erp.out: there is no folder" in house.run("check", code=78).stdout
    assert "PROBLEM  folders" in house.run("doctor", code=1).stdout


def test_a_wrong_mapping_is_found_with_its_file_and_line(house: "House") -> None:
    own = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(ROOT / "mappings" / "guides" / "amazon-us", own)
    (own / "850.mapping.toml").write_text('extends = "x12/850"\n[fields]\nnumbr = "BEG03"\n')
    told = house.run("check", code=78).stdout
    assert f"{own / '850.mapping.toml'}:3: " in told
    assert "numbr" in told
    assert "PROBLEM  mappings" in house.run("doctor", code=1).stdout


def test_an_effective_mapping_is_printed_with_its_places(house: "House") -> None:
    told = house.run("check", "--effective", "amazon-us/850").stdout
    assert re.search(r"^number = 'BEG03'  \(mappings/x12/850\.toml:\d+\)$", told, re.MULTILINE)
    assert "no-such" in house.run("check", "--effective", "no-such/850", code=78).stderr


def test_a_config_that_cannot_be_read_is_found(house: "House") -> None:
    house.is_sound = False
    house.config.write_text("[partners\n")
    assert "config.toml:1: not TOML" in house.run("check", code=78).stdout
    assert "PROBLEM  configuration" in house.run("doctor", code=1).stdout


def test_a_lost_journal_and_held_dispatches_are_found(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    (house.folder / "erp" / "out" / "sales-order.amazon-us.A1.json").write_text("an older one")
    house.once()
    assert "1 dispatches are held" in house.run("doctor", code=1).stdout
    (house.folder / "journal.db").unlink()
    house.is_sound = False
    assert "PROBLEM  journal" in house.run("doctor", code=1).stdout


# Faults of ours


def test_a_fault_of_ours_is_one_sentence(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway import queries

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(queries, "orders", fail)
    told = house.run("orders", "list", code=70)
    assert "a fault of the gateway itself: RuntimeError: boom" in told.stderr
    assert "GATEWAY_DEBUG=1" in told.stderr
    monkeypatch.setenv("GATEWAY_DEBUG", "1")
    result = CliRunner().invoke(main, ["-c", str(house.config), "orders", "list"])
    assert isinstance(result.exception, RuntimeError)


def test_a_reader_that_has_seen_enough_is_no_fault(house: "House") -> None:
    house.drop("order.edi", house.interchange(*(house.order(f"A{n}", st=f"{n:04}") for n in range(1, 200))))
    house.once()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*PROGRAM, "-c", str(house.config), "journal", "export"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"seq":1,')
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_the_name_of_whoever_acts_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_USER", "anna")
    assert who_am_i() == "anna"
    monkeypatch.delenv("GATEWAY_USER")
    assert who_am_i()

    def nobody() -> str:
        raise KeyError(f"getpwuid(): uid not found: {os.getuid()}")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert who_am_i() == f"user {os.getuid()}"


def test_every_error_has_the_exit_code_of_the_page() -> None:
    known = {int(code) for code in re.findall(r"^\| (\d+) \|", page(), re.MULTILINE)}

    def exit_codes(error: type[GatewayError]) -> set[int]:
        return {error.exit_code}.union(*(exit_codes(inner) for inner in error.__subclasses__()))

    assert exit_codes(GatewayError) <= known


# The journal


def test_the_journal_is_proved_exported_and_copied(house: "House", tmp_path: Path) -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    proof = house.json("journal", "verify")
    assert proof["problems"] == []
    lines = house.run("journal", "export").stdout.splitlines()
    assert len(lines) == proof["entries"]
    assert json.loads(lines[-1])["hash"] == proof["head"]
    copy = tmp_path / "copy.db"
    assert "a copy as of" in house.run("journal", "backup", str(copy)).stdout
    assert "copy.db" in house.run("journal", "backup", str(copy), code=73).stderr


def test_a_journal_that_was_altered_is_found_out(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    with sqlite3.connect(house.folder / "journal.db") as sqlite:
        sqlite.execute("UPDATE documents SET business_number = 'A2' WHERE type = '850'")
    sqlite.close()
    house.is_sound = False
    told = house.run("journal", "verify", code=1).stdout
    assert "business_number is 'A2'" in told
    assert "PROBLEMS FOUND" in told
    assert house.run("journal", "verify", "--json", code=1)


def test_a_backup_is_gone_on_from_with_numbers_left_out(house: "House", tmp_path: Path) -> None:
    copy, journal = tmp_path / "copy.db", house.folder / "journal.db"
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    house.run("journal", "backup", str(copy))
    told = house.run("journal", "restore", str(copy), "--reason", "disk died", code=73)
    assert "journal.db" in told.stderr
    journal.rename(tmp_path / "lost.db")
    assert "would restore" in house.run("journal", "restore", str(copy), "--reason", "x", "--dry-run").stdout
    assert not journal.exists()
    arguments = ("--reason", "disk died", "--margin", "50", "--margin-is-enough", "--at", "2026-11-21T00:00:00Z")
    house.run("journal", "restore", str(copy), *arguments)
    house.drop("next.edi", house.interchange(house.order("A2"), control=102))
    house.once()
    numbers = [d["control_number"] for d in house.json("documents", "list", "--type", "997")]
    assert numbers == ["000000001", "000000052"]
    [restored] = house.history("journal-restored")
    assert restored.body["reason"] == "disk died"
    assert restored.body["who"]
    assert house.json("journal", "verify")["problems"] == []


# Listings


def test_listings_are_tables_csv_or_json(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1"), house.order("A2", "1*EA*1*PE*VN*=X", st="0002")))
    house.once()
    table = house.run("documents", "list").stdout.splitlines()
    assert table[0].split()[:3] == ["id", "type", "direction"]
    assert len(table) == 5
    assert house.run("documents", "list", "--csv").stdout.startswith("id,type,direction,partner,")
    assert [d["type"] for d in house.json("documents", "list", "--limit", "1")] == ["997"]
    for filters, count in (
        (("--type", "850"), 2),
        (("--partner", "amazon-us"), 4),
        (("--partner", "amazon-eu"), 0),
        (("--direction", "out"), 2),
        (("--number", "A2"), 1),
    ):
        assert len(house.json("documents", "list", *filters)) == count
    assert house.run("documents", "list", "--partner", "amazon-eu").stdout == "no documents\n"
    assert "PO101" not in house.run("cases", "list", "--csv").stdout


def test_a_list_of_cases_has_a_short_line_for_each_and_below_it_what_is_wrong_and_what_to_do(house: "House") -> None:
    house.drop("850.edi", house.interchange(house.order("9SP5MF4C", "1X*EA*7.25*PE*UP*614141000012")))
    house.once()
    (case,) = house.cases
    told = house.run("cases", "list").stdout.splitlines()
    assert told[0].split("  ")[0] == "id"
    assert told[1].split() == [case["id"], "message-refused", "operations", "2026-11-21T21:01:00Z"]
    assert told[2:] == [f"    {case['message']}", f"    do: {case['remedy']}"]
    assert "state" in house.run("cases", "list", "--state", "all").stdout.splitlines()[0]
    assert house.run("cases", "list", "--code", "unknown-item").stdout == "no cases\n"
    assert house.json("cases", "list", "--code", "message-refused") == house.cases
    until = "2026-11-20T23:00:00Z"
    house.run("cases", "snooze", case["id"], "--until", until, "--reason", "they sleep", "--at", "2026-11-20T21:10:00Z")
    at = "2026-11-20T22:59:59Z"
    assert [row["id"] for row in house.json("cases", "list", "--state", "snoozed", "--at", at)] == [case["id"]]
    assert f"    put off until {until}" in house.run("cases", "list", "--state", "snoozed", "--at", at).stdout
    assert house.json("cases", "list", "--state", "snoozed", "--at", until) == []


def test_on_a_terminal_no_word_or_time_of_a_document_is_folded(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "24*EA*7.25*PE*UP*614141000012")))
    house.once()
    monkeypatch.setattr("gateway.cli.output.is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")
    lines = house.run("documents", "list").stdout.splitlines()
    assert max(map(len, lines)) <= 100
    (row,) = [each for each in house.json("documents", "list") if each["type"] == "997"]
    at = next(n for n, line in enumerate(lines) if line.split()[1:2] == ["997"])
    assert lines[at].split() == [row["id"], "997", "out", "amazon-us", row["business_number"], row["at"]]
    assert lines[at + 1].strip() == f"ready, delivered; no. {row['control_number']}; {row['file']}"


def test_instants_are_shown_to_the_second(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1*EA*1*PE*VN*X1")))
    house.run("once")
    shown = [
        *house.json("orders", "list"),
        house.json("orders", "show", "A1"),
        *house.json("documents", "list"),
        *(house.json("documents", "show", d["id"]) for d in house.json("documents", "list")),
        *house.json("cases", "list"),
        *(house.json("cases", "show", c["id"]) for c in house.json("cases", "list")),
    ]
    for record in shown:
        record.pop("body", None)
        for entry in record.get("history", ()):
            entry.pop("body")
        assert not re.search(r"\d\d:\d\d:\d\d\.\d", json.dumps(record))


def test_a_terminal_gets_a_drawn_table(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "160"}
    subprocess.run(
        [*PROGRAM, "-c", str(house.config), "orders", "list"], stdin=theirs, stdout=theirs, env=environment, check=True
    )
    os.close(theirs)
    told = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "─" in told
    assert "A1" in told


def test_partners_are_listed_with_their_next_number(house: "House") -> None:
    house.configure("start_at          = 1 ", "start_at          = 500 ")
    assert [p["control_number"] for p in house.json("partners", "list")] == [500, 1]
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    assert [p["control_number"] for p in house.json("partners", "list")] == [501, 1]


def test_cases_are_listed_by_state_and_owner(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1*EA*1*PE*VN*X1")))
    house.drop("junk.edi", "junk")
    house.once()
    assert [c["owner"] for c in house.json("cases", "list", "--limit", "1")] in (["IT"], ["item data"])
    [case] = house.json("cases", "list", "--owner", "item data")
    needed = {"id", "code", "owner", "state", "subjects", "message", "remedy", "due_at", "opened_at", "at_stake"}
    needed.add("snoozed_until")
    assert set(case) == needed
    assert "goes from item data to anna" in house.run("cases", "assign", case["id"], "anna").stdout
    assert house.json("cases", "show", case["id"])["owner"] == "anna"
    house.once()  # looking again leaves the owner a person gave
    assert [c["id"] for c in house.json("cases", "list", "--owner", "anna")] == [case["id"]]
    [junk] = house.json("cases", "list", "--owner", "IT", "--limit", "5")
    assert "would go from IT to bob" in house.run("cases", "assign", junk["id"], "bob", "--dry-run").stdout
    assert "say why" in house.run("cases", "resolve", junk["id"], code=2).stderr
    house.run("cases", "resolve", junk["id"], "--reason", "told the sender", "--dry-run")
    house.run("cases", "resolve", junk["id"], "--reason", "told the sender", "--at", "2026-11-20T23:00:00Z")
    assert "closed already: told the sender" in house.run("cases", "assign", junk["id"], "bob", code=1).stderr
    assert [c["state"] for c in house.json("cases", "list", "--state", "all")].count("closed") == 1
    told = house.run("cases", "show", junk["id"]).stdout
    assert "reason: told the sender" in told
    assert "2026-11-20T23:00:00Z  closed, " in told
    assert "no case 9999" in house.run("cases", "show", "9999", code=1).stderr


def test_a_document_is_shown_printed_and_sent_again(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    order, sales_order, answer = (d["id"] for d in house.json("documents", "list"))
    assert house.run("documents", "raw", order).stdout == house.order("A1").removesuffix("\n")
    [sent] = (house.folder / "amazon" / "out").glob("*.edi")
    assert house.run("documents", "raw", answer).stdout == sent.read_text()
    shown = house.json("documents", "show", answer)
    assert shown["dispatches"][0]["state"] == "delivered"
    assert "delivered to amazon as amazon-us_997_101_000000001.edi" in house.run("documents", "show", answer).stdout
    assert house.json("documents", "show", order)["message"]["verdict"] == "accepted"
    assert "for amazon-us" in house.run("documents", "show", sales_order).stdout

    first = sent.read_bytes()
    sent.unlink()
    told = house.run("documents", "resend", answer, "--dry-run").stdout
    assert "retransmit: open. the same bytes, name and control number: a duplicate to a partner that has them" in told
    assert f"`gateway documents resend {answer}` would retransmit" in told
    assert house.json("documents", "show", answer)["delivery"] == "delivered"  # nothing was done yet
    again = ("documents", "resend", answer, "--reason", "they lost it", "--at", "2026-11-20T21:02:00Z")
    said = house.run(*again).stdout
    assert "sends amazon-us_997_101_000000001.edi again to amazon with control number 000000001, byte for byte" in said
    assert house.json("documents", "show", answer)["delivery"] == "queued"
    assert "still on its way" in house.run("documents", "resend", answer, code=1).stderr
    house.once()
    assert sent.read_bytes() == first
    assert house.json("documents", "show", answer)["delivery"] == "delivered"
    assert "never sent" in house.run("documents", "resend", order, code=1).stderr
    assert "no document 9999" in house.run("documents", "raw", "9999", code=1).stderr


def test_what_has_no_file_cannot_be_printed(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    house.erp_says(
        "r.json", {"document": "posting-result", "version": 1, "id": "amazon-us:A1", "result": "booked", "number": "7"}
    )
    house.once()
    [result] = house.json("documents", "list", "--type", "posting-result")
    assert '"posting-result"' in house.run("documents", "raw", result["id"]).stdout


def test_orders_are_found_by_number_and_partner(house: "House") -> None:
    messages = (house.order("12345678"), house.order("A:B", st="0002"), house.order("A", "1*EA*1*PE*VN*X", st="0003"))
    house.drop("order.edi", house.interchange(*messages))
    house.once()
    assert [o["purchase_order"] for o in house.json("orders", "list")] == ["12345678", "A", "A:B"]
    assert [o["purchase_order"] for o in house.json("orders", "list", "--limit", "1")] == ["12345678"]
    assert house.json("orders", "list", "--partner", "amazon-eu") == []
    assert house.run("orders", "list", "--partner", "amazon-eu").stdout == "no orders\n"
    assert house.json("explain", "12345678")["kind"] == "order"  # a number of digits alone is no id
    assert house.json("orders", "show", "amazon-us:A:B")["purchase_order"] == "A:B"
    assert house.json("orders", "show", "A", "--partner", "amazon-us")["stage"] == "held"
    assert "no partner amzn" in house.run("orders", "show", "A", "--partner", "amzn", code=1).stderr
    assert "there is no order B: `gateway orders list`" in house.run("orders", "show", "B", code=1).stderr
    assert len(house.cases) == 1  # that of A, which A:B does not close


def test_everything_is_explained_by_its_id(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1"), house.order("A2", "1*EA*1*PE*VN*X", st="0002")))
    house.once()
    by_type = {(d["type"], d["business_number"]): d["id"] for d in house.json("documents", "list")}
    assert house.json("explain", by_type["850", "A1"])["id"] == "amazon-us:A1"
    told = house.run("explain", "A1").stdout
    assert "went to the ERP with lines 1, 2, 3" in told
    assert "line 2: 10 case is 120 each of ACME-26, 435.00" in told
    assert "factor: 12, from" in told
    answer = house.json("explain", by_type["997", "101"])
    assert answer["summary"].endswith("is ready, delivered, acknowledgement none expected")
    [case] = house.cases
    told = house.run("explain", case["id"]).stdout
    assert f"case {case['id']} (unknown-item) is open" in told
    assert "owner: item data" in told
    house.run("cases", "resolve", case["id"], "--reject-line")
    assert "is closed: line 1 was given up" in house.run("explain", case["id"]).stdout
    assert "no order" in house.run("explain", "1", code=1).stderr  # the entry with this number is none of these


def test_a_partner_that_left_the_config_leaves_its_orders_listed(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    house.configure("amazon-us", "amazon-na")
    house.configure('guide  = "amazon-na"', 'guide  = "amazon-us"')
    assert [o["partner"] for o in house.json("orders", "list")] == ["amazon-us"]
    assert "there is no order A1" in house.run("orders", "show", "A1", code=1).stderr
    house.once()


def test_an_order_shown_to_a_person_has_what_it_waits_for(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1*EA*1*PE*VN*X")))
    house.once()
    told = house.run("orders", "show", "A1").stdout
    assert "order A1 of amazon-us, account ACME1: held" in told
    assert "blocked: sales-order: line 1: no item is known for VN" in told
    assert "item data, by 2026-11-21T17:01:00Z, at stake 1.00: add a row for it to items.csv" in told
    assert "answer: 2026-11-21T21:01:00Z\n" in told
    assert "end of waiting for the item master: 2026-11-21T17:01:00Z" in told
    assert f"cases: {house.cases[0]['id']}" in told
