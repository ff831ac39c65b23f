"""docs/requirements.md, taken apart; and the marked tests, found in their files without running them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "requirements.md"
IDS = (
    *(f"V{number}" for number in range(1, 24)),
    *(f"X{number}" for number in range(1, 6)),
    *(str(number) for number in range(1, 81)),
)
HEADING = re.compile(r"(?m)^### ([A-Z]?\d+): (.*)$")


@dataclass(frozen=True)
class Entry:
    """What the page says of a requirement. `tests` are `file::function`, `red` are the mutations' sentences."""

    id: str
    asks: str
    status: str
    tests: tuple[str, ...]
    red: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether the page says that it is."""
        return self.status == "met"


def entries() -> list[Entry]:
    """The requirements in the order of the page."""
    parts = re.split(HEADING, PAGE.read_text(encoding="utf-8"))[1:]
    return [_entry(number, text) for number, text in zip(parts[::3], parts[2::3], strict=True)]


def _entry(number: str, text: str) -> Entry:
    items = re.findall(r"(?ms)^- \*\*([\w ]+):\*\* (.*?)(?=^- |^#|^$|\Z)", text)
    said = {label: " ".join(value.split()) for label, value in items}
    files = re.findall(r"`(tests/[\w/.]+)`: ((?:`\w+`(?:, )?)+)", said.get("Proved by", ""))
    return Entry(
        id=number,
        asks=said.get("Asks", ""),
        status=said.get("Status", ""),
        tests=tuple(f"{file}::{name}" for file, names in files for name in re.findall(r"`(\w+)`", names)),
        red=tuple(part.strip() for part in said.get("Turns red when", "").rstrip(".").split(";") if part.strip()),
    )


@cache
def marked() -> dict[str, list[str]]:
    """Requirement -> the tests that bear its mark, as `file::function`, in the order of files and lines."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for number, name in _marks(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(number, []).append(f"{file.relative_to(ROOT)}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for call in (each for each in function.decorator_list if isinstance(each, ast.Call)):
            if ast.unparse(call.func) == "pytest.mark.requirement":
                yield ast.literal_eval(call.args[0]), function.name
