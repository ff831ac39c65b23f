"""The files of schemas/idoc: what is wrong in them is told with file and line, and everything at once."""

import re

import pytest

from gateway.grammar.idoc_catalogue import IdocCatalogue, read_catalogue
from gateway.grammar.idoc_segments import Field, Segment
from gateway.grammar.sources import Source
from tests.grammar.idoc_samples import ROOT, catalogue

CONTROL = """\
[EDI_DC40]
name = "Control record"
fields = ["M TABNAM text 10 Name"]
"""
SEGMENTS = """\
[E1HEAD]
name = "Header"
flat = "E2HEAD003"
releases = ["750 E2HEAD009", "700 E2HEAD005"]
fields = [
  "M QUALF text 3 Qualifier",
  "O MENGE number 15 Quantity",
]

[E1LINE]
name = "Line"
fields = ["O TEXT text 40 Text", "..."]

[E1REST]
name = "Rest"
fields = ["..."]
"""
TYPE = """\
type = "TYPE01"
name = "A type"
structure = [
  "E1HEAD 1",
  ["E1LINE 0..9", "E1REST 0..n", "..."],
]

[segments]
E1HEAD.add = ["O MORE text 5 More"]

[variants.LESS]
E1HEAD.leave_out = ["MENGE"]
"""


def made(segments: str = SEGMENTS, type_file: str = TYPE, control: str = CONTROL) -> IdocCatalogue:
    return read_catalogue(
        [
            Source("schemas/idoc/TYPE01.toml", type_file),
            Source("schemas/idoc/segments/control.toml", control),
            Source("schemas/idoc/segments/some.toml", segments),
        ]
    )


def problems(**files: str) -> list[str]:
    return [str(problem) for problem in made(**files).problems]


def test_the_shipped_catalogue_has_no_problem_and_the_types_we_speak() -> None:
    assert not catalogue().problems
    assert {*catalogue().types} >= {
        *("ORDERS05", "DELVRY07", "INVOIC02", "ACC_DOCUMENT05", "MBGMCR03"),
        *("PORDCR103", "ALEAUD01", "SYSTAT01", "MATMAS05", "PROACT01"),
    }


def test_every_segment_of_the_shipped_catalogue_has_a_place() -> None:
    placed = {name for file in catalogue().types.values() for name in file.type.segments}
    assert placed == set(catalogue().segments)


def test_a_segment_has_fields_in_order_and_may_be_open() -> None:
    head, line, rest = (made().segments[name] for name in ("E1HEAD", "E1LINE", "E1REST"))
    assert head.fields == (
        Field("QUALF", "text", 3, True, "Qualifier"),
        Field("MENGE", "number", 15, False, "Quantity"),
    )
    assert (head.is_open, line.is_open, rest.is_open) == (False, True, True)
    assert (head.is_place_only, line.is_place_only, rest.is_place_only) == (False, False, True)


def test_a_type_adds_fields_and_a_message_of_it_leaves_some_out() -> None:
    found = made()
    plain, less = found.type("TYPE01"), found.type("TYPE01", "LESS")
    assert plain is not None
    assert less is not None
    assert found.type("TYPE01", "OTHER") is plain
    assert [*plain.segments["E1HEAD"].ranks] == ["QUALF", "MENGE", "MORE"]
    assert [*less.segments["E1HEAD"].ranks] == ["QUALF", "MORE"]
    assert [*found.segments["E1HEAD"].ranks] == ["QUALF", "MENGE"]
    assert found.type("TYPE02") is None


def test_a_place_has_its_least_and_most_and_what_is_inside() -> None:
    found = made().type("TYPE01")
    assert found is not None
    assert [place.name for place in found.root.children] == ["EDI_DC40", "E1HEAD", "E1LINE"]
    line = found.root.child("E1LINE")
    assert line is not None
    assert (line.least, line.most, line.is_open) == (0, 9, True)
    rest = line.child("E1REST")
    assert rest is not None
    assert (rest.least, rest.most, rest.is_open) == (0, None, False)
    assert line.child("E1HEAD") is None
    assert found.root.is_open is False


@pytest.mark.parametrize(
    ("release", "name"),
    [("", "E2HEAD003"), ("640", "E2HEAD003"), ("700", "E2HEAD005"), ("740", "E2HEAD005"), ("750", "E2HEAD009")],
)
def test_a_segment_is_written_under_its_name_of_the_release(release: str, name: str) -> None:
    layout = made().layouts(release=release)("TYPE01", "")
    assert layout is not None
    assert layout["E1HEAD"].written == name
    assert layout["E1LINE"].written == "E2LINE"


