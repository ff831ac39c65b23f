"""What the headers of envelopes say of themselves: values against the lists and types of ISA and GS.

Soft where the interchange can be handled all the same. Counts and references are for the reader, who knows what came
between header and trailer.
"""

from collections.abc import Iterator, Sequence

from gateway.findings import Finding, find
from gateway.syntax.envelope import GroupOpened, InterchangeOpened

_HEADER_CODES = (
    ("acknowledgement-request", 14, "I13", ("0", "1")),
    ("usage-indicator", 15, "I14", ("P", "T", "I")),
)
# The mandatory elements of GS but for GS06, and their data element numbers.
_GROUP_NUMBERS = {1: "479", 2: "142", 3: "124", 4: "373", 5: "337", 7: "455", 8: "480"}


def differs(
    code: str, text: str, tag: str, element: int, number: str, places: Sequence[int], value: str | None
) -> Finding:
    """A finding on an envelope's element: data element `number`, at its place among those of the segment's parts."""
    offset = places[min(element, len(places) - 1)]
    return find(code, text, tag=tag, element=element, number=number, offset=offset, value=value)


def check_header(opened: InterchangeOpened) -> Iterator[Finding]:
    """What ISA's own lists and types say (X12.5); soft where the interchange can be handled all the same."""
    elements, places = opened.elements, opened.places
    if not (opened.control_number.isdecimal() and len(opened.control_number) == 9):
        text = f"ISA13 is {opened.control_number!r}, expected nine digits"
        yield differs("interchange-control-number", text, "ISA", 13, "I12", places, elements[12])
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
