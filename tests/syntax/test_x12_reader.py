"""The reader of X12: envelopes become events, what is wrong with them findings, and reading goes on where it can."""

import pytest

from gateway.findings import Finding, Severity
from gateway.syntax.envelope import (
    Event,
    GroupClosed,
    GroupOpened,
    InterchangeAnswered,
    InterchangeClosed,
    InterchangeOpened,
    Limits,
    Message,
    Unreadable,
    findings_of,
)
from gateway.syntax.x12 import read

ISA = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
GS = "GS*PO*AMAZON*5551234567*20261120*2101*101*X*004010~"
MESSAGE = "ST*850*0001~BEG*00*NE*4XK7PL2Q**20261120~SE*3*0001~"
GE = "GE*1*101~"
IEA = "IEA*1*000000101~"
SOUND = ISA + GS + MESSAGE + GE + IEA


def events_of(text: str | bytes) -> list[Event]:
    return list(read([text.encode() if isinstance(text, str) else text]))


def found(text: str | bytes) -> list[Finding]:
    return [finding for event in events_of(text) for finding in findings_of(event)]


def codes(text: str | bytes) -> list[str]:
    return [finding.code for finding in found(text)]


def messages(text: str | bytes) -> list[Message]:
    return [event for event in events_of(text) if isinstance(event, Message)]


def test_a_sound_file_gives_its_envelopes_in_order_and_no_finding() -> None:
    events = events_of(SOUND)
    kinds = [type(event) for event in events]
    assert kinds == [InterchangeOpened, GroupOpened, Message, GroupClosed, InterchangeClosed]
    opened, group, message, *_ = events
    assert isinstance(opened, InterchangeOpened)
    assert (opened.sender, opened.receiver, opened.control_number) == ("ZZ:AMAZON", "ZZ:5551234567", "000000101")
    assert not opened.is_test
    assert not opened.wants_acknowledgement
    assert isinstance(group, GroupOpened)
    assert (group.kind, group.control_number, group.version, group.ordinal) == ("PO", "101", "004010", 1)
    assert isinstance(message, Message)
    assert (message.type, message.control_number, message.version) == ("850", "0001", "004010")
    assert message.segments == ["ST*850*0001", "BEG*00*NE*4XK7PL2Q**20261120", "SE*3*0001"]
    assert found(SOUND) == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n\n", "\n   ", "\t"])
def test_line_breaks_and_indentation_after_terminators_mean_nothing(line_break: str) -> None:
    text = SOUND.replace("~", "~" + line_break)
    assert found(text) == []
    assert messages(text)[0].segments == messages(SOUND)[0].segments


@pytest.mark.parametrize(
    ("terminator", "line_break"), [("\n", ""), ("\r", "\n"), ("\n", "\r\n"), ("\r", ""), ("…", "")]
)
def test_a_terminator_may_be_a_line_break_or_any_one_character(terminator: str, line_break: str) -> None:
    text = SOUND.replace("~", terminator + line_break)
    assert found(text) == []
    assert messages(text)[0].segments == messages(SOUND)[0].segments


def test_a_carriage_return_before_the_line_feed_that_terminates_is_noise() -> None:
    assert found(SOUND.replace("~", "\n").replace("\n", "\r\n").replace("ISA*", "ISA*", 1)) == []


def test_indented_lines_are_read_whatever_the_terminator() -> None:
    assert found(SOUND.replace("~", "\n    ").rstrip(" ")) == []


def test_lines_wrapped_at_any_width_are_joined_again() -> None:
    for width in range(3, 90):
        wrapped = ISA + "\n".join(
            (GS + MESSAGE + GE + IEA)[at : at + width] for at in range(0, len(SOUND) - len(ISA), width)
        )
        assert found(wrapped) == [], width
        assert messages(wrapped)[0].segments == messages(SOUND)[0].segments


def test_delimiters_are_those_the_isa_shows_with_the_repetition_separator_from_00402_on() -> None:
    text = SOUND.replace("*", "|").replace(">", ":").replace("|U|00401|", "|^|00501|")
    opened = events_of(text)[0]
    assert isinstance(opened, InterchangeOpened)
    assert opened.delimiters.marks == ("|", ":", "~", "^")
    earlier = events_of(SOUND.replace("*U*00401*", "*^*00401*"))[0]
    assert isinstance(earlier, InterchangeOpened)
    assert earlier.delimiters.marks == ("*", ">", "~", "")


