"""The ERP may be ahead of the partner: whatever comes first, what leaves does so in the order that the partner needs.

Answer, shipment and invoice come in every order after the booking, and everything comes from back to front. What comes
early waits, and goes by itself when its turn has come.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from tests.golden.play import File, Play, Turn, files_of
from tests.judge.judgement import judge_folder

if TYPE_CHECKING:
    from tests.conftest import House

KINDS = ("posting-result", "order-response", "shipment", "invoice")
ANSWERS = {"x12": "-partner-997.edi", "edifact": "-partner-CONTRL.edi"}
SENT = {"x12": ["997", "855", "856", "810"], "edifact": ["CONTRL", "ORDRSP", "DESADV", "INVOIC"]}
PLAYED = [
    *(("x12", ("posting-result", *order)) for order in permutations(KINDS[1:])),
    *((standard, KINDS[::-1]) for standard in ("x12", "edifact")),
]
HALF_A_MINUTE = timedelta(seconds=30)


def sent_types(play: Play) -> list[str]:
    """The types of what was sent, in order."""
    texts = (data.decode() for way, data in play.wire if way == "sent")
    return [found.group(1) for text in texts if (found := re.search(r"^(?:ST\*|UNH\+\d+\+)(\w+)", text, re.MULTILINE))]


@pytest.mark.parametrize(("standard", "order"), PLAYED, ids=str)
def test_what_comes_early_leaves_in_its_turn(
    standard: str, order: tuple[str, ...], make_house: Callable[..., "House"]
) -> None:
    files = files_of(f"{standard}-clean-order")
    by_kind = {kind: file for file in files for kind in KINDS if file.path.name.endswith(f"-erp-{kind}.json")}
    answers = [file for file in files if file.path.name.endswith(ANSWERS[standard])]
    begins_at = files[0].at - timedelta(hours=1)
    play = Play(make_house("house", "--at", f"{begins_at:%Y-%m-%dT%H:%M:%SZ}"))
    play.begin(begins_at)
    # All of it after the goods have left, so that no time is a reason to wait.
    left_at = by_kind["invoice"].at
    coming = [files[0], *(by_kind[kind] for kind in order), *answers]
    for place, file in enumerate(coming):
        at = file.at if place == 0 else left_at + place * HALF_A_MINUTE
        play.take(Turn(File(file.path, at, file.direction), ()))
        assert sent_types(play) == SENT[standard][: len(sent_types(play))]
    assert sent_types(play) == SENT[standard]
    assert judge_folder(play.wire, {"10099999000020": 8}) == []
