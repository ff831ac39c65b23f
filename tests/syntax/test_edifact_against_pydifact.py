"""A second opinion: pydifact reads the same segments from whatever both can read, and what it lets pass we do not."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydifact.exceptions import EDISyntaxError, MissingImplementationWarning
from pydifact.segmentcollection import Interchange, RawSegmentCollection

from gateway.findings import Severity
from gateway.syntax.edifact import read
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import InterchangeOpened, findings_of
from tests.syntax import wild_corpus

pytestmark = pytest.mark.filterwarnings("ignore::pydifact.exceptions.MissingImplementationWarning")

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared"
UNB = "UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:0134+4234'"
MESSAGE = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+1AB2TEST+9'UNT+3+1'"
UNZ = "UNZ+1+4234'"

Elements = list[list[str]]


def trimmed(elements: Elements) -> Elements:
    """Without trailing empty components and elements, which say nothing."""
    kept: Elements = []
    for components in elements:
        parts = list(components)
        while parts and not parts[-1]:
            parts.pop()
        kept.append(parts)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def ours(data: bytes) -> list[Elements]:
    segments = []
    for event in read([data]):
        if isinstance(event, EdifactMessage):
            element, component, _, repetition = event.marks
            texts = [text.replace(repetition or "*", "*") for text in event.segments]  # which pydifact does not split
            segments += [[cell.split(component) for cell in text.split(element)] for text in texts]
    return [trimmed(elements) for elements in segments]


def theirs(text: str) -> list[Elements]:
    """The segments of the messages as pydifact reads them; envelopes are left out."""
    segments = []
    for segment in RawSegmentCollection.from_str(text).segments:
        if segment.tag not in ("UNA", "UNB", "UNZ"):
            elements = [[e] if isinstance(e, str) else list(e) for e in segment.elements]
            segments.append(trimmed([[segment.tag], *elements]))
    return segments


def files() -> Iterator[Path]:
    yield from sorted((ROOT / "samples" / "edifact").glob("*.edi"))
    yield from sorted(p for p in (CORPUS / "reference" / "examples").glob("*.edi") if p.read_bytes()[:3] == b"UNB")
    yield from (wild_corpus.CORPUS / row["file"] for row in wild_corpus.listed("edifact") if can_both(row))


# Files that it cannot read, each with the reason.
UNREADABLE = {
    "edi.net__edifact.D95B.CUSCAR.EDI": "tabs before segments are part of their tags",
    "edi.net__edifact.Issue152.Wikipedia.edi": "it warns of segments without elements, as an error here",
    "smooks__no_ung-unedifact-msg-02.edi": "tags of two and four letters",
    "staedi__empty-segment-example.edi": "it warns of segments without elements, as an error here",
    "staedi__pnrgov.edi": "it warns of segments without elements, as an error here",
}
# What it reads wrongly: a byte order mark before UNA, lines of a fixed width; and the longest file takes it 20 seconds.
MISREAD = ("utf8_bom", "wrapped_lines")
TOO_LONG = "edifact/pydifact__huge_file2.edi"


def can_both(row: dict[str, str]) -> bool:
    """One interchange without groups, as pydifact knows no others."""
    is_plain = row["interchanges"] == "1" and row["groups"] == "0"
    return is_plain and not any(note in row["notes"] for note in MISREAD) and row["file"] != TOO_LONG


@pytest.mark.parametrize("path", list(files()), ids=lambda path: path.name)
def test_both_read_the_same_segments(path: Path) -> None:
    data = path.read_bytes()
    message = next(event for event in read([data]) if isinstance(event, EdifactMessage))
    text = data.decode(message.delimiters.encoding_of(message.raw))
    if path.name in UNREADABLE:
        with pytest.raises((ValueError, EDISyntaxError, SyntaxWarning)):
            theirs(text)
    else:
        assert ours(data) == theirs(text)


SPOKEN = [
    ("plain", MESSAGE),
    ("released separators", MESSAGE.replace("1AB2TEST", "1?+2?:3?'4??5")),
    ("release before the terminator", MESSAGE.replace("1AB2TEST+9", "A??")),
    ("release of a letter", MESSAGE.replace("1AB2TEST", "A?BC")),
    ("empty elements and components", MESSAGE.replace("1AB2TEST", "++:::A::+")),
    ("line ends", MESSAGE.replace("'", "'\r\n")),
]


@pytest.mark.parametrize(("name", "message"), SPOKEN, ids=[name for name, _ in SPOKEN])
def test_both_read_the_same_of_the_finer_points(name: str, message: str) -> None:
    text = UNB + message + UNZ
    assert ours(text.encode()) == theirs(text), name


def codes(text: str) -> list[str]:
    return [f.code for event in read([text.encode()]) for f in findings_of(event) if f.severity is Severity.REJECT]


def order_numbers(text: str) -> list[str]:
    events = (event for event in read([text.encode()]) if isinstance(event, EdifactMessage))
    return [message.segments[1].split(message.marks[0])[2] for message in events]


def their_messages(text: str) -> list[str]:
    messages = Interchange.from_str(text).get_messages()
    return [str(order.elements[1]) for message in messages for order in message.get_segments("BGM")]


def test_two_interchanges_with_a_una_each_are_merged_and_the_first_is_lost_by_pydifact_and_not_by_us() -> None:
    first = "UNA:+.? '" + UNB + MESSAGE + UNZ
    second = first.replace("4234", "4235").replace("1AB2TEST", "2AB2TEST")
    assert order_numbers(first + second) == ["1AB2TEST", "2AB2TEST"]
    numbers = [e.control_number for e in read([(first + second).encode()]) if isinstance(e, InterchangeOpened)]
    assert numbers == ["4234", "4235"]
    with pytest.raises(EDISyntaxError):
        their_messages(first + second)
    without = UNB + MESSAGE + UNZ
    assert their_messages(without + second) == ["2AB2TEST"]
    assert order_numbers(without + second) == ["1AB2TEST", "2AB2TEST"]


def test_two_interchanges_without_a_una_are_one_for_pydifact_and_two_for_us() -> None:
    text = UNB + MESSAGE + UNZ
    both = text + text.replace("4234", "4235")
    assert len([event for event in read([both.encode()]) if isinstance(event, InterchangeOpened)]) == 2
    assert codes(both) == []
    assert "4235" not in str(Interchange.from_str(both).control_reference)


def test_a_missing_unz_is_accepted_by_pydifact_and_a_fault_for_us() -> None:
    assert their_messages(UNB + MESSAGE) == ["1AB2TEST"]
    assert codes(UNB + MESSAGE) == ["interchange-unfinished"]


def test_a_file_cut_inside_its_unz_is_refused_with_a_reason() -> None:
    assert codes(UNB + MESSAGE + "UNZ+1") == ["interchange-reference-differs"]


def test_groups_are_refused_by_pydifact_and_read_by_us() -> None:
    text = UNB + "UNG+ORDERS+A+B+261120:0134+7+UN+D:96A'" + MESSAGE + "UNE+1+7'" + UNZ
    with pytest.raises(EDISyntaxError):
        their_messages(text)
    assert order_numbers(text) == ["1AB2TEST"]
    assert codes(text) == []


def test_repetitions_of_syntax_4_are_not_split_by_pydifact_and_are_by_us() -> None:
    text = (UNB + MESSAGE + UNZ).replace("UNOA:2", "UNOC:4").replace("1AB2TEST", "A*B")
    assert theirs(text)[1][2] == ["A*B"]
    (message,) = (event for event in read([text.encode()]) if isinstance(event, EdifactMessage))
    assert message.segments[1].split(message.marks[0])[2].split(message.marks[3]) == ["A", "B"]


def test_line_breaks_inside_an_element_are_kept_by_pydifact_and_no_data_for_us() -> None:
    text = UNB + MESSAGE.replace("1AB2TEST", "1AB2\r\nTEST") + UNZ
    assert theirs(text)[1][2] == ["1AB2\r\nTEST"]
    assert order_numbers(text) == ["1AB2TEST"]


def test_a_line_break_behind_a_release_character_is_an_exception_in_pydifact_and_noise_for_us() -> None:
    text = UNB + MESSAGE.replace("1AB2TEST", "1AB?\n'2") + UNZ
    with pytest.raises(EDISyntaxError):
        theirs(text)
    assert order_numbers(text) == ["1AB'2"]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("UNT+3+1", "UNT+9+1", "segment-count-differs"),
        ("UNT+3+1", "UNT+3+7", "message-reference-differs"),
        ("UNZ+1+4234", "UNZ+5+4234", "message-count-differs"),
        ("UNZ+1+4234", "UNZ+1+4235", "interchange-reference-differs"),
        ("UNOA:2", "UNOZ:2", "syntax-unknown"),
    ],
)
def test_wrong_counts_references_and_levels_are_accepted_by_pydifact_and_faults_for_us(
    right: str, wrong: str, code: str
) -> None:
    text = (UNB + MESSAGE + UNZ).replace(right, wrong)
    assert their_messages(text) == ["1AB2TEST"]
    assert codes(text) == [code]


def test_umlauts_under_unoa_pass_in_silence_in_pydifact_and_are_told_by_us() -> None:
    text = UNB + MESSAGE.replace("1AB2TEST", "MÜNCHEN") + UNZ
    assert their_messages(text) == ["MÜNCHEN"]
    told = [finding.code for event in read([text.encode()]) for finding in findings_of(event)]
    assert told == ["character-outside-set"]


def test_a_file_without_a_release_character_keeps_its_question_marks() -> None:
    text = "UNA:+.  '" + UNB + MESSAGE.replace("1AB2TEST", "REALLY? YES") + UNZ
    assert order_numbers(text) == ["REALLY? YES"]
    assert theirs(text)[1][2] == ["REALLY?YES"]


def test_only_the_warning_class_of_pydifact_itself_is_passed_over() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        their_messages(UNB + MESSAGE + UNZ)
    assert {warning.category for warning in caught} <= {MissingImplementationWarning}
