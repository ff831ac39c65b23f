import sqlite3
from datetime import datetime

import pytest

from gateway.errors import JournalError, NotFound
from gateway.journal import Journal, verify


def test_a_document_says_what_it_said(full: Journal) -> None:
    (order,) = full.documents(business_number="4XK7PL2Q", partner="amazon-us")
    assert full.body_of(order.id) == {"number": "4XK7PL2Q"}
    assert full.document(order.id) == order
    assert [entry.kind for entry in full.events(f"document:{order.id}")] == ["document-stored"]
    assert order.as_json()["at"] == "2026-11-20T14:15:00Z"


def test_a_body_may_come_as_json_text(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        document = tx.store_document(
            type="invoice", direction="out", partner="p", business_number="1", body='{"total": "261.00"}'
        )
    assert journal.body_of(document) == {"total": "261.00"}
    assert verify(journal).ok


def test_statuses_change_and_what_is_not_named_stays(full: Journal, at: datetime) -> None:
    (answer,) = full.documents(direction="out")
    head = full.head()
    with full.transaction(at) as tx:
        tx.update_document(answer.id, delivery="delivered", acknowledgement="awaited")
    after = full.document(answer.id)
    assert (after.validation, after.delivery, after.acknowledgement) == ("ready", "delivered", "awaited")
    assert full.head() == head
    assert verify(full).ok


def test_documents_are_listed_in_order_and_by_what_they_are(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        ids = [
            tx.store_document(
                type=type_, direction="in", partner="p", business_number=number, body={}, control_number=number
            )
            for number, type_ in (("1", "invoice"), ("2", "shipment"), ("3", "invoice"))
        ]
    assert [document.id for document in journal.documents()] == ids
    assert [document.id for document in journal.documents(limit=2)] == ids[1:]
    assert [document.id for document in journal.documents(before=ids[1])] == ids[:1]
    assert [document.id for document in journal.documents(type="invoice", partner=None)] == [ids[0], ids[2]]
    assert [document.id for document in journal.documents(but_type="invoice")] == [ids[1]]
    assert [document.id for document in journal.documents(control_number="2")] == [ids[1]]
    with pytest.raises(KeyError):
        journal.documents(colour="red")


def test_what_is_not_there_is_not_found(journal: Journal, at: datetime) -> None:
    for ask in (journal.document, journal.body_of):
        with pytest.raises(NotFound):
            ask("99")
    with journal.transaction(at) as tx, pytest.raises(NotFound):
        tx.update_document("99", delivery="queued")


def test_an_altered_document_is_not_read(full: Journal) -> None:
    (order,) = full.documents(type="purchase-order")
    other = sqlite3.connect(full.path, isolation_level=None)
    other.execute("""UPDATE documents SET body = '{"number":"OTHER"}'""")
    other.close()
    with pytest.raises(JournalError, match="altered"):
        full.body_of(order.id)
