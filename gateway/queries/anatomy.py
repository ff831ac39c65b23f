"""A document taken apart: each segment with its names and codes, and each value with the field that it became.

The message is read once more by the mapping that read it then, so what is shown is what happened. A file of the ERP is
JSON and has no segments: its values are found by their paths. Everything else is text. Long messages are shown in part,
and of long lists only the entries that stand in this part.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.documents.json_places import places
from gateway.errors import MappingError
from gateway.findings import Finding
from gateway.grammar.arrangement import arrange
from gateway.grammar.elements import Composite, Element
from gateway.grammar.schema import Grammar
from gateway.grammar.tree import Node, SegmentAt, Tree
from gateway.instance import Instance
from gateway.journal import Journal
from gateway.journal.records import Document
from gateway.mapping.kept import kept_mapping
from gateway.mapping.mapping import Mapping as RowsOfAMessage
from gateway.mapping.reading import read_tree
from gateway.mapping.traces import Trace
from gateway.queries import Json
from gateway.queries.document_fields import fields, loose_fields
from gateway.syntax.envelope import Message
from gateway.syntax.files import read

SEGMENTS = 500
"""How many segments are shown at a time."""

_BYTES = 60_000  # of a file that has no segments


# What opens and closes a message belongs to no grammar: X12.5 and ISO 9735 have it.
_ENVELOPE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ST": ("Message header", ("Message type", "Control number", "Guide")),
    "SE": ("Message trailer", ("Number of segments", "Control number")),
    "UNH": ("Message header", ("Reference", "Message type and version", "Access reference")),
    "UNT": ("Message trailer", ("Number of segments", "Reference")),
}


@dataclass(frozen=True)
class Read:
    """A message as it was read: its bytes in its file, and the mapping that read it, None where nothing reads it."""

    message: Message
    mapping: RowsOfAMessage | None
    findings: tuple[Finding, ...] = ()


def read_again(instance: Instance, document: Document) -> Read | None:
    """The message that a document came in or left as; None where it was none, or its bytes are gone."""
    journal = instance.journal
    partner = instance.config.partners.get(document.partner)
    recorded = journal.message_of(document.id)
    if partner is None:
        return None
    if recorded is not None:
        file_id = journal.interchange(recorded.interchange_id).file_id
    elif document.file_id is not None and document.type in instance.mappings.guide(partner.guide).messages:
        file_id = document.file_id
    else:
        return None
    if journal.pruned_at(journal.file(file_id).sha256):
        return None
    mapping = _mapping_of(instance, document, partner.guide, recorded.mapping if recorded else "")
    for event in read([journal.bytes_of(file_id)]):
        if isinstance(event, Message) and (recorded is None or recorded.offset == event.offset):
            return Read(event, mapping, recorded.findings if recorded else ())
    return None


def _mapping_of(instance: Instance, document: Document, guide: str, kept: str | None) -> RowsOfAMessage | None:
    """The mapping that read or wrote it: as the journal keeps it by its hash, else as the files say now."""
    if kept is None or document.type not in instance.mappings.guide(guide).messages:
        return None
    current = instance.mappings.guided(guide, document.type)
    if kept in ("", current.hash):
        return current
    try:
        return kept_mapping(instance.journal.mapping_text(kept), current.grammar)
    except MappingError:  # it speaks of a grammar that is no more
        return None


def anatomy(instance: Instance, document_id: str, *, first: int = 1, limit: int = SEGMENTS) -> Json:
    """A document as a message, as text, and as fields, each pointing at the other. Raises NotFound.

    `form` is `message`, `json`, `text` or `none`; `first` the first segment (or line of text) that is shown, `last`
    the last, `total` how many there are. `fields` is the document as a flat list, outermost first, each with its
    `depth`, its `value`, and the `places` it was read from.
    """
    document = instance.journal.document(document_id)
    body = instance.journal.body_of(document_id)
    taken = read_again(instance, document)
    if taken is None:
        return _without_segments(instance.journal, document, body, first)
    return dissect(taken, body, first=first, limit=limit)


def dissect(taken: Read, body: Json | None, *, first: int = 1, limit: int = SEGMENTS) -> Json:
    """A message taken apart; `body` is the document that it is, None where there is none."""
    message, mapping = taken.message, taken.mapping
    tree, traces = _explained(message, mapping) if mapping is not None else (None, ())
    total = len(message.segments)
    last = min(total, first + limit - 1)
    if body is not None and mapping is not None and mapping.view is not None:
        body = mapping.view.turn(mapping.document.model_validate(body)).model_dump(mode="json")
    here = [trace for trace in traces if first <= trace.segment <= last]
    found: dict[str, list[Json]] = {}
    for trace in here:
        cell = _cell_id(trace.segment, trace.element, trace.component)
        found.setdefault(trace.field, []).append({"id": cell, **_place(trace)})
    if body is None:
        rows = list(loose_fields({each.field: each.value for each in here}, found))
    else:
        rows = list(fields(body, found, is_part=total > limit))
    return {
        "form": "message",
        "total": total,
        "first": first,
        "last": last,
        "grammar": mapping.grammar.title if mapping else None,
        "segments": list(_segments(taken, tree, here, first, last)),
        "marks": list(_written_marks(message)),
        "fields": rows,
    }


@lru_cache(maxsize=2)  # who pages through a long message asks for the same again
def _explained(message: Message, mapping: RowsOfAMessage) -> tuple[Tree, Sequence[Trace]]:
    tree = arrange(message.segments, mapping.grammar, message.marks, message.locate)
    return tree, read_tree(tree, mapping, message.marks, message.locate).traces if tree.is_whole else ()


# The wire


def _segments(taken: Read, tree: Tree | None, traces: Sequence[Trace], first: int, last: int) -> Iterator[Json]:
    """The segments from `first` to `last`, each with its values, its place in the tree and what is wrong in it."""
    message, grammar = taken.message, taken.mapping.grammar if taken.mapping else None
    where = dict(_places_in(tree.root, 1)) if tree else {}
    by_cell: dict[tuple[int, int, int], list[Trace]] = {}
    for each in traces:
        by_cell.setdefault((each.segment, each.element, each.component), []).append(each)
    wrong: dict[int, list[Finding]] = {}
    for finding in taken.findings:
        wrong.setdefault(finding.segment or 1, []).append(finding)
    element_mark = message.marks[0]
    for ordinal in range(first, last + 1):
        tag, *elements = message.segments[ordinal - 1].split(element_mark)
        definition = grammar.segments.get(tag) if grammar else None
        depth, loop = where.get(ordinal, (0, None))
        yield {
            "segment": ordinal,
            "byte": message.locate(ordinal),
            "tag": tag,
            "name": definition.name if definition else _ENVELOPE.get(tag, (None,))[0],
            "depth": min(depth, 6),
            "loop": loop,
            "values": list(_values(ordinal, tag, elements, message, grammar, by_cell)),
            "findings": [finding.as_json() for finding in wrong.get(ordinal, ())],
        }


def _places_in(node: Node, depth: int) -> Iterator[tuple[int, tuple[int, str | None]]]:
    """Each segment's depth in the tree, and the name of the loop that it opens."""
    is_first = depth > 1
    for item in node.items:
        if isinstance(item, SegmentAt):
            yield item.ordinal, (depth, node.loop.name if is_first else None)
            is_first = False
        else:
            yield from _places_in(item, depth + 1)


