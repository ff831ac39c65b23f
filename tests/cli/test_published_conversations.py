"""The published example conversations: the ERP's files in their order give the published messages to the byte.

The files are not part of the project: the tests run where they lie beside it, and are skipped visibly elsewhere. Only
control numbers and the times of envelopes differ, so bodies are compared, and the partner's answers are made to name
the numbers that were really sent.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

EXAMPLES = Path(__file__).parents[2].parent / "shared" / "reference" / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not at hand")

_ENVELOPES = ("ISA", "GS*", "GE*", "IEA", "UNB", "UNZ")


def body(text: str) -> list[str]:
    """The segments of a message, without its envelope."""
    mark = "~" if text.startswith("ISA") else "'"
    segments = (segment.strip() for segment in text.split(mark))
    return [segment for segment in segments if segment and not segment.startswith(_ENVELOPES)]


def sent(house: "House", kind: str) -> str:
    """The latest message of a kind that left."""
    return max((house.folder / "amazon" / "out").glob(f"*_{kind}_*")).read_text()


def left(house: "House", kind: str) -> int:
    """How many messages of a kind have left."""
    return len(list((house.folder / "amazon" / "out").glob(f"*_{kind}_*")))


def published(name: str) -> str:
    return (EXAMPLES / name).read_text()


def comes(house: "House", name: str, at: str) -> None:
    """A published file comes, from the partner or from the ERP, and the gateway works."""
    if name.endswith(".json"):
        house.erp_says(name, published(f"erp/{name}"))
    else:
        house.drop(name, published(name))
    house.once(at)


def answers(house: "House", name: str, kind: str, at: str) -> None:
    """A published answer of the partner comes, about what was really sent."""
    if kind.isdigit():
        number = re.findall(r"GS\*\w+\*[^*]*\*[^*]*\*\d+\*\d+\*(\d+)", sent(house, kind))[0]
        text = re.sub(r"AK1\*(\w\w)\*\d+", rf"AK1*\g<1>*{number}", published(name))
    else:
        number = re.findall(r"UNZ\+1\+(\d+)", sent(house, kind))[0]
        text = re.sub(r"UCI\+\d+", f"UCI+{number}", published(name))
    house.drop(name, text)
    house.once(at)


def test_the_american_conversation(house: "House") -> None:
    comes(house, "amzn_850_retail.edi", "2026-11-20T21:02:00Z")
    comes(house, "posting-result.amazon-us.4XK7PL2Q.json", "2026-11-20T21:30:00Z")
    assert left(house, "855") == 0
    comes(house, "order-response.amazon-us.4XK7PL2Q.json", "2026-11-20T22:00:00Z")
    assert body(sent(house, "855")) == body(published("vendor_855.edi"))
    answers(house, "amzn_997_for_855.edi", "855", "2026-11-20T22:15:00Z")
    comes(house, "shipment.amazon-us.SHP0001234.json", "2026-11-26T14:20:00Z")
    assert body(sent(house, "856")) == body(published("vendor_856_SOPI.edi"))
    comes(house, "invoice.amazon-us.INV000987.json", "2026-11-26T14:25:00Z")
    assert left(house, "810") == 0
    assert house.cases == []
    answers(house, "amzn_997_for_856.edi", "856", "2026-11-27T09:00:00Z")
    assert body(sent(house, "810")) == body(published("vendor_810.edi"))
    answers(house, "amzn_997_for_810.edi", "810", "2026-11-27T09:15:00Z")
    comes(house, "shipment.amazon-us.SHP0001250.json", "2026-12-01T15:12:00Z")
    assert body(sent(house, "856")) == body(published("vendor_856_second.edi"))
    line = house.json("orders", "show", "4XK7PL2Q")["lines"][1]
    assert [line[name] for name in ("ordered", "accepted", "backordered", "shipped", "invoiced")] == [
        *("120", "72", "48", "108", "72")
    ]
    comes(house, "amzn_820.edi", "2027-01-26T06:10:00Z")
    assert [case["at_stake"] for case in house.cases if case["owner"] == "finance"] == ["4.35"]


def test_the_european_conversation(house: "House") -> None:
    comes(house, "amzn_ORDERS.edi", "2026-11-20T01:35:00Z")
    comes(house, "posting-result.amazon-eu.1AB2TEST.json", "2026-11-20T02:00:00Z")
    comes(house, "order-response.amazon-eu.1AB2TEST.json", "2026-11-20T11:04:00Z")
    assert body(sent(house, "ORDRSP")) == body(published("vendor_ORDRSP.edi"))
    answers(house, "amzn_CONTRL_for_ORDRSP.edi", "ORDRSP", "2026-11-20T11:20:00Z")
    comes(house, "shipment.amazon-eu.DES0000123.json", "2026-11-25T14:00:00Z")
    assert body(sent(house, "DESADV")) == body(published("vendor_DESADV.edi"))
    answers(house, "amzn_CONTRL_for_DESADV.edi", "DESADV", "2026-11-25T14:15:00Z")
    comes(house, "invoice.amazon-eu.RE20260042.json", "2026-11-25T16:06:00Z")
    assert body(sent(house, "INVOIC")) == body(published("vendor_INVOIC.edi"))
    answers(house, "amzn_CONTRL_for_INVOIC.edi", "INVOIC", "2026-11-25T16:20:00Z")
    comes(house, "amzn_REMADV.edi", "2027-01-25T05:10:00Z")
    assert [case["at_stake"] for case in house.cases if case["owner"] == "finance"] == ["4.35"]


@pytest.mark.parametrize(
    ("order", "partner", "times", "answer"),
    [
        (
            "amzn_850_T0000001.edi",
            "amazon-us",
            ("2026-11-20T21:11:00Z", "2026-11-21T17:11:00Z", "2026-11-21T17:30:00Z"),
            "vendor_855_T0000001.edi",
        ),
        (
            "amzn_ORDERS_T0000001.edi",
            "amazon-eu",
            ("2026-11-20T01:41:00Z", "2026-11-20T21:41:00Z", "2026-11-20T21:45:00Z"),
            "vendor_ORDRSP_T0000001.edi",
        ),
    ],
)
def test_the_test_order_is_answered_with_the_expected_codes(
    house: "House", order: str, partner: str, times: tuple[str, str, str], answer: str
) -> None:
    came, waited, said = times
    comes(house, order, came)
    assert house.sales_orders == {}  # the unknown line is waited for
    house.once(waited)
    assert list(house.sales_orders) == [f"sales-order.{partner}.T0000001.json"]
    comes(house, f"posting-result.{partner}.T0000001.json", said)
    comes(house, f"order-response.{partner}.T0000001.json", said)
    assert body(sent(house, answer.split("_")[1])) == body(published(answer))


def test_everything_at_once_leaves_in_its_order(house: "House") -> None:
    comes(house, "amzn_850_retail.edi", "2026-11-20T21:02:00Z")
    for name in (
        "invoice.amazon-us.INV000987.json",
        "shipment.amazon-us.SHP0001234.json",
        "order-response.amazon-us.4XK7PL2Q.json",
    ):
        house.erp_says(name, published(f"erp/{name}"))
    house.once("2026-11-27T09:00:00Z")
    assert [left(house, kind) for kind in ("855", "856", "810")] == [1, 1, 0]
    answers(house, "amzn_997_for_856.edi", "856", "2026-11-27T09:01:00Z")
    assert body(sent(house, "810")) == body(published("vendor_810.edi"))
