"""Writing by checked templates (templates.py): a document straight to text, and no tree of it.

A value that does not pass the pattern of its type is a doubt, and so is all that is unusual: that one record is then
written as a tree, and whoever asked holds the text against the schema itself. A test requires the same bytes of both
ways.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from gateway.mapping.writing import Unsaid
from gateway.mapping.xml.mapping import XmlMapping
from gateway.mapping.xml.templates import MARK, Doubt, Nested, Template
from gateway.mapping.xml.writing import UNUSUAL, entries_of
from gateway.syntax.xml_schema import XmlSchema

_BATCHES = (16, 4, 1)  # how many records of a list are written at once


@dataclass(frozen=True)
class XmlText:
    """The text of a document, what no row could say, and whether the patterns have checked all of it."""

    text: str
    unsaid: tuple[Unsaid, ...]
    is_checked: bool


class XmlWriter:
    """A mapping and a schema made ready for writing."""

    def __init__(self, mapping: XmlMapping, schema: XmlSchema) -> None:
        """Raises ValueError for a mapping that has no templates: of an IDoc, or with tables that share an element."""
        if mapping.standard.empty_is_absent:
            raise ValueError(f"{mapping.message} is written as a tree: its empty texts are absent")
        self._root = Template(mapping, schema, mapping.root, mapping.document, mapping.elements, None)

    def write(self, document: BaseModel) -> XmlText:
        """The text of a document, without a declaration."""
        run = _Run()
        text = "".join(run.pieces(self._root, document, ""))
        return XmlText(text, tuple(run.unsaid), not run.has_doubts)

    def pieces(self, document: BaseModel) -> Iterator[str]:
        """The text of a document, record by record, so that nobody need hold it. Raises ValueError for an unsaid value.

        What the patterns could not check is in it too: a schema must see it before it leaves.
        """
        run = _Run()
        for piece in run.pieces(self._root, document, ""):
            if run.unsaid:
                raise ValueError(f"{run.unsaid[0].field}: {run.unsaid[0].why}")
            yield piece


@dataclass
class _Run:
    """The writing of one document."""

    unsaid: list[Unsaid] = field(default_factory=list)
    has_doubts: bool = False

    def pieces(self, template: Template, record: Any, name: str) -> Iterator[str]:
        inner: Sequence[Nested]
        try:
            plan, text = template.fill(record)
            inner = plan.nested
        except (Doubt, *UNUSUAL):
            self.has_doubts = True
            text, inner = template.by_tree(record, name, self.unsaid)
        start, *rest = text.split(MARK)
        yield start
        for nested, after in zip(inner, rest, strict=True):
            value = nested.get(record)
            full = f"{name}.{nested.name}" if name else nested.name
            if nested.many:
                yield from self.records(nested.template, entries_of(value), full)
            else:
                yield from self.pieces(nested.template, value, full)
            yield after

    def records(self, template: Template, entries: Sequence[Any], name: str) -> Iterator[str]:
        """The text of a list, in batches as long as all records of one have the same fields."""
        at = 0
        while at < len(entries):
            size = next(size for size in _BATCHES if at + size <= len(entries))
            if at:
                yield template.between
            text = template.fill_many(entries[at : at + size])
            if text is not None:
                yield text
            for index in range(at, at + size) if text is None else ():
                if index > at:
                    yield template.between
                yield from self.pieces(template, entries[index], f"{name}[{index}]")
            at += size
