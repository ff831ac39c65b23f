"""What the headers of envelopes say of themselves: values against the lists and types of ISA and GS.

Soft where the interchange can be handled all the same. Counts and references are for the reader, who knows what came
between header and trailer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from gateway.findings import Finding, find
from gateway.syntax.envelope import GroupOpened, InterchangeOpened

_AUTHORIZATIONS, _SECURITIES = ("00", "01", "02", "03", "04", "05", "06"), ("00", "01")
_HEADER_CODES = (
    ("acknowledgement-request", 14, "I13", ("0", "1")),
    ("usage-indicator", 15, "I14", ("P", "T", "I")),
)
_TWO = re.compile(r"[A-Z0-9]{2}")
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")
_TIME = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]")
_VERSION = re.compile(r"[0-9]{5}")
_KNOWN_VERSION = re.compile(r"002(00|01|04)|00[3-8]0[0-8]")
_WITH_REPETITION = "00402"  # from this version on ISA11 is the repetition separator, before it the code U
# The mandatory elements of GS but for GS06, and their data element numbers.
_GROUP_NUMBERS = {1: "479", 2: "142", 3: "124", 4: "373", 5: "337", 7: "455", 8: "480"}


def differs(
    code: str, text: str, tag: str, element: int, number: str, places: Sequence[int], value: str | None
) -> Finding:
    """A finding on an envelope's element: data element `number`, at its place among those of the segment's parts."""
    offset = places[min(element, len(places) - 1)]
    return find(code, text, tag=tag, element=element, number=number, offset=offset, value=value)


def _is_text(value: str, _: Sequence[str]) -> bool:
    return _TEXT.fullmatch(value) is not None


def _is_two(value: str, _: Sequence[str]) -> bool:
    return _TWO.fullmatch(value) is not None


def _is_date(value: str, _: Sequence[str]) -> bool:
    """YYMMDD, of this century: no interchange is older."""
    if not (len(value) == 6 and value.isascii() and value.isdecimal()):
        return False
    try:
        date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
    except ValueError:
        return False
    return True


def _is_due(value: str, qualifier: str, codes: Sequence[str]) -> bool:
    """Under 00 there is nothing to say, under another code there is; a code that is none has a finding of its own."""
    return qualifier not in codes or bool(value) == (qualifier != "00")


def _fits_version(value: str, elements: Sequence[str]) -> bool:
    """ISA11 is U or, from 00402 on, a separator; another letter where a code is due has a finding of its own."""
    return value.isalnum() != _has_repetition(elements) and len(value) == 1


def _is_x12(value: str, elements: Sequence[str]) -> bool:
    return _has_repetition(elements) or not value.isalnum() or value == "U"


def _has_repetition(elements: Sequence[str]) -> bool:
    return _VERSION.fullmatch(elements[11]) is not None and elements[11] >= _WITH_REPETITION


# ISA01 to ISA12: finding code, position, data element, whether a stripped value is right, and what is (X12.5).
_HEADER_VALUES: tuple[tuple[str, int, str, Callable[[str, Sequence[str]], bool], str], ...] = (
    ("authorization-qualifier", 1, "I01", lambda value, _: value in _AUTHORIZATIONS, "a code from 00 to 06"),
    ("authorization-data", 2, "I02",
     lambda value, e: _is_due(value, e[0], _AUTHORIZATIONS), "data, or blanks under 00"),
    ("security-qualifier", 3, "I03", lambda value, _: value in _SECURITIES, "00 or 01"),
    ("security-data", 4, "I04", lambda value, e: _is_due(value, e[2], _SECURITIES), "data, or blanks under 00"),
    ("sender-qualifier", 5, "I05", _is_two, "two letters or digits"),
    ("sender-id", 6, "I06", _is_text, "text"),
    ("receiver-qualifier", 7, "I05", _is_two, "two letters or digits"),
    ("receiver-id", 8, "I07", _is_text, "text"),
    ("interchange-date", 9, "I08", _is_date, "a day as YYMMDD"),
    ("interchange-time", 10, "I09", lambda value, _: _TIME.fullmatch(value) is not None, "a time as HHMM"),
    ("repetition-separator", 11, "I65", _fits_version, "U or, from version 00402 on, a repetition separator"),
    ("standard-unknown", 11, "I10", _is_x12, "U"),
    ("control-version", 12, "I11", lambda value, _: _VERSION.fullmatch(value) is not None, "five digits like 00401"),
    ("control-version-unknown", 12, "I11",
     lambda value, _: not _VERSION.fullmatch(value) or _KNOWN_VERSION.fullmatch(value) is not None,
     "a version of X12 like 00401"),
)  # fmt: skip


def check_header(opened: InterchangeOpened) -> Iterator[Finding]:
    """What ISA's own lists and types say (X12.5); soft where the interchange can be handled all the same."""
    elements, places = opened.elements, opened.places
    if not (opened.control_number.isdecimal() and len(opened.control_number) == 9):
        text = f"ISA13 is {opened.control_number!r}, expected nine digits"
        yield differs("interchange-control-number", text, "ISA", 13, "I12", places, elements[12])
    for code, position, number, is_right, expected in _HEADER_VALUES:
        value = elements[position - 1].rstrip()
        if not is_right(value.lstrip(), elements):
            text = f"ISA{position:02} is {value!r}, expected {expected}"
            yield differs(code, text, "ISA", position, number, places, value)
    for code, position, number, allowed in _HEADER_CODES:
        value = elements[position - 1]
        if value not in allowed:
            text = f"ISA{position} is {value!r}, expected one of {', '.join(allowed)}"
            yield differs(code, text, "ISA", position, number, places, value)


def check_group(group: GroupOpened, places: Sequence[int]) -> Iterator[Finding]:
    """GS01..GS08 are mandatory; GS06 is one to nine digits (X12.6)."""
    for position, number in _GROUP_NUMBERS.items():
        if not group.element(position):
            yield differs("group-header", f"GS{position:02} is empty", "GS", position, number, places, None)
    control_number = group.control_number
    if not (control_number.isdecimal() and len(control_number) <= 9):
        text = f"GS06 is {control_number!r}, expected one to nine digits"
        yield differs("group-control-number", text, "GS", 6, "28", places, control_number)
