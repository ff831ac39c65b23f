"""The reader of EDIFACT: envelopes become events, what is wrong with them findings, and reading goes on."""

import pytest

from gateway.findings import Finding, Severity
from gateway.syntax.edifact import read
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Event, GroupClosed, InterchangeClosed, Unreadable, findings_of

UNB = "UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:0134+4234++++1+EANCOM'"
MESSAGE = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1AB2TEST+9'UNT+3+1'"
UNZ = "UNZ+1+4234'"
SOUND = UNB + MESSAGE + UNZ
UNG = "UNG+ORDERS+5450534000000:14+4012345000009:14+261120:0134+7+UN+D:96A:EAN008'"
UNE = "UNE+1+7'"
GROUPED = UNB + UNG + MESSAGE + UNE + UNZ


def events_of(text: str | bytes) -> list[Event]:
    return list(read([text.encode() if isinstance(text, str) else text]))


def found(text: str | bytes) -> list[Finding]:
    return [finding for event in events_of(text) for finding in findings_of(event)]


def codes(text: str | bytes) -> list[str]:
    return [finding.code for finding in found(text)]


def messages(text: str | bytes) -> list[EdifactMessage]:
    return [event for event in events_of(text) if isinstance(event, EdifactMessage)]


def opened(text: str | bytes) -> EdifactInterchange:
    return next(event for event in events_of(text) if isinstance(event, EdifactInterchange))


def test_a_sound_file_gives_its_envelopes_in_order_and_no_finding() -> None:
    header, message, closed = events_of(SOUND)
    assert isinstance(header, EdifactInterchange)
    assert (header.sender, header.receiver) == ("14:5450534000000", "14:4012345000009")
    assert (header.control_number, header.syntax, header.agreement) == ("4234", "UNOA:2", "EANCOM")
    assert header.wants_acknowledgement
    assert not header.is_test
    assert header.application == ""
    assert isinstance(message, EdifactMessage)
    assert (message.type, message.control_number, message.version) == ("ORDERS", "1", "d96a")
    assert message.association == "EAN008"
    assert message.group is None
    assert message.segments == ["UNH+1+ORDERS:D:96A:UN:EAN008", "BGM+220+1AB2TEST+9", "UNT+3+1"]
    assert message.marks == ("+", ":", "'", "")
    assert isinstance(closed, InterchangeClosed)
    assert closed.opened is header
    assert found(SOUND) == []


def test_a_header_says_who_without_a_qualifier_what_for_and_that_it_is_a_test() -> None:
    header = opened("UNB+UNOC:3+A?+B+C:ZZ+261120:0134+1?'2++ORDERS++0++1'")
    assert (header.sender, header.receiver, header.control_number) == (":A+B", "ZZ:C", "1'2")
    assert header.application == "ORDERS"
    assert header.is_test
    assert not header.wants_acknowledgement
    assert header.elements[1] == "A?+B"
    assert header.component(4, 2) == "0134"
    assert header.component(40) == ""


def test_groups_open_and_close_and_messages_stand_in_them() -> None:
    _, group, message, closed, _ = events_of(GROUPED)
    assert isinstance(group, EdifactGroup)
    assert (group.kind, group.control_number, group.version, group.ordinal) == ("ORDERS", "7", "d96a", 1)
    assert group.component(2, 2) == "14"
    assert group.component(2, 9) == ""
    assert isinstance(message, EdifactMessage)
    assert message.group == group
    assert isinstance(closed, GroupClosed)
    assert (closed.declared, closed.counted) == ("1", 1)
    assert found(GROUPED) == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n\n", "\n   "])
def test_line_breaks_and_indentation_after_terminators_mean_nothing(line_break: str) -> None:
    text = SOUND.replace("'", "'" + line_break)
    assert found(text) == []
    assert messages(text)[0].segments == messages(SOUND)[0].segments


@pytest.mark.parametrize("width", range(4, 81))
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_lines_of_a_fixed_width_may_break_anything_even_a_tag_or_a_released_character(
    width: int, line_break: str
) -> None:
    text = GROUPED.replace("1AB2TEST", "1AB?'2??T?+EST")
    wrapped = line_break.join(text[at : at + width] for at in range(0, len(text), width))
    assert found(wrapped) == []
    assert messages(wrapped)[0].segments == messages(text)[0].segments


