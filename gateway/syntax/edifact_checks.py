"""What the headers of EDIFACT envelopes say of themselves: mandatory values, lengths and codes of UNB and UNG.

Soft where the interchange can be handled all the same. Counts and references are for the reader, who knows what came
between header and trailer.
"""

from collections.abc import Iterator
from dataclasses import replace

from gateway.findings import Finding, find
from gateway.syntax.edifact_envelope import EdifactGroup, EdifactInterchange
from gateway.syntax.edifact_message import REFERENCE_AT_MOST
from gateway.syntax.header_checks import differs

# Element, component and data element of what must be filled, besides syntax and control number (ISO 9735, annex).
_MANDATORY = ((2, 1, "0004"), (3, 1, "0010"), (4, 1, "0017"), (4, 2, "0019"))
_GROUP_MANDATORY = (
    *((1, 1, "0038"), (2, 1, "0040"), (3, 1, "0044"), (4, 1, "0017"), (4, 2, "0019")),
    *((6, 1, "0051"), (7, 1, "0052"), (7, 2, "0054")),
)
# Of UNG: S006, S007, S004 and S008.
_COMPOSITES = (2, 3, 4, 7)
# 0 is in no list, but is how many say no.
_HEADER_CODES = (
    ("acknowledgement-request", 9, "0031", ("", "0", "1", "2")),
    ("usage-indicator", 11, "0035", ("", "0", "1", "2", "3", "4", "5")),
)


def check_header(opened: EdifactInterchange) -> Iterator[Finding]:
    """What UNB must say, and what its codes may be."""
    places = opened.places
    for element, component, number in _MANDATORY:
        if not opened.component(element, component):
            lacking = differs("interchange-header", f"UNB says no {number}", "UNB", element, number, places, None)
            yield replace(lacking, component=component)
    control_number = opened.control_number
    if not 0 < len(control_number) <= REFERENCE_AT_MOST:
        text = f"0020 is {control_number!r}, expected 1 to 14 characters"
        yield differs("interchange-control-number", text, "UNB", 5, "0020", places, control_number)
    for code, element, number, allowed in _HEADER_CODES:
        value = opened.component(element)
        if value not in allowed:
            text = f"{number} is {value!r}, expected one of {', '.join(allowed[2:])} or nothing"
            yield differs(code, text, "UNB", element, number, places, value)


def check_group(group: EdifactGroup, places: tuple[int, ...], syntax: str) -> Iterator[Finding]:
    """What UNG must say; in version 4 of the syntax nothing but its control number."""
    for element, component, number in () if syntax.endswith(":4") else _GROUP_MANDATORY:
        if not group.component(element, component):
            lacking = differs("group-header", f"UNG says no {number}", "UNG", element, number, places, None)
            yield replace(lacking, component=component if element in _COMPOSITES else None)
    control_number = group.control_number
    if not 0 < len(control_number) <= REFERENCE_AT_MOST:
        text = f"0048 is {control_number!r}, expected 1 to 14 characters"
        yield differs("group-control-number", text, "UNG", 5, "0048", places, control_number)


def message_mixed(kind: str, first: str, offset: int) -> Finding:
    """The finding that a message is of another type than the first in its group: a group holds one type."""
    text = f"{kind or 'a message without a type'} in a group of {first}"
    place = {"segment": 1, "tag": "UNH", "element": 2, "component": 1, "number": "0065", "offset": offset}
    return find("message-type-misplaced", text, value=kind, **place)
