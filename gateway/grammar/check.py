"""The elements of one segment against its definition: presence, number, type, length, codes, conditions.

Each finding names element and component by their ordinals, the data element number, the byte, the value, and what was
expected, which is what AK4 and UCD ask for.
"""

from collections.abc import Callable, Iterator, Sequence

from gateway.findings import Finding, find
from gateway.grammar.elements import Composite, Element, check_value
from gateway.grammar.periods import check_period
from gateway.grammar.segments import Place, Segment

_SHOWN = 99  # AK404 holds as much of a bad value
_FORMAT = "2379"  # the data element that names the format of a date, time or period


def check_segment(
    ordinal: int,
    elements: Sequence[str],
    definition: Segment,
    marks: tuple[str, str, str, str],
    locate: Callable[..., int],
) -> Iterator[Finding]:
    """Everything wrong inside a segment, ordered by position. `marks` are the delimiters as text."""
    checking = _Checking(ordinal, definition, marks, locate)
    for position, element in enumerate(definition.elements, 1):
        yield from checking.element(position, element, checking.text(elements, position))
    count = len(definition.elements)
    if any(elements[count:]):
        yield checking.wrong("too-many-elements", count + 1, None, None, elements[count], f"at most {count} elements")
    yield from checking.period(elements)
    present = [bool(value) for value in elements]
    for condition in definition.conditions:
        if breach := condition.breach(present):
            code, position = breach
            number, value = definition.elements[position - 1].number, checking.text(elements, position)
            yield checking.wrong(code, position, None, number, value, condition.meaning(definition.tag))


class _Checking:
    def __init__(
        self, ordinal: int, definition: Segment, marks: tuple[str, str, str, str], locate: Callable[..., int]
    ) -> None:
        self.ordinal, self.definition, self.locate = ordinal, definition, locate
        _, self.component_mark, _, self.repetition_mark = marks

    @staticmethod
    def text(elements: Sequence[str], position: int) -> str:
        return elements[position - 1] if position <= len(elements) else ""

    def wrong(
        self,
        code: str,
        position: int,
        component: int | None,
        number: str | None,
        value: str,
        expected: str,
        repetition: int | None = None,
    ) -> Finding:
        tag = self.definition.tag
        cell = f"{tag}{position:02}" + (f"-{component}" if component else "")
        cell += f", repetition {repetition}," if repetition else ""
        said = f"is {value[:_SHOWN]!r}" if value else "is empty"
        return find(
            code,
            f"{tag} in segment {self.ordinal}: {cell} {said}, expected {expected}",
            segment=self.ordinal,
            tag=tag,
            element=position,
            component=component,
            repetition=repetition,
            number=number,
            offset=self.locate(self.ordinal, position, component, repetition),
            value=value[:_SHOWN] or None,
            expected=expected,
        )

    def element(self, position: int, element: Element | Composite, value: str) -> Iterator[Finding]:
        if not value:
            if element.requirement == "M":
                yield self.wrong("mandatory-element-missing", position, None, element.number, "", _asked(element))
            return
        if self.repetition_mark and self.repetition_mark in value:
            second = value.split(self.repetition_mark)[1]
            yield self.wrong("element-repeated", position, None, element.number, second, "one value", repetition=2)
            return
        if isinstance(element, Composite):
            yield from self.composite(position, element, value)
        elif self.component_mark in value:
            second = value.split(self.component_mark)[1]
            yield self.wrong("too-many-components", position, 2, element.number, second, "no components")
        else:
            yield from self.value(position, None, element, value)

    def composite(self, position: int, composite: Composite, value: str) -> Iterator[Finding]:
        parts = value.split(self.component_mark)
        for component, element in enumerate(composite.components, 1):
            part = parts[component - 1] if component <= len(parts) else ""
            if part:
                yield from self.value(position, component, element, part)
            elif element.requirement == "M":
                yield self.wrong("mandatory-element-missing", position, component, element.number, "", _asked(element))
        if any(parts[len(composite.components) :]):
            count = len(composite.components)
            text = f"at most {count} components"
            yield self.wrong("too-many-components", position, count + 1, composite.number, parts[count], text)

    def value(self, position: int, component: int | None, element: Element, value: str) -> Iterator[Finding]:
        if found := check_value(value, element):
            code, expected = found
            yield self.wrong(code, position, component, element.number, value, expected)

    def period(self, elements: Sequence[str]) -> Iterator[Finding]:
        """A value whose companion names the format it is in (2380 by 2379), held to that format."""
        printed = self.definition.printed
        if printed is None or not printed.companions:
            return
        (position, component), *companions = printed.value, *printed.companions
        element, value = self.definition.element(position, component), self.cell(elements, printed.value)
        for companion in companions:
            named = self.definition.element(*companion)
            if value and element and named and named.number == _FORMAT:
                for code, expected in check_period(value, self.cell(elements, companion)):
                    yield self.wrong(code, position, component, element.number, value, expected)

    def cell(self, elements: Sequence[str], place: Place) -> str:
        parts = self.text(elements, place[0]).split(self.component_mark)
        return parts[place[1] - 1] if place[1] <= len(parts) else ""


def _asked(element: Element | Composite) -> str:
    """What must be filled: its name, and of a simple element what may stand there."""
    return f"{element.name}: {element.expected}" if isinstance(element, Element) else element.name
