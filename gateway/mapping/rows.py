"""The row language: `WHERE [as CODEC] [via LOOKUP] [where CELL=VALUE ...] [default VALUE]`.

WHERE is a cell (`BEG03`, `AK401-2`, `BGM.1004`, `UCI.0007[2]`), a run that gives a list (`N301..02`, `NAD.3036..`),
cells for one codec (`BSN03,BSN04`), a pair in any position (`PO1 paired UP`), or the printed form (`REF*CR`,
`DTM+137`, `MEA+PD+LN`): the value cell of a segment with its qualifiers, and what belongs to the value beside it.
Parsing yields an Expression or a sentence saying what is wrong; where it stands in the message is found in places.py.
"""

import re
from dataclasses import dataclass

from gateway.grammar.schema import parse_cell
from gateway.grammar.segments import Segments

_ROW = re.compile(
    r"(?P<where>.+?)(?: as (?P<codec>\w+))?(?: via (?P<lookup>\w+))?(?: where (?P<conditions>.+?))?"
    r"(?: default (?P<default>\S.*))?"
)
_RUN = re.compile(r"([A-Z][A-Z0-9]{1,2}\d\d)\.\.(\d\d)?")
_NUMBERED_RUN = re.compile(r"([A-Z]{3})\.(\w{4})\.\.")
_PAIRED = re.compile(r"([A-Z][A-Z0-9]{1,2}) paired ([\w|]+)")
_PRINTED = re.compile(r"([A-Z][A-Z0-9]{1,2})((?:[*+][\w|]+)+)")
_CONDITION = re.compile(r"([^=\s]+)=(\S+)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a segment: tag, element from 1, component from 1."""

    tag: str
    position: int
    component: int = 1

    def __str__(self) -> str:
        return f"{self.tag}{self.position:02}" + (f"-{self.component}" if self.component > 1 else "")


@dataclass(frozen=True, slots=True)
class Condition:
    """`CELL=VALUE`: filters on reading, sets on writing. Of several values any is read, the first written.

    `reference` is a field of the document (`@currency`) whose value is meant instead.
    """

    cell: Cell
    values: tuple[str, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """The right-hand side of a row. `pair` holds the qualifiers of a paired cell; its one cell is then the tag's."""

    text: str
    cells: tuple[Cell, ...]
    is_run: bool = False
    pair: tuple[str, ...] = ()
    codec: str | None = None
    lookup: str | None = None
    conditions: tuple[Condition, ...] = ()
    default: str | None = None

    @property
    def tag(self) -> str:
        """The segment the value stands in."""
        return self.cells[0].tag

    @property
    def tags(self) -> frozenset[str]:
        """Every segment the row names."""
        return frozenset({self.tag, *(condition.cell.tag for condition in self.conditions)})


def parse_row(text: str, segments: Segments) -> Expression | str:
    """The row as an Expression, or what is wrong with it."""
    match = _ROW.fullmatch(text)
    if match is None:
        return f"{text!r} is no row; write `WHERE [as CODEC] [via LOOKUP] [where CELL=VALUE ...] [default VALUE]`"
    found = _parse_where(match["where"], segments)
    if isinstance(found, str):
        return found
    cells, is_run, pair, printed = found
    conditions = list(printed)
    for part in (match["conditions"] or "").split():
        condition = _parse_condition(part, segments)
        if isinstance(condition, str):
            return condition
        conditions.append(condition)
    return Expression(text, cells, is_run, pair, match["codec"], match["lookup"], tuple(conditions), match["default"])


_Where = tuple[tuple[Cell, ...], bool, tuple[str, ...], tuple[Condition, ...]]


def _parse_where(text: str, segments: Segments) -> _Where | str:
    if match := _PAIRED.fullmatch(text):
        tag, qualifiers = match[1], tuple(match[2].split("|"))
        if tag not in segments or not segments[tag].pair_places:
            return f"{text!r}: segment {tag} has no pairs of qualifier and value"
        return (Cell(tag, *segments[tag].pair_places[0][1]),), False, qualifiers, ()
    if match := _PRINTED.fullmatch(text):
        return _parse_printed(text, match[1], re.split(r"[*+]", match[2])[1:], segments)
    if match := _NUMBERED_RUN.fullmatch(text):
        places = segments[match[1]].cells(match[2]) if match[1] in segments else ()
        if len(places) < 2:
            return f"{text!r} is no run of elements"
        return tuple(Cell(match[1], *place) for place in places), True, (), ()
    if match := _RUN.fullmatch(text):
        first = _parse_cell(match[1], segments)
        if isinstance(first, str):
            return first
        last = int(match[2]) if match[2] else len(segments[first.tag].elements)
        end = _parse_cell(f"{first.tag}{last:02}", segments)
        if isinstance(end, str) or last <= first.position:
            return f"{text!r} is no run of elements"
        return tuple(Cell(first.tag, p) for p in range(first.position, last + 1)), True, (), ()
    cells = []
    for part in text.split(","):
        cell = _parse_cell(part.strip(), segments)
        if isinstance(cell, str):
            return cell
        cells.append(cell)
    if len({cell.tag for cell in cells}) > 1:
        return f"{text!r}: cells of one row stand in one segment"
    return tuple(cells), False, (), ()


def _parse_printed(text: str, tag: str, qualifiers: list[str], segments: Segments) -> _Where | str:
    """`REF*CR`, `DTM+137`, `MEA+PD+LN`: the value cell and its companions, on the condition of the qualifiers."""
    printed = segments[tag].printed if tag in segments else None
    if printed is None or len(printed.qualifiers) != len(qualifiers):
        return f"{text!r}: segment {tag} declares no qualifier and value that this form could name"
    pairs = zip(printed.qualifiers, qualifiers, strict=True)
    conditions = tuple(Condition(Cell(tag, *place), tuple(codes.split("|"))) for place, codes in pairs)
    return tuple(Cell(tag, *place) for place in (printed.value, *printed.companions)), False, (), conditions


def _parse_cell(text: str, segments: Segments) -> Cell | str:
    place = parse_cell(text, segments)
    if place is None:
        return f"{text!r} is no cell; write `BEG03`, `AK401-2`, `BGM.1004`, `REF*CR` or `PO1 paired UP`"
    segment = segments.get(place[0])
    if segment is None or (segment.element(place[1], place[2]) is None):
        return f"{text!r}: the segment table has no such element"
    return Cell(*place)


def _parse_condition(text: str, segments: Segments) -> Condition | str:
    match = _CONDITION.fullmatch(text)
    if match is None:
        return f"{text!r} is no condition; write `CUR01=BY`"
    cell = _parse_cell(match[1], segments)
    if isinstance(cell, str):
        return cell
    if match[2].startswith("@"):
        return Condition(cell, reference=match[2][1:])
    return Condition(cell, tuple(match[2].split("|")))
