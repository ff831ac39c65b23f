"""The values of an ISA against their types and lists: noticed where the interchange can be handled all the same."""

import pytest

from gateway.findings import CODES, Finding, Severity
from gateway.syntax.delimiters import cut_by_width
from gateway.syntax.envelope import Unreadable, findings_of
from gateway.syntax.x12 import read

ISA = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*1*P*>~"
REST = "GS*PO*AMAZON*5551234567*20261120*2101*101*X*004010~GE*0*101~IEA*1*000000101~"


def found(old: str, new: str) -> list[Finding]:
    assert ISA.count(old) == 1
    return [finding for event in read([(ISA.replace(old, new) + REST).encode()]) for finding in findings_of(event)]


# What is changed in the ISA, and the code, element and value of the finding; None where nothing is wrong.
VALUES = [
    ("*00*          *00*", "*03*A KEY     *00*", None),
    ("*00*          *00*", "*07*          *00*", ("authorization-qualifier", 1, "07")),
    ("*00*          *00*", "*00*A KEY     *00*", ("authorization-data", 2, "A KEY")),
    ("*00*          *00*", "*01*          *00*", ("authorization-data", 2, "")),
    ("*00*          *ZZ*", "*01*PASSWORD  *ZZ*", None),
    ("*00*          *ZZ*", "*02*PASSWORD  *ZZ*", ("security-qualifier", 3, "02")),
    ("*00*          *ZZ*", "*00*PASSWORD  *ZZ*", ("security-data", 4, "PASSWORD")),
    ("*ZZ*AMAZON", "*Z *AMAZON", ("sender-qualifier", 5, "Z")),
    ("*AMAZON         ", "*AMA\x07ZON        ", ("sender-id", 6, "AMA\x07ZON")),
    ("*AMAZON         ", "*               ", ("sender-id", 6, "")),
    ("*ZZ*555", "*..*555", ("receiver-qualifier", 7, "..")),
    ("*5551234567     ", "*               ", ("receiver-id", 8, "")),
    ("*261120*", "*261131*", ("interchange-date", 9, "261131")),
    ("*261120*", "*26.120*", ("interchange-date", 9, "26.120")),
    ("*2101*", "*2460*", ("interchange-time", 10, "2460")),
    ("*2101*", "*21:1*", ("interchange-time", 10, "21:1")),
    ("*U*00401*", "*X*00401*", ("standard-unknown", 11, "X")),
    ("*U*00401*", "*^*00401*", ("repetition-separator", 11, "^")),
    ("*U*00401*", "* *00401*", ("repetition-separator", 11, "")),
    ("*U*00401*", "*U*00501*", ("repetition-separator", 11, "U")),
    ("*U*00401*", "*^*00501*", None),
    ("*U*00401*", "*U*00200*", None),
    ("*U*00401*", "*U*00100*", ("control-version-unknown", 12, "00100")),
    ("*U*00401*", "*U*0401 *", ("control-version", 12, "0401")),
]


@pytest.mark.parametrize(("old", "new", "expected"), VALUES, ids=[str(at) for at in range(len(VALUES))])
def test_a_value_of_the_isa_that_is_not_as_it_should_be_is_told_with_its_place(
    old: str, new: str, expected: tuple[str, int, str] | None
) -> None:
    told = [(finding.code, finding.element, finding.value) for finding in found(old, new)]
    assert told == ([expected] if expected else [])


def test_only_who_is_unknown_by_his_very_form_is_refused() -> None:
    refused = {code for *_, told in VALUES if told and CODES[code := told[0]].severity is Severity.REJECT}
    assert refused == {"sender-qualifier", "sender-id", "receiver-qualifier", "receiver-id"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ISA.replace("*", "X"), "delimiters-unusable"),
        (ISA.replace(">~", "A~"), "component-separator-unusable"),
        (ISA.replace(">~", ">7"), "terminator-unusable"),
    ],
)
def test_an_isa_with_delimiters_of_no_use_is_told_by_its_widths(text: str, code: str) -> None:
    (event,) = read([text.encode()])
    assert isinstance(event, Unreadable)
    assert event.finding.code == code
    assert event.opened is not None
    assert (event.opened.sender, event.opened.control_number) == ("ZZ:AMAZON", "000000101")
    assert (event.opened.elements[8:10], event.opened.wants_acknowledgement) == (("261120", "2101"), True)


def test_widths_tell_nothing_of_an_isa_that_is_not_padded_or_cut_off() -> None:
    assert len(cut_by_width(ISA.encode())) == 16
    assert cut_by_width(ISA.replace("AMAZON         ", "AMAZON").encode() + b"GS*PO*AMAZON*55512~") == ()
    assert cut_by_width(ISA[:-1].encode()) == ()
