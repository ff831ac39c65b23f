"""Making the patterns of segments: which conditions can hold together, and what each cell then must be.

The rows that read a segment differ by their conditions. The codes that conditions ask for are put into classes that
make the same rows speak; each choice of a class, or of none, for every such cell is a variant, if the grammar allows it
at all. A code counts as read by the row that it lets speak, so a value of that row must be there. What the relational
conditions (P R E C L) forbid among optional cells is looked ahead for. What has no pattern (a condition in a segment
that opens no loop around, a pair that is read by its position too) gives none, and every such segment is a doubt.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from gateway.grammar.elements import Composite, Element, check_value
from gateway.grammar.segments import Place, Segment
from gateway.mapping.decoding import careful, decoder
from gateway.mapping.pairs import Pairing, element_at, find_pairing
from gateway.mapping.patterns import Doubt, Echo, Marks, Pattern, Slot, Variant
from gateway.mapping.rows import Condition
from gateway.mapping.targets import Asked, Target, cell_of

Fixed = dict[Place, tuple[str, ...]]
Held = dict[Place, tuple[str, ...] | None]
Cell = tuple[str, bool]  # expression, whether it must be there


def make_pattern(
    segment: Segment,
    targets: Sequence[Target],
    marks: Marks,
    fixed: Fixed | None = None,
    told: frozenset[Place] = frozenset(),
) -> Pattern | None:
    """The pattern of a segment that these rows read; None where it has none.

    `fixed` are the codes of cells that its place tells; `told` are those of them that count as read in any case.
    """
    known = {
        place: tuple(code for code in codes if _can_stand(code, element_at(segment, place), marks))
        for place, codes in (fixed or {}).items()
    }
    if not all(known.values()):
        return None
    branches: list[str] = []
    variants: dict[int | None, Variant] = {}
    is_telling, group = True, 1
    try:
        asked = Asked(targets)
        for held in _choices(segment, asked, marks, known):
            branch = _Branch(segment, targets, marks, held, asked, told, group)
            text = branch.expression()
            if text is not None:
                branches.append(f"({text})")
                variants[group] = branch.variant()
                is_telling &= branch.is_telling
                group += 1 + len(branch.groups) + bool(branch.paired)
    except Doubt:
        return None
    if not branches:
        return None
    whole = re.compile(f"{re.escape(segment.tag)}(?:{'|'.join(branches)})")
    return Pattern(whole.fullmatch, variants, marks.element, is_telling)


def _choices(segment: Segment, asked: Asked, marks: Marks, fixed: Fixed) -> Iterator[Held]:
    """Every way to choose, for each cell that conditions name, a class of codes or none of them."""
    classes = [_classes(segment, place, asked, marks, fixed.get(place)) for place in asked.conditions]
    for chosen in product(*classes):
        yield {**fixed, **dict(zip(asked.conditions, chosen, strict=True))}


def _classes(
    segment: Segment, place: Place, asked: Asked, marks: Marks, fixed: tuple[str, ...] | None
) -> list[tuple[str, ...] | None]:
    """The codes that can stand in a cell, those together that the same conditions ask for, and None for all others.

    Where the place tells the codes, there are no others.
    """
    classes: dict[tuple[bool, ...], list[str]] = {}
    for code in fixed or dict.fromkeys(asked.codes(place)):
        if _can_stand(code, element_at(segment, place), marks):
            classes.setdefault(tuple(code in c.values for c in asked.conditions[place]), []).append(code)
    found = [tuple(codes) for codes in classes.values()]
    return [*found] if fixed else [*found, None]


def _can_stand(code: str, element: Element, marks: Marks) -> bool:
    """Whether a code of the mapping can be in a cell without a finding."""
    return marks.can_hold(code) and not check_value(code, element)


class _Branch:
    """One variant: the conditions that hold in it, the rows that speak then, and its groups, the first is `group`."""

    def __init__(
        self,
        segment: Segment,
        targets: Sequence[Target],
        marks: Marks,
        held: Held,
        asked: Asked,
        told: frozenset[Place],
        group: int,
    ) -> None:
        self.segment, self.marks, self.held, self.asked, self.told, self.group = (
            segment,
            marks,
            held,
            asked,
            told,
            group,
        )
        self.speaking = [t for t in targets if all(_holds(c, held) for c in t.own)]
        self.read = {place for target in self.speaking for place in target.places}
        self.echoes = {cell_of(c): c.reference for t in self.speaking for c in t.own if c.reference}
        self.paired = [target for target in self.speaking if target.row.expression.pair]
        self.pairing = find_pairing(segment, marks) if self.paired else None
        self.groups: dict[Place, int] = {}
        self.needed: set[Place] = set()
        self.needs_pair = False
        self.is_telling = False
        self.is_level = bool(segment.id and segment.parent)  # its numbers are the tree's own, no row reads them

    def expression(self) -> str | None:
        """What stands behind the tag; None where the grammar or the rows rule this variant out."""
        end = self.pairing.first - 1 if self.pairing else len(self.segment.elements)
        if any(position > end for position, _ in (*self.read, *self.held, *self.echoes)) or self.is_undated:
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
        tail, needed = self.tail(self.pairing) if self.pairing else ("", False)
        self.is_telling |= needed
        return ahead + self.marks.sequence(cells, tail, needed=needed) + f"{self.marks.between}*+"

    @property
    def is_undated(self) -> bool:
        """Whether a value whose format stands beside it (2380 by 2379) is read without that: nobody would judge it."""
        printed = self.segment.printed
        if printed is None or not printed.companions:
            return False
        whole = (printed.value, *printed.companions)
        return any(printed.value in target.places and target.places != whole for target in self.speaking)

    def tell(self) -> bool:
        """Whether every code that is held is read, by itself or by the row that it lets speak."""
        held = [place for place, codes in self.held.items() if codes is not None]
        for place in (*held, *self.echoes):
            if place in self.read or place in self.told or self.is_level:
                continue
            named = [t for t in self.speaking if any(cell_of(c) == place for c in t.own)]
            single = next((t for t in named if not t.row.expression.pair), None)
            if single:
                self.needed.add(single.places[0])
            elif named and named == self.paired:  # whichever pair there is, its row asked for this
                self.needs_pair = True
            else:
                return False
        return True

    def cell(self, position: int, definition: Element | Composite) -> Cell | None:
        """An element as an expression; None where it must be there and nobody reads it."""
        if isinstance(definition, Element):
            single = self.simple((position, 1), definition)
            self.is_telling |= single is not None and single[1] and (position, 1) in self.read
            return single
        places = [(position, component) for component in range(1, len(definition.components) + 1)]
        if not any(place in self.read or self.held.get(place) or place in self.echoes for place in places):
            return None if definition.requirement == "M" else ("", False)
        cells: list[Cell] = []
        for place, element in zip(places, definition.components, strict=True):
            cell = self.simple(place, element)
            if cell is None:
                return None
            cells.append(cell)
        asked = any(place in self.needed or self.held.get(place) or place in self.echoes for place in places)
        required = definition.requirement == "M" or asked
        read = [must and place in self.read for place, (_, must) in zip(places, cells, strict=True)]
        self.is_telling |= required and any(read)
        there = f"(?=[^{re.escape(self.marks.element)}])" if required and not any(must for _, must in cells) else ""
        return there + self.marks.composite(cells), required

    def simple(self, place: Place, element: Element) -> Cell | None:
        codes = self.held.get(place) or self.constant(place, element)
        required = bool(self.held.get(place)) or element.requirement == "M" or place in (*self.needed, *self.echoes)
        if codes:
            text = f"(?:{'|'.join(map(re.escape, codes))})"
        elif place in self.read or place in self.echoes:
            text = self.none_held(place) + self.marks.element_pattern(element)
        elif self.is_level:
            known = "|".join(map(re.escape, element.codes.codes)) if element.codes else None
            return f"(?:{known or self.marks.element_pattern(element)})", required
        else:
            return None if required else ("", False)
        if place in self.read or place in self.echoes:
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
        codes = "|".join(map(re.escape, sorted(self.asked.codes(place))))
        return f"(?!(?:{codes})(?:{self.marks.between}|{self.marks.inside}|\\Z))"

    def tail(self, pairing: Pairing) -> Cell:
        """The pairs, in any order, as one group of their own; empty pairs between them are a doubt."""
        least = max(pairing.least, int(self.needs_pair))
        return f"((?:{pairing.pattern}){{{max(least, 1)},{pairing.most}}}+)", least > 0

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
        single: list[tuple[int, Slot | Echo]] = [(self.groups[p], Echo(field)) for p, field in self.echoes.items()]
        several: list[tuple[tuple[int, ...], Slot]] = []
        slots: dict[str, Slot] = {}
        for target in self.speaking:
            if target.row.constant is not None:
                continue
            elements = [element_at(self.segment, place) for place in target.places]
            if self.pairing and target.row.expression.pair:
                _pair(target, self.pairing, slots)
            elif target.row.expression.is_run or len(elements) > 1:
                groups = tuple(self.groups[place] for place in target.places)
                several.append((groups, target.slot(careful(target.row, elements))))
            else:
                single.append((self.groups[target.places[0]], target.slot(decoder(target.row, elements[0]))))
        pairs = self.pairing.pairs(self.group + len(self.groups), slots) if self.pairing else None
        return Variant(tuple(single), tuple(several), pairs)


def _pair(target: Target, pairing: Pairing, slots: dict[str, Slot]) -> None:
    """Fill in the slots of a row that reads pairs, one for each qualifier it takes."""
    for code in target.row.expression.pair:
        if code in slots:
            raise Doubt
        if not check_value(code, pairing.qualifier):
            slots[code] = target.slot(decoder(target.row, pairing.value))


def _holds(condition: Condition, held: Held) -> bool:
    """Whether a condition holds. That a field is echoed always does: what does not is a doubt when all has come."""
    codes = held.get(cell_of(condition))
    return condition.reference is not None or (codes is not None and codes[0] in condition.values)
