"""The explaining reader of a mapping: tree to document, with the provenance of every value.

Each row looks for the first segment at its place that its conditions hold for, and remembers the cells it used. What
nobody used is said: data that no row reads is a finding, for nothing is lost in silence.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.findings import Finding, Severity, find, judge
from gateway.grammar.elements import Composite
from gateway.grammar.segments import Segments
from gateway.grammar.tree import Node, SegmentAt, Tree
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.places import follow
from gateway.mapping.rows import Cell, Condition
from gateway.mapping.traces import Reading, Trace
from gateway.mapping.unread import Used, find_unread
from gateway.mapping.values import decode_row, default_value


def read_tree(tree: Tree, mapping: Mapping, marks: tuple[str, str, str, str], locate: Callable[..., int]) -> Reading:
    """Read an arranged message by its mapping. `locate(segment, element, component)` gives byte offsets."""
    reader = _Reader(tree, mapping, marks[1], locate)
    return reader.read()


class _Reader:
    def __init__(self, tree: Tree, mapping: Mapping, component_mark: str, locate: Callable[..., int]) -> None:
        self.tree, self.mapping, self.mark, self.locate = tree, mapping, component_mark, locate
        self.used: Used = set()
        self.traces: list[Trace] = []
        self.findings: list[Finding] = []
        self.faulty = {(f.segment, f.element) for f in tree.findings if f.element}
        self.totals: list[tuple[Row, SegmentAt, str, Any]] = []
        self.root: dict[str, Any] = {}

    def read(self) -> Reading:
        self.table(self.mapping.root, self.tree.root, self.root, "")
        document = self.build()
        segments = self.mapping.grammar.segments
        self.findings.extend(find_unread(self.tree.root, self.used, segments, self.mark, self.locate))
        found = (*self.tree.findings, *judge(self.findings, self.mapping.severities))
        ordered = sorted(found, key=lambda f: (f.segment or 0, f.element or 0))
        return Reading(document, tuple(ordered), tuple(self.traces))

    def build(self) -> BaseModel | None:
        """The document, of the view's class turned back. What it lacks is a finding, unless one told why already."""
        mapping = self.mapping
        try:
            document = mapping.model.model_validate(self.root)
            self.check_totals(document)
            return mapping.view.turn_back(document) if mapping.view else document
        except ValidationError as invalid:
            found = (*self.tree.findings, *judge(self.findings, mapping.severities))
            told = any(finding.severity is Severity.REJECT for finding in found)
            for name, text in [] if told else _lacks(invalid):
                header = mapping.grammar.header
                self.findings.append(find("document-incomplete", text, segment=1, tag=header, expected=name))
            return None

    # Tables

    def table(self, table: Table, node: Node, record: dict[str, Any], name: str) -> None:
        for row in table.rows:
            self.row(row, node, record, name)
        for inner in table.tables:
            full = f"{name}.{'.'.join(inner.path)}" if name else ".".join(inner.path)
            turns = list(self.turns(inner, node))
            if inner.many:
                records: list[dict[str, Any]] = []
                for index, turn in enumerate(turns):
                    records.append({})
                    self.table(inner, turn, records[-1], f"{full}[{index}]")
                if records:
                    _put(record, inner.path, records)
            elif turns:
                found: dict[str, Any] = {}
                self.table(inner, turns[0], found, full)
                if found:
                    _put(record, inner.path, found)

    def turns(self, table: Table, node: Node) -> Iterator[Node]:
        if table.repeats:
            yield from _split(node, table.repeats, table.owned)
            return
        for chain in follow(node, table.steps):
            for turn, step in zip(chain[1:], table.steps, strict=True):
                if step.at is not None:
                    self.use(turn.opener, step.at)
            yield chain[-1]

    # Rows

    def row(self, row: Row, node: Node, record: dict[str, Any], name: str) -> None:
        full = f"{name}.{'.'.join(row.path)}" if name else ".".join(row.path)
        if any(self.is_found(each, node, record, full) for each in (row, *row.others)):
            return
        if row.expression.default is not None and row.path:
            _put(record, row.path, default_value(row))

    def is_found(self, row: Row, node: Node, record: dict[str, Any], full: str) -> bool:
        """Read the value of a row from the first segment at its place that has one. Whether there is any."""
        expression = row.expression
        for chain in follow(node, row.steps):
            for segment in chain[-1].segments:
                if segment.tag != expression.tag:
                    continue
                found = self.conditions(expression.conditions, segment, chain)
                cells = self.cells(row, segment) if found is not None else ()
                texts = [segment.element(c.position, c.component) for c in cells]
                if not any(texts) or found is None:
                    continue
                for place in found:
                    self.use(*place)
                self.value(row, segment, cells, texts, record, full)
                return True
        return False

    def cells(self, row: Row, segment: SegmentAt) -> Sequence[Cell]:
        """The cells the row speaks of here: as written, or the value of the first pair with its qualifier."""
        expression = row.expression
        if not expression.pair:
            return expression.cells
        for qualifier, value in self.mapping.grammar.segments[segment.tag].pair_places:
            if segment.element(*qualifier) in expression.pair and segment.element(*value):
                self.use(segment, *qualifier)
                return (Cell(segment.tag, *value),)
        return ()

    def conditions(
        self, conditions: Sequence[Condition], segment: SegmentAt, chain: Sequence[Node]
    ) -> list[tuple[SegmentAt, int, int]] | None:
        """The cells that made the conditions true; None where one does not hold."""
        places = []
        for condition in conditions:
            cell = condition.cell
            own = cell.tag == segment.tag
            candidates = [segment] if own else [s for n in reversed(chain) for s in n.segments if s.tag == cell.tag]
            wanted = self.wanted(condition)
            for candidate in candidates:
                text = candidate.element(cell.position, cell.component)
                if text and (wanted is None or text in wanted):
                    places.append((candidate, cell.position, cell.component))
                    break
            else:
                return None
        return places

    def wanted(self, condition: Condition) -> tuple[str, ...] | None:
        """The values that satisfy a condition; None for any, where the field it refers to has not come."""
        if condition.reference is None:
            return condition.values
        value = self.root.get(condition.reference)
        return None if value is None else (str(value),)

    def value(
        self, row: Row, segment: SegmentAt, cells: Sequence[Cell], texts: list[str], record: dict[str, Any], full: str
    ) -> None:
        for cell in cells:
            self.use(segment, cell.position, cell.component)
        if row.constant is not None:
            if texts[0] != row.constant:
                text = f"is {texts[0]!r}, the mapping says {row.constant!r}"
                self.note("constant-differs", row, segment, cells[0], texts[0], text, row.constant)
            value: Any = row.constant
            self.trace(row, segment, cells, texts, value, f"[constant] {row.name}")
            return
        try:
            value = decode_row(row, texts)
        except ValueError as wrong:
            if not any((segment.ordinal, cell.position) in self.faulty for cell in cells):
                self.note("value-unmapped", row, segment, cells[0], texts[0], str(wrong), None)
            return
        if row.derived:
            self.totals.append((row, segment, texts[0], value))
            self.trace(row, segment, cells, texts, value, f"[derived] {row.name}")
            return
        _put(record, row.path, value)
        self.trace(row, segment, cells, texts, value, full)

    def is_read(self, level: SegmentAt) -> bool:
        """Whether a table took this level, which it is told by its qualifier."""
        return (level.ordinal, self.mapping.grammar.segments[level.tag].qualifier, 1) in self.used

    # What was found on the way

    def use(self, segment: SegmentAt, position: int, component: int = 1) -> None:
        self.used.add((segment.ordinal, position, component))

    def trace(
        self, row: Row, segment: SegmentAt, cells: Sequence[Cell], texts: list[str], value: Any, full: str
    ) -> None:
        for cell, text in zip(cells, texts, strict=True):
            if text:
                offset = self.locate(segment.ordinal, cell.position, cell.component if cell.component > 1 else None)
                place = (segment.ordinal, segment.tag, cell.position, cell.component, offset)
                self.traces.append(Trace(full, value, text, *place, row))

    def note(
        self, code: str, row: Row, segment: SegmentAt, cell: Cell, text: str, message: str, expected: str | None
    ) -> None:
        self.findings.append(
            find(
                code,
                f"{segment.tag} in segment {segment.ordinal}: {cell} {message}",
                segment=segment.ordinal,
                tag=segment.tag,
                element=cell.position,
                component=cell.component if self.is_composite(cell) else None,
                number=row.element.number,
                offset=self.locate(segment.ordinal, cell.position),
                value=text[:99],
                expected=expected,
            )
        )

    def is_composite(self, cell: Cell) -> bool:
        """Whether a cell is a component, which a finding must name also where it is the first."""
        elements = self.mapping.grammar.segments[cell.tag].elements
        return isinstance(elements[cell.position - 1], Composite)

    def check_totals(self, document: BaseModel) -> None:
        """Counts and totals that came must be those of the message (`[derived]`).

        Where a level of a hierarchy was read by no row, the document is not the whole message, and says nothing of it.
        """
        if not all(self.is_read(level) for level in _levels(self.tree.root, self.mapping.grammar.segments)):
            return
        for row, segment, came, value in self.totals:
            right = getattr(document, row.path[0])
            if Decimal(value) != right:
                cell = row.expression.cells[0]
                text = f"is {value}, the message has {right}"
                self.note("control-total-differs", row, segment, cell, came, text, str(right))


def _lacks(invalid: ValidationError) -> Iterator[tuple[str, str]]:
    """The fields that keep a document from being built, each with a sentence; a list is not told for its items."""
    errors = {".".join(map(str, error["loc"])): error["msg"] for error in invalid.errors(include_url=False)}
    for name, message in errors.items():
        if not any(other.startswith(f"{name}.") for other in errors):
            yield name, f"{name}: {message}"


def _levels(node: Node, segments: Segments) -> Iterator[SegmentAt]:
    """The openers of all levels of a hierarchy that nests (HL)."""
    for inner in node.nodes:
        if segments[inner.loop.tag].nests:
            yield inner.opener
        yield from _levels(inner, segments)


def _put(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        record = record.setdefault(part, {})
    record[path[-1]] = value


def _split(node: Node, tag: str, owned: frozenset[str]) -> Iterator[Node]:
    """The turns of a repeating segment: each with the owned segments that follow it, as a node of its own."""
    turn: Node | None = None
    for segment in node.segments:
        if segment.tag == tag:
            if turn:
                yield turn
            turn = Node(node.loop, [segment])
        elif turn and segment.tag in owned:
            turn.items.append(segment)
    if turn:
        yield turn
