"""ERP documents as XML: the same documents as the JSON files, for an ERP that would rather have a schema.

`schemas/erp/NAME.xsd` says what a document looks like, `mappings/xml/NAME.toml` where each field of it stands. What is
written keeps the schema before it leaves; what comes is held against the schema before it is read, and a refusal names
line, path and what was expected.
"""

from functools import cache
from typing import cast

from pydantic import BaseModel

from gateway.documents.erp_file import KINDS, ErpDocument
from gateway.findings import Finding, find
from gateway.mapping.xml import XmlMapping, XmlWriter, make_xml_mapping, read_element
from gateway.resources import SHIPPED
from gateway.syntax.xml import DECLARATION, parse_xml
from gateway.syntax.xml_schema import XmlSchema

UNREADABLE = "erp-document-unreadable"


class Unwritable(ValueError):
    """A document has a value that XML or the schema does not have: a control character, or more digits than allowed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """`findings` say which, and never are none."""
        self.findings = findings
        super().__init__("; ".join(finding.message for finding in findings[:3]))


@cache
def schema_of(name: str) -> XmlSchema:
    """The schema of a document by its word, `sales-order`."""
    return XmlSchema(SHIPPED.read_text(f"schemas/erp/{name}.xsd").text)


@cache
def mapping_of(name: str) -> XmlMapping:
    """The mapping of a document by its word, `sales-order`."""
    models: dict[str, type[BaseModel]] = {model.__name__: model for model in KINDS.values()}
    return make_xml_mapping(SHIPPED.read_text(f"mappings/xml/{name}.toml"), models)


@cache
def writer_of(name: str) -> XmlWriter:
    """The checked templates of a document by its word, `sales-order`."""
    return XmlWriter(mapping_of(name), schema_of(name))


def write_xml(document: ErpDocument) -> bytes:
    """The file of a document: UTF-8, indented to be read, and valid by its schema.

    Every value is checked by the pattern of its type; what a pattern cannot judge is held against the schema as a
    whole. Raises Unwritable where a value cannot be said in XML.
    """
    written = writer_of(document.document).write(document)
    findings = tuple(find(UNREADABLE, f"{each.field}: {each.why}", value=each.value[:60]) for each in written.unsaid)
    data = f"{DECLARATION}{written.text}\n".encode()
    if not written.is_checked:
        findings = findings or schema_of(document.document).findings_in(data, UNREADABLE)
    if findings:
        raise Unwritable(findings)
    return data


def read_xml(data: bytes) -> tuple[ErpDocument | None, tuple[Finding, ...]]:
    """The document in a file of the ERP, or None and what is wrong with it.

    Findings are `xml-malformed` and `xml-forbidden` of what is no XML that we read, else `erp-document-unreadable`.
    """
    root = parse_xml(data)
    if isinstance(root, Finding):
        return None, (root,)
    name = str(root.tag)
    if name not in KINDS:
        expected = "one of " + ", ".join(KINDS)
        text = f"line {root.sourceline}, /{name[:60]}: expected {expected}"
        return None, (find(UNREADABLE, text, tag=name, expected=expected),)
    if findings := schema_of(name).findings(root, UNREADABLE):
        return None, findings
    reading = read_element(root, mapping_of(name), explained=False)  # the schema lets pass what rows read, and no more
    if reading.findings:
        return None, tuple(find(UNREADABLE, f.message, tag=f.tag, value=f.value) for f in reading.findings)
    return cast("ErpDocument", reading.document), ()
