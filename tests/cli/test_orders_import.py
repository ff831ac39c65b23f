"""Orders that another system began are taken over: nothing is said again, and what comes next is judged by the past."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conversation import (
    LATER,
    LEFT,
    MENDED,
    ORDERED,
    acknowledge,
    answer,
    booked,
    codes,
    document,
    invoice,
    segment,
    sent,
    shipment,
    statuses,
    tell,
)

if TYPE_CHECKING:
    from tests.conftest import House

CUT_OVER = "2026-11-20T21:30:00Z"


def _begun(**other: Any) -> dict[str, Any]:
    """Order A1 as an old system left it: answered; one of ten cases of line 2 shipped as SHP0, and charged as INV0."""
    return {
        "partner": "amazon-us",
        "order": "old/A1.edi",
        "received_at": ORDERED,
        "sales_order": "SO-1",
        "lines": [
            {"line": "1", "accepted": "24", "ships_on": "2026-11-26"},
            {"line": "2", "accepted": "120", "ships_on": "2026-11-26", "shipped": "12", "invoiced": "12"},
            {"line": "3", "rejected": "6", "reason": "discontinued"},
        ],
        "shipments": [
            {
                "shipment": "SHP0",
                "shipped_at": "2026-11-20T21:10:00Z",
                "lines": [{"line": "2", "quantity": "12"}],
                "labels": ["006141410000000098"],
            }
        ],
        "invoices": [
            {
                "invoice": "INV0",
                "invoiced_on": "2026-11-20",
                "shipment": "SHP0",
                "lines": [{"line": "2", "quantity": "12"}],
            }
        ],
        **other,
    }


def _write(house: "House", *begun: dict[str, Any] | str) -> Path:
    """The file of the old system, and beside it the orders as they came."""
    file = house.folder.parent / "cut-over" / "orders.jsonl"
    (file.parent / "old").mkdir(parents=True, exist_ok=True)
    for number in ("A1", "A2"):
        (file.parent / "old" / f"{number}.edi").write_text(house.interchange(house.order(number)))
    both = house.interchange(house.order("A1"), house.order("A2", st="0002"))
    (file.parent / "old" / "both.edi").write_text(both)
    file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in begun))
    return file


def _import(house: "House", *begun: dict[str, Any] | str, code: int = 0) -> str:
    result = house.run("orders", "import", str(_write(house, *begun)), "--at", CUT_OVER, code=code)
    return result.stderr if code else result.stdout


@pytest.fixture
def begun(house: "House") -> "House":
    """The masters are there, and order A1 was taken over."""
    house.once(ORDERED)
    assert _import(house, _begun()) == "1 order taken over, 0 known already, 0 lines wrong\n"
    return house


def _out(house: "House") -> list[str]:
    return sorted(file.name for name in ("amazon/out", "erp/out") for file in (house.folder / name).glob("[!.]*"))


def test_an_order_that_was_taken_over_stands_where_it_stood(begun: "House") -> None:
    shown = begun.json("orders", "show", "A1")
    assert shown["stage"] == "partly-invoiced"
    names = ("line", "accepted", "rejected", "shipped", "invoiced")
    assert [tuple(line[name] for name in names) for line in shown["lines"]] == [
        ("1", "24", "0", "0", "0"),
        ("2", "120", "0", "12", "12"),
        ("3", "0", "6", "0", "0"),
    ]
    assert shown["sales_order"] == "SO-1"
    assert shown["gaps"] == []
    assert codes(begun) == []


def test_nothing_is_said_again(begun: "House") -> None:
    begun.once(CUT_OVER)
    begun.once(LATER)
    assert _out(begun) == []


def test_the_next_shipment_becomes_a_ship_notice_and_then_an_invoice(begun: "House") -> None:
    tell(begun, shipment(), LEFT)
    [notice] = sent(begun, "856")
    assert segment(notice, "BSN").startswith("BSN*00*SHP1*")
    assert [each for each in notice if each.startswith("SN1*")] == ["SN1**24*EA", "SN1**1*CA", "SN1**1*CA"]
    acknowledge(begun, notice, "A", MENDED)
    tell(begun, invoice(), LATER)
    [charged] = sent(begun, "810")
    assert segment(charged, "BIG").startswith("BIG*20261120*INV1*")
    assert segment(charged, "TDS") == "TDS*26100"
    lines = begun.json("orders", "show", "A1")["lines"]
    assert [(line["shipped"], line["invoiced"]) for line in lines] == [("24", "24"), ("36", "36"), ("0", "0")]
    assert codes(begun) == []


def test_what_was_shipped_counts_when_more_is_shipped(begun: "House") -> None:
    said = shipment()
    said["packs"][1]["items"][0]["quantity"] = "108"  # with the case of SHP0 and this carton's neighbour: 132 of 120
    tell(begun, said, LEFT)
    assert sent(begun, "856") == []
    assert statuses(begun, "856")[0] == "blocked"
    [gap] = begun.json("orders", "show", "A1")["gaps"]
    assert gap["rule"] == "more-than-promised"
    assert "132 pieces would be shipped, promised are 120" in gap["message"]


def test_what_was_charged_counts_when_more_is_charged(begun: "House") -> None:
    said = invoice(total="43.50")
    said["shipment"] = "SHP0"
    said["lines"] = [{**said["lines"][1], "quantity": "12", "amount": "43.50"}]
    tell(begun, said, LEFT)
    [gap] = begun.json("orders", "show", "A1")["gaps"]
    assert gap["rule"] == "more-than-shipped"
    assert "24 pieces would be invoiced, 12 were shipped" in gap["message"]


def test_the_numbers_that_were_used_are_known(begun: "House") -> None:
    said = shipment()
    said["shipment"] = "SHP0"
    tell(begun, said, LEFT)
    assert sent(begun, "856") == []
    assert codes(begun) == ["revision-conflict"]


def test_a_label_that_was_used_is_not_used_again(begun: "House") -> None:
    tell(begun, shipment(second="006141410000000098"), LEFT)
    assert [gap["rule"] for gap in begun.json("orders", "show", "A1")["gaps"]] == ["sscc-reused"]


def test_the_order_that_comes_again_is_a_repeat(begun: "House") -> None:
    begun.drop("again.edi", begun.interchange(begun.order("A1")))
    begun.once(LATER)
    assert [name.split("_")[1] for name in _out(begun)] == ["997"]
    assert codes(begun) == []


def test_an_invoice_that_was_sent_is_owed(begun: "House") -> None:
    [row] = begun.json("remittances", "list")
    assert (row["invoice"], row["status"]) == ("INV0", "open")


def test_an_import_is_made_once(begun: "House") -> None:
    with begun.journal() as journal:
        before = journal.head()
    assert _import(begun, _begun()) == "0 orders taken over, 1 known already, 0 lines wrong\n"
    with begun.journal() as journal:
        assert journal.head() == before
    assert "is in the journal already, and not as it is told here" in _import(
        begun, _begun(sales_order="SO-2"), code=65
    )


def test_a_dry_run_changes_nothing_and_finds_everything(house: "House") -> None:
    house.once(ORDERED)
    with house.journal() as journal:
        before = journal.head()
    file = _write(house, _begun(), _begun(partner="amazon-mx"))
    result = house.run("orders", "import", str(file), "--dry-run", "--at", CUT_OVER, code=65)
    assert result.stdout == "1 order would be taken over, 0 known already, 1 line wrong\n"
    assert result.stderr == f"{file}:2: there is no partner amazon-mx; config.toml has amazon-us, amazon-eu\n"
    with house.journal() as journal:
        assert journal.head() == before


def test_an_order_that_nobody_answered_goes_on_as_if_it_came_today(house: "House") -> None:
    house.once(ORDERED)
    begun = _begun(lines=[], shipments=[], invoices=[])
    del begun["sales_order"]
    _import(house, begun)
    house.once(CUT_OVER)
    assert _out(house) == ["sales-order.amazon-us.A1.json"]
    tell(house, booked(), LEFT)
    tell(house, answer(), MENDED)
    assert len(sent(house, "855")) == 1


def test_an_order_that_the_erp_has_waits_for_its_answer_alone(house: "House") -> None:
    house.once(ORDERED)
    _import(house, _begun(lines=[], shipments=[], invoices=[]))
    house.once(CUT_OVER)
    assert _out(house) == []
    tell(house, answer(), MENDED)
    assert len(sent(house, "855")) == 1


def test_an_order_as_a_document_needs_no_file(house: "House", tmp_path: Path) -> None:
    house.once(ORDERED)
    (tmp_path / "A1.edi").write_text(house.interchange(house.order("A1")))
    order = json.loads(house.run("translate", str(tmp_path / "A1.edi"), "--to", "json").stdout)
    _import(house, _begun(order=order))
    tell(house, shipment(), LEFT)
    assert len(sent(house, "856")) == 1


def test_one_order_of_a_file_with_several_is_named(house: "House") -> None:
    house.once(ORDERED)
    said = _import(house, _begun(order="old/both.edi"), code=65)
    assert "should hold one order (else give purchase_order); it holds: A1, A2" in said
    assert "1 order taken over" in _import(house, _begun(order="old/both.edi", purchase_order="A2"))
    assert house.json("orders", "show", "A2")["stage"] == "partly-invoiced"


def test_a_line_that_was_rejected_needs_no_item(house: "House") -> None:
    house.once(ORDERED)
    file = _write(house, _begun())
    text = house.interchange(
        house.order("A1", *("24*EA*7.25*PE*UP*614141000012", "10*CA*43.5*PE*UK*10614141000026"), "6*EA*12*PE*VN*GONE")
    )
    (file.parent / "old" / "A1.edi").write_text(text)
    house.run("orders", "import", str(file), "--at", CUT_OVER)
    shown = house.json("orders", "show", "A1")
    assert [line["rejected"] for line in shown["lines"]] == ["0", "0", "6"]
    assert codes(house) == []  # the old system has told whoever had to know
    tell(house, shipment(), LEFT)
    assert len(sent(house, "856")) == 1


def test_an_order_that_was_rejected_whole_is_over(house: "House") -> None:
    house.once(ORDERED)
    lines = [
        {"line": number, "rejected": pieces, "reason": "out_of_stock"}
        for number, pieces in (("1", "24"), ("2", "120"), ("3", "6"))
    ]
    begun = _begun(lines=lines, shipments=[], invoices=[])
    del begun["sales_order"]
    _import(house, begun)
    house.once(LATER)
    assert _out(house) == []
    assert house.json("orders", "show", "A1")["stage"] == "rejected"


def _line(at: int, **other: Any) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [dict(line) for line in _begun()["lines"]]
    lines[at] |= other
    return {"lines": lines}


def _shipped(line: str, quantity: str) -> dict[str, Any]:
    shipped: dict[str, Any] = dict(_begun()["shipments"][0])
    shipped["lines"] = [{"line": line, "quantity": quantity}]
    return {"shipments": [shipped]}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"order": "old/A9.edi"}, "No such file"),
        ({"order": {"number": "A1"}}, "order is no purchase order"),
        ({"received_at": "yesterday"}, "received_at: "),
        ({"colour": "red"}, "colour: "),
        ({"sales_order": None}, "what was promised is in the ERP: give sales_order"),
        ({"lines": _begun()["lines"][:2]}, "line 3 has no answer"),
        ({"lines": [*_begun()["lines"], _begun()["lines"][0]]}, "a line is told twice"),
        (_line(0, accepted="20"), "line 1: 20 pieces are answered, ordered are 24"),
        (_line(2, reason=None), "line 3: 6 pieces are rejected without a reason"),
        (_line(1, shipped="24"), "line 2: shipped is 24, the shipments hold 12"),
        (_line(1, invoiced="24"), "line 2: invoiced is 24, the invoices hold 12"),
        (_line(0, line="9"), "the order has no line 9"),
        (_shipped("2", "132"), "line 2: 132 pieces are shipped, promised are 120"),
        (_shipped("2", "6"), "line 2: 12 pieces are invoiced, shipped are 6"),
        (_shipped("2", "-1"), "line 2: a quantity is below nothing"),
        ({"shipments": _begun()["shipments"] * 2}, "a number of a shipment or invoice is told twice"),
    ],
)
def test_what_cannot_be_so_is_said_by_line_and_the_others_are_taken(
    house: "House", other: dict[str, Any], said: str
) -> None:
    house.once(ORDERED)
    good = _begun(order="old/A2.edi", shipments=[], invoices=[], lines=[])
    told = _import(house, _begun(**other), "", good, code=65)
    assert said in told
    assert "orders.jsonl:1: " in told
    assert [row["purchase_order"] for row in house.json("orders", "list")] == ["A2"]


def test_a_line_that_is_no_json_is_named(house: "House") -> None:
    house.once(ORDERED)
    assert "orders.jsonl:1: this is no JSON object" in _import(house, "{", code=65)


def test_an_account_or_item_that_nobody_knows_is_said_before_anything_is_taken(house: "House") -> None:
    house.once(ORDERED)
    file = _write(house, _begun())
    (file.parent / "old" / "A1.edi").write_text(house.interchange(house.order("A1", account="OTHER")))
    assert "is for account 'OTHER'" in house.run("orders", "import", str(file), code=65).stderr
    (file.parent / "old" / "A1.edi").write_text(house.interchange(house.order("A1", "24*EA*7.25*PE*UP*000000000000")))
    assert "items.csv" in house.run("orders", "import", str(file), code=65).stderr
    assert house.json("orders", "list") == []


def test_one_invoice_of_two_orders_is_not_taken_over_in_parts(begun: "House") -> None:
    said = _import(begun, _begun(order="old/A2.edi"), code=65)
    assert "invoice INV0 is in the journal already" in said


def test_documents_that_were_taken_over_are_not_sent_again_by_mistake(begun: "House") -> None:
    for kind in ("855", "856", "810"):
        listed = begun.run("documents", "resend", document(begun, kind)["id"], code=1).stderr
        assert "cannot be sent again" in listed
