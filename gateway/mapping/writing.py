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
from gateway.grammar.schema import SegmentUse
from gateway.grammar.segments import Place
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

    def table(self, table: Table, record: Any, draft: Draft, turn: int, name: str, *, is_last: bool = True) -> None:
        """Write a record. Of a repeating segment's turns only the last owns the tags that follow it."""
        echoes = table.echoes
        for row in table.rows:
            if not is_last and row.expression.tag != table.repeats:
                continue
            if row.path in echoes and _is_echoed(row, echoes[row.path], record):
                self.rows.append(row)  # the row of the bare code says it, and exactly
                continue
            value = row.constant if row.constant is not None else _get(record, row.path)
            if value is not None and value != ():
                self.row(row, value, record, draft, turn, name)
        for inner in table.tables:
            full = f"{name}.{'.'.join(inner.path)}" if name else ".".join(inner.path)
            value = _get(record, inner.path)
            if inner.many:
                for index, item in enumerate(value or ()):
                    turn, place = (index + 1, draft) if inner.repeats else (0, _enter(draft, inner))
                    is_last = not inner.repeats or item is value[-1]
                    self.table(inner, item, place, turn, f"{full}[{index}]", is_last=is_last)
            elif value is not None:
                self.table(inner, value, _enter(draft, inner), 0, full)

    def row(self, row: Row, value: Any, record: Any, draft: Draft, turn: int, name: str) -> None:
        full = f"{name}.{'.'.join(row.path)}" if name else ".".join(row.path) or row.name
        if row.constant is None and value == default_value(row):
            return  # its absence says it
        why = ""
        for each in (row, *row.others):
            texts = self.encode(each, value, full, record)
            if texts is None or not any(texts):
                return
            why = self.put(each, texts, draft, turn)
            if not why:
                self.rows.append(row)
                return
        self.unsaid.append(Unsaid(full, str(value), why))

    def encode(self, row: Row, value: Any, full: str, record: Any) -> Sequence[str] | None:
        try:
            return encode_row(row, value)
        except ValueError as wrong:
            if value != _model_default(record, row.path):
                self.unsaid.append(Unsaid(full, str(value), str(wrong)))
            return None

    def put(self, row: Row, texts: Sequence[str], draft: Draft, turn: int) -> str:
        """Put a value into its cells. Why it does not fit there, or nothing."""
        expression, tag = row.expression, row.expression.tag
        asked: dict[str, dict[Place, str]] = {tag: {}}
        for condition in expression.conditions:
            cell, text = condition.cell, self.set_value(condition.reference, condition.values)
            asked.setdefault(cell.tag, {})[cell.position, cell.component] = text
        if expression.pair:
            return self.put_pair(row, texts[0], _descend(draft, row.steps, asked), asked[tag], turn)
        places = ((cell.position, cell.component) for cell in expression.cells)
        asked[tag] |= {place: text for place, text in zip(places, texts, strict=False) if text}
        draft = _descend(draft, row.steps, asked)
        if _is_full(draft, tag, asked[tag], turn):
            return f"another value stands in its {tag} already"
        draft.segment(tag, asked[tag], turn).cells.update(asked[tag])
        return ""

    def put_pair(self, row: Row, text: str, draft: Draft, own: dict[Place, str], turn: int) -> str:
        """Put a value into the first pair of its segment that is free. Why none is, or nothing."""
        tag = row.expression.tag
        for qualifier, place in self.mapping.grammar.segments[tag].pair_places:
            cells = {**own, qualifier: row.expression.pair[0], place: text}
            free = [s for s in draft.segments if (s.tag, s.turn) == (tag, turn) and qualifier not in s.cells]
            segment = next((s for s in free if s.agrees(own)), None)
            if segment is not None:
                segment.cells |= cells
                return ""
        qualifier, place = self.mapping.grammar.segments[tag].pair_places[0]
        cells = {**own, qualifier: row.expression.pair[0], place: text}
        if _is_full(draft, tag, cells, turn):
            return "every pair of its segment is taken"
        draft.segment(tag, cells, turn).cells.update(cells)  # none was begun yet, or a next one follows the full one
        return ""

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


def _enter(draft: Draft, table: Table) -> Draft:
    """The draft of a table's turn: the one there is, or for a list one more."""
    *outer, last = table.steps
    for step in outer:
        draft = draft.inner(step.loop, step.qualifier)
    return draft.add(last.loop, last.qualifier) if table.many else draft.inner(last.loop, last.qualifier)


def _descend(draft: Draft, steps: Steps, asked: dict[str, dict[Place, str]]) -> Draft:
    """The draft at the end of a row's steps: in each loop the turn whose opener agrees with what is asked of it."""
    for step in steps:
        draft = draft.inner(step.loop, step.qualifier, asked.get(step.loop.tag))
    return draft


def _is_echoed(row: Row, echo: Row, record: Any) -> bool:
    """Whether the code of a lookup stands in the field of `echo`, its own, and means what the row's field says."""
    code = _get(record, echo.path)
    return row.lookup is not None and code is not None and row.lookup.decode(str(code)) == _get(record, row.path)


def _is_full(draft: Draft, tag: str, cells: dict[Place, str], turn: int) -> bool:
    """Whether these cells would need one more segment of their tag than may stand here."""
    written = [segment for segment in draft.segments if segment.tag == tag]
    if not written or any(segment.turn == turn and segment.agrees(cells) for segment in written):
        return False
    limits = [m.limit for m in draft.loop.members if isinstance(m, SegmentUse) and m.tag == tag]
    return all(limit is not None for limit in limits) and len(written) >= sum(limit or 0 for limit in limits)
