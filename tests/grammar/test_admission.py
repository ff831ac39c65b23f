"""What is let in: groups of X12 by kind and version, messages by their group, type and directory."""

from collections.abc import Iterator

import pytest

from gateway.errors import SchemaError
from gateway.findings import Finding
from gateway.grammar.admission import check_group_kind, judge_group, judge_message, refuse_header
from gateway.grammar.library import Library
from gateway.resources import SHIPPED
from gateway.syntax.envelope import Message, Unreadable
from gateway.syntax.files import read
from gateway.syntax.interchanges import Interchange, gather

ISA = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*1*P*>~"
UNB = "UNB+UNOA:2+5450534000000:14+4012345000009:14+261120:1200+4711'"
TAKEN = {"850": {"004010"}, "856": {"005010"}, "ORDERS": {"d96a"}, "CONTRL": {"s2", "s3"}}


def in_x12(kind: str, version: str, *types: str) -> Interchange:
    messages = "".join(f"ST*{name}*000{at}~SE*2*000{at}~" for at, name in enumerate(types, 1))
    text = f"{ISA}GS*{kind}*AMAZON*5551234567*20261120*2101*1*X*{version}~{messages}GE*{len(types)}*1~IEA*1*000000101~"
    return interchange_of(text)


def in_edifact(*identifiers: str) -> Interchange:
    messages = "".join(f"UNH+{at}+{name}'UNT+2+{at}'" for at, name in enumerate(identifiers, 1))
    return interchange_of(f"{UNB}{messages}UNZ+{len(identifiers)}+4711'")


def interchange_of(text: str) -> Interchange:
    (interchange,) = gather(read([text.encode()]))
    assert not isinstance(interchange, Unreadable)
    return interchange


def judged(interchange: Interchange, library: Library, known: tuple[str, ...] = ()) -> Iterator[Finding]:
    kinds = library.kinds() if interchange.groups[0].opened.elements else {}
    for group in interchange.groups:
        yield from judge_group(group, TAKEN, kinds)
        for message in group.messages:
            yield from judge_message(message, TAKEN, kinds, known)


GROUPS = [
    (("PO", "004010", "850", "850"), []),
    (("PO", "004010VICS", "850"), []),
    (("SH", "005010", "856"), []),
    (("P0", "004010", "850"), [("group-type-unknown", "GS", 1, "479", "P0")]),
    (("P0", "004010", "810"),
     [("group-type-unknown", "GS", 1, "479", "P0"), ("message-type-unknown", "ST", 1, "143", "810")]),
    (("PO", "003020", "850", "850"), [("version-unknown", "GS", 8, "480", "003020")]),
    (("PO", "004010", "810"), [("message-type-misplaced", "ST", 1, "143", "810")]),
    (("SH", "005010", "850"), [("message-type-misplaced", "ST", 1, "143", "850")]),
    (("PO", "004010", "85O"), [("message-type-unknown", "ST", 1, "143", "85O")]),
    (("IN", "004010", "810"), [("message-type-unknown", "ST", 1, "143", "810")]),
]  # fmt: skip


@pytest.mark.parametrize(("came", "expected"), GROUPS, ids=[str(at) for at in range(len(GROUPS))])
def test_a_group_of_x12_is_let_in_by_kind_and_version_and_its_messages_by_type(
    came: tuple[str, str, str], expected: list[tuple[str, str, int, str, str]], library: Library
) -> None:
    found = list(judged(in_x12(*came), library))
    assert [(f.code, f.tag, f.element, f.number, f.value) for f in found] == expected


def test_a_message_known_by_name_is_let_in_though_nothing_reads_it(library: Library) -> None:
    assert list(judged(in_x12("IN", "004010", "810"), library, known=("810",))) == []


def test_a_message_outside_a_group_is_told_by_the_reader(library: Library) -> None:
    events = read([f"{ISA}ST*850*0001~SE*2*0001~IEA*0*000000101~".encode()])
    message = next(event for event in events if isinstance(event, Message))
    assert check_group_kind(message, library.kinds()) is None


IDENTIFIERS = [
    ("ORDERS:D:96A:UN:EAN008", None),
    ("CONTRL:2:2:UN", None),
    ("ORDERS:D:03B:UN", ("version-unknown", 3, "0054", "03B")),
    ("ORDERS:90:1:UN", ("version-unknown", 2, "0052", "90")),
    ("ORDERS", ("version-unknown", 2, "0052", "")),
    ("ORDERZ:D:96A:UN", ("message-type-unknown", 1, "0065", "ORDERZ")),
    ("", ("message-type-unknown", 1, "0065", "")),
]


@pytest.mark.parametrize(("identifier", "expected"), IDENTIFIERS)
def test_a_message_of_edifact_is_let_in_by_type_and_directory(
    identifier: str, expected: tuple[str, int, str, str] | None, library: Library
) -> None:
    found = list(judged(in_edifact(identifier), library))
    assert [(f.code, f.component, f.number, f.value) for f in found] == ([expected] if expected else [])
    assert all((f.tag, f.segment, f.element) == ("UNH", 1, 2) for f in found)


def test_a_message_of_edifact_known_by_name_alone_may_be_of_any_directory(library: Library) -> None:
    assert list(judged(in_edifact("SLSRPT:D:01B:UN"), library, known=("SLSRPT",))) == []


HEADERS = [
    ("sender-unknown", ("ISA", 6, None, "I06"), ("UNB", 2, 1, "0004")),
    ("receiver-unknown", ("ISA", 8, None, "I07"), ("UNB", 3, 1, "0010")),
    ("test-flag-differs", ("ISA", 15, None, "I14"), ("UNB", 11, None, "0035")),
    ("interchange-conflict", ("ISA", 13, None, "I12"), ("UNB", 5, None, "0020")),
    ("interchange-repeat", ("ISA", 13, None, "I12"), ("UNB", 5, None, "0020")),
]


@pytest.mark.parametrize(("code", "in_isa", "in_unb"), HEADERS)
def test_a_header_is_refused_at_the_element_that_says_it(
    code: str, in_isa: tuple[str, int, None, str], in_unb: tuple[str, int, int | None, str]
) -> None:
    for interchange, place in ((in_x12("PO", "004010", "850"), in_isa), (in_edifact("ORDERS:D:96A:UN"), in_unb)):
        found = refuse_header(interchange.opened, code, "text", "value")
        assert (found.tag, found.element, found.component, found.number) == place
        places = interchange.opened.places
        assert found.offset == (places[place[1]] if place[1] < len(places) else 0)


def test_the_table_of_groups_agrees_with_the_grammars_and_knows_every_message(library: Library) -> None:
    kinds = library.kinds()
    assert kinds is library.kinds()
    named = SHIPPED.read_text("schemas/x12/messages.toml").parse(SchemaError)
    assert set(kinds) == set(named)
    for name in SHIPPED.list("schemas/x12"):
        message = name.removesuffix(".toml").split("/")[-1]
        if message.isdecimal():
            grammar = library.grammar(name.removeprefix("schemas/").removesuffix(".toml"))
            assert kinds[message] == grammar.group
