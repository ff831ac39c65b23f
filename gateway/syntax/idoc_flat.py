"""IDocs as a file port writes them: a control record of 524 characters, then data records of 1063.

A data record is a head of 63 (SEGNAM 30, MANDT 3, DOCNUM 16, SEGNUM 6, PSGNUM 6, HLEVEL 2) and 1000 of fields, one
after another without a mark. Where the fields lie is told by whoever calls, as a Layout. Records end with LF or CRLF,
or with nothing; where they end with something, blanks at their ends may have been cut. Lengths are characters of the
port's character set.

PSGNUM names the segment around a segment. Senders that leave it empty mean the nearest one that may be around it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from gateway.findings import Finding, find
from gateway.syntax.idoc_tree import CONTROL, Idoc, first_outside_xml, is_name, without_them

CONTROL_FIELDS: tuple[tuple[str, int], ...] = (
    *(("TABNAM", 10), ("MANDT", 3), ("DOCNUM", 16), ("DOCREL", 4), ("STATUS", 2), ("DIRECT", 1), ("OUTMOD", 1)),
    *(("EXPRSS", 1), ("TEST", 1), ("IDOCTYP", 30), ("CIMTYP", 30), ("MESTYP", 30), ("MESCOD", 3), ("MESFCT", 3)),
    *(("STD", 1), ("STDVRS", 6), ("STDMES", 6), ("SNDPOR", 10), ("SNDPRT", 2), ("SNDPFC", 2), ("SNDPRN", 10)),
    *(("SNDSAD", 21), ("SNDLAD", 70), ("RCVPOR", 10), ("RCVPRT", 2), ("RCVPFC", 2), ("RCVPRN", 10), ("RCVSAD", 21)),
    *(("RCVLAD", 70), ("CREDAT", 8), ("CRETIM", 6), ("REFINT", 14), ("REFGRP", 14), ("REFMES", 14), ("ARCKEY", 70)),
    ("SERIAL", 20),
)
CONTROL_WIDTH, HEAD_WIDTH, WIDTH = 524, 63, 1063
SDATA = "SDATA"
"""The field that holds all of a segment whose fields we do not know."""

LINE_END = re.compile(r"\r\n|\n|\r")
_VERSION = re.compile(r"(.+?)\d{3}", re.ASCII)


@dataclass(frozen=True)
class FlatSegment:
    """How a segment lies in a record: the name that is written, its fields with their lengths, what may be around it.

    `parents` has '' for the IDoc itself. Without fields it is known by its place only.
    """

    name: str
    written: str
    fields: tuple[tuple[str, int], ...]
    parents: frozenset[str]


Layout = Mapping[str, FlatSegment]
"""The segments of a basic type, by their E1 names."""

Layouts = Callable[[str, str], Layout | None]
"""The layout of a basic type (IDOCTYP) in a message (MESTYP); None for a type that nobody knows."""


class _Record(NamedTuple):
    number: int  # in the file, from 1
    text: str


def read_flat(data: bytes, layouts: Layouts, encoding: str = "utf-8") -> tuple[Idoc, ...] | Finding:
    """The IDocs of a flat file, each by itself; a Finding where the whole file is none.

    Raises LookupError for a character set that there is not.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as wrong:
        said = f"byte {wrong.start} is none of {encoding}: the character set of the port is another"
        return find("idoc-unreadable", said, offset=wrong.start, expected=f"text in {encoding}")
    records, cut_off = _records(text.removeprefix("\ufeff").rstrip("\x00\x1a"))
    if not records or not _is_control(records[0].text):
        return find("idoc-unreadable", f"the file does not begin with a control record, {CONTROL}", segment=1)
    starts = [at for at, record in enumerate(records) if _is_control(record.text)]
    ends = [*starts[1:], len(records)]
    found = [_Reading(records[start:end], layouts) for start, end in zip(starts, ends, strict=True)]
    if cut_off:
        found[-1].findings.append(cut_off)
    return tuple(Idoc(reading.root, reading.first, tuple(reading.findings)) for reading in found)


def _records(text: str) -> tuple[list[_Record], Finding | None]:
    """The records of a file, blank lines left out, and what is wrong where the last of them is not all there."""
    lines = LINE_END.split(text)
    if len(lines) == 1:
        return _of_fixed_width(text)
    last = lines.pop()
    is_cut = bool(last.strip()) and len(last) < (CONTROL_WIDTH if _is_control(last) else WIDTH)
    records = [_Record(number, line) for number, line in enumerate([*lines, last], 1) if line.strip()]
    return records, _cut_off(len(lines) + 1, len(last)) if is_cut else None


def _of_fixed_width(text: str) -> tuple[list[_Record], Finding | None]:
    records: list[_Record] = []
    at = 0
    while at < len(text):
        width = CONTROL_WIDTH if _is_control(text[at : at + 10]) else WIDTH
        records.append(_Record(len(records) + 1, text[at : at + width]))
        at += width
    length = len(records[-1].text) if records else 0
    return records, _cut_off(len(records), length) if at > len(text) else None


def _cut_off(number: int, length: int) -> Finding:
    text = f"record {number} ends after {length} characters, and the file with it: it was cut off"
    return find("idoc-unreadable", text, segment=number, expected="a whole record, or a line end behind it")


def _is_control(record: str) -> bool:
    return record[:10].rstrip() == CONTROL


@dataclass
class _Open:
    """A segment that others may still come into."""

    element: etree._Element
    name: str
    number: int


