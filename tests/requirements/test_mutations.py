"""Whoever spoils what a requirement asks for is found out by one of the tests that are said to prove it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.requirements.mutation import Mutation, applied
from tests.requirements.mutations import MUTATIONS
from tests.requirements.page import ROOT, entries
from tests.requirements.plugin import VERDICTS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: f"{each.requirement}: {each.says}")
def test_what_a_mutation_spoils_is_there(mutation: Mutation) -> None:
    with applied(mutation):
        pass


@pytest.mark.timeout(600)  # half a minute, where nobody else needs the machine
def test_every_mutation_turns_a_test_of_its_requirement_red(tmp_path: Path) -> None:
    verdicts = tmp_path / "verdicts.json"
    tests = dict.fromkeys(test for entry in entries() if entry.red for test in entry.tests)
    plain = ("-n", "0", "-p", "no:cacheprovider", "-q", "--basetemp", str(tmp_path / "base"))
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-p", "tests.requirements.plugin", *plain, *tests),
        cwd=ROOT,
        env={**os.environ, VERDICTS: str(verdicts)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    noticed = {(requirement, says) for requirement, says, _ in json.loads(verdicts.read_text(encoding="utf-8"))}
    assert [each for each in MUTATIONS if (each.requirement, each.says) not in noticed] == []
