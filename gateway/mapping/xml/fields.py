"""What the fields of a document class are, as the rows of a mapping need to know it: plain values, records, lists."""

from dataclasses import dataclass, replace
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, create_model


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `plain` is the type of its value, or of each in a list; `record` the class of its record or records.

    `is_keyed` is a table of keys and values, whose `record` has the fields `key` and `value`.
    """

    plain: type = str
    record: type[BaseModel] | None = None
    is_list: bool = False
    is_keyed: bool = False
    is_required: bool = False
    is_derived: bool = False
    may_be_none: bool = False


TOTAL = Field(Decimal, is_derived=True)
"""A property of the document that is a number (`[derived]`)."""


def find_field(model: type[BaseModel], path: tuple[str, ...]) -> Field | str:
    """What a path of fields leads to; a sentence if it leads nowhere."""
    found = Field(record=model)
    for part in path:
        fields: dict[str, Any] = dict(found.record.model_fields) if found.record else {}
        if found.is_list or found.is_keyed:
            return f"{path[0]} is a list: its rows stand in a table with `each`"
        if part not in fields:
            return f"no field {part!r}; there is {', '.join(sorted(fields)) or 'none, it is a plain value'}"
        found = _field(fields[part].annotation, is_required=fields[part].is_required())
    return found


def _field(annotation: Any, *, is_required: bool) -> Field:
    """The field of an annotation such as `Party | None`, `tuple[Line, ...]` or `dict[Text, Number] | None`."""
    annotation, may_be_none = _bare(annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    about = Field(is_required=is_required, may_be_none=may_be_none)
    if origin is tuple:
        entry = _field(inner[0], is_required=is_required)
        return replace(about, plain=entry.plain, record=entry.record, is_list=True)
    if origin is dict:
        return replace(about, record=create_model("Entry", key=(inner[0], ...), value=(inner[1], ...)), is_keyed=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return replace(about, record=annotation)
    plain = type(inner[0]) if origin is Literal else annotation
    return replace(about, plain=plain if isinstance(plain, type) else str)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """An annotation without Annotated, and without `| None`, and whether that was there; of several types the first."""
    may_be_none = False
    while get_origin(annotation) in (Annotated, Union, UnionType):
        may_be_none |= get_origin(annotation) is not Annotated and NoneType in get_args(annotation)
        annotation = next(inner for inner in get_args(annotation) if inner is not NoneType)
    return annotation, may_be_none
