"""Templates of records: the text that the writer of trees (writing.py) gives for one, with a hole for each value.

A mapping and its schema give one template for each record and for each set of fields that it may have, made by letting
the writer's own steps build a tree with marks for values. What fills the holes is checked by one pattern, made of the
types in the schema; no value with a mark of XML in it passes, so none can pass itself off as an element.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import Any

from lxml import etree
from pydantic import BaseModel

from gateway.mapping.writing import Unsaid
from gateway.mapping.xml.fields import Field, find_field
from gateway.mapping.xml.mapping import XmlMapping, XmlRow, XmlTable
from gateway.mapping.xml.paths import Step
from gateway.mapping.xml.writing import UNUSUAL, Writer, add_element, descend, is_echoed, value_of
from gateway.syntax.xml_schema import XmlSchema

_NESTED = re.compile("<!--\ue000(\\d+)\ue000-->")  # records that have templates of their own
_HOLE_OR_NESTED = re.compile(f"\ue000(\\d+)\ue000|{_NESTED.pattern}")
_ABSENT = "None"  # what str() makes of a value that a required field must not lack
MARK = "\x01"  # no text of XML has it: it stands where records go that have templates of their own
_AS_IT_IS = frozenset({"text", "number", "count"})  # str() is their text; a number with an exponent is a doubt
_PLANS_AT_MOST = 64  # templates of one record; documents that leave out so many sets of fields are written as trees


class Doubt(Exception):
    """A record that its template cannot write. Never leaves this module."""


@dataclass(frozen=True, slots=True)
class Nested:
    """Records, or values of a list, that have templates of their own, and where they come from."""

    get: Callable[[Any], Any]
    template: "Template"
    many: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Hole:
    """Where a value goes: the path of its field, how it is encoded, and the pattern of its text."""

    path: str
    encode: Callable[[Any], str] | None
    pattern: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One template: how its values are got, which of them need encoding, and the pattern of the text they make."""

    text: str
    pattern: str
    get: Callable[[Any], tuple[Any, ...]]
    encoders: tuple[tuple[int, Callable[[Any], str]], ...]
    match: Callable[[str], Any]
    nested: tuple[Nested, ...]
    batches: dict[int, tuple[str, Callable[[str], Any]]] = field(default_factory=dict)

    def many(self, count: int, between: str) -> tuple[str, Callable[[str], Any]]:
        """The template of so many records, one after another, and its pattern.

        Their number is in the pattern too, so no value can pass itself off as one more record.
        """
        if count not in self.batches:
            pattern = re.escape(between).join([self.pattern] * count)
            self.batches[count] = between.join([self.text] * count), re.compile(pattern).fullmatch
        return self.batches[count]


