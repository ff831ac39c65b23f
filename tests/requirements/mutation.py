"""A mutation: code of the gateway that is taken away or spoilt, to see that a test notices.

A mutation replaces one attribute of the gateway, or one entry of a table in it, by something that has what the
requirement asks for no more. The gateway must look the attribute up when it is used, so it is named where it is used.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Mutation:
    """`of` makes the replacement from what is there; `entry` names an entry where `attribute` is a table."""

    requirement: str
    says: str
    attribute: str
    of: Callable[[Any], Any]
    entry: str | None = None


@contextmanager
def applied(mutation: Mutation) -> Iterator[None]:
    """The gateway with this mutation, for the length of the block. Raises AttributeError or KeyError if it is gone."""
    holder, name = _find(mutation.attribute)
    with pytest.MonkeyPatch.context() as patch:
        if mutation.entry is None:
            patch.setattr(holder, name, mutation.of(getattr(holder, name)))
        else:
            table = getattr(holder, name)
            patch.setitem(table, mutation.entry, mutation.of(table[mutation.entry]))
        yield


def _find(attribute: str) -> tuple[Any, str]:
    """The module or class that has an attribute, and the attribute's name in it."""
    path, name = attribute.rsplit(".", 1)
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        module, holder = path.rsplit(".", 1)
        return getattr(import_module(module), holder), name


def always(value: Any) -> Callable[[Any], Any]:
    """A function or table that gives this, whatever it is asked."""
    return lambda _: lambda *_, **__: value


def without_rule(rule: str) -> Callable[[Any], Any]:
    return lambda gate: tuple(requirement for requirement in gate if requirement.rule != rule)


def without(name: str) -> Callable[[Any], Any]:
    return lambda functions: tuple(function for function in functions if function.__name__ != name)


def rule_off(requirement: str, says: str, gate: str, rule: str) -> Mutation:
    return Mutation(requirement, says, "gateway.lifecycle.gates.GATES", without_rule(rule), gate)
