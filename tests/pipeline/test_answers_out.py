"""What partners are answered: 997, 999, TA1 and CONTRL, as their guides have it, with right places and counts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.pipeline.conftest import Orders, Wire

ROOT = Path(__file__).parents[2]
BAD = "1X"
SHIP_NOTICES = (
    '[messages.856]\ngrammar   = "x12/005010/856"\ndirection = "out"',
    """[messages.856]
grammar = "x12/005010/856"
direction = "both"

[messages.999]
grammar = "x12/005010/999"
direction = "both\"""",
)
UCI = "UCI+{}+5450534000000:14+4012345000009:14+"


def us(wire: "Wire", answer: str, policy: str) -> None:
    """How the guide of North America answers."""
    known = {"997": '997 = "always"', "TA1": 'TA1 = "on-request"'}
    wire.guide("amazon-us", guide=(known[answer], f'{answer} = "{policy}"'))


def eu(wire: "Wire", policy: str) -> None:
    """How the guide of Europe answers."""
    wire.guide("amazon-eu", guide=('CONTRL = "on-request"', f'CONTRL = "{policy}"'))


@pytest.mark.parametrize(("policy", "count"), [("always", 1), ("on-request", 1), ("never", 0)])
def test_a_997_is_given_as_the_guide_says_and_a_group_always_asks(
    wire: "Wire", orders: "Orders", policy: str, count: int
) -> None:
    us(wire, "997", policy)
    wire.receive(orders.isa(orders.group(orders.x12())))
    assert wire.answers == ["AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1"] * count


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("elements", "AK2*850*0001 AK3*PO1*9**8 AK4*2*330*6*1X AK5*R*5 AK9*R*1*1*0"),
        ("segments", "AK2*850*0001 AK3*PO1*9**8 AK5*R*5 AK9*R*1*1*0"),
        ("messages", "AK2*850*0001 AK5*R*5 AK9*R*1*1*0"),
    ],
)
def test_a_guide_says_how_much_a_997_tells(wire: "Wire", orders: "Orders", detail: str, told: str) -> None:
    old = '"x12/004010/997"\ndirection = "both"'
    wire.guide("amazon-us", guide=(old, f'{old}\ndetail    = "{detail}"'))
    wire.receive(orders.isa(orders.group(orders.x12("A1", BAD))))
    assert wire.answers == [f"AK1*PO*101 {told}"]


def test_a_guide_says_how_much_a_contrl_tells(wire: "Wire", orders: "Orders") -> None:
    old = 'identifier = "2:2:UN"\n'
    wire.guide("amazon-eu", guide=(old, f'{old}detail     = "messages"\n'))
    grouped = orders.ung(orders.edifact("A2", BAD), number="G2")
    wire.receive(orders.unb(orders.edifact("A1", BAD), asks=True))
    wire.receive(orders.unb(grouped, asks=True, number="902"))
    loose, in_group = wire.answers
    assert re.findall(r"UC[MSD]", loose) == ["UCM"]
    assert re.findall(r"UC[FMSD]", in_group) == ["UCF", "UCM"]


@pytest.mark.parametrize(
    ("policy", "asks", "count"),
    [("always", True, 1), ("always", False, 1), ("on-request", True, 1), ("on-request", False, 0), ("never", True, 0)],
)
def test_a_contrl_is_given_as_the_guide_says_and_the_interchange_asks(
    wire: "Wire", orders: "Orders", policy: str, asks: bool, count: int
) -> None:
    eu(wire, policy)
    wire.receive(orders.unb(orders.edifact(), asks=asks))
    assert wire.answers == [UCI.format(901) + "7"] * count


@pytest.mark.parametrize(
    ("policy", "asks", "count"),
    [("always", "1", 1), ("always", "0", 1), ("on-request", "1", 1), ("on-request", "0", 0), ("never", "1", 0)],
)
def test_a_ta1_is_given_as_the_guide_says_and_the_interchange_asks(
    wire: "Wire", orders: "Orders", policy: str, asks: str, count: int
) -> None:
    us(wire, "TA1", policy)
    wire.receive(orders.isa(orders.group(orders.x12()), asks=asks))
    notes = [answer for answer in wire.answers if answer.startswith("TA1")]
    assert notes == ["TA1*000000101*261120*1200*A*000"] * count


