"""What was meant against what was said: a dispatch is read back before it is sealed, and every value must be there.

Values compare as values (43.50 is 43.5). A document whose order is not data (a ship notice) is compared in its normal
form. Fields that were said nowhere are told by themselves and left out of that, since they would sort it otherwise.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from gateway.mapping.writing import Unsaid

_INDEX = re.compile(r"\[\d+\]")
Model = TypeVar("Model", bound=BaseModel)


def unsaid_fields(meant: BaseModel, said: BaseModel) -> tuple[Unsaid, ...]:
    """What a message leaves out or says otherwise: `meant` is the document, `said` the one read back from its bytes.

    Names are those of Guide.leaves_unsaid (`lines[0].lot`); indices are those of the normal form where there is one.
    """
    if meant == said:
        return ()
    told = {_plain(name) for name, _ in values_of(said)}
    nowhere = [
        Unsaid(name, str(value), "the message has no place for it")
        for name, value in values_of(meant)
        if _plain(name) not in told
    ]
    here, there = (dict(values_of(_ordered(document))) for document in (_only(meant, told), said))
    left = {name for name, _ in values_of(meant)} & {unsaid.field for unsaid in nowhere}
    otherwise = [
        Unsaid(name, str(value), f"it would be read as {there[name]}" if name in there else "it would not be read")
        for name, value in here.items()
        if (name not in there or there[name] != value) and name not in left
    ]
    added = [
        Unsaid(name, "", f"{value} would be read, which was not meant")
        for name, value in there.items()
        if name not in here
    ]
    return (*nowhere, *otherwise, *added)


def values_of(record: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its name, `lines[0].ordered.value`; what is absent has none."""
    if isinstance(record, BaseModel):
        for part in type(record).model_fields:
            yield from values_of(getattr(record, part), f"{name}.{part}" if name else part)
    elif isinstance(record, tuple):
        for index, item in enumerate(record):
            yield from values_of(item, f"{name}[{index}]")
    elif record is not None:
        yield name, record


def _plain(name: str) -> str:
    return _INDEX.sub("", name)


def _ordered(document: BaseModel) -> BaseModel:
    normal_form = getattr(document, "normal_form", None)
    ordered: BaseModel = normal_form() if normal_form else document
    return ordered


def _only(record: Model, told: set[str], name: str = "") -> Model:
    """The record without the values of optional fields that were not told anywhere."""
    changed: dict[str, Any] = {}
    for part, field in type(record).model_fields.items():
        full, value = f"{name}.{part}" if name else part, getattr(record, part)
        if isinstance(value, BaseModel):
            changed[part] = _only(value, told, full)
        elif isinstance(value, tuple) and all(isinstance(item, BaseModel) for item in value):
            changed[part] = tuple(_only(item, told, full) for item in value)
        elif full not in told and field.default is None:
            changed[part] = None
    return record.model_copy(update=changed)
