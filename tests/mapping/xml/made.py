"""ERP documents made by hypothesis from their classes: each field has whatever its type allows, or nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MinLen
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.documents.erp_file import KINDS

# What XML can say: no control characters but three, no surrogates and no non-characters of the first plane.
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r <>&\"']A1."
)
TEXT = st.text(CHARACTERS, min_size=1, max_size=8)
PLAIN_TEXT = st.text(st.sampled_from("AZaz09-_ .é:"), min_size=1, max_size=8)
NUMBERS = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,8})?", fullmatch=True).map(Decimal)
INSTANTS = st.datetimes(timezones=st.just(UTC)) | st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    Decimal: NUMBERS,
    date: st.dates(),
    datetime: INSTANTS,
    int: st.integers(0, 999_999),
    bool: st.booleans(),
}


def values(annotation: Any, text: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type, as documents spell types."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return values(inner[0], text, least)
    if origin in (Union, UnionType):
        return st.one_of(*(values(each, text, least) for each in inner))
    if annotation is NoneType:
        return st.none()
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(values(inner[0], text), min_size=least, max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(values(inner[0], text), values(inner[1], text), max_size=3)
    if issubclass(annotation, BaseModel):
        return documents(annotation, text)
    return text if annotation is str else PLAIN[annotation]


def documents(model: type[BaseModel], text: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[Any]:
    """Documents of a class."""
    fields = {}
    for name, field in model.model_fields.items():
        least = next((each.min_length for each in field.metadata if isinstance(each, MinLen)), 0)
        fields[name] = values(field.annotation, text, least)
    return st.fixed_dictionaries(fields).map(model.model_validate)


ERP_DOCUMENTS = st.one_of(*(documents(model) for model in KINDS.values()))
