"""docs/mappings.md is true: its rows parse, its files make mappings, its codecs and sections are all there are."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.mapping.codecs import CODECS
from gateway.mapping.library import Mappings
from gateway.mapping.rows import Expression, parse_row

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text()
ROWS = [
    row.replace("\\|", "|")
    for row in re.findall(r"^\| `(.+?)` \|", PAGE.partition("## The row")[2].partition("**Codecs")[0], re.MULTILINE)
]
BLOCKS = re.findall(r"```toml\n# (mappings/\S+\.toml).*?\n(.*?)```", PAGE, re.DOTALL)

CONTRL = "edifact/CONTRL"
"""UCI, of which the page shows a row, stands in no message of business."""

Overlay = Callable[[Mapping[str, str]], Mappings]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_page_parses(row: str, mappings: Mappings) -> None:
    read = [parse_row(row, mappings.standard(name).grammar.segments) for name in ("x12/856", "edifact/DESADV", CONTRL)]
    assert any(isinstance(expression, Expression) for expression in read), read


def test_the_page_shows_every_part_of_the_language() -> None:
    for part in (" as ", " via ", " where ", " default ", " paired ", "..", "@", "*", "-2", ","):
        assert any(part in row for row in ROWS), part


@pytest.mark.parametrize(("file", "text"), BLOCKS)
def test_every_file_of_the_page_makes_a_mapping(file: str, text: str, overlay: Overlay) -> None:
    files = overlay({file: text})
    message = Path(file).name[:3]
    mapping = files.guided("amazon-us", message) if "guides" in file else files.standard(f"x12/{message}")
    assert mapping.rows


def test_every_codec_is_on_the_page() -> None:
    for name in CODECS:
        assert f"`{name}`" in PAGE or name in ("implied2", "implied3")
