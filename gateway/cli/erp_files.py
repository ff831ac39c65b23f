"""Files of the ERP for the verbs over files: its documents in JSON and XML, and IDocs, each known by how it begins.

An IDoc is shown as it stands, in SAP's own words and codes: what it means to an order is told by the instance that
takes it, which knows the order.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.cli.streams import Input, Readers
from gateway.findings import Finding

if TYPE_CHECKING:
    from gateway.mapping.idocs import Idocs
    from gateway.syntax.idoc_tree import Idoc

_BEFORE = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One document of a file: what it is, what it says, what is wrong with it. `lines` are its segments, shown."""

    title: str
    said: Mapping[str, Any] | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...] = ()


def open_erp_file(source: Input, readers: Readers) -> tuple[Spoken, ...] | None:
    """What a file of the ERP says; None where it is none. Raises InputError."""
    head = source.head().lstrip(_BEFORE)
    reader = next((reader for start, reader in _READERS.items() if head.startswith(start)), None)
    if reader is None:
        return None
    source.hold()
    return tuple(reader(b"".join(source.chunks()), readers))


def _read_json(data: bytes, _: Readers) -> Iterator[Spoken]:
    from gateway.documents import read_erp

    yield _spoken(*read_erp(data))


def _read_xml(data: bytes, readers: Readers) -> Iterator[Spoken]:
    from gateway.erp.xml import read_xml
    from gateway.syntax.idoc import is_idoc

    if is_idoc(data):
        yield from _read_idocs(data, readers)
    else:
        yield _spoken(*read_xml(data))


def _spoken(document: Any, findings: tuple[Finding, ...]) -> Spoken:
    if document is None:
        return Spoken("a document of the ERP", None, findings)
    return Spoken(f"{document.document} of the ERP", document.model_dump(mode="json", by_alias=True), findings)


def _read_idocs(data: bytes, readers: Readers) -> Iterator[Spoken]:
    from gateway.syntax.idoc import read

    idocs, sap = readers.mappings.idocs, readers.config.erp.sap
    layouts = idocs.catalogue.layouts(dict(sap.segments) if sap else {}, sap.release if sap else "")
    found = read(data, layouts, sap.encoding if sap else "utf-8")
    if isinstance(found, Finding):
        yield Spoken("an IDoc", None, (found,))
        return
    for idoc in found:
        yield _idoc(idoc, idocs)


def _idoc(idoc: "Idoc", idocs: "Idocs") -> Spoken:
    from gateway.grammar.idoc import check

    number, message = idoc.control("DOCNUM"), idoc.control("MESTYP")
    title = f"IDoc {number}: {message} ({idoc.control('IDOCTYP')}) from {idoc.control('SNDPRN')}"
    findings = (*idoc.findings, *check(idoc.root, idocs.catalogue, idoc.record))
    return Spoken(title, _fields(idoc.root[0]), findings, tuple(_lines(idoc.root[0])))


def _fields(element: Any) -> dict[str, Any]:
    """The elements in one by their names, lists where there may be several: segments stay segments."""
    said: dict[str, Any] = {}
    for child in element:
        if len(child):
            said.setdefault(child.tag, []).append(_fields(child))
        else:
            said[child.tag] = child.text or ""
    return said


def _lines(element: Any, depth: int = 0) -> Iterator[str]:
    for child in element:
        if len(child):
            values = " ".join(f"{field.tag}={field.text or ''}" for field in child if not len(field))
            yield f"{'  ' * depth}{child.tag} {values}".rstrip()
            yield from _lines(child, depth + 1)


_READERS: Mapping[bytes, Callable[[bytes, Readers], Iterator[Spoken]]] = {
    b"{": _read_json,
    b"<": _read_xml,
    b"EDI_DC40": _read_idocs,
}