def test_what_is_released_is_data_and_the_separators_become_neutral() -> None:
    (message,) = messages(SOUND.replace("1AB2TEST", "a?'b?+c?:d??e?f").replace("UNOA", "UNOB"))
    assert message.segments == [
        "UNH\x1d1\x1dORDERS\x1fD\x1f96A\x1fUN\x1fEAN008",
        "BGM\x1d220\x1da'b+c:d?ef\x1d9",
        "UNT\x1d3\x1d1",
    ]
    assert message.marks == ("\x1d", "\x1f", "\x1c", "")
    assert message.header == ["1", "ORDERS\x1fD\x1f96A\x1fUN\x1fEAN008"]
    assert message.type == "ORDERS"
    assert message.findings == ()


def test_an_envelope_segment_inside_released_data_is_data() -> None:
    (message,) = messages(SOUND.replace("1AB2TEST", "A?'UNT+1"))
    assert len(message.segments) == 3
    (other,) = messages(SOUND.replace("1AB2TEST", "A??'UNT+3+1'UNZ+1+4234'"))
    assert len(other.segments) == 3
    assert other.segments[1] == "BGM\x1d220\x1dA?"


@pytest.mark.parametrize(
    ("una", "text"),
    [
        ("UNA:+.? '", SOUND),
        ("UNA:+,? '", SOUND),
        ("UNA:+.?*'", SOUND),
        ("UNA:+.  '", SOUND),
        ("UNA=*.? ~", SOUND.replace(":", "=").replace("+", "*").replace("'", "~")),
        ("UNA\x1f\x1d.? \x1c", SOUND.replace(":", "\x1f").replace("+", "\x1d").replace("'", "\x1c")),
        ("UNA:+.? \n", SOUND.replace("'", "\n")),
        ("UNA:+.? \n", SOUND.replace("'", "\r\n")),
        ("UNA:+.\\ '", SOUND),
    ],
)
@pytest.mark.parametrize("between", ["", "\r\n", "\n "])
def test_una_says_which_characters_serve(una: str, text: str, between: str) -> None:
    assert found(una + between + text) == []
    (message,) = messages(una + between + text)
    assert [segment.split(message.marks[0])[0] for segment in message.segments] == ["UNH", "BGM", "UNT"]
    assert message.type == "ORDERS"


def test_a_blank_for_a_release_character_means_that_there_is_none() -> None:
    (message,) = messages("UNA:+.  '" + SOUND.replace("1AB2TEST", "WHY? NOT?"))
    assert message.segments[1] == "BGM+220+WHY? NOT?+9"
    assert message.delimiters.release is None


def test_level_b_may_have_the_information_separators_without_a_una() -> None:
    text = SOUND.replace("UNOA", "UNOB").replace(":", "\x1f").replace("+", "\x1d").replace("'", "\x1c")
    assert found(text) == []
    assert opened(text).sender == "14:5450534000000"
    assert messages(text)[0].type == "ORDERS"


@pytest.mark.parametrize(
    ("una", "why"),
    [
        ("UNA::.? '", "component separator b':' is also"),
        ("UNAA+.? '", "component separator b'A' is a letter"),
        ("UNA:+.?' '", 'segment terminator b" " is a letter, digit or blank'.replace('"', "'")),
        ("UNA:+.1 '", "release character b'1'"),
        ("UNA:+.+ '", "release character b'+'"),
        ("UNA:+.? \xa7", "no character of ASCII"),
        ("UNA\x01+.? '", "no character of ASCII"),
    ],
)
def test_a_una_that_cannot_serve_is_refused_with_the_reason(una: str, why: str) -> None:
    stop, *_ = events_of((una + SOUND).encode("latin-1"))
    assert isinstance(stop, Unreadable)
    assert stop.finding.code == "delimiters-unusable"
    assert why.replace("b'", "'") in stop.finding.message.replace("b'", "'"), stop.finding.message


def test_the_reserved_place_of_una_repeats_in_version_4_only() -> None:
    text = "UNA:+.?*'" + SOUND.replace("1AB2TEST", "A*B?*C")
    assert messages(text)[0].marks == ("\x1d", "\x1f", "\x1c", "")
    assert messages(text)[0].segments[1] == "BGM\x1d220\x1dA*B*C\x1d9"
    (fourth,) = messages(text.replace("UNOA:2", "UNOA:4"))
    assert fourth.marks == ("\x1d", "\x1f", "\x1c", "\x1e")
    assert fourth.segments[1] == "BGM\x1d220\x1dA\x1eB*C\x1d9"