def test_the_versions_of_a_port_come_before_those_of_a_release() -> None:
    layouts = made().layouts({"E1HEAD": "E2HEAD007"}, "750")
    layout = layouts("TYPE01", "")
    assert layout is not None
    assert layout["E1HEAD"].written == "E2HEAD007"
    assert layouts("TYPE01", "OTHER") is layout
    assert layouts("TYPE02", "") is None


def test_a_layout_says_what_may_be_around_a_segment_and_has_the_fields_of_the_message() -> None:
    layouts = made().layouts()
    layout, less = layouts("TYPE01", ""), layouts("TYPE01", "LESS")
    assert layout is not None
    assert less is not None
    assert {name: segment.parents for name, segment in layout.items()} == {
        "E1HEAD": {""},
        "E1LINE": {""},
        "E1REST": {"E1LINE"},
    }
    assert layout["E1HEAD"].fields == (("QUALF", 3), ("MENGE", 15), ("MORE", 5))
    assert less["E1HEAD"].fields == (("QUALF", 3), ("MORE", 5))


def test_the_catalogue_of_the_page_about_schemas_is_one() -> None:
    page = (ROOT / "docs" / "schemas.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n# (schemas/idoc/\S+)\n(.*?)```", page, re.DOTALL)
    found = read_catalogue(Source(name, text) for name, text in blocks)
    assert not found.problems
    layout, response = found.layouts(release="750")("DEMO01", "ORDERS"), found.type("DEMO01", "ORDRSP")
    assert layout is not None
    assert response is not None
    assert {name: segment.written for name, segment in layout.items()} == {
        "E1HEAD": "E2HEAD",
        "E1ITEM": "E2ITEM011",
        "E1DATE": "E2DATE",
    }
    assert [*response.segments["E1HEAD"].ranks] == ["BELNR", "REASON"]
    assert [*response.segments["E1ITEM"].ranks] == ["MENGE"]


SOME, OWN = "schemas/idoc/segments/some.toml", "schemas/idoc/TYPE01.toml"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[E1HEAD]", "[E1HEAD", f"{SOME}:1: "),
        ('"O MENGE number 15 Quantity"', '"O MENGE amount 15 Quantity"', f"{SOME}:7: 'O MENGE amount 15 Quantity' is"),
        ('"O MENGE number 15 Quantity"', '"O QUALF number 15 Twice"', f"{SOME}:7: 'O QUALF number 15 Twice': QUALF"),
        ('"O MENGE number 15 Quantity"', '"O MENGE number 1001 Long"', f"{SOME}:5: E1HEAD: its fields have 1004"),
        ('name = "Line"', "name = 5", f"{SOME}:11: E1LINE: a segment has a name, as text"),
        ('flat = "E2HEAD003"', 'flat = "e2"', f"{SOME}:3: E1HEAD: `flat` is the name of its records"),
        ('["750 E2HEAD009", "700 E2HEAD005"]', "750", f"{SOME}:4: E1HEAD: `releases` are lines like"),
        ('"750 E2HEAD009"', '"750"', f"{SOME}:4: E1HEAD: `releases` are lines like"),
        ('name = "Line"', 'name = "Line"\nlong = 3', f"{SOME}:12: E1LINE: unknown key 'long'; expected one of fields,"),
        ('fields = ["..."]', 'fields = "all"', f"{SOME}:16: E1REST.fields must be a list of lines"),
        ("[E1REST]", "[E1REST.inner]", f"{SOME}:14: E1REST: unknown key 'inner'"),
        ("[E1REST]", '["e1 rest"]', f"{SOME}:14: e1 rest: no segment"),
        ("[E1HEAD]", "e1 = 5\n[E1HEAD]", f"{SOME}:1: e1: no segment; write `[E1EDK01]`"),
        ("[E1REST]", "[EDI_DC40]", f"{SOME}:14: EDI_DC40: another file has it already"),
    ],
)
def test_what_is_wrong_in_a_file_of_segments_is_told_with_its_line(old: str, new: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(segments=SEGMENTS.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('type = "TYPE01"', "type = ", f"{OWN}:1: "),
        ('type = "TYPE01"', "type = 1", f"{OWN}:1: `type` and `name` say which basic type"),
        (
            'name = "A type"',
            'name = "A type"\nlong = 1',
            f"{OWN}:3: unknown key 'long'; expected one of name, segments",
        ),
        ('"E1HEAD 1"', '"E1HEAD once"', f"{OWN}:4: 'E1HEAD once' is no segment line; write `E1EDK14 0..12`"),
        ('"E1HEAD 1"', '"E1FOOT 1"', f"{OWN}:4: 'E1FOOT 1': there is no segment E1FOOT in schemas/idoc/segments"),
        ('"E1HEAD 1"', '"E1HEAD 3..2"', f"{OWN}:4: 'E1HEAD 3..2': the least is more than the most"),
        ('"E1HEAD 1"', '"E1LINE 1"', f"{OWN}:5: 'E1LINE 0..9': E1LINE has a place here already"),
        ('"E1HEAD 1"', "[]", f"{OWN}:3: '[]' is no segment line"),
        ("structure = [", 'structure = "all"\nname2 = [', f"{OWN}:3: `structure` must be a list of lines"),
        ("E1HEAD.add", "E1FOOT.add", f"{OWN}:9: E1FOOT has no place in this type"),
        ("E1HEAD.add", "E1HEAD.put", f"{OWN}:9: E1HEAD is a table with `add` or `leave_out`"),
        ("E1HEAD.add = [", "E1HEAD = [", f"{OWN}:9: E1HEAD is a table with `add` or `leave_out`"),
        ('"O MORE text 5 More"', '"MORE"', f"{OWN}:9: 'MORE' is no field; write"),
        ('["MENGE"]', '["MANGE"]', f"{OWN}:12: E1HEAD has no field MANGE to leave out"),
        ('["MENGE"]', "5", f"{OWN}:12: E1HEAD has no field 5 to leave out"),
        ("[variants.LESS]\nE1HEAD.leave_out =", "[other]\nLESS =", f"{OWN}:11: unknown key 'other'"),
        ("[variants.LESS]", "[[variants]]", f"{OWN}:11: variants is a table of messages"),
        (
            "[variants.LESS]\nE1HEAD.leave_out =",
            "[variants]\nLESS =",
            f"{OWN}:12: variants.LESS is a table of segments",
        ),
    ],
)
def test_what_is_wrong_in_a_file_of_a_type_is_told_with_its_line(old: str, new: str, said: str) -> None:
    told = problems(type_file=TYPE.replace(old, new, 1))
    assert any(problem.startswith(said) for problem in told), told


