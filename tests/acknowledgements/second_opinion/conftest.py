"""A second opinion on X12: pyx12 judges the same files by the same tables with an engine of its own.

It ships no map of an order, so its maps are written here from our grammars: structure, requirements, lengths and
conditions are ours, the reading, counting and answering all its own. Code lists are left out, because pyx12 takes one
on the first element of a segment for the way to tell loops apart.
"""

import re
from collections.abc import Callable
from importlib.resources import files
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped,unused-ignore]

from gateway.grammar.elements import Composite, Element
from gateway.grammar.library import Library
from gateway.grammar.schema import Grammar, Loop, SegmentUse
from gateway.resources import SHIPPED

SecondOpinion = Callable[[bytes], "list[str] | str"]

# Version of the interchange, and the grammar to make a map of.
_MAPS = {"00401": "x12/004010/850", "00501": "x12/005010/856"}
_USAGE = {"M": "R", "O": "S", "X": "S"}
_SERVICE = {"ST": (("143", "R"), ("329", "R"), ("1705", "S")), "SE": (("96", "R"), ("329", "R"))}
_LENT = "*AS-AGREED"
_HEADERS = ("ISA", "GS", "GE", "IEA", "ST", "SE")


@pytest.fixture(scope="session")
def second_opinion(tmp_path_factory: pytest.TempPathFactory) -> SecondOpinion:
    """Asks pyx12: the segments of its answers, header and trailer left out, or why it gives none."""
    pytest.importorskip("pyx12", reason="the second opinion is pyx12's, of the extra [dev]")
    folders = {}
    for version, name in _MAPS.items():
        folders[version] = tmp_path_factory.mktemp(f"maps-{version}")
        write_map(folders[version], version, Library(SHIPPED.read_text).grammar(name))

    def ask(data: bytes) -> list[str] | str:
        from pyx12.errors import EngineError, X12Error  # type: ignore[import-untyped,unused-ignore]
        from pyx12.params import params  # type: ignore[import-untyped,unused-ignore]
        from pyx12.x12n_document import x12n_document  # type: ignore[import-untyped,unused-ignore]

        folder, answer = folders["00501" if b"*00501*" in data else "00401"], StringIO()
        # It gives no 999 where ST03 is absent, which in retail it always is; so ST03 is lent to it, and taken back.
        text = re.sub(r"(ST\*856\*\w+)~", rf"\1{_LENT}~", data.decode("latin-1"))
        try:
            x12n_document(params(), StringIO(text), answer, None, map_path=str(folder))
        except (
            EngineError,
            X12Error,
            AttributeError,
            AssertionError,
            IndexError,
            TypeError,
            ValueError,
            KeyError,
        ) as wrong:
            return f"{type(wrong).__name__}: {wrong}"
        segments = answer.getvalue().replace("\n", "").replace(f"{_LENT}~", "~").split("~")
        return [segment.rstrip("*") for segment in segments if segment and not segment.startswith(_HEADERS)]

    return ask


def write_map(folder: Path, version: str, grammar: Grammar) -> None:
    """A folder as pyx12 wants it: an index, the data elements, the envelope, and the map of one message."""
    shipped = files("pyx12") / "map"
    for name in ("codes.xml", "x12.control.00401.xml", "x12.control.00501.xml"):
        (folder / name).write_bytes((shipped / name).read_bytes())
    elements = etree.fromstring((shipped / "dataele.xml").read_bytes())
    control = etree.fromstring((shipped / f"x12.control.{version}.xml").read_bytes())
    _save(folder / "message.xml", _MapWriter(grammar, elements).write(control))
    _save(folder / "dataele.xml", elements)
    index = etree.Element("maps")
    entries = etree.SubElement(index, "version", icvn=version)
    for version_code, group, file in (
        ("", "", f"x12.control.{version}.xml"),
        (grammar.version, grammar.group, "message.xml"),
    ):
        etree.SubElement(entries, "map", vriic=version_code, fic=group, abbr=file).text = file
    _save(folder / "maps.xml", index)


def _save(file: Path, root: Any) -> None:
    file.write_bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


