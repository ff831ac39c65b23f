"""The ground that all documents stand on: frozen records and the few value types their fields are made of.

Every type reads two shapes and no third: the Python value itself, as a mapping builds it, and its JSON text. What is
close but not the same (a float for a decimal, a number for a date) is refused rather than converted: a price of
0.1 + 0.2 must never get in. Validation runs in pydantic's core on the way of mapped documents; only text costs a call.
Numbers and days are written by the core too.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from operator import is_
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetPydanticSchema, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

DECIMAL_TEXT = r"^-?[0-9]{1,30}(\.[0-9]{1,15})?$"
DATE_TEXT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
INSTANT_TEXT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"


is_none = partial(is_, None)
"""Whether a field is absent, for fields that are written only where they are there."""


class Record(BaseModel):
    """A frozen record that refuses unknown fields; change is `model_copy(update=...)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _from_text(pattern: str, convert: Callable[[str], Any]) -> CoreSchema:
    return core_schema.no_info_after_validator_function(convert, core_schema.str_schema(strict=True, pattern=pattern))


def _value_or_text(
    value: list[CoreSchema], text: CoreSchema, expected: str, write: core_schema.SerSchema
) -> GetPydanticSchema:
    """The schema of a type that is `value` in Python and `text` in JSON; one sentence says what was expected."""

    def named(schema: CoreSchema) -> CoreSchema:
        return core_schema.custom_error_schema(
            schema, custom_error_type="value_expected", custom_error_message=f"expected {expected}"
        )

    schema = core_schema.json_or_python_schema(
        json_schema=named(text),
        python_schema=named(core_schema.union_schema([*value, text], mode="left_to_right")),
        serialization=write,
    )
    return GetPydanticSchema(lambda _source, _handler: schema)


_PLAIN = "f"  # the format of a decimal without an exponent


def plain(number: Decimal) -> str:
    """The digits of a decimal, exactly as long as it is and never with an exponent: 43.50, not 4.35E+1."""
    return format(number, _PLAIN)


def iso_instant(instant: datetime) -> str:
    """An instant as ISO 8601 in UTC with Z, seconds always, fractions only where there are some."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{instant.isoformat()} is outside the calendar in UTC") from None


def _integer(value: object) -> object:
    """Whole decimals become integers: EDIFACT writes counts as decimals, X12 as integers."""
    if isinstance(value, bool):
        raise ValueError("expected a whole number")  # a bool is an int to Python, never to us
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


Number = Annotated[
    Decimal,
    _value_or_text(
        [
            core_schema.decimal_schema(strict=True),
            core_schema.no_info_after_validator_function(Decimal, core_schema.int_schema(strict=True)),
        ],
        _from_text(DECIMAL_TEXT, Decimal),
        'a decimal number as text, such as "12" or "43.50"',
        core_schema.format_ser_schema(_PLAIN),
    ),
    WithJsonSchema({"type": "string", "pattern": DECIMAL_TEXT}),
]
"""An exact number: a Decimal (or an integer) in Python, text in JSON. Floats and bools are refused."""

Day = Annotated[
    date,
    _value_or_text(
        [core_schema.date_schema(strict=True)],
        _from_text(DATE_TEXT, date.fromisoformat),
        'a date as text, such as "2026-11-20"',
        core_schema.simple_ser_schema("date"),
    ),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the calendar without a zone; fields of this type end in `_on` or say so by name."""

Instant = Annotated[
    datetime,
    _value_or_text(
        [
            core_schema.no_info_after_validator_function(
                _utc, core_schema.datetime_schema(strict=True, tz_constraint="aware")
            )
        ],
        _from_text(INSTANT_TEXT, lambda text: _utc(datetime.fromisoformat(text))),
        'an instant with its zone as text, such as "2026-11-26T14:15:00Z"',
        core_schema.plain_serializer_function_ser_schema(iso_instant, when_used="json"),
    ),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time, aware and turned to UTC; fields of this type end in `_at`."""

Text = Annotated[str, Field(min_length=1, strict=True)]
"""Text with something in it: what is absent is None, never an empty string."""

Count = Annotated[int, Field(ge=0, strict=True), BeforeValidator(_integer)]
"""How many: a whole number from 0."""


def _lines(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Lines = Annotated[tuple[Text, ...], BeforeValidator(_lines)]
"""Text in one or more lines, as names and streets come on the wire; a single text is one line."""

Codes = Annotated[tuple[Text, ...], BeforeValidator(_lines)]
"""Codes of a standard, none or several; a single text is one code, as where a message has room for one (UCI 0085)."""
