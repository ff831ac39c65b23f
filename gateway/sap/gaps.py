"""What keeps a document from being said to SAP, and what keeps one of SAP from being understood.

Each names the row of the profile that is missing, as it would be written in config.toml.
"""

from gateway.catalogue.gaps import Gap, Owner
from gateway.findings import Finding, find

RULES: dict[str, Owner] = {
    "sap-row-missing": "IT",  # a code, account, place or customer that the profile has no row for
    "sap-not-booked": "operations",  # what must be booked in SAP before this can be said
    "sap-no-idoc": "IT",  # a document that SAP has no IDoc for
    "cannot-be-said": "IT",  # a value that does not fit into SAP's field
    "journal-unbalanced": "finance",  # an entry whose debits are not its credits
}


def gap(rule: str, message: str, remedy: str, line: str | None = None, **evidence: str) -> Gap:
    """A blocking gap of one of these rules. Raises KeyError for a rule that is not there."""
    return Gap(
        rule=rule, severity="block", message=message, remedy=remedy, owner=RULES[rule], line=line, evidence=evidence
    )


def row_missing(what: str, row: str, line: str | None = None) -> Gap:
    """The gap of a table without a row; `row` is what to write."""
    return gap("sap-row-missing", f"SAP's name for {what} is not known", f"add to config.toml: {row}", line, row=row)


def unmapped(what: str, row: str, value: str) -> Finding:
    """The finding of a code of SAP that no row gives a meaning to; `row` is what to write."""
    return find("sap-row-missing", f"{what} has no meaning here; add to config.toml: {row}", value=value[:80])


def unusable(message: str, value: str | None = None) -> Finding:
    """The finding of a document of SAP that cannot be used."""
    return find("erp-document-unreadable", message, value=None if value is None else value[:80])
