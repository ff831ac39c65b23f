"""Yesterday's backup takes the place of today's journal: nothing is numbered twice, nothing leaves twice in silence."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.journal import Journal, verify
from tests.cli.conversation import ANSWERED, BOOKED, LEFT, ORDERED, answer, booked, invoice, sent, shipment, tell

if TYPE_CHECKING:
    from tests.conftest import House

LOST, RESTORED, AGAIN, CONFIRMED = (f"2026-11-21T{hour:02}:00:00Z" for hour in (8, 9, 10, 11))


def _numbers(house: "House") -> list[str]:
    """The control numbers of everything that lies in amazon/out, sorted."""
    return sorted(file.read_text().split("*")[13] for file in (house.folder / "amazon" / "out").glob("*.edi"))


def _out(house: "House") -> set[str]:
    """What partner and ERP can see."""
    folders = (house.folder / "amazon" / "out", house.folder / "erp" / "out")
    return {file.name for folder in folders for file in folder.iterdir() if file.is_file() and file.name[0] != "."}


def _lose(house: "House", backup: Path) -> None:
    """The disk is lost, and with it all that was in the inboxes; the backup takes the journal's place."""
    (house.folder / "journal.db").rename(backup.with_name("lost.db"))
    house.run("journal", "restore", str(backup), "--reason", "disk lost", "--at", RESTORED)


@pytest.fixture
def lost(house: "House", tmp_path: Path) -> "House":
    """Backed up when A1 was booked and its answer could not leave; lost after the answer, a shipment and order A2."""
    house.drop("order.edi", house.interchange(house.order("A1"), control=101))
    house.once(ORDERED)
    tell(house, booked(), BOOKED)
    shutil.move(house.folder / "amazon" / "out", tmp_path / "away")
    tell(house, answer(), ANSWERED)
    house.run("journal", "backup", str(tmp_path / "backup.db"))
    shutil.move(tmp_path / "away", house.folder / "amazon" / "out")
    house.once(LEFT)
    assert len(sent(house, "855")) == 1
    tell(house, shipment(), "2026-11-20T23:00:00Z")
    assert len(sent(house, "856")) == 1
    house.drop("order2.edi", house.interchange(house.order("A2"), control=102))
    house.once(LOST)
    _lose(house, tmp_path / "backup.db")
    return house


def test_nothing_leaves_before_somebody_says_so(lost: "House") -> None:
    before = _out(lost)
    lost.drop("order2.edi", lost.interchange(lost.order("A2"), control=102))
    lost.erp_says("shipment.json", shipment())
    lost.once(AGAIN)
    assert _out(lost) == before
    assert lost.waiting == []  # taken in all the same
    with lost.journal() as journal:
        pause = journal.paused()
        assert pause is not None
        assert pause.reason == "disk lost"


def test_no_control_number_is_used_twice(lost: "House") -> None:
    used = _numbers(lost)
    lost.drop("order2.edi", lost.interchange(lost.order("A2"), control=102))
    lost.erp_says("shipment.json", shipment())
    lost.once(AGAIN)
    lost.run("journal", "confirm-restore", "--reason", "compared with Amazon", "--at", CONFIRMED)
    lost.once(CONFIRMED)
    now = _numbers(lost)
    assert len(now) > len(used)
    assert len(now) == len(set(now))


def test_a_series_that_began_after_the_backup_is_not_begun_again(house: "House", tmp_path: Path) -> None:
    house.run("journal", "backup", str(tmp_path / "backup.db"))
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    assert _numbers(house) == ["000000001"]
    _lose(house, tmp_path / "backup.db")
    house.run("journal", "confirm-restore", "--reason", "compared", "--at", AGAIN)
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(AGAIN)
    assert _numbers(house) == ["000000001", "000001001"]


def test_what_waited_in_the_backup_is_held_in_doubt_with_a_case(lost: "House") -> None:
    [case] = [each for each in lost.cases if each["code"] == "delivery-in-doubt"]
    assert case["owner"] == "IT"
    assert "855" in case["message"]
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    before = _out(lost)
    lost.once("2026-12-24T10:00:00Z")
    assert _out(lost) == before  # it may have left: no time makes that any surer
    [line] = [each for each in lost.json("documents", "list") if each["type"] == "855"]
    assert line["delivery"] == "in_doubt"


def test_what_has_arrived_is_not_sent_again_and_what_has_not_is(lost: "House") -> None:
    [held] = lost.json("journal", "resend-requests")["in_doubt"]
    lost.run("journal", "arrived", held["id"], "--reason", "Amazon has it", "--at", AGAIN)
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    lost.once(CONFIRMED)
    assert len(sent(lost, "855")) == 1
    [line] = [each for each in lost.json("documents", "list") if each["type"] == "855"]
    assert line["delivery"] == "delivered"
    assert "delivery-in-doubt" not in [case["code"] for case in lost.cases]
    tell(lost, shipment(), CONFIRMED)  # its answer is there, so a ship notice may go
    assert [each["delivery"] for each in lost.json("documents", "list") if each["type"] == "856"] == ["delivered"]


