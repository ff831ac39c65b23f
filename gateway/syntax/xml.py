"""XML files: a reader that refuses what is only there to harm, and a writer that keeps no tree.

A file is looked through once before anything is kept of it: a DOCTYPE ends it there, before one entity is declared, and
so does whatever passes a limit; what is left is read by a parser that resolves no entity and opens no file. Nothing
here knows what an element means. Sources: XML 1.0 (fifth edition); the limits are ours.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from gateway.findings import Finding, find

_PIECE = 1 << 16
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16", b"\x00<": "utf-16"}
_SHOWN = 200  # characters of a parser's words that a message repeats
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What no document of ours comes near.

    `size` is in bytes, `parts` counts elements, attributes and namespaces of the whole file. `text` is the characters
    of one element's own text, or of one attribute; `attributes` how many one element has.
    """

    size: int = 64 << 20
    depth: int = 40
    parts: int = 1_000_000
    text: int = 1 << 20
    name: int = 200
    attributes: int = 50


class _Refused(Exception):
    """A file passes a limit, or begins with a DOCTYPE. Never leaves this module."""


class _Lookout:
    """A target that keeps nothing of a file but how deep, wide and long it is."""

    def __init__(self, limits: XmlLimits) -> None:
        self.limits = limits
        self.depth = self.parts = self.text = 0

    def doctype(self, *_: object) -> None:
        raise _Refused("a DOCTYPE; no document needs one, and entities are not read")

    def start(self, tag: str, attributes: Any) -> None:
        limits = self.limits
        self.depth += 1
        self.text = 0
        self.count(1 + len(attributes))
        if self.depth > limits.depth:
            raise _Refused(f"elements more than {limits.depth} deep")
        if len(tag) > limits.name:
            raise _Refused(f"a name of more than {limits.name} characters")
        if attributes:
            self.look_at(attributes)

    def start_ns(self, *_: object) -> None:
        self.count(1)

    def count(self, parts: int) -> None:
        self.parts += parts
        if self.parts > self.limits.parts:
            raise _Refused(f"more than {self.limits.parts} elements and attributes")

    def look_at(self, attributes: Any) -> None:
        limits = self.limits
        if len(attributes) > limits.attributes:
            raise _Refused(f"an element of more than {limits.attributes} attributes")
        if any(len(name) > limits.name for name in attributes):
            raise _Refused(f"a name of more than {limits.name} characters")
        if any(len(value) > limits.text for value in attributes.values()):
            raise _Refused(f"an attribute of more than {limits.text} characters")

    def data(self, text: str) -> None:
        self.text += len(text)
        if self.text > self.limits.text:
            raise _Refused(f"a text of more than {self.limits.text} characters")

    def end(self, _: str) -> None:
        self.depth -= 1
        self.text = 0

    def close(self) -> None:
        """There is no result."""


def parse_xml(data: bytes | Iterable[bytes], limits: XmlLimits | None = None) -> Any | Finding:
    """The root element of a file, or the one finding that says why there is none.

    `data` may come in pieces; of a file that is too large no more than the limit is ever held. Comments and processing
    instructions are left out. Encodings are UTF-8, UTF-16, ASCII, ISO-8859-1, ISO-8859-15 and windows-1252.
    """
    limits = limits or XmlLimits()
    pieces = (data[at : at + _PIECE] for at in range(0, len(data), _PIECE)) if isinstance(data, bytes) else iter(data)
    lookout = etree.XMLParser(target=_Lookout(limits), **_GUARDED)
    kept: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            if not kept and (refusal := _refused_encoding(piece)):
                return refusal
            size += len(piece)
            if size > limits.size:
                raise _Refused(f"more than {limits.size} bytes")
            kept.append(piece)
            lookout.feed(piece)
        lookout.close()
        return etree.fromstring(b"".join(kept), etree.XMLParser(remove_comments=True, remove_pis=True, **_GUARDED))
    except _Refused as refused:
        return find("xml-forbidden", str(refused))
    except etree.XMLSyntaxError as wrong:
        return _malformed(wrong, size)


_GUARDED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
}


def _refused_encoding(head: bytes) -> Finding | None:
    """A finding where a file says that it is in an encoding which is not read."""
    found = _DECLARED.search(head[:400].replace(b"\x00", b""))
    named = found[1].decode().lower() if found else _WIDE.get(head[:2], "utf-8")
    if named in _ENCODINGS:
        return None
    known = ", ".join(sorted(_ENCODINGS))
    return find("xml-malformed", f"the encoding {named} is not read; write UTF-8 ({known} are read)", expected="UTF-8")


def _malformed(wrong: Any, size: int) -> Finding:
    if not size:
        return find("xml-malformed", "there is nothing in the file", expected="an XML document")
    line, column = wrong.position
    said = re.sub(r", line \d+, column \d+.*", "", str(wrong.msg), flags=re.DOTALL).strip()
    return find("xml-malformed", f"line {line}, column {column}: {said[:_SHOWN]}", expected="well-formed XML")


# Writing


def write_tree(root: Any) -> bytes:
    """A tree as a file: UTF-8 with a declaration, each element on a line of its own, indented by one blank."""
    etree.indent(root, space=" ")
    return DECLARATION.encode() + bytes(etree.tostring(root, encoding="UTF-8")) + b"\n"