@pytest.mark.parametrize(("policy", "asks", "count"), [("on-request", "0", 1), ("always", "1", 1), ("never", "1", 0)])
def test_a_refused_envelope_is_told_even_to_those_who_did_not_ask_unless_the_guide_says_never(
    wire: "Wire", orders: "Orders", policy: str, asks: str, count: int
) -> None:
    us(wire, "TA1", policy)
    wire.receive(orders.isa(orders.group(orders.x12()), asks=asks).replace("IEA*1", "IEA*2"))
    assert wire.answers == ["TA1*000000101*261120*1200*R*021"] * count
    assert [case.code for case in wire.cases] == ["group-count-differs"]


def test_a_ta1_stands_alone_in_its_interchange(wire: "Wire", orders: "Orders") -> None:
    wire.receive(orders.isa(orders.group(orders.x12()), asks="1"))
    note, _ = wire.sent
    assert re.sub(r"\s+", " ", note.decode()) == (
        "ISA*00* *00* *ZZ*5551234567 *ZZ*AMAZON *261120*1230*U*00401*000000001*0*P*>~ "
        "TA1*000000101*261120*1200*A*000~ IEA*0*000000001~ "
    )


def test_groups_of_005010_are_answered_by_999_where_the_guide_lists_it(wire: "Wire", orders: "Orders") -> None:
    wire.guide("amazon-us", guide=SHIP_NOTICES)
    wire.guide("amazon-us", guide=('997 = "always"', '997 = "always"\n999 = "always"'))
    notice = (ROOT / "samples" / "x12" / "856-cartons.edi").read_text()
    inside = notice[notice.index("ST*856") : notice.index("GE*")]
    later = orders.group(inside, kind="SH", number=102, version="005010")
    wire.receive(orders.isa(orders.group(orders.x12()), later))
    older, newer = wire.answers
    assert older == "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1"
    assert re.fullmatch(r"AK1\*SH\*102(\*005010)? AK2\*856\*0001 IK5\*A AK9\*A\*1\*1\*1", newer)
    assert b"*X*005010~" in wire.sent[1]
    assert b"*00501*" in wire.sent[1]


def test_groups_of_005010_are_answered_by_997_where_the_guide_lists_no_999(wire: "Wire", orders: "Orders") -> None:
    wire.receive(orders.isa(orders.group("ST*846*0001~\nSE*2*0001~\n", kind="IB", version="005010")))
    assert wire.answers == ["AK1*IB*101 AK2*846*0001 AK5*A AK9*A*1*1*1"]


def test_good_and_bad_messages_in_two_groups_are_counted_right(wire: "Wire", orders: "Orders") -> None:
    first = orders.group(orders.x12("A1"), orders.x12("A2", BAD, "0002"), orders.x12("A3", reference="0003"))
    second = orders.group(orders.x12("A4", BAD), number=102)
    wire.receive(orders.isa(first, second))
    fault = "AK3*PO1*9**8 AK4*2*330*6*1X AK5*R*5"
    assert wire.answers == [
        f"AK1*PO*101 AK2*850*0001 AK5*A AK2*850*0002 {fault} AK2*850*0003 AK5*A AK9*P*3*3*2",
        f"AK1*PO*102 AK2*850*0001 {fault} AK9*R*1*1*0",
    ]
    assert [case.code for case in wire.cases if case.owner == "operations"] == ["message-refused", "message-refused"]
    assert sorted(each.business_number for each in wire.documents("850")) == ["A1", "A3"]


def test_a_contrl_names_the_bad_messages_beside_good_ones_to_the_component(wire: "Wire", orders: "Orders") -> None:
    wire.receive(orders.unb(orders.edifact("A1"), orders.edifact("A2", BAD, "2"), orders.edifact("A3", reference="3")))
    assert wire.answers == [f"{UCI.format(901)}7 UCM+2+ORDERS:D:96A:UN:EAN008+4 UCS+9 UCD+37+2:2"]
    assert sorted(each.business_number for each in wire.documents("ORDERS")) == ["A1", "A3"]


