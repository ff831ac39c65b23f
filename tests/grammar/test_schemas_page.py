"""The page about schemas: its examples load, and together they show every element of the notation."""

import re
from pathlib import Path

from gateway.findings import Severity
from gateway.grammar.conditions import parse_condition
from gateway.grammar.elements import TYPES
from gateway.grammar.library import Library
from gateway.grammar.schema import SegmentUse
from gateway.grammar.sources import Source

PAGE = (Path(__file__).parents[2] / "docs" / "schemas.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```toml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
LIBRARY = Library(lambda name: Source(name, FILES[name]))


def test_every_example_names_its_file() -> None:
    assert len(FILES) == PAGE.count("```toml")


def test_the_messages_of_the_page_load() -> None:
    for name in FILES:
        if match := re.fullmatch(r"schemas/(demo/\d/\d{3})\.toml", name):
            assert LIBRARY.grammar(match[1]).tags


def test_a_later_version_has_what_it_changed_and_what_it_did_not() -> None:
    segments = LIBRARY.grammar("demo/2/900").segments
    assert len(segments["N1"].elements) == 3
    assert segments["PO1"].pairs == ((4, 5), (6, 7), (8, 9))


def test_the_guide_of_the_page_narrows() -> None:
    name = "mappings/guides/demo/850.schema.toml"
    grammar = LIBRARY.narrowed(Source(name, FILES[name]))
    assert SegmentUse("REF", "M", 5) in grammar.root.members
    assert grammar.severities["segment-unknown"] is Severity.WARN


def test_every_type_and_condition_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z0-9]{1,2})`", PAGE))
    assert explained >= TYPES | {"M", "O", "X", "P", "R", "E", "C", "L"}
    shown = {text for file in FILES.values() for text in re.findall(r'"([PRECL]\d{4,})"', file)}
    assert {text[0] for text in shown} == set("PRECL")
    assert all(parse_condition(text) for text in shown)
