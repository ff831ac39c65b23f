"""Print the rows as a table, or as JSON for machines: a list of row, figure, goal, met."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence

from bench.big import ROWS as BIG
from bench.cold import ROWS as COLD
from bench.edifact import ROWS as EDIFACT
from bench.end_to_end import ROWS as END_TO_END
from bench.growth import ROWS as GROWTH
from bench.idle import ROWS as IDLE
from bench.journal import ROWS as JOURNAL
from bench.measure import Figure, Row
from bench.orders import ROWS as ORDERS
from bench.peers import ROWS as PEERS
from bench.peers import install
from bench.settlements import ROWS as SETTLEMENTS
from bench.sftp import ROWS as SFTP
from bench.ship_notices import ROWS as SHIP_NOTICES
from bench.x12 import ROWS as X12
from bench.xml import ROWS as XML

RUNNING: tuple[Row, ...] = (*JOURNAL, *END_TO_END, *GROWTH, *IDLE, *SFTP, *COLD)
"""What a running gateway costs, with a disk, a server and processes of its own."""

ROWS: tuple[Row, ...] = (*X12, *PEERS, *EDIFACT, *ORDERS, *SHIP_NOTICES, *BIG, *SETTLEMENTS, *XML, *RUNNING)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the rows asked for. 1 where a goal is missed, else 0."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure what the gateway costs.")
    parser.add_argument("--json", action="store_true", help="a list of row, figure, goal, met")
    parser.add_argument("--quick", action="store_true", help="small inputs and few rounds: a look, not a figure")
    parser.add_argument("--row", action="append", choices=[row.name for row in ROWS], help="only this row; repeatable")
    parser.add_argument("--peers", action="store_true", help="make the environments of the peers first, by pip")
    chosen = parser.parse_args(arguments)
    if chosen.peers:
        install()
    wanted = [row for row in ROWS if not chosen.row or row.name in chosen.row]
    for row in wanted:
        if row.lacks:
            print(f"{row.name} is left out: there is no {row.lacks} here", file=sys.stderr)
    found = [(row, row.measure(chosen.quick)) for row in wanted if not row.lacks]
    if chosen.json:
        print(json.dumps([_as_json(row, figure) for row, figure in found], indent=1))
    else:
        for row, figure in found:
            print(_as_line(row, figure))
    return int(any(row.is_met(figure) is False for row, figure in found))


def _as_json(row: Row, figure: Figure) -> dict[str, object]:
    return {"row": row.name, "figure": round(figure.value, 3), "goal": row.goal, "met": row.is_met(figure)}


def _as_line(row: Row, figure: Figure) -> str:
    goal = f"{'>=' if row.at_least else '<='} {row.goal:g}" if row.goal is not None else ""
    verdict = {True: "met", False: "MISSED", None: ""}[row.is_met(figure)]
    return f"{row.name:22} {figure.value:8.2f} {goal:>7} {verdict:6}  {row.title}: {figure.detail}"


if __name__ == "__main__":
    gc.set_threshold(100_000)  # as gateway/cli has it: what runs in this process is measured as it runs there
    sys.exit(main())
