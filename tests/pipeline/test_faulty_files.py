"""The faulty files of samples/invalid through the whole pipeline: each gets the answer that was written down for it."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.instance import mappings_of

if TYPE_CHECKING:
    from gateway.mapping.library import Mappings
    from tests.pipeline.conftest import Wire

ROOT = Path(__file__).parents[2]
INVALID = ROOT / "samples" / "invalid"
SHIP_NOTICES = (
    '[messages.856]\ngrammar   = "x12/005010/856"\ndirection = "out"',
    """[messages.856]
grammar = "x12/005010/856"
direction = "both"

[messages.999]
grammar = "x12/005010/999"
direction = "both\"""",
)
DESADV = 'grammar    = "edifact/d96a/DESADV"\ndirection  = "out"'

# What the configuration and the journal decide: these are not answered, and become cases.
UNANSWERED = {
    **dict.fromkeys(("303-sender-unknown", "504-sender-unknown"), "nobody to answer"),
    **dict.fromkeys(("328-sender-qualifier", "329-sender-id"), "nobody to answer"),
    **dict.fromkeys(("304-receiver-unknown", "503-recipient-unknown"), "no agreement under these ids"),
    **dict.fromkeys(("330-receiver-qualifier", "331-receiver-id"), "no agreement under these ids"),
    **dict.fromkeys(("308-test-data-for-a-live-partner", "505-test-data-for-a-live-partner"), "no agreement on tests"),
    **dict.fromkeys(("317-control-number-with-other-content", "506-reference-with-other-content"), "held, not judged"),
}
MALFORMED = ("157-message-control-number", "165-group-control-number", "305-interchange-control-number")


@pytest.fixture(scope="module")
def by_the_standard(tmp_path_factory: pytest.TempPathFactory) -> "Mappings":
    """Guides that answer by 999 too, take ship notices, and ask for no more and no less than the standard does."""
    folder = tmp_path_factory.mktemp("instance")
    changes = {
        "amazon-us/guide.toml": (SHIP_NOTICES, ('997 = "always"', '997 = "always"\n999 = "always"')),
        "amazon-us/850.schema.toml": (('CTT = "M 1"\n', ""), ('"warn"', '"reject"')),
        "amazon-eu/guide.toml": ((DESADV, DESADV.replace("out", "both")),),
        "amazon-eu/ORDERS.schema.toml": (('"warn"', '"reject"'),),
    }
    shutil.copytree(ROOT / "mappings" / "guides", folder / "mappings" / "guides")
    for name, pairs in changes.items():
        file = folder / "mappings" / "guides" / name
        text = file.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text)
    mappings = mappings_of(folder)
    assert mappings.problems(["amazon-us", "amazon-eu"]) == []
    return mappings


@pytest.mark.parametrize("file", sorted(INVALID.rglob("*.edi")), ids=lambda file: file.stem)
def test_a_faulty_file_gets_the_answer_that_was_written_down_and_a_case(
    wire: "Wire", by_the_standard: "Mappings", file: Path
) -> None:
    expected = tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8"))["expected"]
    wire.mappings = by_the_standard
    wire.repeats_what_came = file.stem in MALFORMED
    receipt = wire.receive(file.read_bytes())
    if file.stem in UNANSWERED:
        expected = [line for line in expected if not re.search(r"\*R\*0\d\d$|\+4\+\d+\+UNB", line)]
    assert wire.segments == expected
    assert "internal-error" not in {case.code for case in wire.cases}
    assert bool(receipt.reasons) <= bool(wire.cases)
