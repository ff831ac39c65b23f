"""The delimiters of an X12 interchange, read from its ISA, which is how X12 says which they are.

ISA has sixteen elements of fixed width, so byte 3 is the element separator, byte 104 the component separator and byte
105 the segment terminator; from version 00402 on ISA11 is the repetition separator (X12.5). Real files break the
widths: blanks trimmed, lines wrapped, a byte order mark or no-break spaces from a web page. As long as the sixteen
elements can be told, we read them and say what was odd.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gateway.findings import Finding, find

ISA_LENGTH = 106
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_LINE_BREAKS = b"\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_BREAK_SPACES = re.compile(rb"\xc2\xa0|\xa0")
# The longest ISA we look at: every element at its width, doubled for no-break spaces and wrapping.
HEADER_LIMIT = 4 * ISA_LENGTH


@dataclass(frozen=True)
class Delimiters:
    """The four characters that part an interchange; each one byte, but the terminator may be any one character."""

    element: bytes = b"*"
    component: bytes = b">"
    terminator: bytes = b"~"
    repetition: bytes | None = None

    @cached_property
    def noise(self) -> bytes:
        """The line breaks that mean nothing here, because they are not the terminator."""
        return bytes(b for b in _LINE_BREAKS if b not in self.terminator)

    @lru_cache  # noqa: B019  (one small entry an interchange)
    def decode(self, encoding: str) -> tuple[str, str, str, str]:
        """Element, component, terminator and repetition as text; '' where there is no repetition separator."""
        raw = (self.element, self.component, self.terminator, self.repetition or b"")
        element, component, terminator, repetition = (part.decode(encoding) for part in raw)
        return element, component, terminator, repetition


@dataclass(frozen=True)
class Header:
    """An ISA as it was read: its delimiters, its sixteen elements, the bytes it took, and what was odd about it."""

    delimiters: Delimiters
    elements: tuple[str, ...]
    length: int
    findings: tuple[Finding, ...]


def read_header(data: bytes, offset: int = 0) -> Header | Finding:
    """Read the ISA at the start of `data`; a Finding where the delimiters cannot be told.

    `offset` is the byte of the file at which `data` begins, for the findings. The header's length includes its
    terminator, not the line break that may follow.
    """
    if len(data) < 4:
        return find("isa-truncated", "the file ends inside its ISA", tag="ISA", offset=offset)
    separator = data[3:4]
    if separator.isalnum() or separator.isspace() or separator >= b"\x80":
        return find(
            "delimiters-unusable",
            f"the element separator, byte 4 of ISA, is {ascii(separator)[1:]}",
            tag="ISA",
            offset=offset + 3,
            value=ascii(separator)[1:],
            expected="a character that is no letter, digit or blank",
        )
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
    clash = _clash(delimiters, offset)
    return clash or Header(delimiters, texts, length, tuple(findings))


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


def _clash(delimiters: Delimiters, offset: int) -> Finding | None:
    """Delimiters that are equal or that data is made of would cut every segment at the wrong place."""
    named = {
        "element separator": delimiters.element,
        "component separator": delimiters.component,
        "segment terminator": delimiters.terminator,
    }
    if delimiters.repetition:
        named["repetition separator"] = delimiters.repetition
    for name, mark in named.items():
        others = [other for other, value in named.items() if value == mark and other != name]
        if others or mark.isalnum() or mark == b" ":
            why = f"is also the {others[0]}" if others else "is a letter, digit or blank"
            return find(
                "delimiters-unusable",
                f"the {name} {ascii(mark)[1:]} {why}",
                tag="ISA",
                offset=offset,
                value=ascii(mark)[1:],
                expected="distinct characters that are no letters, digits or blanks",
            )
    return None
