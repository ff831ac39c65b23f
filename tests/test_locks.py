"""The lock files: exact, hashed, alike, and without a word about the machine that wrote them."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK, CONSTRAINTS = ROOT / "requirements.lock", ROOT / "constraints.txt"


def pins(text: str) -> list[str]:
    return [line.removesuffix(" \\") for line in text.splitlines() if line and line[0] not in "# "]


def test_both_files_pin_the_same_versions() -> None:
    assert pins(LOCK.read_text()) == pins(CONSTRAINTS.read_text())


def test_every_pin_is_exact_and_has_its_hashes() -> None:
    for pin in LOCK.read_text().replace("\\\n", "").splitlines():
        if not pin.startswith("#"):
            assert re.match(r"[a-z0-9.-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", pin), pin


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    pinned = {pin.partition("==")[0] for pin in pins(LOCK.read_text())}
    assert {re.split(r"[<>=\[]", requirement)[0] for requirement in wanted} <= pinned


@pytest.mark.parametrize("path", [LOCK, CONSTRAINTS], ids=lambda path: path.name)
def test_no_lock_names_a_server_or_a_folder(path: Path) -> None:
    text = path.read_text()
    assert "//" not in text
    assert not re.search(r"(^|\s)/|index-url|find-links|file:", text)


@pytest.mark.parametrize("script", ["scripts/test", "scripts/check", "scripts/venv", "scripts/lock", ".ci/run"])
def test_scripts_are_strict_bash_that_can_be_run(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert path.read_text().startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in path.read_text()
    subprocess.run(["bash", "-n", path], check=True)