def test_several_interchanges_groups_versions_and_types_stand_in_one_file() -> None:
    second = (GS + MESSAGE + GE).replace("*101", "*102").replace("*PO*", "*PR*").replace("850", "855")
    first = ISA + GS + MESSAGE + GE + second.replace("004010", "005010") + IEA.replace("*1*", "*2*")
    text = first + "\n" + SOUND.replace("000000101", "000000102")
    assert found(text) == []
    assert [(m.type, m.version) for m in messages(text)] == [("850", "004010"), ("855", "005010"), ("850", "004010")]


def test_each_interchange_has_delimiters_of_its_own() -> None:
    other = SOUND.replace("000000101", "000000102").replace("*", "+").replace("~", "'")
    assert found(SOUND + other) == []


def test_a_byte_order_mark_is_passed_over_and_noticed() -> None:
    assert codes(b"\xef\xbb\xbf" + SOUND.encode()) == ["byte-order-mark"]


def test_text_is_utf_8_where_it_can_be_and_latin_1_where_not() -> None:
    text = SOUND.replace("4XK7PL2Q", "Münster")
    assert "Münster" in messages(text)[0].segments[1]
    assert "Münster" in messages(text.encode("latin-1"))[0].segments[1]


def test_a_terminator_that_is_no_character_of_utf_8_makes_the_file_latin_1() -> None:
    data = SOUND.replace("~", "\xa7").replace("4XK7PL2Q", "ä").encode("latin-1")
    assert codes(data) == []
    assert messages(data)[0].segments[1] == "BEG*00*NE*ä**20261120"
    assert codes(data[: len(ISA + GS) + 11]) == [
        "message-unfinished",
        "group-unfinished",
        "interchange-unfinished",
    ]


def test_a_ta1_comes_without_a_group() -> None:
    text = ISA + "TA1*000000007*261119*2101*A*000~" + "IEA*0*000000101~"
    answered = events_of(text)[1]
    assert isinstance(answered, InterchangeAnswered)
    assert answered.elements == ("000000007", "261119", "2101", "A", "000")
    assert codes(text) == []
    assert codes(text.replace("IEA*0", "IEA*1")) == ["interchange-empty"]


def test_service_segments_before_the_first_group_are_passed_over() -> None:
    assert codes(ISA + "ISB*1~" + GS + MESSAGE + GE + IEA) == []


