"""A plugin of pytest that runs each marked test under the mutations of its requirements, and keeps who noticed.

A test that fails under a mutation proves something only if it passes without: it is run again so, once. A mutation that
was noticed is not tried again. What was found is written to the file that the environment names, one object:
what each mutation says, by requirement -> the test that noticed it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.requirements.mutation import Mutation, applied
from tests.requirements.mutations import MUTATIONS

VERDICTS = "REQUIREMENT_VERDICTS"
_noticed: dict[Mutation, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool:
    """Run a test under each mutation that nobody has noticed yet, in place of running it once."""
    passes: bool | None = None
    for mutation in _open(item):
        with applied(mutation):
            is_red = _fails(item)
        if is_red:
            passes = not _fails(item) if passes is None else passes
            if passes:
                _noticed[mutation] = item.nodeid
    return True


def pytest_sessionfinish() -> None:
    """Write down what was found."""
    found = [[mutation.requirement, mutation.says, test] for mutation, test in _noticed.items()]
    Path(os.environ[VERDICTS]).write_text(json.dumps(found), encoding="utf-8")


def _open(item: pytest.Item) -> Iterator[Mutation]:
    proves = {marker.args[0] for marker in item.iter_markers("requirement")}
    return (each for each in MUTATIONS if each.requirement in proves and each not in _noticed)


def _fails(item: pytest.Item) -> bool:
    """Whether the test itself fails; what its fixtures say before or after it does not count."""
    return any(report.when == "call" and report.failed for report in runtestprotocol(item, log=False))
