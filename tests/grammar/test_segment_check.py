"""The elements of one segment: types, lengths, codes, composites and conditions, each told with its cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.grammar.check import check_segment
from gateway.grammar.conditions import Condition, parse_condition
from gateway.grammar.elements import TYPES, CodeList, Composite, Element, check_value
from gateway.grammar.segments import Segment

MARKS = ("*", ">", "~", "^")
UNITS = CodeList("355", "Unit", {"EA": "each", "CA": "case"})
VERDICTS = CodeList("717", "Verdict", {"A": "accepted", "R": "rejected"}, complete=True)


def element(kind: str, shortest: int = 1, longest: int = 4, requirement: str = "O") -> Element:
    return Element(requirement, kind, shortest, longest, "999", "Test")


def code_of(value: str, definition: Element) -> str | None:
    found = check_value(value, definition)
    return found[0] if found else None


VALUES = [
    ("AN", 1, 4, "AB C", None),
    ("AN", 1, 4, "ABCDE", "element-too-long"),
    ("AN", 2, 4, "A", "element-too-short"),
    ("AN", 1, 4, "A\x01", "character-invalid"),
    ("AN", 1, 4, "A\x85", "character-invalid"),
    ("ID", 2, 2, "EA", None),
    ("ID", 2, 2, " E", "character-invalid"),
    ("ID", 2, 2, "E\x00", "character-invalid"),
    ("N0", 1, 4, "1234", None),
    ("N0", 1, 4, "-1234", None),
    ("N0", 1, 4, "12345", "element-too-long"),
    ("N0", 1, 4, "1.5", "character-invalid"),
    ("N0", 1, 4, "+1", "character-invalid"),
    ("N0", 1, 4, "١٢", "character-invalid"),
    ("N2", 1, 4, "1740", None),
    ("N2", 1, 4, "17.40", "character-invalid"),
    ("R", 1, 4, "17.40", None),
    ("R", 1, 4, "-.5", None),
    ("R", 1, 4, "17.", None),
    ("R", 1, 4, "1E5", "character-invalid"),
    ("R", 1, 4, ".", "character-invalid"),
    ("R", 1, 4, "1,5", "character-invalid"),
    ("R", 1, 4, "١", "character-invalid"),
    ("R", 1, 4, "123.45", "element-too-long"),
    ("DT", 8, 8, "20261120", None),
    ("DT", 8, 8, "20240229", None),
    ("DT", 8, 8, "20000229", None),
    ("DT", 8, 8, "20260229", "date-invalid"),
    ("DT", 8, 8, "19000229", "date-invalid"),
    ("DT", 8, 8, "20261131", "date-invalid"),
    ("DT", 8, 8, "20261320", "date-invalid"),
    ("DT", 8, 8, "20260020", "date-invalid"),
    ("DT", 8, 8, "20260100", "date-invalid"),
    ("DT", 8, 8, "00000101", "date-invalid"),
    ("DT", 8, 8, "2026-1-1", "character-invalid"),
    ("DT", 8, 8, "261120", "element-too-short"),
    ("DT", 6, 6, "261120", None),
    ("TM", 4, 8, "2359", None),
    ("TM", 4, 8, "235959", None),
    ("TM", 4, 8, "23595999", None),
    ("TM", 4, 8, "2400", "time-invalid"),
    ("TM", 4, 8, "2360", "time-invalid"),
    ("TM", 4, 8, "23595", "time-invalid"),
    ("TM", 4, 8, "235", "element-too-short"),
    ("TM", 4, 8, "23:59", "character-invalid"),
    ("B", 1, 4, "\x00\x01", None),
    ("a", 1, 4, "AbÉ", None),
    ("a", 1, 4, "A B", None),
    ("a", 1, 4, "A1", "character-invalid"),
    ("a", 1, 4, "A_", "character-invalid"),
    ("an", 1, 4, "A1 ?", None),
    ("an", 1, 4, "A\x01", "character-invalid"),
    ("n", 1, 4, "-12,5", None),
    ("n", 1, 4, "12.5", None),
    ("n", 1, 4, "0012", None),
    ("n", 1, 4, "12345", "element-too-long"),
    ("n", 2, 4, "-1", "element-too-short"),
    ("n", 1, 4, ".5", "decimal-mark-first"),
    ("n", 1, 4, "-,5", "decimal-mark-first"),
    ("n", 1, 4, "5.", "character-invalid"),
    ("n", 1, 4, "+5", "character-invalid"),
    ("n", 1, 4, "1.234,5", "character-invalid"),
    ("n", 1, 4, "١", "character-invalid"),
    ("n", 1, 4, ".١", "character-invalid"),
]


@pytest.mark.parametrize(("kind", "shortest", "longest", "value", "code"), VALUES)
def test_a_value_is_held_to_its_type_and_lengths(
    kind: str, shortest: int, longest: int, value: str, code: str | None
) -> None:
    assert code_of(value, element(kind, shortest, longest)) == code


@given(st.sampled_from(sorted(TYPES)), st.text(min_size=1))
def test_any_text_can_be_checked_against_any_type(kind: str, value: str) -> None:
    code_of(value, element(kind))


EXPECTED = [
    (element("R", 1, 15), "a number, 1 to 15 digits"),
    (element("ID", 2, 2), "a code, 2 characters"),
    (element("AN", 1, 1), "text, 1 character"),
    (element("N0", 1, 1), "a whole number, 1 digit"),
    (element("N2", 1, 9), "a whole number, two implied decimals, 1 to 9 digits"),
    (element("DT", 8, 8), "a date, CCYYMMDD"),
    (element("TM", 4, 8), "a time, HHMM or HHMMSS"),
]


@pytest.mark.parametrize(("definition", "words"), EXPECTED)
def test_what_an_element_must_be_is_said_in_words(definition: Element, words: str) -> None:
    assert definition.expected == words


def test_a_long_list_of_codes_is_told_by_its_first() -> None:
    codes = CodeList("1", "Many", {f"{n:02}": "" for n in range(20)})
    assert codes.expected == "one of 00, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11 ..."
    assert UNITS.expected == "one of EA, CA"


LINE = Segment(
    "PO1",
    "Line",
    (
        element("AN"),
        element("R", 1, 15, "M"),
        Element("X", "ID", 2, 2, "355", "Unit", UNITS),
        Element("O", "ID", 1, 1, "717", "Verdict", VERDICTS),
        Composite("O", "C040", "Reference", (element("ID", 2, 3, "M"), element("AN", 1, 9, "M"), element("AN"))),
        element("ID", 2, 2, "X"),
        element("AN", 1, 9, "X"),
    ),
    (Condition("P0607", (6, 7)),),
)
CHECKED = [
    ("1*10*EA*A*CR>X>Y*VP*1", []),
    ("1*10", []),
    ("1", ["PO102 is empty, expected Test: a number, 1 to 15 digits"]),
    ("*1X", ["PO102 is '1X', expected a number, 1 to 15 digits"]),
    ("*1*PC", ["PO103 is 'PC', expected one of EA, CA"]),
    ("*1**E", ["PO104 is 'E', expected one of A, R"]),
    ("*1***CR", ["PO105-2 is empty, expected Test: text, 1 to 9 characters"]),
    ("*1***>X", ["PO105-1 is empty, expected Test: a code, 2 to 3 characters"]),
    ("*1***CR>X>Y>Z", ["PO105-4 is 'Z', expected at most 3 components"]),
    ("*1***CR>X>Y>>", []),
    ("*1***C>X", ["PO105-1 is 'C', expected a code, 2 to 3 characters"]),
    ("A>B*1", ["PO101-2 is 'B', expected no components"]),
    ("A^B^C*1", ["PO101, repetition 2, is 'B', expected one value"]),
    ("*1****VP", ["PO107 is empty, expected PO106 and PO107 together or not at all (P0607)"]),
    ("*1*****1", ["PO106 is empty, expected PO106 and PO107 together or not at all (P0607)"]),
    ("*1****VP*1*X*Y", ["PO108 is 'X', expected at most 7 elements"]),
    ("*1****VP*1**Y", ["PO108 is empty, expected at most 7 elements"]),
    ("*1****VP*1***", []),
    ("*" + "1" * 200, [f"PO102 is '{'1' * 99}', expected a number, 1 to 15 digits"]),
]  # fmt: skip


def checked(text: str) -> list[Finding]:
    def locate(segment: int, position: int, component: int | None, repetition: int | None) -> int:
        return segment * 100 + position * 10 + (component or 0) + 1000 * (repetition or 0)

    return list(check_segment(9, text.split("*"), LINE, MARKS, locate))


@pytest.mark.parametrize(("text", "expected"), CHECKED, ids=[str(at) for at in range(len(CHECKED))])
def test_what_is_wrong_in_a_segment_is_told_with_its_cell(text: str, expected: list[str]) -> None:
    assert [finding.message for finding in checked(text)] == [f"PO1 in segment 9: {said}" for said in expected]


def test_a_finding_names_everything_that_an_acknowledgement_asks_for() -> None:
    (finding,) = checked("*1***CR>X>Y>Z")
    assert (finding.code, finding.segment, finding.tag, finding.element, finding.component) == (
        "too-many-components", 9, "PO1", 5, 4)  # fmt: skip
    assert (finding.number, finding.offset, finding.value, finding.expected) == (
        "C040",
        954,
        "Z",
        "at most 3 components",
    )


def test_a_value_too_many_is_told_as_a_repetition_with_its_own_place() -> None:
    (finding,) = checked("A^B*1")
    assert (finding.element, finding.component, finding.repetition, finding.offset) == (1, None, 2, 2910)


def test_a_mandatory_composite_must_be_there() -> None:
    segment = Segment("XX", "Test", (Composite("M", "C001", "Unit of measure", (element("AN"),)),))
    (finding,) = check_segment(2, [], segment, MARKS, lambda *_: 0)
    assert finding.message == "XX in segment 2: XX01 is empty, expected Unit of measure"


MISSING, EXCLUSIVE = "conditional-element-missing", "elements-exclusive"
CONDITIONS = [
    ("P0102", "", None, "A01 and A02 together or not at all (P0102)"),
    ("P0102", "12", None, ""),
    ("P0102", "1", (MISSING, 2), ""),
    ("P0102", "2", (MISSING, 1), ""),
    ("P010203", "13", (MISSING, 2), "A01, A02 and A03 together or not at all (P010203)"),
    ("R0203", "1", (MISSING, 2), "at least one of A02 or A03 (R0203)"),
    ("R0203", "3", None, ""),
    ("E0203", "23", (EXCLUSIVE, 3), "no more than one of A02 or A03 (E0203)"),
    ("E0203", "2", None, ""),
    ("E0302", "23", (EXCLUSIVE, 3), "no more than one of A03 or A02 (E0302)"),
    ("E020304", "34", (EXCLUSIVE, 4), ""),
    ("C0102", "1", (MISSING, 2), "A02 where A01 is filled (C0102)"),
    ("C0102", "2", None, ""),
    ("C010203", "12", (MISSING, 3), "A02 and A03 where A01 is filled (C010203)"),
    ("L010203", "1", (MISSING, 2), "at least one of A02 or A03 where A01 is filled (L010203)"),
    ("L010203", "13", None, ""),
    ("L010203", "2", None, ""),
]


@pytest.mark.parametrize(("printed", "filled", "breach", "words"), CONDITIONS)
def test_each_condition_is_broken_at_the_element_that_would_satisfy_it(
    printed: str, filled: str, breach: tuple[str, int] | None, words: str
) -> None:
    condition = parse_condition(printed)
    assert condition is not None
    assert condition.breach([str(position) in filled for position in range(1, 4 + ("4" in filled))]) == breach
    assert condition.meaning("A") == words or not words


@pytest.mark.parametrize("printed", ["P01", "X0102", "P012", "p0102", "", "P0102 "])
def test_what_is_not_printed_as_the_standard_does_is_no_condition(printed: str) -> None:
    assert parse_condition(printed) is None


def test_an_element_of_a_segment_is_found_by_position_and_component() -> None:
    assert LINE.element(5, 2) == element("AN", 1, 9, "M")
    assert LINE.element(5, 4) is None
    assert LINE.element(1) == element("AN")
    assert LINE.element(1, 2) is None
    assert LINE.element(0) is None
    assert LINE.element(8) is None
