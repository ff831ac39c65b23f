"""Envelopes that lie, and bytes that are no envelope at all."""

import gzip
import io
import zipfile
import zlib

from tests.hostile.hostile import EDIFACT_HEAD, X12_HEAD, Hostile, changed, edifact, x12

XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">' + b"".join(
    b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
)
NOT_EDI = ("not-edi", "file-empty")


def zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.edi", data)
    return made.getvalue()


def wrapped(text: str, width: int, end: str) -> str:
    bare = text.replace("\n", "")
    return end.join(bare[at : at + width] for at in range(0, len(bare), width))


def isa(n: int, old: str, new: str) -> str:
    return changed(n, (old, new))


def with_una(una: str, n: int) -> str:
    """An order written with other service characters than usual."""
    table = str.maketrans({":": una[3], "+": una[4], "'": una[8]})
    return una + "\n" + edifact(n).translate(table)


# What no reader knows

UNKNOWN = {
    "an external entity in XML": Hostile("XML is not read: no entity is ever resolved", lambda _: XXE, codes=NOT_EDI),
    "a parameter entity in XML": Hostile(
        "nothing is fetched",
        lambda _: b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><a/>',
        codes=NOT_EDI,
    ),
    "a billion laughs": Hostile("no entity is expanded", lambda _: LAUGHS + b"]><a>&l9;</a>", codes=NOT_EDI),
    "a quadratic blow-up": Hostile(
        "no entity is expanded",
        lambda _: b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 100_000 + b'">]><a>' + b"&x;" * 10_000 + b"</a>",
        codes=NOT_EDI,
    ),
    "XML with an ISA in a comment": Hostile(
        "an interchange within another file is not dug out",
        lambda n: b"<!-- " + x12(n).encode() + b" -->",
        codes=NOT_EDI,
    ),
    "a gzip bomb": Hostile(
        "only reports are unpacked", lambda _: gzip.compress(b"\0" * 50_000_000), codes=("report-unknown",)
    ),
    "gzipped EDI": Hostile(
        "only reports are unpacked", lambda n: gzip.compress(x12(n).encode()), codes=("report-unknown",)
    ),
    "a zlib stream": Hostile("nothing is unpacked", lambda _: zlib.compress(b"ISA*" * 1_000_000), codes=NOT_EDI),
    "a zip with a traversal name": Hostile("no archive is opened", lambda _: zipped(b"\0" * 1_000_000), codes=NOT_EDI),
    "a bzip2 header": Hostile("no archive is opened", lambda _: b"BZh91AY&SY" + b"\xff" * 1000, codes=NOT_EDI),
    "a program": Hostile("nothing is run", lambda _: b"\x7fELF" + bytes(range(256)), codes=NOT_EDI),
    "a shell script": Hostile("nothing is run", lambda _: b"#!/bin/sh\nrm -rf /\n", codes=NOT_EDI),
    "nothing": Hostile("an empty file is told", lambda _: b"", codes=NOT_EDI),
    "only blanks": Hostile("an empty file is told", lambda _: b" \r\n\t" * 1000, codes=NOT_EDI),
    "a megabyte of NUL": Hostile("NUL is no data", lambda _: b"\0" * 1_000_000, codes=NOT_EDI),
    "all bytes there are": Hostile(
        "bytes that mean nothing are told", lambda _: bytes(range(256)) * 100, codes=NOT_EDI
    ),
    "EBCDIC": Hostile("another alphabet is told", lambda n: x12(n).encode("cp037"), codes=("ebcdic",)),
    "UTF-16": Hostile("another encoding is told", lambda n: x12(n).encode("utf-16"), codes=NOT_EDI),
    "UTF-7": Hostile("an encoding in disguise", lambda n: b"+ADw-" + x12(n).encode(), codes=NOT_EDI),
    "10 MB without a line break": Hostile("a file that never begins", lambda _: b"A" * 10_000_000, codes=NOT_EDI),
    "HTTP": Hostile("another protocol", lambda _: b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", codes=NOT_EDI),
}

# X12

WIDE, CUT = "*U*00401*", "isa-truncated"
X12 = {
    "an ISA of 105 characters": Hostile(
        "widths that differ are told, and read where that is safe",
        lambda n: isa(n, "AMAZON         *", "AMAZON        *"),
        "either",
    ),
    "an ISA of 107 characters": Hostile(
        "widths that differ are told", lambda n: isa(n, "AMAZON         *", "AMAZON          *"), "either"
    ),
    "an ISA of 15 elements": Hostile("a header that is short", lambda n: isa(n, "*U*00401", "*00401")),
    "an ISA of 17 elements": Hostile("a header that is long", lambda n: isa(n, "*U*00401", "*U*U*00401")),
    "nothing but an ISA": Hostile("a file that ends", lambda n: X12_HEAD.format(n=n)),
    "half an ISA": Hostile("a file that ends", lambda n: X12_HEAD.format(n=n)[:50], codes=(CUT,)),
    "ISA and no more": Hostile("a file that ends", lambda _: "ISA", codes=(CUT, "not-edi")),
    "a GS beside its ISA": Hostile("a header without a terminator", lambda n: isa(n, "*P*>~\n", "*P*>")),
    "the terminator is the component separator": Hostile("marks must differ", lambda n: isa(n, "*P*>~", "*P*~~")),
    "the component separator is the element separator": Hostile(
        "marks must differ", lambda n: isa(n, "*P*>~", "*P**~")
    ),
    "a letter separates elements": Hostile("marks are no data", lambda n: x12(n).replace("*", "A")),
    "a digit separates elements": Hostile("marks are no data", lambda n: x12(n).replace("*", "1")),
    "a blank separates elements": Hostile("marks are no data", lambda n: x12(n).replace("*", " ")),
    "a NUL separates elements": Hostile("marks may be odd, not deadly", lambda n: x12(n).replace("*", "\0"), "either"),
    "an escape terminates segments": Hostile(
        "marks may be odd, not deadly", lambda n: x12(n).replace("~\n", "\x1b"), "either"
    ),
    "a letter terminates segments": Hostile("marks are no data", lambda n: x12(n).replace("~\n", "E")),
    "a bidi mark terminates segments": Hostile(
        "marks may be odd, not deadly", lambda n: x12(n).replace("~\n", "\u202e"), "either"
    ),
    "no IEA": Hostile("an interchange that does not end", lambda n: x12(n).partition("IEA")[0]),
    "no GE": Hostile("a group that does not end", lambda n: changed(n, ("GE*1*{n}~\n", ""))),
    "no SE": Hostile("a message that does not end", lambda n: changed(n, ("SE*17*0001~\n", ""))),
    "no ST": Hostile("a message without its beginning", lambda n: changed(n, ("ST*850*0001~\n", ""))),
    "no GS": Hostile("a message outside a group", lambda n: x12(n).replace("GS*PO", "XX*PO").replace("GE*1", "XX*1")),
    "two IEA": Hostile("an end after the end", lambda n: x12(n) + f"IEA*1*{n:09}~\n"),
    "two GE": Hostile("an end after the end", lambda n: changed(n, ("GE*1*{n}~", "GE*1*{n}~GE*1*{n}~"))),
    "two SE": Hostile(
        "an end after the end", lambda n: changed(n, ("SE*17*0001~", "SE*17*0001~SE*17*0001~")), "either"
    ),
    "two ISA": Hostile("a beginning in the beginning", lambda n: X12_HEAD.format(n=n) + x12(n), "either"),
    "another number in the IEA": Hostile("numbers agree", lambda n: changed(n, ("IEA*1*{n:09}", "IEA*1*999999999"))),
    "another number in the GE": Hostile("numbers agree", lambda n: changed(n, ("GE*1*{n}", "GE*1*7"))),
    "another number in the SE": Hostile("numbers agree", lambda n: changed(n, ("SE*17*0001", "SE*17*0002"))),
    "an IEA that counts wrong": Hostile("counts agree", lambda n: changed(n, ("IEA*1", "IEA*9"))),
    "a GE that counts wrong": Hostile("counts agree", lambda n: changed(n, ("GE*1", "GE*9"))),
    "an SE that counts wrong": Hostile("counts agree", lambda n: changed(n, ("SE*17", "SE*999999"))),
    "a count of a thousand digits": Hostile("counts are numbers", lambda n: changed(n, ("SE*17", "SE*" + "9" * 1000))),
    "a count in other digits": Hostile("counts are ASCII", lambda n: changed(n, ("SE*17", "SE*\u0661\u0667"))),
    "a negative count": Hostile("counts are numbers", lambda n: changed(n, ("SE*17", "SE*-17"))),
    "a control number of letters": Hostile("numbers are digits", lambda n: x12(n).replace(f"{n:09}", "ABCDEFGHI")),
    "a control number of path parts": Hostile("numbers are digits", lambda n: x12(n).replace(f"{n:09}", "../../../")),
    "a control number with an escape": Hostile(
        "numbers are digits", lambda n: x12(n).replace(f"{n:09}", "\x1b[31m0001")
    ),
    "two control numbers alike": Hostile(
        "the same number twice in a file is told", lambda n: x12(n) + x12(n, number=f"OTHER{n}"), "either"
    ),
    "80 columns": Hostile("line breaks mean nothing", lambda n: wrapped(x12(n), 80, "\n"), "neutralised"),
    "80 columns and CR LF": Hostile("line breaks mean nothing", lambda n: wrapped(x12(n), 80, "\r\n"), "neutralised"),
    "CR, LF and both": Hostile(
        "line breaks mean nothing", lambda n: x12(n).replace("~\n", "~\r", 3).replace("~\n", "~\r\n", 3), "neutralised"
    ),
    "a byte order mark": Hostile("a mark of the encoding", lambda n: "\ufeff" + x12(n), "neutralised"),
    "an unknown sender": Hostile("strangers are refused", lambda n: isa(n, "AMAZON  ", "NOBODY  ")),
    "an unknown receiver": Hostile("we are not whoever is meant", lambda n: isa(n, "*5551234567", "*5550000000")),
    "test data": Hostile("test never meets live", lambda n: isa(n, "*0*P*>", "*0*T*>")),
    "a sender with markup": Hostile(
        "ids are data, never markup", lambda n: isa(n, "AMAZON         ", "<b>AMAZON</b>  ")
    ),
    "a sender with an escape": Hostile("ids are data", lambda n: isa(n, "AMAZON         ", "\x1b[2JAMAZON    ")),
    "a sender of a path": Hostile("ids are no path", lambda n: isa(n, "AMAZON         ", "../../etc/passw")),
    "a message type of a path": Hostile("types are no path", lambda n: changed(n, ("ST*850", "ST*../../x"))),
    "a message type of another mapping": Hostile("types are no path", lambda n: changed(n, ("ST*850", "ST*x12/850"))),
    "a version of a path": Hostile("versions are no path", lambda n: changed(n, ("X*004010", "X*../..0"))),
    "an unknown message type": Hostile("what nobody knows is told", lambda n: changed(n, ("ST*850", "ST*8ZZ"))),
    "a TA1 of nonsense": Hostile(
        "a note that means nothing is a case",
        lambda n: X12_HEAD.format(n=n) + f"TA1*A*B~\nIEA*0*{n:09}~\n",
        "neutralised",
    ),
    "an ISB that is unknown": Hostile(
        "service segments are passed over", lambda n: changed(n, ("GS*PO", "ISB*SECRET~\nGS*PO")), "either"
    ),
    "EDIFACT in an X12 file": Hostile("a file holds one standard", lambda n: x12(n) + edifact(n)),
    "junk behind the end": Hostile("junk is told", lambda n: x12(n) + "JUNK" * 1000),
    "junk between messages": Hostile("junk is told", lambda n: changed(n, ("GE*1", "JUNK*1~\nGE*1"))),
    "a thousand empty groups": Hostile(
        "nothing comes of nothing",
        lambda n: (
            X12_HEAD.format(n=n)
            + "".join(f"GS*PO*A*B*20261120*2101*{m}*X*004010~GE*0*{m}~" for m in range(1, 1001))
            + f"IEA*1000*{n:09}~"
        ),
        "either",
    ),
}

# EDIFACT

UNA_SWAPPED, UNA_EQUAL, UNA_LETTERS = "UNA:+.? '", "UNA++.? '", "UNAAB.? C"
EDIFACT = {
    "no UNZ": Hostile("an interchange that does not end", lambda n: edifact(n).partition("UNZ")[0]),
    "no UNT": Hostile("a message that does not end", lambda n: changed(n, ("UNT+18+1'\n", ""), base=edifact)),
    "no UNH": Hostile("a message without its beginning", lambda n: edifact(n).replace("UNH+1+", "XXX+1+")),
    "two UNZ": Hostile("an end after the end", lambda n: edifact(n) + f"UNZ+1+{n}'"),
    "two UNB": Hostile("a beginning in the beginning", lambda n: EDIFACT_HEAD.format(n=n) + edifact(n), "either"),
    "another number in the UNZ": Hostile("numbers agree", lambda n: changed(n, ("UNZ+1+{n}", "UNZ+1+7"), base=edifact)),
    "a UNZ that counts wrong": Hostile("counts agree", lambda n: changed(n, ("UNZ+1", "UNZ+9"), base=edifact)),
    "a UNT that counts wrong": Hostile("counts agree", lambda n: changed(n, ("UNT+18", "UNT+81"), base=edifact)),
    "a UNA of equal characters": Hostile("marks must differ", lambda n: UNA_EQUAL + edifact(n)),
    "a UNA of letters": Hostile("marks are no data", lambda n: UNA_LETTERS + edifact(n)),
    "a UNA that is cut": Hostile("a header that ends", lambda _: "UNA:+."),
    "a UNA of line breaks": Hostile("marks are no data", lambda n: "UNA\r\n\r\n\r\n" + edifact(n)),
    "a UNA whose terminator is the release": Hostile("marks must differ", lambda n: "UNA:+.? ?" + edifact(n)),
    "other marks": Hostile("marks may be others", lambda n: with_una("UNA=/.? |", n), "neutralised"),
    "two interchanges with different UNA": Hostile(
        "each interchange has its own marks",
        lambda n: edifact(n) + with_una("UNA=/.? |", n + 500_000),
        "either",
    ),
    "a UNG group": Hostile(
        "groups are read where they are sound",
        lambda n: changed(
            n,
            ("UNH+1", "UNG+ORDERS+5450534000000:14+4012345000009:14+261120:2101+1+UN+D:96A'\nUNH+1"),
            ("UNZ+1", "UNE+1+1'\nUNZ+1"),
            base=edifact,
        ),
        "either",
    ),
    "a UNG without its UNE": Hostile(
        "a group that does not end",
        lambda n: changed(n, ("UNH+1", "UNG+ORDERS+A+B+261120:2101+1+UN+D:96A'\nUNH+1"), base=edifact),
    ),
    "a UNE without its UNG": Hostile(
        "an end without beginning", lambda n: changed(n, ("UNZ", "UNE+1+1'\nUNZ"), base=edifact)
    ),
    "messages with and without a group": Hostile(
        "one or the other",
        lambda n: changed(n, ("UNZ+1", "UNG+ORDERS+A+B+261120:2101+1+UN+D:96A'\nUNE+0+1'\nUNZ+1"), base=edifact),
    ),
    "a UNB without a reference": Hostile(
        "a header without its number", lambda n: edifact(n).replace(f"+{n}+", "++", 1)
    ),
    "a syntax nobody knows": Hostile("a syntax that does not exist", lambda n: edifact(n).replace("UNOC:3", "UNOQ:9")),
    "a release character at the end": Hostile(
        "an end that is released", lambda n: edifact(n).rstrip("'\n") + "?'", "either"
    ),
    "releases without end": Hostile("releases in a row", lambda n: edifact(n, text="?" * 100_001), "either"),
    "EDIFACT of 80 columns": Hostile("line breaks mean nothing", lambda n: wrapped(edifact(n), 80, "\n"), "either"),
    "X12 in an EDIFACT file": Hostile("a file holds one standard", lambda n: edifact(n) + x12(n)),
    "a stranger's EDIFACT": Hostile(
        "strangers are refused", lambda n: edifact(n).replace("5450534000000", "9999999999994")
    ),
    "a message type of a path in EDIFACT": Hostile(
        "types are no path", lambda n: edifact(n).replace("ORDERS:D", "../../x:D")
    ),
    "interactive EDIFACT": Hostile(
        "another syntax", lambda n: edifact(n).replace("UNB+", "UIB+").replace("UNZ+", "UIZ+")
    ),
}

ENVELOPES = {**UNKNOWN, **X12, **EDIFACT}
