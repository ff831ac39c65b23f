"""The twin of reading: document to segments, by the same rows.

A row puts its cells into the first segment of its tag, at its place, that agrees with them and with its conditions; so
rows that share a segment on reading share it on writing. What a row cannot say is returned, never dropped; what no row
says at all is seen when the dispatch is read back (comparison.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.grammar.order import Draft, Place, Written, order
from gateway.grammar.schema import SegmentUse
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.places import Steps
from gateway.mapping.values import default_value, encode_row


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
            if _is_echoed(row, table, record):
                self.rows.append(row)  # the row of the bare code says it, and exactly
            else:
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
        if row.constant is None and value == default_value(row):
            return  # its absence says it
        texts = self.encode(row, value, full, record)
        if texts is None or not any(texts):
            return
        self.put(row, texts, _descend(draft, row.steps), turn, full)
        self.rows.append(row)

    def encode(self, row: Row, value: Any, full: str, record: Any) -> Sequence[str] | None:
        try:
            return encode_row(row, value)
        except ValueError as wrong:
            if value != _model_default(record, row.path):
                self.unsaid.append(Unsaid(full, str(value), str(wrong)))
            return None

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
        if _is_full(draft, expression.tag, cells, turn):
            self.unsaid.append(Unsaid(full, texts[0], f"another value stands in its {expression.tag} already"))
            return
        draft.segment(expression.tag, cells, turn).cells.update(cells)

    def set_value(self, reference: str | None, values: tuple[str, ...]) -> str:
        return str(getattr(self.document, reference)) if reference else values[0]


def _get(record: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        record = getattr(record, part, None)
    return record


def _model_default(record: Any, path: tuple[str, ...]) -> Any:
    """What the document's own class makes of an absent field: a value that needs no saying."""
    field = type(_get(record, path[:-1])).model_fields.get(path[-1]) if path else None
    return field.default if field else None


def _descend(draft: Draft, steps: Steps, *, fresh: bool = False) -> Draft:
    """The draft at the end of the steps; `fresh` begins a new turn of the last loop."""
    for index, step in enumerate(steps):
        last = fresh and index == len(steps) - 1
        draft = draft.add(step.loop, step.qualifier) if last else draft.inner(step.loop, step.qualifier)
    return draft


def _is_echoed(row: Row, table: Table, record: Any) -> bool:
    """Whether the code of a lookup stands in a field of its own and means what the row's field says."""
    echo = table.echoes.get(row.path)
    if echo is None or row.lookup is None:
        return False
    code = _get(record, echo.path)
    return code is not None and row.lookup.decode(str(code)) == _get(record, row.path)


def _is_full(draft: Draft, tag: str, cells: dict[Place, str], turn: int) -> bool:
    """Whether these cells would need one more segment of their tag than may stand here."""
    written = [segment for segment in draft.segments if segment.tag == tag]
    if any(segment.turn == turn and segment.agrees(cells) for segment in written):
        return False
    limits = [m.limit for m in draft.loop.members if isinstance(m, SegmentUse) and m.tag == tag]
    return all(limit is not None for limit in limits) and len(written) >= sum(limit or 0 for limit in limits)
