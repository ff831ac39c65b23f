"""The delimiters of an X12 interchange, read from its ISA, which is how X12 says which they are.

ISA has sixteen elements of fixed width, so byte 3 is the element separator, byte 104 the component separator and byte
105 the segment terminator; from version 00402 on ISA11 is the repetition separator (X12.5). Real files break the
widths: blanks trimmed, lines wrapped, a byte order mark or no-break spaces from a web page. As long as the sixteen
elements can be told, we read them and say what was odd.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from gateway.findings import Finding, find

ISA_LENGTH = 106
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_UNUSABLE = {"component separator": "component-separator-unusable", "segment terminator": "terminator-unusable"}
_LINE_BREAKS = b"\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_BREAK_SPACES = re.compile(rb"\xc2\xa0|\xa0")
# The longest ISA we look at: every element at its width, doubled for no-break spaces and wrapping.
HEADER_LIMIT = 4 * ISA_LENGTH


Marks = tuple[str, str, str, str]


@dataclass(frozen=True)
class Delimiters:
    """The four characters that part an interchange; each one byte, but the terminator may be any one character."""

    element: bytes = b"*"
    component: bytes = b">"
    terminator: bytes = b"~"
    repetition: bytes | None = None

    @cached_property
    def blanks(self) -> bytes:
        """What may stand before a segment and means nothing: line breaks and indentation, but for the terminator."""
        return bytes(b for b in _LINE_BREAKS + b" \t" if b not in self.terminator)

    @cached_property
    def noise(self) -> bytes:
        """The line breaks that mean nothing here, wherever they stand, because they are not the terminator."""
        return bytes(b for b in _LINE_BREAKS if b not in self.terminator)

    @cached_property
    def encoding(self) -> str:
        """UTF-8, unless one of the delimiters is a byte that is no character of it: then Latin-1."""
        return _encoding(self.element + self.component + self.terminator + (self.repetition or b""))

    @cached_property
    def marks(self) -> Marks:
        """The delimiters as text, for data in their own encoding."""
        return self.decode(self.encoding)

    def encoding_of(self, data: bytes) -> str:
        """X12 names no character set: UTF-8 where delimiters and data are that (so ASCII too), else Latin-1."""
        return self.encoding if data.isascii() or self.encoding == "latin-1" else _encoding(data)

    def decode(self, encoding: str) -> Marks:
        """Element, component, terminator and repetition as text; '' where there is no repetition separator.

        Raises UnicodeDecodeError where one of them is no character of the encoding.
        """
        raw = (self.element, self.component, self.terminator, self.repetition or b"")
        element, component, terminator, repetition = (part.decode(encoding) for part in raw)
        return element, component, terminator, repetition

    def is_released(self, data: bytes, at: int, start: int) -> bool:  # noqa: ARG002 - X12 has no release character
        """Whether the byte at `at` is data although it is one of the marks."""
        return False

    @property
    def clash(self) -> str | None:
        """Why these would cut segments at the wrong place: a mark that is data, or two that are one; None if sound."""
        at_fault = self.at_fault
        return at_fault[1] if at_fault else None

    @property
    def at_fault(self) -> tuple[str, str] | None:
        """The name of the mark that cannot be used, and why; None if they are sound."""
        named = {
            "element separator": self.element,
            "component separator": self.component,
            "segment terminator": self.terminator,
            "repetition separator": self.repetition,
        }
        told: dict[bytes, str] = {}
        for name, mark in named.items():
            if mark is None:
                continue
            line_break = mark in (b"\r", b"\n") and name == "segment terminator"
            if not mark or mark.isalnum() or (mark.isspace() and not line_break):
                return name, f"the {name} {ascii(mark)[1:]} is a letter, digit or blank"
            if mark in told:
                return name, f"the {name} {ascii(mark)[1:]} is also the {told[mark]}"
            told[mark] = name
        return None


def _encoding(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


@dataclass(frozen=True)
class Header:
    """An ISA as it was read: delimiters, elements and their places, the bytes it took, and what was odd about it."""

    delimiters: Delimiters
    elements: tuple[str, ...]
    places: tuple[int, ...]
    length: int
    findings: tuple[Finding, ...]


def places_of(segment: bytes, offset: int, separator: bytes, noise: bytes) -> tuple[int, ...]:
    """The bytes of the file at which the parts of a segment begin, its tag first, and last the byte behind it."""
    places, at = [], offset
    for part in segment.split(separator):
        places.append(at + len(part) - len(part.lstrip(noise)))
        at += len(part) + len(separator)
    return (*places, at - len(separator))


def read_header(data: bytes, offset: int = 0) -> Header | Finding:
    """Read the ISA at the start of `data`; a Finding where the delimiters cannot be told.

    `offset` is the byte of the file at which `data` begins, for the findings. The header's length includes its
    terminator, not the line break that may follow.
    """
    if len(data) < 4:
        return find("isa-truncated", "the file ends inside its ISA", tag="ISA", offset=offset)
    separator = data[3:4]
    if separator.isalnum() or separator.isspace() or separator >= b"\x80":
        why = f"the element separator {ascii(separator)[1:]}, byte 4 of ISA, is a letter, digit, blank or not ASCII"
        return _unusable(why, offset + 3, "delimiters-unusable")
    end = _sixteenth(data, separator)
    if end is None:
        return find(
            "isa-truncated",
            "ISA does not have its sixteen elements",
            tag="ISA",
            offset=offset,
            expected="16 elements, 106 bytes",
        )
    body = data[:end].translate(None, _LINE_BREAKS)
    findings = []
    if _NO_BREAK_SPACES.search(body):
        body = _NO_BREAK_SPACES.sub(b" ", body)
        findings.append(find("no-break-space", "no-break spaces in ISA, read as blanks", tag="ISA", offset=offset))
    elements = body.split(separator)[1:]
    component, terminator, length = _tail(data, end)
    if len(terminator) == 0:
        return find("isa-truncated", "the file ends inside its ISA", tag="ISA", offset=offset)
    if [len(e) for e in elements] != list(_WIDTHS[:15]) or not component:
        findings.append(
            find("isa-width", "ISA is not at its fixed widths", tag="ISA", offset=offset, expected="106 bytes")
        )
    texts = tuple(e.decode("latin-1") for e in (*elements, component))
    delimiters = Delimiters(separator, component or b">", terminator, _repetition(texts))
    if delimiters.at_fault:
        name, why = delimiters.at_fault
        return _unusable(why, offset, _UNUSABLE.get(name, "delimiters-unusable"))
    places = places_of(data[: end + 1 + len(component)], offset, separator, _LINE_BREAKS)
    return Header(delimiters, texts, places, length, tuple(findings))


def _unusable(why: str, offset: int, code: str) -> Finding:
    expected = "distinct characters that are no letters, digits or blanks"
    return find(code, why, tag="ISA", offset=offset, expected=expected)


def cut_by_width(data: bytes) -> tuple[str, ...]:
    """The sixteen elements of an ISA by their widths alone, where its delimiters are of no use (X12.5).

    Empty where the one byte behind ISA does not stand between all of them.
    """
    places = [3 + before for before in accumulate((0, *(width + 1 for width in _WIDTHS[:15])))]
    if len(data) < ISA_LENGTH or {data[place] for place in places} != {data[3]}:
        return ()
    return tuple(
        data[place + 1 : place + 1 + width].decode("latin-1") for place, width in zip(places, _WIDTHS, strict=True)
    )


def byte_order_mark(data: bytes) -> int:
    """How many bytes of UTF-8 byte order mark `data` begins with: 3 or 0."""
    return len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0


def _sixteenth(data: bytes, separator: bytes) -> int | None:
    """The place of the sixteenth separator, behind which ISA16 stands."""
    at = -1
    for _ in range(16):
        at = data.find(separator, at + 1)
        if at < 0 or at > HEADER_LIMIT:
            return None
    return at


def _tail(data: bytes, end: int) -> tuple[bytes, bytes, int]:
    """ISA16, the terminator and the length of the whole ISA.

    ISA16 may be missing altogether, then what follows is the terminator; a terminator may be a line feed, a carriage
    return with its line feed (the return is the terminator then, the line feed noise), or one character of UTF-8.
    """
    component, rest = data[end + 1 : end + 2], data[end + 2 : end + 6]
    if rest[:1] in (b"\r", b"\n"):
        # `~` and a line feed: component separator and terminator, or a terminator and its line break where ISA16 is
        # missing. The next segment tells: in the second case it ends in the same two.
        next_line = data[end + 2 :].lstrip(_LINE_BREAKS).partition(rest[:1])[0]
        if next_line.endswith(component):
            return b"", component, end + 2
    elif rest.startswith((b"GS", b"TA1", b"IS")):
        return b"", component, end + 2
    return component, _character(rest), end + 2 + len(_character(rest))


def _character(data: bytes) -> bytes:
    """The first character of `data`: one byte, or as many as UTF-8 takes for it."""
    for length in (2, 3, 4):
        if data[:1] >= b"\xc2" and len(data) >= length:
            try:
                data[:length].decode("utf-8")
            except UnicodeDecodeError:
                continue
            return data[:length]
    return data[:1]


def _repetition(elements: tuple[str, ...]) -> bytes | None:
    """ISA11 as repetition separator, from 00402 on; before that it is the code U (X12.5)."""
    mark, version = elements[10], elements[11]
    usable = len(mark) == 1 and not mark.isalnum() and not mark.isspace()
    return mark.encode("latin-1") if usable and version >= "00402" else None
