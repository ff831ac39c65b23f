"""Documents made from the mappings themselves: whatever the rows can say comes back as it was said.

A mapping tells what its fields may hold: the meanings of a lookup, the type and length of an element. So each document
here is filled row by row, any row or none, and no mapping can be forgotten. Hypothesis draws seeds only.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.documents import Moment
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.making import find_field
from gateway.mapping.mapping import Mapping, Row, Table
from gateway.mapping.messages import explain_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax import edifact, x12
from gateway.syntax.envelope import Message
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact

MAPPINGS = Mappings(SHIPPED.read_text, SHIPPED.exists)
X12 = ("810", "820", "824", "860", "999")
EDIFACT = ("ORDERS", "ORDRSP", "ORDCHG", "DESADV", "INVOIC", "REMADV", "APERAK", "CONTRL")
NAMES = [*(f"x12/{message}" for message in X12), *(f"edifact/{message}" for message in EDIFACT)]
ROOM = {"LIN": 1, "PIA": 5, "POC": 10, "IT1": 9}
"""How many ids a segment can take; in an IT1 one pair is the order's."""
ALWAYS = {"currency", "packs.kind", "pallets.kind", "taxes.amount", "load", "load.cartons"}
"""What others refer to, or stand below: packs hang on the load, which is the root of their hierarchy."""
NEEDED = {"references"}
"""Lists that a view cannot be turned back without."""
TOGETHER = (
    {"adjustment.reason", "adjustment.code", "adjustment.amount"},  # RMR07 and RMR08 (P0708)
    {"reference_kind", "reference"},  # ADX03 and ADX04 (P0304)
    {"service.position", "service.component"},  # S011 begins with its element
    {"position", "component", "repetition"},  # and so does C030
    {"number", "component_number"},  # and C999
)
"""Fields that stand in one segment or composite where none may stand alone: all are said, or none."""


