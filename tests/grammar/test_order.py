"""The twin of the explaining reader: drafts in any order become segments in the order of the grammar."""

from collections.abc import Callable

from gateway.grammar.library import Library
from gateway.grammar.order import Draft, order
from gateway.grammar.schema import Loop
from gateway.grammar.segments import Segments
from gateway.grammar.sources import Source
from gateway.grammar.tree import Tree

STRUCTURE = """
message = "900"
name = "Test"
group = "TT"
structure = [
  "BEG M 1", "REF O >1",
  ["loop HL:S M 1", "HL M 1", "REF O >1",
    ["loop HL:P O >1", "HL M 1", "REF O 1"],
    ["loop HL:I O >1", "HL M 1", "REF O 1"],
  ],
  ["loop N1 O 9", "N1 M 1", "REF O 1"],
  "REF O 1",
]
"""
SEGMENTS = """
[BEG]
name = "Beginning"
elements = ["M ID 2/2 353 Purpose", "O AN 1/9 1 A", ["O C040 B", "O AN 1/9 2 C", "O AN 1/9 3 D"], "O AN 1/9 4 E"]
[REF]
name = "Reference"
qualifier = "01"
elements = ["M ID 2/3 128 Qualifier", "O AN 1/30 127 Value"]
[N1]
name = "Name"
qualifier = "01"
elements = ["M ID 2/3 98 Role"]
[HL]
name = "Level"
qualifier = "03"
id = "01"
parent = "02"
elements = ["M AN 1/12 628 Number", "O AN 1/12 734 Parent", "M ID 1/2 735 Level"]
"""
FILES = {"schemas/x/1/900.toml": STRUCTURE, "schemas/x/1/segments.toml": SEGMENTS, "schemas/x/1/codes.toml": ""}
GRAMMAR = Library(lambda name: Source(name, FILES[name])).grammar("x/1/900")
ROOT: Loop = GRAMMAR.root
SHIPMENT, PARTY = ROOT.loops
PACK, ITEM = SHIPMENT.loops
TABLE: Segments = GRAMMAR.segments


def written(draft: Draft) -> list[str]:
    def text(value: str | tuple[str, ...]) -> str:
        return value if isinstance(value, str) else ">".join(value)

    return ["*".join((tag, *(text(value) for value in elements))) for tag, elements in order(draft, TABLE)]


def test_segments_are_told_in_the_order_of_the_grammar_and_of_the_draft_within_a_place() -> None:
    draft = Draft(ROOT)
    for tag, *texts in (("REF", "ZZ", "1"), ("BEG", "00"), ("REF", "CR", "2")):
        draft.fill(tag, {(position, 1): text for position, text in enumerate(texts, 1)})
    assert written(draft) == ["BEG*00", "REF*ZZ*1", "REF*CR*2"]


def test_cells_that_agree_fill_one_segment_and_those_that_do_not_another() -> None:
    draft = Draft(ROOT)
    for cells in ({(1, 1): "CR"}, {(1, 1): "ZZ"}, {(1, 1): "CR", (2, 1): "A"}):
        assert draft.fill("REF", cells)
    assert draft.fill("REF", {(1, 1): "CR"}, turn=1)
    assert written(draft) == ["REF*CR*A", "REF*ZZ", "REF*CR"]


def test_there_are_no_more_segments_than_there_is_room_for() -> None:
    draft = Draft(ROOT)
    assert draft.fill("REF", {(1, 1): "CR"}, room=1)
    assert not draft.fill("REF", {(1, 1): "ZZ"}, room=1)
    assert not draft.fill("REF", {(1, 1): "CR"}, turn=1, room=1)
    assert draft.fill("REF", {(1, 1): "CR", (2, 1): "A"}, room=1)
    assert written(draft) == ["REF*CR*A"]


def test_what_is_asked_of_an_opener_is_copied_not_kept() -> None:
    draft, asked = Draft(ROOT), {(1, 1): "ST"}
    draft.inner(PARTY, None, asked).fill("N1", {(1, 1): "ST", (2, 1): "A"})
    assert asked == {(1, 1): "ST"}


def test_components_make_an_element_a_composite() -> None:
    draft = Draft(ROOT)
    draft.fill("BEG", {(1, 1): "00", (3, 2): "D"})
    assert written(draft) == ["BEG*00**>D"]
    draft.fill("BEG", {(4, 1): "E"})
    assert written(draft) == ["BEG*00**>D*E"]


def test_a_segment_without_cells_is_its_tag() -> None:
    draft = Draft(ROOT)
    draft.fill("BEG", {})
    assert written(draft) == ["BEG"]


def test_a_hierarchy_gets_its_numbers_pointers_and_levels_here() -> None:
    draft = Draft(ROOT)
    shipment = draft.inner(SHIPMENT, None)
    assert draft.inner(SHIPMENT, None) is shipment
    for reference in ("P1", "P2"):
        shipment.add(PACK, None).fill("REF", {(1, 1): "CR", (2, 1): reference})
    shipment.add(ITEM, None).fill("HL", {})
    assert written(draft) == ["HL*1**S", "HL*2*1*P", "REF*CR*P1", "HL*3*1*P", "REF*CR*P2", "HL*4*1*I"]


def test_a_loop_is_opened_with_the_qualifier_it_is_asked_for_if_any() -> None:
    draft = Draft(ROOT)
    for qualifier in ("ST", "BY", None, "ST"):
        draft.inner(PARTY, qualifier).fill("REF", {(1, 1): "CR"})
    assert written(draft) == ["N1*ST", "REF*CR", "N1*BY", "REF*CR", "N1", "REF*CR"]


def test_neighbouring_loops_of_one_tag_keep_the_order_of_the_draft() -> None:
    draft = Draft(ROOT)
    shipment = draft.inner(SHIPMENT, None)
    for loop in (ITEM, PACK, ITEM):
        shipment.add(loop, None).fill("HL", {})
    assert [text[-1] for text in written(draft)] == ["S", "I", "P", "I"]


def test_loops_in_which_nothing_was_said_are_left_out() -> None:
    draft = Draft(ROOT)
    draft.fill("BEG", {(1, 1): "00"})
    draft.inner(SHIPMENT, None).add(PACK, None)
    assert not draft.is_empty
    assert draft.drafts[0].is_empty
    assert written(draft) == ["BEG*00"]


def test_what_is_ordered_is_arranged_again_without_a_finding(arranged: Callable[[str, str], Tree]) -> None:
    tree = arranged("x12/005010/856", "BSN*00*S1*20261120*2101 HL*1**S HL*2*1*O HL*3*2*P HL*4*3*I")
    assert tree.findings == ()


def test_packs_hang_on_a_root_of_which_nothing_need_be_said(library: Library) -> None:
    grammar = library.grammar("edifact/d96a/DESADV")
    (packing,) = (loop for loop in grammar.root.loops if loop.tag == "CPS")
    draft = Draft(grammar.root)
    for _ in range(2):
        draft.add(packing, None).fill("FTX", {(1, 1): "AAI"})
    told = [(tag, elements) for tag, elements in order(draft, grammar.segments) if tag == "CPS"]
    assert told == [("CPS", ("1",)), ("CPS", ("2", "1")), ("CPS", ("3", "1"))]


def test_a_turn_whose_opener_agrees_is_the_one_meant() -> None:
    draft = Draft(ROOT)
    first = draft.inner(PARTY, None, {(1, 1): "ST"})
    assert draft.inner(PARTY, None, {(1, 1): "ST"}) is first
    assert draft.inner(PARTY, None, {(1, 1): "BY"}) is not first
    assert written(draft) == ["N1*ST", "N1*BY"]
