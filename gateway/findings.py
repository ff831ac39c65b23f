"""What is wrong with data that came, as values: gathered, never raised.

CODES is the one table of finding codes. Each knows its default severity and the numbers by which acknowledgements name
it: X12 segment error 720 (AK304), element error 723 (AK403), message error 718 (AK502), group error 716 (AK905),
interchange note I18 (TA105), and EDIFACT 0085 (CONTRL). X12 numbers are those of 005010; what an older answer says
instead is for whoever writes it. A guide may change a severity, never a number. What each code means and what to do
about it stands in docs/findings.md, and a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Literal

Owner = Literal["item data", "operations", "finance", "IT"]
"""Who can mend what is wrong: cases are told to them."""


class Severity(StrEnum):
    """What a finding does to its message."""

    REJECT = "reject"  # the message is refused, and a case opened: an order we refuse is an order lost
    HOLD = "hold"  # the syntax stands, a person must look before it goes on
    WARN = "warn"  # it goes on; acknowledged "with errors" where the finding has a number to say so


@dataclass(frozen=True, slots=True)
class Code:
    """A finding code: its meaning in a few words, its default severity, and its acknowledgement numbers."""

    meaning: str
    severity: Severity = Severity.REJECT
    segment: str = ""  # AK304, data element 720
    element: str = ""  # AK403, data element 723
    message: str = ""  # AK502..06, data element 718
    group: str = ""  # AK905..09, data element 716
    interchange: str = ""  # TA105, data element I18
    contrl: str = ""  # CONTRL, data element 0085


_REJECT, _HOLD, _WARN = Severity.REJECT, Severity.HOLD, Severity.WARN

CODES: dict[str, Code] = {
    # The file, before any envelope
    "file-empty": Code("there is nothing in the file", interchange="023", contrl="32"),
    "file-too-large": Code("larger than the limit of its channel"),
    "file-unreadable": Code("not a regular file, or one that we may not open"),
    "checksum-mismatch": Code("not the bytes that the checksum beside it is of"),
    "file-poisonous": Code("ends the process that reads it, or is never done with"),
    "not-edi": Code("neither an ISA nor a UNA or UNB where a file must begin", interchange="024", contrl="33"),
    "ebcdic": Code("EBCDIC text, where ASCII is agreed", interchange="024", contrl="21"),
    "byte-order-mark": Code("a byte order mark before the envelope, passed over", _WARN),
    "no-break-space": Code("no-break spaces inside the ISA, read as blanks", _WARN),
    # The interchange
    "isa-truncated": Code("the file ends inside its ISA", interchange="023", contrl="13"),
    "isa-width": Code("ISA elements do not have their fixed widths", _WARN),
    "delimiters-unusable": Code("delimiters that are letters, digits, blanks or equal", interchange="026", contrl="20"),
    "component-separator-unusable": Code(
        "a component separator that is a letter, digit, blank or another delimiter", interchange="027", contrl="20"
    ),
    "terminator-unusable": Code(
        "a segment terminator that is a letter, digit, blank or another delimiter", interchange="004", contrl="20"
    ),
    "interchange-unfinished": Code("no IEA before the end of the file", interchange="023", contrl="13"),
    "interchange-interrupted": Code("the next ISA before the IEA of this one", interchange="022", contrl="13"),
    "segment-unterminated": Code("the last segment has no terminator", _WARN),
    "interchange-reference-differs": Code("IEA02 differs from ISA13", interchange="001", contrl="28"),
    "group-count-differs": Code("IEA01 differs from the groups counted", interchange="021", contrl="29"),
    "interchange-empty": Code("no group in the interchange", _WARN, interchange="024", contrl="32"),
    "interchange-control-number": Code("ISA13 is not nine digits", interchange="018", contrl="12"),
    "authorization-qualifier": Code("ISA01 is none of its codes", _WARN, interchange="010", contrl="12"),
    "authorization-data": Code("ISA02 is filled without need, or empty in need", _WARN, interchange="011", contrl="12"),
    "security-qualifier": Code("ISA03 is none of its codes", _WARN, interchange="012", contrl="12"),
    "security-data": Code("ISA04 is filled without need, or empty in need", _WARN, interchange="013", contrl="12"),
    "sender-qualifier": Code("ISA05 is not two letters or digits", interchange="005", contrl="12"),
    "sender-id": Code("ISA06 is empty, or no text", interchange="006", contrl="12"),
    "receiver-qualifier": Code("ISA07 is not two letters or digits", interchange="007", contrl="12"),
    "receiver-id": Code("ISA08 is empty, or no text", interchange="008", contrl="12"),
    "interchange-date": Code("ISA09 is not a day of the calendar", _WARN, interchange="014", contrl="12"),
    "interchange-time": Code("ISA10 is not a time of day", _WARN, interchange="015", contrl="12"),
    "standard-unknown": Code("ISA11 names another standard than X12", _WARN, interchange="002", contrl="14"),
    "repetition-separator": Code(
        "ISA11 is neither U nor a separator, as is due", _WARN, interchange="016", contrl="22"
    ),
    "control-version-unknown": Code("ISA12 is a version that X12 never had", _WARN, interchange="003", contrl="2"),
    "control-version": Code("ISA12 is not five digits", _WARN, interchange="017", contrl="2"),
    "acknowledgement-request": Code("ISA14 is neither 0 nor 1", _WARN, interchange="019", contrl="12"),
    "usage-indicator": Code("ISA15 is none of P, T and I", _WARN, interchange="020", contrl="12"),
    "interchange-duplicate": Code("the control number came twice in this file", _WARN, interchange="025", contrl="26"),
    "segment-outside-message": Code("data between messages or groups", interchange="024", contrl="33"),
    "unb-truncated": Code("UNA or UNB without its end", interchange="023", contrl="13"),
    "syntax-unknown": Code("a syntax level or version that does not exist", interchange="017", contrl="2"),
    "interchange-header": Code("a mandatory value of UNB is missing", interchange="024", contrl="13"),
    "groups-mixed": Code("messages with and without a group in one interchange", interchange="022", contrl="30"),
    "character-outside-set": Code("a byte that the declared character set does not have", _WARN, contrl="21"),
    "sender-unknown": Code("no partner has this sender id", interchange="006", contrl="23"),
    "receiver-unknown": Code("the receiver id is none of ours", interchange="009", contrl="7"),
    "test-flag-differs": Code("test data in a live channel, or the reverse", interchange="020", contrl="25"),
    "interchange-conflict": Code("a control number we know, with other content", _HOLD, interchange="025", contrl="26"),
    "interchange-repeat": Code("an interchange we have taken already", _WARN, interchange="025", contrl="26"),
    # The group
    "group-unfinished": Code("no GE before the next GS or the IEA", group="3", contrl="13"),
    "group-stray": Code("a GE without its GS", interchange="022", contrl="15"),
    "group-reference-differs": Code("GE02 differs from GS06", group="4", contrl="28"),
    "message-count-differs": Code("GE01 differs from the messages counted", group="5", contrl="29"),
    "group-control-number": Code("GS06 is missing or malformed", group="6", contrl="12"),
    "group-header": Code("a mandatory value of GS is missing", interchange="024", contrl="13"),
    "group-duplicate": Code("the group control number came twice in this interchange", _WARN, group="19", contrl="26"),
    "group-empty": Code("no message in the group", contrl="32"),
    "group-type-unknown": Code("a functional group we do not handle", group="1", contrl="14"),
    "version-unknown": Code("a version of the standard we have no grammar for", group="2", contrl="14"),
    # The message as a whole
    "message-unfinished": Code("no SE before the next ST or GE", message="2", contrl="13"),
    "message-outside-group": Code("an ST outside a group", interchange="022", contrl="15"),
    "message-reference-differs": Code("SE02 differs from ST02", message="3", contrl="28"),
    "segment-count-differs": Code("SE01 differs from the segments counted", message="4", contrl="29"),
    "message-control-number": Code("ST02 is missing or malformed", message="7", contrl="12"),
    "message-header": Code("a mandatory value of UNH is missing", message="1", contrl="13"),
    "message-duplicate": Code("the message control number came twice in this group", _WARN, message="23", contrl="26"),
    "message-type-unknown": Code("a message type we have no grammar for", message="1", contrl="14"),
    "message-type-misplaced": Code("a message type that does not belong in its group", message="18", contrl="31"),
    "message-too-large": Code("more segments, or a longer segment, than the limits allow", message="5", contrl="18"),
    # Segments
    "segment-unknown": Code("a tag no table knows", segment="1", contrl="15"),
    "segment-unexpected": Code("a segment that may stand in this message, but not here", segment="2", contrl="15"),
    "mandatory-segment-missing": Code("a segment that must be here", segment="3", contrl="13"),
    "loop-too-often": Code("a loop repeated more often than allowed", _WARN, segment="4", contrl="36"),
    "segment-too-often": Code("a segment repeated more often than allowed", _WARN, segment="5", contrl="35"),
    "segment-not-in-message": Code("a segment this message does not have", segment="6", contrl="15"),
    "segment-out-of-order": Code("a segment that belongs earlier", segment="7", contrl="15"),
    # Elements
    "mandatory-element-missing": Code("an element that must be filled", segment="8", element="1", contrl="13"),
    "conditional-element-missing": Code("an element that others ask for", segment="8", element="2", contrl="13"),
    "too-many-elements": Code("more elements than the segment has", _WARN, segment="8", element="3", contrl="16"),
    "element-too-short": Code("shorter than its minimum", _WARN, segment="8", element="4", contrl="40"),
    "element-too-long": Code("longer than its maximum", _WARN, segment="8", element="5", contrl="39"),
    "character-invalid": Code("a character its type does not allow", segment="8", element="6", contrl="37"),
    "decimal-mark-first": Code("no digit before the decimal mark", segment="8", element="6", contrl="38"),
    "code-unknown": Code("a code that is not in its list", segment="8", element="7", contrl="12"),
    "code-unlisted": Code("a code our selection of an open list lacks", _WARN),
    "date-invalid": Code("not a day of the calendar", segment="8", element="8", contrl="12"),
    "time-invalid": Code("not a time of day", segment="8", element="9", contrl="12"),
    "elements-exclusive": Code("elements that exclude each other", segment="8", element="10", contrl="15"),
    "element-repeated": Code("an element repeated more often than allowed", segment="8", element="12", contrl="16"),
    "too-many-components": Code("more components than the element has", _WARN, segment="8", element="13", contrl="16"),
    "hierarchy-broken": Code("an HL with a number used before, or no parent", segment="8", element="7", contrl="12"),
    # Meaning: the mapping
    "data-unmapped": Code("data that no row of the mapping reads", _WARN),
    "value-unmapped": Code("a code the mapping gives no meaning to", segment="8", element="7", contrl="12"),
    "constant-differs": Code("another value than the mapping's constant", segment="8", element="7", contrl="12"),
    "control-total-differs": Code("a count or total that is not the message's", segment="8", element="7", contrl="12"),
    "document-incomplete": Code("what the document cannot be without is not there", message="5", contrl="13"),
    # XML of the ERP: our own, and SAP's IDocs
    "xml-malformed": Code("no well-formed XML, or in an encoding that is not read"),
    "xml-forbidden": Code("XML with a DOCTYPE, or deeper, longer or wider than any document is"),
    "xml-unread": Code("text of an XML file that no row of the mapping reads", _WARN),
    # Reports of marketplaces: delimited text with a header
    "report-unknown": Code("a table whose header is none of the reports we know"),
    "report-packed": Code("a compressed file that is damaged, cut off or too large inside"),
    "column-missing": Code("a column that the report cannot be read without"),
    "column-unknown": Code("a column that the report did not have so far; it is kept and not read", _WARN),
    "word-unknown": Code("a word that an open list of codes did not have so far", _WARN),
    "amount-style": Code("amounts whose decimal mark is not the same all over the file, or that none tells"),
    "date-style": Code("dates whose order is not the same all over the file, or that none tells"),
    "cell-unreadable": Code("a cell that is not what its column holds; its row is left out"),
    "seller-unknown": Code("a report that belongs to none of the sellers of its channel"),
    "settlement-unreadable": Code("a settlement that is not one settlement in one currency, or not all of it readable"),
    "settlement-inconsistent": Code("a settlement whose lines do not come to its total"),
    "settlement-uncharted": Code("a settlement that came while there was no chart of accounts: nothing is posted"),
    "settlement-unbalanced": Code("journal entries whose debits are not their credits: nothing is posted"),
    # IDocs of SAP
    "idoc-unreadable": Code("a file that holds no IDoc, or one that is cut off or not well-formed"),
    "idoc-type-unknown": Code("an IDoc of a basic type that the catalogue does not have"),
    "idoc-control-record": Code("a control record that is missing, incomplete, or of another IDoc"),
    "idoc-marker-missing": Code("an IDOC without BEGIN, or a segment without SEGMENT"),
    "idoc-segment-unknown": Code("a segment that the catalogue does not have"),
    "idoc-segment-misplaced": Code("a segment out of its order, or inside another than its own"),
    "idoc-segment-too-often": Code("a segment that stands more often than its type allows"),
    "idoc-segment-missing": Code("a segment that its type cannot be without"),
    "idoc-field-unknown": Code("a field that the segment does not have, or text in no field"),
    "idoc-field-misplaced": Code("a field out of its order, twice, or behind a segment"),
    "idoc-field-missing": Code("a field without which nobody can tell what the segment says"),
    "idoc-field-too-long": Code("a value longer than its field"),
    "idoc-field-invalid": Code("a value that is no number, day, time or text, as its field asks"),
    "idoc-hierarchy-broken": Code("a record of the flat form whose numbers name no place for it"),
    # Rows of master files and documents of the ERP
    "row-unreadable": Code("a row of a master file that cannot be used; the other rows stand", _WARN),
    "erp-document-unreadable": Code("an ERP document that its model refuses"),
    "sap-row-missing": Code("a code of SAP that no row of [erp.sap] gives a meaning to"),
    "revision-conflict": Code(
        "an ERP document whose revision came before with other content, or is older than one that came"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with data that came.

    segment is the ordinal in the message (ST or UNH is 1), element, component and repetition count from 1, offset is
    the byte in the file where the value begins (else the segment), number the data element number, expected what would
    be right. loop is the name of the bounded loop it stands in: what its LS says.
    """

    code: str
    message: str
    severity: Severity
    segment: int | None = None
    tag: str | None = None
    element: int | None = None
    component: int | None = None
    repetition: int | None = None
    number: str | None = None
    offset: int | None = None
    value: str | None = None
    expected: str | None = None
    loop: str | None = None

    @property
    def numbers(self) -> Code:
        """The row of CODES, where the acknowledgement numbers stand."""
        return CODES[self.code]

    def as_json(self) -> dict[str, Any]:
        """The keys of `validate --json`, none left out."""
        return {**asdict(self), "severity": str(self.severity)}


def find(code: str, message: str, **place: Any) -> Finding:
    """A finding of this code with its default severity.

    Raises KeyError for a code that is not in CODES: a finding without a row could not be acknowledged.
    """
    return Finding(code=code, message=message, severity=CODES[code].severity, **place)


def judge(findings: Iterable[Finding], severities: Mapping[str, Severity]) -> list[Finding]:
    """The same findings with the severities of a guide."""
    return [replace(f, severity=severities[f.code]) if f.code in severities else f for f in findings]


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The severity that decides what becomes of the message; None where nothing was found."""
    severities = {finding.severity for finding in findings}
    return next((s for s in (Severity.REJECT, Severity.HOLD, Severity.WARN) if s in severities), None)
