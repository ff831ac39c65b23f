"""The effective rows of mappings, each with the layer and the line it came from: what a guide really does."""

from collections.abc import Iterator

from gateway.errors import NotFound
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping, Row
from gateway.queries import Json

_GUIDES = "mappings/guides/"


def messages_of(mappings: Mappings, guide: str) -> list[Json]:
    """The messages of a guide: which way each goes, its grammar, and how many rows of which layer its mapping has.

    Raises MappingError or SchemaError where the guide is wrong.
    """
    rows = []
    for name, use in mappings.guide(guide).messages.items():
        mapped = mappings.has_mapping(mappings.guide(guide).standard, name)
        effective = list(rows_of(mappings, guide, name)) if mapped else []
        rows.append(
            {
                "message": name,
                "title": mappings.grammar(guide, name).title,
                "grammar": use.grammar,
                "direction": use.direction,
                "document": mappings.guided(guide, name).document.__name__ if mapped else None,
                "mapping": mappings.guided(guide, name).hash if mapped else None,
                "rows": len(effective),
                "own_rows": sum(row["layer"] == "guide" for row in effective),
                "changed_codes": list(_changed_codes(mappings, guide, name)) if mapped else [],
                "removed": list(_removed(mappings, guide, name)) if mapped else [],
                "unsaid": list(mappings.guide(guide).unsaid.get(name, ())),
            }
        )
    return rows


def rows_of(mappings: Mappings, guide: str, message: str) -> Iterator[Json]:
    """Every effective row of a message under a guide, in the order of the files. Raises NotFound, ConfigError."""
    known = mappings.guide(guide)
    if message not in known.messages:
        names = ", ".join(known.messages)
        raise NotFound(f"guide {guide} has no message {message}: it has {names}")
    if not mappings.has_mapping(known.standard, message):
        raise NotFound(f"{message} is checked by its grammar alone: guide {guide} has no mapping for it")
    changed = _changed_codes(mappings, guide, message)
    return ({**row, "changed_codes": row["lookup"] in changed} for row in shown(mappings.guided(guide, message)))


def _changed_codes(mappings: Mappings, guide: str, message: str) -> frozenset[str]:
    """The lookups whose codes a guide gives another meaning, or more of them."""
    standard, own = _both(mappings, guide, message)
    below = standard.effective.get("lookup", {})
    return frozenset(name for name, table in own.effective.get("lookup", {}).items() if below.get(name) != table)


def _removed(mappings: Mappings, guide: str, message: str) -> Iterator[str]:
    """The fields that the standard's mapping has and the guide takes away."""
    standard, own = _both(mappings, guide, message)
    kept = {row.name for row in own.rows}
    return (name for name in dict.fromkeys(row.name for row in standard.rows) if name not in kept)


def _both(mappings: Mappings, guide: str, message: str) -> tuple[Mapping, Mapping]:
    return mappings.standard(f"{mappings.guide(guide).standard}/{message}"), mappings.guided(guide, message)


def shown(mapping: Mapping) -> Iterator[Json]:
    """Every row of a mapping."""
    for row in mapping.rows:
        file = row.origin.source.name
        yield {
            "field": row.name,
            "kind": "constant" if row.constant is not None else "derived" if row.derived else "field",
            "row": row.expression.text,
            "constant": row.constant,
            "element": row.element.name,
            "lookup": row.lookup.name if row.lookup else None,
            "meanings": dict(row.lookup.meanings) if row.lookup else None,
            "layer": "guide" if _GUIDES in file else "standard",
            "file": file,
            "line": row.origin.line,
        }


def key_of(row: Row) -> tuple[str, ...]:
    """What a row is known by, also where one of its other places was read."""
    return (row.origin.source.name, *row.origin.path)
