from pathlib import Path

from tests.load import restart


def test_a_journal_with_much_in_doubt_is_ready_soon(tmp_path: Path) -> None:
    times = restart(2_000, 50, tmp_path / "instance")
    assert (times.documents, times.in_doubt, times.delivered) == (2_000, 50, 50)
    assert times.ready < 5
    assert len(list(times.lines())) == 4
