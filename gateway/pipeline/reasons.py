"""Findings in the words of a person who has to do something: the place, and the remedy.

The remedy of a code is what the one who holds the file can do; what the code means in full stands in docs/findings.md.
"""

from collections.abc import Sequence

from gateway.findings import CODES, Finding
from gateway.transports.quarantine import Reason

_RESEND = "ask the sender to correct it and send it again under a new control number"
_WHOLE = "ask the sender to send the whole interchange again: it was cut off or joined on its way"
_DELIMITERS = "ask the sender for delimiters that are no letters, digits or blanks, and all different"

REMEDIES: dict[str, str] = {
    "file-empty": "nothing can be taken from it; ask the sender whether something was meant to be in it",
    "file-too-large": "raise max_file of the channel in config.toml if such files are right, then drop it again",
    "file-unreadable": "put a plain file with read permission in its place",
    "not-edi": "find out who puts such files here; only EDI interchanges and reports of marketplaces belong in this"
    " folder; what the ERP writes, bank statements too, goes to its own",
    "ebcdic": "ask the sender to convert to ASCII, or transfer in text mode",
    "isa-truncated": _WHOLE,
    "interchange-unfinished": _WHOLE,
    "interchange-interrupted": _WHOLE,
    "group-unfinished": _WHOLE,
    "message-unfinished": _WHOLE,
    "message-too-large": "ask the sender what went wrong: no message of theirs should be that large",
    "delimiters-unusable": _DELIMITERS,
    "component-separator-unusable": _DELIMITERS,
    "terminator-unusable": _DELIMITERS,
    "sender-unknown": "if this is a partner, add [partners.NAME] with this id to config.toml, then drop the file again",
    "receiver-unknown": "if this id is ours, add a second partner with it as our_id to config.toml, else tell them",
    "test-flag-differs": "send test data through a partner with test = true, or ask the sender to clear the flag",
    "interchange-conflict": "ask the sender which of the two is right, and for a new control number for it",
    "message-type-unknown": "if this message is wanted, add it to the partner's guide; else tell the sender",
    "version-unknown": "if this version is wanted, add it to the partner's guide; else tell the sender",
    "sap-row-missing": "add the row that the text names to config.toml, then put the file again",
    "erp-document-unreadable": "correct the document in the ERP and write it again; then close this case",
    "xml-malformed": "write the file again, whole and as UTF-8, and drop it again",
    "xml-forbidden": "write it without a DOCTYPE; no document needs one, nor is any that deep or large",
    "xml-unread": "nothing that is mapped is lost; if the value is wanted, add a row to the mapping",
    "revision-conflict": "give the correction a higher revision",
    "report-unknown": "if this report is wanted, give it a layout and a mapping; else tell whoever fetches it",
    "report-packed": "fetch the report again; if it is right and merely large, raise max_unpacked of the channel",
    "column-missing": "fetch the report again with all of its columns, and drop it again",
    "column-unknown": "nothing is lost; if the column is wanted, add it to the layout and the mapping of this report",
    "word-unknown": "nothing is lost; find out what it means, then add it to the layout of this report",
    "amount-style": "fetch the report again; where no amount tells, set decimal_mark of the seller, then drop it again",
    "date-style": "fetch the report again; where no date tells, set day_first of the seller, then drop it again",
    "cell-unreadable": "look at the line in the file; fetch the report again, and drop it again",
    "seller-unknown": "name the marketplace in [sellers.NAME.marketplaces], or give each seller a channel of his own",
    "settlement-unreadable": "download the report again as Amazon made it, and drop it again",
    "settlement-inconsistent": "download the report again; nobody may make up the difference",
    "settlement-unbalanced": "this is a fault of the gateway: report it with this file",
    "idoc-unreadable": "ask the SAP side to send the file again, and whether its port writes XML or flat files",
    "idoc-type-unknown": "if this type is wanted, add it to schemas/idoc; else take it out of the partner profile",
    "idoc-control-record": "ask the SAP side to look at the port and the partner profile, which fill it",
    "idoc-marker-missing": "ask the SAP side to correct the program that makes the XML; SAP's own ports write both",
    "idoc-segment-unknown": "name the extension in CIMTYP, or add the segment to schemas/idoc, then drop it again",
    "idoc-field-too-long": "shorten the value where it comes from, and send it again; nothing is cut in silence",
    "idoc-hierarchy-broken": "ask the SAP side for the file again: lines were lost, doubled or sorted",
    **dict.fromkeys(
        (
            "idoc-segment-misplaced",
            "idoc-segment-too-often",
            "idoc-segment-missing",
            "idoc-field-unknown",
            "idoc-field-misplaced",
            "idoc-field-missing",
            "idoc-field-invalid",
        ),
        "ask the SAP side to correct the program or the data that the IDoc comes from, and to send it again",
    ),
    "row-unreadable": "correct the row and write the file again; the other rows stand",
}


def place_of(finding: Finding, within: str = "") -> str:
    """`850 0001, segment 9, PO102, byte 289`: as far as it is known."""
    parts = [within] if within else []
    if finding.segment:
        parts.append(f"segment {finding.segment}")
    if finding.tag and finding.element:
        component = f"-{finding.component}" if finding.component else ""
        parts.append(f"{finding.tag}{finding.element:02}{component}")
    elif finding.tag:
        parts.append(finding.tag)
    if finding.offset is not None:
        parts.append(f"byte {finding.offset}")
    return ", ".join(parts) or "the file"


def case_code(code: str) -> str:
    """The code of the case that a finding of this code opens.

    What is wrong with the form of an IDoc is one kind of work for one kind of people, whichever of its rules it breaks.
    """
    return next((case for start, case in _CASES.items() if code.startswith(start)), code)


_CASES = {"idoc-": "idoc-refused", "xml-": "erp-document-unreadable"}


def told_together(said: Sequence[str]) -> str:
    """The first sentences of several, and how many more there are."""
    more = f" (and {len(said) - _SHOWN} more)" if len(said) > _SHOWN else ""
    return "; ".join(said[:_SHOWN]) + more


_SHOWN = 5


def remedy_of(code: str) -> str:
    """What to do about a finding of this code."""
    return REMEDIES.get(code, _RESEND)


def reason_of(finding: Finding, within: str = "") -> Reason:
    """Why a file lies in quarantine, from what was found."""
    message = finding.message or CODES[finding.code].meaning
    return Reason(code=finding.code, message=message, place=place_of(finding, within), remedy=remedy_of(finding.code))
