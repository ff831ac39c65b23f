"""The twin of reading: document to segments, by the same rows.

A row puts its cells into the first segment of its tag, at its place, that agrees with them and with its conditions; so
rows that share a segment on reading share it on writing. What a row cannot say is returned, never dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.grammar.order import Draft, Place, Written, order
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.places import Steps


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A value that no cell took, and why."""

    field: str
    value: str
    why: str


@dataclass(frozen=True)
class Writing:
    """The segments of a message without header and trailer, what could not be said, and the rows that wrote."""

    segments: tuple[Written, ...]
    unsaid: tuple[Unsaid, ...]
    rows: tuple[Row, ...]


def write_document(document: BaseModel, mapping: Mapping) -> Writing:
    """Write a document by its mapping. Never raises for a value: what a codec or lookup cannot say is unsaid."""
    told = mapping.view.turn(document) if mapping.view else document
    writer = _Writer(mapping, told)
    root = Draft(mapping.grammar.root)
    writer.table(mapping.root, told, root, 0, "")
    segments = tuple(order(root, mapping.grammar.segments))
    return Writing(segments, tuple(writer.unsaid), tuple(writer.rows))


class _Writer:
    def __init__(self, mapping: Mapping, document: BaseModel) -> None:
        self.mapping, self.document = mapping, document
        self.unsaid: list[Unsaid] = []
        self.rows: list[Row] = []

    def table(self, table: Table, record: Any, draft: Draft, turn: int, name: str) -> None:
        for row in table.rows:
            self.row(row, record, draft, turn, name)
        for inner in table.tables:
            full = f"{name}.{'.'.join(inner.path)}" if name else ".".join(inner.path)
            value = _get(record, inner.path)
            if inner.many:
                for index, item in enumerate(value or ()):
                    place = draft if inner.repeats else _descend(draft, inner.steps, fresh=True)
                    self.table(inner, item, place, index + 1 if inner.repeats else 0, f"{full}[{index}]")
            elif value is not None:
                self.table(inner, value, _descend(draft, inner.steps), 0, full)

    def row(self, row: Row, record: Any, draft: Draft, turn: int, name: str) -> None:
        value = row.constant if row.constant is not None else _get(record, row.path)
        if value is None or value == ():
            return
        full = f"{name}.{'.'.join(row.path)}" if name else ".".join(row.path) or row.name
        texts = self.encode(row, value, full)
        if texts is None or not any(texts) or (row.constant is None and texts == self.default(row)):
            return
        self.put(row, texts, _descend(draft, row.steps), turn, full)
        self.rows.append(row)

    def default(self, row: Row) -> Sequence[str] | None:
        """What the default would be written as; it is not written, since its absence says it."""
        text = row.expression.default
        if text is None:
            return None
        return (row.lookup.encode(text) or "",) if row.lookup else (text,)

    def encode(self, row: Row, value: Any, full: str) -> Sequence[str] | None:
        try:
            if row.expression.is_run:
                texts = [text for item in value for text in row.codec.encode(self.code(row, item))]
                if len(texts) > len(row.expression.cells):
                    raise ValueError(f"there is room for {len(row.expression.cells)}")
                return texts
            return row.codec.encode(self.code(row, value))
        except ValueError as wrong:
            self.unsaid.append(Unsaid(full, str(value), str(wrong)))
            return None

    def code(self, row: Row, value: Any) -> Any:
        if row.lookup is None:
            return value
        code = row.lookup.encode(value)
        if code is None:
            raise ValueError(f"lookup {row.lookup.name} has no code for it")
        return code if row.codec.name == "text" or not code else row.codec.decode([code])

    def put(self, row: Row, texts: Sequence[str], draft: Draft, turn: int, full: str) -> None:
        expression = row.expression
        conditions = {(c.cell.tag, c.cell.position, c.cell.component): self.set_value(c.reference, c.values)
                      for c in expression.conditions}  # fmt: skip
        own = {(p, c): text for (tag, p, c), text in conditions.items() if tag == expression.tag}
        if expression.pair:
            for q, v in self.mapping.grammar.segments[expression.tag].pairs:
                cells: dict[Place, str] = {**own, (q, 1): expression.pair[0], (v, 1): texts[0]}
                segment = draft.segment(expression.tag, own, turn)
                if (q, 1) not in segment.cells:
                    segment.cells.update(cells)
                    return
            self.unsaid.append(Unsaid(full, texts[0], "every pair of its segment is taken"))
            return
        places = ((cell.position, cell.component) for cell in expression.cells)
        cells = {**own, **{place: text for place, text in zip(places, texts, strict=False) if text}}
        draft.segment(expression.tag, cells, turn).cells.update(cells)

    def set_value(self, reference: str | None, values: tuple[str, ...]) -> str:
        return str(getattr(self.document, reference)) if reference else values[0]


def _get(record: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        record = getattr(record, part, None)
    return record


def _descend(draft: Draft, steps: Steps, *, fresh: bool = False) -> Draft:
    """The draft at the end of the steps; `fresh` begins a new turn of the last loop."""
    for index, step in enumerate(steps):
        last = fresh and index == len(steps) - 1
        draft = draft.add(step.loop, step.qualifier) if last else draft.inner(step.loop, step.qualifier)
    return draft


def values_of(record: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a document with its path, for comparing what was meant with what was said."""
    if isinstance(record, BaseModel):
        for part in type(record).model_fields:
            yield from values_of(getattr(record, part), f"{name}.{part}" if name else part)
    elif isinstance(record, tuple):
        for index, item in enumerate(record):
            yield from values_of(item, f"{name}[{index}]")
    elif record is not None:
        yield name, str(record)
