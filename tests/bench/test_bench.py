"""The benchmark runs, and tells what it found in both forms. Its figures are not judged: a busy machine is no bug."""

import json

import pytest

from bench.__main__ import ROWS, main
from bench.measure import Figure, Row


def test_json_tells_each_row_with_its_goal(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", "--quick"])
    found = json.loads(capsys.readouterr().out)
    assert [row["row"] for row in found] == [row.name for row in ROWS if not row.lacks]
    assert all(set(row) == {"row", "figure", "goal", "met"} and row["figure"] >= 0 for row in found)


def test_one_row_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--row", "order-explained"])
    assert capsys.readouterr().out.startswith("order-explained")


def test_a_row_that_needs_what_is_not_here_is_left_out_and_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("bench.measure.which", lambda *_, **__: None)
    assert main(["--row", "sftp"]) == 0
    assert "sftp is left out: there is no sshd here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("goal", "at_least", "value", "met"),
    [
        (8, False, 7.9, True),
        (8, False, 8.1, False),
        (0.3, True, 0.4, True),
        (0.3, True, 0.2, False),
        (None, True, 1, None),
    ],
)
def test_a_goal_is_a_least_or_a_most(goal: float | None, at_least: bool, value: float, met: bool | None) -> None:
    row = Row("trial", "a trial", lambda _: Figure(value, ""), goal, at_least)
    assert row.is_met(row.measure(True)) is met
