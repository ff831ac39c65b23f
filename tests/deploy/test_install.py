"""The wheel, as it is installed elsewhere: in an environment of its own, outside of any checkout, with all it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import House

ROOT = Path(__file__).parents[2]


def _run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program that knows nothing of the checkout; it must end well."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GATEWAY", "COV"))}
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stdout[-500:], done.stderr[-2000:])
    return done


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a wheel that was built from here, with the versions of constraints.txt."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip")
    _run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", ROOT, cwd=folder)
    [wheel] = (folder / "dist").glob("edi_gateway-*.whl")
    _run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    install = ("install", "--quiet", "--no-compile", "-c", ROOT / "constraints.txt", wheel)
    _run(*pip, "--python", python, *install, cwd=folder)
    return folder / "venv" / "bin" / "gateway"


@pytest.mark.timeout(240)
def test_an_installed_gateway_makes_an_instance_translates_and_takes_a_turn(gateway: Path, tmp_path: Path) -> None:
    located = _run(gateway.parent / "python", "-c", "import gateway; print(gateway.__file__)", cwd=tmp_path).stdout
    assert Path(located.strip()).is_relative_to(gateway.parents[1])
    _run(gateway, "init", "instance", "--example", cwd=tmp_path)
    config = ("-c", tmp_path / "instance" / "config.toml")
    _run(gateway, *config, "check", cwd=tmp_path)
    order = House.interchange(House.order("A1")).encode()
    (tmp_path / "order.edi").write_bytes(order)
    translated = _run(gateway, "translate", "order.edi", "--to", "json", cwd=tmp_path).stdout
    assert json.loads(translated)["number"] == "A1"
    (tmp_path / "instance" / "amazon" / "in" / "order.edi").write_bytes(order)
    _run(gateway, *config, "once", cwd=tmp_path)
    listed = json.loads(_run(gateway, *config, "orders", "list", "--json", cwd=tmp_path).stdout)
    assert [row["purchase_order"] for row in listed] == ["A1"]
    assert list((tmp_path / "instance" / "amazon" / "out").glob("*_997_*"))
    assert "whole" in _run(gateway, *config, "journal", "verify", cwd=tmp_path).stdout
