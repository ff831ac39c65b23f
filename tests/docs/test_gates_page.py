"""The page of the gates is printed from them: no rule, turn, status or time changes without being told."""

import re
from pathlib import Path

import pytest

from gateway.gates_page import page, said_of
from gateway.lifecycle.gates import GATES
from gateway.lifecycle.transmission import ACKNOWLEDGEMENT, DELIVERY

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_gates_say() -> None:
    written = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m gateway.gates_page > docs/gates.md"


def test_every_rule_of_every_gate_has_a_row_with_what_it_asks_for() -> None:
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| (?:block|warn)s", page())
    wanted = [(each.rule, said_of(each.check), each.owner) for gate in GATES.values() for each in gate]
    assert [(rule, said, owner) for rule, said, owner in rows] == wanted


def test_every_row_of_the_tables_is_drawn() -> None:
    drawn = re.findall(r"(?m)^ +(\w+) --> (\w+): ", page())
    for table in (DELIVERY, ACKNOWLEDGEMENT):
        assert {(was, now) for (was, _), now in table.items()} <= set(drawn)
    assert ("queued", "in_doubt") in drawn


def test_a_function_without_a_docstring_cannot_be_printed() -> None:
    def silent() -> None: ...

    with pytest.raises(ValueError, match="silent has no docstring"):
        said_of(silent)