class Template:
    """The templates of one table, or of the values of a list: a plan for each set of fields that a record may have."""

    def __init__(
        self,
        mapping: XmlMapping,
        schema: XmlSchema,
        table: XmlTable | XmlRow,
        model: type[BaseModel],
        path: Sequence[str],
        step: Step | None,
    ) -> None:
        self.mapping, self.schema, self.table, self.model = mapping, schema, table, model
        self.path, self.step = tuple(path), step
        self.depth = len(self.path) - 1 if step else 0
        self.between = "\n" + " " * self.depth
        self.plans: dict[tuple[int, ...], Plan] = {}
        self.members = table.members if isinstance(table, XmlTable) else ()
        self.nested = {member.path: self.inner(member) for member in self.members if _is_nested(member)}
        checks = [self.check(member) for member in self.members]
        plain = [index for index, check in enumerate(checks) if isinstance(check, str)]
        self.checked = (*plain, *(index for index, check in enumerate(checks) if check and index not in plain))
        self.optional = _getter([check for check in checks if isinstance(check, str)])
        self.is_told_by_none = not any(callable(check) for check in checks)
        self.states = _states([check for check in checks if check])
        self.tests = [(index, _test(check)) for index, check in enumerate(checks) if check]

    def inner(self, member: XmlTable | XmlRow) -> "Template":
        """The templates of the records in a field. Raises ValueError where they share their element with others."""
        steps = member.steps if isinstance(member, XmlTable) else member.place.steps
        names = tuple(step.name for step in steps)
        others = [other for other in self.members if other is not member]
        if any(_names(other)[: len(names)] == names for other in others):
            raise ValueError(f"{member.name} shares its element with others, which templates cannot write")
        found = find_field(self.model, member.path)
        model = (found.record if isinstance(found, Field) else None) or self.model
        return Template(self.mapping, self.schema, member, model, (*self.path, *names), steps[-1])

    def check(self, member: XmlTable | XmlRow) -> "Callable[[Any], int] | str | None":
        """How to tell whether a member is there: by a function, by its path being None, or not at all."""
        found = find_field(self.model, member.path) if member.path else None
        if isinstance(member, XmlTable):
            if member.many:
                return partial(_list_state, member.path, member.keyed or member.is_required)
        elif member.is_run:
            return partial(_list_state, member.path, False)
        elif member.lookup or member.default is not None:
            return partial(_row_state, member, self.table)
        may_be_none = isinstance(found, Field) and (found.may_be_none or found.record is not None)
        return ".".join(member.path) if may_be_none else None

    # Filling

    def fill(self, record: Any) -> tuple[Plan, str]:
        """The template of a record with its values in it, checked. Raises Doubt where it does not fit."""
        states = self.states(record)
        plan = self.plans.get(states)
        if plan is None:
            if len(self.plans) >= _PLANS_AT_MOST:
                raise Doubt
            plan = self.plans[states] = self.plan(dict(zip(self.checked, states, strict=True)))
        values = plan.get(record)
        if plan.encoders:
            encoded = list(values)
            for index, encode in plan.encoders:
                encoded[index] = encode(encoded[index])
            values = tuple(encoded)
        text = plan.text % values
        if _ABSENT in text or plan.match(text) is None:
            raise Doubt
        return plan, text

    def fill_many(self, records: Sequence[Any]) -> str | None:
        """The checked text of records that have the same fields; None where they have not, or one does not fit."""
        values: list[Any] = []
        found: list[Any] = []
        try:
            states = self.states(records[0])
            plan = self.plans.get(states)
            if plan is None or plan.nested or plan.encoders or not self.is_told_by_none:
                return None
            get, optional = plan.get, self.optional
            for record in records:
                values += get(record)
                found += optional(record)
        except UNUSUAL:
            return None
        count, kinds = len(records), len(states)
        if any(found[at::kinds].count(None) != state * count for at, state in enumerate(states)):
            return None
        template, match = plan.many(count, self.between)
        text = template % tuple(values)
        return text if _ABSENT not in text and match(text) else None

    def by_tree(self, record: Any, name: str, unsaid: list[Unsaid]) -> tuple[str, list[Nested]]:
        """The text of a record by way of a tree of its own values, marked where records with templates of theirs go."""
        writer = Writer(self.mapping)
        root, element = self.element()
        nested: list[Nested] = []
        if isinstance(self.table, XmlRow):
            writer.value(replace(self.table, place=replace(self.table.place, steps=())), record, element, name)
        else:
            table = self.table
            states = {index: test(record) for index, test in self.tests}
            nested = self.members_of(element, states, lambda row: writer.row(row, table, record, element, name))
        unsaid += writer.unsaid
        return _NESTED.sub(MARK, self.printed(root)), nested

    # Making

    def plan(self, states: dict[int, int]) -> Plan:
        """The template of records that have these members: 0 is there, 1 is not, 2 is an empty list that is said."""
        root, element = self.element()
        holes: list[_Hole] = []
        nested: list[Nested] = []
        if isinstance(self.table, XmlRow):
            self.hole(replace(self.table, path=(), place=replace(self.table.place, steps=())), element, holes)
        else:
            nested = self.members_of(element, states, lambda row: self.hole(row, element, holes))
        return self.made(self.printed(root), holes, nested)

    def members_of(self, element: Any, states: dict[int, int], write: Callable[[XmlRow], None]) -> list[Nested]:
        """Write the rows of a table, and a mark for each of its tables and lists; those come back."""
        nested: list[Nested] = []
        for index, member in enumerate(self.members):
            state = states.get(index, 0)
            if state == 1:
                continue
            if isinstance(member, XmlRow) and not member.is_run:
                write(member)
                continue
            around = descend(element, _steps(member)[:-1])
            if state == 0:
                many = isinstance(member, XmlRow) or member.many
                name = ".".join(member.path)
                around.append(etree.Comment(f"\ue000{len(nested)}\ue000"))
                nested.append(Nested(attrgetter(name), self.nested[member.path], many, name))
        return nested

    def hole(self, row: XmlRow, element: Any, holes: list["_Hole"]) -> None:
        """Put a hole where a row writes its value, or the constant."""
        element = descend(element, row.place.steps)
        text = f"\ue000{len(holes)}\ue000" if row.constant is None else row.constant
        if row.place.attribute:
            element.set(row.place.attribute, text)
        else:
            element.text = text
        if row.constant is None:
            names = (*self.path, *(step.name for step in row.place.steps))
            plain = row.codec.name in _AS_IT_IS and row.lookup is None
            encode = None if plain else partial(_encoded, row) if row.lookup else row.codec.encode
            pattern = self.schema.pattern_of(names, row.place.attribute)
            holes.append(_Hole(".".join(row.path), encode, pattern))

    def made(self, printed: str, holes: list["_Hole"], nested: list[Nested]) -> Plan:
        """The plan of a printed tree: its holes in the order in which they stand."""
        parts = _HOLE_OR_NESTED.split(printed)
        text, pattern = [_literal(parts[0])], [re.escape(parts[0])]
        found: list[_Hole] = []
        inner: list[Nested] = []
        for value, record, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            if value:
                found.append(holes[int(value)])
                text.append("%s")
                pattern.append(found[-1].pattern)
            else:
                inner.append(nested[int(record)])
                text.append(MARK)
                pattern.append(MARK)
            text.append(_literal(after))
            pattern.append(re.escape(after))
        if len(found) < len(holes):
            raise Doubt  # two rows write at one place: the writer of trees says what may stand there
        encoders = tuple((index, hole.encode) for index, hole in enumerate(found) if hole.encode)
        get, whole = _getter([hole.path for hole in found]), "".join(pattern)
        return Plan("".join(text), whole, get, encoders, re.compile(whole).fullmatch, tuple(inner))

    def element(self) -> tuple[Any, Any]:
        """A new element for a record, as the root of its tree; for the document, with the elements around it."""
        if self.step:
            element = add_element(etree.Element("around"), self.step)
            return element, element
        name, *below = self.mapping.elements
        root = element = etree.Element(name)
        for each in below:
            element = etree.SubElement(element, each)
        return root, element

    def printed(self, root: Any) -> str:
        """A tree as text, indented as deep as it stands in the document."""
        etree.indent(root, space=" ", level=self.depth)
        return str(etree.tostring(root, encoding="unicode", with_tail=False))


