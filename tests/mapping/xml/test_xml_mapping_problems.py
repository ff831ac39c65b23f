"""A wrong mapping file is told all at once, each problem with its line and what to write instead."""

import pytest

from gateway.errors import MappingError
from gateway.grammar.sources import Source
from gateway.mapping.xml import make_xml_mapping, xml_mapping_problems
from gateway.mapping.xml.paths import Path, Step, parse_path
from tests.mapping.xml.orders import IDOC, MODELS, changed

EITHER = "a[ b = 'c'  or b='d or' ]/e"
NO_PATH = "no path that can be read and written"


def problems(text: str) -> list[str]:
    mapping, found = xml_mapping_problems(Source("order.toml", text), MODELS)
    assert (mapping is None) is bool(found)
    return [str(problem) for problem in found]


def test_a_mapping_without_fault_has_no_problems() -> None:
    assert problems(IDOC) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"idoc/ORDERS05/IDOC"', '"sap/ORDERS05"', "2: message: is sap/ORDERS05; write `message = "),
        ('"idoc/ORDERS05/IDOC"', '"idoc/ORDERS05/"', "2: message: is idoc/ORDERS05/; write `message = "),
        ('message  = "idoc/ORDERS05/IDOC"', "", "1: message: is missing; write"),
        ('"Order"', '"Ordre"', "3: document: is Ordre; expected one of Line, Order"),
        ('document = "Order"', 'document = "Order"\nview = "x"', "4: view: is x; XML is mapped as"),
        ('document = "Order"', 'document = "Order"\nextends = "x"', "4: extends: this file extends nothing"),
        ('document = "Order"', 'document = "Order"\ncolour = 1', "4: colour: unknown key, "),
        ("created_on =", "made_on =", "9: made_on: no field 'made_on'; there is "),
        ("currency ", "currency.x ", "13: currency.x: no field 'x'; there is none, it is a"),
        ('"E1EDK01/AUTLF"', "7", "11: complete: 7 is no row; write `WHERE [as CODEC] [via LOOKUP] [default"),
        ('"E1EDK01/AUTLF"', '"E1EDK01 AUTLF"', "11: complete: 'E1EDK01 AUTLF' is no row"),
        ('"E1EDK01/AUTLF"', '"E1EDK01//AUTLF"', f"11: complete: 'E1EDK01//AUTLF' is {NO_PATH}"),
        ('"E1EDK01/AUTLF"', '[]', "11: complete: [] is no row"),
        ('"E1EDK01/AUTLF"', '"E1EDK01/AUTLF as sap_bool"', "11: complete: no codec 'sap_bool'; there is"),
        ("via action", "via actions", "14: kind: no lookup 'actions'; there is action, unit"),
        ("default EUR", "default EUR as", ""),
        ('"E1EDK01/@copies"', '"E1EDK01/@copies default x"', "12: copies: the default is 'x'"),
        ('"E1EDK01/@copies"', '"E1EDK01../@copies"', "12: copies: a list stands in an element"),
        ("E1EDPT2../", "E1EDPT2/", "29: lines.notes: a list stands in an element"),
        ('"E1EDK01/BELNR"]', '"E1EDK01/BELNR default 1"]', "8: number: of several places"),
        ('"E1EDK01/BELNR"]', "7]", "8: number: 7 is no row"),
        ("partners.each ", "partners.loop ", "15: partners.loop: write `each = ...`: it is a list"),
        ("ship_to.loop", "ship_to.each", "18: ship_to.each: write `loop = ...`: it is one record"),
        ('"E1EDKA1"', '"E1EDKA1/@x"', "15: partners.each: 'E1EDKA1/@x' is the place of no record"),
        ('"E1EDKA1"', '"E1EDKA1.."', "15: partners.each: 'E1EDKA1..' is the place of no record"),
        ('"E1EDKA1"', '"."', "15: partners.each: '.' is the place of no record"),
        ('"E1EDKA1"', '"E1EDKA1["', f"15: partners.each: 'E1EDKA1[' is {NO_PATH}"),
        ("number     = [", 'number.loop = "x"\nxnumber = [', "8: number.loop: it is a plain value"),
        ('partners.each   = "E1EDKA1"\n', "", "15: partners.role: partners is a list: its rows"),
        ("ship_to.loop", "ship_to.name", None),
        ('ship_to.loop = "E1ADRM4[@role=\'WE\']"\nship_to.name', "ship_to", "18: ship_to: it is a record or a list"),
        ('"EDI_DC40/TABNAM" = "EDI_DC40"', '"EDI_DC40/TABNAM" = 1', "a constant is a text; write `\"@BEGIN\" = \"1\"`"),
        ('"EDI_DC40/TABNAM" = "EDI_DC40"', '"A.." = "1"', "5: A..: 'A..' is no path to one value"),
        ('"EDI_DC40/TABNAM" = "EDI_DC40"', '"A//B" = "1"', "'A//B' is no path to one value"),
        ('/SUMME"', '/SUMME default 0"', "31: line_count: a total that is not there is not compared"),
        ("line_count =", "number =", "31: number: Order has no property 'number'"),
        ("line_count =", "line_count.x =", "31: line_count.x: a total is a row; write `line_count = "),
        ("/SUMME\"", "/SUMME as sap_day\"", "31: line_count: a total is a number; codec sap_day gives none"),
        ("[lookup]\n", '[lookup]\nsize = "x"\n', "33: size: a lookup is a table; write `[lookup.unit]`"),
        ('"002" = "change"', '"002" = 2', "expected a meaning, or a list of meanings"),
        ('"002" = "change"', '"002" = { x = "change" }', "expected a meaning, or a list of meanings"),
    ],
)  # fmt: skip
def test_each_problem_has_its_line_and_says_what_to_write(old: str, new: str, told: str | None) -> None:
    if told is None:  # TOML itself refuses it
        with pytest.raises(MappingError):
            problems(changed(old, new))
        return
    found = problems(changed(old, new))
    assert any(told in problem.removeprefix("order.toml:") for problem in found) if told else not found, found


