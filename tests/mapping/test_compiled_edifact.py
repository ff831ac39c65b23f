"""The compiled reader on EDIFACT: a small directory of our own, and every shipped message with damage done to it.

What it gives is always the explaining reader's document, and that one found nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.grammar.arrangement import arrange
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping as Mapped
from gateway.mapping.reading import read_tree
from gateway.mapping.traces import Reading
from gateway.syntax import edifact
from gateway.syntax.delimiters import Marks
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.service_characters import NEUTRAL

Overlay = Callable[[Mapping[str, str]], Mappings]
Read = Callable[..., tuple[Any, Reading]]

PLAIN: Marks = ("+", ":", "'", "")
SAMPLES = Path(__file__).parents[2] / "samples" / "edifact"

SEGMENTS = """
[AAA]
name = "Head"
elements = ["M an..9 1001 Number", "C an..3 1002 Verdict", "C a..5 1003 Letters", "C n..4 1004 Count"]
[DTM]
name = "Date"
qualifier = "2005"
value = "2380"
companions = ["2379"]
elements = [["M C507 Date", "M an..3 2005 Qualifier", "C an..35 2380 Date", "C an..3 2379 Format"]]
[PAA]
name = "Pairs one behind the other"
pairs = ["7143", "7140"]
elements = [
  "M an..3 4347 Function",
  ["C C212 Item", "C an..9 7140 Value", "C an..3 7143 Kind", "C an..3 3055 Agency"],
  ["C C212 Item", "C an..9 7140 Value", "C an..3 7143 Kind", "C an..3 3055 Agency"],
]
[PAB]
name = "Pairs apart"
pairs = ["7143", "7140"]
elements = [
  ["C C212 Item", "C an..9 7140 Value", "C an..3 7143 Kind"],
  "C an..3 4347 Function",
  ["C C212 Item", "C an..9 7140 Value", "C an..3 7143 Kind"],
]
[PAD]
name = "Pairs that need a third part"
pairs = ["7143", "7140"]
elements = [["C C213 Item", "C an..9 7140 Value", "C an..3 7143 Kind", "M an..3 3055 Agency"]]
[CPS]
name = "Level"
id = "7164"
parent = "7166"
level = "PAC.7065"
elements = ["M an..12 7164 Number", "C an..12 7166 Parent"]
[PAC]
name = "Package"
elements = ["C n..8 7224 Count", ["C C202 Type", "C an..3 1131 List", "C an..9 7065 Type"]]
[PCI]
name = "Marks"
qualifier = "4233"
elements = ["C an..3 4233 Instruction", "C an..9 7102 Marks"]
[GIN]
name = "Identity"
qualifier = "7405"
value = "7402"
elements = ["M an..3 7405 Kind", "C an..9 7402 Number"]
[FTX]
name = "Text"
qualifier = "4451"
elements = [["C C107 Subject", "M an..3 4451 Qualifier", "C an..9 4440 Text"], "C an..9 4441 Other"]
"""
MESSAGE = """
message = "TRIAL"
name = "Trial"
structure = ["AAA M 1", "DTM C 5", "PAA C 5", "PAB C 5", "PAD C 5",
  ["loop SG1 C 9", "FTX M 1", "GIN C 1"],
  ["loop SG2 C 99", "CPS M 1", ["loop SG3 C 9", "PAC M 1", ["loop SG4 C 9", "PCI M 1", "GIN C 9"]]]%s]
