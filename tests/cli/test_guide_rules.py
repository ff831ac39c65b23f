"""A guide of one's own that names a rule that is none: it would change nothing, and nobody would see it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import ConfigError

if TYPE_CHECKING:
    from tests.conftest import House

GUIDES = Path(__file__).parents[2] / "mappings" / "guides"


def test_a_rule_that_is_none_is_told_with_the_one_that_was_meant(house: "House") -> None:
    own = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(GUIDES / "amazon-us", own)
    guide = own / "guide.toml"
    guide.write_text(guide.read_text().replace("[gates]\n", '[gates]\ncarier-missing = "warn"\n'))
    told = house.run("check", code=ConfigError.exit_code).stdout
    assert "mappings/guides/amazon-us/guide.toml: gates.carier-missing: there is no such rule" in told
    assert "did you mean 'carrier-missing'?" in told
    guide.write_text(guide.read_text().replace("carier-missing", "carrier-missing"))
    assert "everything is in order" in house.run("check").stdout
