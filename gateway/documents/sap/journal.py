"""ACC_DOCUMENT05: a journal entry for SAP, as its accounting interface takes it.

Lines say what they are about and amounts stand apart, joined by the line's number: debit positive, credit negative.
"""

from gateway.documents.base import Day, Number, Record, Text


class SapLedgerLine(Record):
    """A line on a general ledger account (E1BPACGL09)."""

    line: Text
    account: Text | None = None
    text: Text | None = None
    reference_1: Text | None = None
    reference_2: Text | None = None
    reference_3: Text | None = None
    company: Text | None = None
    plant: Text | None = None
    assignment: Text | None = None
    tax_code: Text | None = None
    cost_centre: Text | None = None
    profit_centre: Text | None = None
    material: Text | None = None


class SapCustomerLine(Record):
    """A line on a customer's account (E1BPACAR09)."""

    line: Text
    customer: Text | None = None
    reference_1: Text | None = None
    reference_2: Text | None = None
    reference_3: Text | None = None
    assignment: Text | None = None
    text: Text | None = None
    tax_code: Text | None = None
    profit_centre: Text | None = None


class SapVendorLine(Record):
    """A line on a vendor's account (E1BPACAP09)."""

    line: Text
    vendor: Text | None = None
    reference_1: Text | None = None
    reference_2: Text | None = None
    reference_3: Text | None = None
    assignment: Text | None = None
    text: Text | None = None
    tax_code: Text | None = None
    profit_centre: Text | None = None


class SapTaxLine(Record):
    """A line of tax (E1BPACTX09)."""

    line: Text
    account: Text | None = None
    condition: Text | None = None
    key: Text | None = None
    tax_code: Text | None = None


class SapAmount(Record):
    """The amount of a line in a currency (E1BPACCR09). `kind` 10 is the company's own, absent that of the document."""

    line: Text
    kind: Text | None = None
    currency: Text | None = None
    currency_iso: Text | None = None
    amount: Number
    base: Number | None = None


class SapJournal(Record):
    """The entry: header (E1BPACHE09), lines, amounts. `reference` is REF_DOC_NO, by which a repeat is known."""

    object_type: Text | None = None
    object_key: Text | None = None
    object_system: Text | None = None
    activity: Text | None = None
    user: Text | None = None
    text: Text | None = None
    company: Text | None = None
    dated_on: Day | None = None
    posted_on: Day | None = None
    document_type: Text | None = None
    reference: Text | None = None
    long_reference: Text | None = None
    ledger: tuple[SapLedgerLine, ...] = ()
    customers: tuple[SapCustomerLine, ...] = ()
    vendors: tuple[SapVendorLine, ...] = ()
    taxes: tuple[SapTaxLine, ...] = ()
    amounts: tuple[SapAmount, ...] = ()