class Maker:
    """Values for rows, drawn from a seed."""

    def __init__(self, seed: int, mapping: Mapping) -> None:
        self.random, self.mapping = Random(seed), mapping
        self.is_x12 = mapping.grammar.name.startswith("x12")

    def document(self) -> BaseModel:
        """A document with any of its rows filled, and at least those that it cannot be without."""
        made = self.mapping.model.model_validate(self.record(self.mapping.root, self.mapping.model))
        return self.mapping.view.turn_back(made) if self.mapping.view else made

    def record(self, table: Table, model: type[BaseModel]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        rows = {row.path: row for row in table.rows if row.path and not row.derived}
        for row in self.chosen(table, list(rows.values()), model):
            echo = table.echoes.get(row.path)
            if echo is not None:
                code = self.random.choice([code for code in row.lookup.meanings if code != "*"]) if row.lookup else ""
                _put(found, echo.path, code)
                _put(found, row.path, row.lookup.decode(code) if row.lookup else None)
            elif all(kept.path != row.path for kept in table.echoes.values()):
                _put(found, row.path, self.value(row))
        for inner in table.tables:
            inside = find_field(model, inner.path)
            if inner.many:
                low = 1 if _is_required(model, inner.path) or inner.name in NEEDED else 0
                _put(found, inner.path, [self.record(inner, inside) for _ in range(self.random.randint(low, 3))])
            elif (record := self.record(inner, inside)) and (inner.name in ALWAYS or self.random.random() < 0.7):
                _put(found, inner.path, record)
        return found

    def chosen(self, table: Table, rows: list[Row], model: type[BaseModel]) -> Iterator[Row]:
        """The rows to fill: what is required or has a code beside it, else some; as many ids as there is room for."""
        taken: dict[str, int] = {}
        drawn: dict[str, bool] = {}
        for row in rows:
            name = ".".join(row.path)
            group = next(
                (min(names) for names in TOGETHER if name in names), row.path[0] if len(row.path) > 1 else name
            )
            is_wanted = drawn.setdefault(group, self.random.random() < 0.7)
            if row.expression.pair:
                count = taken[row.expression.tag] = taken.get(row.expression.tag, 0) + is_wanted
                if is_wanted and count <= ROOM[row.expression.tag]:
                    yield row
            elif is_wanted or row.path in table.echoes or _is_required(model, row.path) or self.is_needed(row):
                yield row

    def is_needed(self, row: Row) -> bool:
        """Whether its element must be filled wherever its segment stands, or other rows refer to it."""
        outer = self.mapping.grammar.segments[row.expression.tag].elements[row.expression.cells[0].position - 1]
        return outer.requirement == "M" or row.element.requirement == "M" or row.name in ALWAYS

    def value(self, row: Row) -> Any:
        if row.lookup:
            return self.random.choice([row.lookup.meanings[code] for code in row.lookup.meanings if code != "*"])
        element, longest = row.element, max(row.element.shortest, min(row.element.longest, 9))
        if row.expression.is_run:
            texts = range(self.random.randint(1, len(row.expression.cells)))
            return tuple(self.text(element.shortest, longest) for _ in texts)
        if row.codec.name == "text":
            is_number = element.type in ("N0", "n")
            return str(self.random.randint(1, 99)) if is_number else self.text(element.shortest, longest)
        return getattr(self, f"any_{row.codec.name}")(row)

    def text(self, shortest: int, longest: int) -> str:
        inside = self.random.randint(max(shortest, 1), longest)
        return "".join(self.random.choices("ABZ09" if self.is_x12 else "ABZ09'+:?", k=inside))

    def any_date(self, _: Row) -> date:
        return date(2026, 1, 1) + timedelta(days=self.random.randrange(999))

    any_day = any_date

    def any_moment(self, row: Row) -> Moment:
        return Moment(on=self.any_date(row), at=self.random.choice((None, "06:15", "23:59:01")))

    def any_period(self, row: Row) -> date | Moment:
        day = self.any_date(row)
        return day if row.path[-1].endswith("_on") or row.path[-1].startswith("not_") else self.any_moment(row)

    def any_integer(self, row: Row) -> int:
        return self.random.randint(1, min(999, 10**row.element.longest - 1))

    def any_decimal(self, _: Row) -> Decimal:
        return Decimal(self.random.randint(1, 99999)).scaleb(-self.random.choice((0, 2)))

    def any_number(self, row: Row) -> Decimal | int:
        return self.any_integer(row)

    any_amount = any_implied2 = any_decimal


def _is_required(model: type[BaseModel], path: tuple[str, ...]) -> bool:
    """Whether a field of the record, or of a record that will be in it, has no default."""
    owner = find_field(model, path[:-1])
    field = owner.model_fields[path[-1]]
    return bool(field.is_required())


def _put(record: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        record = record.setdefault(part, {})
    record[path[-1]] = value


def read_back(document: BaseModel, mapping: Mapping) -> BaseModel | None:
    """The document that others would read in what we write."""
    written = write_document(document, mapping)
    assert written.unsaid == ()
    if mapping.grammar.name.startswith("x12"):
        body = ["*".join([t, *(e if isinstance(e, str) else ">".join(e) for e in es)]) for t, es in written.segments]
        version = mapping.grammar.version
        data = f"{ISA}GS*XX*A*B*20261120*1200*1*X*{version}~ST*{mapping.grammar.message}*0001~{'~'.join(body)}~"
        events = x12.read([f"{data}SE*{len(body) + 2}*0001~GE*1*1~IEA*1*000000001~".encode()])
    else:
        envelope = EdifactEnvelope("14:1", "14:2", datetime(2026, 11, 20, tzinfo=UTC), "1")
        message = ("1", f"{mapping.grammar.message}:D:96A:UN", written.segments)
        events = edifact.read([seal_edifact([message], envelope).data])
    (message_read,) = (event for event in events if isinstance(event, Message))
    document_read = explain_message(message_read, mapping).document
    compiled = compile_mapping(mapping, message_read.marks)
    assert compiled is None or compiled.read(message_read.segments) in (None, document_read)
    return document_read


ISA = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261120*1200*U*00401*000000001*0*T*>~"


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32))
def test_what_a_mapping_says_comes_back_as_it_was(name: str, seed: int) -> None:
    mapping = MAPPINGS.standard(name)
    document = Maker(seed, mapping).document()
    again = read_back(document, mapping)
    assert again is not None
    assert unsaid_fields(document, again) == ()
