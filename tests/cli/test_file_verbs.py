"""Verbs over files, without an instance: translate, validate, inspect, trace; and trace of what the journal holds."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
ITEMS = str(ROOT / "samples" / "masters" / "items.csv")
BAD_LINE = "1X*EA*7.25*PE*UP*614141000012"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without an instance."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    return folder


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a verb where there is no instance; it must end with this exit code."""

    def run(*arguments: str, code: int = 0, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin)
        assert result.exit_code == code, (result.output, result.exception)
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def file(nowhere: Path, house: "House") -> Callable[..., str]:
    """A file with an interchange of these messages, or with these bytes."""

    def write(*messages: str | bytes) -> str:
        path = nowhere / "order.edi"
        if isinstance(messages[0], bytes):
            path.write_bytes(messages[0])
        else:
            path.write_text(house.interchange(*(str(message) for message in messages)))
        return str(path)

    return write


# translate


def test_an_order_is_translated_to_a_canonical_document(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    told = run("translate", file(house.order("A1"), house.order("A2", st="0002")))
    first, second = (json.loads(line) for line in told.stdout.splitlines())
    assert (first["number"], second["number"]) == ("A1", "A2")
    assert first["lines"][1]["ordered"] == {"value": "10", "unit": "case", "code": "CA"}
    assert first["lines"][1]["price"] == "43.5"


def test_standard_input_is_a_file_too(run: Callable[..., Result], house: "House") -> None:
    data = house.interchange(house.order("A1")).encode()
    assert json.loads(run("translate", "-", stdin=data).stdout)["number"] == "A1"
    assert "nothing wrong" in run("validate", "-", stdin=data).stdout
    assert "Purchase Order" in run("inspect", "-", stdin=data).stdout
    assert json.loads(run("trace", "-", "--json", stdin=data).stdout)


def test_an_order_is_translated_to_the_erps_document(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    told = run("translate", file(house.order("A1")), "--to", "erp", "--items", ITEMS)
    document = json.loads(told.stdout)
    assert document["document"] == "sales-order"
    assert [line["base"]["value"] for line in document["lines"]] == ["24", "120", "6"]


def test_the_erps_document_needs_the_item_master(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    told = run("translate", file(house.order("A1")), "--to", "erp", code=2)
    assert "name the item master with --items" in told.stderr


def test_what_holds_an_order_is_said_and_its_neighbours_are_translated(
    run: Callable[..., Result], file: Callable[..., str], house: "House", nowhere: Path
) -> None:
    items = nowhere / "items.csv"
    items.write_text(Path(ITEMS).read_text() + "BAD,,,,123,,,active,,no,no,\n")
    held = house.order("A1", "5*EA*9.99*PE*VN*NEW-1")
    other = house.order("A2", account="ACME9", st="0002")
    told = run(
        *("translate", file(held, other, house.order("A3", st="0003"))), "--to", "erp", "--items", str(items), code=65
    )
    assert [json.loads(line)["id"] for line in told.stdout.splitlines()] == ["amazon-us:A3"]
    assert "order A1, line 1: no item is known for VN" in told.stderr
    assert "item data: add a row for it to items.csv" in told.stderr
    assert "account ACME9 of amazon-us is not known; there is ACME1" in told.stderr
    assert "gtin_each" in told.stderr


def test_a_bad_message_is_told_and_its_neighbour_translated(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    told = run("translate", file(house.order("A1", BAD_LINE), house.order("A2", st="0002")), code=65)
    assert json.loads(told.stdout)["number"] == "A2"
    assert "850 0001: PO1 in segment 9: PO102 is '1X'" in told.stderr


@pytest.mark.parametrize("data", [b"", b"<html>", b"ISA*00*"])
def test_what_is_no_interchange_cannot_be_translated(
    run: Callable[..., Result], file: Callable[..., str], data: bytes
) -> None:
    path = file(data)
    assert run("translate", path, code=65).stdout == ""
    assert run("trace", path, code=65).stdout == ""
    assert run("validate", path, code=65)
    assert "reject: " in run("inspect", path).stdout


def test_a_sender_nobody_knows_is_read_by_the_standard(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    stranger = house.interchange(house.order("A1").replace("*NE*", "*SA*"), party="ZZ*SOMEBODYELSE  ").encode()
    path = file(stranger)
    assert json.loads(run("translate", path).stdout)["number"] == "A1"  # SA is a code of the standard
    assert run("translate", path, "--guide", "amazon-us", code=65)  # and not one of this guide
    told = run("translate", path, "--to", "erp", "--items", ITEMS, code=65)
    assert "no partner has the ids ZZ:SOMEBODYELSE and ZZ:5551234567" in told.stderr


def test_what_we_send_is_translated_like_what_comes(run: Callable[..., Result]) -> None:
    sample = str(ROOT / "samples" / "x12" / "855-all-outcomes.edi")
    told = run("translate", sample, "--guide", "amazon-us", "--to", "erp", "--items", ITEMS)
    assert "dispositions" in told.stdout


def test_an_unknown_message_type_cannot_be_translated(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    path = file(house.order("A1").replace("ST*850", "ST*830"))
    assert "no grammar for 830" in run("translate", path, code=65).stderr
    assert "no grammar" in run("inspect", path).stdout
    assert "no mapping for 830" in run("trace", path, code=65).stderr
    assert "message-type-unknown" in run("validate", path, code=65).stdout
    assert run("validate", "--envelope", path)


def test_a_missing_file_is_bad_data(run: Callable[..., Result]) -> None:
    for verb in ("translate", "validate", "inspect", "trace"):
        assert "nope.edi: No such file" in run(verb, "nope.edi", code=65).stderr


# validate

KEYS = {"code", "severity", "segment", "tag", "element", "component", "offset", "value", "message"}


def test_findings_have_every_key(run: Callable[..., Result], file: Callable[..., str], house: "House") -> None:
    path = file(house.order("A1", BAD_LINE))
    [finding] = json.loads(run("validate", "--json", path, code=65).stdout)
    assert set(finding) >= KEYS
    assert (finding["code"], finding["severity"]) == ("character-invalid", "reject")
    assert (finding["segment"], finding["tag"], finding["element"], finding["value"]) == (9, "PO1", 2, "1X")
    data = Path(path).read_bytes()
    assert data[finding["offset"] :].startswith(b"1X*EA")


def test_the_grammar_alone_says_nothing_of_what_a_mapping_reads(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    path = str(ROOT / "samples" / "invalid" / "x12" / "104-unexpected-in-loop.edi")
    whole = json.loads(run("validate", "--json", path, code=65).stdout)
    grammar = json.loads(run("validate", "--json", "--grammar", path, code=65).stdout)
    assert grammar
    assert [finding for finding in whole if finding["code"] != "data-unmapped"] == grammar != whole
    assert "nothing wrong" in run("validate", "--grammar", file(house.order("A1"))).stdout
    unknown = file(house.order("A1").replace("ST*850", "ST*830"))
    assert "message-type-unknown" in run("validate", "--grammar", unknown, code=65).stdout


def test_warnings_do_not_fail_a_file(run: Callable[..., Result], file: Callable[..., str], house: "House") -> None:
    path = file(
        house.interchange(house.order("A1").replace("FOB*CC~", "FOB*CC~\nZZZ*1~").replace("SE*13", "SE*14")).encode()
    )
    told = run("validate", "--json", path)
    assert {finding["severity"] for finding in json.loads(told.stdout)} == {"warn"}
    assert run("validate", path).stdout.startswith("warn: segment-unknown: ")


def test_a_good_file_has_no_findings(run: Callable[..., Result], file: Callable[..., str], house: "House") -> None:
    path = file(house.order("A1"))
    assert json.loads(run("validate", "--json", path).stdout) == []
    assert run("validate", path).stdout == f"{path}: nothing wrong\n"


def test_envelopes_are_judged_alone(run: Callable[..., Result], file: Callable[..., str], house: "House") -> None:
    assert run("validate", "--envelope", file(house.order("A1", BAD_LINE)))
    broken = house.interchange(house.order("A1")).replace("IEA*1", "IEA*2").encode()
    [finding] = json.loads(run("validate", "--envelope", "--json", file(broken), code=65).stdout)
    assert finding["code"] == "group-count-differs"


# inspect


def test_inspecting_names_every_segment_at_its_place(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    path = file(house.order("A1"))
    told = run("inspect", path).stdout
    assert "interchange 000000101: ZZ:AMAZON to ZZ:5551234567 (byte 0)" in told
    assert "group 101: PO 004010" in told
    assert "850 0001: Purchase Order, 13 segments" in told
    assert "9 PO1  Order line" in told
    short = run("inspect", "--no-segments", path).stdout
    assert "Order line" not in short


def test_inspecting_shows_what_is_wrong_with_the_envelopes(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    text = house.interchange(house.order("A1").replace("SE*13", "SE*99"), flag="T")
    told = run("inspect", file(text.replace("GE*1", "GE*5").replace("IEA*1", "IEA*4").encode())).stdout
    assert ", test (byte 0)" in told
    for said in ("SE01", "GE01 says 5", "IEA01 says 4"):
        assert said in told


def test_inspecting_shows_an_interchange_acknowledgement(run: Callable[..., Result], file: Callable[..., str]) -> None:
    isa = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
    told = run("inspect", file(f"{isa}TA1*000000001*261120*2101*A*000~IEA*0*000000101~".encode())).stdout
    assert "TA1 000000001 261120 2101 A 000" in told


def test_a_message_without_a_grammar_is_inspected_plainly(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    told = run("inspect", file(house.order("A1").replace("ST*850", "ST*830"))).stdout
    assert "no grammar, 13 segments" in told
    assert "BEG*00*NE*A1**20261120" in told


# trace


def test_every_value_is_traced_to_its_bytes(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    path = file(house.order("A1"))
    data = Path(path).read_bytes()
    rows = json.loads(run("trace", path, "--json").stdout)
    assert {"number", "account", "ship_to.code", "lines[1].ordered.value", "lines[1].case_gtin"} <= {
        row["field"] for row in rows
    }
    for row in rows:
        assert data[row["byte"] : row["byte"] + row["length"]].decode() == row["text"]
        assert row["file"].startswith("mappings/x12/850.toml:")
    [pieces] = [row for row in rows if row["field"] == "lines[1].ordered.value"]
    assert (pieces["segment"], pieces["tag"], pieces["element"], pieces["row"]) == (10, "PO1", 2, "PO102")


def test_a_trace_can_be_narrowed_and_cut(run: Callable[..., Result], file: Callable[..., str], house: "House") -> None:
    path = file(house.order("A1"))
    fields = [row["field"] for row in json.loads(run("trace", path, "--field", "ship_to", "--json").stdout)]
    assert fields == ["ship_to.code"]
    assert len(json.loads(run("trace", path, "--limit", "3", "--json").stdout)) == 3
    assert run("trace", path, "--field", "nothing").stdout == "no value\n"
    assert run("trace", path, "--csv").stdout.startswith("field,value,byte,segment,cell,text,row,file\n")


def test_documents_that_came_and_went_are_traced_by_their_id(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1"), house.order("A2", st="0002")))
    house.once()
    ids = {document["business_number"]: document["id"] for document in house.json("documents", "list", "--type", "850")}
    [answer] = [d["id"] for d in house.json("documents", "list", "--type", "997")]
    rows = {row["field"]: row for row in house.json("trace", ids["A2"])}
    assert rows["number"]["value"] == "A2"
    assert rows["number"]["source"] == "order.edi"
    data = house.interchange(house.order("A1"), house.order("A2", st="0002")).encode()
    assert data[rows["number"]["byte"] :].startswith(b"A2*")
    assert {row["field"]: row["value"] for row in house.json("trace", answer)}["control_number"] == "101"
    posted = [d["id"] for d in house.json("documents", "list", "--type", "sales-order")]
    assert "nothing to trace" in house.run("trace", posted[0], code=1).stderr
    assert "no document 99999" in house.run("trace", "99999", code=1).stderr


def test_a_trace_shows_how_a_document_was_read_then(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    [document] = [d["id"] for d in house.json("documents", "list", "--type", "850")]
    before: list[dict[str, Any]] = house.json("trace", document)
    own = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(ROOT / "mappings" / "guides" / "amazon-us", own)
    (own / "850.mapping.toml").write_text('extends = "x12/850"\n[fields]\nfreight = false\naccount = "REF*PD"\n')
    now: list[dict[str, Any]] = house.json("trace", document)
    assert [(row["field"], row["value"], row["row"]) for row in now] == [
        (row["field"], row["value"], row["row"]) for row in before
    ]
    assert {row["file"] for row in now} == {"the mapping kept in the journal"}
    assert "account" not in {row["field"] for row in json.loads(_traced(house))}


def _traced(house: "House") -> str:
    """The same file, read as it reads now."""
    return house.run("trace", "-", "--json", stdin=house.interchange(house.order("A1")).encode()).stdout


# Which configuration reads a file


def test_a_config_that_is_named_must_be_right(
    run: Callable[..., Result], file: Callable[..., str], house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(house.order("A1"))
    assert "there is no gone.toml" in run("-c", "gone.toml", "validate", path, code=78).stderr
    monkeypatch.setenv("GATEWAY_CONFIG", "gone.toml")
    assert "there is no gone.toml" in run("validate", path, code=78).stderr


def test_a_config_that_only_lies_there_need_not_be_right(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    path = file(house.order("A1"))
    Path("config.toml").write_text("[partners]\n")
    assert json.loads(run("translate", path).stdout)["number"] == "A1"


def test_the_partners_of_an_instance_read_its_files(
    run: Callable[..., Result], file: Callable[..., str], house: "House"
) -> None:
    house.configure('id     = "ZZ:AMAZON"', 'id     = "ZZ:RETAILER"')
    path = file(house.interchange(house.order("A1"), party="ZZ*RETAILER       ", flag="T").encode())
    told = run("-c", str(house.config), "translate", path, "--to", "erp", "--items", ITEMS)
    assert json.loads(told.stdout)["partner"] == "amazon-us"
