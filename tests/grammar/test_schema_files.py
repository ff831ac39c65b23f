"""Schema files: those we ship load, and every kind of wrong one is refused with its file and line."""

import pytest

from gateway.errors import SchemaError
from gateway.grammar.library import Library
from gateway.grammar.schema import SegmentUse, parse_cell
from gateway.grammar.sources import Source

MESSAGE = """message = "900"
name = "Test"
group = "TT"
structure = [
  "BEG M 1",
  ["loop REF O >1", "REF M 1"],
  "use rest",
]
[lists]
rest = ["CTT O 1"]
"""
SEGMENTS = """opaque = ["CTT"]
[BEG]
name = "Beginning"
elements = [
  "M ID 2/2 353 Purpose",
  ["pairs 2", "O ID 2/2 235 Qualifier", "O AN 1/48 234 Id"],
]
rules = ["P0203"]
[REF]
name = "Reference"
qualifier = "01"
elements = ["M ID 2/3 128 Qualifier", ["O C040 Both", "O AN 1/9 127 Value"]]
"""
CODES = """[353]
name = "Purpose"
complete = true
[353.codes]
00 = "original"
"""
SOUND = {"900": MESSAGE, "segments": SEGMENTS, "codes": CODES}


def library_of(**files: str) -> Library:
    def fetch(name: str) -> Source:
        key = name.removeprefix("schemas/x/1/").removesuffix(".toml")
        if key not in {**SOUND, **files}:
            raise SchemaError("there is no such file", file=name)
        return Source(f"{key}.toml", {**SOUND, **files}[key])

    return Library(fetch)


@pytest.mark.parametrize("name", ["x12/004010/850", "x12/004010/855", "x12/004010/997", "x12/005010/856"])
def test_every_schema_we_ship_loads(library: Library, name: str) -> None:
    grammar = library.grammar(name)
    assert grammar is library.grammar(name)
    assert grammar.message == name[-3:]
    assert grammar.version == name[4:10]
    for loop in grammar.root.walk():
        for member in loop.members:
            assert member.tag in grammar.segments


def test_a_sound_schema_is_read_as_it_is_written() -> None:
    grammar = library_of().grammar("x/1/900")
    assert grammar.tags == {"BEG", "REF", "CTT"}
    beginning = grammar.segments["BEG"]
    assert beginning.pairs == ((2, 3), (4, 5))
    assert [condition.printed for condition in beginning.conditions] == ["P0203", "P0203", "P0405"]
    purpose = beginning.element(1)
    assert purpose is not None
    assert purpose.codes is not None
    assert purpose.codes.complete
    assert grammar.segments["CTT"].opaque
    assert grammar.segments["REF"].element(2, 1) is not None
    assert grammar.root.members[2] == SegmentUse("CTT", "O", 1)


def test_a_version_takes_the_older_ones_tables_first() -> None:
    files = {
        "older/segments": '[BEG]\nname = "Old"\nelements = []\n[REF]\nname = "Old"\nelements = []\nqualifier = "01"\n',
        "segments": 'extends = "x/1/older/segments"\nopaque = ["CTT"]\n' + SEGMENTS.partition("[REF]")[0][17:],
        "codes": 'extends = "x/1/older/codes"\n',
        "older/codes": CODES,
    }
    files["older/segments"] = files["older/segments"].replace("qualifier", "#")
    grammar = library_of(**files).grammar("x/1/900")
    assert grammar.segments["BEG"].name == "Beginning"
    assert grammar.segments["REF"].name == "Old"
    assert grammar.segments["BEG"].element(1).codes is not None  # type: ignore[union-attr]


