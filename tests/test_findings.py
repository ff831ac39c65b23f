"""Findings: one table of codes, their severities and numbers, and the page that explains them."""

import json
import re
from pathlib import Path

import pytest

from gateway.findings import CODES, Code, Severity, find, judge, worst

PAGE = Path(__file__).parents[1] / "docs" / "findings.md"
# The numbers of X12 that our codes must come from (data elements 720, 723, 718, 716, I18).
KNOWN = {
    "segment": set("12345678"),
    "element": set("123456789") | {"10", "12", "13"},
    "message": set("1234567") | {"18", "23"},
    "group": set("123456") | {"19"},
    "interchange": {f"{number:03}" for number in range(32)},
}


def explained() -> dict[str, tuple[str, ...]]:
    """The rows of the page: code to severity and numbers."""
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").partition("## What no")[0].splitlines():
        if match := re.match(r"\| `([\w-]+)` \| (.*) \|$", line):
            severity, _, _, *numbers = match[2].split(" | ")
            assert match[1] not in rows, f"{match[1]} is explained twice"
            rows[match[1]] = (severity, *(number.replace("–", "") for number in numbers))
    return rows


def numbers_of(code: Code) -> tuple[str, ...]:
    return (str(code.severity), code.segment, code.element, code.message, code.group, code.interchange, code.contrl)


def test_the_page_explains_every_code_and_no_other_with_its_severity_and_numbers() -> None:
    assert explained() == {name: numbers_of(code) for name, code in CODES.items()}


@pytest.mark.parametrize("name", CODES)
def test_numbers_are_those_of_the_standards_lists(name: str) -> None:
    code = CODES[name]
    for field, known in KNOWN.items():
        assert getattr(code, field) in {"", *known}
    assert not code.contrl or code.contrl.isdecimal()
    assert not code.element or code.segment == "8", "an element's fault is a segment's code 8"


def test_a_finding_has_the_severity_of_its_code_until_a_guide_judges_otherwise() -> None:
    unknown, long = find("segment-unknown", "a"), find("element-too-long", "b")
    assert (unknown.severity, long.severity) == (Severity.REJECT, Severity.WARN)
    judged = judge([unknown, long], {"segment-unknown": Severity.HOLD})
    assert [finding.severity for finding in judged] == [Severity.HOLD, Severity.WARN]


def test_a_code_that_is_in_no_table_cannot_be_found() -> None:
    with pytest.raises(KeyError):
        find("segment-lost", "")


@pytest.mark.parametrize(
    ("codes", "severity"),
    [
        ((), None),
        (("data-unmapped",), Severity.WARN),
        (("data-unmapped", "interchange-conflict"), Severity.HOLD),
        (("data-unmapped", "interchange-conflict", "not-edi"), Severity.REJECT),
    ],
)
def test_the_worst_finding_decides(codes: tuple[str, ...], severity: Severity | None) -> None:
    assert worst(find(code, "") for code in codes) is severity


def test_as_json_no_key_is_left_out() -> None:
    finding = find("character-invalid", "text", segment=9, tag="PO1", element=2, offset=300, value="1X")
    assert json.loads(json.dumps(finding.as_json())) == {
        "code": "character-invalid",
        "message": "text",
        "severity": "reject",
        "segment": 9,
        "tag": "PO1",
        "element": 2,
        "component": None,
        "repetition": None,
        "number": None,
        "offset": 300,
        "value": "1X",
        "expected": None,
        "loop": None,
    }
    assert finding.numbers.element == "6"
