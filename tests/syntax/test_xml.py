"""The reader of XML files against what is only there to harm, and the writer."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.findings import Finding
from gateway.syntax.xml import XmlLimits, parse_xml, write_tree

MEBIBYTE = 1 << 20
SECONDS, ROOM = 10, 400 * MEBIBYTE  # far more than anything here takes, and far less than it asks for


def refused(data: bytes | Iterator[bytes], limits: XmlLimits | None = None) -> Finding:
    found = parse_xml(data, limits)
    assert isinstance(found, Finding), found
    return found


def doctype(declarations: str, body: str = "<a>&x;</a>", encoding: str = "utf-8") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a {declarations}>{body}'.encode(encoding)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = {
    "a file of the machine": doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]'),
    "a request to a server": doctype('[<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]'),
    "a document type elsewhere": doctype('SYSTEM "http://127.0.0.1:1/a.dtd"'),
    "a parameter entity": doctype('[<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]'),
    "a billion laughs": doctype(f'[<!ENTITY l0 "lol">{LAUGHS}]', "<a>&l11;</a>"),
    "laughs in an attribute": doctype(f'[<!ENTITY l0 "lol">{LAUGHS}]', '<a b="&l11;"/>'),
    "a quadratic entity": doctype(f'[<!ENTITY x "{"x" * 100_000}">]', f"<a>{'&x;' * 100_000}</a>"),
    "an entity of itself": doctype('[<!ENTITY x "&x;">]'),
    "a default attribute": doctype('[<!ATTLIST a b CDATA "c">]', "<a/>"),
    "a wide encoding": doctype('[<!ENTITY x "y">]', encoding="utf-16"),
    "nothing at all": doctype("", "<a/>"),
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_is_refused_before_anything_it_declares(name: str) -> None:
    before = time.process_time()
    found = refused(DOCTYPES[name])
    assert found.code == "xml-forbidden"
    assert "DOCTYPE" in found.message
    assert time.process_time() - before < 1


def test_a_doctype_is_refused_before_the_rest_of_the_file_is_asked_for() -> None:
    def pieces() -> Iterator[bytes]:
        yield DOCTYPES["a billion laughs"]
        raise AssertionError("nobody should ask for more")

    assert refused(pieces()).code == "xml-forbidden"


def text_without_end() -> Iterator[bytes]:
    yield b"<a>"
    for _ in range(1024):
        yield b"x" * MEBIBYTE


def texts_without_end() -> Iterator[bytes]:
    yield b"<a>"
    for _ in range(1 << 14):
        yield b"<b>" + b"x" * (1 << 16) + b"</b>"


def comment_without_end() -> Iterator[bytes]:
    yield b"<a><!--"
    for _ in range(1024):
        yield b"x" * MEBIBYTE


def attribute_without_end() -> Iterator[bytes]:
    yield b'<a b="'
    for _ in range(1024):
        yield b"x" * MEBIBYTE


def attributes_without_end() -> Iterator[bytes]:
    yield b"<a "
    for number in range(1 << 12):
        yield b" ".join(b'a%d="x"' % each for each in range(number * 4000, number * 4000 + 4000)) + b" "


def instructions_without_end() -> Iterator[bytes]:
    yield b"<a>"
    for _ in range(1 << 14):
        yield b"<?p " + b"x" * (1 << 16) + b"?>"


def elements_without_end() -> Iterator[bytes]:
    yield b"<a>"
    while True:
        yield b"<b/>" * (1 << 14)


def namespaces_without_end() -> Iterator[bytes]:
    yield b"<a>"
    while True:
        yield b'<b xmlns:c="d" xmlns:e="f"/>' * (1 << 12)


def attributes_everywhere() -> Iterator[bytes]:
    yield b"<a>"
    while True:
        yield b'<b c="" d="" e="" f="" g=""/>' * (1 << 12)


def depth_without_end() -> Iterator[bytes]:
    while True:
        yield b"<a>" * (1 << 12)


ENDLESS: dict[str, Callable[[], Iterator[bytes]]] = {
    each.__name__: each
    for each in (
        *(text_without_end, texts_without_end, comment_without_end, attribute_without_end, attributes_without_end),
        *(instructions_without_end, elements_without_end, namespaces_without_end, attributes_everywhere),
        depth_without_end,
    )
}

CHILD = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
from gateway.syntax.xml import parse_xml
from tests.syntax.test_xml import ENDLESS
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = parse_xml(ENDLESS[sys.argv[2]]())
print(found.code, time.process_time(), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) * 1024)
"""


@pytest.mark.parametrize("name", ENDLESS)
def test_a_gigabyte_of_anything_is_refused_within_time_and_room(name: str) -> None:
    root = str(Path(__file__).parents[2])
    ran = subprocess.run([sys.executable, "-c", CHILD, root, name], capture_output=True, text=True, cwd=root)
    assert ran.returncode == 0, ran.stderr
    code, seconds, room = ran.stdout.split()
    assert code == "xml-forbidden"
    assert float(seconds) < SECONDS
    assert float(room) < ROOM


def test_the_most_that_the_limits_let_pass_is_read_within_time_and_room() -> None:
    before, room = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = parse_xml(b"<a>" + b"<b>1</b>" * 900_000 + b"</a>")
    assert not isinstance(found, Finding)
    assert len(found) == 900_000
    assert time.process_time() - before < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - room) * 1024 < ROOM


