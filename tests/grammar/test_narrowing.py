"""Guides: a partner's schema narrows the standard's and can do nothing else."""

from pathlib import Path

import pytest

from gateway.errors import SchemaError
from gateway.findings import Severity
from gateway.grammar.elements import Composite
from gateway.grammar.library import Library
from gateway.grammar.schema import Grammar, Loop, SegmentUse
from gateway.grammar.sources import Source

HEAD = 'extends = "x12/004010/850"\n'


def narrowed(library: Library, text: str) -> Grammar:
    return library.narrowed(Source("guide.toml", HEAD + text))


def test_a_guide_makes_uses_mandatory_fewer_or_removes_them(library: Library) -> None:
    grammar = narrowed(library, '[uses]\nREF = "M 5"\n"PO1/PID" = false\nPO1 = "M 10"\n')
    assert SegmentUse("REF", "M", 5) in grammar.root.members
    lines = next(member for member in grammar.root.members if isinstance(member, Loop) and member.tag == "PO1")
    assert lines.limit == 10
    assert "PID" not in [member.tag for member in lines.members]
    assert any(member.tag == "PID" for member in library.grammar("x12/004010/850").root.members)


def test_a_guide_makes_elements_mandatory_and_code_lists_complete(library: Library) -> None:
    text = '[elements]\nPO103 = "M"\nREF04 = "M"\n"REF04-3" = "M"\n[codes]\nBEG02 = ["NE", "ZZ9"]\n"REF04-1" = ["CR"]\n'
    segments = narrowed(library, text).segments
    line, reference, beginning = (segments[tag] for tag in ("PO1", "REF", "BEG"))
    assert line.elements[2].requirement == "M"
    composite = reference.elements[3]
    assert isinstance(composite, Composite)
    assert composite.requirement == "M"
    assert composite.components[2].requirement == "M"
    assert composite.components[0].codes is not None
    kind = beginning.element(2)
    assert kind is not None
    assert kind.codes is not None
    assert kind.codes.complete
    assert dict(kind.codes.codes)["NE"]
    assert list(kind.codes.codes) == ["NE", "ZZ9"]


def test_severities_are_the_guides_own(library: Library) -> None:
    grammar = narrowed(library, '[severity]\nsegment-unknown = "warn"\ncode-unknown = "hold"\n')
    assert grammar.severities == {"segment-unknown": Severity.WARN, "code-unknown": Severity.HOLD}


def test_amazons_guide_narrows_the_850(library: Library) -> None:
    path = Path(__file__).parents[2] / "mappings" / "guides" / "amazon-us" / "850.schema.toml"
    grammar = library.narrowed(Source(path.name, path.read_text(encoding="utf-8")))
    assert SegmentUse("CSH", "M", 5) in grammar.root.members


WRONG = [
    ("colour = 1\n", 2, "unknown key 'colour'; expected one of codes, elements, extends, severity, uses"),
    ("uses = 1\n", 2, "uses must be a table, `[uses]`"),
    ('[uses]\nXYZ = "M 1"\n', 3, "XYZ: XYZ is not in the message; a guide can only narrow"),
    ('[uses]\n"PO1/XYZ" = "M 1"\n', 3, "PO1/XYZ: XYZ is not in PO1"),
    ('[uses]\n"REF/XYZ" = "M 1"\n', 3, "REF/XYZ: REF is no loop"),
    ("[uses]\nBEG = false\n", 3, "BEG: is mandatory, it cannot be removed"),
    ('[uses]\nBEG = "O 1"\n', 3, "BEG: is mandatory, a guide cannot make it optional"),
    ('[uses]\nCUR = "M 2"\n', 3, "CUR: may stand once, a guide cannot allow more"),
    ('[uses]\nDTM = "O >1"\n', 3, "DTM: may stand 10 times, a guide cannot allow more"),
    ('[uses]\nREF = "5"\n', 3, "REF: '5' is no use; write `M 5`, or false to remove it"),
    ("[uses]\nREF = true\n", 3, "REF: True is no use"),
    ('[uses]\n"N1/N1" = "M 1"\n', 3, "N1/N1: opens its loop; change the loop itself"),
    ('[elements]\nPO103 = "O"\n', 3, "PO103 = 'O': a guide can only make an element mandatory, write \"M\""),
    ('[elements]\nXYZ03 = "M"\n', 3, "XYZ03: no such element"),
    ('[elements]\nPO199 = "M"\n', 3, "PO199: no such element"),
    ('[elements]\nPO1 = "M"\n', 3, "PO1: no such element"),
    ('[elements]\n"PO103-2" = "M"\n', 3, "PO103-2: no such component"),
    ('[codes]\nPO103 = "EA"\n', 3, "PO103: expected a list of codes"),
    ("[codes]\nPO103 = []\n", 3, "PO103: expected a list of codes"),
    ("[codes]\nPO103 = [1]\n", 3, "PO103: expected a list of codes"),
    ('[severity]\nsegment-lost = "warn"\n', 3, "segment-lost = 'warn': no finding code"),
    ('[severity]\nsegment-unknown = "ignore"\n', 3, "segment-unknown = 'ignore': no finding code, or not one of"),
    ("[severity]\nsegment-unknown = 1\n", 3, "segment-unknown = 1: no finding code"),
    ("[uses\n", 2, "Expected"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), WRONG, ids=[str(at) for at in range(len(WRONG))])
def test_what_does_not_narrow_is_refused_with_file_and_line(library: Library, text: str, line: int, said: str) -> None:
    with pytest.raises(SchemaError) as refused:
        narrowed(library, text)
    assert (refused.value.file, refused.value.line) == ("guide.toml", line), str(refused.value)
    assert str(refused.value).removeprefix(f"guide.toml:{line}: ").startswith(said)


def test_a_complete_list_of_the_standard_takes_no_new_codes(library: Library) -> None:
    guide = Source("guide.toml", 'extends = "x12/004010/997"\n[codes]\nAK501 = ["A", "Z"]\n')
    with pytest.raises(SchemaError, match="the standard does not have Z"):
        library.narrowed(guide)


def test_an_element_without_a_list_gets_the_guides(library: Library) -> None:
    line = narrowed(library, '[codes]\nBEG03 = ["A"]\n').segments["BEG"].element(3)
    assert line is not None
    assert line.codes is not None
    assert (line.codes.name, line.codes.codes) == (line.name, {"A": ""})


def test_a_guides_schema_says_what_it_extends(library: Library) -> None:
    with pytest.raises(SchemaError, match=r"guide\.toml:1: a guide's schema begins with"):
        library.narrowed(Source("guide.toml", "[uses]\n"))