WRONG = [
    # file, what is replaced, by what, line, the beginning of the text
    ("900", 'message = "900"', "message = ", 1, "Invalid value"),
    ("900", 'message = "900"', "message = 900", 1, "'message' is missing, or no text"),
    ("900", 'name = "Test"\n', "", 1, "'name' is missing"),
    ("900", 'group = "TT"', 'group = "TT"\ncolour = "red"', 4, "unknown key 'colour'; expected one of group, lists"),
    ("900", "structure = [", "strukture = [", 4, "unknown key 'strukture'"),
    ("900", MESSAGE[MESSAGE.index("structure"):], 'structure = "BEG M 1"', 4, "structure must be a list of lines"),
    ("900", '"BEG M 1"', '"BEG"', 5, "'BEG' is no segment line; write `REF O >1`"),
    ("900", '"BEG M 1"', '"BEG X 1"', 5, "'BEG X 1' is no segment line"),
    ("900", '"BEG M 1"', '"BEG M 0"', 5, "'BEG M 0' is no segment line"),
    ("900", '"BEG M 1"', '"BEG M >5"', 5, "'BEG M >5' is no segment line"),
    ("900", '"BEG M 1"', "850", 4, "'850' is no segment line"),
    ("900", '"BEG M 1"', '"XYZ M 1"', 5, "'XYZ M 1': no segment XYZ in the segment table"),
    ("900", '"loop REF O >1"', '"REF O >1"', 6, "'REF O >1' names no loop; write `loop N1 O 200`"),
    ("900", '["loop REF O >1", "REF M 1"]', "[]", 4, "'' names no loop"),
    ("900", '"REF M 1"', '"BEG M 1"', 6, "'loop REF O >1': a loop begins with the segment it is named after"),
    ("900", '"REF M 1"', '"REF O 1"', 6, "'loop REF O >1': a loop begins"),
    ("900", ', "REF M 1"', "", 6, "'loop REF O >1': a loop begins"),
    ("900", '["loop REF O >1", "REF M 1"]', '["loop BEG:A O 1", "BEG M 1"]', 6, "'loop BEG:A O 1': segment BEG"),
    ("900", '"use rest"', '"use nothing"', 7, "'use nothing': no list of that name"),
    ("900", '"CTT O 1"', '"use rest"', 10, "'use rest': no list of that name under [lists], or one that uses itself"),
    ("900", 'rest = ["CTT O 1"]', 'rest = "CTT O 1"', 10, "lists.rest must be a list of lines"),
    ("900", MESSAGE[MESSAGE.index("[lists]"):], "", 7, "'use rest': no list of that name"),
    ("900", 'rest = ["CTT O 1"]', 'rest = ["CTT"]', 10, "'CTT' is no segment line"),
    ("900", '"use rest"', '"use rest", "CTT O 1", "CTT"', 7, "'CTT' is no segment line"),
    ("segments", 'opaque = ["CTT"]', 'opaque = "ctt"', 1, "opaque: 'ctt' is no segment tag"),
    ("segments", 'opaque = ["CTT"]', 'opaque = ["CTT", 1]', 1, "opaque: 1 is no segment tag"),
    ("segments", "[BEG]", "[beg]", 2, "beg: no segment; write a table `[REF]`"),
    ("segments", "[BEG]", "NTE = 1\n[BEG]", 2, "NTE: no segment; write a table"),
    ("segments", '"Beginning"', "1", 3, "BEG: a segment has a name, as text"),
    ("segments", 'name = "Beginning"\n', "", 2, "BEG: a segment has a name, as text"),
    ("segments", 'name = "Beginning"', 'name = "B"\ncolour = "red"', 4, "BEG: unknown key 'colour'; expected one"),
    ("segments", '"M ID 2/2 353 Purpose"', '"M ID 2 353 Purpose"', 5, "BEG: 'M ID 2 353 Purpose' is no element; write"),
    ("segments", '"M ID 2/2 353 Purpose"', '"M XX 2/2 353 Purpose"', 5, "BEG: 'M XX 2/2 353 Purpose' is no element"),
    ("segments", '"M ID 2/2 353 Purpose"', '"M ID 3/2 353 Purpose"', 5, "BEG: 'M ID 3/2 353 Purpose': shortest 3"),
    ("segments", '"M ID 2/2 353 Purpose"', "353", 4, "BEG: 353 is no element, composite or pairs"),
    ("segments", '"M ID 2/2 353 Purpose"', "[]", 4, "BEG: [] is no element, composite or pairs"),
    ("segments", '"M ID 2/2 353 Purpose"', "[1, 2]", 4, "BEG: [1, 2] is no element, composite or pairs"),
    ("segments", ', "O AN 1/48 234 Id"', "", 6, "BEG: 'pairs 2': a pair is a qualifier and a value"),
    ("segments", '"O AN 1/48 234 Id"', '"O AN 1/48"', 6, "BEG: 'O AN 1/48' is no element"),
    ("segments", '"P0203"', '"P02"', 8, "BEG: 'P02' is no condition on 5 elements; write `P0304`"),
    ("segments", '"P0203"', '"P0209"', 8, "BEG: 'P0209' is no condition on 5 elements"),
    ("segments", '"P0203"', '"P0003"', 8, "BEG: 'P0003' is no condition"),
    ("segments", '"P0203"', "23", 8, "BEG: 23 is no condition"),
    ("segments", '["P0203"]', '"P0203"', 8, "BEG: rules must be a list"),
    ("segments", 'qualifier = "01"', 'qualifier = "03"', 11, "REF: qualifier = '03' is no element of 2"),
    ("segments", 'qualifier = "01"', 'qualifier = "x"', 11, "REF: qualifier = 'x' is no element of 2"),
    ("segments", 'qualifier = "01"', 'id = "01"', 11, "REF: a hierarchy has both, `id` and `parent`"),
    ("segments", 'qualifier = "01"', 'parent = "01"', 11, "REF: a hierarchy has both, `id` and `parent`"),
    ("segments", 'qualifier = "01"', "qualifier = 1", 11, "REF: qualifier = 1 names no element"),
    ("segments", 'qualifier = "01"', 'qualifiers = ["01", 2]', 11, "REF: qualifiers = ['01', 2] names no element"),
    ("segments", 'qualifier = "01"', 'pairs = ["128"]', 11, "REF: pairs = ['128']: expected a qualifier and a value"),
    ("segments", 'qualifier = "01"', 'pairs = ["9999", "127"]', 11, "REF: pairs = ['9999', '127']: expected"),
    ("segments", 'qualifier = "01"', 'level = "PAC"', 11, "REF: level = 'PAC' names no element; write `PAC.7065`"),
    ("segments", 'qualifier = "01"', 'level = "pac.7065"', 11, "REF: level = 'pac.7065' names no element"),
    ("segments", '"O C040 Both"', '"O C40 Both"', 12, "REF: 'O C40 Both' opens no composite; write"),
    ("segments", '"O AN 1/9 127 Value"', '"O AN 127 Value"', 12, "REF: 'O AN 127 Value' is no element"),
    ("segments", 'opaque = ["CTT"]', 'extends = 1\nopaque = ["CTT"]', 1, "extends = 1: expected the name of"),
    ("segments", 'opaque = ["CTT"]', 'extends = "x/1/segments"\nopaque = ["CTT"]', 1, "extends = 'x/1/seg"),
    ("codes", "[353]", "354 = 1\n[353]", 1, "354: no code list; write a table"),
    ("codes", 'name = "Purpose"\n', "", 1, "353: a code list has a name, as text"),
    ("codes", "complete = true", 'complete = "yes"', 3, "353: complete is true or false"),
    ("codes", "complete = true", 'colour = "red"', 3, "353: unknown key 'colour'; expected one of codes"),
    ("codes", CODES[CODES.index("[353.codes]"):], 'codes = ["00"]', 4, '353: codes is a table like { EA = "each" }'),
    ("codes", '00 = "original"', "00 = 1", 5, "353: the meaning of code 00 is no text"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "text"), WRONG, ids=[str(at) for at in range(len(WRONG))])
