"""validate, translate and inspect over files of the ERP: JSON, XML, and IDocs of both kinds."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.documents import read_erp
from gateway.erp.xml import write_xml

SAMPLES = Path(__file__).parents[2] / "samples"
IDOCS = SAMPLES / "idoc"
RESPONSE = SAMPLES / "golden" / "x12-clean-order" / "05-erp-order-response.json"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    "path", sorted(path for path in IDOCS.glob("*.*") if path.suffix != ".md"), ids=lambda p: p.name
)
def test_a_good_idoc_is_valid_in_either_form(path: Path) -> None:
    if "latin-1" in path.name:
        pytest.skip("its character set is that of a port, which no file says")
    assert run("validate", path, "--json").output == "[]\n"


@pytest.mark.parametrize("told", sorted((IDOCS / "invalid").glob("*.toml")), ids=lambda path: path.stem)
def test_a_bad_idoc_is_refused_with_the_finding_written_beside_it(told: Path) -> None:
    wanted = tomllib.loads(told.read_text())
    (path,) = (each for each in told.parent.glob(f"{told.stem}.*") if each.suffix != ".toml")
    result = run("validate", path, "--json")
    codes = [finding["code"] for finding in json.loads(result.stdout)]
    assert wanted["finding"] in codes or (wanted["finding"] == "idoc-unreadable" and codes)  # else it may be no IDoc
    assert result.exit_code == 65


def test_an_idoc_is_shown_segment_by_segment_and_translated_field_by_field() -> None:
    shown = run("inspect", IDOCS / "ORDRSP.xml").output.splitlines()
    assert shown[0].startswith("IDoc 0000000000004711: ORDRSP (ORDERS05) from ")
    assert any(line.strip().startswith("E1EDP01 POSEX=") for line in shown)
    (said,) = [json.loads(line) for line in run("translate", IDOCS / "ORDRSP.xml").stdout.splitlines()]
    assert said["EDI_DC40"][0]["MESTYP"] == "ORDRSP"
    assert said["E1EDP01"][0]["POSEX"]


def test_several_idocs_of_a_file_are_several_lines() -> None:
    assert len(run("translate", IDOCS / "ORDRSP-two.txt").stdout.splitlines()) == 2


def test_a_document_of_the_erp_is_the_same_in_json_and_in_xml(tmp_path: Path) -> None:
    document, _ = read_erp(RESPONSE.read_bytes())
    assert document is not None
    other = tmp_path / "response.xml"
    other.write_bytes(write_xml(document))
    assert run("translate", RESPONSE).stdout == run("translate", other).stdout
    assert run("validate", other).output == f"{other}: nothing wrong\n"
    assert run("inspect", other).output == "order-response of the ERP\n"


def test_what_is_wrong_with_a_document_of_the_erp_is_told_by_field(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"document": "posting-result", "version": 1, "id": "x", "result": "perhaps"}')
    result = run("validate", wrong)
    assert result.exit_code == 65
    assert "result: expected" in result.output
    assert run("translate", wrong).exit_code == 65
    assert "reject: result: expected" in run("inspect", wrong).output
