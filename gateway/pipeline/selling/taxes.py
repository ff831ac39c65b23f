"""VAT transactions reports: added up by month when they come, and asked for a month later on.

A report covers whole months as a rule, and comes anew with more in it. Of several that have activities of a month the
one with most of them is the month's; of two alike the later. Nothing is lost: each report is kept as a document.
"""

from typing import Any

from gateway.finance.taxes import add_up_taxes
from gateway.findings import Severity
from gateway.journal import Journal, Transaction
from gateway.pipeline.desk import Desk
from gateway.pipeline.selling.reports import Report

TYPE = "vat-transactions"


def taxes_subject(seller: str, month: str = "") -> str:
    """Under what the tax reports of a seller, or those with activities of a month, are found."""
    return f"taxes:{seller}:{month}" if month else f"taxes:{seller}"


def take_taxes(report: Report, desk: Desk) -> None:
    """Take one VAT transactions report; the same again changes nothing."""
    seller = report.seller
    months = add_up_taxes(report.file.rows(), seller.taxes)
    unread = sum(finding.severity is Severity.REJECT for finding in report.file.findings)
    sha256 = desk.tx.file(report.receipt.file_id).sha256
    subject = taxes_subject(seller.name)
    for entry in desk.tx.events(subject, prefix="document-stored"):
        if desk.tx.body_of(str(entry.seq))["sha256"] == sha256:
            desk.note("taxes-repeated", {"file": report.arrival.label}, subject, report.subject)
            return
    told = {month: sums.as_json() for month, sums in sorted(months.items())}
    desk.tx.store_document(
        type=TYPE,
        direction="in",
        partner=seller.name,
        business_number="..".join(dict.fromkeys((min(told, default=""), max(told, default="")))),
        body={"seller": seller.name, "sha256": sha256, "unread": unread, "months": told},
        file_id=report.receipt.file_id,
        file=report.arrival.label,
        subjects=(subject, *(taxes_subject(seller.name, month) for month in told), report.subject),
    )


def taxes(journal: Journal | Transaction, seller: str, month: str) -> dict[str, Any] | None:
    """The sums of a month (`2026-06`) and the file they are from; None where no report has activities of it.

    `unread` counts the rows of that file that could not be read: with any, the month is not complete. `others` are the
    other files that have activities of the month, with how many.
    """
    found = []
    for entry in journal.events(taxes_subject(seller, month), prefix="document-stored"):
        document = journal.document(str(entry.seq))
        body = journal.body_of(document.id)
        found.append((body["months"][month]["rows"], entry.seq, document, body))
    if not found:
        return None
    best = max(found, key=lambda each: each[:2])
    _, _, document, body = best
    others = [{"file": each[2].file, "document": each[2].id, "rows": each[0]} for each in found if each is not best]
    return {
        "seller": seller,
        "month": month,
        "document": document.id,
        "file": document.file,
        "file_id": document.file_id,
        "sha256": body["sha256"],
        "unread": body["unread"],
        "is_complete": not body["unread"],
        **body["months"][month],
        "others": others,
    }
