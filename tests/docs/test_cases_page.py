"""The page of cases knows every case that the code can open: who owns it, and what to do about it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.catalogue.gaps import RULES
from gateway.findings import CODES, Severity
from gateway.lifecycle.problems import BLOCKED_CASES, DEADLINE_CASES
from gateway.pipeline.reasons import case_code
from gateway.pipeline.selling import sales_lists, sales_settled

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")

# Calls that open a case, or make the reason or refusal that becomes one.
OPENERS = {"Problem", "open_case", "Reason", "Refusal"}

# Findings that refuse a file or an interchange as a whole open a case of their own code: those that no acknowledgement
# of a group, message or segment could name. Some are not as their numbers say: a limit that is passed ends the reading
# of the file, a group without a message has none that could be refused, and an interchange of EDIFACT that is empty or
# counts messages, not groups, is refused as a whole.
OF_A_FILE = {
    code
    for code, row in CODES.items()
    if row.severity is not Severity.WARN and not (row.segment or row.element or row.group or row.message)
} - {"group-empty"} | {"message-too-large", "interchange-empty", "message-count-differs"}
OF_A_FILE = {case_code(code) for code in OF_A_FILE}

# A settlement that is held stays with those who need it.
OF_A_SETTLEMENT = {code for code in CODES if code.startswith("settlement-")}

# What an order asks for by a table, or as a warning of its lines.
OF_AN_ORDER = {*DEADLINE_CASES.values(), *BLOCKED_CASES.values(), "price-not-ours"}

# What is new in a report, and stops nothing of it.
OF_A_REPORT = {"column-unknown", "word-unknown"}

# What orders of marketplaces have in common, and settlements say of them: both by tables.
OF_SALES = {**{code: kind.owner for code, kind in sales_lists.KINDS.items()}, **sales_settled.OWNERS}

LABELS = ("See", "Means", "Costs", "Fix", "Proof")


class Opened(NamedTuple):
    """A case code that stands in the code, with its owner where that stands there too."""

    code: str
    owner: str | None


def opened_in_code() -> Iterator[Opened]:
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            said = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
            if name in OPENERS and isinstance(said.get("code"), str):
                yield Opened(str(said["code"]), str(said["owner"]) if "owner" in said else None)


def owners() -> dict[str, str]:
    """The table of the page: the owner of each case."""
    return dict(re.findall(r"(?m)^\| `([a-z-]+)` \| ([^|]+) \|", PAGE))


def entries() -> dict[str, str]:
    """The entries of the page by case code."""
    return dict(re.findall(r"(?ms)^### `([a-z-]+)`\n(.*?)(?=^#|\Z)", PAGE))


CASE_CODES = {*RULES, *OF_A_FILE, *OF_AN_ORDER, *OF_A_REPORT, *OF_SALES, *(opened.code for opened in opened_in_code())}


def test_the_code_is_searched_where_cases_are_opened() -> None:
    assert {"message-refused", "posting-refused", "channel-failed", "file-unreadable"} <= CASE_CODES


@pytest.mark.requirement("V18")
def test_every_case_has_an_entry_and_every_entry_is_a_case() -> None:
    assert set(entries()) == CASE_CODES


def test_no_case_is_there_twice() -> None:
    rows, headings = re.findall(r"(?m)^\| (`[a-z-]+`) \|", PAGE), re.findall(r"(?m)^### (`[a-z-]+`)$", PAGE)
    assert (len(rows), len(headings)) == (len(set(rows)), len(set(headings)))


def test_every_case_is_in_the_table_of_who_does_what() -> None:
    assert set(owners()) == CASE_CODES


@pytest.mark.requirement("V18")
@pytest.mark.parametrize("code", sorted(CASE_CODES))
def test_an_entry_says_what_is_seen_and_meant_what_it_costs_and_how_it_is_mended_and_proved(code: str) -> None:
    lines = re.findall(r"(?m)^- \*\*(\w+):\*\* \S", entries().get(code, ""))
    assert tuple(lines) == LABELS


@pytest.mark.requirement("V18")
@pytest.mark.parametrize("code", sorted(RULES))
def test_the_manual_names_the_owner_of_each_rule(code: str) -> None:
    assert owners()[code] == RULES[code]


def test_the_manual_names_the_owner_that_the_code_gives_a_case() -> None:
    given = {opened.code: opened.owner for opened in opened_in_code() if opened.owner}
    assert given
    assert {code: owners()[code] for code in given} == given


def test_the_manual_names_the_owner_of_each_case_about_sales() -> None:
    assert {code: owners()[code] for code in OF_SALES} == OF_SALES


def owners_of_deadlines() -> dict[str, str]:
    """Deadline -> the owner that deadlines.py gives it."""
    tree = ast.parse((ROOT / "gateway" / "lifecycle" / "deadlines.py").read_text())
    said = (
        {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Deadline"
    )
    return {str(deadline["what"]): str(deadline["owner"]) for deadline in said}


def test_the_manual_names_the_owner_of_each_deadline() -> None:
    assert {DEADLINE_CASES[what]: owner for what, owner in owners_of_deadlines().items()} == {
        code: owners()[code] for code in DEADLINE_CASES.values()
    }


def test_cases_about_files_belong_to_those_who_run_the_transport() -> None:
    assert {owners()[code] for code in OF_A_FILE - OF_A_SETTLEMENT} == {"IT"}
    assert {owners()[code] for code in OF_A_SETTLEMENT} == {"finance"}