def test_version_4_has_its_repetition_separator_without_a_una_and_none_where_una_leaves_it_blank() -> None:
    text = SOUND.replace("UNOA:2", "UNOA:4").replace("1AB2TEST", "A*B")
    assert messages(text)[0].marks == ("+", ":", "'", "*")
    assert messages("UNA:+.? '" + text)[0].marks == ("+", ":", "'", "")
    assert codes("UNA:+.?+'" + text) == ["delimiters-unusable"]


@pytest.mark.parametrize(
    ("identifier", "version"), [("D:96A", "d96a"), ("2:2", "s2"), ("4:1", "s4"), ("D:3", "d3"), ("93:1", "931")]
)
def test_a_version_is_named_as_its_grammars_are(identifier: str, version: str) -> None:
    assert messages(SOUND.replace("D:96A", identifier))[0].version == version


def test_each_interchange_brings_its_own_una_or_has_the_defaults() -> None:
    odd = "UNA=*.! ~" + SOUND.replace(":", "=").replace("+", "*").replace("'", "~").replace("4234", "1")
    file = SOUND + odd + SOUND.replace("4234", "2") + "\r\n" + odd.replace("*1~", "*3~").replace("*1*", "*3*", 1)
    parts = messages(file)
    assert [part.segments[1][:3] for part in parts] == ["BGM"] * 4
    assert [part.delimiters.release for part in parts] == [b"?", b"!", b"?", b"!"]
    assert [part.type for part in parts] == ["ORDERS"] * 4


def test_what_a_una_of_no_use_announces_is_passed_over_with_it() -> None:
    assert codes("UNA++.? '\n" + SOUND + "\n" + SOUND) == ["delimiters-unusable"]
    assert len(messages("UNA++.? '\n" + SOUND + "\n" + SOUND)) == 1
    assert codes("UNA+") == ["unb-truncated"]


