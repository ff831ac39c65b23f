"""The compiled reader on a small standard of our own, which has what the real ones have only here and there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.mapping.compiled import compile_mapping
from gateway.mapping.library import Mappings
from gateway.mapping.mapping import Mapping as Mapped
from gateway.mapping.traces import Reading
from gateway.mapping.writing import write_document

MARKS = ("*", ">", "~", "^")
Overlay = Callable[[Mapping[str, str]], Mappings]
Explain = Callable[[Sequence[str], Mapped], Reading]
Texts = Callable[..., list[str]]

SEGMENTS = """
[AA]
name = "Head"
elements = [
  "M AN 1/9 1 Number", "M ID 1/1 2 Verdict", "O N0 1/3 3 Count", "O R 1/4 4 Rate", "O DT 8/8 5 Day", "O TM 4/8 6 Time",
]
[BB]
name = "Reference"
qualifier = "01"
value = "02"
elements = ["M ID 2/2 7 Qualifier", "O AN 1/9 8 Value", "O AN 1/9 9 More"]
[CC]
name = "Composites"
elements = [
  ["O C001 Name", "M AN 1/3 10 First", "O AN 1/3 11 Second"],
  ["O C002 Code", "O AN 1/3 12 Left", "O AN 1/3 13 Right"],
]
[DD]
name = "Must"
elements = [["M C003 Must", "O AN 1/3 12 Left", "O AN 1/3 13 Right"]]
[EE]
name = "Codes"
elements = ["O AN 1/3 14 Code", "O AN 1/3 14 Code", "O AN 1/3 14 Code"]
[FF]
name = "Ruled"
elements = ["M AN 1/3 15 One", "O AN 1/3 15 Two", "O AN 1/3 15 Three"]
rules = ["C0102"]
[LL]
name = "Loop"
qualifier = "01"
elements = ["M AN 2/2 7 Qualifier", "O AN 1/9 8 Value"]
[NN]
name = "Named"
qualifier = "01"
elements = ["M AN 2/2 7 Qualifier", "O AN 1/9 8 Value"]
[MM]
name = "Message"
elements = ["M AN 1/3 16 Type", "M AN 1/9 17 Control number", "O ID 1/1 2 Verdict"]
[PP]
name = "Pairs"
elements = ["O AN 1/3 18 Id", ["pairs 3", "X ID 2/2 19 Qualifier", "X AN 1/9 20 Value"]]
[QQ]
name = "Ruled pairs"
elements = ["O AN 1/3 18 Id", ["pairs 2", "X ID 2/2 19 Qualifier", "X AN 1/9 20 Value"]]
rules = ["C0102"]
"""
CODES = '[2]\nname = "Verdict"\ncomplete = true\n[2.codes]\nA = "accepted"\nR = "rejected"\nX = "nothing"\n'
MESSAGE = """
message = "900"
name = "Trial"
group = "TT"
structure = ["AA M 1", "BB O 5", "CC O 1", "DD O 1", "EE O 9", "FF O 1", "PP O 3", "QQ O 1", "MM O 9", "EE O 9",
  ["loop LL:L1 O 2", "LL M 1", "EE O 1"], ["loop NN O 2", "NN M 1"]]
"""
HEAD = """
message = "x12/001/900"
document = "FunctionalAcknowledgement"
[fields]
control_number = "AA01"
verdict = "AA02 via verdict"
"""
LOOKUP = '\n[lookup.verdict]\nA = "accepted"\nR = "rejected"\n'


@pytest.fixture
def read(overlay: Overlay, explain: Explain) -> Callable[..., tuple[BaseModel | None, Reading]]:
    """Both readings of a message by these rows; what the compiled one gives is the other's, without a finding."""

    def both(rows: str, *body: str) -> tuple[BaseModel | None, Reading]:
        mapping = trial(overlay, rows)
        compiled = compile_mapping(mapping, ("*", ">", "~", ""))
        assert compiled is not None
        document, reading = compiled.read(["ST*900*1", *body, "SE*9*1"]), explain(body, mapping)
        assert document is None or (document == reading.document and not reading.findings)
        return document, reading

    return both


def trial(overlay: Overlay, rows: str) -> Mapped:
    files = {
        "schemas/x12/001/segments.toml": SEGMENTS,
        "schemas/x12/001/codes.toml": CODES,
        "schemas/x12/001/900.toml": MESSAGE,
        "mappings/x12/900.toml": HEAD + rows + LOOKUP,
    }
    return overlay(files).standard("x12/900")


