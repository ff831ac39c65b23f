"""The reader of an XML mapping: elements to document, with the provenance of every value.

Each row looks for the first text at its path, and remembers the elements and attributes it used. What nobody used is
said (unread.py). Empty text is data in our own XML, and the absence of data in an IDoc.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.findings import Finding, Severity, find
from gateway.mapping.xml.mapping import XmlMapping, XmlRow, XmlTable
from gateway.mapping.xml.paths import Step, follow
from gateway.mapping.xml.unread import Used, find_unread, place_of

_FINDINGS_AT_MOST = 100  # a hostile file must not cost a finding for every few of its bytes


@dataclass(frozen=True, slots=True)
class XmlTrace:
    """Where a value came from: its field, its text, its element (and attribute), its row.

    A constant or a derived total is no field of the document: its name then begins with `[constant]` or `[derived]`.
    """

    field: str
    value: Any
    text: str
    row: XmlRow
    element: Any
    attribute: str | None = None

    @property
    def line(self) -> int:
        """The line of the file on which its element begins."""
        return int(self.element.sourceline or 0)

    @property
    def path(self) -> str:
        """`/sales-order/lines/line[2]/@number`."""
        found: str = self.element.getroottree().getpath(self.element)
        return f"{found}/@{self.attribute}" if self.attribute else found


@dataclass(frozen=True)
class XmlReading:
    """A document, or None where it cannot be built, with all findings and the traces of all values."""

    document: BaseModel | None
    findings: tuple[Finding, ...] = ()
    traces: tuple[XmlTrace, ...] = field(default=(), repr=False)


def read_element(root: Any, mapping: XmlMapping, *, explained: bool = True) -> XmlReading:
    """Read the document that an element tree holds, from its root element.

    Without `explained` there are no traces, and what no row reads is not looked for: where a schema has said already
    that there is nothing else, this takes half the time, and little room.
    """
    return _Reader(root, mapping, explained=explained).read()


class _Reader:
    def __init__(self, root: Any, mapping: XmlMapping, *, explained: bool) -> None:
        self.element, self.mapping, self.explained = root, mapping, explained
        self.used = Used(mapping.standard.structural)
        self.traces: list[XmlTrace] = []
        self.findings: list[Finding] = []
        self.totals: list[XmlTrace] = []

    def read(self) -> XmlReading:
        name, *below = self.mapping.elements
        chain = next(follow(self.element, tuple(Step(each) for each in below)), None)
        if self.element.tag != name or chain is None:
            expected = "/".join(self.mapping.elements)
            text = f"line {self.element.sourceline}: <{self.element.tag}> is no {expected}"
            return XmlReading(None, (find("document-incomplete", text, tag=str(self.element.tag), expected=expected),))
        record: dict[str, Any] = {}
        element = chain[-1] if chain else self.element
        self.table(self.mapping.root, element, record, "")
        document = self.build(record)
        if self.explained:
            self.used.enter(element)
            self.findings.extend(find_unread(self.element, self.used))
        if len(self.findings) > _FINDINGS_AT_MOST:
            self.findings[_FINDINGS_AT_MOST:] = [find("xml-unread", "there is more that is wrong; it is not told")]
        return XmlReading(document, tuple(self.findings), tuple(self.traces))

    def build(self, record: dict[str, Any]) -> BaseModel | None:
        """The document. What it lacks is a finding, unless one told why already."""
        try:
            document = self.mapping.document.model_validate(record)
        except ValidationError as invalid:
            if not any(found.severity is Severity.REJECT for found in self.findings):
                for error in invalid.errors(include_url=False, include_input=False):
                    name = ".".join(map(str, error["loc"]))
                    text = f"{name}: {error['msg']}"
                    self.findings.append(find("document-incomplete", text, expected=name))
            return None
        for trace in self.totals:
            right = getattr(document, trace.row.path[0])
            if Decimal(trace.value) != right:
                text = f"is {trace.value}, the document has {right}"
                self.note("control-total-differs", trace.element, trace.attribute, trace.text, text, str(right))
        return document

    # Tables

    def table(self, table: XmlTable, element: Any, record: dict[str, Any], name: str) -> None:
        for member in table.members:
            if isinstance(member, XmlRow):
                self.row(member, element, record, name)
            elif member.many:
                self.records(member, element, record, _full(name, member.path))
            else:
                for chain in follow(element, member.steps):
                    found: dict[str, Any] = {}
                    self.enter(member, chain)
                    self.table(member, chain[-1], found, _full(name, member.path))
                    _put(record, member.path, found)
                    break

    def records(self, table: XmlTable, element: Any, record: dict[str, Any], name: str) -> None:
        """Read a list of records. An empty list is one where its container stands, or where there must be one."""
        found: list[dict[str, Any]] = []
        for index, chain in enumerate(follow(element, table.steps)):
            found.append({})
            self.enter(table, chain)
            self.table(table, chain[-1], found[-1], f"{name}[{index}]")
        around = table.steps[:-1]
        if found or table.is_required or (around and next(follow(element, around), None)):
            _put(record, table.path, self.entries(found, element) if table.keyed else found)

    def entries(self, found: list[dict[str, Any]], element: Any) -> dict[Any, Any]:
        """The keys and values of a table. A key that comes twice is a finding: either may be meant."""
        keyed: dict[Any, Any] = {}
        for entry in found:
            key = entry.get("key")
            if key in keyed:
                self.note("value-unmapped", element, None, str(key), f"has {str(key)!r} twice; keep one", None)
            keyed[key] = entry.get("value")
        return keyed

    def enter(self, table: XmlTable, chain: tuple[Any, ...]) -> None:
        """Count the elements that lead to a record as seen, and the texts that its predicates looked at as used."""
        if self.explained:
            self.used.enter(chain[-1])
            self.choose(table.steps, chain)

    def choose(self, steps: tuple[Step, ...], chain: tuple[Any, ...]) -> None:
        for step, element in zip(steps, chain, strict=True):
            if step.test.startswith("@"):
                self.used.add(element, step.test[1:])
            elif step.test:
                self.used.add(element.find(step.test), None)

    # Rows

    def row(self, row: XmlRow, element: Any, record: dict[str, Any], name: str) -> None:
        if row.is_run:
            self.run(row, element, record, name)
            return
        for each in (row, *row.others):
            for chain in follow(element, each.place.steps):
                end = chain[-1] if chain else element
                text = self.text(end, each.place.attribute)
                if text is not None:
                    if self.explained and each.has_tests:
                        self.choose(each.place.steps, chain)
                    self.value(each, end, text, record, name)
                    return
        if row.default is not None:
            _put(record, row.path, row.default_value)

    def run(self, row: XmlRow, element: Any, record: dict[str, Any], name: str) -> None:
        values: list[Any] = []
        for each in (row, *row.others):
            for chain in follow(element, each.place.steps):
                text = self.text(chain[-1], each.place.attribute)
                if text is not None:
                    if self.explained:
                        self.choose(each.place.steps, chain)
                    values.append(self.decoded(each, chain[-1], text, f"{_full(name, row.path)}[{len(values)}]"))
        if values:
            _put(record, row.path, values)

    def text(self, element: Any, attribute: str | None) -> str | None:
        """The text of an element without children, or of an attribute; None where there is none."""
        text = element.get(attribute) if attribute else None if len(element) else element.text or ""
        return None if not text and self.mapping.standard.empty_is_absent else text

    def value(self, row: XmlRow, element: Any, text: str, record: dict[str, Any], name: str) -> None:
        if row.constant is not None:
            if text != row.constant:
                said = f"is {text[:60]!r}, the mapping says {row.constant!r}"
                self.note("constant-differs", element, row.place.attribute, text, said, row.constant)
            self.trace(row, element, text, row.constant, f"[constant] {row.name}")
            return
        full = f"[derived] {row.name}" if row.derived else _full(name, row.path)
        value = self.decoded(row, element, text, full)
        if value is None:
            return
        if row.derived:
            self.totals.append(XmlTrace(full, value, text, row, element, row.place.attribute))
        else:
            _put(record, row.path, value)

    def decoded(self, row: XmlRow, element: Any, text: str, name: str) -> Any:
        """The value of a text, or None with a finding."""
        try:
            value = row.decode(text)
        except ValueError as wrong:
            self.note("value-unmapped", element, row.place.attribute, text, str(wrong), None)
            value = None
        self.trace(row, element, text, value, name)
        return value

    def trace(self, row: XmlRow, element: Any, text: str, value: Any, name: str) -> None:
        if self.explained:
            self.used.add(element, row.place.attribute)
            if value is not None:
                self.traces.append(XmlTrace(name, value, text, row, element, row.place.attribute))

    def note(
        self, code: str, element: Any, attribute: str | None, text: str, message: str, expected: str | None
    ) -> None:
        if len(self.findings) <= _FINDINGS_AT_MOST:
            said = f"{place_of(element, attribute)} {message}"
            self.findings.append(find(code, said, tag=str(element.tag), value=text[:99], expected=expected))


def _full(name: str, path: tuple[str, ...]) -> str:
    return ".".join((name, *path) if name else path)


def _put(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        record = record.setdefault(part, {})
    record[path[-1]] = value