def test_a_byte_order_mark_and_blanks_before_the_file_are_passed_over() -> None:
    text = "\ufeff\r\n " + SOUND
    assert codes(text) == ["byte-order-mark"]
    assert opened(text).offset == 6
    assert found(text)[0].severity is Severity.WARN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["file-empty"]),
        (" \r\n\x1a", ["file-empty"]),
        ("BGM+220'", ["not-edi"]),
        ("UNA:+.? '" + MESSAGE, ["not-edi"]),
        ("UNA:+.", ["unb-truncated"]),
        ("UNB+UNOA:2+A+B", ["unb-truncated"]),
        (SOUND.replace("'", "\n"), ["unb-truncated"]),
        ("UNB" + "+" * 3000, ["unb-truncated"]),
        ("rubbish\nUNUSED\n" + SOUND, ["not-edi"]),
        (SOUND + "rubbish", ["not-edi"]),
        ("rubbish\nUNA:+.? '" + SOUND, ["not-edi"]),
        (UNB + MESSAGE, ["interchange-unfinished"]),
        (UNB, ["interchange-unfinished", "interchange-empty"]),
        (UNB + MESSAGE + "UNZ+1+4234", ["segment-unterminated"]),
        (UNB + MESSAGE + "UNZ+1+4234\r\n", ["segment-unterminated"]),
        (UNB + MESSAGE + "UNZ+1+4235'", ["interchange-reference-differs"]),
        (UNB + MESSAGE + "UNZ+2+4234'", ["message-count-differs"]),
        (UNB + MESSAGE + "UNZ+01+4234'", []),
        (UNB + MESSAGE + "UNZ'", ["interchange-reference-differs", "message-count-differs"]),
        (UNB + "UNZ+0+4234'", ["interchange-empty"]),
        (UNB + "BGM+1'" + MESSAGE + UNZ, ["segment-outside-message"]),
        (UNB + MESSAGE + "''" + UNZ, []),
        (UNB + MESSAGE + "UNT+3+1'" + UNZ, ["segment-outside-message"]),
        (UNB + MESSAGE + UNE + UNZ, ["group-stray"]),
        (UNB + MESSAGE + MESSAGE.replace("+1", "+2") + UNZ, ["message-count-differs"]),
        (UNB + MESSAGE + MESSAGE + "UNZ+2+4234'", ["message-duplicate"]),
        (SOUND + SOUND, ["interchange-duplicate"]),
        (SOUND.replace("UNT+3+1", "UNT+4+1"), ["segment-count-differs"]),
        (SOUND.replace("UNT+3+1", "UNT+3+2"), ["message-reference-differs"]),
        (SOUND.replace("UNT+3+1", "UNT"), ["message-reference-differs", "segment-count-differs"]),
        (SOUND.replace("UNT+3+1'", ""), ["message-unfinished"]),
        (UNB + "UNH+1+ORDERS:D:96A:UN'BGM+1", ["message-unfinished", "interchange-unfinished"]),
        (UNB + "UNH+1+ORDERS:D:96A:UN'UNT+2+1", ["interchange-unfinished"]),
        (
            UNB + "UNH+1+ORDERS:D:96A:UN'" + SOUND,
            ["message-unfinished", "interchange-interrupted", "interchange-duplicate"],
        ),
        (UNB + MESSAGE + "UNA:+.? '" + SOUND, ["interchange-interrupted", "interchange-duplicate"]),
        (SOUND.replace("UNH+1", "UNH+"), ["message-control-number", "message-reference-differs"]),
        (SOUND.replace("+1+ORDERS:D:96A:UN:EAN008", "+1"), ["message-header"] * 4),
        (SOUND.replace("ORDERS:D", ":D"), ["message-header"]),
        (SOUND.replace("UNOA:2", "UNOZ:2"), ["syntax-unknown"]),
        (SOUND.replace("UNOA:2", "UNOA:5"), ["syntax-unknown"]),
        (SOUND.replace("UNOA:2", "UNOA"), ["syntax-unknown"]),
        (SOUND.replace("5450534000000:14", ""), ["interchange-header"]),
        (SOUND.replace("261120:0134", ""), ["interchange-header", "interchange-header"]),
        (SOUND.replace("4234", ""), ["interchange-control-number"]),
        (SOUND.replace("4234", "123456789012345"), ["interchange-control-number"]),
        (SOUND.replace("++++1+", "++++Y+"), ["acknowledgement-request"]),
        (SOUND.replace("EANCOM", "EANCOM+T"), ["usage-indicator"]),
        (SOUND.replace("EANCOM", "EANCOM+0"), []),
        (GROUPED.replace(UNE, ""), ["group-unfinished"]),
        (GROUPED.replace("UNE+1+7", "UNE+1+8"), ["group-reference-differs"]),
        (GROUPED.replace("UNE+1+7", "UNE+2+7"), ["message-count-differs"]),
        (GROUPED.replace("UNZ+1", "UNZ+2"), ["group-count-differs"]),
        (GROUPED.replace(MESSAGE, "").replace("UNE+1", "UNE+0"), ["group-empty"]),
        (GROUPED.replace("+7'", "+'").replace("+7+", "++"), ["group-control-number"]),
        (GROUPED.replace("UNG+ORDERS", "UNG+"), ["group-header"]),
        (UNB + "UNG++++" + "+7'" + MESSAGE + UNE + UNZ, ["group-header"] * 8),
        ((UNB + "UNG++++" + "+7'" + MESSAGE + UNE + UNZ).replace("UNOA:2", "UNOA:4"), []),
        (UNB + (UNG + MESSAGE + UNE) * 2 + "UNZ+2+4234'", ["group-duplicate"]),
        (UNB + MESSAGE + UNG + MESSAGE + UNE + UNZ, ["groups-mixed"]),
        (UNB + UNG + MESSAGE + UNE + MESSAGE + MESSAGE.replace("+1", "+2") + UNZ, ["groups-mixed"]),
        (
            UNB + MESSAGE + (UNG + MESSAGE + UNE) + (UNG + MESSAGE + UNE).replace("+7", "+8") + "UNZ+2+4234'",
            ["groups-mixed"],
        ),
        (
            UNB + UNG + MESSAGE + "UNH+2+INVOIC:D:96A:UN'UNT+2+2'UNE+2+7'" + UNZ,
            ["message-type-misplaced"],
        ),
        (UNB + UNG + MESSAGE + "UNH+2'UNT+2+2'UNE+2+7'" + UNZ, ["message-type-misplaced"] + ["message-header"] * 4),
        (UNB + UNG + MESSAGE + UNG.replace("+7", "+8") + MESSAGE + "UNE+1+8'" + "UNZ+2+4234'", ["group-unfinished"]),
    ],
)
def test_what_is_wrong_with_envelopes_is_found(text: str, expected: list[str]) -> None:
    assert sorted(codes(text)) == sorted(expected), found(text)


