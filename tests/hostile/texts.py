"""Text that wants to be more than text: marks, formulas, markup, controls, in every free-text field."""

from collections.abc import Callable

from tests.hostile.hostile import EDIFACT_TEXTS, X12_TEXTS, Hostile, edifact, x12

Writer = Callable[..., str]

X12_MARKS = {"element separator": "*", "component separator": ">", "terminator": "~"}
EDIFACT_MARKS = {"element separator": "+", "component separator": ":", "terminator": "'", "release character": "?"}

# What must never act: in a sheet, a browser, a terminal, a log, a file system, a query, a shell, a template.
TEXTS = {
    "a formula": "=CMD()",
    "a formula that adds": "+1+1",
    "a formula that subtracts": "-2+3",
    "a formula that is called": "@SUM(A1)",
    "a tab and a formula": "\t=1+1",
    "a carriage return and a formula": "\r=1+1",
    "a script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "an entity": "&lt;&xxe;&#0;",
    "an ANSI colour": "\x1b[31mRED\x1b[0m",
    "a terminal title": "\x1b]0;OWNED\x07",
    "a screen that is cleared": "\x1b[2J\x1b[H",
    "a C1 control": "A\u009b31mB",
    "a NUL": "A\x00B",
    "a backspace": "GOOD\b\b\b\bEVIL",
    "a bell": "A\x07B",
    "a bidi override": "A\u202egnp.exe",
    "a zero width blank": "A\u200bB",
    "a byte order mark inside": "A\ufeffB",
    "a line separator": "A\u2028B",
    "a no-break space": "A\u00a0B",
    "a byte that is not UTF-8": "A\udcffB",
    "half a surrogate pair": "A\udced\udca0\udc80B",
    "a path": "../../../etc/passwd",
    "a query": "'; DROP TABLE documents;--".replace("'", "`"),
    "a shell command": "$(rm -rf /)`id`;|",
    "a template": "{{7*7}}${7*7}{0.__class__}%s%n",
    "a log line": 'x","level":"error","event":"forged',
    "an emoji": "KETTLE \U0001f600",
    "other digits": "\u0661\u0662\u0663",
    "a long text": "LONG " * 500,
    "combining marks": "Z" + "\u0301" * 1000,
}


def marked(write: Writer, field: str, mark: str) -> Callable[[int], str]:
    return lambda n: write(n, **{field: f"AB{mark}CD"})


def said(write: Writer, field: str, text: str) -> Callable[[int], str]:
    return lambda n: write(n, **{field: text})


MARKS = {
    f"the {name} in the {field} ({kind})": Hostile(
        "a mark in data is read as a mark: what comes of it is refused or stands", marked(write, field, mark), "either"
    )
    for kind, write, fields, marks in (
        ("X12", x12, X12_TEXTS, X12_MARKS),
        ("EDIFACT", edifact, EDIFACT_TEXTS, EDIFACT_MARKS),
    )
    for field in fields
    for name, mark in marks.items()
}

WORDS = {
    f"{name} in the {field} ({kind})": Hostile("text is data, wherever it is shown", said(write, field, text), "either")
    for kind, write, field in (("X12", x12, "description"), ("X12", x12, "number"), ("EDIFACT", edifact, "name"))
    for name, text in TEXTS.items()
}
