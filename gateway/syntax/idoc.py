"""IDocs as SAP's file and XML ports write them, read into one shape and written from it, in either form.

Which form a file has is told by its first characters. A file may hold several IDocs; each of them stands or falls
alone. The XML form has no namespace and one IDOC element for each; other programs' forms of it (segments under their E2
names, a Send envelope around them) are not SAP's and are not read.
"""

import re
from copy import deepcopy

from lxml import etree

from gateway.findings import Finding, find
from gateway.syntax.idoc_flat import Layouts, read_flat
from gateway.syntax.idoc_tree import CONTROL, Idoc
from gateway.syntax.xml import parse_xml, write_tree

_IDOC = "IDOC"
_BEGINNING = re.compile(  # nothing is tried twice, whatever stands there
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:(?><!--.*?-->)\s*+)*+<[\w-]++\s*+>\s*+<IDOC[\s>/]", re.DOTALL
)
_HEAD = 4096  # bytes that tell what a file is
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_idoc(data: bytes) -> bool:
    """Whether a file begins as IDocs do, in one of their forms."""
    head = data[:_HEAD].removeprefix(_BYTE_ORDER_MARK)
    return head.startswith(CONTROL.encode()) or bool(_BEGINNING.match(head))


def read(data: bytes, layouts: Layouts, encoding: str = "utf-8") -> tuple[Idoc, ...] | Finding:
    """The IDocs of a file in either form; a Finding where the whole file is none.

    `encoding` is the character set of the flat form; XML says its own. Raises LookupError for one that there is not.
    """
    if data.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return read_xml(data)
    if not data.strip():
        return find("file-empty", "there is nothing in the file", offset=0)
    return read_flat(data, layouts, encoding)


def read_xml(data: bytes) -> tuple[Idoc, ...] | Finding:
    """The IDocs of an XML file; a Finding where it is no XML, or no IDocs. Indentation is left out."""
    root = parse_xml(data)
    if isinstance(root, Finding):
        return root
    inside = list(root)
    others = [element for element in inside if element.tag != _IDOC]
    if not inside or others:
        held = f"<{others[0].tag}>" if others else "nothing"
        text = f"<{root.tag}> holds {held}, expected IDOC: one for each IDoc, without a namespace"
        return find("idoc-unreadable", text, value=held[:99], expected=_IDOC)
    _strip(root)
    if len(inside) == 1:
        return (Idoc(root, inside[0].sourceline or 1),)
    found: list[Idoc] = []
    for element in inside:
        line = element.sourceline or 1
        own = etree.Element(root.tag)
        own.text = None if found else root.text
        own.append(element)
        found.append(Idoc(own, line))
    return tuple(found)


def write_xml(root: etree._Element) -> bytes:
    """An IDoc as an XML file: UTF-8 with its declaration, a line for every field, empty fields left out."""
    return write_tree(_without_empty_fields(root))


def canonical(root: etree._Element) -> bytes:
    """The same bytes for the same IDoc, however it was indented: canonical XML without its empty fields."""
    return bytes(etree.tostring(_without_empty_fields(root), method="c14n"))


def _strip(root: etree._Element) -> None:
    """Leave out the indentation between elements; text that is more than blanks stays, for the grammar to judge."""
    for element in root.iter():
        if len(element) and element.text and not element.text.strip():
            element.text = None
        if element.tail and not element.tail.strip():
            element.tail = None


def _without_empty_fields(root: etree._Element) -> etree._Element:
    tree = deepcopy(root)
    _strip(tree)
    for element in list(tree.iter()):
        if len(element) or element.attrib:
            continue
        element.text = (element.text or "").rstrip(" ")
        if not element.text and element.getparent() is not None:
            element.getparent().remove(element)
    return tree
