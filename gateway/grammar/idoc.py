"""An IDoc against the catalogue: its control record, its segments, and the fields in them.

SAP's schemas say in which order things stand and how long they may be, and take `MENGE` with letters in it; what kind a
value is of is judged here too. Every finding says where in words that a person at SAP's side understands: the line of
the XML (else the record of the flat form), and the path, `E1EDP01[2]/MENGE`. `segment` of a finding is the number of
the record, the control record being 1, `tag` the segment and `number` the field.

What the catalogue leaves open (`...`), and the segments of a customer's own extension (Z1.., where CIMTYP names one),
are not judged; a segment that its type has in another place may stand in no open one.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, takewhile

from lxml import etree

from gateway.findings import Finding, find
from gateway.grammar.idoc_catalogue import IdocCatalogue
from gateway.grammar.idoc_segments import CONTROL, Field, Segment
from gateway.grammar.idoc_types import Place
from gateway.syntax.idoc_tree import control_of

_MOST = 100  # findings of one IDoc: a wrong map has them in every line
_SHOWN = 99
_SEGMENT_NAME = re.compile(rf"[EZ][12][A-Z0-9_-]+|{CONTROL}|IDOC")
_DOCNUM = re.compile(r"\d{1,16}", re.ASCII)
_NAMED = 5


def check(root: etree._Element, catalogue: IdocCatalogue, record: int = 1) -> tuple[Finding, ...]:
    """Everything wrong with an IDoc, in its order; at most 100 findings. `record` is where it begins in its file."""
    return tuple(islice(_Checking(root, catalogue, record).findings(), _MOST))


class _Checking:
    def __init__(self, root: etree._Element, catalogue: IdocCatalogue, record: int) -> None:
        self.root, self.catalogue, self.record = root, catalogue, record
        self.own: Mapping[str, Segment] = {}  # the segments of its type
        self.is_extended = bool(control_of(root, "CIMTYP"))

    def findings(self) -> Iterator[Finding]:
        idoc = self.root.find("IDOC")
        if idoc is None:
            yield find("idoc-unreadable", f"<{self.root.tag}> holds no IDOC", expected="IDOC")
            return
        name = control_of(self.root, "IDOCTYP") or str(self.root.tag)
        found = self.catalogue.type(name, control_of(self.root, "MESTYP"))
        yield from self.control_record(idoc)
        if found is None:
            known = ", ".join(sorted(self.catalogue.types))
            yield self.wrong("idoc-type-unknown", idoc, f"the basic type is {name}", f"one of {known}", value=name)
            return
        self.own = found.segments
        yield from self.stray_text(self.root)
        yield from self.marker(idoc, "BEGIN")
        yield from self.inside(idoc, found.root)

    def wrong(
        self, code: str, element: etree._Element, said: str, expected: str, field: str = "", value: str | None = None
    ) -> Finding:
        """A finding at an element, or at a field of it that is not there."""
        segment = element if _is_segment(element) or element.getparent() is None else None
        segment = element.getparent() if segment is None else segment
        place = "/".join([*_path(element), *([field] if field and element is segment else [])])
        number = self.record_of(segment)
        where = f"line {element.sourceline}" if element.sourceline else f"record {number}"
        return find(
            code,
            f"{where}, {place}: {said}, expected {expected}",
            segment=number,
            tag=str(segment.tag),
            number=field or None,
            value=value[:_SHOWN] if value else None,
            expected=expected,
        )

    def record_of(self, segment: etree._Element) -> int:
        """The record of a segment in the flat form, from 1 in its file."""
        before = takewhile(lambda element: element is not segment, self.root.iter())
        segments = sum(_is_segment(element) for element in before if element is not self.root and element.tag != "IDOC")
        return segments + (1 if segment.sourceline else self.record)

    def control_record(self, idoc: etree._Element) -> Iterator[Finding]:
        """The control record is there, is of this IDoc, and says which number it has."""
        control = idoc.find(CONTROL)
        if control is None:
            yield self.wrong("idoc-control-record", idoc, "there is no control record", CONTROL)
            return
        values = {str(item.tag): (item.text or "").strip() for item in control}
        names = [name for name in (values.get("IDOCTYP"), values.get("CIMTYP")) if name]
        if names and self.root.tag not in names:
            expected = f"{' or '.join(names)}, which the control record names"
            yield self.wrong("idoc-control-record", self.root, f"the file is of type {self.root.tag}", expected)
        for field, rule, expected in _RULES:
            value = values.get(field, "")
            if value and not rule.fullmatch(value):
                said = f"{field} is {value[:_SHOWN]!r}"
                yield self.wrong("idoc-control-record", control, said, expected, field, value)

    def marker(self, element: etree._Element, name: str) -> Iterator[Finding]:
        """SAP's reader asks for SEGMENT="1", and BEGIN="1" on the IDoc."""
        if dict(element.attrib) != {name: "1"}:
            said = " ".join(f'{key}="{value}"' for key, value in element.attrib.items())[:_SHOWN]
            yield self.wrong("idoc-marker-missing", element, said or "it has no attribute", f'{name}="1"')

    def inside(self, element: etree._Element, place: Place) -> Iterator[Finding]:
        """The fields of a segment, then the segments inside it, each in the order of the catalogue."""
        yield from self.stray_text(element)
        fields = [item for item in element if not self.is_segment(item, place)]
        segments = [item for item in element if self.is_segment(item, place)]
        yield from self.fields(element, fields, place.segment)
        for item in segments[0].itersiblings() if segments else ():
            if not self.is_segment(item, place):
                said = f"field {item.tag} stands behind segment {segments[0].tag}"
                yield self.wrong("idoc-field-misplaced", item, said, "it before all segments", str(item.tag))
        yield from self.segments(element, segments, place)

    def is_segment(self, item: etree._Element, place: Place) -> bool:
        name = str(item.tag)
        if name in place.segment.ranks:
            return False
        return _is_segment(item) or name in place.ranks or name in self.catalogue.segments

    def stray_text(self, element: etree._Element) -> Iterator[Finding]:
        for text in (element.text, *(item.tail for item in element)):
            if text and text.strip():
                said = f"{text.strip()[:_SHOWN]!r} stands in no field"
                yield self.wrong("idoc-field-unknown", element, said, "text in fields only", value=text.strip())

    def fields(self, element: etree._Element, items: list[etree._Element], segment: Segment) -> Iterator[Finding]:
        reached, last = -1, ""
        filled: set[str] = set()
        for item in items:
            name, value = str(item.tag), item.text or ""
            rank = segment.ranks.get(name)
            if rank is None:
                if not segment.is_open:
                    said = f"segment {segment.name} has no field {name}"
                    yield self.wrong("idoc-field-unknown", item, said, _some(segment), name, value)
                continue
            if rank == reached:
                yield self.wrong("idoc-field-misplaced", item, "it stands there twice", f"{name} once", name, value)
            elif rank < reached:
                yield self.wrong("idoc-field-misplaced", item, f"it stands behind {last}", f"it before {last}", name)
            reached, last = (rank, name) if rank > reached else (reached, last)
            if len(item) or item.attrib:
                held = f"<{item[0].tag}>" if len(item) else "attributes"
                yield self.wrong("idoc-field-invalid", item, f"it holds {held}", "text alone", name)
            elif value.strip(" "):
                filled.add(name)
                yield from self.value(item, segment.fields[rank], value.rstrip(" "))
        for field in segment.fields:
            if field.is_mandatory and field.name not in filled:
                code = "idoc-control-record" if segment.name == CONTROL else "idoc-field-missing"
                yield self.wrong(code, element, "it is empty", f"{field.meaning}: {field.expected}", field.name)

    def value(self, item: etree._Element, field: Field, value: str) -> Iterator[Finding]:
        said = f"it is {value[:_SHOWN]!r}"
        if not field.is_of_its_kind(value):
            yield self.wrong("idoc-field-invalid", item, said, field.expected, field.name, value)
        elif len(value) > field.longest:
            said += f" with {len(value)} characters"
            yield self.wrong("idoc-field-too-long", item, said, f"at most {field.longest}", field.name, value)

    def segments(self, element: etree._Element, items: list[etree._Element], place: Place) -> Iterator[Finding]:
        reached, last = -1, ""
        counts: dict[str, int] = {}
        for item in items:
            name = str(item.tag)
            child = place.child(name)
            if child is None:
                yield from self.stranger(item, place)
                continue
            rank = place.ranks[name]
            if rank < reached:
                said = f"segment {name} stands behind {last}"
                yield self.wrong("idoc-segment-misplaced", item, said, f"it before {last}")
            reached, last = (rank, name) if rank > reached else (reached, last)
            counts[name] = counts.get(name, 0) + 1
            if child.most is not None and counts[name] == child.most + 1:
                said = f"segment {name} stands more than {child.most} times in {place.name}"
                yield self.wrong("idoc-segment-too-often", item, said, f"at most {child.most}")
            yield from self.marker(item, "SEGMENT")
            yield from self.inside(item, child)
        for child in place.children:
            if child.least > counts.get(child.name, 0) and child.name != CONTROL:
                said = f"segment {child.name} is missing ({child.segment.meaning})"
                yield self.wrong("idoc-segment-missing", element, said, f"at least {child.least}")

    def stranger(self, item: etree._Element, place: Place) -> Iterator[Finding]:
        """A segment that has no place here: of another place, or of none."""
        name = str(item.tag)
        known = self.own if place.is_open else self.catalogue.segments
        if name in known:
            expected = ", ".join(child.name for child in place.children) or "no segment"
            said = f"segment {name} may not stand in {place.name}"
            yield self.wrong("idoc-segment-misplaced", item, said, expected)
        elif not place.is_open and not (self.is_extended and name.startswith("Z")):
            said = f"segment {name} is none that we know"
            expected = f"a segment of {self.catalogue_name()}, or an extension that CIMTYP names"
            yield self.wrong("idoc-segment-unknown", item, said, expected)

    def catalogue_name(self) -> str:
        return f"basic type {control_of(self.root, 'IDOCTYP') or self.root.tag}"


_RULES = (
    ("TABNAM", re.compile(CONTROL), CONTROL),
    ("DOCNUM", _DOCNUM, "up to 16 digits"),
    ("DIRECT", re.compile("[12]"), "1 (from SAP) or 2 (to SAP)"),
)


def _is_segment(element: etree._Element) -> bool:
    """Whether an element looks like a segment and not like a field."""
    return bool(len(element) or element.attrib or _SEGMENT_NAME.fullmatch(str(element.tag)))


def _path(element: etree._Element) -> list[str]:
    """Where an element stands under IDOC, `E1EDP01[2]`, `MENGE`; the number is left out where it is alone."""
    steps: list[str] = []
    while element.getparent() is not None and element.tag != "IDOC":
        before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        is_alone = not before and next(element.itersiblings(element.tag), None) is None
        steps.insert(0, str(element.tag) if is_alone else f"{element.tag}[{before + 1}]")
        element = element.getparent()
    return steps or [str(element.tag)]


def _some(segment: Segment) -> str:
    names = [field.name for field in segment.fields]
    return f"one of {', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''}"