def test_what_has_not_arrived_goes_again_under_its_own_number(lost: "House") -> None:
    [held] = lost.json("journal", "resend-requests")["in_doubt"]
    [file] = (lost.folder / "amazon" / "out").glob("*_855_*")
    data = file.read_bytes()
    file.unlink()
    lost.run("documents", "resend", held["id"], "--reason", "Amazon never had it", "--at", AGAIN)
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    lost.once(CONFIRMED)
    assert file.read_bytes() == data
    assert "delivery-in-doubt" not in [case["code"] for case in lost.cases]


def test_the_list_of_what_to_ask_for_is_that_of_the_backup(lost: "House") -> None:
    asked = lost.json("journal", "resend-requests")
    us, eu = asked["partners"]
    assert (us["partner"], us["control_number"], us["received_at"]) == ("amazon-us", "000000101", ORDERED)
    assert us["ask"] == f"ask amazon-us to send again every interchange after 000000101, which came {ORDERED}"
    assert eu["ask"] == (
        "ask amazon-eu to send again everything since 2026-11-20T20:00:00Z: the backup holds nothing of theirs"
    )
    assert (asked["erp"]["received_at"], asked["erp"]["file"]) == (ANSWERED, "order-response-2026-11-20T211000Z.json")
    assert [(each["type"], each["business_number"]) for each in asked["erp"]["documents"]] == [
        ("order-response", "A1"),
        ("posting-result", "A1"),
    ]
    [held] = asked["in_doubt"]
    assert (held["type"], held["business_number"], held["control_number"]) == ("855", "A1", "000000002")
    series = {each["series"]: (each["from"], each["to"]) for each in asked["our_numbers"]}
    pair = "ZZ:5551234567>ZZ:AMAZON P"
    assert series[f"{pair} interchange"] == (3, 1002)
    assert series[f"{pair} group"] == (3, 1002)
    used_since = [int(number) for number in _numbers(lost) if int(number) >= 3]
    assert used_since == [3, 4]  # the 856, and the 997 for A2
    assert all(3 <= number <= 1002 for number in used_since)


def test_the_list_stays_the_same_when_things_have_come_again(lost: "House") -> None:
    asked = lost.json("journal", "resend-requests")
    lost.drop("order2.edi", lost.interchange(lost.order("A2"), control=102))
    lost.erp_says("shipment.json", shipment())
    lost.once(AGAIN)
    again = lost.json("journal", "resend-requests")
    assert (again["partners"], again["erp"], again["our_numbers"]) == (
        asked["partners"],
        asked["erp"],
        asked["our_numbers"],
    )


def test_what_came_again_can_be_taken_as_delivered_before_it_leaves_twice(lost: "House") -> None:
    """Amazon has the ship notice of the lost time: what the same shipment becomes now must not follow it."""
    [held] = lost.json("journal", "resend-requests")["in_doubt"]
    lost.run("journal", "arrived", held["id"], "--reason", "Amazon has it", "--at", AGAIN)
    lost.erp_says("shipment.json", shipment())
    lost.once(AGAIN)
    rows: list[dict[str, Any]] = json.loads(
        lost.run("journal", "confirm-restore", "--dry-run", "--reason", "-", "--json").stdout
    )
    [notice] = [row for row in rows if row["type"] == "856"]
    lost.run("journal", "arrived", notice["id"], "--reason", "Amazon has SHP1", "--at", AGAIN)
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    lost.once(CONFIRMED)
    assert len(sent(lost, "856")) == 1
    [told] = lost.history("arrival-confirmed")[-1:]
    assert told.body["why"] == "Amazon has SHP1"


def test_what_follows_something_in_doubt_is_told_before_it_leaves_and_can_be_stopped(lost: "House") -> None:
    """The ship notice waits for the answer that is in doubt: it would leave as soon as that has arrived."""
    lost.erp_says("shipment.json", shipment())
    lost.once(AGAIN)
    told = lost.run("journal", "confirm-restore", "--dry-run", "--reason", "-").stdout
    assert "the order response for A1 is not delivered yet" in told
    rows = json.loads(lost.run("journal", "confirm-restore", "--dry-run", "--reason", "-", "--json").stdout)
    [notice] = [row for row in rows if row["type"] == "856"]
    [held] = lost.json("journal", "resend-requests")["in_doubt"]
    lost.run("journal", "arrived", held["id"], notice["id"], "--reason", "Amazon has both", "--dry-run")
    lost.run("journal", "arrived", held["id"], notice["id"], "--reason", "Amazon has both", "--at", AGAIN)
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    lost.once(CONFIRMED)
    assert (len(sent(lost, "855")), len(sent(lost, "856"))) == (1, 1)
    shown = lost.json("orders", "show", "A1")
    assert [line["shipped"] for line in shown["lines"]] == ["24", "24", "0"]
    assert [each["delivery"] for each in shown["documents"] if each["type"] == "856"] == ["delivered"]
    tell(lost, invoice(), "2026-11-21T12:00:00Z")  # the ship notice counts: what comes after it goes on
    assert len(sent(lost, "810")) == 1


