"""The twin of reading: document to elements, by the same rows, in the order of the rows.

A row finds or makes the elements that its path names, predicates included, so rows that share an element on reading
share it on writing; each record of a list makes one more. What a row cannot say is returned, never dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pydantic import BaseModel

from gateway.mapping.writing import Unsaid
from gateway.mapping.xml.mapping import XmlMapping, XmlRow, XmlTable
from gateway.mapping.xml.paths import Step

UNUSUAL = (ArithmeticError, AttributeError, TypeError, ValueError)
"""What a codec may raise for a value that it cannot write, or that is not of its field's type."""


@dataclass(frozen=True)
class XmlWriting:
    """The root element of what was written, and the values that no row could say."""

    root: Any
    unsaid: tuple[Unsaid, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value, as the rows of a table of keys see them."""

    key: Any
    value: Any


def write_element(document: BaseModel, mapping: XmlMapping) -> XmlWriting:
    """Write a document by its mapping. Never raises for a value: what a codec, a lookup or XML cannot say is unsaid."""
    name, *below = mapping.elements
    root = element = etree.Element(name)
    for each in below:
        element = etree.SubElement(element, each)
    writer = Writer(mapping)
    writer.table(mapping.root, document, element, "")
    return XmlWriting(root, tuple(writer.unsaid))


def entries_of(value: Any) -> Sequence[Any]:
    """The records of a list, or of a table of keys and values; none where there is no list."""
    return [Entry(*pair) for pair in value.items()] if isinstance(value, dict) else value or ()


class Writer:
    """Writes records into elements, and gathers what cannot be said."""

    def __init__(self, mapping: XmlMapping) -> None:
        """The mapping says what empty text means."""
        self.empty_is_absent = mapping.standard.empty_is_absent
        self.unsaid: list[Unsaid] = []
        self.said: set[tuple[Any, str | None]] = set()  # it keeps the elements alive, so they stay equal

    def table(self, table: XmlTable, record: Any, element: Any, name: str) -> None:
        """Write a record by the members of its table."""
        for member in table.members:
            if isinstance(member, XmlRow):
                self.row(member, table, record, element, name)
                continue
            full = f"{name}.{'.'.join(member.path)}" if name else ".".join(member.path)
            value = value_of(record, member.path)
            if member.many:
                self.records(member, value, element, full)
            elif value is not None:
                self.table(member, value, descend(element, member.steps), full)

    def records(self, table: XmlTable, value: Any, element: Any, name: str) -> None:
        """Write a list. One that is empty is its container alone, unless the absence of that says the same."""
        entries = entries_of(value)
        if entries or (value is not None and (table.keyed or table.is_required)):
            element = descend(element, table.steps[:-1])
        for index, entry in enumerate(entries):
            self.table(table, entry, add_element(element, table.steps[-1]), f"{name}[{index}]")

    def row(self, row: XmlRow, table: XmlTable, record: Any, element: Any, name: str) -> None:
        """Write what a row says of a record, if it says anything."""
        value = row.constant if row.constant is not None else value_of(record, row.path)
        if value is None or (row.default is not None and value == row.default_value):
            return  # its absence says it
        full = f"{name}.{'.'.join(row.path)}" if name else ".".join(row.path) or row.name
        if row.is_run:
            for index, item in enumerate(value):
                self.value(row, item, element, f"{full}[{index}]", index)
        elif not is_echoed(row, table, record):
            self.value(row, value, element, full)

    def value(self, row: XmlRow, value: Any, element: Any, name: str, index: int = 0) -> None:
        """Write one value. `index` counts the values of a list."""
        try:
            text = row.encode(value)
            if text or not (self.empty_is_absent or row.lookup):
                self.put(row, text, descend(element, row.place.steps, index))
        except UNUSUAL as wrong:
            self.unsaid.append(Unsaid(name, str(value), str(wrong)))

    def put(self, row: XmlRow, text: str, element: Any) -> None:
        """Set a text. Raises ValueError where another stands there, or where XML has no such character."""
        place = (element, row.place.attribute)
        now = element.get(row.place.attribute) if row.place.attribute else element.text
        if place in self.said and now != text:
            raise ValueError(f"another value stands at {row.place.text} already: {now!r}")
        if row.place.attribute:
            element.set(row.place.attribute, text)
        else:
            element.text = text
        self.said.add(place)


def value_of(record: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        record = getattr(record, part, None)
    return record


def is_echoed(row: XmlRow, table: XmlTable, record: Any) -> bool:
    """Whether the code of a lookup stands in a field of its own and means what the row's field says."""
    echo = table.echoes.get(row.path)
    if echo is None or row.lookup is None:
        return False
    code = value_of(record, echo.path)
    return code is not None and row.lookup.decode(str(code)) == value_of(record, row.path)


def descend(element: Any, steps: tuple[Step, ...], index: int = 0) -> Any:
    """The element at the end of the steps, made where it is not there. `index` counts turns of a step that repeats."""
    for step in steps:
        held = [child for child in element.iterchildren(step.name) if step.holds(child)]
        turn = index if step.repeats else 0
        element = held[turn] if turn < len(held) else add_element(element, step)
    return element


def add_element(element: Any, step: Step) -> Any:
    """One more element, with what its predicate asks for."""
    made = etree.SubElement(element, step.name)
    if step.test.startswith("@"):
        made.set(step.test[1:], step.values[0])
    elif step.test:
        etree.SubElement(made, step.test).text = step.values[0]
    return made
