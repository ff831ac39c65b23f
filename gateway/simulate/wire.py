"""Interchanges as Amazon's side writes them, and the little that it reads of ours to answer them.

Written by hand, segment by segment, and not by the gateway's own writers: what plays the other side must not share its
mistakes. Control numbers come in; each is used once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gateway.config import Partner
from gateway.documents.base import plain

GROUPS: Mapping[str, str] = {"850": "PO", "860": "PC", "997": "FA", "824": "AG", "820": "RA"}
_IDENTIFIERS: Mapping[str, str] = {
    "ORDERS": "D:96A:UN:EAN008",
    "ORDCHG": "D:96A:UN:EAN008",
    "REMADV": "D:96A:UN:EAN002",
    "CONTRL": "2:2:UN",
}
_ASKED_FOR = "++++1+EANCOM"


@dataclass(frozen=True)
class Letter:
    """One of our interchanges, as far as Amazon looks at it: what it is and by which number it is answered."""

    message: str
    control_number: str
    group: str
    segments: tuple[tuple[str, ...], ...]

    def first(self, tag: str) -> tuple[str, ...]:
        """The first segment of a tag, a run of empty elements where there is none."""
        return next((segment for segment in self.segments if segment[0] == tag), ("",) * 12)


def enclose(message: str, body: Sequence[str], partner: Partner, number: int, at: datetime) -> bytes:
    """One message of Amazon's in its own interchange. `body` is everything between its header and its trailer."""
    make = _in_edifact if partner.format == "edifact" else _in_x12
    return "".join(make(message, body, partner, number, at)).encode("ascii")


def _in_x12(message: str, body: Sequence[str], partner: Partner, number: int, at: datetime) -> list[str]:
    theirs, ours = partner.theirs, partner.ours
    group, flag = GROUPS[message], "T" if partner.test else "P"
    parties = f"{theirs.qualifier}*{theirs.id:15}*{ours.qualifier}*{ours.id:15}"
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*{parties}*{at:%y%m%d}*{at:%H%M}*U*00401*{number:09}*0*{flag}*>",
        f"GS*{group}*{theirs.id}*{ours.id}*{at:%Y%m%d}*{at:%H%M}*{number}*X*004010",
        f"ST*{message}*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{number}",
        f"IEA*1*{number:09}",
    ]
    return [f"{segment}~\n" for segment in segments]


def _in_edifact(message: str, body: Sequence[str], partner: Partner, number: int, at: datetime) -> list[str]:
    parties = f"{_party(partner.theirs)}+{_party(partner.ours)}"
    asks = "" if message == "CONTRL" else _ASKED_FOR + ("+1" if partner.test else "")
    segments = [
        f"UNB+UNOA:2+{parties}+{at:%y%m%d:%H%M}+{number}{asks}",
        f"UNH+1+{message}:{_IDENTIFIERS[message]}",
        *body,
        f"UNT+{len(body) + 2}+1",
        f"UNZ+1+{number}",
    ]
    return [f"{segment}'\n" for segment in segments]


def _party(who: tuple[str, str]) -> str:
    qualifier, identity = who
    return f"{identity}:{qualifier}" if qualifier else identity


def letter_of(data: bytes) -> Letter:
    """What Amazon sees of an interchange of ours."""
    text = data.decode("latin-1")
    if text.startswith("ISA"):
        cut = [tuple(part.strip("\r\n").split(text[3])) for part in text.split(text[105])]
        found = Letter("", "", "", tuple(segment for segment in cut if segment != ("",)))
        head = found.first("GS")
        return Letter(found.first("ST")[1], head[6], head[1], found.segments)
    cut = [tuple(re.split(r"(?<!\?)\+", part.strip("\r\n"))) for part in re.split(r"(?<!\?)'", text)]
    found = Letter("", "", "", tuple(segment for segment in cut if segment != ("",)))
    return Letter(found.first("UNH")[2].split(":")[0], found.first("UNB")[5], "", found.segments)


def verdict_on(letter: Letter, verdict: str, partner: Partner) -> tuple[str, list[str]]:
    """Amazon's 997 or CONTRL on a letter, as message and body: `A` accepted, `E` with errors, `R` rejected.

    A CONTRL (D.96A) knows no acceptance with errors: it accepts.
    """
    if partner.format == "edifact":
        said = "4+12" if verdict == "R" else "7"
        return "CONTRL", [f"UCI+{letter.control_number}+{_party(partner.ours)}+{_party(partner.theirs)}+{said}"]
    wrong = [f"AK3*{letter.segments[3][0]}*2**8", "AK4*2**7"] if verdict != "A" else []
    taken = 0 if verdict == "R" else 1
    return "997", [
        f"AK1*{letter.group}*{letter.control_number}",
        f"AK2*{letter.message}*0001",
        *wrong,
        f"AK5*{verdict}{'*5' if wrong else ''}",
        f"AK9*{verdict}*1*1*{taken}",
    ]


