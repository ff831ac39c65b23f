"""From a journal entry or a credit memo to an accounting document of SAP.

Debits are positive and credits negative, together nothing. A line's text says what it is of, so that what lies in
suspense or in the reserve can be understood in SAP; which of SAP's fields hold settlement, SKU and marketplace is
configuration. The reference is the settlement, with a mark for what there is more than one of: SAP knows a repeat by
it. An order may have several refunds, and its number is too long: a refund has the end of it, and a mark of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from gateway.catalogue.gaps import Gap
from gateway.documents.base import plain
from gateway.documents.ledger import CreditMemo, JournalEntry, JournalLine
from gateway.documents.sap import (
    SapAmount,
    SapCustomerLine,
    SapJournal,
    SapLedgerLine,
    SapTaxLine,
    SapVendorLine,
)
from gateway.sap.gaps import gap, row_missing
from gateway.sap.numbers import padded, shortened, with_places
from gateway.sap.profile import SapProfile
from gateway.sap.tables import SapAccount

_ACCOUNT = 10
_LINE = 10
_TEXT = 50
_HEADER = 25
_PLACES = 4
_LENGTHS = {"assignment": 18, "reference_1": 12, "reference_2": 12, "reference_3": 20, "profit_centre": 10}
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line before it is said: its account by our name, its amount with a sign, its text, and its dimensions."""

    account: str
    amount: Decimal
    text: str
    said: dict[str, str]


def to_sap_journal(entry: JournalEntry, profile: SapProfile) -> tuple[SapJournal | None, tuple[Gap, ...]]:
    """The accounting document of a journal entry, or what keeps it from being said."""
    lines = [
        _Line(
            account=line.account,
            amount=line.debit - line.credit,
            text=line.text,
            said=_dimensions(entry, line),
        )
        for line in entry.lines
    ]
    words = {"settlement": "settle", "reversal": "reverse", "reclass": "reclass"}
    return _posted(
        lines,
        text=f"AMZ {words[entry.kind]} {entry.settlement}",
        reference=_reference(entry.name_parts),
        seller=entry.seller,
        day=entry.posted_on,
        currency=entry.currency,
        profile=profile,
    )


def _dimensions(entry: JournalEntry, line: JournalLine) -> dict[str, str]:
    return {
        "settlement": entry.settlement,
        "sku": line.sku or "",
        "marketplace": line.marketplace or entry.marketplace or "",
        "transaction": line.source.transaction_type if line.source else "",
        "description": line.source.amount_description if line.source else "",
        "tax": line.tax_owed_by or "",
    }


def _reference(parts: Sequence[str]) -> str:
    """`<settlement>` with a short mark for its part (2), revision (r1), reversal (V) or reclass (C1)."""
    settlement, *marks = parts
    words = [mark.replace("reversal", "V").replace("reclass-", "C") for mark in marks]
    return ".".join((settlement, *words))


def to_sap_credit(memo: CreditMemo, profile: SapProfile) -> tuple[SapJournal | None, tuple[Gap, ...]]:
    """The accounting document of a refund: what was given back, against what the customer owes."""
    gaps = []
    if profile.refunds is None:
        gaps.append(row_missing("the account of refunds", '[erp.sap] refunds = "..."'))
    customer = memo.customer or ""
    sales = profile.sales.get(customer)
    number = sales.number if sales and sales.number else customer
    if not number:
        gaps.append(row_missing("the customer of a refund", "customer of the seller's marketplace"))
    if gaps or profile.refunds is None:
        return None, tuple(gaps)
    said = {"marketplace": memo.marketplace or "", "settlement": memo.settlement}
    lines = [
        _Line(
            account=profile.refunds,
            amount=line.amount,
            text=" ".join(part for part in (memo.order, line.kind, line.sku) if part),
            said={**said, "sku": line.sku or "", "description": line.kind},
        )
        for line in memo.lines
    ]
    debtor = SapAccount(number=number, kind="customer")
    lines.append(_Line(account="", amount=-memo.total, text=f"refund {memo.order}", said=said))
    return _posted(
        lines,
        text=f"AMZ refund {memo.order}",
        reference=_reference_of_refund(memo),
        seller=memo.seller,
        day=memo.refunded_on,
        currency=memo.currency,
        profile=profile,
        others={"": debtor},
    )