def _values(
    ordinal: int,
    tag: str,
    elements: Sequence[str],
    message: Message,
    grammar: Grammar | None,
    by_cell: Mapping[tuple[int, int, int], Sequence[Trace]],
) -> Iterator[Json]:
    """Every element and component of a segment, the empty ones too: with the mark before it, they are the segment."""
    definition = grammar.segments.get(tag) if grammar else None
    component_mark, (element_written, component_written, _) = message.marks[1], _written_marks(message)
    for position, text in enumerate(elements, 1):
        named = definition.elements[position - 1] if definition and position <= len(definition.elements) else None
        parts = text.split(component_mark)
        for component, part in enumerate(parts, 1):
            about = _named(named, component)
            read_as = by_cell.get((ordinal, position, component), ())
            yield {
                "id": _cell_id(ordinal, position, component),
                "cell": f"{tag}{position:02}" + (f"-{component}" if len(parts) > 1 else ""),
                "mark": element_written if component == 1 else component_written,
                "text": part,
                "name": about.name if about else named.name if named else _name_in_envelope(tag, position),
                "meaning": about.codes.codes.get(part) if about and about.codes else None,
                "fields": [trace.field for trace in read_as],
                **(_place(read_as[0]) if read_as else {}),
            }


def _written_marks(message: Message) -> Sequence[str]:
    """The marks as they stand in the file: EDIFACT with release characters is cut at neutral ones."""
    return (message.delimiters.marks if message.marks[0] < " " else message.marks)[:3]


