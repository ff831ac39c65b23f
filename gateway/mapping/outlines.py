"""The outline of a mapping for its writer: all that is known of tables and rows before there is a document.

Where a value is fetched, what turns it into texts, which cells those fill, what the row's conditions ask of its own
segment and of the openers on the way, and how many such segments there is room for. What is left for each record is to
fetch, to encode and to fill (writing.py).
"""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as TableOf
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from gateway.grammar.schema import Grammar, Loop, SegmentUse
from gateway.grammar.segments import Place
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.places import Steps
from gateway.mapping.values import default_value, encoder

Get = Callable[[Any], Any]
Cells = dict[Place, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a row: the loops on the way, each with the cells its opener must agree with (None: the row's own).

    `asked` are the cells that conditions fill in its segment, `cells` those of the value, `pairs` those it may choose
    among. `room` is how many segments of its tag may stand there, None for any number.
    """

    row: Row
    tag: str
    encode: Callable[[Any], Sequence[str]]
    way: tuple[tuple[Loop, str | None, Cells | None], ...]
    asked: Cells
    cells: tuple[Place, ...]
    pairs: tuple[tuple[Place, Place], ...]
    room: int | None

    @property
    def why_full(self) -> str:
        """What to say where a value found no room."""
        return "every pair of its segment is taken" if self.pairs else f"another value stands in its {self.tag} already"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A row: how its value is fetched from a record, its default, and the spots it may go to, the first with room.

    `echo` fetches the bare code of its meaning, where another row keeps that.
    """

    row: Row
    get: Get
    default: Any
    echo: Get | None
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A table with its name and what fetches its records.

    Of a repeating segment's turns only the last owns the tags that follow it: others have `turned` alone.
    """

    table: Table
    name: str
    get: Get
    strokes: tuple[Stroke, ...]
    turned: tuple[Stroke, ...]
    inner: tuple["Outline", ...]


def outline_of(mapping: Mapping, document: BaseModel) -> Outline:
    """The outline of a mapping for a document: conditions ask for what its fields say, such as the currency."""
    names = references_of(mapping)
    return _outline_of(mapping, tuple((name, str(getattr(document, name))) for name in names))


@lru_cache(maxsize=256)
def references_of(mapping: Mapping) -> frozenset[str]:
    """The fields of the document that conditions name (`MOA.6345=@currency`)."""
    rows = (each for row in mapping.rows for each in (row, *row.others))
    return frozenset(c.reference for row in rows for c in row.expression.conditions if c.reference)


@lru_cache(maxsize=256)
def _outline_of(mapping: Mapping, told: tuple[tuple[str, str], ...]) -> Outline:
    return _Outlining(mapping.grammar, dict(told)).table(mapping.root, mapping.grammar.root)


class _Outlining:
    def __init__(self, grammar: Grammar, told: TableOf[str, str]) -> None:
        self.segments, self.told = grammar.segments, told

    def table(self, table: Table, around: Loop) -> Outline:
        loop = _end(table.steps, around)
        strokes = tuple(self.stroke(row, table, loop) for row in table.rows)
        turned = tuple(stroke for stroke in strokes if stroke.row.expression.tag == table.repeats)
        inner = tuple(self.table(inner, loop) for inner in table.tables)
        return Outline(table, ".".join(table.path), getter(table.path), strokes, turned, inner)

    def stroke(self, row: Row, table: Table, loop: Loop) -> Stroke:
        echo = table.echoes.get(row.path)
        return Stroke(
            row,
            getter(row.path) if row.constant is None else lambda _: row.constant,
            default_value(row) if row.constant is None else None,
            getter(echo.path) if echo else None,
            tuple(self.spot(each, loop) for each in (row, *row.others)),
        )

    def spot(self, row: Row, loop: Loop) -> Spot:
        expression, tag = row.expression, row.expression.tag
        asked: dict[str, Cells] = {}
        for condition in expression.conditions:
            text = self.told[condition.reference] if condition.reference else condition.values[0]
            asked.setdefault(condition.cell.tag, {})[condition.cell.position, condition.cell.component] = text
        return Spot(
            row,
            tag,
            encoder(row),
            tuple((s.loop, s.qualifier, None if s.loop.tag == tag else asked.get(s.loop.tag, {})) for s in row.steps),
            asked.get(tag, {}),
            tuple((cell.position, cell.component) for cell in expression.cells),
            self.segments[tag].pair_places if expression.pair else (),
            _room(_end(row.steps, loop), tag),
        )


def _end(steps: Steps, around: Loop) -> Loop:
    return steps[-1].loop if steps else around


def _room(loop: Loop, tag: str) -> int | None:
    limits = [member.limit for member in loop.members if isinstance(member, SegmentUse) and member.tag == tag]
    return None if None in limits else sum(filter(None, limits))


def getter(path: tuple[str, ...]) -> Get:
    """What fetches the value at the end of these fields: None where a record on the way is absent."""
    if len(path) == 1:
        return attrgetter(*path)

    def get(record: Any) -> Any:
        for part in path:
            record = getattr(record, part, None)
        return record

    return get
