"""What was won in reading, checking and writing is kept: the rows on small inputs, with room for a busy machine.

Figures are ratios of processor time; the best of three counts, and each bound leaves a quarter at least to chance.
"""

import pytest

from bench.__main__ import ROWS

AT_LEAST = {
    "x12-tokenise": 0.4,
    "x12-validate": 0.06,
    "edifact-tokenise": 0.7,  # of the peer as it was seen: it is not run here
    "edifact-pydifact": 25,
    "asn-write": 0.2,
}
AT_MOST = {"order": 12, "order-to-outputs": 25, "big": 25, "big-growth": 3}


@pytest.mark.parametrize("name", [*AT_LEAST, *AT_MOST])
def test_a_row_is_where_the_work_on_it_has_brought_it(name: str) -> None:
    row = next(row for row in ROWS if row.name == name)
    values = [row.measure(True).value for _ in range(3)]
    assert max(values) >= AT_LEAST[name] if name in AT_LEAST else min(values) <= AT_MOST[name]
