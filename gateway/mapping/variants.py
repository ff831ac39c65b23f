"""Making the patterns of segments: which conditions can hold together, and what each cell then must be.

The rows that read a segment differ by their conditions. The codes that conditions ask for are put into classes that
make the same rows speak; each choice of a class, or of none, for every such cell is a variant, if the grammar allows it
at all. A code counts as read by the row that it lets speak, so a value of that row must be there. What the relational
conditions (P R E C L) forbid among optional cells is looked ahead for. What has no pattern (a condition in another
segment, `@currency`, a pair that is read by its position too) gives none, and every such segment is a doubt.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from gateway.grammar.elements import Composite, Element, check_value
from gateway.grammar.segments import Segment
from gateway.mapping.decoding import careful, decoder
from gateway.mapping.mapping import Row
from gateway.mapping.patterns import Decode, Doubt, Marks, Pattern, Slot, Variant
from gateway.mapping.rows import Condition

Place = tuple[int, int]  # element, component
Held = dict[Place, tuple[str, ...] | None]
Cell = tuple[str, bool]  # expression, whether it must be there


@dataclass(frozen=True, slots=True)
class Target:
    """A row, the number of the record it fills, and its field there."""

    row: Row
    record: int
    path: tuple[str, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """The cells it reads; none for a pair, which may be any."""
        cells = () if self.row.expression.pair else self.row.expression.cells
        return tuple((cell.position, cell.component) for cell in cells)

    def slot(self, decode: Decode | None) -> Slot:
        """Its field as a slot."""
        return Slot(self.record, self.path[:-1], self.path[-1], decode)


def make_pattern(
    segment: Segment, targets: Sequence[Target], marks: Marks, qualifier: str | None = None, *, is_told: bool = False
) -> Pattern | None:
    """The pattern of a segment that these rows read; None where it has none.

    `qualifier` is the value of its qualifier's cell where the place tells it; `is_told` says that this reads the cell.
    """
    fixed: Held = {(segment.qualifier, 1): (qualifier,)} if segment.qualifier and qualifier else {}
    if qualifier and not _classes(segment, (segment.qualifier or 0, 1), (), marks, (qualifier,)):
        return None
    branches: list[str] = []
    variants: dict[int | None, Variant] = {}
    group = 1
    try:
        for held in _choices(segment, targets, marks, fixed):
            branch = _Branch(segment, targets, marks, held, frozenset(fixed if is_told else ()), group)
            text = branch.expression()
            if text is not None:
                branches.append(f"({text})")
                variants[group] = branch.variant()
                group += 1 + len(branch.groups) + bool(branch.paired)
    except Doubt:
        return None
    if not branches:
        return None
    whole = re.compile(f"{re.escape(segment.tag)}(?:{'|'.join(branches)})")
    return Pattern(whole.fullmatch, variants, marks.element)


def _choices(segment: Segment, targets: Sequence[Target], marks: Marks, fixed: Held) -> Iterator[Held]:
    """Every way to choose, for each cell that conditions name, a class of codes or none of them."""
    conditions: dict[Place, list[Condition]] = {}
    for target in targets:
        for condition in target.row.expression.conditions:
            if condition.cell.tag != segment.tag or condition.reference or target.row.expression.pair:
                raise Doubt
            conditions.setdefault(_place(condition), []).append(condition)
    classes = [_classes(segment, place, named, marks, fixed.get(place)) for place, named in conditions.items()]
    for chosen in product(*classes):
        yield {**fixed, **dict(zip(conditions, chosen, strict=True))}


def _classes(
    segment: Segment, place: Place, conditions: Sequence[Condition], marks: Marks, fixed: tuple[str, ...] | None
) -> list[tuple[str, ...] | None]:
    """The codes that can stand in a cell, those together that the same conditions ask for, and None for all others.

    Where the place tells the code, that is the only class.
    """
    classes: dict[tuple[bool, ...], list[str]] = {}
    for code in fixed or dict.fromkeys(code for condition in conditions for code in condition.values):
        if _can_stand(code, _element(segment, place), marks):
            classes.setdefault(tuple(code in condition.values for condition in conditions), []).append(code)
    found = [tuple(codes) for codes in classes.values()]
    return [*found] if fixed else [*found, None]


def _can_stand(code: str, element: Element, marks: Marks) -> bool:
    """Whether a code of the mapping can be in a cell without a finding."""
    return marks.can_hold(code) and not check_value(code, element)


def _element(segment: Segment, place: Place) -> Element:
    element = segment.element(*place)
    assert element is not None  # noqa: S101  (rows and pairs were resolved against this segment)
    return element


class _Branch:
    """One variant: the conditions that hold in it, the rows that speak then, and its groups, the first is `group`."""

    def __init__(
        self,
        segment: Segment,
        targets: Sequence[Target],
        marks: Marks,
        held: Held,
        told: frozenset[Place],
        group: int,
    ) -> None:
        self.segment, self.marks, self.held, self.told, self.group = segment, marks, held, told, group
        self.speaking = [t for t in targets if all(_holds(c, held) for c in t.row.expression.conditions)]
        self.read = {place for target in self.speaking for place in target.places}
        self.paired = [target for target in self.speaking if target.row.expression.pair]
        self.asked = {code for target in targets for c in target.row.expression.conditions for code in c.values}
        self.groups: dict[Place, int] = {}
        self.needed: set[Place] = set()
        self.is_level = bool(segment.id and segment.parent)  # its numbers are the tree's own, no row reads them

    def expression(self) -> str | None:
        """What stands behind the tag; None where the grammar or the rows rule this variant out."""
        end = self.segment.pairs[0][0] - 1 if self.paired else len(self.segment.elements)
        if any(position > end for position, _ in (*self.read, *self.held)):
            raise Doubt
        if not self.tell():
            return None
        cells: list[Cell] = []
        for position, definition in enumerate(self.segment.elements[:end], 1):
            cell = self.cell(position, definition)
            if cell is None:
                return None
            cells.append(cell)
        ahead = self.ahead(cells)
        if ahead is None:
            return None
        tail, needed = self.tail() if self.paired else ("", False)
        return ahead + self.marks.sequence(cells, tail, needed=needed) + f"{self.marks.between}*+"

    def tell(self) -> bool:
        """Whether every code that is held is read, by itself or by the row that it lets speak."""
        for place, codes in self.held.items():
            if codes is None or place in self.read or place in self.told or self.is_level:
                continue
            named = [t for t in self.speaking if any(_place(c) == place for c in t.row.expression.conditions)]
            if not named:
                return False
            self.needed.add(named[0].places[0])
        return True

    def cell(self, position: int, definition: Element | Composite) -> Cell | None:
        """An element as an expression; None where it must be there and nobody reads it."""
        if isinstance(definition, Element):
            return self.simple((position, 1), definition)
        places = [(position, component) for component in range(1, len(definition.components) + 1)]
        if not any(place in self.read or place in self.held for place in places):
            return None if definition.requirement == "M" else ("", False)
        cells: list[Cell] = []
        for place, element in zip(places, definition.components, strict=True):
            cell = self.simple(place, element)
            if cell is None:
                return None
            cells.append(cell)
        required = definition.requirement == "M" or any(place in self.needed for place in places)
        if required and not any(must for _, must in cells):
            raise Doubt
        return self.marks.composite(cells), required

    def simple(self, place: Place, element: Element) -> Cell | None:
        codes = self.held.get(place) or self.constant(place, element)
        required = bool(self.held.get(place)) or element.requirement == "M" or place in self.needed
        if codes:
            text = f"(?:{'|'.join(map(re.escape, codes))})"
        elif place in self.read:
            text = self.none_held(place) + self.marks.element_pattern(element)
        elif self.is_level:
            known = "|".join(map(re.escape, element.codes.codes)) if element.codes else None
            return f"(?:{known or self.marks.element_pattern(element)})", required
        else:
            return None if required else ("", False)
        if place in self.read:
            self.groups[place] = self.group + len(self.groups)
            return f"({text})", required
        return text, required

    def constant(self, place: Place, element: Element) -> tuple[str, ...]:
        """The constant a cell must be, where there is one."""
        found = tuple(t.row.constant for t in self.speaking if t.row.constant is not None and place in t.places)
        if not all(_can_stand(code, element, self.marks) for code in found) or len(found) > 1:
            raise Doubt
        return found

    def none_held(self, place: Place) -> str:
        """A look ahead that keeps the codes out of a cell which are for other variants."""
        if place not in self.held:
            return ""
        return f"(?!(?:{'|'.join(map(re.escape, sorted(self.asked)))})(?:{self.marks.between}|{self.marks.inside}|\\Z))"

    def tail(self) -> Cell:
        """The pairs, in any order, as one group of their own; empty pairs between them are a doubt."""
        qualifier, value = (_element(self.segment, (position, 1)) for position in self.segment.pairs[0])
        mark = self.marks.between
        pair = f"{mark}{self.marks.element_pattern(qualifier)}{mark}{self.marks.element_pattern(value)}"
        mandatory = sum(self.segment.elements[q - 1].requirement == "M" for q, _ in self.segment.pairs)
        return f"((?:{pair}){{{max(mandatory, 1)},{len(self.segment.pairs)}}}+)", mandatory > 0

    def ahead(self, cells: Sequence[Cell]) -> str | None:
        """Looks ahead that refuse what a relational condition forbids; None where one is broken in any case."""
        texts = []
        for condition in self.segment.conditions:
            places = condition.positions
            if self.paired and any(position > len(cells) for position in places):
                if places in self.segment.pairs:
                    continue  # complete pairs are all that the tail takes
                raise Doubt
            open_ = [p for p in places if cells[p - 1][0] and not cells[p - 1][1]]
            for choice in product((True, False), repeat=len(open_)):
                there = dict(zip(open_, choice, strict=True))
                present = [there.get(p, required) for p, (_, required) in enumerate(cells, 1)]
                if condition.breach(present):
                    if not open_:
                        return None
                    texts.append(self.refused(there))
        return "".join(texts)

    def refused(self, there: dict[int, bool]) -> str:
        mark = self.marks.between
        inner = f"[^{re.escape(self.marks.element)}]"
        looks = {True: f"{mark}{inner}++", False: f"(?:{mark}(?!{inner})|\\Z)", None: f"(?:{mark}{inner}*+|\\Z)"}
        return f"(?!{''.join(looks[there.get(position)] for position in range(1, max(there) + 1))})"

    def variant(self) -> Variant:
        """What becomes of the groups, counted from 0 as match.groups() does."""
        single: list[tuple[int, Slot]] = []
        several: list[tuple[tuple[int, ...], Slot]] = []
        pairs: dict[str, Slot] = {}
        for target in self.speaking:
            if target.row.constant is not None:
                continue
            elements = [_element(self.segment, place) for place in target.places]
            if target.row.expression.pair:
                self.pair(target, pairs)
            elif target.row.expression.is_run or len(elements) > 1:
                groups = tuple(self.groups[place] for place in target.places)
                several.append((groups, target.slot(careful(target.row, elements))))
            else:
                single.append((self.groups[target.places[0]], target.slot(decoder(target.row, elements[0]))))
        tail = self.group + len(self.groups) if self.paired else None
        return Variant(tuple(single), tuple(several), tail, pairs)

    def pair(self, target: Target, pairs: dict[str, Slot]) -> None:
        qualifier, value = (_element(self.segment, (position, 1)) for position in self.segment.pairs[0])
        for code in target.row.expression.pair:
            if code in pairs:
                raise Doubt
            if not check_value(code, qualifier):
                pairs[code] = target.slot(decoder(target.row, value))


def _place(condition: Condition) -> Place:
    return condition.cell.position, condition.cell.component


def _holds(condition: Condition, held: Held) -> bool:
    codes = held[_place(condition)]
    return codes is not None and codes[0] in condition.values
