"""An ORDERS dropped in a folder becomes a sales order and, because it asks, is answered by a CONTRL: the European twin.

Each story is told twice where it can be: with an order of our own, and with the files of the published examples where
they lie beside the checkout.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from gateway.cli import main

if TYPE_CHECKING:
    from tests.conftest import House

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
SAMPLES = Path(__file__).parents[2] / "samples"
PARTIES = "5450534000000:14+4012345000009:14"
ASKS = "++++1+EANCOM"
LINES = (("LIN+1++4012345000016:EN", "24", "7.25"), ("LIN+2'PIA+5+ACM-002:SA", "40", "10.87"))
NOON = "2026-11-20T12:05:00Z"


def order(number: str = "5EUORDER", *lines: tuple[str, str, str], reference: str = "1") -> str:
    """An ORDERS, UNH to UNT. A line is what names the item, the quantity and the price."""
    wanted = lines or LINES
    body = [
        f"UNH+{reference}+ORDERS:D:96A:UN:EAN008",
        f"BGM+220+{number}+9",
        *("DTM+137:20261120:102", "DTM+63:20261127:102", "DTM+64:20261124:102", "RFF+CR:ACME5"),
        *("NAD+BY+5450534000017::9", "NAD+SU+4012345000009::9", "NAD+DP+5450534000086::9+++++++DE", "CUX+2:EUR:9"),
        *(f"{item}'QTY+21:{quantity}'PRI+AAA:{price}" for item, quantity, price in wanted),
        *("UNS+S", f"CNT+2:{len(wanted)}"),
    ]
    segments = "'".join(body).count("'") + 2
    return "'\n".join(body) + f"'\nUNT+{segments}+{reference}'\n"


def interchange(*messages: str, control: str = "901", parties: str = PARTIES, tail: str = ASKS, una: str = "") -> str:
    return (
        f"{una}UNB+UNOA:2+{parties}+261120:1200+{control}{tail}'\n{''.join(messages)}UNZ+{len(messages)}+{control}'\n"
    )


@dataclass(frozen=True)
class Story:
    """An order with what must come of it."""

    order: bytes
    number: str
    sales_order: dict[str, Any]
    answer: str

    @property
    def file(self) -> str:
        return f"sales-order.amazon-eu.{self.number}.json"


def _line(line: str, sku: str, quantity: str, price: str, amount: str) -> dict[str, Any]:
    return {
        "line": line,
        "sku": sku,
        "ordered": {"value": quantity, "unit": "item", "code": None},
        "base": {"value": quantity, "unit": "each"},
        "price": {"amount": price, "per": "1", "unit": "each"},
        "amount": amount,
    }


OWN_SALES_ORDER = {
    "document": "sales-order",
    "version": 1,
    "id": "amazon-eu:5EUORDER",
    "partner": "amazon-eu",
    "account": "ACME5",
    "purchase_order": "5EUORDER",
    "revision": 0,
    "ordered_on": "2026-11-20",
    "currency": "EUR",
    "customer": "AMAZON-EU",
    "ship_to": {"code": "5450534000086"},
    "window": {"not_before": "2026-11-24", "not_after": "2026-11-27"},
    "lines": [
        _line("1", "ACME-1", "24", "7.25", "174.00"),
        _line("2", "ACME-2", "40", "10.87", "434.80"),
    ],
}


def _example(name: str) -> bytes:
    if not EXAMPLES.is_dir():
        pytest.skip("the published examples are not beside this checkout")
    return (EXAMPLES / name).read_bytes()


@pytest.fixture(params=["our own order", "the published example"])
def story(request: pytest.FixtureRequest) -> Story:
    if request.param == "our own order":
        text = interchange(order())
        return Story(text.encode(), "5EUORDER", OWN_SALES_ORDER, f"UCI+901+{PARTIES}+7")
    expected = json.loads(_example("erp/sales-order.amazon-eu.1AB2TEST.json"))
    answer = next(line for line in _example("vendor_CONTRL.edi").decode().split("'\n") if line.startswith("UCI"))
    return Story(_example("amzn_ORDERS.edi"), "1AB2TEST", expected, answer)


def contrls(house: "House") -> list[str]:
    """The bodies of the CONTRLs in amazon/out by their control numbers, without UNH and UNT."""
    found = {}
    for file in (house.folder / "amazon" / "out").glob("*_CONTRL_*.edi"):
        segments = [segment.strip() for segment in file.read_text().split("'")]
        found[int(segments[0].split("+")[5])] = " ".join(segments[2:-3])
    return [found[number] for number in sorted(found)]


def test_an_orders_becomes_a_sales_order_and_is_answered_because_it_asks(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    told = house.once(NOON)
    assert "0 of them in quarantine, 2 files delivered, 0 cases open" in told.stdout
    assert house.sales_orders == {story.file: story.sales_order}
    assert contrls(house) == [story.answer]
    assert house.waiting == []
    shown = house.json("orders", "show", story.number)
    assert (shown["partner"], shown["account"], shown["stage"]) == ("amazon-eu", "ACME5", "posted")
    assert [document["type"] for document in shown["documents"]] == ["ORDERS", "sales-order", "CONTRL"]
    ordered = [line["ordered"] for line in shown["lines"]]
    assert ordered == [line["base"]["value"] for line in story.sales_order["lines"]]
    house.run("journal", "verify", code=0)


def test_an_orders_that_does_not_ask_is_not_answered(house: "House", story: Story) -> None:
    quiet = re.sub(rb"(UNB[^']*?\+\d+)\+\+\+\+1\+EANCOM'", rb"\1'", story.order)
    assert quiet != story.order
    house.drop("order.edi", quiet)
    house.once(NOON)
    assert house.sales_orders == {story.file: story.sales_order}
    assert contrls(house) == []


def test_the_answer_reads_without_a_flaw_in_our_own_reader(house: "House", story: Story) -> None:
    house.drop("order.edi", story.order)
    house.once(NOON)
    [answer] = (house.folder / "amazon" / "out").glob("*.edi")
    assert house.json("validate", str(answer)) == []
    assert "pydifact reads the same 3 segments" in house.run("inspect", "--with", "pydifact", str(answer)).stdout


STANDARDS = {"x12": ("amazon-us", "amzn_850_T0000001.edi"), "edifact": ("amazon-eu", "amzn_ORDERS_T0000001.edi")}


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_published_test_order_waits_for_its_unknown_line_and_then_goes_without_it(
    house: "House", standard: str
) -> None:
    partner, file = STANDARDS[standard]
    house.drop(file, _example(file))
    house.once("2026-11-20T02:00:00Z")
    assert house.sales_orders == {}
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("unknown-item", "item data")
    assert "INVALID-SKU" in case["message"]
    house.once("2026-11-22T00:00:00Z")
    name = f"sales-order.{partner}.T0000001.json"
    assert house.sales_orders == {name: json.loads(_example(f"erp/{name}"))}
    told = {case["code"]: case["owner"] for case in house.cases}
    assert told == {"line-given-up": "operations", "answer-due": "operations"}  # something sold that nobody ships


def test_an_unknown_line_holds_the_order_until_the_wait_ends(house: "House") -> None:
    house.drop("order.edi", interchange(order("W1", *LINES, ("LIN+3'PIA+5+NEW-1:SA", "5", "9.99"))))
    house.once(NOON)
    [case] = house.cases
    assert (case["code"], house.sales_orders) == ("unknown-item", {})
    assert contrls(house) == [f"UCI+901+{PARTIES}+7"]  # the syntax stands, whatever the items are
    house.once(case["due_at"])
    [sales_order] = house.sales_orders.values()
    assert [line["line"] for line in sales_order["lines"]] == ["1", "2"]
    assert [case["code"] for case in house.cases] == ["line-given-up", "answer-due"]


def test_a_repeat_is_answered_again_under_a_new_number_however_its_lines_are_broken(
    house: "House", story: Story
) -> None:
    house.drop("order.edi", story.order)
    house.once(NOON)
    house.drop("again.edi", story.order.replace(b"\n", b"\r\n"))
    house.once(NOON)
    house.drop("wrapped.edi", story.order.replace(b"\n", b""))
    house.once(NOON)
    assert list(house.sales_orders) == [story.file]
    assert contrls(house) == [story.answer] * 3
    assert [entry.kind for entry in house.history("interchange-")][1:] == ["interchange-repeated"] * 2
    assert house.cases == []


def test_the_same_reference_with_other_content_is_held_and_not_answered(house: "House") -> None:
    house.drop("order.edi", interchange(order("C1")))
    house.once(NOON)
    house.drop("other.edi", interchange(order("C2")))
    house.once(NOON)
    assert list(house.sales_orders) == ["sales-order.amazon-eu.C1.json"]
    [case] = house.cases
    assert case["code"] == "interchange-conflict"
    assert house.quarantine["other.edi"]["place"].startswith("interchange 901, UNB05, byte ")
    assert len(contrls(house)) == 1


WRONG_ENVELOPES: dict[str, tuple[Callable[[], str], str, str]] = {
    "a sender nobody knows": (
        lambda: interchange(order(), parties="4099999000005:14+4012345000009:14"),
        *("sender-unknown", "UNB02"),
    ),
    "a sender with another qualifier": (
        lambda: interchange(order(), parties="5450534000000:ZZ+4012345000009:14"),
        *("sender-unknown", "UNB02"),
    ),
    "a receiver that we are not": (
        lambda: interchange(order(), parties="5450534000000:14+4012345999990:14"),
        *("receiver-unknown", "UNB03"),
    ),
    "test data": (lambda: interchange(order(), tail=f"{ASKS}+1"), "test-flag-differs", "UNB11"),
}


@pytest.mark.parametrize("what", WRONG_ENVELOPES)
def test_what_is_not_for_us_or_not_from_a_partner_goes_to_quarantine_unanswered(house: "House", what: str) -> None:
    make, code, cell = WRONG_ENVELOPES[what]
    house.drop("wrong.edi", make())
    house.drop("right.edi", interchange(order("R1"), control="902"))
    house.once(NOON)
    assert house.quarantine["wrong.edi"]["code"] == code
    assert cell in house.quarantine["wrong.edi"]["place"]
    assert [(case["code"], case["owner"]) for case in house.cases] == [(code, "IT")]
    assert list(house.sales_orders) == ["sales-order.amazon-eu.R1.json"]
    assert contrls(house) == [f"UCI+902+{PARTIES}+7"]


def test_a_test_partner_takes_what_is_flagged_and_answers_with_the_flag(house: "House") -> None:
    house.configure('id     = "14:5450534000000"', 'id     = "14:5450534000000"\ntest   = true')
    house.drop("order.edi", interchange(order(), tail=f"{ASKS}+1"))
    house.once(NOON)
    [answer] = (house.folder / "amazon" / "out").glob("*.edi")
    assert answer.read_text().startswith("UNB+UNOA:2+4012345000009:14+5450534000000:14+261120:1205+1++++++1'")


def test_each_interchange_of_a_file_brings_its_own_service_characters_and_gets_its_own_answer(house: "House") -> None:
    other = interchange(order("S2"), control="903").translate(str.maketrans("'+:", "~*>"))
    house.drop("two.edi", interchange(order("S1"), una="UNA:+.? '\n") + "UNA>*.? ~" + other)
    house.once(NOON)
    assert sorted(house.sales_orders) == ["sales-order.amazon-eu.S1.json", "sales-order.amazon-eu.S2.json"]
    assert contrls(house) == [f"UCI+{number}+{PARTIES}+7" for number in (901, 903)]


def test_a_bad_message_is_refused_alone_with_its_place(house: "House") -> None:
    bad = order("B2", ("LIN+1++4012345000016:EN", "1X", "7.25"), reference="2")
    house.drop("two.edi", interchange(order("B1"), bad))
    house.once(NOON)
    assert list(house.sales_orders) == ["sales-order.amazon-eu.B1.json"]
    assert contrls(house) == [f"UCI+901+{PARTIES}+7 UCM+2+ORDERS:D:96A:UN:EAN008+4 UCS+12 UCD+37+2:2"]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("message-refused", "operations")
    assert "ORDERS B2 from amazon-eu was refused" in case["message"]
    assert house.quarantine["two.edi"]["place"].startswith("ORDERS 2, segment 12, QTY01-2, byte ")
    assert "order:amazon-eu:B2" in case["subjects"]

    house.drop("corrected.edi", interchange(order("B2"), control="904"))
    house.once(NOON)
    assert house.cases == []


def test_what_explains_an_850_explains_an_orders(house: "House") -> None:
    house.drop("order.edi", interchange(order()))
    house.once(NOON)
    [document] = house.json("documents", "list", "--type", "ORDERS")
    for name in ("5EUORDER", document["id"]):
        assert "order 5EUORDER of amazon-eu went to the ERP with lines 1, 2" in house.run("explain", name).stdout
    assert house.run("documents", "raw", document["id"]).stdout == order().strip()
    traced = house.json("trace", document["id"], "--field", "lines[1].")
    assert {row["field"]: row["text"] for row in traced}["lines[1].vendor_sku"] == "ACM-002"


# Files, without an instance


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout


def test_an_orders_is_validated_translated_inspected_and_traced_without_an_instance() -> None:
    sample = str(SAMPLES / "edifact" / "ORDERS-released.edi")
    assert "nothing wrong" in run("validate", sample)
    assert json.loads(run("translate", sample))["number"] == "5ND9RC4V"
    inspected = run("inspect", sample)
    assert "ORDERS 1: Purchase order, 10 segments" in inspected
    assert "IMD03-4 SCHLUESSEL 5:8 'INBUS'  Item description" in inspected
    assert "\x1f" not in inspected
    [name] = [row for row in json.loads(run("trace", sample, "--json")) if row["cell"] == "NAD04-2"]
    assert (name["text"], name["row"]) == ("TOR 4: LINKS", "NAD.3036..")
    assert Path(sample).read_bytes()[name["byte"] :].startswith(b"TOR 4?: LINKS")


def test_a_fault_in_an_orders_is_told_by_segment_element_component_and_byte() -> None:
    sample = SAMPLES / "invalid" / "edifact" / "565-letter-in-a-number.edi"
    [found] = json.loads(run("validate", "--json", str(sample), code=65))
    place = {name: found[name] for name in ("code", "segment", "tag", "element", "component")}
    assert place == {"code": "character-invalid", "segment": 6, "tag": "QTY", "element": 1, "component": 2}
    assert sample.read_bytes()[found["offset"] :].startswith(found["value"].encode())


def test_an_orders_is_translated_to_what_the_erp_gets(tmp_path: Path) -> None:
    file = tmp_path / "order.edi"
    file.write_text(interchange(order()))
    translated = run("translate", str(file), "--to", "erp", "--items", str(SAMPLES / "masters" / "items.csv"))
    assert json.loads(translated) == OWN_SALES_ORDER


def test_the_sample_order_goes_through_as_it_stands(house: "House") -> None:
    house.drop("order.edi", (SAMPLES / "demo" / "ORDERS_pieces.edi").read_bytes())
    house.once()
    assert list(house.sales_orders) == ["sales-order.amazon-eu.5VW8RK3C.json"]
    assert contrls(house) == [f"UCI+901+{PARTIES}+7"]
    assert house.cases == []


def test_a_cancellation_is_a_case_that_names_its_order(house: "House") -> None:
    text = (SAMPLES / "edifact" / "ORDCHG-cancelled.edi").read_text()
    house.drop("change.edi", text.replace("4098765000010", "4012345000009"))
    house.once()
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("order-changed", "operations")
    assert case["message"].startswith("amazon-eu wrote again about order 3KT7WX2A and cancels it: ")
    assert "order:amazon-eu:3KT7WX2A" in case["subjects"]
    house.run("cases", "resolve", case["id"], "--reason", "cancelled in the ERP")
    house.once()
    assert house.cases == []


def test_an_order_that_was_refused_is_found_by_its_number(house: "House") -> None:
    house.drop("order.edi", interchange(order("B2", ("LIN+1++4012345000016:EN", "1X", "7.25"))))
    house.once()
    [case] = house.cases
    for verb in (("explain",), ("orders", "show")):
        said = house.run(*verb, "B2", code=1).stderr
        assert f"no order B2 was taken: `gateway cases show {case['id']}`: ORDERS B2 from amazon-eu was refused" in said
    assert "file: order.edi" in house.run("cases", "show", case["id"]).stdout