def test_all_problems_come_at_once_and_name_their_lines() -> None:
    text = changed("created_on =", "made_on =", changed("via action", "via actions"))
    assert len(problems(text)) == 2
    with pytest.raises(MappingError) as caught:
        make_xml_mapping(Source("order.toml", text), MODELS)
    assert caught.value.line == 9
    assert "order.toml:14: kind: no lookup" in str(caught.value)


def test_without_any_lookup_that_is_said() -> None:
    text = 'message = "xml/a"\ndocument = "Order"\n[fields]\nnumber = "a via b"'
    assert problems(text) == ["order.toml:4: number: no lookup 'b'; there is none"]


def test_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(MappingError, match=r"order\.toml:2"):
        problems("message = 'xml/a'\n=")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (".", Path(".")),
        ("text()", Path("text()")),
        ("@a", Path("@a", (), "a")),
        ("a/text()", Path("a/text()", (Step("a"),))),
        ("a/.", Path("a/.", (Step("a"),))),
        ("a/b/@c", Path("a/b/@c", (Step("a"), Step("b")), "c")),
        ("a-b.c/d", Path("a-b.c/d", (Step("a-b.c"), Step("d")))),
        ("a[@b='c/d']..", Path("a[@b='c/d']..", (Step("a", "@b", ("c/d",), repeats=True),))),
        (EITHER, Path(EITHER, (Step("a", "b", ("c", "d or")), Step("e")))),
    ],
)  # fmt: skip
def test_paths_are_steps_with_a_predicate_and_an_end(text: str, path: Path) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    "text",
    ["", "/a", "a/", "a//b", "//a", "../a", "a/@b/c", "@a/b", "*", "a[1]", "a[b]", "a[b='c' or d='e']", "a[]",
     "a[b='c' and b='d']", "a[b=c]", "x:a", "a|b", "a[b='c'][d='e']",
     "a../b..", "./a", "a/text()/b", "1a", "a b", "a[b/c='d']"],
)  # fmt: skip
def test_what_cannot_be_written_is_no_path(text: str) -> None:
    assert isinstance(parse_path(text), str)
