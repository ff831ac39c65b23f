"""A fresh journal for each test, and one that holds something of everything."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.findings import find
from gateway.journal import Journal

AT = datetime(2026, 11, 20, 14, 15, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path, at: datetime) -> Iterator[Journal]:
    with Journal.create(path, at, instance="test") as journal:
        yield journal


@pytest.fixture
def full(journal: Journal, at: datetime) -> Journal:
    """One order taken, answered and staged, with a case that was opened, changed, assigned and closed, and masters."""
    with journal.transaction(at) as tx:
        file = tx.store_file(b"ISA*00*~", direction="in", channel="amazon", name="order.edi")
        interchange = tx.open_interchange(
            file_id=file.id,
            direction="in",
            partner="amazon-us",
            key="ZZ:A/ZZ:B/P/850/000000001",
            segments_sha="5e9",
            control_number="000000001",
            test=False,
        )
        message = tx.record_message(
            interchange_id=interchange,
            ordinal=1,
            type="850",
            version="004010",
            group_number="1",
            control_number="0001",
            offset=4,
            length=3,
            verdict="accepted_with_errors",
            findings=[find("element-too-long", "REF02 is longer than 30", segment=4, tag="REF", element=2)],
            mapping=tx.store_mapping("number = 'BEG03'"),
        )
        order = tx.store_document(
            type="purchase-order",
            direction="in",
            partner="amazon-us",
            account="ACME1",
            business_number="4XK7PL2Q",
            body={"number": "4XK7PL2Q"},
            message_id=message,
            file_id=file.id,
            control_number="000000001",
            file="order.edi",
            subjects=["order:amazon-us:4XK7PL2Q"],
        )
        tx.append("event:received", {"document": order}, ["order:amazon-us:4XK7PL2Q"])
        answer = tx.store_document(
            type="functional-acknowledgement",
            direction="out",
            partner="amazon-us",
            business_number="1",
            body={"verdict": "A"},
            delivery="queued",
        )
        number = f"{tx.draw('amazon-us'):09}"
        dispatch = tx.queue(
            channel="amazon", name="997.edi", data=b"ISA*97~", document_id=answer, control_number=number
        )
        tx.update_master("items", [{"sku": "ACME-1", "partner": "", "case_pack": "12"}], file.id)
        case = tx.open_case(
            key="unknown-item:1",
            code="unknown-item",
            owner="item data",
            message="no item",
            remedy="add a row",
            due_at=at + timedelta(hours=4),
            subjects=["order:amazon-us:4XK7PL2Q"],
        )
    with journal.transaction(at) as tx:
        tx.mark_staged(dispatch)
        tx.open_case(
            key="unknown-item:1",
            code="unknown-item",
            owner="item data",
            message="no item ACME-2",
            remedy="add a row",
            at_stake="435.00 USD",
            subjects=["order:amazon-us:4XK7PL2Q", "item:ACME-2"],
        )
        tx.assign_case(case, "anna", "ben")
        tx.close_case(case, "mapped", "anna")
        tx.jump("amazon-us", 10, "cut-over")
    return journal
