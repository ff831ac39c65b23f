"""An IDoc as a tree of elements, the one shape that both of its forms are read into.

It is SAP's own XML form: `<ORDERS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1">..`, the control record first, every segment
an element with SEGMENT="1" whose fields come before the segments inside it. What the segments are is the grammar's.
"""

import re
from dataclasses import dataclass

from lxml import etree

from gateway.findings import Finding

CONTROL = "EDI_DC40"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Idoc:
    """One IDoc of a file. `record` is where it begins: a record of the flat form, from 1, or a line of the XML.

    `findings` are what its reader saw wrong; with any of them the tree may be less than what came.
    """

    root: etree._Element
    record: int = 1
    findings: tuple[Finding, ...] = ()

    def control(self, field: str) -> str:
        """A field of its control record, `DOCNUM` or `MESTYP`; '' where it is empty or not there."""
        return control_of(self.root, field)


def control_of(root: etree._Element, field: str) -> str:
    """A field of the control record of an IDoc; '' where it is empty or not there."""
    return str(root.findtext(f"IDOC/{CONTROL}/{field}") or "").strip()


def is_name(text: str) -> bool:
    """Whether SAP could have given this name to a type, a segment or a field."""
    return bool(_NAME.fullmatch(text))


def first_outside_xml(text: str) -> int:
    """Where the first character stands that no XML can hold, from 0; -1 where there is none."""
    match = _NO_XML.search(text)
    return match.start() if match else -1


def without_them(text: str) -> str:
    """The text with U+FFFD for every character that no XML can hold."""
    return _NO_XML.sub("\ufffd", text)