def _reference_of_refund(memo: CreditMemo) -> str:
    """`4567.1a2b3c4d5e6`: the order's last four digits, and eleven of the SHA-256 of the document's id.

    The id names seller, order and refund, and is the same whenever the refund is written again. REF_DOC_NO has 16
    characters: that any two of a million refunds have one reference has a chance of three in a million.
    """
    return f"{memo.order[-4:]}.{sha256(memo.id.encode()).hexdigest()[:11]}"


def _posted(
    lines: Sequence[_Line],
    *,
    text: str,
    reference: str,
    seller: str,
    day: date,
    currency: str,
    profile: SapProfile,
    others: dict[str, SapAccount] | None = None,
) -> tuple[SapJournal | None, tuple[Gap, ...]]:
    company = profile.companies.get(seller) or profile.company
    gaps: list[Gap] = []
    if company is None:
        row = f'[erp.sap] company = "...", or [erp.sap.companies] {seller} = "..."'
        gaps.append(row_missing(f"the company of {seller}", row))
    total = sum((line.amount for line in lines), _NOTHING)
    if total:
        gaps.append(_unbalanced(total, currency))
    accounts = {**profile.accounts, **(others or {})}
    unknown = dict.fromkeys(line.account for line in lines if not _is_account(line.account, accounts))
    gaps.extend(row_missing(f"the account {name}", f'[erp.sap.accounts."{name}"] number = "..."') for name in unknown)
    if gaps:
        return None, tuple(gaps)
    numbered = [(str(number).zfill(_LINE), line) for number, line in enumerate(lines, 1)]
    made = [(accounts.get(line.account, SapAccount()), number, line) for number, line in numbered]
    return SapJournal(
        object_type="BKPFF",
        object_key="$",
        activity="RFBU",
        user=profile.user,
        text=shortened(text, _HEADER),
        company=company,
        dated_on=day,
        posted_on=day,
        document_type=profile.journal_type,
        reference=reference,
        ledger=tuple(
            SapLedgerLine(
                line=number,
                account=padded(account.number or line.account, _ACCOUNT),
                tax_code=account.tax_code,
                cost_centre=padded(account.cost_centre, _ACCOUNT) if account.cost_centre else None,
                **_said(account, line, profile),
            )
            for account, number, line in made
            if account.kind == "ledger"
        ),
        customers=tuple(
            SapCustomerLine(
                line=number,
                customer=padded(account.number or line.account, _ACCOUNT),
                tax_code=account.tax_code,
                **_said(account, line, profile),
            )
            for account, number, line in made
            if account.kind == "customer"
        ),
        vendors=tuple(
            SapVendorLine(
                line=number,
                vendor=padded(account.number or line.account, _ACCOUNT),
                tax_code=account.tax_code,
                **_said(account, line, profile),
            )
            for account, number, line in made
            if account.kind == "vendor"
        ),
        taxes=tuple(
            SapTaxLine(
                line=number,
                account=padded(account.number or line.account, _ACCOUNT),
                key=account.tax_key,
                tax_code=account.tax_code,
            )
            for account, number, line in made
            if account.kind == "tax"
        ),
        amounts=tuple(
            SapAmount(line=number, currency=currency, currency_iso=currency, amount=with_places(line.amount, _PLACES))
            for _, number, line in made
        ),
    ), ()


def _is_account(name: str, accounts: dict[str, SapAccount]) -> bool:
    """Whether a name is an account: one with a row, or a number as SAP has it."""
    return name in accounts or (name.isascii() and name.isdigit() and len(name) <= _ACCOUNT)


def _said(account: SapAccount, line: _Line, profile: SapProfile) -> dict[str, str]:
    """Text and dimensions of a line, as long as SAP's fields."""
    text = f"{account.label} {line.text}" if account.label else line.text
    found = {"text": shortened(text, _TEXT)}
    for field, dimension in profile.dimensions.items():
        if value := line.said.get(dimension):
            found[field] = shortened(value, _LENGTHS[field])
    if account.profit_centre:
        found["profit_centre"] = padded(account.profit_centre, _ACCOUNT)
    return found


def _unbalanced(total: Decimal, currency: str) -> Gap:
    return gap(
        "journal-unbalanced",
        f"debits are {plain(abs(total))} {currency} {'more' if total > 0 else 'less'} than credits",
        "correct the entry; SAP books none that does not balance",
        difference=plain(total),
    )