def test_a_contrl_answers_group_by_group_where_there_are_groups(wire: "Wire", orders: "Orders") -> None:
    good, bad = orders.ung(orders.edifact("A1")), orders.ung(orders.edifact("A2", BAD), number="G2")
    wire.receive(orders.unb(good, bad))
    [answer] = wire.answers
    parties = "5450534000000:14+4012345000009:14"
    assert answer.startswith(f"{UCI.format(901)}7 ")
    assert answer.endswith(f"UCF+G2+{parties}+7 UCM+1+ORDERS:D:96A:UN:EAN008+4 UCS+9 UCD+37+2:2")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("UNZ+1+901", "UNZ+2+901", "29+UNZ+2"), ("UNZ+1+901", "UNZ+1+902", "28+UNZ+3"), ("UNZ+1+901'\n", "", "13+UNZ")],
)
def test_a_fault_of_an_edifact_envelope_refuses_all_of_it(
    wire: "Wire", orders: "Orders", old: str, new: str, code: str
) -> None:
    wire.receive(orders.unb(orders.edifact()).replace(old, new))
    assert wire.answers == [f"{UCI.format(901)}4+{code}"]
    assert wire.documents("ORDERS") == []
    assert len(wire.cases) == 1


def test_a_repeat_is_answered_again_with_the_same_words_under_a_new_number(wire: "Wire", orders: "Orders") -> None:
    x12 = orders.isa(orders.group(orders.x12("A1"), orders.x12("A2", BAD, "0002")), asks="1")
    edifact = orders.unb(orders.edifact("A1"), orders.edifact("A2", BAD, "2"))
    for data in (x12, edifact, x12.replace("\n", "\r\n"), edifact.replace("\n", "")):
        wire.receive(data)
    us_first, us_again = wire.answers[:2], wire.answers[3:5]
    assert us_first == us_again
    assert wire.answers[2] == wire.answers[5]
    assert len(wire.documents("850")) == len(wire.documents("ORDERS")) == 1


def test_an_envelope_that_is_refused_again_is_answered_again(wire: "Wire", orders: "Orders") -> None:
    broken = orders.unb(orders.edifact()).replace("UNZ+1+901", "UNZ+2+901")
    wire.receive(broken)
    wire.receive(broken)
    assert wire.answers == [f"{UCI.format(901)}4+29+UNZ+2"] * 2
    assert len(wire.cases) == 1


FA = "ST*997*0001~AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~"
CONTRL = "UNH+1+CONTRL:2:2:UN'UCI+7+4012345000009:14+5450534000000:14+7'UNT+3+1'"
NEVER_ANSWERED: dict[str, Callable[["Orders"], str]] = {
    "a 997": lambda orders: orders.isa(orders.group(FA, kind="FA")),
    "a 997 with a fault": lambda orders: orders.isa(orders.group(FA.replace("AK9*A*1*1*1~", ""), kind="FA")),
    "a TA1": lambda orders: orders.isa(notes="TA1*000000007*261120*1200*A*000~\n", asks="1"),
    "a TA1 in a broken envelope": lambda orders: orders.isa(notes="TA1*000000007*261120*1200*A*000~\n").replace(
        "IEA*0", "IEA*3"
    ),
    "a CONTRL": lambda orders: orders.unb(CONTRL),
    "a CONTRL with a fault": lambda orders: orders.unb(CONTRL.replace("14+7'", "14'")),
    "a CONTRL in a broken envelope": lambda orders: orders.unb(CONTRL).replace("UNZ+1", "UNZ+2"),
}


@pytest.mark.parametrize("what", NEVER_ANSWERED)
def test_an_answer_is_never_answered(wire: "Wire", orders: "Orders", what: str) -> None:
    us(wire, "TA1", "on-request")
    eu(wire, "always")
    for _ in range(2):
        wire.receive(NEVER_ANSWERED[what](orders))
    assert wire.answers == []


def test_a_contrl_beside_an_order_does_not_keep_the_order_from_being_answered(wire: "Wire", orders: "Orders") -> None:
    wire.receive(orders.unb(CONTRL, orders.edifact(reference="2")))
    assert wire.answers == [UCI.format(901) + "7"]