def _is_nested(member: XmlTable | XmlRow) -> bool:
    return isinstance(member, XmlTable) or member.is_run


def _steps(member: XmlTable | XmlRow) -> tuple[Step, ...]:
    return member.steps if isinstance(member, XmlTable) else member.place.steps


def _names(member: XmlTable | XmlRow) -> tuple[str, ...]:
    return tuple(step.name for step in _steps(member))


def _encoded(row: XmlRow, value: Any) -> str:
    text = row.encode(value)
    if not text:
        raise Doubt  # a lookup leaves it to another row
    return text


def _literal(text: str) -> str:
    return text.replace("%", "%%")


def _getter(paths: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The values at these paths; an empty path is the record itself, the value of a list."""
    if paths == [""]:
        return lambda record: (record,)
    if len(paths) > 1:
        return attrgetter(*paths)
    get = attrgetter(*paths) if paths else None
    return lambda record: (get(record),) if get else ()


def _states(checks: Sequence[Callable[[Any], int] | str]) -> Callable[[Any], tuple[int, ...]]:
    """What tells which members of a record are there: first those that are None or not, then those with functions."""
    paths = [check for check in checks if isinstance(check, str)]
    others = [check for check in checks if not isinstance(check, str)]
    get = _getter(paths)
    if not others:
        return lambda record: tuple([value is None for value in get(record)])
    return lambda record: (*[value is None for value in get(record)], *[check(record) for check in others])


def _test(check: Callable[[Any], int] | str) -> Callable[[Any], int]:
    return partial(_none_state, tuple(check.split("."))) if isinstance(check, str) else check


def _none_state(path: tuple[str, ...], record: Any) -> int:
    return int(value_of(record, path) is None)


def _list_state(path: tuple[str, ...], is_said: bool, record: Any) -> int:
    """0 for a list with something in it, 2 for an empty one that is said by its container, else 1."""
    value = value_of(record, path)
    return 0 if value else 2 if is_said and value is not None else 1


def _row_state(row: XmlRow, table: Any, record: Any) -> int:
    value = value_of(record, row.path)
    absent = value is None or (row.default is not None and value == row.default_value)
    return int(absent or is_echoed(row, table, record))
