"""What an AS2 server leaves of what we sent: receipts, copies and failures, told to the dispatch they are about."""

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.mdn import Mdn, read_mdn
from tests.openas2_lessons.conftest import server
from tests.openas2_lessons.server import PROCESSED, REFUSED, As2Server

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.pipeline.conftest import Send

__all__ = ["server"]

SENT_AT = "2026-11-20T22:00:00Z"
SOON = "2026-11-20T22:30:00Z"
LATER = "2026-11-20T23:00:00Z"


@pytest.fixture
def answer(house: "House", server: As2Server, send: "Send") -> tuple[str, str, bytes]:
    """An 855 that the AS2 server is sending: its document, the name of its file and its bytes."""
    house.once("2026-11-20T21:00:00Z")
    document = send(house, "855-accepted", SENT_AT)
    house.once(SENT_AT)
    (name,) = server.waiting
    return document, name, server.picks_up(name)


def delivery(house: "House", document: str) -> str:
    found: dict[str, Any] = house.json("documents", "show", document)
    return str(found["delivery"])


def codes(house: "House") -> list[str]:
    return [case["code"] for case in house.cases]


@pytest.mark.parametrize("disposition", [PROCESSED, PROCESSED + "/Warning: duplicate-document"])
def test_a_receipt_is_kept_with_the_document_and_its_dispatch(
    house: "House", server: As2Server, answer: tuple[str, str, bytes], disposition: str
) -> None:
    document, name, _ = answer
    file = server.gets_receipt(name, 1, disposition)
    kept = file.read_bytes()
    house.once(SOON)
    (noted,) = house.history("receipt-taken")
    assert f"document:{document}" in noted.subjects
    assert (noted.body["verdict"], noted.body["disposition"]) == ("positive", disposition)
    assert noted.body["mic"] == "hl1rM7fPL2ZEG0xHTTPe8Q==, sha-256"
    with house.journal() as journal:
        assert journal.bytes_of(noted.body["file"]) == kept
    assert not file.exists()
    assert (delivery(house, document), codes(house)) == ("delivered", [])


