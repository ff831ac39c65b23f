"""The delimiters that an ISA shows, also where it is not as the standard prints it."""

import pytest

from gateway.findings import Finding
from gateway.syntax.delimiters import Delimiters, Header, byte_order_mark, read_header

ISA = b"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"


def header_of(data: bytes) -> Header:
    header = read_header(data)
    assert isinstance(header, Header)
    return header


def test_the_isa_takes_a_hundred_and_six_bytes() -> None:
    header = header_of(ISA + b"GS*PO")
    assert header.length == 106
    assert header.elements[12:] == ("000000101", "0", "P", ">")
    assert header.places[13] == ISA.index(b"000000101")
    assert header.places[-1] == 105


SHAPES = [
    (ISA + b"\nGS*PO~\n", Delimiters(), 106),
    (ISA.replace(b">~", b">\n") + b"GS*PO\n", Delimiters(terminator=b"\n"), 106),
    (ISA.replace(b">~", b">\r\n") + b"GS*PO\r\n", Delimiters(terminator=b"\r"), 106),
    (ISA.replace(b">~", b"~") + b"GS*PO~", Delimiters(), 105),
    (ISA.replace(b">~", b"~\n") + b"GS*PO~\n", Delimiters(), 105),
    (ISA.replace(b">~", b"~\r\n") + b"GS*PO~\r\n", Delimiters(), 105),
    (ISA.replace(b">~", b"~") + b"TA1*1~", Delimiters(), 105),
    (ISA.replace(b">~", b">\xe2\x80\xa6") + b"GS", Delimiters(terminator=b"\xe2\x80\xa6"), 108),
    (ISA.replace(b">~", b">\xc3\x96") + b"GS", Delimiters(terminator=b"\xc3\x96"), 107),
    (ISA.replace(b">~", b">\xf0\x9f\x93\xa6") + b"GS", Delimiters(terminator=b"\xf0\x9f\x93\xa6"), 109),
    (ISA.replace(b">~", b">\xa7") + b"GS", Delimiters(terminator=b"\xa7"), 106),
    (ISA.replace(b">~", b">\xe2") + b"GS*P", Delimiters(terminator=b"\xe2"), 106),
    (ISA.replace(b"*U*00401", b"*^*00501"), Delimiters(repetition=b"^"), 106),
    (ISA.replace(b"*U*00401", b"*U*00501"), Delimiters(), 106),
]


@pytest.mark.parametrize(("data", "delimiters", "length"), SHAPES, ids=[str(at) for at in range(len(SHAPES))])
def test_delimiters_are_told_from_what_follows_the_fifteenth_element(
    data: bytes, delimiters: Delimiters, length: int
) -> None:
    header = header_of(data)
    assert header.delimiters == delimiters
    assert header.length == length


CLASHES = [
    (Delimiters(), None),
    (Delimiters(terminator=b"\n"), None),
    (Delimiters(repetition=b"^"), None),
    (Delimiters(element=b"A"), "the element separator 'A' is a letter, digit or blank"),
    (Delimiters(terminator=b" "), "the segment terminator ' ' is a letter, digit or blank"),
    (Delimiters(component=b"\n"), "the component separator '\\n' is a letter, digit or blank"),
    (Delimiters(component=b"*"), "the component separator '*' is also the element separator"),
    (Delimiters(repetition=b"~"), "the repetition separator '~' is also the segment terminator"),
]


@pytest.mark.parametrize(("delimiters", "why"), CLASHES)
def test_delimiters_that_data_is_made_of_or_that_are_equal_clash(delimiters: Delimiters, why: str | None) -> None:
    assert delimiters.clash == why


def test_an_element_separator_outside_ascii_is_unusable() -> None:
    header = read_header(ISA.replace(b"*", b"\xa7"), 50)
    assert isinstance(header, Finding)
    assert (header.code, header.offset) == ("delimiters-unusable", 53)


def test_a_byte_order_mark_has_three_bytes() -> None:
    assert byte_order_mark(b"\xef\xbb\xbfISA") == 3
    assert byte_order_mark(b"ISA") == 0
