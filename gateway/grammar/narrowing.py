"""A grammar as a partner's guide narrows it.

A guide says `extends` and narrows: more mandatory, fewer uses, shorter code lists, uses removed; it can never allow
what the standard does not, so that a layer cannot drift from the one below in silence. Severities are its own.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gateway.errors import SchemaError
from gateway.findings import CODES, Severity
from gateway.grammar.elements import Composite, Element, narrow
from gateway.grammar.schema import Grammar, Loop, Member, SegmentUse, limit_of, parse_cell, times
from gateway.grammar.segments import Segment
from gateway.grammar.sources import Problem, Source

_USE = re.compile(r"([MO]) (>1|[1-9]\d*)")
_KEYS = frozenset({"extends", "uses", "elements", "codes", "severity"})


def narrow_grammar(base: Grammar, source: Source) -> tuple[Grammar, list[Problem]]:
    """The grammar as a guide narrows it, and everything in the guide's file that does not narrow."""
    table = source.parse(SchemaError)
    problems: list[Problem] = []

    def wrong(message: str, *path: str) -> None:
        problems.append(Problem(source.name, source.line_of_key(*path), message))

    def rows(key: str) -> Iterable[tuple[str, Any]]:
        found = table.get(key, {})
        if isinstance(found, dict):
            return found.items()
        wrong(f"{key} must be a table, `[{key}]`", key)
        return ()

    for key in sorted(set(table) - _KEYS):
        wrong(f"unknown key {key!r}; expected one of {', '.join(sorted(_KEYS))}", key)
    root = base.root
    for path, text in rows("uses"):
        changed = _narrow_use(root, path.split("/"), text)
        if isinstance(changed, str):
            wrong(f"{path}: {changed}", "uses", path)
        else:
            root = changed
    segments = dict(base.segments)
    for cell, text in rows("elements"):
        if text != "M":
            wrong(f'{cell} = {text!r}: a guide can only make an element mandatory, write "M"', "elements", cell)
        elif (made := _narrow_element(segments, cell, None)) is not None:
            wrong(f"{cell}: {made}", "elements", cell)
    for cell, codes in rows("codes"):
        if (made := _narrow_element(segments, cell, codes)) is not None:
            wrong(f"{cell}: {made}", "codes", cell)
    severities = dict(base.severities)
    for code, severity in rows("severity"):
        if code not in CODES or severity not in list(Severity):
            wrong(f"{code} = {severity!r}: no finding code, or not one of reject, hold, warn", "severity", code)
        else:
            severities[code] = Severity(severity)
    return replace(base, root=root, segments=segments, severities=severities), problems


def _narrow_use(loop: Loop, path: list[str], text: str | bool) -> Loop | str:
    """The loop with one use changed (`M 5`) or removed (false); a sentence where that is not narrower."""
    names = [m.name if isinstance(m, Loop) else m.tag for m in loop.members]
    if path[0] not in names:
        return f"{path[0]} is not in {loop.name or 'the message'}; a guide can only narrow what is there"
    at = names.index(path[0])
    member = loop.members[at]
    if len(path) > 1:
        if not isinstance(member, Loop):
            return f"{path[0]} is no loop"
        inner = _narrow_use(member, path[1:], text)
        return inner if isinstance(inner, str) else _with_member(loop, at, inner)
    if isinstance(member, SegmentUse) and member.tag == loop.tag and at == 0:
        return "opens its loop; change the loop itself"
    if text is False:
        return "is mandatory, it cannot be removed" if member.requirement == "M" else _with_member(loop, at, None)
    match = _USE.fullmatch(str(text))
    if not match:
        return f"{text!r} is no use; write `M 5`, or false to remove it"
    limit = limit_of(match[2])
    if member.requirement == "M" and match[1] == "O":
        return "is mandatory, a guide cannot make it optional"
    if member.limit is not None and (limit is None or limit > member.limit):
        return f"may stand {times(member.limit)}, a guide cannot allow more"
    return _with_member(loop, at, replace(member, requirement=match[1], limit=limit))


def _with_member(loop: Loop, at: int, member: Member | None) -> Loop:
    kept = () if member is None else (member,)
    return replace(loop, members=loop.members[:at] + kept + loop.members[at + 1 :])


def _narrow_element(segments: dict[str, Segment], cell: str, codes: Any) -> str | None:
    """Change one element of the table in place: its codes, or with None that it must be there.

    A sentence where there is no such element, or where the change would not narrow it.
    """
    place = parse_cell(cell, segments)
    segment = segments.get(place[0]) if place else None
    if place is None or segment is None or not 1 <= place[1] <= len(segment.elements):
        return "no such element"
    _, position, component = place
    outer = segment.elements[position - 1]
    changed: Element | Composite
    if codes is None and "-" not in cell and "." not in cell:
        changed = replace(outer, requirement="M")
    else:
        inner = segment.element(position, component)
        if inner is None:
            return "no such component"
        narrowed = replace(inner, requirement="M") if codes is None else _with_codes(inner, codes)
        if isinstance(narrowed, str):
            return narrowed
        changed = narrowed
        if isinstance(outer, Composite):
            components = outer.components
            changed = replace(outer, components=(*components[: component - 1], narrowed, *components[component:]))
    elements = (*segment.elements[: position - 1], changed, *segment.elements[position:])
    segments[segment.tag] = replace(segment, elements=elements)
    return None


def _with_codes(element: Element, codes: Any) -> Element | str:
    if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
        return 'expected a list of codes, like ["NE", "CN"]'
    known = element.codes.codes if element.codes else {}
    if element.codes and element.codes.complete and (unknown := [code for code in codes if code not in known]):
        return f"the standard does not have {', '.join(unknown)}; a guide can only narrow"
    return narrow(element, {code: known.get(code, "") for code in codes})
