"""An instance folder whose config.toml a test writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config import Config, read
from gateway.resources import default_chart

GOOD = """\
[partners.amazon-us]
format = "x12"
guide = "some-guide"
id = "ZZ:AMAZON"
our_id = "ZZ:5551234567"
[partners.amazon-us.accounts.ACME1]
company = "acme"
customer = "AMAZON-US"
currency = "USD"
[channels.amazon]
kind = "folder"
partners = ["amazon-us"]
in = "amazon/in"
out = "amazon/out"
[erp]
kind = "files"
in = "erp/in"
out = "erp/out"
"""


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A folder with guides of its own, and the chart of accounts that `gateway init` writes."""
    (tmp_path / "chart.csv").write_text(default_chart().text)
    for guide in ("some-guide", "amazon-us", "amazon-eu"):
        folder = tmp_path / "mappings" / "guides" / guide
        folder.mkdir(parents=True)
        (folder / "guide.toml").touch()
    return tmp_path


@pytest.fixture
def config(instance: Path) -> Config:
    """The smallest good config."""
    (instance / "config.toml").write_text(GOOD)
    found, problems = read(instance / "config.toml")
    assert found is not None, problems
    return found


@pytest.fixture
def said(instance: Path) -> Callable[..., list[str]]:
    """What is said about the good config with some of its text replaced: `line: message`."""

    def problems(*changes: tuple[str, str], more: str = "") -> list[str]:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (instance / "config.toml").write_text(text + more)
        return [f"{problem.line}: {problem.message}" for problem in read(instance / "config.toml")[1]]

    return problems