def _name_in_envelope(tag: str, position: int) -> str | None:
    names = _ENVELOPE[tag][1] if tag in _ENVELOPE else ()
    return names[position - 1] if position <= len(names) else None


def _named(named: Element | Composite | None, component: int) -> Element | None:
    if isinstance(named, Composite):
        return named.components[component - 1] if component <= len(named.components) else None
    return named if component == 1 else None


def _cell_id(segment: int, element: int, component: int) -> str:
    return f"s{segment}-{element}-{component}"


def _place(trace: Trace) -> Json:
    line = trace.row.origin.line
    return {
        "segment": trace.segment,
        "cell": trace.cell,
        "byte": trace.offset,
        "length": len(trace.text.encode()),
        "row": trace.row.expression.text,
        "file": trace.row.origin.source.name + (f":{line}" if line else ""),
    }


# What has no segments


def _without_segments(journal: Journal, document: Document, body: Json, first: int) -> Json:
    nothing: Json = {"total": 0, "first": 1, "last": 0, "grammar": None, "segments": [], "marks": []}
    message = journal.message_of(document.id)
    file_id = journal.interchange(message.interchange_id).file_id if message else document.file_id
    file = journal.file(file_id) if file_id else None
    if file is None or journal.pruned_at(file.sha256):
        removed = journal.pruned_at(file.sha256) if file else None
        why = f"its bytes were removed on {removed:%Y-%m-%d}, as the retention has it" if removed else "it has no file"
        return {**nothing, "form": "none", "why": why, "fields": list(fields(body, {}))}
    data = journal.bytes_of(file.id)
    if message:
        data = data[message.offset : message.offset + message.length]
    if data[:1] in (b"{", b"\xef") and len(data) <= _BYTES:
        try:
            return {**nothing, "form": "json", **_json_pieces(data, body)}
        except (ValueError, KeyError, UnicodeDecodeError):
            pass
    lines = data.decode("utf-8", "replace").splitlines()
    part: list[str] = []
    size = 0
    for line in lines[first - 1 :]:
        size += len(line)
        if len(part) >= SEGMENTS or (part and size > _BYTES):
            break
        part.append(line[:_BYTES])
    return {
        **nothing,
        "form": "text",
        "total": len(lines),
        "first": first,
        "last": first + len(part) - 1,
        "lines": part,
        "fields": list(fields(body, {})),
    }


def _json_pieces(data: bytes, body: Json) -> Json:
    """The text of a JSON file cut at its values, and the fields that stand in it. Raises ValueError for no JSON."""
    by_path = {path: place for path, place in places(data).items() if path}
    rows = list(fields(body, {path: [] for path in by_path}))
    known = {row["field"]: row for row in rows if row["value"] is not None and row["field"] in by_path}
    pieces: list[Json] = []
    at = 0
    for number, (path, row) in enumerate(sorted(known.items(), key=lambda each: by_path[each[0]]), 1):
        start, length = by_path[path]
        identity = f"j{number}"
        pieces.append({"text": data[at:start].decode(), "field": None, "id": None})
        pieces.append({"text": data[start : start + length].decode(), "field": path, "id": identity})
        row["places"] = [{"id": identity, "byte": start, "length": length, "cell": f"byte {start}"}]
        at = start + length
    pieces.append({"text": data[at:].decode(), "field": None, "id": None})
    return {"pieces": pieces, "fields": rows, "total": data.count(b"\n") + 1}