def test_without_a_control_record_no_type_stands() -> None:
    assert problems(control="") == [f"{OWN}:3: there is no segment EDI_DC40 in schemas/idoc/segments"]


def test_everything_wrong_is_told_at_once() -> None:
    assert len(problems(segments=SEGMENTS.replace("number", "amount").replace("M QUALF", "X QUALF"))) == 3


def test_a_type_with_a_problem_is_there_as_far_as_it_could_be_read() -> None:
    found = made(type_file=TYPE.replace("E1HEAD 1", "E1FOOT 1")).type("TYPE01")
    assert found is not None
    assert "E1LINE" in found.segments


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", ["a", "Süd", " ", "1,5", "5 °"], ["a\tb", "a\nb", "\x00", "\x85"]),
        (
            "number",
            ["0", "24.000", "100.00-", ".5", "5.", "      22.80-", "0.000 "],
            ["abc", "-1", "1,5", "1.5.5", "+1"],
        ),
        ("day", ["20261120", "00000000", "20280229"], ["20261131", "2026112", "20270229", "2026-11-20", "٢٠٢٦١١٢٠"]),
        ("time", ["000000", "235959", "240000"], ["240001", "2359", "256000", "12:00:00", "٠٠٠٠٠٠"]),
    ],
)
def test_a_value_is_of_its_kind_or_not(kind: str, good: list[str], bad: list[str]) -> None:
    field = Field("FIELD", kind, 20, False, "A field")
    assert all(field.is_of_its_kind(value) for value in good)
    assert not any(field.is_of_its_kind(value) for value in bad)


def test_a_number_has_digits() -> None:
    assert not Field("FIELD", "number", 20, False, "A field").is_of_its_kind("-")
    assert not Field("FIELD", "number", 20, False, "A field").is_of_its_kind("٣")


def test_a_segment_may_fill_a_record_to_its_end() -> None:
    assert not problems(segments=SEGMENTS.replace("number 15", "text 997"))
    assert problems(segments=SEGMENTS.replace("number 15", "text 998"))


def test_names_of_a_customer_s_own_segments_have_a_flat_name_too() -> None:
    found = made(segments=SEGMENTS + '\n[Z1PACK]\nname = "Pack"\nfields = ["O COLOUR text 9 Colour"]\n')
    assert found.segments["Z1PACK"] == Segment(
        "Z1PACK", "Pack", "Z2PACK", (Field("COLOUR", "text", 9, False, "Colour"),)
    )
