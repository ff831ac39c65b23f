"""Dates, times and periods of EDIFACT by the format that stands beside them."""

import pytest

from gateway.findings import Finding
from gateway.grammar.check import check_segment
from gateway.grammar.elements import Composite, Element
from gateway.grammar.library import Library
from gateway.grammar.periods import check_period, is_day
from gateway.grammar.segments import Printed, Segment

DATE, TIME = "date-invalid", "time-invalid"
VALUES = [
    ("2", "201126", None),
    ("2", "263120", DATE),
    ("101", "261120", None),
    ("101", "240229", None),
    ("101", "230229", DATE),
    ("101", "000229", None),
    ("102", "20261120", None),
    ("102", "20261131", DATE),
    ("102", "19000229", DATE),
    ("102", "00000101", DATE),
    ("102", "261120", DATE),
    ("102", "2026-1-1", DATE),
    ("102", "٢٠٢٦١١٢٠", DATE),
    ("103", "26477", None),
    ("103", "26540", DATE),
    ("103", "26478", DATE),
    ("201", "2611202359", None),
    ("203", "202611202359", None),
    ("203", "202611202460", TIME),
    ("203", "202611312460", DATE),
    ("203", "20261120", DATE),
    ("204", "20261120235959", None),
    ("204", "20261120235960", TIME),
    ("304", "20261120235959UTC", None),
    ("304", "20261120236059UTC", TIME),
    ("401", "2359", None),
    ("401", "2400", TIME),
    ("401", "24", TIME),
    ("602", "2026", None),
    ("610", "202613", DATE),
    ("616", "202653", None),
    ("616", "202600", DATE),
    ("711", "20261120-20261121", None),
    ("718", "2026112020261121", None),
    ("718", "2026112020261131", DATE),
    ("718", "2026113120261120", DATE),
    ("718", "20261120", DATE),
    ("719", "202611200000-202611212400", TIME),
    ("804", "thirty", None),
    ("", "anything", None),
    ("XXX", "anything", None),
]


@pytest.mark.parametrize(("form", "value", "code"), VALUES)
def test_a_value_is_held_to_the_format_it_names(form: str, value: str, code: str | None) -> None:
    assert [found for found, _ in check_period(value, form)] == ([code] if code else [])


def test_what_was_expected_is_said_as_the_code_list_prints_it() -> None:
    assert [text for _, text in check_period("", "203")] == ["CCYYMMDDHHMM (format 203)"]
    assert [text for _, text in check_period("", "103")] == ["YYWWD (format 103)"]
    assert [text for _, text in check_period("", "304")] == ["CCYYMMDDHHMMSS (format 304)"]


def test_the_calendar_knows_leap_years_and_no_year_nought() -> None:
    days = [(2024, 2, 29), (2000, 2, 29), (2026, 12, 31), (2026, 2, 29), (1900, 2, 29), (2026, 13, 1), (0, 1, 1)]
    assert [is_day(*day) for day in days] == [True, True, True, False, False, False, False]


def checked(segment: Segment, *elements: str) -> list[Finding]:
    return list(check_segment(3, elements, segment, ("+", ":", "'", ""), lambda *_: 0))


@pytest.mark.parametrize(
    ("element", "found"),
    [
        ("137:20261120:102", []),
        ("137:20261131:102", [(DATE, 1, 2, "2380", "20261131")]),
        ("137:202611202460:203", [(TIME, 1, 2, "2380", "202611202460")]),
        ("137:20261131", []),
        ("137::102", []),
        ("137", []),
    ],
)
def test_a_date_is_held_to_the_companion_that_names_its_format(
    library: Library, element: str, found: list[tuple[str, int, int, str, str]]
) -> None:
    segment = library.grammar("edifact/d96a/ORDERS").segments["DTM"]
    told = [(f.code, f.element, f.component, f.number, f.value) for f in checked(segment, element)]
    assert told == found


def test_a_companion_that_names_no_format_says_nothing_of_the_value() -> None:
    parts = tuple(Element("O", "an", 1, 9, number, "") for number in ("2380", "3055"))
    segment = Segment("XXX", "", (Composite("O", "C001", "", parts),), printed=Printed((), (1, 1), ((1, 2),)))
    assert checked(segment, "20261131:102") == []
