"""The explaining reader: every segment finds its place or is told why not, and hierarchies follow their pointers."""

from collections.abc import Callable

import pytest

from gateway.findings import Severity
from gateway.grammar.arrangement import arrange
from gateway.grammar.library import Library
from gateway.grammar.sources import Source
from gateway.grammar.tree import Node, SegmentAt, Tree

Arranged = Callable[[str, str], Tree]

BEG = "BEG*00*NE*4XK7PL2Q**20261120"
ORDER = f"{BEG} REF*CR*ACME1 N1*ST**92*PHX6 PO1*1*10*CA*43.00 PO1*2*5*EA*1.00 CTT*2"


def shape(node: Node) -> list[object]:
    """Tags, and loops as lists headed by their names."""
    return [item.tag if isinstance(item, SegmentAt) else [item.loop.name, *shape(item)] for item in node.items]


def codes(tree: Tree) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.segment) for finding in tree.findings]


def test_a_sound_message_becomes_a_tree_without_findings(arranged: Arranged) -> None:
    tree = arranged("x12/004010/850", ORDER)
    assert tree.findings == ()
    assert shape(tree.root) == ["BEG", "REF", ["N1", "N1"], ["PO1", "PO1"], ["PO1", "PO1"], ["CTT", "CTT"]]
    lines = [node for node in tree.root.nodes if node.loop.name == "PO1"]
    assert [line.opener.element(1) for line in lines] == ["1", "2"]
    assert [line.opener.ordinal for line in lines] == [5, 6]


def test_a_segment_goes_to_the_earliest_place_that_is_still_legal(arranged: Arranged) -> None:
    tree = arranged("x12/004010/850", f"{BEG} REF*CR*A PO1*1*1*EA*1 PID*F****X REF*ZZ*B N1*BY*X REF*DP*C")
    assert shape(tree.root)[2:] == [["PO1", "PO1", ["PID", "PID"], "REF", ["N1", "N1", "REF"]]]