"""
HEAD = """
message = "edifact/t1/TRIAL"
document = "FunctionalAcknowledgement"
[fields]
control_number = "AAA.1001"
verdict = "AAA.1002 via verdict default accepted"
"""
LOOKUP = '\n[lookup.verdict]\nA = "accepted"\nR = "rejected"\n'
PACKED = """
[fields.messages]
each = "CPS:%s"
message = "GIN+BJ where PCI.4233=33E"
control_number = "CPS.7164"
verdict = "PAC.7065 via package"
[lookup.package]
PK = "accepted"
201 = "rejected"
"""


def trial(overlay: Overlay, rows: str, behind: str = "") -> Mapped:
    files = {
        "schemas/edifact/t1/segments.toml": SEGMENTS,
        "schemas/edifact/t1/codes.toml": "",
        "schemas/edifact/t1/TRIAL.toml": MESSAGE % behind,
        "mappings/edifact/TRIAL.toml": HEAD + rows + LOOKUP,
    }
    return overlay(files).standard("edifact/TRIAL")


def both(mapping: Mapped, segments: Sequence[str], marks: Marks = PLAIN) -> tuple[BaseModel | None, Reading]:
    """Both readings of a message; what the compiled one gives is the other's, without a finding."""
    compiled = compile_mapping(mapping, marks)
    assert compiled is not None
    document = compiled.read(segments)
    tree = arrange(segments, mapping.grammar, marks, lambda *_: 0)
    reading = read_tree(tree, mapping, marks, lambda *_: 0)
    assert document is None or (document == reading.document and not reading.findings)
    return document, reading


@pytest.fixture
def read(overlay: Overlay) -> Read:
    """Both readings of a body by these rows, under the separators of the standard and under the neutral ones."""

    def read_body(rows: str, *body: str, behind: str = "") -> tuple[Any, Reading]:
        mapping = trial(overlay, rows, behind)
        segments = ["UNH+1+TRIAL:T:1:UN", *body, "UNT+9+1"]
        document, reading = both(mapping, segments)
        neutral = [text.replace("+", NEUTRAL[0]).replace(":", NEUTRAL[1]) for text in segments]
        assert both(mapping, neutral, (*NEUTRAL[:3], ""))[0] == document
        return document, reading

    return read_body