def test_a_draft_of_the_backup_may_have_left_since(house: "House", tmp_path: Path) -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    tell(house, answer(line1={"line": "1"}), ANSWERED)  # blocked: a line without an answer
    house.run("journal", "backup", str(tmp_path / "backup.db"))
    tell(house, answer(revision=1), LEFT)
    _lose(house, tmp_path / "backup.db")
    [draft] = house.json("journal", "resend-requests")["may_have_left"]
    assert (draft["type"], draft["business_number"]) == ("855", "A1")
    said = house.run("journal", "resend-requests").stdout
    assert f"document {draft['id']}, 855 A1 for amazon-us: waited in the backup" in said


def test_the_restored_journal_proves_itself(lost: "House") -> None:
    with lost.journal() as journal:
        assert verify(journal).problems == ()
        assert journal.last_restore() is not None


def test_what_leaves_by_itself_cannot_be_said_to_have_arrived(lost: "House") -> None:
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    [delivered] = [each for each in lost.json("documents", "list") if each["type"] == "997"]
    assert "only what is in doubt" in lost.run("journal", "arrived", delivered["id"], "--reason", "-", code=1).stderr
    [order] = [each for each in lost.json("documents", "list") if each["type"] == "850"]
    assert "cannot have arrived" in lost.run("journal", "arrived", order["id"], "--reason", "-", code=1).stderr


def test_a_restore_is_confirmed_once(lost: "House") -> None:
    lost.run("journal", "confirm-restore", "--reason", "compared", "--at", CONFIRMED)
    assert "nothing is held up" in lost.run("journal", "confirm-restore", "--reason", "again", code=1).stderr


def test_the_same_backup_restored_again_uses_no_number_of_its_first_life(lost: "House", tmp_path: Path) -> None:
    said = lost.run("journal", "resend-requests").stdout
    assert "3 to 1002 may have been used" in said
    (lost.folder / "journal.db").rename(tmp_path / "first.db")
    told = lost.run(
        "journal", "restore", str(tmp_path / "backup.db"), "--reason", "again", "--again", "1", "--at", AGAIN
    ).stdout
    assert "goes on 2000 further" in told
    assert "was this backup restored before?" not in told
    assert "3 to 2002 may have been used" in told
    (lost.folder / "journal.db").rename(tmp_path / "second.db")
    told = lost.run(
        *("journal", "restore", str(tmp_path / "backup.db"), "--reason", "again", "--at", AGAIN),
        *("--aside", str(tmp_path / "first.db"), "--aside", str(tmp_path / "second.db")),
    ).stdout
    assert "3 to 3002 may have been used" in told


def test_a_restore_asks_whether_it_is_the_first_and_says_how_it_found_the_margin(lost: "House", tmp_path: Path) -> None:
    (lost.folder / "journal.db").rename(tmp_path / "first.db")
    arguments = ("journal", "restore", str(tmp_path / "backup.db"), "--reason", "again", "--at", AGAIN)
    assert "goes on 1000 further" in lost.run(*arguments, "--dry-run").stdout
    assert "--margin-is-enough" in lost.run(*arguments, "--margin", "5", code=1).stderr
    said = lost.run(*arguments, "--margin", "5", "--margin-is-enough").stdout
    assert "goes on 5 further: the busiest day drew 2 numbers, 1 day may be lost" in said
    assert "was this backup restored before?" in said


def test_what_was_held_in_the_backup_may_have_been_sent_since_and_is_in_doubt_too(
    house: "House", tmp_path: Path
) -> None:
    house.drop("order.edi", house.interchange(house.order("A1")))
    house.once(ORDERED)
    with house.journal() as journal:
        [dispatch] = [each for each in journal.dispatches() if each.channel == "amazon"]
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(datetime.fromisoformat(LEFT)) as tx:
        tx.mark_failed(dispatch.id, "the folder is closed to us", None)
        assert dispatch.document_id
        tx.update_document(dispatch.document_id, delivery="failed")
        tx.open_case(
            key=f"dispatch:{dispatch.id}:delivery-failed", code="delivery-failed", owner="IT", message="-", remedy="-"
        )
    house.run("journal", "backup", str(tmp_path / "backup.db"))
    _lose(house, tmp_path / "backup.db")
    [held] = house.json("journal", "resend-requests")["in_doubt"]
    assert held["file"] == dispatch.name
    [case] = house.cases
    assert (case["code"], "it was held in the backup" in case["message"]) == ("delivery-in-doubt", True)
    house.run("journal", "arrived", held["id"], "--reason", "Amazon has it", "--at", AGAIN)
    assert house.cases == []
    with house.journal() as journal:
        assert journal.dispatch(dispatch.id).state == "delivered"
