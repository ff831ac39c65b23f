"""What is wrong with a mapping file is told with its line and with what to write instead. `# here` marks the line."""

from collections.abc import Callable, Mapping

import pytest

from gateway.errors import MappingError, SchemaError
from gateway.mapping.kept import kept_mapping
from gateway.mapping.library import Mappings

Overlay = Callable[[Mapping[str, str]], Mappings]

HEAD = 'message = "x12/004010/850"\ndocument = "PurchaseOrder"\n'
ACKNOWLEDGEMENT = 'message = "x12/004010/997"\ndocument = "FunctionalAcknowledgement"\n'
LOOKUP = '[lookup.unit]\nEA = "each"\n'

WRONG: dict[str, tuple[str, str]] = {
    "no TOML": ("[fields\n", "at line 1"),
    "unknown key": (HEAD + 'colour = "red" # here\n', "colour: unknown key, expected one of constant, derived"),
    "a section that is no table": (HEAD + "fields = 3 # here\n", "fields: is a table"),
    "extends nothing": (HEAD + 'extends = "x12/850" # here\n', "this file extends nothing"),
    "unknown document": (
        'message = "x12/004010/850"\ndocument = "Order" # here\n',
        "document: is Order; expected one of ",
    ),
    "a document that is no text": ('message = "x12/004010/850"\ndocument = [1] # here\n', "document: is [1]; expected"),
    "no document": ('message = "x12/004010/850" # here\n', "document: is missing; expected one of"),
    "unknown view": (HEAD + 'view = "sideways" # here\n', "view: is sideways; expected one of "),
    "unknown field": (HEAD + '[fields]\nnumbr = "BEG03" # here\n', "numbr: no field 'numbr'; there is account, "),
    "unknown field of a record": (
        HEAD + '[fields.lines]\neach = "PO1"\nordered.size = "PO102" # here\n',
        "lines.ordered.size: no field 'size'; there is code, unit, value",
    ),
    "a field of a plain value": (
        HEAD + '[fields]\nnumber.text = "BEG03" # here\n',
        "number.text: no field 'text'; there is none, it is a plain value",
    ),
    "a row that is no text": (HEAD + "[fields]\nnumber = 3 # here\n", "number: 3 is no row"),
    "no row": (HEAD + '[fields]\nnumber = "" # here\n', "number: '' is no row; write `WHERE [as CODEC]"),
    "a list of rows that are none": (HEAD + '[fields]\nnumber = ["BEG03", 3] # here\n', "number: 3 is no row"),
    "an empty list of rows": (HEAD + "[fields]\nnumber = [] # here\n", "number: [] is no row"),
    "a default at a second place": (
        HEAD + '[fields]\naccount = ["REF*CR", "REF*IA default ACME1"] # here\n',
        "account: of several places the first alone may have a default",
    ),
    "a list in a repeating segment": (
        HEAD + '[fields.lines]\neach = "REF"\nline = ["REF02", "REF03"] # here\n',
        "a repeating segment holds no lists of places",
    ),
    "no cell": (HEAD + '[fields]\nnumber = "BEG" # here\n', "'BEG' is no cell; write `BEG03`, `AK401-2`"),
    "unknown segment": (HEAD + '[fields]\nnumber = "XYZ03" # here\n', "'XYZ03': the segment table has no such element"),
    "unknown element": (HEAD + '[fields]\nnumber = "BEG77" # here\n', "'BEG77': the segment table has no such element"),
    "unknown component": (HEAD + '[fields]\nnumber = "BEG03-2" # here\n', "'BEG03-2': the segment table has no such"),
    "cells of two segments": (HEAD + '[fields]\nnumber = "BEG03,REF02 as moment" # here\n', "stand in one segment"),
    "a bad second cell": (HEAD + '[fields]\nnumber = "BEG03,BEG as moment" # here\n', "'BEG' is no cell"),
    "a run backwards": (HEAD + '[fields]\nnumber = "BEG05..03" # here\n', "'BEG05..03' is no run of elements"),
    "a run of nothing": (HEAD + '[fields]\nnumber = "XYZ05..07" # here\n', "has no such element"),
    "a run too long": (HEAD + '[fields]\nnumber = "N301..09" # here\n', "'N301..09' is no run of elements"),
    "no printed form": (HEAD + '[fields]\nnumber = "BEG*CR" # here\n', "BEG declares no qualifier and value"),
    "no pairs": (
        HEAD + '[fields]\nnumber = "BEG paired UP" # here\n',
        "segment BEG has no pairs",
    ),
    "no condition": (HEAD + '[fields]\nnumber = "BEG03 where BEG01" # here\n', "'BEG01' is no condition; write `CUR01"),
    "a condition on no cell": (HEAD + '[fields]\nnumber = "BEG03 where BEG99=X" # here\n', "'BEG99': the segment"),
    "not in this message": (HEAD + '[fields]\nnumber = "BSN02" # here\n', "no segment BSN in the message"),
    "never together": (
        HEAD + '[fields]\nnumber = "BEG03 where PO101=1" # here\n',
        "no segment BEG together with PO1 in the message",
    ),
    "two places": (
        HEAD + '[fields]\npromotion = "MSG01" # here\n',
        "promotion: stands in N9 and SPI and PO1 alike; say which by `loop =`",
    ),
    "unknown loop": (HEAD + '[fields.ship_to]\nloop = "N7:ST" # here\ncode = "N104"\n', "'N7:ST': no such loop in the"),
    "no qualifier": (HEAD + '[fields.lines]\neach = "PO1:X" # here\n', "segment PO1 declares no qualifier to tell its"),
    "a loop that is no text": (HEAD + "[fields.ship_to]\nloop = 5 # here\n", "'5': no such loop"),
    "a segment is no loop": (HEAD + '[fields.ship_to]\nloop = "REF" # here\n', "'REF': no such loop in the message"),
    "a table in a repeating segment": (
        ACKNOWLEDGEMENT + '[fields.messages]\neach = "AK9" # here\n[fields.messages.segments]\neach = "AK2"\n',
        "messages.segments: a repeating segment holds no tables",
    ),
    "a loop in a repeating segment": (
        HEAD + '[fields.lines]\neach = "REF"\nline = "PO101" # here\n',
        "'PO101' stands in a loop of its own; a repeating segment holds none",
    ),
    "unknown codec": (
        HEAD + '[fields]\nnumber = "BEG03 as shout" # here\n',
        "no codec 'shout'; there is ",
    ),
    "too few cells": (
        HEAD + '[fields]\nnumber = "BEG03 as moment" # here\n',
        "codec moment takes 2 cells, 1 are",
    ),
    "too many cells": (HEAD + '[fields]\nnumber = "BEG03,BEG04" # here\n', "codec text takes 1 cells, 2 are named"),
    "unknown lookup": (
        HEAD + '[fields]\nnumber = "BEG03 via colours" # here\n' + LOOKUP,
        "no lookup 'colours'; there is unit",
    ),
    "no lookups at all": (
        HEAD + '[fields]\nnumber = "BEG03 via colours" # here\n',
        "no lookup 'colours'; there is",
    ),
    "a lookup that is no table": (HEAD + '[lookup]\nunit = "each" # here\n', "unit: a lookup is a table"),
    "a meaning that is no text": (HEAD + "[lookup.unit]\nEA = 1 # here\n", "unit.EA: expected a meaning, or a list"),
    "a list that holds no texts": (HEAD + "[lookup.unit]\nEA = [1] # here\n", "unit.EA: expected a meaning, or a list"),
    "an empty list": (HEAD + "[lookup.unit]\nEA = [] # here\n", "unit.EA: expected a meaning, or a list of meanings"),
    "a lookup in a lookup": (HEAD + '[lookup.unit.EA]\nX = "each" # here\n', "EA.X: expected a meaning, or a list"),
    "a constant that is no text": (
        HEAD + "[constant]\nBEG01 = 3 # here\n",
        "BEG01: a constant is a text; write `BSN05",
    ),
    "a constant that is a table": (HEAD + '[constant.BEG]\nX = "1" # here\n', "BEG.X: a constant is a text"),
    "a constant nowhere": (HEAD + '[constant]\nBEG77 = "1" # here\n', "'BEG77': the segment table has no such element"),
    "a derived field": (HEAD + '[derived]\nnumber = "BEG03" # here\n', "PurchaseOrder has no property 'number'"),
    "a derived text": (HEAD + '[derived]\nline_count = "BEG03" # here\n', "a total is a number; codec text gives none"),
    "a derived nothing": (HEAD + '[derived]\nline_count = "CTT" # here\n', "'CTT' is no cell"),
    "a derived table": (HEAD + '[derived.line_count]\nX = "CTT01" # here\n', "a total is a row; write"),
    "removing what is not there": (HEAD + "[fields]\nnumber = false # here\n", "there is nothing to remove below"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_mapping_is_told_with_its_line(name: str, overlay: Overlay) -> None:
    text, message = WRONG[name]
    at = next((number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# here")), None)
    with pytest.raises(MappingError) as refused:
        overlay({"mappings/x12/850.toml": text}).standard("x12/850")
    told = str(refused.value)
    assert message in told
    assert told.startswith(f"mappings/x12/850.toml:{at or 1}: ")


GUIDED: dict[str, tuple[str, str, int]] = {
    "not saying what it extends": ('[fields]\nnumber = "BEG03"\n', 'this file begins with `extends = "x12/850"`', 0),
    "extending another": ('extends = "x12/855"\n', 'this file begins with `extends = "x12/850"`', 1),
    "a row where a table is": (
        'extends = "x12/850"\n[fields]\nship_to = "N104"\n',
        "a row and a table cannot replace",
        3,
    ),
    "a table where a row is": (
        'extends = "x12/850"\n[fields.number]\nloop = "N1:ST"\n',
        "a row and a table cannot replace one another; remove the other first",
        2,
    ),
    "removing a field nobody has": ('extends = "x12/850"\n[fields]\ncolour = false\n', "there is nothing to remove", 3),
    "a field nobody has": ('extends = "x12/850"\n[fields]\ncolour = "BEG03"\n', "colour: no field 'colour'", 3),
}


@pytest.mark.parametrize("name", GUIDED)
def test_a_wrong_layer_of_a_guide_is_told_with_its_own_line(name: str, overlay: Overlay) -> None:
    text, message, line = GUIDED[name]
    file = "mappings/guides/amazon-us/850.mapping.toml"
    problems = overlay({file: text}).problems(["amazon-us"])
    assert [(problem.file, problem.line or 0) for problem in problems] == [(file, line)]
    assert message in problems[0].message


def test_a_mapping_that_names_no_message_is_refused(overlay: Overlay) -> None:
    with pytest.raises(MappingError, match=r"mappings/x12/850.toml:1: a mapping begins with"):
        overlay({"mappings/x12/850.toml": 'document = "PurchaseOrder"\n'}).standard("x12/850")


def test_an_empty_table_says_nothing(overlay: Overlay) -> None:
    guide = 'extends = "x12/850"\n[fields.carrier]\n'
    mappings = overlay({"mappings/guides/amazon-us/850.mapping.toml": guide})
    assert mappings.problems(["amazon-us"]) == []


def test_all_problems_of_a_mapping_come_at_once(overlay: Overlay) -> None:
    text = HEAD + '[fields]\nnumbr = "BEG03"\naccount = "BEG99"\n'
    with pytest.raises(MappingError) as refused:
        overlay({"mappings/x12/850.toml": text}).standard("x12/850")
    assert [line.partition(" ")[0] for line in str(refused.value).splitlines()] == [
        "mappings/x12/850.toml:4:",
        "mappings/x12/850.toml:5:",
    ]


def test_a_schema_that_is_wrong_is_a_problem_of_the_guide(overlay: Overlay) -> None:
    file = "mappings/guides/amazon-us/850.schema.toml"
    problems = overlay({file: 'extends = "x12/004010/850"\n[uses]\nXYZ = false\n'}).problems(["amazon-us"])
    assert [(problem.file, problem.line) for problem in problems] == [(file, 3)]
    with pytest.raises(SchemaError):
        overlay({file: "[uses]\n"}).guided("amazon-us", "850")


def test_the_shipped_guides_have_no_problems(mappings: Mappings) -> None:
    assert mappings.problems(["amazon-us", "amazon-eu"]) == []


def test_a_kept_mapping_is_read_again_as_it_was(mappings: Mappings) -> None:
    mapping = mappings.guided("amazon-us", "856")
    again = kept_mapping(mapping.text, mapping.grammar)
    assert (again.text, again.hash, again.document, again.view) == (
        mapping.text,
        mapping.hash,
        mapping.document,
        mapping.view,
    )
    assert [row.expression for row in again.rows] == [row.expression for row in mapping.rows]


@pytest.mark.parametrize(("text", "message"), [("{", "cannot be read"), ('{"document": "Order"}', "is Order")])
def test_a_kept_mapping_that_fits_no_more_is_refused(text: str, message: str, mappings: Mappings) -> None:
    with pytest.raises(MappingError, match=message):
        kept_mapping(text, mappings.standard("x12/850").grammar)


def test_a_guide_replaces_removes_and_puts_its_codes_first(overlay: Overlay) -> None:
    guide = (
        'extends = "x12/850"\n[fields]\npromotion = false\naccount = "REF*VR"\nbuyer = false\n'
        '[lookup.unit]\nPC = "each"\nCA = false\n'
    )
    mapping = overlay({"mappings/guides/amazon-us/850.mapping.toml": guide}).guided("amazon-us", "850")
    rows = {row.name: row for row in mapping.rows}
    assert "promotion" not in rows
    assert "buyer.code" not in rows
    assert (rows["account"].expression.text, rows["account"].origin.source.name, rows["account"].origin.line) == (
        "REF*VR",
        "mappings/guides/amazon-us/850.mapping.toml",
        4,
    )
    assert rows["number"].origin.source.name == "mappings/x12/850.toml"
    unit = rows["lines.ordered.unit"].lookup
    assert unit is not None
    assert (unit.encode("each"), unit.decode("EA"), unit.decode("CA")) == ("PC", "each", "other")
