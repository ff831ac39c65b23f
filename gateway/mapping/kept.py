"""A mapping as the journal keeps it, made ready again: how a message was read then, whatever the files say now."""

import json
from collections.abc import Mapping as Table
from typing import Any

from gateway.errors import ConfigError, MappingError
from gateway.grammar.schema import Grammar
from gateway.grammar.sources import Source
from gateway.mapping.layers import Layers
from gateway.mapping.making import make_mapping
from gateway.mapping.mapping import Mapping


class KeptSource(Source):
    """The text of an effective mapping, which is JSON and has no lines of its own."""

    def parse(self, error: type[ConfigError]) -> Table[str, Any]:
        """The mapping as a table. Raises `error` where the text is none."""
        try:
            table: Table[str, Any] = json.loads(self.text)
        except ValueError as wrong:
            raise error(f"the kept mapping cannot be read: {wrong}", file=self.name) from wrong
        return table


def kept_mapping(text: str, grammar: Grammar) -> Mapping:
    """The mapping of a kept text over a grammar. Raises MappingError where it does not fit the grammar any more."""
    layers = Layers()
    layers.lay(KeptSource("the mapping kept in the journal", text))
    mapping, problems = make_mapping(layers, grammar)
    if mapping is None:
        raise MappingError("; ".join(str(problem) for problem in problems), file="the mapping kept in the journal")
    return mapping
