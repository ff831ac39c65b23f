"""The forms in which documents stand on the ERP's shore: JSON, XML with a schema, IDocs.

Each document is written in the form that is set for it, and read in whatever form it comes. A form is a pair of
functions that know no pipeline: `read_erp` and `write_erp` for JSON, those of erp/xml.py for XML, and the SAP shore,
which stands in idocs.py beside what the journal has to do with it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.catalogue.gaps import Gap
from gateway.config.erp import Form
from gateway.documents import ErpDocument, file_name, read_erp, write_erp
from gateway.documents.erp_file import KINDS
from gateway.findings import Finding, find
from gateway.pipeline.desk import Desk
from gateway.pipeline.erp_said import Said, Written
from gateway.sap.gaps import gap


def write(document: ErpDocument, whose: str, desk: Desk, *, again: str = "") -> Written | tuple[Gap, ...]:
    """Write a document in the form that is set for it, or say what keeps it from being written so.

    `whose` names the partner or seller; `again` goes into the name of a file whose first try was refused.
    """
    return _WRITERS[desk.config.form_of(document.document, whose)](document, desk, again)


def read(data: bytes, desk: Desk) -> Iterator[Said]:
    """Read a file of the ERP in whatever form it is: an IDoc file may say several things, the others say one."""
    reader = next((reader for start, reader in _READERS.items() if data.lstrip(_BEFORE).startswith(start)), _read_json)
    yield from reader(data, desk)


def read_stored(kind: str, body: Mapping[str, Any]) -> ErpDocument:
    """A document as the journal keeps it."""
    return KINDS[kind].model_validate_json(json.dumps(body))


def _write_json(document: ErpDocument, _: Desk, again: str) -> Written:
    return Written(name=_name(document, again, "json"), data=write_erp(document).encode())


def _write_xml(document: ErpDocument, _: Desk, again: str) -> Written | tuple[Gap, ...]:
    from gateway.erp.xml import Unwritable, write_xml  # lxml is loaded where a file is XML

    try:
        return Written(name=_name(document, again, "xml"), data=write_xml(document))
    except Unwritable as wrong:
        remedy = "correct the text where it comes from"
        return tuple(gap("cannot-be-said", finding.message, remedy) for finding in wrong.findings)


def _name(document: ErpDocument, again: str, ending: str) -> str:
    return f"{file_name(document).removesuffix('.json')}{again}.{ending}"


def _read_json(data: bytes, _: Desk) -> Iterator[Said]:
    document, findings = read_erp(data)
    yield _said(document, findings)


def _read_xml(data: bytes, desk: Desk) -> Iterator[Said]:
    from gateway.erp.xml import read_xml
    from gateway.syntax.idoc import is_idoc

    if is_idoc(data):
        yield from _read_idocs(data, desk)
    else:
        document, findings = read_xml(data)
        yield _said(document, findings)


def _said(document: ErpDocument | None, findings: tuple[Finding, ...]) -> Said:
    return Said(findings=findings) if document is None else Said(documents=(document,))


def _write_idoc(document: ErpDocument, desk: Desk, again: str) -> Written | tuple[Gap, ...]:
    from gateway.pipeline.idocs import shore_of, write_idoc

    shore = shore_of(desk)
    if document.document not in shore.kinds:  # SAP has no IDoc for it, or none that says as much
        return _write_json(document, desk, again)
    return write_idoc(document, shore, desk)


def _read_idocs(data: bytes, desk: Desk) -> Iterator[Said]:
    from gateway.pipeline.idocs import read_idocs, shore_of

    if desk.config.erp.sap is None:
        text = "this is an IDoc, and config.toml has no [erp.sap] to read it by"
        yield Said(findings=(find("erp-document-unreadable", text),))
    else:
        yield from read_idocs(data, shore_of(desk), desk)


_BEFORE = b"\xef\xbb\xbf \t\r\n"
_WRITERS: Mapping[Form, Callable[[ErpDocument, Desk, str], Written | tuple[Gap, ...]]] = {
    "json": _write_json,
    "xml": _write_xml,
    "idoc": _write_idoc,
}
_READERS: Mapping[bytes, Callable[[bytes, Desk], Iterator[Said]]] = {
    **dict.fromkeys((b"<", b"\xff\xfe<\0", b"\xfe\xff\0<"), _read_xml),  # the latter two in UTF-16
    b"EDI_DC40": _read_idocs,
}
"""How a file begins -> who reads it; what begins otherwise is JSON, or is told that it is none."""