class _MapWriter:
    """Writes one grammar as a map, and the data elements it needs into their common table."""

    def __init__(self, grammar: Grammar, data_elements: Any) -> None:
        self.grammar, self.data_elements = grammar, data_elements
        self.known = {entry.get("ele_num"): entry for entry in data_elements.iter("data_ele")}

    def write(self, control: Any) -> Any:
        """The map: pyx12's own envelope, and the message inside it."""
        control.set("xid", self.grammar.message)
        group = control.find("loop/loop[@xid='GS_LOOP']")
        for xid, code in (("GS01", self.grammar.group), ("GS08", self.grammar.version)):
            codes = group.find(f"segment/element[@xid='{xid}']/valid_codes")
            codes[:] = []
            etree.SubElement(codes, "code").text = code
        message = self.node(group, "loop", "ST_LOOP", "R", 20, repeat=">1", type="explicit")
        self.service(message, "ST", 10)
        self.members(message, self.grammar.root, count(20, 10))
        self.service(message, "SE", 100_000)
        return control

    def node(self, parent: Any, kind: str, xid: str, usage: str, at: int, **more: str) -> Any:
        attributes = {"type": more.pop("type")} if "type" in more else {}
        node = etree.SubElement(parent, kind, xid=xid, **attributes)
        for key, text in {"name": xid, "usage": usage, "pos": str(at), **more}.items():
            etree.SubElement(node, key).text = text
        return node

    def service(self, parent: Any, tag: str, at: int) -> None:
        segment = self.node(parent, "segment", tag, "R", at, max_use="1")
        for position, (number, usage) in enumerate(_SERVICE[tag], 1):
            self.cell(segment, "element", f"{tag}{position:02}", number, usage, position)
        if tag == "ST":
            codes = etree.SubElement(segment.find("element"), "valid_codes")
            etree.SubElement(codes, "code").text = self.grammar.message

    def members(self, parent: Any, loop: Loop, places: Any) -> None:
        for member in loop.members:
            limit = ">1" if member.limit is None else str(member.limit)
            at, usage = next(places), _USAGE[member.requirement]
            if isinstance(member, SegmentUse):
                segment = self.node(parent, "segment", member.tag, usage, at, max_use=limit)
                self.segment(segment, member.tag, loop.qualifier if member.tag == loop.tag else None)
            else:
                inner = self.node(parent, "loop", member.name.replace(":", "_"), usage, at, repeat=limit)
                self.members(inner, member, count(10, 10))

    def segment(self, node: Any, tag: str, qualifier: str | None) -> None:
        definition = self.grammar.segments[tag]
        for condition in definition.conditions:
            etree.SubElement(node, "syntax").text = condition.printed
        for position, element in enumerate(definition.elements, 1):
            xid, usage = f"{tag}{position:02}", _USAGE[element.requirement]
            if isinstance(element, Composite):
                composite = self.cell(node, "composite", xid, element.number, usage, position)
                for place, component in enumerate(element.components, 1):
                    self.element(composite, f"{xid}-{place:02}", component, place)
            else:
                cell = self.element(node, xid, element, position)
                if qualifier and position == definition.qualifier:
                    etree.SubElement(etree.SubElement(cell, "valid_codes"), "code").text = qualifier

    def element(self, parent: Any, xid: str, element: Element, position: int) -> Any:
        entry = self.known.get(element.number)
        if entry is None:
            entry = etree.SubElement(self.data_elements, "data_ele", ele_num=element.number)
            self.known[element.number] = entry
        lengths = {"min_len": str(element.shortest), "max_len": str(element.longest)}
        entry.attrib.update({"data_type": element.type, "name": element.name, **lengths})
        return self.cell(parent, "element", xid, element.number, _USAGE[element.requirement], position)

    @staticmethod
    def cell(parent: Any, kind: str, xid: str, number: str, usage: str, position: int) -> Any:
        cell = etree.SubElement(parent, kind, xid=xid)
        texts = {"data_ele": number, "name": xid, "usage": usage, "seq": f"{position:02}", "refdes": xid}
        for key, text in texts.items():
            etree.SubElement(cell, key).text = text
        return cell
