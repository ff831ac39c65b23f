"""Peers that are there are timed on the same file; those that are not are left out, and that is said."""

import sys
from pathlib import Path

import pytest

from bench import peers
from bench.__main__ import main
from bench.peers import Peer

CSV = Peer("csv", (), "import csv", "for row in csv.reader(open(path), delimiter='*'): pass", 10_000)


def test_a_peer_is_timed_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Peer, "python", Path(sys.executable))
    figure = peers.against(CSV, True)
    assert figure.value > 0
    assert "csv" in figure.detail


@pytest.mark.parametrize("name", ["x12-pyx12", "x12-linuxforhealth-x12"])
def test_a_peer_that_is_not_here_is_left_out_and_said(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.measure.which", lambda *_, **__: None)
    assert main(["--row", name]) == 0
    said = capsys.readouterr()
    assert f"{name} is left out" in said.err
    assert not said.out


def test_each_peer_is_installed_once_by_pip_into_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(command: list[object], *, check: bool) -> None:
        assert check
        ran.append([str(word) for word in command])
        python = tmp_path / "csv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(peers, "_FOLDER", tmp_path)
    monkeypatch.setattr(peers, "_PEERS", (Peer("csv", ("csv==1", "other<2"), "", "", 1),))
    monkeypatch.setattr("subprocess.run", run)
    peers.install()
    peers.install()
    assert [command[1:] for command in ran] == [
        ["-m", "venv", str(tmp_path / "csv")],
        ["-m", "pip", "install", "--quiet", "csv==1", "other<2"],
    ]
