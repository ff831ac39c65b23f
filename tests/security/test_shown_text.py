"""What people are shown is text: in tables, in CSV, in the log."""

import csv
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs
from gateway.cli.output import print_csv, print_rows, print_table

ACTS = "a\x1b[31mb\x9bc\u202ed\u200be\x00f\ng\rh\ti\u2028j"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


@pytest.mark.parametrize("formula", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "-", "-1.", "-1e5", "--1", "-\u0661"])
def test_a_formula_in_csv_is_text_and_a_negative_amount_a_number(
    formula: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_csv([{"text": formula, "amount": "-7.25"}, {"text": "plain", "amount": -3}], ("text", "amount"))
    _, first, second = csv.reader(io.StringIO(capsys.readouterr().out))
    assert first == [f"'{formula}", "-7.25"]
    assert second == ["plain", "-3"]


@pytest.mark.parametrize(("begins", "shown"), [("\t=1", "\\t=1"), ("\r=1", "\\r=1"), ("\x00=1", "\\x00=1")])
def test_a_blank_before_a_formula_is_written_as_its_number(
    begins: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_csv([{"text": begins}], ("text",))
    assert capsys.readouterr().out.splitlines()[1] == shown


def test_a_table_shows_escapes_and_never_sends_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"name": ACTS}], ("name",))
    said = capsys.readouterr().out
    assert said.splitlines()[1] == "a\\x1b[31mb\\x9bc\\u202ed\\u200be\\x00f\\ng\\rh\\ti\\u2028j"
    assert len(said.splitlines()) == 2


def test_a_cell_of_megabytes_is_cut_in_a_table_and_whole_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "message": "x" * 2_000_000}, *({"id": n, "message": "short"} for n in range(2, 400))]
    print_rows(rows, ("message", "id"), as_json=False, as_csv=False)
    assert len(capsys.readouterr().out) < 1_000_000
    print_rows(rows, ("message", "id"), as_json=False, as_csv=True)
    assert "x" * 2_000_000 in capsys.readouterr().out


@pytest.mark.parametrize(
    "value", [ACTS, [ACTS], {"inner": ACTS}, (ACTS, [ACTS])], ids=["text", "list", "table", "nested"]
)
def test_nothing_in_a_value_acts_on_a_log(value: object) -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().info("arrival.read", file=value)
    [line] = stream.getvalue().splitlines()
    assert line.isprintable()
    assert "\\u202e" in json.dumps(json.loads(line)["file"])


def test_nothing_in_an_event_or_a_key_acts_on_a_log() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().warning(ACTS, **{ACTS: 1})
    logging.getLogger("some.library").warning("it says %s", ACTS)
    assert len(stream.getvalue().splitlines()) == 2
    assert stream.getvalue().replace("\n", "").isprintable()


def test_a_number_in_a_line_stays_a_number() -> None:
    stream = io.StringIO()
    logs.set_up(stream, environment={})
    logs.logger().info("arrival.read", refused=3, part=None, parts=[1, b"ISA"])
    line = json.loads(stream.getvalue())
    assert (line["refused"], line["part"], line["parts"]) == (3, None, [1, "<3 bytes>"])
