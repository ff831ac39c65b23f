"""What could have happened in the golden conversations and did not: labels used again, too much shipped, two orders.

Each test plays a conversation up to a file, gives the ERP or the partner other words, and has the judge read what left.
"""

import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.golden.play import GOLDEN, Direction, File, Play, Turn, turns_of
from tests.judge.judgement import judge_folder

if TYPE_CHECKING:
    from tests.conftest import House

Json = dict[str, Any]
BACK, CLEAN, CANCELLED = "x12-backorder-second-shipment", "x12-clean-order", "x12-cancellation"
SECOND_LEAVES = datetime(2027, 1, 21, 15, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Aside:
    """A conversation that goes on otherwise."""

    def __init__(self, play: Play, name: str, folder: Path) -> None:
        self.play, self.name, self.folder, self.given = play, name, folder, 0

    def erp_document(self, file: str) -> Json:
        found: Json = json.loads((GOLDEN / self.name / file).read_text())
        return found

    def give(self, content: Json | str, at: datetime) -> list[str]:
        """The ERP's document, or the partner's file, comes. The types of what leaves then."""
        self.given += 1
        is_erp = isinstance(content, dict)
        path = self.folder / f"{self.given}.{'json' if is_erp else 'edi'}"
        path.write_text(json.dumps(content) if isinstance(content, dict) else content)
        direction: Direction = "from-erp" if is_erp else "received"
        before = len(self.play.wire)
        self.play.take(Turn(File(path, at, direction), ()))
        assert judge_folder(self.play.wire, {"10099999000020": 8}) == []
        sent = [data.decode() for way, data in self.play.wire[before:] if way == "sent"]
        return [found.group() for text in sent if (found := re.search(r"(?<=^ST\*)\d+", text, re.MULTILINE))]

    def blocked(self) -> str:
        """Why the one document that is blocked is."""
        (message,) = (case["message"] for case in self.play.house.cases if case["code"].endswith("-blocked"))
        assert isinstance(message, str)
        return message


@pytest.fixture
def aside(make_house: Callable[..., "House"], tmp_path: Path) -> Callable[[str, int], Aside]:
    """A conversation, played up to the file with this number."""

    def play_until(name: str, last: int) -> Aside:
        turns = turns_of(name)
        begins_at = turns[0].comes.at - timedelta(hours=1)
        play = Play(make_house("house", "--at", f"{begins_at:%Y-%m-%dT%H:%M:%SZ}"))
        play.begin(begins_at)
        for turn in turns:
            if int(turn.comes.path.name[:2]) <= last:
                assert not play.take(turn)
        return Aside(play, name, tmp_path)

    return play_until


def test_a_label_of_another_shipment_is_not_used_again(aside: Callable[[str, int], Aside]) -> None:
    story = aside(BACK, 13)
    shipment = story.erp_document("14-erp-shipment.json")
    shipment["packs"][0]["sscc"] = story.erp_document("08-erp-shipment.json")["packs"][0]["sscc"]
    assert story.give(shipment, SECOND_LEAVES) == []
    assert "was on shipment NWS00301" in story.blocked()
    assert story.give({**story.erp_document("14-erp-shipment.json"), "revision": 1}, SECOND_LEAVES + MINUTE) == ["856"]


def test_a_second_shipment_holds_no_more_than_what_is_left(aside: Callable[[str, int], Aside]) -> None:
    story = aside(BACK, 13)
    shipment = story.erp_document("14-erp-shipment.json")
    shipment["packs"].append({**shipment["packs"][0], "sscc": "009999900000030992", "tracking": "1ZNW000000003099"})
    assert story.give(shipment, SECOND_LEAVES) == []
    assert "88 pieces would be shipped, promised are 80" in story.blocked()


def test_a_replacement_counts_in_place_of_what_it_replaces(aside: Callable[[str, int], Aside]) -> None:
    story = aside(BACK, 16)
    shipment = story.erp_document("14-erp-shipment.json")
    shipment["packs"].pop()
    assert story.give({**shipment, "revision": 1}, SECOND_LEAVES + MINUTE) == ["856"]
    assert b"\nBSN*05*NWS00302*" in story.play.wire[-1][1]
    invoice = story.erp_document("17-erp-invoice.json")
    assert story.give(invoice, SECOND_LEAVES + timedelta(days=1)) == []
    assert "is blocked" in story.blocked()


def test_an_invoice_that_has_gone_is_not_sent_again(aside: Callable[[str, int], Aside]) -> None:
    story = aside(BACK, 16)
    invoice = {**story.erp_document("17-erp-invoice.json"), "invoice": "NWI00301", "revision": 1}
    assert story.give(invoice, SECOND_LEAVES + timedelta(days=1)) == []
    assert "has gone to the partner already" in story.blocked()


def test_goods_of_a_cancelled_order_are_not_announced(aside: Callable[[str, int], Aside]) -> None:
    story = aside(CANCELLED, 9)
    shipment = json.loads((GOLDEN / CLEAN / "08-erp-shipment.json").read_text())
    shipment["packs"] = shipment["packs"][:1]
    shipment["packs"][0]["items"][0]["purchase_order"] = "6NX08QTA"
    assert story.give(shipment, SECOND_LEAVES) == []
    assert "was cancelled by the partner" in story.blocked()


def test_cartons_with_goods_of_two_orders_stand_under_both_and_each_order_has_its_invoice(
    aside: Callable[[str, int], Aside],
) -> None:
    story = aside(CLEAN, 7)
    at = datetime(2027, 1, 11, 17, 0, tzinfo=UTC)
    order = (GOLDEN / CLEAN / "01-partner-850.edi").read_text().replace("6NX01QTA", "6NX91QTA")
    assert story.give(re.sub(r"6001(?=[*~])", "6091", order), at) == ["997"]
    assert story.give({**story.erp_document("04-erp-posting-result.json"), "id": "amazon-us:6NX91QTA"}, at) == []
    answer = {**story.erp_document("05-erp-order-response.json"), "purchase_order": "6NX91QTA"}
    assert story.give(answer, at) == ["855"]
    answered = (GOLDEN / CLEAN / "07-partner-997.edi").read_text().replace("AK1*PR*2", "AK1*PR*4")
    assert story.give(re.sub(r"6002(?=[*~])", "6092", answered), at) == []

    shipment = story.erp_document("08-erp-shipment.json")
    for pack in shipment["packs"]:
        pack["items"] += [{**item, "purchase_order": "6NX91QTA"} for item in pack["items"]]
    at = datetime(2027, 1, 15, 15, 11, tzinfo=UTC)
    assert story.give(shipment, at) == ["856"]
    notice = story.play.wire[-1][1].decode()
    assert (notice.count("\nPRF*"), notice.count("\nMAN*GM*"), notice.count("\nTD1*CTN*5*")) == (2, 10, 1)
    stands = (GOLDEN / CLEAN / "10-partner-997.edi").read_text().replace("AK1*SH*3", "AK1*SH*5")
    assert story.give(stands, at + MINUTE) == []

    invoice = story.erp_document("11-erp-invoice.json")
    of_the_other = [{**line, "purchase_order": "6NX91QTA"} for line in invoice["lines"]]
    both = {**copy.deepcopy(invoice), "lines": [*invoice["lines"], *of_the_other], "total": "835.20"}
    assert story.give(both, at + timedelta(days=1)) == []
    assert "charges 2 orders" in story.blocked()
    assert story.give({**invoice, "revision": 1}, at + timedelta(days=1)) == ["810"]
    assert story.give({**invoice, "invoice": "NWI00102", "lines": of_the_other}, at + timedelta(days=1)) == ["810"]


def refusal(kind: str, group: int, message: str, at: datetime) -> str:
    """The partner's 997 that refuses one message of ours."""
    parties = "*ZZ*AMAZON         *ZZ*5550004321     "
    return (
        f"ISA*00*          *00*          {parties}*{at:%y%m%d}*{at:%H%M}*U*00401*000006901*0*P*>~\n"
        f"GS*FA*AMAZON*5550004321*{at:%Y%m%d}*{at:%H%M}*6901*X*004010~\nST*997*0001~\nAK1*{kind}*{group}~\n"
        f"AK2*{message}*0001~\nAK5*R~\nAK9*R*1*1*0~\nSE*6*0001~\nGE*1*6901~\nIEA*1*000006901~\n"
    )


def test_an_invoice_that_was_refused_is_corrected_under_its_number(aside: Callable[[str, int], Aside]) -> None:
    story = aside(CLEAN, 12)
    at = datetime(2027, 1, 16, 15, 30, tzinfo=UTC)
    assert story.give(refusal("IN", 4, "810", at), at) == []
    assert story.give({**story.erp_document("11-erp-invoice.json"), "revision": 1}, at + MINUTE) == ["810"]
    assert story.play.house.cases == []


def test_an_answer_does_not_take_back_what_has_left(aside: Callable[[str, int], Aside]) -> None:
    story = aside(CLEAN, 10)
    answer = {**story.erp_document("05-erp-order-response.json"), "revision": 1}
    answer["lines"][0].update(accepted="12", rejected="12", reason="out_of_stock")
    assert story.give(answer, datetime(2027, 1, 15, 16, 30, tzinfo=UTC)) == []
    assert "order response" in story.blocked() or "855" in story.blocked()
