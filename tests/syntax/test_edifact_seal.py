"""Sealing EDIFACT: what was meant is what a reader reads, whatever stands in it, or the caller is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.syntax.character_sets import CharacterSet, find_character_set
from gateway.syntax.edifact import read
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import findings_of
from gateway.syntax.seal import Replaced
from gateway.syntax.seal_edifact import (
    EdifactEnvelope,
    EdifactSealed,
    Outgoing,
    enclose_edifact,
    render_edifact,
    seal_edifact,
)
from gateway.syntax.service_characters import DEFAULT, ServiceCharacters
from gateway.syntax.transliteration import transliterate

AT = datetime(2026, 11, 20, 11, 4, tzinfo=UTC)
ENVELOPE = EdifactEnvelope("14:4012345000009", "14:5450534000000", AT, "77", "UNOC:3")
IDENTIFIER = "ORDRSP:D:96A:UN:EAN005"
SEPARATED = ServiceCharacters(b"*", b"=", b"~", None, b"!")


def message(*segments: tuple[str, tuple[str | tuple[str, ...], ...]], reference: str = "1") -> Outgoing:
    return reference, IDENTIFIER, list(segments)


def sealed(*elements: str | tuple[str, ...], **facts: Any) -> EdifactSealed:
    return seal_edifact([message(("FTX", elements))], replace(ENVELOPE, **facts))


def test_an_interchange_is_written_as_the_standard_has_it() -> None:
    envelope = replace(ENVELOPE, syntax="UNOA:2", agreement="EANCOM", wants_acknowledgement=True)
    document = message(("BGM", ("231", "1AB2TEST", "4")), ("DTM", (("137", "20261120", "102"),)))
    assert seal_edifact([document], envelope, line_break="\n").data.decode() == (
        "UNB+UNOA:2+4012345000009:14+5450534000000:14+261120:1104+77++++1+EANCOM'\n"
        "UNH+1+ORDRSP:D:96A:UN:EAN005'\n"
        "BGM+231+1AB2TEST+4'\n"
        "DTM+137:20261120:102'\n"
        "UNT+4+1'\n"
        "UNZ+1+77'\n"
    )


def test_messages_are_rendered_once_and_enclosed_under_any_number() -> None:
    messages = [message(("FTX", ("AAI", "a+b", "é")))]
    body = render_edifact(messages, ENVELOPE, line_break="\n")
    for number in ("1", "17"):
        envelope = replace(ENVELOPE, control_number=number)
        assert enclose_edifact(body, envelope) == seal_edifact(messages, envelope, line_break="\n")


def test_messages_of_one_syntax_are_not_enclosed_in_one_with_other_characters() -> None:
    with pytest.raises(ValueError, match="do not stand in syntax UNOY:4"):
        enclose_edifact(render_edifact([message()], ENVELOPE), replace(ENVELOPE, syntax="UNOY:4"))


def test_several_messages_are_counted_and_keep_their_references() -> None:
    data = seal_edifact([message(reference="A1"), message(("UNS", ("S",)), reference="A2")], ENVELOPE).data
    assert data.endswith(b"UNT+2+A1'UNH+A2+ORDRSP:D:96A:UN:EAN005'UNS+S'UNT+3+A2'UNZ+2+77'")
    assert [finding for event in read([data]) for finding in findings_of(event)] == []


def test_what_is_empty_at_an_end_is_left_out_and_inside_it_is_kept() -> None:
    data = sealed("", ("", "", "A", "", ""), "", ("", ""), "B", "", ("", "")).data
    assert b"FTX++::A+++B'" in data
    assert b"'FTX'" in sealed("", ("", "")).data


def test_whatever_serves_is_released_in_data() -> None:
    assert b"FTX+a?+b?:c?'d??e*f'" in sealed("a+b:c'd?e*f").data


def test_syntax_4_releases_its_repetition_separator_and_writes_the_year_in_full() -> None:
    data = sealed("5*3", syntax="UNOY:4").data
    assert b"+20261120:1104+" in data
    assert b"FTX+5?*3'" in data
    told = seal_edifact([message(("FTX", ("5*3",)))], replace(ENVELOPE, syntax="UNOY:4", has_service_string=True))
    assert told.data.startswith(b"UNA:+.?*'")
    blank = replace(DEFAULT, repetition=None)
    untold = seal_edifact([message(("FTX", ("5*3",)))], replace(ENVELOPE, syntax="UNOY:4"), blank)
    assert b"FTX+5?*3'" in untold.data


def test_una_is_written_when_asked_and_says_other_characters() -> None:
    data = seal_edifact(
        [
            message(
                (
                    "FTX",
                    ("a*b!+", ("x", "=")),
                )
            )
        ],
        replace(ENVELOPE, has_service_string=True),
        SEPARATED,
    )
    assert data.data.startswith(b"UNA=*.! ~UNB*UNOC=3*4012345000009=14*")
    assert b"FTX*a!*b!!+*x=!=~" in data.data
    assert replace(DEFAULT, release=None).service_string == b"UNA:+. *'"


def test_without_a_release_character_separators_in_data_become_blanks_and_are_told() -> None:
    none = replace(DEFAULT, release=None)
    done = seal_edifact([message(("FTX", ("a+b?",)))], replace(ENVELOPE, has_service_string=True), none)
    assert b"FTX+a b?'" in done.data
    assert done.replaced == (Replaced(2, "FTX", 1, "a+b?"),)
    assert done.unfit == ()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"syntax": "UNOZ:3"}, "no syntax"),
        ({"syntax": "UNOA"}, "no syntax"),
        ({"control_number": ""}, "control number"),
        ({"control_number": "123456789012345"}, "control number"),
        ({"control_number": "7\n"}, "control number"),
        ({"sender": "4012345000009"}, "no id"),
        ({"sender": "14:"}, "id ''"),
        ({"sender": "14:" + "1" * 36}, "1 to 35"),
        ({"receiver": "12345:1"}, "qualifier"),
        ({"receiver": "14:ł"}, "characters of the set"),
        ({"agreement": "x" * 36}, "agreement"),
        ({"application": " ORDERS"}, "application reference"),
    ],
)
def test_an_envelope_that_cannot_be_written_is_refused(facts: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sealed("A", **facts)


@pytest.mark.parametrize(
    ("characters", "has_una", "why"),
    [
        (SEPARATED, False, "told by a UNA"),
        (replace(DEFAULT, decimal_mark=b","), True, "full stop"),
        (replace(DEFAULT, element=b":"), True, "is also the"),
        (replace(DEFAULT, release=b"+"), True, "release character"),
    ],
)
def test_service_characters_that_cannot_serve_are_refused(
    characters: ServiceCharacters, has_una: bool, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        seal_edifact([message()], replace(ENVELOPE, has_service_string=has_una), characters)


def test_identifiers_references_and_line_breaks_are_checked() -> None:
    with pytest.raises(ValueError, match="message identifier"):
        seal_edifact([("1", "ORDRSP", [])], ENVELOPE)
    with pytest.raises(ValueError, match="reference"):
        seal_edifact([("", IDENTIFIER, [])], ENVELOPE)
    with pytest.raises(ValueError, match="line break"):
        seal_edifact([], ENVELOPE, line_break="~")


def test_an_id_without_a_release_character_cannot_hold_a_separator() -> None:
    envelope = replace(ENVELOPE, sender="14:A+B", has_service_string=True)
    with pytest.raises(ValueError, match="id 'A"):
        seal_edifact([], envelope, replace(DEFAULT, release=None))


def test_an_id_may_have_no_qualifier_and_be_released() -> None:
    data = sealed("A", sender=":A+B", application="ORDRSP", is_test=True).data
    assert data.startswith(b"UNB+UNOC:3+A?+B+5450534000000:14+261120:1104+77++ORDRSP++++1'")
    header = next(event for event in read([data]) if isinstance(event, EdifactInterchange))
    assert header.sender == ":A+B"
    assert header.is_test


@pytest.mark.parametrize(
    ("level", "text", "said"),
    [
        ("UNOA", "München", "MUNCHEN"),
        ("UNOB", "München, Straße 5", "Munchen, Strasse 5"),
        ("UNOC", "München, Straße 5", "München, Straße 5"),
        ("UNOC", "Mu\u0308nchen", "München"),
        ("UNOC", "Łódź", "Lódz"),
        ("UNOD", "Łódź", "Łódź"),
        ("UNOB", "Ærø Þór œuvre", "AEro THor oeuvre"),
        ("UNOB", "3 × 5 m² – „ja“ … ½ €", '3 x 5 m2 - "ja" ... 1/2 EUR'),
        ("UNOC", "\u200bZero\u00ad\ufeff", "Zero\u00ad"),
        ("UNOB", "line\r\nbreak\x00", "line  break "),
        ("UNOY", "漢字 Łódź", "漢字 Łódź"),
        ("UNOY", "a\x1db", "a b"),
    ],
)
def test_characters_are_made_to_fit_by_a_visible_rule(level: str, text: str, said: str) -> None:
    character_set = find_character_set(level)
    assert character_set is not None
    fitted = transliterate(text, character_set)
    assert (fitted.text, fitted.fits) == (said, True)


def test_what_has_no_other_writing_is_unfit_and_never_a_question_mark() -> None:
    for level, text, said in (("UNOA", "ACME_26", "ACME 26"), ("UNOC", "漢5", " 5"), ("UNOY", "\ud800!", " !")):
        character_set = find_character_set(level)
        assert character_set is not None
        fitted = transliterate(text, character_set)
        assert (fitted.text, fitted.fits) == (said, False)
    done = sealed("x", ("Straße", "漢字"), syntax="UNOB:3")
    assert [told.value for told in done.replaced] == ["Straße", "漢字"]
    assert done.unfit == (Replaced(2, "FTX", 2, "漢字"),)
    assert b"?" not in done.data


def test_a_set_is_found_by_its_name_or_not_at_all() -> None:
    assert find_character_set("UNOC") == CharacterSet("UNOC", "iso8859-1")
    assert find_character_set("UNOX") is None


WRITABLE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12).map(str.strip)
ELEMENTS = st.lists(WRITABLE | st.lists(WRITABLE, min_size=2, max_size=4).map(tuple), max_size=6)
SEGMENTS = st.lists(st.tuples(st.sampled_from(["FTX", "IMD", "NAD"]), ELEMENTS), max_size=6)
CHARACTERS = st.sampled_from([DEFAULT, SEPARATED, replace(DEFAULT, terminator=b"\n"), replace(DEFAULT, release=b"\\")])


def trimmed(elements: list[str | tuple[str, ...]]) -> list[list[str]]:
    cells = [list(value) if isinstance(value, tuple) else [value] for value in elements]
    for parts in cells:
        while parts and not parts[-1]:
            parts.pop()
    while cells and not cells[-1]:
        cells.pop()
    return [parts or [""] for parts in cells]


@given(SEGMENTS, CHARACTERS, st.sampled_from(["UNOC:3", "UNOY:4"]), st.sampled_from(["", "\n", "\r\n", "\r"]))
@settings(max_examples=300)
def test_what_is_read_is_what_was_sealed_whatever_the_text(
    segments: list[tuple[str, list[str | tuple[str, ...]]]],
    characters: ServiceCharacters,
    syntax: str,
    line_break: str,
) -> None:
    envelope = replace(ENVELOPE, syntax=syntax, has_service_string=True)
    done = seal_edifact([("1", IDENTIFIER, segments)], envelope, characters, line_break)
    assert done.replaced == done.unfit == ()
    events = list(read([done.data]))
    assert [finding for event in events for finding in findings_of(event)] == []
    (sent,) = (event for event in events if isinstance(event, EdifactMessage))
    element, component, *_ = sent.marks
    inner = [text.split(element) for text in sent.segments[1:-1]]
    assert [tag for tag, *_ in inner] == [tag for tag, _ in segments]
    assert [[cell.split(component) for cell in cells] for _, *cells in inner] == [trimmed(e) for _, e in segments]


@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=4),
    st.sampled_from(["UNOA:1", "UNOB:2", "UNOC:3", "UNOD:3", "UNOE:3", "UNOF:3", "UNOL:3", "UNOY:4"]),
)
@settings(max_examples=300)
def test_no_text_breaks_an_interchange_and_none_is_changed_in_silence(texts: list[str], syntax: str) -> None:
    done = sealed(*texts, syntax=syntax)
    events = list(read([done.data]))
    assert [finding for event in events for finding in findings_of(event)] == []
    (sent,) = (event for event in events if isinstance(event, EdifactMessage))
    assert len(sent.segments) == 3
    told = {replaced.element for replaced in done.replaced}
    said = sent.segments[1].split(sent.marks[0])[1:]
    for position, (meant, read_back) in enumerate(zip(texts, said, strict=False), 1):
        assert position in told or meant == read_back
    assert set(done.unfit) <= set(done.replaced)
