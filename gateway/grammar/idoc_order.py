"""An IDoc brought into the order of the catalogue before it is written.

Whoever makes an IDoc may put fields and segments as it comes. Segments of one name keep their order among themselves;
what the catalogue does not know comes last, for the check to name it.
"""

from copy import deepcopy

from lxml import etree

from gateway.grammar.idoc_catalogue import IdocCatalogue
from gateway.grammar.idoc_segments import Segment
from gateway.grammar.idoc_types import Place
from gateway.syntax.idoc_tree import control_of


def arrange(root: etree._Element, catalogue: IdocCatalogue) -> etree._Element:
    """The same IDoc with fields, segments and SAP's markers (BEGIN, SEGMENT) where they belong: a new tree."""
    found = catalogue.type(control_of(root, "IDOCTYP") or str(root.tag), control_of(root, "MESTYP"))
    arranged = etree.Element(root.tag)
    for idoc in root:
        own = etree.SubElement(arranged, idoc.tag, BEGIN="1")
        _fill(own, idoc, found.root if found else _NOWHERE, catalogue)
    return arranged


_NOWHERE = Place(Segment("", "", ""), 0, None)


def _fill(own: etree._Element, element: etree._Element, place: Place, catalogue: IdocCatalogue) -> None:
    def rank(item: etree._Element) -> tuple[int, int]:
        if item.tag in place.segment.ranks:
            return 0, place.segment.ranks[item.tag]
        if item.tag in place.ranks:
            return 2, place.ranks[item.tag]
        return (3 if is_segment(item) else 1), 0

    def is_segment(item: etree._Element) -> bool:
        return bool(len(item) or item.attrib or item.tag in catalogue.segments)

    own.text = element.text
    for item in sorted(element, key=rank):
        if item.tag not in place.segment.ranks and is_segment(item):
            inner = etree.SubElement(own, item.tag, SEGMENT="1")
            _fill(inner, item, place.child(item.tag) or _NOWHERE, catalogue)
        else:
            own.append(deepcopy(item))
            own[-1].tail = None
