"""Whether a file of EDI is all there: every interchange that begins in it ends in it, as its own trailer says.

Cheaper than reading: from each header the one trailer is looked for, nothing between is split, and a file whose last
bytes are no trailer is known at once to be unfinished. A trailer counts only if it repeats the control number of its
header and the number of groups (EDIFACT without groups: of messages) that stand between (X12.5, ISO 9735). So a file
may be taken before it has lain still for a while. Only a file that is cut between two interchanges looks complete too;
what comes later is then read with the repeat of what was there.
"""

import re
from collections.abc import Iterator
from enum import Enum

from gateway.findings import Finding
from gateway.syntax import delimiters, edifact_envelope
from gateway.syntax.delimiters import HEADER_LIMIT, Delimiters, byte_order_mark
from gateway.syntax.message import same_number
from gateway.syntax.source import BLANKS

# A trailer is some twenty bytes; wrapped, released and with a long reference it stays below this.
_TAIL = 256
_TRAILER = re.compile(rb"I\s*E\s*A|U\s*N\s*Z")
_BLANKS = re.compile(b"[%b]*+" % re.escape(BLANKS))


class Completeness(Enum):
    """What the bytes themselves say."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NOT_EDI = "not-edi"
    """No envelope at the start: nothing in the file says where it ends."""


def completeness(data: bytes) -> Completeness:
    """Whether all interchanges of a file have their end. Blanks after the last one do not matter."""
    at = byte_order_mark(data)
    if not data[at : at + _TAIL].lstrip(BLANKS).startswith((b"ISA", b"UNA", b"UNB")):
        return Completeness.NOT_EDI
    bare = data.rstrip(BLANKS)
    if not _TRAILER.search(bare[-_TAIL:]):
        return Completeness.INCOMPLETE
    # A terminator may be a line break, which is a blank too.
    ends = tuple(_ends(data, at))
    return Completeness.COMPLETE if ends and ends[-1] >= len(bare) else Completeness.INCOMPLETE


def _ends(data: bytes, at: int) -> Iterator[int]:
    """The byte behind each interchange that is whole, one after the other, up to the first that is not."""
    while True:
        at = _blanks(data, at)
        end = _end_x12(data, at) if data.startswith(b"ISA", at) else _end_edifact(data, at)
        if end is None:
            return
        yield (at := end)


def _blanks(data: bytes, at: int) -> int:
    return next(_BLANKS.finditer(data, at)).end()


def _end_x12(data: bytes, at: int) -> int | None:
    header = delimiters.read_header(data[at : at + HEADER_LIMIT], at)
    if isinstance(header, Finding):
        return None
    marks, inside = header.delimiters, at + header.length
    segments = _segments(marks, b"GS|ISA|IEA")
    groups = 0
    for found in segments.finditer(data, inside - len(marks.terminator)):
        tag = found[1].translate(None, marks.noise)
        if tag == b"GS":
            groups += 1
            continue
        if tag != b"IEA":
            return None  # the next interchange begins before the end of this one
        end = data.find(marks.terminator, found.start(1))
        if end < 0:
            return None
        text = data[found.start(1) : end].translate(None, marks.noise).decode("latin-1")
        _, declared, reference, *_ = (*text.split(marks.element.decode("latin-1")), "", "")
        # An interchange of nothing but TA1 segments declares 0 groups; senders that write 1 mean the TA1.
        is_counted = same_number(declared, str(groups)) or (not groups and declared == "1")
        return end + len(marks.terminator) if is_counted and reference == header.elements[12] else None
    return None


def _end_edifact(data: bytes, at: int) -> int | None:
    header = edifact_envelope.read_header(data[at : at + edifact_envelope.HEADER_LIMIT], at)
    if isinstance(header, Finding):
        return None
    marks, inside = header.opened.delimiters, at + header.length
    counts = {b"UNG": 0, b"UNH": 0}
    for found in _segments(
        marks, b"UNG|UNH|UNZ", rb"U[\r\n]{0,2}+N[\r\n]{0,2}+[AB](?=[\r\n]{0,2}+[^0-9A-Za-z])"
    ).finditer(data, inside - 1):
        if marks.is_released(data, found.start(), at):
            continue
        tag = found[1].translate(None, marks.noise)
        if tag in counts:
            counts[tag] += 1
            continue
        if tag != b"UNZ":
            return None
        end = next(marks.cuts(data, marks.terminator, found.start(1), len(data)), None)
        if end is None:
            return None
        (_, *elements), _places = edifact_envelope.split_segment(data[found.start(1) : end], 0, marks)
        declared, reference = (edifact_envelope.speak(element, marks) for element in (*elements, "", "")[:2])
        is_counted = same_number(declared, str(counts[b"UNG"] or counts[b"UNH"]))
        return end + 1 if is_counted and reference == header.opened.control_number else None
    return None


def _segments(marks: Delimiters, tags: bytes, other: bytes = b"(?!)") -> re.Pattern[bytes]:
    """A pattern for a terminator and a segment of these tags, or of the other, behind it; a tag may be wrapped."""
    gap = b"[%b]{0,2}+" % re.escape(marks.noise) if marks.noise else b""
    spelt = (gap.join(re.escape(bytes([letter])) for letter in tag) for tag in tags.split(b"|"))
    blanks = b"[%b]*+" % re.escape(marks.blanks)
    terminator, element = re.escape(marks.terminator), re.escape(marks.element)
    return re.compile(
        b"%b%b((?:%b)(?=%b(?:%b|%b))|%b)" % (terminator, blanks, b"|".join(spelt), gap, element, terminator, other)
    )
