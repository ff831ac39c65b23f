"""Every key there is, found by walking the models: for the page of keys, the wording of problems, and the tests."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.config.channels import ChannelSettings
from gateway.config.settings import Config

KeyPath = tuple[str, ...]


@cache
def keys() -> Mapping[KeyPath, FieldInfo]:
    """Every key by its path; a name that users choose stands as `<partner>`, `<account>` or `<channel:KIND>`."""
    return dict(_keys(Config, ()))


def _keys(model: type[BaseModel], above: KeyPath) -> Iterator[tuple[KeyPath, FieldInfo]]:
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        yield path, field
        for part, many in _tables(field.annotation):
            yield from _keys(part, (*path, *([f"<{name.removesuffix('s')}{_kind(part)}>"] if many else [])))


def _tables(annotation: Any, *, many: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    """The models that a value of this type is made of, and whether it holds several under names that users choose."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, many
    is_choice = get_origin(annotation) in (UnionType, Union)
    for part in get_args(annotation):
        yield from _tables(part, many=many or not is_choice)


def _kind(model: type[BaseModel]) -> str:
    return f":{get_args(model.model_fields['kind'].annotation)[0]}" if issubclass(model, ChannelSettings) else ""
