"""Messages of the standard that a guide has no use for: their envelope checked, answered, kept, shown, and a case."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.pipeline.conftest import Orders

NOON = "2026-11-20T12:30:00Z"
GROUPS = {"852": "PD", "830": "PS", "846": "IB", "864": "TX"}
MESSAGES = ("SLSRPT", "RECADV")
CONTRL = "UCI+901+5450534000000:14+4012345000009:14+7"


def x12(orders: "Orders", kind: str, number: int = 401, count: int = 3) -> str:
    body = f"ST*{kind}*0001~\nXQ*H*20261120~\nSE*{count}*0001~\n"
    return orders.isa(orders.group(body, kind=GROUPS.get(kind, "PO"), number=number), number=number)


def edifact(orders: "Orders", kind: str, count: int = 3) -> str:
    return orders.unb(f"UNH+1+{kind}:D:96A:UN:EAN004'\nBGM+73E::9+R-1+9'\nUNT+{count}+1'\n")


def contrls(house: "House") -> list[str]:
    files = (house.folder / "amazon" / "out").glob("*_CONTRL_*.edi")
    return [file.read_text().split("'\n")[2] for file in sorted(files)]


@pytest.mark.parametrize("kind", [*GROUPS, *MESSAGES])
def test_a_message_without_a_mapping_is_answered_kept_and_shown_and_a_case(
    house: "House", orders: "Orders", kind: str
) -> None:
    partner = "amazon-us" if kind.isdecimal() else "amazon-eu"
    house.drop("message.edi", x12(orders, kind) if kind.isdecimal() else edifact(orders, kind))
    house.once(NOON)
    assert house.quarantine == {}
    assert house.sales_orders == {}
    if kind.isdecimal():
        assert house.answers == [f"AK1*{GROUPS[kind]}*401 AK2*{kind}*0001 AK5*A AK9*A*1*1*1"]
    else:
        assert contrls(house) == [CONTRL]
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("no-guide", "operations")
    assert f"{partner} sends {kind} messages" in case["message"]
    [document] = house.json("documents", "list", "--type", kind)
    assert (document["direction"], document["partner"], document["validation"]) == ("in", partner, "ready")
    shown = house.json("documents", "show", document["id"])
    first = f"ST*{kind}*0001" if kind.isdecimal() else f"UNH+1+{kind}:D:96A:UN:EAN004"
    assert house.run("documents", "raw", document["id"]).stdout.startswith(first)
    assert len(shown["body"]["segments"]) == 3
    assert case["message"] in house.run("explain", document["id"]).stdout
    assert "was kept as it came" in house.run("trace", document["id"], code=1).stderr


def test_its_case_is_one_for_each_type_and_a_person_closes_it(house: "House", orders: "Orders") -> None:
    for number in (401, 402):
        house.drop(f"{number}.edi", x12(orders, "852", number))
        house.once(NOON)
    house.drop("other.edi", x12(orders, "846", 403))
    house.once(NOON)
    assert [case["code"] for case in house.cases] == ["no-guide", "no-guide"]
    for case in house.cases:
        house.run("cases", "resolve", case["id"], "--reason", "not wanted")
    assert house.cases == []
    assert len(house.json("documents", "list", "--type", "852")) == 2
    house.drop("404.edi", x12(orders, "852", 404))
    house.once(NOON)
    assert [case["code"] for case in house.cases] == ["no-guide"]  # it came once more, and nobody has added a mapping


def test_a_repeat_of_it_is_answered_again_and_kept_once(house: "House", orders: "Orders") -> None:
    for name in ("first.edi", "again.edi"):
        house.drop(name, x12(orders, "852"))
        house.once(NOON)
    assert house.answers == ["AK1*PD*401 AK2*852*0001 AK5*A AK9*A*1*1*1"] * 2
    assert len(house.json("documents", "list", "--type", "852")) == 1


def test_its_envelope_is_checked_all_the_same(house: "House", orders: "Orders") -> None:
    house.drop("message.edi", x12(orders, "852", count=9))
    house.drop("report.edi", edifact(orders, "SLSRPT", count=9))
    house.once(NOON)
    assert house.answers == ["AK1*PD*401 AK2*852*0001 AK5*R*4 AK9*R*1*1*0"]
    assert {reason["code"] for reason in house.quarantine.values()} == {"segment-count-differs"}
    assert [case["code"] for case in house.cases] == ["message-refused", "message-refused"]


def test_a_type_that_no_standard_knows_is_refused(house: "House", orders: "Orders") -> None:
    house.drop("x.edi", x12(orders, "XYZ"))
    house.drop("y.edi", edifact(orders, "XYZZYX"))
    house.once(NOON)
    assert {reason["code"] for reason in house.quarantine.values()} == {"message-type-unknown"}
    [answer] = house.answers
    assert answer.endswith("AK5*R*1 AK9*R*1*1*0")
    assert [case["code"] for case in house.cases] == ["message-refused", "message-refused"]
    assert house.json("documents", "list", "--direction", "in") == []


def test_a_message_that_we_only_send_is_kept_too(house: "House", orders: "Orders") -> None:
    body = "ST*855*0001~\nBAK*00*AD*A1*20261120~\nSE*3*0001~\n"
    house.drop("ours.edi", orders.isa(orders.group(body, kind="PR")))
    house.once(NOON)
    assert [case["code"] for case in house.cases] == ["no-guide"]


@pytest.mark.parametrize("kind", ["852", "SLSRPT"])
def test_without_an_instance_its_envelope_is_judged_and_it_cannot_be_translated(
    house: "House", orders: "Orders", kind: str
) -> None:
    file = house.folder / "message.edi"
    file.write_text(x12(orders, kind) if kind.isdecimal() else edifact(orders, kind))
    [found] = house.json("validate", str(file))
    assert (found["code"], found["severity"]) == ("message-type-unknown", "warn")
    assert "only its envelope is judged" in house.run("translate", str(file), code=65).stderr
    assert "no grammar, 3 segments" in house.run("inspect", str(file)).stdout
    assert "no mapping for" in house.run("trace", str(file), code=65).stderr
