"""Rows as the patterns of segments see them: what each fills, and what its conditions ask of which cells.

A condition looks at the row's own segment, or at one that opened a loop around it. Others are beyond the patterns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.grammar.segments import Place
from gateway.mapping.mapping import Row
from gateway.mapping.patterns import Decode, Doubt, Slot
from gateway.mapping.rows import Condition


@dataclass(frozen=True, slots=True)
class Around:
    """A condition on a segment that opened a loop around the row: how deep that loop is, the cell, the codes."""

    depth: int
    place: Place
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A row, the number of the record it fills, and its field there; `around` are its conditions on loops around it.

    These are told where the loops are opened (plans.py); None says that it has conditions that no such loop tells.
    """

    row: Row
    record: int
    path: tuple[str, ...]
    around: tuple[Around, ...] | None = ()

    @property
    def asked(self) -> list[Place]:
        """The cells of its own segment that it has conditions on."""
        return [cell_of(condition) for condition in self.own]

    @property
    def own(self) -> list[Condition]:
        """Its conditions in its own segment."""
        expression = self.row.expression
        return [condition for condition in expression.conditions if condition.cell.tag == expression.tag]

    @property
    def places(self) -> tuple[Place, ...]:
        """The cells it reads; none for a pair, which may be any."""
        cells = () if self.row.expression.pair else self.row.expression.cells
        return tuple((cell.position, cell.component) for cell in cells)

    def slot(self, decode: Decode | None) -> Slot:
        """Its field as a slot."""
        return Slot(self.record, self.path[:-1], self.path[-1], decode)


class Asked:
    """What the conditions of rows ask of the cells of their own segment: codes, or to be what a field holds."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.conditions: dict[Place, list[Condition]] = {}
        self.echoes: dict[Place, str] = {}
        for target in targets:
            if target.around is None:
                raise Doubt
            for condition in target.own:
                place = cell_of(condition)
                if condition.reference is None:
                    self.conditions.setdefault(place, []).append(condition)
                elif self.echoes.setdefault(place, condition.reference) != condition.reference:
                    raise Doubt
        if self.echoes.keys() & self.conditions.keys():
            raise Doubt

    def codes(self, place: Place) -> list[str]:
        """All codes that any row asks for in a cell."""
        return [code for condition in self.conditions[place] for code in condition.values]


def cell_of(condition: Condition) -> Place:
    """The cell that a condition looks at."""
    return condition.cell.position, condition.cell.component