@dataclass
class _Reading:
    """Reads the records of one IDoc, its control record first, into a tree."""

    records: list[_Record]
    layouts: Layouts
    findings: list[Finding] = field(default_factory=list)
    level: int | None = None  # what HLEVEL is above the depth, once it is known

    def __post_init__(self) -> None:
        self.first = self.records[0].number
        line = self.text_of(self.records[0])
        if line[CONTROL_WIDTH:].strip():
            said = f"the control record has {len(line.rstrip())} characters"
            self.wrong("idoc-control-record", self.first, said, f"at most {CONTROL_WIDTH}")
        values = dict(_cells(line, CONTROL_FIELDS))
        name = values.get("CIMTYP") or values.get("IDOCTYP", "")
        if not is_name(name):
            self.wrong("idoc-control-record", self.first, f"IDOCTYP is {name!r}", "the name of a basic type")
            name = "IDOC_TYPE"
        self.root = etree.Element(name)
        idoc = etree.SubElement(self.root, "IDOC", BEGIN="1")
        control = etree.SubElement(idoc, CONTROL, SEGMENT="1")
        _fill(control, values.items())
        self.number_of_idoc = values.get("DOCNUM", "")
        self.layout = self.layouts(values.get("IDOCTYP", ""), values.get("MESTYP", "")) or {}
        self.versions = {segment.written: name for name, segment in self.layout.items()}
        self.open = [_Open(idoc, "", 0)]
        self.last = 0
        for record in self.records[1:]:
            self.data_record(record)

    def wrong(self, code: str, number: int, said: str, expected: str) -> None:
        text = f"record {number}: {said}, expected {expected}"
        self.findings.append(find(code, text, segment=number, expected=expected))

    def text_of(self, record: _Record) -> str:
        """A record as text that XML can hold."""
        at = first_outside_xml(record.text)
        if at < 0:
            return record.text
        said = f"character {at + 1} is {record.text[at]!r}, which stands for nothing"
        self.wrong("idoc-field-invalid", record.number, said, "text")
        return without_them(record.text)

    def data_record(self, record: _Record) -> None:
        line = self.text_of(record)
        if line[WIDTH:].strip():
            said = f"it has {len(line.rstrip())} characters"
            self.wrong("idoc-unreadable", record.number, said, f"at most {WIDTH}")
        number = line[33:49].strip()
        if number and number != self.number_of_idoc:
            said = f"it belongs to IDoc {number}, and stands in {self.number_of_idoc or 'one without a number'}"
            self.wrong("idoc-control-record", record.number, said, "the DOCNUM of the control record")
        name = self.name_of(line[:30].strip())
        if not is_name(name):
            self.wrong("idoc-unreadable", record.number, f"its segment is {name!r}", "the name of a segment")
            return
        known = self.layout.get(name)
        element = etree.SubElement(self.place(record.number, line, known), name, SEGMENT="1")
        _fill(
            element,
            _cells(line[HEAD_WIDTH:WIDTH], known.fields if known and known.fields else ((SDATA, WIDTH - HEAD_WIDTH),)),
        )
        self.open.append(_Open(element, name, self.last))

    def name_of(self, written: str) -> str:
        """The E1 name of a record, whatever version of it is written."""
        plain = (f"{written[0]}1{written[2:]}" if written[1:2] == "2" else written).replace("/", "_-")
        if written in self.versions:
            return self.versions[written]
        version = _VERSION.fullmatch(plain)
        return version[1] if version and plain not in self.layout and version[1] in self.layout else plain

    def place(self, record: int, line: str, known: FlatSegment | None) -> etree._Element:
        """The element that a segment stands in; those that are done are closed."""
        numbers = {text: line[start:end].strip() for text, start, end in _NUMBERS}
        for text, value in numbers.items():
            if value and not (value.isdecimal() and value.isascii()):
                self.wrong("idoc-hierarchy-broken", record, f"{text} is {value!r}", "digits")
                numbers[text] = ""
        number, parent, level = (int(value or 0) for value in numbers.values())
        if number and number <= self.last:
            self.wrong("idoc-hierarchy-broken", record, f"SEGNUM is {number}", f"more than {self.last}")
        self.last = max(number, self.last + 1)
        depth = self.depth_by_number(parent) if parent else self.depth_by_layout(known)
        if depth is None:
            said = f"PSGNUM is {parent}, which no segment around it has"
            self.wrong("idoc-hierarchy-broken", record, said, "the SEGNUM of the segment it stands in")
            depth = 1
        del self.open[depth:]
        if level and self.level is None and level - depth in (0, 1):
            self.level = level - depth
        if level and level - depth != self.level:
            said = f"HLEVEL is {level}"
            self.wrong("idoc-hierarchy-broken", record, said, f"{depth + (self.level or 0)} where it stands")
        return self.open[-1].element

    def depth_by_number(self, parent: int) -> int | None:
        return next((depth for depth, around in enumerate(self.open, 1) if depth > 1 and around.number == parent), None)

    def depth_by_layout(self, known: FlatSegment | None) -> int:
        """How deep a segment stands that names none around it: right under the IDoc, if it may stand there."""
        if known is None or "" in known.parents:
            return 1
        around = (depth for depth in range(len(self.open), 0, -1) if self.open[depth - 1].name in known.parents)
        return next(around, 1)


_NUMBERS = (("SEGNUM", 49, 55), ("PSGNUM", 55, 61), ("HLEVEL", 61, 63))


def _cells(line: str, fields: tuple[tuple[str, int], ...]) -> Iterator[tuple[str, str]]:
    """The fields of a record that are not empty."""
    at = 0
    for name, length in fields:
        if value := line[at : at + length].rstrip(" "):
            yield name, value
        at += length


def _fill(element: etree._Element, values: Iterable[tuple[str, str]]) -> None:
    for name, value in values:
        etree.SubElement(element, name).text = value
