"""The twin of reading: document to segments, by the same rows.

A row puts its cells into the first segment of its tag, at its place, that agrees with them and with its conditions; so
rows that share a segment on reading share it on writing. What a row cannot say is returned, never dropped; what no row
says at all is seen when the dispatch is read back (comparison.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.grammar.order import Draft, Written, order
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.outlines import Outline, Spot, Stroke, getter, outline_of


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
    writer = _Writer()
    root = Draft(mapping.grammar.root)
    writer.table(outline_of(mapping, told), told, root, 0, "")
    segments = tuple(order(root, mapping.grammar.segments))
    return Writing(segments, tuple(writer.unsaid), tuple(writer.rows))


class _Writer:
    def __init__(self) -> None:
        self.unsaid: list[Unsaid] = []
        self.rows: list[Row] = []

    def table(self, outline: Outline, record: Any, draft: Draft, turn: int, name: str, *, is_last: bool = True) -> None:
        """Write a record."""
        for stroke in outline.strokes if is_last else outline.turned:
            value = stroke.get(record)
            if value is None or value == ():
                continue
            if stroke.echo is not None and _is_echoed(stroke.row, stroke.echo(record), value):
                self.rows.append(stroke.row)  # the row of the bare code says it, and exactly
            elif stroke.default is None or value != stroke.default:  # its absence says it
                self.row(stroke, value, record, draft, turn, name)
        for inner in outline.inner:
            table, value = inner.table, inner.get(record)
            full = f"{name}.{inner.name}" if name else inner.name
            if not table.many:
                if value is not None:
                    self.table(inner, value, _enter(draft, table), 0, full)
                continue
            for index, item in enumerate(value or ()):
                at, place = (index + 1, draft) if table.repeats else (0, _enter(draft, table))
                is_last = not table.repeats or item is value[-1]
                self.table(inner, item, place, at, f"{full}[{index}]", is_last=is_last)

    def row(self, stroke: Stroke, value: Any, record: Any, draft: Draft, turn: int, name: str) -> None:
        """Write a value at the first spot that takes it."""
        why = ""
        for spot in stroke.spots:
            try:
                texts = spot.encode(value)
            except ValueError as wrong:
                if value == _model_default(record, stroke.row.path):
                    return
                why = str(wrong)
                break
            if not any(texts):
                return
            if (_put_pair if spot.pairs else _put)(spot, texts, draft, turn):
                self.rows.append(stroke.row)
                return
            why = spot.why_full
        path = ".".join(stroke.row.path)
        self.unsaid.append(Unsaid(f"{name}.{path}" if name else path or stroke.row.name, str(value), why))


def _put(spot: Spot, texts: Sequence[str], draft: Draft, turn: int) -> bool:
    """Put a value into its cells. Whether it fits there."""
    cells = spot.asked.copy()
    for place, text in zip(spot.cells, texts):  # noqa: B905  (a run may fill fewer; to say so costs thrice the rest)
        if text:
            cells[place] = text
    for loop, qualifier, asked in spot.way:
        draft = draft.inner(loop, qualifier, cells if asked is None else asked)
    return draft.fill(spot.tag, cells, turn, spot.room)


def _put_pair(spot: Spot, texts: Sequence[str], draft: Draft, turn: int) -> bool:
    """Put a value into the first pair of its segment that is free. Whether one is."""
    tag, own, code = spot.tag, spot.asked, spot.row.expression.pair[0]
    for loop, qualifier, asked in spot.way:
        draft = draft.inner(loop, qualifier, own if asked is None else asked)
    for named, place in spot.pairs:
        for segment in draft.segments.get(tag, ()):
            if segment.turn == turn and named not in segment.cells and segment.agrees(own):
                segment.cells |= {**own, named: code, place: texts[0]}
                return True
    named, place = spot.pairs[0]  # none was begun yet, or a next one follows the full one
    return draft.fill(tag, {**own, named: code, place: texts[0]}, turn, spot.room)


def _model_default(record: Any, path: tuple[str, ...]) -> Any:
    """What the document's own class makes of an absent field: a value that needs no saying."""
    field = type(getter(path[:-1])(record)).model_fields.get(path[-1]) if path else None
    return field.default if field else None


def _enter(draft: Draft, table: Table) -> Draft:
    """The draft of a table's turn: the one there is, or for a list one more."""
    last = table.steps[-1]
    for step in table.steps[:-1]:
        draft = draft.inner(step.loop, step.qualifier)
    return draft.add(last.loop, last.qualifier) if table.many else draft.inner(last.loop, last.qualifier)


def _is_echoed(row: Row, code: Any, value: Any) -> bool:
    """Whether the code of a lookup stands in a field of its own, and means what the row's field says."""
    return row.lookup is not None and code is not None and row.lookup.decode(str(code)) == value
