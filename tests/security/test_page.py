"""docs/security.md promises nothing that no test shows."""

import re
from pathlib import Path

import pytest

from gateway.config.keys import keys
from gateway.syntax.envelope import Limits

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{path} has no {name}"


def test_every_threat_names_a_test() -> None:
    threats = PAGE.partition("## Threats")[2].partition("##")[0]
    rows = [line for line in threats.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 15
    assert [row for row in rows if "::test_" not in row] == []


def test_every_module_that_is_named_exists() -> None:
    named = re.findall(r"`(gateway/[\w/.]+)`", PAGE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_limits_are_those_of_the_code() -> None:
    limits = Limits()
    assert f"| segments of a message | {limits.segments:,} |" in PAGE
    assert f"| {limits.lines:,} |" in PAGE
    assert limits.segment == 2**20
    assert any(key[-1] == "max_file" for key in keys())
