"""What went wrong elsewhere does not go wrong here: each test is named for an issue of another system's tracker.

Real parts throughout: an instance on disk, its journal, its turns, and the folders of an AS2 server.
"""

import errno
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from gateway.instance import fixed_clock, open_instance
from gateway.transports.as2_drop import As2Drop
from gateway.turn import Turn
from tests.openas2_lessons.server import REFUSED, As2Server

if TYPE_CHECKING:
    from tests.conftest import House
    from tests.pipeline.conftest import Orders, Send

NOW = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
SENT_AT = "2026-11-20T22:00:00Z"
SOON = "2026-11-20T22:30:00Z"
LATER = "2026-11-20T23:00:00Z"


@pytest.fixture
def answer(house: "House", server: As2Server, send: "Send") -> tuple[str, str]:
    """An 855 that we have given to the AS2 server: its document and the name of its file."""
    house.once("2026-11-20T21:00:00Z")
    document = send(house, "855-accepted", SENT_AT)
    house.once(SENT_AT)
    (name,) = server.waiting
    return document, name


def shown(house: "House", document: str) -> dict[str, Any]:
    found: dict[str, Any] = house.json("documents", "show", document)
    return found


def bytes_of(house: "House", document: str) -> bytes:
    return house.run("documents", "raw", document).stdout_bytes


# OpenAS2


