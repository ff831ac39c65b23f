"""A file of either standard finds its reader, and interchanges of both are gathered alike."""

import pytest

from gateway.findings import Severity
from gateway.syntax import edifact, x12
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import InterchangeOpened, Limits, Message, Unreadable
from gateway.syntax.files import read
from gateway.syntax.interchanges import Interchange, gather

ISA = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
X12 = ISA + "GS*PO*AMAZON*5551234567*20261120*2101*101*X*004010~ST*850*0001~SE*2*0001~GE*1*101~IEA*1*000000101~"
UNB = "UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:0134+4234++++1+EANCOM'"
MESSAGE = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1AB2TEST+9'UNT+3+1'"
EDIFACT = UNB + MESSAGE + "UNZ+1+4234'"
GROUPED = UNB + "UNG+ORDERS+A+B+261120:0134+7+UN+D:96A'" + MESSAGE + "UNE+1+7'UNZ+1+4234'"


@pytest.mark.parametrize(
    "before", ["", "\ufeff", "\r\n  ", "\ufeff\n", "rubbish\n", "\x00\x1a\n", " " * 70_000 + "x\n"]
)
@pytest.mark.parametrize("size", [1, 3, 100_000])
def test_the_first_bytes_tell_the_standard(before: str, size: int) -> None:
    for text, reader in ((X12, x12.read), (EDIFACT, edifact.read), ("UNA:+.? '" + EDIFACT, edifact.read)):
        data = (before + text).encode()
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        if before.endswith("x\n"):  # farther than we look
            (stop,) = read(pieces)
            assert isinstance(stop, Unreadable)
        else:
            assert list(read(pieces)) == list(reader([data]))
            assert any(isinstance(event, Message) for event in read(pieces))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\xef\xbb\xbf \r\n", "file-empty"),
        ("ISA".encode("cp037") + b"123", "ebcdic"),
        ("UNB+UNOA".encode("cp037"), "ebcdic"),
        (b"sku,quantity\r\n", "not-edi"),
        (b"ST*850*0001~", "not-edi"),
        (b"\xff\xfeU\x00N\x00", "not-edi"),
    ],
)
def test_what_is_of_neither_standard_is_told_once(data: bytes, code: str) -> None:
    (stop,) = read([data])
    assert isinstance(stop, Unreadable)
    assert stop.finding.code == code


def test_the_finding_names_what_was_expected() -> None:
    (stop,) = read([b"\n<xml/>"])
    assert isinstance(stop, Unreadable)
    assert stop.finding.message == "neither ISA nor UNA or UNB: the file begins with '<xml/>'"
    assert stop.finding.offset == 1


def test_a_file_holds_one_kind_and_the_other_is_told() -> None:
    for text in (X12 + EDIFACT, EDIFACT + X12):
        *events, stop = read([text.encode()])
        assert isinstance(stop, Unreadable)
        assert stop.finding.code == "not-edi"
        assert sum(isinstance(event, InterchangeOpened) for event in events) == 1


def test_limits_reach_the_reader() -> None:
    *_, stop = read([EDIFACT.encode()], Limits(segment=10))
    assert isinstance(stop, Unreadable)


def only(text: str) -> Interchange:
    (interchange,) = gather(read([text.encode()]))
    assert isinstance(interchange, Interchange)
    return interchange


def test_messages_without_a_group_are_gathered_in_one_that_says_nothing() -> None:
    text = EDIFACT.replace("UNZ+1", "UNH+2+INVOIC:D:96A:UN'UNT+2+2'UNZ+2")
    (group,) = only(text).groups
    assert [message.type for message in group.messages] == ["ORDERS", "INVOIC"]
    assert (group.opened.elements, group.opened.control_number, group.opened.ordinal) == ((), "", 1)
    assert group.declared == ""
    assert group.findings == ()
    assert all(isinstance(message, EdifactMessage) and message.group is None for message in group.messages)


def test_messages_with_a_group_stand_in_it_and_mixed_ones_apart() -> None:
    (group,) = only(GROUPED).groups
    assert (group.opened.kind, group.declared) == ("ORDERS", "1")
    mixed = only(GROUPED.replace("UNZ", MESSAGE + "UNZ"))
    assert [group.opened.kind for group in mixed.groups] == ["ORDERS", ""]
    assert [len(group.messages) for group in mixed.groups] == [1, 1]
    assert [finding.code for finding in mixed.findings] == ["groups-mixed"]
    assert not mixed.is_sound


def test_keys_and_fingerprints_serve_both_standards() -> None:
    interchange = only(EDIFACT)
    assert interchange.key == "14:5450534000000>14:4012345000009 P 4234 "
    assert only(GROUPED).key == "14:5450534000000>14:4012345000009 P 4234 ORDERS7"
    assert only(EDIFACT.replace("'", "'\r\n")).fingerprint == interchange.fingerprint
    assert only(EDIFACT.replace("1AB2TEST", "1AB2TES?T")).fingerprint != interchange.fingerprint
    assert only(EDIFACT.replace("EANCOM", "EANCOM+1")).key == "14:5450534000000>14:4012345000009 T 4234 "


def test_other_answers_under_the_same_header_are_no_repeat() -> None:
    noted = ISA + "TA1*000000001*261120*1230*A*000~IEA*0*000000101~"
    other = noted.replace("IEA", "TA1*000000002*261120*1230*R*006~IEA")
    prints = {only(text).fingerprint for text in (noted, other, noted.replace("A*000", "R*006"), X12)}
    assert len(prints) == 4
    assert only(noted.replace("~", "~\r\n")).fingerprint == only(noted).fingerprint


def test_an_interchange_in_which_reading_had_to_stop_lacks_its_trailer() -> None:
    stop, interchange = gather(read([EDIFACT.replace("1AB2TEST", "X" * 300).encode()], Limits(segment=200)))
    assert isinstance(stop, Unreadable)
    assert isinstance(interchange, Interchange)
    (finding,) = interchange.findings
    assert (finding.code, finding.tag, finding.severity) == ("interchange-unfinished", "UNZ", Severity.REJECT)
