"""Stories that must not end in silence: what was refused, dropped or never booked stays somebody's until it is done."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import (
    BOOKED,
    LATER,
    LATER_STILL,
    LEFT,
    MENDED,
    acknowledge,
    answer,
    codes,
    document,
    invoice,
    sent,
    shipment,
    take_answered,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House

ROOT = Path(__file__).parents[2]
MUCH_LATER = "2026-12-08T12:00:00Z"


@pytest.fixture
def answered(house: "House") -> "House":
    """An order whose answer is delivered."""
    take_answered(house)
    return house


def case(house: "House", code: str) -> dict[str, Any]:
    """The one open case of this code."""
    [found] = [each for each in house.cases if each["code"] == code]
    return found


def met(house: "House") -> dict[str, bool]:
    return {each["what"]: each["met"] for each in house.json("orders", "show", "A1")["deadlines"]}


# A ship notice that the partner refused


@pytest.fixture
def refused(answered: "House") -> "House":
    """A shipment has left, and its 856 came back refused."""
    tell(answered, shipment(), LEFT)
    acknowledge(answered, sent(answered, "856")[-1], "R", LATER)
    return answered


def test_a_refused_ship_notice_says_what_money_waits_for_it(refused: "House") -> None:
    assert case(refused, "acknowledgement-rejected")["at_stake"] == "681.00"


def test_a_refused_ship_notice_is_due_also_when_its_refusal_was_closed_by_hand(refused: "House") -> None:
    refused.run("cases", "resolve", case(refused, "acknowledgement-rejected")["id"], "--reason", "looked at")
    refused.once(LATER_STILL)
    due = case(refused, "ship-notice-due")
    assert (due["owner"], due["due_at"]) == ("operations", "2026-11-20T22:40:00Z")
    assert "the partner has no ship notice of it; it was due" in due["message"]
    assert not met(refused)["cancellation"]
    refused.once(MUCH_LATER)
    assert {"ship-notice-due", "cancellation-risk", "window-ending"} <= set(codes(refused))


def test_a_correction_of_a_refused_ship_notice_that_the_partner_takes_ends_its_cases(refused: "House") -> None:
    tell(refused, shipment(revision=1), LATER_STILL)
    acknowledge(refused, sent(refused, "856")[-1], "A", LATER_STILL)
    assert codes(refused) == []
    assert met(refused)["cancellation"]


def test_a_correction_that_its_gate_keeps_back_lets_the_refused_one_be_due(refused: "House") -> None:
    """The blocked revision tells it, and no deadline counts the refused one as having left."""
    tell(refused, shipment(revision=1, scac=None), LATER_STILL)
    assert codes(refused) == ["ship-notice-blocked"]
    assert not met(refused)["ship-notice:SHP1"]
    refused.once(MUCH_LATER)
    assert "cancellation-risk" in codes(refused)


# A line that the partner cancelled, and that was shipped all the same

BEFORE, AFTER = "2026-11-20T22:00:00Z", "2026-11-20T22:12:00Z"


def drop_line_2(house: "House", at: str) -> None:
    """An 860 takes line 2 out of the order. The ERP hears of it, and has not answered it yet."""
    body = ("ST*860*0001", "BCH*04*NE*A1***20261120", "POC*2*DI", "CTT*1", "SE*5*0001")
    text = house.interchange("".join(f"{each}~" for each in body), control=102).replace("GS*PO*", "GS*PC*")
    house.drop("860.edi", text)
    house.once(at)
    assert [line["line"] for line in house.json("orders", "show", "A1")["lines"]] == ["1", "3"]


def gaps(house: "House") -> list[tuple[str, str]]:
    shown = house.json("orders", "show", "A1")["gaps"]
    return [(gap["rule"], gap["severity"]) for gap in shown if gap["document"] == "856"]


def test_a_line_that_was_cancelled_before_it_left_blocks_by_a_rule_of_its_own(answered: "House") -> None:
    drop_line_2(answered, BEFORE)
    tell(answered, shipment(), LEFT)
    assert sent(answered, "856") == []
    assert gaps(answered) == [("line-cancelled", "block")]
    blocked = case(answered, "ship-notice-blocked")
    assert (
        "order A1, line 2: the partner cancelled it at 2026-11-20 22:00 UTC, after it was booked" in blocked["message"]
    )
    assert "take it out of the packs" in blocked["remedy"]
    assert "agree it with the partner" in blocked["remedy"]


def test_a_person_lets_a_line_go_that_was_cancelled_and_has_left_and_it_is_charged(answered: "House") -> None:
    drop_line_2(answered, BEFORE)
    tell(answered, shipment(), LEFT)
    held = answered.json("documents", "list", "--type", "856")[-1]["id"]
    answered.run("documents", "release", held, "--reason", "they keep it, says Ms Hill", "--at", MENDED)
    answered.once(MENDED)
    [notice] = sent(answered, "856")
    assert [each for each in notice if each.startswith(("LIN*", "SN1*"))] == [
        *("LIN*1*UP*614141000012", "SN1**24*EA"),
        *("LIN*2*UK*10614141000026", "SN1**1*CA") * 2,
    ]
    acknowledge(answered, notice, "A", LATER)
    tell(answered, invoice(), LATER_STILL)
    [bill] = sent(answered, "810")
    assert [each for each in bill if each.startswith("IT1*2")] == ["IT1*2*2*CA*43.5*PE*UK*10614141000026***PO*A1"]


def test_without_the_cancelled_line_the_others_go(answered: "House") -> None:
    drop_line_2(answered, BEFORE)
    tell(answered, shipment(), LEFT)
    without = shipment(revision=1)
    tell(answered, {**without, "packs": without["packs"][:1]}, MENDED)
    assert len(sent(answered, "856")) == 1
    assert "ship-notice-blocked" not in codes(answered)


def test_a_line_that_had_left_when_it_was_cancelled_holds_nothing_and_is_shown(answered: "House") -> None:
    """The ERP's file and the partner's change cross: the goods were first."""
    drop_line_2(answered, AFTER)
    tell(answered, shipment(), MENDED)
    assert len(sent(answered, "856")) == 1
    assert gaps(answered) == [("cancelled-too-late", "warn")]


def test_a_line_that_never_was_ordered_is_still_unknown(answered: "House") -> None:
    drop_line_2(answered, BEFORE)
    strange = shipment()
    strange["packs"][0]["items"][0]["line"] = "7"
    tell(answered, strange, LEFT)
    assert ("line-unknown", "block") in gaps(answered)


def test_a_cancelled_line_is_known_by_what_it_was_last_also_after_several_changes(answered: "House") -> None:
    """The order is changed, a line is dropped, and the order is changed once more."""
    more = answered.order("A1").replace("DTM*063*20261202", "DTM*063*20261203")
    answered.drop("850.edi", answered.interchange(more, control=103))
    answered.once(BOOKED)
    drop_line_2(answered, BEFORE)
    later = answered.order("A1", "24*EA*7.25*PE*UP*614141000012", "6*EA*12*PE*VN*ACM-003").replace("PO1*2*", "PO1*3*")
    answered.drop("850-2.edi", answered.interchange(later, control=104))
    answered.once("2026-11-20T22:05:00Z")
    tell(answered, answer(revision=1), LEFT)
    tell(answered, shipment(), LEFT)
    assert ("line-cancelled", "block") in gaps(answered)
    assert "cancelled it at 2026-11-20 22:00 UTC" in case(answered, "ship-notice-blocked")["message"]


# An ERP that answers without having said that it booked the order


def sales_order(house: "House") -> str | None:
    """The number of the order in the ERP."""
    booked = house.state("A1").booked
    return booked.number if booked else None


@pytest.fixture
def posted(house: "House") -> "House":
    """An order that went to the ERP, which has not said anything."""
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(BOOKED)
    return house


def test_an_answer_books_the_order_under_the_number_it_names(posted: "House") -> None:
    assert sales_order(posted) is None
    tell(posted, {**answer(), "sales_order": "SO-1001"}, LATER)
    assert sales_order(posted) == "SO-1001"
    assert document(posted, "sales-order")["acknowledgement"] == "accepted"
    tell(posted, {**answer(revision=1), "sales_order": "SO-1001"}, LATER_STILL)
    assert len(posted.history("event:order-booked")) == 1


def test_a_number_that_comes_with_a_later_answer_is_kept_and_what_is_known_is_not_replaced(posted: "House") -> None:
    tell(posted, answer(), LATER)
    assert posted.state("A1").booked is not None
    tell(posted, {**answer(revision=1), "sales_order": "SO-1001"}, LATER_STILL)
    assert sales_order(posted) == "SO-1001"
    tell(posted, answer(revision=2), "2026-11-20T22:50:00Z")
    assert sales_order(posted) == "SO-1001"


# The money that waits


def test_a_gap_of_the_conversion_says_what_money_waits_for_it_as_those_of_the_gate_do(answered: "House") -> None:
    strange = shipment(scac=None)
    strange["packs"][0]["items"][0]["line"] = "7"
    tell(answered, strange, LEFT)
    shown = answered.json("orders", "show", "A1")["gaps"]
    stakes = {gap["rule"]: gap["at_stake"] for gap in shown if gap["document"] == "856"}
    assert stakes == {"line-unknown": "5.22", "carrier-missing": "5.22"}


# A price that is not ours


DEARER = "10*CA*43.67*PE*UK*10614141000026"


def prices(house: "House") -> list[tuple[str, str, str]]:
    """What is told of prices, in gaps and in cases: where, how much it weighs, what is at stake."""
    shown = house.json("orders", "show", "A1")["gaps"]
    return [(gap["document"], gap["severity"], gap["at_stake"]) for gap in shown if gap["rule"] == "price-not-ours"]


def guide(house: "House", old: str, new: str) -> None:
    """Give the house a guide of its own, in which one text becomes another."""
    folder = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(ROOT / "mappings" / "guides" / "amazon-us", folder)
    text = (folder / "guide.toml").read_text()
    assert old in text
    (folder / "guide.toml").write_text(text.replace(old, new))


def say_yes(house: "House") -> None:
    line = {"line": "1", "accepted": "120", "ships_on": "2026-11-26"}
    tell(house, {**answer(), "lines": [line]}, LATER)


def test_a_price_that_is_not_ours_is_told_once_with_the_difference_at_stake(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", DEARER)))
    house.once()
    say_yes(house)
    assert len(sent(house, "855")) == 1
    assert prices(house) == [("sales-order", "warn", "1.70")]  # 436.70 for what the item master asks 435.00
    assert case(house, "price-not-ours")["at_stake"] == "1.70"


def test_a_guide_that_lets_a_price_block_holds_the_answer_and_tells_it_there(house: "House") -> None:
    guide(house, "[gates]\n", '[gates]\nprice-not-ours = "block"\n')
    house.drop("order.edi", house.interchange(house.order("A1", DEARER)))
    house.once()
    assert prices(house) == []
    say_yes(house)
    assert sent(house, "855") == []
    assert prices(house) == [("855", "block", "1.70")]
    assert case(house, "order-response-blocked")["owner"] == "finance"


# A document that its gate keeps back


@pytest.mark.parametrize(("given", "due_at"), [("1d", "2026-11-22T00:00:00Z"), ("3d", "2026-11-24T00:00:00Z")])
def test_an_invoice_must_have_left_when_its_guide_says(house: "House", given: str, due_at: str) -> None:
    guide(house, 'invoice         = "1d"', f'invoice = "{given}"')
    take_answered(house)
    tell(house, shipment(), LEFT)
    tell(house, invoice(total="262.00"), MENDED)
    assert case(house, "invoice-blocked")["due_at"] == due_at
