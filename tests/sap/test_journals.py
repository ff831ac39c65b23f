"""Journal entries and credit memos as accounting documents: balanced, readable, known again by their reference."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from gateway.documents import CreditMemo, JournalEntry
from gateway.documents.sap import SapJournal
from gateway.sap.journals import to_sap_credit, to_sap_journal
from gateway.sap.tables import SapAccount
from tests.sap.shop import PROFILE, profile

LINES = (
    {"account": "113100", "debit": "85.00", "text": "payout"},
    {"account": "800000", "credit": "100.00", "text": "Order revenue", "sku": "SKU-1", "marketplace": "Amazon.de"},
    {"account": "476000", "debit": "12.00", "text": "Amazon commission"},
    {"account": "199999", "debit": "3.00", "text": "unmapped fee"},
)


def an_entry(*lines: dict[str, Any], **changes: Any) -> JournalEntry:
    body = {
        "id": "acme:journal-entry:12345678901",
        "seller": "acme",
        "settlement": "12345678901",
        "period": {"from": "2026-11-01", "to": "2026-11-15"},
        "posted_on": "2026-11-15",
        "currency": "EUR",
        "deposit": "85.00",
        "lines": lines or LINES,
    }
    return JournalEntry.model_validate_json(json.dumps(body | changes))


def posted(entry: JournalEntry, **changes: Any) -> SapJournal:
    document, gaps = to_sap_journal(entry, profile(**changes))
    assert gaps == ()
    assert document is not None
    return document


def test_debits_are_positive_credits_negative_and_together_nothing() -> None:
    document = posted(an_entry())
    assert [str(amount.amount) for amount in document.amounts] == ["85.0000", "-100.0000", "12.0000", "3.0000"]
    assert sum((amount.amount for amount in document.amounts), Decimal(0)) == 0
    assert {(amount.kind, amount.currency, amount.currency_iso) for amount in document.amounts} == {
        (None, "EUR", "EUR")
    }


def test_lines_are_joined_with_their_amounts_by_number() -> None:
    document = posted(an_entry())
    assert [line.line for line in document.ledger] == [amount.line for amount in document.amounts]
    assert [line.account for line in document.ledger] == ["0000113100", "0000800000", "0000476000", "0000199999"]


def test_what_an_account_carries_stands_on_its_lines() -> None:
    _, revenue, commission, suspense = posted(an_entry()).ledger
    assert (revenue.tax_code, commission.cost_centre) == ("A0", "0000004711")
    assert suspense.text == "SUSPENSE unmapped fee"
    accounts = PROFILE.accounts | {"800000": SapAccount(profit_centre="77")}
    assert posted(an_entry(), accounts=accounts).ledger[1].profit_centre == "0000000077"


def test_settlement_marketplace_transaction_and_sku_stand_where_the_profile_says() -> None:
    source = {"transaction_type": "Order", "amount_type": "ItemFees", "amount_description": "Commission", "count": 2}
    lines = (
        LINES[0] | {"debit": "5.00"},
        {
            "account": "476000",
            "credit": "5.00",
            "text": "fee",
            "source": source,
            "sku": "A-VERY-LONG-SKU-OF-30-LETTERS",
        },
    )
    _, line = posted(an_entry(*lines, marketplace="Amazon.de")).ledger
    assert (line.assignment, line.reference_1, line.reference_2) == ("12345678901", "Amazon.de", "Order")
    assert line.reference_3 == "A-VERY-LONG-SKU-OF.."
    other = {"profit_centre": "description", "assignment": "tax"}
    _, line = posted(an_entry(*lines), dimensions=other).ledger
    assert (line.profit_centre, line.assignment, line.reference_3) == ("Commission", None, None)


def test_lines_of_customers_vendors_and_taxes_stand_in_segments_of_their_own() -> None:
    accounts = {
        "113100": SapAccount(kind="customer", number="100900"),
        "800000": SapAccount(),
        "476000": SapAccount(kind="vendor", number="AMZ"),
        "199999": SapAccount(kind="tax", tax_key="MWS", tax_code="A1"),
    }
    document = posted(an_entry(), accounts=accounts)
    assert [(line.line, line.customer) for line in document.customers] == [("0000000001", "0000100900")]
    assert [(line.line, line.account) for line in document.ledger] == [("0000000002", "0000800000")]
    assert [(line.line, line.vendor) for line in document.vendors] == [("0000000003", "AMZ")]
    assert [(line.line, line.account, line.key, line.tax_code) for line in document.taxes] == [
        ("0000000004", "0000199999", "MWS", "A1")
    ]
    assert len(document.amounts) == 4


def test_a_number_needs_no_row_and_a_name_does() -> None:
    assert posted(an_entry(), accounts={}).ledger[0].account == "0000113100"
    named = an_entry({"account": "clearing", "debit": "1", "text": "x"}, {"account": "1", "credit": "1", "text": "x"})
    document, (gap,) = to_sap_journal(named, PROFILE)
    assert document is None
    assert gap.remedy == 'add to config.toml: [erp.sap.accounts."clearing"] number = "..."'


def test_an_entry_that_does_not_balance_is_not_said() -> None:
    more = an_entry({"account": "1", "debit": "3", "text": "x"}, {"account": "2", "credit": "1", "text": "x"})
    less = an_entry({"account": "1", "debit": "1", "text": "x"}, {"account": "2", "credit": "3", "text": "x"})
    for entry, word in ((more, "more"), (less, "less")):
        document, (gap,) = to_sap_journal(entry, PROFILE)
        assert document is None
        assert (gap.rule, gap.owner) == ("journal-unbalanced", "finance")
        assert f"2 EUR {word} than credits" in gap.message


def test_a_seller_without_a_company_is_a_gap() -> None:
    _, (gap,) = to_sap_journal(an_entry(), profile(company=None))
    assert "[erp.sap.companies] acme" in gap.remedy
    assert posted(an_entry(), company=None, companies={"acme": "2000"}).company == "2000"


@pytest.mark.parametrize(
    ("name", "kind", "reference", "text"),
    [
        ("12345678901", "settlement", "12345678901", "AMZ settle 12345678901"),
        ("12345678901:2", "settlement", "12345678901.2", "AMZ settle 12345678901"),
        ("12345678901:r1", "settlement", "12345678901.r1", "AMZ settle 12345678901"),
        ("12345678901:reversal", "reversal", "12345678901.V", "AMZ reverse 12345678901"),
        ("12345678901:reclass-2", "reclass", "12345678901.C2", "AMZ reclass 12345678901"),
    ],
)
def test_the_reference_tells_one_document_of_a_settlement_from_another(
    name: str, kind: str, reference: str, text: str
) -> None:
    document = posted(an_entry(id=f"acme:journal-entry:{name}", kind=kind))
    assert (document.reference, document.text) == (reference, text)
    assert len(document.reference or "") <= 16


def test_the_head_is_that_of_a_posting_by_an_interface() -> None:
    document = posted(an_entry())
    head = (document.object_type, document.object_key, document.activity, document.user, document.document_type)
    assert head == ("BKPFF", "$", "RFBU", "AMZGW", "SA")
    assert str(document.posted_on) == str(document.dated_on) == "2026-11-15"


# Credit memos


def a_memo(**changes: Any) -> CreditMemo:
    body = {
        "id": "acme:credit-memo:302-1234567-1234567:1",
        "seller": "acme",
        "order": "302-1234567-1234567",
        "marketplace": "Amazon.de",
        "customer": "BUYERS",
        "settlement": "12345678901",
        "refunded_on": "2026-11-16",
        "currency": "EUR",
        "lines": [
            {"sku": "SKU-1", "kind": "principal", "amount": "20.00"},
            {"sku": None, "kind": "shipping", "amount": "4.99"},
        ],
        "total": "24.99",
    }
    return CreditMemo.model_validate_json(json.dumps(body | changes))


def test_a_refund_is_posted_against_the_customer_of_all_buyers() -> None:
    document, gaps = to_sap_credit(a_memo(), profile(refunds="800100"))
    assert gaps == ()
    assert document is not None
    assert [(line.account, line.text) for line in document.ledger] == [
        ("0000800100", "302-1234567-1234567 principal SKU-1"),
        ("0000800100", "302-1234567-1234567 shipping"),
    ]
    assert [line.customer for line in document.customers] == ["0000100900"]
    assert [str(amount.amount) for amount in document.amounts] == ["20.0000", "4.9900", "-24.9900"]
    assert document.text == "AMZ refund 302-1234567-.."


def test_each_refund_of_an_order_has_a_reference_of_its_own_that_stays() -> None:
    ids = [f"{seller}:credit-memo:302-1234567-1234567:{count}" for seller in ("acme", "other") for count in range(50)]
    memos = [a_memo(id=each) for each in (*ids, ids[0])]
    documents = [to_sap_credit(memo, profile(refunds="800100"))[0] for memo in memos]
    references = [document.reference or "" for document in documents if document]
    assert references[0] == references[-1] == "4567." + sha256(ids[0].encode()).hexdigest()[:11]
    assert (len(set(references)), {len(each) for each in references}) == (100, {16})


def test_a_customer_without_a_row_is_its_own_number() -> None:
    document, _ = to_sap_credit(a_memo(customer="4711", marketplace=None), profile(refunds="800100"))
    assert document is not None
    assert [(line.customer, line.reference_1) for line in document.customers] == [("0000004711", None)]


def test_a_refund_without_account_or_customer_is_a_gap() -> None:
    _, (gap,) = to_sap_credit(a_memo(), PROFILE)
    assert "[erp.sap] refunds" in gap.remedy
    _, (gap,) = to_sap_credit(a_memo(customer=None), profile(refunds="800100"))
    assert gap.rule == "sap-row-missing"