def test_findings_say_where_what_and_what_was_expected() -> None:
    (finding,) = found(GROUPED.replace("UNT+3+1", "UNT+4+1"))
    assert finding.message == "UNT says 4, counted 3 segments"
    assert (finding.segment, finding.tag, finding.element, finding.number) == (3, "UNT", 1, "0074")
    assert (finding.value, finding.expected) == ("4", "3")
    assert finding.offset == GROUPED.index("UNT+3") + 4
    (reference,) = found(SOUND.replace("UNZ+1+4234", "UNZ+1+42"))
    assert reference.offset == SOUND.index("UNZ+1") + 6
    assert (reference.tag, reference.element, reference.value) == ("UNZ", 2, "42")


@pytest.mark.parametrize(
    ("text", "tag", "element", "component", "number", "value"),
    [
        (SOUND.replace("UNOA:2", "UNOZ:2"), "UNB", 1, 1, "0001", "UNOZ"),
        (SOUND.replace("UNOA:2", "UNOA:9"), "UNB", 1, 2, "0002", "9"),
        (SOUND.replace("UNOA:2", "UNOA"), "UNB", 1, 2, "0002", ""),
        (SOUND.replace("261120:0134", "261120"), "UNB", 4, 2, "0019", None),
        (SOUND.replace("++++1+", "++++Y+"), "UNB", 9, None, "0031", "Y"),
        (GROUPED.replace("UNG+ORDERS", "UNG+"), "UNG", 1, None, "0038", None),
        (GROUPED.replace("UN+D:96A:EAN008'UNH", "UN+D'UNH"), "UNG", 7, 2, "0054", None),
        (GROUPED.replace("UNE+1+7", "UNE+1+8"), "UNE", 2, None, "0048", "8"),
        (SOUND.replace("UNZ+1", "UNZ+3"), "UNZ", 1, None, "0036", "3"),
        (SOUND.replace("ORDERS:D", ":D"), "UNH", 2, 1, "0065", None),
    ],
)
def test_a_finding_names_the_cell_of_the_envelope(
    text: str, tag: str, element: int, component: int | None, number: str, value: str | None
) -> None:
    (finding,) = found(text)
    assert (finding.tag, finding.element, finding.component) == (tag, element, component)
    assert (finding.number, finding.value) == (number, value)
    assert finding.offset is not None
    assert text[finding.offset :].startswith(value or "")


def test_a_reference_is_compared_by_what_it_says_and_not_by_how_it_is_released() -> None:
    assert codes(SOUND.replace("+4234", "+A?+1")) == []
    assert codes(SOUND.replace("+4234++", "+A1++").replace("+4234'", "+?A1'")) == []
    assert codes(GROUPED.replace("+7+", "+?'7+").replace("+7'", "+?'7'")) == []
    (finding,) = found(SOUND.replace("UNT+3+1", "UNT+3+1:2?+"))
    assert (finding.code, finding.value) == ("message-reference-differs", "1:2+")


def test_nothing_inside_is_a_fault_in_edifact() -> None:
    assert [finding.severity for finding in found(UNB + "UNZ+0+4234'")] == [Severity.REJECT]


def test_of_much_that_is_stray_the_first_is_shown() -> None:
    text = UNB + "BGM+1'" * 50 + MESSAGE + UNZ
    assert codes(text) == ["segment-outside-message"] * 20


def test_a_byte_outside_the_declared_set_is_named_with_its_place() -> None:
    text = SOUND.replace("+220+", "+220:Ab:cd+")
    (finding,) = found(text)
    assert finding.code == "character-outside-set"
    assert finding.severity is Severity.WARN
    assert finding.message == "byte 0x62 ('b') is no character of UNOA, nor are 2 others"
    assert (finding.segment, finding.tag, finding.element, finding.component) == (2, "BGM", 1, 2)
    assert finding.offset == text.index("b:cd")
    assert finding.numbers.contrl == "21"


