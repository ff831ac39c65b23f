"""The page about schemas: its examples load, and together they show every element of the notation."""

import re
from pathlib import Path

from gateway.findings import Severity
from gateway.grammar.conditions import parse_condition
from gateway.grammar.elements import TYPES
from gateway.grammar.library import Library
from gateway.grammar.schema import SegmentUse, parse_cell
from gateway.grammar.segments import KEYS, Level, Printed
from gateway.grammar.sources import Source

PAGE = (Path(__file__).parents[2] / "docs" / "schemas.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```toml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
LIBRARY = Library(lambda name: Source(name, FILES[name]))


def test_every_example_names_its_file() -> None:
    assert len(FILES) == PAGE.count("```toml")


def test_the_messages_of_the_page_load() -> None:
    names = [match[1] for name in FILES if (match := re.fullmatch(r"schemas/(\w+/\d/[A-Z0-9]+)\.toml", name))]
    assert {name.split("/")[0] for name in names} == {"demo", "edemo"}
    assert all(LIBRARY.grammar(name).tags for name in names)


def test_a_later_version_has_what_it_changed_and_what_it_did_not() -> None:
    segments = LIBRARY.grammar("demo/2/900").segments
    assert len(segments["N1"].elements) == 3
    assert segments["PO1"].pairs == ((4, 5), (6, 7), (8, 9))


def test_the_guide_of_the_page_narrows() -> None:
    name = "mappings/guides/demo/850.schema.toml"
    grammar = LIBRARY.narrowed(Source(name, FILES[name]))
    assert SegmentUse("REF", "M", 5) in grammar.root.members
    assert grammar.severities["segment-unknown"] is Severity.WARN


def test_the_cells_of_edifact_are_found_by_their_numbers() -> None:
    segments = LIBRARY.grammar("edemo/1/DESADV").segments
    assert parse_cell("PIA.7140[2]", segments) == ("PIA", 3, 1)
    assert segments["MEA"].printed == Printed(((1, 1), (2, 1)), (3, 2))
    assert segments["DTM"].printed == Printed(((1, 1),), (1, 2), ((1, 3),))
    assert segments["PIA"].pair_places == (((2, 2), (2, 1)), ((3, 2), (3, 1)))
    assert segments["CPS"].level == Level("PAC", "7065")


def test_every_key_of_a_segment_is_explained() -> None:
    assert {key for key in KEYS if f"`{key}`" in PAGE} == KEYS - {"elements"}


def test_every_type_and_condition_is_explained() -> None:
    explained = set(re.findall(r"`([A-Za-z0-9]{1,2})`", PAGE))
    assert explained >= TYPES | {"M", "O", "X", "P", "R", "E", "C", "L"}
    shown = {text for file in FILES.values() for text in re.findall(r'"([PRECL]\d{4,})"', file)}
    assert {text[0] for text in shown} == set("PRECL")
    assert all(parse_condition(text) for text in shown)