@pytest.mark.parametrize(("old", "new"), [("+901+", "++"), ("5450534000000:14+4012345000009", "5450534000000:14+")])
def test_what_an_answer_would_have_to_repeat_and_is_not_there_is_told_by_other_means(
    wire: "Wire", orders: "Orders", old: str, new: str
) -> None:
    receipt = wire.receive(orders.unb(orders.edifact()).replace(old, new, 1))
    assert wire.answers == []
    assert receipt.reasons
    assert wire.cases


# Law 5: each group is answered once, each interchange at most once, with right counts; a repeat is answered again.

verdicts = st.lists(st.booleans(), min_size=1, max_size=4)
groups = st.lists(verdicts, min_size=1, max_size=3)


def _quantity(is_good: bool) -> str:
    return "24" if is_good else BAD


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=groups, asks=st.booleans())
def test_each_group_is_answered_once_with_its_counts(
    wire: "Wire", orders: "Orders", groups: list[list[bool]], asks: bool
) -> None:
    known = len(wire.sent)
    number = known + 1000
    texts = [
        orders.group(
            *(orders.x12(f"N{number}-{g}-{m}", _quantity(good), f"{m:04}") for m, good in enumerate(group, 1)),
            number=number + g,
        )
        for g, group in enumerate(groups)
    ]
    data = orders.isa(*texts, number=number, asks="1" if asks else "0")
    due = [f"TA1*{number:09}*261120*1200*A*000"] * asks
    for g, group in enumerate(groups):
        good = sum(group)
        verdict = "A" if good == len(group) else "P" if good else "R"
        told = " ".join(
            f"AK2*850*{m:04} AK5*A" if is_good else f"AK2*850*{m:04} AK3*PO1*9**8 AK4*2*330*6*1X AK5*R*5"
            for m, is_good in enumerate(group, 1)
        )
        due.append(f"AK1*PO*{number + g} {told} AK9*{verdict}*{len(group)}*{len(group)}*{good}")
    wire.receive(data)
    wire.receive(data)
    assert wire.answers[known:] == due * 2


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=groups, in_groups=st.booleans(), asks=st.booleans())
def test_each_interchange_that_asks_is_answered_once_with_every_bad_message(
    wire: "Wire", orders: "Orders", groups: list[list[bool]], in_groups: bool, asks: bool
) -> None:
    known, number = len(wire.sent), str(5000 + len(wire.journal.files(limit=100_000)))
    parties = "5450534000000:14+4012345000009:14"
    texts, due = [], [f"UCI+{number}+{parties}+7"]
    for g, group in enumerate(groups):
        references = [str(m if in_groups else 10 * g + m) for m, _ in enumerate(group, 1)]
        messages = [
            orders.edifact(f"N{number}-{g}-{reference}", _quantity(good), reference)
            for reference, good in zip(references, group, strict=True)
        ]
        texts += [orders.ung(*messages, number=f"G{g}")] if in_groups else messages
        if in_groups and not all(group):
            due.append(f"UCF+G{g}+{parties}+7")
        bad = [reference for reference, good in zip(references, group, strict=True) if not good]
        due += [f"UCM+{reference}+ORDERS:D:96A:UN:EAN008+4 UCS+9 UCD+37+2:2" for reference in bad]
    data = orders.unb(*texts, number=number, asks=asks)
    wire.receive(data)
    wire.receive(data)
    assert wire.answers[known:] == [" ".join(due)] * 2 * asks


@pytest.mark.parametrize("reference", ["PO_1", "ab77", "x@1"])
def test_a_contrl_repeats_a_reference_as_it_came_whatever_the_set_of_the_guide(
    wire: "Wire", orders: "Orders", reference: str
) -> None:
    wire.receive(orders.unb(orders.edifact(), number=reference).replace("UNOA:2", "UNOC:3"))
    assert wire.answers == [UCI.format(reference) + "7"]
    assert b"UNB+UNOC:3+" in wire.sent[0]
    wire.receive(orders.unb(orders.edifact("A2"), number="PO1"))
    assert b"UNB+UNOA:2+" in wire.sent[1]
