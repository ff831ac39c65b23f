from datetime import datetime, timedelta

import pytest

from gateway.errors import JournalError, NotFound
from gateway.findings import find
from gateway.journal import Journal
from gateway.journal.arrivals import ArrivalWriter


def _open(tx: ArrivalWriter, file_id: str, outcome: str = "taken", sha: str = "1") -> str:
    return tx.open_interchange(
        file_id=file_id,
        direction="in",
        partner="amazon-us",
        key="the key",
        segments_sha=sha,
        control_number="000000001",
        test=True,
        outcome=outcome,
    )


def test_a_duplicate_is_looked_for_among_what_was_taken_within_the_window(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        file = tx.store_file(b"ISA", direction="in", channel="amazon", name="a.edi")
        assert tx.find_interchange("the key", at) is None
        taken = _open(tx, file.id)
        _open(tx, file.id, "repeat")
        _open(tx, file.id, "conflict", sha="2")
    found = journal.find_interchange("the key", at - timedelta(days=365))
    assert found == journal.interchange(taken)
    assert found.test is True
    assert found.outcome == "taken"
    assert journal.find_interchange("the key", at + timedelta(microseconds=1)) is None
    assert journal.find_interchange("another key", at) is None


def test_the_history_says_what_became_of_an_interchange(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        file = tx.store_file(b"ISA", direction="in", channel="amazon", name="a.edi")
        for outcome in ("taken", "repeat", "conflict", "held", "refused"):
            _open(tx, file.id, outcome)
        with pytest.raises(KeyError):
            _open(tx, file.id, "forgotten")
    assert [entry.kind.partition("-")[2] for entry in journal.events(f"file:{file.id}")] == [
        *("opened", "repeated", "conflicting", "held", "refused"),
    ]
    assert [one.outcome for one in journal.interchanges(file.id)] == ["taken", "repeat", "conflict", "held", "refused"]


def test_the_latest_arrivals_of_a_partner_are_known(journal: Journal, at: datetime) -> None:
    def come(partner: str | None, hour: int, direction: str = "in") -> None:
        with journal.transaction(at + timedelta(hours=hour)) as tx:
            file = tx.store_file(b"ISA", direction=direction, channel="amazon", name="a.edi")
            tx.open_interchange(
                file_id=file.id,
                direction=direction,
                partner=partner,
                key=f"{partner} {hour}",
                segments_sha="1",
                control_number="1",
                test=False,
                outcome="taken" if hour % 2 else "refused",
            )

    for hour in range(4):
        come("amazon-us", hour)
    come("amazon-us", 90, direction="out")
    come(None, 91)
    for hour in range(4, 7):
        come("amazon-eu", hour)

    def hours(partner: str, limit: int, **among: int | None) -> list[float]:
        return [(came - at) / timedelta(hours=1) for came in journal.arrivals_of(partner, limit, **among)]

    assert hours("amazon-us", 10) == [0, 1, 2, 3]
    assert hours("amazon-us", 2) == [2, 3]
    assert hours("amazon-us", 10, among=5) == [3]
    assert hours("amazon-us", 10, among=3) == []
    assert hours("amazon-us", 10, among=None) == [0, 1, 2, 3]
    assert hours("nobody", 10) == []


def test_a_message_keeps_its_place_findings_and_mapping(full: Journal) -> None:
    (document,) = full.documents(type="purchase-order")
    message = full.message_of(document.id)
    assert message is not None
    assert full.messages(message.interchange_id) == [message]
    assert (message.offset, message.length, message.document_id) == (4, 3, document.id)
    assert message.findings == (find("element-too-long", "REF02 is longer than 30", segment=4, tag="REF", element=2),)
    assert message.as_json()["findings"][0]["severity"] == "warn"
    assert message.mapping is not None
    assert full.mapping_text(message.mapping) == "number = 'BEG03'"


def test_a_document_that_we_made_comes_from_no_message(full: Journal) -> None:
    (answer,) = full.documents(direction="out")
    assert full.message_of(answer.id) is None


def test_a_mapping_is_kept_once(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert tx.store_mapping("a = 'BEG03'") == tx.store_mapping("a = 'BEG03'")


def test_a_reference_to_nothing_is_refused(journal: Journal, at: datetime) -> None:
    with pytest.raises(JournalError, match="FOREIGN KEY"), journal.transaction(at) as tx:
        _open(tx, "99")
    assert journal.events("file:99") == []


def test_what_is_not_there_is_not_found(journal: Journal) -> None:
    for ask in (journal.interchange, journal.message, journal.mapping_text):
        with pytest.raises(NotFound):
            ask("99")
