"""What partners answer to what we sent: told to the document, and to a person where it is bad, unknown or missing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.journal import Journal
from gateway.pipeline.acknowledged import answers_of

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.pipeline.conftest import Orders, Send

SENT_AT = "2026-11-20T22:00:00Z"
SOON = "2026-11-20T22:30:00Z"
LATE = "2026-11-21T22:00:00Z"
OURS = "4012345000009:14+5450534000000:14"

# A document of our samples by the message that carries it, and the functional group it stands in.
X12 = {"855": ("855-accepted", "PR"), "856": ("856-cartons", "SH"), "810": ("810-plain", "IN")}
EDIFACT = {"ORDRSP": "ORDRSP-all-outcomes", "DESADV": "DESADV-cartons", "INVOIC": "INVOIC-two-rates"}


def acknowledgement(kind: str, message: str, verdict: str, inside: str = "", group: str | None = None) -> str:
    """A 997 or 999 on the first message of our first group."""
    tag, version = ("AK5", "") if kind == "997" else ("IK5", "*005010")
    codes = "*5" if inside else ""
    count = "1" if verdict in "AE" else "0"
    return (
        f"ST*{kind}*0001~AK1*{group or X12[message][1]}*1{version}~AK2*{message}*0001~{inside}"
        f"{tag}*{verdict}{codes}~AK9*{verdict}*1*1*{count}~SE*{6 + inside.count('~')}*0001~"
    )


def answer_x12(orders: "Orders", body: str, number: int = 500) -> str:
    return orders.isa(orders.group(body, kind="FA", number=number), number=number)


def contrl(uci: str, *inside: str) -> str:
    body = "".join(f"{segment}'" for segment in (f"UCI+1+{OURS}+{uci}", *inside))
    return f"UNH+1+CONTRL:2:2:UN'{body}UNT+{3 + len(inside)}+1'"


def status(house: "House", document: str) -> str:
    found: str = house.json("documents", "show", document)["acknowledgement"]
    return found


def deliver(house: "House", send: "Send", sample: str, **more: Any) -> str:
    """Send a document and deliver it; its id."""
    house.once("2026-11-20T21:00:00Z")
    document: str = send(house, sample, SENT_AT, **more)
    house.once(SENT_AT)
    assert status(house, document) == "awaited"
    return document


def receive(house: "House", data: str, at: str = SOON) -> None:
    house.drop(f"answer-{len(house.history())}.edi", data)
    house.once(at)
    assert house.quarantine == {}


VERDICTS = [("A", "accepted"), ("E", "accepted_with_errors"), ("R", "rejected")]


@pytest.mark.parametrize("message", X12)
@pytest.mark.parametrize(("verdict", "status_due"), VERDICTS)
def test_a_997_is_told_to_the_document_it_answers(
    house: "House", send: "Send", orders: "Orders", message: str, verdict: str, status_due: str
) -> None:
    document = deliver(house, send, X12[message][0])
    receive(house, answer_x12(orders, acknowledgement("997", message, verdict)))
    assert status(house, document) == status_due
    rejected = ["acknowledgement-rejected"] if verdict == "R" else []
    assert [case["code"] for case in house.cases] == rejected
    [answer] = house.json("documents", "list", "--type", "997")
    assert (answer["direction"], answer["acknowledgement"]) == ("in", "none_expected")


@pytest.mark.parametrize("message", EDIFACT)
@pytest.mark.parametrize(
    ("body", "status_due"),
    [
        (("7",), "accepted"),
        (("8",), "awaited"),
        (("4+29+UNZ+2",), "rejected"),
        (("7", "UCM+1+{}:D:96A:UN:EAN005+4", "UCS+3", "UCD+12+2:2"), "rejected"),
        (("7", "UCM+1+{}:D:96A:UN:EAN005+7"), "accepted"),
    ],
    ids=["all is well", "received", "interchange refused", "message refused", "message accepted"],
)
def test_a_contrl_is_told_to_the_document_it_answers(
    house: "House", send: "Send", orders: "Orders", message: str, body: tuple[str, ...], status_due: str
) -> None:
    document = deliver(house, send, EDIFACT[message])
    receive(house, orders.unb(contrl(*(segment.format(message) for segment in body))))
    assert status(house, document) == status_due
    assert [case["code"] for case in house.cases] == ["acknowledgement-rejected"] * (status_due == "rejected")


@pytest.mark.requirement("V10")
def test_a_refusal_shows_the_partners_finding_on_our_own_segment(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "855-accepted")
    text = house.run("documents", "raw", document).stdout
    segments = text[text.index("ST*") :].split("~\n")
    ordinal = next(n for n, segment in enumerate(segments, 1) if segment.startswith("PO1"))
    inside = f"AK3*PO1*{ordinal}**8~AK4*2*330*6*1X~AK3*CTT*9**3~"
    receive(house, answer_x12(orders, acknowledgement("997", "855", "R", inside)))
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("acknowledgement-rejected", "IT")
    shown = f"segment {ordinal} `{segments[ordinal - 1]}`: PO102 '1X': invalid character (code 6)"
    assert shown in case["message"]
    assert "a mandatory segment is missing (code 3) CTT" in case["message"]
    assert f"document:{document}" in case["subjects"]
    assert shown in house.run("documents", "show", document).stdout
    explained = house.run("explain", document).stdout
    assert "acknowledgement rejected" in explained
    assert shown in explained
    [answer] = house.json("documents", "list", "--type", "997")
    assert f"it says of document {document} (855 X1): rejected" in house.run("explain", answer["id"]).stdout


def test_a_refusal_by_contrl_counts_the_tag_and_is_shown_with_our_own_names(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "ORDRSP-all-outcomes")
    text = house.run("documents", "raw", document).stdout
    segments = text[text.index("UNH+") :].split("'\n")
    ordinal = next(n for n, segment in enumerate(segments, 1) if segment.startswith("QTY"))
    refused = ("UCM+1+ORDRSP:D:96A:UN:EAN005+4", f"UCS+{ordinal}", "UCD+37+2:2", "UCD+16+9", "UCS+99+13")
    receive(house, orders.unb(contrl("7", *refused)))
    [case] = house.cases
    assert (
        f"segment {ordinal} `{segments[ordinal - 1]}`: QTY.6060: wrong kind of character (code 37)" in case["message"]
    )
    assert "QTY, element 8: too many elements or components (code 16)" in case["message"]
    assert "segment 99 (beyond the last): missing (code 13)" in case["message"]


def test_a_999_is_told_with_its_own_words(house: "House", send: "Send", orders: "Orders") -> None:
    guide = house.folder / "mappings" / "guides" / "amazon-us" / "guide.toml"
    guide.parent.mkdir(parents=True)
    shipped = Path(__file__).parents[2] / "mappings" / "guides" / "amazon-us"
    for file in shipped.iterdir():
        (guide.parent / file.name).write_text(file.read_text())
    guide.write_text(guide.read_text() + '\n[messages.999]\ngrammar = "x12/005010/999"\ndirection = "both"\n')
    document = deliver(house, send, "856-cartons")
    inside = "IK3*BSN*2**8~IK4*3*373*8*20261340~"
    body = acknowledgement("999", "856", "R", inside)
    group = orders.group(body, kind="FA", number=500, version="005010")
    receive(house, orders.isa(group, number=500, version="00501"))
    assert status(house, document) == "rejected"
    assert "BSN03 '20261340': not a date (code 8)" in house.cases[0]["message"]


@pytest.mark.parametrize(
    ("note", "status_due", "codes"),
    [
        ("A*000", "awaited", []),
        ("E*019", "awaited", []),
        ("R*023", "rejected", ["acknowledgement-rejected"]),
    ],
)
def test_a_ta1_tells_a_refusal_of_the_envelope_and_else_waits_for_the_997(
    house: "House", send: "Send", orders: "Orders", note: str, status_due: str, codes: list[str]
) -> None:
    document = deliver(house, send, "855-accepted")
    receive(house, orders.isa(notes=f"TA1*000000001*261120*2200*{note}~\n", number=500))
    assert status(house, document) == status_due
    assert [case["code"] for case in house.cases] == codes
    assert len(house.history("envelope-acknowledged")) == (status_due == "awaited")
    [answer] = house.json("documents", "list", "--type", "TA1")
    assert answer["direction"] == "in"
    if codes:
        assert "file ends too early (code 023)" in house.cases[0]["message"]


def test_a_note_that_says_nothing_is_journalled_and_a_case(house: "House", orders: "Orders") -> None:
    receive(house, orders.isa(notes="TA1*000000001*261120*2200*Q*000~\n", number=500))
    assert [entry.kind for entry in house.history("note-unreadable")] == ["note-unreadable"]
    assert [case["code"] for case in house.cases] == ["note-unreadable"]


def advice_824(kind: str, reference: str, verdict: str = "TR", error: str = "TED*848*PRICE TOO HIGH~") -> str:
    body = f"ST*824*0001~BGN*11*7*20261121~OTI*{verdict}*{kind}*{reference}~{error}"
    return f"{body}SE*{body.count('~') + 1}*0001~"


def aperak(references: str, verdict: str = "27", error: str = "ERC+42::92'FTX+AAO+++TOTAL DOES NOT MATCH'") -> str:
    body = f"UNH+1+APERAK:D:96A:UN:EAN001'BGM+12E::9+AA-1+{verdict}'DTM+137:20261121:102'{references}{error}"
    unt = f"UNT+{body.count(chr(39)) + 1}+1'"
    return body + unt


@pytest.mark.requirement("V10")
def test_an_824_refuses_what_the_997_had_accepted_and_a_late_997_does_not_take_it_back(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "810-plain", number="INV-1")
    receive(house, answer_x12(orders, acknowledgement("997", "810", "A")))
    advised = orders.isa(orders.group(advice_824("IV", "INV-1"), kind="AG", number=501), number=501)
    receive(house, advised)
    assert status(house, document) == "rejected"
    [case] = house.cases
    assert "refused 810 INV-1 by 824: 848 PRICE TOO HIGH" in case["message"]
    receive(house, answer_x12(orders, acknowledgement("997", "810", "A"), 502))
    assert status(house, document) == "rejected"
    assert house.answers == ["AK1*AG*501 AK2*824*0001 AK5*A AK9*A*1*1*1"]  # an advice is no answer: it is answered
    receive(house, orders.isa(orders.group(advice_824("IV", "INV-1", "TA", ""), kind="AG", number=503), number=503))
    assert status(house, document) == "accepted"
    assert house.json("cases", "show", case["id"])["reason"] == "the partner took it after all"


@pytest.mark.parametrize(
    ("sample", "number", "references"),
    [
        ("INVOIC-two-rates", "RE-1", "RFF+IV:RE-1'"),
        ("DESADV-cartons", "SHP-1", "RFF+ON:OTHER'RFF+AAK:SHP-1'"),
        ("ORDRSP-all-outcomes", "PO-1", "RFF+ON:PO-1'"),
    ],
)
def test_an_aperak_finds_its_document_by_whatever_reference_names_it(
    house: "House", send: "Send", orders: "Orders", sample: str, number: str, references: str
) -> None:
    document = deliver(house, send, sample, number=number)
    receive(house, orders.unb(aperak(references), asks=False))
    assert status(house, document) == "rejected"
    assert "42 TOTAL DOES NOT MATCH" in house.cases[0]["message"]


def test_an_answer_is_read_in_whatever_version_it_comes(house: "House", send: "Send", orders: "Orders") -> None:
    document = deliver(house, send, "856-cartons")
    group = orders.group(acknowledgement("997", "856", "A"), kind="FA", number=500, version="005010")
    receive(house, orders.isa(group, number=500, version="00501"))
    assert status(house, document) == "accepted"


def test_an_824_that_names_our_group_is_matched_by_it(house: "House", send: "Send", orders: "Orders") -> None:
    document = deliver(house, send, "810-plain", number="INV-1")
    named = advice_824("IV", "MISSPELT").replace("MISSPELT", "MISSPELT*****1*0001*810")
    receive(house, orders.isa(orders.group(named, kind="AG", number=501), number=501))
    assert status(house, document) == "rejected"


def test_a_group_that_is_partly_accepted_says_nothing_of_a_message_that_is(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "855-accepted")
    partly = acknowledgement("997", "855", "A").replace("AK9*A*1*1*1", "AK9*P*2*2*1")
    receive(house, answer_x12(orders, partly))
    assert status(house, document) == "accepted"


@pytest.mark.parametrize(
    ("verdict", "error", "status_due"),
    [
        ("29", "", "accepted"),
        ("34", "", "accepted_with_errors"),
        ("9", "", "accepted"),
        ("9", "ERC+42::92'", "rejected"),
    ],
    ids=["accepted", "accepted with changes", "reported without errors", "reported with errors"],
)
def test_an_aperak_without_a_refusal_is_an_acceptance(
    house: "House", send: "Send", orders: "Orders", verdict: str, error: str, status_due: str
) -> None:
    document = deliver(house, send, "INVOIC-two-rates", number="RE-1")
    receive(house, orders.unb(aperak("RFF+IV:RE-1'", verdict, error), asks=False))
    assert status(house, document) == status_due


def test_an_advice_never_means_the_sales_order_or_an_answer_of_ours(house: "House", orders: "Orders") -> None:
    house.drop("order.edi", orders.isa(orders.group(orders.x12("PO-1"))))
    receive(house, orders.isa(orders.group(advice_824("PO", "PO-1"), kind="AG", number=501), number=501))
    assert [case["code"] for case in house.cases] == ["acknowledgement-unmatched"]
    [sales_order] = house.json("documents", "list", "--type", "sales-order")
    assert sales_order["acknowledgement"] == "awaited"


UNMATCHED: dict[str, Callable[["Orders"], str]] = {
    "a group that we never sent": lambda orders: answer_x12(
        orders, acknowledgement("997", "855", "A").replace("AK1*PR*1", "AK1*PR*77")
    ),
    "our group by another kind": lambda orders: answer_x12(orders, acknowledgement("997", "855", "R", group="IN")),
    "another message in our group": lambda orders: answer_x12(
        orders, acknowledgement("997", "855", "R").replace("AK2*855*0001", "AK2*855*0009")
    ),
    "an interchange that we never sent": lambda orders: orders.isa(notes="TA1*000000077*261120*2200*R*023~\n"),
    "an invoice that we never sent": lambda orders: orders.isa(
        orders.group(advice_824("IV", "NONE"), kind="AG", number=501), number=501
    ),
}


@pytest.mark.parametrize("what", UNMATCHED)
def test_an_answer_to_what_we_never_sent_is_a_case_and_changes_nothing(
    house: "House", send: "Send", orders: "Orders", what: str
) -> None:
    document = deliver(house, send, "855-accepted")
    receive(house, UNMATCHED[what](orders))
    assert status(house, document) == "awaited"
    [case] = house.cases
    assert (case["code"], case["owner"]) == ("acknowledgement-unmatched", "IT")
    house.run("cases", "resolve", case["id"], "--reason", "it was sent by the old system")
    assert house.cases == []


def test_a_contrl_for_an_interchange_that_we_never_sent_is_a_case(house: "House", orders: "Orders") -> None:
    receive(house, orders.unb(contrl("4+12").replace("UCI+1+", "UCI+88+")))
    assert "amazon-eu answers interchange 88, which we never sent" in house.cases[0]["message"]


def test_the_same_answer_again_changes_nothing_and_opens_no_case_that_was_closed(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "855-accepted")
    refusal = acknowledgement("997", "855", "R", "AK3*BAK*2**8~AK4*3*324*1~")
    receive(house, answer_x12(orders, refusal))
    [case] = house.cases
    house.run("cases", "resolve", case["id"], "--reason", "sent by e-mail")
    receive(house, answer_x12(orders, refusal))  # a repeat of the interchange
    assert house.cases == []
    assert status(house, document) == "rejected"
    assert [answer["verdict"] for answer in house.json("documents", "show", document)["answers"]] == ["rejected"]


def test_a_refusal_of_an_answer_of_ours_is_a_case(house: "House", orders: "Orders") -> None:
    house.drop("order.edi", orders.isa(orders.group(orders.x12())))
    house.once(SENT_AT)
    body = acknowledgement("997", "855", "R", group="FA").replace("AK2*855", "AK2*997")
    receive(house, answer_x12(orders, body))
    assert "refused 997 101 by 997" in house.cases[0]["message"]
    assert len(house.answers) == 1


def test_silence_is_told_once_also_after_downtime_and_ends_with_the_answer(
    house: "House", send: "Send", orders: "Orders"
) -> None:
    document = deliver(house, send, "856-cartons", number="SHP-1", subjects=("order:amazon-us:PO-1",))
    house.once("2026-11-21T21:59:59Z")
    assert house.cases == []
    house.once("2026-11-25T08:00:00Z")
    house.once("2026-11-25T09:00:00Z")
    [case] = house.cases
    assert (case["code"], case["owner"], case["due_at"]) == ("acknowledgement-overdue", "IT", LATE)
    assert case["message"] == "amazon-us has not answered 856 SHP-1 for 24 hours"
    assert {f"document:{document}", "order:amazon-us:PO-1"} <= set(case["subjects"])
    assert status(house, document) == "overdue"
    assert case["message"] in house.run("explain", document).stdout
    receive(house, answer_x12(orders, acknowledgement("997", "856", "A")), "2026-11-25T10:00:00Z")
    assert status(house, document) == "accepted"
    assert house.json("cases", "show", case["id"])["reason"] == "the answer came"


def test_what_is_sent_again_is_waited_for_again(house: "House", send: "Send") -> None:
    document = deliver(house, send, "856-cartons", number="SHP-1")
    house.once("2026-11-25T08:00:00Z")
    house.run("cases", "resolve", house.cases[0]["id"], "--reason", "we send it again")
    for file in (house.folder / "amazon" / "out").glob("*856*"):
        file.unlink()
    house.run("documents", "resend", document, "--at", "2026-11-25T09:00:00Z")
    house.once("2026-11-25T09:00:00Z")
    assert status(house, document) == "awaited"
    house.once("2026-11-26T08:59:59Z")
    assert house.cases == []
    house.once("2026-11-26T09:00:00Z")
    assert [case["code"] for case in house.cases] == ["acknowledgement-overdue"]


def test_the_clock_of_an_answer_runs_from_the_delivery(house: "House", send: "Send") -> None:
    house.once("2026-11-20T21:00:00Z")
    document = send(house, "855-accepted", "2026-11-18T22:00:00Z")  # it lay in the outbox for two days
    house.once(SENT_AT)
    assert status(house, document) == "awaited"
    house.once(LATE)
    assert status(house, document) == "overdue"


def test_what_asks_for_no_answer_is_never_overdue(house: "House", send: "Send") -> None:
    guide = house.folder / "mappings" / "guides" / "amazon-eu"
    guide.mkdir(parents=True)
    for file in (Path(__file__).parents[2] / "mappings" / "guides" / "amazon-eu").iterdir():
        (guide / file.name).write_text(file.read_text().replace("asks       = true", "asks       = false"))
    document = send(house, "ORDRSP-all-outcomes", SENT_AT)
    house.once(SENT_AT)
    house.once("2026-12-20T00:00:00Z")
    assert status(house, document) == "none_expected"
    assert house.cases == []


def test_an_order_shows_what_became_of_its_documents(house: "House", send: "Send", orders: "Orders") -> None:
    house.drop("order.edi", orders.isa(orders.group(orders.x12("PO-1"))))
    house.once(SENT_AT)
    send(house, "855-accepted", SENT_AT, number="PO-1", subjects=("order:amazon-us:PO-1",))
    house.once(SENT_AT)
    refusal = acknowledgement("997", "855", "R").replace("AK1*PR*1", "AK1*PR*2")  # our first group was the 997
    receive(house, answer_x12(orders, refusal))
    shown = house.json("orders", "show", "PO-1")
    assert [d["acknowledgement"] for d in shown["documents"] if d["type"] == "855"] == ["rejected"]
    [case] = house.cases
    assert shown["cases"] == [case["id"]]
    assert "without saying why" in case["message"]
    assert case["message"] in house.run("explain", "PO-1").stdout


def test_the_status_is_the_fold_of_what_was_said(house: "House", send: "Send", orders: "Orders") -> None:
    document = deliver(house, send, "810-plain", number="INV-1")
    for number, body in enumerate((acknowledgement("997", "810", "E"), acknowledgement("997", "810", "A")), 600):
        receive(house, answer_x12(orders, body, number))
    with Journal.open(house.folder / "journal.db", read_only=True) as journal:
        assert [answer.verdict for answer in answers_of(journal, document)] == ["accepted_with_errors", "accepted"]
        assert journal.document(document).acknowledgement == "accepted"