def advice_on(letter: Letter, verdict: str, reference: str, at: datetime) -> tuple[str, list[str]]:
    """Amazon's 824 on a letter in X12, what its people say of the content: `TA` accepted, `TR` rejected."""
    head, group = letter.first("GS"), letter.group
    body = [
        f"BGN*00*{reference}*{at:%Y%m%d}*{at:%H%M}",
        f"OTI*{verdict}*TN*{'*'.join((letter.control_number, *head[2:7], '0001', letter.message, head[8]))}",
    ]
    wrong = "A QUANTITY IS NOT AS ORDERED" if group == "SH" else "THE TOTAL IS NOT AS EXPECTED"
    return "824", body if verdict == "TA" else [*body, f"TED*ZZZ*{wrong}"]


@dataclass(frozen=True)
class Bill:
    """What Amazon knows of an invoice of ours that it will pay."""

    number: str
    purchase_order: str
    dated: str
    total: Decimal


def bill_of(letter: Letter) -> Bill:
    """The invoice in a letter, 810 or INVOIC."""
    if letter.message == "810":
        head = letter.first("BIG")
        return Bill(head[2], head[4], head[1], Decimal(letter.first("TDS")[1]).scaleb(-2))
    composites = [(segment[0], *segment[1].split(":")) for segment in letter.segments if len(segment) > 1]
    value = {(tag, parts[0]): parts[1] for tag, *parts in reversed(composites) if len(parts) > 1}
    number = letter.first("BGM")[2]
    return Bill(number, value["RFF", "ON"], value["DTM", "137"], Decimal(value["MOA", "77"]))


def payment_of(
    bills: Sequence[tuple[Bill, Decimal]], reference: str, account: str, currency: str, at: datetime, partner: Partner
) -> tuple[str, list[str]]:
    """Amazon's remittance over bills with what it takes off each, as message and body: 820 or REMADV."""
    if partner.format == "edifact":
        return _remadv(bills, reference, currency, at, partner)
    return _x820(bills, reference, account, currency, at, partner)


def _x820(
    bills: Sequence[tuple[Bill, Decimal]], reference: str, account: str, currency: str, at: datetime, partner: Partner
) -> tuple[str, list[str]]:
    paid = sum((bill.total - off for bill, off in bills), Decimal(0))
    body = [
        f"BPR*I*{_money(paid)}*C*ACH*CTX***********{at:%Y%m%d}",
        f"TRN*1*{reference}",
        f"CUR*PR*{currency}",
        f"DTM*097*{at:%Y%m%d}",
        f"N1*PR*{partner.theirs.id}",
        f"N1*PE*VENDOR*92*{account}",
        "ENT*1",
    ]
    for bill, off in bills:
        body += [f"RMR*IV*{bill.number}**{_money(bill.total - off)}*{_money(bill.total)}"]
        body += [f"REF*PO*{bill.purchase_order}", f"DTM*003*{bill.dated}"]
        body += [f"ADX*{_money(-off)}*01"] if off else []
    return "820", body


def _remadv(
    bills: Sequence[tuple[Bill, Decimal]], reference: str, currency: str, at: datetime, partner: Partner
) -> tuple[str, list[str]]:
    paid = sum((bill.total - off for bill, off in bills), Decimal(0))
    body = [
        f"BGM+481+RA{reference}+9",
        f"DTM+137:{at:%Y%m%d}:102",
        f"DTM+138:{at:%Y%m%d}:102",
        f"RFF+PQ:{reference}",
        f"NAD+PR+{partner.theirs.id}::9",
        f"NAD+PE+{partner.ours.id}::9",
        f"CUX+2:{currency}:11",
    ]
    for bill, off in bills:
        body += [f"DOC+380+{bill.number}", f"MOA+9:{_money(bill.total)}:{currency}:11"]
        body += [f"MOA+12:{_money(bill.total - off)}:{currency}:11", f"DTM+3:{bill.dated}:102"]
        body += [f"RFF+ON:{bill.purchase_order}"]
        body += ["AJT+5", f"MOA+165:{_money(-off)}:{currency}:11"] if off else []
    return "REMADV", [*body, "UNS+S", f"MOA+12:{_money(paid)}:{currency}:11"]


def _money(amount: Decimal) -> str:
    return plain(amount)
