"""The conversations of the reference, where they are at hand: orders off the wire, ERP documents, messages."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.catalogue import Account, Booked, Items, read_items, to_erp
from gateway.documents import PurchaseOrder, read_erp
from gateway.findings import Severity
from gateway.mapping.comparison import unsaid_fields
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.resources import SHIPPED
from gateway.syntax import edifact, x12
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Message
from gateway.syntax.seal import Envelope, seal
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact

EXAMPLES = Path(__file__).parents[3] / "shared" / "reference" / "examples"
AT_HAND = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the reference examples are not beside this checkout")
AT = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)
MAPPINGS = Mappings(SHIPPED.read_text, SHIPPED.exists)
US = Account(
    name="ACME1",
    company="acme",
    customer="AMAZON-US",
    currency="USD",
    measurement_type="EA",
    price_basis="ordered-unit",
    freight="collect",
    warehouse="ACME1",
)
EU = replace(
    US,
    name="ACME5",
    company="acme-eu",
    customer="AMAZON-EU",
    currency="EUR",
    price_basis="each",
    warehouse="4012345000900",
)
ACCOUNTS = {"amazon-us": US, "amazon-eu": EU}


def bodies_of(data: bytes) -> tuple[Message, list[str]]:
    """The one message of an interchange, and what stands between its header and its trailer."""
    read, kind = (edifact.read, EdifactMessage) if data.startswith(b"UNB") else (x12.read, Message)
    (message,) = (event for event in read([data]) if isinstance(event, kind))
    return message, list(message.segments[1:-1])


def sent(document: BaseModel, partner: str, kind: str) -> list[str]:
    """The segments that a document becomes for a partner; nothing of it may be lost but what the guide says."""
    mapping, guide = MAPPINGS.guided(partner, kind), MAPPINGS.guide(partner)
    writing = write_document(document, mapping)
    if partner == "amazon-us":
        envelope = Envelope("ZZ:5551234567", "ZZ:AMAZON", AT, mapping.grammar.group, mapping.grammar.version, 1, 1)
        data = seal([(kind, writing.segments)], envelope, guide.delimiters).data
    else:
        use = guide.messages[kind]
        head = EdifactEnvelope("14:4012345000009", "14:5450534000000", AT, "1", syntax=use.syntax)
        data = seal_edifact([("1", f"{kind}:{use.identifier}", writing.segments)], head).data
    message, body = bodies_of(data)
    reading = read_message(message, mapping)
    findings = (*message.findings, *reading.findings)
    found = [finding.message for finding in findings if finding.severity is not Severity.WARN]
    assert not found, found
    assert reading.document is not None
    lost = unsaid_fields(document, reading.document)
    assert [unsaid for unsaid in lost if not guide.leaves_unsaid(kind, unsaid.field)] == []
    return body


def booked(partner: str, file: str, **options: Any) -> Booked:
    """An order of the reference, as it was read and as it was booked."""
    message, _ = bodies_of((EXAMPLES / file).read_bytes())
    reading = read_message(message, MAPPINGS.guided(partner, "850" if partner == "amazon-us" else "ORDERS"))
    assert isinstance(reading.document, PurchaseOrder)
    items, _ = read_items((EXAMPLES / "items.csv").read_bytes())
    account = ACCOUNTS[partner]
    sales_order = to_erp(reading.document, partner, account, Items(items), **options).document
    return Booked(order=reading.document, sales_order=sales_order, account=account)


def erp(name: str) -> Any:
    """A document of the reference's ERP."""
    document, findings = read_erp((EXAMPLES / "erp" / f"{name}.json").read_bytes())
    assert findings == ()
    return document


def expected(file: str) -> list[str]:
    """What an example's message says."""
    return bodies_of((EXAMPLES / file).read_bytes())[1]