MISPLACED = [
    ("REF*CR*A", [("mandatory-segment-missing", 2), ("mandatory-segment-missing", 3)]),
    (f"{BEG} CTT*0", [("mandatory-segment-missing", 3)]),
    (f"{BEG} XYZ*1 PO1*1*1*EA*1", [("segment-unknown", 3)]),
    (f"{BEG} *1 PO1*1*1*EA*1", [("segment-unknown", 3)]),
    (f"{BEG} BSN*00*S1*20261120*2101 PO1*1*1*EA*1", [("segment-not-in-message", 3)]),
    (f"{BEG} PO1*1*1*EA*1 CUR*BY*USD CUR*BY*USD", [("segment-too-often", 5)]),
    (f"{BEG} DTM*064*20261120 CUR*BY*USD PO1*1*1*EA*1", [("segment-out-of-order", 4)]),
    (f"{BEG} PO1*1*1*EA*1 BEG*00*NE*A**20261120", [("segment-out-of-order", 4)]),
    (f"{BEG} ACK*IA*1*EA PO1*1*1*EA*1", [("segment-not-in-message", 3)]),
    (f"{BEG} PO1*1*1*EA*1 N3*STREET", [("segment-unexpected", 4)]),
    (f"{BEG} PO1*1*1*EA*1 CTT*1 CTT*1 CTT*1", [("loop-too-often", 5)]),
    (f"{BEG} CUR*BY*USD CUR*BY*EUR CUR*BY*GBP PO1*1*1*EA*1", [("segment-too-often", 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("segments", "expected"), MISPLACED, ids=[str(at) for at in range(len(MISPLACED))])
def test_unknown_misplaced_missing_and_too_many_are_told_apart(
    arranged: Arranged, segments: str, expected: list[tuple[str, int]]
) -> None:
    assert codes(arranged("x12/004010/850", segments)) == expected


TEXTS = [
    (f"{BEG} CTT*0", "PO1 is missing, at the latest before segment 3"),
    (f"{BEG} XYZ*1 PO1*1*1*EA*1", "'XYZ' in segment 3 is no segment we know"),
    (f"{BEG} BSN*00*S1*20261120*2101 PO1*1*1*EA*1", "BSN in segment 3 does not belong in 850, Purchase Order"),
    (f"{BEG} DTM*064*20261120 CUR*BY*USD PO1*1*1*EA*1", "CUR in segment 4 belongs earlier"),
    (f"{BEG} PO1*1*1*EA*1 N3*STREET", "N3 in segment 4 cannot stand here, in loop PO1"),
    (f"{BEG} N3*STREET PO1*1*1*EA*1", "N3 in segment 3 cannot stand here"),
    (f"{BEG} PO1*1*1*EA*1 CTT*1 CTT*1", "CTT in segment 5: CTT may stand here at most once"),
]


@pytest.mark.parametrize(("segments", "text"), TEXTS)
def test_what_is_misplaced_is_told_in_a_sentence(arranged: Arranged, segments: str, text: str) -> None:
    assert [finding.message for finding in arranged("x12/004010/850", segments).findings] == [text]


def test_nothing_is_dropped_a_stray_segment_stays_where_it_was_found(arranged: Arranged) -> None:
    tree = arranged("x12/004010/850", f"{BEG} PO1*1*1*EA*1 XYZ*1 PID*F****X")
    assert shape(tree.root) == ["BEG", ["PO1", "PO1", "XYZ", ["PID", "PID"]]]


def test_a_message_without_its_trailer_is_arranged_too(library: Library) -> None:
    grammar = library.grammar("x12/004010/850")
    tree = arrange(["ST*850*0001"], grammar, ("*", ">", "~", ""), lambda *_: 0)
    assert codes(tree) == [("mandatory-segment-missing", 2), ("mandatory-segment-missing", 2)]


def test_elements_inside_a_segment_are_checked_wherever_it_stands(arranged: Arranged) -> None:
    tree = arranged("x12/004010/850", f"{BEG} PO1*1*1X*EA*1 CTT*1*1 CUR*BY")
    assert [finding.message for finding in tree.findings] == [
        "PO1 in segment 3: PO102 is '1X', expected a number, 1 to 15 digits",
        "CUR in segment 5 belongs earlier",
        "CUR in segment 5: CUR02 is empty, expected Currency: a code, 3 characters",
    ]


SHIPMENT = "BSN*00*S1*20261120*2101 HL*1**S HL*2*1*O PRF*A HL*3*2*P MAN*GM*1 HL*4*3*I SN1**1*EA"


def test_a_hierarchy_nests_by_its_pointers(arranged: Arranged) -> None:
    tree = arranged("x12/005010/856", f"{SHIPMENT} HL*5*3*I SN1**2*EA HL*6*2*P HL*7*6*I SN1**3*EA HL*8*1*O PRF*B CTT*8")
    assert tree.findings == ()
    (shipment,) = (node for node in tree.root.nodes if node.loop.name == "HL:S")
    assert shape(shipment) == [
        "HL",
        [
            "HL:O",
            "HL",
            "PRF",
            ["HL:P", "HL", "MAN", ["HL:I", "HL", "SN1"], ["HL:I", "HL", "SN1"]],
            ["HL:P", "HL", ["HL:I", "HL", "SN1"]],
        ],
        ["HL:O", "HL", "PRF"],
    ]


def test_levels_told_out_of_order_go_where_they_point(arranged: Arranged) -> None:
    tree = arranged("x12/005010/856", "BSN*00*S1*20261120*2101 HL*1**S HL*2*1*O HL*3*1*O HL*4*2*P HL*5*3*P HL*6*4*I")
    assert tree.findings == ()
    (shipment,) = tree.root.nodes
    assert shape(shipment) == [
        "HL",
        ["HL:O", "HL", ["HL:P", "HL", ["HL:I", "HL"]]],
        ["HL:O", "HL", ["HL:P", "HL"]],
    ]


def test_items_and_packs_may_stand_in_any_order_under_an_order(arranged: Arranged) -> None:
    tree = arranged("x12/005010/856", "BSN*00*S1*20261120*2101 HL*1**S HL*2*1*O HL*3*2*I HL*4*2*T HL*5*4*P HL*6*2*I")
    assert tree.findings == ()


BROKEN = [
    ("HL*1**S HL*1*1*O", "HL in segment 4: HL01 is '1', which came before", 1, "1"),
    ("HL*1**S HL*2*7*O", "HL in segment 4: HL02 is '7', but no level before has that HL01", 2, "7"),
    ("HL*1**S HL*2**O", "HL in segment 4: HL02 is empty, where HL:O cannot stand", 2, None),
    ("HL*1**S HL*2*1*O HL*3*2*I HL*4*3*P", "HL in segment 6: HL02 is '3', where HL:P cannot stand", 2, "3"),
]


@pytest.mark.parametrize(("levels", "text", "element", "value"), BROKEN)
def test_a_broken_hierarchy_is_told_and_read_as_well_as_can_be(
    arranged: Arranged, levels: str, text: str, element: int, value: str | None
) -> None:
    found = arranged("x12/005010/856", f"BSN*00*S1*20261120*2101 {levels} HL*8*1*O").findings
    assert [(f.code, f.message, f.element, f.value) for f in found] == [("hierarchy-broken", text, element, value)]
    assert found[0].number in ("628", "734")


def test_a_level_of_an_unknown_kind_is_told_with_its_code(arranged: Arranged) -> None:
    tree = arranged("x12/005010/856", "BSN*00*S1*20261120*2101 HL*1**S HL*2*1*O HL*3*2*Q")
    assert [f.message for f in tree.findings if f.code == "segment-unexpected"] == [
        "HL 'Q' in segment 5 cannot stand here, in loop HL:O"
    ]


def test_a_level_without_a_number_is_pointed_at_by_none(arranged: Arranged) -> None:
    tree = arranged("x12/005010/856", "BSN*00*S1*20261120*2101 HL***S HL*2**O")
    assert [f.code for f in tree.findings] == ["mandatory-element-missing", "hierarchy-broken"]


BOUNDED = (
    f"{BEG} PO1*1*1*EA*1 LS*A>B LDT*AE*X*DA XYZ*1 LE*AB LDT*AE*X*DA",
    f"{BEG} PO1*1*1*EA*1 LE*A LS LDT*AE*X*DA",
    f"{BEG} PO1*1*1*EA*1 LS*OUT LS*IN LDT*AE*X*DA LE*IN XYZ*1 LE*OUT",
)


def test_what_stands_between_ls_and_le_is_told_with_the_name_of_its_loop(arranged: Arranged) -> None:
    first, second, third = (
        [(f.tag, f.segment, f.loop) for f in arranged("x12/004010/850", text).findings if f.tag in ("LDT", "LS", "XYZ")]
        for text in BOUNDED
    )
    assert {("LDT", 5, "A"), ("XYZ", 6, "A"), ("LDT", 8, None)} <= set(first)
    assert {("LS", 5, None), ("LDT", 6, "")} <= set(second)
    assert {("LDT", 6, "IN"), ("XYZ", 8, "OUT")} <= set(third)


QUALIFIED = """
message = "900"
name = "Test"
group = "TT"
structure = [
  ["loop N1:BY M 1", "N1 M 1", "N3 O 2"],
  ["loop N1:ST O 2", "N1 M 1"],
  ["loop N1 O >1", "N1 M 1"],
  "CTT M 1",
]
"""


def qualified(*segments: str) -> Tree:
    """A message of three neighbouring N1 loops, told apart by their qualifiers."""
    files = {
        "schemas/x/1/900.toml": QUALIFIED,
        "schemas/x/1/codes.toml": "",
        "schemas/x/1/segments.toml": "opaque = ['N3', 'CTT']\n[N1]\nname = 'Name'\nqualifier = '01'\n"
        "elements = ['M ID 2/3 98 Role', 'O AN 1/60 93 Name']\n",
    }
    grammar = Library(lambda name: Source(name, files[name])).grammar("x/1/900")
    return arrange(["ST*900*0001", *segments, "SE*9*0001"], grammar, ("*", ">", "~", ""), lambda *_: 0)


def test_loops_of_one_segment_are_told_apart_by_qualifier_in_any_order() -> None:
    tree = qualified("N1*ST*A", "N1*BY*B", "N3*C", "N1*SF*D", "N1*ST*E", "CTT")
    assert tree.findings == ()
    assert shape(tree.root) == [["N1:ST", "N1"], ["N1:BY", "N1", "N3"], ["N1", "N1"], ["N1:ST", "N1"], "CTT"]


def test_a_mandatory_loop_is_missed_though_its_neighbours_came() -> None:
    assert codes(qualified("N1*ST*A", "CTT")) == [("mandatory-segment-missing", 3)]


def test_a_loop_that_is_full_gives_way_to_a_neighbour_that_takes_any() -> None:
    tree = qualified("N1*BY*A", "N1*BY*B", "CTT")
    assert tree.findings == ()
    assert shape(tree.root) == [["N1:BY", "N1"], ["N1", "N1"], "CTT"]


def test_a_guide_may_soften_or_harden_what_a_finding_does(library: Library) -> None:
    guide = 'extends = "x12/004010/850"\n[severity]\nsegment-unknown = "warn"\nsegment-too-often = "hold"\n'
    grammar = library.narrowed(Source("guide.toml", guide))
    segments = ["ST*850*0001", BEG, "XX*1", "CUR*BY*USD", "CUR*BY*USD", "PO1*1*1*EA*1", "SE*7*0001"]
    tree = arrange(segments, grammar, ("*", ">", "~", ""), lambda *_: 0)
    assert [(f.code, f.severity) for f in tree.findings] == [
        ("segment-unknown", Severity.WARN),
        ("segment-too-often", Severity.HOLD),
    ]


def test_a_cell_is_its_element_or_a_component_of_it() -> None:
    segment = SegmentAt(2, "REF", ["CR", "A>B", ""])
    assert [segment.element(2, component) for component in (1, 2, 3)] == ["A", "B", ""]
    assert (segment.element(1), segment.element(1, 2), segment.element(3), segment.element(9)) == ("CR", "", "", "")
    assert SegmentAt(2, "REF", ["CR:1"], ":").element(1, 2) == "1"


def test_a_message_with_a_thousand_faults_is_read_no_further(arranged: Arranged) -> None:
    bad = " ".join(f"PO1*{n}*1X*EA*1" for n in range(1200))
    tree = arranged("x12/004010/850", f"{BEG} {bad}")
    assert not tree.is_whole
    assert len(tree.findings) == 1000
    assert tree.findings[-1].message.endswith("; after 1000 faults we looked no further")


def test_a_thousand_warnings_stop_nothing(arranged: Arranged) -> None:
    odd = " ".join(f"PO1*{n}*1*QQ*1" for n in range(1200))
    tree = arranged("x12/004010/850", f"{BEG} {odd}")
    assert tree.is_whole
    assert len(tree.findings) == 1200


def test_of_what_is_tolerated_two_thousand_of_a_code_are_told_and_every_fault_beside_them(arranged: Arranged) -> None:
    odd = " ".join(f"PO1*{n}*1*QQ*1" for n in range(2100))
    tree = arranged("x12/004010/850", f"{BEG} {odd} PO1*1*1X*QQ*1")
    assert tree.is_whole
    told = [finding.code for finding in tree.findings]
    assert told.count("code-unlisted") == 2000
    assert told[-1] == "character-invalid"