def test_openas2_616_a_file_on_its_way_never_disappears_and_none_goes_twice(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """A file that was being sent was suddenly gone from the disk, and the message was worked on twice.

    What leaves here is kept in the journal, the file in the folder is only a copy of it: when the server loses that,
    the same bytes leave again under the same name, once a person says so, and never by themselves.
    """
    document, name = answer
    lost = server.picks_up(name)  # and then nothing is ever heard of it
    for at in (SOON, LATER):
        house.once(at)
        assert server.waiting == []
    assert bytes_of(house, document) == lost
    house.run("documents", "resend", document, "--reason", "the AS2 server lost it", "--at", LATER)
    house.once(LATER)
    assert server.picks_up(name) == lost
    house.once("2026-11-20T23:30:00Z")
    assert server.waiting == []


def test_openas2_418_the_original_is_there_after_the_last_try(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """After the last of several tries with a negative receipt each, no trace of the original was left on the disk.

    Here each receipt is kept, the first stops the dispatch with a case that names the disposition, and the bytes are in
    the journal for as long as it is.
    """
    document, name = answer
    sent = server.picks_up(name)
    for number in (1, 2, 3):
        server.gets_receipt(name, number, REFUSED)
        house.once(SOON)
    assert shown(house, document)["delivery"] == "failed"
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("mdn-negative", "IT")
    assert "processed/Error: decryption-failed" in case["message"]
    assert bytes_of(house, document) == sent
    assert len(house.history("receipt-taken")) == 3


def test_openas2_379_a_copy_in_the_sent_folder_is_no_proof(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """A file whose sending broke off was put among the sent ones all the same.

    Here a copy there changes no status: the answer is awaited as before, and when the partner's server says that it has
    not taken the message, that counts.
    """
    document, name = answer
    server.keeps_copy(name, 1, server.picks_up(name))
    house.once(SOON)
    (noted,) = house.history("message-sent")
    assert f"document:{document}" in noted.subjects
    assert shown(house, document)["acknowledgement"] == "awaited"
    server.gets_receipt("another-name", 1, REFUSED)  # it is found by the Message-ID of the copy
    house.once(LATER)
    assert shown(house, document)["delivery"] == "failed"
    assert [case["code"] for case in house.cases] == ["mdn-negative"]


def test_openas2_550_what_was_not_sent_is_not_history(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """After three vain tries files went to the history folder, and the partner was the first to notice.

    Here a file in the server's error folder is a document that failed, with a case and an owner. It leaves again under
    the same name, and the case closes.
    """
    document, name = answer
    sent = server.picks_up(name)
    server.gives_up(name, sent)
    house.once(SOON)
    assert shown(house, document)["delivery"] == "failed"
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("transmission-failed", "IT")
    assert list((server.out / "error").iterdir()) == []
    house.run("documents", "resend", document, "--reason", "certificate renewed", "--at", LATER)
    house.once(LATER)
    assert server.picks_up(name) == sent
    assert house.cases == []
    assert shown(house, document)["delivery"] == "delivered"


def test_openas2_260_a_message_that_comes_again_for_want_of_a_receipt_is_taken_once(
    house: "House", server: As2Server
) -> None:
    """The file was handed on before its receipt could be sent; the partner sent it again, and it was worked on twice.

    Here the Message-ID and the content that was taken under it are written in one transaction with all that came of it.
    """
    order = house.interchange(house.order())
    server.receives(order, 1)
    house.once()
    answers = len(house.answers)
    server.receives(order, 1)
    house.once()
    assert (server.inbox, house.quarantine, house.cases) == ([], {}, [])
    assert len(house.history("event:order-received")) == 1
    assert len(house.answers) == answers
    (told,) = house.history("message-repeated")
    assert told.body["first"] == house.history("message-taken")[0].body["file"]


def test_openas2_260_nor_when_it_comes_under_another_message_id(house: "House", server: As2Server) -> None:
    """The partner's system sends the same order as a new message: the control numbers of the interchange tell."""
    order = house.interchange(house.order())
    server.receives(order, 1)
    house.once()
    server.receives(order, 2)
    house.once()
    assert len(house.history("event:order-received")) == 1
    assert len(house.history("interchange-repeated")) == 1
    assert house.cases == []


class PowerCut(BaseException):
    """The machine stops here."""


def test_openas2_260_nor_when_the_power_fails_between_taking_and_removing(
    house: "House", server: As2Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was taken and not removed any more is there again when the gateway starts anew."""

    def cut(*_: object) -> bool:
        raise PowerCut

    server.receives(house.interchange(house.order()), 1)
    with monkeypatch.context() as patch, open_instance(house.config, clock=fixed_clock(NOW)) as instance:
        patch.setattr(As2Drop, "settle", cut)
        with pytest.raises(PowerCut):
            Turn(instance).run()
    assert len(server.inbox) == 1
    house.once()
    assert server.inbox == []
    assert len(house.history("event:order-received")) == 1
    assert (len(house.answers), house.quarantine, house.cases) == (1, {}, [])


def test_another_content_under_a_known_message_id_is_held(house: "House", server: As2Server) -> None:
    """A server that writes over what it received would lose one of the two; here the second is held, with a case."""
    server.receives(house.interchange(house.order("FIRST")), 1)
    house.once()
    server.receives(house.interchange(house.order("SECOND"), control=102), 1)
    house.once()
    (case,) = house.cases
    assert (case["code"], case["owner"]) == ("message-id-conflict", "IT")
    ((name, reason),) = house.quarantine.items()
    assert name.startswith("po.edi-OPENAS2")
    assert reason["code"] == "message-id-conflict"
    assert [entry.body["purchase_order"] for entry in house.history("event:order-received")] == ["FIRST"]


# Others


def test_pyas2_8_what_failed_the_first_time_may_come_again(house: "House", server: As2Server) -> None:
    """A message whose first try had failed on our side was called a duplicate when the partner sent it again.

    Here only what was taken is remembered. The first try fails because the partner's id is not in config.toml yet.
    """
    house.configure('"ZZ:AMAZON"', '"ZZ:NOBODY"')
    order = house.interchange(house.order())
    server.receives(order, 1)
    house.once()
    assert [case["code"] for case in house.cases] == ["sender-unknown"]
    assert house.history("message-taken") == []
    house.configure('"ZZ:NOBODY"', '"ZZ:AMAZON"')
    server.receives(order, 1)
    house.once()
    assert len(house.history("event:order-received")) == 1


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ENOENT])
def test_oca_edi_88_a_file_that_cannot_be_read_is_never_taken_for_an_empty_one(
    house: "House", server: As2Server, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Errors of the operating system while reading were swallowed, and the record counted as received, without data.

    Here the file stays where it is and is taken with the next turn; where the machine is at fault there is a case.
    """
    server.receives(house.interchange(house.order()), 1)
    real = os.open

    def failing(name: Any, *arguments: Any, **named: Any) -> int:
        if isinstance(name, bytes) and name.startswith(b"po.edi"):
            raise OSError(number, os.strerror(number))
        return real(name, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        house.once()
    assert len(server.inbox) == 1
    assert [entry for entry in house.history("file-received") if entry.body["channel"] == "amazon"] == []
    assert [case["code"] for case in house.cases] == ([] if number == errno.ENOENT else ["channel-failed"])
    house.once()
    assert len(house.history("event:order-received")) == 1
    assert house.cases == []


def test_oca_edi_89_what_a_person_must_mend_is_not_tried_again_by_itself(
    house: "House", server: As2Server, send: "Send"
) -> None:
    """Final errors were tried again for ever, and nobody was told.

    Here a name that is taken by another file is final: one try, one case, and nothing more until a person says so.
    """
    house.once("2026-11-20T21:00:00Z")
    document = send(house, "855-accepted", SENT_AT)
    with house.journal() as journal:
        (dispatch,) = journal.dispatches(document_id=document)
    (server.out / dispatch.name).write_bytes(b"theirs")
    for at in (SENT_AT, SOON, LATER):
        house.once(at)
    with house.journal() as journal:
        assert (journal.dispatch(dispatch.id).state, journal.dispatch(dispatch.id).attempts) == ("failed", 1)
    assert [case["code"] for case in house.cases] == ["delivery-failed"]
    assert (server.out / dispatch.name).read_bytes() == b"theirs"


def test_mymove_6665_an_acknowledgement_that_comes_twice_counts_once(
    house: "House", server: As2Server, answer: tuple[str, str], orders: "Orders"
) -> None:
    """The same 997 was worked on twice, for one run began while another still had the file."""
    document, name = answer
    server.picks_up(name)
    said = "ST*997*0001~AK1*PR*1~AK2*855*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~"
    acknowledgement = orders.isa(orders.group(said, kind="FA", number=500), number=500)
    for number in (7, 7, 8):
        server.receives(acknowledgement, number, "997.edi")
        house.once(SOON)
    assert shown(house, document)["acknowledgement"] == "accepted"
    assert len(house.history("event:acknowledged")) == 1
    assert house.cases == []


def test_mymove_6665_nor_does_a_receipt_that_comes_twice(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """The same receipt again is a line of history, whatever it says."""
    document, name = answer
    server.picks_up(name)
    for _ in range(2):
        server.gets_receipt(name, 1)
        house.once(SOON)
    assert len(house.history("receipt-taken")) == len(house.history("receipt-repeated")) == 1
    assert shown(house, document)["delivery"] == "delivered"


def test_bots_235_what_was_sent_again_can_be_sent_again_and_never_comes_back_as_new(
    house: "House", server: As2Server, answer: tuple[str, str]
) -> None:
    """Only the last of several resends could be sent once more, and a file that was sent again was read in again.

    Here there is one document with one name, one number and its bytes, however often it leaves.
    """
    document, name = answer
    sent = server.picks_up(name)
    for minute in range(3):
        at = f"2026-11-20T22:3{minute}:00Z"
        house.run("documents", "resend", document, "--reason", "asked for it", "--at", at)
        house.once(at)
        assert server.picks_up(name) == sent
    with house.journal() as journal:
        assert [each.name for each in journal.dispatches(document_id=document)] == [name]
        assert len(journal.documents(type="855")) == 1
    requeued = house.history("dispatch-requeued")
    assert [entry.body["reason"] for entry in requeued] == ["asked for it"] * 3
    assert all(entry.body["who"] for entry in requeued)