def test_a_wrong_schema_file_is_refused_with_file_and_line(file: str, old: str, new: str, line: int, text: str) -> None:
    assert old in SOUND[file]
    with pytest.raises(SchemaError) as refused:
        library_of(**{file: SOUND[file].replace(old, new, 1)}).grammar("x/1/900")
    assert (refused.value.file, refused.value.line) == (f"{file}.toml", line), str(refused.value)
    assert str(refused.value).removeprefix(f"{file}.toml:{line}: ").startswith(text)


def test_a_list_used_twice_tells_its_faults_once() -> None:
    wrong = MESSAGE.replace('"use rest"', '"use rest", "use rest"').replace("CTT O 1", "CTT")
    with pytest.raises(SchemaError) as refused:
        library_of(**{"900": wrong}).grammar("x/1/900")
    assert str(refused.value).count("'CTT'") == 1


def test_all_problems_of_a_file_are_told_at_the_place_of_the_first() -> None:
    wrong = MESSAGE.replace("BEG M 1", "BEG").replace("CTT O 1", "CTT")
    with pytest.raises(
        SchemaError, match=r"900.toml:5: 'BEG' is no segment line.*; 900.toml:10: 'CTT' is no segment line"
    ):
        library_of(**{"900": wrong}).grammar("x/1/900")


@pytest.mark.parametrize("name", ["x/1/901", "850", "x/2/900"])
def test_a_grammar_that_is_not_there_is_a_wrong_schema(name: str) -> None:
    with pytest.raises(SchemaError):
        library_of().grammar(name)


def test_a_cell_is_written_as_people_say_it() -> None:
    assert parse_cell("PO103") == ("PO1", 3, 1)
    assert parse_cell("AK401-2") == ("AK4", 1, 2)
    assert parse_cell("PO1") is None


def test_a_cell_of_edifact_is_written_with_the_number_of_its_data_element(library: Library) -> None:
    segments = library.grammar("edifact/d96a/ORDERS").segments
    assert parse_cell("BGM.1004", segments) == ("BGM", 2, 1)
    assert parse_cell("PIA.7140[2]", segments) == ("PIA", 3, 1)
    for wrong in ("BGM.1004[2]", "BGM.9999", "ZZZ.1004"):
        assert parse_cell(wrong, segments) is None
