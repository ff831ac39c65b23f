"""What the tests of the mapping share: the shipped files, files laid over them, and a message from its segments."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from gateway.grammar.arrangement import arrange
from gateway.grammar.order import Written
from gateway.grammar.sources import Source
from gateway.mapping import mapping as mapped
from gateway.mapping.library import Mappings
from gateway.mapping.reading import read_tree
from gateway.mapping.traces import Reading
from gateway.resources import SHIPPED

MARKS = ("*", ">", "~", "")

Overlay = Callable[[Mapping[str, str]], Mappings]
Explain = Callable[[Sequence[str], "mapped.Mapping"], Reading]
Texts = Callable[[Sequence[Written]], list[str]]


@pytest.fixture(scope="session")
def mappings() -> Mappings:
    """The shipped mappings and guides."""
    return Mappings(SHIPPED.read_text, SHIPPED.exists)


@pytest.fixture(scope="session")
def overlay() -> Overlay:
    """The shipped files with some replaced or added."""

    def make(files: Mapping[str, str]) -> Mappings:
        def fetch(name: str) -> Source:
            return Source(name, files[name]) if name in files else SHIPPED.read_text(name)

        return Mappings(fetch, lambda name: name in files or SHIPPED.exists(name))

    return make


@pytest.fixture(scope="session")
def explain() -> Explain:
    """A message, given as its segments without ST and SE, by the explaining reader."""

    def read(body: Sequence[str], mapping: mapped.Mapping) -> Reading:
        segments = message(body)
        tree = arrange(segments, mapping.grammar, MARKS, lambda *_: 0)
        return read_tree(tree, mapping, MARKS, lambda *_: 0)

    return read


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Written segments as they stand between their terminators."""

    def join(written: Sequence[Written]) -> list[str]:
        return [
            "*".join([tag, *(cell if isinstance(cell, str) else ">".join(cell) for cell in cells)])
            for tag, cells in written
        ]

    return join


def message(body: Sequence[str]) -> list[str]:
    """The segments of a message with a header and trailer around them."""
    return ["ST*000*0001", *body, f"SE*{len(body) + 2}*0001"]
