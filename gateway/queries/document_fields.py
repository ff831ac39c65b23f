"""A document as a flat list of its fields: each with its path, its depth, its value, and the places it was read from.

Groups of plain values stand in one line with their group, values come before what has values, and what is empty is left
out. Of the long lists of a long message only those entries are given that stand in the part that is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.queries import Json

_EMPTY: tuple[Any, ...] = (None, [], {})
_ENTRIES = 40  # of a list, where nothing says which of them belong to the part that is shown


def fields(body: Json, found: Mapping[str, Sequence[Json]], *, is_part: bool = False) -> Iterator[Json]:
    """A document as a flat list: groups and values that are there, each with its path, depth and places.

    With `is_part` only those entries of long lists that stand in the part that is shown.
    """
    yield from _fields(body, "", 0, found, is_part, None)


def loose_fields(values: Mapping[str, Any], found: Mapping[str, Sequence[Json]]) -> Iterator[Json]:
    """Values by their paths, of a message of which no document can be made."""
    for path, value in values.items():
        yield _leaf(path, value, path, 0, found, None)


def _fields(
    value: Any, path: str, depth: int, found: Mapping[str, Sequence[Json]], is_part: bool, line: str | None
) -> Iterator[Json]:
    if isinstance(value, dict):
        own = value.get("line")
        line = str(own) if isinstance(own, str | int) else line
        for name, inner in sorted(value.items(), key=_rank):
            if inner in _EMPTY:
                continue
            below = f"{path}.{name}" if path else name
            said = {part: each for part, each in inner.items() if each not in _EMPTY} if isinstance(inner, dict) else {}
            if said and not any(isinstance(each, dict | list) for each in said.values()):
                for part, each in said.items():
                    yield _leaf(f"{name}.{part}", each, f"{below}.{part}", depth, found, line)
            elif isinstance(inner, dict):
                yield _group(name, below, depth, line)
                yield from _fields(inner, below, depth + 1, found, is_part, line)
            elif isinstance(inner, list):
                yield from _entries(name, inner, below, depth, found, is_part, line)
            else:
                yield _leaf(name, inner, below, depth, found, line)


def _rank(item: tuple[str, Any]) -> int:
    """Values first, then what has values, then lists."""
    return 2 if isinstance(item[1], list) else 1 if isinstance(item[1], dict) else 0


def _entries(
    name: str,
    entries: list[Any],
    path: str,
    depth: int,
    found: Mapping[str, Sequence[Json]],
    is_part: bool,
    line: str | None,
) -> Iterator[Json]:
    chosen = _chosen(entries, path, found, is_part)
    for index in chosen:
        inner, below = entries[index], f"{path}[{index}]"
        if isinstance(inner, dict):
            own = inner.get("line")
            yield _group(f"{name}[{index}]", below, depth, str(own) if isinstance(own, str | int) else line)
            yield from _fields(inner, below, depth + 1, found, is_part, line)
        elif isinstance(inner, list):
            yield from _entries(f"{name}[{index}]", inner, below, depth, found, is_part, line)
        else:
            yield _leaf(f"{name}[{index}]", inner, below, depth, found, line)
    if left := len(entries) - len(chosen):
        yield {**_group(f"{left:,} more of {name} on other parts", f"{path}[]", depth, None), "is_left_out": True}


def _chosen(entries: list[Any], path: str, found: Mapping[str, Sequence[Json]], is_part: bool) -> list[int]:
    if len(entries) <= _ENTRIES or (found and not is_part):
        return list(range(len(entries)))
    start = len(path) + 1
    here = {int(each[start:].partition("]")[0]) for each in found if each.startswith(f"{path}[")}
    return sorted(here) or list(range(_ENTRIES))


def _group(name: str, path: str, depth: int, line: str | None) -> Json:
    return {"field": path, "name": name, "depth": min(depth, 6), "value": None, "places": [], "line": line}


def _leaf(name: str, value: Any, path: str, depth: int, found: Mapping[str, Sequence[Json]], line: str | None) -> Json:
    said = "yes" if value is True else "no" if value is False else str(value)
    source = path if path in found else path.rpartition(".")[0]  # a codec makes one value of several cells
    places_of = list(found.get(source, ()))
    return {
        "field": path,
        "source": source if places_of else path,
        "name": name,
        "depth": min(depth, 6),
        "value": said,
        "places": places_of,
        "line": line,
    }