FAULTS = [
    ("", ["file-empty"]),
    ("  \r\n\x00\x1a", ["file-empty"]),
    ("<html><body>It works!</body></html>", ["not-edi"]),
    (SOUND.encode("cp037"), ["ebcdic"]),
    (bytes(range(256)), ["not-edi"]),
    ("IS", ["not-edi"]),
    ("ISA", ["isa-truncated"]),
    (ISA[:60], ["isa-truncated"]),
    (ISA[:-1], ["isa-truncated"]),
    (ISA[:-2], ["isa-truncated"]),
    (SOUND[: len(ISA + GS) + 20], ["message-unfinished", "group-unfinished", "interchange-unfinished"]),
    (SOUND[: len(ISA + GS + MESSAGE) + 4], ["group-reference-differs", "interchange-unfinished"]),
    (SOUND[: -len(IEA)], ["interchange-unfinished"]),
    (SOUND[:-1], ["segment-unterminated"]),
    (SOUND + "trailing rubbish", ["not-edi"]),
    (ISA + GS + MESSAGE + IEA, ["group-unfinished"]),
    (ISA + GS + MESSAGE + GS.replace("*101", "*102") + "GE*0*102~" + "IEA*2*000000101~", ["group-unfinished"]),
    (ISA + GE + IEA.replace("IEA*1", "IEA*0"), ["group-stray", "interchange-empty"]),
    (ISA + IEA.replace("IEA*1", "IEA*"), ["interchange-empty"]),
    (ISA + IEA.replace("IEA*1", "IEA*3"), ["group-count-differs"]),
    (ISA + MESSAGE + GS + "GE*0*101~" + IEA, ["message-outside-group"]),
    (ISA + "ZZZ*1~" + GS + MESSAGE + GE + IEA, ["segment-outside-message"]),
    (ISA + GS + MESSAGE.replace("SE*3*0001~", "") + GE + IEA, ["message-unfinished"]),
    (ISA + GS + MESSAGE[:-10] + MESSAGE.replace("0001", "0002") + "GE*2*101~" + IEA, ["message-unfinished"]),
    (ISA + GS + MESSAGE + ISA.replace("000000101", "000000102") + "IEA*0*000000102~",
     ["group-unfinished", "interchange-interrupted", "interchange-empty"]),
    (SOUND.replace("SE*3", "SE*4"), ["segment-count-differs"]),
    (SOUND.replace("SE*3", "SE*" + "9" * 5000), ["segment-count-differs"]),
    (SOUND.replace("SE*3", "SE*"), ["segment-count-differs"]),
    (SOUND.replace("SE*3*0001", "SE*3"), ["message-reference-differs"]),
    (SOUND.replace("SE*3*0001", "SE*3*0002"), ["message-reference-differs"]),
    (SOUND.replace("0001~", "1~"), ["message-control-number"]),
    (SOUND.replace("ST*850*0001", "ST*850").replace("SE*3*0001", "SE*3"), ["message-control-number"]),
    (SOUND.replace("GE*1", "GE*01"), []),
    (SOUND.replace("GE*1", "GE*2"), ["message-count-differs"]),
    (SOUND.replace("GE*1", "GE*" + "1" * 5000), ["message-count-differs"]),
    (SOUND.replace("GE*1*101", "GE"), ["group-reference-differs", "message-count-differs"]),
    (SOUND.replace("GE*1*101", "GE*1*000101"), []),
    (SOUND.replace("GE*1*101", "GE*1*102"), ["group-reference-differs"]),
    (SOUND.replace("IEA*1", "IEA*2"), ["group-count-differs"]),
    (SOUND.replace("IEA*1*000000101", "IEA*1*101"), ["interchange-reference-differs"]),
    (SOUND.replace("*X*004010", "*X"), ["group-header"]),
    (SOUND.replace("*101", "*ABC"), ["group-control-number"]),
    (SOUND.replace("*101*X", "**X").replace("*1*101", "*1*"), ["group-control-number"]),
    (SOUND.replace("000000101", "00000010A"), ["interchange-control-number"]),
    (SOUND.replace("*0*P*>", "*2*P*>"), ["acknowledgement-request"]),
    (SOUND.replace("*0*P*>", "*0*Q*>"), ["usage-indicator"]),
    (SOUND.replace("AMAZON         ", "AMAZON"), ["isa-width"]),
    (SOUND.replace("AMAZON         ", "AMAZON" + "\xa0" * 9), ["no-break-space"]),
    (SOUND.replace("*P*>~", "*P*~"), ["isa-width"]),
    (SOUND.replace("~", "~\n").replace("*P*>~", "*P*~"), ["isa-width"]),
    (SOUND + SOUND, ["interchange-duplicate"]),
    (ISA + GS + MESSAGE + GE + GS + MESSAGE + GE + IEA.replace("*1*", "*2*"), ["group-duplicate"]),
    (ISA + GS + MESSAGE + MESSAGE + GE.replace("*1*", "*2*") + IEA, ["message-duplicate"]),
    (ISA + GS + MESSAGE + GE + (GS + MESSAGE + GE).replace("101", "102") + IEA.replace("*1*", "*2*"), []),
    (SOUND.replace("*", "A"), ["delimiters-unusable"]),
    (SOUND.replace(">~", "*~", 1), ["component-separator-unusable"]),
    (SOUND.replace(">~", "~~", 1), ["terminator-unusable"]),
    (SOUND.replace(">~", "X~", 1), ["component-separator-unusable"]),
    (SOUND.replace("~", "\t"), ["terminator-unusable"]),
    (SOUND.replace("*U*00401", "*>*00501"), ["delimiters-unusable"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FAULTS, ids=[str(at) for at in range(len(FAULTS))])
def test_what_is_wrong_with_an_envelope_is_a_finding(text: str | bytes, expected: list[str]) -> None:
    assert codes(text) == expected


def test_reading_goes_on_at_the_next_line_that_begins_an_interchange() -> None:
    for rubbish in ("From: edi@example.com\n\n", "ISA*00*\n", "rubbish" * 200 + "\n"):
        first, *rest = codes(rubbish + SOUND)
        assert first in ("not-edi", "isa-truncated", "component-separator-unusable")
        assert rest == []
        assert len(messages(rubbish + SOUND)) == 1


def test_no_more_than_twenty_stray_segments_are_told() -> None:
    assert codes(ISA + "ZZZ*1~" * 1000 + GS + MESSAGE + GE + IEA) == ["segment-outside-message"] * 20


def test_a_bad_message_leaves_its_neighbours_alone() -> None:
    text = (
        ISA + GS + MESSAGE + MESSAGE.replace("0001", "0002").replace("SE*3", "SE*9") + GE.replace("1*", "2*", 1) + IEA
    )
    good, bad = messages(text)
    assert good.findings == ()
    assert [f.code for f in bad.findings] == ["segment-count-differs"]
    assert bad.findings[0].severity is Severity.REJECT
    assert bad.findings[0].message == "SE01 says 9, counted 3 segments"


def test_se_inside_data_does_not_end_a_message() -> None:
    text = SOUND.replace("4XK7PL2Q", "SE*GE*IEA*ST").replace("**20261120", "")
    assert messages(text)[0].segments[1] == "BEG*00*NE*SE*GE*IEA*ST"
    assert codes(text) == []


def test_empty_segments_do_not_count() -> None:
    assert codes(SOUND.replace("~BEG", "~~ ~BEG")) == []


def test_offsets_of_what_is_missing_are_those_of_the_end() -> None:
    message = messages(SOUND)[0]
    start = len(ISA + GS)
    assert message.offset == start
    assert message.locate(2) == SOUND.index("BEG")
    assert message.locate(2, 3) == SOUND.index("4XK7PL2Q")
    assert message.locate(2, 9) == SOUND.index("~SE")
    assert message.locate(2, 3, 2) == SOUND.index("**20261120")
    assert message.locate(9) == start + len(MESSAGE)


def test_a_component_is_located_in_its_own_element() -> None:
    text = SOUND.replace("4XK7PL2Q", "A>B>C")
    message = messages(text)[0]
    assert [message.locate(2, 3, component) for component in (1, 2, 3)] == [
        text.index(c + d) for c, d in ("A>", "B>", "C*")
    ]


def test_a_group_too_short_to_have_an_element_has_it_empty() -> None:
    group = events_of(SOUND.replace(GS, "GS*PO~"))[1]
    assert isinstance(group, GroupOpened)
    assert group.version == ""


def test_a_message_outside_a_group_has_no_version() -> None:
    assert messages(ISA + MESSAGE + IEA)[0].version == ""


def test_what_stops_reading_is_the_last_event() -> None:
    assert isinstance(events_of(SOUND + "rubbish")[-1], Unreadable)


def test_any_number_of_blanks_may_stand_between_segments_and_of_lines_before_an_interchange() -> None:
    assert codes(SOUND.replace("~GE", "~" + " \n" * 3000 + "GE")) == []
    pieces = [b"rubbish " * 60, b"and more", b" of it\n", SOUND.encode()]
    assert [finding.code for event in read(pieces) for finding in findings_of(event)] == ["not-edi"]


def test_a_message_longer_than_a_segment_may_be_is_no_fault() -> None:
    data = SOUND.replace("~SE*3", "~REF*CR*1" * 40 + "~SE*43").encode()
    events = list(read([data], Limits(segment=200)))
    assert not any(findings_of(event) for event in events)


def test_a_file_may_come_byte_by_byte() -> None:
    data = (ISA + GS + MESSAGE * 2 + "SE" * 200 + "~" + GS.replace("PO", "P" * 500) + MESSAGE + "SE*3*0001").encode()
    data += b"9" * 50 + b"~"
    assert list(read(data[at : at + 1] for at in range(len(data)))) == list(read([data]))


def test_a_trailer_cut_off_by_the_end_of_the_file_is_read_as_far_as_it_goes() -> None:
    assert codes(SOUND[: SOUND.index("SE*3") + 4]) == [
        "message-reference-differs",
        "group-unfinished",
        "interchange-unfinished",
    ]


def test_a_trailer_may_come_in_pieces() -> None:
    body = ISA + GS + "ST*850*0001~" + "REF*CR*1~" * 100
    pieces = [body.encode(), b"SE*", b"0" * 2000, b"102*0001~", (GE + IEA).encode()]
    assert not any(findings_of(event) for event in read(pieces))


def test_a_terminator_of_three_bytes_with_a_line_break_inside_is_none() -> None:
    text = ISA + GS + "ST*850*0001~BEG*00@SE*3*0001~GE*1*101~IEA*1*000000101~"
    data = text.replace("~", "…").encode().replace(b"@", b"\xe2\x80\r\n\xa6")
    (message,) = messages(data)
    assert len(message.segments) == 2  # ST, and a BEG that has swallowed the SE
    assert message.locate(2) == data.index(b"BEG")
