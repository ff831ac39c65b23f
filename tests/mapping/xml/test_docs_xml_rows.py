"""What docs/mappings.md says about XML is so: its rows parse, its file makes a mapping, no codec is left out."""

import re
from pathlib import Path

import pytest

from gateway.documents import SalesOrder
from gateway.grammar.sources import Source
from gateway.mapping.xml import xml_mapping_problems
from gateway.mapping.xml.codecs import CODECS
from gateway.mapping.xml.paths import parse_path

PAGE = (Path(__file__).parents[3] / "docs" / "mappings.md").read_text(encoding="utf-8").partition("## XML\n")[2]
ROWS = re.findall(r"(?m)^\| `(.+?)` \|", PAGE)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_page_parses(row: str) -> None:
    where = re.split(r" (?:as|via|default) ", row)[0]
    assert not isinstance(parse_path(where), str)


def test_the_file_of_the_page_makes_a_mapping() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert xml_mapping_problems(Source("page.toml", text), {"SalesOrder": SalesOrder})[1] == []


def test_the_page_names_every_codec() -> None:
    assert set(CODECS) <= set(re.findall(r"`(\w+)`", PAGE))
    assert len(ROWS) == 8
