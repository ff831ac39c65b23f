"""A copy with changes is what `dataclasses.replace` makes."""

from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from gateway.lifecycle.copying import changed
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.transmission import Transmission
from tests.lifecycle.shop import good, has_left, parse, state_after

STATE = state_after(*has_left(parse(good("order-response"))))
SENT = next(iter(STATE.documents.values()))


@pytest.mark.parametrize("record", [STATE, SENT], ids=["order", "document"])
def test_a_copy_has_the_change_and_all_else(record: Any) -> None:
    before = dict(vars(record))
    for field in fields(record):
        copy = changed(record, **{field.name: "other"})
        assert type(copy) is type(record)
        assert copy == replace(record, **{field.name: "other"})
        assert copy != record
    assert vars(record) == before
    assert changed(record) == record


def test_a_copy_is_as_frozen_as_the_record() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(SENT, number="7").number = "8"  # type: ignore[misc]


@pytest.mark.parametrize("kind", [OrderState, Transmission])
def test_what_is_copied_keeps_everything_in_its_fields(kind: type) -> None:
    assert not hasattr(kind, "__slots__")
    assert not hasattr(kind, "__post_init__")
    names = {field.name for field in fields(kind)}
    assert names.issuperset(vars(STATE if kind is OrderState else SENT))
