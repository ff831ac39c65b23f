"""The segment catalogue of IDocs and the mappings of their types, each made once, and only for who meets SAP."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import BaseModel

from gateway.errors import SchemaError
from gateway.grammar.sources import Source

if TYPE_CHECKING:  # lxml takes longer to import than most commands take
    from gateway.grammar.idoc_catalogue import IdocCatalogue
    from gateway.mapping.xml import XmlMapping


class Idocs:
    """What is known of IDocs: `catalogue` says what one looks like, `mapping` where what it says stands."""

    def __init__(self, fetch: Callable[[str], Source], schemas: Iterable[str]) -> None:
        """`schemas` are the names of the catalogue's files; nothing is read before it is needed."""
        self._fetch, self._schemas = fetch, tuple(schemas)
        self._mappings: dict[str, XmlMapping] = {}

    @cached_property
    def catalogue(self) -> "IdocCatalogue":
        """All types and their segments. Raises SchemaError where a file of it is wrong."""
        from gateway.grammar.idoc_catalogue import read_catalogue

        catalogue = read_catalogue(self._fetch(name) for name in self._schemas)
        if catalogue.problems:
            first = catalogue.problems[0]
            raise SchemaError("\n".join(map(str, catalogue.problems)), file=first.file, line=first.line)
        return catalogue

    def mapping(self, name: str) -> "XmlMapping":
        """The mapping of a type, `ORDERS05`. Raises MappingError."""
        from gateway.mapping.xml import make_xml_mapping

        if name not in self._mappings:
            self._mappings[name] = make_xml_mapping(self._fetch(f"mappings/idoc/{name}.toml"), self._models)
        return self._mappings[name]

    @cached_property
    def _models(self) -> Mapping[str, type[BaseModel]]:
        from gateway.documents.sap import SAP_MODELS

        return dict(SAP_MODELS)
