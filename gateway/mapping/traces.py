"""Where values came from, and the reading that carries them: provenance is free, because a row knows field and cell."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from gateway.findings import Finding
from gateway.mapping.mapping import Row
from gateway.mapping.rows import Cell


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a value came from: its field, its text, its place in the message, its byte in the file, its row.

    A constant or a derived total is no field of the document: its name then begins with `[constant]` or `[derived]`.
    """

    field: str
    value: Any
    text: str
    segment: int
    tag: str
    element: int
    component: int
    offset: int
    row: Row

    @property
    def cell(self) -> str:
        """`PO103`."""
        return str(Cell(self.tag, self.element, self.component))


@dataclass(frozen=True)
class Reading:
    """A document, or None where it cannot be built, with all findings in the order of the segments, and the traces.

    The compiled reader gives neither findings nor traces: where there were any of the former, it did not read.
    """

    document: BaseModel | None
    findings: tuple[Finding, ...] = ()
    traces: tuple[Trace, ...] = field(default=(), repr=False)