def test_a_stray_byte_in_an_element_a_tag_or_between_segments_has_its_place_too() -> None:
    (plain,) = found(SOUND.replace("1AB2TEST", "1\xc42").encode("latin-1"))
    assert (plain.segment, plain.element, plain.component, plain.value) == (2, 2, None, "0xC4")
    (tag,) = found(SOUND.replace("BGM+", "bGM+"))
    assert (tag.segment, tag.element) == (2, None)
    (between,) = found(SOUND.replace("BGM+", "\tBGM+"))
    assert (between.segment, between.element) == (1, None)
    (header,) = found(SOUND.replace("EANCOM", "EANcOM"))
    assert (header.tag, header.offset) == ("UNB", SOUND.index("COM"))


@pytest.mark.parametrize(
    ("syntax", "data", "text", "is_told"),
    [
        ("UNOC:3", b"\xc4", "Ä", False),
        ("UNOC:3", "Ü".encode(), "Ü", True),
        ("UNOC:3", b"\x9c\xff", "\x9cÿ", True),
        ("UNOD:3", b"\xb3", "ł", False),
        ("UNOE:3", b"\xd0", "а", False),
        ("UNOF:3", b"\xe1", "α", False),
        ("UNOF:3", b"\xff", "ÿ", True),
        ("UNOL:3", b"\xa4", "€", False),
        ("UNOA:3", "Ü".encode(), "Ü", True),
        ("UNOA:3", b"\xdc", "Ü", True),
        ("UNOY:4", "€".encode(), "€", False),
        ("UNOW:4", b"\xdc", "Ü", True),
        ("UNOY:4", b"\x01", "\x01", True),
    ],
)
@pytest.mark.parametrize("released", ["", "?+"])
def test_text_is_decoded_as_declared_else_as_utf_8_else_as_latin_1(
    syntax: str, data: bytes, text: str, is_told: bool, released: str
) -> None:
    file = SOUND.replace("UNOA:2", syntax).replace("1AB2TEST", f"{released}@").encode().replace(b"@", data)
    (message,) = messages(file)
    assert message.segments[1].endswith(text + message.marks[0] + "9") or (text == "\x01" and released)
    assert codes(file) == ["character-outside-set"] * is_told


@pytest.mark.parametrize("between", ["+", "'", ":", "?"])
@pytest.mark.parametrize("syntax", ["UNOA:2", "UNOC:3", "UNOY:4"])
def test_a_separator_between_the_halves_of_a_character_makes_them_two(between: str, syntax: str) -> None:
    data = b"\xc3" + between.encode() + b"\xa0"
    for place in ("1AB2TEST", "5450534000000"):
        file = SOUND.replace("UNOA:2", syntax).replace(place, "@").encode().replace(b"@", data)
        events = events_of(file)
        texts = [text for event in events for text in getattr(event, "segments", getattr(event, "elements", ()))]
        assert "\xc3" in "".join(texts)


def test_of_an_unknown_syntax_every_character_is_taken() -> None:
    file = SOUND.replace("UNOA", "UNOZ").replace("1AB2TEST", "ä")
    assert codes(file) == ["syntax-unknown"]
    assert messages(file)[0].segments[1] == "BGM+220+ä+9"


def test_control_characters_cannot_pass_for_separators() -> None:
    (message,) = messages(SOUND.replace("1AB2TEST", "A\x1dB?+\x1c\x01"))
    assert message.segments[1] == "BGM\x1d220\x1dA\x1aB+\x1a\x1a\x1d9"
    separated = SOUND.replace(":", "\x1f").replace("+", "\x1d").replace("'", "\x1c").replace("1AB2TEST", "A?\x1dB")
    (other,) = messages("UNA\x1f\x1d.? \x1c" + separated)
    assert other.segments[1] == "BGM\x1d220\x1dA\x1aB\x1d9"


def test_cells_are_located_by_the_byte_release_characters_counted() -> None:
    text = "UNA:+.? '\r\n" + UNB + "UNH+1+ORDERS:D:96A:UN'\r\n BGM+2?+2?'0:x\n:y+Z'UNT+3+1'" + UNZ
    (message,) = messages(text)
    assert message.locate(1) == text.index("UNH")
    assert message.locate(1, 2, 3) == text.index("96A")
    assert message.locate(2) == text.index("BGM")
    assert message.locate(2, 1) == text.index("2?+")
    assert message.locate(2, 1, 2) == text.index("x\n")
    assert message.locate(2, 1, 3) == text.index("y+Z")
    assert message.locate(2, 2) == text.index("Z'")
    assert message.locate(2, 9) == text.index("'UNT")
    assert message.locate(3) == text.index("UNT+3")
    assert message.locate(9) == text.index(UNZ)
