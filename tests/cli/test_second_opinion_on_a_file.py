"""`gateway inspect --with pydifact`: another reader's segments beside ours, and where they differ."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"
HEAD = "UNB+UNOA:4+5450534000000:14+4012345000009:14+20261120:0134+4234'"
TAIL = "UNZ+1+4234'"


def inspect(data: bytes | str, *options: str, code: int = 0) -> Result:
    content = data.encode() if isinstance(data, str) else data
    result = CliRunner().invoke(main, ["inspect", "-", "--with", "pydifact", *options], input=content)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def message(*segments: str) -> str:
    inside = "".join(f"{segment}'" for segment in segments)
    return f"{HEAD}UNH+1+ORDERS:D:96A:UN:EAN008'{inside}UNT+{len(segments) + 2}+1'{TAIL}"


@pytest.mark.parametrize("file", sorted((SAMPLES / "edifact").glob("*.edi")), ids=lambda file: file.stem)
def test_both_read_our_samples_alike(file: Path) -> None:
    told = inspect(file.read_bytes()).stdout
    assert "pydifact reads the same" in told
    assert not [line for line in told.splitlines() if line.startswith(("- ", "+ "))]


def test_each_segment_is_shown_or_only_those_that_differ() -> None:
    text = message("BGM+220+1AB2TEST+9", "FTX+AAI+++A?+B")
    assert "  FTX+AAI+++A+B" in inspect(text).stdout.splitlines()
    assert inspect(text, "--no-segments").stdout == "pydifact reads the same 4 segments\n"


def test_where_they_differ_both_readings_are_shown() -> None:
    told = inspect(message("BGM+220*221+1AB2TEST+9", "DTM+137:20261120:102"), "--no-segments").stdout.splitlines()
    assert told == [
        "- BGM+220|221+1AB2TEST+9",  # syntax version 4 repeats elements, which pydifact does not split
        "+ BGM+220*221+1AB2TEST+9",
        "pydifact reads 4 segments, we read 4; lines with - are ours alone, lines with + are pydifact's alone",
    ]


def test_an_interchange_that_it_loses_is_ours_alone() -> None:
    first = message("BGM+220+FIRST+9")
    second = "UNA:+.? '" + first.replace("FIRST", "SECOND").replace("4234", "4235")
    told = inspect(first + second, "--no-segments").stdout
    assert "- BGM+220+FIRST+9" in told
    assert "SECOND" not in told


def test_what_it_remarks_is_told_and_what_it_says_of_every_segment_is_not() -> None:
    told = inspect(message("BGM+220+1AB2TEST+9", "LIN")).stdout
    assert "pydifact remarks: Segment LIN is empty" in told
    assert told.count("remarks") == 1


def test_a_file_that_it_cannot_read_is_no_fault_of_the_file() -> None:
    told = inspect(message("BGM+220+1AB2TEST+9").replace("BGM", "BGMX")).stdout
    assert told.startswith("pydifact cannot read it (")
    assert "; we read 3 segments" in told


def test_it_reads_edifact_alone() -> None:
    x12 = (SAMPLES / "x12" / "850-plain.edi").read_bytes()
    assert "no EDIFACT message in it" in inspect(x12, code=65).stderr