def around(text: str, times: int) -> str:
    return f"<a>{text * times}</a>"


SMALL = XmlLimits(size=200, depth=3, parts=8, text=10, name=12, attributes=2)


@pytest.mark.parametrize(
    ("within", "beyond", "told"),
    [
        (f"<a>{' ' * 8}</a>", f"<a>{' ' * 300}</a>", "200 bytes"),
        ("<a><a><a/></a></a>", "<a><a><a><a/></a></a></a>", "3 deep"),
        (around("<b/>", 7), around("<b/>", 8), "8 elements"),
        (around('<b c=""/>', 3), around('<b c=""/>', 4), "8 elements"),
        (around('<b xmlns:c="d"/>', 3), around('<b xmlns:c="d"/>', 4), "8 elements"),
        ("<a>0123456789</a>", "<a>0123456789x</a>", "10 characters"),
        ("<a>01234<b/>56789x</a>", "<a>01234<!-- -->56789x</a>", "10 characters"),
        ('<a b="0123456789"/>', '<a b="0123456789x"/>', "10 characters"),
        (f"<{'a' * 12}/>", f"<{'a' * 13}/>", "12 characters"),
        (f'<a {"b" * 12}=""/>', f'<a {"b" * 13}=""/>', "12 characters"),
        ('<a b="" c=""/>', '<a b="" c="" d=""/>', "2 attributes"),
    ],
)
def test_each_limit_is_kept_to_the_last_one(within: str, beyond: str, told: str) -> None:
    assert not isinstance(parse_xml(within.encode(), SMALL), Finding)
    found = refused(beyond.encode(), SMALL)
    assert found.code == "xml-forbidden"
    assert told in found.message


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "there is nothing in the file"),
        (b"  ", "line 1, column 3: "),
        (b"<a>\n<b>\n", "line 3, column 1: Premature end of data"),
        (b"<a>&x;</a>", "line 1, column 7: Entity 'x' not defined"),
        (b"<a>\n</b>", "line 2, column 5: Opening and ending tag mismatch"),
        (b"<a>\x00</a>", "Invalid character"),
        (b"<a>&#0;</a>", "invalid xmlChar value 0"),
        (b"<a>\xff\xfe</a>", "line 1, column 4: "),
        (b"<a>\xed\xa0\x80</a>", "line 1, column 4: "),
        (b"<a/><b/>", "Extra content"),
        (b"{}", "line 1, column 1: "),
        ("<a>é</a>".encode("utf-32"), "line 1, column 1: "),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "the encoding utf-7 is not read"),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>", "the encoding ebcdic-cp-us is not read"),
        ('<?xml version="1.0" encoding="utf-32"?><a/>'.encode("utf-16"), "the encoding utf-32 is not read"),
        (b'<?xml version="1.0" encoding="utf-16"?><a/>', ""),
        (b'<?xml version="1.0" encoding="us-ascii"?><a>\xc3\xa9</a>', "line 1, column "),
    ],
)
def test_what_is_no_xml_is_told_with_its_place(data: bytes, told: str) -> None:
    found = refused(data)
    assert found.code == "xml-malformed"
    assert told in found.message
    assert len(found.message) < 300


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "iso-8859-15", "windows-1252"])
def test_the_encodings_of_the_trade_are_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    root = parse_xml(f'<?xml version="1.0" encoding="{declared}"?><a b="é">é</a>'.encode(encoding))
    assert (root.text, root.get("b")) == ("é", "é")


def test_a_wide_file_without_a_declaration_is_read_by_its_byte_order_mark() -> None:
    assert parse_xml("<a>é</a>".encode("utf-16")).text == "é"


def test_comments_and_instructions_are_left_out_and_sections_are_text() -> None:
    root = parse_xml(b"<?x?><a><!-- c -->1<?y z?>2<![CDATA[<3>]]></a><!-- d -->")
    assert root.text == "12<3>"
    assert len(root) == 0


WHOLE = '<?xml version="1.0"?>\n<a b="é"><c>1</c><!-- x --><d/></a>'.encode()


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_a_file_that_was_cut_is_never_read(length: int) -> None:
    assert refused(WHOLE[:length]).code == "xml-malformed"


@given(st.binary(max_size=60))
def test_no_bytes_raise(data: bytes) -> None:
    found = parse_xml(data)
    assert isinstance(found, Finding) or found.tag


@given(st.binary(max_size=20), st.integers(0, 40))
def test_no_bytes_inside_a_document_raise(data: bytes, at: int) -> None:
    whole = b'<?xml version="1.0"?><a b="c"><d>1</d></a>'
    found = parse_xml([whole[:at], data, whole[at:]])
    assert isinstance(found, Finding) or found.tag


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))


@given(TEXTS, TEXTS)
def test_what_is_written_is_read_again(text: str, attribute: str) -> None:
    root = etree.Element("a")
    root.set("b", attribute)
    etree.SubElement(root, "c").text = text
    data = write_tree(root)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<a')
    assert data.endswith(b"</a>\n")
    read = parse_xml(data)
    assert (read.get("b"), read.findtext("c")) == (attribute, text)
