"""The layers of the house: imports point downwards only, and from the lifecycle down everything is pure."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gateway"
# From the top down; the names of one line do not know each other, but for those of a line that is one layer's face.
LAYERS = (
    ("cli", "__main__"),
    ("web", "simulate"),
    ("daemon",),
    ("turn", "queries", "checkup", "gates_page", "casework", "interventions", "register"),
    ("shores", "intake", "rehearsal", "instance", "channels", "underway", "remaining", "tally", "disk"),
    ("pipeline",),
    ("journal", "transports", "alerts", "erp", "config", "labels", "logs", "resources"),
    ("lifecycle", "finance", "stock", "marketplace"),
    ("sap",),
    ("catalogue",),
    ("mapping",),
    ("grammar", "documents"),
    ("syntax",),
    ("findings",),
    ("errors",),
)
PURE = frozenset(name for layer in LAYERS[7:] for name in layer)
# What reads a clock, files, a network, a database or dice, or writes a log.
WORLD = (
    *("asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"),
    *("signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request"),
    *("uuid", "sqlite_utils", "structlog", "paramiko", "apscheduler", "click", "rich"),
)
WORLDLY_CALLS = frozenset({"open", "input", "print"})
CLOCKS = frozenset({"now", "utcnow", "today"})

LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    own = layer_of(path)
    if own == "__init__":
        return
    assert own in LEVEL, f"{own} has no place among the layers"
    for name in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        root, *rest = name.split(".")
        if root == "gateway" and rest and rest[0] != own and rest[0] in LEVEL:
            allowed = LEVEL[rest[0]] > LEVEL[own] or (LEVEL[rest[0]] == LEVEL[own] and own not in PURE)
            assert allowed, f"{own} imports {name}, which is not below it"


@pytest.mark.parametrize(
    "path", [path for path in FILES if layer_of(path) in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_core_knows_no_clock_file_network_database_log_or_chance(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [name for name in imports_of(tree) if any(f"{name}.".startswith(f"{world}.") for world in WORLD)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in WORLDLY_CALLS, f"line {node.lineno} calls {node.func.id}()"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"line {node.lineno} reads the clock"


def test_every_layer_that_stands_here_has_its_place() -> None:
    standing = {layer_of(path) for path in FILES} - {"__init__"}
    assert standing <= set(LEVEL)
