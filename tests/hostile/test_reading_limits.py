"""What a reader does with more than it is ready for, piece by piece: a finding, and never the whole cost."""

import json
from typing import Any

import pytest

from gateway.documents import read_erp
from gateway.erp.base import Kind
from gateway.erp.files import kind_of
from gateway.findings import Severity
from gateway.mapping.guides import parse_duration
from gateway.mapping.library import Mappings
from gateway.mapping.messages import explain_message
from gateway.resources import SHIPPED
from gateway.syntax.envelope import Message
from gateway.syntax.files import read
from tests.hostile.hostile import changed

LINE = {
    "purchase_order": "P",
    "line": "1",
    "quantity": "1",
    "price": {"amount": "1", "per": "1", "unit": "each"},
    "amount": "1",
}


def invoice(**fields: Any) -> bytes:
    whole = {"document": "invoice", "partner": "amazon-us", "invoice": "I1", "invoiced_on": "2026-11-20"}
    return json.dumps({**whole, "currency": "USD", "lines": [], "total": "0", **fields}).encode()


def test_a_document_of_twenty_thousand_lines_is_read() -> None:
    document, findings = read_erp(invoice(lines=[LINE] * 20_000))
    assert findings == ()
    assert document is not None


def test_a_document_of_too_many_parts_is_one_finding() -> None:
    document, findings = read_erp(invoice(lines=[{}] * 600_000))
    assert document is None
    [finding] = findings
    assert finding.message == "more than 1000000 fields and entries; send fewer lines in one document"


def test_an_object_of_too_many_fields_is_one_finding() -> None:
    _, [finding] = read_erp(invoice(**{f"k{n}": n for n in range(200)}))
    assert finding.message == "an object of 207 fields; no document has one of more than 100"


def test_of_a_list_the_first_wrong_entry_is_told_and_of_an_entry_everything() -> None:
    _, findings = read_erp(invoice(lines=[{**LINE, "quantity": 1, "amount": 2}, {}, {}]))
    assert [finding.message.partition(":")[0] for finding in findings] == ["lines[0].quantity", "lines[0].amount"]


def test_a_field_that_comes_twice_is_told_by_its_name() -> None:
    document, [finding] = read_erp(invoice().replace(b'"total"', b'"total": "1", "total"'))
    assert (document, finding.message) == (None, "total: the field comes twice; keep one")


def test_a_long_field_name_is_shown_short() -> None:
    _, [finding] = read_erp(invoice(**{"x" * 100_000: 1}))
    assert len(finding.message) < 200


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_outside_the_calendar_is_a_finding(at: str) -> None:
    _, [finding] = read_erp(json.dumps({"document": "shipment", "partner": "a", "shipment": "S", "shipped_at": at}))
    assert finding.message.startswith("shipped_at: expected an instant")


@pytest.mark.parametrize("text", ["99999999999d", "100000h", "١d", "1 year"])
def test_a_length_of_time_that_no_calendar_holds_is_none(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("ITEMS.csv", Kind.ITEMS),
        ("Items-1.CSV", Kind.ITEMS),
        ("İtems.csv", None),
        ("ıtems.csv", None),
        ("ſtock.csv", None),
    ],
)
def test_a_master_is_known_by_ascii_letters_alone(label: str, kind: Kind | None) -> None:
    assert kind_of(label) is kind


def test_of_what_is_tolerated_two_thousand_are_told_and_the_message_is_read_to_its_end() -> None:
    data = changed(5, ("CSH*Y~\n", "XX~\n" * 3_000), ("SE*17*", "SE*3016*")).encode()
    [message] = [event for event in read([data]) if isinstance(event, Message)]
    mapping = Mappings(SHIPPED.read_text, SHIPPED.exists).guided("amazon-us", "850")
    told = [f for f in explain_message(message, mapping).findings if f.code == "segment-unknown"]
    assert len(told) == 2_000
    assert {finding.severity for finding in told} == {Severity.WARN}
