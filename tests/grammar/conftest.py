"""The grammars in schemas/, and a way to arrange a few segments without writing an envelope around them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import SchemaError
from gateway.grammar.arrangement import arrange
from gateway.grammar.library import Library
from gateway.grammar.sources import Source
from gateway.grammar.tree import Tree
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.message import Message

ROOT = Path(__file__).parents[2]


def fetch(name: str) -> Source:
    path = ROOT / name
    if not path.is_file():
        raise SchemaError("there is no such file", file=name)
    return Source(name, path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def library() -> Library:
    return Library(fetch)


@pytest.fixture(scope="session")
def arranged(library: Library) -> Callable[[str, str], Tree]:
    """Arrange segments, written with a blank between, as a message of a grammar; ST and SE come by themselves."""

    def arrange_text(grammar: str, segments: str) -> Tree:
        raw = "~".join(["ST*000*0001", *segments.split(), "SE*0*0001", ""])
        message = Message(raw.encode(), 0, Delimiters(), None)
        return arrange(message.segments, library.grammar(grammar), message.marks, message.locate)

    return arrange_text