def test_a_receipt_that_refuses_stops_the_dispatch_and_resending_mends_it(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, data = answer
    server.gets_receipt(name, 1, REFUSED)
    house.once(SOON)
    assert delivery(house, document) == "failed"
    (case,) = house.cases
    assert case["code"] == "mdn-negative"
    assert case["message"] == f"the partner's AS2 server did not take {name}: {REFUSED}"
    assert house.json("cases", "show", case["id"])["evidence"]["disposition"] == REFUSED
    house.run("documents", "resend", document, "--at", LATER)
    house.once(LATER)
    assert (server.picks_up(name), delivery(house, document), codes(house)) == (data, "delivered", [])


def test_a_late_good_receipt_mends_what_was_given_up(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, data = answer
    server.gives_up(name, data)
    house.once(SOON)
    assert (delivery(house, document), codes(house)) == ("failed", ["transmission-failed"])
    server.gets_receipt(name, 1)
    house.once(LATER)
    assert (delivery(house, document), codes(house)) == ("delivered", [])
    assert server.waiting == []


@pytest.mark.parametrize("then", ["receipt", "error"])
def test_what_the_partner_has_is_not_given_up_any_more(
    house: "House", server: As2Server, answer: tuple[str, str, bytes], then: str
) -> None:
    document, name, data = answer
    server.gets_receipt(name, 1)
    house.once(SOON)
    if then == "receipt":
        server.gets_receipt(name, 2, REFUSED)
    else:
        server.gives_up(name, data)
    house.once(LATER)
    assert (delivery(house, document), codes(house)) == ("delivered", [])
    assert len(house.history("receipt-taken")) + len(house.history("message-not-sent")) == 2


def test_what_the_partner_has_answered_is_not_given_up_any_more(
    house: "House", server: As2Server, answer: tuple[str, str, bytes], orders: Any
) -> None:
    document, name, _ = answer
    said = "ST*997*0001~AK1*PR*1~AK2*855*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~"
    server.receives(orders.isa(orders.group(said, kind="FA", number=500), number=500), 9, "997.edi")
    house.once(SOON)
    server.gets_receipt(name, 2, REFUSED)
    house.once(LATER)
    assert (delivery(house, document), codes(house)) == ("delivered", [])


def test_what_goes_again_already_is_not_held_up_by_what_became_of_it_before(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, data = answer
    house.run("documents", "resend", document, "--at", SOON)
    server.gets_receipt(name, 1, REFUSED)
    house.once(SOON)
    assert (server.picks_up(name), delivery(house, document), codes(house)) == (data, "delivered", [])


def test_a_receipt_tells_of_what_a_crash_kept_us_from_marking(house: "House", server: As2Server, send: "Send") -> None:
    house.once("2026-11-20T21:00:00Z")
    document = send(house, "855-accepted", SENT_AT)
    from gateway.journal import Journal

    with Journal.open(house.folder / "journal.db") as journal:
        (dispatch,) = journal.dispatches(document_id=document)
        with journal.transaction(dispatch.at) as tx:
            tx.mark_staged(dispatch.id)
    (server.out / ".staging").mkdir()
    server.gets_receipt(dispatch.name, 1, REFUSED)
    house.once(SENT_AT)
    assert (delivery(house, document), codes(house), server.waiting) == ("failed", ["mdn-negative"], [])


def test_an_unknown_or_unreadable_receipt_is_history_and_nothing_worse(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, _ = answer
    server.gets_receipt("nobodys.edi", 1, REFUSED)
    server.gets_receipt(name, 2).write_text("Headers:\n\nText:\nno disposition\n")
    house.once(SOON)
    assert [len(house.history(kind)) for kind in ("receipt-unmatched", "receipt-unreadable")] == [1, 1]
    assert (delivery(house, document), codes(house), house.quarantine) == ("delivered", [], {})


def test_a_copy_of_what_was_sent_changes_nothing(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, data = answer
    server.keeps_copy(name, 1, data)
    server.keeps_copy(name, 2, data + b" ")
    server.keeps_copy("nobodys.edi", 3, b"x")
    house.once(SOON)
    assert [len(house.history(kind)) for kind in ("message-sent", "sent-unmatched")] == [1, 2]
    assert (delivery(house, document), codes(house), house.quarantine) == ("delivered", [], {})


def test_a_failure_that_is_not_ours_goes_to_quarantine_with_a_case(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    server.gives_up("nobodys.edi", b"x")
    house.once(SOON)
    assert codes(house) == ["transmission-failed"]
    assert [reason["code"] for reason in house.quarantine.values()] == ["transmission-failed"]
    assert delivery(house, answer[0]) == "delivered"


def test_the_server_may_put_a_number_or_a_message_id_behind_a_name(
    house: "House", server: As2Server, answer: tuple[str, str, bytes]
) -> None:
    document, name, data = answer
    server.gives_up(f"{name}.1", data)
    house.once(SOON)
    assert (delivery(house, document), codes(house)) == ("failed", ["transmission-failed"])


def test_what_has_no_message_id_is_told_by_its_control_numbers(house: "House", server: As2Server) -> None:
    order = house.interchange(house.order())
    for name in ("po.edi", "again.edi"):
        house.drop(name, order, "as2/AMAZON-ACME/inbox")
        house.once()
    assert server.inbox == []
    assert len(house.history("event:order-received")) == 1
    assert len(house.history("interchange-repeated")) == 1
    assert house.history("message-taken") == []


@pytest.mark.parametrize(
    ("text", "mdn"),
    [
        (
            "Attributes:\nORIGINAL_MESSAGE_ID: <1@b>\nDISPOSITION: x/y; processed\nMIC: abc, sha1\nText:\nfine",
            Mdn("1@b", "x/y; processed", "abc, sha1"),
        ),
        (
            "Original-Message-ID: <1@b>\r\nDisposition: a/b; failed/Failure: x\r\nReceived-content-MIC: abc, sha1\r\n",
            Mdn("1@b", "a/b; failed/Failure: x", "abc, sha1"),
        ),
        ("Disposition: a/b; processed", Mdn("", "a/b; processed", "")),
        ("Disposition-Notification-To: me\nOriginal-Message-ID: <1@b>", None),
        ("\xff\x00", None),
        ("", None),
    ],
)
def test_a_receipt_is_read_as_openas2_keeps_it_and_as_it_travels(text: str, mdn: Mdn | None) -> None:
    assert read_mdn(text.encode("latin-1")) == mdn


@pytest.mark.parametrize(
    ("disposition", "is_positive"),
    [
        ("automatic-action/MDN-sent-automatically; processed", True),
        ("automatic-action/MDN-sent-automatically;PROCESSED", True),
        ("automatic-action/MDN-sent-automatically; processed/warning: duplicate-document", True),
        ("automatic-action/MDN-sent-automatically; processed/error: authentication-failed", False),
        ("automatic-action/MDN-sent-automatically; processed/Failure: x", False),
        ("automatic-action/MDN-sent-automatically; failed/Failure: sha-1 unsupported", False),
        ("automatic-action/MDN-sent-automatically; failed", False),
        ("", False),
    ],
)
def test_a_warning_says_that_it_was_processed_and_an_error_that_it_was_not(disposition: str, is_positive: bool) -> None:
    assert Mdn("1@b", disposition, "").is_positive is is_positive


@given(st.binary(max_size=400))
def test_any_bytes_are_a_receipt_or_none(data: bytes) -> None:
    read_mdn(data)
    found = read_mdn(b"Disposition: processed\nOriginal-Message-ID: " + data)
    assert found is not None
    assert found.is_positive or not found.disposition.startswith("processed")


def test_a_receipt_of_thirty_megabytes_costs_nothing() -> None:
    begun = time.process_time()
    assert read_mdn(b"Disposition:" + b" " * 30_000_000) is None
    assert read_mdn(b"\n" * 30_000_000 + b"Disposition: a;processed") is None
    assert time.process_time() - begun < 1
