"""A file is complete where each interchange in it has the end that its header asks for; the reader is the judge."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.syntax.completeness import Completeness, completeness
from gateway.syntax.envelope import findings_of
from gateway.syntax.files import read
from tests.syntax.damage import mutated
from tests.syntax.test_edifact_properties import MARKS as EDIFACT_MARKS
from tests.syntax.test_edifact_properties import SAMPLES as EDIFACT
from tests.syntax.test_x12_properties import MARKS as X12_MARKS
from tests.syntax.test_x12_properties import SAMPLES as X12

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "samples").rglob("*.edi"), *(ROOT / "samples").rglob("*.x12")])
REFERENCE = ROOT.parent / "shared" / "reference" / "examples"

ISA = b"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*%09d*0*P*>~"
GROUP = b"GS*PO*AMAZON*5551234567*20261120*2101*1*X*004010~ST*850*0001~BEG*00*NE*A1~SE*3*0001~GE*1*1~"
UNB = b"UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:1200+%s'"
UNH = b"UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+A1+9'UNT+3+1'"
X12_FILE = ISA % 101 + GROUP + b"IEA*1*000000101~"
EDIFACT_FILE = UNB % b"901" + UNH + b"UNZ+1+901'"

# What a reader finds in a file that was cut off, or whose trailer is not that of its header.
CUT = {
    *("file-empty", "isa-truncated", "unb-truncated", "interchange-unfinished", "interchange-interrupted"),
    *("interchange-reference-differs", "group-count-differs", "segment-unterminated"),
}

# What a reader finds where it cannot even tell the envelope.
NOT_READ = {"not-edi", "ebcdic", "delimiters-unusable", "component-separator-unusable", "terminator-unusable"}


def codes(data: bytes) -> set[str]:
    return {finding.code for event in read([data]) for finding in findings_of(event)}


@pytest.mark.parametrize("data", [X12_FILE, EDIFACT_FILE])
def test_a_file_with_its_trailer_is_complete(data: bytes) -> None:
    assert completeness(data) is Completeness.COMPLETE


@pytest.mark.parametrize("data", [X12_FILE, EDIFACT_FILE, X12_FILE + X12_FILE, EDIFACT_FILE + EDIFACT_FILE])
def test_a_file_that_lacks_any_of_its_end_is_not(data: bytes) -> None:
    one = len(X12_FILE) if data.startswith(b"ISA") else len(EDIFACT_FILE)
    whole = {length for length in range(len(data) + 1) if completeness(data[:length]) is Completeness.COMPLETE}
    assert whole == set(range(one, len(data) + 1, one))  # nobody can see a cut between two interchanges


@pytest.mark.parametrize("data", [b"", b'{"kind": "invoice"}', b"sku,partner\nA,b\n", b"\xff\xfe", b"IEA*1*000000101~"])
def test_what_begins_with_no_envelope_says_nothing_of_its_end(data: bytes) -> None:
    assert completeness(data) is Completeness.NOT_EDI


@pytest.mark.parametrize(
    "data",
    [
        X12_FILE.replace(b"IEA*1*000000101", b"IEA*1*000000102"),
        X12_FILE.replace(b"IEA*1", b"IEA*2"),
        X12_FILE.replace(b"IEA*1*000000101~", b"IEA~"),
        EDIFACT_FILE.replace(b"UNZ+1+901", b"UNZ+1+902"),
        EDIFACT_FILE.replace(b"UNZ+1", b"UNZ+2"),
        EDIFACT_FILE.replace(b"UNZ+1+901'", b"UNZ+1+901?'"),
    ],
)
def test_a_trailer_of_another_envelope_is_no_end(data: bytes) -> None:
    assert completeness(data) is Completeness.INCOMPLETE


def test_what_looks_like_a_trailer_in_the_data_is_none() -> None:
    text = b"FTX+AAI+++now ?'UNZ+1+901?' is said'"
    data = (UNB % b"901") + UNH.replace(b"UNT+3", text + b"UNT+4")
    assert completeness(data) is Completeness.INCOMPLETE
    assert completeness(data + b"UNZ+1+901'") is Completeness.COMPLETE


def test_an_interchange_with_nothing_but_a_verdict_on_ours_is_complete() -> None:
    note = ISA % 5 + b"TA1*000000001*261120*2101*A*000~IEA*%d*000000005~"
    assert completeness(note % 0) is Completeness.COMPLETE
    assert completeness(note % 1) is Completeness.COMPLETE
    assert completeness(note % 2) is Completeness.INCOMPLETE


@pytest.mark.parametrize(
    "header", [b"ISA", ISA % 101, b"UNA:+.? '", UNB % b"901", b"ISA*00~IEA*1*000000101~", b"UNA::::::UNZ+1+9'"]
)
def test_a_header_alone_or_one_that_cannot_be_read_has_no_end(header: bytes) -> None:
    assert completeness(header) is Completeness.INCOMPLETE


def test_a_trailer_without_its_terminator_may_still_grow() -> None:
    assert completeness(X12_FILE[:-1]) is Completeness.INCOMPLETE
    assert completeness(EDIFACT_FILE[:-1]) is Completeness.INCOMPLETE
    lines = X12_FILE.replace(b"~", b"\n")
    assert completeness(lines) is Completeness.COMPLETE
    assert completeness(lines[:-1]) is Completeness.INCOMPLETE


def test_groups_are_counted_where_there_are_any() -> None:
    group = b"UNG+ORDERS+A+B+261120:1200+G1+UN+D:96A'" + UNH + UNH.replace(b"UNH+1", b"UNH+2") + b"UNE+2+G1'"
    assert completeness((UNB % b"7") + group + b"UNZ+1+7'") is Completeness.COMPLETE
    assert completeness((UNB % b"7") + group + b"UNZ+2+7'") is Completeness.INCOMPLETE


def test_line_breaks_blanks_and_a_byte_order_mark_do_not_matter() -> None:
    wrapped = b"\r\n".join(X12_FILE[at : at + 80] for at in range(0, len(X12_FILE), 80))
    for data in (wrapped, b"\xef\xbb\xbf" + X12_FILE, b"\n" + X12_FILE + b"\r\n\x1a", X12_FILE.replace(b"~", b"~\r\n")):
        assert completeness(data) is Completeness.COMPLETE


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_of_every_shipped_file_the_two_say_the_same(file: Path) -> None:
    data = file.read_bytes()
    counts_messages = data.startswith(b"UN") and b"UNG+" not in data  # UNZ does where there is no group
    fatal = {*CUT, *NOT_READ, *(("message-count-differs",) if counts_messages else ())}
    assert (completeness(data) is Completeness.COMPLETE) == (not codes(data) & fatal)


@pytest.mark.parametrize("file", [file for file in SHIPPED if "invalid" not in file.parts], ids=lambda file: file.name)
def test_no_beginning_of_a_shipped_file_is_complete(file: Path) -> None:
    data = file.read_bytes().rstrip()
    assert completeness(data) is Completeness.COMPLETE
    assert all(completeness(data[:length]) is not Completeness.COMPLETE for length in range(0, len(data), 7))


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the third-party examples are not here")
def test_what_the_reader_takes_for_whole_of_real_files_is_complete() -> None:
    looked_at = 0
    for file in sorted(REFERENCE.rglob("*")):
        data = file.read_bytes() if file.is_file() else b""
        if completeness(data) is not Completeness.NOT_EDI and not codes(data) & {
            *CUT,
            *NOT_READ,
            "message-count-differs",
        }:
            looked_at += 1
            assert completeness(data) is Completeness.COMPLETE, file.name
    assert looked_at


@given(
    st.one_of(mutated(X12, X12_MARKS), mutated(EDIFACT, EDIFACT_MARKS), mutated((X12_FILE, EDIFACT_FILE), X12_MARKS))
)
@settings(max_examples=600)
def test_in_a_file_that_is_called_complete_the_reader_misses_no_end(data: bytes) -> None:
    if completeness(data) is Completeness.COMPLETE:
        assert not codes(data) & CUT


@given(st.binary(max_size=300))
def test_no_bytes_raise_an_exception(data: bytes) -> None:
    completeness(data)
    completeness(ISA % 101 + data)
    completeness(UNB % b"901" + data)
