"""docs/configuration.md, printed from the settings: `python -m gateway.config.reference > docs/configuration.md`.

A test compares the page with this, so that no key can be added without its explanation.
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from gateway.config.keys import KeyPath, keys
from gateway.config.values import Name, Share, Size

_HEAD = """\
# Every key of config.toml

Printed from the models in gateway/config by `python -m gateway.config.reference`; do not edit by hand.

`gateway check` finds everything wrong with a config.toml at once, each with its line. Paths are relative to the folder
of the file. The file is the one named with `-c`, else `$GATEWAY_CONFIG`, else `./config.toml`. Names in angle brackets
are yours to choose: letters, digits, `-` and `_`; an account's name is the vendor code, a marketplace's that which its
reports have ("Amazon.de"), and an owner is one of operations, finance, "item data" and IT. A name with a dot or a space
stands in quotes.
"""


def page() -> str:
    """The whole page, a table of keys for every table of the file."""
    tables: dict[str, list[str]] = {}
    for path, field in keys().items():
        if any(key[: len(path)] == path for key in keys() if key != path):
            continue  # it holds a table, which has a heading of its own
        row = f"| `{path[-1]}` | {_values(field)} | {_default(field)} | {field.description} |"
        tables.setdefault(_table(path[:-1]), []).append(row)
    head = ["| key | values | default | meaning |", "|---|---|---|---|"]
    parts = (
        "\n".join([f"## {table}\n", *head, *sorted(rows, key=_is_optional)]) + "\n" for table, rows in tables.items()
    )
    return "\n".join([_HEAD, *parts])


def _table(path: KeyPath) -> str:
    """The heading of a table; channels have one for each kind."""
    name, _, kind = ".".join(path).partition(":")
    return f'[{name}>] with kind = "{kind.removesuffix(">")}"' if kind else f"[{name}]"


def _is_optional(row: str) -> bool:
    return "| **needed** |" not in row


_KINDS = {bool: "true, false", int: "a number", timedelta: '`"30m"`, `"4h"`, `"2d"`', Path: "a path"}


def _values(field: FieldInfo) -> str:
    if _is_size(field):
        return '`"500 KB"`, `"32 MB"`'
    if Share in get_args(field.annotation):
        return '`5`, `"10%"`'
    if get_origin(field.annotation) is Mapping:
        return f"`{(field.examples or [])[0]}`"
    if get_origin(field.annotation) is tuple:
        return "a list of names" if get_args(field.annotation)[0] == Name else "a list of texts"
    parts = [part for each in (field.annotation, *get_args(field.annotation)) for part in (each, *get_args(each)[:1])]
    choices = [f'`"{choice}"`' for part in parts for choice in _literals(part)]
    kinds = [_KINDS[part] for part in parts if isinstance(part, type) and part in _KINDS]
    return ", ".join(dict.fromkeys([*choices, *kinds])) or "text"


def _is_size(field: FieldInfo) -> bool:
    return any(rule in field.metadata for rule in get_args(Size)[1:])


def _literals(part: Any) -> tuple[Any, ...]:
    return get_args(part) if get_origin(part) is Literal else ()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    if field.default_factory is not None:
        return "none"
    match field.default:
        case None | ():
            return "none"
        case bool():
            return f"`{str(field.default).lower()}`"
        case timedelta():
            return f'`"{_written(field.default)}"`'
        case int() if _is_size(field):
            return f'`"{field.default // 10**6} MB"`'
        case int() | Decimal():
            return f"`{field.default}`"
        case _:
            return f'`"{field.default}"`'


def _written(duration: timedelta) -> str:
    """A length of time in the largest unit that says it in a whole number; days from three on."""
    seconds = int(duration.total_seconds())
    if seconds >= 3 * _DAY and seconds % _DAY == 0:
        return f"{seconds // _DAY}d"
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return f"{seconds // length}{unit}"


_DAY = 86_400
_UNITS = (("h", 3600), ("m", 60), ("s", 1))


if __name__ == "__main__":
    sys.stdout.write(page())
