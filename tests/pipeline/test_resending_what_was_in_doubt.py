"""A document that was in doubt, and of which it is certain now that it did not arrive, leaves by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.journal import Journal
from gateway.lifecycle.resending import best
from gateway.pipeline.resending import plan_of

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


def test_nobody_can_resend_what_waits_for_its_next_try(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        with journal.transaction(AT) as tx:
            document = tx.store_document(
                type="997", direction="out", partner="amazon-us", business_number="1", body={}, delivery="queued"
            )
            dispatch = tx.queue(channel="amazon", name="one.edi", data=b"one", document_id=document)
            tx.mark_in_doubt(dispatch, "the connection broke", AT)
            tx.update_document(document, delivery="in_doubt")
        in_doubt = best(plan_of(journal.document(document), journal))
        assert in_doubt is not None
        assert in_doubt.way == "retransmit"
        with journal.transaction(AT) as tx:
            tx.mark_failed(dispatch, "the far end does not answer", AT)
        (first, *_) = plan_of(journal.document(document), journal)
        assert not first.is_open
        assert "on its way" in first.reason


def test_nobody_can_resend_bytes_that_are_kept_no_longer(tmp_path: Path) -> None:
    later = AT + timedelta(days=400)
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        with journal.transaction(AT) as tx:
            document = tx.store_document(
                type="997", direction="out", partner="amazon-us", business_number="1", body={}, delivery="delivered"
            )
            tx.mark_delivered(tx.queue(channel="amazon", name="one.edi", data=b"one", document_id=document))
        assert best(plan_of(journal.document(document), journal)) is not None
        with journal.transaction(later) as tx:
            assert len(tx.prune(later - timedelta(days=30), "me", "the retention")) == 1
        assert best(plan_of(journal.document(document), journal)) is None
