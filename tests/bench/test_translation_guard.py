"""What was won in reading, checking and writing is kept: the rows on small inputs, with room for a busy machine.

Figures are ratios of processor time; the best of three counts, and each bound leaves a quarter at least to chance.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

AT_LEAST = {
    "x12-tokenise": 0.5,
    "x12-validate": 0.1,
    "edifact-tokenise": 0.95,  # of the peer as it was seen: it is not run here
    "edifact-pydifact": 40,
    "asn-write": 0.6,
}
AT_MOST = {"order": 8, "order-to-outputs": 9, "big": 10, "big-growth": 3}


@pytest.fixture(scope="module")
def figures() -> dict[str, list[float]]:
    """Three figures of each row, from a process of their own: where every line is counted they would mean nothing."""
    found: dict[str, list[float]] = defaultdict(list)
    rows = [word for name in (*AT_LEAST, *AT_MOST) for word in ("--row", name)]
    for _ in range(3):
        command = [sys.executable, "-m", "bench", "--quick", "--json", *rows]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        for row in json.loads(done.stdout):
            found[row["row"]].append(row["figure"])
    return found


@pytest.mark.parametrize("name", [*AT_LEAST, *AT_MOST])
def test_a_row_is_where_the_work_on_it_has_brought_it(name: str, figures: dict[str, list[float]]) -> None:
    values = figures[name]
    assert len(values) == 3
    assert max(values) >= AT_LEAST[name] if name in AT_LEAST else min(values) <= AT_MOST[name]