Read = Callable[..., tuple[Any, Reading]]


def test_a_repeating_segment_owns_what_follows_it(read: Read) -> None:
    rows = (
        '[fields.messages]\neach = "MM"\nmessage = "MM01"\ncontrol_number = "MM02"\n'
        'verdict = "MM03 via verdict default accepted"\ncodes = "EE01..03"\n'
    )
    document, _ = read(rows, "AA*1*A", "MM*850*1*R", "EE*x*y", "MM*855*2")
    assert document is None, "an EE that has gone by the MMs belongs to no turn of them in this grammar"
    document, _ = read(rows, "AA*1*A", "MM*850*1*R", "MM*855*2", "EE*x**z")
    assert [(m.verdict, m.codes) for m in document.messages] == [("rejected", ()), ("accepted", ("x", "z"))]
    assert read(rows, "AA*1*A", "EE*x", "MM*850*1")[0] is None


DOUBTFUL: dict[str, tuple[str, list[str], str]] = {
    "a field that is another": ('group = "BB03"\nsender = "BB02 where BB01=@group"', ["BB*S1*me*S2"], ""),
    "two fields in one cell": (
        'group = "EE02"\nreceiver = "EE03"\nsender = "BB02 where BB01=@group"\nversion = "BB03 where BB01=@receiver"',
        ["BB*S1*me*x", "EE**S1*S1"],
        "me",
    ),
    "a field and a code in one cell": (
        'group = "EE02"\nsender = "BB02 where BB01=@group"\nversion = "BB03 where BB01=S1"',
        ["BB*S1*me*x", "EE**S1"],
        "me",
    ),
    "a condition on a field that has not come": ('sender = "BB02 where BB01=@group"', ["BB*S1*me"], "me"),
    "a condition in another segment": ('sender = "BB02 where AA02=A"', ["BB*S1*me"], "me"),
    "a pair whose condition does not hold": ('sender = "PP paired Q1 where PP01=x"', ["PP*y*Q1*me"], ""),
    "a condition without the pair": ('sender = "PP paired Q1 where PP01=x"', ["PP*x"], ""),
    "a condition of one pair of two": (
        'sender = "PP paired Q1 where PP01=x"\ngroup = "PP paired Q2"',
        ["PP*x*Q1*me*Q2*g"],
        "me",
    ),
    "a code in a composite that is not there": ('sender = "CC01 where CC02=x"', ["CC*me"], ""),
    "a pair read by its position too": ('group = "PP05"\nsender = "PP paired Q1"', ["PP**Q1*me*Q2*g"], "me"),
    "a qualifier of two rows": ('sender = "PP paired Q1"\ngroup = "PP paired Q1|Q2"', ["PP**Q1*me"], "me"),
    "a rule on the first pair": ('sender = "QQ paired Q1"', ["QQ**Q1*me"], "me"),
    "a qualifier that cannot be": ('sender = "PP paired QQQ|Q1"', ["PP**QQQ*me"], "me"),
    "an empty pair before": ('sender = "PP paired Q1"', ["PP****Q1*me"], "me"),
    "a rule that cannot be kept": ('sender = "FF01"', ["FF*me"], "me"),
    "a mandatory composite without a part": ('sender = "DD01"', ["DD*"], ""),
    "part of a composite without its first": ('sender = "CC01-2"', ["CC*a>me"], "me"),
    "a code that is too long": ('sender = "BB02 where BB01=LONG"', ["BB*S1*me"], ""),
    "a code that is a mark": ('sender = "BB02 where BB01=>>"', ["BB*S1*me"], ""),
    "a code that lets no row speak": ('sender = "BB02 where BB01=S1 BB03=x"', ["BB*S1*me*y"], ""),
    "a constant that cannot be": ('[constant]\nAA02 = "LONG"', [], ""),
    "another constant": ('[constant]\nAA02 = "R"', [], ""),
    "a level that cannot be": ('[fields.messages]\neach = "NN:TOOLONG"\nmessage = "NN02"', ["NN*TOOLONG*x"], ""),
    "a loop of no rows' tag": ('[fields.messages]\neach = "LL:L1"\nmessage = "EE01"', ["LL*L1*x", "EE*850"], ""),
    "a day that is none": ('sender = "AA05"', [], ""),
    "no such segment": ("", ["ZZ*1"], ""),
    "a segment twice": ("", ["AA*2*A"], ""),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_has_no_pattern_is_left_to_the_explaining_reader(name: str, read: Read) -> None:
    rows, body, sender = DOUBTFUL[name]
    head = "AA*1*A*1*1*20260229" if name == "a day that is none" else "AA*1*A"
    document, reading = read(rows, head, *body)
    assert document is None
    assert reading.document is None or (reading.document.sender or "") == sender  # type: ignore[attr-defined]


KNOWN: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "a code read by its own row": (
        'sender_scheme = "BB01"\nsender = "BB02 where BB01=S1"',
        ["BB*S1*me"],
        {"sender_scheme": "S1", "sender": "me"},
    ),
    "another code read by its own row": (
        'sender_scheme = "BB01"\nsender = "BB02 where BB01=S1"',
        ["BB*S2"],
        {"sender_scheme": "S2", "sender": None},
    ),
    "two conditions on one segment": (
        'sender = "BB02 where BB01=S1"\nreceiver = "BB03 where BB01=S1|S2"',
        ["BB*S1*me*you"],
        {"sender": "me", "receiver": "you"},
    ),
    "the wider of two conditions": (
        'sender = "BB02 where BB01=S1"\nreceiver = "BB03 where BB01=S1|S2"',
        ["BB*S2**you"],
        {"sender": None, "receiver": "you"},
    ),
    "parts of a composite": ('sender = "CC01"\nreceiver = "CC01-2"', ["CC*a>b"], {"sender": "a", "receiver": "b"}),
    "the second of two composites": ('sender = "CC02-2"', ["CC**>b"], {"sender": "b"}),
    "a condition on a field": (
        'group = "BB03"\nsender = "BB02 where BB01=@group"',
        ["BB*S1*me*S1"],
        {"group": "S1", "sender": "me"},
    ),
    "a pair with a condition": ('sender = "PP paired Q1 where PP01=x"', ["PP*x*Q1*me"], {"sender": "me"}),
    "a mandatory composite of optional parts": ('sender = "DD01"', ["DD*me"], {"sender": "me"}),
    "pairs in any order": (
        'sender = "PP paired Q1"\nreceiver = "PP paired Q2|Q3"\ngroup = "PP01"',
        ["PP*g*Q3*you*Q1*me"],
        {"sender": "me", "receiver": "you", "group": "g"},
    ),
    "a loop told by the grammar": ('sender = "EE01 where LL01=L1"', [], {"sender": None}),
    "a code in a cell of a composite": ('sender = "CC01 where CC02=x"', ["CC*a*x"], {"sender": "a"}),
    "nothing where a rule asks for nothing": ('sender = "FF01"', [], {"sender": None}),
    "the same constant": ('[constant]\nAA02 = "A"', [], {"sender": None}),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_has_a_pattern_is_read(name: str, read: Read) -> None:
    rows, body, expected = KNOWN[name]
    document, _ = read(rows, "AA*1*A", *body)
    assert {field: getattr(document, field) for field in expected} == expected


def test_elements_of_every_type_are_read_as_texts_too(read: Read) -> None:
    rows = 'sender = "AA05 as text"\nreceiver = "AA06"\ngroup = "AA04 as text"\ndeclared = "AA03"\n'
    document, _ = read(rows, "AA*1*A*007*-1.25*20260228*2359")
    assert (document.sender, document.receiver, document.group, document.declared) == (
        "20260228",
        "2359",
        "-1.25",
        7,
    )
    assert read(rows, "AA*1*A*7*1.25*20260230*2359")[0] is None
    assert read(rows, "AA*1*A*7*1.25*20260228*2360")[0] is None
    assert read(rows, "AA*1*A*7*12.345*20260228*2359")[0] is None


def test_a_loop_with_a_qualifier_of_the_grammar_is_told_by_it(overlay: Overlay, explain: Explain, texts: Texts) -> None:
    mapping = trial(overlay, '[fields.messages]\neach = "LL:L1"\nmessage = "LL02"\ncontrol_number = "EE01"\n' + VERDICT)
    compiled = compile_mapping(mapping, MARKS)
    assert compiled is not None
    body = ["AA*1*A", "LL*L1*850", "EE*7*A"]
    document = compiled.read(["ST*900*1", *body, "SE*9*1"])
    assert document is not None
    assert document == explain(body, mapping).document
    assert explain(body, mapping).findings == ()
    assert texts(write_document(document, mapping).segments) == body
    three = ["AA*1*A", *["LL*L1*850", "EE*7*A"] * 3]
    assert compiled.read(["ST*900*1", *three, "SE*9*1"]) is None


VERDICT = 'verdict = "EE02 via verdict"\n'


@pytest.mark.parametrize("marks", [("-", ">", "~", ""), ("*", ".", "~", ""), ("*", ">", "~", "A"), ("*", " ", "~", "")])
def test_delimiters_that_numbers_are_written_with_have_no_patterns(
    marks: tuple[str, str, str, str], mappings: Mappings
) -> None:
    assert compile_mapping(mappings.guided("amazon-us", "850"), marks) is None


@pytest.mark.parametrize("segments", [["ST*850*0001"], ["ST*850*0001", "BEG*00*NE*1**20261120"]])
def test_a_message_without_its_end_is_a_doubt(segments: list[str], mappings: Mappings) -> None:
    compiled = compile_mapping(mappings.guided("amazon-us", "850"), MARKS)
    assert compiled is not None
    assert compiled.read(segments) is None


def test_the_trailer_of_the_other_standard_is_a_doubt(mappings: Mappings) -> None:
    mapping = mappings.guided("amazon-us", "850")
    compiled = compile_mapping(mapping, MARKS)
    assert compiled is not None
    head = ["ST*850*1", "BEG*00*NE*1**20261120", "REF*CR*A", "CSH*Y", "DTM*064*20261125"]
    body = [*head, "PO1*1*5*EA", "CTT*1*5"]
    assert compiled.read([*body, "SE*8*1"]) is not None
    assert compiled.read([*body, "UNT*8*1"]) is None


def test_a_total_that_differs_is_a_doubt(mappings: Mappings) -> None:
    compiled = compile_mapping(mappings.guided("amazon-us", "850"), MARKS)
    assert compiled is not None
    body = ["BEG*00*NE*1**20261120", "REF*CR*A", "CSH*Y", "DTM*064*20261125", "PO1*1*5*EA"]
    assert compiled.read(["ST*850*1", *body, "CTT*1*5", "SE*8*1"]) is not None
    assert compiled.read(["ST*850*1", *body, "CTT*1*6", "SE*8*1"]) is None


def test_a_mapping_is_compiled_once_for_its_delimiters(mappings: Mappings) -> None:
    mapping = mappings.guided("amazon-us", "850")
    assert compile_mapping(mapping, MARKS) is compile_mapping(mapping, MARKS)


def test_a_repetition_separator_in_a_value_is_a_doubt(mappings: Mappings) -> None:
    compiled = compile_mapping(mappings.guided("amazon-us", "997"), MARKS)
    assert compiled is not None
    body = ["ST*997*1", "AK1*PO*1", "AK2*850*0001", "AK3*PO1*2**8", "AK4*2**6*A^B", "AK5*R*5", "AK9*R*1*1*0", "SE*8*1"]
    assert compiled.read(body) is None
    assert compiled.read([segment.replace("A^B", "AB") for segment in body]) is not None


def test_a_default_fills_a_field_of_a_field(overlay: Overlay, explain: Explain) -> None:
    text = (
        'message = "x12/004010/850"\ndocument = "PurchaseOrder"\n[fields]\nnumber = "BEG03"\nordered_on = "BEG05"\n'
        'purpose = "BEG01 via purpose"\norder_type = "BEG02"\n[fields.lines]\neach = "PO1"\n'
        'ordered.value = "PO102"\nordered.code = "PO103 default EA"\n[lookup.purpose]\n00 = "original"\n'
    )
    mapping = overlay({"mappings/x12/850.toml": text}).standard("x12/850")
    compiled = compile_mapping(mapping, MARKS)
    assert compiled is not None
    body = ["BEG*00*NE*1**20261120", "PO1**5", "PO1**6*CA"]
    document: Any = compiled.read(["ST*850*1", *body, "SE*5*1"])
    assert document == explain(body, mapping).document
    assert [line.ordered.code for line in document.lines] == ["EA", "CA"]
