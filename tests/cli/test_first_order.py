"""An 850 dropped in a folder becomes a sales order, answered by a 997: the main job, told as a user sees it.

Each story is told twice where it can be: with an order of our own, and with the files of the published examples where
they lie beside the checkout.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
SOON_AFTER = "2026-11-20T21:05:00Z"
ACCEPTED = "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1"


@dataclass(frozen=True)
class Story:
    """An order with what must come of it."""

    order: bytes
    number: str
    sales_order: dict[str, Any]

    @property
    def file(self) -> str:
        return f"sales-order.amazon-us.{self.number}.json"


def _line(line: str, sku: str, ordered: tuple[str, str, str], base: str, price: tuple[str, str], amount: str) -> Any:
    value, unit, code = ordered
    return {
        "line": line,
        "sku": sku,
        "ordered": {"value": value, "unit": unit, "code": code},
        "base": {"value": base, "unit": "each"},
        "price": {"amount": price[0], "per": price[1], "unit": "each"},
        "amount": amount,
    }


OWN_SALES_ORDER = {
    "document": "sales-order",
    "version": 1,
    "id": "amazon-us:3ZD8WQ5K",
    "partner": "amazon-us",
    "account": "ACME1",
    "purchase_order": "3ZD8WQ5K",
    "revision": 0,
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "customer": "AMAZON-US",
    "ship_to": {"code": "PHX6"},
    "window": {"not_before": "2026-11-25", "not_after": "2026-12-02"},
    "lines": [
        _line("1", "ACME-1", ("24", "each", "EA"), "24", ("7.25", "1"), "174.00"),
        _line("2", "ACME-26", ("10", "case", "CA"), "120", ("43.50", "12"), "435.00"),
        _line("3", "ACME-3", ("6", "each", "EA"), "6", ("12.00", "1"), "72.00"),
    ],
}


def _example(name: str) -> bytes:
    if not EXAMPLES.is_dir():
        pytest.skip("the published examples are not beside this checkout")
    return (EXAMPLES / name).read_bytes()


@pytest.fixture(params=["our own order", "the published example"])
def story(request: pytest.FixtureRequest, house: "House") -> Story:
    if request.param == "our own order":
        return Story(house.interchange(house.order("3ZD8WQ5K")).encode(), "3ZD8WQ5K", OWN_SALES_ORDER)
    expected = json.loads(_example("erp/sales-order.amazon-us.4XK7PL2Q.json"))
    return Story(_example("amzn_850_retail.edi"), "4XK7PL2Q", expected)


def test_an_850_becomes_a_sales_order_and_is_answered(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    told = house.once()
    assert "4 files taken, 0 of them in quarantine, 2 files delivered, 0 cases open" in told.stdout
    assert house.sales_orders == {story.file: story.sales_order}
    assert house.answers == [ACCEPTED]
    assert house.waiting == []
    assert house.quarantine == {}
    with house.journal() as journal:
        [arrived] = [file for file in journal.files() if file.name == "order.edi"]
        assert journal.bytes_of(arrived.id) == story.order
    shown = house.json("orders", "show", story.number)
    assert [(line["line"], line["sku"], line["ordered"]) for line in shown["lines"]] == [
        ("1", "ACME-1", "24"),
        ("2", "ACME-26", "120"),
        ("3", "ACME-3", "6"),
    ]
    house.run("journal", "verify", code=0)


def test_an_order_is_shown_with_everything_that_programs_rely_on(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    house.once()
    shown = house.json("orders", "show", story.number)
    assert {"partner", "account", "purchase_order", "stage", "lines", "documents", "gaps", "deadlines", "cases"} <= set(
        shown
    )
    assert (shown["partner"], shown["account"], shown["purchase_order"]) == ("amazon-us", "ACME1", story.number)
    assert shown["stage"] == "posted"
    quantities = ("ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")
    assert all(isinstance(line[name], str) for line in shown["lines"] for name in quantities)
    kinds = [(d["type"], d["direction"], d["delivery"], d["acknowledgement"]) for d in shown["documents"]]
    assert kinds == [
        ("850", "in", "none", "accepted"),
        ("sales-order", "out", "delivered", "awaited"),
        ("997", "out", "delivered", "none_expected"),
    ]
    needed = {"id", "type", "direction", "validation", "delivery", "acknowledgement", "control_number", "file"}
    assert all(needed <= set(document) for document in shown["documents"])
    assert shown["deadlines"] == [
        {"what": "answer", "due_at": "2026-11-21T21:01:00Z", "met": False, "late": False, "owner": "operations"},
        {"what": "booking", "due_at": "2026-11-20T23:02:00Z", "met": False, "late": False, "owner": "IT"},
        # Seven days after the last day of the window, which ends when it does in Phoenix.
        {"what": "cancellation", "due_at": "2026-12-10T07:00:00Z", "met": False, "late": False, "owner": "operations"},
    ]
    assert shown["gaps"] == []


def test_the_same_file_again_is_a_repeat_and_is_answered_again_under_a_new_number(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    house.once()
    house.drop("order.edi", story.order)
    house.once("2026-11-20T22:00:00Z")
    assert list(house.sales_orders) == [story.file]
    assert house.answers == [ACCEPTED, ACCEPTED]
    assert [entry.kind for entry in house.history("interchange-")] == ["interchange-opened", "interchange-repeated"]
    answers = [d for d in house.json("orders", "show", story.number)["documents"] if d["type"] == "997"]
    assert [answer["control_number"] for answer in answers] == ["000000001", "000000002"]
    assert house.cases == []


@pytest.mark.parametrize("line_end", [b"\r\n", b"", b"\n\n"])
def test_other_line_ends_do_not_make_another_order(house: "House", story: Story, line_end: bytes) -> None:
    house.drop("order.edi", story.order)
    house.once()
    house.drop("wrapped.edi", story.order.replace(b"\r\n", b"\n").replace(b"\n", line_end))
    house.once()
    assert list(house.sales_orders) == [story.file]
    assert [entry.kind for entry in house.history("interchange-")] == ["interchange-opened", "interchange-repeated"]


def test_a_known_control_number_with_other_content_is_held(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    house.once()
    house.drop("other.edi", story.order.replace(b"24*EA", b"25*EA"))
    house.drop("again.edi", story.order.replace(b"24*EA", b"25*EA"))
    house.once()
    assert list(house.sales_orders) == [story.file]
    assert house.answers == [ACCEPTED]
    assert [case["code"] for case in house.cases] == ["interchange-conflict"]
    assert house.quarantine["other.edi"]["code"] == "interchange-conflict"
    assert house.state(story.number).changes == ()


def test_a_control_number_is_free_again_after_a_year(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    house.drop("new.edi", house.interchange(house.order("A2")))
    house.once("2027-11-21T21:02:00Z")
    assert len(house.sales_orders) == 2


def test_a_second_850_with_a_known_number_is_a_change(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    changed = house.order("A1", "30*EA*7.25*PE*UP*614141000012", "10*CA*43.5*PE*UK*10614141000026", purpose="05")
    house.drop("change.edi", house.interchange(changed, control=102))
    house.once()
    first, second = (house.sales_orders[f"sales-order.amazon-us.A1{revision}.json"] for revision in ("", ".1"))
    assert [line["line"] for line in first["lines"]] == ["1", "2", "3"]
    assert [(line["line"], line["ordered"]["value"]) for line in second["lines"]] == [("1", "30"), ("2", "10")]
    assert second["revision"] == 1
    assert len(house.sales_orders) == 2
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("order-changed", "operations")
    assert "line 1: 24 each 614141000012 at 7.25 becomes 30 each 614141000012 at 7.25" in case["message"]
    assert "line 3 is gone" in case["message"]
    shown = house.run("orders", "show", "A1").stdout
    assert "changed by the partner: its purpose is replace; line 3 is gone" in shown
    assert case["id"] in house.json("orders", "show", "A1")["cases"]
    assert "order-changed" not in house.run("explain", "A1").stdout
    assert "came again with other content" in house.run("explain", "A1").stdout
    house.once()  # the case stays until somebody has looked at it
    assert [each["id"] for each in house.cases] == [case["id"]]
    house.run("cases", "resolve", case["id"], "--reason", "changed in the ERP")
    house.once()
    assert house.cases == []
    assert len(house.sales_orders) == 2


def test_the_same_order_under_another_account_is_another_order(house: "House") -> None:
    house.configure(
        "[partners.amazon-eu]",
        '[partners.amazon-us.accounts.ACME2]\ncompany = "acme"\ncustomer = "X"\n'
        'currency = "USD"\n\n[partners.amazon-eu]',
    )
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.drop("second.edi", house.interchange(house.order("A1", account="ACME2"), control=102))
    house.once()
    [case] = house.cases
    assert case["code"] == "order-of-another-account"
    assert "change it there by hand" not in case["remedy"]
    assert "came for account ACME2; the order of this number that is known is of account ACME1" in case["message"]
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]  # another account is never guessed
    assert house.json("orders", "show", "A1")["account"] == "ACME1"


def test_an_order_that_says_the_same_under_a_new_control_number_is_only_noted(house: "House") -> None:
    for control in (101, 102, 103):
        house.drop(f"{control}.edi", house.interchange(house.order("A1"), control=control))
    house.once()
    assert house.cases == []
    assert len(house.sales_orders) == 1
    assert len(house.answers) == 3
    assert [entry.kind for entry in house.history("order-repeated")] == ["order-repeated"] * 2


def test_an_order_that_changes_but_its_head_says_so(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.drop("second.edi", house.interchange(house.order("A1").replace("FOB*CC", "FOB*PP"), control=102))
    house.once()
    assert house.cases[0]["message"] == "order A1 came again with other content: freight changes"
    assert "changed by the partner: freight changes" in house.run("orders", "show", "A1").stdout


def test_an_order_that_changes_where_nobody_looks_says_that_its_lines_are_the_same(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.drop("second.edi", house.interchange(house.order("A1").replace("BEG*00*NE", "BEG*00*RO"), control=102))
    house.once()
    assert "the lines are the same" in house.cases[0]["message"]
    assert "the same lines again" in house.run("orders", "show", "A1").stdout


UNKNOWN = ("24*EA*7.25*PE*UP*614141000012", "5*EA*9.99*PE*VN*NEW-1")


def test_an_unknown_item_holds_the_order_until_its_row_comes(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    assert house.sales_orders == {}
    assert house.answers == [ACCEPTED]  # the syntax stands; what we can deliver is another question
    [case] = house.cases
    assert (case["code"], case["owner"], case["at_stake"]) == ("unknown-item", "item data", "49.95")
    assert case["due_at"] == "2026-11-21T17:01:00Z"
    [gap] = house.json("orders", "show", "A1")["gaps"]
    assert {
        "document": "sales-order",
        "purchase_order": "A1",
        "rule": "unknown-item",
        "severity": "block",
        "owner": "item data",
        "due_at": "2026-11-21T17:01:00Z",
        "at_stake": "49.95",
    }.items() <= gap.items()
    assert "1 thing is missing" in house.run("explain", "A1").stdout

    house.once()  # looking again changes nothing, and opens no second case
    assert [each["id"] for each in house.cases] == [case["id"]]

    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,9.99,no,no,2026-01-01", name="items-20261120.csv")
    house.once()
    assert [line["sku"] for line in house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]] == [
        "ACME-1",
        "ACME-9",
    ]
    closed = house.json("cases", "show", case["id"])
    assert (closed["state"], closed["closed_by"]) == ("closed", "gateway")
    assert closed["reason"] == "what it asked for is there"


def test_two_things_missing_are_counted(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "1*EA*1*PE*VN*X1", "1*EA*1*PE*VN*X2")))
    house.once()
    assert "2 things are missing" in house.run("explain", "A1").stdout
    assert len(house.cases) == 2


def test_a_line_given_up_by_hand_sends_the_good_lines_on(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    [case] = house.cases
    assert "would reject line 2" in house.run("cases", "resolve", case["id"], "--reject-line", "--dry-run").stdout
    house.run("cases", "resolve", case["id"], "--reject-line", "--reason", "never to be listed", "--at", SOON_AFTER)
    house.once()
    assert [line["line"] for line in house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]] == ["1"]
    assert house.json("orders", "show", "A1")["lines"][1]["rejected"] == "5"
    closed = house.json("cases", "show", case["id"])
    assert closed["reason"].endswith("never to be listed")
    assert "line 2 was given up by" in house.run("explain", "A1").stdout
    again = house.run("cases", "resolve", case["id"], "--reject-line", code=1)
    assert "closed already" in again.stderr


def test_when_the_answer_is_nearly_due_the_good_lines_go_on(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    house.once("2026-11-21T17:00:59Z")
    assert house.sales_orders == {}
    house.once("2026-11-21T17:01:00Z")
    assert len(house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]) == 1
    assert "the answer is nearly due" in house.run("explain", "A1").stdout


def test_a_line_that_the_policy_gave_up_is_a_case_until_somebody_has_dealt_with_it(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once("2026-12-05T00:00:00Z")  # it lay there for two weeks
    assert [case["code"] for case in house.cases] == ["unknown-item"]
    house.once("2026-12-05T01:00:00Z")  # and still there was an hour to see it
    assert len(house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]) == 1
    case, late = house.cases
    assert case["code"] == "line-given-up"
    assert case["message"].startswith("order A1, line 2 was given up by the policy: unknown-item: ")
    assert late["code"] == "answer-due"  # nothing holds it any more, and it is two weeks late
    house.run("cases", "resolve", case["id"], "--reason", "it was ordered again")
    house.once("2026-12-06T00:00:00Z")
    assert [case["code"] for case in house.cases] == ["answer-due", "booking-due"]


def test_the_deadline_counts_from_the_earliest_sign_of_the_order(house: "House") -> None:
    file = house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    earlier = 1_795_190_400  # 2026-11-20T16:00:00Z: it lay at the partner's for five hours
    os.utime(file, (earlier, earlier))
    house.once()
    assert house.json("orders", "show", "A1")["deadlines"][0]["due_at"] == "2026-11-21T16:00:00Z"


def test_an_order_whose_every_line_is_given_up_never_goes(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "5*EA*9.99*PE*VN*NEW-1")))
    house.once()
    house.once("2026-11-21T18:00:00Z")
    assert house.sales_orders == {}
    assert house.json("orders", "show", "A1")["stage"] == "rejected"
    [answer] = [each for each in house.json("orders", "show", "A1")["documents"] if each["type"] == "855"]
    assert (answer["validation"], answer["delivery"]) == ("ready", "delivered")  # by itself: the ERP never had it
    assert "is rejected" in house.run("explain", "A1").stdout
    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,9.99,no,no,2026-01-01")
    house.once("2026-11-21T19:00:00Z")
    assert house.sales_orders == {}


def test_the_policy_split_sends_good_lines_at_once(house: "House") -> None:
    house.configure('unknown_item      = "wait"', 'unknown_item      = "split"')
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    assert len(house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]) == 1
    assert "the policy sends good lines on at once" in house.run("explain", "A1").stdout


CASES = "10*CA*43.5*PE*UK*10614141000026"


@pytest.mark.parametrize(
    ("code", "owner", "arrange", "said"),
    [
        (
            "pack-mismatch",
            "item data",
            lambda house: house.items("ACME-26,,,,,10614141000026,10,active,,no,no,"),
            "12 (items.csv, the partner's row for the ordered id), 10 (items.csv",
        ),
        (
            "pack-missing",
            "item data",
            lambda house: house.items("ACME-26,amazon-us,10614141000026,UK,,10614141000026,,active,,no,no,2026-01-01"),
            "no source says how many pieces a case of ACME-26 holds",
        ),
        (
            "price-basis-missing",
            "finance",
            lambda house: house.configure('price_basis = "ordered-unit"', "# price_basis"),
            "(10 x 43.50 = 435.00) or of one piece (120 x 43.50 = 5220.00)?",
        ),
    ],
)
def test_a_case_line_that_cannot_be_counted_waits_for_a_person(
    house: "House", code: str, owner: str, arrange: Callable[["House"], object], said: str
) -> None:
    house.once()  # the masters of the example, before they are corrected
    arrange(house)
    house.drop("order.edi", house.interchange(house.order("A1", CASES)))
    house.once()
    [case] = house.cases
    assert (case["code"], case["owner"]) == (code, owner)
    assert said in case["message"]
    assert house.sales_orders == {}
    assert house.answers == [ACCEPTED]


def test_a_price_basis_that_is_set_lets_the_order_go(house: "House") -> None:
    house.configure('price_basis = "ordered-unit"', "# price_basis")
    house.drop("order.edi", house.interchange(house.order("A1", CASES)))
    house.once()
    assert [case["code"] for case in house.cases] == ["price-basis-missing"]
    house.configure("# price_basis", 'price_basis = "each"')
    house.once("2026-11-23T00:00:00Z")  # nobody gives such a line up, however late it is
    [line] = house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]
    assert line["price"] == {"amount": "43.50", "per": "1", "unit": "each"}
    assert line["amount"] == "5220.00"
    codes = {case["code"]: case for case in house.cases}
    assert set(codes) == {"price-not-ours", "answer-due"}  # it went, two days too late
    told = codes["price-not-ours"]
    assert (told["owner"], told["at_stake"]) == ("finance", "4785.00")
    assert "the order pays 5220.00 for 120 pieces of ACME-26, the item master asks 435.00" in told["message"]


def test_a_price_that_is_not_ours_is_told_and_holds_nothing(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", "24*EA*7.26*PE*UP*614141000012", CASES)))
    house.once()
    [line, other] = house.sales_orders["sales-order.amazon-us.A1.json"]["lines"]
    assert (line["amount"], other["amount"]) == ("174.24", "435.00")
    [case] = house.cases
    assert (case["code"], case["owner"], case["at_stake"]) == ("price-not-ours", "finance", "0.24")
    assert "line 1: the order pays 174.24 for 24 pieces of ACME-1, the item master asks 174" in case["message"]
    [gap] = house.json("orders", "show", "A1")["gaps"]
    assert (gap["rule"], gap["severity"], gap["line"]) == ("price-not-ours", "warn", "1")
    house.run("cases", "resolve", case["id"], "--reason", "agreed with the partner")
    house.once()
    assert house.cases == []


@pytest.mark.parametrize(("account", "said"), [("ACME7", "is for account 'ACME7'"), ("", "names no account")])
def test_an_unknown_account_is_a_case(house: "House", account: str, said: str) -> None:
    house.drop("order.edi", house.interchange(house.order("A1", account=account)))
    house.once()
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("account-unknown", "IT")
    assert said in case["message"]
    [gap] = house.json("orders", "show", "A1")["gaps"]
    assert gap["rule"] == "account-unknown"
    assert "1 thing is missing" in house.run("explain", "A1").stdout
    conflict = house.run("cases", "resolve", case["id"], "--reason", "because", code=1)
    assert "closes by itself when its remedy is done: add [partners.amazon-us.accounts." in conflict.stderr
    assert "not about an order line" in house.run("cases", "resolve", case["id"], "--reject-line", code=1).stderr


def test_an_account_that_is_added_lets_the_order_go(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", account="ACME7")))
    house.once()
    house.configure("accounts.ACME1]", "accounts.ACME7]")
    house.once()
    assert house.sales_orders["sales-order.amazon-us.A1.json"]["account"] == "ACME7"
    assert house.cases == []


def _result(order: str, result: str, **more: str) -> dict[str, Any]:
    return {"document": "posting-result", "version": 1, "id": f"amazon-us:{order}", "result": result, **more}


def test_the_erp_books_an_order(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    house.once()
    house.erp_says("posting-result.json", _result(story.number, "booked", number="SO-1001"))
    house.once()
    shown = house.json("orders", "show", story.number)
    assert (shown["stage"], shown["sales_order"]) == ("booked", "SO-1001")
    [posted] = [document for document in shown["documents"] if document["type"] == "sales-order"]
    assert posted["acknowledgement"] == "accepted"
    house.erp_says("again.json", _result(story.number, "booked", number="SO-1001"))
    house.once()
    assert len(house.history("event:order-booked")) == 1
    [listed] = house.json("orders", "list")
    assert listed["sales_order"] == "SO-1001"


def test_the_erp_refuses_an_order_and_takes_it_after_all(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once()
    house.erp_says("result.json", _result("A1", "refused", message="customer is blocked"))
    house.once()
    [case] = house.cases
    assert (case["code"], case["owner"], case["at_stake"]) == ("posting-refused", "operations", "681.00")
    assert "customer is blocked" in case["message"]
    shown = house.json("orders", "show", "A1")
    assert shown["stage"] == "refused"
    assert [d["acknowledgement"] for d in shown["documents"] if d["type"] == "sales-order"] == ["rejected"]
    house.erp_says("result.json", _result("A1", "booked", number="SO-7"))
    house.once()
    assert house.cases == []
    assert house.json("orders", "show", "A1")["stage"] == "booked"


@pytest.mark.parametrize("said", ["there is no order amazon-us:NONE", "has not been handed to the ERP"])
def test_word_of_an_order_that_is_not_with_the_erp_goes_to_quarantine(house: "House", said: str) -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    house.erp_says("result.json", _result("NONE" if "NONE" in said else "A1", "booked"))
    house.once()
    reason = house.quarantine["result.json"]
    assert reason["code"] == "erp-document-unreadable"
    assert said in reason["message"]
    assert "erp-document-unreadable" in [case["code"] for case in house.cases]


def test_a_bad_message_is_refused_alone_and_its_case_closes_when_the_order_comes_again(house: "House") -> None:
    good, bad = house.order("A1"), house.order("A2", "1X*EA*7.25*PE*UP*614141000012", st="0002")
    house.drop("two.edi", house.interchange(good, bad))
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-us.A1.json"]
    assert house.answers == [
        "AK1*PO*101 AK2*850*0001 AK5*A AK2*850*0002 AK3*PO1*9**8 AK4*2*330*6*1X AK5*R*5 AK9*P*2*2*1"
    ]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("message-refused", "operations")
    assert "850 A2 from amazon-us was refused" in case["message"]
    assert house.quarantine["two.edi"]["code"] == "character-invalid"
    assert house.quarantine["two.edi"]["place"].startswith("850 0002, segment 9, PO102, byte ")
    told_of_a1 = [d["type"] for d in house.json("orders", "show", "A1")["documents"]]
    assert told_of_a1 == ["850", "sales-order", "997"]

    house.drop("corrected.edi", house.interchange(house.order("A2"), control=102))
    house.once()
    assert house.cases == []
    assert house.json("cases", "show", case["id"])["reason"] == "the order came again"
    assert [d["type"] for d in house.json("orders", "show", "A2")["documents"]] == ["997", "850", "sales-order", "997"]


def test_the_published_refusal_is_said_to_the_element(house: "House") -> None:
    house.drop("bad.edi", _example("amzn_850_bad_quantity.edi"))
    house.once()
    expected = [s.strip() for s in _example("vendor_997_reject.edi").decode().split("~")]
    assert house.answers == [" ".join(segment for segment in expected if segment.startswith("AK"))]
    assert [case["code"] for case in house.cases] == ["message-refused"]


def test_the_published_test_order_waits_for_its_unknown_line(house: "House") -> None:
    house.drop("test.edi", _example("amzn_850_T0000001.edi"))
    house.once("2026-11-20T21:11:00Z")
    assert [case["code"] for case in house.cases] == ["unknown-item"]
    house.once("2026-11-21T17:10:00Z")
    expected = json.loads(_example("erp/sales-order.amazon-us.T0000001.json"))
    assert house.sales_orders == {"sales-order.amazon-us.T0000001.json": expected}


def test_masters_that_come_with_the_order_are_understood_first(house: "House") -> None:
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,9.99,no,no,2026-01-01", name="items.delta.csv")
    house.once()
    assert "sales-order.amazon-us.A1.json" in house.sales_orders
    assert house.json("cases", "list", "--state", "all") == []


def test_a_row_that_cannot_be_read_is_one_case_and_leaves_the_others_standing(house: "House") -> None:
    house.once()
    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,9.99,no,no,2026-01-01", "ACME-8,,,,,,many,active,,no,no,")
    house.drop("order.edi", house.interchange(house.order("A1", *UNKNOWN)))
    house.once()
    assert "sales-order.amazon-us.A1.json" in house.sales_orders
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("row-unreadable", "item data")
    assert house.quarantine["items.csv"]["code"] == "row-unreadable"
    house.items("ACME-8,,,,,,10,active,,no,no,")
    house.once()
    assert house.cases == []


def test_every_order_of_the_samples_ends_with_the_erp_or_with_a_case(house: "House") -> None:
    samples = sorted((Path(__file__).parents[2] / "samples" / "x12").glob("850-*.edi"))
    assert samples
    house.configure('our_id = "ZZ:5551234567"', 'our_id = "ZZ:5559876543"')
    house.configure("accounts.ACME1]", "accounts.TOLB1]")
    house.items(
        "T-1,amazon-us,036000291452,UP,,,,active,,no,no,", "T-2,amazon-us,10036000291459,UK,,,12,active,,no,no,"
    )
    for sample in samples:
        house.drop(sample.name, sample.read_bytes())
    house.once("2026-11-20T12:30:00Z")
    assert house.waiting == []
    # An order by the rules of another retailer: its BEG02 is a code that this partner does not use.
    assert {name: reason["code"] for name, reason in house.quarantine.items()} == {"850-retail.edi": "code-unknown"}
    assert "order:amazon-us:0061-7733-0412" in [s for case in house.cases for s in case["subjects"]]
    assert len(house.answers) == len(samples)
    orders = house.json("orders", "list")
    with_a_case = {subject for case in house.cases for subject in case["subjects"]}
    for order in orders:
        is_with_the_erp = f"sales-order.amazon-us.{order['purchase_order']}.json" in house.sales_orders
        assert is_with_the_erp or f"order:amazon-us:{order['purchase_order']}" in with_a_case


@pytest.mark.parametrize("number", ["A/B.1", "PO 7", "..", "-rf", "a:b", "x" * 22])
def test_an_order_number_may_hold_anything(house: "House", number: str) -> None:
    house.drop("order.edi", house.interchange(house.order(number)))
    house.once()
    [sales_order] = house.sales_orders.values()
    assert sales_order["purchase_order"] == number
    assert sales_order["id"] == f"amazon-us:{number}"
    assert house.answers == [ACCEPTED]
    assert house.cases == []
    house.erp_says("result.json", _result(number, "booked", number="SO-1"))
    house.once()
    assert house.json("orders", "show", f"amazon-us:{number}")["stage"] == "booked"


def test_a_deadline_that_was_met_too_late_says_so(house: "House") -> None:
    house.drop("850.edi", house.interchange(house.order()))
    house.once()
    house.once("2026-11-22T08:00:00Z")  # the answer was due on the 21st, and somebody was told
    lines = [{"line": line, "accepted": pieces} for line, pieces in (("1", "24"), ("2", "120"), ("3", "6"))]
    said = {"document": "order-response", "version": 1, "partner": "amazon-us", "purchase_order": "4XK7PL2Q"}
    dated = [{**line, "ships_on": "2026-11-26"} for line in lines]
    house.erp_says("answer.json", {**said, "revision": 0, "sales_order": "SO-1", "lines": dated})
    house.once("2026-11-22T09:00:00Z")
    (answer,) = (each for each in house.json("orders", "show", "4XK7PL2Q")["deadlines"] if each["what"] == "answer")
    assert (answer["met"], answer["late"]) == (True, True)
    assert "answer: 2026-11-21T21:01:00Z, met, but late" in house.run("orders", "show", "4XK7PL2Q").output
