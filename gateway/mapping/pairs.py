"""Where the pairs of qualifier and value stand in a segment, and what they look like.

X12 has them as neighbouring elements (PO106 and PO107, and so on), EDIFACT as components of composites that stand one
behind the other (C212 in PIA). Either way they are the end of what patterns know of the segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.grammar.elements import Composite, Element
from gateway.grammar.segments import Place, Segment
from gateway.mapping.patterns import Doubt, Marks, Pairs, Slot


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs of a segment: the element where they begin, the two elements of one, how many may and must be there.

    `pattern` is one pair with the mark before it; `cells` are how many cells it is, and which (from 0) are its
    qualifier and its value; `inner` is the mark between them where that is not the element separator.
    """

    first: int
    qualifier: Element
    value: Element
    least: int
    most: int
    pattern: str
    cells: tuple[int, int, int]
    inner: str = ""

    def pairs(self, group: int, slots: Mapping[str, Slot]) -> Pairs:
        """How a group that holds such pairs is taken apart."""
        return Pairs(group, *self.cells, self.inner, slots)


def find_pairing(segment: Segment, marks: Marks) -> Pairing:
    """The pairs of a segment that has some. Raises Doubt where they stand in a way that patterns do not know."""
    holders = [segment.elements[qualifier[0] - 1] for qualifier, _ in segment.pair_places]
    least = sum(element.requirement == "M" for element in holders)
    at = segment.pair_places[0][0][0]
    if segment.pairs:
        qualifier, value = (element_at(segment, place) for place in segment.pair_places[0])
        pattern = "".join(f"{marks.between}{marks.element_pattern(element)}" for element in (qualifier, value))
        return Pairing(at, qualifier, value, least, len(holders), pattern, (2, 0, 1))
    (_, one), (_, other) = segment.pair_places[0]
    parts = [holder.components for holder in holders if isinstance(holder, Composite)]
    expected = [((at + n, one), (at + n, other)) for n in range(len(holders))]
    if list(segment.pair_places) != expected or parts != [parts[0]] * len(holders):
        raise Doubt
    cells = [
        (marks.element_pattern(element), True) if number in (one, other) else ("", element.requirement == "M")
        for number, element in enumerate(parts[0], 1)
    ]
    if ("", True) in cells:
        raise Doubt
    pattern = marks.between + marks.composite(cells)
    qualifier, value = (parts[0][number - 1] for number in (one, other))
    return Pairing(
        at, qualifier, value, least, len(holders), pattern, (max(one, other), one - 1, other - 1), marks.component
    )


def element_at(segment: Segment, place: Place) -> Element:
    """The element at a place that rows, conditions or pairs name: they were resolved against this segment."""
    element = segment.element(*place)
    assert element is not None  # noqa: S101  (see above)
    return element
