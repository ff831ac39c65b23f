"""How a toy ERP reads what it is handed, and writes what it says: the same ERP in whatever form a real one would."""

from collections.abc import Iterable
from typing import Protocol

from gateway.documents import ErpDocument, SalesOrder, read_erp, write_erp


class Writing(Protocol):
    """The hand of a toy ERP."""

    def read(self, data: bytes) -> SalesOrder | None:
        """The sales order in a file; None for another document."""

    def write(self, document: ErpDocument, name: str) -> Iterable[tuple[str, bytes]]:
        """The files that say a document, by their names; `name` has no ending yet."""


class JsonWriting:
    """An ERP that meets us with JSON."""

    def read(self, data: bytes) -> SalesOrder | None:
        """The sales order in a file."""
        document, _ = read_erp(data)
        return document if isinstance(document, SalesOrder) else None

    def write(self, document: ErpDocument, name: str) -> Iterable[tuple[str, bytes]]:
        """One file."""
        return [(f"{name}.json", write_erp(document).encode())]


class XmlWriting:
    """One that meets us with XML."""

    def read(self, data: bytes) -> SalesOrder | None:
        """The sales order in a file."""
        from gateway.erp.xml import read_xml

        document, _ = read_xml(data)
        return document if isinstance(document, SalesOrder) else None

    def write(self, document: ErpDocument, name: str) -> Iterable[tuple[str, bytes]]:
        """One file."""
        from gateway.erp.xml import write_xml

        return [(f"{name}.xml", write_xml(document))]
