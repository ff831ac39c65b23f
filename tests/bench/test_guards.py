"""What was won stays won: the cheap rows again, small and with generous limits, and what must not happen at all.

The limits are far from the figures, so that a busy machine breaks none of them; what was slow before would.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.idle import idle
from bench.instances import example, order
from bench.journal import group, peer

# What `translate` has no use for; together they took as long as all the rest of it.
_HEAVY = ("gateway.pipeline", "gateway.journal", "gateway.lifecycle", "gateway.catalogue", "gateway.mapping.reports")
_FOREIGN = ("sqlite3", "structlog", "rich", "paramiko", "lxml", "apscheduler", "asyncio")
_LOADED = "import sys; from gateway.cli import main; main(standalone_mode=False); print(*sys.modules, file=sys.stderr)"


def test_translate_loads_nothing_that_only_a_running_gateway_needs(tmp_path: Path) -> None:
    (tmp_path / "850.edi").write_bytes(order(1))
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, "translate", "850.edi"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert '"number": "P0000001"' in ran.stdout
    loaded = set(ran.stderr.split())
    assert "gateway.mapping.messages" in loaded
    assert not loaded & {*_HEAVY, *_FOREIGN}


def test_a_look_at_files_that_stay_costs_little_more_than_asking_for_them() -> None:
    assert idle(True).value < 3


def test_entries_that_share_a_commit_are_many_times_as_fast() -> None:
    assert group(True).value > 3


def test_the_journal_takes_no_longer_over_an_entry_than_sqlite_utils_over_a_row() -> None:
    assert peer(True).value > 0.7


def test_what_awaits_an_answer_is_found_without_reading_all_that_was_ever_sent() -> None:
    with tempfile.TemporaryDirectory() as folder, example(Path(folder) / "gateway") as instance:
        connection = instance.journal._connection
        asked: list[str] = []

        def rows(sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
            asked.extend(str(row[3]) for row in connection.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
            return []

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(instance.journal, "_connection", type("Explaining", (), {"rows": staticmethod(rows)})())
            instance.journal.documents(direction="out", acknowledgement="awaited", delivery="delivered")
    assert asked == ["SEARCH documents USING INDEX documents_unanswered (id<?)"]