KNOWN: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "letters": ('sender = "AAA.1003"', ["AAA+1++Ab c"], {"sender": "Ab c"}),
    "a number with a comma": ('sender = "AAA.1004 as text"', ["AAA+1+++-12,50"], {"sender": "-12,50"}),
    "a number with a full stop": ('declared = "AAA.1004"', ["AAA+1+++7.0"], {"declared": 7}),
    "a field whose row names another place": (
        'sender = "GIN.7402 where FTX.4451=ZZZ FTX.4440=@control_number"',
        ["AAA+1"],
        {"sender": None},
    ),
    "pairs behind a condition": (
        'sender = "PAA paired SA where PAA.4347=5"\nreceiver = "PAA paired VP where PAA.4347=5"',
        ["AAA+1", "PAA+5+you:VP+me:SA"],
        {"sender": "me", "receiver": "you"},
    ),
    "a loop told by a component": (
        '[fields.service]\nloop = "FTX:ZZZ"\ntag = "FTX.4440"',
        ["AAA+1", "FTX+ZZZ:UNB"],
        {},
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_has_a_pattern_is_read(name: str, read: Read) -> None:
    rows, body, expected = KNOWN[name]
    document, _ = read(rows, *body)
    assert {field: getattr(document, field) for field in expected} == expected


DOUBTFUL: dict[str, tuple[str, list[str]]] = {
    "a letter that is none": ('sender = "AAA.1003"', ["AAA+1++A1"]),
    "a mark first": ('declared = "AAA.1004"', ["AAA+1+++,5"]),
    "a mark last": ('declared = "AAA.1004"', ["AAA+1+++5,"]),
    "too many digits": ('declared = "AAA.1004"', ["AAA+1+++123.45"]),
    "a date read without its format": ('sender = "DTM.2380 as text where DTM.2005=137"', ["AAA+1", "DTM+137:20261120"]),
    "a date that its format does not have": (
        'sender = "DTM.2380,DTM.2379 as day where DTM.2005=137"',
        ["AAA+1", "DTM+137:20261340:102"],
    ),
    "a pair that no row reads": ('sender = "PAA paired SA where PAA.4347=5"', ["AAA+1", "PAA+5+me:SA+x:ZZ"]),
    "a pair twice": ('sender = "PAA paired SA where PAA.4347=5"', ["AAA+1", "PAA+5+me:SA+you:SA"]),
    "a pair with more": ('sender = "PAA paired SA where PAA.4347=5"', ["AAA+1", "PAA+5+me:SA:9"]),
    "a condition without its pair": ('sender = "PAA paired SA where PAA.4347=5"', ["AAA+1", "PAA+5"]),
    "pairs apart": ('sender = "PAB paired SA"', ["AAA+1", "PAB+me:SA"]),
    "pairs of three": ('sender = "PAD paired SA"', ["AAA+1", "PAD+me:SA:9"]),
    "another level": (PACKED % "PK", ["AAA+1", "CPS+1", "PAC+1"]),
    "a level that points at none": (PACKED % "PK", ["AAA+1", "CPS+1+7", "PAC++:PK"]),
    "a level's number twice": (PACKED % "root", ["AAA+1", "CPS+1", "PAC++:PK", "CPS+1", "PAC++:PK"]),
    "a mark that nobody asks for": (PACKED % "root", ["AAA+1", "CPS+1", "PAC++:PK", "PCI+33E"]),
    "another mark": (PACKED % "root", ["AAA+1", "CPS+1", "PAC++:PK", "PCI+17", "GIN+BJ+850"]),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_has_none_is_left_to_the_explaining_reader(name: str, read: Read) -> None:
    rows, body = DOUBTFUL[name]
    assert read(rows, *body)[0] is None


def test_both_kinds_of_levels_are_read(read: Read) -> None:
    rows = """
[fields.service]
loop = "CPS:root"
position = "PAC.7224 where PAC.7065=PK"
[fields.messages]
each = "CPS:PK"
control_number = "CPS.7164"
message = "GIN+BJ where PCI.4233=33E PAC.7224=1"
verdict = "PAC.7065 via package where PAC.7224=1"
[lookup.package]
PK = "accepted"
"""
    levels = ["CPS+1", "PAC+2+:PK", "CPS+2+1", "PAC+1+:PK", "PCI+33E", "GIN+BJ+850", "CPS+3+1", "PAC+1+:PK", "PCI+33E"]
    document, _ = read(rows, "AAA+1", *levels, "GIN+BJ+855")
    assert document.service.position == 2
    assert [(one.control_number, one.message) for one in document.messages] == [("2", "850"), ("3", "855")]
    assert read(rows, "AAA+1", *levels)[0] is None, "nobody asked for the last mark"
    assert read(rows, "AAA+1", "CPS+1", "CPS+2+1", "PAC+1")[0] is None, "a level without a type"
    assert read(rows, "AAA+1", "CPS+1", "CPS+2+1")[0] is None, "a level without a package"
    assert read(rows, "AAA+1", "CPS+1", "PAC+2+:PK", "CPS+2")[0] is None, "a second root"


def test_levels_are_not_told_where_packages_stand_elsewhere_too(read: Read) -> None:
    rows = PACKED % "PK"
    levels = ["CPS+1+1", "PAC++:PK", "PCI+33E", "GIN+BJ+850"]
    assert read(rows, "AAA+1", *levels, behind=', "PAC C 1"')[0] is None


def test_a_condition_on_a_segment_that_opens_no_loop_around_is_left_to_the_explaining_reader(read: Read) -> None:
    for rows in (
        'sender = "DTM.2379 as text where AAA.1002=A"',
        '[fields.service]\nloop = "SG1"\ntag = "GIN.7402 where FTX.4451=@control_number"',
        '[fields.messages]\neach = "PAA"\nmessage = "PAA.4347 where PAB.4347=1"\n',
    ):
        body = ["AAA+1+A", "DTM+1::2", "PAA+5", "PAB++1", "FTX+1", "GIN++x"]
        assert read(rows, *body)[0] is None


def test_two_rows_that_ask_differently_of_the_loop_around_them(read: Read) -> None:
    rows = 'receiver = "GIN.7405 where FTX.4451=A|B"\nsender = "GIN.7402 where FTX.4451=%s"\n'
    one, other = "FTX+B", "FTX+A"
    assert read(rows % "B|C", "AAA+1", one, "GIN+x+y")[0].sender == "y"
    assert read(rows % "B|C", "AAA+1", other, "GIN+x+y")[0] is None
    assert read(rows % "C", "AAA+1", one, "GIN+x+y")[0] is None
    assert read(rows % "B", "AAA+1", one)[0] is None
    unsure = rows.replace("receiver =", 'group = "GIN.7405"\nreceiver =')
    assert read(unsure % "B", "AAA+1", one, "GIN+x+y")[0] is None, "what is read need not be what asks for it"


# Damage

WORDS = (
    *("", "X", "1,5", "-3", ".5", "5.", "é", "\x01", "A B", "EUR", "201", "PK", "1", "2", "17", "33E", "9" * 40, "ZZZ"),
    *("20260230", "202601011260", "20260228", "102", "203", "204", "EN", "UP", "SA", "VP", "PCE", "CT", "AAA"),
)


@cache
def samples() -> tuple[EdifactMessage, ...]:
    files = (path.read_bytes() for path in sorted(SAMPLES.glob("*.edi")))
    return tuple(m for data in files for m in edifact.read([data]) if isinstance(m, EdifactMessage))


def damaged(message: EdifactMessage, random: Random) -> list[str]:
    """The segments of a message with one to three things changed: a cell, or a segment moved, doubled, put in, gone."""
    element, component = message.marks[:2]
    segments = list(message.segments)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(1, len(segments) - 1)
        kind = random.choice(("cell", "cell", "cell", "cell", "drop", "twice", "move", "stray"))
        if kind == "cell":
            elements = [text.split(component) for text in segments[at].split(element)]
            parts = random.choice([*elements[1:], [""]])
            parts[random.randrange(len(parts))] = random.choice((*WORDS, *_cells(random.choice(samples()))))
            segments[at] = element.join(component.join(parts) for parts in elements)
        elif kind == "stray":
            other = random.choice(samples())
            text = random.choice(other.segments[1:-1])
            segments.insert(
                at, element.join(component.join(e.split(other.marks[1])) for e in text.split(other.marks[0]))
            )
        elif kind == "twice":
            segments.insert(at, segments[at])
        elif len(segments) > 3:
            segment = segments.pop(at)
            if kind == "move":
                segments.insert(random.randrange(1, len(segments)), segment)
    return segments


def _cells(message: EdifactMessage) -> Iterator[str]:
    for text in message.segments[1:-1]:
        for element in text.split(message.marks[0])[1:]:
            yield from element.split(message.marks[1])


@settings(max_examples=600)
@given(seed=st.integers(0, 2**40))
def test_whatever_the_compiled_reader_gives_is_what_the_explaining_one_reads(seed: int, mappings: Mappings) -> None:
    random = Random(seed)
    message = random.choice(samples())
    by_standard, guided = mappings.standard(f"edifact/{message.type}"), mappings.guided("amazon-eu", message.type)
    both(random.choice((by_standard, guided)), damaged(message, random), message.marks)


def test_much_of_what_is_damaged_is_read_all_the_same(mappings: Mappings) -> None:
    """So that the law above is not kept by silence: where nothing is wrong, most is read."""
    random, sound, read = Random(7), 0, 0
    for _ in range(400):
        message = random.choice(samples())
        mapping = mappings.standard(f"edifact/{message.type}")
        document, reading = both(mapping, damaged(message, random), message.marks)
        read += document is not None
        sound += reading.document is not None and not reading.findings
    assert sound > 40
    assert read > 0.95 * sound
